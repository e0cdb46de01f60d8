"""Proposals as a spreadsheet in which a curator decides, and the decisions read back.

The sheet is all that a curator needs: a row per proposal, a drop-down list of decisions, and
room for other people and for a comment. Whatever in it can't be followed is reported with its
row and column, and then nothing is decided.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, cast, get_args

from mentormatch.analysis.explanation import Explanation
from mentormatch.errors import Defect, IntakeError, MentorMatchError, Place
from mentormatch.files import write_atomically
from mentormatch.intake.tables import Table, read_table
from mentormatch.keys import KeyFile
from mentormatch.messages import LANGUAGES, Language, percent, text
from mentormatch.programme.facts import Accepted, AnyFact, Changed, Entry, Fact, Forbidden, Pinned
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State
from mentormatch.questionnaire import normalised
from mentormatch.result import Result
from mentormatch.spreadsheet import Cell, Sheet, xlsx_bytes

Verdict = Literal["accept", "change", "pin", "forbid"]
"""What can be decided of a proposal; a blank leaves it open."""

_VERDICTS: Final = get_args(Verdict)
_CODES: Final = ("pair", "mentor", "mentees")  # that a curator leaves as they are
_COLUMNS: Final = (*_CODES, "decision", "new-mentor", "new-mentees", "waive", "comment")
_SEPARATOR: Final = "; "


def write_decision_sheet(
    path: str | Path,
    state: State,
    result: Result | None = None,
    *,
    keys: KeyFile | None = None,
    lang: Language = "ru",
) -> None:
    """Write the open proposals as an XLSX file in which to decide.

    Parameters
    ----------
    path
        Where.
    state
        What holds; its proposed pairs and groups get a row each.
    result
        The matching they come from, for how well each fits and why.
    keys
        Names to show beside the codes; without them the sheet holds codes only.
    lang
        Language of the sheet; it is read back whatever it is.

    Raises
    ------
    OSError
        When the folder can't be written.
    """
    write_atomically(path, decision_sheet(state, result, keys=keys, lang=lang))


def decision_sheet(
    state: State,
    result: Result | None = None,
    *,
    keys: KeyFile | None = None,
    lang: Language = "ru",
) -> bytes:
    """Make the workbook that :func:`write_decision_sheet` writes."""
    heads = ["pair", "form", "mentor", "mentees"]
    if keys is not None:
        heads += ["mentor-name", "mentee-names"]
    if result is not None:
        heads += ["fit", "why"]
    heads += _COLUMNS[len(_CODES) :]
    rows = [[_cell(head, pair, result, keys, lang) for head in heads] for pair in _proposed(state)]
    title = _head("decision", lang)
    verdicts = [text(f"decisions.{verdict}", lang) for verdict in _VERDICTS]
    about = [[line] for line in text("decisions.about", lang).strip().splitlines()]
    return xlsx_bytes(
        [
            Sheet(
                text("decisions.sheet", lang),
                [_head(head, lang) for head in heads],
                rows,
                choices={title: verdicts},
                widths={title: 14, _head("comment", lang): 40},
            ),
            Sheet(text("decisions.about-sheet", lang), [text("decisions.how", lang)], about),
        ]
    )


def read_decisions(
    path: str | Path, state: State, *, keys: KeyFile | None = None
) -> tuple[Fact, ...]:
    """Read a sheet back as facts, ready to be recorded: those of one kind in the order of rows.

    Parameters
    ----------
    path
        The filled sheet, XLSX or CSV.
    state
        What holds now.
    keys
        The key file, where new people are written by name.

    Raises
    ------
    IntakeError
        With everything that can't be followed, each with its row and column.
    """
    table = read_table(path)
    reader = _Reader(table, state, keys)
    rows = [row for number, cells in table.rows if (row := reader.row(number, cells)) is not None]
    defects = [*reader.defects, *_twice(table, rows), *_refused(table, rows, state)]
    if defects:
        raise IntakeError(*sorted(defects, key=lambda it: it.place.row or 0))
    accepted = tuple(row.pair.pair for row in rows if row.verdict == "accept")
    facts: list[Fact] = [Accepted(pairs=accepted)] if accepted else []
    return (*facts, *(fact for row in rows for fact in row.facts()))


# --- out --------------------------------------------------------------------------------


def _proposed(state: State) -> list[PairLife]:
    return [pair for pair in state.pairs.values() if pair.status == "proposed"]


def _head(head: str, lang: Language) -> str:
    return text(f"decisions.head.{head}", lang)


def _cell(
    head: str, pair: PairLife, result: Result | None, keys: KeyFile | None, lang: Language
) -> Cell:
    match head:
        case "pair" | "mentor":
            return str(getattr(pair, head))
        case "form":
            labels = (
                []
                if result is None
                else [*_explained(pair, result, lambda it: it.label.text(lang))]
            )
            return labels[0] if labels else pair.form
        case "mentees":
            return _SEPARATOR.join(pair.mentees)
        case "mentor-name" if keys is not None:
            return keys.name_of(pair.mentor)
        case "mentee-names" if keys is not None:
            return _SEPARATOR.join(map(keys.name_of, pair.mentees))
        case "fit" if result is not None:
            return _SEPARATOR.join(
                _explained(pair, result, lambda it: percent(it.points, it.maximum, lang))
            )
        case "why" if result is not None:
            return "\n".join(_explained(pair, result, lambda it: it.text(lang)))
    return None


def _explained(pair: PairLife, result: Result, say: Callable[[Explanation], str]) -> Iterator[str]:
    for mentee in pair.mentees:
        try:
            yield say(result.explain(pair.mentor, mentee))
        except MentorMatchError:  # the curator has put other people together
            continue


# --- in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What was decided of one proposal, and where it stands."""

    number: int
    pair: PairLife
    verdict: Verdict
    mentor: str | None = None
    mentees: tuple[str, ...] = ()
    waive: tuple[str, ...] = ()
    comment: str = field(default="", repr=False)

    def facts(self) -> Iterator[Fact]:
        """Say it as facts, apart from what is accepted as it is."""
        match self.verdict:
            case "change":
                yield Changed(
                    pair=self.pair.pair,
                    mentor=self.mentor,
                    mentees=self.mentees or None,
                    waive=self.waive,
                    reason=self.comment,
                )
            case "pin":
                for mentee in self.pair.mentees:
                    yield Pinned(
                        mentor=self.pair.mentor,
                        mentee=mentee,
                        waive=self.waive,
                        reason=self.comment,
                    )
            case "forbid":
                for mentee in self.pair.mentees:
                    yield Forbidden(mentor=self.pair.mentor, mentee=mentee, reason=self.comment)


class _Reader:
    """Reads rows of a sheet, and gathers what is wrong."""

    def __init__(self, table: Table, state: State, keys: KeyFile | None) -> None:
        self.table = table
        self.state = state
        self.keys = keys
        self.defects: list[Defect] = []
        self.columns = _columns(table)
        missing = [head for head in (*_CODES, "decision") if head not in self.columns]
        self.defects += [
            Defect("decisions.no-column", table.place(table.header_row, _head(head, "ru")))
            for head in missing
        ]
        self.usable = not missing

    def row(self, number: int, cells: Sequence[str]) -> _Row | None:
        """Read a row; None when nothing is decided in it, or something is wrong."""
        if not self.usable:
            return None
        known = len(self.defects)
        pair = self._pair(number, self._text("pair", cells))
        written = self._text("decision", cells)
        verdict = _VERDICT_OF.get(normalised(written))
        if written and verdict is None:
            self._report(number, "decision", "verdict", names=_names())
        if pair is not None:
            self._compare(number, cells, pair)
        mentor, mentees = self._new_people(number, cells, verdict)
        if pair is None or verdict is None or len(self.defects) > known:
            return None
        return _Row(
            number,
            pair,
            verdict,
            mentor,
            mentees,
            tuple(_parts(self._text("waive", cells))),
            self._text("comment", cells),
        )

    def _text(self, head: str, cells: Sequence[str]) -> str:
        place = self.columns.get(head)
        return "" if place is None else cells[place]

    def _report(self, number: int, head: str, code: str, **values: object) -> None:
        place = self.columns.get(head)
        where = self.table.place(number, None if place is None else self.table.header[place])
        self.defects.append(Defect(f"decisions.{code}", where, values))

    def _pair(self, number: int, code: str) -> PairLife | None:
        pair = self.state.pairs.get(code)
        if pair is None:
            self._report(number, "pair", "unknown-pair")
        elif pair.status != "proposed":
            self._report(number, "pair", "decided", pair=code)
            return None
        return pair

    def _compare(self, number: int, cells: Sequence[str], pair: PairLife) -> None:
        """Object to codes that were written over: what was meant by it can't be known."""
        if self._text("mentor", cells) != pair.mentor:
            self._report(number, "mentor", "written-over", column=self._title("new-mentor"))
        if tuple(_parts(self._text("mentees", cells))) != pair.mentees:
            self._report(number, "mentees", "written-over", column=self._title("new-mentees"))

    def _title(self, head: str) -> str:
        place = self.columns.get(head)
        return _head(head, "ru") if place is None else self.table.header[place]

    def _new_people(
        self, number: int, cells: Sequence[str], verdict: Verdict | None
    ) -> tuple[str | None, tuple[str, ...]]:
        mentor = self._people(number, "new-mentor", cells)
        mentees = self._people(number, "new-mentees", cells)
        if len(mentor) > 1:
            self._report(number, "new-mentor", "one-mentor")
        written = [head for head in ("new-mentor", "new-mentees") if self._text(head, cells)]
        if verdict == "change" and not written:
            self._report(number, "decision", "nobody-new")
        if verdict not in {"change", None}:
            for head in written:
                self._report(number, head, "not-changed", change=self._change())
        return mentor[0] if mentor else None, mentees

    def _change(self) -> str:
        place = self.columns["decision"]
        russian = any("а" <= letter <= "я" for letter in self.table.header[place].lower())
        return text("decisions.change", "ru" if russian else "en")

    def _people(self, number: int, head: str, cells: Sequence[str]) -> tuple[str, ...]:
        """Find people by code or, with a key file, by exact name."""
        found = []
        for written in _parts(self._text(head, cells)):
            codes = [written] if written in self.state.people else []
            if not codes and self.keys is not None:
                codes = [code for code in self.keys.code_of(written) if code in self.state.people]
            if len(codes) == 1:
                found.append(codes[0])
            else:
                self._report(number, head, "several-people" if codes else "unknown-person")
        return tuple(found)


def _parts(cell: str) -> list[str]:
    return [part for piece in cell.replace(",", ";").split(";") if (part := piece.strip())]


def _columns(table: Table) -> Mapping[str, int]:
    """Find the columns of a sheet, whatever its language."""
    known = {normalised(_head(head, lang)): head for lang in LANGUAGES for head in _COLUMNS}
    return {
        known[title]: place
        for place, header in enumerate(table.header)
        if (title := normalised(header)) in known
    }


_VERDICT_OF: Final[Mapping[str, Verdict]] = {
    normalised(written): verdict
    for verdict in _VERDICTS
    for written in (verdict, *(text(f"decisions.{verdict}", lang) for lang in LANGUAGES))
}


def _names() -> str:
    return ", ".join(text(f"decisions.{verdict}", "ru") for verdict in _VERDICTS)


def _twice(table: Table, rows: Sequence[_Row]) -> Iterator[Defect]:
    firsts: dict[str, int] = {}
    for row in rows:
        first = firsts.setdefault(row.pair.pair, row.number)
        if first != row.number:
            place = table.place(row.number)
            yield Defect("decisions.twice", place, {"pair": row.pair.pair, "row": first})


def _refused(table: Table, rows: Sequence[_Row], state: State) -> Iterator[Defect]:
    """Try the decisions one after another; say in which row one can't be followed."""
    for row in rows:
        facts = [Accepted(pairs=(row.pair.pair,))] if row.verdict == "accept" else row.facts()
        for fact in facts:
            try:
                state = state.apply(_tried(state, fact))
            except MentorMatchError as error:
                yield from (
                    Defect(it.code, Place(table.file, table.sheet, row.number), it.values)
                    for it in error.defects
                )


def _tried(state: State, fact: Fact) -> Entry:
    at = state.at or datetime.now(UTC)
    return Entry(seq=state.seq + 1, at=at, author="-", fact=cast("AnyFact", fact))

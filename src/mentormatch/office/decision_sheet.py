"""Proposals as a spreadsheet in which a curator decides, and the decisions read back.

The sheet is all that a curator needs: a row per proposal, a drop-down list of decisions, and
room for other people and for a comment. Whatever in it can't be followed is reported with its
row and column, and then nothing is decided.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, cast, get_args

from mentormatch.analysis.explanation import Explanation
from mentormatch.errors import MentorMatchError
from mentormatch.keys import KeyFile
from mentormatch.messages import Language, percent, text
from mentormatch.office.filled_sheets import (
    SEPARATOR,
    FilledRow,
    FilledSheet,
    after,
    pair_cell,
    parts,
    sheet_to_fill,
    tried,
    who_heads,
)
from mentormatch.office.judge import Judge
from mentormatch.programme.facts import Accepted, Changed, Fact, Forbidden, Pinned
from mentormatch.programme.pairs import NOBODY, PairLife
from mentormatch.programme.state import State
from mentormatch.result import Result
from mentormatch.spreadsheet import Cell

Verdict = Literal["accept", "change", "pin", "forbid"]
"""What can be decided of a proposal; a blank leaves it open."""

_VERDICTS: Final = get_args(Verdict)
_CODES: Final = ("pair", "mentor", "mentees")  # that a curator leaves as they are
_NEW: Final = ("new-mentor", "new-co-mentor", "new-mentees")
_COLUMNS: Final = (*_CODES, "co-mentor", "decision", *_NEW, "waive", "comment")


def decision_sheet(
    state: State,
    result: Result | None = None,
    *,
    keys: KeyFile | None = None,
    lang: Language = "ru",
) -> bytes:
    """Make the open proposals as an XLSX file in which to decide.

    Parameters
    ----------
    state
        What holds; its proposed pairs and groups get a row each.
    result
        The matching they come from, for how well each fits and why.
    keys
        Names to show beside the codes; without them the sheet holds codes only.
    lang
        Language of the sheet; it is read back whatever it is.
    """
    proposed = [pair for pair in state.pairs.values() if pair.status == "proposed"]
    heads = ["pair", "form", *who_heads(proposed, names=keys is not None)]
    if result is not None:
        heads += ["fit", "why"]
    heads += ["decision", "new-mentor"]
    heads += ["new-co-mentor"] if "co-mentor" in heads else []
    heads += ["new-mentees", "waive", "comment"]
    rows = [[_cell(head, pair, result, keys, lang) for head in heads] for pair in proposed]
    words = {"decision": [text(f"decisions.decision.{it}", lang) for it in _VERDICTS]}
    widths = {"decision": 14, "comment": 40}
    return sheet_to_fill("decisions", heads, rows, lang, words=words, widths=widths)


def read_decisions(
    path: str | Path, state: State, *, keys: KeyFile | None = None, judge: Judge | None = None
) -> tuple[Fact, ...]:
    """Read a sheet back as facts, ready to be recorded.

    Everything that is accepted is one fact; the others follow in the order of their rows. What
    was decided before, and stands here as it was decided, is passed over.

    Parameters
    ----------
    path
        The filled sheet, XLSX or CSV.
    state
        What holds now.
    keys
        The key file, where new people are written by name.
    judge
        Holds changed pairs against rules and seats; without it nobody does.

    Raises
    ------
    IntakeError
        With everything that can't be followed, each with its row and column.
    """
    sheet = FilledSheet(path, "decisions", _COLUMNS, (*_CODES, "decision"))
    found = [
        (row, decided) for row in sheet.rows() if (decided := _read(row, state, keys)) is not None
    ]
    once = [*_once(found)]
    facts = tried(((row, decided.facts) for row, decided in once), state, datetime.now(UTC))
    if judge is not None and not sheet.defects:
        _judge(once, after(state, facts, datetime.now(UTC)), judge)
    sheet.refuse()
    accepted = tuple(code for it in facts if isinstance(it, Accepted) for code in it.pairs)
    rest = [it for it in facts if not isinstance(it, Accepted)]
    return (Accepted(pairs=accepted), *rest) if accepted else tuple(rest)


# --- out --------------------------------------------------------------------------------


def _cell(
    head: str, pair: PairLife, result: Result | None, keys: KeyFile | None, lang: Language
) -> Cell:
    match head:
        case "form":
            labels = _explained(pair, result, lambda it: it.label.text(lang))
            return next(labels, pair.form)
        case "fit":
            fits = _explained(pair, result, lambda it: percent(it.points, it.maximum, lang))
            return SEPARATOR.join(fits)
        case "why":
            return "\n".join(_explained(pair, result, lambda it: it.text(lang)))
    return pair_cell(head, pair, keys)


def _explained(
    pair: PairLife, result: Result | None, say: Callable[[Explanation], str]
) -> Iterator[str]:
    """Say something of each mentee in a pair or group, as far as the result knows them."""
    for mentee in pair.mentees if result is not None else ():
        assert result is not None
        with suppress(MentorMatchError):  # the curator has put other people together
            yield say(result.explain(pair.mentor, mentee))


# --- in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided of one proposal."""

    pair: PairLife
    verdict: Verdict
    mentor: str | None
    co_mentor: str | None
    mentees: tuple[str, ...]
    waive: tuple[str, ...]
    comment: str = field(repr=False)

    def facts(self, _state: State) -> Iterator[Fact]:
        """Say it as facts."""
        mentor = self.pair.mentor
        match self.verdict:
            case "accept":
                yield Accepted(pairs=(self.pair.pair,))
            case "change":
                yield Changed(
                    pair=self.pair.pair,
                    mentor=self.mentor,
                    mentees=self.mentees or None,
                    co_mentor=self.co_mentor,
                    waive=self.waive,
                    reason=self.comment,
                )
            case "pin":
                for who in self.pair.mentees:
                    yield Pinned(mentor=mentor, mentee=who, waive=self.waive, reason=self.comment)
            case "forbid":
                for who in self.pair.mentees:
                    yield Forbidden(mentor=mentor, mentee=who, reason=self.comment)

    def is_settled(self, row: FilledRow, state: State) -> bool:
        """Tell whether a row says nothing but what was decided before."""
        pair = self.pair
        pairs = {(pair.mentor, who) for who in pair.mentees}
        is_kept = pair.status in {"accepted", "running"}
        match self.verdict:
            case "accept":
                own = row.text("mentor"), parts(row.text("mentees"))
                return is_kept and own == (pair.mentor, pair.mentees)
            case "change":
                is_same = (
                    self.mentor in {None, pair.mentor}
                    and self.co_mentor in {None, pair.co_mentor or NOBODY}
                    and self.mentees in {(), pair.mentees}
                )
                return is_kept and is_same
            case "pin":
                said = self.waive, self.comment
                pins = state.pins
                return all(it in pins and (pins[it].waive, pins[it].reason) == said for it in pairs)
        return pair.status == "closed" and pairs <= state.bans.keys()


def _judge(decisions: Iterable[tuple[FilledRow, _Decided]], state: State, judge: Judge) -> None:
    """Report at their rows what rules and seats have against decisions.

    Parameters
    ----------
    decisions
        What is decided in each row.
    state
        What would hold with all of it.
    judge
        Who knows the rules and the seats.
    """
    for row, decided in decisions:
        for code, values in judge.of_waivers(decided.waive):
            row.report("waive", code, **values)
        if decided.verdict == "change":
            column = "new-mentees" if decided.mentor is None else "new-mentor"
            for code, values in judge.of_people(state.pairs[decided.pair.pair], state):
                row.report(column, code, **values)


def _read(row: FilledRow, state: State, keys: KeyFile | None) -> _Decided | None:
    """Read a row; None when nothing is decided in it, or something is wrong."""
    known = len(row.sheet.defects)
    verdict = cast("Verdict | None", row.choice("decision", _VERDICTS))
    mentor = _people(row, "new-mentor", state, keys)
    nobody = row.text("new-co-mentor") == NOBODY
    beside = (NOBODY,) if nobody else _people(row, "new-co-mentor", state, keys)
    mentees = _people(row, "new-mentees", state, keys)
    one, two = (found[0] if found else None for found in (mentor, beside))
    waive, comment = parts(row.text("waive")), row.text("comment")
    pair = state.pairs.get(row.text("pair"))
    if pair is None:
        row.report("pair", "decisions.unknown-pair")
        return None
    decided = None
    if verdict is not None:
        decided = _Decided(pair, verdict, one, two, mentees, waive, comment)
    if decided is not None and decided.is_settled(row, state):
        return None
    if pair.status != "proposed":
        if decided is not None:
            row.report("pair", "decisions.decided", pair=pair.pair)
        return None
    _compare_people(row, pair)
    for head, found in (("new-mentor", mentor), ("new-co-mentor", beside)):
        if len(found) > 1:
            row.report(head, "decisions.one-mentor")
    written = [head for head in _NEW if row.text(head)]
    if verdict == "change" and not written:
        row.report("decision", "decisions.nobody-new")
    if verdict not in {"change", None}:
        change = text("decisions.decision.change", row.sheet.lang)
        for head in written:
            row.report(head, "decisions.not-changed", change=change)
    return decided if len(row.sheet.defects) == known else None


def _compare_people(row: FilledRow, pair: PairLife) -> None:
    """Report people of a proposal who don't stand there as they were written."""
    for head, found, own in (
        ("mentor", (row.text("mentor"),), (pair.mentor,)),
        ("co-mentor", (row.text("co-mentor"),), (pair.co_mentor or "",)),
        ("mentees", parts(row.text("mentees")), pair.mentees),
    ):
        if head in row.sheet.columns and found != own:
            column = text(f"decisions.head.new-{head}", row.sheet.lang)
            row.report(head, "decisions.written-over", column=column)


def _people(row: FilledRow, head: str, state: State, keys: KeyFile | None) -> tuple[str, ...]:
    """Find people by code or, with a key file, by exact name."""
    found = []
    for written in parts(row.text(head)):
        codes = [written] if written in state.people else []
        if not codes and keys is not None:
            codes = [code for code in keys.code_of(written) if code in state.people]
        if len(codes) == 1:
            found.append(codes[0])
        else:
            row.report(head, f"decisions.{'several-people' if codes else 'unknown-person'}")
    return tuple(found)


def _once(found: Iterable[tuple[FilledRow, _Decided]]) -> Iterator[tuple[FilledRow, _Decided]]:
    """Leave out further rows of one pair, and report them."""
    firsts: dict[str, int] = {}
    for row, decided in found:
        first = firsts.setdefault(decided.pair.pair, row.number)
        if first == row.number:
            yield row, decided
        else:
            row.report(None, "decisions.twice", pair=decided.pair.pair, row=first)

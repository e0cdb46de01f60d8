"""Sheets that a curator fills in: how they go out, and what stands in them when they are back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, cast

from mentormatch.errors import Defect, IntakeError, MentorMatchError
from mentormatch.intake.columns import language_of
from mentormatch.intake.mending import CellError
from mentormatch.intake.tables import read_table
from mentormatch.intake.values import read_date
from mentormatch.keys import KeyFile
from mentormatch.messages import LANGUAGES, Language, text
from mentormatch.programme.facts import AnyFact, Entry, Fact
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State
from mentormatch.questionnaire import Label, Question, normalised
from mentormatch.spreadsheet import Cell, Sheet, xlsx_bytes

SEPARATOR: Final = "; "
NAMES: Final = ("mentor-name", "mentee-names")
"""Columns for those who may see names."""
_DAY: Final = Question(id="day", kind="date", label=Label(ru="День", en="Day"))


def sheet_to_fill(
    room: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    lang: Language,
    *,
    words: Mapping[str, Sequence[str]],
    widths: Mapping[str, float],
) -> bytes:
    """Make a workbook of rows to fill in, and a sheet that says how.

    Parameters
    ----------
    room
        Under which key its words stand in the catalogues.
    heads, rows
        Its columns, and what stands in them.
    lang
        Language of the sheet.
    words
        What drop-down lists offer, by column.
    widths
        Widths in characters, by column.
    """
    titles = {head: text(f"{room}.head.{head}", lang) for head in heads}
    about = [[line] for line in text(f"{room}.about", lang).strip().splitlines()]
    return xlsx_bytes(
        [
            Sheet(
                text(f"{room}.sheet", lang),
                [*titles.values()],
                rows,
                choices={titles[head]: own for head, own in words.items()},
                widths={titles[head]: width for head, width in widths.items()},
            ),
            Sheet(text(f"{room}.about-sheet", lang), [text(f"{room}.how", lang)], about),
        ]
    )


def pair_cell(head: str, pair: PairLife, keys: KeyFile | None) -> Cell:
    """Say in one of the columns that all sheets share which pair a row is about.

    Parameters
    ----------
    head
        ``pair``, ``mentor``, ``co-mentor``, ``mentees``, or one of :data:`NAMES`; blank for any
        other.
    pair
        The pair or group.
    keys
        The names.
    """
    match head:
        case "pair":
            return pair.pair
        case "mentor":
            return pair.mentor
        case "co-mentor":
            return pair.co_mentor
        case "mentees":
            return SEPARATOR.join(pair.mentees)
        case "mentor-name" if keys is not None:
            return SEPARATOR.join(map(keys.name_of, pair.mentors))
        case "mentee-names" if keys is not None:
            return SEPARATOR.join(map(keys.name_of, pair.mentees))
    return None


def who_heads(pairs: Iterable[PairLife], *, names: bool) -> tuple[str, ...]:
    """List the columns that say whose a row is; one for co-mentors where there are any."""
    beside = ("co-mentor",) if any(pair.co_mentor is not None for pair in pairs) else ()
    return ("mentor", *beside, "mentees", *(NAMES if names else ()))


def parts(cell: str) -> tuple[str, ...]:
    """Take apart a cell that holds several things."""
    return tuple(part for piece in cell.replace(",", ";").split(";") if (part := piece.strip()))


class FilledSheet:
    """A sheet that was written by the library and comes back filled in.

    Parameters
    ----------
    path
        XLSX or CSV.
    room
        Under which key its words stand in the catalogues: ``ROOM.head.COLUMN`` are its headers.
    columns
        Its columns.
    needed
        Those without which nothing can be read.

    Raises
    ------
    IntakeError
        When it can't be read, or a needed column is missing.
    """

    def __init__(
        self, path: str | Path, room: str, columns: Iterable[str], needed: Iterable[str]
    ) -> None:
        self.table = read_table(path)
        self.room = room
        self.defects: list[Defect] = []
        known = {
            normalised(text(f"{room}.head.{column}", lang)): column
            for lang in LANGUAGES
            for column in columns
        }
        self.columns: Mapping[str, int] = {
            known[title]: place
            for place, header in enumerate(self.table.header)
            if (title := normalised(header)) in known
        }
        missing = [column for column in needed if column not in self.columns]
        if missing:
            raise IntakeError(
                *(
                    Defect(
                        "decisions.no-column",
                        self.table.place(
                            self.table.header_row, text(f"{room}.head.{column}", self.lang)
                        ),
                    )
                    for column in missing
                )
            )

    @property
    def lang(self) -> Language:
        """The language of its headers."""
        return language_of(self.table.header)

    def rows(self) -> Iterator["FilledRow"]:
        """Go through its rows."""
        return (FilledRow(self, number, cells) for number, cells in self.table.rows)

    def refuse(self) -> None:
        """Raise IntakeError with everything that was found wrong, if anything was."""
        if self.defects:
            raise IntakeError(*sorted(self.defects, key=lambda it: it.place.row or 0))


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of a sheet.

    Parameters
    ----------
    sheet
        Which sheet.
    number
        Its number, as a spreadsheet shows it.
    cells
        What stands in it.
    """

    sheet: FilledSheet
    number: int
    cells: Sequence[str]

    def text(self, column: str) -> str:
        """Return what stands in a column; blank when there is no such column."""
        place = self.sheet.columns.get(column)
        return "" if place is None else self.cells[place]

    def report(self, column: str | None, code: str, /, **values: object) -> None:
        """Note that something is wrong here."""
        table, place = self.sheet.table, self.sheet.columns.get(column or "")
        where = table.place(self.number, None if place is None else table.header[place])
        self.sheet.defects.append(Defect(code, where, values))

    def day(self, column: str) -> date | None:
        """Read a day; None when there is none or it can't be read."""
        written = self.text(column)
        if not written:
            return None
        try:
            return read_date(_DAY, written).answer
        except CellError as error:
            for code, values in error.problems:
                self.report(column, code, **values)
            return None

    def whole(self, column: str) -> int | None:
        """Read a whole number; None when there is none or it can't be read."""
        written = self.text(column)
        if written and not written.isdecimal():
            self.report(column, "sheet.whole")
        return int(written) if written.isdecimal() else None

    def choice(self, column: str, words: Iterable[str]) -> str | None:
        """Find which of a list of words stands here in any language.

        Words stand under ``ROOM.COLUMN.WORD`` in the catalogues.
        """
        written, room = self.text(column), self.sheet.room
        if not written:
            return None
        wordings = {
            word: [word, *(text(f"{room}.{column}.{word}", lang) for lang in LANGUAGES)]
            for word in words
        }
        for word, spellings in wordings.items():
            if normalised(written) in map(normalised, spellings):
                return word
        names = [text(f"{room}.{column}.{word}", self.sheet.lang) for word in wordings]
        self.report(column, "sheet.choice", names=", ".join(names))
        return None


def tried(
    rows: Iterable[tuple[FilledRow, Callable[[State], Iterable[Fact]]]], state: State, at: datetime
) -> tuple[Fact, ...]:
    """Let what stands in each row happen after that of the rows before.

    Parameters
    ----------
    rows
        Each row, with what makes its facts of what holds then. A row that can't happen is
        reported in its sheet.
    state, at
        What holds before, and when the facts are written down.
    """
    facts: list[Fact] = []
    for row, make in rows:
        try:
            new = [*make(state)]
            then = after(state, new, at)
        except MentorMatchError as error:
            for each in error.defects:
                place = row.sheet.table.place(row.number)
                row.sheet.defects.append(Defect(each.code, place, each.values))
        else:
            state = then
            facts += new
    return tuple(facts)


def after(state: State, facts: Iterable[Fact], at: datetime) -> State:
    """Return what holds after some facts; RegisterError when one of them can't be."""
    for fact in facts:
        state = state.apply(_entry(state, fact, at))
    return state


def _entry(state: State, fact: Fact, at: datetime) -> Entry:
    at = at if state.at is None else max(at, state.at)
    return Entry(seq=state.seq + 1, at=at, author="-", fact=cast("AnyFact", fact))

"""A strict walk through the parts of a workbook that adds up what a reader would hold."""

import posixpath
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NoReturn
from xml.parsers import expat

import numpy as np

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.canonical import Rows, measured, measured_texts
from mentormatch.intake.source import FileLimits

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_TEXTS: Final = "xl/sharedstrings.xml"
_ROWS_BEGIN: Final = re.compile(rb"<sheetData>")
_TEXTS_BEGIN: Final = re.compile(rb"<sst[^<>]*>(?=<si>)")
_MOST_HEAD: Final = 2**20  # bytes in which the rows of a sheet have begun
_MOST_ROW: Final = 2**22  # bytes in which a row has ended
_TRUE: Final = {"1", "true"}


@dataclass(slots=True)
class SheetFacts:
    """What no reader says of a sheet.

    Parameters
    ----------
    lost
        Row and column numbers of the cells that readers take for empty though they show
        something: errors such as ``#N/A``, and formulas stored without a value.
    formulas
        By column number: the first row with a formula and its value, and how many there are.
    hidden_rows, hidden_columns
        Numbers of hidden rows; first and last of some hidden columns.
    has_values, has_flags
        Whether any cell has a value, or a truth value.
    """

    lost: list[tuple[int, int]] = field(default_factory=list)
    formulas: dict[int, tuple[int, int]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    has_values: bool = False
    has_flags: bool = False

    def note_formula(self, row: int, column: int) -> None:
        """Count a cell with a formula and its value."""
        first, count = self.formulas.get(column, (row, 0))
        self.formulas[column] = min(first, row), count + 1


@cache
def column_number(letters: str) -> int:
    """Count a column from its letters: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Meter:
    """Walks through the parts of one workbook and adds up what a reader would hold.

    Files that bend the schema are counted at least half as large as a reader makes
    them: every cell element counts, used or not, and no row stands above the one before.
    """

    def __init__(self, place: Place, limits: FileLimits, *, by_grammar: bool = True) -> None:
        self.place = place
        self.limits = limits
        self.by_grammar = by_grammar
        self.cells = 0  # of all parts before this one
        self.text_lengths: list[int] = []  # of the shared texts, by their number
        self.text_uses = array("i")  # the number that stands in each cell with one
        self.facts: dict[str, SheetFacts] = {}  # by part
        self.sheets: dict[str, str] = {}  # relation of a sheet, by its name
        self.targets: dict[str, str] = {}  # part, by relation

    def begin(self, name: str) -> None:
        """Start with a part."""
        self.name = name.lower()
        self.rows = self.columns = self.row = self.column = 0
        self.kind: str | None = None  # of the cell; None outside of cells
        self.has_formula = False
        self.value: str | None = None
        self.inside: str | None = None  # the element whose text is read
        self.sheet = SheetFacts()
        if self.name.startswith("xl/worksheets/"):
            self.facts[self.name] = self.sheet
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.last_start = -1  # byte at which the last element began
        # What waits for the grammar; None when all is left to the parser.
        has_grammar = self.by_grammar and (self.name in self.facts or self.name == _TEXTS)
        self.waiting: bytes | None = b"" if has_grammar else None
        self.in_rows = False

    def feed(self, piece: bytes) -> None:
        """Go on with a part."""
        # The parser must not read other letters than the reader: UTF-8, whatever the part
        # says. UTF-16, which the parser would notice, is full of zeros.
        if b"\0" in piece:
            self._refuse()
        if self.waiting is None:
            self._parse(piece)
            return
        self.waiting += piece
        if not self.in_rows:
            self._find_rows()
        if self.in_rows and self.name == _TEXTS:
            self._measure_texts()
        elif self.in_rows:
            self._measure_rows()

    def end(self) -> None:
        """Finish a part."""
        self._parse(self.waiting or b"", is_last=True)
        self._end_cell()
        self.cells += self.rows * self.columns

    def check_texts(self) -> None:
        """Refuse a long text that many cells share: a reader copies it for each of them."""
        lengths = np.array(self.text_lengths, np.int64)
        numbers = np.array(self.text_uses, np.intc)
        if lengths[numbers[numbers < len(lengths)]].sum() > self.limits.unpacked:
            raise self.limits.exceeded("unpacked", self.place)

    def by_sheet(self) -> dict[str, SheetFacts]:
        """Name the sheets; refuse a part that serves as several of them."""
        parts = {name: self.targets.get(relation, "") for name, relation in self.sheets.items()}
        if len(set(parts.values())) < len(parts):
            self._refuse()
        found = {name: self.facts.get(part, SheetFacts()) for name, part in parts.items()}
        for facts in found.values():
            facts.lost.sort()
        return found

    def _refuse(self, *_: object) -> NoReturn:
        raise IntakeError.of("intake.damaged", self.place)

    def _parse(self, piece: bytes, *, is_last: bool = False) -> None:
        self.waiting = None
        try:
            self.parser.Parse(piece, is_last)
        except expat.ExpatError:
            self._refuse()

    # --- by the grammar ------------------------------------------------------------------

    def _find_rows(self) -> None:
        """Parse what stands before the rows or texts, and see that they really begin there."""
        assert self.waiting is not None
        found = (_TEXTS_BEGIN if self.name == _TEXTS else _ROWS_BEGIN).search(self.waiting)
        if found is not None:
            begin, end = found.span()
            head, rest = self.waiting[:end], self.waiting[end:]
            self._parse(head)
            self.in_rows = self.last_start == begin  # not in a comment, nor within another tag
            if self.in_rows:
                self.waiting = rest
            else:
                self._parse(rest)
        elif len(self.waiting) > _MOST_HEAD:
            self._parse(self.waiting)

    def _measure_rows(self) -> None:
        assert self.waiting is not None
        rows = measured(self.waiting, self.row)
        self._add_rows(rows)
        self.waiting = rest = self.waiting[rows.end :]
        # The rest is the front of a row, unless a row has ended in it or rows have.
        if b"</row>" in rest or rest.startswith(b"</sheetData>") or len(rest) > _MOST_ROW:
            self._parse(rest)

    def _measure_texts(self) -> None:
        assert self.waiting is not None
        end, lengths = measured_texts(self.waiting)
        self.text_lengths += lengths
        self.waiting = rest = self.waiting[end:]
        if b"</si>" in rest or rest.startswith(b"</sst>") or len(rest) > _MOST_ROW:
            self._parse(rest)

    def _add_rows(self, rows: Rows) -> None:
        self.row = rows.last
        numbers = [column_number(letters.decode()) for letters in rows.columns]
        self._measure_to(rows.deepest, max(numbers, default=0))
        self.text_uses.extend(map(int, rows.uses))
        sheet = self.sheet
        sheet.lost += [(row, column_number(letters)) for row, letters in rows.lost]
        for row, letters in rows.formulas:
            sheet.note_formula(row, column_number(letters))
        sheet.hidden_rows += rows.hidden
        sheet.has_values |= rows.has_values
        sheet.has_flags |= rows.has_flags

    # --- by the parser -------------------------------------------------------------------

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.last_start = self.parser.CurrentByteIndex
        name = tag.rpartition(":")[2]
        if self.inside is not None:
            if name == "si" or self.inside == "v":
                self._refuse()
        elif name == "c":
            self._end_cell()
            self._start_cell(attributes)
        elif name == "v":
            if self.kind is None or self.value is not None:
                self._refuse()
            self.value = ""
            self.sheet.has_values = True
            if self.kind == "s" or self.has_formula:
                self._read_text(name)
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self._end_cell()
            self._start_row(attributes)
        elif name == "si":
            self.text_lengths.append(0)
            self._read_text(name)
        else:
            self._end_cell()
            self._note(name, attributes)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self.row = max(self.row + 1, self._row_number(attributes.get("r", "")))
        self.column = 0
        if attributes.get("hidden") in _TRUE:
            self.sheet.hidden_rows.append(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        row = self.row
        reference = attributes.get("r")
        if reference is not None:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                self._refuse()
            row, self.column = int(match[2]), column_number(match[1])
        self._measure_to(row, self.column)
        self.kind = attributes.get("t", "n")
        self.sheet.has_flags |= self.kind == "b"

    def _measure_to(self, row: int, column: int) -> None:
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        if self.cells + self.rows * self.columns > self.limits.cells:
            raise self.limits.exceeded("cells", self.place)

    def _end_cell(self) -> None:
        value = (self.value or "").strip()
        if self.kind == "s":
            if value.isdecimal() and len(value) < 10:
                self.text_uses.append(int(value))
        elif self.kind == "e" or (self.has_formula and self.kind == "n" and not value):
            self.sheet.lost.append((self.row, self.column))
        elif self.has_formula and self.kind is not None:
            self.sheet.note_formula(self.row, self.column)
        self.kind = self.value = None
        self.has_formula = False

    def _row_number(self, written: str) -> int:
        if len(written) > 7 or (written and not (written.isascii() and written.isdecimal())):
            self._refuse()
        return int(written or 0)

    def _read_text(self, name: str) -> None:
        self.inside = name
        self.parser.CharacterDataHandler = self._text
        self.parser.EndElementHandler = self._end

    def _text(self, piece: str) -> None:
        if self.inside == "si":
            self.text_lengths[-1] += len(piece)
        else:
            self.value = (self.value or "") + piece

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == self.inside:
            self.inside = None
            self.parser.CharacterDataHandler = None
            self.parser.EndElementHandler = None

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "is":
            self.sheet.has_values = True
        elif name in {"sheet", "Relationship"}:
            self._note_sheet(name, attributes)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self._note_columns(attributes)

    def _note_columns(self, attributes: Mapping[str, str]) -> None:
        numbers = [attributes.get(name, "") for name in ("min", "max")]
        if all(number.isascii() and number.isdecimal() and len(number) < 6 for number in numbers):
            first, last = map(int, numbers)
            self.sheet.hidden_columns.append((first, last))

    def _note_sheet(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            if attributes.get("name", "") in self.sheets:
                self._refuse()
            self.sheets[attributes.get("name", "")] = relation
        elif self.name == "xl/_rels/workbook.xml.rels":
            target = posixpath.join("/xl", attributes.get("Target", ""))
            self.targets[attributes.get("Id", "")] = target.removeprefix("/").lower()

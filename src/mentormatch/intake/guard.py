"""A check of workbooks before any reader sees them.

A workbook is a zip archive of XML files, and a few kilobytes of either can ask for
gigabytes. The guard unpacks the parts a reader needs within fixed bounds, walks
through each of them with a strict parser, and hands on a new archive of exactly what
it has seen: where two programs could understand the same bytes differently, the reader
has only the checked ones.
"""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final, NoReturn
from xml.parsers import expat

from mentormatch.errors import IntakeError, Place

MOST_BYTES: Final = 60 * 2**20
MOST_PARTS: Final = 500
MOST_RATIO: Final = 200
MOST_CELLS: Final = 3_000_000

_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, or a workbook with a password
_WORKBOOK: Final = "xl/workbook.xml"
_NEEDED: Final = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|sharedstrings|styles)\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_READABLE: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED: Final = 1  # flag of a part
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is safe to read.

    Parameters
    ----------
    content
        Its sheets, texts and formats as an .xlsx file; macros, pictures and whatever
        else there was is left out.
    lost
        By name of a sheet, the (row, column) of cells that readers take for empty though
        they show something: errors such as ``#N/A``, and formulas stored without a value.
    """

    content: bytes
    lost: Mapping[str, Sequence[tuple[int, int]]]


def checked_workbook(content: bytes, place: Place) -> Workbook:
    """Check a file before any reader sees it.

    Raises
    ------
    IntakeError
        When it is not a workbook of the .xlsx kind, is damaged, or would take too much
        room: more than 60 MB unpacked, 500 parts, 200 times its own size, or sheets
        whose last cells make them larger than 3 million cells together.
    """
    if content.startswith(_OLD_FORMAT):
        raise IntakeError.of("intake.save-as-xlsx", place)
    try:
        parts = _unpack(content, place)
    except IntakeError:
        raise
    except Exception:  # a damaged archive raises whatever it likes
        raise IntakeError.of("intake.damaged", place) from None
    if _WORKBOOK not in map(str.lower, parts):
        raise IntakeError.of("intake.save-as-xlsx", place)
    meter = _Meter(place)
    for name, part in parts.items():
        meter.measure(name, part)
    meter.check_texts()
    return Workbook(_pack(parts), meter.lost_by_sheet())


def _unpack(content: bytes, place: Place) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = min(MOST_BYTES, MOST_RATIO * len(content))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS:
            raise IntakeError.of("intake.too-large", place)
        for entry in entries:
            if not _NEEDED.fullmatch(entry.filename):
                continue
            if entry.compress_type not in _READABLE or entry.flag_bits & _ENCRYPTED:
                raise IntakeError.of("intake.damaged", place)
            if entry.filename in parts:
                raise IntakeError.of("intake.damaged", place)
            with archive.open(entry) as file:
                part = file.read(left + 1)
            left -= len(part)
            if left < 0:
                raise IntakeError.of("intake.too-large", place)
            parts[entry.filename] = part
    return parts


def _pack(parts: dict[str, bytes]) -> bytes:
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return copy.getvalue()


@cache
def column_number(letters: str) -> int:
    """Count a column from its letters: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class _Meter:
    """Walks through the parts of one workbook and adds up what a reader would hold.

    Files that bend the schema are counted at least half as large as a reader makes
    them: every cell element counts, used or not, and no row stands above the one before.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cells = 0  # of all parts before this one
        self.text_lengths: list[int] = []  # of the shared texts, by their number
        self.text_uses: Counter[str] = Counter()  # of their numbers, as cells write them
        self.lost: dict[str, list[tuple[int, int]]] = {}  # by part
        self.sheets: dict[str, str] = {}  # relation of a sheet, by its name
        self.targets: dict[str, str] = {}  # part, by relation

    def measure(self, name: str, part: bytes) -> None:
        self.name = name.lower()
        self.rows = self.columns = self.row = self.column = 0
        self.kind: str | None = None  # of the cell; None outside of cells
        self.has_formula = False
        self.value: str | None = None
        self.inside: str | None = None  # the element whose text is read
        # The parser must not read other letters than the reader: UTF-8, whatever the part
        # says. UTF-16, which the parser would notice, is full of zeros.
        if b"\0" in part:
            self._refuse()
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        try:
            self.parser.Parse(part, True)
        except expat.ExpatError:
            self._refuse()
        self._end_cell()
        self.cells += self.rows * self.columns

    def check_texts(self) -> None:
        """Refuse a long text that many cells share: a reader copies it for each of them."""
        room = MOST_BYTES
        for number, uses in self.text_uses.items():
            if number.isdecimal() and len(number) < 10 and int(number) < len(self.text_lengths):
                room -= self.text_lengths[int(number)] * uses
        if room < 0:
            raise IntakeError.of("intake.too-large", self.place)

    def lost_by_sheet(self) -> dict[str, Sequence[tuple[int, int]]]:
        """Name the sheets of lost cells; refuse a part that serves as several sheets."""
        parts = {name: self.targets.get(relation, "") for name, relation in self.sheets.items()}
        if len(set(parts.values())) < len(parts):
            self._refuse()
        return {name: self.lost.get(part, ()) for name, part in parts.items()}

    def _refuse(self, *_: object) -> NoReturn:
        raise IntakeError.of("intake.damaged", self.place)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
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
            if self.kind == "s" or self.has_formula:
                self._read_text(name)
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self._end_cell()
            self.row = max(self.row + 1, self._row_number(attributes.get("r", "")))
            self.column = 0
        elif name == "si":
            self.text_lengths.append(0)
            self._read_text(name)
        else:
            self._end_cell()
            if name in {"sheet", "Relationship"}:
                self._note_sheet(name, attributes)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        row = self.row
        reference = attributes.get("r")
        if reference is not None:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                self._refuse()
            row, self.column = int(match[2]), column_number(match[1])
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, self.column)
        if self.cells + self.rows * self.columns > MOST_CELLS:
            raise IntakeError.of("intake.too-large", self.place)
        self.kind = attributes.get("t", "n")

    def _end_cell(self) -> None:
        value = (self.value or "").strip()
        if self.kind == "s":
            self.text_uses[value] += 1
        elif self.kind == "e" or (self.has_formula and self.kind == "n" and not value):
            self.lost.setdefault(self.name, []).append((self.row, self.column))
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

    def _note_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            if attributes.get("name", "") in self.sheets:
                self._refuse()
            self.sheets[attributes.get("name", "")] = relation
        elif self.name == "xl/_rels/workbook.xml.rels":
            target = posixpath.join("/xl", attributes.get("Target", ""))
            self.targets[attributes.get("Id", "")] = target.removeprefix("/").lower()

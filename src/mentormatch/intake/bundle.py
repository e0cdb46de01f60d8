"""The files of a OneRoster bundle, zipped or in a folder, as tables of the needed columns.

Nothing is unpacked onto a disk, and of passwords, addresses and telephone numbers nothing is
kept. The format is that of 1EdTech, "OneRoster CSV tables", 1.1 and 1.2.
"""

import csv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.source import FileLimits

_LIMITS: Final = FileLimits()
MOST_RECORDS: Final = 1_000_000  # of one file

_MANIFEST: Final = "manifest.csv"
_VERSIONS: Final = {"1.1", "1.2"}
# What is read of each file. Nothing else is kept, not even for a moment longer than its line.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    _MANIFEST: ("propertyName", "value"),
    "users.csv": (
        *("sourcedId", "givenName", "familyName"),
        *("?status", "?enabledUser", "?middleName", "?agentSourcedIds", "?grades"),
        *("?role", "?orgSourcedIds"),  # of 1.1 only
    ),
    "roles.csv": ("userSourcedId", "roleType", "role", "?status", "?orgSourcedId"),
    "classes.csv": ("sourcedId", "title", "classType", "?status"),
    "enrollments.csv": ("classSourcedId", "userSourcedId", "?status"),
    "demographics.csv": ("sourcedId", "birthDate", "?status"),
}
_NEEDED: Final = {"users", "roles", "classes", "enrollments", "demographics"}
_ENCRYPTED: Final = 1  # flag of an entry
_READABLE: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MOST_SHOWN: Final = 40
"""How many letters of what was found an error shows."""

Row = tuple[int, dict[str, str]]


def read_tables(path: Path) -> "tuple[str, dict[str, BundleFile]]":
    """Read the version of a bundle, and its tables by the names of their files.

    Raises
    ------
    IntakeError
        With every line that can't be read, every column and file that is missing.
    """
    bundle = Bundle.open(path)
    defects: list[Defect] = []
    version = _version(bundle)
    tables: dict[str, BundleFile] = {}
    names = [name for name in _COLUMNS if name != _MANIFEST]
    for name in names if version == "1.2" else [it for it in names if it != "roles.csv"]:
        needed = name in {"users.csv", "roles.csv"}
        try:
            tables[name] = BundleFile.read(bundle, name, is_needed=needed)
        except IntakeError as error:
            defects += error.defects
    if defects:
        raise IntakeError(*defects)
    return version, tables


@dataclass(frozen=True, slots=True, repr=False)
class Bundle:
    """The files of a bundle, none of them unpacked onto a disk.

    Parameters
    ----------
    name
        Of the archive or folder.
    files
        Contents of those that are read, by name.
    """

    name: str
    files: Mapping[str, bytes]

    @classmethod
    def open(cls, path: Path) -> "Bundle":
        """Read the files of a bundle into memory, within bounds.

        Raises
        ------
        IntakeError
            When it can't be read, is too large, or means no good.
        """
        place = Place(file=path.name)
        try:
            if path.is_dir():
                return cls(path.name, _folder_files(path))
            with path.open("rb") as file:
                content = file.read(_LIMITS.unpacked + 1)
        except FileNotFoundError:
            raise IntakeError.of("intake.no-file", place) from None
        except OSError:
            raise IntakeError.of("intake.closed-file", place) from None
        if len(content) > _LIMITS.unpacked:
            raise IntakeError.of("oneroster.too-large", place)
        try:
            return cls(path.name, _archived_files(content, place))
        except IntakeError:
            raise
        except Exception:  # a damaged archive raises whatever it likes
            raise IntakeError.of("oneroster.damaged", place) from None

    def place(self, name: str, row: int | None = None, column: str | None = None) -> Place:
        """Name a place in one of its files."""
        return Place(file=f"{self.name}/{name}", row=row, column=column)


def _folder_files(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = _LIMITS.unpacked
    for entry in sorted(folder.iterdir()):
        name = entry.name.casefold()
        if name in _COLUMNS and entry.is_file():
            if name in files:
                raise IntakeError.of("oneroster.entry", Place(file=f"{folder.name}/{name}"))
            with entry.open("rb") as file:
                files[name] = file.read(left + 1)
            left -= len(files[name])
            if left < 0:
                raise IntakeError.of("oneroster.too-large", Place(file=folder.name))
    return files


def _archived_files(content: bytes, place: Place) -> dict[str, bytes]:
    """Unpack what is needed into memory, within bounds."""
    files: dict[str, bytes] = {}
    left = min(_LIMITS.unpacked, _LIMITS.ratio * len(content))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > _LIMITS.parts:
            raise IntakeError.of("oneroster.too-large", place)
        for entry in entries:
            steps = entry.filename.replace("\\", "/").split("/")
            name = steps[-1].casefold()
            if steps[0] == "__MACOSX" or name not in _COLUMNS:
                continue
            where = replace(place, file=f"{place.file}/{name}")
            # Nothing is extracted, but who climbs out of a folder means no good.
            is_odd = not steps[0] or ".." in steps or ":" in steps[0] or name in files
            if is_odd or len(steps) > 2:
                raise IntakeError.of("oneroster.entry", where)
            if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _READABLE:
                raise IntakeError.of("oneroster.encrypted", where)
            with archive.open(entry) as file:
                files[name] = file.read(left + 1)
            left -= len(files[name])
            if left < 0:
                raise IntakeError.of("oneroster.too-large", place)
    return files


@dataclass(frozen=True, slots=True, repr=False)
class BundleFile:
    """The needed columns of one file of a bundle.

    Parameters
    ----------
    bundle, name
        Where it stands.
    rows
        Row number and cells by column, without those marked for deletion.
    deleted
        How many were marked.
    """

    bundle: Bundle
    name: str
    rows: tuple[Row, ...] = ()
    deleted: int = 0

    @classmethod
    def read(cls, bundle: Bundle, name: str, *, is_needed: bool) -> "BundleFile":
        """Read a file.

        Raises
        ------
        IntakeError
            With every line that can't be read, and every column that is missing.
        """
        if name not in bundle.files:
            if is_needed:
                raise IntakeError.of("oneroster.no-file", bundle.place(name))
            return cls(bundle, name)
        rows: list[Row] = []
        defects: list[Defect] = []
        deleted = 0
        for number, cells in _lines(bundle, name, defects):
            if len(rows) == MOST_RECORDS:
                values = {"most": MOST_RECORDS}
                defects.append(Defect("oneroster.too-many-rows", bundle.place(name), values))
                break
            if cells.get("status", "").casefold() == "tobedeleted":
                deleted += 1
            else:
                rows.append((number, cells))
        if defects:
            raise IntakeError(*defects)
        return cls(bundle, name, tuple(rows), deleted)

    def place(self, row: int, column: str) -> Place:
        """Name a place in this file."""
        return self.bundle.place(self.name, row, column)


def _lines(bundle: Bundle, name: str, defects: list[Defect]) -> Iterator[Row]:
    """Give the needed cells of each line, and add what is wrong to the defects."""
    try:
        written = bundle.files[name].decode("utf-8-sig")
    except UnicodeDecodeError:
        defects.append(Defect("oneroster.not-utf-8", bundle.place(name)))
        return
    records = csv.reader(StringIO(written.replace("\0", ""), newline=""), strict=True)
    number = 0
    positions: dict[str, int] | None = None
    width = 0
    try:
        for number, record in enumerate(records, start=1):
            if not any(record):
                continue
            if positions is None:
                width = len(record)
                positions = dict(_positions(bundle, name, record, defects))
                if defects:
                    return
            elif len(record) != width:
                values = {"count": len(record), "expected": width}
                defects.append(Defect("intake.ragged", bundle.place(name, number), values))
            else:
                yield (
                    number,
                    {column: record[place].strip() for column, place in positions.items()},
                )
    except csv.Error:
        defects.append(Defect("intake.quotes", bundle.place(name, number + 1)))
    if positions is None and not defects:
        defects.append(Defect("intake.empty", bundle.place(name)))


def _positions(
    bundle: Bundle, name: str, header: Sequence[str], defects: list[Defect]
) -> Iterator[tuple[str, int]]:
    found = [title.strip().casefold() for title in header]
    for wanted in _COLUMNS[name]:
        column = wanted.removeprefix("?")
        if found.count(column.casefold()) == 1:
            yield column, found.index(column.casefold())
        elif column.casefold() in found:
            defects.append(Defect("oneroster.same-column", bundle.place(name, 1, column)))
        elif wanted == column:
            defects.append(Defect("oneroster.no-column", bundle.place(name, 1, column)))


def _version(bundle: Bundle) -> str:
    """Read the version of a bundle, and make sure that it is a whole one."""
    if _MANIFEST not in bundle.files:
        raise IntakeError.of("oneroster.no-manifest", bundle.place(_MANIFEST))
    manifest = BundleFile.read(bundle, _MANIFEST, is_needed=True)
    said = {
        cells["propertyName"].casefold(): (number, cells["value"])
        for number, cells in manifest.rows
    }
    number, version = said.get("oneroster.version", (None, ""))
    defects = []
    if version not in _VERSIONS:
        values = {"found": version[:MOST_SHOWN] or "–"}
        place = bundle.place(_MANIFEST, number, "value")
        defects.append(Defect("oneroster.version", place, values))
    for part in sorted(_NEEDED):
        row, way = said.get(f"file.{part}", (None, ""))
        if way.casefold() == "delta":
            values = {"part": f"{part}.csv"}
            defects.append(Defect("oneroster.delta", bundle.place(_MANIFEST, row, "value"), values))
    if defects:
        raise IntakeError(*defects)
    return version

"""A check of workbooks before any reader sees them.

A workbook is a zip archive of XML files, and a few kilobytes of either can ask for
gigabytes. The guard unpacks the parts a reader needs within fixed bounds, walks
through each of them with a strict parser, and hands on a new archive of exactly what
it has seen: where two programs could understand the same bytes differently, the reader
has only the checked ones.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.meter import Meter, SheetFacts
from mentormatch.intake.source import FileLimits

OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, or a workbook with a password
_WORKBOOK: Final = "xl/workbook.xml"
_TYPES: Final = "[content_types].xml"
_NEEDED: Final = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|sharedstrings|styles)\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE | re.ASCII,
)
_READABLE: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED: Final = 1  # flag of a part
_STEP: Final = 2**16  # bytes that are unpacked at once
_PIECE: Final = 2**20  # bytes that are checked at once
_LOCAL: Final = struct.Struct("<4s5H3L2H")  # of the header before a part


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is safe to read.

    Parameters
    ----------
    content
        Its sheets, texts and formats as an .xlsx file; macros, pictures and whatever
        else there was is left out.
    sheets
        By name of a sheet, what a reader doesn't say of it.
    """

    content: bytes
    sheets: Mapping[str, SheetFacts]


def checked_workbook(
    content: bytes, place: Place, limits: FileLimits | None = None, *, by_grammar: bool = True
) -> Workbook:
    """Check a file before any reader sees it.

    Parameters
    ----------
    by_grammar
        Measure rows by the grammar of ordinary programs where they keep to it. The outcome
        is the same, but large sheets take several times as long by the parser alone.

    Raises
    ------
    IntakeError
        When it is not a workbook of the .xlsx kind, is damaged, or larger than the limits.
    """
    if content.startswith(OLD_FORMAT):
        raise IntakeError.of("intake.save-as-xlsx", place)
    limits = limits or FileLimits()
    meter = Meter(place, limits, by_grammar=by_grammar)
    try:
        checked = _walk(content, meter)
    except (IntakeError, MemoryError):
        raise
    except Exception:  # a damaged archive raises whatever it likes
        raise IntakeError.of("intake.damaged", place) from None
    meter.check_texts()
    return Workbook(checked, meter.by_sheet())


def _walk(content: bytes, meter: Meter) -> bytes:
    """Check every part that a reader needs, and return an archive of these alone."""
    place, limits = meter.place, meter.limits
    left = limits.unpacked
    room = min(left, limits.ratio * len(content))
    parts: dict[str, bytes] = {}
    copy = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > limits.parts:
        raise limits.exceeded("parts", place)
    needed = [entry for entry in entries if _NEEDED.fullmatch(entry.filename)]
    if _WORKBOOK not in (entry.filename.lower() for entry in needed):
        raise IntakeError.of("intake.save-as-xlsx", place)
    directory = []
    for entry in needed:
        name = entry.filename.lower()
        if name in parts or entry.compress_type not in _READABLE or entry.flag_bits & _ENCRYPTED:
            raise IntakeError.of("intake.damaged", place)
        parts[name] = packed = _packed(content, entry)
        meter.begin(name)
        types = b""
        for piece in _unpacked(packed, entry):
            room -= len(piece)
            if room < 0:
                by_ratio = limits.unpacked > limits.ratio * len(content)
                raise limits.exceeded("ratio" if by_ratio else "unpacked", place)
            meter.feed(piece)
            types += piece if name == _TYPES else b""
        meter.end()
        if b"macroEnabled" in types:
            raise IntakeError.of("intake.save-as-xlsx", place)
        directory.append(_write(copy, entry, packed))
    start = copy.tell()
    copy.write(b"".join(directory))
    size = copy.tell() - start
    count = len(directory)
    copy.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0))
    return copy.getvalue()


def _packed(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Find the bytes of a part as the archive holds them."""
    header = _LOCAL.unpack_from(content, entry.header_offset)
    begin = entry.header_offset + _LOCAL.size + header[-2] + header[-1]
    packed = content[begin : begin + entry.compress_size]
    if header[0] != b"PK\3\4" or len(packed) != entry.compress_size:
        raise zipfile.BadZipFile
    return packed


def _unpacked(packed: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece, and see that it is all there and nothing more."""
    size = check = 0
    for piece in _inflated(packed) if entry.compress_type else _pieces(packed, _PIECE):
        size += len(piece)
        check = zlib.crc32(piece, check)
        yield piece
    if size != entry.file_size or check != entry.CRC:
        raise zipfile.BadZipFile


def _inflated(packed: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    found = bytearray()
    for step in _pieces(packed, _STEP):
        rest = step
        while rest:
            if stream.eof:
                raise zipfile.BadZipFile
            found += stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail
            if len(found) >= _PIECE:
                yield bytes(found)
                found.clear()
    found += stream.flush()
    if not stream.eof or stream.unused_data:
        raise zipfile.BadZipFile
    yield bytes(found)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _write(copy: BytesIO, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
    """Add a part to an archive, and return its entry in the directory of parts."""
    name = entry.filename.encode("utf-8")
    offset = copy.tell()
    shared = struct.pack(
        "<5H3L2H",
        *(20, 1 << 11, entry.compress_type, 0, 33),  # names in UTF-8, the first day of 1980
        *(entry.CRC, len(packed), entry.file_size, len(name), 0),
    )
    copy.write(b"PK\3\4" + shared + name + packed)
    return b"PK\1\2\x14\0" + shared + struct.pack("<3H2L", 0, 0, 0, 0, offset) + name

"""Files that are no table at all, or would take too much room."""

import io
import zipfile
from collections.abc import Iterator

from spoilt_tables import SHAPES, WORKBOOK, clean_table

_SHEET = "xl/worksheets/sheet1.xml"
_FAR = (
    ("a cell far away", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    ("a cell beyond", b'<row r="1048577"><c r="AAAA1048577"><v>1</v></c></row></sheetData>'),
)


def archive(parts: dict[str, bytes], *, level: int = 9) -> bytes:
    """Make a zip archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def _changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    parts = parts_of(content)
    assert old in parts[name]
    return archive(parts | {name: parts[name].replace(old, new, 1)})


def broken_files() -> Iterator[tuple[str, str, bytes]]:
    """Make files that are no table, or would take too much: name, suffix, content."""
    book = WORKBOOK.render(clean_table())
    text = SHAPES[0].render(clean_table())
    sheet = parts_of(book)[_SHEET]
    yield "an empty file", ".csv", b""
    yield "an empty workbook file", ".xlsx", b""
    yield "nothing but a mark", ".csv", b"\xef\xbb\xbf"
    yield "nothing but blanks", ".csv", b"\r\n;;;\r\n  \r\n"
    yield "a header alone", ".csv", text.split(b"\r\n")[0]
    yield "cut bytes of a letter", ".csv", text + b"\xd0"
    yield "zeros inside", ".csv", text.replace(b"2", b"\0", 1)
    yield "half of a UTF-16 letter", ".csv", "a;b\n1;2".encode("utf-16") + b"\x00"
    yield "a workbook named as a CSV", ".csv", book
    yield "a CSV named as a workbook", ".xlsx", text
    yield "an old workbook", ".xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    yield "an old workbook as a CSV", ".csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    yield "a PDF named as a workbook", ".xlsx", b"%PDF-1.4\n%\xe2\xe3"
    yield "a PDF named as a CSV", ".csv", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256))
    yield "a picture named as a CSV", ".csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    yield "another archive", ".xlsx", archive({"a.txt": b"text"})
    yield "a text document", ".xlsx", archive({"word/document.xml": b"<a/>"})
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"a workbook cut at {share:.0%}", ".xlsx", book[: int(len(book) * share)]
    yield (
        "no sheet inside",
        ".xlsx",
        archive({name: part for name, part in parts_of(book).items() if name != _SHEET}),
    )
    yield "a sheet cut short", ".xlsx", archive(parts_of(book) | {_SHEET: sheet[: len(sheet) // 2]})
    yield (
        "a cell far away",
        ".xlsx",
        _changed(
            book,
            _SHEET,
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
        ),
    )
    yield (
        "a cell beyond the sheet",
        ".xlsx",
        _changed(
            book,
            _SHEET,
            b"</sheetData>",
            b'<row r="1048577"><c r="AAAA1048577"><v>1</v></c></row></sheetData>',
        ),
    )
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
    yield (
        "entities that grow",
        ".xlsx",
        archive(parts_of(book) | {_SHEET: sheet.replace(b"<worksheet", bomb + b"<worksheet", 1)}),
    )
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    yield (
        "an entity from outside",
        ".xlsx",
        archive(
            parts_of(book) | {_SHEET: sheet.replace(b"<worksheet", outside + b"<worksheet", 1)}
        ),
    )
    yield (
        "a text of zeros a thousand times its size",
        ".xlsx",
        archive(
            parts_of(book)
            | {"xl/sharedStrings.xml": b"<sst><si><t>" + b"0" * 450_000_000 + b"</t></si></sst>"}
        ),
    )
    yield (
        "a thousand and more parts",
        ".xlsx",
        archive(
            parts_of(book) | {f"xl/worksheets/s{n}.xml": b"<a/>" for n in range(1200)}, level=1
        ),
    )
    yield "a million blank columns", ".csv", b"code" + b";" * 11_000_000 + b"\n1\n"
    yield "a header of one open quotation", ".csv", b'"' + b"a;" * 1000
    yield "a wrong signature inside", ".xlsx", book.replace(b"PK\x01\x02", b"PK\x09\x09")
    yield (
        "letters of another alphabet's code page",
        ".csv",
        "Код;Имя\r\nS-1;Иван\r\n".encode("cp866"),
    )

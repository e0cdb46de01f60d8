"""What all DOCX files share: a page, fonts, tables, page numbers, and how a file is packed.

They need python-docx, which comes with the extra ``documents``; whoever calls has imported it.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph

FONT: Final = "Arial"  # has Cyrillic letters on every system, or a twin of the same widths
_SPELLING: Final = {"ru": "ru-RU", "en": "en-US"}
_GREY: Final = "9AA3AF"
_DARK: Final = (0x1F, 0x2A, 0x3A)
_TABLE: Final = 3  # what python-docx calls a style of tables
_TABLES: Final = ("Normal Table", "Table Grid")
_UNUSED: Final = ("/stylesWithEffects", "/customXml", "/thumbnail")
_MADE: Final = (1980, 1, 1, 0, 0, 0)  # the first day of a zip archive


def begin(
    title: str,
    lang: str,
    sizes: Mapping[str, float],
    margins: tuple[float, float, float, float],
) -> "Document":
    """Begin a document on A4, in one font.

    Parameters
    ----------
    title
        What its properties say it is.
    lang
        Its language.
    sizes
        Points by name of a style.
    margins
        Left, right, top and bottom, in centimetres.
    """
    from docx import Document  # noqa: PLC0415 - optional
    from docx.oxml.ns import qn  # noqa: PLC0415 - optional
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415 - optional

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(margins[0]), Cm(margins[1])
    section.top_margin, section.bottom_margin = Cm(margins[2]), Cm(margins[3])
    section.header_distance = section.footer_distance = Cm(0.8)
    style: Any
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(attribute), FONT)
        if name == "Title" or name.startswith("Heading"):
            style.font.color.rgb, style.font.bold = RGBColor(*_DARK), True
    document.styles["Title"].element.get_or_add_pPr().remove_all("w:pBdr")
    style = document.styles["Normal"]
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.language = lang
    properties.created = properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001 - no zone
    for name in ("Header", "Footer"):
        document.styles[name].paragraph_format.tab_stops.clear_all()
    for spelling in document.styles.element.iter(qn("w:lang")):
        spelling.set(qn("w:val"), _SPELLING.get(lang, lang))
    _set_modern(document)
    _slim(document)
    return document


def _set_modern(document: "Document") -> None:
    """Say that it is of today's Word: tables then begin at the margin, and no mode is shown."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded already

    settings = document.settings.element
    for zoom in settings.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")  # without it the file isn't valid
    for one in settings.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), "15")


def _slim(document: "Document") -> None:
    """Take out what python-docx begins with and nothing uses: most of a file's bytes."""
    for style in list(document.styles):
        if style.type == _TABLE and style.name not in _TABLES:
            style.delete()
    for whole in (document.part, document.part.package):
        for key, link in list(whole.rels.items()):
            if link.reltype.endswith(_UNUSED):
                del whole.rels[key]


def finish(document: "Document") -> bytes:
    """Return the bytes of a document: the same document gives the same."""
    content = io.BytesIO()
    document.save(content)
    with zipfile.ZipFile(content) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts of a document, with the same time for all of them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def write_numbers(paragraph: "Paragraph", sentence: str) -> None:
    r"""Write a sentence that holds numbers which the program that shows the page works out.

    Parameters
    ----------
    paragraph
        Where to.
    sentence
        With ``"\0PAGE\0"`` and ``"\0NUMPAGES\0"`` in the places of the numbers.
    """
    for place, piece in enumerate(sentence.split("\0")):
        if place % 2:
            _add_field(paragraph, piece)
        elif piece:
            paragraph.add_run(piece)


def _add_field(paragraph: "Paragraph", instruction: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 - loaded already
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded already

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = paragraph.add_run("1")
    field.append(run._r)  # noqa: SLF001 - python-docx has no fields
    paragraph._p.append(field)  # noqa: SLF001


def add_table(
    document: Any,
    rows: int,
    widths: Sequence[float],
    *,
    lines: bool = False,
    together: bool = False,
    padding: float = 1,
) -> "Table":
    """Add a table whose rows are never cut.

    Parameters
    ----------
    document
        Where to: a document or a cell.
    rows
        How many.
    widths
        Of its columns, in centimetres.
    lines
        Whether there are lines around its cells.
    together
        Whether all of it stands on one page, if it can.
    padding
        Points above and below the text of a cell.
    """
    from docx.oxml import OxmlElement  # noqa: PLC0415 - loaded already
    from docx.shared import Cm  # noqa: PLC0415 - loaded already

    table: Table = document.add_table(rows, len(widths))
    table.autofit = False
    if lines:
        table.style = "Table Grid"
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for place, row in enumerate(table.rows):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            space(paragraph, padding, padding)
            if together:
                paragraph.paragraph_format.keep_with_next = place < rows - 1
    return table


def repeat(row: "_Row") -> None:
    """Let a row stand at the head of its table on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - loaded already

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def space(paragraph: "Paragraph", before: float, after: float) -> None:
    """Leave points above and below a paragraph."""
    from docx.shared import Pt  # noqa: PLC0415 - loaded already

    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)


def set_font(run: Any, name: str) -> None:
    """Write some words in another font."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded already

    run.font.name = name
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - python-docx sets two of four
    for attribute in ("w:eastAsia", "w:cs"):
        fonts.set(qn(attribute), name)


def underline(cell: "_Cell") -> None:
    """Draw a line to write on along the foot of a cell."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - loaded already
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded already

    borders, line = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "4", "color": _GREY}.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - python-docx has no borders

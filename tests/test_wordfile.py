"""What all DOCX files share."""

import io
import zipfile

import pytest
from docx import Document

from mentormatch import wordfile

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def document():
    """Begin a document."""
    return wordfile.begin("Title", "ru", {"Normal": 11, "Heading 1": 14}, (2, 1.5, 2, 1))


def read(document):
    """Finish a document and open it with the bare library."""
    return Document(io.BytesIO(wordfile.finish(document)))


def test_the_page_and_the_fonts_are_set(document):
    """A4, one font with all kinds of letters, and properties that name no program."""
    made = read(document)
    section = made.sections[0]
    assert (section.page_width.cm, section.page_height.cm) == pytest.approx((21, 29.7), abs=0.01)
    margins = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    assert [it.cm for it in margins] == pytest.approx([2, 1.5, 2, 1], abs=0.01)
    fonts = made.styles["Normal"].element.rPr.rFonts
    kinds = ("ascii", "hAnsi", "eastAsia", "cs")
    assert {fonts.get(f"{W}{kind}") for kind in kinds} == {wordfile.FONT}
    assert made.styles["Heading 1"].font.size.pt == 14
    properties = made.core_properties
    assert (properties.title, properties.language, properties.author) == ("Title", "ru", "")


def test_what_nothing_uses_is_left_out(document):
    """A file takes a third of what the bare library makes of it."""
    document.add_paragraph("words")
    plain, content = Document(), io.BytesIO()
    plain.add_paragraph("words")
    plain.save(content)
    made = wordfile.finish(document)
    assert len(made) < len(content.getvalue()) / 2
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert not any("thumbnail" in name or "customXml" in name for name in names)
    assert read(document).styles["Table Grid"] is not None


def test_rows_are_never_cut_and_headings_come_again(document):
    """Whatever the length of a table."""
    table = wordfile.add_table(document, 3, (4, 5), lines=True)
    wordfile.repeat(table.rows[0])
    made = read(document).tables[0]
    assert [len(row._tr.xpath(".//w:cantSplit")) for row in made.rows] == [1, 1, 1]
    assert [len(row._tr.xpath(".//w:tblHeader")) for row in made.rows] == [1, 0, 0]
    assert [cell.width.cm for cell in made.rows[1].cells] == pytest.approx([4, 5], abs=0.01)


def test_page_numbers_are_worked_out_by_whoever_shows_the_page(document):
    """They are fields; the words around them stay words."""
    paragraph = document.add_paragraph()
    wordfile.write_numbers(paragraph, "Page \0PAGE\0 of \0NUMPAGES\0.")
    made = read(document).paragraphs[-1]._p
    assert [it.get(f"{W}instr") for it in made.iter(f"{W}fldSimple")] == ["PAGE", "NUMPAGES"]
    assert "".join(it.text for it in made.iter(f"{W}t")) == "Page 1 of 1."


def test_the_same_parts_give_the_same_bytes():
    """No clock is in them, and their order stays."""
    parts = {"b.xml": b"<b/>", "a.xml": b"<a/>"}
    content = wordfile.pack(parts)
    assert content == wordfile.pack(dict(parts))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist() == ["b.xml", "a.xml"]
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

"""What the ready templates share: a page, lines, tables with a row for each item of a list."""

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from mentormatch import wordfile
from mentormatch.messages import catalogue

SIZES = {"Normal": 11, "Title": 13, "Heading 1": 11.5, "Header": 9, "Footer": 9}
MARGINS = (2.5, 1.5, 2, 1.8)  # centimetres: left, right, top, bottom
WIDTH = 17.0
SMALL = 9.5  # points, in tables
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


class Words:
    """The words of a template in a language: placeholders stand in them as they are."""

    def __init__(self, kind, lang):
        self.kind, self.lang = kind, lang

    def __call__(self, name):
        # Curly brackets are doubled in a catalogue only where a sentence is filled in.
        return catalogue(self.lang)[f"template.{self.kind}.{name}"]


def begin(words):
    """Begin a document whose pages have numbers from the second on."""
    document = wordfile.begin(words("name"), words.lang, SIZES, MARGINS)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    header = section.header.paragraphs[0]
    header.alignment = CENTRE
    wordfile.write_numbers(header, "\0PAGE\0")
    return document


def line(place, said, align=LEFT, *, bold=False, size=None, before=0, after=0, indent=0):
    """Write a paragraph at the end of a document or a cell."""
    paragraph = place.add_paragraph()
    run = paragraph.add_run(said)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    paragraph.alignment = align
    wordfile.space(paragraph, before, after)
    if indent:
        paragraph.paragraph_format.first_line_indent = Cm(indent)
    return paragraph


def gap(place, points):
    """Leave so much room at the end of a document or a cell."""
    paragraph = place.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(points)
    return paragraph


def tag(place, said):
    """Write a paragraph that is there for its statement only."""
    return place.add_paragraph(said)


def fill(cell, *said, align=LEFT, bold=False, size=SMALL):
    """Write lines into a cell, each of them a paragraph."""
    for place, words in enumerate(said):
        paragraph = cell.paragraphs[0] if not place else cell.add_paragraph()
        wordfile.space(paragraph, 1, 1)
        run = paragraph.add_run(words)
        run.font.size, run.bold = Pt(size), bold or None
        paragraph.alignment = align


def columns(place, rows, widths, **how):
    """Write a table without lines, whose words begin and end where the page's do."""
    table = wordfile.add_table(place, rows, widths, **how)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)  # noqa: SLF001
    return table


def listing(place, heads, widths, loop, cells, *, size=SMALL):
    """Write a table with headings on every page and a row for each item of a list.

    ``loop`` is the statement of the repetition; each of ``cells`` the lines of a cell.
    """
    table = wordfile.add_table(place, 4, widths, lines=True)
    wordfile.repeat(table.rows[0])
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        fill(cell, head, align=CENTRE, bold=True, size=size)
    fill(table.rows[1].cells[0], f"{{%tr for {loop} %}}")
    for cell, said in zip(table.rows[2].cells, cells, strict=True):
        fill(cell, *([said] if isinstance(said, str) else said), size=size)
    fill(table.rows[3].cells[0], "{%tr endfor %}")
    return table


def people(names):
    """Write the people of a list one under another: name and post."""
    return (f"{{%p for one in {names} %}}", ONE, "{%p endfor %}")


ONE = "{{ one.name }}{% if one.post %}, {{ one.post }}{% endif %}"


def signature(place, post, name, hint):
    """Write a line to sign on between a post and a name."""
    table = columns(place, 2, (5.5, 4.5, 7.0), together=True)
    fill(table.rows[0].cells[0], post, size=11)
    wordfile.underline(table.rows[0].cells[1])
    fill(table.rows[0].cells[2], name, size=11)
    table.rows[0].cells[2].paragraphs[0].paragraph_format.left_indent = Cm(0.2)
    fill(table.rows[1].cells[1], hint, align=CENTRE, size=8)
    for cell in table.rows[0].cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    for row in table.rows:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True
    return table

"""Documents from templates: what a template may say, and what is filled in."""

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document

from mentormatch.documents.kinds import copy_templates, template_kinds
from mentormatch.documents.package import package_of
from mentormatch.documents.template import DocumentTemplate, TemplateKind, ready_file
from mentormatch.errors import DocumentError, Place
from mentormatch.messages import LANGUAGES

DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a list."""

    mentor: str
    mentees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What the template of these tests is filled with."""

    city: str
    rows: tuple[Row, ...] = ()


KIND = TemplateKind("notice", Notice)


def bytes_of(document) -> bytes:
    """Save a document."""
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def template_of(document, kind=KIND) -> DocumentTemplate:
    """Make a template of a document that python-docx has made."""
    return DocumentTemplate(
        kind, package_of(bytes_of(document), Place(file="notice.docx")), "notice.docx"
    )


def saying(*paragraphs, kind=KIND) -> DocumentTemplate:
    """Make a template of paragraphs."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    return template_of(document, kind)


def filled(template, values) -> list[str]:
    """Fill a template and read its paragraphs back."""
    return [it.text for it in Document(io.BytesIO(template.render(values))).paragraphs]


def test_the_ready_templates_are_what_their_source_makes(tmp_path):
    """Nobody has edited the files that are kept; the source makes the same bytes anywhere."""
    subprocess.run([sys.executable, DOCS / "templates", tmp_path], check=True, timeout=120)
    names = {f"{name}.docx" for name in template_kinds()}
    for lang in LANGUAGES:
        made = {file.name: file.read_bytes() for file in (tmp_path / lang).iterdir()}
        assert made.keys() == names
        assert made == {name: ready_file(name, lang) for name in names}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", template_kinds().values(), ids=lambda kind: kind.name)
def test_a_ready_template_says_nothing_unknown_and_all_that_it_must(kind, lang):
    """It passes the check that a school's own has to pass."""
    assert kind.ready(lang).kind is kind


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", template_kinds().values(), ids=lambda kind: kind.name)
def test_every_placeholder_has_a_meaning(kind, lang):
    """Whoever edits a template can look up each name, and what a template must have is there."""
    placeholders = kind.placeholders(lang)
    assert all(it.meaning for it in placeholders)
    assert kind.required <= {it.name for it in placeholders if not it.is_list}


def test_words_are_filled_in_however_word_has_cut_them_up():
    """A placeholder that is spread over several pieces is one; the first says how it looks."""
    document = Document()
    paragraph = document.add_paragraph("In {")
    paragraph.add_run("{ ci").bold = True
    paragraph.add_run("ty|upper }")
    paragraph.add_run("}, and {{ city }} again")
    template = template_of(document)
    assert filled(template, Notice("Town")) == ["In TOWN, and Town again"]


def test_rows_and_paragraphs_repeat_and_may_be_left_out():
    """A list in a list, and an item without any: no cell is left without a paragraph."""
    document = Document()
    table = document.add_table(4, 2)
    table.cell(0, 0).text = "Heading"
    table.cell(1, 0).text = "{%tr for row in rows %}"
    table.cell(2, 0).text = "{{ loop.index }}. {{ row.mentor }}"
    cell = table.cell(2, 1)
    cell.text = "{%p for mentee in row.mentees %}"
    cell.add_paragraph("{{ mentee }}")
    cell.add_paragraph("{%p endfor %}")
    table.cell(3, 0).text = "{%tr endfor %}"
    values = Notice("", (Row("M-1", ("S-1", "S-2")), Row("M-2", ())))
    made = Document(io.BytesIO(template_of(document).render(values)))
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["Heading", ""],
        ["1. M-1", "S-1\nS-2"],
        ["2. M-2", ""],
    ]


def test_the_same_values_give_the_same_bytes():
    """No clock is in a document."""
    template = saying("{{ city }}")
    assert template.render(Notice("Town")) == template.render(Notice("Town"))
    archive = zipfile.ZipFile(io.BytesIO(template.render(Notice("Town"))))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_defect_is_named_with_its_place():
    """A school sees at once all there is to mend."""
    kind = TemplateKind("notice", Notice, frozenset({"city", "rows.mentor"}))
    with pytest.raises(DocumentError) as caught:
        saying("To {{ cty }}", "{% for row in rows %}{{ row.mentor }}", "{{ rows }}", kind=kind)
    assert [(it.code, it.place.field) for it in caught.value.defects] == [
        ("template.unknown-near", '"To {{ cty }}"'),
        ("template.not-text", '"{{ rows }}"'),
        ("template.unclosed", '"{% for row in rows %}{{ row.mentor }}"'),
        ("template.missing", None),
    ]
    assert {it.place.file for it in caught.value.defects} == {"notice.docx"}


def test_templates_are_copied_but_never_over_others(tmp_path):
    """What a school has edited stays as it is."""
    written = copy_templates(tmp_path / "templates", "en")
    assert {path.name for path in written} == {f"{name}.docx" for name in template_kinds()}
    assert all(path.read_bytes() == ready_file(path.name, "en") for path in written)
    with pytest.raises(DocumentError) as caught:
        copy_templates(tmp_path / "templates")
    assert {it.code for it in caught.value.defects} == {"template.exists"}
    assert len(caught.value.defects) == len(written)

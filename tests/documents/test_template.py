"""Documents from templates: what a template may say, and what is filled in."""

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from docx import Document
from docxtpl import DocxTemplate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentormatch.documents.papers.kinds import check_templates, copy_templates, template_kinds
from mentormatch.documents.templates.package import W, package_of
from mentormatch.documents.templates.template import DocumentTemplate, TemplateKind, ready_file
from mentormatch.errors import DocumentError, Place
from mentormatch.messages import LANGUAGES
from mentormatch.spreadsheet import printable

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


def test_every_placeholder_stands_in_the_reference(tmp_path):
    """The page is the one that ``docs/placeholders.py`` writes."""
    subprocess.run([sys.executable, DOCS / "placeholders.py", tmp_path], check=True, timeout=120)
    kept = (DOCS / "reference" / "placeholders.md").read_text("utf-8")
    assert (tmp_path / "placeholders.md").read_text("utf-8") == kept


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
    assert kind.required <= {it.name for it in placeholders}


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
    assert [len(row.cells[1].paragraphs) for row in made.tables[0].rows] == [1, 2, 1]


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


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "forbidden"),
        ("{{ city.__class__ }}", "unknown"),
        ("{{ cycler.__init__.__globals__ }}", "unknown"),
        ("{{ self }}", "unknown"),
        ("{{ loop.index }}", "unknown"),
        ("{{ city.upper() }}", "forbidden"),
        ("{{ city[0] }}", "forbidden"),
        ("{{ city ~ city }}", "forbidden"),
        ("{{ 7 * 7 }}", "forbidden"),
        ("{{ 'words' }}", "forbidden"),
        ("{{ city|attr('format') }}", "forbidden"),
        ("{{ city|replace('a', 'b') }}", "forbidden"),
        ("{{ city|upper(1) }}", "forbidden"),
        ("{{ city if city }}", "forbidden"),
        ("{% if city == city %}{% endif %}", "forbidden"),
        ("{% if city is defined %}{% endif %}", "forbidden"),
        ("{% for x in range(10**9) %}{% endfor %}", "forbidden"),
        ("{% for x in rows recursive %}{% endfor %}", "forbidden"),
        ("{% for x in rows if x.mentor %}{% endfor %}", "forbidden"),
        ("{% for a, b in rows %}{% endfor %}", "forbidden"),
        ("{% for loop in rows %}{% endfor %}", "forbidden"),
        ("{% set x = city %}", "forbidden"),
        ("{% include 'other.docx' %}", "forbidden"),
        ("{% import 'os' as os %}", "forbidden"),
        ("{% extends 'other.docx' %}", "forbidden"),
        ("{% raw %}", "forbidden"),
        ("{%- raw -%}", "forbidden"),
        ("{% debug %}", "forbidden"),
        ("{% %}", "forbidden"),
        ("{{ }}", "syntax"),
        ("{{ city city }}", "syntax"),
        ("{{ city }", "braces"),
        ("city }}", "braces"),
        ("{{ city", "braces"),
        ("{{ rows }}", "not-text"),
        ("{% for row in rows %}{{ row }}{% endfor %}", "not-text"),
        ("{{ rows|upper }}", "not-text"),
        ("{% for row in rows %}{{ loop.first }}{% endfor %}", "not-text"),
        ("{% for x in city %}{% endfor %}", "not-a-list"),
        ("{% for x in rows %}{% for y in rows %}{% endfor %}{% endfor %}", "nested"),
        ("{% for x in rows %}{{ x.mentr }}{% endfor %}", "unknown-near"),
        ("{% for x in rows %}{{ loop.cycle }}{% endfor %}", "unknown"),
        ("{% if city %}", "unclosed"),
        ("{% endif %}", "unopened"),
        ("{% else %}", "unopened"),
        ("{% if city %}{% endfor %}{% endif %}", "unopened"),
        ("{% if city %}{% else %}{% else %}{% endif %}", "unopened"),
        ("{% if city %}{% else %}{% elif city %}{% endif %}", "unopened"),
        ("{% for x in rows %}{% elif city %}{% endfor %}", "unopened"),
        ("{% if city %}{% else city %}{% endif %}", "syntax"),
        ("{% if city %}{% endif city %}", "syntax"),
        ("{% for x in rows %}{% else %}{{ x.mentor }}{% endfor %}", "unknown"),
        ("{% for x in rows %}{% else %}{{ loop.index }}{% endfor %}", "unknown"),
        ("{% if city %}" * 120 + "{% endif %}" * 120, "damaged"),
        ("{%tr if city %}", "no-row"),
        ("In {%p if city %}", "beside"),
        ("{%p if city %}{%p endif %}", "beside"),
    ],
)
def test_whatever_does_more_than_fill_in_is_refused(said, code):
    """No attribute, call, literal or statement of Jinja's reaches the machine."""
    with pytest.raises(DocumentError) as caught:
        saying(said)
    assert f"template.{code}" in [defect.code for defect in caught.value.defects]
    assert all(defect.text(lang) for defect in caught.value.defects for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("{{city}}", "Town"),
        ("{{\u00a0city | upper }}", "TOWN"),
        ("{% if city and not rows %}a{% elif city or rows %}b{% else %}c{% endif %}", "b"),
        ("{% for row in rows %}{{ row.mentor }}{% if not loop.last %}, {% endif %}{% endfor %}",
         "M-1, M-2"),
        ("{% for x in rows %}{% for y in x.mentees %}{{ y }}{% else %}-{% endfor %}{% endfor %}",
         "S-1-"),
        ("{{ city }}{# a note to whoever edits this, {{ not }} filled in #}", "Town"),
        ("{ city } 100 % # {", "{ city } 100 % # {"),
    ],
)  # fmt: skip
def test_what_a_template_may_say(said, read):
    """Placeholders, two filters, conditions, lists and lists within their items, notes."""
    values = Notice("Town", (Row("M-1", ("S-1",)), Row("M-2", ())))
    assert filled(saying(said), values) == [read]


def test_a_block_that_ends_elsewhere_is_refused():
    """A condition from one cell, paragraph or link into another would tear the document apart."""
    with pytest.raises(DocumentError, match="side by side"):
        saying("{% if city %}", "{% endif %}")
    document = Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "{%p if city %}", "{%p endif %}"
    with pytest.raises(DocumentError, match="side by side"):
        template_of(document)


def test_a_table_that_may_be_left_without_rows_is_refused():
    """Word takes such a document for damaged."""
    document = Document()
    table = document.add_table(3, 1)
    for cell, words in zip(
        table.columns[0].cells,
        ("{%tr for row in rows %}", "{{ row.mentor }}", "{%tr endfor %}"),
        strict=True,
    ):
        cell.text = words
    with pytest.raises(DocumentError, match="without a row"):
        template_of(document)


@pytest.mark.parametrize(
    "markup",
    [
        '<w:p {w}><w:r><w:instrText>PAGE {{{{ city }}}}</w:instrText></w:r></w:p>',
        '<w:p {w}><w:del><w:r><w:delText>{{{{ city }}}}</w:delText></w:r></w:del></w:p>',
        '<w:p {w} w:rsidR="{{{{ city }}}}"><w:r><w:t>x</w:t></w:r></w:p>',
    ],
)  # fmt: skip
def test_placeholders_stand_in_text_alone(markup):
    """What is no text is never filled in, and is not passed over either."""
    from lxml import etree

    document = Document()
    namespace = f'xmlns:w="{W.strip("{}")}"'
    document.element.body.insert(0, etree.fromstring(markup.format(w=namespace)))
    with pytest.raises(DocumentError) as caught:
        template_of(document)
    assert "template.hidden" in [defect.code for defect in caught.value.defects]


PAYLOADS = [
    "{{ 7 * 7 }}", "{% raw %}", "{% for x in y %}", "{# note", "}}", "{{ city }}",
    "<w:p/>", "</w:t></w:r></w:p>", "<w:instrText>DDEAUTO</w:instrText>", "&amp;", "&#10;", "]]>",
    "<!-- x -->", "<?tag 0?>", '"quoted"', "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1",
    'INCLUDETEXT "file"', "{ PAGE }", "\u202eright to left", "two  spaces ", " x", "\ttab",
    "Имя\u00a0Фамилия", "😀", "\ufeffmark", "<script>alert(1)</script>", "%s {0} $x",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_stays_text(payload):
    """Whatever a value looks like, the same characters are read back, and nothing else happens."""
    template = saying("[{{ city }}]", "{% for row in rows %}{{ row.mentor }}{% endfor %}")
    content = template.render(Notice(payload, (Row(payload, ()),)))
    document = Document(io.BytesIO(content))
    assert [it.text for it in document.paragraphs] == [f"[{payload}]", payload]
    plain = Document(io.BytesIO(template.render(Notice("x", (Row("x", ()),)))))
    assert names_in(document) == names_in(plain)


def names_in(document) -> list[str]:
    """List the elements of a document other than those that text consists of."""
    texts = {f"{W}t", f"{W}tab", f"{W}br"}
    return [it.tag for it in document.element.iter() if it.tag not in texts]


@given(st.text(st.characters(), max_size=30))
def test_any_text_is_read_back(words):
    """Line breaks stay, characters that no document can hold go."""
    lines = printable(words).replace("\r\n", "\n").replace("\r", "\n")
    assert filled(saying("{{ city }}"), Notice(words)) == [lines]


SNIPPETS = [
    ["{{ city }}"], ["text"], [""],
    ["{% if city %}a{% endif %}"], ["{% if city %}a{% else %}b{% endif %}"],
    ["{% for row in rows %}{{ row.mentor }}{% endfor %}"],
    ["{%p if city %}", "a", "{%p endif %}"], ["{%p for row in rows %}", "b", "{%p endfor %}"],
    ["{%p if city %}"], ["{%p endif %}"], ["{%p else %}"], ["{%p for row in rows %}"],
    ["{%p endfor %}"], ["{% if city %}"], ["{% endif %}"], ["{{ row.mentor }}"],
    ["{%tr if city %}"], ["{%tr endif %}"], ["{%tr for row in rows %}"], ["{%tr endfor %}"],
]  # fmt: skip
CONTENTS = st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=4).map(
    lambda found: [line for snippet in found for line in snippet]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CONTENTS, st.lists(st.tuples(CONTENTS, CONTENTS), max_size=4), st.booleans())
def test_a_template_that_passes_never_fails(before, rows, has_rows):
    """Whatever is accepted makes a document that can be read, with any values."""
    document = Document()
    for words in before:
        document.add_paragraph(words)
    table = document.add_table(0, 2)
    table.add_row().cells[0].text = "head"
    for pair in rows:
        for cell, lines in zip(table.add_row().cells, pair, strict=True):
            cell.text = lines[0]
            for words in lines[1:]:
                cell.add_paragraph(words)
    try:
        template = template_of(document)
    except DocumentError:
        return
    for city in ("", "Town"):
        values = Notice(city, (Row("M", ()),) * 2 if has_rows else ())
        made = Document(io.BytesIO(template.render(values)))
        cells = [cell for row in made.tables[0].rows for cell in row.cells]
        assert all(cell.paragraphs for cell in cells)
        assert not any(braces in cell.text for cell in cells for braces in ("{{", "{%"))


def test_only_what_the_kind_names_is_filled_in():
    """A dictionary, or the values of another document, is a slip of the programmer."""
    with pytest.raises(TypeError, match="filled with a Notice"):
        saying("{{ city }}").render({"city": "Town"})


def test_headers_and_footers_are_filled_too():
    """A school may have its name on every page."""
    document = Document()
    document.add_paragraph("words")
    document.sections[0].header.paragraphs[0].text = "{{ city }}"
    document.sections[0].footer.paragraphs[0].text = "{{ town }}"
    with pytest.raises(DocumentError, match="town"):
        template_of(document)
    document.sections[0].footer.paragraphs[0].text = "{{ city }}!"
    made = Document(io.BytesIO(template_of(document).render(Notice("Town"))))
    assert made.sections[0].header.paragraphs[0].text == "Town"
    assert made.sections[0].footer.paragraphs[0].text == "Town!"


def test_a_template_of_the_school_takes_the_place_of_the_ready_one(tmp_path):
    """Only for the document that has a file of its name in the folder."""
    kind = template_kinds()["pair-order"]
    assert kind.of(None, "ru").package.parts == kind.of(tmp_path, "ru").package.parts
    document = Document(io.BytesIO(ready_file("pair-order.docx", "ru")))
    document.add_paragraph("Согласовано: {{ curator }}")
    (tmp_path / "pair-order.docx").write_bytes(bytes_of(document))
    own = kind.of(tmp_path, "ru")
    assert own.package.parts != kind.of(None, "ru").package.parts
    document.add_paragraph("{{ curater }}")
    (tmp_path / "pair-order.docx").write_bytes(bytes_of(document))
    with pytest.raises(DocumentError, match="did you mean 'curator'"):
        kind.of(tmp_path, "ru")


def test_all_templates_of_a_folder_are_checked_at_once(tmp_path):
    """Before anything is written a school reads what is wrong with any of them."""
    copy_templates(tmp_path, "ru")
    check_templates(tmp_path)
    (tmp_path / "~$pair-order.docx").write_bytes(b"a lock of Word")
    (tmp_path / "pair-order.docx").write_bytes(b"broken")
    (tmp_path / "plan-order.docx").write_bytes(bytes_of(Document()))
    (tmp_path / "my-order.docx").write_bytes(b"what is this for?")
    with pytest.raises(DocumentError) as caught:
        check_templates(tmp_path)
    found = {(it.place.file, it.code) for it in caught.value.defects}
    assert found == {
        ("my-order.docx", "template.no-kind"),
        ("pair-order.docx", "template.no-docx"),
        ("plan-order.docx", "template.missing"),
    }
    for check in (check_templates, lambda it: template_kinds()["pair-order"].of(it, "ru")):
        with pytest.raises(DocumentError, match="no such folder"):
            check(tmp_path / "nowhere")


def test_without_the_libraries_the_extra_is_named(monkeypatch):
    """A school that has not installed the extra reads which one it is."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(DocumentError, match="extra 'documents'"):
        template_kinds()["pair-order"].ready("en")


def sample(kind, path=""):
    """Make something to fill a template with: each text says where it comes from."""
    if kind is str:
        return f"<{path}> & Co"
    if get_args(kind):
        return tuple(sample(get_args(kind)[0], f"{path}{n}") for n in (1, 2))
    return kind(**{it: sample(each, f"{path}.{it}") for it, each in get_type_hints(kind).items()})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", template_kinds().values(), ids=lambda kind: kind.name)
def test_another_program_fills_the_ready_templates_in_the_same_way(kind, lang):
    """The language is that of docxtpl, which many schools' programs use: an independent reader."""
    values = sample(kind.root)
    other = DocxTemplate(io.BytesIO(ready_file(f"{kind.name}.docx", lang)))
    given = {name: getattr(values, name) for name in get_type_hints(kind.root)}
    other.render(given, autoescape=True)
    content = io.BytesIO()
    other.save(content)
    made = [Document(it) for it in (content, io.BytesIO(kind.ready(lang).render(values)))]
    texts = [[it.text for it in document.element.iter(f"{W}p")] for document in made]
    assert texts[0] == texts[1]
    assert "<.institution> & Co" in texts[1]

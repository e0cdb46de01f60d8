"""Files that somebody may have made: what isn't harmless is refused or dropped."""

import io
import zipfile
from dataclasses import dataclass

import pytest
from docx import Document

from mentormatch.documents.templates.package import package_of, read_package
from mentormatch.documents.templates.template import DocumentTemplate, TemplateKind
from mentormatch.errors import DocumentError, Place

HERE = Place(file="own.docx")
TYPES, LINKS = "[Content_Types].xml", "word/_rels/document.xml.rels"
MAIN, SETTINGS = "word/document.xml", "word/settings.xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def plain() -> bytes:
    """Make a document of a few words."""
    document, content = Document(), io.BytesIO()
    document.add_paragraph("words")
    document.save(content)
    return content.getvalue()


PLAIN = plain()


def with_parts(**parts: bytes) -> bytes:
    """Put other parts into a document, by name."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PLAIN)) as archive,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as anew,
    ):
        for name in archive.namelist():
            anew.writestr(name, parts.get(name, archive.read(name)))
        for name in parts.keys() - set(archive.namelist()):
            anew.writestr(name, parts[name])
    return content.getvalue()


def changed(name: str, before: str, after: str) -> bytes:
    """Replace some words of a part."""
    part = zipfile.ZipFile(io.BytesIO(PLAIN)).read(name).decode()
    assert before in part
    return with_parts(**{name: part.replace(before, after, 1).encode()})


def with_field(*pieces: str) -> bytes:
    """Put a field into a document, its instruction spread over pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{it}"/></w:r>' for it in ("begin", "end"))
    return changed(MAIN, "<w:sectPr", f"<w:p>{begin}{runs}{end}</w:p><w:sectPr")


def with_link(kind: str, target: str) -> bytes:
    """Put a link to something outside into a document."""
    link = (
        f'<Relationship Id="rX" Type="{RELATION}/{kind}" Target="{target}" TargetMode="External"/>'
    )
    return changed(LINKS, "</Relationships>", f"{link}</Relationships>")


def codes_of(content: bytes) -> list[str]:
    """List the defects of a file."""
    with pytest.raises(DocumentError) as caught:
        package_of(content, HERE)
    assert all(it.place.file == "own.docx" for it in caught.value.defects)
    return [it.code.removeprefix("template.") for it in caught.value.defects]


def test_an_ordinary_document_is_taken():
    """What python-docx makes has nothing that is refused."""
    assert "word/document.xml" in package_of(PLAIN, HERE).written


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-docx"),
        (b"{{ city }}", "no-docx"),
        (b"PK\3\4 and then nothing", "damaged"),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save-as-docx"),
        (
            changed(
                TYPES,
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                "application/vnd.ms-word.document.macroEnabled.main+xml",
            ),
            "save-as-docx",
        ),
        (
            changed(TYPES, "wordprocessingml.document.main", "wordprocessingml.template.main"),
            "save-as-docx",
        ),
        (with_parts(**{"word/media/a.png": bytes(60 * 2**20)}), "too-large"),
        (with_parts(**{f"word/media/{n}.png": b"" for n in range(600)}), "too-large"),
        (with_parts(**{"../evil.xml": b"<a/>"}), "damaged"),
        (with_parts(**{"/evil.xml": b"<a/>"}), "damaged"),
        (with_parts(**{"word/Document.xml": b"<a/>"}), "damaged"),
        (with_parts(**{MAIN: b"<w:document"}), "damaged"),
        (with_parts(**{TYPES: b"<Types/>"}), "save-as-docx"),
        (
            with_parts(**{MAIN: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}),
            "damaged",
        ),
        (with_parts(**{"word/vbaProject.bin": b"x"}), "part"),
        (with_parts(**{"word/embeddings/oleObject1.bin": b"x"}), "part"),
        (with_parts(**{"word/afchunk.mht": b"x"}), "part"),
    ],
)  # fmt: skip
def test_what_is_no_plain_document_is_refused(content, code):
    """Whatever it is, there is one sentence about it that says what to do."""
    assert codes_of(content) == [code]


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "http://example.test/pixel.png"),
        ("oleObject", "file:///c:/x.xlsx"),
        ("subDocument", "other.docx"),
        ("frame", "http://example.test"),
        ("hyperlink", "file:///c:/x.exe"),
        ("hyperlink", "javascript:alert(1)"),
    ],
)
def test_what_would_be_opened_elsewhere_is_refused(kind, target):
    """A letter must not tell a server that it has been opened."""
    assert codes_of(with_link(kind, target)) == ["link"]


def test_an_address_to_click_on_may_stay():
    """The school's site in the letterhead is a link that nothing follows by itself."""
    package_of(with_link("hyperlink", "https://example.test/school"), HERE)
    package_of(with_link("hyperlink", "mailto:school@example.test"), HERE)


@dataclass(frozen=True, slots=True)
class Nothing:
    """A document with nothing to fill in."""


def test_the_template_of_a_template_is_forgotten():
    """Word would open the remote file that a document says it was made from, or a data base."""
    name = "word/_rels/settings.xml.rels"
    link = f'<Relationship Id="rX" Type="{RELATION}/attachedTemplate" TargetMode="External"'
    settings = zipfile.ZipFile(io.BytesIO(PLAIN)).read(SETTINGS).decode()
    begin = settings.index(">", settings.index("<w:settings")) + 1
    evil = '<w:attachedTemplate r:id="rX"/><w:mailMerge><w:query w:val="x"/></w:mailMerge>'
    content = with_parts(
        **{
            SETTINGS: (settings[:begin] + evil + settings[begin:]).encode(),
            name: f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'{link} Target="http://example.test/x.dotm"/></Relationships>'.encode(),
        }
    )
    template = DocumentTemplate(TemplateKind("own", Nothing), package_of(content, HERE), "own")
    archive = zipfile.ZipFile(io.BytesIO(template.render(Nothing())))
    made = b"".join(archive.read(part) for part in archive.namelist())
    assert b"attachedTemplate" not in made
    assert b"mailMerge" not in made
    assert b"example.test" not in made


@pytest.mark.parametrize(
    "pieces",
    [
        ["PAGE"],
        [" NUMPAGES ", r"\* MERGEFORMAT "],
        ['DATE \\@ "dd.MM.yyyy"'],
        ['HYPERLINK \\l "_Toc1"'],
        ['HYPERLINK "mailto:school@example.test" \\o "write to us"'],
        ["TOC \\o", ' "1-3" \\h'],
    ],
)
def test_fields_about_the_document_itself_may_stay(pieces):
    """Page numbers, contents, dates, jumps within the document."""
    package_of(with_field(*pieces), HERE)


@pytest.mark.parametrize(
    "pieces",
    [
        ['INCLUDETEXT "c:/x.docx"'],
        ["INCLUDEPICTURE ", '"http://example.test/x.png"'],
        ["DDE", "AUTO c:/cmd.exe"],
        ["dde x y"],
        ["LINK Excel.Sheet x"],
        ["IMPORT x"],
        ["MACROBUTTON x"],
        ["QUOTE x"],
        ["= 1 + 1"],
        ["IF 1 = 1 a b"],
        ['HYPERLINK "file:///c:/x.exe"'],
        ['HYPERLINK "\\\\server\\x"'],
        ["HYPERLINK http://example.test"],
        ['HYPERLINK \\l "a" \\o "b" c:/x'],
    ],
)
def test_fields_that_fetch_or_run_are_refused(pieces):
    """However they are cut up."""
    assert codes_of(with_field(*pieces)) == ["field"]


def test_a_field_in_one_piece_is_seen_too():
    """The other way in which Word writes fields; and one in a header."""
    simple = '<w:p><w:fldSimple w:instr="DDEAUTO x"/></w:p><w:sectPr'
    assert codes_of(changed(MAIN, "<w:sectPr", simple)) == ["field"]
    document, content = Document(), io.BytesIO()
    field = document.sections[0].header.paragraphs[0]._p
    field.append(field.makeelement(field.tag.replace("}p", "}fldSimple"), {}))
    document.save(content)
    assert codes_of(content.getvalue()) == ["field"]


def test_a_file_that_is_not_there_or_no_file_is_named(tmp_path):
    """The sentences are those of all files that are read."""
    for path, code in ((tmp_path / "none.docx", "intake.no-file"), (tmp_path, "intake.not-a-file")):
        with pytest.raises(DocumentError) as caught:
            read_package(path, HERE)
        assert [it.code for it in caught.value.defects] == [code]

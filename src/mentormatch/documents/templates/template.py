"""Documents made from templates: files of Word that a school can edit.

A template is read, checked and compiled once; a document is then its words, filled in, in a copy
of its parts. What is filled in stays text, whatever it looks like.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from mentormatch.documents.templates.package import Package, W, package_of, read_package
from mentormatch.documents.templates.placeholders import FILTERS, Checker, Tag
from mentormatch.errors import Defect, DocumentError, Place
from mentormatch.messages import Language, has, text
from mentormatch.spreadsheet import printable
from mentormatch.wordfile import pack

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from lxml.etree import _Element
    from markupsafe import Markup

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPENING: Final = re.compile(r"\{[{%#]")
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_BRACES: Final = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_WHOLE: Final = re.compile(r"(\{[%#])(p|tr)(?=\s)")  # stands for its whole paragraph or row
_MARK: Final = re.compile(r"<\?tag (\d+)\?>")
_EMPTY_CELL: Final = re.compile(
    r"(<w:tc(?: [^>]*)?>(?:<w:tcPr(?:/>|(?>>.*?</w:tcPr>)))?\s*)(?=</w:tc>)"
)
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_AGAIN: Final = '<w:t xml:space="preserve">'
_BREAK, _TAB = f"</w:t><w:br/>{_AGAIN}", f"</w:t><w:tab/>{_AGAIN}"
_LINE: Final = re.compile(r"\r\n?|\n")
_LONGEST: Final = 60  # characters that tell where something stands


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something that a template can fill in.

    Parameters
    ----------
    name
        How it is written, such as ``city``; a field of the items of a list ``pairs`` is
        ``pairs.mentor``.
    meaning
        What will stand there.
    is_list
        Whether it is a list, to be repeated over.
    required
        Whether a template without it is refused.
    """

    name: str
    meaning: str
    is_list: bool
    required: bool


@dataclass(frozen=True, slots=True)
class TemplateKind:
    """A kind of document that is made from a template.

    Parameters
    ----------
    name
        What its files are called, without ``.docx``.
    root
        What it is filled with: a frozen dataclass of texts, and of tuples of texts or of such
        dataclasses.
    required
        What every template must have: names of fields, ``"pairs.mentor"`` for one of the items
        of a list.
    """

    name: str
    root: type
    required: frozenset[str] = frozenset()

    def placeholders(self, lang: Language = "ru") -> tuple[Placeholder, ...]:
        """List what a template can fill in, with its meaning; kinds of one's own have none."""
        found = []
        for name, kind in _names(self.root):
            last = name.replace(".", "-")
            keys = [f"document.field.{whose}.{last}" for whose in (self.name, "shared")]
            meaning = next((text(key, lang) for key in keys if has(key)), "")
            found.append(Placeholder(name, meaning, bool(get_args(kind)), name in self.required))
        return tuple(found)

    def load(self, path: str | Path) -> "DocumentTemplate":
        """Read a template of one's own.

        Raises
        ------
        DocumentError
            With every defect: when it can't be opened, is no DOCX, holds what no template may
            hold, or has an unknown placeholder, a missing one, or one that can't be understood.
        """
        path = Path(path)
        place = Place(file=path.name)
        _need_libraries()
        return DocumentTemplate(self, read_package(path, place), path.name)

    def ready(self, lang: Language = "ru") -> "DocumentTemplate":
        """Return the ready template in a language."""
        _need_libraries()
        file = f"{self.name}.docx"
        return DocumentTemplate(self, package_of(ready_file(file, lang), Place(file=file)), file)

    def of(self, folder: Path | None, lang: Language) -> "DocumentTemplate":
        """Return the template that lies in a folder; the ready one where there is none.

        Raises
        ------
        DocumentError
            With every defect of the one that lies there; when there is no such folder.
        """
        if folder is not None and not folder.is_dir():
            raise DocumentError.of("template.no-folder", Place(file=folder.name))
        if folder is not None and (folder / f"{self.name}.docx").exists():
            return self.load(folder / f"{self.name}.docx")
        return self.ready(lang)


def ready_file(name: str, lang: Language) -> bytes:
    """Return the bytes of a ready template."""
    return (files("mentormatch") / "presets" / "documents" / lang / name).read_bytes()


def _names(root: type, before: str = "") -> list[tuple[str, Any]]:
    found = []
    for name, kind in get_type_hints(root).items():
        found.append((before + name, kind))
        for item in get_args(kind)[:1]:
            if item is not str:
                found += _names(item, f"{before}{name}.")
    return found


@dataclass(frozen=True, repr=False)
class DocumentTemplate:
    """A template that has been checked, ready to be filled any number of times.

    Parameters
    ----------
    kind
        Which document it is for.
    package
        The parts of its file.
    file
        What its file is called.

    Raises
    ------
    DocumentError
        With everything that is wrong with what it says.
    """

    kind: TemplateKind
    package: Package
    file: str
    _written: dict[str, "_Writing"] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        from jinja2 import TemplateError  # noqa: PLC0415 - optional

        environment = _environment()
        checker = Checker(self.kind.root, environment)
        defects: list[Defect] = []
        for name, root in self.package.written.items():
            source = _Source(root, self.file)
            found = source.defects + checker.check(source.tags)
            if not found:
                try:
                    template = environment.from_string(source.text)
                except (TemplateError, SyntaxError, RecursionError):  # a hundred blocks, nested
                    raise DocumentError.of("template.damaged", Place(file=self.file)) from None
                self._written[name] = _Writing(template, source.has_loose_cells)
            defects += found
        defects += (
            Defect("template.missing", Place(file=self.file), {"name": name})
            for name in sorted(self.kind.required - checker.printed)
        )
        if defects:
            raise DocumentError(*defects)

    def render(self, values: Any) -> bytes:
        """Make a document; the same values give the same bytes.

        Parameters
        ----------
        values
            What is filled in: an instance of the dataclass that the kind names.

        Raises
        ------
        TypeError
            When it is anything else.
        """
        if type(values) is not self.kind.root:
            raise TypeError(f"{self.kind.name} is filled with a {self.kind.root.__name__}")
        given = {name: getattr(values, name) for name in get_type_hints(self.kind.root)}
        filled = {name: each.fill(given) for name, each in self._written.items()}
        return pack({name: filled.get(name, part) for name, part in self.package.parts.items()})

    def __repr__(self) -> str:
        return f"DocumentTemplate({self.kind.name!r}, {self.file!r})"


@dataclass(frozen=True, slots=True)
class _Writing:
    """A part in which words stand, ready to be filled."""

    template: "Template"
    has_loose_cells: bool

    def fill(self, values: Mapping[str, object]) -> bytes:
        written = self.template.render(values)
        if self.has_loose_cells:  # a cell without any paragraph is an error to Word
            written = _EMPTY_CELL.sub(r"\g<0><w:p/>", written)
        return written.encode()


class _Source:
    """The source of a part: its XML with tags in it, as Jinja reads it."""

    def __init__(self, root: "_Element", file: str) -> None:
        from lxml import etree  # noqa: PLC0415 - optional

        self.root, self.file = deepcopy(root), file
        self.defects: list[Defect] = []
        self.has_loose_cells = False
        self._marked: list[Tag] = []
        for paragraph in list(self.root.iter(f"{W}p")):
            self._mark(paragraph)
        for table in self.root.iter(f"{W}tbl"):
            self._check_rows(table)
        written = etree.tostring(self.root, encoding="unicode")
        if not self.defects and _OPENING.search(written):
            # In a property, a name or a deleted text, where nothing is filled in.
            self.defects.append(Defect("template.hidden", Place(file=file)))
        self.tags = [self._marked[int(found[1])] for found in _MARK.finditer(written)]
        self.text = _HEAD + _MARK.sub(lambda found: self._marked[int(found[1])].said, written)

    def _mark(self, paragraph: "_Element") -> None:
        """Put a mark into the place of each tag of a paragraph."""
        pieces = [
            piece
            for piece in paragraph.iter(f"{W}t")
            if next(piece.iterancestors(f"{W}p")) is paragraph
        ]
        said = "".join(piece.text or "" for piece in pieces)
        if not _BRACES.search(said):
            return
        place = Place(file=self.file, field=_quoted(said))
        if _BRACES.search(_TAG.sub("", said)):
            self.defects.append(Defect("template.braces", place))
            return
        found = list(_TAG.finditer(said))
        whole = next((it for it in found if _WHOLE.match(it[0])), None)
        if whole is None:
            self._mark_pieces(pieces, found, place)
        else:
            self._mark_whole(paragraph, whole[0], place)

    def _mark_whole(self, paragraph: "_Element", said: str, place: Place) -> None:
        """Put a mark into the place of a paragraph or row that is there for its tag only."""
        element: _Element | None = paragraph
        if said.startswith("tr", 2):
            element = next(paragraph.iterancestors(f"{W}tr"), None)
        if element is None:
            self.defects.append(Defect("template.no-row", place, {"found": said}))
            return
        if "".join(piece.text or "" for piece in element.iter(f"{W}t")).strip() != said:
            self.defects.append(Defect("template.beside", place, {"found": said}))
            return
        parent = element.getparent()
        assert parent is not None
        self.has_loose_cells |= parent.tag == f"{W}tc"
        mark = self._new_mark(_WHOLE.sub(r"\1", said), place, parent)
        mark.tail = element.tail
        parent.replace(element, mark)

    def _mark_pieces(
        self, pieces: list["_Element"], found: list[re.Match[str]], place: Place
    ) -> None:
        """Put marks among the words of a paragraph; a tag may be spread over pieces."""
        begin, tags = 0, iter(found)
        tag = next(tags, None)
        for piece in pieces:
            said = piece.text or ""
            end = begin + len(said)
            run = piece.getparent()
            assert run is not None
            words: list[str] = [""]
            marks: list[_Element] = []
            at = begin
            while tag is not None and tag.start() < end:
                if tag.start() >= begin:
                    words[-1] += said[at - begin : tag.start() - begin]
                    marks.append(self._new_mark(tag[0], place, run.getparent()))
                    words.append("")
                at = min(tag.end(), end)
                if tag.end() > end:
                    break
                tag = next(tags, None)
            words[-1] += said[at - begin :]
            if marks or words[0] != said:
                piece.text = words[0]
                piece.set(_SPACE, "preserve")
                for mark, after in zip(marks, words[1:], strict=True):
                    mark.tail = after
                    piece.append(mark)
            begin = end

    def _new_mark(self, said: str, place: Place, level: object) -> "_Element":
        from lxml import etree  # noqa: PLC0415 - optional

        self._marked.append(Tag(" ".join(said.split()), place, level))
        return etree.ProcessingInstruction("tag", str(len(self._marked) - 1))

    def _check_rows(self, table: "_Element") -> None:
        """Object to a table that may be left without a row: an error to Word."""
        from lxml import etree  # noqa: PLC0415 - optional

        depth, first = 0, None
        for child in table:
            if child.tag is etree.PI:
                tag = self._marked[int(child.text or 0)]
                first = first or tag
                word = tag.said.strip("{%-+ ").split(maxsplit=1)[0]
                depth += {"for": 1, "if": 1, "endfor": -1, "endif": -1}.get(word, 0)
            elif child.tag == f"{W}tr" and not depth:
                return
        if first is not None:
            self.defects.append(Defect("template.no-fixed-row", first.place))


def _quoted(said: str) -> str:
    said = " ".join(said.split())
    return f'"{said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"}"'


def _as_text(value: object) -> "Markup":
    """Write a value into a text: no markup, and line breaks where it has them."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - optional

    written = str(escape(printable(str(value))))
    written = _LINE.sub(_BREAK, written).replace("\t", _TAB)
    return Markup(written)  # noqa: S704 - escaped above


def _environment() -> "Environment":
    from jinja2 import StrictUndefined  # noqa: PLC0415 - optional
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - optional

    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, finalize=_as_text, keep_trailing_newline=True
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _need_libraries() -> None:
    """Make sure that the extra is installed."""
    try:
        import docx  # noqa: F401, PLC0415 - optional
        import jinja2  # noqa: F401, PLC0415 - optional
    except ModuleNotFoundError:
        raise DocumentError.of("document.no-library") from None

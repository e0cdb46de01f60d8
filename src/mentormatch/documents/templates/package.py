"""A DOCX file that somebody may have made: read within bounds, and held to what is harmless.

A document of Word is a zip archive of XML parts. Parts of a kind that isn't known here, macros
and embedded objects among them, links to files elsewhere and fields that fetch or run something
are refused; the name of a template it was made from, which Word would open, is dropped.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mentormatch.errors import Defect, DocumentError, IntakeError, Place
from mentormatch.intake.guard import OLD_FORMAT
from mentormatch.intake.source import FileLimits, read_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LIMITS: Final = FileLimits(unpacked=50 * 2**20)
_TYPES: Final = "[Content_Types].xml"
_UNUSUAL: Final = re.compile(r"/\.*/|[\\:\x00-\x1f]")  # in a name: steps out of the archive
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN: Final = f"{_WORD}document.main+xml"
_WRITTEN: Final = frozenset(
    f"{_WORD}{name}+xml" for name in ("document.main", "header", "footer", "footnotes", "endnotes")
)
_HARMLESS: Final = re.compile(
    r"application/vnd\.openxmlformats-officedocument\."
    r"(wordprocessingml\.(document\.(main|glossary)|header|footer|footnotes|endnotes|styles|settings"
    r"|webSettings|fontTable|numbering|comments\w*|people)\+xml"
    r"|wordprocessingml\.printerSettings|obfuscatedFont"
    r"|(theme|extended-properties|custom-properties|customXmlProperties)\+xml)"
    r"|application/vnd\.openxmlformats-package\.(core-properties|relationships)\+xml"
    r"|application/vnd\.ms-word\.(stylesWithEffects|comments\w+|people)\+xml"
    r"|application/vnd\.ms-office\.classificationlabels\+xml"
    r"|application/xml|application/x-fontdata|image/(png|jpe?g|gif|bmp|tiff|x-emf|x-wmf|svg\+xml)"
)
# Fields that look at nothing but the document itself and the clock.
_FIELDS: Final = frozenset(
    (
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "PAGEREF", "REF", "NOTEREF"),
        *("SEQ", "STYLEREF", "TC", "XE", "INDEX", "DATE", "TIME", "CREATEDATE", "SAVEDATE"),
        *("PRINTDATE", "TITLE", "SYMBOL", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"),
    )
)
_QUOTED: Final = re.compile(r'"([^"]*)"')
_ADDRESS: Final = re.compile(r"\s*HYPERLINK(\s+\\[a-z])*\s*", re.IGNORECASE)
_WEB: Final = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a document.

    Parameters
    ----------
    parts
        By name, without what is dropped.
    written
        The parsed parts in which words stand, by name: the text itself, headers, footers, notes.
    """

    parts: Mapping[str, bytes]
    written: "Mapping[str, _Element]"


def read_package(path: Path, place: Place) -> Package:
    """Read a file.

    Raises
    ------
    DocumentError
        When it can't be opened, is no DOCX, is damaged or too large; with everything in it that
        a template may not hold.
    """
    try:
        return package_of(read_bytes(path, place, LIMITS), place)
    except IntakeError as error:
        if error.defects[0].code == "intake.limit-unpacked":
            raise _too_large(place) from None
        raise DocumentError(*error.defects) from None


def _too_large(place: Place) -> DocumentError:
    return DocumentError.of("template.too-large", place, most=LIMITS.unpacked // 2**20)


def package_of(content: bytes, place: Place) -> Package:
    """Take the bytes of a file apart; DocumentError as in :func:`read_package`."""
    if content.startswith(OLD_FORMAT):
        raise DocumentError.of("template.save-as-docx", place)
    if not content.startswith(b"PK"):
        raise DocumentError.of("template.no-docx", place)
    try:
        parts = _unpacked(content, place)
        types = _types_of(parts)
        if _MAIN not in types.values():
            raise DocumentError.of("template.save-as-docx", place)
        defects = [
            Defect("template.part", place, {"part": name})
            for name, kind in types.items()
            if not _HARMLESS.fullmatch(kind)
        ]
        if defects:
            raise DocumentError(*defects)
        written = {}
        for name, kind in types.items():
            if name.endswith(".rels"):
                parts[name] = _without_template(parts[name], place, defects)
            elif kind == f"{_WORD}settings+xml":
                parts[name] = _plain_settings(parts[name])
            elif kind.startswith(_WORD) and kind.endswith("+xml"):
                root = parse(parts[name])
                defects += _fields(root, place)
                if kind in _WRITTEN:
                    written[name] = root
    except (DocumentError, MemoryError):
        raise
    except Exception:  # a damaged archive raises whatever it likes
        raise DocumentError.of("template.damaged", place) from None
    if defects:
        raise DocumentError(*defects)
    return Package(parts, written)


def _unpacked(content: bytes, place: Place) -> dict[str, bytes]:
    """Unpack all parts, but not more than the limits allow."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        # No more is unpacked of a part than it says it holds.
        size = sum(entry.file_size for entry in entries)
        if len(entries) > LIMITS.parts or size > LIMITS.unpacked:
            raise _too_large(place)
        names = [entry.filename for entry in entries]
        if len({name.lower() for name in names}) < len(names):
            raise zipfile.BadZipFile
        if any(_UNUSUAL.search(f"/{name}/") for name in names):
            raise zipfile.BadZipFile
        return {entry.filename: archive.read(entry) for entry in entries}


def parse(content: bytes) -> "_Element":
    """Parse a part; nothing outside of it is looked at.

    Raises
    ------
    ValueError
        When it declares entities, or can't be parsed.
    """
    from lxml import etree  # noqa: PLC0415 - optional

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise ValueError
    return root


def _types_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Say of what kind each part is."""
    defaults, overrides = {}, {}
    for entry in parse(parts[_TYPES]):
        kind = entry.get("ContentType", "")
        if entry.get("PartName") is not None:
            overrides[entry.get("PartName", "").removeprefix("/").lower()] = kind
        else:
            defaults[entry.get("Extension", "").lower()] = kind
    return {
        name: overrides.get(name.lower(), defaults.get(name.rpartition(".")[2].lower(), ""))
        for name in parts
        if name != _TYPES
    }


def _without_template(content: bytes, place: Place, defects: list[Defect]) -> bytes:
    """Drop the link to the template that a document was made from; object to others."""
    from lxml import etree  # noqa: PLC0415 - optional

    root = parse(content)
    for link in list(root):
        kind, target = link.get("Type", ""), link.get("Target", "")
        if kind.endswith("/attachedTemplate"):
            root.remove(link)
        elif link.get("TargetMode", "").lower() == "external" and not (
            kind.endswith("/hyperlink") and _WEB.match(target)
        ):
            defects.append(Defect("template.link", place, {"target": target[:200]}))
    return _bytes(etree.tostring(root))


def _plain_settings(content: bytes) -> bytes:
    """Drop the settings that make Word open something else."""
    from lxml import etree  # noqa: PLC0415 - optional

    root = parse(content)
    for name in ("attachedTemplate", "mailMerge"):
        for setting in root.findall(f"{W}{name}"):
            root.remove(setting)
    return _bytes(etree.tostring(root))


def _bytes(xml: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml


def _fields(root: "_Element", place: Place) -> Iterator[Defect]:
    """Object to fields that look at more than the document."""
    for instruction in _instructions(root):
        name = "".join(instruction.split(maxsplit=1)[:1]).upper()
        if name not in _FIELDS and not _is_address(instruction):
            found = " ".join(instruction.split())[:60]
            yield Defect("template.field", place, {"found": found})


def _is_address(instruction: str) -> bool:
    """Tell whether a field is an address to click on: in the web, or in the document itself."""
    targets = _QUOTED.findall(instruction)
    return bool(_ADDRESS.fullmatch(_QUOTED.sub("", instruction))) and all(
        _WEB.match(target) or not set(target) & set(":/\\") for target in targets
    )


def _instructions(root: "_Element") -> Iterator[str]:
    """Find what fields say; one that is spread over many pieces is put together."""
    open_fields: list[str] = []
    loose = ""
    node: Any
    for node in root.iter(f"{W}fldSimple", f"{W}fldChar", f"{W}instrText"):
        if node.tag == f"{W}fldSimple":
            yield node.get(f"{W}instr", "")
        elif node.tag == f"{W}instrText":
            if open_fields:
                open_fields[-1] += node.text or ""
            else:
                loose += node.text or ""
        elif node.get(f"{W}fldCharType") == "begin":
            open_fields.append("")
        elif node.get(f"{W}fldCharType") == "separate" and open_fields:
            yield open_fields[-1]
            open_fields[-1] = ""
        elif open_fields:
            rest = open_fields.pop()
            if rest.strip():
                yield rest
    yield from (rest for rest in (*open_fields, loose) if rest.strip())

"""What Word and Excel are strict about, and other programs forgive: held against a file."""

import io
import zipfile
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree import ElementTree as ET

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DC = "{http://purl.org/dc/elements/1.1/}"

# The order of children in the schema of WordprocessingML (ECMA-376, part 1), as far as used.
_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr "
    "suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct "
    "topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind "
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss "
    "imprint noProof snapToGrid vanish webHidden color spacing w kern position sz szCs "
    "highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW "
    "jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection "
    "tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings",
    "tbl": "tblPr tblGrid tr",
    "tc": "tcPr p",  # p stands for all that a cell may hold
}


def parts_of(content):
    """Return the parts of a package; every XML part must be well-formed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        return {
            name: ET.fromstring(archive.read(name))  # noqa: S314 - our own
            for name in names
            if name.endswith((".xml", ".rels"))
        }


def check_package(parts):
    """Each part has a type and each type its part; each relation leads somewhere."""
    types = parts["[Content_Types].xml"]
    known = {it.get("Extension") for it in types if it.tag.endswith("Default")}
    named = {it.get("PartName").lstrip("/") for it in types if it.tag.endswith("Override")}
    assert named <= set(parts)
    untyped = [it for it in parts if it not in named and it.rpartition(".")[2] not in known]
    assert untyped == ["[Content_Types].xml"] or not untyped
    assert all(it in named for it in parts if it.startswith(("word/", "xl/")) and "_rels" not in it)
    for name, rels in parts.items():
        if not name.endswith(".rels"):
            continue
        base = PurePosixPath(name).parent.parent
        ids = [it.get("Id") for it in rels]
        assert len(set(ids)) == len(ids)
        for rel in rels:
            assert rel.get("TargetMode") != "External"
            target = unquote(rel.get("Target"))
            where = target.lstrip("/") if target.startswith("/") else (base / target).as_posix()
            assert where in parts, (name, target)
        owner = (base / PurePosixPath(name).stem).as_posix()
        if owner in parts:
            used = [it.get(f"{_R}id") for it in parts[owner].iter() if it.get(f"{_R}id")]
            assert set(used) <= set(ids)


def check_word(content, lang, *, is_template=False):
    """Hold a document against what Word is strict about."""
    parts = parts_of(content)
    check_package(parts)
    styles = parts["word/styles.xml"]
    defined = {it.get(f"{_W}styleId") for it in styles.iter(f"{_W}style")}
    spelled = {it.get(f"{_W}val") for it in styles.iter(f"{_W}lang")}
    assert spelled == {{"ru": "ru-RU", "en": "en-US"}[lang]}
    settings = parts["word/settings.xml"]
    modes = [
        it.get(f"{_W}val")
        for it in settings.iter(f"{_W}compatSetting")
        if it.get(f"{_W}name") == "compatibilityMode"
    ]
    assert modes == ["15"]
    assert all(it.get(f"{_W}percent") for it in settings.iter(f"{_W}zoom"))
    core = parts["docProps/core.xml"]
    assert core.findtext(f"{_DC}title")
    assert core.findtext(f"{_DC}language") == lang
    for name, part in parts.items():
        if name.startswith("word/") and "_rels" not in name:
            _check_words(part, defined, is_template=is_template)
    document = parts["word/document.xml"]
    assert document[0][-1].tag == f"{_W}sectPr"
    headed = {it.get(f"{_W}type") for it in document.iter(f"{_W}headerReference")}
    assert headed == {"default"}
    fields = [it.get(f"{_W}instr") for it in parts["word/header1.xml"].iter(f"{_W}fldSimple")]
    assert fields == ["PAGE"]
    font = next(it for it in styles if it.get(f"{_W}styleId") == "Normal")
    assert font.find(f"{_W}rPr/{_W}rFonts").get(f"{_W}ascii") == "Arial"
    assert font.find(f"{_W}rPr/{_W}rFonts").get(f"{_W}cs") == "Arial"


def _check_words(part, defined, *, is_template):
    for kind in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
        assert {it.get(f"{_W}val") for it in part.iter(f"{_W}{kind}")} <= defined
    for kind in (_DOC_PR, f"{_W}bookmarkStart"):
        ids = [it.get("id") or it.get(f"{_W}id") for it in part.iter(kind)]
        assert len(set(ids)) == len(ids)
    for parent, order in _ORDER.items():
        places = {f"{_W}{name}": place for place, name in enumerate(order.split())}
        for element in part.iter(f"{_W}{parent}"):
            found = [places.get(child.tag, 1 if parent == "tc" else -1) for child in element]
            assert -1 not in found, (parent, [child.tag for child in element])
            assert found == sorted(found), (parent, [child.tag for child in element])
    for text in part.iter(f"{_W}t"):
        said = text.text or ""
        assert said == said.strip() or text.get(_SPACE) == "preserve"
        assert is_template or not any(sign in said for sign in ("{{", "}}", "{%", "%}"))
    for table in part.iter(f"{_W}tbl"):
        grid = [int(it.get(f"{_W}w")) for it in table.iterfind(f"{_W}tblGrid/{_W}gridCol")]
        rows = table.findall(f"{_W}tr")
        assert grid
        assert rows
        for row in rows:
            cells = row.findall(f"{_W}tc")
            spans = [it.find(f"{_W}tcPr/{_W}gridSpan") for it in cells]
            broad = [1 if it is None else int(it.get(f"{_W}val")) for it in spans]
            assert sum(broad) == len(grid)
            assert all(cell[-1].tag == f"{_W}p" for cell in cells)
            begin = 0
            for cell, span in zip(cells, broad, strict=True):
                width = cell.find(f"{_W}tcPr/{_W}tcW")
                assert int(width.get(f"{_W}w")) == sum(grid[begin : begin + span])
                begin += span


def check_excel(content):
    """Hold a workbook against what Excel is strict about, and what it prints."""
    parts = parts_of(content)
    check_package(parts)
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert parts["docProps/core.xml"].findtext(f"{_DC}title")
    book = parts["xl/workbook.xml"]
    names = [it.get("name") for it in book.iter(f"{main}sheet")]
    assert len({it.casefold() for it in names}) == len(names)
    assert all(0 < len(it) <= 31 for it in names)
    defined = [it.get("name") for it in book.iter(f"{main}definedName")]
    assert defined.count("_xlnm.Print_Titles") == len(names)
    for name, page in parts.items():
        if not name.startswith("xl/worksheets/sheet"):
            continue
        setup = page.find(f"{main}pageSetup")
        assert setup.get("orientation") == "landscape"
        assert setup.get("paperSize") == "9"
        assert "&P" in page.findtext(f"{main}headerFooter/{main}oddFooter")
        merged = [it.get("ref") for it in page.iter(f"{main}mergeCell")]
        assert len(set(merged)) == len(merged)


def check_calendar(content):
    """Hold a calendar against RFC 5545."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    folded = content.split(b"\r\n")[:-1]
    assert all(0 < len(line) <= 75 for line in folded)
    for line in folded:
        line.decode()  # no character is cut in two
    lines = content.decode().replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("VERSION:2.0") == 1
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    zones = {line.partition(":")[2] for line in lines if line.startswith("TZID:")}
    used = {
        part.partition("=")[2]
        for line in lines
        for part in line.partition(":")[0].split(";")
        if part.startswith("TZID=")
    }
    assert used <= zones
    uids, needed = [], {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "SUMMARY"}
    events = content.decode().replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    assert events
    for event in events:
        own = event.partition("END:VEVENT")[0].partition("BEGIN:VALARM")[0].split("\r\n")[:-1]
        fields = dict(line.partition(":")[::2] for line in own)
        names = [name.partition(";")[0] for name in fields]
        assert needed <= set(names)
        assert len(own) == len(fields)
        uids.append(fields["UID"])
        assert fields["DTSTAMP"].endswith("Z")
        assert fields["SEQUENCE"].isdigit()
        for name in ("SUMMARY", "DESCRIPTION"):
            said = fields.get(name, "").replace("\\\\", "").replace("\\;", "").replace("\\,", "")
            assert not set(said.replace("\\n", "")) & {";", ",", "\\"}
    assert len(set(uids)) == len(uids)
    return uids

"""The grammar in which ordinary programs write the rows of a sheet.

Rows that keep to it can be measured by regular expressions, many at a time. Whatever
doesn't is left to a parser, so the grammar needs to hold nothing that is rare.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

_LETTERS: Final = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_ENTITY: Final = (
    rb"&(?:amp|lt|gt|quot|apos"
    # By number, without those that XML or people don't see as a letter.
    rb"|#(?:3[3-9]|[4-9][0-9]|1[016-9][0-9]|[2-9][0-9]{2}|[1-9][0-9]{3}));"
)
_TEXT: Final = _LETTERS + rb"(?:" + _ENTITY + _LETTERS + rb")*+"
_ATTRIBUTES: Final = rb'(?: [A-Za-z0-9:]++="[^"<&\x00-\x1f]*+")*+'
_STYLE: Final = rb'(?: s="[0-9]{1,9}")?+'
_FORMULA: Final = (
    rb'<f(?: t="[A-Za-z]++")?+(?: aca="[a-z0-9]++")?+(?: ref="[A-Z0-9:$]++")?+'
    rb'(?: ca="[a-z0-9]++")?+(?: si="[0-9]++")?+(?:/>|>' + _TEXT + rb"</f>)"
)
_VALUE: Final = rb"(?:<v>" + _TEXT + rb"</v>|<v/>)"
_INLINE: Final = rb'<is><t(?: xml:space="preserve")?+>' + _TEXT + rb"</t></is>"
# A cell stands in the row that \1 is. A shared text has a number and nothing else.
_CELL: Final = (
    rb'<c r="[A-Z]{1,3}\1"' + _STYLE + rb"(?:"
    rb'(?: t="(?:n|b|str|e)")?+(?:/>|>(?:' + _FORMULA + rb")?+" + _VALUE + rb"?+</c>)"
    rb'| t="s"><v>[0-9]{1,9}+</v></c>'
    rb'| t="inlineStr">(?:' + _INLINE + rb")?+</c>"
    rb")"
)
_ROW: Final = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"(' + _ATTRIBUTES + rb")(?:/>|>(?:" + _CELL + rb")*+</row>)"
)
_ATTRIBUTE: Final = re.compile(rb' ([A-Za-z0-9:]++)="([^"]*+)"')
_REFERENCE: Final = rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"' + _STYLE
_COLUMN: Final = re.compile(rb'<c r="([A-Z]{1,3})')
_USE: Final = re.compile(rb' t="s"><v>([0-9]{1,9})</v>')
_ERROR: Final = re.compile(_REFERENCE + rb' t="e"')
_FORMULA_CELL: Final = re.compile(
    _REFERENCE + rb'(?: t="([a-z]++)")?+>' + _FORMULA + rb"(?:<v>(" + _TEXT + rb")</v>)?+"
)
# A text that cells share, without any format of its own.
_SHARED: Final = rb'<si><t(?: xml:space="preserve")?+>' + _TEXT + rb"</t></si>"
_SHARED_RUN: Final = re.compile(rb"(?:" + _SHARED + rb")*+")
_BETWEEN_TEXTS: Final = re.compile(r'</t></si><si><t(?: xml:space="preserve")?+>')
# Well-formed in no XML, though each byte is allowed by the grammar.
_NEVER: Final = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@dataclass(slots=True)
class Rows:
    """What several rows that keep to the grammar hold.

    Parameters
    ----------
    end
        Where the last of them ends.
    last
        Number of the last row.
    deepest
        Number of the last row with a cell.
    columns
        Letters of all columns with a cell.
    uses
        Number of a shared text, for each cell that uses one.
    lost
        Row number and letters of the cells that show what they don't hold.
    formulas
        Row number and letters of the cells with a formula and its value.
    hidden
        Numbers of hidden rows.
    has_values, has_flags
        Whether any cell has a value, or a truth value.
    """

    end: int
    last: int
    deepest: int = 0
    columns: set[bytes] = field(default_factory=set)
    uses: list[bytes] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    has_values: bool = False
    has_flags: bool = False


def measured(part: bytes, last: int) -> Rows:
    """Measure as many rows at the front of a piece of XML as keep to the grammar.

    Rows stand in ascending order, below the row that was the last one before.
    """
    rows = Rows(0, last)
    for match in _matches(part):
        number = int(match[1])
        attributes = _ATTRIBUTE.findall(match[2])
        names = {name for name, _ in attributes}
        if number <= rows.last or b"r" in names or len(names) < len(attributes):
            break
        if (b"hidden", b"1") in attributes or (b"hidden", b"true") in attributes:
            rows.hidden.append(number)
        rows.last, rows.end = number, match.end()
        if part.find(b"<c ", *match.span()) >= 0:
            rows.deepest = number
    run = part[: rows.end]
    if not _is_well_formed(run):
        return Rows(0, last)
    rows.columns = set(_COLUMN.findall(run))
    rows.uses = _USE.findall(run)
    rows.has_values = b"<v" in run or b"<is>" in run
    rows.has_flags = b' t="b"' in run
    if b' t="e"' in run:
        rows.lost += [(int(row), column.decode()) for column, row in _ERROR.findall(run)]
    if b"<f" in run:
        for column, row, kind, value in _FORMULA_CELL.findall(run):
            where = int(row), column.decode()
            if kind != b"e":
                is_lost = kind in {b"", b"n"} and not unescape(value.decode()).strip()
                (rows.lost if is_lost else rows.formulas).append(where)
    return rows


def measured_texts(part: bytes) -> tuple[int, list[int]]:
    """Measure as many shared texts at the front of a piece of XML as keep to the grammar.

    Returns
    -------
    tuple
        Where the last of them ends, and the number of letters of each.
    """
    found = _SHARED_RUN.match(part)
    run = found[0] if found is not None else b""
    if not run or not _is_well_formed(run):
        return 0, []
    # A parser makes one sign of the two that end a line in Windows.
    text = run.decode().removesuffix("</t></si>").replace("\r\n", "\n")
    first, *texts = _BETWEEN_TEXTS.split(text)
    texts.insert(0, first.partition(">")[2].partition(">")[2])
    return len(run), [len(unescape(it) if "&" in it else it) for it in texts]


def _matches(part: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while match := _ROW.match(part, at):
        yield match
        at = match.end()


def _is_well_formed(run: bytes) -> bool:
    """Tell whether a run of rows has the letters that XML may have."""
    if any(sign in run for sign in _NEVER):
        return False
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True

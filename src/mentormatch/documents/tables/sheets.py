"""Tables that are printed: what stands above and below them, and who stands in them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import Any, Final, Literal

from mentormatch.documents.faces import Face
from mentormatch.documents.sources import Paper, Sources
from mentormatch.files import safe_name
from mentormatch.messages import Language, long_day, text
from mentormatch.roadmap.registers import Listing
from mentormatch.spreadsheet import Cell, Sheet, xlsx_bytes

Row = Mapping[str, Cell]
"""Cells by the keys of their columns; a column without a cell is left blank."""

_NAMING: Final = frozenset(
    {"number", "code", "name", "row", "title", "indicator", "measured", "role"}
)
"""Columns that say what a row is about, where they are a table's first."""

_DAYS: Final = {"en": "yyyy-mm-dd", "ru": "dd.mm.yyyy"}


def paper(sources: Sources, code: str, sheets: Sequence[Sheet], part: str = "") -> Paper:
    """Make a document of sheets.

    Parameters
    ----------
    sources
        Its language.
    code
        Which one it is.
    sheets
        What is in it.
    part
        What tells it from others of its code.
    """
    words = (code, text(f"document.title.{code}", sources.lang), part)
    name = safe_name(" ".join(word for word in words if word))
    return Paper(code, f"{name}.xlsx", xlsx_bytes(sheets))


def printed(
    sources: Sources,
    name: str,
    widths: Mapping[str, float],
    rows: Iterable[Row],
    *,
    heads: Mapping[str, str] | None = None,
    title: str = "",
    empty: Literal["nobody", "nothing"] = "nobody",
    notes: Iterable[str] = (),
    signed: bool = False,
    formats: Mapping[str, str] | None = None,
    sections: Mapping[int, str] | None = None,
    fills: Mapping[str, Mapping[str, str]] | None = None,
) -> Sheet:
    """Make a sheet with a title, the school, and the day; and a word where there are no rows.

    Parameters
    ----------
    sources
        The school, the day, and the language.
    name
        Under which key the title and the name of the sheet stand.
    widths
        The columns, with how many characters wide each is.
    rows
        Their cells.
    heads
        Headers of columns that the catalogue can't know, such as codes of waves.
    title
        The title, where the catalogue has none.
    empty
        What is said where there are no rows.
    notes
        What is said below.
    signed
        Whether the curator signs it.
    formats, sections, fills
        As in a sheet; columns by their keys.
    """
    lang = sources.lang
    titles = {key: (heads or {}).get(key) or text(f"tables.head.{key}", lang) for key in widths}
    listed = list(rows)
    cells = [[row.get(key) for key in widths] for row in listed]
    dated = [key for key in widths if any(isinstance(row.get(key), date) for row in listed)]
    school = sources.letterhead.institution
    curator = sources.letterhead.curator
    below = [*([] if listed else [text(f"tables.{empty}", lang)]), *notes]
    if signed:
        named = "" if curator is None else curator.text(lang)
        below += ["", text("tables.signature", lang, name=named).rstrip(" /")]
    return Sheet(
        text(f"tables.sheet.{name}", lang),
        [*titles.values()],
        cells,
        widths={titles[key]: width for key, width in widths.items()},
        formats={titles[key]: _DAYS[lang] for key in dated}
        | {titles[key]: look for key, look in (formats or {}).items()},
        titles=[
            title or text(f"tables.title.{name}", lang),
            *([] if school is None else [school.text(lang)]),
            text("tables.as-of", lang, title=sources.title, on=long_day(sources.on, lang)),
        ],
        notes=below,
        sections=sections or {},
        fills={titles[key]: colours for key, colours in (fills or {}).items()},
        kept=sum(1 for _ in takewhile(_NAMING.__contains__, widths)),
    )


def records(listing: Listing) -> list[dict[str, Any]]:
    """Give the rows of a table of codes by the keys of its columns."""
    return [dict(zip(listing.heads, row, strict=True)) for row in listing.rows]


def numbered(
    sources: Sources, rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], int]]:
    """Put rows about people in the order of their names, with a number for each person."""
    names = {row["person"]: shown(sources, row["person"]).name for row in rows}
    ordered = sorted(names, key=lambda code: (names[code].casefold().replace("ё", "е"), code))
    places = {code: place for place, code in enumerate(ordered, 1)}
    for row in sorted(rows, key=lambda row: places[row["person"]]):
        yield row, places[row["person"]]


def shown(sources: Sources, code: str) -> Face:
    """Say how somebody stands in a table.

    Whoever has taken back the consent to taking part, or to the use of data, stands there by
    the code alone.
    """
    if _may_be_named(sources, code):
        return sources.faces(code)
    kind = sources.state.people[code].kind
    return Face(code, code, kind=kind, post=sources.faces.option("kind", kind))


def check(sources: Sources, codes: Iterable[str]) -> None:
    """Make sure that everybody who is to be shown by name has one.

    Raises
    ------
    DocumentError
        With every code that has none.
    """
    sources.faces.check(code for code in codes if _may_be_named(sources, code))


def _may_be_named(sources: Sources, code: str) -> bool:
    person = sources.state.people.get(code)
    return person is None or person.consenting


def chosen(sources: Sources, code: str, question: str) -> str | None:
    """List what somebody chose; nothing of whoever has taken a consent back."""
    found = sources.faces.chosen(code, question) if _may_be_named(sources, code) else ()
    return "; ".join(found) or None


def number(sources: Sources, code: str, question: str) -> int | Decimal | None:
    """Return a number that somebody answered; nothing of whoever has taken a consent back."""
    found = sources.faces.answer(code, question) if _may_be_named(sources, code) else None
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return None
    return found


def resource(sources: Sources, code: str) -> str | None:
    """Say how many mentees a mentor would take, and how much time there is for them."""
    said = [
        text(f"tables.{name}", sources.lang, count=found)
        for name, question in (("seats", "capacity"), ("hours", "hours_per_month"))
        if (found := number(sources, code, question)) is not None
    ]
    return "\n".join(said) or None


def lines(found: Collection[str], most: int, lang: Language) -> str:
    """Put things into one cell, a line each; the rest is counted."""
    listed = [*found][:most]
    if len(found) > most:
        listed.append(text("tables.more", lang, count=len(found) - most))
    return "\n".join(listed)

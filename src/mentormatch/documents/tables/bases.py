"""The bases that a school keeps: its mentees and its mentors, with names (A1, A2)."""

from collections.abc import Iterator
from typing import Any, Final

from mentormatch.documents.papers.heads import form_name, unbroken
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.sheets import (
    Row,
    check,
    chosen,
    number,
    numbered,
    paper,
    printed,
    records,
    resource,
    shown,
)
from mentormatch.messages import percent, text
from mentormatch.programme.status import SEEN_THROUGH
from mentormatch.roadmap import registers
from mentormatch.spreadsheet import Cell

_MENTEES: Final = {
    "number": 5,
    "name": 24,
    "own-contact": 19,
    "birth_year": 11,
    "post": 16,
    "requests": 26,
    "since": 11,
    "mentors": 24,
    "mentor-post": 17,
    "form": 17,
    "ends": 11.5,
    "results": 16,
    "link": 13,
    "completed": 13,
}
_MENTORS: Final = {
    "number": 5,
    "name": 21,
    "contact": 17,
    "post": 15,
    "competences": 25,
    "achievements": 13,
    "interests": 18,
    "wanted-age": 13,
    "resource": 16,
    "since": 11,
    "mentees": 21,
    "form": 17,
    "mentee-post": 15,
    "ends": 11.5,
    "results": 15,
    "link": 11,
}


def mentee_base(sources: Sources) -> Iterator[Paper]:
    """Make the base of mentees: what they ask for, their mentors, and how that went.

    Raises
    ------
    DocumentError
        With everybody who has no name, where names are to be shown.
    """
    listing = registers.mentee_base(sources.state, sources.on, sources.cohort)

    def row(code: str, found: dict[str, Any]) -> Row:
        face = shown(sources, code)
        return {
            "own-contact": face.contact or None,
            "birth_year": face.birth_year,
            "requests": chosen(sources, code, "requests"),
            "mentors": _names(sources, found["mentors"]),
            "mentor-post": _posts(sources, found["mentors"]),
            "completed": _mark(sources, found),
        }

    rows: list[Row] = [
        {**common, **row(found["person"], found)}
        for common, found in _rows(sources, listing, "mentors")
    ]
    sheet = printed(sources, "mentees", _MENTEES, rows, signed=True, notes=_count(sources, rows))
    yield paper(sources, "D-MENTEES", [sheet])


def mentor_base(sources: Sources) -> Iterator[Paper]:
    """Make the base of mentors: what they offer, their mentees, and how that went.

    Raises
    ------
    DocumentError
        With everybody who has no name, where names are to be shown.
    """
    listing = registers.mentor_base(sources.state, sources.on, sources.cohort)

    def row(code: str, found: dict[str, Any]) -> Row:
        return {
            "contact": shown(sources, code).contact or None,
            "competences": chosen(sources, code, "competences"),
            "interests": chosen(sources, code, "interests"),
            "wanted-age": _wanted_age(sources, code),
            "resource": resource(sources, code),
            "mentees": _names(sources, found["mentees"]),
            "mentee-post": _posts(sources, found["mentees"]),
        }

    rows: list[Row] = [
        {**common, **row(found["person"], found)}
        for common, found in _rows(sources, listing, "mentees")
    ]
    sheet = printed(sources, "mentors", _MENTORS, rows, signed=True, notes=_count(sources, rows))
    yield paper(sources, "D-MENTORS", [sheet])


def _rows(
    sources: Sources, listing: registers.Listing, others: str
) -> Iterator[tuple[dict[str, Cell], dict[str, Any]]]:
    """Give what both bases say of a row, and the row of codes; people by name, numbered.

    Whoever is in several pairs has as many rows, under one number.
    """
    rows = records(listing)
    check(sources, [code for row in rows for code in (row["person"], *(row[others] or ()))])
    for row, place in numbered(sources, rows):
        face = shown(sources, row["person"])
        common: dict[str, Cell] = {
            "number": place,
            "name": face.name,
            "post": face.post or None,
            "since": row["since"],
            "form": form_name(sources, row["form"]) if row["form"] else None,
            "ends": row["closed"] or row["ends"],
            "results": _results(sources, row),
        }
        yield common, row


def _names(sources: Sources, codes: tuple[str, ...] | None) -> str | None:
    return "\n".join(shown(sources, code).name for code in codes or ()) or None


def _posts(sources: Sources, codes: tuple[str, ...] | None) -> str | None:
    return "\n".join(shown(sources, code).post for code in codes or ()) or None


def _results(sources: Sources, row: dict[str, Any]) -> str | None:
    """Say how much of the plan was done, once the pair has ended for somebody."""
    pair = sources.state.pairs.get(row["pair"])
    if pair is None or row["closed"] is None or row["person"] in pair.departed:
        return None
    share = None if pair.plan is None else pair.plan.progress(sources.on).share
    if share is None:
        return None
    done = unbroken(percent(share.numerator, share.denominator, sources.lang))
    return text("tables.plan-done", sources.lang, share=done)


def _mark(sources: Sources, row: dict[str, Any]) -> str | None:
    """Mark whether the programme was gone through; nothing while it goes on."""
    if row["reason"] in SEEN_THROUGH:
        return text("tables.completed", sources.lang)
    if row["closed"] is not None:
        return text("tables.ended-early", sources.lang)
    return None if row["left"] is None else text("tables.left", sources.lang)


def _wanted_age(sources: Sources, code: str) -> str | None:
    least = number(sources, code, "wanted_mentee_age_from")
    most = number(sources, code, "wanted_mentee_age_to")
    if least is None and most is None:
        return None
    if least is None or most is None:
        key = "tables.age-from" if most is None else "tables.age-to"
        return text(key, sources.lang, age=least if most is None else most)
    return f"{least}–{most}"


def _count(sources: Sources, rows: list[Row]) -> list[str]:
    """Say how many people there are; somebody in several pairs is one."""
    people = {row["number"] for row in rows}
    return [text("tables.people", sources.lang, count=len(people))] if people else []

"""Registers that a school keeps: who takes part (C4), who may mentor (D3-D6), local acts (A3)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mentormatch.documents.papers.heads import form_name
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.sheets import (
    Row,
    check,
    chosen,
    numbered,
    paper,
    printed,
    records,
    resource,
    shown,
)
from mentormatch.messages import text
from mentormatch.programme.facts import EventKind
from mentormatch.roadmap import registers as listings
from mentormatch.spreadsheet import Cell, Sheet

_PERSONAL: Final = {
    "number": 5,
    "code": 10,
    "name": 27,
    "category": 17,
    "role": 14,
    "form": 21,
    "pair": 18,
    "order": 10,
    "ordered": 11,
    "plan": 7,
    "plan_order": 10,
    "plan_approved": 11,
    "status": 15,
    "since": 11,
    "left": 11,
}
_POTENTIAL: Final = {
    "number": 5,
    "code": 10,
    "name": 27,
    "post": 18,
    "event": 20,
    "event_on": 12,
    "since": 11,
    "competences": 34,
    "resource": 16,
    "interviewed": 14,
    "cleared": 9,
    "pairs": 20,
}
_ACTS: Final = {
    "number": 5,
    "row": 8,
    "title": 46,
    "responsible": 18,
    "due": 12,
    "items": 30,
    "done": 12,
    "remark": 24,
}
_USUAL_ACTS: Final = {
    "number": 5,
    "act": 62,
    "act-number": 18,
    "act-date": 16,
    "remark": 34,
}

USUAL: Final = (
    "regulation",
    "introduction",
    "roadmap",
    "pairs",
    "plans",
    "consents",
    "forms",
    "access",
)
"""Acts that schools with a mentoring programme usually have."""


def personal_register(sources: Sources) -> Iterator[Paper]:
    """Make the register of students and teachers who take part, with orders and plans.

    Raises
    ------
    DocumentError
        With everybody who has no name, where names are to be shown.
    """
    listing = listings.personal_register(sources.state, sources.on, sources.cohort)
    rows: list[Row] = []
    for found, common in _people(sources, listing):
        pair = sources.state.pairs.get(found["pair"])
        plan = None if pair is None else pair.plan
        form = found["form"]
        rows.append(
            common
            | {head: _word(sources, head, found[head]) for head in ("category", "role", "status")}
            | {
                "form": form_name(sources, form) if form else None,
                "plan": plan.in_force.number if plan is not None and found["plan_order"] else None,
            }
            | {
                head: found[head]
                for head in (
                    *("pair", "order", "ordered", "plan_order", "plan_approved"),
                    *("since", "left"),
                )
            }
        )
    widths = _widths(sources, _PERSONAL)
    yield paper(sources, "D-REG", [printed(sources, "personal", widths, rows, signed=True)])


def potential_mentors(sources: Sources) -> Iterator[Paper]:
    """Make the registers of possible mentors: teachers, parents, students, partners.

    Raises
    ------
    DocumentError
        With everybody who has no name, where names are to be shown.
    """
    for source in listings.SOURCES:
        part = text(f"tables.source.{source}", sources.lang)
        yield paper(sources, "D-POT", [_potential(sources, source, part)], part)


def _potential(sources: Sources, source: EventKind, part: str) -> Sheet:
    listing = listings.potential_mentors(sources.state, source, sources.on, sources.cohort)
    rows: list[Row] = [
        common
        | {
            "post": shown(sources, found["person"]).post or None,
            "event": found["event"],
            "event_on": found["event_on"],
            "since": found["since"],
            "competences": chosen(sources, found["person"], "competences"),
            "resource": resource(sources, found["person"]),
            "interviewed": found["interviewed"],
            "cleared": _word(sources, "cleared", found["cleared"]),
            "pairs": "\n".join(found["pairs"]) or None,
        }
        for found, common in _people(sources, listing)
    ]
    widths = _widths(sources, _POTENTIAL)
    title = text("tables.potential", sources.lang, source=part)
    return printed(sources, "potential", widths, rows, title=title, signed=True)


def acts_checklist(sources: Sources) -> Iterator[Paper]:
    """Make the checklist of local acts: what the roadmap asks for, what schools usually have."""
    status = sources.status
    listing = listings.checklist(sources.roadmap, sources.state, sources.on)
    asked: list[Row] = []
    for place, found in enumerate(records(listing), 1):
        activity = sources.roadmap.activity(found["row"])
        asked.append(
            {
                "number": place,
                "row": found["row"],
                "title": activity.title.text(sources.lang),
                "responsible": status.responsible(activity, sources.lang),
                "due": found["due"],
                "items": "\n".join(found["items"]) or None,
                "done": found["done"],
            }
        )
    usual: list[Row] = [
        {"number": place, "act": text(f"tables.act.{act}", sources.lang)}
        for place, act in enumerate(USUAL, 1)
    ]
    sheets = [
        printed(sources, "acts", _ACTS, asked, empty="nothing", signed=True),
        printed(sources, "usual-acts", _USUAL_ACTS, usual, signed=True),
    ]
    yield paper(sources, "D-ACTS", sheets)


def _people(
    sources: Sources, listing: listings.Listing
) -> Iterator[tuple[dict[str, Any], dict[str, Cell]]]:
    """Give each row of codes, with what tables say of the person; people by name, numbered."""
    rows = records(listing)
    check(sources, [row["person"] for row in rows])
    for row, place in numbered(sources, rows):
        code = row["person"]
        yield row, {"number": place, "code": code, "name": shown(sources, code).name}


def _widths(sources: Sources, widths: Mapping[str, float]) -> dict[str, float]:
    """Leave out the column of names where codes stand in their place."""
    return {key: width for key, width in widths.items() if key != "name" or sources.faces.are_named}


def _word(sources: Sources, head: str, cell: Any) -> str | None:
    return listings.worded(head, cell, sources.lang) or None

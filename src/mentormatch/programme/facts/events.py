"""Events, and what can be shown as evidence."""

from datetime import date
from typing import Literal

from pydantic import Field

from mentormatch.programme.facts.base import Code, Fact, Words

EventKind = Literal[
    "general_meeting",
    "networking",
    "council",
    "parents_meeting",
    "class_hour",
    "partner_meeting",
    "training",
    "closing_game",
    "contest",
    "other",
]
EvidenceKind = Literal[
    "publication", "rubric", "content_plan", "local_act", "material", "form", "minutes", "other"
]


class EventHeld(Fact):
    """An event took place.

    Parameters
    ----------
    event
        Its code.
    kind
        What sort of event.
    on
        When.
    present
        Codes of those who came and have codes.
    others
        How many more came.
    invited
        How many were to come, if that is known.
    activity
        Id of the row of the roadmap it belongs to.
    note
        What is to be remembered.
    """

    fact: Literal["event_held"] = "event_held"
    event: Code
    kind: EventKind
    on: date
    present: tuple[Code, ...] = ()
    others: int = Field(0, ge=0)
    invited: int | None = Field(None, ge=0)
    activity: Code | None = None
    note: Words = ""


class Evidenced(Fact):
    """Something can be shown: a publication, a rubric, a local act.

    Parameters
    ----------
    item
        Its code.
    kind
        What it is.
    on
        Since when.
    activity
        Id of the row of the roadmap it belongs to.
    where
        Where it can be found.
    """

    fact: Literal["evidenced"] = "evidenced"
    item: Code
    kind: EvidenceKind
    on: date
    activity: Code | None = None
    where: Words = ""

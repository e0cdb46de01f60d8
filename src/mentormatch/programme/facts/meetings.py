"""Meetings, and the word of those who met that they go on."""

from datetime import date
from typing import Final, Literal, get_args

from pydantic import Field

from mentormatch.programme.facts.base import Code, Fact, Words

Stage = Literal["acquaintance", "trial", "planning", "joint_work", "final"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


class MeetingPlanned(Fact):
    """A meeting is arranged, or moved to another day when it is planned already.

    Parameters
    ----------
    meeting
        Its code.
    pair
        Whose it is.
    stage
        The stage it belongs to.
    on
        When.
    """

    fact: Literal["meeting_planned"] = "meeting_planned"
    meeting: Code
    pair: Code
    stage: Stage
    on: date


class MeetingHeld(Fact):
    """A meeting took place; the first of a stage brings the pair to that stage.

    Parameters
    ----------
    meeting
        Its code; of one that wasn't planned, a new one.
    pair, stage, on
        Whose, of which stage, and when.
    present
        Who of the pair came.
    feedback
        What they said.
    """

    fact: Literal["meeting_held"] = "meeting_held"
    meeting: Code
    pair: Code
    stage: Stage
    on: date
    present: tuple[Code, ...] = Field(min_length=1)
    feedback: Words = ""


class MeetingCancelled(Fact):
    """A planned meeting doesn't take place."""

    fact: Literal["meeting_cancelled"] = "meeting_cancelled"
    meeting: Code
    reason: Words = ""


class Confirmed(Fact):
    """Somebody of the pair, or the curator, is for going on after a stage.

    Parameters
    ----------
    pair
        Which pair.
    stage
        After which stage.
    person
        Who; None is the curator.
    feedback
        What they said.
    """

    fact: Literal["confirmed"] = "confirmed"
    pair: Code
    stage: Stage
    on: date
    person: Code | None = None
    feedback: Words = ""

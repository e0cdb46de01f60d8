"""A line of the journal: any fact, with its number, its time and its author."""

from datetime import date, timedelta, timezone
from typing import Annotated, Union

from pydantic import AwareDatetime, Field

from mentormatch.programme.facts.base import Code
from mentormatch.programme.facts.diagnostics import Answered, WaveClosed, WaveOpened
from mentormatch.programme.facts.events import EventHeld, Evidenced
from mentormatch.programme.facts.meetings import (
    Confirmed,
    MeetingCancelled,
    MeetingHeld,
    MeetingPlanned,
)
from mentormatch.programme.facts.pairs import (
    Closed,
    CoMentorChanged,
    MenteeJoined,
    MenteeLeft,
    Ordered,
)
from mentormatch.programme.facts.people import (
    ConsentGiven,
    ConsentWithdrawn,
    Enrolled,
    Interviewed,
    Left,
    Purged,
)
from mentormatch.programme.facts.plans import (
    PlanChanged,
    PlanDrafted,
    PlansAgreed,
    PlansApproved,
    TaskCancelled,
    TaskDone,
    TaskReopened,
)
from mentormatch.programme.facts.rounds import (
    Accepted,
    Changed,
    Forbidden,
    Lifted,
    Pinned,
    RoundMade,
)
from mentormatch.record import Part

AnyFact = Annotated[
    Union[  # noqa: UP007 - one line per kind
        Enrolled,
        Left,
        ConsentGiven,
        ConsentWithdrawn,
        Purged,
        Interviewed,
        RoundMade,
        Accepted,
        Changed,
        Pinned,
        Forbidden,
        Lifted,
        Ordered,
        Closed,
        MenteeJoined,
        MenteeLeft,
        CoMentorChanged,
        MeetingPlanned,
        MeetingHeld,
        MeetingCancelled,
        Confirmed,
        PlanDrafted,
        PlanChanged,
        PlansAgreed,
        PlansApproved,
        TaskDone,
        TaskCancelled,
        TaskReopened,
        WaveOpened,
        Answered,
        WaveClosed,
        EventHeld,
        Evidenced,
    ],
    Field(discriminator="fact"),
]


class Entry(Part):
    """A line of the journal.

    Parameters
    ----------
    seq
        Its number, from 1 on; numbers may be missing.
    at
        When it was written down.
    author
        Code of who wrote it.
    fact
        What happened.
    """

    seq: int = Field(ge=1)
    at: AwareDatetime
    author: Code
    fact: AnyFact

    @property
    def day(self) -> date:
        """The day on which it was written down, where it was written down."""
        return self.at.date()

    @property
    def latest_day(self) -> date:
        """The latest day that it was anywhere on earth: nothing can have happened after it."""
        return self.at.astimezone(timezone(timedelta(hours=14))).date()

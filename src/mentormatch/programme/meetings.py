"""Meetings of a pair or a group: arranged, held, cancelled."""

from dataclasses import dataclass, field
from datetime import date

from mentormatch.programme.facts import Stage


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting.

    Parameters
    ----------
    meeting
        Its code.
    stage
        The stage it belongs to.
    planned, held
        The days for which it was arranged and on which it took place, if it was and did.
    present
        Who came.
    feedback
        What was said; None when that has been erased.
    cancelled
        Whether it was called off.
    """

    meeting: str
    stage: Stage
    planned: date | None = None
    held: date | None = None
    present: tuple[str, ...] = ()
    feedback: str | None = field(default="", repr=False)
    cancelled: bool = False

    @property
    def waiting(self) -> bool:
        """Whether it is still to be held."""
        return self.held is None and not self.cancelled

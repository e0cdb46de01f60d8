"""What somebody has decided about a pair that a matching is to make or to leave."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A pin or a ban, and who decided it.

    Parameters
    ----------
    author
        Code of who decided.
    at
        When; None for what only follows from the running pairs.
    waive
        Codes of rules that a pin sets aside.
    reason
        Why; None when that has been erased.
    """

    author: str
    at: datetime | None
    waive: tuple[str, ...] = ()
    reason: str | None = field(default="", repr=False)

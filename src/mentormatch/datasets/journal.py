"""Facts in memory, kept as a register keeps them."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Protocol

from mentormatch.programme.facts import Entry, Fact
from mentormatch.programme.state import State


class Recorder(Protocol):
    """Whatever keeps facts: a :class:`Journal`, a register."""

    def record(self, *facts: Fact, author: str, at: datetime) -> object:
        """Write down what happened: all of it, or nothing when some of it can't be."""


class Journal:
    """Facts in memory, in the order in which they were written down.

    It behaves as a register does, and forgets everything when the program ends.

    Parameters
    ----------
    entries
        What has been written down so far.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = list(entries)
        self._now = State.of(self._entries)

    def record(self, *facts: Fact, author: str, at: datetime | None = None) -> tuple[Entry, ...]:
        """Write down what happened: all of it, or nothing when some of it can't be.

        Parameters
        ----------
        *facts
            What happened, in order.
        author
            Code of whoever writes it down.
        at
            When, with its time zone; now when not said.

        Raises
        ------
        RegisterError
            With what can't be; nothing is recorded then.
        """
        state, new = self._now, []
        for fact in facts:
            entry = state.entry(fact, author, at)
            state = state.apply(entry)
            new.append(entry)
        self._now = state
        self._entries += new
        return tuple(new)

    def entries(self) -> tuple[Entry, ...]:
        """Read who wrote down what, in order."""
        return tuple(self._entries)

    def state(self, on: date | None = None) -> State:
        """Say how things stand, or stood at the end of a day."""
        return self._now if on is None else State.of(self._entries, on)

    def replay(self, into: Recorder) -> None:
        """Write everything down once more elsewhere; what was written together stays together."""
        for (at, author), entries in groupby(self._entries, lambda each: (each.at, each.author)):
            into.record(*(each.fact for each in entries), author=author, at=at)

    def __repr__(self) -> str:
        return f"Journal({len(self._entries)} entries)"

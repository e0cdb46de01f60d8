"""The journal folded into a state, and what the state comes to in numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mentormatch.programme.facts import Entry, MeetingCancelled
from mentormatch.programme.register.chain import Line
from mentormatch.programme.register.rows import BEGINNING, Concern, Head
from mentormatch.programme.state import State
from mentormatch.record import Part

_PAIRS: Final = frozenset(("pair", "pairs", "kept"))
"""Fields of facts that hold codes of pairs."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A state, and up to which line it goes."""

    state: State = field(default_factory=State)
    head: Head = BEGINNING

    def with_line(self, line: Line, entry: Entry) -> "Folded":
        """Go on by one line.

        Raises
        ------
        RegisterError
            When it can't follow those before it.
        """
        return Folded(self.state.apply(entry), (line.seq, line.hash))

    def totals(self) -> tuple[Counter[str], Counter[tuple[str, str]]]:
        """Count what there is, and what is due on which day."""
        return Counter(_counted(self.state)), Counter(_dated(self.state))


def about(before: State, after: State, entry: Entry) -> frozenset[Concern]:
    """Name the people and pairs that an entry is about: also whom it puts in or takes out."""
    people = before.concerns(entry.fact) | after.concerns(entry.fact)
    pairs = set(_pairs(entry.fact))
    if isinstance(entry.fact, MeetingCancelled):
        meeting = entry.fact.meeting
        pairs |= {code for code, pair in before.pairs.items() if meeting in pair.meetings}
    # Somebody's leaving may close pairs that the fact doesn't name.
    pairs |= {code for code, pair in before.pairs.items() if after.pairs.get(code) is not pair}
    return frozenset({("person", code) for code in people} | {("pair", code) for code in pairs})


def _pairs(part: Part) -> Iterator[str]:
    for name in type(part).model_fields:
        value = getattr(part, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Part):
                yield from _pairs(each)
            elif name in _PAIRS and each is not None:
                yield each


def _counted(state: State) -> Iterator[str]:
    """Name everything that is counted, once for each."""
    for person in state.people.values():
        if person.active:
            yield "people"
    for pair in state.pairs.values():
        yield f"pairs.{pair.status}"
        if pair.status == "running":
            yield f"stages.{pair.stage or 'none'}"
            yield f"plans.{'none' if pair.plan is None else pair.plan.status}"
    for wave in state.waves.values():
        if wave.closed is None:
            yield "waves"


def _dated(state: State) -> Iterator[tuple[str, str]]:
    """Name everything that is still to be done, with its day, once for each."""
    for pair in state.pairs.values():
        if pair.status != "running":
            continue
        if pair.plan is not None:
            for task in pair.plan.in_force.tasks:
                if pair.plan.state_of(task).status == "open":
                    yield "tasks", task.due.isoformat()
        for meeting in pair.meetings.values():
            if meeting.waiting and meeting.planned is not None:
                yield "meetings", meeting.planned.isoformat()
    for wave in state.waves.values():
        if wave.closed is None:
            yield from (("answers", wave.due.isoformat()) for _ in wave.silent)

"""What a register shows of a row: on which day it was done, and by what.

Everything is read from the state of a programme; nothing is ticked off by hand. What happened
within an occurrence's window counts for it, early or late; a window lasts until the next
occurrence's opens.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Activity, Roadmap, Rule
from mentormatch.roadmap.deadlines import Occurrence


@dataclass(frozen=True, slots=True)
class Window:
    """One occurrence of a row, with the days that count for it.

    Parameters
    ----------
    activity, occurrence
        Which row, and which time.
    until
        The last day that counts; None for the last occurrence.
    shared
        Kinds of evidence and of events that other rows use too: such an item counts for a
        row only when it names it.
    """

    activity: Activity
    occurrence: Occurrence
    until: date | None
    shared: frozenset[str] = frozenset()

    def holds(self, day: date | None) -> bool:
        """Tell whether a day counts."""
        return (
            day is not None
            and self.occurrence.opens <= day
            and (self.until is None or day <= self.until)
        )

    def takes(self, kind: str, activity: str | None) -> bool:
        """Tell whether an item of a kind counts, by the row that it names, if it does."""
        if kind not in self.activity.evidence.kinds:
            return False
        return activity == self.activity.id or (activity is None and kind not in self.shared)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is there.

    Parameters
    ----------
    done
        The day on which the row was done; None when it isn't.
    items
        Codes of what shows it: orders, pairs, waves, events, items of evidence, rounds.
    missing
        Codes of what is in the way: pairs that haven't met, people who haven't answered.
    """

    done: date | None = None
    items: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=(), repr=False)


def windows(roadmap: Roadmap, activity: Activity) -> tuple[Window, ...]:
    """List the occurrences of a row with the days that count for each."""
    found = activity.deadline.occurrences(roadmap.starts, roadmap.ends)
    others = frozenset(
        kind
        for other in roadmap.activities
        if other.id != activity.id
        for kind in other.evidence.kinds
    )
    day = timedelta(days=1)
    ends = [
        *(max(it.opens - day, before.due) for before, it in pairwise(found)),
        None,
    ]
    return tuple(Window(activity, it, end, others) for it, end in zip(found, ends, strict=True))


def shown(state: State, window: Window) -> Shown:
    """Say what the register shows of one occurrence.

    The rules that judge the end of a programme (``stages``, ``indicators``) show nothing here
    before the state has come to that day; indicators are looked at by whoever asks.

    Parameters
    ----------
    state
        What holds on the day of asking.
    window
        Which occurrence.
    """
    return _RULES[window.activity.evidence.rule](state, window)


def _earliest(found: Iterable[tuple[date, str]], least: int = 1) -> Shown:
    """Take the day on which enough was there."""
    ordered = sorted(found)
    items = tuple(dict.fromkeys(code for _, code in ordered))
    least = max(least, 1)
    return Shown(ordered[least - 1][0], items) if len(ordered) >= least else Shown(items=items)


def _enrolled(state: State, window: Window) -> Shown:
    role = window.activity.evidence.role
    people = (
        (person.since, person.code)
        for person in state.people.values()
        if (role is None or role in person.roles) and window.holds(person.since)
    )
    first = min(people, default=None)
    rounds = ((it.on, it.round) for it in state.rounds.values() if window.holds(it.on))
    return _earliest([*([(first[0], first[1])] if first else []), *rounds])


def _ordered(state: State, window: Window) -> Shown:
    return _earliest(
        (pair.ordered, pair.order or pair.pair)
        for pair in state.pairs.values()
        if pair.ordered is not None and window.holds(pair.ordered)
    )


def _stages(state: State, window: Window) -> Shown:
    """All pairs that ever ran have gone through the stages, or ended."""
    ran = [pair for pair in state.pairs.values() if pair.ordered is not None]
    ends = {pair.pair: pair.closed or pair.reached.get("final") for pair in ran}
    return _all_of(ends)


def _first_meetings(state: State, window: Window) -> Shown:
    return _all_of({pair.pair: _started(pair) for pair in _begun(state, window)})


def _started(pair: PairLife) -> date | None:
    met = [it.held for it in pair.meetings.values() if it.held is not None]
    if not met or pair.plan is None:
        return None
    return max(min(met), pair.plan.versions[0].drafted)


def _plans_approved(state: State, window: Window) -> Shown:
    approved = {
        pair.pair: None
        if pair.plan is None
        else min((it.approved for it in pair.plan.versions if it.approved), default=None)
        for pair in _begun(state, window)
    }
    return _all_of(approved)


def _begun(state: State, window: Window) -> Iterator[PairLife]:
    """List the pairs ordered in the window, except those that ended before it was due."""
    for pair in state.pairs.values():
        if window.holds(pair.ordered):
            early = pair.closed is not None and pair.closed <= window.occurrence.due
            if not early:
                yield pair


def _all_of(days: Mapping[str, date | None]) -> Shown:
    """Take the day on which the last of them was done; nothing is done where there are none."""
    missing = tuple(code for code, day in days.items() if day is None)
    there = {code: day for code, day in days.items() if day is not None}
    done = max(there.values()) if there and not missing else None
    return Shown(done, tuple(there), missing)


def _interviewed(state: State, window: Window) -> Shown:
    return _earliest(
        (interview.on, person.code)
        for person in state.people.values()
        for interview in person.interviews
        if window.holds(interview.on)
    )


def _wave(state: State, window: Window) -> Shown:
    """Everybody who was asked in the quarter, and is still there, has answered."""
    opened = (
        it
        for it in state.waves.values()
        if it.kind == "quarter" and window.occurrence.opens <= it.opened <= window.occurrence.due
    )
    wave = min(opened, key=lambda it: (it.opened, it.wave), default=None)
    if wave is None:
        return Shown()
    silent = tuple(who for who in wave.silent if state.people[who].active)
    if silent or not wave.answers:
        return Shown(None, (wave.wave,), silent)
    return Shown(max(it.on for it in wave.answers.values()), (wave.wave,))


def _evidenced(state: State, window: Window) -> Shown:
    return _earliest(
        (
            (it.on, it.item)
            for it in state.evidence.values()
            if window.takes(it.kind, it.activity) and window.holds(it.on)
        ),
        window.activity.evidence.least,
    )


def _events(state: State, window: Window) -> Shown:
    return _earliest(
        (
            (it.on, it.event)
            for it in state.events.values()
            if window.takes(it.kind, it.activity) and window.holds(it.on)
        ),
        window.activity.evidence.least,
    )


def _nothing(state: State, window: Window) -> Shown:
    """Leave it to the indicators."""
    del state, window
    return Shown()


_RULES: Final[Mapping[Rule, Callable[[State, Window], Shown]]] = {
    "enrolled": _enrolled,
    "ordered": _ordered,
    "stages": _stages,
    "first_meetings": _first_meetings,
    "plans_approved": _plans_approved,
    "interviewed": _interviewed,
    "wave": _wave,
    "evidenced": _evidenced,
    "events": _events,
    "indicators": _nothing,
}

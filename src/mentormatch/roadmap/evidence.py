"""What a register shows of a row: on which day it was done, and by what.

Everything is read from the state of a programme; nothing is ticked off by hand. What happened
within an occurrence's window counts for it, early or late; a window lasts until the next
occurrence's opens. What is dated after the day of asking doesn't count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from mentormatch.programme.facts import EventHeld, Evidenced
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.people import Person
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Activity, Rule, Schedule
from mentormatch.roadmap.deadlines import Occurrence


@dataclass(frozen=True, slots=True)
class Window:
    """One occurrence of a row, with the days that count for it.

    Parameters
    ----------
    activity, occurrence
        Which row, and which time.
    on
        The day of asking.
    until
        The last day that counts; None for the last occurrence.
    shared
        Kinds of evidence and of events that other rows use too: such an item counts for a
        row only when it names it.
    """

    activity: Activity
    occurrence: Occurrence
    on: date
    until: date | None = None
    shared: frozenset[str] = frozenset()

    @property
    def due(self) -> date:
        """The last day in time."""
        return self.occurrence.due

    @property
    def open(self) -> bool:
        """Whether its first day has come."""
        return self.occurrence.opens <= self.on

    def holds(self, day: date | None) -> bool:
        """Tell whether a day counts."""
        return (
            day is not None
            and self.occurrence.opens <= day <= self.on
            and (self.until is None or day <= self.until)
        )

    def events(self, state: State) -> tuple[EventHeld, ...]:
        """List the events that count, by day."""
        found = (
            it
            for it in state.events.values()
            if self._takes(it.kind, it.activity) and self.holds(it.on)
        )
        return tuple(sorted(found, key=lambda it: (it.on, it.event)))

    def evidence(self, state: State) -> tuple[Evidenced, ...]:
        """List the items of evidence that count, by day."""
        found = (
            it
            for it in state.evidence.values()
            if self._takes(it.kind, it.activity) and self.holds(it.on)
        )
        return tuple(sorted(found, key=lambda it: (it.on, it.item)))

    def _takes(self, kind: str, activity: str | None) -> bool:
        """Tell whether an item of a kind counts, by the row that it names, if it does."""
        if kind not in self.activity.evidence.kinds:
            return False
        return activity == self.activity.id or (activity is None and kind not in self.shared)

    def begun(self, state: State) -> tuple[PairLife, ...]:
        """List the pairs and groups that this occurrence is about, by code.

        Those ordered by the day when it is due; where there are none, those ordered later.
        Whatever ended by that day is left out.
        """
        found = [
            pair
            for pair in state.pairs.values()
            if self.holds(pair.ordered)
            and not (pair.closed is not None and pair.closed <= self.due)
        ]
        in_time = [pair for pair in found if pair.ordered is not None and pair.ordered <= self.due]
        return tuple(sorted(in_time or found, key=lambda pair: pair.pair))


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


def windows(roadmap: Schedule, activity: Activity, on: date) -> tuple[Window, ...]:
    """List the occurrences of a row with the days that count for each, as seen on a day."""
    found = activity.deadline.occurrences(roadmap.starts, roadmap.ends)
    others = frozenset(
        kind
        for other in roadmap.activities
        if other.id != activity.id and other.evidence.rule == activity.evidence.rule
        for kind in other.evidence.kinds
    )
    day = timedelta(days=1)
    # A window lasts until the next one opens; a row may have none within the programme.
    ends = [*(it.opens - day for it in found[1:]), *([None] if found else [])]
    return tuple(Window(activity, it, on, end, others) for it, end in zip(found, ends, strict=True))


def days_of(state: State, window: Window) -> frozenset[date]:
    """List the days of a window on which a row's figures can have changed.

    Those of its events and items; where it is shown by people and pairs, those on which
    anything happened to them.
    """
    if window.activity.evidence.rule == "events":
        return frozenset(it.on for it in window.events(state))
    if window.activity.evidence.rule == "evidenced":
        return frozenset(it.on for it in window.evidence(state))
    return frozenset(day for day in _days(state) if day is not None and window.holds(day))


def _days(state: State) -> Iterator[date | None]:
    for person in state.people.values():
        yield from (day for stay in person.stays for day in (stay.since, stay.left))
        yield from (it.on for it in person.interviews)
    for pair in state.pairs.values():
        yield from (pair.ordered, pair.closed, *pair.joined.values())
        yield from (it.until for it in pair.departed.values())
        yield from (it.held for it in pair.meetings.values())
        if pair.plan is not None:
            yield from (it.on for it in pair.plan.tasks.values())
            for version in pair.plan.versions:
                yield from (version.drafted, version.approved)
    for wave in state.waves.values():
        yield from (wave.opened, *(it.on for it in wave.answers.values()))


def active(person: Person, day: date) -> bool:
    """Tell whether somebody took part on a day; the day on which they leave is none of them."""
    return any(stay.holds(day) for stay in person.stays)


def running(pair: PairLife, day: date) -> bool:
    """Tell whether a pair was ordered and hadn't ended on a day."""
    return (
        pair.ordered is not None
        and pair.ordered <= day
        and (pair.closed is None or pair.closed > day)
    )


def started(pair: PairLife) -> date | None:
    """Return the day by which a pair had met and had a plan drafted."""
    met = [it.held for it in pair.meetings.values() if it.held is not None]
    if not met or pair.plan is None:
        return None
    return max(min(met), pair.plan.versions[0].drafted)


def approved(pair: PairLife) -> date | None:
    """Return the day on which a pair's plan was first approved."""
    if pair.plan is None:
        return None
    return min((it.approved for it in pair.plan.versions if it.approved), default=None)


def shown(state: State, window: Window) -> Shown:
    """Say what the register shows of one occurrence.

    ``stages`` judges the end of a programme, and shows nothing done before it is due.
    Indicators are looked at by whoever asks.

    Parameters
    ----------
    state
        What holds.
    window
        Which occurrence, seen on which day.
    """
    return _RULES[window.activity.evidence.rule](state, window)


def _earliest(found: Iterable[tuple[date, str]], least: int = 1) -> Shown:
    """Take the day on which enough was there."""
    ordered = sorted(found)
    items = tuple(dict.fromkeys(code for _, code in ordered))
    least = max(least, 1)
    return Shown(ordered[least - 1][0], items) if len(ordered) >= least else Shown(items=items)


def _enrolled(state: State, window: Window) -> Shown:
    """Take the first who came, and the rounds; nobody lists a whole base as evidence."""
    role = window.activity.evidence.role
    people = (
        (stay.since, person.code)
        for person in state.people.values()
        for stay in person.stays
        if (role is None or role in person.roles) and window.holds(stay.since)
    )
    first = min(people, default=None)
    rounds = ((it.on, it.round) for it in state.rounds.values() if window.holds(it.on))
    return _earliest([*([first] if first else []), *rounds])


def _ordered(state: State, window: Window) -> Shown:
    return _earliest(
        (pair.ordered, pair.order or pair.pair)
        for pair in state.pairs.values()
        if pair.ordered is not None and window.holds(pair.ordered)
    )


def _stages(state: State, window: Window) -> Shown:
    """All pairs whose term is over by the end have come to their last stage, or ended.

    Pairs of a term that goes on after the programme are still on their way.
    """
    over = {
        pair.pair: pair.reached.get("final") or pair.closed
        for pair in state.pairs.values()
        if window.holds(pair.ordered)
        and (not running(pair, window.on) or (pair.ends is not None and pair.ends <= window.due))
    }
    found = _all_of(over, window.on)
    return found if window.on >= window.due else Shown(None, found.items, found.missing)


def _first_meetings(state: State, window: Window) -> Shown:
    return _all_of({it.pair: started(it) or it.closed for it in window.begun(state)}, window.on)


def _plans_approved(state: State, window: Window) -> Shown:
    return _all_of({it.pair: approved(it) or it.closed for it in window.begun(state)}, window.on)


def _all_of(days: Mapping[str, date | None], on: date) -> Shown:
    """Take the day on which the last of them was done; nothing is done where there are none."""
    there = {code: day for code, day in days.items() if day is not None and day <= on}
    missing = tuple(code for code in days if code not in there)
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
        if it.kind == "quarter" and window.holds(it.opened) and it.opened <= window.due
    )
    wave = min(opened, key=lambda it: (it.opened, it.wave), default=None)
    if wave is None:
        return Shown()
    days = {who: it.on for who, it in wave.answers.items() if it.on <= window.on}
    silent = tuple(
        who for who in wave.people if who not in days and active(state.people[who], window.on)
    )
    done = max(days.values()) if days and not silent else None
    return Shown(done, (wave.wave,), silent)


def _evidenced(state: State, window: Window) -> Shown:
    items = ((it.on, it.item) for it in window.evidence(state))
    return _earliest(items, window.activity.evidence.least)


def _events(state: State, window: Window) -> Shown:
    events = ((it.on, it.event) for it in window.events(state))
    return _earliest(events, window.activity.evidence.least)


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

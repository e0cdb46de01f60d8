"""What is done of a roadmap on a day, what is late, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from mentormatch.errors import RoadmapError
from mentormatch.programme.facts import Entry
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Activity, Schedule, Target
from mentormatch.roadmap.deadlines import Occurrence
from mentormatch.roadmap.evidence import Shown, Window, days_of, shown, windows
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import Known, measure, measure_rows, measure_target, window_of
from mentormatch.roadmap.standing import (
    OccurrenceStatus,
    Progress,
    RoadmapStatus,
    RowStatus,
    tally,
)

DONE: Final = "K15"
IN_TIME: Final = "K16"
_MANAGED: Final = frozenset({DONE, IN_TIME})


class Keeper(Protocol):
    """Whatever can say what held on a day, such as a register."""

    def state(self, on: date | None = None) -> State:
        """Return what held at the end of a day."""


Facts = State | Keeper | Iterable[Entry]
"""A state, a register, or the entries of a journal."""


def state_of(facts: Facts, on: date) -> State:
    """Return what holds on a day.

    A register and a journal are read up to the day, so that it is as people knew it then. A
    state is taken as it is: what was noted later about earlier days counts.

    Raises
    ------
    RoadmapError
        When the facts are none of these.
    RegisterError
        When an entry can't follow those before it.
    """
    if isinstance(facts, State):
        return facts
    if hasattr(facts, "state"):
        found: State = facts.state(on=on)
        return found
    try:
        entries = iter(facts)
    except TypeError:
        raise RoadmapError.of("roadmap.no-facts", found=type(facts).__name__) from None
    return State.of(entries, on)


def status(roadmap: Schedule, on: date, facts: Facts, known: Known | None = None) -> RoadmapStatus:
    """Say how a roadmap stands.

    A row is done when the register shows it; nothing is ticked off. Where a row asks for its
    indicators, it is done on the first day on which they are met besides; an indicator whose
    threshold nobody has set asks for nothing.

    Parameters
    ----------
    roadmap
        The rows.
    on
        The day.
    facts
        What has happened: see :func:`state_of`.
    known
        What indicators need besides.

    Raises
    ------
    RoadmapError, RegisterError
        As :func:`state_of` does.
    """
    known = known or Known()
    state = state_of(facts, on)
    found: dict[str, list[OccurrenceStatus]] = {}
    managing = {it.id for it in roadmap.activities if _is_managing(it)}
    for activity in roadmap.activities:
        if activity.id not in managing:
            looked = windows(roadmap, activity, on)
            found[activity.id] = [_of(roadmap, it, state, known) for it in looked]
    for activity in roadmap.activities:
        if activity.id in found:
            done = [_with_needs(it, found, on) for it in found[activity.id]]
            found[activity.id] = done
    rows = [RowStatus(it, tuple(found[it.id])) for it in roadmap.activities if it.id in found]
    indicators = measure(roadmap, state, on, known)
    for name, target in ((it.id, it) for it in roadmap.indicators if it.id in _MANAGED):
        indicators[name] = _rows_done(target, rows, on)
    for activity in roadmap.activities:
        if activity.id in managing:
            looked = windows(roadmap, activity, on)
            found[activity.id] = [_judging(roadmap, it, rows, state, known) for it in looked]
    return RoadmapStatus(
        roadmap,
        on,
        tuple(RowStatus(it, tuple(found[it.id]), it.id in managing) for it in roadmap.activities),
        {it.id: indicators[it.id] for it in roadmap.indicators},
    )


def _is_managing(activity: Activity) -> bool:
    """Tell whether a row judges the others: E1 and E2."""
    judged = _MANAGED.intersection(activity.indicators)
    return activity.evidence.rule == "indicators" and bool(judged)


def _of(roadmap: Schedule, window: Window, state: State, known: Known) -> OccurrenceStatus:
    """Look at one occurrence, without what it needs."""
    found = shown(state, window)
    done = found.done
    unmet: tuple[str, ...] = ()
    evidence = window.activity.evidence
    if evidence.rule == "indicators":
        done, unmet = _at_the_end(roadmap, window, state, known)
    elif evidence.indicators and window.open:
        done, unmet = _first_met(roadmap, window, state, known, found)
    progress = _progress(window, done)
    return OccurrenceStatus(
        window.activity,
        window.occurrence,
        progress,
        done,
        found.items,
        found.missing if window.open else (),
        unmet=unmet if window.open else (),
    )


def _progress(window: Window, done: date | None) -> Progress:
    if done is not None:
        return "done" if done <= window.due else "done_late"
    if window.on > window.due:
        return "overdue"
    return "due" if window.open else "not_yet"


def _unmet(
    roadmap: Schedule, window: Window, state: State, known: Known, on: date
) -> tuple[str, ...]:
    """List the row's indicators that weren't met on a day.

    A blank threshold asks for nothing, but a row that nothing else shows stays open with it.
    """
    alone = window.activity.evidence.rule == "indicators"
    open_ones = {"not_met", "not_computable", *(["threshold_missing"] if alone else [])}
    found = []
    for name in window.activity.indicators:
        if name not in _MANAGED:
            target = roadmap.indicator(name)
            seen = window_of(roadmap, target, state, on) if alone else replace(window, on=on)
            if measure_target(target, state, on, known, seen).status in open_ones:
                found.append(name)
    return tuple(found)


def _at_the_end(
    roadmap: Schedule, window: Window, state: State, known: Known
) -> tuple[date | None, tuple[str, ...]]:
    """Judge a row by its indicators on the day when it is due."""
    unmet = _unmet(roadmap, window, state, known, min(window.on, window.due))
    return (window.due if window.on >= window.due and not unmet else None), unmet


def _first_met(
    roadmap: Schedule, window: Window, state: State, known: Known, found: Shown
) -> tuple[date | None, tuple[str, ...]]:
    """Find the first day on which the row's indicators are met besides what it shows."""
    if found.done is not None:
        for on in sorted({found.done, *days_of(state, window)}):
            if on >= found.done and not _unmet(roadmap, window, state, known, on):
                return on, ()
    return None, _unmet(roadmap, window, state, known, window.on)


def _with_needs(
    it: OccurrenceStatus, found: dict[str, list[OccurrenceStatus]], on: date
) -> OccurrenceStatus:
    """Say what blocks an occurrence."""
    if it.progress not in {"due", "overdue", "blocked"}:
        return it
    rows = []
    for name in it.activity.needs:
        before = _before(it.occurrence, found.get(name, []), on)
        if before is not None and not before.is_done:
            rows.append(name)
    if not rows:
        return it
    progress: Progress = "blocked" if it.progress == "due" else it.progress
    return replace(it, progress=progress, blocked_by=tuple(rows))


def _before(
    occurrence: Occurrence, others: list[OccurrenceStatus], on: date
) -> OccurrenceStatus | None:
    """Find which time of another row has to be done before.

    The last one that is due no later; of a row without a day of its own, the last one that is
    due by now; the first one where there is none.
    """
    latest = occurrence.due if occurrence.dated else min(on, occurrence.due)
    found = [it for it in others if it.occurrence.due <= latest]
    return found[-1] if found else next(iter(others), None)


def _rows_done(target: Target, rows: Iterable[RowStatus], on: date) -> Indicator:
    """K15 and K16: occurrences done, or done in time / occurrences due by the day."""
    due, done, in_time = tally(rows, on)
    return measure_rows(target, on, done if target.id == DONE else in_time, due)


def _judging(
    roadmap: Schedule, window: Window, rows: list[RowStatus], state: State, known: Known
) -> OccurrenceStatus:
    """Judge E1 and E2: their indicators at the end of the programme, or by what came later."""
    named = [roadmap.indicator(it) for it in window.activity.indicators if it in _MANAGED]
    found = [_rows_done(target, rows, window.on) for target in named]
    unmet = (
        *(it.id for it in found if it.status != "met"),
        *_unmet(roadmap, window, state, known, min(window.on, window.due)),
    )
    done = None
    if window.on >= window.due and not unmet:
        days = [it.done for row in rows for it in row.occurrences if it.done is not None]
        done = max(window.due, *days)
    return OccurrenceStatus(
        window.activity,
        window.occurrence,
        _progress(window, done),
        done,
        unmet=unmet if window.open else (),
    )

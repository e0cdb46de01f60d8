"""What each indicator is computed from: K01 to K14 and K17 of the school, FK1 to FK6 of the region.

K15 and K16 count rows of the roadmap and come with its status.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, Place
from mentormatch.participant import Role
from mentormatch.programme.facts import EventHeld
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.people import Person
from mentormatch.programme.plans import Progress, Readings
from mentormatch.programme.state import State
from mentormatch.programme.status import SEEN_THROUGH
from mentormatch.questionnaire import normalised
from mentormatch.roadmap.activities import Schedule, Target, Threshold
from mentormatch.roadmap.deadlines import school_year_of
from mentormatch.roadmap.evidence import Window, active, approved, running, started, windows
from mentormatch.roadmap.indicators import (
    AGES,
    KINDS,
    YOUNG_YEARS,
    Excluded,
    Indicator,
    Why,
    age_range,
)

Scope = Literal["any", "mentor", "mentee"]

SATISFIED: Final = 7
"""Whose answers on satisfaction are so much of 10 on average is satisfied."""

SATISFACTION: Final = "sat_"
"""What the ids of questions on satisfaction begin with."""

_SCOPES: Final[tuple[Scope, ...]] = ("any", "mentor", "mentee")
_MANAGED: Final = frozenset({"K15", "K16"})


@dataclass(frozen=True, slots=True)
class Known:
    """What indicators need besides the register.

    Parameters
    ----------
    headcounts
        Sizes of target groups: ``students``, ``teachers``, ``students_10_19``,
        ``students_15_19``, ``young_specialists``, ``enterprises``.
    cohort
        Answers with ``birth_year`` and ``experience_years``; ``enterprise``, if that was asked.
    survey
        Answers to the final survey; those in the register when not given.
    enterprises
        The enterprise of each mentor who comes from one, by the mentor's code; the answers to
        ``enterprise`` when not given.
    scope
        Whom K01 counts: people in any role, mentors, or mentees.
    """

    headcounts: Mapping[str, int] = field(default_factory=dict)
    cohort: Cohort | None = field(default=None, repr=False)
    survey: Cohort | None = field(default=None, repr=False)
    enterprises: Mapping[str, str] | None = field(default=None, repr=False)
    scope: Scope = "any"


def measure(roadmap: Schedule, state: State, on: date, known: Known) -> dict[str, Indicator]:
    """Compute the indicators of a roadmap as of a day, all but those that count its rows.

    Parameters
    ----------
    roadmap
        Which indicators there are, and which rows they judge.
    state
        What has happened; what is dated later than the day doesn't count.
    on
        The day.
    known
        Headcounts and answers.
    """
    return {
        target.id: measure_target(target, state, on, known, window_of(roadmap, target, state, on))
        for target in roadmap.indicators
        if target.id not in _MANAGED
    }


def measure_target(
    target: Target, state: State, on: date, known: Known, window: Window | None
) -> Indicator:
    """Compute one indicator.

    Parameters
    ----------
    target
        Which.
    state, on, known
        As in :func:`measure`.
    window
        The occurrence that it judges, where it judges one.
    """
    look = _Look(target, state, on, known, window)
    if target.id in _OF_STATE:
        return _OF_STATE[target.id](look)
    if window is None:
        return look.unknown("no-row")
    return _OF_ROWS.get(target.id, _count)(look, window)


def measure_rows(target: Target, on: date, done: int, due: int) -> Indicator:
    """Compute K15 or K16 from how many occurrences are done and how many are due."""
    return _Look(target, State(), on, Known(), None).share(done, due)


def window_of(roadmap: Schedule, target: Target, state: State, on: date) -> Window | None:
    """Find the occurrence that an indicator judges: the newest that has begun.

    It is one of the first row that names the indicator and has something to show besides.
    What is judged by pairs waits until there are some.
    """
    rows = [it for it in roadmap.activities if target.id in it.indicators]
    rows.sort(key=lambda it: it.evidence.rule == "indicators")
    if not rows:
        return None
    found = windows(roadmap, rows[0], on)
    begun = [it for it in found if it.open]
    if target.id in _OF_PAIRS:
        begun = [it for it in begun if it.begun(state)] or begun
    return begun[-1] if begun else next(iter(found), None)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one indicator is computed from."""

    target: Target
    state: State
    on: date
    known: Known
    window: Window | None

    def share(
        self,
        numerator: int,
        denominator: int | None,
        excluded: Iterable[Excluded] = (),
        **more: Any,
    ) -> Indicator:
        """Make a share; of nobody, or of less than the part, there is none."""
        if denominator is None:
            return self.unknown("no-denominator", excluded, **more)
        if denominator == 0:
            return self.unknown("nobody", excluded, **more)
        if numerator > denominator:
            values = {"found": numerator, "whole": denominator}
            return self.unknown("more-than-all", excluded, values, **more)
        gone = tuple(sorted(excluded))
        return Indicator(self.target, self.on, numerator, denominator, excluded=gone, **more)

    def count(self, numerator: int, excluded: Iterable[Excluded] = (), **more: Any) -> Indicator:
        """Make a count."""
        return Indicator(self.target, self.on, numerator, excluded=tuple(sorted(excluded)), **more)

    def unknown(
        self,
        code: str,
        excluded: Iterable[Excluded] = (),
        values: Mapping[str, object] | None = None,
        **more: Any,
    ) -> Indicator:
        """Say why it can't be computed."""
        why = Defect(f"indicator.{code}", Place(field=self.target.id), values or {})
        gone = tuple(sorted(excluded))
        return Indicator(self.target, self.on, why_not=why, excluded=gone, **more)

    def of_headcount(
        self, numerator: int, name: str, excluded: Iterable[Excluded] = (), **more: Any
    ) -> Indicator:
        """Make a share of a target group."""
        if name not in self.known.headcounts:
            return self.unknown("no-headcount", excluded, {"name": name}, **more)
        return self.share(numerator, self.known.headcounts[name], excluded, **more)

    def people(self, role: Scope = "any", day: date | None = None) -> dict[str, Person]:
        """Return who takes part in a role on a day."""
        day = day or self.on
        return {
            code: person
            for code, person in self.state.people.items()
            if active(person, day) and (role == "any" or role in person.roles)
        }

    def gone(
        self, role: Scope = "any", day: date | None = None, kind: str | None = None
    ) -> Iterator[Excluded]:
        """List who had left by a day: they are shown apart."""
        day = day or self.on
        for code, person in self.state.people.items():
            fits = (role == "any" or role in person.roles) and kind in {None, person.kind}
            stay = person.stay(day) if fits else None
            if stay is not None and stay.left is not None and stay.since <= stay.left <= day:
                why: Why = "withdrew" if stay.reason == "consent_withdrawn" else "left"
                yield Excluded(code, why)


# --- who takes part ------------------------------------------------------------------------------


def _taking_part(look: _Look) -> Indicator:
    """K01: people of a target group who take part / all of that group; the worse group counts."""
    scopes = (look.known.scope, *(it for it in _SCOPES if it != look.known.scope))
    parts = []
    for scope in scopes:
        people = look.people(scope)
        for name, kind in KINDS.items():
            found = sum(person.kind == kind for person in people.values())
            gone = look.gone(scope, kind=kind)
            parts.append(look.of_headcount(found, name, gone, part=f"{name}.{scope}"))
    own = parts[: len(KINDS)]
    # A group that misses it decides, then one of which nothing is known.
    order = {"not_met": 0, "not_computable": 1}
    worst = min(own, key=lambda it: (order.get(it.status, 2), it.value or Fraction(0)))
    left_out = {it for part in own for it in part.excluded}
    return replace(worst, part="", excluded=tuple(sorted(left_out)), parts=tuple(parts))


def _placed(look: _Look) -> Indicator:
    """K02: admitted people in an ordered pair or group / all admitted people."""
    parts = [_placed_in(look, role) for role in _SCOPES]
    return replace(parts[0], part="", parts=tuple(parts[1:]))


def _placed_in(look: _Look, role: Scope) -> Indicator:
    people = look.people(role)
    refused = {code for code, person in people.items() if _refused(person, look.on)}
    placed: set[str] = set()
    for pair in look.state.pairs.values():
        if running(pair, look.on):
            mentors, mentees = _members(pair, look.on)
            placed |= mentors if role != "mentee" else set()
            placed |= mentees if role != "mentor" else set()
    admitted = people.keys() - refused
    excluded = [*look.gone(role), *(Excluded(code, "not_cleared") for code in refused)]
    return look.share(len(admitted & placed), len(admitted), excluded, part=role)


def _refused(person: Person, day: date) -> bool:
    """Tell whether the last interview by a day said that somebody may not take part."""
    told = [interview.cleared for interview in person.interviews if interview.on <= day]
    return bool(told) and not told[-1]


def _members(pair: PairLife, day: date) -> tuple[set[str], set[str]]:
    """Return the mentors and the mentees of a pair or group on a day."""
    mentors = {who for who in pair.mentors if who not in pair.joined or pair.joined[who] <= day}
    mentors |= {it.person for it in pair.helped if (it.since or day) <= day < it.until}
    mentees = {who for who in pair.mentees if who not in pair.joined or pair.joined[who] <= day}
    mentees |= {who for who, gone in pair.departed.items() if gone.until > day}
    return mentors, mentees


def _met(look: _Look) -> Indicator:
    """K06: people who were at a meeting in this school year / people who take part."""
    first = school_year_of(look.on)
    met = {
        who
        for pair in look.state.pairs.values()
        for meeting in pair.meetings.values()
        if meeting.held is not None and first <= meeting.held <= look.on
        for who in meeting.present
    }
    people = look.people()
    return look.share(len(people.keys() & met), len(people), look.gone())


# --- plans ---------------------------------------------------------------------------------------


def _started_in_time(look: _Look, window: Window) -> Indicator:
    """K03: pairs that met and drafted a plan in time / pairs."""
    pairs = window.begun(look.state)
    in_time = sum(_by(started(pair), window) for pair in pairs)
    return look.share(in_time, len(pairs), _ended_before(look, window))


def _approved_in_time(look: _Look, window: Window) -> Indicator:
    """K04: plans approved in time / plans."""
    pairs = window.begun(look.state)
    unplanned = {
        pair.pair for pair in pairs if pair.plan is None or pair.plan.versions[0].drafted > look.on
    }
    planned = [pair for pair in pairs if pair.pair not in unplanned]
    in_time = sum(_by(approved(pair), window) for pair in planned)
    excluded = (Excluded(code, "no_plan") for code in unplanned)
    return look.share(in_time, len(planned), [*excluded, *_ended_before(look, window)])


def _by(day: date | None, window: Window) -> bool:
    """Tell whether something was there in time, and is by now."""
    return day is not None and day <= min(window.due, window.on)


def _ended_before(look: _Look, window: Window) -> Iterator[Excluded]:
    for pair in look.state.pairs.values():
        if window.holds(pair.ordered) and pair.closed is not None and pair.closed <= window.due:
            yield Excluded(pair.pair, "closed_early")


def _carried_out(look: _Look) -> Indicator:
    """K05: how far plans are carried out, read in three ways; none that ended early."""
    excluded = []
    progresses = []
    for pair in look.state.pairs.values():
        if pair.ordered is None or pair.ordered > look.on:
            continue
        over = pair.closed is not None and pair.closed <= look.on
        if over and pair.reason not in SEEN_THROUGH:
            excluded.append(Excluded(pair.pair, "closed_early"))
        elif pair.plan is None or pair.plan.versions[0].drafted > look.on:
            excluded.append(Excluded(pair.pair, "no_plan"))
        else:
            progresses.append(_progress(pair, look.on))
    read = Readings.of(progresses)
    mean = read.mean or Fraction(0)
    every = look.share(read.reached, read.plans, excluded)
    if every.why_not is not None:
        return every
    nine_tenths = look.target.model_copy(
        update={"threshold": Threshold(at_least=90, unit="percent", provenance="inferred")}
    )
    readings = (
        replace(every, part="every"),
        Indicator(nine_tenths, look.on, mean.numerator, mean.denominator, part="mean"),
        Indicator(nine_tenths, look.on, read.reached, read.plans, part="most"),
    )
    return replace(every, parts=readings)


def _progress(pair: PairLife, day: date) -> Progress:
    """Say how far a plan had come by a day."""
    assert pair.plan is not None
    known = {code: it for code, it in pair.plan.tasks.items() if it.on is None or it.on <= day}
    return replace(pair.plan, tasks=known).progress(day)


# --- events, waves, evidence ---------------------------------------------------------------------


def _at_the_game(look: _Look, window: Window) -> Indicator:
    """K07: participants at the closing game / participants on its day."""
    events = window.events(look.state)
    day = max((event.on for event in events), default=look.on)
    came = {who for event in events for who in event.present}
    people = look.people(day=day)
    return look.share(len(people.keys() & came), len(people), look.gone(day=day))


def _diagnosed(look: _Look, window: Window) -> Indicator:
    """K08: participants diagnosed in the quarter / participants of the quarter.

    Whoever came after the quarter's last wave was opened couldn't be asked.
    """
    day = min(look.on, window.due)
    waves = [
        wave
        for wave in look.state.waves.values()
        if wave.kind == "quarter" and window.occurrence.opens <= wave.opened <= day
    ]
    opened = max((wave.opened for wave in waves), default=day)
    people = look.people(day=day)
    later = {code for code, person in people.items() if not active(person, opened)}
    answered = {who for wave in waves for who, answer in wave.answers.items() if answer.on <= day}
    there = people.keys() - later
    gone = [*look.gone(day=day), *(Excluded(code, "joined_later") for code in later)]
    return look.share(len(there & answered), len(there), gone)


def _rubrics(look: _Look, window: Window) -> Indicator:
    """K09: columns on mentoring; without a plan of what to publish they don't count as met."""
    items = window.evidence(look.state)
    planned = any(it.kind == "content_plan" for it in items)
    remark = None if planned else "no_content_plan"
    found = sum(it.kind == "rubric" for it in items)
    return look.count(found, remark=remark, holds=planned)


def _at_the_council(look: _Look, window: Window) -> Indicator:
    """K11: teachers at the best attended council / all teachers, or those who were to come."""
    staff = look.known.headcounts.get("teachers")
    events = window.events(look.state)
    if not events:
        return look.of_headcount(0, "teachers")
    shares = [
        (len(event.present) + event.others, event.invited if staff is None else staff)
        for event in events
    ]
    if any(whole is None for _, whole in shares):
        return look.unknown("no-headcount", values={"name": "teachers"})
    came, whole = max(shares, key=lambda it: Fraction(it[0], it[1] or 1))
    return look.share(came, whole)


def _at_class_hours(look: _Look, window: Window) -> Indicator:
    """K13: students at class hours / all students."""
    came, remark = _came(look, window, "student")
    return look.of_headcount(came, "students", remark=remark)


def _parents(look: _Look, window: Window) -> Indicator:
    """K12b: parents at the meetings."""
    came, remark = _came(look, window, "parent")
    return look.count(came, remark=remark)


def _delegates(look: _Look, window: Window) -> Indicator:
    """K17: representatives of the school at contests and festivals."""
    came, remark = _came(look, window)
    return look.count(came, remark=remark)


def _came(look: _Look, window: Window, kind: str | None = None) -> tuple[int, str | None]:
    """Count who came: people with codes once, others as often as they are counted."""
    events: tuple[EventHeld, ...] = window.events(look.state)
    people = look.state.people
    coded = {
        who
        for event in events
        for who in event.present
        if kind is None or who not in people or people[who].kind == kind
    }
    others = [event.others for event in events if event.others]
    return len(coded) + sum(others), "counted_per_event" if len(others) > 1 else None


def _count(look: _Look, window: Window) -> Indicator:
    """K10, K12a, K14, and what a school adds itself: how many events or items the row has."""
    if look.target.threshold.unit == "percent":
        return look.unknown("unheard-of")
    if window.activity.evidence.rule == "events":
        return look.count(len(window.events(look.state)))
    if window.activity.evidence.rule == "evidenced":
        return look.count(len(window.evidence(look.state)))
    return look.unknown("unheard-of")


# --- the region's --------------------------------------------------------------------------------


def _of_age(look: _Look) -> Indicator:
    """FK1, FK2: mentees or mentors of an age among students / all students of that age."""
    first, last = AGES[look.target.id]
    role: Role = "mentee" if look.target.id == "FK1" else "mentor"
    people = {who for who, it in look.people(role).items() if it.kind == "student"}
    born, unknown = _answers(look, people, "birth_year", "no_birth_year")
    if born is None:
        return look.unknown("no-answers", values={"name": "birth_year"})
    excluded = [*unknown, *look.gone(role, kind="student")]
    earliest, latest = age_range(look.on, first, last)
    found = sum(earliest <= year <= latest for year in born.values())
    return look.of_headcount(found, f"students_{first}_{last}", excluded)


def _young_specialists(look: _Look) -> Indicator:
    """FK3: young specialists who are mentees / all young specialists."""
    people = {who for who, it in look.people("mentee").items() if it.kind == "teacher"}
    years, unknown = _answers(look, people, "experience_years", "no_experience")
    if years is None:
        return look.unknown("no-answers", values={"name": "experience_years"})
    excluded = [*unknown, *look.gone("mentee", kind="teacher")]
    found = sum(it <= YOUNG_YEARS for it in years.values())
    return look.of_headcount(found, "young_specialists", excluded)


def _answers(
    look: _Look, people: Iterable[str], name: str, blank: Why
) -> tuple[dict[str, int] | None, list[Excluded]]:
    """Return what people answered to a question on a number; None where nobody was asked."""
    cohort = look.known.cohort
    if cohort is None or name not in cohort.columns:
        return None, []
    found: dict[str, int] = {}
    excluded = []
    for who in people:
        cell = cohort.column(name).cell(cohort.index(who)) if who in cohort else None
        if cell is not None:
            found[who] = int(str(cell))
        else:
            excluded.append(Excluded(who, blank if who in cohort else "no_answers"))
    return found, excluded


def _enterprises(look: _Look) -> Indicator:
    """FK4: enterprises that gave mentors / enterprises of the region."""
    homes = look.known.enterprises
    if homes is None:
        homes = _asked_enterprises(look.known.cohort)
    if homes is None:
        return look.unknown("no-enterprises")
    found = {homes[who] for who in look.people("mentor") if who in homes}
    return look.of_headcount(len(found), "enterprises")


def _asked_enterprises(cohort: "Cohort | None") -> dict[str, str] | None:
    """Read where people come from, if they were asked; spelled alike is the same enterprise."""
    column = None if cohort is None else cohort.columns.get("enterprise")
    if cohort is None or column is None:
        return None
    told = {who: column.cell(row) for row, who in enumerate(cohort.ids)}
    return {who: normalised(str(it)) for who, it in told.items() if it is not None}


def _satisfied(look: _Look) -> Indicator:
    """FK5, FK6: mentees or mentors who are satisfied / those who answered the final survey."""
    role: Role = "mentee" if look.target.id == "FK5" else "mentor"
    surveyed = _surveyed(look)
    if surveyed is None:
        return look.unknown("no-survey")
    answers, silent = surveyed
    people = look.state.people
    own = {who: it for who, it in answers.items() if who in people and role in people[who].roles}
    asked = {name for it in answers.values() if it is not None for name in it}
    excluded = [Excluded(who, "no_answers") for who in silent if role in people[who].roles]
    satisfied = judged = 0
    for who, values in own.items():
        if values is None:
            excluded.append(Excluded(who, "erased"))
        elif not values or 2 * len(values) < len(asked):
            excluded.append(Excluded(who, "incomplete"))
        else:
            judged += 1
            satisfied += sum(values.values()) >= SATISFIED * len(values)
    return look.share(satisfied, judged, excluded)


def _surveyed(
    look: _Look,
) -> tuple[dict[str, dict[str, Fraction] | None], tuple[str, ...]] | None:
    """Return the answers on satisfaction by person (None where erased), and who is silent."""
    cohort = look.known.survey
    if cohort is not None:
        names = [name for name in cohort.questionnaire.field_ids if name.startswith(SATISFACTION)]
        rows = {
            who: {name: cohort.column(name).cell(row) for name in names}
            for row, who in enumerate(cohort.ids)
        }
        return {who: _numbers(it) for who, it in rows.items()}, ()
    waves = [
        wave
        for wave in look.state.waves.values()
        if wave.kind == "final" and wave.opened <= look.on
    ]
    if not waves:
        return None
    wave = max(waves, key=lambda it: (it.opened, it.wave))
    told = {who: it for who, it in wave.answers.items() if it.on <= look.on}
    answers = {
        who: None if it.answers is None else _numbers(it.answers) for who, it in told.items()
    }
    return answers, tuple(who for who in wave.people if who not in told)


def _numbers(answers: Mapping[str, Any]) -> dict[str, Fraction]:
    """Take the numbers among the answers on satisfaction."""
    return {
        name: Fraction(str(value))
        for name, value in answers.items()
        if name.startswith(SATISFACTION) and value is not None and not isinstance(value, bool)
        # A choice or a text is no mark.
        if not isinstance(value, str | tuple)
    }


_OF_STATE: Final[Mapping[str, Callable[[_Look], Indicator]]] = {
    "K01": _taking_part,
    "K02": _placed,
    "K05": _carried_out,
    "K06": _met,
    "FK1": _of_age,
    "FK2": _of_age,
    "FK3": _young_specialists,
    "FK4": _enterprises,
    "FK5": _satisfied,
    "FK6": _satisfied,
}
_OF_ROWS: Final[Mapping[str, Callable[[_Look, Window], Indicator]]] = {
    "K03": _started_in_time,
    "K04": _approved_in_time,
    "K07": _at_the_game,
    "K08": _diagnosed,
    "K09": _rubrics,
    "K11": _at_the_council,
    "K12b": _parents,
    "K13": _at_class_hours,
    "K17": _delegates,
}
_OF_PAIRS: Final = frozenset({"K03", "K04"})

"""Bases and registers that a school keeps, as plain tables: codes, dates and words.

Names are joined where a document is written, and nowhere before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mentormatch.cohort import Cohort
from mentormatch.column import SetColumn
from mentormatch.messages import Language, day, has, text
from mentormatch.participant import Role
from mentormatch.programme.facts import EventKind
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.people import Person
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Schedule
from mentormatch.roadmap.evidence import active, running, shown, windows
from mentormatch.roadmap.indicators import YOUNG_YEARS

if TYPE_CHECKING:
    import pandas as pd

Cell = str | date | bool | tuple[str, ...] | None

SOURCES: Final[dict[EventKind, tuple[str, ...]]] = {
    "council": ("teacher",),
    "parents_meeting": ("parent",),
    "class_hour": ("student",),
    "partner_meeting": ("alumnus", "partner", "unistudent"),
}
"""Where possible mentors come from: the sort of event, and the kinds of people there."""

_YOUNG: Final = "young_specialist"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of codes.

    Parameters
    ----------
    name
        What it is.
    heads
        Keys of its columns.
    rows
        Its cells: codes, days, words of closed vocabularies, several codes, or nothing.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=False)

    def table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return it as a pandas frame of texts, with the headers of a language."""
        import pandas as pd  # noqa: PLC0415 - heavy

        columns = [text(f"register.head.{head}", lang) for head in self.heads]
        return pd.DataFrame(
            [
                [worded(head, cell, lang) for head, cell in zip(self.heads, row, strict=True)]
                for row in self.rows
            ],
            columns=columns,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "name": self.name,
            "heads": list(self.heads),
            "rows": [[_plain(cell) for cell in row] for row in self.rows],
        }


def _plain(cell: Cell) -> Any:
    match cell:
        case date():
            return cell.isoformat()
        case tuple():
            return list(cell)
    return cell


def worded(head: str, cell: Cell, lang: Language) -> str:
    """Write a cell of a column in words; what has none stays as it is."""
    match cell:
        case None:
            return ""
        case date():
            return day(cell, lang)
        case tuple():
            return ", ".join(worded(head, it, lang) for it in cell)
        case bool():
            return text(f"register.{'yes' if cell else 'no'}", lang)
    key = f"register.word.{head}.{cell}"
    return text(key, lang) if has(key) else cell


def mentee_base(state: State, on: date, cohort: Cohort | None = None) -> Listing:
    """List the mentees with what they ask for, their mentors, and how that went.

    Parameters
    ----------
    state
        What has happened.
    on
        The day.
    cohort
        Answers with ``requests``; left blank without them.
    """
    heads = ("person", "kind", "requests", "since", "left", "pair", "form", "mentors", "order",
             "starts", "ends", "closed", "reason")  # fmt: skip
    return Listing("mentees", heads, tuple(_base(state, on, "mentee", cohort, "requests")))


def mentor_base(state: State, on: date, cohort: Cohort | None = None) -> Listing:
    """List the mentors with what they offer, their mentees, and how that went.

    Parameters
    ----------
    state
        What has happened.
    on
        The day.
    cohort
        Answers with ``competences``; left blank without them.
    """
    heads = ("person", "kind", "competences", "since", "left", "pair", "form", "mentees", "order",
             "starts", "ends", "closed", "reason")  # fmt: skip
    return Listing("mentors", heads, tuple(_base(state, on, "mentor", cohort, "competences")))


def _base(
    state: State, on: date, role: Role, cohort: Cohort | None, question: str
) -> Iterator[tuple[Cell, ...]]:
    """List everybody in a role with each of their pairs; whoever has none, once."""
    for person in _people(state, on):
        if role not in person.roles:
            continue
        since, left = _stay(person, on)
        own = person.code, person.kind, _chosen(cohort, person.code, question), since, left
        pairs = [
            pair
            for pair in _ordered(state, on)
            if person.code in (_led(pair) if role == "mentor" else _mentees(pair))
        ]
        for pair in pairs:
            others = _mentees(pair) if role == "mentor" else pair.mentors
            yield (*own, pair.pair, pair.form, others, pair.order, pair.starts, pair.ends,
                   *_ending(pair, person.code, on))  # fmt: skip
        if not pairs:
            yield (*own, *(None,) * 8)


def _people(state: State, on: date) -> list[Person]:
    found = (person for person in state.people.values() if person.stay(on) is not None)
    return sorted(found, key=lambda person: person.code)


def _stay(person: Person, on: date) -> tuple[date | None, date | None]:
    """Say since when somebody took part last, and when they left if they had by a day."""
    stay = person.stay(on)
    if stay is None:
        return None, None
    return stay.since, stay.left if stay.left is not None and stay.left <= on else None


def _ordered(state: State, on: date) -> list[PairLife]:
    found = (it for it in state.pairs.values() if it.ordered is not None and it.ordered <= on)
    return sorted(found, key=lambda it: (it.ordered or on, it.pair))


def _led(pair: PairLife) -> tuple[str, ...]:
    """List the mentors of a pair or group, those who stood beside it once too."""
    return tuple(dict.fromkeys((*pair.mentors, *(it.person for it in pair.helped))))


def _mentees(pair: PairLife) -> tuple[str, ...]:
    """List the mentees of a pair or group, those who left it too."""
    return (*pair.mentees, *pair.departed)


def _ending(pair: PairLife, person: str, on: date) -> tuple[Cell, Cell]:
    """Say when and why it ended for somebody, if it did by a day."""
    closed, reason = pair.closed, pair.reason
    if person not in pair.members:
        left = [it for it in pair.stays if it.person == person][-1]
        closed, reason = left.until, left.reason
    return (closed, reason) if closed is not None and closed <= on else (None, None)


def _chosen(cohort: Cohort | None, code: str, question: str) -> tuple[str, ...]:
    """List what somebody chose, by the ids of the options."""
    column = None if cohort is None else cohort.columns.get(question)
    if cohort is None or code not in cohort or not isinstance(column, SetColumn):
        return ()
    row = column.chosen[cohort.index(code)].tolist()
    return tuple(name for name, is_chosen in zip(column.options, row, strict=True) if is_chosen)


def personal_register(state: State, on: date, cohort: Cohort | None = None) -> Listing:
    """List students and teachers one by one, with their pairs, orders and plans (C4).

    Parameters
    ----------
    state
        What has happened.
    on
        The day.
    cohort
        Answers with ``experience_years``, which say who is a young specialist.
    """
    heads = ("person", "category", "role", "form", "pair", "order", "ordered", "plan_order",
             "plan_approved", "status", "since", "left")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for person in _people(state, on):
        if person.kind not in {"student", "teacher"}:
            continue
        category = _YOUNG if _is_young(person, cohort) else person.kind
        since, left = _stay(person, on)
        pairs = [it for it in _ordered(state, on) if _role_in(it, person.code) is not None]
        for pair in pairs:
            version = None if pair.plan is None else pair.plan.in_force
            approved = version is not None and version.approved is not None
            rows.append(
                (
                    person.code,
                    category,
                    _role_in(pair, person.code),
                    pair.form,
                    pair.pair,
                    pair.order,
                    pair.ordered,
                    version.order if version is not None and approved else None,
                    version.approved if version is not None and approved else None,
                    "running" if running(pair, on) and person.code in pair.members else "closed",
                    since,
                    left,
                )
            )
        if not pairs:
            waiting = "waiting" if active(person, on) else "left"
            roles = tuple(sorted(person.roles))
            rows.append((person.code, category, roles, *(None,) * 6, waiting, since, left))
    return Listing("personal", heads, tuple(rows))


def _is_young(person: Person, cohort: Cohort | None) -> bool:
    if person.kind != "teacher" or cohort is None or person.code not in cohort:
        return False
    column = cohort.columns.get("experience_years")
    years = None if column is None else column.cell(cohort.index(person.code))
    return years is not None and int(str(years)) <= YOUNG_YEARS


def _role_in(pair: PairLife, code: str) -> Role | None:
    if code in _led(pair):
        return "mentor"
    return "mentee" if code in _mentees(pair) else None


def potential_mentors(
    state: State, source: EventKind, on: date, cohort: Cohort | None = None
) -> Listing:
    """List the possible mentors of one source: teachers, parents, students, or partners.

    Everybody of the source's kinds who offered to be a mentor, with the event of that source
    at which they were last, what they offer, and what the interview came to.

    Parameters
    ----------
    state
        What has happened.
    source
        The sort of event, one of :data:`SOURCES`.
    on
        The day.
    cohort
        Answers with ``competences``; left blank without them.
    """
    heads = ("person", "kind", "event", "event_on", "since", "competences", "interviewed",
             "cleared", "pairs")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for person in _people(state, on):
        if person.kind not in SOURCES[source] or "mentor" not in person.roles:
            continue
        if not active(person, on):
            continue
        events = [
            (it.on, it.event)
            for it in state.events.values()
            if it.kind == source and it.on <= on and person.code in it.present
        ]
        event_on, event = max(events, default=(None, None))
        talks = [it for it in person.interviews if it.on <= on]
        rows.append(
            (
                person.code,
                person.kind,
                event,
                event_on,
                _stay(person, on)[0],
                _chosen(cohort, person.code, "competences"),
                talks[-1].on if talks else None,
                talks[-1].cleared if talks else None,
                tuple(
                    it.pair
                    for it in _ordered(state, on)
                    if running(it, on) and person.code in it.mentors
                ),
            )
        )
    return Listing(f"potential-{source}", heads, tuple(rows))


def checklist(roadmap: Schedule, state: State, on: date, kind: str = "local_act") -> Listing:
    """List which rows ask for something that can be shown, by when, and what is there.

    Parameters
    ----------
    roadmap
        The rows.
    state
        What has happened.
    on
        The day.
    kind
        The sort of evidence: local acts, materials, forms and so on.
    """
    heads = ("row", "occurrence", "due", "items", "done")
    rows: list[tuple[Cell, ...]] = []
    for activity in roadmap.activities:
        if activity.evidence.rule != "evidenced" or kind not in activity.evidence.kinds:
            continue
        for window in windows(roadmap, activity, on):
            there = tuple(it.item for it in window.evidence(state) if it.kind == kind)
            occurrence = window.occurrence
            done = shown(state, window).done
            rows.append((activity.id, occurrence.name, occurrence.due, there, done))
    return Listing(f"checklist-{kind}", heads, tuple(rows))

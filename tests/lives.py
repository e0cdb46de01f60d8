"""Small programmes for the tests: two mentors, three mentees, and what happens to them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from mentormatch.programme.facts import (
    Accepted,
    Confirmed,
    Enrolled,
    Enrolment,
    Entry,
    Fact,
    MeetingHeld,
    Ordered,
    PlanDrafted,
    PlanGoal,
    PlanTask,
    Proposal,
    RoundMade,
)
from mentormatch.programme.state import State

DIGEST = "0" * 64
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)

ENROLLED = Enrolled(
    on=date(2025, 9, 1),
    people=(
        Enrolment(person="T-1", kind="teacher", roles=("mentor",)),
        Enrolment(person="T-2", kind="teacher", roles=("mentor",)),
        Enrolment(person="S-1", kind="student", roles=("mentee",)),
        Enrolment(person="S-2", kind="student", roles=("mentee",)),
        Enrolment(person="S-3", kind="student", roles=("mentee",)),
    ),
)
ROUND = RoundMade(
    round="R1",
    on=date(2025, 9, 5),
    inputs=DIGEST,
    policy=DIGEST,
    result=DIGEST,
    proposals=(
        Proposal(pair="P1", form="teacher_student", mentor="T-1", mentees=("S-1",), points=700),
        Proposal(pair="G1", form="project", mentor="T-2", mentees=("S-2", "S-3"), points=900),
    ),
)
ORDERED = Ordered(
    number="179/1",
    on=date(2025, 9, 10),
    pairs=("P1", "G1"),
    starts=date(2025, 9, 10),
    ends=date(2026, 5, 31),
)
RUNNING = (ENROLLED, ROUND, Accepted(pairs=("P1", "G1")), ORDERED)

PLAN = PlanDrafted(
    pair="P1",
    on=date(2025, 10, 1),
    starts=date(2025, 10, 1),
    ends=date(2026, 5, 31),
    goals=(PlanGoal(goal="g1", title="Pass the exam"),),
    tasks=(
        PlanTask(task="t1", goal="g1", due=date(2025, 11, 1), planned_result="A test", weight=1),
        PlanTask(task="t2", goal="g1", due=date(2025, 12, 1), planned_result="An essay", weight=2),
        PlanTask(task="t3", goal="g1", due=date(2026, 4, 1), planned_result="A talk", weight=3),
    ),
)


def entries(facts: Iterable[Fact], after: int = 0, at: datetime = NOW) -> list[Entry]:
    """Write facts down, one after another, all at one time."""
    return [
        Entry(seq=after + place, at=at, author="curator", fact=fact)
        for place, fact in enumerate(facts, 1)
    ]


def after(*facts: Fact, state: State | None = None) -> State:
    """Return what holds after some facts."""
    state = State() if state is None else state
    for entry in entries(facts, state.seq):
        state = state.apply(entry)
    return state


def held(stage: str, on: date, pair: str = "P1", present: tuple[str, ...] = ("T-1", "S-1")) -> Fact:
    """Hold the first meeting of a stage."""
    return MeetingHeld(meeting=f"{pair}-{stage}", pair=pair, stage=stage, on=on, present=present)


def confirmed(stage: str, *people: str | None, pair: str = "P1") -> list[Fact]:
    """Let people confirm that they go on after a stage."""
    day = date(2025, 9, 30)
    return [Confirmed(pair=pair, stage=stage, on=day, person=person) for person in people]


# How a row of the roadmap stands, in tables of what is expected on many days.
LETTERS = {
    "-": "not_yet",
    "o": "due",
    "b": "blocked",
    "!": "overdue",
    "L": "done_late",
    "D": "done",
}

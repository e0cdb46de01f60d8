"""A programme from September 2023 to December 2025: what went well, came late, or never came.

Two teachers mentor two students a year; small enough to follow every row by hand.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from lives import DIGEST
from mentormatch.programme.facts import (
    Accepted,
    Answered,
    Closed,
    Enrolled,
    Enrolment,
    Entry,
    EventHeld,
    Evidenced,
    Fact,
    Interviewed,
    Left,
    MeetingHeld,
    Ordered,
    PlanDrafted,
    PlanGoal,
    PlansAgreed,
    PlansApproved,
    PlanTask,
    Proposal,
    RoundMade,
    TaskDone,
    WaveOpened,
)

HEADCOUNTS = {"students": 10, "teachers": 4}


def day(written: str) -> date:
    """Read a day."""
    return date.fromisoformat(written)


def enrolled(on: str, *people: tuple[str, str]) -> Fact:
    """Let people take part: (code, role)."""
    kinds = {"S": "student", "T": "teacher", "B": "partner"}
    return Enrolled(
        on=day(on),
        people=[Enrolment(person=who, kind=kinds[who[0]], roles=(role,)) for who, role in people],
    )


def paired(made: str, ordered: str, ends: str, year: str, *two: tuple[str, str]) -> list:
    """Make a round of pairs and order them."""
    codes = [f"{year}P{n}" for n, _ in enumerate(two, 1)]
    proposals = [
        Proposal(pair=code, form="teacher_student", mentor=mentor, mentees=(mentee,))
        for code, (mentor, mentee) in zip(codes, two, strict=True)
    ]
    return [
        RoundMade(round=year, on=day(made), inputs=DIGEST, policy=DIGEST, result=DIGEST,
                  proposals=proposals),
        (made, Accepted(pairs=codes)),
        Ordered(number=f"{year}-od", on=day(ordered), pairs=codes, starts=day(ordered),
                ends=day(ends)),
    ]  # fmt: skip


def met(on: str, pair: str, *present: str) -> Fact:
    """Hold the first meeting of a pair."""
    return MeetingHeld(
        meeting=f"{pair}-1", pair=pair, stage="acquaintance", on=day(on), present=present
    )


def planned(on: str, pair: str, until: str, due: str, tasks: int = 1) -> Fact:
    """Draft the plan of a pair."""
    return PlanDrafted(
        pair=pair,
        on=day(on),
        starts=day(on),
        ends=day(until),
        goals=(PlanGoal(goal="g"),),
        tasks=[
            PlanTask(task=f"t{n}", goal="g", due=day(due), planned_result="R")
            for n in range(1, tasks + 1)
        ],
    )


def approved(agreed: str, on: str, *pairs: str) -> list[Fact]:
    """Agree on plans and approve them."""
    return [
        PlansAgreed(pairs=pairs, on=day(agreed)),
        PlansApproved(number=f"{on}-od", on=day(on), pairs=pairs),
    ]


def wave(name: str, opened: str, due: str, *answers: tuple[str, str]) -> list[Fact]:
    """Ask people, with the days on which they answer."""
    people = [who for who, _ in answers]
    return [
        WaveOpened(wave=name, kind="quarter", on=day(opened), due=day(due), people=people),
        *(Answered(wave=name, person=who, on=day(on), answers={"q": 1}) for who, on in answers),
    ]


def everybody(on: str, *people: str) -> list[tuple[str, str]]:
    """Let people answer on one day."""
    return [(who, on) for who in people]


def event(on: str, kind: str, *present: str, others: int = 0) -> Fact:
    """Hold an event."""
    return EventHeld(event=f"{kind}-{on}", kind=kind, on=day(on), present=present, others=others)


def shown(on: str, kind: str, activity: str | None = None) -> Fact:
    """Have something to show."""
    item = f"{kind}-{on}-{activity or ''}"
    return Evidenced(item=item, kind=kind, on=day(on), activity=activity)


def entries(facts: Iterable[Fact | tuple[str, Fact]]) -> list[Entry]:
    """Write facts down on the days on which they happened; a day may be given beside one."""
    dated = [fact if isinstance(fact, tuple) else (fact.on.isoformat(), fact) for fact in facts]
    return [
        Entry(seq=seq, at=datetime.combine(day(on), time(12), UTC), author="curator", fact=fact)
        for seq, (on, fact) in enumerate(sorted(dated, key=lambda it: it[0]), 1)
    ]


FIRST = [
    enrolled("2023-09-04", ("T-1", "mentor"), ("T-2", "mentor")),
    enrolled("2023-09-04", ("S-1", "mentee"), ("S-2", "mentee")),
    Interviewed(person="T-1", on=day("2023-09-06"), cleared=True),
    *paired("2023-09-08", "2023-09-12", "2024-05-31", "Y1", ("T-1", "S-1"), ("T-2", "S-2")),
    shown("2023-09-14", "local_act", "A3"),
    shown("2023-09-28", "local_act", "B2"),
    shown("2023-10-01", "rubric"),
    shown("2023-10-02", "rubric"),
    shown("2023-10-10", "publication"),
    met("2023-09-25", "Y1P1", "T-1", "S-1"),
    planned("2023-10-10", "Y1P1", "2024-05-31", "2024-05-15"),
    met("2023-10-05", "Y1P2", "T-2", "S-2"),
    planned("2023-10-25", "Y1P2", "2024-05-31", "2024-05-15"),
    event("2023-10-17", "council", "T-1", "T-2", others=2),
    *approved("2023-10-27", "2023-10-30", "Y1P1", "Y1P2"),
    shown("2023-11-10", "form"),
    event("2023-11-20", "parents_meeting", others=14),
    shown("2023-12-05", "content_plan"),
    *wave("Q4-2023", "2023-12-01", "2023-12-20",
          *everybody("2023-12-10", "T-1", "T-2", "S-1", "S-2")),
    shown("2024-02-10", "publication"),
    event("2024-02-20", "class_hour", "S-1", "S-2", others=7),
    event("2024-03-05", "partner_meeting", others=3),
    *wave("Q1-2024", "2024-03-04", "2024-03-20",
          *everybody("2024-03-15", "T-1", "T-2", "S-1"), ("S-2", "2024-04-20")),
    *(TaskDone(pair=pair, task="t1", on=day("2024-05-10")) for pair in ("Y1P1", "Y1P2")),
    *wave("Q2-2024", "2024-05-13", "2024-05-25",
          *everybody("2024-05-20", "T-1", "T-2", "S-1", "S-2")),
    *(Closed(pair=pair, on=day("2024-05-31"), reason="year_end") for pair in ("Y1P1", "Y1P2")),
    event("2024-06-10", "parents_meeting", others=11),
]  # fmt: skip

SECOND = [
    shown("2024-08-20", "material"),
    enrolled("2024-08-28", ("S-3", "mentee")),
    Left(person="S-2", on=day("2024-09-02")),
    *paired("2024-09-06", "2024-09-10", "2025-05-31", "Y2", ("T-1", "S-1"), ("T-2", "S-3")),
    met("2024-09-20", "Y2P1", "T-1", "S-1"),
    planned("2024-10-10", "Y2P1", "2025-05-31", "2025-05-15"),
    met("2024-10-15", "Y2P2", "T-2", "S-3"),
    planned("2024-11-12", "Y2P2", "2025-05-31", "2025-05-15", tasks=2),
    *approved("2024-10-20", "2024-10-28", "Y2P1"),
    *approved("2024-11-14", "2024-11-20", "Y2P2"),
    shown("2024-10-10", "publication"),
    shown("2024-10-30", "form"),
    event("2024-10-22", "council", "T-1", others=1),
    event("2025-02-04", "council", "T-1", "T-2", others=2),
    *wave("Q3-2024", "2024-09-16", "2024-09-28",
          *everybody("2024-09-24", "T-1", "T-2", "S-1", "S-3")),
    *wave("Q1-2025", "2025-03-03", "2025-03-20",
          *everybody("2025-03-10", "T-1", "T-2", "S-1", "S-3")),
    *wave("Q2-2025", "2025-05-12", "2025-05-25",
          *everybody("2025-05-19", "T-1", "T-2", "S-1", "S-3")),
    event("2024-12-10", "parents_meeting", others=9),
    shown("2025-02-10", "publication"),
    event("2025-03-11", "class_hour", "S-1", "S-3", others=6),
    event("2025-04-08", "parents_meeting", others=10),
    event("2025-04-15", "contest", "S-1"),
    TaskDone(pair="Y2P1", task="t1", on=day("2025-05-05")),
    *(TaskDone(pair="Y2P2", task=task, on=day("2025-05-12")) for task in ("t1", "t2")),
    shown("2025-05-10", "publication"),
    event("2025-05-13", "class_hour", others=2),
    event("2025-05-20", "closing_game", "T-1", "T-2", "S-1", "S-3"),
    *(Closed(pair=pair, on=day("2025-05-31"), reason="year_end") for pair in ("Y2P1", "Y2P2")),
    Left(person="S-3", on=day("2025-06-20")),
]  # fmt: skip

THIRD = [
    enrolled("2025-08-30", ("S-4", "mentee")),
    shown("2025-09-02", "material"),
    *paired("2025-09-03", "2025-09-08", "2026-05-31", "Y3", ("T-1", "S-1"), ("T-2", "S-4")),
    met("2025-09-15", "Y3P1", "T-1", "S-1"),
    met("2025-09-18", "Y3P2", "T-2", "S-4"),
    shown("2025-09-25", "local_act", "B2"),
    planned("2025-10-01", "Y3P1", "2026-05-31", "2025-12-15"),
    planned("2025-10-02", "Y3P2", "2026-05-31", "2025-12-15"),
    *approved("2025-10-10", "2025-10-15", "Y3P1", "Y3P2"),
    event("2025-10-14", "council", "T-1", "T-2", others=2),
    shown("2025-10-20", "form"),
    *wave("Q3-2025", "2025-09-15", "2025-09-28",
          *everybody("2025-09-22", "T-1", "T-2", "S-1", "S-4")),
    *wave("Q4-2025", "2025-12-01", "2025-12-20",
          *everybody("2025-12-08", "T-1", "T-2", "S-1", "S-4")),
    TaskDone(pair="Y3P1", task="t1", on=day("2025-12-10")),
    TaskDone(pair="Y3P2", task="t1", on=day("2025-12-11")),
]  # fmt: skip

FACTS = [*FIRST, *SECOND, *THIRD]

# The two things that nobody ever did: the order of 2024 on accessibility, and one wave.
FORGOTTEN = [
    shown("2024-09-20", "local_act", "B2"),
    *wave("Q4-2024", "2024-12-02", "2024-12-20",
          *everybody("2024-12-09", "T-1", "T-2", "S-1", "S-3")),
]  # fmt: skip

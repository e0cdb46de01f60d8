"""The status of one school and of a region, against one row that is looked up by its key.

A store of many schools in PostgreSQL, on the server that ``MENTORMATCH_TEST_POSTGRES`` names
(somebody who may make databases there); without it there is nothing to measure. One school's year
is recorded through the register; the others are copies of its rows. Everything is asked as a
role that row-level security holds back. The queries that are compared are printed.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import create_engine, event, make_url, select, text

from benchmarks.registry import Case, Row, race, register
from mentormatch.programme.facts import (
    Accepted,
    Answered,
    Enrolled,
    Enrolment,
    MeetingHeld,
    Ordered,
    PlanDrafted,
    PlanGoal,
    PlanTask,
    Proposal,
    RoundMade,
    WaveOpened,
)
from mentormatch.programme.register.store import Register
from mentormatch.programme.register.tables import journal

VARIABLE = "MENTORMATCH_TEST_POSTGRES"
ROLE = "mentormatch_test"
WAVES = 9
TEMPLATE = "school-0"
DIGEST = "0" * 64
DAY = date(2025, 9, 1)
ASKED = DAY + timedelta(days=120)


@contextmanager
def database() -> Iterator[tuple[str, Any]]:
    """Make a database; give its address for an ordinary role, and a way in for its master."""
    server = make_url(os.environ[VARIABLE]).set(drivername="postgresql+psycopg")
    name = f"mentormatch_{uuid.uuid4().hex}"
    master = create_engine(server, isolation_level="AUTOCOMMIT")
    with master.connect() as connection:
        there = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": ROLE})
        if there.scalar() is None:
            connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {ROLE}"))
    inside = create_engine(server.set(database=name), isolation_level="AUTOCOMMIT")
    own = server.set(drivername="postgresql", username=ROLE, database=name, password=None)
    try:
        yield own.render_as_string(), inside
    finally:
        inside.dispose()
        with master.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        master.dispose()


def year(people: int) -> Iterator[list[Any]]:
    """Let a school live through a year: half are mentors, everybody answers all waves but one."""
    half = people // 2
    mentors = [f"T-{number:04}" for number in range(half)]
    mentees = [f"S-{number:04}" for number in range(half)]
    pairs = [f"P-{number:04}" for number in range(half)]
    yield [
        Enrolled(
            on=DAY,
            people=(
                *(Enrolment(person=who, kind="teacher", roles=("mentor",)) for who in mentors),
                *(Enrolment(person=who, kind="student", roles=("mentee",)) for who in mentees),
            ),
        ),
        RoundMade(
            round="R1",
            on=DAY,
            inputs=DIGEST,
            policy=DIGEST,
            result=DIGEST,
            proposals=tuple(
                Proposal(pair=pair, form="f", mentor=mentor, mentees=(mentee,))
                for pair, mentor, mentee in zip(pairs, mentors, mentees, strict=True)
            ),
        ),
        Accepted(pairs=tuple(pairs)),
        Ordered(number="1", on=DAY, pairs=tuple(pairs), starts=DAY, ends=DAY + timedelta(270)),
    ]
    for number, pair in enumerate(pairs):
        due = DAY + timedelta(days=30 + number % 200)
        goal, task = PlanGoal(goal="g", title="x"), PlanTask(task="t", goal="g", due=due)
        yield [
            MeetingHeld(
                meeting=pair, pair=pair, stage="acquaintance", on=DAY, present=(mentors[number],)
            ),
            PlanDrafted(
                pair=pair,
                on=DAY,
                starts=DAY,
                ends=DAY + timedelta(270),
                goals=(goal,),
                tasks=(task,),
            ),
        ]
    for wave in range(WAVES):
        opened, everybody = DAY + timedelta(days=wave * 30), (*mentors, *mentees)
        answered = everybody if wave < WAVES - 1 else everybody[:half]
        yield [
            WaveOpened(
                wave=f"W{wave}",
                kind="quarter",
                on=opened,
                due=opened + timedelta(days=14),
                people=everybody,
            ),
            *(
                Answered(
                    wave=f"W{wave}", person=who, on=opened, answers={"q1": wave, "q2": "words"}
                )
                for who in answered
            ),
        ]


def fill(address: str, inside: Any, schools: int, people: int) -> None:
    """Record the year of one school, and copy its rows to the others."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    with Register.open(address, school=TEMPLATE) as school:
        for facts in year(people):
            school.record(*facts, author="curator", at=at)
    with inside.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no check per row
        for table in ("schools", "journal", "concerns", "private", "counts", "due"):
            found = connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()
            rest = ", ".join(name for name in found if name != "school")
            connection.execute(
                text(
                    f"INSERT INTO {table} (school, {rest}) SELECT 'school-' || number, {rest} "
                    f"FROM {table}, generate_series(1, :last) AS number WHERE school = :template"
                ),
                {"last": schools - 1, "template": TEMPLATE},
            )
        connection.execute(text("VACUUM ANALYZE"))


def measure(schools: int, people: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the two statuses with a look-up, and count both by hand."""
    del hardness
    if VARIABLE not in os.environ:
        print(f"register: {VARIABLE} names no server, nothing is measured")
        return
    with database() as (address, inside):
        fill(address, inside, schools, people)
        with inside.connect() as connection:
            rows = connection.execute(text("SELECT count(*) FROM journal")).scalar()
        with Register.open(address, school=f"school-{schools // 2}") as school:
            store = school._store

            def look_up() -> object:
                with store.reading(school.school) as connection:
                    wanted = (journal.c.school == school.school) & (journal.c.seq == people)
                    return connection.execute(select(journal.c.hash).where(wanted)).one()

            said: list[str] = []

            @event.listens_for(store.engine, "before_cursor_execute")
            def _listen(*call: Any) -> None:
                said.append(" ".join(call[2].split()))

            look_up()
            one = school.totals(on=ASKED)
            print(f"  {schools} schools, {rows} entries. Compared:")
            for query in dict.fromkeys(said):
                print(f"    {query}")
            event.remove(store.engine, "before_cursor_execute", _listen)
            half = people // 2
            assert one.counts["pairs.running"] == one.counts["stages.acquaintance"] == half
            assert one.counts["plans.draft"] == half
            assert one.open == {"tasks": half, "answers": half}
            assert one.late["tasks"] == sum(30 + number % 200 < 120 for number in range(half))
            baseline, status = race(rounds * 20, look_up, lambda: school.totals(on=ASKED))
            yield Row("status of one school", "one row by its key", status, baseline, 100)
        region = Register.region(address, ASKED)
        assert region.schools == schools
        assert region.counts == {what: n * schools for what, n in one.counts.items()}
        assert region.late == {what: n * schools for what, n in one.late.items()}
        with store.reading("") as connection:
            connection.execute(text("SELECT set_config('mentormatch.region', 'on', true)"))
            plan = connection.execute(
                text("EXPLAIN (COSTS OFF) SELECT what, sum(n) FROM counts GROUP BY what")
            ).scalars()
            for line in plan:
                print(f"    {line}")
                assert "loop" not in line.lower()
        (regional,) = race(rounds, lambda: Register.region(address, ASKED))
        yield Row(f"total of {schools} schools", "one row by its key", regional, baseline)
        (folded,) = race(1, lambda: Register.open(address, school="school-1").state())
        yield Row("state from the journal", "one row by its key", folded, baseline)


register(Case("register", ((5, 20), (1_000, 500)), ("usual",), measure))

"""What was recorded is there, in order, for the school it belongs to."""

import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

import mentormatch as mm
from lives import DIGEST, ENROLLED, PLAN, RUNNING, entries, held
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import (
    Answered,
    Closed,
    Interviewed,
    MeetingCancelled,
    MeetingPlanned,
    Ordered,
    WaveOpened,
)
from mentormatch.programme.register.store import Register
from mentormatch.programme.state import State

START = datetime(2026, 6, 1, 9, tzinfo=timezone(timedelta(hours=10)))


def codes(caught) -> list[str]:
    """List the codes of an error's defects; each has its sentences."""
    for defect in caught.value.defects:
        assert defect.text("en")
        assert defect.text("ru")
    return [defect.code for defect in caught.value.defects]


def test_what_is_recorded_is_read_back_even_by_somebody_else(register, where):
    """Entries are equal, numbers go on, and a second register on the same place sees them."""
    first = register.record(*RUNNING, author="curator", at=START)
    second = register.record(PLAN, author="mentor", at=START + timedelta(days=1))
    assert [entry.seq for entry in first + second] == [1, 2, 3, 4, 5]
    assert register.entries() == first + second
    assert [entry.fact for entry in first + second] == [*RUNNING, PLAN]
    with Register.open(where, school="north") as other:
        assert other.entries() == first + second
        assert other.state() == State.of(first + second)
        third = other.record(held("acquaintance", date(2025, 9, 12)), author="curator")
    assert register.state() == State.of((*first, *second, *third))


def test_the_clock_of_whoever_wrote_is_kept(register):
    """Its offset says on which day it was for them."""
    (entry,) = register.record(ENROLLED, author="curator", at=START)
    (read,) = register.entries()
    assert read.at == START
    assert read.at.utcoffset() == timedelta(hours=10)
    assert read.day == entry.day == date(2026, 6, 1)


def test_recording_nothing_changes_nothing(register):
    """There is no empty entry."""
    assert register.record(author="curator") == ()
    assert register.entries() == ()


def test_when_one_fact_cannot_be_none_is_recorded(register, where):
    """The first of two facts is fine; the second isn't, and both are left out."""
    register.record(ENROLLED, author="curator", at=START)
    before = register.state()
    fine = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="calm")
    order = Ordered(
        number="1",
        on=date(2025, 9, 10),
        pairs=("P9",),
        starts=date(2025, 9, 10),
        ends=date(2026, 5, 31),
    )
    with pytest.raises(RegisterError) as caught:
        register.record(fine, order, author="curator", at=START)
    assert codes(caught) == ["fact.no-pair"]
    assert register.state() == before
    with Register.open(where, school="north") as other:
        assert len(other.entries()) == 1
        assert other.check()
    assert [entry.seq for entry in register.record(fine, author="curator", at=START)] == [2]


def test_an_author_is_needed_and_a_time_zone_and_no_time_before_the_last(register):
    """Each is refused with its own sentence."""
    register.record(ENROLLED, author="curator", at=START)
    fact = held("acquaintance", date(2025, 9, 12))
    with pytest.raises(RegisterError) as caught:
        register.record(fact, author="", at=START)
    assert caught.value.defects[0].place.field == "author"
    with pytest.raises(RegisterError) as caught:
        register.record(fact, author="curator", at=START.replace(tzinfo=None))
    assert codes(caught) == ["store.no-zone"]
    with pytest.raises(RegisterError) as caught:
        register.record(fact, author="curator", at=START - timedelta(seconds=1))
    assert codes(caught) == ["fact.at"]
    assert len(register.entries()) == 1


def test_a_clock_that_is_behind_does_not_stop_anybody(register):
    """Without a time of its own, an entry is never before the last one."""
    future = datetime.now(UTC) + timedelta(minutes=3)
    register.record(ENROLLED, author="curator", at=future)
    (entry,) = register.record(
        Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True), author="curator"
    )
    assert entry.at == future


def test_the_past_can_be_asked(register):
    """The state of a day, and of a moment, is the fold of what was written until then."""
    days = [START + timedelta(days=number) for number in range(len(RUNNING))]
    for fact, at in zip(RUNNING, days, strict=True):
        register.record(fact, author="curator", at=at)
    written = entries(RUNNING)
    for number, at in enumerate(days):
        past = register.state(on=at.date())
        assert past.pairs == State.of(written[: number + 1]).pairs
        assert past.seq == number + 1
        assert register.state(on=at - timedelta(seconds=1)).seq == number
        assert register.state(on=at).seq == number + 1
    assert register.state(on=date(2000, 1, 1)) == State()


def test_entries_can_be_asked_by_time_person_and_pair(register):
    """Also those that name only a meeting of a pair, or only the pair of a person."""
    days = [START + timedelta(days=number) for number in range(7)]
    planned = MeetingPlanned(meeting="M1", pair="P1", stage="acquaintance", on=date(2025, 9, 12))
    facts = (*RUNNING, PLAN, planned, MeetingCancelled(meeting="M1", reason="ill"))
    for fact, at in zip(facts, days, strict=True):
        register.record(fact, author="curator", at=at)

    def numbers(*args, **options):
        return [entry.seq for entry in register.entries(*args, **options)]

    assert numbers(since=days[2].date()) == [3, 4, 5, 6, 7]
    assert numbers(until=days[2].date()) == [1, 2, 3]
    assert numbers(days[1], days[3]) == [2, 3, 4]
    assert numbers(pair="P1") == [2, 3, 4, 5, 6, 7]
    assert numbers(pair="G1") == [2, 3, 4]
    assert numbers(person="S-1") == [1, 2, 3, 4, 5, 6, 7]
    assert numbers(person="S-2", pair="G1") == [2, 3, 4]
    assert numbers(person="nobody") == []


def test_two_schools_in_one_store_know_nothing_of_each_other(register, where):
    """Neither entries nor numbers nor people are shared."""
    register.record(*RUNNING, author="curator", at=START)
    with Register.open(where, school="south") as south:
        assert south.entries() == ()
        assert south.state() == State()
        assert south.totals().counts == {}
        with pytest.raises(RegisterError) as caught:
            south.purge(person="S-1", author="curator")
        assert codes(caught) == ["store.no-trace"]
        assert [entry.seq for entry in south.record(ENROLLED, author="curator", at=START)] == [1]
        south.purge(before=date(2030, 1, 1), author="curator", at=START)
        assert south.check()
    assert len(register.entries()) == 4
    assert register.check()


def test_threads_share_a_register(register):
    """What they record at once is all there, one after another."""
    register.record(ENROLLED, author="curator", at=START)

    def write(name):
        for number in range(5):
            register.record(
                Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes=f"{number}"),
                author=name,
                at=START,
            )

    threads = [threading.Thread(target=write, args=(f"a{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.seq for entry in register.entries()] == list(range(1, 22))
    assert register.check()


def test_numbers_for_a_status_are_those_of_the_journal(register):
    """Counts and days agree with what was recorded, by hand."""
    wave = WaveOpened(
        wave="W1", kind="first", on=date(2025, 9, 1), due=date(2025, 9, 20), people=("S-1", "S-2")
    )
    register.record(*RUNNING, PLAN, wave, author="curator", at=START)
    totals = register.totals(on=date(2025, 11, 15))
    assert totals.counts == {
        "people": 5,
        "pairs.running": 2,
        "stages.none": 2,
        "plans.draft": 1,
        "plans.none": 1,
        "waves": 1,
    }
    assert totals.open == {"tasks": 3, "answers": 2}
    assert totals.late == {"tasks": 1, "answers": 2}
    answered = Answered(wave="W1", person="S-1", on=date(2025, 9, 5), answers={"q1": 3})
    register.record(answered, author="S-1", at=START)
    closed = Closed(pair="P1", on=date(2026, 5, 31), reason="year_end")
    register.record(closed, author="curator", at=START)
    totals = register.totals(on=date(2025, 9, 20))
    assert totals.counts["pairs.closed"] == totals.counts["pairs.running"] == 1
    assert (totals.open, totals.late) == ({"answers": 1}, {})
    for lang in ("en", "ru"):
        assert totals.text(lang).count("\n") == len(totals.counts) + len(totals.open)


def test_a_region_sees_numbers_of_all_schools(register, where):
    """The total is the sum over schools."""
    register.record(*RUNNING, PLAN, author="curator", at=START)
    with Register.open(where, school="south") as south:
        south.record(*RUNNING, author="curator", at=START)
        south.record(
            Closed(pair="P1", on=date(2026, 5, 31), reason="year_end"), author="curator", at=START
        )
    region = Register.region(where, date(2025, 11, 15))
    assert region.schools == 2
    assert region.counts["people"] == 10
    assert (region.counts["pairs.running"], region.counts["pairs.closed"]) == (3, 1)
    assert (region.open, region.late) == ({"tasks": 3}, {"tasks": 1})


def test_neither_a_register_nor_an_error_shows_a_user_or_a_path(postgres, register):
    """A repr may be in a log."""
    assert "mentormatch_test" not in repr(register)
    with Register.open(postgres) as opened:
        assert "mentormatch_test@" not in repr(opened)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://h/d", "store.other-database"),
        ("sqlite:///x", "store.other-database"),
        ("postgresql://u:hunter2@h/d", "store.password-in-url"),
        ("postgresql://u@h/d?password=hunter2", "store.password-in-url"),
        ("postgresql://h:port/d", "store.bad-url"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(url, code):
    """A password is never repeated."""
    with pytest.raises(RegisterError) as caught:
        Register.open(url)
    assert codes(caught) == [code]
    assert "hunter2" not in caught.value.text("en") + repr(caught.value)


@pytest.mark.parametrize("school", ["", "a\nb", "a\x00b", "a" * 201])
def test_a_school_needs_a_name_that_can_be_kept(file, school):
    """Nothing is made under another."""
    with pytest.raises(RegisterError) as caught:
        Register.open(file, school=school)
    assert codes(caught) == ["store.bad-school"]
    assert not file.exists()


def test_the_password_comes_from_the_environment(monkeypatch):
    """It is shown nowhere."""
    monkeypatch.setenv("MENTORMATCH_REGISTER_PASSWORD", "hunter2")
    with pytest.raises(RegisterError) as caught:
        Register.open("postgresql://u@127.0.0.1:1/d", wait=2)
    assert codes(caught) == ["store.lost"]
    assert "hunter2" not in caught.value.text("en") + repr(caught.value)


def test_results_are_kept_with_the_answers_they_were_made_of(register, club, club_policy, tmp_path):
    """They verify as on the day they were made, also from their file."""
    result = mm.match(club, club_policy)
    digest = register.keep(result, club)
    assert register.keep(result, club) == digest
    found = register.verify(digest)
    assert (found.accepted, found.scores) == (True, "recomputed")
    assert register.result(digest).matching == result.matching
    result.save(tmp_path / "as-stored.json")
    assert register.result_file(digest) == (tmp_path / "as-stored.json").read_bytes()
    assert register.result(digest).explain(*_first(result)) == result.explain(*_first(result))
    bare = mm.match(club, club_policy, seed=5)
    bare.save(tmp_path / "result.json")
    other = register.keep(tmp_path / "result.json")
    assert (register.verify(other).accepted, register.verify(other).scores) == (True, "as-stored")
    with pytest.raises(RegisterError) as caught:
        register.result(DIGEST)
    assert codes(caught) == ["store.no-result"]
    assert register.check()


def test_after_a_purge_only_stored_scores_are_verified(register, club, club_policy):
    """The proof stands; the answers are gone and it says so."""
    digest = register.keep(mm.match(club, club_policy), club)
    person = club.ids[0]
    purge = register.purge(person=person, author="curator")
    assert (purge.entries, purge.answers) == (0, 1)
    found = register.verify(digest)
    assert (found.accepted, found.scores) == (True, "inputs-purged")
    assert "Inputs purged, stored scores only." in found.text("en")
    assert found.text("ru")
    assert register.check()


def test_the_answers_kept_with_a_result_can_be_read_without_those_erased(
    register, club, club_policy
):
    """As they were given then; nothing where none were kept, or there is no such result."""
    result = mm.match(club, club_policy)
    digest = register.keep(result, club)
    assert list(register.answers(digest).participants()) == list(club.participants())
    register.purge(person=club.ids[0], author="curator")
    left = register.answers(digest)
    assert list(left.participants()) == [club.participant(code) for code in club.ids[1:]]
    assert left.questionnaire == club.questionnaire
    bare = register.keep(mm.match(club, club_policy, seed=5))
    assert register.answers(bare) is None
    assert register.answers(DIGEST) is None


def _first(result):
    pair = result.matching.pairs[0]
    return pair.mentor, pair.mentee


def test_on_postgresql_a_connection_of_one_school_reads_no_row_of_another(postgres):
    """Row-level security holds even for a query that names no school, and for the owner."""
    with Register.open(postgres, school="north") as north:
        north.record(*RUNNING, PLAN, author="curator", at=START)
        tables = (
            "schools",
            "journal",
            "concerns",
            "private",
            "results",
            "answers",
            "counts",
            "due",
        )
        filled = ("schools", "journal", "concerns", "private", "counts", "due")
        for school, empty in (("north", False), ("south", True), ("", True)):
            with north._store.reading(school) as connection:
                for table in tables:
                    rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
                    assert (rows == 0) is (empty or table not in filled), (school, table)


def test_on_postgresql_a_connection_of_one_school_writes_no_row_of_another(postgres):
    """Neither a new row nor one moved over."""
    with Register.open(postgres, school="north") as north:
        north.record(*RUNNING, PLAN, author="curator", at=START)
        for statement in (
            "INSERT INTO counts VALUES ('north', 'x', 1)",
            "INSERT INTO schools VALUES ('east', 0, '')",
        ):
            with pytest.raises(RegisterError) as caught:  # noqa: SIM117
                with north._store.writing("south") as connection:
                    connection.execute(text(statement))
            assert codes(caught) == ["store.closed"]
        with north._store.writing("south") as connection:
            for table in ("private", "counts", "concerns"):
                assert connection.execute(text(f"DELETE FROM {table}")).rowcount == 0


def test_on_postgresql_a_region_reads_numbers_and_nothing_else(postgres):
    """Its setting opens the tables of numbers alone."""
    with Register.open(postgres, school="north") as north:
        north.record(*RUNNING, PLAN, author="curator", at=START)
        with north._store.reading("") as connection:
            connection.execute(text("SELECT set_config('mentormatch.region', 'on', true)"))
            for table in ("schools", "journal", "concerns", "private", "results", "answers"):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
            assert connection.execute(text("SELECT count(*) FROM counts")).scalar() > 0
        with north._store.writing("south") as connection:
            connection.execute(text("SELECT set_config('mentormatch.region', 'on', true)"))
            for statement in ("UPDATE counts SET n = 0", "DELETE FROM due"):
                assert connection.execute(text(statement)).rowcount == 0


def test_the_journal_only_grows(register):
    """The store itself refuses to change or to delete a line."""
    register.record(*RUNNING, author="curator", at=START)
    for statement in ("UPDATE journal SET author = 'x'", "DELETE FROM journal"):
        with pytest.raises(RegisterError):  # noqa: SIM117
            with register._store.writing("north") as connection:
                connection.execute(text(statement))
    assert register.check()


def test_a_register_opens_without_the_solvers(file):
    """Whoever only asks what is going on doesn't wait for what makes a matching."""
    with Register.open(file) as register:
        register.record(*RUNNING, author="curator", at=START)
    code = (
        "import sys; from pathlib import Path; import mentormatch as mm;"
        "print(len(mm.Register.open(Path(sys.argv[1])).state().running()), *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, file], capture_output=True, text=True, check=True, timeout=120
    )
    running, *modules = done.stdout.split()
    assert running == "3"
    heavy = {"ortools", "pandas", "matplotlib", "networkx"}
    heavy |= {f"mentormatch.{name}" for name in ("solvers", "analysis", "pipeline", "result")}
    assert sorted(heavy.intersection(modules)) == []


def test_the_entries_of_another_journal_are_copied_as_they_are(register, where):
    """By whom and when stays, numbers go on; what can't follow is refused as a whole."""
    facts = entries([*RUNNING, PLAN], at=START)
    written = [
        entry.model_copy(update={"at": START + timedelta(days=n), "author": f"author-{n}"})
        for n, entry in enumerate(facts)
    ]
    assert register.copy([]) == ()
    assert register.copy(written[:2]) == tuple(written[:2])
    assert register.copy(written[2:]) == tuple(written[2:])
    assert register.entries() == tuple(written)
    with Register.open(where, school="north") as other:
        assert other.state() == register.state() == State.of(written)
        assert other.check()
    late = [written[-1].model_copy(update={"fact": held("acquaintance", date(2025, 9, 12))})]
    with pytest.raises(RegisterError) as caught:
        register.copy([*late, written[0]])
    assert "fact.at" in codes(caught)
    assert register.entries() == tuple(written)

"""What is purged is gone, to the last byte, and the journal still holds."""

import base64
import json
import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import mentormatch as mm
from lives import PLAN, RUNNING, held
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import (
    Answered,
    Closed,
    EventHeld,
    Forbidden,
    Interviewed,
    TaskDone,
    WaveOpened,
)
from mentormatch.programme.register import purging
from mentormatch.programme.register.store import Register

START = datetime(2025, 10, 1, 9, tzinfo=UTC)
MARKED = "ТАЙНА-marker-\u00e9\u4e2d-0123456789"


def traces(folder, *words):
    """List where words can be found in any file of a folder, in any usual encoding."""
    found = []
    for word in words:
        forms = {
            encoding: word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        }
        forms["cp1251"] = word.encode("cp1251", "ignore")
        forms["escaped"] = json.dumps(word)[1:-1].encode()
        forms["base64"] = base64.b64encode(word.encode())[4:-4]
        forms["hex"] = word.encode().hex().encode()
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                found += [(file.name, word, form) for form, it in forms.items() if it in content]
    return found


def life(words=MARKED):
    """Let everything happen in which people write something."""
    day = date(2025, 9, 20)
    return (
        *RUNNING,
        Interviewed(person="S-1", on=day, cleared=True, notes=f"{words}-interview"),
        PLAN.model_copy(update={"goals": (PLAN.goals[0].model_copy(update={"title": words}),)}),
        held("acquaintance", day).model_copy(update={"feedback": f"{words}-meeting"}),
        TaskDone(pair="P1", task="t1", on=date(2025, 10, 1), actual_result=f"{words}-task"),
        WaveOpened(wave="W", kind="first", on=day, due=day, people=("S-1", "S-2")),
        Answered(wave="W", person="S-1", on=day, answers={"free": f"{words}-answer"}),
        EventHeld(
            event="E", kind="training", on=day, present=("S-1", "S-2"), note=f"{words}-event"
        ),
        Answered(wave="W", person="S-2", on=day, answers={"free": f"other{words[:5]}-answer"}),
        Forbidden(mentor="T-2", mentee="S-1", reason=f"{words}-veto"),
        Closed(pair="P1", on=date(2025, 10, 1), reason="no_fit", note=f"{words}-note" * 250),
    )


def test_what_a_person_wrote_and_what_was_written_about_them_is_erased(register):
    """Whatever is about others stays; codes and dates stay; it is recorded who purged."""
    facts = life()
    register.record(*facts, author="curator", at=START)
    purge = register.purge(person="S-1", author="curator", at=START + timedelta(days=1))
    # Interview, plan, meeting, task, own answers, event, veto and closing note.
    assert (purge.entries, purge.answers) == (8, 0)
    read = [entry.fact for entry in register.entries()]
    assert [fact.fact for fact in read] == [*(fact.fact for fact in facts), "purged"]
    assert [fact.fact for fact in read if fact.erased] == [
        *("interviewed", "plan_drafted", "meeting_held", "task_done", "answered", "event_held"),
        *("forbidden", "closed"),
    ]
    assert read[-1].people == ("S-1",)
    assert read[-1].on == date(2025, 10, 2)
    other = next(fact for fact in read if fact.fact == "answered" and fact.person == "S-2")
    assert other.answers == facts[11].answers
    assert register.state().pairs["P1"].status == "closed"
    assert register.check()


def test_what_was_recorded_before_a_day_is_erased(register):
    """Later words stay, and so do later answers."""
    register.record(*life(), author="curator", at=START)
    late = Interviewed(person="S-2", on=date(2025, 10, 3), cleared=True, notes="late")
    register.record(late, author="curator", at=START + timedelta(days=5))
    purge = register.purge(before=(START + timedelta(days=3)).date(), author="curator")
    assert purge.entries == 9
    assert [entry.seq for entry in register.entries() if entry.fact.erased] == [
        *(5, 6, 7, 8, 10, 11, 12, 13, 14)
    ]
    assert register.state().people["S-2"].interviews == (late,)
    assert register.check()
    assert register.purge(before=date(2025, 1, 1), author="curator").entries == 0


def test_the_day_of_an_entry_is_that_of_its_author(register):
    """Half past midnight in Vladivostok is still yesterday in London."""
    east, west = timezone(timedelta(hours=10)), timezone(timedelta(hours=-5))
    register.record(*RUNNING, author="curator", at=START)
    late = datetime(2025, 10, 3, 0, 30, tzinfo=east)
    for at in (late, late.astimezone(west)):
        note = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="x")
        register.record(note, author="curator", at=at)
    purge = register.purge(before=date(2025, 10, 3), author="c", at=late.astimezone(UTC))
    assert purge.entries == 1
    assert [entry.seq for entry in register.entries() if entry.fact.erased] == [6]
    assert register.check()


def test_a_purge_whose_answer_was_lost_is_found_to_have_been_carried_out(postgres, monkeypatch):
    """It is reported as done, and recorded once."""
    import psycopg
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    commit, lost = PGDialect_psycopg.do_commit, []

    def lose_answer(self, connection):
        commit(self, connection)
        if not lost:
            lost.append(True)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    with Register.open(postgres) as register:
        register.record(*life(), author="curator", at=START)
        monkeypatch.setattr(PGDialect_psycopg, "do_commit", lose_answer)
        assert register.purge(person="S-1", author="curator").entries == 8
        assert [entry.fact.fact for entry in register.entries()][-1] == "purged"
        assert register.check()


def test_a_purge_is_of_a_person_or_of_a_time(register):
    """Neither and both are refused, and so is somebody of whom nothing is known."""
    register.record(*RUNNING, author="curator", at=START)
    for options in ({}, {"person": "S-1", "before": date(2025, 1, 1)}):
        with pytest.raises(RegisterError) as caught:
            register.purge(**options, author="curator")
        assert caught.value.defects[0].code == "store.purge-what"
    with pytest.raises(RegisterError) as caught:
        register.purge(person="S-99", author="curator")
    assert caught.value.defects[0].code == "store.no-trace"
    assert caught.value.text("ru")
    assert len(register.entries()) == 4


def test_no_byte_of_it_is_left_in_any_file(file, club, club_policy):
    """Searched for in every encoding, over all files of the folder, while others have it open."""
    with Register.open(file) as register, Register.open(file) as reader:
        keeper = sqlite3.connect(file)  # so the log of changes isn't removed with its last user
        keeper.execute("SELECT * FROM private").fetchall()
        register.record(*life(), author="curator", at=START)
        register.keep(mm.match(club, club_policy), club)
        assert reader.entries() == register.entries()
        assert {name for name, *_ in traces(file.parent, MARKED)} == {f"{file.name}-wal"}
        purge = register.purge(person="S-1", author="curator")
        assert purge.swept
        assert traces(file.parent, MARKED) == []
        assert reader.entries() == register.entries()
        keeper.close()
    assert traces(file.parent, MARKED) == []


def test_answers_kept_with_results_leave_no_byte_either(file, club, club_policy):
    """They are a person's answers, word by word."""
    person = club.participant(club.ids[0])
    marked = person.model_copy(update={"answers": person.answers | {"note": MARKED}})
    with Register.open(file) as register:
        from mentormatch.programme.register import kept

        digest = register.keep(mm.match(club, club_policy), club)
        with register._store.writing("school") as connection:
            from sqlalchemy import text

            connection.execute(
                text("UPDATE answers SET content = :content WHERE person = :person"),
                {"content": kept._written(marked), "person": person.id},
            )
        assert traces(file.parent, MARKED)
        assert register.purge(person=person.id, author="curator").answers == 1
        assert traces(file.parent, MARKED) == []
        assert register.verify(digest).scores == "inputs-purged"


def test_nothing_private_stands_outside_of_what_can_be_purged(file):
    """A search in the journal's own table finds no word that somebody wrote."""
    with Register.open(file) as register:
        register.record(*life(), author="curator", at=START)
    with sqlite3.connect(file) as plain:
        names = [
            row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        holding = [
            name
            for name in names
            if any(MARKED[:5] in str(row) for row in plain.execute(f"SELECT * FROM {name}"))
        ]
    plain.close()
    assert holding == ["private"]


def test_the_digest_in_the_journal_gives_nothing_away(file):
    """The same words have another digest each time, so a guess can't be tried."""
    fact = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="yes")
    with Register.open(file) as register:
        register.record(*RUNNING, fact, fact, author="curator", at=START)
    with sqlite3.connect(file) as plain:
        digests = [
            row[0] for row in plain.execute("SELECT digest FROM journal WHERE digest NOTNULL")
        ]
    plain.close()
    assert len(set(digests)) == 2


def test_a_reader_who_stays_is_told_of_and_the_purge_can_be_finished(file):
    """The rows are gone at once; the bytes go when nobody reads any more."""
    with Register.open(file, wait=0.2) as register:
        register.record(*life(), author="curator", at=START)
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM private").fetchall()
        purge = register.purge(person="S-1", author="curator")
        assert not purge.swept
        for lang in ("en", "ru"):
            assert "doctor" in purge.text(lang)
        checkup = register.check()
        assert [defect.code for defect in checkup.defects] == ["store.unswept"]
        reader.close()
        assert register.check(repair=True)
        assert traces(file.parent, MARKED) == []
        assert register.check().mended == ()


def test_an_interrupted_purge_is_finished_at_the_next_opening(file, monkeypatch):
    """As after a power cut between deleting and sweeping."""
    with Register.open(file) as register:
        register.record(*life(), author="curator", at=START)
        # A reader keeps the log from being moved when the connection closes.
        monkeypatch.setattr(purging, "sweep", lambda store: False)
        register.purge(person="S-1", author="curator")
        monkeypatch.undo()
    with Register.open(file) as register:
        assert traces(file.parent, MARKED) == []
        assert register.check()


def test_whoever_holds_an_old_state_forgets_it_too(where):
    """Another register on the same place reads anew after a purge."""
    with Register.open(where, school="n") as first, Register.open(where, school="n") as second:
        first.record(*life(), author="curator", at=START)
        assert second.state().people["S-1"].interviews[0].notes == f"{MARKED}-interview"
        first.purge(person="S-1", author="curator")
        assert second.state().people["S-1"].interviews[0].notes is None
        assert second.state() == first.state()
        fact = Interviewed(person="S-2", on=date(2025, 9, 2), cleared=True)
        second.record(fact, author="curator")
        assert first.state() == second.state()


def test_on_postgresql_rows_are_gone_and_tables_written_anew(postgres, server):
    """The table's own files hold the words no longer; what can't be reached is said."""
    from sqlalchemy import text

    with Register.open(postgres) as register:
        register.record(*life(), author="curator", at=START)

        def path():
            with register._store.reading("school") as connection:
                return connection.execute(text("SELECT pg_relation_filepath('private')")).scalar()

        before = path()
        purge = register.purge(person="S-1", author="curator")
        assert purge.swept
        assert path() != before
    for lang in ("en", "ru"):
        assert "VACUUM" in purge.text(lang)
    assert "write-ahead logs" in purge.text("en")


def test_on_postgresql_somebody_who_owns_nothing_is_told_what_is_left_to_do(postgres, server):
    """The rows are gone; writing the tables anew is for their owner."""
    from sqlalchemy import create_engine, text

    with Register.open(postgres) as register:
        register.record(*life(), author="curator", at=START)
        admin = create_engine(
            server.url.set(database=postgres.rpartition("/")[2]), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            for table in ("private", "answers"):
                connection.execute(text(f"ALTER TABLE {table} OWNER TO CURRENT_USER"))
                connection.execute(text(f"GRANT ALL ON {table} TO mentormatch_test"))
        admin.dispose()
        purge = register.purge(person="S-1", author="curator")
        assert (purge.entries, purge.swept) == (8, False)
        assert "VACUUM (FULL)" in purge.text("en")


def test_purging_and_recording_at_once_loses_nothing(where):
    """Each waits for the other."""
    with Register.open(where, school="n") as first, Register.open(where, school="n") as second:
        first.record(*RUNNING, author="curator", at=START)
        fact = Interviewed(person="S-2", on=date(2025, 9, 2), cleared=True, notes="x")

        def write():
            for _ in range(10):
                second.record(fact, author="curator")

        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(3):
            first.purge(person="S-1", author="curator")
        writer.join()
        assert len(first.entries()) == 4 + 10 + 3
        assert first.check()

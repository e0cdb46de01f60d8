"""A curator's year with the register in PostgreSQL: two at once, and a connection that breaks."""

import threading
from datetime import date

import pytest
from sqlalchemy import create_engine, text

import circles
import mentormatch as mm
from mentormatch.documents.cabinet import write_documents
from mentormatch.errors import MentorMatchError, RegisterError

OCTOBER, WINTER = date(2026, 10, 1), date(2027, 1, 12)
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = :name AND pid <> pg_backend_pid()"
)


def programme(folder, postgres, school, mentees=circles.MENTEES):
    """Write the files of a school that keeps its register in the store."""
    circles.write(folder, mentees)
    settings = f'{circles.SETTINGS}register = "{postgres}"\nschool = "{school}"\n'
    (folder / "programme.toml").write_text(settings, "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path, postgres):
    """Let the circles of a school run, kept in the store."""
    folder = programme(tmp_path / "north", postgres, "north")
    with mm.Office.open(folder, today=OCTOBER) as office:
        office.match()
        office.decide()
        office.order("1", ends=date(2027, 5, 31))
    return folder


def test_a_year_of_circles_is_lived_in_a_store_of_many(folder, tmp_path, postgres):
    """From the plans to the last day and the documents; the other school sees nothing of it."""
    other = programme(tmp_path / "south", postgres, "south")
    with (
        mm.Office.open(folder, today=OCTOBER) as office,
        mm.Office.open(other, today=OCTOBER) as far,
    ):
        far.match()
        assert far.status().pairs["proposed"] == 3
        office.draft_plans(lang="en")
        office.agree_plans()
        office.approve_plans("2")
        for pair in list(office.state.pairs):
            office.meeting(pair, "acquaintance", going_on=["all"])
        office.open_wave("2026-Q4", lang="en")
        office.today = WINTER
        done = office.withdraw("S-3")
        assert "VACUUM FULL" in done.text()
        programme(folder, postgres, "north", {**circles.MENTEES, "S-8": 6})
        office.rematch()
        office.join()
        made = write_documents(office.programme, WINTER, only=["D-PAIR", "D-LET"], lang="en")
        assert len(made.files["D-PAIR"]) == 1
        assert office.register.check()
        assert office.end_year().values["count"] == 3
        assert far.status().pairs["proposed"] == 3


def test_two_curators_at_once_lose_nothing_and_write_nothing_twice(folder):
    """Both note the same first meeting; one of them is told that it has been noted."""
    told = []
    with mm.Office.open(folder) as office:
        code = sorted(office.state.pairs)[0]

    def note(author):
        with mm.Office.open(folder, author=author, today=date(2026, 10, 12)) as office:
            ready.wait()
            try:
                office.meeting(code, "acquaintance", going_on=["all"])
                told.append("noted")
            except MentorMatchError as error:
                told.append(error.defects[0].code)

    ready = threading.Barrier(2)
    both = [threading.Thread(target=note, args=(who,)) for who in ("first", "second")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with mm.Office.open(folder) as office:
        assert len(office.state.pairs[code].meetings) == 1
        assert office.register.check()
    assert "noted" in told
    assert set(told) <= {"noted", "fact.meeting-over"}


def test_a_connection_that_breaks_between_two_steps_is_made_anew(folder, postgres, server):
    """The server drops everybody; the next call finds it again, with all that was recorded."""
    with mm.Office.open(folder, today=OCTOBER) as office:
        before = office.state.seq
        with server.connect() as connection:
            connection.execute(text(CUT), {"name": postgres.rpartition("/")[2]})
        office.draft_plans(lang="en")
        assert office.state.seq == before + 3


def test_a_connection_that_breaks_in_the_middle_leaves_nothing_half_done(folder, postgres, server):
    """It breaks at the second of several facts: a sentence, and not one of them is there."""
    name = postgres.rpartition("/")[2]
    with mm.Office.open(folder, today=OCTOBER) as office:
        code, before = sorted(office.state.pairs)[0], office.state.seq
        own = server.engine.url.set(database=name)
        engine = create_engine(own, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
                    "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
                )
            )
            connection.execute(
                text(
                    "CREATE TRIGGER cut BEFORE INSERT ON journal FOR EACH ROW "
                    "WHEN (NEW.kind = 'confirmed') EXECUTE FUNCTION cut()"
                )
            )
            with pytest.raises(RegisterError) as caught:
                office.meeting(code, "acquaintance", going_on=["all"])
            assert [each.code for each in caught.value.defects] == ["store.lost"]
            assert office.state.seq == before
            connection.execute(text("DROP TRIGGER cut ON journal"))
        engine.dispose()
        office.meeting(code, "acquaintance", going_on=["all"])
        assert office.state.pairs[code].stage == "acquaintance"

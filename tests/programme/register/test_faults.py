"""Whatever goes wrong with a disk, a lock or a server: a clear error, and nothing has changed."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from lives import ENROLLED, RUNNING
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import EventHeld, Interviewed
from mentormatch.programme.folder import Programme
from mentormatch.programme.register.store import Register

START = datetime(2025, 10, 1, 9, tzinfo=UTC)
NOTED = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="calm")


def code_of(caught):
    """Return the code of the only defect, which has its place and its sentences."""
    (defect,) = caught.value.defects
    assert defect.place.file
    assert defect.text("en")
    assert defect.text("ru")
    return defect.code


@pytest.fixture
def filled(file):
    """Keep something in a file, and return what."""
    with Register.open(file) as register:
        register.record(*RUNNING, author="curator", at=START)
        return register.entries()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "store.cut-off"),
        (b"PK\x03\x04" + bytes(5000), "store.damaged"),
        (b"SQLite format 3\0" + bytes(84), "store.other-file"),
        ("Наставник;Класс\n".encode("cp1251") * 100, "store.damaged"),
    ],
)
def test_a_file_that_is_no_register_is_refused_and_left_alone(file, content, code):
    """An empty file is one that was cut off, not a new register."""
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(RegisterError) as caught:
        Register.open(file)
    assert code_of(caught) == code
    assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]


def test_a_database_of_another_program_is_refused_and_left_alone(file):
    """Its tables might have any meaning."""
    file.parent.mkdir()
    plain = sqlite3.connect(file)
    plain.execute("CREATE TABLE journal (school TEXT)")
    plain.close()
    before = file.read_bytes()
    with pytest.raises(RegisterError) as caught:
        Register.open(file)
    assert code_of(caught) == "store.other-file"
    assert file.read_bytes() == before


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_said_to_be_damaged(file, filled, share):
    """At its opening, or when it is looked through."""
    content = file.read_bytes()
    pages = len(content) // 4096
    file.write_bytes(content[: max(1, int(pages * share)) * 4096 - 100])
    try:
        with Register.open(file) as register:
            checkup = register.check()
            assert not checkup
            codes = [defect.code for defect in checkup.defects]
    except RegisterError as error:
        codes = [defect.code for defect in error.defects]
    assert "store.damaged" in codes


def test_a_directory_is_no_register(tmp_path):
    """It can't be opened."""
    with pytest.raises(RegisterError) as caught:
        Register.open(tmp_path)
    assert code_of(caught) == "store.closed"


READ_ONLY = """
import sys
from pathlib import Path
from mentormatch.errors import RegisterError
from mentormatch.programme.register.store import Register
import os
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    Register.open(Path(sys.argv[1]))
except RegisterError as error:
    print(*(defect.code for defect in error.defects))
"""


@pytest.mark.parametrize("what", ["file", "folder", "new"])
@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_what_may_not_be_written_is_refused_and_left_alone(what):
    """A file, a folder around it, and a folder in which there is none yet."""
    # Not in pytest's own folder, into which nobody else may look.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "register" / "register.sqlite"
        file.parent.mkdir()
        if what != "new":
            with Register.open(file) as register:
                written = register.record(*RUNNING, author="curator", at=START)
            file.chmod(0o444 if what == "file" else 0o666)
        file.parent.chmod(0o777 if what == "file" else 0o555)
        before = list(file.parent.iterdir())
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, file], capture_output=True, text=True, check=False
        )
        file.parent.chmod(0o755)
        assert (done.stdout, done.stderr) == ("store.closed\n", "")
        assert list(file.parent.iterdir()) == before
        if what != "new":
            with Register.open(file) as register:
                assert register.entries() == written


FULL = """
import resource, sys
from datetime import date
from pathlib import Path
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import Interviewed
from mentormatch.programme.register.store import Register
register = Register.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
done = 0
try:
    while done < 2000:
        fact = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="x" * 9000)
        register.record(fact, author="curator")
        done += 1
except RegisterError as error:
    print(done, *(defect.code for defect in error.defects))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
def test_when_files_may_not_grow_what_was_recorded_stays(file, filled):
    """Everything that was acknowledged is there, and nothing half."""
    limit = file.stat().st_size + 300_000
    done = subprocess.run(
        [sys.executable, "-c", FULL, file, str(limit)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    count, code = done.stdout.split()
    assert code in {"store.full", "store.disk"}
    with Register.open(file) as register:
        assert len(register.entries()) == len(filled) + int(count)
        assert int(count) > 0
        assert register.check()
        register.record(NOTED, author="curator")  # there is room again


@pytest.mark.skipif(
    not (sys.platform == "linux" and os.getuid() == 0 and shutil.which("mount")),
    reason="mounting a small disk takes root on Linux",
)
def test_when_the_disk_is_full_what_was_recorded_stays(tmp_path):
    """The same on a disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting isn't allowed here")
    try:
        with Register.open(disk / "register.sqlite") as register:
            register.record(ENROLLED, author="curator", at=START)
            note = NOTED.model_copy(update={"notes": "x" * 9000})
            done = 1
            with pytest.raises(RegisterError) as caught:  # noqa: PT012
                while done < 1000:
                    register.record(note, author="curator")
                    done += 1
            assert code_of(caught) == "store.full"
            assert len(register.entries()) == done
            assert register.check()
        with Register.open(disk / "register.sqlite") as register:
            assert len(register.entries()) == done
    finally:
        subprocess.run(["umount", disk], check=True)


def test_when_somebody_else_keeps_writing_it_is_said_so(where):
    """And recording works again afterwards."""
    with (
        Register.open(where, school="n") as first,
        Register.open(where, school="n", wait=0.3) as second,
    ):
        first.record(ENROLLED, author="curator", at=START)
        with first._store.writing("n"):
            with pytest.raises(RegisterError) as caught:
                second.record(NOTED, author="curator")
            assert code_of(caught) == "store.locked"
            assert len(second.entries()) == 1  # reading goes on
        second.record(NOTED, author="curator")
        assert len(first.entries()) == 2


def test_who_reads_does_not_wait_for_ever(postgres, server):
    """A table that is locked as a whole, as a purge does for a moment, holds nobody up for long."""
    held = create_engine(server.url.set(database=make_url(postgres).database))
    with Register.open(postgres, school="n", wait=0.3) as register, held.connect() as other:
        register.record(ENROLLED, author="curator", at=START)
        with other.begin():
            other.execute(text("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(RegisterError) as caught:
                register.entries()
            assert code_of(caught) == "store.locked"
        assert len(register.entries()) == 1
    held.dispose()


def test_what_a_database_refuses_is_not_called_a_lost_connection(postgres, server):
    """A trigger of the administrator's own stops the second of two facts: neither is there."""
    own = create_engine(server.url.set(database=make_url(postgres).database))
    with Register.open(postgres, school="n") as register, own.begin() as other:
        register.record(ENROLLED, author="curator", at=START)
        other.execute(
            text(
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'secret %', NEW.content; END $$"
            )
        )
        other.execute(
            text(
                "CREATE TRIGGER stop BEFORE INSERT ON journal FOR EACH ROW "
                "WHEN (NEW.kind = 'interviewed') EXECUTE FUNCTION stop()"
            )
        )
        other.commit()
        held = EventHeld(event="e1", kind="council", on=date(2025, 9, 2))
        with pytest.raises(RegisterError) as caught:
            register.record(held, NOTED, author="curator")
        assert code_of(caught) == "store.refused"
        assert "secret" not in str(caught.value)
        assert len(register.entries()) == 1
    own.dispose()


def test_a_server_that_is_not_there_is_said_so():
    """Without anything that was in its address but the host and the database."""
    with pytest.raises(RegisterError) as caught:
        Register.open("postgresql://somebody@127.0.0.1:1/region", wait=2)
    assert code_of(caught) == "store.lost"
    assert caught.value.defects[0].place.file == "127.0.0.1/region"
    assert "somebody" not in str(caught.value)


def test_a_database_that_is_not_there_is_said_so(server):
    """The server's own words are not repeated."""
    url = server.url.set(drivername="postgresql", database="nowhere", password=None)
    with pytest.raises(RegisterError) as caught:
        Register.open(url.render_as_string(), wait=2)
    assert code_of(caught) == "store.lost"


def kill_sessions(server, postgres):
    """End every session on a database but our own."""
    with server.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": postgres.rpartition("/")[2]},
        )


def test_a_connection_lost_in_mid_transaction_changes_nothing(server, postgres, monkeypatch):
    """The old state is intact, and the next call connects again."""
    from mentormatch.programme.register import rows

    with Register.open(postgres) as register:
        register.record(*RUNNING, author="curator", at=START)
        before = register.state()
        project = rows.project

        def break_off(*arguments):
            kill_sessions(server, postgres)
            project(*arguments)

        monkeypatch.setattr(rows, "project", break_off)
        with pytest.raises(RegisterError) as caught:
            register.record(NOTED, author="curator")
        assert code_of(caught) == "store.lost"
        monkeypatch.undo()
        assert register.state() == before
        register.record(NOTED, author="curator")
        assert len(register.entries()) == 5
        assert register.check()


def test_a_connection_lost_while_nothing_was_going_on_is_not_noticed(server, postgres):
    """It is made anew."""
    with Register.open(postgres) as register:
        register.record(ENROLLED, author="curator", at=START)
        kill_sessions(server, postgres)
        register.record(NOTED, author="curator")
        assert len(register.entries()) == 2


def test_a_commit_whose_answer_was_lost_is_found_to_have_been_carried_out(postgres, monkeypatch):
    """The entry is there: no error, and it isn't recorded twice."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    commit = PGDialect_psycopg.do_commit
    lost = []

    def lose_answer(self, connection):
        commit(self, connection)
        if not lost:
            lost.append(True)
            import psycopg

            raise psycopg.OperationalError("server closed the connection unexpectedly")

    with Register.open(postgres) as register:
        register.record(ENROLLED, author="curator", at=START)
        monkeypatch.setattr(PGDialect_psycopg, "do_commit", lose_answer)
        (entry,) = register.record(NOTED, author="curator")
        assert lost
        assert entry.seq == 2
        assert register.entries()[1] == entry
        assert register.check()


def test_broken_connections_at_random_moments_lose_nothing(server, postgres):
    """Whatever was acknowledged is there, and whatever wasn't is there whole or not at all."""
    acknowledged, refused = [], set()
    stop = threading.Event()

    def interrupt():
        while not stop.wait(0.03):
            kill_sessions(server, postgres)

    with Register.open(postgres) as register:
        register.record(*RUNNING, author="curator", at=START)
        killer = threading.Thread(target=interrupt)
        killer.start()
        try:
            for number in range(60):
                pair = tuple(
                    EventHeld(event=f"E{number}-{half}", kind="training", on=date(2025, 9, 9))
                    for half in "ab"
                )
                try:
                    register.record(*pair, author="curator", at=START)
                    acknowledged.append(number)
                except RegisterError as error:
                    refused.add(error.defects[0].code)
        finally:
            stop.set()
            killer.join()
        assert refused <= {"store.lost", "store.unsure"}
        events = list(register.state().events)
        assert len(events) % 2 == 0
        there = {int(event[1:].split("-")[0]) for event in events}
        assert set(acknowledged) <= there
        assert [f"E{number}-{half}" for number in sorted(there) for half in "ab"] == events
        assert register.check()


def test_without_sqlalchemy_it_is_said_what_to_install(monkeypatch):
    """The rest of the library works without it."""
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "import mentormatch as mm\n"
        "try: mm.Register\n"
        "except mm.RegisterError as error: print(error)\n"
        "mm.Programme\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "mentormatch-toolkit[register]" in done.stdout


def test_a_programme_has_its_register_in_its_folder(tmp_path):
    """It is made at first use, and stays."""
    programme = Programme.create(tmp_path / "school")
    with programme.register as register:
        register.record(ENROLLED, author="curator", at=START)
    assert (tmp_path / "school" / "register" / "register.sqlite").exists()
    with Programme.open(tmp_path / "school").register as register:
        assert len(register.entries()) == 1


def test_a_programme_may_share_a_store_with_others(tmp_path, postgres):
    """Under its name, or under another if it says so."""
    for folder, line, school in (
        ("north", "", "north"),
        ("south", 'school = "179"\n', "179"),
    ):
        programme = Programme.create(tmp_path / folder)
        settings = tmp_path / folder / "programme.toml"
        content = settings.read_text("utf-8") + f'\nregister = "{postgres}"\n{line}'
        settings.write_text(content, "utf-8")
        programme = Programme.open(tmp_path / folder)
        with programme.register as register:
            assert register.school == school
            assert register.entries() == ()
            register.record(ENROLLED, author="curator", at=START)

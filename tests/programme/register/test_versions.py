"""Registers of every released version open; those of a newer version are left alone."""

import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from lives import RUNNING
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import Interviewed
from mentormatch.programme.register import versions
from mentormatch.programme.register.address import APPLICATION_ID, Address, Store
from mentormatch.programme.register.store import Register
from mentormatch.programme.register.tables import METADATA

START = datetime(2025, 10, 1, 9, tzinfo=UTC)
# A register as each version wrote it, with `.dump` of the sqlite3 program. Whoever adds a
# migration adds the dump of the version before it, and never changes one that is here.
DUMPS = sorted((Path(__file__).parents[1] / "registers").glob("*.sql"))
NEXT = '''
"""Add a column."""

import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schools", sa.Column("title", sa.Text))
    {}
'''


def restore(dump: Path, file: Path) -> None:
    """Make a register of a dump."""
    file.parent.mkdir(exist_ok=True)
    plain = sqlite3.connect(file)
    plain.executescript(dump.read_text("utf-8"))
    plain.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    plain.execute("PRAGMA journal_mode = WAL")
    plain.close()


def test_every_version_before_the_newest_and_the_newest_has_a_dump():
    """A migration without one could break registers that people have."""
    scripts = versions.migrations()
    assert scripts.get_current_head() == versions.NEWEST
    assert [dump.stem for dump in DUMPS] == sorted(
        f"v{script.revision}" for script in scripts.walk_revisions()
    )


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_register_of_every_version_opens_with_all_that_is_in_it(dump, file):
    """Entries, words, results and numbers; its chain holds, and recording goes on."""
    restore(dump, file)
    with Register.open(file, school="north") as register:
        facts = [entry.fact for entry in register.entries()]
        assert facts[:4] == list(RUNNING)
        assert facts[4] == Interviewed(
            person="S-1", on=date(2025, 9, 2), cleared=True, notes="спокойна; calm"
        )
        assert facts[5].erased
        assert facts[6].fact == "purged"
        assert register.totals().counts["pairs.running"] == 2
        assert register.check()
        register.record(facts[4], author="curator")
        assert register.check()


@pytest.mark.parametrize("where", ["file", "postgres"], indirect=True)
def test_the_migrations_build_the_tables_that_the_library_knows(where):
    """Column by column, index by index."""
    Register.open(where).close()
    store = Store.at(Address.of(where), 5)
    with store.engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": versions.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
    store.engine.dispose()


@pytest.mark.parametrize("where", ["file", "postgres"], indirect=True)
def test_a_register_of_a_newer_version_is_refused_and_left_alone(where):
    """Also when it is asked to be upgraded."""
    with Register.open(where) as register:
        with register._store.writing("school") as connection:
            connection.execute(text("UPDATE mentormatch_version SET version_num = '9999'"))
        for upgrade in (None, True, False):
            with pytest.raises(RegisterError) as caught:
                Register.open(where, upgrade=upgrade)
            (defect,) = caught.value.defects
            assert defect.code == "store.newer"
            assert defect.values["found"] == "9999"
            assert defect.text("ru")
        with register._store.reading("school") as connection:
            assert versions.version_of(connection) == "9999"


@pytest.fixture
def newer_library(monkeypatch, tmp_path):
    """Give the library one more migration."""

    def give(more="pass"):
        folder = tmp_path / "migrations"
        shutil.copytree(versions.MIGRATIONS, folder)
        (folder / "v9998.py").write_text(NEXT.format(versions.NEWEST, more), "utf-8")
        monkeypatch.setattr(versions, "MIGRATIONS", folder)
        monkeypatch.setattr(versions, "NEWEST", "9998")

    return give


def columns(register):
    """Count the columns of the table that changes."""
    with register._store.reading("x") as connection:
        return len(connection.execute(text("SELECT * FROM schools")).keys())


def test_an_older_file_is_brought_to_the_newest_version(file, newer_library):
    """With everything in it."""
    with Register.open(file) as register:
        written = register.record(*RUNNING, author="curator", at=START)
        assert columns(register) == 3
    newer_library()
    with pytest.raises(RegisterError) as caught:
        Register.open(file, upgrade=False)
    assert caught.value.defects[0].code == "store.older"
    with Register.open(file) as register:
        assert columns(register) == 4
        assert register.entries() == written
        assert register.check()


def test_an_older_store_of_many_schools_is_only_upgraded_when_asked(postgres, newer_library):
    """Others may still have the older library."""
    with Register.open(postgres) as register:
        written = register.record(*RUNNING, author="curator", at=START)
    newer_library()
    for upgrade in (None, False):
        with pytest.raises(RegisterError) as caught:
            Register.open(postgres, upgrade=upgrade)
        assert caught.value.defects[0].code == "store.older"
        assert caught.value.text("ru")
    with Register.open(postgres, upgrade=True) as register:
        assert columns(register) == 4
        assert register.entries() == written


@pytest.mark.parametrize("where", ["file", "postgres"], indirect=True)
def test_an_upgrade_that_fails_leaves_the_register_as_it_was(where, newer_library):
    """All of it happens, or nothing."""
    with Register.open(where) as register:
        written = register.record(*RUNNING, author="curator", at=START)
    newer_library('op.execute("SELECT * FROM nowhere")')
    with pytest.raises(RegisterError):
        Register.open(where, upgrade=True)
    store = Store.at(Address.of(where), 5)
    register = Register(store, "school")
    assert columns(register) == 3
    assert register.entries() == written
    register.close()

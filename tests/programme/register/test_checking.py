"""What is wrong with a register is found, and mended where it can be."""

import os
import sqlite3
import time
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import text

import mentormatch as mm
from lives import PLAN, RUNNING
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import Interviewed
from mentormatch.programme.register.store import Register

START = datetime(2025, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def filled(where):
    """Open a register in which something has happened."""
    with Register.open(where, school="north", wait=10) as register:
        register.record(*RUNNING, PLAN, author="curator", at=START)
        notes = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="calm")
        register.record(notes, author="curator", at=START)
        yield register


def tamper(register, *statements):
    """Change rows as somebody with a database tool would, past every protection."""
    with register._store.writing("north") as connection:
        if register._store.is_file:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS journal_no_update")
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS journal_no_delete")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0


def codes(checkup):
    """List the codes of what is wrong; each has its sentences."""
    assert checkup.text("en")
    assert checkup.text("ru")
    return [defect.code for defect in checkup.defects]


def test_a_sound_register_has_nothing_wrong(filled):
    """Neither before nor after a repair."""
    for repair in (False, True):
        checkup = filled.check(repair=repair)
        assert checkup
        assert (checkup.entries, codes(checkup), checkup.mended, checkup.warnings) == (
            6,
            [],
            (),
            (),
        )


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE journal SET author = 'x' WHERE seq = 3"], {"store.broken-line"}),
        (["UPDATE journal SET at = '2025-10-01T09:00:00.000001+00:00' WHERE seq = 6"],
         {"store.broken-line"}),
        (["UPDATE journal SET zone = 60 WHERE seq = 2"], {"store.broken-line"}),
        (["UPDATE journal SET content = replace(content, 'S-1', 'S-2') WHERE seq = 6"],
         {"store.broken-line", "store.stale-index"}),
        (["UPDATE private SET content = replace(content, 'calm', 'wild')"], {"store.broken-words"}),
        (["DELETE FROM private WHERE seq = 6"], {"store.lost-words"}),
        (["DELETE FROM private WHERE seq = 6", "DELETE FROM concerns WHERE seq = 6",
          "DELETE FROM journal WHERE seq = 6"], {"store.broken-end"}),
        (["DELETE FROM concerns WHERE seq = 3", "DELETE FROM journal WHERE seq = 3"],
         {"store.broken-line", "store.unreadable-line"}),
        (["UPDATE counts SET n = n + 1 WHERE what = 'people'"], {"store.stale-totals"}),
        (["DELETE FROM due"], {"store.stale-totals"}),
        (["DELETE FROM concerns WHERE seq = 5"], {"store.stale-index"}),
    ],
)  # fmt: skip
def test_whatever_is_tampered_with_is_found(filled, statements, expected):
    """Lines, words, the end of the journal, and everything derived."""
    tamper(filled, *statements)
    assert set(codes(filled.check())) == expected


def test_what_is_derived_is_mended(filled, where):
    """Numbers and the index are written anew from the journal."""
    totals, about = filled.totals(), filled.entries(person="S-1")
    tamper(
        filled, "UPDATE counts SET n = 99", "DELETE FROM due", "DELETE FROM concerns WHERE seq > 2"
    )
    assert filled.totals() != totals
    checkup = filled.check(repair=True)
    assert checkup
    assert [defect.code for defect in checkup.mended] == ["store.stale-totals", "store.stale-index"]
    assert checkup.text("ru")
    assert (filled.totals(), filled.entries(person="S-1")) == (totals, about)
    assert filled.check().mended == ()


def test_a_broken_line_is_not_mended(filled):
    """Nobody can tell what stood there."""
    tamper(filled, "UPDATE journal SET author = 'x' WHERE seq = 3")
    assert codes(filled.check(repair=True)) == ["store.broken-line"]
    assert codes(filled.check()) == ["store.broken-line"]


def test_nothing_is_recorded_after_a_journal_that_was_cut_off(filled, where):
    """It would hide that something is missing."""
    tamper(
        filled,
        *("DELETE FROM private WHERE seq = 6", "DELETE FROM concerns WHERE seq = 6"),
        "DELETE FROM journal WHERE seq = 6",
    )
    with Register.open(where, school="north") as other:
        with pytest.raises(RegisterError) as caught:
            other.record(RUNNING[0], author="curator", at=START)
        assert caught.value.defects[0].code == "store.broken-chain"
        assert len(other.entries()) == 5


def test_a_stored_result_that_was_changed_is_found(filled, club, club_policy):
    """Its digest no longer fits."""
    digest = filled.keep(mm.match(club, club_policy))
    assert filled.check()
    tamper(filled, "UPDATE results SET content = 'x'")
    with pytest.raises(RegisterError) as caught:
        filled.verify(digest)
    assert caught.value.defects[0].code == "store.damaged-result"
    checkup = filled.check()
    assert codes(checkup) == ["store.damaged-result"]
    assert digest in checkup.text()


def test_unfinished_files_are_found_and_removed(file):
    """Those that somebody may be writing just now are left alone."""
    with Register.open(file) as register:
        old, new = (file.parent / f".{file.name}.{name}.tmp" for name in ("old", "new"))
        for left in (old, new):
            left.write_bytes(b"half")
        os.utime(old, (time.time() - 86_400,) * 2)
        assert codes(register.check()) == ["store.leftovers"]
        assert register.check(repair=True)
        assert (old.exists(), new.exists()) == (False, True)


def test_on_postgresql_somebody_who_sees_all_schools_is_warned(server, postgres):
    """Row-level security doesn't hold a superuser back."""
    mighty = server.url.set(
        drivername="postgresql", database=postgres.rpartition("/")[2], password=None
    )
    with Register.open(mighty.render_as_string()) as register:
        checkup = register.check()
        assert checkup
        assert [warning.code for warning in checkup.warnings] == ["store.too-mighty"]
        assert checkup.text("ru")


def test_no_bit_of_a_file_flips_without_notice(file):
    """Whatever bit flips, what is read is what was recorded, or it is said to be damaged."""
    with Register.open(file) as register:
        register.record(*RUNNING, PLAN, author="curator", at=START)
        notes = Interviewed(person="S-1", on=date(2025, 9, 2), cleared=True, notes="calm")
        register.record(notes, author="curator", at=START)
        truth = register.entries()
    plain = sqlite3.connect(file)
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    sound = file.read_bytes()
    draw = np.random.default_rng(7)
    written = np.flatnonzero(np.frombuffer(sound, np.uint8))  # not the room that is left
    found = 0
    for place in draw.choice(written, 60, replace=False).tolist():
        spoilt = bytearray(sound)
        spoilt[place] ^= 1 << int(draw.integers(8))
        for beside in file.parent.iterdir():
            beside.unlink()
        file.write_bytes(spoilt)
        said = what_is_said_of(file)
        found += said != truth
        assert said == truth or said[0].startswith("store."), place
    assert found > 30


def what_is_said_of(file):
    """Return what a register holds if it says that it is sound, else the codes of its defects."""
    try:
        with Register.open(file) as register:
            checkup = register.check()
            return register.entries() if checkup else tuple(codes(checkup))
    except RegisterError as error:
        return tuple(defect.code for defect in error.defects)

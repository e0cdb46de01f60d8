"""``doctor`` says what is wrong with a register, and mends what can be mended."""

import json
import sqlite3
from datetime import date

import pytest

from mentormatch.programme.facts import Enrolled, Enrolment
from mentormatch.programme.folder import Programme

FILE = "register/register.sqlite"


@pytest.fixture
def kept(tmp_path):
    """Make a programme in whose register somebody is enrolled."""
    programme = Programme.create(tmp_path / "school")
    person = Enrolment(person="S-1", kind="student", roles=("mentee",))
    with programme.register as register:
        register.record(Enrolled(on=date(2025, 9, 1), people=(person,)), author="curator")
    return programme.folder


def spoil(folder, statement):
    """Change a register past the library."""
    plain = sqlite3.connect(folder / FILE)
    plain.execute(statement)
    plain.commit()
    plain.close()


def test_a_sound_register_ends_with_0(typed, kept):
    """In either language, and as data."""
    done = typed("doctor", kept)
    assert (done.exit_code, done.stdout) == (0, "1 entry read.\nNothing is wrong.\n")
    assert "Всё в порядке" in typed("doctor", kept, "--lang", "ru").stdout
    data = json.loads(typed("doctor", kept, "--json").stdout)
    assert data == {"entries": 1, "defects": [], "mended": [], "warnings": []}


def test_what_can_be_mended_is_mended_when_asked(typed, kept):
    """Until then it is only said."""
    spoil(kept, "UPDATE counts SET n = 7")
    done = typed("doctor", kept)
    assert done.exit_code == 1
    assert "--repair" in done.stdout
    done = typed("doctor", kept, "--repair", "--json")
    assert done.exit_code == 0
    assert [defect["code"] for defect in json.loads(done.stdout)["mended"]] == [
        "store.stale-totals"
    ]
    assert typed("doctor", kept).exit_code == 0


def test_what_cannot_be_mended_ends_with_1(typed, kept):
    """Nothing is made up."""
    spoil(kept, "DELETE FROM concerns")
    spoil(kept, "UPDATE schools SET seq = 2")
    done = typed("doctor", kept, "--repair")
    assert done.exit_code == 1
    assert "register.sqlite: the journal doesn't end where it should" in done.stdout


def test_a_file_that_is_no_register_ends_with_1(typed, kept):
    """The error says where and what to do, without a traceback or a path."""
    (kept / FILE).write_bytes(b"hello")
    done = typed("doctor", kept)
    assert done.exit_code == 1
    assert "register.sqlite: the register is damaged" in done.stderr
    assert str(kept) not in done.stderr

"""The access log can only grow, and shows every change made to it."""

import json
import random
import subprocess
import sys

import pytest

from mentormatch.errors import MentorMatchError
from mentormatch.privacy.access_log import AccessLog


@pytest.fixture
def log(tmp_path):
    """Keep a log of three accesses."""
    log = AccessLog(tmp_path / "log.jsonl")
    log.record("names-read", file="somewhere/report.html", who="Иванова")
    log.record("exported", file="a.csv", level="restricted", codes=["S-1", "S-2"], who="b")
    log.record("names-read", who="c")
    return log


def test_what_was_recorded_is_read_back_in_order(log):
    """Who, what, which file, how private, about whom; no folder."""
    found = log.check()
    assert found
    assert found.damaged is None
    assert [(one.number, one.who, one.act) for one in found.accesses] == [
        (1, "Иванова", "names-read"),
        (2, "b", "exported"),
        (3, "c", "names-read"),
    ]
    first, second, _ = found.accesses
    assert first.file == "report.html"
    assert (second.level, second.codes) == ("restricted", ("S-1", "S-2"))
    assert "report.html" in first.text("ru")
    assert "S-1, S-2" in second.text()
    assert found.head in found.text()


def test_no_log_is_an_empty_one(tmp_path):
    """Nobody has read a name yet."""
    found = AccessLog(tmp_path / "none.jsonl").check()
    assert found
    assert found.accesses == ()


def test_a_thousand_changes_of_one_byte_are_all_noticed(log):
    """Whatever byte is changed to whatever other, removed or inserted, the check says no."""
    dice = random.Random(5)  # noqa: S311 - chance, no secret
    sound = log.path.read_bytes()
    for _ in range(1000):
        content = bytearray(sound)
        place = dice.randrange(len(content))
        match dice.randrange(3):
            case 0:
                content[place] = (content[place] + dice.randrange(1, 256)) % 256
            case 1:
                del content[place]
            case _:
                content.insert(place, dice.randrange(256))
        if content == sound:
            continue
        log.path.write_bytes(bytes(content))
        assert not log.check(), (place, content)
    log.path.write_bytes(sound)
    assert log.check()


def test_a_line_removed_inserted_or_moved_is_noticed(log):
    """The chain breaks right there."""
    lines = log.path.read_bytes().splitlines(keepends=True)
    for changed, at in (
        (lines[1:], 1),
        ([lines[0], lines[2]], 2),
        ([lines[0], lines[0], *lines[1:]], 2),
        ([lines[0], lines[2], lines[1]], 2),
    ):
        log.path.write_bytes(b"".join(changed))
        assert log.check().damaged == at


def test_a_line_forged_with_its_own_hash_breaks_the_chain_after_it(log):
    """Whoever rewrites one line has to rewrite all that follow, and the noted hash tells."""
    noted = log.check().head
    lines = log.path.read_bytes().splitlines(keepends=True)
    other = AccessLog(log.path.with_name("other.jsonl"))
    other.record("names-read", who="nobody")
    (forged,) = other.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join([forged, *lines[1:]]))
    assert log.check().damaged == 2
    log.path.write_bytes(forged)
    assert log.check()
    assert log.check(noted).cut


def test_lines_cut_off_are_noticed_by_the_noted_hash(log):
    """Without it a shorter log looks sound."""
    noted = log.check().head
    log.record("exported", who="d")
    assert log.check(noted)
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:2]))
    assert log.check()
    assert not log.check(noted)
    assert "missing" in log.check(noted).text()


def test_nothing_is_chained_to_a_damaged_line(log):
    """Who wants names then has to look into it first."""
    with log.path.open("ab") as file:
        file.write(b'{"half')
    with pytest.raises(MentorMatchError, match="last line"):
        log.record("names-read")


def test_a_line_longer_than_what_is_read_at_first_is_found_whole(log):
    """A line about ten thousand people is longer than 64 KiB."""
    log.record("exported", codes=[f"S-{number:05}" for number in range(10_000)])
    log.record("names-read")
    assert log.check()
    assert len(log.check().accesses) == 5


def test_programs_that_write_at_once_wait_for_each_other(tmp_path):
    """Four processes with forty lines each make one chain of a hundred and sixty."""
    path = tmp_path / "log.jsonl"
    code = (
        "import sys; from pathlib import Path;"
        "from mentormatch.privacy.access_log import AccessLog;"
        "[AccessLog(Path(sys.argv[1])).record('names-read', who=sys.argv[2]) for _ in range(40)]"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), f"p{number}"])
        for number in range(4)
    ]
    assert [one.wait(timeout=120) for one in running] == [0] * 4
    found = AccessLog(path).check()
    assert found
    assert len(found.accesses) == 160
    assert {one.who for one in found.accesses} == {"p0", "p1", "p2", "p3"}


def test_a_line_is_plain_json(log):
    """Other programs can read it; the file is its owner's alone."""
    first = json.loads(log.path.read_text("utf-8").splitlines()[0])
    assert first["who"] == "Иванова"
    if sys.platform != "win32":
        assert log.path.stat().st_mode & 0o077 == 0

"""``what-if``, ``rematch`` and ``compare`` say what the library says."""

import json

import pytest

import mentormatch as mm

BAN = ("--ban", "A-007", "S-0077")


@pytest.fixture
def first(demo):
    """Match the demonstration by the library."""
    return mm.match(*mm.Programme.open(demo).read())


def test_what_if_says_who_moves_and_writes_nothing(typed, demo, first):
    """The text is that of the library in either language; the proof is named."""
    before = sorted(demo.rglob("*"))
    changes = mm.what_if(first, ban=[("A-007", "S-0077")]).changes_from(first)
    for lang in ("en", "ru"):
        done = typed("what-if", demo, *BAN, "--lang", lang)
        assert done.exit_code == 0
        assert done.stdout.startswith(changes.text(lang))
    assert sorted(demo.rglob("*")) == before


def test_pins_bans_seats_and_people_may_be_given_several_times(typed, demo, first):
    """All of them are asked at once."""
    words = [*BAN, "--ban", "T-029", "S-0068", "--capacity", "A-007=2", "--capacity", "T-029 = 1"]
    done = typed("what-if", demo, *words, "--without", "S-0080", "--without", "S-0090", "--json")
    asked = mm.what_if(
        first,
        ban=[("A-007", "S-0077"), ("T-029", "S-0068")],
        capacity={"A-007": 2, "T-029": 1},
        without=["S-0080", "S-0090"],
    )
    data = json.loads(done.stdout)
    assert [level["value"] for level in data["levels"]] == [level.value for level in asked.levels]
    assert data["changes"]["left"] == ["S-0080", "S-0090"]


def test_what_can_not_be_is_said_with_its_conflict(typed, demo):
    """The exit code is that of an impossible match."""
    pins = ["--pin", "A-007", "S-0077", "--pin", "A-007", "S-0080", "--capacity", "A-007=1"]
    done = typed("what-if", demo, *pins)
    assert done.exit_code == 1
    assert "A-007" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--ban", "A-007"),
        ("--ban",),
        ("--capacity", "A-007"),
        ("--capacity", "A-007=-1"),
        ("--pin", "A-999", "S-0077"),
        ("--without", "A-999"),
    ],
)
def test_a_question_that_is_written_wrongly_is_misuse(typed, demo, words):
    """Nothing ends in a traceback."""
    done = typed("what-if", demo, *words)
    assert done.exit_code == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_kept_of_a_question_is_proven(typed, demo, tmp_path):
    """A file is written where --out says, and verified."""
    done = typed("what-if", demo, *BAN, "--without", "S-0080", "--out", tmp_path / "kept")
    assert done.exit_code == 0
    assert mm.verify(tmp_path / "kept" / "result.json").accepted


def test_a_rematch_keeps_the_previous_result(typed, demo, first):
    """What runs goes on but for the broken pair; the old file stays as it was."""
    previous = demo / "out" / "result.json"
    kept = previous.read_bytes()
    words = ["--previous", previous, "--broken", "A-007", "S-0077", "--max-changes", "0"]
    done = typed("rematch", demo, *words)
    assert done.exit_code == 0
    assert previous.read_bytes() == kept
    cohort, policy = mm.Programme.open(demo).read()
    expected = mm.rematch(first, cohort, policy, broken=[("A-007", "S-0077")], max_changes=0)
    found = mm.Result.load(demo / "out" / "rematch" / "result.json")
    assert [level.value for level in found.levels] == [level.value for level in expected.levels]
    assert "S-0077: from A-007" in done.stdout


def test_two_policies_are_compared(typed, demo, first, tmp_path):
    """Text and data are those of the library."""
    other = mm.Policy.preset("choice-first")
    other.save(tmp_path / "other.toml")
    second = mm.match(first.view.graph.cohort, other)
    found = mm.compare(first, second)
    done = typed("compare", demo, "--policy", tmp_path / "other.toml")
    assert (done.exit_code, done.stdout.strip()) == (0, found.text("en"))
    data = json.loads(typed("compare", demo, "--policy", tmp_path / "other.toml", "--json").stdout)
    assert data["common"] == found.common

"""``demo`` and ``init`` make folders that everything else works on."""

import json
import shlex

import pytest

from mentormatch.keys import KeyFile
from mentormatch.programme.folder import Programme
from mentormatch.result import Result
from mentormatch.roadmap.roadmap import Roadmap


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_demonstration_ends_with_calls_that_work(typed, tmp_path, monkeypatch, lang):
    """Whoever copies a suggested line gets an answer."""
    monkeypatch.chdir(tmp_path)
    done = typed("demo", "--lang", lang)
    assert done.exit_code == 0
    calls = [line for line in done.stdout.splitlines() if line.startswith("  mentormatch ")]
    assert len(calls) == 8
    for call in calls:
        assert typed(*shlex.split(call)[1:]).exit_code == 0, call


def test_the_demonstration_shows_pairs_the_rest_and_the_proof(typed, tmp_path):
    """What it prints is what it keeps."""
    done = typed("demo", "--out", tmp_path / "demo")
    result = Result.load(tmp_path / "demo" / "out" / "result.json")
    assert result.summary("en") in done.stdout
    lines = done.stdout.splitlines()
    for pair in result.matching.pairs:
        assert any(line.split()[:2] == [pair.mentor, pair.mentee] for line in lines)
    assert "Proven" in done.stdout
    assert (tmp_path / "demo" / "out" / "pairs.xlsx").is_file()


def test_no_name_is_shown_or_kept_with_the_results(typed, tmp_path):
    """Made-up names stand in the key file and the spreadsheets only."""
    done = typed("demo", "--out", tmp_path / "demo", "--lang", "ru")
    keys = KeyFile.load(tmp_path / "demo" / "keys.csv")
    shown = done.output + (tmp_path / "demo" / "out" / "result.json").read_text("utf-8")
    assert len(keys) > 100
    assert not [person.name for person in keys.people.values() if person.name in shown]


def test_the_demonstration_is_a_programme(demo):
    """It is read as any other, on the day of the made-up round."""
    programme = Programme.open(demo)
    assert programme.settings.as_of is not None
    assert programme.read()[0].headcount("students") == 189


def test_another_seed_makes_another_school(typed, tmp_path):
    """The same number makes the same bytes."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        typed("demo", "--out", tmp_path / name, "--seed", seed)
    first, again, other = ((tmp_path / name / "mentees.csv").read_bytes() for name in "abc")
    assert first == again != other


def test_the_demonstration_overwrites_nothing(typed, tmp_path, monkeypatch):
    """Without a name it takes a free one; a folder that was named must be free."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mentormatch-demo").mkdir()
    (tmp_path / "mentormatch-demo" / "mine.txt").write_text("mine")
    assert typed("demo", "--out", "mentormatch-demo").exit_code == 2
    assert typed("demo").exit_code == 0
    assert [path.name for path in (tmp_path / "mentormatch-demo").iterdir()] == ["mine.txt"]
    assert (tmp_path / "mentormatch-demo-2" / "programme.toml").is_file()


def test_the_demonstration_is_data_for_a_program(typed, tmp_path):
    """Standard output is one JSON document, standard error is quiet."""
    done = typed("demo", "--out", tmp_path / "demo", "--json")
    data = json.loads(done.stdout)
    assert (data["status"], data["verification"]["accepted"]) == ("optimal", True)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("lang", "sheet"), [("en", "Mentors"), ("ru", "Наставники")], ids=["en", "ru"]
)
def test_a_new_programme_is_explained_and_waits_for_answers(typed, tmp_path, lang, sheet):
    """The next check says that the forms are empty."""
    done = typed("init", tmp_path / "school", "--lang", lang)
    assert done.exit_code == 0
    assert "answers/mentors.xlsx" in done.stdout
    checked = typed("check", tmp_path / "school")
    assert checked.exit_code == 1
    assert sheet in checked.stdout


def test_a_new_programme_overwrites_nothing(typed, demo):
    """Every file in the way is named."""
    before = (demo / "policy.toml").read_bytes()
    done = typed("init", demo)
    assert done.exit_code == 2
    assert all(name in done.stderr for name in ("policy.toml", "programme.toml"))
    assert (demo / "policy.toml").read_bytes() == before
    assert not (demo / "answers").exists()


@pytest.mark.parametrize(
    ("today", "years"), [("2031-09-01", (2031, 2033)), ("2032-03-01", (2031, 2033))]
)
def test_a_new_programme_has_a_roadmap_of_its_own_years(typed, tmp_path, today, years):
    """The ready one is of years gone by: everything in it would be overdue by years."""
    done = typed("init", tmp_path / "new", MENTORMATCH_TODAY=today)
    assert f"{years[0]}-{years[1]}" in done.stdout
    programme = Programme.open(tmp_path / "new")
    roadmap = Roadmap.load(tmp_path / "new" / programme.settings.roadmap)
    assert (roadmap.starts.year, roadmap.ends.year) == years


def test_a_programme_of_the_ready_roadmap_s_years_goes_by_it(typed, tmp_path):
    """Nothing has to be moved then, and a roadmap that lies there already is left alone."""
    typed("init", tmp_path / "then", MENTORMATCH_TODAY="2024-09-01")
    assert Programme.open(tmp_path / "then").settings.roadmap is None
    own = tmp_path / "own" / "roadmap.toml"
    own.parent.mkdir()
    own.write_text("mine", "utf-8")
    typed("init", tmp_path / "own", MENTORMATCH_TODAY="2031-09-01")
    assert own.read_text("utf-8") == "mine"


def test_the_roadmap_of_a_programme_that_nobody_has_answered_yet_is_shown(typed, tmp_path):
    """Most of it is due before the first answer comes."""
    typed("init", tmp_path / "new", MENTORMATCH_TODAY="2031-09-01")
    for command in ("roadmap", "calendar"):
        done = typed(command, tmp_path / "new", MENTORMATCH_TODAY="2031-09-05")
        assert done.exit_code == 0, done.output
    assert "A3" in typed("roadmap", tmp_path / "new", MENTORMATCH_TODAY="2031-09-05").stdout


def test_a_folder_with_letters_of_any_alphabet_is_named_as_it_is(typed, tmp_path, monkeypatch):
    """A space needs quotation marks, Cyrillic letters don't: cmd.exe knows none but double ones."""
    monkeypatch.chdir(tmp_path)
    assert "  mentormatch check школа\n" in typed("init", "школа").stdout
    assert "  mentormatch check 'моя школа'\n" in typed("init", "моя школа").stdout

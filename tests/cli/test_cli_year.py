"""The year of the tutorial by commands: what its pages show beside each call, typed in order."""

import json
import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest

import mentormatch as mm

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "a-year-with-mentormatch.md"
_BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def lived(tmp_path_factory, typed):
    """Live through the tutorial by its commands; its Python only fills in the sheets."""
    folder = tmp_path_factory.mktemp("year")
    said, namespace, environment = {}, {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for language, code in _BLOCK.findall(PAGE.read_text("utf-8")):
            if language == "python":
                if "office" not in code and "school(" not in code:
                    exec(code, namespace)  # noqa: S102 - our own page
                continue
            for line in code.splitlines():
                if line.startswith("export "):
                    name, _, value = line.removeprefix("export ").partition("=")
                    environment[name] = value
                    continue
                done = typed(*shlex.split(line)[1:], **environment)
                assert done.exit_code == 0, f"{line}\n{done.output}"
                said[line.removeprefix("mentormatch ")] = done.stdout
    return folder / "demo", said, environment


def test_the_commands_of_the_tutorial_live_through_the_same_year_as_its_calls(
    lived, tmp_path, monkeypatch
):
    """Fact by fact; only when they were written down differs, and who was asked to answer how."""
    folder, _, _ = lived
    monkeypatch.chdir(tmp_path)
    namespace = {}
    for language, code in _BLOCK.findall(PAGE.read_text("utf-8")):
        if language == "python":
            exec(code, namespace)  # noqa: S102 - our own page
    with mm.Office.open(folder) as office, mm.Office.open("demo") as other:
        typed_facts = [entry.fact for entry in office.register.entries()]
        called = [entry.fact for entry in other.register.entries()]
        assert typed_facts == called
        assert [e.day for e in office.register.entries()] == [
            e.day for e in other.register.entries()
        ]


def test_what_each_command_says_is_what_its_call_says(lived):
    """Sentences worked out by hand: 51 pairs, one changed, one broken, one withdrawn, two new."""
    _, said, _ = lived
    assert (
        "accepted 50, changed 1, pinned 0, forbidden 0"
        in said["decide demo demo/out/decisions.xlsx"]
    )
    assert (
        "51 pairs run from 2026-10-05 to 2027-05-31"
        in said["order demo --number 179/1 --until 2027-05-31"]
    )
    assert "49 go on, 2 pairs and groups proposed" in said["rematch demo"]
    assert "The code still stands in mentors.xlsx" in said["withdraw demo A-014"]
    assert "51 pairs have ended" in said["close demo --all"]


def test_the_status_of_a_past_day_is_what_held_then(lived, typed):
    """On the third of October everything was accepted and nothing ordered."""
    folder, _, _ = lived
    done = typed("status", folder, "--on", "03.10.2026", "--json")
    assert json.loads(done.stdout)["pairs"] == {
        "proposed": 0,
        "accepted": 51,
        "running": 0,
        "closed": 0,
    }
    november = typed("status", folder, "--on", "2026-11-09", "--lang", "ru", COLUMNS="120")
    assert "планирование" in november.stdout
    assert "знакомство" in november.stdout


def test_a_consent_that_was_taken_back_leaves_no_word_in_the_register(lived):
    """Whoever withdrew has answered the first wave, and the answer is gone."""
    folder, _, _ = lived
    with mm.Office.open(folder) as office:
        answer = office.state.waves["2026-Q4"].answers["A-014"]
        assert answer.answers is None
        assert office.register.check()


@pytest.fixture(scope="module")
def _begun(_demo, typed, tmp_path_factory):
    """Record a round in the demonstration, once."""
    folder = shutil.copytree(_demo, tmp_path_factory.mktemp("begun") / "demo")
    assert typed("match", folder, "--record", MENTORMATCH_TODAY="2026-10-01").exit_code == 0
    return folder


@pytest.fixture
def begun(_begun, tmp_path):
    """Give each test a folder with a recorded round as its own."""
    return shutil.copytree(_begun, tmp_path / "begun")


def entries_in(folder):
    """Count what is recorded."""
    with mm.Office.open(folder) as office:
        return len(office.register.entries())


TODAY = {"MENTORMATCH_TODAY": "2026-10-05"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, ("order", "DIR", "--number", "1", "--until", "2027-05-31")),  # nothing is accepted
        (1, ("plans", "DIR", "--draft")),
        (1, ("plans", "DIR", "--agree")),
        (1, ("plans", "DIR", "--approve", "--number", "2")),
        (1, ("close", "DIR", "--all")),
        (1, ("rematch", "DIR")),
        (1, ("wave", "DIR", "open", "q")),
        (1, ("wave", "DIR", "compare")),
        (1, ("meetings", "DIR", "--pair", "2026-10-001", "--stage", "trial")),
        (1, ("decide", "DIR", "DIR/mentors.xlsx")),  # another sheet
        (1, ("meetings", "DIR", "DIR/mentors.xlsx")),
        (1, ("plans", "DIR", "DIR/mentors.xlsx")),
        (2, ("close", "DIR", "P-1", "--reason", "no_fit")),  # no such pair
        (2, ("close", "DIR")),
        (2, ("close", "DIR", "2026-10-001")),
        (2, ("close", "DIR", "2026-10-001", "--all", "--reason", "other")),
        (2, ("withdraw", "DIR", "A-999")),
        (2, ("wave", "DIR", "close", "q")),
        (2, ("wave", "DIR", "read", "q")),
        (2, ("wave", "DIR", "shut", "q")),
        (2, ("meetings", "DIR", "--pair", "2026-10-001")),
        (2, ("meetings", "DIR", "--stage", "trial")),
        (2, ("plans", "DIR", "--number", "2")),
        (2, ("plans", "DIR", "--draft", "--agree")),
        (2, ("plans", "DIR", "--approve")),
        (2, ("decide", "DIR", "nowhere.xlsx")),
        (2, ("order", "DIR", "--number", "1", "--until", "next May")),
        (2, ("order", "DIR", "--number", "1")),
        (2, ("rematch", "DIR", "--broken", "A-011", "S-0170")),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence_and_nothing_is_recorded(
    typed, begun, code, words
):
    """With the exit code for what is wrong in the data, or in the call."""
    before = entries_in(begun)
    done = typed(*(word.replace("DIR", str(begun)) for word in words), **TODAY)
    assert done.exit_code == code
    assert done.stderr.strip()
    assert not done.stdout
    assert entries_in(begun) == before


def test_without_a_register_commands_say_how_to_begin_one_and_make_none(typed, demo):
    """Looking must not begin a register, and neither must a match without --record."""
    assert typed("match", demo).exit_code == 0
    for words in (("status", demo), ("decide", demo), ("close", demo, "--all")):
        done = typed(*words)
        assert done.exit_code == 1
        assert "match DIR --record" in done.stderr
    assert typed("rematch", demo).exit_code == 2
    assert not (demo / "register").exists()


def test_a_day_that_is_none_is_refused(typed, demo):
    """The variable that says which day it is has to be a day."""
    done = typed("status", demo, MENTORMATCH_TODAY="tomorrow")
    assert done.exit_code == 2
    assert "tomorrow" in done.stderr


def test_programs_get_what_was_recorded_as_data(typed, begun):
    """Which facts, which files, and the sentence."""
    done = typed("decide", begun, "--accept-all", "--json", "--author", "c-7", **TODAY)
    data = json.loads(done.stdout)
    assert [entry["fact"] for entry in data["entries"]] == ["accepted"]
    assert data["values"]["accepted"] == 51
    with mm.Office.open(begun) as office:
        last = office.register.entries()[-1]
    assert (last.author, last.day) == ("c-7", date(2026, 10, 5))


def test_a_filled_sheet_is_not_written_over(typed, begun):
    """What the curator filled in stays under another name; an untouched sheet is written anew."""
    sheet = begun / "out" / "decisions.xlsx"
    for _ in range(2):
        assert typed("decide", begun, **TODAY).exit_code == 0
    assert not sheet.with_stem("decisions-1").exists()
    sheet.write_bytes(b"filled in")
    assert typed("decide", begun, **TODAY).exit_code == 0
    assert sheet.with_stem("decisions-1").read_bytes() == b"filled in"

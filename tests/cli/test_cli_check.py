"""``check`` finds what is wrong with files, ``verify`` what is wrong with results."""

import json
import re
from pathlib import Path

import pytest

from mentormatch.analysis import branches, certificate
from mentormatch.messages import has


def test_a_sound_programme_has_no_defects_and_a_diagnosis(typed, demo):
    """A column that was understood needs no mention, such as when answers were submitted."""
    done = typed("check", demo)
    assert done.exit_code == 0
    assert "demo: 0 defects" in done.stdout
    assert "was not read" not in done.stdout
    assert "admissible" in done.stdout
    data = json.loads(typed("check", demo, "--json").stdout)
    assert [(it["name"], it["defects"]) for it in data] == [("demo", [])]
    assert data[0]["diagnosis"]["mentors"] == 60


def test_a_programme_may_be_named_by_its_settings(typed, demo, monkeypatch):
    """The file, and the folder somebody stands in, mean the folder."""
    monkeypatch.chdir(demo)
    for name in ("programme.toml", "."):
        assert "demo: 0 defects" in typed("check", name).stdout


def test_defects_of_a_programme_end_with_1(typed, demo):
    """They are the answer, so they stand on standard output."""
    (demo / "questionnaire.toml").write_text('name = "x"', "utf-8")
    done = typed("check", demo)
    assert done.exit_code == 1
    assert "- questionnaire.toml, questions: this key is missing; add it" in done.stdout
    (found,) = json.loads(typed("check", demo, "--json").stdout)
    assert {it["file"] for it in found["defects"]} == {"questionnaire.toml"}


def test_warnings_are_no_defects(typed, demo):
    """A form whose weights are all zero is allowed, but hardly meant."""
    text = (demo / "policy.toml").read_text("utf-8")
    (demo / "policy.toml").write_text(text.replace("need_cover = 0.6", "need_cover = 0.5", 1))
    for words in ([demo], [demo / "policy.toml", "--questionnaire", demo / "questionnaire.toml"]):
        done = typed("check", *words)
        assert done.exit_code == 0
        assert "Look again: " in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\ntitle = "x"\nquestions = []\nscale = []', "scale: there is no key"),
        ('name = "x"\nforms = []', "forms: "),
        ('name = "x"\nanswers = {}', "answers.mentors: this key is missing"),
        ("columns = { kind = 5 }", "columns.kind: "),
        ("questions = [", "the file can't be read"),
        ("[" * 50, "the file can't be read"),
    ],
)
def test_a_file_is_checked_as_what_it_is_meant_to_be(typed, tmp_path, text, said):
    """Questionnaire, policy, settings and map of columns are told apart by their keys."""
    (tmp_path / "file.toml").write_text(text, "utf-8")
    done = typed("check", tmp_path / "file.toml")
    assert done.exit_code == 1
    assert said in done.stdout


def test_several_files_are_checked_in_one_call(typed, demo):
    """Each has its own line."""
    done = typed("check", demo / "questionnaire.toml", demo / "policy.toml")
    assert done.exit_code == 0
    assert done.stdout == "questionnaire.toml: 0 defects\npolicy.toml: 0 defects\n"


def test_a_policy_is_held_against_its_questionnaire(typed, demo):
    """Alone it is sound, but nobody asks what it reads."""
    text = (demo / "policy.toml").read_text("utf-8").replace("head_teacher", "astronaut")
    (demo / "policy.toml").write_text(text, "utf-8")
    assert typed("check", demo / "policy.toml").exit_code == 0
    call = ("check", demo / "policy.toml", "--questionnaire", demo / "questionnaire.toml")
    assert typed(*call).exit_code == 1


def test_answers_are_checked_against_a_questionnaire(typed, demo):
    """Two tables are mentors and mentees; without a questionnaire nothing can be said."""
    tables, form = (demo / "mentors.xlsx", demo / "mentees.csv"), demo / "questionnaire.toml"
    sound = typed("check", *tables, "--questionnaire", form)
    assert sound.exit_code == 0
    assert "mentees.csv: rows read: 58, kept: 58" in sound.stdout
    assert typed("check", *tables).exit_code == 2
    assert typed("check", *tables, tables[0], "--questionnaire", form).exit_code == 2
    (demo / "mentees.csv").write_text("code,kind\nS-1,astronaut\n", "utf-8")
    broken = typed("check", *tables, "--questionnaire", form)
    assert broken.exit_code == 1
    assert "mentees.csv, row 2" in broken.stdout


def test_endless_brackets_are_no_traceback(typed, tmp_path):
    """A file that no parser can follow is told as such."""
    (tmp_path / "deep.json").write_text("[" * 200_000)
    done = typed("check", tmp_path / "deep.json")
    assert done.exit_code == 1
    assert "nested too deeply" in done.stderr
    assert typed("verify", tmp_path / "deep.json").exit_code == 1


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_sound_result_is_accepted(typed, demo, lang):
    """As stored, and with all scores computed from the answers again."""
    file = demo / "out" / "result.json"
    stored = typed("verify", file, "--lang", lang)
    again = typed("verify", file, "--programme", demo, "--lang", lang)
    assert (stored.exit_code, again.exit_code) == (0, 0)
    assert stored.stdout.startswith("result.json: ")
    data = json.loads(typed("verify", file, "--programme", demo, "--json").stdout)
    assert (data["accepted"], data["scores"]) == (True, "recomputed")


def swap(content):
    """Exchange two mentees."""
    first, second = content["pairs"][:2]
    first[1], second[1] = second[1], first[1]


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (swap, "перечислены не те пары"),
        (lambda it: it["pairs"].pop(), "не файл результата"),
        (lambda it: it.update(certificate=None), "доказательства в нём нет"),
        (lambda it: it["levels"][-1].update(value=1), "значения целей не те"),
        (lambda it: it.update(format="something else"), "не файл результата"),
        (lambda it: it["raw"][0].__setitem__(0, 10**30), "не файл результата"),
        (lambda it: it.pop("problem"), "не файл результата"),
    ],
)
def test_a_tampered_result_is_refused_in_words(typed, demo, tamper, said):
    """Whatever was changed, the reason is a sentence and the exit code 1."""
    file = demo / "out" / "result.json"
    content = json.loads(file.read_text("utf-8"))
    tamper(content)
    file.write_text(json.dumps(content), "utf-8")
    done = typed("verify", file, "--lang", "ru")
    assert done.exit_code == 1
    assert f"result.json: Не доказано: {said}" in done.stdout.replace("это ", "")


def test_every_refusal_has_a_sentence():
    """The checks of the proof answer with words such as ``mentor-load``."""
    words = {
        "no-certificate",
        "other-pairs",
        "other-levels",
        "other-scores",
        "other-proof",
        "quota",
        "exclusive",
        "together",
    }
    for module in (certificate, branches):
        text = Path(module.__file__).read_text("utf-8")
        words |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text))
    assert len(words) > 15
    assert not [word for word in words if not has(f"cli.refused.{word}")]


def test_a_result_of_another_policy_is_refused(typed, demo):
    """It is proven, but not for what the folder says now."""
    text = (demo / "policy.toml").read_text("utf-8")
    (demo / "policy.toml").write_text(text.replace("need_cover = 0.6", "need_cover = 0.7"))
    file = demo / "out" / "result.json"
    assert typed("verify", file).exit_code == 0
    done = typed("verify", file, "--programme", demo)
    assert done.exit_code == 1
    assert "the policy has been changed since" in done.stdout


def test_a_result_is_checked_as_of_its_own_day(typed, demo):
    """Without a day in the settings, the answers are read as of the day of the matching."""
    settings = (demo / "programme.toml").read_text("utf-8")
    lines = [line for line in settings.splitlines() if not line.startswith("as_of")]
    (demo / "programme.toml").write_text("\n".join(lines), "utf-8")
    done = typed("verify", demo / "out" / "result.json", "--programme", demo)
    assert done.exit_code == 0
    assert "Scores recomputed from the answers" in done.stdout


def test_a_folder_is_no_result(typed, demo):
    """It can't be opened, which is told in words."""
    assert typed("verify", demo).exit_code == 2

"""Help, languages, slips and exit codes of the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import mentormatch as mm
from mentormatch.cli import app, matching
from mentormatch.cli.face import language, language_in
from mentormatch.messages import has

COMMANDS = [entry.name for entry in app.registered_commands]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_speaks_both_languages(typed, command):
    """A curator reads Russian where a developer reads English."""
    words = [command, "--help"] if command else ["--help"]
    english, russian = (typed(*words, "--lang", lang).stdout for lang in ("en", "ru"))
    assert "Показать эту справку." in russian
    assert "Show this help." in english
    assert not any("а" <= letter <= "я" for letter in english.lower())
    assert "<bool>" not in english + russian  # nobody is to write "--json true"


def test_the_version_is_told_without_a_command(typed):
    """Whoever reports a mistake needs it."""
    done = typed("--version")
    assert (done.exit_code, done.stdout.strip()) == (0, f"mentormatch {mm.__version__}")


def test_typing_the_name_alone_shows_help(typed):
    """Nobody is scolded for not knowing what to type."""
    done = typed()
    assert done.exit_code == 0
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({"MENTORMATCH_LANG": "ru", "LC_ALL": "en_GB.UTF-8"}, "ru"),
        ({"MENTORMATCH_LANG": "en", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "ru"),  # an empty variable says nothing
        ({"LANG": "Ru"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_environment_chooses_the_language(monkeypatch, environment, lang):
    """Our own variable goes first, then those of the system."""
    for name in ("MENTORMATCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == lang


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["match", "x", "--lang", "ru"], "ru"),
        (["--lang=ru", "match"], "ru"),
        (["match", "--lang"], "en"),
        (["match", "--lang", "de"], "en"),
        (["match"], "en"),
    ],
)
def test_the_language_is_found_in_a_call_that_may_be_wrong(monkeypatch, words, lang):
    """Errors about a call are told in the language it asks for."""
    monkeypatch.setenv("MENTORMATCH_LANG", "en")
    assert language_in(words) == lang


def test_the_language_may_stand_before_the_command(typed, demo):
    """Both places mean the same."""
    calls = [("--lang", "ru", "diagnose", demo), ("diagnose", demo, "--lang", "ru")]
    first, second = (typed(*call).stdout for call in calls)
    assert first == second
    assert "наставляемых" in first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], None),
        (["dance"], "команды «dance» нет"),
        (["match"], "не указано: DIR"),
        (["match", "x", "--bar"], "параметра --bar нет"),
        (["matsch", "x"], "возможно, вы хотели mentormatch match;"),
        (["match", "x", "--seed", "many"], "значение --seed не подходит; напишите число"),
        (["match", "x", "--seed"], "после --seed ничего не написано"),
        (["match", "моя", "школа"], "лишнее: школа; уберите это или, если в имени есть пробел"),
        (
            ["demo", "--preset", "moon"],
            "значение --preset не подходит; напишите одно из: boarding_small, regular_medium,",
        ),
        (["demo", "--seed", "-1"], "значение --seed не подходит; напишите число не меньше 0"),
        (
            ["order", "x", "--number", "1", "--until", "31.02.2027"],
            "не день, который есть в календаре; напишите день так: 2026-12-31, 31.12.2026",
        ),
        (["meetings", "x", "--pair", "1", "--stage", "проба"], "напишите одно из: acquaintance,"),
        (["match", "nowhere"], "nowhere: такой папки нет"),
        (["match", "."], "в этой папке нет файла programme.toml"),
        (["explain", "nowhere", "A", "B"], "такой папки нет"),
        (["diagnose", "nowhere"], "такой папки нет"),
        (["verify", "nowhere.json"], "nowhere.json: такого файла нет"),
        (["check", "nowhere.toml"], "nowhere.toml: такого файла нет"),
        (["check"], "не указано: FILE..."),
        (["init", "new", "--preset", "moon"], "готового набора «moon» нет"),
        (["init", "new", "--policy", "moon"], "готового набора «moon» нет"),
    ],
)
def test_a_slip_is_told_in_words(typed, tmp_path, monkeypatch, words, said):
    """Misuse ends with 2, a sentence in the reader's language, and no traceback."""
    monkeypatch.chdir(tmp_path)
    done = typed(*words, MENTORMATCH_LANG="ru")
    if said is None:
        assert done.exit_code == 0
        return
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_what_is_wrong_with_many_rows_is_said_once(typed, demo):
    """Whoever misread a column sees one sentence with its rows, not one for each."""
    typed("match", demo, "--record")
    typed("decide", demo)
    book = openpyxl.load_workbook(demo / "out" / "decisions.xlsx")
    page = book.worksheets[0]
    column = next(cell.column for cell in page[1] if cell.value == "Decision")
    for row in (2, 3, 4, 7):
        page.cell(row, column, "perhaps")
    book.save(demo / "out" / "decisions.xlsx")
    done = typed("decide", demo, demo / "out" / "decisions.xlsx", MENTORMATCH_LANG="ru")
    assert done.exit_code == 1
    assert done.stderr.startswith("4 замечания:\n")
    assert "  4 места: " in done.stderr
    assert "строки 2-4, 7" in done.stderr


def test_a_fact_that_can_not_be_is_told_in_the_reader_s_words(typed, demo):
    """Days are written as the language does, and no field of a record is named."""
    typed("match", demo, "--record")
    typed("decide", demo, "--accept-all")
    call = ("order", demo, "--number", "1", "--until", "31.05.2999", "--on", "01.01.2999")
    done = typed(*call, MENTORMATCH_LANG="ru")
    assert done.exit_code == 1
    assert done.stderr.startswith("01.01.2999 ещё не наступило;")


def test_a_slip_is_data_for_a_program(typed, tmp_path, monkeypatch):
    """With --json standard output holds JSON even then."""
    monkeypatch.chdir(tmp_path)
    done = typed("match", "nowhere", "--json")
    assert done.exit_code == 2
    (defect,) = json.loads(done.stdout)["defects"]
    assert (defect["code"], defect["file"]) == ("cli.no-folder", "nowhere")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PermissionError(13, "Permission denied", "secret/a.toml"), 2, "a.toml: the file can't be"),
        (OSError("strange"), 2, "the file can't be opened"),
        (RecursionError(), 1, "nested too deeply"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_trouble_of_the_system_is_told_in_words(typed, monkeypatch, error, code, said):
    """Files without permission, brackets without end, an impatient user."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(matching, "programme_in", fail)
    done = typed("match", "school")
    assert done.exit_code == code
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_a_fault_of_ours_is_not_hidden(typed, monkeypatch):
    """Whatever nobody can bring about by typing shows where it comes from."""
    monkeypatch.setattr(matching, "programme_in", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        typed("match", "school")


def test_every_sentence_the_front_door_looks_up_is_there():
    """Each command has its help in the catalogues."""
    assert all(has(f"cli.{command}.help") for command in COMMANDS)


def test_the_entry_point_runs_where_only_ascii_can_be_shown(tmp_path):
    """The command itself, in a pipe of a system without Cyrillic letters."""
    command = Path(sys.executable).with_name("mentormatch")
    done = subprocess.run(
        [command, "demo", "--lang", "ru"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Попробуйте дальше:" in done.stdout.decode("utf-8")
    assert done.stderr == b""
    assert (tmp_path / "mentormatch-demo" / "out" / "pairs.xlsx").is_file()

"""``form`` writes a questionnaire for people to fill in."""

import openpyxl
import pytest

from mentormatch.questionnaire import Questionnaire


def titles(path):
    """Return the headers of a form."""
    return [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][1]]


def test_a_form_of_a_programme_asks_what_the_programme_asks(typed, demo, tmp_path):
    """For one side and one kind of people, in the language that was wished for."""
    out = tmp_path / "form.xlsx"
    done = typed(
        "form", demo, "--out", out, "--role", "mentee", "--kind", "student", "--lang", "ru"
    )
    assert (done.exit_code, "form.xlsx" in done.stdout.replace("\n", "")) == (0, True)
    found = titles(out)
    assert found[:3] == ["ФИО", "Контакт для связи", "Категория участника"]
    assert "Стаж, лет" not in found
    assert "Класс" in found
    assert "Собеседование пройдено" in found


def test_a_form_of_a_questionnaire_can_have_codes(typed, tmp_path):
    """A row for each, and nothing that the school answers."""
    Questionnaire.preset("target-model").save(tmp_path / "q.toml")
    out = tmp_path / "form.xlsx"
    codes = ("--code", "T-1", "--code", "T-2")
    call = ("form", tmp_path / "q.toml", "--out", out, *codes, "--no-school", "--lang", "en")
    assert typed(*call).exit_code == 0
    page = openpyxl.load_workbook(out).worksheets[0]
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == [
        "Participant code", "T-1", "T-2"
    ]  # fmt: skip
    assert "Interview passed" not in titles(out)


def test_a_form_is_printed_by_its_ending(typed, demo, tmp_path):
    """A document begins as an archive does."""
    assert typed("form", demo, "--out", tmp_path / "form.docx").exit_code == 0
    assert (tmp_path / "form.docx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("--out form.pdf", ".docx"),
        ("--out form.xlsx --kind pupil", "student"),
        ("--out form.xlsx --code A-7 --code A-7", "A-7"),
        ("", "--out"),
    ],
)
def test_a_call_that_cannot_be_meant_is_misuse(typed, demo, more, said):
    """It says what to write instead."""
    done = typed("form", demo, *more.split(), "--lang", "en")
    assert done.exit_code == 2
    assert said in done.stderr

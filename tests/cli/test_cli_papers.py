"""``documents`` writes what a school signs, and puts its templates where they can be edited."""

import json

import pytest
from docx import Document

from mentormatch.documents.cabinet import MAKERS

TODAY = {"MENTORMATCH_TODAY": "2026-10-20"}


@pytest.fixture
def school(demo, typed):
    """Let the demo school match, accept and order."""
    for words in (
        ["match", demo, "--record"],
        ["decide", demo, "--accept-all"],
        ["order", demo, "--number", "179/1", "--until", "2027-05-31"],
    ):
        assert typed(*words, MENTORMATCH_TODAY="2026-10-05").exit_code == 0
    return demo


def test_the_documents_that_there_are_can_be_listed(typed, demo):
    """Nothing is written for that."""
    done = typed("documents", demo, "--list", "--lang", "ru")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [*MAKERS]
    assert "Приказ о закреплении пар и групп" in done.stdout
    assert json.loads(typed("documents", demo, "--list", "--json").stdout).keys() == MAKERS.keys()
    assert not (demo / "out" / "documents").exists()


def test_documents_of_a_day_are_written(typed, school):
    """Each code has its folder; codes in place of names if somebody wants that."""
    call = ("documents", school, "--only", "D-PAIR", "--only", "d-reg")
    done = typed(*call, "--lang", "ru", **TODAY)
    assert done.exit_code == 0, done.output
    folder = school / "out" / "documents" / "2026-10-20"
    (order,) = (folder / "D-PAIR").iterdir()
    said = "\n".join(cell.text for table in Document(order).tables for cell in table._cells)
    name = (school / "keys.csv").read_text("utf-8-sig").splitlines()[1].split(";")[1]
    assert name in said or "Тестов" in said
    data = json.loads(typed(*call, "--codes", "--json", **TODAY).stdout)
    assert list(data["files"]) == ["D-PAIR", "D-REG"]
    assert typed("documents", school, "--only", "D-X", **TODAY).exit_code == 1


def test_templates_are_copied_edited_and_checked(typed, school):
    """What is wrong with an edited one is said by check and by documents, and nothing is made."""
    done = typed("documents", school, "--templates", "--lang", "ru")
    assert done.exit_code == 0, done.output
    assert 'templates = "templates"' in done.stdout
    assert typed("documents", school, "--templates").exit_code == 1  # never written over
    settings = school / "programme.toml"
    settings.write_text('templates = "templates"\n' + settings.read_text("utf-8"), "utf-8")
    assert typed("check", school).exit_code == 0
    path = school / "templates" / "pair-order.docx"
    document = Document(path)
    document.add_paragraph("Согласовано: {{ trade_union }}")
    document.save(path)
    for words in (["check", school], ["check", path], ["documents", school]):
        done = typed(*words, **TODAY)
        assert done.exit_code == 1, words
        assert "trade_union" in done.output
    assert not (school / "out" / "documents" / "2026-10-20").exists()
    document = Document(path)
    document.paragraphs[-1].text = "Согласовано: председатель профкома"
    document.save(path)
    assert typed("check", path).exit_code == 0
    assert typed("documents", school, "--only", "D-PAIR", **TODAY).exit_code == 0
    (order,) = (school / "out" / "documents" / "2026-10-20" / "D-PAIR").iterdir()
    assert Document(order).paragraphs[-1].text == "Согласовано: председатель профкома"

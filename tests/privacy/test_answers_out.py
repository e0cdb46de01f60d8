"""An export holds what its level allows, by code, and reads back to the same answers."""

import csv

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.privacy.export import exported_fields


@pytest.fixture(scope="module")
def made_up():
    """Make up the school of the demonstration."""
    return school("boarding_small")


def rows_of(path):
    """Read a CSV as it was written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_of_everything_reads_back_to_the_same_cohort(made_up, tmp_path, ending):
    """Field by field, except columns that are computed."""
    path = tmp_path / f"all.{ending}"
    cohort = made_up.cohort
    mm.export(cohort, path, level="restricted")
    again = mm.read_cohort(made_up.questionnaire, path, as_of=cohort.as_of)
    assert again.ids == cohort.ids
    assert list(again.participants()) == list(cohort.participants())


def test_a_level_holds_what_is_no_more_private(club_form):
    """By hand: one public, one internal, one restricted question, and a text marked public."""
    plain = club_form.to_dict()
    for question in plain["questions"]:
        if question["id"] == "grade":
            question["sensitivity"] = "public"
    plain["questions"].append(
        {"id": "note", "kind": "text", "sensitivity": "public", "label": "Note"}
    )
    form = mm.Questionnaire.from_dict(plain)
    everything = {one.id for one in form.questions}
    assert exported_fields(form, "public") == ("grade",)
    assert set(exported_fields(form, "internal")) == everything - {"refused", "note"}
    assert set(exported_fields(form, "restricted")) == everything


def test_without_a_file_nothing_is_written_and_the_records_are_plain(club):
    """Options, levels and people are written as tables of answers are."""
    records = {one["code"]: one for one in mm.export(club)}
    assert list(records) == list(club.ids)
    assert records["T-1"]["offers"] == "maths=10; chess=5"
    assert records["S-3"]["friends"] == "T-2"
    assert records["S-3"]["grade"] == 7
    assert records["S-1"]["friends"] is None
    assert "refused" not in records["S-1"]


def test_fresh_codes_hide_who_is_who_and_in_which_order(made_up, tmp_path):
    """The mapping, kept apart, undoes it; people named in answers get fresh codes as well."""
    cohort = made_up.cohort
    out, mapping = tmp_path / "research.csv", tmp_path / "mapping.csv"
    mm.export(cohort, out, fresh_codes=True, mapping=mapping)
    rows = rows_of(out)
    old = {row["export_code"]: row["code"] for row in rows_of(mapping)}
    assert sorted(old[row["code"]] for row in rows) == list(cohort.ids)
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert [old[row["code"]] for row in rows] != list(cohort.ids)
    content = out.read_text("utf-8")
    assert not [code for code in cohort.ids if code in content]
    for row in rows:
        named = tuple(old[code] for code in row["choices"].split("; ") if code.startswith("R-"))
        before = cohort.column("choices").cell(cohort.index(old[row["code"]]))
        assert named == (before or ())


def test_two_exports_have_nothing_in_common(made_up):
    """Fresh codes are drawn anew each time, so that two exports can't be joined by them."""
    first, second = (mm.export(made_up.cohort, fresh_codes=True) for _ in range(2))
    assert not {one["code"] for one in first} & {one["code"] for one in second}
    assert len({one["code"] for one in first}) == len(made_up.cohort)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "secret"}, "no level 'secret'"),
        ({"path": "a.docx"}, "not the name of a table"),
        ({"mapping": "m.csv"}, "nothing to map"),
    ],
)
def test_what_cannot_be_exported_is_said(club, options, words, tmp_path, monkeypatch):
    """And nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(mm.MentorMatchError, match=words):
        mm.export(club, **options)
    assert not list(tmp_path.iterdir())


def test_a_cell_of_an_export_is_never_a_formula(club_form, tmp_path):
    """Free text that begins like a formula is disarmed."""
    form = mm.Questionnaire.from_dict(
        club_form.to_dict()
        | {
            "questions": [
                *club_form.to_dict()["questions"],
                {"id": "note", "kind": "text", "label": "Note"},
            ]
        }
    )
    person = mm.Participant(id="S-1", kind="student", roles=["mentee"], answers={"note": "=1+1"})
    cohort = mm.Cohort.from_participants(form, [person])
    mm.export(cohort, tmp_path / "a.csv", level="restricted")
    assert rows_of(tmp_path / "a.csv")[0]["note"] == "'=1+1"


def test_a_cohort_of_nobody_gives_a_header_alone(club, tmp_path):
    """Nobody is in it, and the file says what would be."""
    mm.export(club.take(np.empty(0, int)), tmp_path / "a.csv")
    assert rows_of(tmp_path / "a.csv") == []
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("code;kind;roles")

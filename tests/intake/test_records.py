"""Records and dataframes are read like files: the same headers, cells and defects."""

import csv
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import IntakeError
from mentormatch.intake import read_cohort
from mentormatch.intake.records import cell_of
from mentormatch.questionnaire import Questionnaire
from random_cohorts import cohorts

FORM = Questionnaire.preset("target-model")
MENTORS = [
    {"Код": "T-1", "Категория участника": "Педагог", "Интересы": "Спорт; Музыка"},
    {"Код": None, "Категория участника": ""},
    {"Код": "T-2", "Категория участника": "Педагог", "Баллы": 5},
]
MENTEES = [
    {"Код": "S-1", "Категория участника": "Обучающийся", "Класс": 8.0, "Интересы": float("nan")}
]


def people(cohort):
    """List everybody in a cohort."""
    return list(cohort.participants())


def defects_of(*sources, **options):
    """List file, row, column and code of every defect."""
    with pytest.raises(IntakeError) as caught:
        read_cohort(FORM, *sources, **options)
    return [(it.place.file, it.place.row, it.place.column, it.code) for it in caught.value.defects]


@pytest.mark.parametrize("kind", [list, iter, pd.DataFrame, pl.DataFrame])
def test_a_table_need_not_be_a_file(tmp_path, kind):
    """The cohort is that of the same table in a file; blank records are counted."""
    paths = []
    for name, rows in (("mentors", MENTORS), ("mentees", MENTEES)):
        paths.append(tmp_path / f"{name}.csv")
        header = list(dict.fromkeys(key for row in rows for key in row))
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([[cell_of(row.get(key)) for key in header] for row in rows])
    expected = read_cohort(FORM, *paths)
    found = read_cohort(FORM, kind(MENTORS), kind(MENTEES))
    assert people(found) == people(expected)
    assert found.participant("S-1").answers == {"grade": 8}
    report = found.report.files[0]
    assert (report.file, report.unmapped, report.rows_blank) == ("mentors", ("Баллы",), 1)


def test_defects_are_told_by_the_number_of_the_record():
    """Counted from 1, blank ones too, as the rows of a table are."""
    wrong = [*MENTORS, {"Код": "T-3", "Категория участника": "Педагог", "Интересы": "Шахматы"}]
    assert defects_of(wrong, MENTEES) == [("mentors", 4, "Интересы", "intake.option")]
    assert defects_of([*MENTORS, 5], MENTEES)[0] == ("mentors", 4, None, "interchange.no-record")
    assert defects_of([]) == [("records", None, None, "intake.no-rows")]
    assert defects_of(MENTORS, 5)[0][3] == "interchange.no-frame"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (" a ", "a"),
        (True, "yes"),
        (8.0, "8"),
        (0.1, "0.1"),
        (Decimal("1.50"), "1.50"),
        (date(2026, 9, 1), "2026-09-01"),
        (datetime(2026, 9, 1), "2026-09-01"),  # noqa: DTZ001
        (datetime(2026, 9, 1, 8, 30), "2026-09-01 08:30:00"),  # noqa: DTZ001
        (("a", "b"), "a; b"),
        ({"a": 8, "b": None}, "a=8"),
        ((), "-"),
    ],
)
def test_a_value_becomes_what_somebody_would_type(value, cell):
    """In the grammar of cells."""
    assert cell_of(value) == cell


@given(st.data())
def test_plain_records_are_read_as_well(data):
    """A cohort's own records, by ids or by labels, come back as the same cohort."""
    cohort = data.draw(cohorts(FORM).filter(lambda it: len(it.mentors) and len(it.mentees)))
    lang = data.draw(st.sampled_from([None, "ru", "en"]))
    texts = [question.id for question in FORM.questions if question.kind in {"text", "people"}]
    for record in (records := cohort.to_records(lang)):
        for name in texts:  # what people type is tidied, and whom they name is looked up
            record.pop(name if lang is None else FORM.label(name, lang), None)
    found = read_cohort(FORM, records)
    for person, other in zip(people(found), people(cohort), strict=True):
        answers = {name: own for name, own in other.answers.items() if name not in texts}
        assert (person.id, person.roles, person.answers) == (other.id, other.roles, answers)

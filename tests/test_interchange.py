"""Plain records and dataframes become a cohort, and a cohort becomes plain records."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError
from mentormatch.participant import Participant
from mentormatch.questionnaire import Questionnaire
from random_cohorts import cohorts


def option(name, ru):
    """Make an option with a Russian label and a synonym."""
    return {"id": name, "ru": ru, "en": name.capitalize(), "synonyms": [f"{name}s"]}


KIND = [option("student", "Ученик"), option("teacher", "Учитель")]
ROLES = [option("mentor", "Наставник"), option("mentee", "Наставляемый")]
LIKES = [option("art", "Живопись"), option("sport", "Спорт")]


def question(name, kind, ru, **keys):
    """Make a question."""
    return {"id": name, "kind": kind, "label": {"ru": ru, "en": name.capitalize()}, **keys}


FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            question("kind", "choice", "Категория", options=KIND),
            question("roles", "multi", "Роль", options=ROLES),
            question("grade", "number", "Класс", low=1, high=11),
            question("hours", "number", "Часы", decimals=1),
            question("calm", "scale", "Спокойствие"),
            question("until", "date", "До какого дня"),
            question("ready", "flag", "Готов"),
            question("likes", "multi", "Интересы", options=LIKES, may_be_none=True),
            question("needs", "multi", "Запросы", options=LIKES, levels={}),
            question("order", "ranked", "Порядок", options=LIKES),
            question("year", "choice", "Год", options=[{"id": "9", "label": "девятый"}]),
            question(
                "slots",
                "slots",
                "Время",
                days=[option("mon", "Пн"), option("tue", "Вт")],
                times=[option("day", "день")],
            ),
            question("friends", "people", "С кем", may_be_none=True),
            question("goal", "text", "Цель", required=True, asked={"roles": ["mentee"]}),
        ],
    }
)

ANNA = {
    "grade": 8,
    "hours": Decimal("1.5"),
    "calm": 3,
    "until": date(2026, 12, 31),
    "ready": True,
    "likes": ("art", "sport"),
    "needs": {"sport": 8},
    "order": ("sport", "art"),
    "year": "9",
    "slots": ("mon-day",),
    "friends": ("T-1",),
    "goal": "стать врачом",
}
EXPECTED = [
    Participant(id="S-1", kind="student", roles=("mentee",), answers=ANNA),
    Participant(id="T-1", kind="teacher", roles=("mentor",), answers={"likes": ()}),
]
PLAIN = [
    {"id": "T-1", "kind": "teacher", "roles": ("mentor",), "likes": ()},
    {"id": "S-1", "kind": "student", "roles": ("mentee",), **ANNA},
]


def people(cohort):
    """List everybody in a cohort."""
    return list(cohort.participants())


def defects_of(*records):
    """List place, code and values of every defect of some records."""
    with pytest.raises(IntakeError) as caught:
        Cohort.from_records(FORM, records)
    assert caught.value.text("ru")
    return [(it.place.field, it.code) for it in caught.value.defects]


# --- records ----------------------------------------------------------------------------


def test_records_hold_plain_answers():
    """They come in any order, and a record may be a model, or hold its answers apart."""
    assert people(Cohort.from_records(FORM, PLAIN)) == EXPECTED
    assert people(Cohort.from_records(FORM, EXPECTED)) == EXPECTED

    class Pupil(BaseModel):
        id: str
        kind: str
        roles: list[str]
        goal: str
        grade: int | None = None

    pupil = Pupil(id="S-2", kind="student", roles=["mentee"], goal="x")
    (found,) = Cohort.from_records(FORM, [pupil]).participants()
    assert (found.id, found.answers) == ("S-2", {"goal": "x"})


def test_a_model_with_further_fields_keeps_them_and_a_dataclass_is_a_record_too():
    """Nothing that a record holds is lost on the way in, and what means nothing is told."""

    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        id: str
        kind: str

    @dataclass
    class Pupil:
        id: str
        kind: str
        roles: list[str]
        goal: str
        grade: int | None = None

    whole = {"id": "S-2", "kind": "student", "roles": ["mentee"], "goal": "x"}
    for record in (Open(**whole), Pupil(**whole)):
        (found,) = Cohort.from_records(FORM, [record]).participants()
        assert (found.id, found.answers) == ("S-2", {"goal": "x"})
    assert defects_of(Open(**whole, shoe=38)) == [("records[0].shoe", "cohort.unknown-question")]


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("grade", 8.0, 8),
        ("grade", "8", 8),
        ("grade", np.int64(8), 8),
        ("grade", np.float64(8), 8),
        ("Класс", 8, 8),  # by label, however it is written
        ("GRADE", 8, 8),
        ("hours", 1.5, Decimal("1.5")),
        ("hours", "1.5", Decimal("1.5")),
        ("hours", 0.1, Decimal("0.1")),
        ("calm", np.float32(3), 3),
        ("until", "2026-12-31", date(2026, 12, 31)),
        ("until", datetime(2026, 12, 31, 9, 30), date(2026, 12, 31)),  # noqa: DTZ001
        ("until", pd.Timestamp("2026-12-31"), date(2026, 12, 31)),
        ("ready", 1, True),
        ("ready", 0.0, False),
        ("ready", "нет", False),
        ("ready", np.True_, True),
        ("likes", ["Спорт", "arts"], ("art", "sport")),  # labels and synonyms
        ("likes", {"sport", "art"}, ("art", "sport")),
        ("likes", np.array(["sport"]), ("sport",)),
        ("likes", "Живопись", ("art",)),
        ("likes", [], ()),
        ("needs", {"Спорт": 8.0, "art": None}, {"sport": 8}),
        ("order", ["Sport", "Art"], ("sport", "art")),
        ("year", 9, "9"),
        ("slots", ["Пн день", "tue-day"], ("mon-day", "tue-day")),
        ("friends", ["T-1"], ("T-1",)),
    ],
)
def test_what_means_the_same_is_taken(key, value, answer):
    """Other programs write the same answer in other types."""
    record = {"id": "T-1", "kind": "Учитель", "roles": ["Mentor"], key: value}
    (found,) = Cohort.from_records(FORM, [record]).participants()
    assert list(found.answers.values()) == [answer]
    assert type(next(iter(found.answers.values()))) is type(answer)


@pytest.mark.parametrize(
    "blank", [None, float("nan"), np.nan, pd.NaT, pd.NA, "", "  ", Decimal("NaN")]
)
@pytest.mark.parametrize("key", ["grade", "hours", "until", "likes", "goal", "ready", "needs"])
def test_every_kind_of_blank_is_a_blank(key, blank):
    """None of them is an answer, nor a defect."""
    record = {"id": "T-1", "kind": "teacher", "roles": ["mentor"], key: blank}
    assert people(Cohort.from_records(FORM, [record]))[0].answers == {}


def test_names_and_contacts_stay_outside():
    """A record of another system may hold them; the cohort doesn't."""
    record = {"id": 7, "kind": "teacher", "roles": "mentor", "ФИО": "Белова", "email": "a@b"}
    cohort = Cohort.from_records(FORM, [record])
    assert cohort.ids == ("7",)
    assert "Белова" not in repr(cohort.to_records())


def test_every_defect_of_every_record_is_reported_at_once():
    """Each at the number of its record and its key; an unknown key once."""
    assert defects_of(
        {"id": "S-1", "kind": "student", "roles": ["mentee"], "grade": 12, "shoe": 41},
        {"kind": "astronaut", "goal": "x", "calm": "often", "shoe": 42, "needs": ["sport"]},
        "S-2",
        {"id": "T-1", "kind": 5, "roles": "mentr", "needs": {"sport": "much"}, "likes": [{}]},
        {"id": "T-1", "kind": "teacher", "roles": ["mentor"], "grade": 8, "Класс": 9},
        {"id": "T-2", "kind": "teacher", "roles": ["mentor"], "order": {"sport", "art"}},
        {"id": "T-3", "kind": "teacher", "roles": ["mentor"], "until": "soon", "year": True},
        {"id": "T-4", "kind": "teacher", "roles": ["mentor"], "friends": "T-1; T-2"},
    ) == [
        ("records[0].shoe", "cohort.unknown-question"),
        ("records[2]", "interchange.no-record"),
        ("records[4].Класс", "interchange.two-keys"),
        ("records[1].id", "cohort.required"),
        ("records[1].roles", "cohort.required"),
        (None, "cohort.same-code"),
        ("records[0].grade", "cohort.range"),
        ("records[0].goal", "cohort.required"),
        ("records[1].kind", "cohort.unknown-option"),
        ("records[1].calm", "cohort.type.scale"),
        ("records[1].needs", "cohort.type.levels"),
        ("records[3].kind", "cohort.unknown-option"),
        ("records[3].roles", "cohort.type.multi"),
        ("records[3].needs", "cohort.type.levels"),
        ("records[3].likes", "cohort.type.multi"),
        ("records[5].order", "cohort.type.ranked"),
        ("records[6].until", "cohort.type.date"),
        ("records[6].year", "cohort.type.choice"),
        ("records[7].friends", "cohort.type.people"),
    ]


# --- frames -----------------------------------------------------------------------------


def columns():
    """Turn the records into columns of a frame, with blanks."""
    keys = [*FORM._questions]
    return {key: [_listed(record.get(key)) for record in PLAIN] for key in ("id", *keys)}


def _listed(value):
    if isinstance(value, Decimal):
        return float(value)
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(columns()),
        pd.DataFrame(columns()).convert_dtypes(),
        pd.DataFrame(columns()).astype({"kind": "category", "until": "datetime64[ns]"}),
        pl.DataFrame(columns()),
        pl.DataFrame(columns()).lazy(),
        pa.table(columns()),
    ],
    ids=["pandas", "pandas-nullable", "pandas-typed", "polars", "polars-lazy", "pyarrow"],
)
def test_any_dataframe_becomes_a_cohort(frame):
    """Whole numbers that a blank has turned into floats are whole numbers again."""
    assert people(Cohort.from_frame(FORM, frame, as_of=date(2026, 9, 1))) == EXPECTED


def test_what_is_no_dataframe_is_refused():
    """So are two columns of one name, and rows with defects."""
    for frame, code in [
        (PLAIN, "interchange.no-frame"),
        (pd.DataFrame([["a", "b"]], columns=["id", "id"]), "interchange.same-column"),
        (pl.DataFrame({"id": ["T-1"], "kind": ["teacher"]}), "cohort.required"),
    ]:
        with pytest.raises(IntakeError) as caught:
            Cohort.from_frame(FORM, frame)
        assert [it.code for it in caught.value.defects] == [code]


# --- there and back ---------------------------------------------------------------------


def same(first, second):
    """Tell whether two cohorts are equal, field by field."""
    return (first.ids, people(first)) == (second.ids, people(second))


@pytest.mark.parametrize("lang", [None, "ru", "en"])
@given(st.data())
def test_records_come_back_as_the_same_cohort(lang, data):
    """By ids, and by the labels of either language."""
    cohort = data.draw(cohorts(FORM))
    assert same(Cohort.from_records(FORM, cohort.to_records(lang)), cohort)


@pytest.mark.parametrize("name", Questionnaire.presets())
@settings(max_examples=10)
@given(st.data())
def test_records_of_a_preset_come_back_through_json(name, data):
    """What JSON makes of dates, decimals and tuples is still understood."""
    form = Questionnaire.preset(name)
    cohort = data.draw(cohorts(form))
    written = json.dumps(cohort.to_records("ru"), default=str)
    assert same(Cohort.from_records(form, json.loads(written)), cohort)


@given(st.data())
def test_records_come_back_through_dataframes(data):
    """Pandas turns whole numbers with blanks into floats and blanks into NaN."""
    cohort = data.draw(cohorts(FORM))
    frame = pd.DataFrame(cohort.to_records())
    assert same(Cohort.from_frame(FORM, frame), cohort)


def test_records_say_what_they_hold():
    """Every question is there, None where blank; labels replace ids if wished."""
    cohort = Cohort.from_records(FORM, PLAIN)
    first, second = cohort.to_records()
    assert [*first] == ["id", *(it.id for it in FORM.questions)]
    assert (first["needs"], first["roles"]) == ({"sport": 8}, ("mentee",))
    assert (second["likes"], second["goal"]) == ((), None)
    worded = cohort.to_records("ru")[0]
    assert worded["Код участника"] == "S-1"
    assert worded["Запросы"] == {"Спорт": 8}
    assert worded["Время"] == ("Пн день",)
    assert worded["Готов"] is True

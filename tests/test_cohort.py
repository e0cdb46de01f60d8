"""What a cohort accepts, how it is ordered, and what it tells."""

import json
import pickle
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort import Cohort
from mentormatch.column import column_of
from mentormatch.errors import Defect, IntakeError, ParticipantError, Place, PolicyError
from mentormatch.participant import Participant
from mentormatch.questionnaire import Questionnaire
from mentormatch.report import FileReport, ImportReport, Repair

TODAY = date(2025, 9, 1)


def options(*names):
    """List options that are named like their ids."""
    return [{"id": name, "label": name} for name in names]


FORM = Questionnaire.from_dict(
    {
        "name": "small",
        "title": "Small",
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": "kind",
                "options": options("student", "teacher"),
            },
            {
                "id": "roles",
                "kind": "multi",
                "label": "roles",
                "options": options("mentor", "mentee"),
            },
            {"id": "grade", "kind": "number", "label": "grade", "low": 1, "high": 11},
            {"id": "hours", "kind": "number", "label": "hours", "decimals": 1},
            {"id": "calm", "kind": "scale", "label": "calm"},
            {"id": "lively", "kind": "scale", "label": "lively"},
            {"id": "until", "kind": "date", "label": "until"},
            {"id": "ready", "kind": "flag", "label": "ready"},
            {"id": "mode", "kind": "choice", "label": "mode", "options": options("here", "online")},
            {
                "id": "needs",
                "kind": "multi",
                "label": "needs",
                "options": options("maths", "sport", "art"),
                "levels": {},
                "max": 2,
            },
            {"id": "likes", "kind": "multi", "label": "likes", "options": options("maths", "art")},
            {"id": "order", "kind": "ranked", "label": "order", "options": options("x", "y")},
            {
                "id": "tags",
                "kind": "multi",
                "label": "tags",
                "options": options("quiet", "large_print"),
                "sensitivity": "restricted",
                "may_be_none": True,
            },
            {
                "id": "slots",
                "kind": "slots",
                "label": "slots",
                "days": options("mon", "tue"),
                "times": options("day"),
            },
            {"id": "choices", "kind": "people", "label": "choices", "max": 2, "may_be_none": True},
            {"id": "goal", "kind": "text", "label": "goal"},
            {
                "id": "capacity",
                "kind": "number",
                "label": "capacity",
                "required": True,
                "asked": {"roles": ["mentor"]},
            },
        ],
        "scales": [{"id": "style", "label": "style", "items": ["calm", "lively"]}],
    }
)


def person(code, kind="student", roles=("mentee",), **answers):
    """Make a participant."""
    return Participant(id=code, kind=kind, roles=roles, answers=answers)


ANNA = person(
    "S-2",
    grade=8,
    hours=Decimal("1.5"),
    calm=3,
    lively=6,
    until=date(2025, 12, 31),
    ready=True,
    mode="online",
    needs={"maths": 8, "art": 5},
    likes=("maths", "art"),
    order=("y", "x"),
    tags=(),
    slots=("mon-day",),
    choices=("T-1",),
    goal="стать врачом",
)
IVAN = person("T-1", "teacher", ("mentor",), capacity=2, slots=("mon-day", "tue-day"))
OLGA = person("S-10", "student", ("mentor", "mentee"), capacity=1, grade=11)


def cohort(*people, **keys):
    """Make a cohort of some people."""
    return Cohort.from_participants(FORM, people, as_of=TODAY, **keys)


COHORT = cohort(ANNA, IVAN, OLGA)


def defects_of(*people):
    """List the code and the place of every defect that a cohort is refused for."""
    with pytest.raises(IntakeError) as caught:
        cohort(*people)
    return [(defect.code, defect.place.field) for defect in caught.value.defects]


# --- order and contents ---------------------------------------------------------------------


@given(st.permutations([ANNA, IVAN, OLGA]))
def test_the_order_of_people_never_matters(people):
    """People stand in the order of their codes, however they came."""
    made = cohort(*people)
    assert made.ids == ("S-10", "S-2", "T-1")
    assert list(made.participants()) == [OLGA, ANNA, IVAN]


def test_roles_are_positions_and_masks():
    """Somebody may be a mentor and a mentee."""
    assert COHORT.mentors.tolist() == [0, 2]
    assert COHORT.mentees.tolist() == [0, 1]
    assert COHORT.mentors.dtype == np.int32
    assert COHORT.is_mentor.tolist() == [True, False, True]


def test_there_is_a_column_for_every_question_and_scale():
    """Kind, roles and composite scales are columns like the others."""
    assert set(COHORT.columns) == set(FORM.field_ids)
    assert COHORT.column("kind").cell(2) == "teacher"
    assert COHORT.column("roles").cell(0) == ("mentor", "mentee")
    assert COHORT.column("style").cell(1) == Decimal("4.5")
    with pytest.raises(KeyError):
        COHORT.column("nothing")


@pytest.mark.parametrize("someone", [ANNA, IVAN, OLGA])
def test_everybody_comes_back_with_all_answers(someone):
    """Nothing is lost by holding answers in columns."""
    assert COHORT.participant(someone.id) == someone


def test_people_are_found_by_code():
    """A code has one position; an unknown code is an error that names it."""
    assert COHORT.index("S-2") == 1
    with pytest.raises(ParticipantError, match="S-3"):
        COHORT.index("S-3")


def test_a_cohort_without_people_is_a_cohort():
    """Nobody there is an ordinary case."""
    empty = cohort()
    assert len(empty) == 0
    assert empty.mask({"kind": "student"}).tolist() == []
    assert empty.mentors.tolist() == []


def test_headcounts_are_kept_apart_from_people():
    """The size of a target group is what the school says, not who answered."""
    made = cohort(ANNA, headcounts={"students": 189})
    assert made.headcount("students") == 189
    with pytest.raises(PolicyError, match="teachers"):
        made.headcount("teachers")


def test_the_day_of_the_round_is_today_unless_said_otherwise():
    """Without a day a cohort is of the day it was made."""
    made = Cohort.from_participants(FORM, [ANNA])
    assert abs((made.as_of - date.today()).days) <= 1  # noqa: DTZ011 - any zone will do


# --- parts of a cohort ----------------------------------------------------------------------


def test_a_condition_makes_a_smaller_cohort():
    """Those who satisfy it stay, with their answers; headcounts and the day stay too."""
    made = cohort(ANNA, IVAN, OLGA, headcounts={"students": 189})
    students = made.where({"kind": "student"})
    assert students.ids == ("S-10", "S-2")
    assert students.participant("S-2") == ANNA
    assert (students.as_of, students.headcount("students")) == (TODAY, 189)


@pytest.mark.parametrize(
    "rows",
    [
        np.array([2, 0]),  # in any order
        np.array([0, 2, 2]),  # twice
        np.array([True, False, True]),
    ],
)
def test_rows_make_a_smaller_cohort_in_the_same_order(rows):
    """Order and repetition of the rows make no difference."""
    assert COHORT.take(rows).ids == ("S-10", "T-1")


def test_a_word_for_today_is_the_day_of_the_round():
    """Conditions about dates count from the cohort's day."""
    assert COHORT.mask({"until": {"op": ">=", "value": "today"}}).tolist() == [False, True, False]


@pytest.mark.parametrize("condition", [{"kind": "pupil"}, {"any": []}, {"nothing": 1}])
def test_an_unfit_condition_is_a_policy_error(condition):
    """Neither a malformed condition nor one about unknown things is evaluated."""
    with pytest.raises(PolicyError):
        COHORT.mask(condition)


# --- read-only and private ------------------------------------------------------------------


def test_a_cohort_cannot_be_changed():
    """Neither its fields, nor its mappings, nor its arrays."""
    with pytest.raises(AttributeError):
        COHORT.ids = ()
    assert isinstance(COHORT.columns, MappingProxyType)
    assert isinstance(COHORT.headcounts, MappingProxyType)
    for array in (COHORT.is_mentor, COHORT.is_mentee, COHORT.column("grade").values):
        assert not array.flags.writeable


def test_a_cohort_survives_pickling():
    """Another process gets the same people, as read-only as here."""
    made = cohort(ANNA, IVAN, headcounts={"students": 189})
    copy = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own bytes
    assert list(copy.participants()) == [ANNA, IVAN]
    assert (copy.index("T-1"), copy.as_of, copy.headcounts) == (1, TODAY, {"students": 189})
    assert not copy.is_mentor.flags.writeable


def test_a_cohort_shows_counts_only():
    """No code, no answer."""
    assert repr(COHORT) == "Cohort(3 participants: 2 mentors, 2 mentees)"
    html = COHORT._repr_html_()
    assert "<td>student</td><td>2</td><td>1</td><td>2</td>" in html
    assert "<td>teacher</td><td>1</td><td>1</td><td>0</td>" in html
    assert "S-2" not in html


# --- checking -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"mode": "both"}, "unknown-option"),
        ({"likes": ("maths", "music")}, "unknown-option"),
        ({"needs": {"music": 3}}, "unknown-option"),
        ({"order": ("z",)}, "unknown-option"),
        ({"slots": ("sun-day",)}, "unknown-option"),
        ({"mode": 1}, "type.choice"),
        ({"likes": {"maths": 3}}, "type.multi"),  # levels where there are none
        ({"likes": "maths"}, "type.multi"),
        ({"needs": ("maths",)}, "type.levels"),  # no levels where there are some
        ({"order": "x"}, "type.ranked"),
        ({"slots": "mon-day"}, "type.slots"),
        ({"calm": "7"}, "type.scale"),
        ({"calm": Decimal("7.5")}, "type.scale"),
        ({"calm": True}, "type.scale"),
        ({"grade": "8"}, "type.number"),
        ({"grade": True}, "type.number"),
        ({"hours": 10**15}, "type.number"),  # too large to count with
        ({"until": "2025-12-31"}, "type.date"),
        ({"ready": 1}, "type.flag"),
        ({"goal": 5}, "type.text"),
        ({"choices": "T-1"}, "type.people"),
        ({"calm": 0}, "range"),
        ({"calm": 11}, "range"),
        ({"grade": 12}, "range"),
        ({"needs": {"maths": 11}}, "range"),
        ({"hours": Decimal("1.25")}, "decimals"),
        ({"grade": Decimal("8.5")}, "not-whole"),
        ({"needs": {"maths": 1, "sport": 1, "art": 1}}, "too-many"),
        ({"choices": ("T-1", "T-2", "T-3")}, "too-many"),
        ({"likes": ("maths", "maths")}, "repeated"),
        ({"choices": ("T-1", "T-1")}, "repeated"),
        ({"likes": ()}, "empty"),  # "none" is no answer here
        ({"needs": {}}, "empty"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(answers, code):
    """Unknown options, wrong types, ranges and counts are named with person and question."""
    (name,) = answers
    assert defects_of(person("S-1", **answers)) == [(f"cohort.{code}", f"S-1.{name}")]


@pytest.mark.parametrize(
    "answers",
    [
        {"grade": 1},
        {"grade": 11},
        {"hours": Decimal("-0.1")},
        {"calm": 1},
        {"calm": 10},
        {"tags": ()},  # "none" is an answer here
        {"choices": ()},
        {"choices": ("T-1", "T-2")},
        {"needs": {"maths": 1, "art": 10}},
    ],
)
def test_an_answer_at_the_edge_is_accepted(answers):
    """Limits are inclusive."""
    assert cohort(person("S-1", **answers)).participant("S-1").answers == answers


@pytest.mark.parametrize(
    ("people", "defects"),
    [
        ([person("S-1"), person("S-1")], [("cohort.same-code", None)]),
        ([person("T-1"), person("Т-1")], [("cohort.similar-codes", None)]),  # Cyrillic Т
        ([person("s-1"), person("S-1")], [("cohort.similar-codes", None)]),
        ([person("  ")], [("cohort.no-code", None)]),
        ([person("S-1", "pupil")], [("cohort.unknown-option", "S-1.kind")]),
        ([person("S-1", grad=8)], [("cohort.unknown-question", "S-1.grad")]),
        ([person("S-1", style=5)], [("cohort.unknown-question", "S-1.style")]),  # computed
        ([person("S-1", kind_=1)], [("cohort.unknown-question", "S-1.kind_")]),
        ([person("S-1", roles=("mentor",))], [("cohort.required", "S-1.capacity")]),
    ],
)
def test_people_that_cannot_be_told_apart_or_checked_are_refused(people, defects):
    """Codes differ visibly; kinds and questions are those of the questionnaire."""
    assert defects_of(*people) == defects


def test_a_required_question_is_required_of_its_audience_only():
    """Who isn't asked needn't answer."""
    assert len(cohort(person("S-1", roles=("mentee",)))) == 1


def test_kind_and_roles_are_no_answers():
    """They are said once, not twice."""
    someone = Participant(
        id="S-1", kind="student", roles={"mentee"}, answers={"kind": "teacher", "roles": ()}
    )
    assert defects_of(someone) == [
        ("cohort.not-an-answer", "S-1.kind"),
        ("cohort.not-an-answer", "S-1.roles"),
    ]


def test_all_defects_of_all_people_are_reported_at_once():
    """One look names everything there is to mend."""
    found = defects_of(person("S-2", calm=0, mode="both"), person("S-1", grade=0), person("S-1"))
    assert found == [
        ("cohort.same-code", None),
        ("cohort.range", "S-1.grade"),
        ("cohort.range", "S-2.calm"),
        ("cohort.unknown-option", "S-2.mode"),
    ]


def test_a_defect_says_what_to_write_instead():
    """The nearest option is offered, the found one is quoted."""
    with pytest.raises(IntakeError) as caught:
        cohort(person("S-1", mode="onlin"))
    text = caught.value.text("ru")
    assert text == "S-1.mode: варианта «onlin» нет среди вариантов ответа; используйте: online"


@pytest.mark.parametrize(
    ("answers", "secret"),
    [
        ({"tags": ("very_quiet",)}, "very_quiet"),  # restricted
        ({"goal": 12345}, "12345"),  # free text
        ({"choices": ("T-77", "T-77")}, "T-77"),  # people
    ],
)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_private_answers_never_appear_in_errors(answers, secret, lang):
    """A defect of a private answer names the person's code and the question only."""
    with pytest.raises(IntakeError) as caught:
        cohort(person("S-1", **answers))
    assert secret not in caught.value.text(lang)
    assert secret not in repr(caught.value)


def test_the_nearest_option_of_a_restricted_question_is_not_given_away():
    """All options are listed, or the list would tell what was meant."""
    with pytest.raises(IntakeError, match="use: large_print, quiet"):
        cohort(person("S-1", tags=("quite",)))


# --- size -----------------------------------------------------------------------------------


def test_a_region_is_held_by_column():
    """Thousands of people keep their order and their answers."""
    people = [person(f"S-{number:05}", grade=number % 11 + 1) for number in range(3_000)]
    made = cohort(*reversed(people))
    assert made.ids[1234] == "S-01234"
    assert made.where({"grade": 5}).ids[:2] == ("S-00004", "S-00015")


# --- by column ------------------------------------------------------------------------------


def columns_of(*people):
    """Put answers into columns without checking them: codes, and a column per question."""
    given = [{**it.answers, "kind": it.kind, "roles": tuple(it.roles)} for it in people]
    return tuple(it.id for it in people), {
        question.id: column_of(
            question, FORM.options(question), [row.get(question.id) for row in given]
        )
        for question in FORM.questions
    }


def test_columns_make_the_cohort_that_participants_make():
    """In the order of the codes; a question without a column is blank."""
    ids, columns = columns_of(OLGA, ANNA, IVAN)
    made, expected = Cohort.from_columns(FORM, ids, columns, as_of=TODAY), cohort(ANNA, IVAN, OLGA)
    assert (made.ids, list(made.participants())) == (expected.ids, list(expected.participants()))
    assert (made.mentors.tolist(), made.mentees.tolist()) == (
        expected.mentors.tolist(),
        expected.mentees.tolist(),
    )
    assert np.array_equal(made.column("style").values, expected.column("style").values)
    del columns["goal"]
    assert not Cohort.from_columns(FORM, ids, columns).column("goal").answered.any()


@pytest.mark.parametrize(
    "wrong",
    [
        person("S-1", grade=12),
        person("S-1", grade=0, hours=Decimal("1.5")),
        person("S-1", needs={"maths": 1, "sport": 2, "art": 3}),
        person("S-1", needs={"maths": 11}),
        person("S-1", likes=()),
        person("S-1", choices=("T-1", "T-1")),
        person("S-1", choices=("T-1", "T-2", "T-3")),
        person("S-1", roles=("mentor",)),
        person("T-1", "teacher", ("mentor",), capacity=1),
        person("Т-1"),
        person(""),
    ],
)
def test_columns_are_checked_as_participants_are(wrong):
    """The same defects at the same places."""
    with pytest.raises(IntakeError) as expected:
        cohort(wrong, IVAN)
    ids, columns = columns_of(wrong, IVAN)
    with pytest.raises(IntakeError) as caught:
        Cohort.from_columns(FORM, ids, columns)
    assert caught.value.defects == expected.value.defects


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("grade", lambda columns: columns["grade"].take(np.array([0]))),
        ("grade", lambda columns: columns["hours"]),
        ("mode", lambda columns: columns["ready"]),
        ("mode", lambda columns: replace(columns["mode"], codes=np.array([2, 0], np.int16))),
        ("likes", lambda columns: columns["needs"]),
        ("order", lambda columns: replace(columns["order"], levels=np.array([[0, 2], [0, 0]]))),
        ("roles", lambda columns: replace(columns["roles"], answered=np.zeros(2, np.bool_))),
    ],
)
def test_a_column_of_another_question_is_refused(name, wrong):
    """Other options, another kind, another length, levels that are no ranks."""
    ids, columns = columns_of(OLGA, person("S-2", order=("y",)))
    with pytest.raises(IntakeError) as caught:
        Cohort.from_columns(FORM, ids, columns | {name: wrong(columns)})
    assert [(it.code, it.place.field) for it in caught.value.defects] == [("cohort.column", name)]
    with pytest.raises(IntakeError) as caught:
        Cohort.from_columns(FORM, ids, columns | {"graed": columns["grade"]})
    assert [it.code for it in caught.value.defects] == ["cohort.unknown-question"]


# --- the report -----------------------------------------------------------------------------

REPORT = ImportReport(
    (
        FileReport(
            file="mentees.csv",
            header_row=2,
            encoding="cp1251",
            delimiter="\t",
            mapped=(("Класс <обучения>", "grade"),),
            unmapped=("Отметка времени",),
            rows_read=5,
            rows_kept=3,
            rows_blank=1,
            repaired=(
                Repair(Defect("cohort.required", Place(row=3, column="Класс"))),
                Repair(Defect("cohort.empty", Place(row=3, column="Класс")), 2),
            ),
            rejected=(Defect("cohort.empty", Place(row=4, column="Класс")),),
            notices=(Defect("intake.other-sheet", Place(), {"sheet": "А", "read": "Б"}),),
            replaced=((5, 6),),
        ),
        FileReport(file="mentors.xlsx", header_row=1, sheet="Ответы"),
    )
)


def test_a_report_says_how_each_file_was_read():
    """Encoding, separator, columns, rows and repairs, file by file."""
    assert REPORT.text("ru").splitlines() == [
        "mentees.csv, заголовки в строке 2",
        "кодировка: cp1251",
        "разделитель: TAB",
        "прочитано строк: 5, принято: 3, пустых: 1",
        "заменено строк: 1, пропущено: 1",
        "столбец «Класс <обучения>» прочитан как grade",
        "столбец «Отметка времени» не прочитан",
        "обратите внимание: " + REPORT.files[0].notices[0].text("ru"),
        "исправлено: строка 3, столбец «Класс»: ответа нет; на этот вопрос нужно ответить",
        "исправлено: строка 3, столбец «Класс»: "
        + Defect("cohort.empty").text("ru")
        + " (таких строк: 2, здесь первая)",
        "строку 5 заменила строка 6: это последний ответ того же человека",
        "пропущено: строка 4, столбец «Класс»: " + Defect("cohort.empty").text("ru"),
        "mentors.xlsx, заголовки в строке 1",
        "лист: Ответы",
        "прочитано строк: 0, принято: 0, пустых: 0",
    ]


def test_a_report_is_plain_data_too():
    """As JSON holds it, with the same facts; what became of the rows adds up."""
    first = json.loads(json.dumps(REPORT.to_dict()))["files"][0]
    assert first["rows"] == {"read": 5, "kept": 3, "replaced": 1, "rejected": 1, "blank": 1}
    assert first["mapped"] == [{"header": "Класс <обучения>", "field": "grade"}]
    assert first["replaced"] == [{"row": 5, "by": 6}]
    assert first["rejected"] == [
        {
            "code": "cohort.empty",
            "row": 4,
            "column": "Класс",
            "values": {},
            "text": REPORT.files[0].rejected[0].text(),
        }
    ]
    assert first["repaired"][1]["count"] == 2
    assert first["notices"][0]["values"] == {"sheet": "А", "read": "Б"}


def test_a_report_is_escaped_in_a_notebook():
    """A header can't bring marks of its own."""
    html = REPORT._repr_html_()
    assert "Класс &lt;обучения&gt;" in html
    assert "<обучения>" not in html


def test_a_cohort_carries_its_report():
    """How the files were read stays with the people, also with some of them."""
    assert cohort(ANNA, report=REPORT).where({"kind": "student"}).report == REPORT

"""Bases and registers are plain tables of codes, as of a day."""

from datetime import UTC, date, datetime

import pytest
from small_school import small_school
from three_years import FACTS, FORGOTTEN, day, entries

import mentormatch as mm
from mentormatch.programme.facts import Left
from mentormatch.programme.state import State
from mentormatch.roadmap.registers import (
    SOURCES,
    checklist,
    mentee_base,
    mentor_base,
    personal_register,
    potential_mentors,
)

SCHOOL = small_school()
STATE = State.of(SCHOOL.entries)
NEXT = SCHOOL.entries[-1].model_copy(update={"at": datetime(2025, 6, 1, tzinfo=UTC)})
LAST = date(2025, 5, 31)


def rows(listing, *heads):
    """Take some columns of a listing."""
    places = [listing.heads.index(head) for head in heads]
    return [tuple(row[place] for place in places) for row in listing.rows]


def test_the_base_of_mentees_has_a_line_for_each_pair():
    """Whoever has none has a line without one; how a pair ended stands in it."""
    found = rows(mentee_base(STATE, LAST), "person", "pair", "mentors", "closed", "reason")
    assert found == [
        ("S-11", "P1", ("T-1",), None, None),
        ("S-12", "P2", ("T-2",), None, None),
        ("S-13", "G1", ("T-3",), None, None),
        ("S-14", "G1", ("T-3",), None, None),
        ("S-15", "G1", ("T-3",), None, None),
        ("S-16", "P3", ("S-01",), None, None),
        ("S-17", "P7", ("B-1",), None, None),
        ("S-18", None, None, None, None),
        ("S-19", "P6", ("S-02",), date(2024, 11, 15), "moved"),
        ("S-20", "P5", ("A-1",), date(2024, 10, 20), "consent_withdrawn"),
        ("T-7", "P4", ("T-2",), None, None),
    ]


def test_the_base_of_mentors_has_a_line_for_each_pair():
    """T-2 mentors a student and a young teacher; B-2 nobody."""
    found = rows(mentor_base(STATE, LAST), "person", "pair", "mentees")
    assert found == [
        ("A-1", "P5", ("S-20",)),
        ("B-1", "P7", ("S-17",)),
        ("B-2", None, None),
        ("S-01", "P3", ("S-16",)),
        ("S-02", "P6", ("S-19",)),
        ("T-1", "P1", ("S-11",)),
        ("T-2", "P2", ("S-12",)),
        ("T-2", "P4", ("T-7",)),
        ("T-3", "G1", ("S-13", "S-14", "S-15")),
    ]


def test_a_base_shows_what_people_ask_for_and_offer():
    """From the answers, as ids of options."""
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.preset("target-model"),
        [
            mm.Participant(
                id="S-11", kind="student", roles={"mentee"}, answers={"requests": {"exam_prep": 9}}
            ),
            mm.Participant(
                id="T-1", kind="teacher", roles={"mentor"}, answers={"competences": {"sport": 3}}
            ),
        ],
    )
    asked = dict(rows(mentee_base(STATE, LAST, cohort), "person", "requests"))
    assert (asked["S-11"], asked["S-12"]) == (("exam_prep",), ())
    assert dict(rows(mentor_base(STATE, LAST, cohort), "person", "competences"))["T-1"] == (
        "sport",
    )


def test_a_base_is_that_of_its_day():
    """In September 2024 nobody had left, and S-17 hadn't come."""
    found = rows(mentee_base(STATE, date(2024, 9, 30)), "person", "left", "closed")
    assert "S-17" not in [who for who, _, _ in found]
    assert {(left, closed) for _, left, closed in found} == {(None, None)}


def test_the_personal_register_lists_students_and_teachers_with_orders():
    """Role, order and plan of each; a young teacher by the answers; nobody else."""
    found = {(row[0], row[4]): row for row in personal_register(STATE, LAST, SCHOOL.cohort).rows}
    assert {who[0][0] for who in found} == {"S", "T"}
    heads = personal_register(STATE, LAST).heads
    young = dict(zip(heads, found["T-7", "P4"], strict=True))
    assert (young["category"], young["role"], young["status"]) == (
        *("young_specialist", "mentee", "running"),
    )
    assert (young["order"], young["ordered"]) == ("1-od", date(2024, 9, 9))
    assert (young["plan_order"], young["plan_approved"]) == ("3-od", date(2024, 10, 30))
    assert dict(zip(heads, found["S-19", "P6"], strict=True))["status"] == "closed"
    assert dict(zip(heads, found["S-18", None], strict=True))["status"] == "waiting"
    assert dict(zip(heads, found["T-1", "P1"], strict=True))["category"] == "teacher"
    assert rows(personal_register(STATE, LAST), "person", "category").count(("T-7", "teacher")) == 1


def test_possible_mentors_are_listed_by_where_they_come_from():
    """Whoever offered, of the source's kinds; with the event at which they were last."""
    heads = ("person", "event", "event_on", "interviewed", "cleared", "pairs")
    partners = potential_mentors(STATE, "partner_meeting", LAST)
    assert rows(partners, *heads) == [
        ("A-1", "partners-2", date(2025, 3, 20), None, None, ()),
        ("B-1", "partners-1", date(2024, 12, 3), None, None, ("P7",)),
        ("B-2", "partners-2", date(2025, 3, 20), None, None, ()),
    ]
    students = potential_mentors(STATE, "class_hour", LAST)
    assert rows(students, "person") == [("S-01",), ("S-02",)]
    gone = STATE.apply(NEXT.model_copy(update={"fact": Left(person="S-02", on=LAST), "seq": 10**6}))
    assert rows(potential_mentors(gone, "class_hour", LAST), "person") == [("S-01",)]
    assert rows(potential_mentors(STATE, "parents_meeting", LAST), "person") == []
    teachers = potential_mentors(State.of(entries(FACTS)), "council", day("2023-11-01"))
    assert rows(teachers, *heads)[0] == (
        *("T-1", "council-2023-10-17", date(2023, 10, 17), date(2023, 9, 6), True, ("Y1P1",)),
    )


def test_a_checklist_says_which_acts_are_there():
    """By row and time; what is missing has no day."""
    state = State.of(entries(FACTS))
    roadmap = mm.Roadmap.preset("target-model-2023-2025")
    found = rows(checklist(roadmap, state, day("2025-12-31")), "row", "due", "done")
    assert found == [
        ("A3", date(2023, 9, 10), date(2023, 9, 14)),
        ("B2", date(2023, 9, 30), date(2023, 9, 28)),
        ("B2", date(2024, 9, 30), None),
        ("B2", date(2025, 9, 30), date(2025, 9, 25)),
    ]
    mended = State.of(entries([*FACTS, *FORGOTTEN]))
    assert rows(checklist(roadmap, mended, day("2025-12-31")), "done")[2] == (date(2024, 9, 20),)
    assert rows(checklist(roadmap, state, day("2025-12-31"), "form"), "row") == [("B3",)] * 3


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_listing_is_a_table_in_words(lang):
    """Headers and closed vocabularies are said; codes stay codes."""
    listings = [
        mentee_base(STATE, LAST),
        mentor_base(STATE, LAST),
        personal_register(STATE, LAST, SCHOOL.cohort),
        *(potential_mentors(STATE, source, LAST) for source in SOURCES),
        checklist(SCHOOL.roadmap, STATE, LAST),
    ]
    for listing in listings:
        table = listing.table(lang)
        assert table.shape == (len(listing.rows), len(listing.heads))
        assert listing.to_dict()["name"] == listing.name
    base = mentee_base(STATE, LAST).table(lang)
    assert {"ru": "согласие отозвано", "en": "consent taken back"}[lang] in base.to_numpy()
    assert {"ru": "20.10.2024", "en": "2024-10-20"}[lang] in base.to_numpy()
    assert "S-11" not in repr(mentee_base(STATE, LAST))

"""How documents show people."""

from datetime import date

import pytest

from mentormatch.documents.faces import Faces
from mentormatch.errors import DocumentError
from mentormatch.keys import KeyFile, Person
from mentormatch.programme.facts import Enrolled, Enrolment, Left
from mentormatch.programme.state import State


@pytest.fixture
def state():
    """Let a student and a teacher take part."""
    people = [
        Enrolment(person="S-1", kind="student", roles=("mentee",)),
        Enrolment(person="T-1", kind="teacher", roles=("mentor",)),
    ]
    state = State()
    return state.apply(state.entry(Enrolled(on=date(2024, 9, 1), people=people), "curator"))


def test_a_student_is_shown_with_the_class(school_sources):
    """What the answers say of class and subject stands in the post."""
    sources = school_sources(date(2026, 11, 1))
    cohort = sources.cohort
    student = next(it for it in cohort.participants() if it.kind == "student")
    grade, letter = student.answers["grade"], student.answers["class_letter"]
    face = sources.faces(student.id)
    assert face.post == f"{grade} «{letter}» класс"
    assert face.named.endswith(f", {grade} «{letter}» класс")
    assert face.birth_year == student.answers["birth_year"]


def test_a_teacher_is_shown_with_what_they_teach(school_sources):
    """A teacher's subject stands behind the category."""
    sources = school_sources(date(2026, 11, 1), "en")
    teacher = next(
        it
        for it in sources.cohort.participants()
        if it.kind == "teacher" and it.answers.get("subject_taught")
    )
    assert sources.faces(teacher.id).post.startswith("Teacher (")


def test_codes_stand_in_the_place_of_names_without_a_key_file(state):
    """Nothing is known of anybody but the kind."""
    face = Faces(state)("S-1")
    assert (face.name, face.contact, face.post) == ("S-1", "", "Обучающийся")


def test_everybody_without_a_name_is_listed(state):
    """A document that would show a code among names isn't made."""
    faces = Faces(state, KeyFile({"T-1": Person("Образцова Ольга")}))
    with pytest.raises(DocumentError) as caught:
        faces.check(["S-2", "T-1", "S-1"])
    assert [it.values["code"] for it in caught.value.defects] == ["S-1", "S-2"]


def test_whoever_left_and_was_forgotten_keeps_the_code(state):
    """Documents of earlier years can be made after a name has been erased."""
    left = state.apply(state.entry(Left(person="S-1", on=date(2025, 5, 1)), "curator"))
    faces = Faces(left, KeyFile({"T-1": Person("Образцова Ольга")}))
    faces.check(["S-1", "T-1"])
    assert faces("S-1").name == "S-1"
    assert faces("T-1").name == "Образцова Ольга"


def test_names_do_not_show_in_reprs(state):
    """A face that is printed by mistake tells nothing."""
    faces = Faces(state, KeyFile({"S-1": Person("Тестов Иван", "8 900 000-00-00")}))
    written = repr(faces) + repr(faces("S-1"))
    assert "Тестов" not in written
    assert "900" not in written


def test_what_matters_most_stands_first(school_sources):
    """Requests come in the words of the questionnaire, by how much they matter."""
    sources = school_sources(date(2026, 11, 1))
    form = sources.cohort.questionnaire
    words = {it.id: it.label.ru for it in form.options("requests")}
    answers = [(it.id, it.answers.get("requests") or {}) for it in sources.cohort.participants()]
    checked = 0
    for code, given in answers:
        levels = sorted(given.values(), reverse=True)
        if len(set(levels)) == len(levels) > 1:
            by_level = {level: words[option] for option, level in given.items()}
            assert sources.faces.chosen(code, "requests") == tuple(by_level[it] for it in levels)
            checked += 1
    assert checked > 5


def test_a_restricted_answer_is_never_shown(school_sources):
    """Neither as a choice nor as a plain answer, whoever asks for it."""
    sources = school_sources(date(2026, 11, 1))
    column = sources.cohort.columns["support_tags"]
    tagged = [
        code
        for row, code in enumerate(sources.cohort.ids)
        if column.answered[row] and column.chosen[row].any()
    ]
    assert tagged
    for code in tagged:
        assert sources.faces.answer(code, "support_tags") is None
        assert sources.faces.chosen(code, "support_tags") == ()

"""Letters: who is written to, and that nobody reads what isn't theirs."""

from dataclasses import astuple, replace
from datetime import date

import pytest

import mentormatch as mm
from mentormatch.documents.papers.heads import Member
from mentormatch.documents.papers.letters import _answered, letter_contents
from mentormatch.errors import DocumentError
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

NAMES = {
    "T-1": "Образцова Ольга Олеговна",
    "T-2": "Макетов Марк Маркович",
    "S-1": "Примерова Анна",
    "S-2": "Тестов Иван",
    "S-3": "Условный Пётр",
    "T-9": "Выдуманова Вера",
}
KINDS = {"T-1": "teacher", "T-2": "teacher", "T-9": "teacher"}
AUTUMN = date(2024, 9, 5)
ORDERED = date(2024, 9, 10)


def told(*facts, state=None):
    """Fold facts written down one after another."""
    state = state or State()
    for fact in facts:
        state = state.apply(state.entry(fact, "curator"))
    return state


def beginning():
    """Let T-1 lead S-1 and S-2 as a group with T-2, and S-3 alone; T-2 is S-1's in another form.

    T-9 has said that they may be a teacher's mentee, and is T-1's; the pair waits for an order.
    """
    people = [
        f.Enrolment(
            person=code,
            kind=KINDS.get(code, "student"),
            roles=("mentor",) if code in {"T-1", "T-2"} else ("mentee",),
        )
        for code in NAMES
    ]
    proposals = [
        f.Proposal(
            pair="a-1",
            form="teacher_student",
            mentor="T-1",
            mentees=("S-1", "S-2"),
            co_mentor="T-2",
        ),
        f.Proposal(pair="a-2", form="teacher_student", mentor="T-1", mentees=("S-3",)),
        f.Proposal(pair="a-3", form="project", mentor="T-2", mentees=("S-1",)),
        f.Proposal(pair="a-4", form="teacher_teacher", mentor="T-1", mentees=("T-9",)),
    ]
    made = f.RoundMade(
        round="a",
        on=AUTUMN,
        inputs="0" * 64,
        policy="1" * 64,
        result="2" * 64,
        proposals=proposals,
    )
    return told(
        f.Enrolled(on=AUTUMN, people=people),
        made,
        f.Accepted(pairs=("a-1", "a-2", "a-3", "a-4")),
        f.Ordered(
            number="1",
            on=ORDERED,
            pairs=("a-1", "a-2", "a-3"),
            starts=ORDERED,
            ends=date(2025, 5, 31),
        ),
    )


@pytest.fixture
def letters(sources_of):
    """Write the letters of a day, by reader and code."""

    def write(state=None, on=ORDERED, names=NAMES, **more):
        sources = sources_of(state or beginning(), on, names, **more)
        found = list(letter_contents(sources))
        by_key = {(reader, code): letter for reader, code, letter in found}
        assert len(by_key) == len(found)
        return by_key

    return write


def words_of(letter):
    """Join everything that stands in a letter."""

    def flat(value):
        if isinstance(value, tuple):
            return " | ".join(map(flat, value))
        return str(value)

    return flat(astuple(letter))


def test_everybody_in_a_running_pair_is_written_to(letters):
    """Mentors and mentees get one letter, and parents one per child; who waits gets none."""
    assert set(letters()) == {
        *(("mentor", code) for code in ("T-1", "T-2")),
        *(("mentee", code) for code in ("S-1", "S-2", "S-3")),
        *(("parents", code) for code in ("S-1", "S-2", "S-3")),
    }


def test_a_mentor_reads_of_each_of_their_mentees(letters):
    """A row for each, pair by pair; who leads the group besides is named once."""
    letter = letters()["mentor", "T-1"]
    assert [it.name for it in letter.mentees] == [
        "Примерова Анна",
        "Тестов Иван",
        "Условный Пётр",
    ]
    assert letter.co_mentors == (Member("Макетов Марк Маркович", "педагог"),)
    assert {" ".join(it.term.split()) for it in letter.mentees} == {"10.09.2024 – 31.05.2025"}


def test_a_mentee_reads_of_mentors_and_of_the_group(letters):
    """S-1 has two mentors, and S-2 beside them in the group; S-3 is the mentor's affair."""
    letter = letters()["mentee", "S-1"]
    assert [(it.name, it.post) for it in letter.mentors] == [
        ("Образцова Ольга Олеговна", "педагог"),
        ("Макетов Марк Маркович", "педагог"),
        ("Макетов Марк Маркович", "педагог"),
    ]
    assert letter.others == (Member("Тестов Иван", "обучающийся"),)
    assert (letter.to, letter.post) == ("Примерова Анна", "обучающийся")


@pytest.mark.parametrize(
    ("key", "circle"),
    [
        (("mentor", "T-1"), {"T-1", "T-2", "S-1", "S-2", "S-3"}),
        (("mentor", "T-2"), {"T-1", "T-2", "S-1", "S-2"}),
        (("mentee", "S-1"), {"S-1", "S-2", "T-1", "T-2"}),
        (("mentee", "S-2"), {"S-1", "S-2", "T-1", "T-2"}),
        (("mentee", "S-3"), {"S-3", "T-1"}),
        (("parents", "S-1"), {"S-1", "T-1", "T-2"}),
        (("parents", "S-3"), {"S-3", "T-1"}),
    ],
)
def test_a_letter_names_its_addressees_circle_and_nobody_else(letters, key, circle):
    """Whom each letter may name was written down by hand; parents don't read of other children."""
    words = words_of(letters()[key])
    assert {code for code, name in NAMES.items() if name in words} == circle


def test_letters_show_codes_where_there_are_no_names(letters):
    """Without a key file the same letters speak of codes."""
    letter = letters(names=None)["mentee", "S-3"]
    assert letter.to == "S-3"
    assert (letter.mentors[0].name, letter.mentors[0].post) == ("T-1", "педагог")


def test_no_letter_is_written_while_a_name_is_missing(letters):
    """Everybody without a name is listed before anything is made."""
    with pytest.raises(DocumentError) as caught:
        letters(names={code: name for code, name in NAMES.items() if code not in {"S-1", "T-2"}})
    assert [it.values["code"] for it in caught.value.defects] == ["S-1", "T-2"]


def test_an_adult_has_no_letter_to_the_parents(letters):
    """Once T-9's pair is ordered, T-9 is written to, and nobody's parents are."""
    ordered = f.Ordered(
        number="2", on=ORDERED, pairs=("a-4",), starts=ORDERED, ends=date(2025, 5, 31)
    )
    found = letters(told(ordered, state=beginning()))
    assert ("mentee", "T-9") in found
    assert ("parents", "T-9") not in found


@pytest.mark.parametrize(
    ("kind", "born", "written"),
    [
        ("student", 2006, True),  # turns 18 in the year of the letter, may be 17
        ("student", 2005, False),
        ("unistudent", 2007, True),
        ("unistudent", 2006, False),
        ("unistudent", None, False),
    ],
)
def test_age_decides_whose_parents_are_written_to(letters, kind, born, written):
    """A student's parents are, unless the student is of age; others' only if they surely aren't."""
    state = beginning()
    person = replace(state.people["S-3"], kind=kind)
    state = replace(state, people={**state.people, "S-3": person})
    answers = {} if born is None else {"birth_year": born}
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.preset("target-model"),
        [mm.Participant(id="S-3", kind=kind, roles=frozenset({"mentee"}), answers=answers)],
        as_of=ORDERED,
    )
    assert (("parents", "S-3") in letters(state, cohort=cohort)) is written


def test_parents_who_take_part_are_addressed_by_name(letters):
    """Others are addressed as parents; one without a name isn't put down as a code."""
    state = told(
        f.Enrolled(
            on=AUTUMN,
            people=[f.Enrolment(person=code, kind="parent", roles=("mentor",)) for code in "PQ"],
        ),
        state=beginning(),
    )
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.preset("target-model"),
        [
            mm.Participant(
                id="S-3",
                kind="student",
                roles=frozenset({"mentee"}),
                answers={"guardian_pids": ("P", "Q", "R")},
            ),
        ],
        as_of=ORDERED,
    )
    found = letters(state, names=NAMES | {"P": "Условная Инна"}, cohort=cohort)
    assert found["parents", "S-3"].to == "Условная Инна"
    assert found["parents", "S-1"].to == ""
    assert found["parents", "S-1"].child == "Примерова Анна"
    assert found["parents", "S-1"].child_post == "обучающийся"
    assert "Условная Инна" not in words_of(found["mentee", "S-3"])


def test_the_first_meeting_is_by_the_roadmap_planned_or_past(letters):
    """A day that is arranged is named, one that has been is past; else the roadmap's last day."""
    state = beginning()
    asked = [letters(state)["mentee", "S-3"]]
    planned = f.MeetingPlanned(meeting="m", pair="a-2", stage="acquaintance", on=date(2024, 9, 20))
    state = told(planned, state=state)
    asked.append(letters(state)["mentee", "S-3"])
    held = f.MeetingHeld(
        meeting="m", pair="a-2", stage="acquaintance", on=date(2024, 9, 21), present=("S-3", "T-1")
    )
    state = told(held, state=state)
    asked.append(letters(state)["mentee", "S-3"])
    assert [it.mentors[0].first_meeting for it in asked] == [
        "не позднее 31.10.2024, день согласует куратор",
        "назначена на 20.09.2024",
        "прошла 21.09.2024",
    ]
    assert [it.acquainted for it in asked] == ["", "", "21.09.2024"]
    later = letters(beginning(), date(2024, 12, 1))["mentee", "S-3"]
    assert later.mentors[0].first_meeting == "день согласует куратор"


def test_a_form_has_neutral_words_where_the_result_is_gone(letters):
    """How many people meet is all that is said then."""
    found = letters()
    assert [it.form for it in found["mentor", "T-1"].mentees] == [
        "встречи группой",
        "встречи группой",
        "встречи вдвоём",
    ]


def test_a_group_that_somebody_left_isnt_spoken_of_to_the_one_who_left(letters):
    """S-2 leaves: no letter to them, and S-1 doesn't read of them any more."""
    gone = f.MenteeLeft(pair="a-1", mentee="S-2", on=ORDERED, reason="no_fit")
    found = letters(told(gone, state=beginning()))
    assert ("mentee", "S-2") not in found
    assert "Тестов" not in words_of(found["mentee", "S-1"])
    assert "Тестов" not in words_of(found["mentor", "T-1"])


def test_a_pair_that_has_ended_is_nobodys_affair_any_more(letters):
    """S-3 was T-1's alone: no letter to S-3, and no row in T-1's."""
    closed = f.Closed(pair="a-2", on=ORDERED, reason="no_fit")
    found = letters(told(closed, state=beginning()))
    assert ("mentee", "S-3") not in found
    assert ("parents", "S-3") not in found
    assert "Условный" not in words_of(found["mentor", "T-1"])


# --- the requests that a mentor reads -------------------------------------------------------


def test_a_mentor_reads_the_requests_that_they_offer_an_answer_to(school_sources):
    """What mentee and mentor both chose, in the questionnaire's words, and nothing else of it."""
    sources = school_sources(date(2026, 10, 6))
    people = {it.id: it for it in sources.cohort.participants()}
    labels = {
        it.id: it.label.ru[0].lower() + it.label.ru[1:]
        for it in sources.cohort.questionnaire.options("requests")
    }
    running = [it for it in sources.state.pairs.values() if it.status == "running"]
    changed = {it.pair for it in running if it.points is None}
    expected = {}
    for pair in running:
        mentor, mentee = people[pair.mentor], people[pair.mentees[0]]
        both = mentee.answers.get("requests", {}).keys() & mentor.answers.get("competences", {})
        expected[mentor.id, sources.faces(mentee.id).name] = {labels[it] for it in both}
    found = {}
    for reader, code, letter in letter_contents(sources):
        if reader == "mentor":
            found |= {
                (code, each.name): set(filter(None, each.requests.split("; ")))
                for each in letter.mentees
            }
    assert changed
    assert found == expected
    assert sum(map(bool, expected.values())) > 20


@pytest.mark.parametrize("change", ["restricted", "stigma", "gone"])
def test_what_a_mentor_may_not_read_stays_unsaid(lived, school_sources, change):
    """Restricted requests, words that nobody should be called, answers that aren't there."""
    sources = school_sources(date(2026, 10, 6))
    cohort, result = sources.cohort, lived[1]
    form = cohort.questionnaire.to_dict()
    for question in form["questions"]:
        if question["id"] == "requests" and change == "restricted":
            question["sensitivity"] = "restricted"
    for option in form["vocabularies"]["requests"]:
        if change == "stigma":
            option["label"]["ru"] = f"Отстающим: {option['label']['ru']}"
    if change == "gone":
        result = replace(result, view=replace(result.view, graph=None))
    else:
        cohort = mm.Cohort.from_participants(
            mm.Questionnaire.from_dict(form), cohort.participants(), as_of=cohort.as_of
        )
        result = mm.match(cohort, result.policy)
    sources = replace(sources, result_of=lambda _: result)
    found = [it for reader, _, it in letter_contents(sources) if reader == "mentor"]
    assert found
    assert all(each.requests == "" for letter in found for each in letter.mentees)


def test_an_explanation_of_a_restricted_answer_would_stay_unsaid_too(lived):
    """Explanations have none of these; were there one, it wouldn't get into a letter."""
    result = lived[1]
    explained = next(it for it in result.explain_all() if _answered(it, "ru"))
    form = explained.questionnaire.to_dict()
    for question in form["questions"]:
        if question["id"] == "requests":
            question["sensitivity"] = "restricted"
    form = mm.Questionnaire.from_dict(form)
    assert _answered(replace(explained, questionnaire=form), "ru") == ""


def test_a_form_that_calls_people_names_is_put_in_other_words(school_sources):
    """The wording of a questionnaire isn't taken over when it says what nobody should be called."""
    sources = school_sources(date(2026, 10, 6))
    form = sources.cohort.questionnaire.to_dict()
    for option in form["vocabularies"]["forms"]:
        option["label"] = {"ru": f"Успевающий – неуспевающий {option['id']}", "en": option["id"]}
        option["synonyms"] = []
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.from_dict(form), sources.cohort.participants(), as_of=date(2026, 10, 1)
    )
    sources = replace(sources, cohort=cohort)
    found = [letter for reader, _, letter in letter_contents(sources) if reader != "mentor"]
    assert {each.form for letter in found for each in letter.mentors} == {"встречи вдвоём"}

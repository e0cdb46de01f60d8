"""Made-up schools have the people, answers and troubles that real ones have."""

import csv
import os
import subprocess
import sys
from collections import Counter
from itertools import product

import numpy as np
import pytest

from mentormatch.datasets import School, school
from mentormatch.errors import MentorMatchError
from mentormatch.graph.candidates import build_graph
from mentormatch.intake.reading import read_cohort
from mentormatch.participant import Participant
from mentormatch.policy.policy import Policy


@pytest.fixture(scope="module")
def small() -> School:
    """Make the small boarding school."""
    return school("boarding_small")


@pytest.fixture(scope="module")
def large() -> School:
    """Make the large school, where shares show clearly."""
    return school("regular_large")


def of_kind(made: School, kind: str, role: str | None = None) -> list[Participant]:
    """List the participants of a kind, in a role."""
    return [p for p in made.participants if p.kind == kind and (role is None or role in p.roles)]


def share(people: list[Participant], question: str, answer: object = None) -> float:
    """Say what part of some people gave an answer, or any answer."""
    given = [p.answers.get(question) for p in people]
    return sum(g is not None if answer is None else g == answer for g in given) / len(people)


def test_the_boarding_school_has_the_people_of_the_plan(small):
    """189 students and 46 teachers; who is willing follows from the shares by hand."""
    assert small.headcounts["students"] == 189
    assert small.headcounts["teachers"] == 46
    # 66 in grades 5-7, of whom 55 %, and 60 in grades 8-11, of whom 35 %.
    assert len(of_kind(small, "student", "mentee")) == 36 + 21
    assert len(of_kind(small, "student", "mentor")) == 21
    both = [p for p in of_kind(small, "student") if len(p.roles) == 2]
    assert len(both) == 6
    assert len(of_kind(small, "teacher", "mentor")) == 12
    assert len(of_kind(small, "teacher", "mentee")) == 7
    assert len(of_kind(small, "parent")) == 12
    assert len(of_kind(small, "alumnus")) == 9
    assert len(of_kind(small, "partner")) == 6


@pytest.mark.parametrize(
    ("preset", "students", "teachers"),
    [("regular_medium", 577, 46), ("regular_large", 1490, 95)],
)
def test_the_regular_schools_have_their_sizes(preset, students, teachers):
    """Headcounts are of everybody, not of those who take part."""
    counts = school(preset).headcounts
    assert (counts["students"], counts["teachers"]) == (students, teachers)
    assert counts["students_15_19"] < counts["students_10_19"] < students


@pytest.mark.parametrize("preset", ["boarding_small", "regular_medium", "bench_S", "bench_M"])
def test_every_answer_fits_the_questionnaire(preset):
    """A cohort checks each answer; none is refused."""
    made = school(preset)
    cohort = made.cohort
    assert cohort.ids == tuple(p.id for p in made.participants)
    assert cohort.as_of == made.as_of
    assert dict(cohort.headcounts) == dict(made.headcounts)


def test_every_question_gets_answers(small):
    """Only withdrawals and the accepted forms are left to the school."""
    answered = {name for person in small.participants for name in person.answers}
    asked = {question.id for question in small.questionnaire.questions} - {"kind", "roles"}
    assert asked - answered == {
        "consent_self_withdrawn_on",
        "consent_guardian_withdrawn_on",
        "forms",
    }


def test_people_answer_only_what_they_are_asked(small):
    """Nobody answers a question for others."""
    for person in small.participants:
        asked = {q.id for q in small.questionnaire.asked_of(person.kind, person.roles)}
        assert person.answers.keys() <= asked


def test_the_same_seed_makes_the_same_school(small):
    """A study can be repeated."""
    again = school("boarding_small", seed=0)
    assert again.participants == small.participants
    assert again.keys == small.keys


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_seed_makes_the_same_school_in_another_process(small, hash_seed):
    """Nothing hangs on what Python draws anew for each process."""
    code = (
        "from mentormatch.datasets import school\n"
        "print(*(p.answers for p in school('boarding_small').participants))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout.decode()
    assert said.strip() == " ".join(str(p.answers) for p in small.participants)


def test_another_seed_makes_another_school_of_the_same_shape(small):
    """The people differ, their numbers don't."""
    other = school("boarding_small", seed=1)
    assert other.participants != small.participants
    assert Counter(p.kind for p in other.participants) == Counter(
        p.kind for p in small.participants
    )


def test_things_go_wrong_as_often_as_planned(small, large):
    """Shares are kept exactly, up to rounding."""
    students = of_kind(large, "student")
    mentors = [p for p in large.participants if "mentor" in p.roles]
    mentees = of_kind(large, "student", "mentee")
    assert share(students, "consent_guardian_given_on") == pytest.approx(0.92, abs=0.002)
    assert share(list(large.participants), "interview_ok", answer=False) == pytest.approx(
        0.10, abs=0.001
    )
    assert share(mentors, "trained_on") == pytest.approx(0.80, abs=0.002)
    assert share(mentees, "support_tags") == pytest.approx(0.09, abs=0.002)
    assert share(of_kind(small, "student", "mentee"), "support_tags") == pytest.approx(
        0.18, abs=0.01
    )
    assert share(mentors, "quals") == pytest.approx(0.10, abs=0.002)
    assert share(list(large.participants), "vetoes") == pytest.approx(0.03, abs=0.001)


def test_answers_from_1_to_10_have_the_planned_shape(large):
    """Around 7, a few blanks, some people answering everything alike."""
    items = [
        question.id
        for question in large.questionnaire.questions
        if question.kind == "scale" and question.high == 10
    ]
    given = [[p.answers.get(item) for item in items] for p in large.participants]
    flat = [answer for row in given for answer in row if answer is not None]
    assert np.mean(flat) == pytest.approx(7, abs=0.15)
    assert np.std(flat) == pytest.approx(1.85, abs=0.2)
    assert 1 - len(flat) / np.size(given) == pytest.approx(0.06, abs=0.01)
    alike = [len({answer for answer in row if answer is not None}) == 1 for row in given]
    assert np.mean(alike) == pytest.approx(0.12, abs=0.01)


def test_requests_fit_the_grade(large):
    """Exams and careers concern the older, settling in those who are new."""
    requests = {name: [] for name in ("exam_prep", "career_choice", "adaptation", "study_help")}
    mentees = of_kind(large, "student", "mentee")
    for person in mentees:
        for name in requests.keys() & person.answers["requests"].keys():
            requests[name].append(person.answers["grade"])
    assert min(requests["exam_prep"]) == min(requests["career_choice"]) == 8
    assert set(requests["adaptation"]) <= {5, 10}
    assert len(requests["study_help"]) > len(mentees) / 4
    assert all(1 <= len(person.answers["requests"]) <= 3 for person in mentees)


def test_young_teachers_are_the_mentees_among_teachers(large):
    """All teachers with up to three years of experience, and no others."""
    assert max(p.answers["experience_years"] for p in of_kind(large, "teacher", "mentee")) <= 3
    assert min(p.answers["experience_years"] for p in of_kind(large, "teacher", "mentor")) >= 4


def test_everybody_has_three_to_six_times(large):
    """Times are scarce: three to six of eighteen."""
    assert {len(p.answers["slots"]) for p in large.participants} == {3, 4, 5, 6}


def test_partners_come_in_the_evening_or_online(large):
    """Four in five would meet online, most of their times are evenings."""
    partners = of_kind(large, "partner")
    assert share(partners, "mode", "in_person") == pytest.approx(0.2, abs=0.05)
    slots = [slot for p in partners for slot in p.answers["slots"]]
    assert sum(slot.endswith("evening") for slot in slots) > 0.7 * len(slots)


def test_boarders_live_in_dormitories_and_leave_for_the_weekend(small):
    """70 % board; nearly nobody is there from Friday evening on."""
    students = of_kind(small, "student")
    assert share(students, "dorm", "home") == pytest.approx(0.3, abs=0.1)
    late = [s for p in students for s in p.answers["slots"] if s[:3] == "sat" or s == "fri-evening"]
    assert len(late) < len(students) / 3


def test_every_parent_has_a_child_among_the_students(large):
    """The link stands on both sides, and one parent in seven has two."""
    students = {p.id: p for p in of_kind(large, "student")}
    parents = of_kind(large, "parent")
    for parent in parents:
        for child in parent.answers["relative_pids"]:
            assert parent.id in students[child].answers["guardian_pids"]
    two = sum(len(p.answers["relative_pids"]) == 2 for p in parents) / len(parents)
    assert two == pytest.approx(0.15, abs=0.03)


def test_choices_are_many_one_sided_and_pile_up_on_the_popular(large):
    """60 % of the mentees name somebody, a quarter of the names come back."""
    named = {p.id: p.answers.get("choices") or () for p in large.participants}
    mentees = [p for p in large.participants if p.roles == {"mentee"}]
    assert np.mean([bool(named[p.id]) for p in mentees]) == pytest.approx(0.6, abs=0.05)
    pairs = [(p.id, mentor) for p in mentees for mentor in named[p.id]]
    mutual = sum(mentee in named[mentor] for mentee, mentor in pairs) / len(pairs)
    assert mutual == pytest.approx(0.25, abs=0.06)
    # Named independently, the counts of mentors would vary as much as their mean (Poisson).
    adults = [p.id for p in large.participants if p.roles == {"mentor"} and p.kind != "student"]
    counts = np.array([sum(mentor == code for _, mentor in pairs) for code in adults])
    assert counts.var() > 1.7 * counts.mean()


def test_nobody_names_themselves_their_family_or_whom_they_refuse():
    """What would be absurd is absent, even where there is hardly anybody else to name."""
    tiny = [school("bench", mentors=10, mentees=2, seed=seed) for seed in range(20)]
    for person in (p for made in [*tiny, school("regular_medium")] for p in made.participants):
        chosen = set(person.answers.get("choices", ()))
        guardians = person.answers.get("guardian_pids", ())
        relatives = person.answers.get("relative_pids", ())
        refused = person.answers.get("vetoes", ())
        assert not chosen & {person.id, *guardians, *relatives, *refused}


def test_naming_nobody_and_saying_nothing_both_occur(large):
    """The answer "none" and a blank are different things."""
    answers = [p.answers.get("choices") for p in large.participants]
    assert () in answers
    assert None in answers


def test_names_are_made_up_and_hard_to_handle(small):
    """Invented surnames; no patronymic, double surnames, ё, two words, full namesakes."""
    names = [small.keys.name_of(p.id) for p in small.participants]
    invented = ("Тест", "Пример", "Образц", "Выдум", "Дем", "Макет", "Чернов", "Синтет")
    invented += ("Условн", "Понарош")
    assert all(name.startswith(invented) for name in names)
    assert any(len(name.split()) == 2 for name in names)
    assert any(name.split()[0].count("-") == 1 and "Тестов" in name.split("-")[1] for name in names)
    assert any("ё" in name for name in names)
    assert any(name.endswith(("оглы", "кызы")) for name in names)
    (twice,) = [name for name, count in Counter(names).items() if count == 2]
    one, two = (small.cohort.participant(code) for code in small.keys.code_of(twice))
    for question in ("grade", "class_letter", "sex"):
        assert one.answers[question] == two.answers[question]


def test_names_agree_with_the_sex(small):
    """A woman's surname, first name and patronymic are a woman's."""
    for person in small.participants:
        parts = small.keys.name_of(person.id).split()
        if len(parts) == 3:
            woman = person.answers["sex"] == "female"
            assert parts[2].endswith(("вна", "ична", "кызы") if woman else ("вич", "ич", "оглы"))
            assert parts[0].split("-")[0].endswith(("ва", "ая", "на")) == woman


def test_a_school_shows_no_names():
    """Its text holds counts only."""
    made = school("bench_S")
    assert "KeyFile(80 people)" in repr(made)
    assert made.keys.name_of("S-0001").split("-")[0] not in repr(made)


@pytest.mark.parametrize(
    ("preset", "mentors", "mentees"),
    [("bench_S", 20, 60), ("bench_M", 100, 400), ("bench_L", 500, 3000)],
)
def test_a_bench_has_the_size_of_its_name(preset, mentors, mentees):
    """Mentors and mentees are different people, so the sizes are exact."""
    cohort = school(preset).cohort
    assert (len(cohort.mentors), len(cohort.mentees), len(cohort)) == (
        mentors,
        mentees,
        mentors + mentees,
    )


def test_a_bench_of_any_size_can_be_made():
    """Even one with nobody on a side."""
    for mentors, mentees in product((0, 1, 7), (0, 1, 9)):
        cohort = school("bench", mentors=mentors, mentees=mentees).cohort
        assert (len(cohort.mentors), len(cohort.mentees)) == (mentors, mentees)


def test_most_pairs_of_a_bench_are_admissible():
    """The official policy admits at least nine pairs of ten."""
    made = school("bench_M")
    graph = build_graph(made.cohort, Policy.preset("official"))
    assert len(graph.mentee) >= 0.9 * 100 * 400


@pytest.mark.parametrize(
    "options",
    [
        {"preset": "bench"},  # no size
        {"preset": "bench", "mentors": 5},  # half a size
        {"preset": "bench_S", "mentors": 5, "mentees": 5},  # a size of its own
        {"preset": "boarding_small", "seed": -1},  # no such seed
    ],
)
def test_what_makes_no_sense_is_refused(options):
    """Sizes go with the bench alone, seeds aren't negative."""
    with pytest.raises(ValueError, match=r"bench|non-negative"):
        school(**options)


def test_an_unknown_preset_is_refused_with_those_there_are():
    """The message lists what may be asked for."""
    with pytest.raises(MentorMatchError, match=r"regular_medium.*bench_S"):
        school("boarding_tiny")


@pytest.mark.parametrize("preset", ["boarding_small", "regular_medium"])
def test_written_files_read_back_to_the_same_cohort(preset, tmp_path):
    """The exports of a form service hold everything that people answered."""
    made = school(preset)
    mentors, mentees, keys, _, _ = made.write(tmp_path)
    back = read_cohort(
        made.questionnaire,
        mentors,
        mentees,
        keys=keys,
        as_of=made.as_of,
        headcounts=made.headcounts,
    )
    assert tuple(back.participants()) == tuple(made.cohort.participants())
    # What was mended is what had been misspelt, and nothing else.
    letters = made.questionnaire.label("class_letter", "ru")
    mended = [repair for file in back.report.files for repair in file.repaired]
    found = {(it.what.code, it.what.place.column) for it in mended}
    assert found == {("cell.look-alikes", letters)}
    with mentees.open(encoding="cp1251", newline="") as file:
        typed = [row[letters] for row in csv.DictReader(file, delimiter=";")]
    misspelt = sum(letter in set("ABEKM") for letter in typed)
    own = [it.count for it in mended if it.what.place.file == mentees.name]
    assert sum(own) == misspelt > 0


def test_the_same_school_writes_the_same_bytes(tmp_path):
    """Neither the clock nor the folder leaves a trace."""
    one = school("boarding_small").write(tmp_path / "one")
    two = school("boarding_small").write(tmp_path / "two")
    assert [p.name for p in one] == [
        "mentors.xlsx",
        "mentees.csv",
        "keys.csv",
        "questionnaire.toml",
        "policy.toml",
    ]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_files_look_like_exports_of_a_form_service(tmp_path):
    """First the time, then full questions, grids with their rows in brackets."""
    school("boarding_small").write(tmp_path)
    header = (tmp_path / "mentees.csv").read_text("cp1251").splitlines()[0].split(";")
    assert header[:3] == ["Отметка времени", "Код участника", "ФИО"]
    assert "Свободное время [Пн]" in header
    assert "С чем нужна помощь [Помощь в учёбе]" in header

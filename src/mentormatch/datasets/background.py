"""Who people are: class, work, consents, clearance, family."""

from datetime import date, timedelta
from typing import Final

import numpy as np

from mentormatch.datasets.dice import Dice, Ints
from mentormatch.datasets.drawing import (
    Answers,
    Setting,
    days_from,
    dealt,
    one_of,
    only,
    some_of,
    some_people,
)
from mentormatch.datasets.population import LETTERS, PARENT, STUDENT, TEACHER, People

_TAUGHT: Final = {
    "primary": 0.24,
    "maths": 0.14,
    "russian": 0.14,
    "english": 0.12,
    "informatics": 0.04,
    "physics": 0.05,
    "chemistry": 0.04,
    "biology": 0.05,
    "geography": 0.04,
    "history": 0.05,
    "music": 0.03,
    "technology": 0.03,
    "pe": 0.03,
}
_GROUP_OF: Final = {
    "primary": "primary",
    "maths": "maths",
    "informatics": "maths",
    "physics": "maths",
    "russian": "languages",
    "english": "foreign_languages",
    "chemistry": "science",
    "biology": "science",
    "geography": "science",
    "history": "society",
}
_PUBLISHED: Final = 0.6


def families(people: People, dice: Dice) -> list[tuple[int, int]]:
    """Link every parent to a child who takes part, and 15 % of them to a second one.

    Returns
    -------
    Pairs (row of the parent, row of the child).
    """
    parents = np.flatnonzero(people.kind == PARENT)
    students = np.flatnonzero(people.kind == STUDENT)
    if not len(students):
        return []
    first = students[dice.whole(0, len(students) - 1, len(parents))]
    second = students[dice.whole(0, len(students) - 1, len(parents))]
    two = dice.share(0.15, len(parents)) & (first != second)
    links = [*zip(parents, first, strict=True), *zip(parents[two], second[two], strict=True)]
    return sorted((int(parent), int(child)) for parent, child in links)


def background(setting: Setting, links: list[tuple[int, int]]) -> dict[str, Answers]:
    """Draw everything that people are, rather than want."""
    return {
        **_person(setting),
        **_work(setting),
        **_consents(setting),
        **_clearance(setting),
        **_family(setting.people, links),
    }


def _person(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("place")
    student = people.kind == STUDENT
    here = student | (people.kind == TEACHER)
    # Dormitories are numbered from 1; 0 means at home.
    dorm = dealt(student, (30, 35, 35), dice)
    elsewhere = here & (not setting.boarding)
    second_shift = dealt(elsewhere, (65, 35), dice)
    building = dealt(elsewhere, (70, 30), dice)
    return {
        "birth_year": people.birth_year.tolist(),
        "sex": one_of(("male", "female"), people.female.astype(np.int64)),
        "grade": only(student, people.grade.tolist()),
        "class_letter": only(student, one_of(LETTERS, people.letter)),
        "building": only(here, one_of(setting.options("building"), building)),
        "dorm": only(student & setting.boarding, one_of(setting.options("dorm"), dorm)),
        "shift": only(here, one_of(setting.options("shift"), second_shift)),
    }


def _work(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("work")
    teacher = people.kind == TEACHER
    adult = people.kind != STUDENT
    taught = one_of(tuple(_TAUGHT), dealt(teacher, list(_TAUGHT.values()), dice))
    groups = [
        "educators" if educator else _GROUP_OF.get(subject, "arts")
        for subject, educator in zip(taught, people.educator.tolist(), strict=True)
    ]
    return {
        "subject_taught": only(teacher & ~people.educator, [(subject,) for subject in taught]),
        "method_group": only(teacher, groups),
        "experience_years": only(adult, people.experience.tolist()),
        "category": only(teacher, one_of(("none", "first", "highest"), _category(people, dice))),
    }


def _category(people: People, dice: Dice) -> Ints:
    """Deal categories 30 : 35 : 35 to teachers, mostly by experience."""
    teachers = np.flatnonzero(people.kind == TEACHER)
    merit = people.experience[teachers] + 4 * dice.normal(len(teachers))
    rank = np.argsort(np.argsort(merit, kind="stable"), kind="stable")
    category = np.zeros(len(people), np.int64)
    category[teachers] = np.searchsorted((0.30, 0.65), (rank + 0.5) / max(len(teachers), 1))
    return category


def _consents(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("consents")
    size, student = len(people), people.kind == STUDENT
    guardian = student & ~some_people(student, setting.troubles.no_guardian_consent, dice)
    first = setting.as_of - timedelta(30)
    scopes = setting.options("consent_self_scope")
    everything = np.ones((size, len(scopes)), np.bool_)
    everything[:, scopes.index("publication")] = dice.share(_PUBLISHED, size)
    agreed = some_of(scopes, everything)
    return {
        "consent_self_given_on": days_from(first, dice.whole(0, 19, size)),
        "consent_self_scope": agreed,
        "consent_guardian_given_on": only(guardian, days_from(first, dice.whole(0, 19, size))),
        "consent_guardian_scope": only(guardian, agreed),
    }


def _clearance(setting: Setting) -> dict[str, Answers]:
    people, troubles, dice = setting.people, setting.troubles, setting.dice("clearance")
    size = len(people)
    passed = ~dice.share(troubles.interview_pending, size)
    trained = people.mentor & ~some_people(people.mentor, troubles.untrained, dice)
    first = setting.as_of - timedelta(24)
    clear_until = [
        date(setting.as_of.year + years, 8, 31) for years in dice.whole(4, 9, size).tolist()
    ]
    return {
        "interview_ok": passed.tolist(),
        "trained_on": only(trained, days_from(first, dice.whole(0, 13, size))),
        "clearance_valid_until": only(people.mentor & (people.kind != STUDENT), clear_until),
        **_support(setting),
    }


def _support(setting: Setting) -> dict[str, Answers]:
    """Draw what students need a mentor to be prepared for, and who is."""
    people, troubles, dice = setting.people, setting.troubles, setting.dice("support")
    size, mentee = len(people), people.mentee & (people.kind == STUDENT)
    tags = setting.options("support_tags")
    # Trained help is asked for more often than a way to hold meetings.
    weights = [3.0 if tag.startswith("trained") else 1.0 for tag in tags]
    needing = some_people(mentee, troubles.support_needed, dice)
    able = some_people(people.mentor, 0.10, dice)
    priority = np.where(needing, 1, 1 + dice.shares((5, 15, 80), size))
    return {
        "support_tags": some_of(tags, dice.subsets(weights, needing.astype(np.int64))),
        "quals": some_of(tags, dice.subsets(weights, able * dice.whole(1, 3, size))),
        "priority": only(people.mentee, priority.tolist()),
        "manual_only": only(some_people(mentee, troubles.curator_only, dice), [True] * size),
    }


def _family(people: People, links: list[tuple[int, int]]) -> dict[str, Answers]:
    ids = people.ids
    guardians: dict[int, list[str]] = {}
    children: dict[int, list[str]] = {}
    for parent, child in links:
        guardians.setdefault(child, []).append(ids[parent])
        children.setdefault(parent, []).append(ids[child])
    return {
        "guardian_pids": [
            tuple(sorted(guardians.get(row, ()))) or None for row in range(len(people))
        ],
        "relative_pids": [
            tuple(sorted(children.get(row, ()))) or None for row in range(len(people))
        ],
    }

"""What people ask for, offer and like, and when they are free."""

from typing import Final

import numpy as np

from mentormatch.datasets.dice import Bools, Dice, Floats, Ints
from mentormatch.datasets.drawing import (
    Answers,
    Setting,
    dealt,
    graded,
    levels,
    one_of,
    only,
    some_of,
)
from mentormatch.datasets.population import ALUMNUS, PARENT, PARTNER, STUDENT, TEACHER

# Shares of students' requests; some only from a grade on.
_REQUESTS: Final = {
    "study_help": 0.30,
    "exam_prep": 0.20,
    "self_organisation": 0.12,
    "career_choice": 0.12,
    "communication": 0.06,
    "confidence": 0.06,
    "olympiad_prep": 0.05,
    "project_research": 0.05,
    "adaptation": 0.04,
}
_FROM_GRADE: Final = {"exam_prep": 8, "career_choice": 8}
_NEW_IN: Final = (5, 10)  # grades in which many are new at the school
_TEACHERS_REQUESTS: Final = {
    "lesson_design": 0.20,
    "class_management": 0.20,
    "assessment": 0.12,
    "ict_tools": 0.10,
    "parents_work": 0.12,
    "inclusion": 0.08,
    "documents": 0.08,
    "burnout_prevention": 0.05,
    "certification": 0.05,
}
_OFFERS: Final[dict[int, dict[str, float]]] = {
    STUDENT: _REQUESTS | {"leadership": 0.10, "creativity": 0.05, "sport": 0.05},
    TEACHER: {name: share for name, share in _REQUESTS.items() if name != "career_choice"}
    | {name: share / 2 for name, share in _TEACHERS_REQUESTS.items()},
    PARENT: {"career_choice": 0.4, "pro_skill": 0.2, "communication": 0.2, "confidence": 0.2},
    ALUMNUS: {
        "career_choice": 0.25,
        "exam_prep": 0.2,
        "study_help": 0.15,
        "self_organisation": 0.15,
        "adaptation": 0.1,
        "confidence": 0.15,
    },
    PARTNER: {
        "career_choice": 0.35,
        "pro_skill": 0.25,
        "project_research": 0.2,
        "digital_skills": 0.1,
        "communication": 0.1,
    },
}
_SUBJECTS: Final = {
    "maths": 0.28,
    "russian": 0.22,
    "english": 0.16,
    "physics": 0.10,
    "chemistry": 0.07,
    "informatics": 0.05,
    "biology": 0.04,
    "history": 0.04,
    "social_studies": 0.04,
}
_SUBJECT_FROM_GRADE: Final = {"physics": 7, "chemistry": 8, "informatics": 7, "social_studies": 6}
_SUBJECT_REQUESTS: Final = ("study_help", "exam_prep", "olympiad_prep")
# Two kinds of people; each likes its own things three times as much as the other's.
_ACTIVE: Final = {"sport", "games", "programming", "robotics", "nature", "travel", "animals"}
_SKILLS: Final = (
    "lesson_design",
    "class_management",
    "motivation",
    "assessment",
    "ict_tools",
    "class_teacher",
    "parents_work",
    "documents",
)
_MOST_MENTEES: Final = 10
_GOALS: Final = (
    "Хочу увереннее чувствовать себя на уроках.",
    "Научиться планировать неделю и всё успевать.",
    "Понять, какая профессия мне подходит.",
    "Сдать экзамен лучше, чем пробный.",
    "Довести до конца свой проект.",
    "Найти общий язык с классом.",
)


def wishes(setting: Setting) -> dict[str, Answers]:
    """Draw everything that people want, offer and like."""
    asked = _requests(setting)
    return {
        "requests": graded(setting.options("requests"), *asked),
        **_subjects(setting, asked[0]),
        **_offers(setting),
        **_skills(setting),
        **_tastes(setting),
        **_meetings(setting),
        **_places(setting),
    }


def _requests(setting: Setting) -> tuple[Bools, Ints]:
    """Draw one to three requests of each mentee, and their importance."""
    people, dice = setting.people, setting.dice("requests")
    options = setting.options("requests")
    weights = np.tile(setting.weights("requests", _REQUESTS), (len(people), 1))
    for request, grade in _FROM_GRADE.items():
        weights[people.grade < grade, options.index(request)] = 0
    weights[~np.isin(people.grade, _NEW_IN), options.index("adaptation")] = 0
    weights[people.kind == TEACHER] = setting.weights("requests", _TEACHERS_REQUESTS)
    sizes = (1 + dice.shares((50, 35, 15), len(people))) * people.mentee
    chosen = dice.subsets(weights, sizes)
    return chosen, levels(dice, chosen.shape)


def _subjects(setting: Setting, asked: Bools) -> dict[str, Answers]:
    """Draw the subjects that students need help in, and those they are good at."""
    people, dice = setting.people, setting.dice("subjects")
    options = setting.options("subjects_need")
    requests = setting.options("requests")
    weights = np.tile(setting.weights("subjects_need", _SUBJECTS), (len(people), 1))
    for subject, grade in _SUBJECT_FROM_GRADE.items():
        weights[people.grade < grade, options.index(subject)] = 0
    student = people.kind == STUDENT
    wanting = asked[:, [requests.index(name) for name in _SUBJECT_REQUESTS]].any(axis=1)
    needed = dice.subsets(weights, (wanting & student) * dice.whole(1, 2, len(people)))
    teaching = people.mentor & (people.kind != PARENT) & (people.kind != PARTNER)
    able = dice.subsets(weights, (teaching & ~people.educator) * dice.whole(1, 3, len(people)))
    able &= ~needed
    return {
        "subjects_need": graded(options, needed, levels(dice, needed.shape)),
        "subjects_strong": graded(options, able, np.maximum(levels(dice, able.shape), 6)),
    }


def _offers(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("competences")
    of_kind = [setting.weights("competences", _OFFERS[kind]) for kind in range(len(_OFFERS))]
    chosen = dice.subsets(
        np.array(of_kind)[people.kind], people.mentor * dice.whole(2, 5, len(people))
    )
    sure = graded(setting.options("competences"), chosen, levels(dice, chosen.shape))
    return {"competences": sure}


def _skills(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("skills")
    teacher = people.kind == TEACHER
    weights = setting.weights("deficits", dict.fromkeys(_SKILLS, 1.0))
    lacking = dice.subsets(weights, (teacher & people.mentee) * dice.whole(2, 4, len(people)))
    having = dice.subsets(weights, (teacher & people.mentor) * dice.whole(3, 5, len(people)))
    skills = setting.options("deficits")
    return {
        "deficits": graded(skills, lacking, levels(dice, lacking.shape)),
        "strengths_prof": graded(skills, having, levels(dice, having.shape)),
    }


def _tastes(setting: Setting) -> dict[str, Answers]:
    people, dice = setting.people, setting.dice("tastes")
    size, interests = len(people), setting.options("interests")
    active = np.array([name in _ACTIVE for name in interests])
    own: Floats = np.where(dice.share(0.5, size)[:, None] == active, 3.0, 1.0)
    liked = dice.subsets(own, dice.whole(3, 5, size))
    disliked = dice.subsets((4 - own) * ~liked, dice.share(0.6, size) * dice.whole(1, 2, size))
    saying = (people.kind != TEACHER) & (people.kind != PARENT)
    fields = setting.options("career_fields")
    careers = dice.subsets(
        np.ones(len(fields)), np.where(people.kind == STUDENT, dice.whole(1, 2, size), 1)
    )
    goals = one_of(_GOALS, dice.whole(0, len(_GOALS) - 1, size))
    return {
        "interests": some_of(interests, liked),
        "dislikes": only(saying, some_of(interests, disliked)),
        "career_fields": only(people.kind != TEACHER, some_of(fields, careers)),
        "goals_text": only(people.mentee & (people.kind == STUDENT) & dice.share(0.7, size), goals),
        "prior_mentoring": dice.share(0.3, size).tolist(),
    }


def _meetings(setting: Setting) -> dict[str, Answers]:
    """Draw when and how people can meet."""
    people, dice = setting.people, setting.dice("meetings")
    size, partner = len(people), people.kind == PARTNER
    slots = setting.options("slots")
    weights = np.ones((size, len(slots)))
    evening = np.array([slot.endswith("evening") for slot in slots])
    morning = np.array([slot.endswith("morning") for slot in slots])
    weights[:, morning] = 0.3  # lessons
    weights[partner] = np.where(evening, 6.0, 0.5)
    if setting.boarding:
        leaving = np.array([slot.startswith("sat") or slot == "fri-evening" for slot in slots])
        weights[np.ix_(people.kind == STUDENT, leaving)] = 0.1
    modes = setting.options("mode")
    in_person = setting.troubles.in_person_only
    mode = dealt(~partner, _mode_weights(modes, in_person), dice)
    mode += dealt(partner, _mode_weights(modes, min(in_person, 0.2)), dice)
    styles = setting.options("work_style")
    return {
        "slots": some_of(slots, dice.subsets(weights, dice.whole(3, 6, size))),
        "mode": one_of(modes, mode),
        "work_style": one_of(styles, dice.shares((40, 15, 45), size)),
        "hours_per_month": only(people.mentor, dice.whole(2, 8, size).tolist()),
        "wanted_same_sex": only(people.mentee, one_of(("no", "same"), dice.shares((9, 1), size))),
    }


def _mode_weights(modes: tuple[str, ...], in_person: float) -> list[float]:
    """Give a tenth of those who would meet online to people who would only do that."""
    portions = {"in_person": in_person, "online": (1 - in_person) / 10}
    portions["both"] = 1 - sum(portions.values())
    return [portions[mode] for mode in modes]


def _places(setting: Setting) -> dict[str, Answers]:
    """Draw how many mentees a mentor would take, and of what age."""
    people, dice = setting.people, setting.dice("places")
    size = len(people)
    saying = people.mentor & dice.share(0.6, size)
    youngest = dice.whole(10, 13, size)
    return {
        "capacity": only(people.mentor, _capacity(setting, dice).tolist()),
        "wanted_mentee_age_from": only(saying, youngest.tolist()),
        "wanted_mentee_age_to": only(saying, (youngest + dice.whole(3, 6, size)).tolist()),
    }


def _capacity(setting: Setting, dice: Dice) -> Ints:
    people, size = setting.people, len(setting.people)
    if setting.load is not None:
        drawn = dice.whole(np.floor(setting.load / 2), np.ceil(setting.load * 1.5), size)
        return np.asarray(np.clip(drawn, 1, _MOST_MENTEES))
    capacity = 1 + dealt(people.kind == STUDENT, (75, 25), dice)
    for kind, low, high in ((TEACHER, 1, 3), (PARENT, 1, 2), (ALUMNUS, 1, 3), (PARTNER, 3, 8)):
        capacity = np.where(people.kind == kind, dice.whole(low, high, size), capacity)
    return capacity

"""What all tests share: how hard hypothesis looks, and a small club of five people.

``HYPOTHESIS_PROFILE=thorough pytest`` looks for new examples for minutes; the
ordinary profile takes the same few on every run, so that a failure is repeatable.
"""

import os
from datetime import date

import pytest
from hypothesis import settings

from mentormatch.cohort import Cohort
from mentormatch.participant import Participant
from mentormatch.policy.policy import Policy
from mentormatch.questionnaire import Questionnaire

settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def _options(*names):
    return [{"id": name, "ru": f"{name}-ру", "en": name.capitalize()} for name in names]


@pytest.fixture(scope="session")
def club_form():
    """Ask the club: who they are, what they want and offer, whom they like and refuse."""
    levels = {"low": 1, "high": 10}
    questions = [
        {"id": "kind", "kind": "choice", "options": _options("student", "teacher")},
        {"id": "roles", "kind": "multi", "options": _options("mentor", "mentee")},
        {"id": "asks", "kind": "multi", "options": _options("maths", "chess"), "levels": levels},
        {"id": "offers", "kind": "multi", "options": _options("maths", "chess"), "levels": levels},
        {"id": "friends", "kind": "people"},
        {"id": "refused", "kind": "people", "sensitivity": "restricted"},
        {"id": "capacity", "kind": "number", "low": 0, "high": 9},
        {"id": "grade", "kind": "number", "low": 1, "high": 11},
        {"id": "priority", "kind": "scale", "low": 1, "high": 3},
    ]
    for question in questions:
        question["label"] = {"ru": f"{question['id']}-ру", "en": question["id"].capitalize()}
    return Questionnaire.from_dict({"name": "club", "title": "Club", "questions": questions})


@pytest.fixture(scope="session")
def club_policy():
    """Pair teachers with students, older students with younger ones; nobody against their will."""
    weights = {"need": 0.6, "choice": 0.4}
    return Policy.from_dict(
        {
            "name": "club",
            "forms": [
                {
                    "id": "lesson",
                    "label": {"ru": "Урок", "en": "Lesson"},
                    "mentors": {"kind": "teacher"},
                    "mentees": {"kind": "student"},
                    "capacity": {"most": 2},
                    "weights": weights,
                },
                {
                    "id": "peer",
                    "label": {"ru": "Ровесники", "en": "Peers"},
                    "mentors": {"kind": "student"},
                    "mentees": {"kind": "student"},
                    "capacity": {"most": 1},
                    "weights": weights,
                },
            ],
            "rules": [
                {"code": "R1", "type": "gap", "field": "grade", "least": 1, "forms": "peer"},
                {"code": "R2", "type": "vetoes", "field": "refused"},
            ],
            "criteria": [
                {
                    "id": "need",
                    "type": "covers",
                    "mentee": "asks",
                    "mentor": "offers",
                    "label": {"ru": "Запрос", "en": "Request"},
                },
                {"id": "choice", "type": "mutual-choice", "field": "friends"},
            ],
        }
    )


@pytest.fixture(scope="session")
def club_of(club_form):
    """Make a cohort from (code, kind, roles, answers)."""

    def make(*people, **keys):
        participants = [
            Participant(id=code, kind=kind, roles=roles.split(), answers=answers)
            for code, kind, roles, answers in people
        ]
        return Cohort.from_participants(
            club_form, participants, **({"as_of": date(2026, 9, 1)} | keys)
        )

    return make


CLUB = (
    ("T-1", "teacher", "mentor", {"offers": {"maths": 10, "chess": 5}, "capacity": 1}),
    ("T-2", "teacher", "mentor", {"offers": {"chess": 8}, "friends": ("S-3",)}),
    ("S-1", "student", "mentee", {"asks": {"maths": 4}, "grade": 5, "refused": ("T-2",)}),
    ("S-2", "student", "mentee", {"asks": {"maths": 6, "chess": 2}, "grade": 6}),
    ("S-3", "student", "mentee", {"asks": {"chess": 10}, "grade": 7, "friends": ("T-2",)}),
    ("S-9", "student", "mentor", {"offers": {"maths": 4}, "grade": 9, "capacity": 3}),
)


@pytest.fixture(scope="session")
def club(club_of):
    """Three mentees and three mentors.

    Worked by hand, in thousandths of a form's maximum: T-1 and S-1 600 (maths, sure);
    T-1 and S-2 (6x10 + 2x5) / 80 of 600 = 525; T-1 and S-3 5/10 of 600 = 300; T-2 and
    S-2 2x8/80 of 600 = 120; T-2 and S-3 8/10 of 600 + 400 (mutual) = 880; S-9 and S-1
    4/10 of 600 = 240; S-9 and S-2 6x4/80 of 600 = 180; S-9 and S-3 0. T-2 and S-1 are
    vetoed. The best way to serve all three: T-1 with S-1 (600), T-2 with S-3 (880) and
    S-9 with S-2 (180), which is 1660.
    """
    return club_of(*CLUB)

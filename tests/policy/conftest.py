"""A small questionnaire, and two people to try rules and criteria on."""

from datetime import date

import numpy as np
import pytest
from pydantic import TypeAdapter

from mentormatch.cohort import Cohort
from mentormatch.participant import Participant
from mentormatch.policy.criteria import AnyCriterion
from mentormatch.policy.rules import AnyRule
from mentormatch.questionnaire import Questionnaire

TODAY = date(2025, 9, 10)


def options(*names):
    """Write options whose labels are their ids."""
    return [{"id": name, "label": name} for name in names]


def question(name, kind, **keys):
    """Write a question whose label is its id."""
    return {"id": name, "kind": kind, "label": name} | keys


LEVELS = {"low": 1, "high": 10}

QUESTIONS = [
    question("kind", "choice", options=options("student", "teacher")),
    question("roles", "multi", options=options("mentor", "mentee")),
    question("forms", "multi", options=options("peer", "lesson"), may_be_none=True),
    question("born", "number"),
    question("grade", "number", low=1, high=11),
    question("height", "number", decimals=1),
    question("weight", "number", decimals=2),
    question("house", "choice", options=options("red", "blue")),
    question("team", "choice", options=options("blue", "green", "red")),
    question("vegan", "flag"),
    question("ok_given_on", "date"),
    question("ok_withdrawn_on", "date"),
    question("ok_scope", "multi", options=options("pairs", "photos")),
    question("grant_given_on", "date"),
    question("grant_withdrawn_on", "date"),
    question("grant_scope", "choice", options=options("pairs", "photos")),
    question("joined_on", "date"),
    question("family", "people"),
    question("cousins", "people"),
    question("friends", "people", ranked=True, max=3, may_be_none=True),
    question("mates", "people"),
    question("refused", "people", sensitivity="restricted"),
    question("asks", "multi", options=options("a", "b", "c"), levels=LEVELS, may_be_none=True),
    question("offers", "multi", options=options("c", "b", "a", "d"), levels=LEVELS),
    question("likes", "multi", options=options("x", "y", "z"), may_be_none=True),
    question("dreams", "ranked", options=options("x", "y", "z"), max=3),
    question(
        "time", "slots", days=options("mon", "tue"), times=options("am", "pm"), may_be_none=True
    ),
    question("mode", "choice", options=options("in_person", "online", "both")),
    question("modes", "multi", options=options("in_person", "online")),
    question("needs", "multi", options=options("calm", "print"), sensitivity="restricted"),
    question("skills", "multi", options=options("print", "calm", "chess"), may_be_none=True),
    question("few_skills", "multi", options=options("print")),
    question("secret", "flag", sensitivity="restricted"),
    question("mood", "scale", sensitivity="restricted"),
    question("pace", "scale"),
    question("calm", "scale"),
    question("noise", "scale"),
    question("tone", "scale", low=1, high=5),
    question("wish_from", "number"),
    question("wish_to", "number"),
    question("capacity", "number"),
    question("story", "text"),
]


@pytest.fixture(scope="session")
def school():
    """Ask everything that some rule or criterion can read."""
    content = {
        "name": "school",
        "title": "School",
        "questions": QUESTIONS,
        "scales": [{"id": "manner", "label": "manner", "items": ["pace", "calm"]}],
    }
    return Questionnaire.from_dict(content)


@pytest.fixture(scope="session")
def two(school):
    """Make the cohort of the mentor M and the mentee E; ``kind`` is among their answers."""

    def make(mentor, mentee):
        people = [
            Participant(
                id=code,
                kind=answers.get("kind", "student"),
                roles={role},
                answers={key: value for key, value in answers.items() if key != "kind"},
            )
            for code, role, answers in (("M", "mentor", mentor), ("E", "mentee", mentee))
        ]
        return Cohort.from_participants(school, people, as_of=TODAY)

    return make


@pytest.fixture(scope="session")
def admits(school, two):
    """Tell whether a rule admits M as a mentor of E."""

    def ask(rule, mentor, mentee, form="peer"):
        rule = TypeAdapter(AnyRule).validate_python({"code": "R"} | rule)
        assert rule.check(school, ["peer"], "rules[0]") == []
        check = rule.bind(two(mentor, mentee), form)
        row, col = 0, 1  # in the order of codes
        verdicts = []
        if check.mentees is not None:
            verdicts.append(bool(check.mentees[row]))
        if check.mentors is not None:
            verdicts.append(bool(check.mentors[col]))
        if check.pairs is not None:
            verdicts.append(bool(check.pairs(np.array([row]), np.array([col]))[0, 0]))
        return all(verdicts)

    return ask


@pytest.fixture(scope="session")
def evidence(school, two):
    """Score M and E by one criterion, with what the score rests on."""

    def ask(criterion, mentor, mentee):
        criterion = TypeAdapter(AnyCriterion).validate_python({"id": "c"} | criterion)
        assert criterion.check(school, "criteria[0]") == []
        return criterion.bind(two(mentor, mentee)).evidence(0, 1)

    return ask

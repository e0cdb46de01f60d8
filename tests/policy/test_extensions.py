"""Other packages add rules and criteria as plain functions."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from mentormatch.errors import PolicyError
from mentormatch.policy.criteria import AnyCriterion, Evidence
from mentormatch.policy.rules import AnyRule

CODE = """
import numpy as np

def taller(mentees, mentors, least):
    return mentors["height"].values[None, :] - mentees["height"].values[:, None] >= least

def initials(mentees, mentors):
    same = mentees["house"].codes[:, None] == mentors["team"].codes[None, :]
    return np.where(same, 1000, 250)

def one_value(mentees, mentors):
    return np.array([[True]])

def fractions(mentees, mentors):
    return np.full((1, 1), 0.5)

def too_much(mentees, mentors):
    return np.full((1, 1), 1001)

def fails(mentees, mentors):
    raise ZeroDivisionError("Anna")

def ragged(mentees, mentors):
    return [[1], [2, 3]]

nothing = None
"""
ENTRY_POINTS = """
[mentormatch.rules]
taller = school_extras:taller
one_value = school_extras:one_value
fractions = school_extras:fractions

[mentormatch.criteria]
initials = school_extras:initials
fractions = school_extras:fractions
too_much = school_extras:too_much
fails = school_extras:fails
ragged = school_extras:ragged
nothing = school_extras:nothing
initials_with = school_extras:initials
gone = school_extras:gone
elsewhere = no_such_package:anything
"""


@pytest.fixture(autouse=True)
def package(tmp_path, monkeypatch):
    """Install a package with functions."""
    (tmp_path / "school_extras.py").write_text(CODE)
    info = tmp_path / "school_extras-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: school-extras\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(tmp_path)


TALLER = {
    "type": "custom",
    "function": "taller",
    "mentor": ["height"],
    "mentee": ["height"],
    "params": {"least": 5},  # half a unit: heights have one decimal
}


@pytest.mark.parametrize(("height", "expected"), [(3, True), (2, False)])
def test_a_function_can_be_a_rule(admits, height, expected):
    """It sees the declared columns and its parameters."""
    assert admits(TALLER, {"height": height}, {"height": 2}) is expected


def test_a_function_can_be_a_criterion(evidence):
    """Where a declared question is blank the neutral score stands."""
    keys = {"type": "custom", "function": "initials", "mentee": ["house"], "mentor": ["team"]}
    # The first option of either question is no. 0.
    assert evidence(keys, {"team": "blue"}, {"house": "red"}) == Evidence(1000, answered=True)
    assert evidence(keys, {"team": "red"}, {"house": "red"}) == Evidence(250, answered=True)
    assert evidence(keys, {}, {"house": "red"}) == Evidence(500, answered=False)
    assert evidence(keys, {"team": "red"}, {}) == Evidence(500, answered=False)


def test_a_function_that_nobody_offers_is_found_with_its_neighbour(school):
    """The defect names what is installed."""
    rule = TypeAdapter(AnyRule).validate_python(TALLER | {"code": "R", "function": "taler"})
    (defect,) = rule.check(school, ["peer"], "rules[0]")
    assert defect.text() == (
        "rules[0].function: no installed package offers the function 'taler'; "
        "did you mean 'taller'?"
    )


def test_what_a_function_reads_makes_a_rule_confidential(school):
    """A restricted question stays restricted."""
    rule = TypeAdapter(AnyRule).validate_python(TALLER | {"code": "R", "mentee": ["secret"]})
    assert rule.fields == ("height", "secret")
    assert rule.is_confidential_in(school)


@pytest.mark.parametrize(
    ("family", "function", "rows"),
    [
        (AnyRule, "one_value", 2),  # another shape
        (AnyRule, "fractions", 1),  # no truth values
        (AnyCriterion, "fractions", 1),  # no whole numbers
        (AnyCriterion, "too_much", 1),  # beyond the scale
    ],
)
def test_a_function_that_returns_something_else_is_an_error(two, family, function, rows):
    """Nothing is guessed or cut off."""
    keys = {"type": "custom", "code": "R", "id": "c", "function": function}
    keys.pop("id" if family is AnyRule else "code")
    part = TypeAdapter(family).validate_python(keys)
    people = np.arange(rows), np.array([1])
    bound = (
        part.bind(two({}, {}), "peer").pairs if family is AnyRule else part.bind(two({}, {})).raw
    )
    with pytest.raises(PolicyError, match=function):
        bound(*people)


@pytest.mark.parametrize(
    ("function", "code", "cause"),
    [
        ("fails", "policy.function-failed", ZeroDivisionError),
        ("ragged", "policy.function-failed", ValueError),  # rows of different lengths
        ("nothing", "policy.function-failed", TypeError),  # no function at all
        ("initials_with", "policy.function-failed", TypeError),  # called with a parameter too many
        ("gone", "policy.function-lost", AttributeError),
        ("elsewhere", "policy.function-lost", ModuleNotFoundError),
    ],
)
def test_a_function_that_fails_is_named_and_its_own_error_is_the_cause(two, function, code, cause):
    """Who runs a policy reads which function, and nobody's answers; who wrote it sees why."""
    params = {"more": 1} if function == "initials_with" else {}
    keys = {"type": "custom", "id": "c", "function": function, "params": params}
    part = TypeAdapter(AnyCriterion).validate_python(keys)

    def score():
        return part.bind(two({}, {})).raw(np.array([0]), np.array([1]))

    with pytest.raises(PolicyError, match=function) as error:
        score()
    assert error.value.defects[0].code == code
    assert isinstance(error.value.__cause__, cause)
    assert "Anna" not in error.value.text("ru") + str(error.value)

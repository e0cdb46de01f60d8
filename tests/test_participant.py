"""What a participant is, and what it keeps to itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mentormatch.participant import Participant, skeleton, tidy, tidy_all

SECRETS = {"goals_text": "Анна хочет стать врачом", "vetoes": ("S-0002",), "grade": 7}


def test_a_participant_shows_only_code_and_kind():
    """Answers never appear in repr or str."""
    person = Participant(id="S-0001", kind="student", roles={"mentee"}, answers=SECRETS)
    assert repr(person) == "Participant(id='S-0001', kind='student')"
    assert str(person) == "id='S-0001' kind='student'"


def test_plain_values_keep_their_types():
    """No answer is turned into a value of another type."""
    answers = {
        "choice": "5",
        "multi": ("a", "b"),
        "levels": {"a": 8},
        "scale": 7,
        "number": Decimal("1.50"),
        "date": date(2025, 9, 1),
        "flag": True,
        "none": (),
    }
    kept = Participant(id="x", kind="student", roles={"mentor"}, answers=answers).answers
    assert kept == answers
    assert [type(value) for value in kept.values()] == [type(value) for value in answers.values()]


def test_a_code_is_tidied():
    """Spaces around a code vanish, and composed characters are one."""
    person = Participant(id="  и\u0306-1\u00a0", kind="student", roles={"mentee"})
    assert person.id == "й-1"


@pytest.mark.parametrize(
    "change",
    [
        {"roles": set()},  # in no role
        {"roles": {"guest"}},  # an unknown role
        {"name": "Анна"},  # a key that isn't there
        {"answers": {"grade": object()}},  # no plain value
    ],
)
def test_a_malformed_participant_is_refused_without_showing_values(change):
    """Roles are mentor and mentee, answers are plain, names have no place."""
    with pytest.raises(ValidationError) as caught:
        Participant(**({"id": "S-1", "kind": "student", "roles": {"mentee"}} | change))
    assert "Анна" not in str(caught.value)


def test_a_participant_is_frozen():
    """An answer sheet doesn't change under one's hands."""
    person = Participant(id="S-1", kind="student", roles={"mentee"})
    with pytest.raises(ValidationError):
        person.kind = "teacher"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("T-001", "t-001", True),
        ("T-001", "Т-001", True),  # Cyrillic Т
        ("A-1", "А-1", True),  # Cyrillic А
        ("S-1", "Ѕ-1", True),  # Cyrillic Ѕ, of Macedonian
        ("T-001", "S-001", False),
        ("T-001", "T-010", False),
    ],
)
def test_codes_that_look_the_same_have_one_skeleton(first, second, same):
    """Case and look-alike letters make no difference, other signs do."""
    assert (skeleton(first) == skeleton(second)) is same


@given(st.lists(st.text(st.sampled_from("S1 \t\x1f\xa0и\u0306Å"), max_size=5), max_size=4))
def test_many_codes_are_tidied_as_one_by_one(codes):
    """It makes no difference how many codes are tidied at once."""
    assert tidy_all(codes) == [tidy(code) for code in codes]

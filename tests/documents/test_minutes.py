"""Minutes: which events have some, and what the register knows of each."""

from datetime import date

import pytest

from mentormatch.documents.papers.minutes import minutes_contents
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

AUTUMN = date(2024, 9, 5)


def lived():
    """Let two teachers, one of them a mentor, and a parent take part; hold five events."""
    held = [
        f.EventHeld(
            event="council-2",
            kind="council",
            on=date(2024, 10, 20),
            present=("T-1", "T-2"),
            others=39,
            invited=46,
        ),
        f.EventHeld(event="parents", kind="parents_meeting", on=date(2024, 10, 5), others=24),
        f.EventHeld(event="hour", kind="class_hour", on=date(2024, 10, 6), others=20),
        f.EventHeld(
            event="general", kind="general_meeting", on=date(2024, 9, 6), others=3, invited=9
        ),
        f.EventHeld(
            event="game", kind="closing_game", on=date(2025, 5, 20), others=9, invited=10,
            activity="D6",
        ),
    ]  # fmt: skip
    people = [
        f.Enrolment(person="T-1", kind="teacher", roles=("mentor",)),
        f.Enrolment(person="T-2", kind="teacher", roles=("mentee",)),
    ]
    later = f.Enrolled(
        on=date(2024, 10, 10),
        people=[f.Enrolment(person="P-1", kind="parent", roles=("mentor",))],
    )
    state = State()
    for fact in (f.Enrolled(on=AUTUMN, people=people), later, *held):
        state = state.apply(state.entry(fact, "curator"))
    return state


@pytest.fixture
def minutes(sources_of):
    """Write the minutes of what was held by a day."""

    def write(on=date(2025, 6, 1), lang="ru", **more):
        return dict(minutes_contents(sources_of(lived(), on, None, lang, **more)))

    return write


def test_councils_meetings_and_the_game_have_minutes(minutes):
    """By day; a class hour has none, and neither has what is still to come."""
    assert list(minutes()) == ["general", "parents", "council-2", "game"]
    assert list(minutes(date(2024, 10, 5))) == ["general", "parents"]


def test_who_came_is_counted_and_held_against_who_was_to_come(minutes):
    """2 + 39 of 46 are 89.1 %; where nobody knows how many were to come, there is no share."""
    found = minutes()
    assert (
        found["council-2"].present == "Присутствовали: 41 из 46 (89,1\u00a0%). Список прилагается."
    )
    assert found["parents"].present == "Присутствовали: 24. Список прилагается."


def test_what_the_register_knows_is_of_the_day_of_the_event(minutes):
    """The parent joins five days after the parents' meeting."""
    found = minutes()
    assert [it.known for it in found["parents"].agenda] == [
        "К этому дню участников программы: 2, действующих пар и групп: 0.",
        "В реестре возможных наставников из этого круга: 0.",
    ]
    assert [it.known for it in found["council-2"].agenda] == [
        "К этому дню участников программы: 3, действующих пар и групп: 0.",
        "В реестре возможных наставников из этого круга: 1.",
    ]
    assert found["general"].agenda[1].known == ""


def test_the_row_is_the_one_the_event_names_or_the_one_of_its_kind(minutes):
    """The council belongs to D3; the game says D6 itself; a general meeting has no row."""
    found = minutes(lang="en")
    assert found["council-2"].grounds.startswith("Roadmap, row D3: Speak at the teachers'")
    assert found["game"].grounds.startswith("Roadmap, row D6:")
    assert found["general"].grounds == ""
    assert found["game"].meeting == "of the common closing meeting (business game)"


def test_head_and_day_are_those_of_the_school_and_the_event(minutes):
    """Not the day on which the minutes are printed."""
    head = minutes()["council-2"]
    assert (head.city, head.day) == ("Вымышленск", "20 октября 2024 г.")
    assert "Школа-интернат № 0" in head.institution
    assert [it.number for it in head.agenda] == ["1", "2"]


def test_every_meeting_of_the_made_up_year_has_minutes(school_sources):
    """Council and general meeting in October, parents in November, the game in May."""
    found = dict(minutes_contents(school_sources(date(2027, 6, 1))))
    assert list(found) == [
        "2026-council",
        "2026-general-meeting",
        "2026-parents-meeting",
        "2026-closing-game",
    ]

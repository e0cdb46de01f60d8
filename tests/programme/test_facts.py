"""A fact keeps what people wrote apart from what happened."""

from datetime import date
from typing import get_args

import pytest

from lives import PLAN, RUNNING, after
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import (
    FACTS,
    Answered,
    AnyFact,
    Entry,
    Fact,
    Interviewed,
    MeetingHeld,
    Pinned,
    PlanDrafted,
    PlanGoal,
    TaskCancelled,
    TaskDone,
    fact_of,
)


def test_what_people_wrote_stands_apart_from_what_happened():
    """The first half has codes and dates only, the second the words at the same places."""
    shown, private = PLAN.split()
    assert shown["goals"] == [{"goal": "g1", "title": None, "criterion": None}]
    assert private["goals"] == {"0": {"title": "Pass the exam"}}
    assert "exam" not in str(shown)
    assert Fact.join(shown, private) == PLAN


def test_a_fact_can_be_read_without_what_people_wrote():
    """After a purge it says that something was there, and blanks stay blank."""
    plan = PlanDrafted(
        pair="P1",
        on=date(2025, 10, 1),
        starts=date(2025, 10, 1),
        ends=date(2025, 10, 2),
        goals=(PlanGoal(goal="a", title="Secret"), PlanGoal(goal="b")),
    )
    purged = Fact.join(plan.split()[0])
    assert purged.erased
    assert not plan.erased
    assert [goal.title for goal in purged.goals] == [None, ""]


def test_a_repr_shows_no_word_that_a_person_wrote():
    """Logs show facts by their repr."""
    answer = Answered(wave="w", person="S-1", on=date(2025, 10, 1), answers={"comfort": "secret"})
    assert "secret" not in repr(answer)
    assert "exam" not in repr(PLAN)


def test_a_state_shows_no_word_that_a_person_wrote():
    """Neither as a whole nor in its parts."""
    words = "Nobody reads this"
    state = after(
        *RUNNING,
        MeetingHeld(
            meeting="m",
            pair="P1",
            stage="acquaintance",
            on=date(2025, 10, 1),
            present=("T-1",),
            feedback=words,
        ),
        PLAN.model_copy(update={"goals": (PlanGoal(goal="g1", title=words),)}),
        TaskDone(pair="P1", task="t1", on=date(2025, 11, 1), actual_result=words),
        TaskCancelled(pair="P1", task="t2", on=date(2025, 11, 1), reason=words),
        Interviewed(person="T-1", on=date(2025, 10, 1), cleared=True, notes=words),
        Pinned(mentor="T-2", mentee="S-1", reason=words),
    )
    shown = repr((state, state.people, state.pairs, state.pins))
    assert "T-1" in shown
    assert words not in shown


def test_a_mark_of_eleven_is_refused_in_both_languages():
    """Marks go from 1 to 10."""
    with pytest.raises(RegisterError) as caught:
        TaskDone(pair="P1", task="t1", on=date(2025, 10, 1), mark=11)
    (defect,) = caught.value.defects
    assert defect.place.field == "mark"
    assert "1 to 10" in caught.value.text("en")
    assert "от 1 до 10" in caught.value.text("ru")
    assert TaskDone(pair="P1", task="t1", on=date(2025, 10, 1), mark=10).mark == 10


def test_every_defect_of_a_fact_is_told_with_its_place():
    """Nobody mends one thing only to hear of the next."""
    with pytest.raises(RegisterError) as caught:
        fact_of({"fact": "task_done", "task": "", "mark": 0, "onn": "2025-10-01"})
    found = {each.place.field: each.code for each in caught.value.defects}
    assert found == {
        "pair": "record.missing",
        "on": "record.missing",
        "task": "record.value",
        "mark": "fact.mark",
        "onn": "record.unknown-key-near",
    }


def test_an_unknown_kind_of_fact_is_refused():
    """The error names the kinds there are."""
    with pytest.raises(RegisterError, match="task_done"):
        fact_of({"fact": "task_forgotten"})


@pytest.mark.parametrize("kind", FACTS)
def test_a_journal_can_be_read_back(kind):
    """An entry of each kind says of which kind its fact is."""
    assert FACTS[kind].model_fields["fact"].default == kind
    assert kind in str(Entry.model_json_schema())


def test_every_kind_of_fact_can_stand_in_an_entry():
    """Whatever module it is defined in."""
    kinds, _ = get_args(AnyFact)
    assert set(get_args(kinds)) == set(FACTS.values())

"""What holds after all that has happened."""

from datetime import UTC, date, datetime

import pytest

from lives import RUNNING, after, confirmed, entries, held
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import FACTS, Closed, Ordered
from mentormatch.programme.state import State


def refused(state: State, fact) -> list[tuple[str, str]]:
    """Return place and code of every reason for which a fact is refused; nothing changes."""
    with pytest.raises(RegisterError) as caught:
        after(fact, state=state)
    for defect in caught.value.defects:
        assert defect.text("en")
        assert defect.text("ru")
    return [(defect.place.field, defect.code) for defect in caught.value.defects]


@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_of_fact_has_its_method(kind):
    """Facts are dispatched by name."""
    assert callable(getattr(State, f"_{kind}"))


def test_a_pair_goes_from_proposal_to_its_last_day():
    """Proposed, accepted, ordered, closed."""
    statuses = []
    state = State()
    last = Closed(pair="P1", on=date(2026, 5, 31), reason="year_end")
    for fact in (*RUNNING, last):
        state = after(fact, state=state)
        statuses.append(state.pairs["P1"].status if "P1" in state.pairs else None)
    assert statuses == [None, "proposed", "accepted", "running", "closed"]
    assert state.pairs["P1"].closed == date(2026, 5, 31)
    assert state.pairs["G1"].status == "running"


def test_only_an_accepted_pair_can_be_ordered():
    """Every pair that can't is named, and none is ordered."""
    state = after(*RUNNING[:2])
    order = Ordered(
        number="1",
        on=date(2025, 9, 10),
        pairs=("P1", "X9"),
        starts=date(2025, 9, 10),
        ends=date(2026, 5, 31),
    )
    assert refused(state, order) == [
        ("pairs[0]", "fact.not-accepted"),
        ("pairs[1]", "fact.no-pair"),
    ]
    assert state == after(*RUNNING[:2])


def test_the_trial_meeting_needs_the_word_of_both():
    """Each person that hasn't confirmed is named."""
    state = after(*RUNNING, held("acquaintance", date(2025, 9, 15)))
    trial = held("trial", date(2025, 9, 22))
    assert refused(state, trial) == [("stage", "fact.gap-confirmation")] * 2
    state = after(*confirmed("acquaintance", "T-1", "S-1"), state=state)
    assert after(trial, state=state).pairs["P1"].stage == "trial"


def test_the_state_of_a_past_day_is_that_of_the_entries_up_to_it():
    """Nothing written down later is known."""
    first = entries(RUNNING[:2], at=noon(6))
    later = entries(RUNNING[2:], after=2, at=noon(12))
    journal = [*first, *later]
    assert State.of(journal, on=date(2025, 9, 6)) == State.of(first)
    assert State.of(journal, on=date(2025, 9, 12)) == State.of(journal)
    assert State.of(journal, on=date(2025, 9, 5)) == State()


def noon(day):
    """Return noon of a day of September."""
    return datetime(2025, 9, day, 12, tzinfo=UTC)

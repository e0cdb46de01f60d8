"""Whatever a programme has and hasn't done, its roadmap's figures hold together."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from three_years import FACTS, FORGOTTEN, HEADCOUNTS, entries

from mentormatch.programme.facts import Answered, EventHeld, Evidenced, Interviewed, TaskDone
from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap

ROADMAP = Roadmap.preset("target-model-2023-2025")
# What may or may not have happened, without anything else becoming impossible.
FREE = (Answered, EventHeld, Evidenced, Interviewed, TaskDone)
OPTIONAL = [it for it in (*FACTS, *FORGOTTEN) if isinstance(it, FREE)]
FIXED = [it for it in (*FACTS, *FORGOTTEN) if not isinstance(it, FREE)]

days = st.integers(0, 900).map(lambda n: date(2023, 9, 1) + timedelta(days=n))
some = st.sets(st.integers(0, len(OPTIONAL) - 1))


def status(kept, on):
    """Return the status on a day when only some of the facts happened."""
    facts = [*FIXED, *(OPTIONAL[place] for place in sorted(kept))]
    return ROADMAP.status(on=on, facts=entries(facts), headcounts=HEADCOUNTS)


@settings(max_examples=60, deadline=None)
@given(some, days)
def test_figures_hold_together(kept, on):
    """No part is more than its whole; what is done in time is done; what is done has a day."""
    found = status(kept, on)
    for indicator in found.indicators.values():
        for part in (indicator, *indicator.parts):
            if part.value is not None and part.denominator is not None:
                assert 0 <= part.numerator <= part.denominator
    done, in_time = found.indicators["K15"], found.indicators["K16"]
    assert done.denominator == in_time.denominator
    assert done.value is None or in_time.value <= done.value
    for it in found.occurrences:
        assert (it.done is not None) is it.is_done
        assert it.done is None or it.done <= on
        if it.progress == "done_late":
            assert it.done > it.occurrence.due
        assert it.progress != "overdue" or it.occurrence.due < on
        assert it.progress not in {"due", "blocked"} or it.occurrence.opens <= on
        assert it.progress != "blocked" or it.blocked_by


@settings(max_examples=60, deadline=None)
@given(some, days, st.integers(0, len(OPTIONAL) - 1))
def test_one_more_thing_done_undoes_nothing(kept, on, more):
    """A further answer, event or item never takes a row's being done away, nor makes it later."""
    before, after = status(kept, on), status(kept | {more}, on)
    for old, new in zip(before.occurrences, after.occurrences, strict=True):
        if old.is_done and not isinstance(OPTIONAL[more], Answered):
            assert new.is_done
            assert new.done <= old.done


@settings(max_examples=30, deadline=None)
@given(some, days)
def test_a_journal_and_its_state_say_the_same(kept, on):
    """Facts that are written down on their days are known on these days."""
    facts = entries([*FIXED, *(OPTIONAL[place] for place in sorted(kept))])
    whole = ROADMAP.status(on=on, facts=State.of(facts), headcounts=HEADCOUNTS)
    assert [row.progress for row in whole.rows] == [row.progress for row in status(kept, on).rows]

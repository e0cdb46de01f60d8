"""What a proposal would make of the indicators, before anybody signs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Final

from mentormatch.programme.facts import Accepted, Entry, Fact, Ordered
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State
from mentormatch.result import Result
from mentormatch.roadmap.activities import Schedule
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import Known, measure_target

OF_PEOPLE: Final = ("K01", "K02", "FK1", "FK2", "FK3")
"""What a matching has a say in."""


def forecast(
    roadmap: Schedule, result: Result, state: State | None, on: date | None, known: Known
) -> dict[str, Indicator]:
    """Say what indicators would come to if a proposal were ordered as it stands.

    The state is carried on with the round, the acceptance of all its pairs and their order;
    nothing is written anywhere.

    Parameters
    ----------
    roadmap
        Which indicators there are.
    result
        The proposal.
    state
        What holds before; nothing when None.
    on
        The day of the round; the cohort's when None.
    known
        Headcounts and answers; the cohort's when none are given.

    Raises
    ------
    RegisterError
        When the register can't take the proposal, such as people who have left.
    """
    state = State() if state is None else state
    cohort = result.candidates.cohort
    on = on or cohort.as_of
    known = replace(
        known,
        cohort=known.cohort or cohort,
        headcounts=known.headcounts or cohort.headcounts,
    )
    name = "forecast"
    while name in state.rounds or any(code.startswith(f"{name}-") for code in state.pairs):
        name += "+"
    facts: list[Fact] = [*round_facts(result, cohort, state, name, on)]
    after = _carried_on(state, facts, on)
    proposed = tuple(it.pair for it in after.pairs.values() if it.round == name)
    if proposed:
        ends = max(on, roadmap.ends)
        order = Ordered(number=name, on=on, pairs=proposed, starts=on, ends=ends)
        after = _carried_on(after, [Accepted(pairs=proposed), order], on)
    return {
        target.id: measure_target(target, after, on, known, None)
        for target in roadmap.indicators
        if target.id in OF_PEOPLE
    }


def _carried_on(state: State, facts: Iterable[Fact], on: date) -> State:
    at = datetime.combine(on, time(12), UTC)
    at = at if state.at is None else max(state.at, at)
    for fact in facts:
        content = {"seq": state.seq + 1, "at": at, "author": "forecast", "fact": fact}
        state = state.apply(Entry.model_validate(content))
    return state

"""What a proposal would make of the indicators, before anybody signs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Final

from mentormatch.cohort import Cohort
from mentormatch.programme.facts import Accepted, Closed, Entry, Fact, Ordered, RoundMade
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

    The state is carried on with the round, the acceptance of all its pairs and their order, and
    the end of running pairs that it doesn't keep; nothing is written anywhere.

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
    *people, made = round_facts(result, cohort, state, name, on)
    assert isinstance(made, RoundMade)
    after = _carried_on(state, [*people, *_given_up(state, cohort, made), made], on)
    proposed = tuple(it.pair for it in after.pairs.values() if it.round == name)
    accepted = tuple(code for code in made.kept if after.pairs[code].status == "accepted")
    if proposed:
        after = _carried_on(after, [Accepted(pairs=proposed)], on)
    if proposed or accepted:
        ends = max(on, roadmap.ends)
        order = Ordered(number=name, on=on, pairs=(*proposed, *accepted), starts=on, ends=ends)
        after = _carried_on(after, [order], on)
    return {
        target.id: measure_target(target, after, on, known, None)
        for target in roadmap.indicators
        if target.id in OF_PEOPLE
    }


def _given_up(state: State, cohort: Cohort, made: RoundMade) -> Iterator[Closed]:
    """End the running pairs of people who were matched again, and not kept together."""
    for pair in state.pairs.values():
        matched = all(who in cohort for who in pair.members)
        if pair.status == "running" and matched and pair.pair not in made.kept:
            yield Closed(pair=pair.pair, on=made.on, reason="rematched")


def _carried_on(state: State, facts: Iterable[Fact], on: date) -> State:
    at = datetime.combine(on, time(12), UTC)
    at = at if state.at is None else max(state.at, at)
    for fact in facts:
        content = {"seq": state.seq + 1, "at": at, "author": "forecast", "fact": fact}
        state = state.apply(Entry.model_validate(content))
    return state

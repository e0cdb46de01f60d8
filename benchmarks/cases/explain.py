"""Explaining every chosen pair against the match that chose them."""

from collections.abc import Iterator

import mentormatch as mm
from benchmarks.registry import Case, Row, race, register
from mentormatch.datasets import school

GOAL = 0.2


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the reasons of all pairs with the way from answers to a certified result."""
    cohort = school("bench", mentors=mentors, mentees=mentees, seed=1).cohort
    policy = mm.Policy.preset(hardness)
    result = mm.match(cohort, policy)
    explained = result.explain_all()
    points = [pair.points for pair in result.matching.pairs]
    assert [found.points for found in explained] == points
    whole, every = race(rounds, lambda: mm.match(cohort, policy), result.explain_all)
    goal = GOAL if hardness == "official" else None
    yield Row(f"explain_all ({len(explained)} pairs)", "match", every, whole, goal)


register(
    Case(
        "explain",
        sizes=((200, 1_000),),
        hardness=("official", "choice-first"),
        measure=measure,
    )
)

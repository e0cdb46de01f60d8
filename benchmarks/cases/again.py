"""Answers that solve again: one decision changed, and a school in mid-year."""

from collections.abc import Iterator
from functools import partial

import numpy as np

import mentormatch as mm
from benchmarks.registry import Case, Row, race, register
from mentormatch.datasets import school
from mentormatch.renewal import changes_in


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare one pin, ban, seat or person fewer with a full match on the built graph."""
    cohort = school("bench", mentors=mentors, mentees=mentees, seed=1).cohort
    graph = mm.build_graph(cohort, mm.Policy.preset(hardness))
    result = mm.match_graph(graph)
    made = result.matching.pairs[0]
    edge = len(graph) // 2
    pin = graph.mentors[graph.mentor[edge]], graph.mentees[graph.mentee[edge]]
    questions = {
        "what_if, one pin": ({"pin": [pin]}, 0.5),
        "what_if, one ban": ({"ban": [(made.mentor, made.mentee)]}, None),
        "what_if, one seat fewer": ({"capacity": {made.mentor: 1}}, None),
        "what_if, one mentee fewer": ({"without": [made.mentee]}, None),
    }
    for what, (asked, goal) in questions.items():
        again = mm.what_if(result, **asked)
        full = mm.match_graph(again.view.graph)
        assert mm.verify(again)
        assert [level.value for level in again.levels] == [level.value for level in full.levels]
        quick, whole = race(
            rounds, partial(mm.what_if, result, **asked), partial(mm.match_graph, graph)
        )
        yield Row(what, "match_graph", quick, whole, goal if mentees >= 1_000 else None)
    yield from _mid_year(mentors, mentees, hardness, rounds)


def _mid_year(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Let 5 % of the people leave and as many come; count changed pairs against the minimum.

    The minimum is the bound of a match in which the goal of keeping pairs stands alone.
    """
    extra = 20 * mentors // 19, 20 * mentees // 19
    people = school("bench", mentors=extra[0], mentees=extra[1], seed=1).cohort
    order = np.random.default_rng(1).permutation(len(people))
    few = len(people) // 20
    before, after = people.take(np.sort(order[few:])), people.take(np.sort(order[:-few]))
    policy = mm.Policy.preset(hardness)
    previous = mm.match(before, policy)
    result = mm.rematch(previous, after, policy)
    alone = mm.rematch(previous, after, policy.model_copy(update={"goals": ()}))
    assert mm.verify(result)
    changed, least = changes_in(result), changes_in(alone)
    assert alone.proof == result.proof == "certified"
    assert changed <= least
    graph = mm.build_graph(after, policy)
    quick, whole = race(
        rounds, lambda: mm.rematch(previous, after, policy), lambda: mm.match_graph(graph)
    )
    yield Row(f"rematch ({changed} changed, proven minimum {least})", "match_graph", quick, whole)


register(Case("again", sizes=((20, 100), (200, 1_000)), hardness=("official",), measure=measure))

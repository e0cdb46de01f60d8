"""`match` from a cohort in memory against the bare call on the arcs it leads to."""

from collections.abc import Iterator

import mentormatch as mm
from benchmarks.bare import bare_solve
from benchmarks.registry import Case, Row, race, register
from mentormatch.datasets import school

GOALS = {(200, 1_000): (4.0, 1.3), (1_000, 5_000): (2.0, None)}


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the whole way from answers to a certified result, and re-weighting a built graph."""
    cohort = school("bench", mentors=mentors, mentees=mentees, seed=1).cohort
    policy = mm.Policy.preset(hardness)
    graph = mm.build_graph(cohort, policy)
    result = mm.match_graph(graph)
    chosen = bare_solve(result.problem)
    assert result.problem.values(chosen) == tuple(level.value for level in result.levels)
    assert mm.verify(result)
    other = policy.with_weights({"need_cover": 0.3, "mutual_choice": 0.7})
    bare, whole, again = race(
        rounds,
        lambda: bare_solve(result.problem),
        lambda: mm.match(cohort, policy),
        lambda: mm.match_graph(graph, other),
    )
    whole_goal, again_goal = GOALS[mentors, mentees]
    share = len(graph) / (mentors * mentees)
    yield Row(f"match ({share:.0%} of pairs admissible)", "bare solve", whole, bare, whole_goal)
    yield Row("re-weighting a built graph", "bare solve", again, bare, again_goal)


register(
    Case(
        "match",
        sizes=((200, 1_000), (1_000, 5_000)),
        hardness=("official",),
        measure=measure,
    )
)

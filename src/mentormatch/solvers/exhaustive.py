"""Every matching of a small problem, tried one by one: the truth the tests compare with."""

from collections.abc import Iterator

import numpy as np

from mentormatch.problem import Bounds, Int32, Int64, Parts, Problem

LARGEST = 24


def every_matching(problem: Problem) -> Iterator[Int64]:
    """Yield each choice of pair positions that keeps every limit.

    Raises
    ------
    ValueError
        When there are too many pairs to try all choices.
    """
    if problem.size > LARGEST:
        raise ValueError(f"{problem.size} pairs are too many to try every choice of them")
    for mask in range(1 << problem.size):
        chosen = np.flatnonzero([mask >> position & 1 for position in range(problem.size)])
        if keeps_limits(problem, chosen):
            yield chosen


def keeps_limits(problem: Problem, chosen: Int64) -> bool:
    """Tell whether a choice of pair positions keeps every limit, by counting."""
    taken = set(chosen.tolist())
    if not taken.issuperset(problem.pinned.tolist()) or taken & set(problem.banned.tolist()):
        return False
    return (
        _inside(problem.mentor[chosen], problem.capacity)
        and _inside(problem.mentee[chosen], problem.demand)
        and _keeps_parts(problem.mentor_parts, chosen)
        and _keeps_parts(problem.mentee_parts, chosen)
        and all(_keeps_crossing(problem, parts, chosen) for parts in problem.crossing)
        and all(
            quota.least <= count <= quota.most
            for quota, count in zip(problem.quotas, problem.counts(chosen), strict=True)
        )
        and all(len(taken.intersection(row)) <= 1 for row in problem.exclusive.tolist())
        and all(len(taken.intersection(row)) != 1 for row in problem.together.tolist())
        and _none_or_enough(problem, chosen)
    )


def _none_or_enough(problem: Problem, chosen: Int64) -> bool:
    load = problem.loads(chosen)
    return problem.or_none is None or bool(((load == 0) | (load >= problem.or_none)).all())


def _keeps_parts(parts: Parts | None, chosen: Int64) -> bool:
    if parts is None:
        return True
    part = parts.of[chosen]
    return _inside(part[part >= 0], parts.bounds)


def _keeps_crossing(problem: Problem, parts: Parts, chosen: Int64) -> bool:
    """Count one owner at a time, with no help from the parts themselves."""
    for place, owner in enumerate(parts.owner.tolist()):
        mine = [pair for pair in chosen.tolist() if problem.mentor[pair] == owner]
        count = sum(int(parts.of[pair]) == place for pair in mine)
        least = parts.bounds.least[place] if mine or not parts.if_any else 0
        if not least <= count <= parts.bounds.most[place]:
            return False
    return True


def _inside(counted: Int32, bounds: Bounds) -> bool:
    load = np.bincount(counted, minlength=len(bounds.most))
    return bool(((load >= bounds.least) & (load <= bounds.most)).all())


def best_values(problem: Problem) -> tuple[int, ...] | None:
    """Return the greatest values in the order of the goals, or None when nothing is feasible."""
    return max((problem.values(chosen) for chosen in every_matching(problem)), default=None)

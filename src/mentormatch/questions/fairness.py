"""Fairness between mentees as goals a flow can maximise.

What a mentee fares is the percentage of their pair, a whole number from 0 to 100. Fairness
never costs an earlier goal; it looks at covered mentees only.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.branching import search
from mentormatch.solvers.clock import Clock, CutOffError

ALPHA_1: Final = tuple(round(1000 * math.log(1 + p) / math.log(101)) for p in range(101))
"""Proportional fairness: the logarithm of 1 + percent, in thousandths of that of 101."""

ALPHA_2: Final = tuple(round(1010 * (1 - 1 / (1 + p))) for p in range(101))
"""A stronger wish for evenness: 1 - 1/(1 + percent), scaled so that 100 percent gives 1000."""


def objectives(
    how: str | None, problem: Problem, percent: Int64, clock: Clock | None = None
) -> Iterator[Objective]:
    """Translate one sort of fairness.

    Parameters
    ----------
    how
        ``leximin``, ``alpha-1``, ``alpha-2``; anything else is ``max-min``.
    problem
        The question with the goals so far.
    percent
        Percentage of every pair.
    clock
        A time limit, if there is one.
    """
    match how:
        case "leximin":
            yield from leximin(percent)
        case "alpha-1":
            yield alpha(percent, ALPHA_1)
        case "alpha-2":
            yield alpha(percent, ALPHA_2)
        case _:
            yield from max_min(problem, percent, clock)


def leximin(percent: Int64) -> Iterator[Objective]:
    """Leave as few mentees as possible at the lowest percentage, then at the next, and so on.

    Minimising how many are at or below each percentage, from the lowest up, is the
    lexicographic maximum of the sorted percentages; 101 goals at most.
    """
    for step in np.unique(percent).tolist():
        yield Objective(f"fairness:{step}", pair=-(percent <= step).astype(np.int64))


def alpha(percent: Int64, table: tuple[int, ...]) -> Objective:
    """Maximise a sum in which every further percent counts less."""
    return Objective("fairness", pair=np.array(table, np.int64)[percent])


def max_min(problem: Problem, percent: Int64, clock: Clock | None = None) -> Iterator[Objective]:
    """Raise the lowest percentage as far as the goals so far allow, leaving as few there.

    Parameters
    ----------
    problem
        The question with the goals so far.
    percent
        Percentage of every pair.
    clock
        A time limit; when it is over, the highest percentage that was reached by then has to
        do, and nothing that is solved afterwards will be called optimal.

    Yields
    ------
    Objective
        That nobody is below the best lowest percentage, and how few are at it: the second
        is negative at its best, which proves that no higher one is possible.
    """
    steps = np.unique(percent).tolist()
    low, high = 0, len(steps) - 1
    # The lowest step is always possible; look for the last that is.
    try:
        while low < high:
            middle = (low + high + 1) // 2
            if _possible(problem, percent < steps[middle], clock):
                low = middle
            else:
                high = middle - 1
    except CutOffError:
        pass
    except KeyboardInterrupt:
        if clock is None:
            raise
        clock.interrupt()
    for step in steps[low : low + 2]:
        yield Objective(f"fairness:{step}", pair=-(percent < step).astype(np.int64))


def _possible(problem: Problem, below: np.ndarray, clock: Clock | None) -> bool:
    """Tell whether the goals so far can be kept without any of some pairs."""
    nobody = Objective("fairness", pair=-below.astype(np.int64))
    problem = replace(problem, objectives=(*problem.objectives, nobody))
    found = search(problem, prices=False, clock=clock)
    if found.best is None or found.best.solution is None:
        return True
    return problem.size == 0 or not below[found.best.solution.chosen].any()

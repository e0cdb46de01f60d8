"""Every matching of a small problem in which a mentee takes one mentor at most."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from mentormatch.problem import Int64, Problem
from mentormatch.solvers.exhaustive import keeps_limits


def choices(problem: Problem) -> Iterator[Int64]:
    """Yield each choice of a mentor, or none, for every mentee that keeps all limits."""
    rows = [
        [(), *((place,) for place in np.flatnonzero(problem.mentee == who).tolist())]
        for who in range(problem.mentees)
    ]
    for picked in product(*rows):
        chosen = np.array([place for one in picked for place in one], np.int64)
        if keeps_limits(problem, chosen):
            yield chosen

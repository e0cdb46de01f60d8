"""Pairs of equals: networkx against CP-SAT below the size at which the latter takes over."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.registry import Case, Row, race, register
from mentormatch.solvers import equals


def measure(candidates: int, people: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Let both engines pair so many people with so many candidates each; same values."""
    generator = np.random.default_rng(7)
    ends = np.stack(np.triu_indices(people, 1), axis=1).astype(np.int32)
    kept = generator.random(len(ends)) < candidates / (people - 1)
    first, second = ends[kept].T
    top = 10 if hardness == "ties" else 1_000_000
    points = generator.integers(0, top, len(first))

    def pairing(small: int) -> tuple[int, ...]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(equals, "SMALL", small)
            found = equals.pair_equals(first, second, points, people)
        return tuple(level.value for level in found.levels)

    assert pairing(10**12) == pairing(0)
    blossoms, cp_sat = race(rounds, lambda: pairing(10**12), lambda: pairing(0))
    yield Row("networkx", "CP-SAT, which counts the pairs by networkx first", blossoms, cp_sat)


register(
    Case(
        "equals",
        sizes=((39, 40), (20, 200)),
        hardness=("usual", "ties"),
        measure=measure,
    )
)

"""Cases with a size axis and a hardness axis, and the clock that compares two calls."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured ratio.

    Parameters
    ----------
    what
        What was measured.
    against
        What it was compared with.
    seconds, baseline
        Best time of each over the rounds.
    goal
        The ratio to stay under, None where there is none.
    """

    what: str
    against: str
    seconds: float
    baseline: float
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as long it took."""
        return self.seconds / self.baseline


@dataclass(frozen=True)
class Case:
    """A family of measurements.

    Parameters
    ----------
    name
        What to call it on the command line.
    sizes
        ``(mentors, mentees)``, smallest first.
    hardness
        Names of the kinds of instances, the ordinary one first.
    measure
        Makes the rows of one size and hardness in so many rounds.
    """

    name: str
    sizes: tuple[tuple[int, int], ...]
    hardness: tuple[str, ...]
    measure: Callable[[int, int, str, int], Iterator[Row]]


CASES: list[Case] = []


def register(case: Case) -> None:
    """Add a case; each file in ``cases`` registers its own."""
    CASES.append(case)


def race(
    rounds: int, *calls: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Time some calls in turn, several rounds, and return the best time of each.

    Taking turns spreads the machine's noise over all of them. Where other programs need the
    machine too, ``time.process_time`` is the fairer clock, for calls of one thread.
    """
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = clock()
            call()
            best[place] = min(best[place], clock() - start)
    return best

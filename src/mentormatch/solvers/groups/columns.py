"""The groups known so far, and how others are found that improve the relaxation."""

import math
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from mentormatch.grouping import Group, GroupPrices
from mentormatch.solvers.groups.ground import Aim, Ground
from mentormatch.solvers.groups.master import Relaxation, Relaxed
from mentormatch.solvers.groups.pricing import TAKEN, Found, Pricing

# How many partial groups a search follows: at first, and at most.
NARROW, WIDE = 64, 1 << 12
# How many new groups of one mentor are taken up at a time, and listed at the end.
FEW, MANY = 12, 4000
# The relaxation is settled when its bound is so near, as a share of its value.
NEAR = 2e-4
# How far new prices move from the best towards the relaxation's.
SMOOTH = 0.5
# Progress is slow when so much of what was lacking is still lacking a step later.
SLOW = 0.97
# How often groups are sought that suit some which are already fixed.
DEPTH = 3


class TimeIsUp(Exception):  # noqa: N818 - not an error: the answer so far is returned
    """The time limit has passed."""


class Clock:
    """Counts the seconds since it was made, up to a limit."""

    def __init__(self, limit: float | None) -> None:
        self._start = time.monotonic()
        self._limit = math.inf if limit is None else limit

    def seconds(self) -> float:
        """Return the time that has passed."""
        return time.monotonic() - self._start

    def left(self) -> float:
        """Return the time that is left.

        Raises
        ------
        TimeIsUp
            When there is none.
        """
        left = self._limit - self.seconds()
        if left <= 0:
            raise TimeIsUp
        return left


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A bound on an aim and where it comes from.

    Parameters
    ----------
    centre
        The prices, with each mentor's best priced group at most.
    prices
        The same prices in integers.
    best
        Each mentor's best priced group at most, in units of the prices.
    total
        The bound that follows, in units of the prices.
    complete
        Whether every group above the thresholds was seen.
    """

    centre: Relaxed
    prices: GroupPrices
    best: list[int]
    total: int
    complete: bool

    @property
    def bound(self) -> int:
        """The bound in the goal's own unit."""
        return self.total // self.prices.unit


def beside(groups: Iterable[Group], fixed: Collection[Group]) -> list[Group]:
    """List the groups that share nobody with some fixed ones."""
    busy = {group.mentor for group in fixed}
    taken = {who for group in fixed for who in group.members}
    return [
        group for group in groups if group.mentor not in busy and taken.isdisjoint(group.members)
    ]


class Columns:
    """Finds groups and keeps them.

    Parameters
    ----------
    ground
        The problem.
    clock
        When to stop.
    """

    def __init__(self, ground: Ground, clock: Clock) -> None:
        self._ground = ground
        self._clock = clock
        self._pricings = [Pricing(ground, mentor) for mentor in range(ground.problem.mentors)]
        self.known: dict[Group, None] = {}

    def promising(self, aim: Aim, bounded: Bounded, most: int) -> list[Group]:
        """List the known groups that come nearest to what their mentors' best can gain."""
        best, prices = bounded.best, bounded.prices

        def lacking(group: Group) -> int:
            return best[group.mentor] - aim.priced(group, prices)

        return sorted(self.known, key=lambda group: (lacking(group), group))[:most]

    def generate(self, aim: Aim, better: Callable[[Bounded], bool]) -> Bounded:
        """Find groups until no other could improve the relaxation, or too little to matter.

        Prices are tried halfway between the best so far and the relaxation's, which
        keeps them from swinging (Wentges 1997). When nothing is found there, the
        relaxation's own are tried; when progress is slow, wider searches.

        Parameters
        ----------
        aim
            What is maximised.
        better
            Told of every better bound; says whether that is good enough.
        """
        relaxation = Relaxation(aim, self.known)
        deadline = self._clock.seconds() + self._clock.left() / 2
        best: Bounded | None = None
        width, smooth, before = NARROW, True, math.inf
        while True:
            relaxed = relaxation.solve()
            trial = best.centre.mixed(relaxed, SMOOTH) if best and smooth else relaxed
            bounded, found = self.price(aim, trial, self.thresholds(trial), width=width, keep=FEW)
            if best is None or bounded.total < best.total:
                best = bounded
                if better(best):
                    return best
            lacking = best.total / best.prices.unit - relaxed.value
            if lacking <= NEAR * abs(relaxed.value) or self._clock.seconds() > deadline:
                return best
            fresh = self._take_up(relaxation, found)
            slow, before = lacking > SLOW * before, lacking
            if smooth and not fresh:
                smooth = False
            elif width < WIDE and not bounded.complete and (slow or not fresh):
                width *= 4
            elif not fresh or (slow and not bounded.complete):
                return best

    def deepen(self, relaxation: Relaxation, fixed: Collection[Group]) -> Relaxed:
        """Solve a relaxation of what fixed groups leave, with a few more groups that suit them."""
        for _ in range(DEPTH):
            relaxed = relaxation.solve()
            thresholds = self.thresholds(relaxed)
            _, found = self.price(
                relaxation.aim, relaxed, thresholds, width=NARROW, keep=FEW, fixed=fixed
            )
            if not self._take_up(relaxation, found):
                return relaxed
        return relaxation.solve()

    def thresholds(self, relaxed: Relaxed) -> list[int]:
        """Say what a group of each mentor has to gain to improve the relaxation."""
        return [math.floor(share * self._ground.unit) for share in relaxed.mentors.tolist()]

    def price(
        self,
        aim: Aim,
        trial: Relaxed,
        thresholds: list[int],
        *,
        width: int,
        keep: int,
        fixed: Collection[Group] = (),
    ) -> tuple[Bounded, list[Group]]:
        """Search for groups that gain more than a threshold under some prices.

        Mentors and members of ``fixed`` groups are left out, in the bound as well.
        """
        prices = trial.prices(self._ground.unit)
        gains = aim.gains(prices)
        gains[[who for group in fixed for who in group.members]] = TAKEN
        busy = {group.mentor for group in fixed}
        found: list[Found] = []
        for mentor, pricing in enumerate(self._pricings):
            self._clock.left()
            if mentor in busy:
                found.append(Found([], 0, True))
                continue
            bonus = prices.unit * int(aim.bonus[mentor])
            search = pricing.search(
                aim,
                prices.unit,
                gains[:, mentor],
                thresholds[mentor] - bonus,
                width=width,
                keep=keep,
            )
            found.append(replace(search, bound=search.bound + bonus))
        best = [entry.bound for entry in found]
        bounded = Bounded(
            replace(trial, mentors=np.array(best) / prices.unit),
            prices,
            best,
            aim.bound(prices, best),
            all(entry.complete for entry in found),
        )
        return bounded, [group for entry in found for _, group in entry.groups]

    def _take_up(self, relaxation: Relaxation, found: Iterable[Group]) -> bool:
        """Add groups that are new to a relaxation; tell whether there were any."""
        new = [group for group in found if group not in relaxation]
        for group in new:
            self.known[group] = None
            relaxation.add(group)
        return bool(new)

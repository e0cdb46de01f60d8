"""Column generation over whole groups, goal by goal.

A linear relaxation over the groups known so far gives prices; the search finds
groups that gain more than they cost, and bounds what is still to be found; when
nothing is, the relaxation is rounded group by group, and parts of the answer are
made anew. What the answer may still lack is bounded by the prices, and every group
that could close the gap is known by its own gain: if all of them can be listed, the
best choice among them is the best of all (Baldacci, Christofides and Mingozzi 2008).
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from mentormatch.errors import SolverFault
from mentormatch.grouping import Group, GroupPrices, GroupProblem
from mentormatch.network.model import HUB
from mentormatch.problem import Bounds, Objective, Problem
from mentormatch.solvers.groups.columns import MANY, WIDE, Bounded, Clock, Columns, TimeIsUp, beside
from mentormatch.solvers.groups.ground import Aim, Ground
from mentormatch.solvers.groups.master import TINY, Relaxation, best_choice
from mentormatch.solvers.groups.start import first_groups
from mentormatch.solvers.lexicographic import solve as best_pairs

LEAD, COVER, POINTS = "lead", "cover", "points"
# Groups of so large a share are fixed together, and at least so many of those still to fix.
SURE, STEP = 0.9, 0.12
# How many mentors' groups are made anew together, and how often in vain before that ends.
TOGETHER, PATIENCE = 8, 20
# CP-SAT's effort for a choice among all groups and in a part, in its deterministic time
# (about seconds).
EFFORT, LITTLE = 20.0, 1.0
# CP-SAT is not asked to choose among more groups.
CHOICE = 20_000
# How many groups the relaxation is rounded with.
PROMISING = 3_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log: seconds, goal, value, and the bound if coverage reaches its own."""

    seconds: float
    goal: str
    value: int
    bound: int | None


Progress = Callable[[Entry], None]


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """How far one goal came.

    Parameters
    ----------
    goal
        Name of the goal.
    bound
        No grouping that keeps the earlier goals reaches more, by the word of the
        search; None when unknown.
    prices
        Prices that give an independent bound.
    earlier
        The coverage that the bound supposes.
    """

    goal: str
    bound: int | None = None
    prices: GroupPrices | None = None
    earlier: int = 0

    def given(self, cover: int) -> "Reached":
        """Suppose another coverage; each unit less makes room for what it was worth."""
        if self.bound is None or self.prices is None:
            return self
        room = -(-self.prices.floor * (self.earlier - cover) // self.prices.unit)
        return replace(self, bound=self.bound + room, earlier=cover)


@dataclass(frozen=True, slots=True, eq=False)
class GroupSolution:
    """What the engine found.

    Parameters
    ----------
    groups
        The best groups found, ordered by mentor; None when not every mentor who
        must lead a group was given one.
    reached
        One entry per goal, as far as they were reached for; ``lead`` alone when
        there are no groups.
    log
        Every improvement of a value or a bound.
    """

    groups: tuple[Group, ...] | None
    reached: tuple[Reached, ...]
    log: tuple[Entry, ...]


def solve(
    problem: GroupProblem,
    *,
    time_limit: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> GroupSolution:
    """Find the best groups and bounds on what is possible; Ctrl-C returns the best so far.

    Parameters
    ----------
    problem
        The question.
    time_limit
        Seconds after which the best so far is returned. Answers that didn't need
        the limit are the same every time.
    seed
        Seed of everything random.
    progress
        Called with every new entry of the log.

    Raises
    ------
    ScoreError
        When points are too large for exact integers.
    """
    engine = _Engine(problem, Clock(time_limit), seed, progress)
    with suppress(KeyboardInterrupt, TimeIsUp):
        engine.run()
    return engine.solution()


class _Engine:
    """The best groups so far, and what makes them better."""

    def __init__(
        self, problem: GroupProblem, clock: Clock, seed: int, progress: Progress | None
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._dice = np.random.default_rng(seed)
        self._progress = progress
        self._ground = Ground.of(problem)
        self._columns = Columns(self._ground, clock)
        self._goals = (LEAD, *problem.goals)
        self._chosen: tuple[Group, ...] = ()
        self._reached = {goal: Reached(goal) for goal in self._goals}
        self._reached[LEAD] = Reached(LEAD, int(problem.must.sum()))
        self._log: list[Entry] = []

    def solution(self) -> GroupSolution:
        """Return the best so far."""
        log = tuple(self._log)
        if not self._leads():
            return GroupSolution(None, (self._reached[LEAD],), log)
        cover = self._value(COVER)
        reached = tuple(self._reached[goal].given(cover) for goal in self._goals[1:])
        return GroupSolution(tuple(sorted(self._chosen)), reached, log)

    def run(self) -> None:
        """Reach the goals in order, after a first draft that has all of them in mind.

        Groups that are good in points cover as well, and are far fewer than all
        groups that cover.
        """
        self._take(first_groups(self._ground))
        if COVER in self._goals:
            self._reached[COVER] = self._bounded_by_pairs()
        draft = Aim(self._ground, POINTS, self._reached[self._goals[-2]].bound or 0)
        bounded = self._reach(draft)
        for goal in self._goals[:-1]:
            if self._value(goal) != self._reached[goal].bound:
                aim = Aim(self._ground, goal)
                self._close(aim, self._generate(aim))
            if not self._leads():
                return
        aim = Aim(self._ground, POINTS, self._value(COVER))
        if aim.earlier != draft.earlier:
            self._reached[POINTS] = self._reached[POINTS].given(aim.earlier)
            bounded = self._reach(aim)
        self._close(aim, bounded)

    def _leads(self) -> bool:
        return self._value(LEAD) == int(self._ground.problem.must.sum())

    def _value(self, goal: str) -> int:
        return Aim(self._ground, goal).total(self._chosen) if goal in self._goals else 0

    def _bounded_by_pairs(self) -> Reached:
        """Bound coverage by the best pairs without any condition inside groups.

        What a mentee has left after paying for a seat is a price for groups as well.
        """
        problem = self._ground.problem
        mentee, mentor = np.nonzero(self._ground.allowed)
        cover = self._ground.cover()
        pairs = Problem(
            mentee=mentee.astype(np.int32),
            mentor=mentor.astype(np.int32),
            capacity=Bounds(np.zeros(problem.mentors, np.int64), problem.size.most),
            demand=Bounds(np.zeros_like(cover), np.ones_like(cover)),
            objectives=(Objective(COVER, first=cover),),
        )
        flow = best_pairs(pairs)
        if flow is None or flow.labels is None:
            raise SolverFault.of("solver.not-optimal")
        label = flow.labels[:, 0] - flow.labels[HUB, 0]
        left = np.maximum(cover - label[HUB + 1 : HUB + 1 + problem.mentees], 0)
        return Reached(COVER, pairs.values(flow.chosen)[0], GroupPrices(1, left))

    def _reach(self, aim: Aim) -> Bounded:
        """Bound an aim and find groups that come near."""
        bounded = self._generate(aim)
        self._dive(aim, bounded)
        self._polish(aim)
        return bounded

    def _generate(self, aim: Aim) -> Bounded:
        """Find groups, and keep the best bound."""

        def better(bounded: Bounded) -> bool:
            reached = self._reached[aim.goal]
            if reached.bound is None or bounded.bound < reached.bound:
                self._reached[aim.goal] = Reached(
                    aim.goal, bounded.bound, bounded.prices, aim.earlier
                )
                self._note(aim.goal)
            return self._settled(aim.goal)

        return self._columns.generate(aim, better)

    def _settled(self, goal: str) -> bool:
        """Tell whether a goal and all before it are at their bounds."""
        done = self._goals[: self._goals.index(goal) + 1]
        cover = self._value(COVER)
        return all(self._value(step) == self._reached[step].given(cover).bound for step in done)

    def _dive(self, aim: Aim, bounded: Bounded) -> None:
        """Round the relaxation step by step, finding groups that suit those already fixed."""
        groups = self._columns.promising(aim, bounded, PROMISING)
        fixed: list[Group] = []
        try:
            while True:
                relaxation = Relaxation(self._without(aim, fixed), beside(groups, fixed))
                relaxed = self._columns.deepen(relaxation, fixed)
                if not relaxed.shares:
                    break
                groups = relaxation.groups
                shares = relaxed.shares
                order = sorted(shares, key=lambda group: (-shares[group], group))
                sure = sum(share >= SURE for share in shares.values())
                free = self._ground.problem.mentors - len(fixed)
                for group in order[: max(1, sure, int(free * STEP))]:
                    fixed += beside([group], fixed)
        finally:
            self._take(tuple(fixed))

    def _without(self, aim: Aim, fixed: Collection[Group]) -> Aim:
        """Return the aim for those whom the fixed groups leave."""
        earlier = aim.earlier - Aim(self._ground, COVER).total(fixed)
        return replace(aim, earlier=max(0, earlier))

    def _polish(self, aim: Aim) -> None:
        """Make the groups of a few mentors anew, again and again, until that stops helping."""
        vain = 0
        if not self._ground.allowed.any():
            return
        while vain < PATIENCE and not self._settled(aim.goal):
            part = self._part()
            kept = [group for group in self._chosen if group.mentor not in part]
            start = [group for group in self._chosen if group.mentor in part]
            here = self._without(aim, kept)
            relaxation = Relaxation(here, beside(self._columns.known, kept))
            relaxed = self._columns.deepen(relaxation, kept)
            vain += 1
            if relaxed.value > here.worth(start) + TINY:
                choice = self._choice(here, relaxation.groups, start, soft=True, effort=LITTLE)[0]
                if choice is not None and self._take((*kept, *choice)):
                    vain = 0

    def _choice(
        self,
        aim: Aim,
        groups: Sequence[Group],
        start: Collection[Group],
        *,
        soft: bool,
        effort: float,
    ) -> tuple[tuple[Group, ...] | None, bool]:
        """Choose among groups in the time that is left."""
        return best_choice(
            aim,
            groups,
            start,
            soft=soft,
            seconds=self._clock.left(),
            effort=effort,
            seed=self._seed,
        )

    def _part(self) -> set[int]:
        """Draw a mentee and mentors whose groups could exchange members with the mentee's."""
        ground, mentors = self._ground, self._ground.problem.mentors
        who = int(self._dice.integers(ground.problem.mentees))
        members = {group.mentor: list(group.members) for group in self._chosen}
        mine = next((mates for mates in members.values() if who in mates), [who])
        chance = ground.allowed[mine].mean(axis=0) + TINY
        for mentor, mates in members.items():
            chance[mentor] *= ground.mates[np.ix_(mine, mates)].mean() + TINY
        several = min(TOGETHER, mentors)
        part = self._dice.choice(mentors, several, replace=False, p=chance / chance.sum())
        return set(part.tolist())

    def _close(self, aim: Aim, bounded: Bounded) -> None:
        """List every group that a better choice could contain, and choose among them.

        A group that gains less than its mentor's best by more than the gap can't be
        part of anything better.
        """
        if self._settled(aim.goal):
            return
        gap = bounded.total - (aim.total(self._chosen) + 1) * bounded.prices.unit
        thresholds = [
            (best if forced else max(0, best)) - gap - 1
            for best, forced in zip(bounded.best, aim.forced.tolist(), strict=True)
        ]
        listed, found = self._columns.price(aim, bounded.centre, thresholds, width=WIDE, keep=MANY)
        groups = list(dict.fromkeys([*self._chosen, *self._columns.known, *found]))
        if len(groups) > CHOICE or (aim.goal == POINTS and not listed.complete):
            return
        choice, final = self._choice(aim, groups, self._chosen, soft=False, effort=EFFORT)
        if choice is not None:
            self._take(choice)
        if final and listed.complete:
            self._reached[aim.goal] = replace(
                self._reached[aim.goal], bound=self._value(aim.goal), earlier=aim.earlier
            )
            self._note(aim.goal)

    def _take(self, groups: tuple[Group, ...]) -> bool:
        """Keep groups that are better than those chosen so far; tell whether they are."""
        aims = [Aim(self._ground, goal) for goal in self._goals]
        new, old = ([aim.total(some) for aim in aims] for some in (groups, self._chosen))
        if new > old:
            self._chosen = groups
            gained = [after > before for after, before in zip(new, old, strict=True)]
            self._note(self._goals[gained.index(True)])
        return new > old

    def _note(self, goal: str) -> None:
        """Log the state of a goal and report it."""
        bound = self._reached[goal].bound
        entry = Entry(self._clock.seconds(), goal, self._value(goal), bound)
        self._log.append(entry)
        if self._progress is not None:
            self._progress(entry)

"""Arrays in, answer out: the door for other systems, with no questionnaire and no policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mentormatch.analysis.certificate import Certificate, Verdict
from mentormatch.analysis.conflict import Conflict, conflict_of
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.prices import seat_prices
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import Regrets, regrets, residual_of
from mentormatch.analysis.repairs import Repairs, repairs_named, repairs_of
from mentormatch.arrays.arguments import Fairness, MaskQuota, Reading, as_array
from mentormatch.arrays.array_problem import problem_of
from mentormatch.errors import Place, ScoreError
from mentormatch.matching import Level, Status, Stopped
from mentormatch.problem import Int64, Problem
from mentormatch.scores import ExactScores
from mentormatch.solvers.clock import started

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The answer of :func:`assign`; positions are (mentee, mentor) = (row, column).

    Parameters
    ----------
    problem
        The question in integers, people in canonical order.
    outcome
        Its solution and proof.
    scores
        How points relate to the caller's scores.
    rows, columns
        The caller's row and column of each mentee and mentor of the problem.
    mentees, mentors
        What the caller calls them: ids, or rows and columns.
    quotas
        Where each quota of the problem stands in the arguments.
    """

    problem: Problem
    outcome: Outcome
    scores: ExactScores
    rows: Int64
    columns: Int64
    mentees: Sequence[int | str]
    mentors: Sequence[int | str]
    quotas: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """How the solve ended."""
        return self.outcome.status

    @property
    def proof(self) -> str:
        """How far the answer is proven: one of the words of :class:`Level` or an infeasible one."""
        return self.outcome.proof

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every goal with its value and bound, in order; empty when infeasible."""
        return self.outcome.levels

    @property
    def stopped(self) -> Stopped | None:
        """What ended the search before it was done: a time limit or Ctrl-C; None if nothing did."""
        return self.outcome.stopped

    @property
    def pairs(self) -> Int64:
        """The chosen pairs as (mentee, mentor) positions, sorted; int64 of shape (k, 2)."""
        chosen = self.outcome.chosen
        pairs = np.stack(
            [self.rows[self.problem.mentee[chosen]], self.columns[self.problem.mentor[chosen]]],
            axis=1,
        )
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    @property
    def served(self) -> Int64:
        """How many mentors each mentee got; int64 of shape (n,)."""
        served = np.zeros(self.problem.mentees, np.int64)
        served[self.rows] = self.problem.served(self.outcome.chosen)
        return served

    @property
    def unmatched(self) -> Int64:
        """Mentees with no mentor, ascending; int64 of shape (u,)."""
        return np.flatnonzero(self.served == 0)

    @property
    def quota_counts(self) -> dict[str, int]:
        """What every quota counts, by its place in the arguments: ``row_quotas[0]``."""
        counts = self.problem.counts(self.outcome.chosen)
        return dict(zip(self.quotas, counts.tolist(), strict=True))

    @property
    def points(self) -> int | None:
        """The integer that was maximised and proven; None when infeasible."""
        for level in self.levels:
            if level.goal == "points":
                return level.value
        return None

    @property
    def total(self) -> float | None:
        """The points in the caller's units; None when infeasible."""
        return None if self.points is None else self.points / self.scores.scale

    @property
    def scale(self) -> float:
        """Points per unit of the caller's scores."""
        return self.scores.scale

    @property
    def exact(self) -> bool:
        """Whether the points hold every score without rounding."""
        return self.scores.exact

    @property
    def rounding(self) -> float:
        """What rounding can cost at most against the best total, in the caller's units."""
        seats = min(int(self.problem.capacity.most.sum()), int(self.problem.demand.most.sum()))
        return 2 * seats * self.scores.error

    @property
    def prices(self) -> dict[str, Int64] | None:
        """What a seat and a mentee are worth, one column per goal.

        ``mentors`` has shape (m, goals), ``mentees`` (n, goals). A chosen pair's
        points are the sum of both prices or more, any other's are that or less,
        goals compared in order. None without a certificate.
        """
        witness = self.outcome.witness
        if not isinstance(witness, Certificate) or self.status is Status.INFEASIBLE:
            return None
        mentors, mentees = np.empty_like(witness.mentors), np.empty_like(witness.mentees)
        mentors[self.columns] = witness.mentors
        mentees[self.rows] = witness.mentees
        return {"mentors": mentors, "mentees": mentees}

    @property
    def conflict(self) -> Conflict | None:
        """A minimal set of limits that can't hold together; None unless infeasible."""
        if self.status is not Status.INFEASIBLE:
            return None
        return conflict_of(self.problem).named(self.mentees, self.mentors, self.quotas)

    def repairs(self) -> Repairs | None:
        """Say what to change where there is no matching, the cheapest first; None otherwise."""
        if self.status is not Status.INFEASIBLE:
            return None
        return repairs_named(repairs_of(self.problem), self.mentees, self.mentors, self.quotas)

    def seat_prices(self) -> Int64:
        """Return what exactly one more seat at each mentor brings; int64 of shape (m, goals).

        Goals are compared in order; a row of zeros is a seat that would stay empty.

        Raises
        ------
        MentorMatchError
            When the answer is no proven optimum.
        """
        prices = seat_prices(residual_of(self.problem, self.outcome))
        ordered = np.empty_like(prices)
        ordered[self.columns] = prices
        return ordered

    def regrets(self, mentees: ArrayLike | None = None) -> Int64:
        """Price every pair: how much each goal loses if it is decided otherwise.

        A pair that isn't chosen is made, a chosen one is given up, and the best matching
        so changed is compared with the best of all, exactly. Lots don't count.

        Parameters
        ----------
        mentees
            Rows asked about, by position or as a bool mask; all when not given. A few are much
            quicker.

        Returns
        -------
        Int64
            Shape (rows, m, goals), goals in order: the first that isn't zero decides, and
            later ones may be negative. Zero where :attr:`regret_possible` is False.

        Raises
        ------
        MentorMatchError
            When the answer is no proven optimum, or has limits that no flow holds.
        ScoreError
            When there is no such row.
        """
        rows = np.arange(len(self.rows)) if mentees is None else self._rows_of(mentees)
        found = self._regrets(None if mentees is None else np.argsort(self.rows)[rows])
        table = np.zeros((len(self.rows), len(self.columns), len(found.goals)), np.int64)
        table[self.rows[self.problem.mentee], self.columns[self.problem.mentor]] = found.values
        return table[rows]

    @property
    def regret_possible(self) -> NDArray[np.bool_]:
        """Whether any matching has a pair decided otherwise; bool of shape (n, m).

        False where it isn't allowed, or can't be with all limits kept.

        Raises
        ------
        MentorMatchError
            As :meth:`regrets` does.
        """
        found = self._regrets(None)
        table = np.zeros((len(self.rows), len(self.columns)), np.bool_)
        table[self.rows[self.problem.mentee], self.columns[self.problem.mentor]] = found.possible
        return table

    def _rows_of(self, mentees: ArrayLike) -> NDArray[np.intp]:
        """Read which rows are asked about."""
        asked, people = as_array(mentees), len(self.rows)
        if asked.dtype == np.bool_ and asked.shape == (people,):
            return np.flatnonzero(asked)
        rows = asked if asked.size else asked.astype(np.intp)
        if rows.dtype.kind not in "iu" or ((rows < 0) | (rows >= people)).any():
            raise ScoreError.of("assign.rows", Place(field="mentees"), mentees=people)
        return rows.astype(np.intp)

    def _regrets(self, mentees: Int64 | None) -> Regrets:
        return regrets(residual_of(self.problem, self.outcome), mentees)

    def verify(self) -> Verdict:
        """Check the proof again, without a solver; raises nothing."""
        return self.outcome.verify(self.problem)

    def __repr__(self) -> str:
        return f"Assignment({self.status}, {len(self.outcome.chosen)} pairs, {self.proof})"


def assign(
    scores: ArrayLike,
    capacity: ArrayLike = 1,
    minimum: ArrayLike = 0,
    demand: ArrayLike = 1,
    *,
    allowed: ArrayLike | None = None,
    pinned: ArrayLike = (),
    banned: ArrayLike = (),
    row_quotas: Sequence[MaskQuota] = (),
    column_quotas: Sequence[MaskQuota] = (),
    column_active: Sequence[tuple[ArrayLike, int]] = (),
    goals: Sequence[str] | None = None,
    cover_first: bool = True,
    priority: ArrayLike | None = None,
    fairness: Fairness | None = None,
    maximum: float | None = None,
    resolution: float | None = None,
    exact: bool = False,
    seed: int | None = None,
    time_limit: float | None = None,
    mentor_ids: ArrayLike | None = None,
    mentee_ids: ArrayLike | None = None,
    certify: bool = True,
) -> Assignment:
    """Match mentees (rows) to mentors (columns) at the greatest total score, with proof.

    Parameters
    ----------
    scores
        Score of every pair, shape (n mentees, m mentors), integers or floats.
        Higher is better; negative scores are allowed.
    capacity, minimum
        Most and least mentees per mentor; one number or shape (m,).
    demand
        Most mentors per mentee; one number or shape (n,).
    allowed
        Which pairs may meet, bool of shape (n, m); None for all.
    pinned, banned
        Pairs that must, or must not, be chosen: (mentee, mentor) positions of
        shape (k, 2), or bool of shape (n, m).
    row_quotas
        Quotas (mask, least, most): of the mentees in the mask, bool of shape (n,), so many
        have a mentor. ``most`` may be None. Masks may nest, cross or have nothing in common.
    column_quotas
        The same for mentors, masks of shape (m,): so many pairs are made with them together.
    column_active
        (mask, least): so many of the mentors in the mask have somebody.
    goals
        What matters, the most important first, of ``cover`` (mentees with a mentor), ``fill``
        (further mentors), ``quotas`` (every least of a quota is then a wish, counted up to
        that number, and no limit), ``fairness``, ``points`` (the total) and ``even`` (loads
        of mentors, by their squares). None for cover, fill, fairness if given, and points.
    cover_first
        Give as many mentees as possible a first mentor, then a further one where
        they may have several, and only then look at scores. Without it a pair of
        negative score is left out unless a minimum forces it. Says nothing where ``goals``
        are given.
    priority
        A whole number per mentee, 0 or more: those with a greater one are covered first.
        With the goal ``cover``, which then takes a level for each number.
    fairness
        What else counts beside the total, before it unless ``goals`` say otherwise:
        ``max-min`` raises the lowest percentage of any pair and then leaves as few as
        possible there, ``leximin`` goes on with the next lowest, ``alpha-1`` and ``alpha-2``
        add up percentages so that every further percent counts less (the logarithm of 1 +
        percent, and 1 - 1 / (1 + percent)). Several mentors per mentee know max-min only.
    maximum
        The score that is 100 percent for fairness; None for the largest of any pair that may
        meet. Percentages are whole numbers, rounded down, from 0 to 100.
    resolution
        Round scores to multiples of this. By default up to nine decimals are
        exact, and anything finer is rounded to the finest power of ten that fits.
    exact
        Raise rather than round.
    seed
        Draw lots among equal optima. None takes one of them without lots: always the same
        for the same people and library.
    time_limit
        Seconds for everything, above 0. When they are over, or at Ctrl-C, the best so far is
        the answer, its status then ``FEASIBLE``; ``math.inf`` gives all the time there is
        and hears Ctrl-C.
    mentor_ids, mentee_ids
        One id per person, all different, texts or whole numbers. They fix the canonical order,
        so that the order of rows and columns never decides; by default positions do.
    certify
        Compute prices and check the proof. Without it the answer is the same and
        its proof word is ``solver_proved``.

    Returns
    -------
    Assignment
        Also when nothing is possible: ask its ``status``.

    Raises
    ------
    ScoreError
        For malformed arrays, with every defect; for scores too large to be exact.
    """
    reading = Reading(scores)
    arguments = reading.read(
        capacity=capacity,
        minimum=minimum,
        demand=demand,
        allowed=allowed,
        pinned=pinned,
        banned=banned,
        row_quotas=row_quotas,
        column_quotas=column_quotas,
        column_active=column_active,
        goals=goals,
        cover_first=cover_first,
        priority=priority,
        fairness=fairness,
        maximum=maximum,
        resolution=resolution,
        exact=exact,
        seed=seed,
        time_limit=time_limit,
        mentor_ids=mentor_ids,
        mentee_ids=mentee_ids,
    )
    with started(time_limit) as clock:
        problem = problem_of(arguments, clock)
        outcome = settle(problem, certify=certify, clock=clock)
    return Assignment(
        problem,
        outcome,
        arguments.scores,
        arguments.rows,
        arguments.columns,
        arguments.mentees,
        arguments.mentors,
        tuple(quota.name for quota in arguments.quotas),
    )

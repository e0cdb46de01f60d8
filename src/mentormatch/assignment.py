"""Arrays in, answer out: the door for other systems, with no questionnaire and no policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mentormatch.analysis.certificate import Certificate, Verdict
from mentormatch.analysis.conflict import Conflict, conflict_of
from mentormatch.analysis.prices import priced_graph, seat_prices
from mentormatch.analysis.proof import Outcome, settle
from mentormatch.analysis.regret import Regrets, regrets, residual_of
from mentormatch.analysis.repairs import Repairs, repairs_named, repairs_of
from mentormatch.errors import Defect, Place, ScoreError
from mentormatch.matching import Level, Status
from mentormatch.network.lottery import BITS, tickets
from mentormatch.problem import Bounds, Int64, Objective, Problem
from mentormatch.scores import ExactScores, exact_scores
from mentormatch.solvers.flow import largest_gain

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
    """

    problem: Problem
    outcome: Outcome
    scores: ExactScores
    rows: Int64
    columns: Int64
    mentees: Sequence[int | str]
    mentors: Sequence[int | str]

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
        return conflict_of(self.problem).named(self.mentees, self.mentors)

    def repairs(self) -> Repairs | None:
        """Say what to change where there is no matching, the cheapest first; None otherwise."""
        if self.status is not Status.INFEASIBLE:
            return None
        return repairs_named(repairs_of(self.problem), self.mentees, self.mentors)

    def seat_prices(self) -> Int64:
        """Return what exactly one more seat at each mentor brings; int64 of shape (m, goals).

        Goals are compared in order; a row of zeros is a seat that would stay empty.

        Raises
        ------
        MentorMatchError
            When the answer is no proven optimum.
        """
        prices = seat_prices(priced_graph(self.problem, self.outcome))
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
            Rows asked about; all when not given. A few are much quicker.

        Returns
        -------
        Int64
            Shape (rows, m, goals), goals in order: the first that isn't zero decides, and
            later ones may be negative. Zero where :attr:`regret_possible` is False.

        Raises
        ------
        MentorMatchError
            When the answer is no proven optimum, or has limits that no flow holds.
        IndexError
            When there is no such row.
        """
        rows = np.arange(len(self.rows)) if mentees is None else np.asarray(mentees, np.intp)
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
    cover_first: bool = True,
    resolution: float | None = None,
    exact: bool = False,
    seed: int | None = None,
    mentor_ids: Sequence[str] | None = None,
    mentee_ids: Sequence[str] | None = None,
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
    cover_first
        Give as many mentees as possible a first mentor, then a further one where
        they may have several, and only then look at scores. Without it a pair of
        negative score is left out unless a minimum forces it.
    resolution
        Round scores to multiples of this. By default up to nine decimals are
        exact, and anything finer is rounded to the finest power of ten that fits.
    exact
        Raise rather than round.
    seed
        Draw lots among equal optima. None takes one of them without lots: always the same
        for the same people and library.
    mentor_ids, mentee_ids
        Names that fix the canonical order, so that the order of rows and columns
        never decides; by default positions do.
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
    matrix = np.asarray(scores)
    if matrix.ndim != 2:
        raise ScoreError.of("score.shape", Place(field="scores"), found=str(matrix.shape))
    mentees, mentors = matrix.shape
    reading = _Reading(mentees, mentors)
    most = reading.counts("capacity", capacity, mentors)
    least = reading.counts("minimum", minimum, mentors)
    wanted = reading.counts("demand", demand, mentees)
    free = reading.allowed(allowed)
    pins = reading.pairs("pinned", pinned)
    bans = reading.pairs("banned", banned)
    rows = reading.order("mentee_ids", mentee_ids, mentees)
    columns = reading.order("mentor_ids", mentor_ids, mentors)
    reading.check_contradictions(pins, bans)
    reading.finish()

    limit = largest_gain(1 + mentees + mentors)
    points = exact_scores(matrix, limit=limit, resolution=resolution, exact=exact)
    for pair in bans.tolist():
        free = np.ones(matrix.shape, np.bool_) if free is None else free
        free[tuple(pair)] = False

    # Nobody can use more seats than there are people.
    capacity_bounds = Bounds(least[columns], np.minimum(most, mentees)[columns])
    demand_bounds = Bounds(np.zeros(mentees, np.int64), np.minimum(wanted, mentors)[rows])
    grid = _Grid.of(points.points, free, pins, rows, columns)
    ids = (
        _names(mentor_ids, mentors, columns),
        _names(mentee_ids, mentees, rows),
    )
    objectives = list(_objectives(demand_bounds.most, grid.points, cover_first=cover_first))
    if seed is not None:
        bits = min(BITS, limit.bit_length() - 1)
        lots = tickets(seed, *ids, grid.mentor, grid.mentee, bits=bits)
        objectives.append(Objective("lottery", pair=lots))
    problem = Problem(
        mentee=grid.mentee,
        mentor=grid.mentor,
        capacity=capacity_bounds,
        demand=demand_bounds,
        objectives=tuple(objectives),
        pinned=grid.pinned,
        banned=grid.banned,
    )
    outcome = settle(problem, certify=certify)
    called = [
        order.tolist() if given is None else names
        for order, given, names in ((rows, mentee_ids, ids[1]), (columns, mentor_ids, ids[0]))
    ]
    return Assignment(problem, outcome, points, rows, columns, *called)


def _objectives(demand: Int64, points: Int64, *, cover_first: bool) -> tuple[Objective, ...]:
    goal = Objective("points", pair=points)
    if not cover_first:
        return (goal,)
    once = np.ones(len(demand), np.int64)
    if demand.max(initial=0) <= 1:
        return Objective("cover", first=once), goal
    return Objective("cover", first=once), Objective("fill", further=once), goal


def _names(ids: Sequence[str] | None, count: int, order: Int64) -> list[str]:
    """Name everybody in canonical order: by id, or by position."""
    return [str(place) for place in range(count)] if ids is None else [ids[i] for i in order]


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The admissible cells of the matrix as pairs, in canonical order."""

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    points: Int64
    pinned: Int64
    banned: Int64

    @classmethod
    def of(
        cls, points: Int64, free: Bools | None, pins: Int64, rows: Int64, columns: Int64
    ) -> "_Grid":
        """List the pairs that may meet, and pinned ones that may not, marked as banned."""
        size = points.shape
        reordered = not (_is_range(rows) and _is_range(columns))
        if reordered:
            points = points[np.ix_(rows, columns)]
            free = None if free is None else free[np.ix_(rows, columns)]
        row_of, column_of = np.argsort(rows), np.argsort(columns)
        pin_cells = row_of[pins[:, 0]] * size[1] + column_of[pins[:, 1]]
        if free is None:
            mentee = np.repeat(np.arange(size[0], dtype=np.int32), size[1])
            mentor = np.tile(np.arange(size[1], dtype=np.int32), size[0])
            return cls(mentee, mentor, points.ravel(), np.sort(pin_cells), _nothing())
        listed = free.ravel().copy()
        forbidden = pin_cells[~listed[pin_cells]]
        listed[pin_cells] = True
        cells = np.flatnonzero(listed)
        mentee, mentor = np.divmod(cells, max(size[1], 1))
        return cls(
            mentee.astype(np.int32),
            mentor.astype(np.int32),
            points.ravel()[cells],
            np.sort(np.searchsorted(cells, pin_cells)),
            np.sort(np.searchsorted(cells, forbidden)),
        )


def _nothing() -> Int64:
    return np.empty(0, np.int64)


def _is_range(order: Int64) -> bool:
    return bool((order == np.arange(len(order))).all())


class _Reading:
    """Reads the arguments of :func:`assign` and gathers every defect before raising."""

    def __init__(self, mentees: int, mentors: int) -> None:
        self._mentees = mentees
        self._mentors = mentors
        self._defects: list[Defect] = []

    def _complain(self, code: str, field: str, **values: object) -> None:
        self._defects.append(Defect(code, Place(field=field), values))

    def finish(self) -> None:
        """Raise if anything was wrong."""
        if self._defects:
            raise ScoreError(*self._defects)

    def counts(self, name: str, given: ArrayLike, people: int) -> Int64:
        """Read one whole number per person, or one for all."""
        usable = np.zeros(people, np.int64)
        values = _as_array(given)
        if values.dtype.kind not in "iu" and values.size:
            self._complain("assign.whole", name, found=str(values.dtype))
        elif values.shape not in {(), (people,)}:
            self._complain("assign.shape", name, found=str(values.shape), wanted=f"({people},)")
        elif values.min(initial=0) < 0:
            self._complain("assign.negative", name, found=int(values.min()))
        else:
            # More than everybody is as good as everybody, and never overflows.
            everybody = self._mentees + self._mentors
            usable += np.minimum(values, everybody + 1).astype(np.int64)
        return usable

    def allowed(self, given: ArrayLike | None) -> Bools | None:
        """Read which pairs may meet."""
        if given is None:
            return None
        values = _as_array(given)
        shape = (self._mentees, self._mentors)
        if values.dtype != np.bool_ or values.shape != shape:
            self._complain(
                "assign.allowed",
                "allowed",
                found=str(values.shape),
                type=str(values.dtype),
                wanted=str(shape),
            )
            return None
        return values.copy()

    def pairs(self, name: str, given: ArrayLike) -> Int64:
        """Read pairs as positions, each once, sorted; shape (k, 2)."""
        values = _as_array(given)
        shape = (self._mentees, self._mentors)
        if values.size == 0:
            return np.empty((0, 2), np.int64)
        if values.dtype == np.bool_ and values.shape == shape:
            return np.argwhere(values)
        if values.dtype.kind not in "iu" or values.ndim != 2 or values.shape[1] != 2:
            self._complain("assign.pairs", name, wanted=str(shape))
            return np.empty((0, 2), np.int64)
        inside = ((values >= 0) & (values < shape)).all(axis=1)
        for row, column in values[~inside].tolist():
            self._complain(
                "assign.no-pair",
                name,
                row=row,
                column=column,
                mentees=self._mentees,
                mentors=self._mentors,
            )
        return np.unique(values[inside].astype(np.int64), axis=0)

    def order(self, name: str, ids: Sequence[str] | None, people: int) -> Int64:
        """Return the canonical order of people: by id, or as they stand."""
        if ids is None:
            return np.arange(people)
        different = len(set(ids))
        if len(ids) != people or different != people:
            self._complain("assign.ids", name, wanted=people, found=different)
            return np.arange(people)
        return np.array(sorted(range(people), key=lambda place: ids[place]), np.int64)

    def check_contradictions(self, pins: Int64, bans: Int64) -> None:
        """Refuse a pair that is both pinned and banned."""
        for row, column in sorted(set(map(tuple, pins.tolist())) & set(map(tuple, bans.tolist()))):
            self._complain("assign.pinned-and-banned", "pinned", row=row, column=column)


def _as_array(given: Any) -> NDArray[Any]:
    try:
        return np.asarray(given)
    except ValueError:  # rows of different lengths
        return np.asarray(["ragged"], dtype=object)

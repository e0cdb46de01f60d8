"""Arrays as one problem in integers: people in canonical order, goals one after another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mentormatch.arrays.arguments import Arguments, Bools, Bounded
from mentormatch.problem import Bounds, Int64, Objective, Problem, Quota
from mentormatch.questions import fairness
from mentormatch.questions.lots import with_lots
from mentormatch.solvers.clock import Clock


def problem_of(arguments: Arguments, clock: Clock | None) -> Problem:
    """Write a problem; raising the lowest percentage takes a search.

    Parameters
    ----------
    arguments
        What was asked.
    clock
        A time limit, if there is one.
    """
    rows, columns = arguments.rows, arguments.columns
    people = len(rows), len(columns)
    grid = Grid.of(arguments.scores.points, arguments.allowed, arguments.pins, rows, columns)
    row_of, column_of = np.argsort(rows), np.argsort(columns)
    soft = "quotas" in arguments.goals
    problem = Problem(
        mentee=grid.mentee,
        mentor=grid.mentor,
        # Nobody can use more seats than there are people.
        capacity=Bounds(
            arguments.minimum[columns], np.minimum(arguments.capacity, people[0])[columns]
        ),
        demand=Bounds(np.zeros(people[0], np.int64), np.minimum(arguments.demand, people[1])[rows]),
        objectives=(),
        pinned=grid.pinned,
        banned=grid.banned,
        quotas=tuple(
            _quota(each, row_of if each.counts_rows else column_of, people, soft=soft)
            for each in arguments.quotas
        ),
    )
    for name in arguments.goals:
        goals = (*problem.objectives, *_objectives(name, arguments, problem, grid.points, clock))
        problem = replace(problem, objectives=goals)
    if arguments.seed is not None:
        mentors, mentees = (
            [str(each) for each in ids] for ids in (arguments.mentors, arguments.mentees)
        )
        problem = with_lots(problem, arguments.seed, mentors, mentees)
    return problem


def _quota(given: Bounded, place_of: Int64, people: tuple[int, int], *, soft: bool) -> Quota:
    """Translate a quota to canonical positions; as a goal its least is a wish."""
    who = np.sort(place_of[given.who])
    every = people[0] * people[1] if given.counts_pairs else len(who)
    return Quota(
        least=0 if soft else given.least,
        most=every if given.most is None else given.most,
        mentees=who if given.counts_rows else np.empty(0, np.int64),
        mentors=np.empty(0, np.int64) if given.counts_rows else who,
        counts="pairs" if given.counts_pairs else "people",
        wanted=given.least if soft else 0,
    )


def _objectives(
    name: str, arguments: Arguments, problem: Problem, points: Int64, clock: Clock | None
) -> Iterator[Objective]:
    """Translate a goal; ``problem`` holds the goals before it."""
    match name:
        case "cover":
            if arguments.priority is not None:
                ranks = arguments.priority[arguments.rows]
                for rank in np.unique(ranks)[:0:-1].tolist():
                    yield Objective(f"cover:{rank}", first=(ranks >= rank).astype(np.int64))
            yield Objective("cover", first=np.ones(problem.mentees, np.int64))
        case "fill":
            yield Objective("fill", further=np.ones(problem.mentees, np.int64))
        case "quotas":
            yield Objective("quotas", quota=np.ones(len(problem.quotas), np.int64))
        case "fairness":
            percent = percents(points, arguments.maximum)
            yield from fairness.objectives(arguments.fairness, problem, percent, clock)
        case "points":
            yield Objective("points", pair=points)
        case "even":
            yield Objective("even", square=np.ones(problem.mentors, np.int64))


def percents(points: Int64, maximum: int | None) -> Int64:
    """Write points as whole percent of a maximum, 0 to 100; None for the most there are."""
    most = max(1, int(points.max(initial=0)) if maximum is None else maximum)
    kept = np.clip(points, 0, min(most, np.iinfo(np.int64).max))
    if most > np.iinfo(np.int64).max // 100:  # beyond int64, number by number
        return np.array([100 * each // most for each in kept.tolist()], np.int64)
    return 100 * kept // most


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The admissible cells of the matrix as pairs, in canonical order."""

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    points: Int64
    pinned: Int64
    banned: Int64

    @classmethod
    def of(
        cls, points: Int64, free: Bools | None, pins: Int64, rows: Int64, columns: Int64
    ) -> "Grid":
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
            nothing = np.empty(0, np.int64)
            return cls(mentee, mentor, points.ravel(), np.sort(pin_cells), nothing)
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


def _is_range(order: Int64) -> bool:
    return bool((order == np.arange(len(order))).all())

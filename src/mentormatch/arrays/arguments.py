"""The arguments of ``assign``, read and checked: every defect is told at once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mentormatch.errors import Defect, MentorMatchError, Place, ScoreError
from mentormatch.problem import Int64
from mentormatch.questions.lots import seed_of
from mentormatch.scores import ExactScores, exact_scores
from mentormatch.solvers.clock import check_limit
from mentormatch.solvers.flow import largest_gain

Bools = NDArray[np.bool_]
Fairness = Literal["max-min", "leximin", "alpha-1", "alpha-2"]
GOALS: Final = ("cover", "fill", "quotas", "fairness", "points", "even")
MaskQuota = tuple[ArrayLike, int, int | None]


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """A quota as it was given.

    Parameters
    ----------
    name
        Where it stands: ``row_quotas[0]``.
    who
        Positions of the rows or columns that it counts.
    least, most
        Its bounds; None for no most.
    """

    name: str
    who: Int64
    least: int
    most: int | None

    @property
    def counts_rows(self) -> bool:
        """Whether it is about rows; else about columns."""
        return self.name.startswith("row")

    @property
    def counts_pairs(self) -> bool:
        """Whether it counts pairs; else people."""
        return self.name.startswith("column_quotas")


@dataclass(frozen=True, slots=True, eq=False)
class Arguments:
    """What was asked, in whole numbers.

    Parameters
    ----------
    scores
        The scores as points.
    capacity, minimum, demand
        Most and least of each column, most of each row.
    allowed
        Which pairs may meet, None for all; bans are taken out.
    pins
        Pairs that must be chosen; shape (k, 2).
    quotas
        Quotas of rows and columns.
    goals
        Names of the goals in order.
    fairness
        Which, if it is a goal.
    maximum
        Points that are 100 percent for fairness; None for the best pair's.
    priority
        Rank of each row, None where all are the same.
    rows, columns
        The canonical order of people.
    seed
        What to draw lots with, if they are drawn.
    mentees, mentors
        Their ids in that order; without ids, their positions.
    """

    scores: ExactScores
    capacity: Int64
    minimum: Int64
    demand: Int64
    allowed: Bools | None
    pins: Int64
    quotas: tuple[Bounded, ...]
    goals: tuple[str, ...]
    fairness: Fairness | None
    maximum: int | None
    priority: Int64 | None
    rows: Int64
    columns: Int64
    seed: int | None
    mentees: list[Any]
    mentors: list[Any]


class Reading:
    """Reads arguments and gathers every defect before raising."""

    def __init__(self, scores: ArrayLike) -> None:
        self._matrix = as_array(scores)
        if self._matrix.ndim != 2:  # nothing else can be checked against it
            found = str(self._matrix.shape)
            raise ScoreError.of("score.shape", Place(field="scores"), found=found)
        self._mentees, self._mentors = self._matrix.shape
        self._defects: list[Defect] = []

    def read(
        self,
        *,
        capacity: ArrayLike,
        minimum: ArrayLike,
        demand: ArrayLike,
        allowed: ArrayLike | None,
        pinned: ArrayLike,
        banned: ArrayLike,
        row_quotas: Sequence[MaskQuota],
        column_quotas: Sequence[MaskQuota],
        column_active: Sequence[tuple[ArrayLike, int]],
        goals: Sequence[str] | None,
        cover_first: bool,
        priority: ArrayLike | None,
        fairness: str | None,
        maximum: float | None,
        resolution: float | None,
        exact: bool,
        seed: int | None,
        time_limit: float | None,
        mentor_ids: ArrayLike | None,
        mentee_ids: ArrayLike | None,
    ) -> Arguments:
        """Read everything, or raise with every defect.

        Raises
        ------
        ScoreError
            With the place of each.
        """
        most = self._counts("capacity", capacity, self._mentors)
        least = self._counts("minimum", minimum, self._mentors)
        wanted = self._counts("demand", demand, self._mentees)
        free = self._allowed(allowed)
        pins, bans = self._pairs("pinned", pinned), self._pairs("banned", banned)
        mentees = self._ids("mentee_ids", mentee_ids, self._mentees)
        mentors = self._ids("mentor_ids", mentor_ids, self._mentors)
        rows, columns = _order(mentees), _order(mentors)
        self._check_contradictions(pins, bans)
        quotas = (
            *self._quotas("row_quotas", row_quotas, self._mentees),
            *self._quotas("column_quotas", column_quotas, self._mentors),
            *self._quotas("column_active", column_active, self._mentors),
        )
        several = bool(wanted.max(initial=0) > 1)
        order = self._goals(goals, fairness, cover_first=cover_first, several=several)
        self._check_fairness(order, fairness, maximum, several=several)
        self._check_quota_goal(order, quotas)
        ranks = None if priority is None else self._ranks(priority, order)
        for check, value in ((seed_of, seed), (check_limit, time_limit)):
            try:
                check(value)
            except MentorMatchError as error:
                self._defects += error.defects
        nodes = 1 + self._mentees + self._mentors + len(quotas)
        points = self._points(largest_gain(nodes), resolution, exact=exact)
        if self._defects or points is None:
            raise ScoreError(*self._defects)
        if len(bans):
            free = np.ones(self._matrix.shape, np.bool_) if free is None else free
            free[bans[:, 0], bans[:, 1]] = False
        known: dict[str, Fairness] = {name: name for name in get_args(Fairness)}
        return Arguments(
            scores=points,
            capacity=most,
            minimum=least,
            demand=wanted,
            allowed=free,
            pins=pins,
            quotas=quotas,
            goals=order,
            fairness=None if fairness is None else known[fairness],
            maximum=None if maximum is None else max(1, round(maximum * points.scale)),
            priority=ranks,
            rows=rows,
            columns=columns,
            seed=seed_of(seed),
            mentees=[mentees[place] for place in rows.tolist()],
            mentors=[mentors[place] for place in columns.tolist()],
        )

    def _complain(self, code: str, field: str, **values: object) -> None:
        self._defects.append(Defect(code, Place(field=field), values))

    def _points(self, limit: int, resolution: float | None, *, exact: bool) -> ExactScores | None:
        """Read the scores."""
        try:
            return exact_scores(self._matrix, limit=limit, resolution=resolution, exact=exact)
        except ScoreError as error:
            # What is wrong with the matrix itself comes before everything else.
            self._defects[:0] = error.defects
            return None

    def _counts(self, name: str, given: ArrayLike, people: int, most: int | None = None) -> Int64:
        """Read one whole number per person, or one for all; more than the most are the most."""
        usable = np.zeros(people, np.int64)
        values = as_array(given)
        if values.dtype.kind not in "iu" and values.size:
            self._complain("assign.whole", name, found=str(values.dtype))
        elif values.shape not in {(), (people,)}:
            self._complain("assign.shape", name, found=str(values.shape), wanted=f"({people},)")
        elif values.min(initial=0) < 0:
            self._complain("assign.negative", name, found=int(values.min()))
        else:
            # More than everybody is as good as everybody, and never overflows.
            everybody = self._mentees + self._mentors + 1
            usable += np.minimum(values, everybody if most is None else most).astype(np.int64)
        return usable

    def _allowed(self, given: ArrayLike | None) -> Bools | None:
        """Read which pairs may meet."""
        if given is None:
            return None
        values = as_array(given)
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

    def _pairs(self, name: str, given: ArrayLike) -> Int64:
        """Read pairs as positions, each once, sorted; shape (k, 2)."""
        values = as_array(given)
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

    def _ids(self, name: str, given: Any, people: int) -> list[Any]:
        """Read everybody's id: texts, or whole numbers; without ids, positions.

        What ids are stays unsaid: they may be names.
        """
        if given is None:
            return list(range(people))
        # What has no order of its own would make the answer depend on the run.
        ordered = np.iterable(given) and not isinstance(given, str | bytes | Set | Mapping)
        ids = list(given) if ordered else []
        if len(ids) != people:
            self._complain("assign.ids", name, wanted=people, found=len(ids))
            return list(range(people))
        if not all(isinstance(each, str) for each in ids) and not all(map(_is_whole, ids)):
            self._complain("assign.id-type", name)
            return list(range(people))
        first: dict[str | int, int] = {}
        for place, each in enumerate(ids):
            if first.setdefault(each, place) != place:
                self._complain("assign.id-twice", f"{name}[{place}]", first=first[each])
        return ids

    def _check_contradictions(self, pins: Int64, bans: Int64) -> None:
        """Refuse a pair that is both pinned and banned."""
        for row, column in sorted(set(map(tuple, pins.tolist())) & set(map(tuple, bans.tolist()))):
            self._complain("assign.pinned-and-banned", "pinned", row=row, column=column)

    def _quotas(self, name: str, given: Sequence[Any], people: int) -> tuple[Bounded, ...]:
        """Read (mask, least, most), or (mask, least) of active columns."""
        size = 2 if name == "column_active" else 3
        found = []
        for place, entry in enumerate(given):
            where = f"{name}[{place}]"
            parts = list(entry) if isinstance(entry, tuple | list) else []
            mask = as_array(parts[0]) if len(parts) == size else np.zeros(0)
            bounds = [number for number in parts[1:] if number is not None]
            if (
                mask.dtype != np.bool_
                or mask.shape != (people,)
                or parts[1] is None
                or not all(_is_count(number) for number in bounds)
            ):
                code = "assign.active" if size == 2 else "assign.quota"
                self._complain(code, where, wanted=f"({people},)")
                continue
            most = parts[2] if size == 3 else None
            # More than all pairs is as good as all pairs, and never overflows.
            every = self._mentees * self._mentors + self._mentees + self._mentors + 1
            found.append(
                Bounded(
                    where,
                    np.flatnonzero(mask),
                    min(int(parts[1]), every),
                    None if most is None else min(int(most), every),
                )
            )
        return tuple(found)

    def _goals(
        self,
        given: Sequence[str] | None,
        fairness: str | None,
        *,
        cover_first: bool,
        several: bool,
    ) -> tuple[str, ...]:
        """Read the order of goals, or make the usual one."""
        if given is None:
            if fairness is not None and not cover_first:
                self._complain("assign.cover-before", "cover_first", found="fairness")
            order = []
            if cover_first:
                order = ["cover", "fill"] if several else ["cover"]
            return (*order, *(["fairness"] if fairness is not None else []), "points")
        names = [given] if isinstance(given, str) else list(given)
        if not names or len(set(names)) != len(names) or not set(names) <= set(GOALS):
            self._complain("assign.goals", "goals", found=", ".join(map(str, names)) or "-")
            return ()
        for name in ("fill", "fairness"):
            if name in names and "cover" not in names[: names.index(name)]:
                self._complain("assign.cover-before", "goals", found=name)
        return tuple(name for name in names if name != "fill" or several)

    def _check_fairness(
        self, goals: tuple[str, ...], fairness: str | None, maximum: float | None, *, several: bool
    ) -> None:
        """Refuse fairness that no goal counts, that isn't known or can't be had."""
        if fairness is not None and fairness not in get_args(Fairness):
            names = ", ".join(get_args(Fairness))
            self._complain("assign.fairness", "fairness", found=fairness, names=names)
        elif goals and (fairness is None) == ("fairness" in goals):
            self._complain("assign.fairness-goal", "fairness")
        elif fairness not in {None, "max-min"} and several:
            self._complain("assign.fairness-of-several", "fairness", found=fairness)
        if maximum is not None and not (
            isinstance(maximum, int | float | np.number) and 0 < maximum < np.inf
        ):
            self._complain("assign.maximum", "maximum", found=maximum)

    def _check_quota_goal(self, goals: tuple[str, ...], quotas: tuple[Bounded, ...]) -> None:
        if "quotas" in goals and not quotas:
            self._complain("assign.no-quota", "goals")

    def _ranks(self, given: ArrayLike, goals: tuple[str, ...]) -> Int64:
        """Read everybody's rank."""
        ranks = self._counts("priority", given, self._mentees, most=np.iinfo(np.int64).max)
        if goals and "cover" not in goals:
            self._complain("assign.priority", "priority")
        return ranks


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _is_count(number: Any) -> bool:
    """Tell whether something is a whole number, 0 or more."""
    return _is_whole(number) and int(number) >= 0


def _order(ids: list[Any]) -> Int64:
    """Return the canonical order of people: by id, or as they stand."""
    return np.array(sorted(range(len(ids)), key=lambda place: ids[place]), np.int64)


def as_array(given: Any) -> NDArray[Any]:
    """Make an array, of objects where rows have different lengths or entries are masked."""
    if isinstance(given, np.ma.MaskedArray) and given.mask.any():
        shown = given.data.astype(object)
        shown[np.ma.getmaskarray(given)] = None  # else what lies under the mask would count
        return shown
    try:
        return np.asarray(given)
    except ValueError:
        return np.asarray(["ragged"], dtype=object)

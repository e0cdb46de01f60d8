"""Choosing among known groups: the linear relaxation for prices, CP-SAT for whole groups."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import SolverFault
from mentormatch.grouping import Group, GroupPrices
from mentormatch.solvers.groups.ground import LEADS, Aim

Floats = NDArray[np.float64]
# Less than this of a group is none of it.
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Optimal prices of the linear relaxation over the known groups.

    Parameters
    ----------
    value
        What the relaxation reaches, in the goal's unit.
    mentees
        Price of each mentee; shape (mentees,).
    mentors
        What each mentor's best groups gain beyond the prices; shape (mentors,).
    floor
        What a unit of coverage is worth.
    shares
        How much of each group is chosen, of those that are.
    """

    value: float
    mentees: Floats
    mentors: Floats
    floor: float
    shares: Mapping[Group, float]

    def mixed(self, other: "Relaxed", share: float) -> "Relaxed":
        """Move towards other prices by a share of the way."""
        return Relaxed(
            self.value,
            self.mentees + share * (other.mentees - self.mentees),
            self.mentors + share * (other.mentors - self.mentors),
            self.floor + share * (other.floor - self.floor),
            other.shares,
        )

    def prices(self, unit: int) -> GroupPrices:
        """Round to integers, none below zero."""
        mentees = np.maximum(np.rint(self.mentees * unit), 0).astype(np.int64)
        return GroupPrices(unit, mentees, max(0, round(self.floor * unit)))


class Relaxation:
    """The linear relaxation by GLOP; groups are added as they are found.

    Parameters
    ----------
    aim
        What is maximised, and the coverage to keep.
    groups
        The groups to begin with.
    """

    def __init__(self, aim: Aim, groups: Iterable[Group]) -> None:
        from ortools.math_opt.python import mathopt  # noqa: PLC0415 - slow import

        problem = aim.ground.problem
        self.aim = aim
        self._cover = aim.ground.cover()
        self._model = mathopt.Model()
        # Leaders and coverage that the groups so far don't reach are paid for dearly;
        # everything is counted in that price, which keeps GLOP precise.
        # A mentee's price is not negative; a mentor who can't stay free may cost something.
        self._mentees = [self._model.add_linear_constraint(ub=1.0) for _ in range(problem.mentees)]
        self._mentors = [
            self._model.add_linear_constraint(lb=float(forced), ub=1.0)
            for forced in aim.forced.tolist()
        ]
        for mentor in np.flatnonzero(aim.forced).tolist():
            missing = self._model.add_variable(lb=0.0)
            self._mentors[mentor].set_coefficient(missing, 1.0)
            self._model.objective.set_linear_coefficient(missing, -float(LEADS))
        self._floor = self._model.add_linear_constraint(lb=float(aim.earlier))
        short = self._model.add_variable(lb=0.0)
        self._floor.set_coefficient(short, 1.0)
        self._model.objective.is_maximize = True
        self._model.objective.set_linear_coefficient(short, -1.0)
        self._columns: dict[Group, Any] = {}
        self._make_solver = partial(mathopt.IncrementalSolver, self._model, mathopt.SolverType.GLOP)
        self._solver = self._make_solver()
        self._optimal = mathopt.TerminationReason.OPTIMAL
        # Only the groups that are used come back, and no reduced costs.
        self._wanted = mathopt.ModelSolveParameters(
            variable_values_filter=mathopt.VariableFilter(skip_zero_values=True),
            reduced_costs_filter=mathopt.VariableFilter(filtered_items=[]),
        )
        for group in groups:
            self.add(group)

    def __contains__(self, group: Group) -> bool:
        return group in self._columns

    def add(self, group: Group) -> None:
        """Let a group be chosen, in part or whole."""
        column = self._columns[group] = self._model.add_variable(lb=0.0)
        value = self.aim.value(group) / self.aim.dearest
        self._model.objective.set_linear_coefficient(column, value)
        self._mentors[group.mentor].set_coefficient(column, 1.0)
        for who in group.members:
            self._mentees[who].set_coefficient(column, 1.0)
        if self.aim.earlier:
            self._floor.set_coefficient(column, float(self._cover[list(group.members)].sum()))

    def solve(self) -> Relaxed:
        """Solve the relaxation over the groups so far.

        Raises
        ------
        SolverFault
            When GLOP doesn't call its answer optimal.
        """
        result = self._attempt() or self._attempt(afresh=True)
        if result is None:
            raise SolverFault.of("solver.status", status="ABNORMAL")
        unit = self.aim.dearest
        return Relaxed(
            result.objective_value() * unit,
            np.array(result.dual_values(self._mentees)) * unit,
            np.array(result.dual_values(self._mentors)) * unit,
            -result.dual_values(self._floor) * unit if self.aim.earlier else 0.0,
            self._shares(result.variable_values()),
        )

    def _attempt(self, *, afresh: bool = False) -> Any:
        """Solve where the last solve left off, or from nothing; None when GLOP gives up."""
        if afresh:
            self._solver = self._make_solver()
        try:
            result = self._solver.solve(model_params=self._wanted)
        except AttributeError:  # how this version of MathOpt reports an error of GLOP's
            return None
        return result if result.termination.reason is self._optimal else None

    def _shares(self, values: dict[Any, float]) -> dict[Group, float]:
        """Name the groups that are chosen, in part or whole."""
        groups = {column: group for group, column in self._columns.items()}
        return {
            groups[column]: share
            for column, share in values.items()
            if share > TINY and column in groups
        }

    @property
    def groups(self) -> list[Group]:
        """The known groups, in the order in which they were added."""
        return list(self._columns)


def best_choice(
    aim: Aim,
    groups: Sequence[Group],
    start: Collection[Group],
    *,
    soft: bool,
    seconds: float,
    effort: float,
    seed: int,
) -> tuple[tuple[Group, ...] | None, bool]:
    """Choose the best of the known groups.

    Parameters
    ----------
    aim
        What is maximised, and the coverage to keep.
    groups
        Those to choose from.
    start
        A known choice of some of them.
    soft
        Whether coverage and leaders are paid for rather than demanded.
    seconds
        Hard limit of time.
    effort
        Limit in CP-SAT's deterministic time, which makes the answer repeatable.
    seed
        Seed of the search.

    Returns
    -------
    tuple
        The choice, or None when none keeps the limits, and whether CP-SAT calls
        that answer final.

    Raises
    ------
    SolverFault
        When CP-SAT ends with an unknown status.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in groups]
    by_mentee: dict[int, list[Any]] = {}
    by_mentor: dict[int, list[Any]] = {}
    for column, group in zip(columns, groups, strict=True):
        model.add_hint(column, group in start)
        by_mentor.setdefault(group.mentor, []).append(column)
        for who in group.members:
            by_mentee.setdefault(who, []).append(column)
    for rivals in (*by_mentee.values(), *by_mentor.values()):
        model.add_at_most_one(rivals)
    if not soft:
        for mentor in np.flatnonzero(aim.forced).tolist():
            model.add_at_least_one(by_mentor.get(mentor, []))
        cover = [int(aim.ground.cover()[list(group.members)].sum()) for group in groups]
        model.add(cp_model.LinearExpr.weighted_sum(columns, cover) >= aim.earlier)
    values = [aim.soft(group) if soft else aim.value(group) for group in groups]
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, values))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.catch_sigint_signal = False
    status = _interruptible(solver, model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = [solver.boolean_value(column) for column in columns]
        choice = tuple(group for group, taken in zip(groups, chosen, strict=True) if taken)
        return choice, status == cp_model.OPTIMAL
    if status in (cp_model.INFEASIBLE, cp_model.UNKNOWN):
        return None, status == cp_model.INFEASIBLE
    raise SolverFault.of("solver.status", status=solver.status_name(status))


def _interruptible(solver: Any, model: Any) -> Any:
    """Solve in a thread, so that Ctrl-C reaches this one and stops the solver at once.

    CP-SAT's own handler of that signal would stay behind and end the next Ctrl-C's program.
    """
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(solver.solve, model)
        try:
            return running.result()
        except KeyboardInterrupt:
            solver.stop_search()
            raise

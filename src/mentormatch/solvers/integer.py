"""Any problem by CP-SAT, goal by goal: for limits that neither a flow nor a few cases hold.

What CP-SAT calls optimal is its claim; the values are counted again from its choice.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from mentormatch.errors import SolverFault
from mentormatch.problem import Int64, Objective, Problem, Quota
from mentormatch.solvers.clock import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What CP-SAT says about a problem.

    Parameters
    ----------
    chosen
        Positions of the chosen pairs, None when it found no matching.
    bounds
        The greatest value of each goal it considers possible, the earlier goals kept.
    finished
        Whether it claims to have proven them, or that nothing is possible.
    """

    chosen: Int64 | None
    bounds: tuple[int, ...]
    finished: bool


def solve_integer(
    problem: Problem,
    *,
    hint: Int64 | None = None,
    ceiling: tuple[int, ...] = (),
    seconds: float | None = None,
    clock: Clock | None = None,
) -> Claim:
    """Maximise the goals in order, each kept while the next is maximised.

    Parameters
    ----------
    problem
        The question.
    hint
        A choice of pairs to start from.
    ceiling
        Values that no matching exceeds, compared in order.
    seconds
        Stop after so long for each goal, with the best so far.
    clock
        Stop when its time is over. Ctrl-C then stops as well, with the best so far, and puts
        an end to the clock; without one it is raised as usual.

    Raises
    ------
    CutOffError
        When the time is over before anything was tried.
    """
    model = _Model(problem, clock)
    if hint is not None:
        model.suggest(hint)
    chosen: Int64 | None = None
    bounds: list[int] = []
    reached: tuple[int, ...] = ()
    for number, goal in enumerate(problem.objectives):
        # A ceiling says something about a goal as long as the earlier ones are at theirs.
        binding = len(ceiling) > number and reached == ceiling[:number]
        top = ceiling[number] if binding else _all_wanted(problem, goal)
        if clock and reached and not clock.left:
            return Claim(chosen, tuple(bounds), finished=False)
        status, bound = model.maximise(goal, seconds, top)
        if status == "infeasible":
            return Claim(None, (), finished=True)
        if model.chosen is None:
            return Claim(None, (), finished=False)
        chosen = model.chosen
        value = problem.values(chosen)[number]
        bounds.append(bound if top is None else min(bound, top))
        if status != "optimal":
            return Claim(chosen, tuple(bounds), finished=False)
        if value != bounds[-1]:
            raise SolverFault.of("solver.refused", reason="cp-sat")
        model.keep(goal, value)
        model.suggest(chosen)
        reached += (value,)
    return Claim(chosen, tuple(bounds), finished=True)


def _all_wanted(problem: Problem, goal: Objective) -> int | None:
    """Return what a goal that counts quotas alone can reach at most; None for any other."""
    if goal.quota is None or any(
        gain is not None for gain in (goal.first, goal.further, goal.pair, goal.square)
    ):
        return None
    wanted = [quota.wanted for quota in problem.quotas]
    return int(goal.quota @ np.array(wanted, np.int64))


class _Model:
    """The CP-SAT model of a problem; a method per sort of limit."""

    def __init__(self, problem: Problem, clock: Clock | None) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

        self._cp = cp_model
        self._model: Any = cp_model.CpModel()
        self._problem = problem
        self._clock = clock
        self._pair = [self._model.new_bool_var(f"pair {place}") for place in range(problem.size)]
        self._of_mentor = self._grouped(problem.mentor, problem.mentors)
        self._of_mentee = self._grouped(problem.mentee, problem.mentees)
        self._mentor_active = self._activity(self._of_mentor)
        self._mentee_active = self._activity(self._of_mentee)
        self._counts = [self._count(quota) for quota in problem.quotas]
        self.chosen: Int64 | None = None
        for write in (self._bound_loads, self._bound_parts, self._fix_pairs, self._relate_pairs):
            self._check()
            write()
        for quota, count in zip(problem.quotas, self._counts, strict=True):
            self._model.add_linear_constraint(count, quota.least, quota.most)

    def _grouped(self, person: Any, people: int) -> list[list[Any]]:
        groups: list[list[Any]] = [[] for _ in range(people)]
        for place, who in enumerate(person.tolist()):
            groups[who].append(self._pair[place])
        return groups

    def _activity(self, groups: list[list[Any]]) -> list[Any]:
        """Make a variable per person that says whether they are in any pair."""
        active = []
        for pairs in groups:
            variable = self._model.new_bool_var("active")
            self._model.add(sum(pairs) >= variable)
            for pair in pairs:
                self._model.add_implication(pair, variable)
            active.append(variable)
        return active

    def _count(self, quota: Quota) -> Any:
        """Express what a quota counts."""
        if len(quota.pairs):
            return sum(self._pair[place] for place in quota.pairs.tolist())
        sides = (
            (quota.mentors, self._of_mentor, self._mentor_active),
            (quota.mentees, self._of_mentee, self._mentee_active),
        )
        if quota.counts == "pairs":
            return sum(sum(pairs[who]) for people, pairs, _ in sides for who in people.tolist())
        total = sum(active[who] for people, _, active in sides for who in people.tolist())
        for mentor, mentee in quota.same.tolist():
            both = self._model.new_bool_var("on both sides")
            self._model.add_min_equality(
                both, [self._mentor_active[mentor], self._mentee_active[mentee]]
            )
            total -= both
        return total

    def _bound_loads(self) -> None:
        """Keep everybody's bounds; a window of loads or none is written linearly."""
        problem = self._problem
        sides = (
            (self._of_mentor, problem.capacity, self._mentor_active),
            (self._of_mentee, problem.demand, self._mentee_active),
        )
        for groups, bounds, _ in sides:
            for pairs, least, most in zip(
                groups, bounds.least.tolist(), bounds.most.tolist(), strict=True
            ):
                self._model.add_linear_constraint(sum(pairs), least, most)
        if problem.or_none is not None:
            for pairs, least, active in zip(
                self._of_mentor, problem.or_none.tolist(), self._mentor_active, strict=True
            ):
                self._model.add(sum(pairs) >= least * active)

    def _bound_parts(self) -> None:
        """Keep the bounds of parts of people's pairs."""
        problem = self._problem
        for parts in (problem.mentor_parts, problem.mentee_parts, *problem.crossing):
            if parts is not None:
                groups: list[list[Any]] = [[] for _ in parts.owner]
                for place, part in enumerate(parts.of.tolist()):
                    if part >= 0:
                        groups[part].append(self._pair[place])
                bounds = zip(parts.bounds.least.tolist(), parts.bounds.most.tolist(), strict=True)
                for owner, pairs, (least, most) in zip(
                    parts.owner.tolist(), groups, bounds, strict=True
                ):
                    needed = least * self._mentor_active[owner] if parts.if_any else least
                    self._model.add(sum(pairs) >= needed)
                    self._model.add(sum(pairs) <= most)

    def _fix_pairs(self) -> None:
        """Keep pins and bans."""
        for place in self._problem.pinned.tolist():
            self._model.add(self._pair[place] == 1)
        for place in self._problem.banned.tolist():
            self._model.add(self._pair[place] == 0)

    def _relate_pairs(self) -> None:
        """Keep pairs apart that exclude each other, and together that belong together."""
        for first, second in self._problem.exclusive.tolist():
            self._model.add_at_most_one([self._pair[first], self._pair[second]])
        for first, second in self._problem.together.tolist():
            self._model.add(self._pair[first] == self._pair[second])

    def _value(self, goal: Objective) -> Any:
        """Express what a goal counts."""
        terms: Any = 0
        if goal.pair is not None:
            terms += sum(g * pair for g, pair in zip(goal.pair.tolist(), self._pair, strict=True))
        for who, (pairs, active) in enumerate(
            zip(self._of_mentee, self._mentee_active, strict=True)
        ):
            first = 0 if goal.first is None else int(goal.first[who])
            further = 0 if goal.further is None else int(goal.further[who])
            if first or further:
                terms += first * active + further * (sum(pairs) - active)
        if goal.quota is not None:
            for gain, quota, count in zip(
                goal.quota.tolist(), self._problem.quotas, self._counts, strict=True
            ):
                met = self._model.new_int_var(0, max(quota.wanted, 0), "met")
                self._model.add(met <= count)
                terms += gain * met
        if goal.square is not None:
            for weight, pairs in zip(goal.square.tolist(), self._of_mentor, strict=True):
                load = self._model.new_int_var(0, len(pairs), "load")
                square = self._model.new_int_var(0, len(pairs) ** 2, "square")
                self._model.add(load == sum(pairs))
                self._model.add_multiplication_equality(square, [load, load])
                terms -= weight * square
        return terms

    def maximise(
        self, goal: Objective, seconds: float | None, ceiling: int | None
    ) -> tuple[str, int]:
        """Solve for one goal; return how it ended and the bound.

        A choice that reaches the ceiling is the best there is: CP-SAT, which would go on
        to prove that by itself, is stopped.
        """
        self._model.maximize(self._value(goal))
        solver = self._cp.CpSolver()
        # One worker repeats exactly; more of them would race.
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        # Nearly a flow, so the linear relaxation with every constraint in it is nearly integral.
        solver.parameters.linearization_level = 2
        self._check()
        left = math.inf if self._clock is None else self._clock.left
        longest = left if seconds is None else min(seconds, left)
        if longest < math.inf:
            solver.parameters.max_time_in_seconds = longest
        at_ceiling = _stopper(self._cp, ceiling)
        status = self._solved(solver, at_ceiling)
        if status == self._cp.INFEASIBLE:
            return "infeasible", 0
        if status in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            found = [place for place, pair in enumerate(self._pair) if solver.value(pair)]
            self.chosen = np.array(found, np.int64)
            if at_ceiling.reached:
                return "optimal", round(solver.objective_value)
            done = status == self._cp.OPTIMAL
            return "optimal" if done else "feasible", round(solver.best_objective_bound)
        if status == self._cp.UNKNOWN:
            return "unknown", 0
        raise SolverFault.of("solver.status", status=solver.status_name(status))

    def _solved(self, solver: Any, callback: Any) -> Any:
        """Solve in a thread, so that Ctrl-C reaches this one and stops the solver at once.

        CP-SAT's own handler of that signal would stay behind and end the program at the
        next Ctrl-C.
        """
        solver.parameters.catch_sigint_signal = False
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(solver.solve, self._model, callback)
            try:
                return running.result()
            except KeyboardInterrupt:
                solver.stop_search()
                if self._clock is None:
                    raise
                self._clock.interrupt()
                return running.result()

    def _check(self) -> None:
        if self._clock is not None:
            self._clock.check()

    def keep(self, goal: Objective, value: int) -> None:
        """Hold a goal at a value."""
        self._model.add(self._value(goal) >= value)

    def suggest(self, chosen: Int64) -> None:
        """Start the next solve from a choice of pairs."""
        self._model.clear_hints()
        taken = set(chosen.tolist())
        for place, pair in enumerate(self._pair):
            self._model.add_hint(pair, place in taken)


def _stopper(cp_model: Any, ceiling: int | None) -> Any:
    """Make a callback that stops the search at a value no solution exceeds."""

    class Stopper(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        reached = False

        def on_solution_callback(self) -> None:
            if ceiling is not None and round(self.objective_value) >= ceiling:
                self.reached = True
                self.stop_search()

    return Stopper()

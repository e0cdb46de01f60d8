"""Any problem by CP-SAT, goal by goal: for limits that neither a flow nor a few cases hold.

What CP-SAT calls optimal is its claim; the values are counted again from its choice.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mentormatch.errors import SolverFault
from mentormatch.problem import Int64, Objective, Problem, Quota


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
    """
    model = _Model(problem)
    if hint is not None:
        model.suggest(hint)
    chosen, bounds = None, []
    reached: tuple[int, ...] = ()
    for number, goal in enumerate(problem.objectives):
        # A ceiling says something about a goal as long as the earlier ones are at theirs.
        binding = len(ceiling) > number and reached == ceiling[:number]
        top = ceiling[number] if binding else _all_wanted(problem, goal)
        status, bound = model.maximise(goal, seconds, top)
        if status == "infeasible":
            return Claim(None, (), finished=True)
        if model.chosen is None:
            return Claim(None, (), finished=False)
        chosen = model.chosen
        value = problem.values(chosen)[number]
        bounds.append(bound)
        if status != "optimal":
            return Claim(chosen, tuple(bounds), finished=False)
        if value != bound:
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

    def __init__(self, problem: Problem) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

        self._cp = cp_model
        self._model: Any = cp_model.CpModel()
        self._problem = problem
        self._pair = [self._model.new_bool_var(f"pair {place}") for place in range(problem.size)]
        self._of_mentor = self._grouped(problem.mentor, problem.mentors)
        self._of_mentee = self._grouped(problem.mentee, problem.mentees)
        self._mentor_active = self._activity(self._of_mentor)
        self._mentee_active = self._activity(self._of_mentee)
        self._counts = [self._count(quota) for quota in problem.quotas]
        self.chosen: Int64 | None = None
        self._bound_loads()
        self._bound_parts()
        self._fix_pairs()
        self._relate_pairs()
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
        for parts in (self._problem.mentor_parts, self._problem.mentee_parts):
            if parts is not None:
                groups: list[list[Any]] = [[] for _ in parts.owner]
                for place, part in enumerate(parts.of.tolist()):
                    if part >= 0:
                        groups[part].append(self._pair[place])
                bounds = zip(parts.bounds.least.tolist(), parts.bounds.most.tolist(), strict=True)
                for pairs, (least, most) in zip(groups, bounds, strict=True):
                    self._model.add_linear_constraint(sum(pairs), least, most)

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
        if seconds is not None:
            solver.parameters.max_time_in_seconds = seconds
        at_ceiling = _stopper(self._cp, ceiling)
        status = solver.solve(self._model, at_ceiling)
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

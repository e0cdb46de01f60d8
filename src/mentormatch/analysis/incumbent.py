"""The best that is known so far, and how much better any matching could be."""

from dataclasses import dataclass, field, replace

from mentormatch.analysis.certificate import fault_of
from mentormatch.errors import SolverFault
from mentormatch.matching import Level
from mentormatch.network.model import Layout
from mentormatch.problem import Int64, Problem
from mentormatch.solvers.clock import SMALL, Clock
from mentormatch.solvers.lexicographic import solve
from mentormatch.solvers.opening import ceilings, greedy, merged


@dataclass(slots=True, eq=False)
class Incumbent:
    """The best matching of a problem so far, counted again, and values that none exceeds.

    Parameters
    ----------
    problem
        The question.
    chosen, values
        The best choice that keeps every limit, and its values; None and empty before there
        is one.
    reached
        Values that no matching exceeds, compared in order: of the first goals, or of all.
    """

    problem: Problem
    chosen: Int64 | None = None
    values: tuple[int, ...] = ()
    reached: list[tuple[int, ...]] = field(default_factory=list)

    def start(self, clock: Clock) -> None:
        """Choose greedily; where somebody is left out, cover as many as a flow can."""
        problem = self.problem
        if problem.size > SMALL:
            clock.prepare()
        first = greedy(problem, clock)
        self.offer(first)
        if problem.size <= SMALL or self.values[:1] == ceilings(problem)[:1]:
            return
        leading = replace(problem, objectives=problem.objectives[:1])
        found = solve(leading, prices=False, clock=clock)
        if found is not None:
            self.offer(found.chosen, 1)
            if int(problem.demand.most.max(initial=0)) <= 1:
                self.offer(merged(problem, first, found.chosen))

    def offer(self, chosen: Int64, goals: int = 0) -> None:
        """Take a choice if it keeps every limit and is better.

        Parameters
        ----------
        chosen
            Positions of its pairs.
        goals
            A flow found that for so many goals no matching has more than this choice.
        """
        values = self.problem.values(chosen)
        self.cap(values[: min(goals, seen(self.problem))])
        if fault_of(self.problem, chosen) is None and (self.chosen is None or values > self.values):
            self.chosen, self.values = chosen, values

    def cap(self, values: tuple[int, ...]) -> None:
        """Note values that no matching exceeds, compared in order."""
        self.reached.append(values)

    @property
    def proven(self) -> bool:
        """Whether a solver found that nothing is better."""
        return self.chosen is not None and self.values in self.reached

    def levels(self) -> tuple[Level, ...]:
        """Say of every goal what is reached, and what is possible while earlier ones are kept."""
        levels = []
        is_open = False
        for place, (goal, value, most) in enumerate(
            zip(self.problem.objectives, self.values, ceilings(self.problem), strict=True)
        ):
            earlier = self.values[:place]
            caps = [cap[place] for cap in self.reached if cap[:place] == earlier != cap]
            bound = min(most, *caps) if caps else most
            if value > bound:
                raise SolverFault.of("solver.refused", reason="bound")
            word = "best_found" if is_open or value < bound else "solver_proved"
            levels.append(Level(goal.goal, value, None if is_open else bound, word))
            is_open = is_open or value < bound
        return tuple(levels)


def seen(problem: Problem) -> int:
    """Count the first goals that a flow sees: it is blind to quotas outside its network."""
    held = Layout.of(problem).held
    for place, goal in enumerate(problem.objectives):
        if goal.quota is not None and any(
            number not in held and goal.quota[number] and quota.wanted
            for number, quota in enumerate(problem.quotas)
        ):
            return place
    return len(problem.objectives)

"""Any problem as an integer program, goal by goal: for limits that neither a flow nor cases hold.

SCIP is asked first, which is at its best on what is nearly a flow; where a goal's values are
too large for floating point, or SCIP's answer doesn't stand up, CP-SAT is. What either calls
optimal is its claim; the values are counted again from its choice.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import numpy as np

from mentormatch.errors import SolverFault
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.solvers.calls import FREE
from mentormatch.solvers.clock import Clock, CutOffError
from mentormatch.solvers.opening import ceilings
from mentormatch.solvers.program import Program

Claimant = Literal["mip", "cp-sat"]
# SCIP tells bounds apart that differ by 1e-9 of their size. In units of the greatest common
# divisor of its gains, a goal may reach so much: then one unit is twice as large as that.
SEPARABLE: Final = 1 << 29
# So many seconds each goal may take; then the best so far has to do.
PATIENCE: Final = 30.0
# No engine is asked about more pairs than this.
MOST_PAIRS: Final = 2_000_000
# Where values can't be told apart, a bound may be wrong by so much of its size.
DOUBT: Final = 1e-6
# With fewer columns SCIP is done here.
SMALL: Final = 500
# Bounds are rounded down to whole units, but for so little of their size.
HAIR: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What is claimed about a problem.

    Parameters
    ----------
    chosen
        Positions of the chosen pairs, None when no matching was found.
    bounds
        The greatest value of each goal that is considered possible, the earlier goals kept.
    finished
        Whether these are claimed to be proven, or that nothing is possible.
    engine
        Who claims it: ``mip`` for SCIP alone, ``cp-sat`` as soon as that was needed.
    """

    chosen: Int64 | None
    bounds: tuple[int, ...]
    finished: bool
    engine: Claimant = "mip"


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What came of one goal: ``optimal``, ``feasible``, ``infeasible`` or ``unknown``."""

    status: str
    columns: Int64 | None = None
    bound: int = 0
    cut_off: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    """One goal of a program, its greatest size, where to start from, a value none exceeds."""

    program: Program
    number: int
    reach: int
    start: Int64 | None
    top: int | None
    seconds: float
    clock: Clock

    @property
    def unit(self) -> int:
        """The greatest common divisor of what columns gain, at least 1."""
        return max(int(np.gcd.reduce(self.program.goals[self.number], initial=0)), 1)

    def capped(self, bound: int) -> int:
        """Lower a bound to the value that none exceeds."""
        return bound if self.top is None else min(bound, self.top)

    def starting(self, answer: _Answer) -> "_Ask":
        """Ask the same, starting from an answer if there is one."""
        found = answer.columns
        return self if found is None else replace(self, start=self.program.choice(found))

    @property
    def separable(self) -> bool:
        """Whether floating point tells the goal's values apart."""
        return self.reach < SEPARABLE * self.unit


def solve_integer(
    problem: Problem,
    *,
    hint: Int64 | None = None,
    ceiling: tuple[int, ...] = (),
    seconds: float | None = None,
    clock: Clock | None = None,
    engines: tuple[Claimant, ...] = ("mip", "cp-sat"),
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
    engines
        Whom to ask, in this order.
    """
    with nullcontext(clock) if clock is not None else Clock(math.inf) as running:
        claim = _goal_by_goal(
            problem,
            engines,
            hint,
            ceiling,
            seconds=math.inf if seconds is None else seconds,
            clock=running,
        )
        if clock is None and running.interrupted:
            raise KeyboardInterrupt
        return claim


def _goal_by_goal(
    problem: Problem,
    engines: tuple[Claimant, ...],
    start: Int64 | None,
    ceiling: tuple[int, ...],
    *,
    seconds: float,
    clock: Clock,
) -> Claim:
    program = Program.of(problem)
    engine, *others = engines
    if program.clashes:
        return Claim(None, (), finished=True, engine=engine)
    chosen: Int64 | None = None
    bounds: tuple[int, ...] = ()
    for number, goal in enumerate(problem.objectives):
        # A ceiling says something about a goal as long as the earlier ones are at theirs.
        binding = len(ceiling) > number and bounds == ceiling[:number]
        top = ceiling[number] if binding else _all_wanted(problem, goal)
        ask = _Ask(program, number, _reach(problem, goal), start, top, seconds, clock)
        answer = _attempt(engine, ask)
        while others and not (answer.cut_off or _settled(problem, answer, ask, bounds)):
            engine, *others = others
            answer = _better(problem, answer, _attempt(engine, ask.starting(answer)), ask, bounds)
        if answer.status == "infeasible" and not number:
            return Claim(None, (), finished=True, engine=engine)
        if answer.columns is None:
            return Claim(chosen, bounds, finished=False, engine=engine)
        if not _stands(problem, answer, ask, bounds):
            raise SolverFault.of("solver.refused", reason=engine)
        start = chosen = program.choice(answer.columns)
        bounds = (*bounds, ask.capped(answer.bound))
        if answer.status != "optimal":
            return Claim(chosen, bounds, finished=False, engine=engine)
        program = program.keeping(number, bounds[-1])
    return Claim(chosen, bounds, finished=True, engine=engine)


def _settled(problem: Problem, answer: _Answer, ask: _Ask, reached: tuple[int, ...]) -> bool:
    """Tell whether nobody else need be asked: more time would hardly have helped."""
    return _stands(problem, answer, ask, reached) and (answer.status != "feasible" or ask.separable)


def _better(
    problem: Problem, first: _Answer, second: _Answer, ask: _Ask, reached: tuple[int, ...]
) -> _Answer:
    """Take the better of two answers, and the lower of their bounds."""
    if first.columns is None or not _stands(problem, first, ask, reached):
        return second
    if second.columns is None:
        return _Answer("feasible", first.columns, first.bound)
    if second.status == "optimal":
        return second
    bound = min(first.bound, second.bound)
    worth = [
        problem.values(ask.program.choice(columns)) for columns in (first.columns, second.columns)
    ]
    best = first if worth[0] >= worth[1] else second
    done = max(worth)[ask.number] == ask.capped(bound)
    return _Answer("optimal" if done else "feasible", best.columns, bound)


def _attempt(engine: Claimant, ask: _Ask) -> _Answer:
    """Ask an engine, if there is time for it."""
    try:
        ask.clock.check()
        return _ENGINES[engine](ask)
    except CutOffError:
        return _Answer("unknown", cut_off=True)


def _stands(problem: Problem, answer: _Answer, ask: _Ask, reached: tuple[int, ...]) -> bool:
    """Count an answer again: it keeps earlier goals, and reaches what it calls optimal."""
    if answer.columns is None:
        return answer.status == "infeasible" and not reached
    values = problem.values(ask.program.choice(answer.columns))[: ask.number + 1]
    bound = ask.capped(answer.bound)
    if answer.status == "optimal":
        return values == (*reached, bound)
    return values[:-1] == reached and values[-1] <= bound


def _all_wanted(problem: Problem, goal: Objective) -> int | None:
    """Return what a goal that counts quotas alone can reach at most; None for any other."""
    if goal.quota is None or any(
        gain is not None for gain in (goal.first, goal.further, goal.pair, goal.square)
    ):
        return None
    wanted = [quota.wanted for quota in problem.quotas]
    return int(goal.quota @ np.array(wanted, np.int64))


def _reach(problem: Problem, goal: Objective) -> int:
    """Bound the absolute value of a goal, everybody's pairs counted by their size."""
    sizes = {name: _size(getattr(goal, name)) for name in ("first", "further", "pair", "quota")}
    (most,) = ceilings(replace(problem, objectives=(Objective(goal.goal, **sizes),)))
    if goal.square is not None:
        loads = np.minimum(problem.capacity.most, problem.mentees)
        most += int((np.abs(goal.square) * loads**2).sum())
    return most


def _size(gain: Int64 | None) -> Int64 | None:
    return None if gain is None else np.abs(gain)


def _by_scip(ask: _Ask) -> _Answer:
    """Let SCIP maximise a goal, its gains divided by what they have in common.

    It runs in the clock's child, which can be told to stop.
    """
    program, unit = ask.program, ask.unit
    gain = program.goals[ask.number] // unit
    none = np.empty(0, np.int64)
    start = none if ask.start is None else np.isin(program.pairs, ask.start).astype(np.int64)
    # A little before the end, so that the child is not killed with what it has.
    longest = np.array([min(ask.seconds, 0.9 * ask.clock.left)])
    parts = program.lower, program.upper, program.row, program.column, program.factor
    arrays = [longest, start, gain, *parts, program.least, program.most]
    status, answer = ask.clock.call("integer", arrays, small=SMALL, stoppable=True)
    if not answer:
        return _Answer(status)
    columns, (bound,) = answer
    if math.isinf(bound):
        return _Answer("feasible", columns, ask.reach)
    if not ask.separable:
        return _Answer("feasible", columns, math.ceil(bound + DOUBT * abs(bound)) * unit)
    return _Answer(status, columns, math.floor(bound + HAIR * max(1.0, abs(bound))) * unit)


def _by_cp_sat(ask: _Ask) -> _Answer:
    """Let CP-SAT maximise a goal, in exact integers.

    A choice that reaches the top is the best there is: CP-SAT, which would go on to prove
    that by itself, is stopped.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

    program, model = ask.program, cp_model.CpModel()
    limits = program.lower.tolist(), program.upper.tolist()
    variables = [model.new_int_var(*each, "") for each in zip(*limits, strict=True)]
    order = np.argsort(program.row, kind="stable")
    column, factor = program.column[order].tolist(), program.factor[order].tolist()
    stops = np.cumsum(np.bincount(program.row, minlength=len(program.least))).tolist()
    start = 0
    for stop, least, most in zip(stops, program.least.tolist(), program.most.tolist(), strict=True):
        terms = [variables[place] for place in column[start:stop]]
        total = cp_model.LinearExpr.weighted_sum(terms, factor[start:stop])
        lowest = least if least > -FREE else cp_model.INT_MIN
        model.add_linear_constraint(total, lowest, most if most < FREE else cp_model.INT_MAX)
        start = stop
    gain = program.goals[ask.number]
    used = np.flatnonzero(gain).tolist()
    gained = [variables[place] for place in used]
    model.maximize(cp_model.LinearExpr.weighted_sum(gained, gain[used].tolist()))
    if ask.start is not None:
        taken = np.isin(program.pairs, ask.start).tolist()
        for variable, value in zip(variables, taken, strict=False):
            model.add_hint(variable, value)
    solver = cp_model.CpSolver()
    # One worker repeats exactly; more of them would race.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    # Nearly a flow, so the linear relaxation with every constraint in it is nearly integral.
    solver.parameters.linearization_level = 2
    # Its own handler of Ctrl-C would stay behind and end the program at the next one.
    solver.parameters.catch_sigint_signal = False
    longest = min(ask.seconds, ask.clock.left)
    if longest < math.inf:
        solver.parameters.max_time_in_seconds = longest
    at_top = _stopper(cp_model, ask.top)
    status = _heard(partial(solver.solve, model, at_top), solver.stop_search, ask.clock)
    if status == cp_model.INFEASIBLE:
        return _Answer("infeasible")
    if status == cp_model.UNKNOWN:
        return _Answer("unknown")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise SolverFault.of("solver.status", status=solver.status_name(status))
    found = np.array([solver.value(variable) for variable in variables], np.int64)
    if at_top.reached and ask.top is not None:
        return _Answer("optimal", found, ask.top)
    # The bound in integers, of what CP-SAT minimises.
    bound = -solver.response_proto.inner_objective_lower_bound
    return _Answer("optimal" if status == cp_model.OPTIMAL else "feasible", found, bound)


def _stopper(cp_model: Any, top: int | None) -> Any:
    """Make a callback that stops the search at a value no solution exceeds."""

    class Stopper(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        reached = False

        def on_solution_callback(self) -> None:
            if top is not None and round(self.objective_value) >= top:
                self.reached = True
                self.stop_search()

    return Stopper()


def _heard(solve: Callable[[], Any], stop: Callable[[], None], clock: Clock) -> Any:
    """Solve in a thread, so that Ctrl-C reaches this one and stops the solver at once."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(solve)
        try:
            return running.result()
        except KeyboardInterrupt:
            clock.interrupt()
            stop()
            return running.result()


_ENGINES: Final[dict[str, Callable[[_Ask], _Answer]]] = {"mip": _by_scip, "cp-sat": _by_cp_sat}

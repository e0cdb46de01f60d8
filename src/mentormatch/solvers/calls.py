"""Calls to OR-Tools that may take long and hear nothing meanwhile: arrays in, arrays out.

They run here or in a process of their own (``child``), so they know nothing but arrays.
"""

import math
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# Stands for no bound at all on a row of an integer program.
FREE: Final = 1 << 62
Arrays = Sequence[NDArray[Any]]
Answer = tuple[str, list[NDArray[Any]]]


def least_cost(arrays: Arrays) -> Answer:
    """Solve a min-cost flow.

    Parameters
    ----------
    arrays
        What every node supplies, int64; then four arrays for every block of arcs: tail and
        head, int32, capacity and cost, int64.

    Returns
    -------
    str
        Name of OR-Tools' status.
    list
        The flow on each block of arcs, none unless the status is OPTIMAL.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 - slow import

    supply, *blocks = arrays
    solver = SimpleMinCostFlow()
    arcs = [
        solver.add_arcs_with_capacity_and_unit_cost(*blocks[start : start + 4])
        for start in range(0, len(blocks), 4)
    ]
    solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        return status.name, []
    return "OPTIMAL", [np.asarray(solver.flows(block), np.int64) for block in arcs]


def least_cut(arrays: Arrays) -> Answer:
    """Send as much as possible from one node to another, and find what stops more.

    Parameters
    ----------
    arrays
        Source and sink, as one int64 array; then tail and head, int32, and capacity,
        int64, of all arcs.

    Returns
    -------
    str
        Name of OR-Tools' status.
    list
        The flow's value, the nodes on the source's side of the least cut nearest to it, and
        those on the sink's side of the one nearest to that.
    """
    from ortools.graph.python.max_flow import SimpleMaxFlow  # noqa: PLC0415 - slow import

    ends, tail, head, capacity = arrays
    solver = SimpleMaxFlow()
    solver.add_arcs_with_capacity(tail, head, capacity)
    status = solver.solve(*ends.tolist())
    if status != solver.OPTIMAL:
        return status.name, []
    sides = solver.get_source_side_min_cut(), solver.get_sink_side_min_cut()
    return "OPTIMAL", [np.asarray(each, np.int64) for each in ([solver.optimal_flow()], *sides)]


def integer(arrays: Arrays) -> Answer:
    """Solve an integer linear program by SCIP.

    Parameters
    ----------
    arrays
        Seconds it may take, one float; values of the first columns to start from, none if
        empty; what each column gains; then a ``Program``'s arrays in order: bounds of
        columns, entries, bounds of rows.

    Returns
    -------
    str
        ``optimal``, ``feasible``, ``infeasible`` or ``unknown``.
    list
        Values of all columns, and the bound as one float; none unless there is a solution.
    """
    from ortools.math_opt import model_pb2  # noqa: PLC0415 - slow import
    from ortools.math_opt.python import mathopt  # noqa: PLC0415

    seconds, start, gain, lower, upper, row, column, factor, least, most = arrays
    written = model_pb2.ModelProto()
    columns, rows = written.variables, written.linear_constraints
    columns.ids.extend(range(len(gain)))
    columns.lower_bounds.extend(lower.tolist())
    columns.upper_bounds.extend(upper.tolist())
    columns.integers.extend([True] * len(gain))
    rows.ids.extend(range(len(least)))
    rows.lower_bounds.extend(np.where(least > -FREE, least, -np.inf).tolist())
    rows.upper_bounds.extend(np.where(most < FREE, most, np.inf).tolist())
    matrix, order = written.linear_constraint_matrix, np.lexsort((column, row))
    matrix.row_ids.extend(row[order].tolist())
    matrix.column_ids.extend(column[order].tolist())
    matrix.coefficients.extend(factor[order].tolist())
    written.objective.maximize = True
    used = np.flatnonzero(gain)
    written.objective.linear_coefficients.ids.extend(used.tolist())
    written.objective.linear_coefficients.values.extend(gain[used].tolist())
    model = mathopt.Model.from_model_proto(written)
    variables = list(model.variables())
    begin = mathopt.ModelSolveParameters()
    if len(start):
        values = dict(zip(variables, start.astype(np.float64).tolist(), strict=False))
        begin.solution_hints.append(mathopt.SolutionHint(variable_values=values))
    params = mathopt.SolveParameters(threads=1, random_seed=0, relative_gap_tolerance=0.0)
    # In the child nobody else listens; here Ctrl-C is for the program.
    params.gscip.bool_params["misc/catchctrlc"] = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    # So far, of its size, a row's bound may be missed; 1e-6 would give away earlier goals.
    params.gscip.real_params["numerics/feastol"] = 1e-9
    if math.isfinite(seconds[0]):
        params.time_limit = timedelta(seconds=float(seconds[0]))
    result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=params, model_params=begin)
    reason, ended = mathopt.TerminationReason, result.termination.reason
    if ended in {reason.INFEASIBLE, reason.INFEASIBLE_OR_UNBOUNDED}:
        return "infeasible", []
    if ended not in {reason.OPTIMAL, reason.FEASIBLE}:
        return "unknown", []
    found = np.rint(result.variable_values(variables)).astype(np.int64)
    status = "optimal" if ended is reason.OPTIMAL else "feasible"
    return status, [found, np.array([result.best_objective_bound()])]


CALLS: Final[dict[str, Callable[[Arrays], Answer]]] = {
    "least-cost": least_cost,
    "least-cut": least_cut,
    "integer": integer,
}

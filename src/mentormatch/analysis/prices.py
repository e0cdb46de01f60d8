"""What one more seat at each mentor is worth, exactly and without a new solve.

A further seat is one more arc from the mentor to whatever counts its load, and the best
use of it closes a longest path of the residual graph (see
:mod:`mentormatch.network.residual`). The prices that prove an optimum bound this from
above only: where there are ties they aren't unique.
"""

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.analysis.cost import goal_names
from mentormatch.network.model import HUB, Layout
from mentormatch.network.residual import Bools, Residual
from mentormatch.problem import Int64

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def seat_prices(graph: Residual) -> Int64:
    """Price one more seat at every mentor, in whichever form, over the limit of that form.

    Returns
    -------
    Int64
        How much more the best matching reaches of each goal, compared in order; shape
        (mentors, goals), zeros where the seat would stay empty.
    """
    problem, layout = graph.problem, Layout.of(graph.problem)
    _, mentor, _, mentor_part, _, mentor_quota, _ = layout.starts
    most, family, parts = problem.capacity.most, layout.mentor_quotas, problem.mentor_parts
    # A mentor's first mentee may count in another quota than the further ones.
    outer = np.where(most > 0, family.further, family.first)
    outer = graph.core[np.where(outer >= 0, outer + mentor_quota, HUB)]
    # One arc more leads there, from the mentor or past a full part of the mentor's pairs.
    owner, node = np.arange(problem.mentors), graph.core[np.arange(problem.mentors) + mentor]
    if parts is not None:
        part = graph.core[np.arange(len(parts.owner)) + mentor_part]
        owner, node = np.append(owner, parts.owner), np.append(node, part)
    best = np.full(problem.mentors, graph.closed, graph.hop.dtype)
    for source in np.unique(outer).tolist():
        longest, _ = graph.longest_from(source)
        here = outer[owner] == source
        np.maximum.at(best, owner[here], longest[node[here]])
    gains = graph.levels(best)
    for goal, objective in enumerate(problem.objectives):
        if objective.square is not None:
            gains[:, goal] -= objective.square * (2 * most + 1)
    gains[~graph.is_open(best) | ~_is_gain(gains)] = 0
    if parts is None:
        return gains
    # Where a form is full, the mentor may still have a seat in another.
    for who in np.unique(parts.owner).tolist():
        longest, _ = graph.longest_from(int(node[who]))
        inside = longest[part[parts.owner == who]]
        found = graph.levels(inside[[inside.argmax()]])[0]
        if graph.is_open(inside).any() and found.tolist() > gains[who].tolist():
            gains[who] = found
    return gains


def seat_table(graph: Residual, mentors: "Sequence[str]") -> "pd.DataFrame":
    """Put seat prices in a table, the most useful seat first; see ``Result.seat_prices``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only for this

    problem, prices = graph.problem, seat_prices(graph)
    columns: dict[str, object] = {
        "mentor": list(mentors),
        "mentees": problem.loads(graph.chosen),
        "seats": problem.capacity.most,
    }
    columns |= dict(zip(goal_names(problem.objectives), prices.T, strict=True))
    order = np.lexsort([np.arange(len(prices)), *(-prices.T[::-1])])
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def _is_gain(gains: Int64) -> Bools:
    """Tell in which rows the first number that isn't zero is above zero."""
    if not gains.shape[1]:
        return np.zeros(len(gains), np.bool_)
    first = (gains != 0).argmax(axis=1)
    return np.asarray(np.take_along_axis(gains, first[:, None], axis=1)[:, 0] > 0)

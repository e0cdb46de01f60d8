"""Other mentors, other matchings, reserves and a waiting list, by code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.cost import Cost, Move, goal_names
from mentormatch.analysis.explanation import WhyNot
from mentormatch.analysis.regret import (
    best_choices,
    change,
    is_flow,
    regrets,
    residual_of,
)
from mentormatch.analysis.report import View
from mentormatch.errors import ParticipantError, check_count
from mentormatch.matching import Status
from mentormatch.messages import Language, text
from mentormatch.network.residual import Residual, without_lots
from mentormatch.problem import Bounds, Int64, Problem

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another mentor whom a mentee could have.

    Parameters
    ----------
    mentor
        The code.
    cost
        What the best matching with this pair loses, and whom it displaces.
    """

    mentor: str
    cost: Cost

    @property
    def regret(self) -> tuple[int, ...]:
        """How much each goal loses."""
        return self.cost.regret

    @property
    def chain(self) -> tuple[Move, ...]:
        """What changes for whom, the asked mentee first."""
        return self.cost.chain

    def text(self, lang: Language = "en") -> str:
        """Say it in words: the mentor, what is lost, who is displaced."""
        free = f"- {text('cost.nothing', lang)}\n" if self.cost.free else ""
        return f"{self.mentor}:\n{free}{self.cost.text(lang)}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Ranked:
    """One whole matching among the best.

    Parameters
    ----------
    pairs
        ``(mentor, mentee)`` codes, ordered.
    values
        What it reaches of every goal, lots apart, in the policy's order.
    regret
        How much each goal loses against the best matching.
    """

    pairs: tuple[tuple[str, str], ...]
    values: tuple[int, ...]
    regret: tuple[int, ...]


def graph_of(view: View) -> Residual:
    """Draw the residual graph of a result.

    Raises
    ------
    MentorMatchError
        When regrets can't be read off it: see :func:`residual_of`.
    """
    return residual_of(view.problem, view.outcome)


def priced(view: View, found: WhyNot) -> WhyNot:
    """Add what a pair that was made or could be made would cost, where that is known."""
    problem, outcome = view.problem, view.outcome
    known = outcome.status is Status.OPTIMAL and outcome.engine == "flow" and is_flow(problem)
    pair = _position(view, found.mentor, found.mentee)
    if not known or pair is None or found.why not in {"chosen", "not-chosen"}:
        return found
    graph = graph_of(view)
    cost = _cost(view, graph, pair)
    return replace(found, possible=cost is not None, cost=cost)


def _cost(view: View, graph: Residual, pair: int) -> Cost | None:
    best = change(graph, pair)
    if best is None:
        return None
    people = view.mentors, view.mentees
    return Cost.of(best, graph.problem, people, view.policy, _maximum(view, pair))


def _maximum(view: View, pair: int) -> int:
    """Return the most points a pair can have in its form, 0 where the form isn't known."""
    mentor, mentee = _codes(view, pair)
    if view.graph is None or (edge := view.graph.edge(mentor, mentee)) is None:
        return 0
    return int(view.policy.form_maximum[view.graph.form[edge]])


def _codes(view: View, pair: int) -> tuple[str, str]:
    return view.mentors[view.problem.mentor[pair]], view.mentees[view.problem.mentee[pair]]


def _position(view: View, mentor: str, mentee: str) -> int | None:
    """Find a candidate pair; None if the two are no candidates."""
    place = view.mentees.index(mentee)
    start, stop = np.searchsorted(view.problem.mentee, [place, place + 1]).tolist()
    there = view.problem.mentor[start:stop] == view.mentors.index(mentor)
    return start + int(there.argmax()) if there.any() else None


def regrets_table(view: View) -> "pd.DataFrame":
    """Put what every candidate pair would cost in a table; see ``Result.regrets``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only for this

    graph = graph_of(view)
    found = regrets(graph)
    mentors, mentees = (np.array(codes, object) for codes in (view.mentors, view.mentees))
    columns: dict[str, object] = {
        "mentor": mentors[view.problem.mentor],
        "mentee": mentees[view.problem.mentee],
        "chosen": found.chosen,
        "possible": found.possible,
    }
    for place, name in enumerate(goal_names(graph.problem.objectives)):
        values = pd.arrays.IntegerArray(found.values[:, place].copy(), ~found.possible)
        columns[name] = values
    return pd.DataFrame(columns)


def alternatives(view: View, mentee: str, most: int) -> tuple[Alternative, ...]:
    """Rank the other mentors a mentee could have; see ``Result.alternatives``."""
    check_count("k", most)
    if mentee not in view.mentees:
        raise ParticipantError.of("graph.not-mentee", found=mentee)
    graph, place = graph_of(view), view.mentees.index(mentee)
    ranked = _ranked(graph, place)
    people = view.mentors, view.mentees
    found = []
    for pair in ranked[:most]:
        best = change(graph, pair)
        assert best is not None
        cost = Cost.of(best, graph.problem, people, view.policy, _maximum(view, pair))
        found.append(Alternative(_codes(view, pair)[0], cost))
    return tuple(found)


def _ranked(graph: Residual, mentee: int) -> list[int]:
    """Order the pairs a mentee doesn't have, but could, by regret."""
    found = regrets(graph, np.array([mentee]))
    pairs = np.flatnonzero(found.possible & ~found.chosen)
    return sorted(pairs.tolist(), key=lambda pair: found.values[pair].tolist())


def best_matchings(view: View, most: int) -> tuple[Ranked, ...]:
    """List the best whole matchings, best first; see ``Result.k_best``."""
    check_count("k", most)
    problem = graph_of(view).problem
    best = problem.values(view.outcome.chosen)
    found = []
    for chosen in best_choices(problem, view.outcome.chosen, most):
        values = problem.values(chosen)
        pairs = sorted(_codes(view, pair) for pair in chosen.tolist())
        lost = tuple(first - value for first, value in zip(best, values, strict=True))
        found.append(Ranked(tuple(pairs), values, lost))
    return tuple(found)


def optima(view: View) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Find the pairs that are in every optimum, and those that are in some, lots apart."""
    found = regrets(graph_of(view))
    every, some = found.chosen & ~found.free, found.chosen | found.free
    return _pairs(view, every), _pairs(view, some)


def _pairs(view: View, which: np.ndarray) -> frozenset[tuple[str, str]]:
    return frozenset(_codes(view, pair) for pair in np.flatnonzero(which).tolist())


def waiting_list(view: View) -> "pd.DataFrame":
    """Order the mentees without a mentor; see ``Result.waiting_list``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only for this

    graph = graph_of(view)
    problem = graph.problem
    waiting = np.flatnonzero(problem.served(graph.chosen) == 0)
    found = regrets(graph, waiting)
    rows = []
    for place in waiting.tolist():
        start, stop = np.searchsorted(problem.mentee, [place, place + 1]).tolist()
        pairs = [pair for pair in range(start, stop) if found.possible[pair]]
        best = min(pairs, key=lambda pair: found.values[pair].tolist(), default=None)
        lost = None if best is None else found.values[best].tolist()
        rows.append((lost is None, lost or [], view.mentees[place], best))
    rows.sort(key=lambda row: row[:3])
    names = goal_names(problem.objectives)
    columns = {
        "mentee": [code for _, _, code, _ in rows],
        "mentor": [None if best is None else _codes(view, best)[0] for *_, best in rows],
    }
    table = pd.DataFrame(columns)
    for place, name in enumerate(names):
        values = [pd.NA if never else lost[place] for never, lost, *_ in rows]
        table[name] = pd.array(values, dtype="Int64")
    return table


def reserves(view: View, most: int) -> "pd.DataFrame":
    """Rank for every pair who could step in for the mentor; see ``Result.reserves``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only for this

    check_count("k", most)
    problem, chosen = without_lots(view.problem), view.outcome.chosen
    names = goal_names(problem.objectives)
    rows = []
    for pair in sorted(chosen.tolist(), key=lambda pair: _codes(view, pair)):
        mentor, mentee = _codes(view, pair)
        for rank, (other, lost) in enumerate(_step_in(problem, chosen, pair, most), start=1):
            rows.append((mentor, mentee, rank, _codes(view, other)[0], *lost))
    table = pd.DataFrame(rows, columns=["mentor", "mentee", "rank", "reserve", *names])
    return table.astype({"rank": "int64"} | dict.fromkeys(names, "int64"))


def _step_in(
    problem: Problem, chosen: Int64, pair: int, most: int
) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield the best pairs that could replace one whose mentor is gone, others unchanged."""
    gone = int(problem.mentor[pair])
    start, stop = np.searchsorted(problem.mentee, problem.mentee[pair] + np.arange(2))
    others = np.setdiff1d(np.arange(start, stop), chosen)
    free = problem.loads(chosen) < problem.capacity.most
    others = others[free[problem.mentor[others]]]
    left = without(problem, gone)
    before = problem.values(chosen)
    rest = np.setdiff1d(chosen, [pair])
    found = []
    for other in others.tolist():
        after = np.union1d(rest, [other])
        lost = [a - b for a, b in zip(before, problem.values(after), strict=True)]
        found.append((lost, other, after))
    found.sort(key=lambda entry: entry[:2])
    for lost, other, after in found:
        if most > 0 and fault_of(left, after) is None:
            most -= 1
            yield other, lost


def without(problem: Problem, mentor: int) -> Problem:
    """Ask nothing of a mentor who is gone: no least number of mentees, no pins."""
    least = problem.capacity.least.copy()
    least[mentor] = 0
    parts = problem.mentor_parts
    if parts is not None:
        own = np.where(parts.owner == mentor, 0, parts.bounds.least)
        parts = replace(parts, bounds=Bounds(own, parts.bounds.most))
    pinned = problem.pinned[problem.mentor[problem.pinned] != mentor]
    capacity = Bounds(least, problem.capacity.most)
    or_none = problem.or_none
    if or_none is not None:
        or_none = or_none.copy()
        or_none[mentor] = 0
    return replace(problem, capacity=capacity, mentor_parts=parts, pinned=pinned, or_none=or_none)

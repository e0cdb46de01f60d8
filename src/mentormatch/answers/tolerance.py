"""How far a weight can move before today's matching is no longer the best.

The points of a matching are linear in each weight, so the weights at which a matching is the
best form an interval. Its end is where some cycle of the residual graph begins to gain. From
a weight beyond it, every cycle that gains there names a weight at which it doesn't yet; the
last of these is the end, an exact fraction (a least-ratio cycle; Ahuja, Magnanti and Orlin,
*Network Flows*, 1993, chapter 5.7).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final, Literal, cast

import numpy as np

from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.report import View
from mentormatch.analysis.witness import start_from
from mentormatch.errors import ParticipantError, PolicyError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.messages import Language, text
from mentormatch.network.cycles import gaining_cycle
from mentormatch.network.model import circulation_of
from mentormatch.network.repair import side_flow_of
from mentormatch.policy.numerals import HEAVIEST, PER_MILLE
from mentormatch.policy.policy import Policy
from mentormatch.problem import Int64, Objective, Problem
from mentormatch.questions.question import Question
from mentormatch.solvers.branching import search

if TYPE_CHECKING:
    import pandas as pd

SHARES: Final = (10, 25)
End = Literal["better", "floor", "domain"]


@dataclass(frozen=True, slots=True)
class Interval:
    """How far one weight can move, the others staying where they are.

    Parameters
    ----------
    weight
        Its key: ``form.criterion``, or ``criterion`` for all forms that list it.
    now
        Its value.
    low, high
        The exact ends; at both the matching is still the best.
    low_end, high_end
        Why it ends there: another matching gets "better", a pair crosses the "floor" of
        percent, or the "domain" of weights ends.
    """

    weight: str
    now: Fraction
    low: Fraction
    high: Fraction
    low_end: End
    high_end: End

    @property
    def whole(self) -> bool:
        """Whether the matching stays the best whatever the weight is."""
        return self.low_end == self.high_end == "domain"

    def survives(self, percent: int) -> bool:
        """Tell whether the weight may move by so many percent either way."""
        return (
            self.low <= self.now * (100 - percent) / 100
            and self.high >= self.now * (100 + percent) / 100
        )

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        values = {"weight": self.weight, "now": _shown(self.now, lang)}
        ends = {
            name: text(f"sensitivity.{end}", lang, value=_shown(value, lang))
            for name, value, end in (
                ("low", self.low, self.low_end),
                ("high", self.high, self.high_end),
            )
        }
        return text("sensitivity.interval", lang, **values, **ends)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far each weight can move, and which pairs stay when it moves.

    Parameters
    ----------
    intervals
        One per weight.
    surviving
        Percent of the move, and the pairs (mentor, mentee) that are made whichever weight
        moves so far, up or down, by itself.
    pairs
        How many pairs there are.
    """

    intervals: tuple[Interval, ...]
    surviving: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    pairs: int

    def text(self, lang: Language = "en") -> str:
        """Say it, one line per weight."""
        idle = [entry.weight for entry in self.intervals if entry.whole]
        lines = [interval.text(lang) for interval in self.intervals if not interval.whole]
        if idle:
            lines.append(text("sensitivity.whole", lang, names=", ".join(idle)))
        lines += [
            text("sensitivity.surviving", lang, share=share, count=len(pairs), pairs=self.pairs)
            for share, pairs in self.surviving
        ]
        return "\n".join(lines)

    def table(self) -> "pd.DataFrame":
        """Return a row per weight; ``low`` and ``high`` are exact fractions."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only for this

        names = ["weight", "now", "low", "high", "low_end", "high_end"]
        rows = [[getattr(entry, name) for name in names] for entry in self.intervals]
        return pd.DataFrame(rows, columns=names)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def sensitivity(view: View, seed: int | None = None) -> Sensitivity:
    """Find for each weight how far it can move; see ``Result.sensitivity``."""
    if view.graph is None:
        raise ParticipantError.of("result.no-cohort")
    types = [goal.type for goal in view.policy.goals]
    if not isinstance(view.outcome.witness, Certificate) or view.outcome.proof != "certified":
        raise ParticipantError.of("sensitivity.not-certified")
    if "points" not in types:
        raise PolicyError.of("sensitivity.no-points")
    if "fairness" in types[: types.index("points")]:
        raise PolicyError.of("sensitivity.fairness")
    if view.outcome.witness.scale != 1 or view.outcome.witness.quotas.shape[0] != len(
        view.policy.limits.quotas
    ):
        raise ParticipantError.of("sensitivity.not-certified")
    question = Question.of(view.graph, seed)
    ground = _Ground.of(view, question)
    intervals = tuple(ground.interval(key, places) for key, places in _weights(view.policy))
    surviving = tuple(
        (share, tuple(_survivors(view, view.graph, intervals, share))) for share in SHARES
    )
    return Sensitivity(intervals, surviving, len(view.matching.pairs))


def _weights(policy: Policy) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """List the weights above zero, by key, with their places in the table of weights.

    A criterion that several forms weigh alike also has a key for all of them.
    """
    weights = policy.weights
    for column, criterion in enumerate(policy.criteria):
        rows = [row for row, form in enumerate(policy.forms) if criterion.id in form.weights]
        values = {int(weights[row, column]) for row in rows}
        if len(rows) > 1 and len(values) == 1 and values != {0}:
            yield criterion.id, [(row, column) for row in rows]
        for row in rows:
            if weights[row, column]:
                yield f"{policy.forms[row].id}.{criterion.id}", [(row, column)]


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The residual graph of today's matching, on the optimal face of the earlier goals."""

    view: View
    question: Question
    tail: Int64
    head: Int64
    pair: Int64
    sign: Int64
    nodes: int

    @classmethod
    def of(cls, view: View, question: Question) -> "_Ground":
        problem, chosen = question.problem, view.outcome.chosen
        network = circulation_of(problem)
        prices = cast("Certificate", view.outcome.witness)
        labels = start_from(problem, chosen, prices).labels
        earlier = [goal.goal for goal in problem.objectives].index("points")
        size = len(network.pairs)
        flow = np.zeros(size, np.int64)
        flow[chosen] = 1
        columns: list[tuple[Int64, ...]] = []
        sorts = ((network.pairs, flow, 0), (network.sides, side_flow_of(problem, chosen), size))
        for arcs, units, start in sorts:
            # An arc that loses at an earlier goal stays as it is in every optimum.
            free = np.ones(len(arcs), np.bool_)
            for goal in range(earlier):
                label = labels[:, goal]
                free &= arcs.gains[goal] + label[arcs.tail] - label[arcs.head] == 0
            number = np.arange(start, start + len(arcs))
            forth, back = free & (units < arcs.upper), free & (units > arcs.lower)
            tail, head = arcs.tail.astype(np.int64), arcs.head.astype(np.int64)
            one = np.ones(len(arcs), np.int64)
            columns.append((tail[forth], head[forth], number[forth], one[forth]))
            columns.append((head[back], tail[back], number[back], -one[back]))
        tail, head, pair, sign = (np.concatenate(column) for column in zip(*columns, strict=True))
        return cls(view, question, tail, head, np.where(pair < size, pair, -1), sign, network.nodes)

    def interval(self, key: str, places: list[tuple[int, int]]) -> Interval:
        """Find both ends for one weight, in thousandths, and say them in whole weights."""
        question, (row, column) = self.question, places[0]
        now = int(self.view.policy.weights[row, column])
        moved = np.isin(question.form, [form for form, _ in places])
        raw = np.where(moved, question.raw[:, column], 0).astype(np.int64)
        rest = question.points - now * raw
        ends = []
        for limit in (0, HEAVIEST * PER_MILLE):
            floor = self._floor(places, now, limit)
            end, why = self._end(raw, rest, now, Fraction(limit))
            if floor is not None and abs(floor - now) < abs(end - now):
                end, why = floor, "floor"
            ends.append((end / PER_MILLE, why))
        (low, low_end), (high, high_end) = ends
        return Interval(key, Fraction(now, PER_MILLE), low, high, low_end, high_end)

    def _end(self, raw: Int64, rest: Int64, now: int, limit: Fraction) -> tuple[Fraction, End]:
        """Come back from the limit until no cycle gains any more."""
        at: Fraction = limit
        why: End = "domain"
        of = np.maximum(self.pair, 0)
        slope = np.where(self.pair >= 0, raw[of] if len(raw) else 0, 0) * self.sign
        base = np.where(self.pair >= 0, rest[of] if len(rest) else 0, 0) * self.sign
        while at != now:
            gain = at.denominator * base + at.numerator * slope
            cycle = gaining_cycle(self.tail, self.head, gain, self.nodes)
            if cycle is None:
                break
            # It gains base + weight x slope, not above zero now: the root is in between.
            at = Fraction(-int(base[cycle].sum()), int(slope[cycle].sum()))
            why = "better"
        return at, why

    def _floor(self, places: list[tuple[int, int]], now: int, limit: int) -> Fraction | None:
        """Find the first weight at which a pair that matters crosses the floor of percent."""
        graph = cast("CandidateGraph", self.view.graph)
        policy = graph.policy
        least = policy.limits.min_percent
        if least == 0:
            return None
        forms, column = [form for form, _ in places], places[0][1]
        edges = np.flatnonzero(np.isin(graph.form, forms))
        raw = graph.raw[edges, column].astype(np.int64)
        # 100 x points - floor x maximum, at the weight now and per thousandth of it
        spare = 100 * graph.points()[edges] - least * policy.form_maximum[graph.form[edges]]
        slope = 100 * raw - least * PER_MILLE
        pinned = {(pin.mentor, pin.mentee) for pin in policy.limits.pins}
        made = {(p.mentor, p.mentee) for p in self.view.matching.pairs} - pinned
        ahead = 1 if limit > now else -1
        first: Fraction | None = None
        crossing = np.flatnonzero(
            ((spare < 0) & (slope * ahead > 0)) | ((spare >= 0) & (slope * ahead < 0))
        )
        for place in crossing.tolist():
            edge = edges[place]
            pair = graph.mentors[graph.mentor[edge]], graph.mentees[graph.mentee[edge]]
            # A pair that isn't made may go; a pinned one stays anyway.
            if pair in pinned or (spare[place] >= 0 and pair not in made):
                continue
            at = now - Fraction(int(spare[place]), int(slope[place]))
            if first is None or abs(at - now) < abs(first - now):
                first = at
        return first


def _survivors(
    view: View, graph: CandidateGraph, intervals: tuple[Interval, ...], share: int
) -> Iterator[tuple[str, str]]:
    """List the pairs that stay when any one weight moves; one with an interval that wide is sure.

    Moved weights are rounded to thousandths; among equals, today's pairs are kept.
    """
    staying = {(pair.mentor, pair.mentee) for pair in view.matching.pairs}
    for interval in intervals:
        if interval.survives(share):
            continue
        for percent in (100 - share, 100 + share):
            weight = Fraction(round(interval.now * percent * PER_MILLE / 100), PER_MILLE)
            if not interval.low <= weight <= interval.high and weight <= HEAVIEST:
                policy = graph.policy.with_weights({interval.weight: weight})
                staying &= _pairs_near(Question.of(graph.under(policy)), staying)
    yield from sorted(staying)


def _pairs_near(question: Question, staying: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Match with other weights, and among equals keep as many of some pairs as can be."""
    graph, problem = question.graph, question.problem
    names = [
        (graph.mentors[mentor], graph.mentees[mentee])
        for mentor, mentee in zip(problem.mentor.tolist(), problem.mentee.tolist(), strict=True)
    ]
    same = Objective("same", pair=np.array([name in staying for name in names], np.int64))
    asked: Problem = replace(problem, objectives=(*problem.objectives, same))
    best = search(asked, prices=False).best
    if best is None or best.solution is None:
        return set()
    return {names[place] for place in best.solution.chosen.tolist()}


def _shown(value: Fraction, lang: Language) -> str:
    shown = f"{float(value):.4g}"
    return shown.replace(".", ",") if lang == "ru" else shown

"""A policy's limits and goals on a candidate graph, as one problem in integers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch import fairness
from mentormatch.condition import Condition
from mentormatch.errors import Defect, MentorMatchError, Place, PolicyError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.network.lottery import BITS, tickets
from mentormatch.network.model import Layout
from mentormatch.policy.goals import Goal
from mentormatch.policy.limits import Ban, Pin
from mentormatch.problem import Bounds, Int32, Int64, Objective, Parts, Problem
from mentormatch.side_limits import PeopleSets, mutual_pairs, quotas_of
from mentormatch.solvers.flow import largest_gain

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked of the solver, and which edge of the graph each pair is.

    Parameters
    ----------
    graph
        The candidates, under the policy that asks.
    problem
        The question in integers; its people are those of the graph, in that order.
    form
        Form of each pair, by position in the policy; shape (pairs,).
    points
        Points of each pair; shape (pairs,).
    raw
        Raw scores of each pair; shape (pairs, criteria).
    seed
        What the lottery was drawn with, if there was one.
    """

    graph: CandidateGraph
    problem: Problem
    form: NDArray[np.int16]
    points: Int64
    raw: NDArray[np.int16]
    seed: int | None = None

    @classmethod
    def of(cls, graph: CandidateGraph, seed: int | None = None) -> Self:
        """Put the limits and goals of the graph's policy into integers.

        Raises
        ------
        PolicyError
            When pins or bans name people who aren't there, with every defect.
        """
        pairs = _Pairs.of(graph)
        sides = _Sides.of(graph, pairs)
        sets = PeopleSets.of(graph, pairs.mentee, pairs.mentor)
        problem = Problem(
            mentee=pairs.mentee,
            mentor=pairs.mentor,
            capacity=sides.capacity,
            demand=sides.demand,
            objectives=(),
            pinned=pairs.pinned,
            banned=np.union1d(pairs.banned, sets.alone),
            mentor_parts=sides.mentor_parts,
            mentee_parts=sides.mentee_parts,
            quotas=quotas_of(graph),
            exclusive=np.concatenate(
                [
                    mutual_pairs(graph, pairs.mentee, pairs.mentor, pairs.form),
                    sets.apart,
                ]
            ),
            together=sets.together,
            or_none=sides.or_none,
        )
        for goal in graph.policy.goals:
            objectives = (*problem.objectives, *_objectives(graph, goal, problem, pairs))
            problem = replace(problem, objectives=objectives)
        if seed is not None:
            objectives = (*problem.objectives, _lottery(graph, problem, seed))
            problem = replace(problem, objectives=objectives)
        return cls(graph, problem, pairs.form, pairs.points, pairs.raw, seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """The pairs a solver may choose from, with pins and bans applied."""

    mentee: Int32
    mentor: Int32
    form: NDArray[np.int16]
    points: Int64
    raw: NDArray[np.int16]
    pinned: Int64
    banned: Int64

    @classmethod
    def of(cls, graph: CandidateGraph) -> Self:
        limits = graph.policy.limits
        pins, bans = _places(graph, limits.pins, limits.bans)
        points = graph.points()
        free = graph.above_floor
        free[[edge for edge in bans if edge is not None]] = False
        held = [edge for edge in pins if edge is not None]
        free[held] = True
        pairs = cls._listed(graph, points, np.flatnonzero(free), np.array(held, np.int64))
        added = [pin for pin, edge in zip(limits.pins, pins, strict=True) if edge is None]
        return pairs.joined_by(graph, added) if added else pairs

    @classmethod
    def _listed(cls, graph: CandidateGraph, points: Int64, edges: Int64, held: Int64) -> Self:
        pinned = np.searchsorted(edges, np.sort(held))
        nothing = np.empty(0, np.int64)
        if len(edges) == len(graph):
            return cls(graph.mentee, graph.mentor, graph.form, points, graph.raw, pinned, nothing)
        return cls(
            graph.mentee[edges],
            graph.mentor[edges],
            graph.form[edges],
            points[edges],
            graph.raw[edges],
            pinned,
            nothing,
        )

    def joined_by(self, graph: CandidateGraph, pins: list[Pin]) -> Self:
        """Add pinned pairs that rules forbid: waived ones as usual, the others as banned."""
        added = [_Added.of(graph, pin) for pin in pins]
        size = len(self.mentee)
        mentee = np.concatenate([self.mentee, np.array([each.mentee for each in added], np.int32)])
        mentor = np.concatenate([self.mentor, np.array([each.mentor for each in added], np.int32)])
        order = np.lexsort((mentor, mentee))
        place = np.argsort(order)
        new = place[size:]
        return type(self)(
            mentee[order],
            mentor[order],
            np.concatenate([self.form, np.array([each.form for each in added], np.int16)])[order],
            np.concatenate([self.points, np.array([each.points for each in added])])[order],
            np.concatenate([self.raw, np.stack([each.raw for each in added])])[order],
            pinned=np.sort(np.concatenate([place[self.pinned], new])),
            banned=np.sort(new[[not each.waived for each in added]]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Added:
    """A pinned pair that isn't among the candidates."""

    mentee: int
    mentor: int
    form: int
    raw: NDArray[np.int16]
    points: int
    waived: bool

    @classmethod
    def of(cls, graph: CandidateGraph, pin: Pin) -> Self:
        """Find the first form in which the pin waives every rule that objects, and score it."""
        mentor, mentee = graph.places(pin.mentor, pin.mentee)
        verdict = graph.forbidden_by(pin.mentor, pin.mentee)
        objecting = {name: set[str]() for name in verdict.joined}
        for objection in verdict.objections:
            objecting[objection.form].add(objection.rule.code)
        name = next((form for form, codes in objecting.items() if codes <= set(pin.waive)), None)
        forms = [form.id for form in graph.policy.forms]
        if name is None:
            return cls(mentee, mentor, 0, np.zeros(graph.raw.shape[1], np.int16), 0, waived=False)
        form = forms.index(name)
        evidence = graph.evidence(pin.mentor, pin.mentee)
        listed = graph.policy.weighed[form]
        raw = np.array([evidence[entry.id].raw for entry in graph.policy.criteria], np.int16)
        raw = np.where(listed, raw, 0).astype(np.int16)
        return cls(mentee, mentor, form, raw, int(graph.policy.weights[form] @ raw), waived=True)


def _places(
    graph: CandidateGraph, pins: tuple[Pin, ...], bans: tuple[Ban, ...]
) -> tuple[list[int | None], list[int | None]]:
    """Find the edges of pins and bans; None where rules forbid the pair anyway."""
    defects: list[Defect] = []
    found: list[list[int | None]] = []
    decided: tuple[tuple[str, tuple[Pin | Ban, ...]], ...] = (("pins", pins), ("bans", bans))
    for name, entries in decided:
        edges: list[int | None] = []
        for place, entry in enumerate(entries):
            try:
                edges.append(graph.edge(entry.mentor, entry.mentee))
            except MentorMatchError as error:
                at = Place(field=f"limits.{name}[{place}]")
                defects += [Defect(d.code, at, d.values) for d in error.defects]
        found.append(edges)
    if defects:
        raise PolicyError(*defects)
    return found[0], found[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Seats and demands of everybody, over all forms and within each."""

    capacity: Bounds
    demand: Bounds
    mentor_parts: Parts | None
    mentee_parts: Parts | None
    or_none: Int64 | None

    @classmethod
    def of(cls, graph: CandidateGraph, pairs: _Pairs) -> Self:
        cohort, policy = graph.cohort, graph.policy
        total, load = policy.limits.demand, policy.limits.load
        mentors, mentees = len(graph.mentors), len(graph.mentees)
        most = mentors if total.most is None else min(total.most, mentors)
        mentor_forms = _in_forms(graph, [form.mentors for form in policy.forms], cohort.mentors)
        mentee_forms = _in_forms(graph, [form.mentees for form in policy.forms], cohort.mentees)
        capacity, mentor_parts = _bounded(
            Bounds(np.full(mentors, 0 if load.or_none else load.least), graph.own_capacity),
            graph.form_capacity,
            mentor_forms,
            pairs.mentor,
            pairs.form,
        )
        demand, mentee_parts = _bounded(
            Bounds(np.full(mentees, total.least), np.full(mentees, most)),
            graph.form_demand,
            mentee_forms,
            pairs.mentee,
            pairs.form,
        )
        least = np.full(mentors, load.least if load.or_none else 0)
        for place, form in enumerate(policy.forms):
            if form.group is not None:
                here = pairs.mentor[pairs.form == place]
                least[here] = np.maximum(least[here], form.group.size.least)
        or_none = least if (least > 1).any() else None
        return cls(capacity, demand, mentor_parts, mentee_parts, or_none)


def _in_forms(graph: CandidateGraph, conditions: list[Condition], people: Any) -> Bools:
    """Tell who satisfies each form's condition on one side; shape (forms, people)."""
    return np.stack([graph.cohort.mask(condition)[people] for condition in conditions])


def _bounded(
    total: Bounds, per_form: Int64, eligible: Bools, person: Int32, form: NDArray[np.int16]
) -> tuple[Bounds, Parts | None]:
    """Combine a person's own bounds with those of the forms.

    A form's bound on somebody who has pairs in no other form is a bound on that
    person; only where it says more than that does it become a part.
    """
    forms, people = eligible.shape
    cells = np.bincount(form.astype(np.int64) * people + person, minlength=forms * people)
    active = cells.reshape(forms, people) > 0
    most = np.where(active, per_form[:, [1]], 0)
    bounds = Bounds(total.least, np.minimum(total.most, most.sum(axis=0)))
    binding = active & (per_form[:, [1]] < bounds.most) & (active.sum(axis=0) > 1)
    obliged = eligible & (per_form[:, [0]] > 0)
    cells = np.flatnonzero(binding | obliged)
    if not len(cells):
        return bounds, None
    part_form, owner = np.divmod(cells, people)
    part_of = np.full(forms * people, -1, np.int32)
    part_of[cells] = np.arange(len(cells), dtype=np.int32)
    least = np.where(obliged[part_form, owner], per_form[part_form, 0], 0)
    return bounds, Parts(
        of=part_of[form.astype(np.int64) * people + person],
        owner=owner.astype(np.int32),
        bounds=Bounds(least, per_form[part_form, 1]),
    )


def _objectives(
    graph: CandidateGraph, goal: Goal, problem: Problem, pairs: _Pairs
) -> Iterator[Objective]:
    """Translate a goal of the policy; ``problem`` holds the goals before it."""
    match goal.type:
        case "cover":
            yield Objective("cover", first=_counted(graph, goal))
        case "fill":
            yield Objective("fill", further=np.ones(problem.mentees, np.int64))
        case "quotas":
            soft = [int(not quota.hard) for quota in graph.policy.limits.quotas]
            yield Objective("quotas", quota=np.array(soft, np.int64))
        case "points":
            yield Objective("points", pair=pairs.points)
        case "even":
            yield Objective("even", square=np.ones(problem.mentors, np.int64))
        case "fairness":
            maximum = np.maximum(graph.policy.form_maximum[pairs.form], 1)
            percent = 100 * pairs.points // maximum
            match goal.how:
                case "leximin":
                    yield from fairness.leximin(percent)
                case "alpha-1":
                    yield fairness.alpha(percent, fairness.ALPHA_1)
                case "alpha-2":
                    yield fairness.alpha(percent, fairness.ALPHA_2)
                case _:
                    yield from fairness.max_min(problem, percent)


def _lottery(graph: CandidateGraph, problem: Problem, seed: int) -> Objective:
    """Draw lots, with as many bits as stay exact in a network of this size."""
    bits = min(BITS, largest_gain(Layout.of(problem).nodes).bit_length() - 1)
    lots = tickets(seed, graph.mentors, graph.mentees, problem.mentor, problem.mentee, bits=bits)
    return Objective("lottery", pair=lots)


def _counted(graph: CandidateGraph, goal: Goal) -> Int64:
    """Tell which mentees a goal counts."""
    if goal.who is None:
        return np.ones(len(graph.mentees), np.int64)
    return graph.cohort.mask(goal.who)[graph.cohort.mentees].astype(np.int64)

"""A policy's limits and goals on a candidate graph, as one problem in integers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, MentorMatchError, Place, PolicyError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.policy.goals import Goal
from mentormatch.policy.limits import Ban, Limits, Pin
from mentormatch.problem import Int32, Int64, Objective, Problem, Quota
from mentormatch.questions import fairness
from mentormatch.questions.lots import seed_of, with_lots
from mentormatch.questions.peers import Peers
from mentormatch.questions.seats import Seats
from mentormatch.questions.side_limits import PeopleSets, mutual_pairs, quotas_of
from mentormatch.solvers.clock import Clock


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
    peers
        The pairs of equals that were made first, where a form asks for them.
    """

    graph: CandidateGraph
    problem: Problem
    form: NDArray[np.int16]
    points: Int64
    raw: NDArray[np.int16]
    seed: int | None = None
    peers: Peers | None = None

    @classmethod
    def of(
        cls,
        graph: CandidateGraph,
        seed: int | None = None,
        clock: Clock | None = None,
        *,
        peers: Int64 | bool = True,
    ) -> Self:
        """Put the limits and goals of the graph's policy into integers, some after a search.

        Parameters
        ----------
        graph
            The candidates, under the policy that asks.
        seed
            What to draw lots with; None for no lots.
        peers
            Chosen pairs to take pairs of equals from, instead of looking for them; False to
            take forms of peers for ordinary ones, which allows all that pairing allows.

        Raises
        ------
        PolicyError
            When pins or bans name people who aren't there, with every defect.
        MentorMatchError
            When the seed is no whole number.
        """
        seed = seed_of(seed)
        pairs = _Pairs.of(graph)
        seats = Seats.of(graph, pairs.mentee, pairs.mentor, pairs.form)
        sets = PeopleSets.of(graph, pairs.mentee, pairs.mentor)
        problem = Problem(
            mentee=pairs.mentee,
            mentor=pairs.mentor,
            capacity=seats.capacity,
            demand=seats.demand,
            objectives=(),
            pinned=pairs.pinned,
            banned=np.union1d(pairs.banned, sets.alone),
            mentor_parts=seats.mentor_parts,
            mentee_parts=seats.mentee_parts,
            quotas=(*quotas_of(graph), *_budget(graph, pairs)),
            exclusive=np.concatenate(
                [
                    mutual_pairs(graph, pairs.mentee, pairs.mentor, pairs.form),
                    sets.apart,
                ]
            ),
            together=sets.together,
            or_none=seats.or_none,
            crossing=seats.crossing,
        )
        equals = None
        if peers is not False and any(form.peers for form in graph.policy.forms):
            given = None if isinstance(peers, bool) else peers
            equals = Peers.of(graph, problem, pairs.form, pairs.points, given)
            problem = equals.problem
        for goal in graph.policy.goals:
            objectives = (*problem.objectives, *_objectives(graph, goal, problem, pairs, clock))
            problem = replace(problem, objectives=objectives)
        if seed is not None:
            problem = with_lots(problem, seed, graph.mentors, graph.mentees)
        return cls(graph, problem, pairs.form, pairs.points, pairs.raw, seed, equals)


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
        pins, bans = _places(graph, limits)
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


def _places(graph: CandidateGraph, limits: Limits) -> tuple[list[int | None], list[int | None]]:
    """Find the edges of pins and bans; None where rules forbid the pair anyway."""
    defects: list[Defect] = []
    found: list[list[int | None]] = []
    decided: tuple[tuple[str, tuple[Pin | Ban, ...]], ...] = (
        ("pins", limits.pins),
        ("bans", limits.bans),
    )
    for name, entries in decided:
        edges: list[int | None] = []
        for place, entry in enumerate(entries):
            try:
                edges.append(graph.edge(entry.mentor, entry.mentee))
            except MentorMatchError as error:
                at = Place(field=f"limits.{name}[{place}]")
                defects += [Defect(d.code, at, d.values) for d in error.defects]
        found.append(edges)
    defects += [
        Defect("graph.not-mentor", Place(field=f"limits.seats.{code}"), {"found": code})
        for code in limits.seats
        if code not in graph.mentors
    ]
    if defects:
        raise PolicyError(*defects)
    return found[0], found[1]


def _running(graph: CandidateGraph, pairs: "_Pairs") -> Int64:
    """Find the running pairs whose people are still here and who may still meet."""
    mentors = {code: place for place, code in enumerate(graph.mentors)}
    mentees = {code: place for place, code in enumerate(graph.mentees)}
    cells = [
        mentees[pair.mentee] * len(mentors) + mentors[pair.mentor]
        for pair in graph.policy.limits.running
        if pair.mentor in mentors and pair.mentee in mentees
    ]
    all_cells = pairs.mentee.astype(np.int64) * len(mentors) + pairs.mentor
    here = np.flatnonzero(np.isin(all_cells, np.array(cells, np.int64)))
    return np.setdiff1d(here, pairs.banned)


def _budget(graph: CandidateGraph, pairs: "_Pairs") -> Iterator[Quota]:
    """Bound how many running pairs may be given up, if the policy does."""
    most = graph.policy.limits.max_changes
    if most is not None:
        running = _running(graph, pairs)
        least = max(0, len(running) - most)
        yield Quota(least, max(len(running), 1), counts="pairs", pairs=running)


def _objectives(
    graph: CandidateGraph, goal: Goal, problem: Problem, pairs: _Pairs, clock: Clock | None
) -> Iterator[Objective]:
    """Translate a goal of the policy; ``problem`` holds the goals before it."""
    match goal.type:
        case "cover":
            yield Objective("cover", first=_counted(graph, goal))
        case "fill":
            yield Objective("fill", further=np.ones(problem.mentees, np.int64))
        case "quotas":
            soft = [int(not quota.hard) for quota in graph.policy.limits.quotas]
            soft += [0] * (len(problem.quotas) - len(soft))
            yield Objective("quotas", quota=np.array(soft, np.int64))
        case "points":
            yield Objective("points", pair=pairs.points)
        case "keep":
            kept = np.zeros(problem.size, np.int64)
            kept[_running(graph, pairs)] = 1
            yield Objective("keep", pair=kept)
        case "even":
            yield Objective("even", square=np.ones(problem.mentors, np.int64))
        case "fairness":
            maximum = np.maximum(graph.policy.form_maximum[pairs.form], 1)
            percent = 100 * pairs.points // maximum
            yield from fairness.objectives(goal.how, problem, percent, clock)


def _counted(graph: CandidateGraph, goal: Goal) -> Int64:
    """Tell which mentees a goal counts."""
    if goal.who is None:
        return np.ones(len(graph.mentees), np.int64)
    return graph.cohort.mask(goal.who)[graph.cohort.mentees].astype(np.int64)

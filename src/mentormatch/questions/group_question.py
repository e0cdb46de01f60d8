"""A policy's groups on a candidate graph, as one question about groups in integers.

A mentor of a form without groups is put as so many mentors of one mentee each: what holds
inside a group says nothing about a group of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final, Self

import numpy as np

from mentormatch.column import NumberColumn, SetColumn
from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.grouping import Bools, GroupProblem, Int16, Ladder
from mentormatch.policy.arrays import all_options, chosen, column_as
from mentormatch.policy.groups import GroupForm
from mentormatch.policy.numerals import PER_MILLE, thousandths
from mentormatch.problem import Bounds, Int32, Int64, Problem
from mentormatch.questions.question import Question
from mentormatch.questions.side_limits import mutual_pairs

# Ranks of coverage, weighed against points, stay below this.
LARGEST: Final = 1 << 45


@dataclass(frozen=True, slots=True, eq=False)
class GroupQuestion:
    """What is asked where it matters who is in a group with whom.

    Parameters
    ----------
    pairs
        The same question about pairs alone, which leaves out what holds inside groups.
    problem
        The question in integers.
    ladder
        What its coverage is made of.
    leaders
        The mentor that each mentor of the problem stands for, by position.
    """

    pairs: Question
    problem: GroupProblem
    ladder: Ladder
    leaders: Int64

    @classmethod
    def of(cls, graph: CandidateGraph) -> Self:
        """Put a policy whose groups couple their mentees into integers.

        Raises
        ------
        PolicyError
            With everything that can't be asked of this cohort, and what
            :meth:`Question.of` raises.
        """
        pairs = Question.of(graph)
        defects = [*undecided(pairs), *_beyond(pairs)]
        if defects:
            raise PolicyError(*defects)
        inside = _Inside.of(graph)
        kept = _kept(pairs, inside)
        seats = _Seats.of(pairs, kept)
        counted, required = _coverage(pairs)
        ladder = Ladder.of(counted, required)
        goals = {goal.type for goal in graph.policy.goals}
        points = pairs.points if "points" in goals else np.zeros_like(pairs.points)
        cohesion = inside.cohesion if "points" in goals else 0
        edge, leader = seats.pairs(pairs.problem, kept)
        order = np.lexsort((leader, pairs.problem.mentee[edge]))
        edge, leader = edge[order], leader[order]
        problem = GroupProblem(
            mentee=pairs.problem.mentee[edge],
            mentor=leader.astype(np.int32),
            points=points[edge],
            size=seats.size,
            must=seats.must,
            mentees=pairs.problem.mentees,
            cover=ladder.weights(counted) if counted else None,
            apart=_sets(graph, graph.policy.limits.apart),
            together=_sets(graph, graph.policy.limits.together),
            cohesion=cohesion,
            affinity=inside.affinity if cohesion else None,
            age=inside.age,
            span=inside.span,
            kind=inside.kind,
            kind_most=inside.kind_most,
            **inside.slots_of(seats.mentor, seats.grouped),
        )
        if _is_too_large(problem):
            raise PolicyError.of("policy.groups-ranks", Place(field="goals"))
        return cls(pairs, problem, ladder, seats.mentor)


def _is_too_large(problem: GroupProblem) -> bool:
    """Tell whether ranks of coverage, weighed against points, leave exact integers."""
    if problem.cover is None:
        return False
    largest = int(np.abs(problem.points).max(initial=1)) + PER_MILLE * problem.cohesion
    group = int(problem.size.most.max(initial=1)) * problem.scale * largest
    return int(problem.cover.max(initial=0)) > 1 and group * int(problem.cover.max()) >= LARGEST


def undecided(pairs: Question) -> Iterator[Defect]:
    """Find mentors who could lead a group of one form and take part in another form."""
    graph = pairs.graph
    forms, mentors = graph.policy.forms, len(graph.mentors)
    active = np.zeros((len(forms), mentors), np.bool_)
    active[pairs.form, pairs.problem.mentor] = True
    for first, second in combinations(range(len(forms)), 2):
        lead, other = (first, second) if forms[first].group is not None else (second, first)
        group = forms[lead].group
        if group is None or not (group.couples or forms[other].group or group.size.least > 1):
            continue
        both = np.flatnonzero(active[first] & active[second])
        if len(both):
            values = {
                "count": len(both),
                "example": graph.mentors[int(both[0])],
                "first": forms[lead].id,
                "second": forms[other].id,
            }
            yield Defect("policy.groups-both", Place(field=f"forms[{lead}].mentors"), values)


def _beyond(pairs: Question) -> Iterator[Defect]:
    """Find what groups can't hold on this cohort."""
    graph, problem = pairs.graph, pairs.problem
    policy, cohort = graph.policy, graph.cohort
    in_pairs = _in_pairs(pairs)
    if problem.mentor_parts is not None:
        owners = np.unique(problem.mentor_parts.owner)
        only_pairs = in_pairs & ~_leads_groups(pairs)
        owners = owners[only_pairs[owners] & (_forms_of(pairs)[owners] > 1)]
        if len(owners):
            values = {"count": len(owners), "example": graph.mentors[int(owners[0])]}
            yield Defect("policy.groups-parts", Place(field="forms"), values)
    load = policy.limits.load
    if load.or_none and load.least > 1 and in_pairs.any():
        yield Defect("policy.groups-or-none", Place(field="limits.load"), {"least": load.least})
    mutual = mutual_pairs(graph, problem.mentee, problem.mentor, pairs.form)
    if len(mutual):
        pair = int(mutual[0, 0])
        people = graph.mentors[problem.mentor[pair]], graph.mentees[problem.mentee[pair]]
        values = dict(zip(("first", "second"), sorted(people), strict=True))
        yield Defect("policy.groups-mutual", Place(field="limits.mutual"), values)
    several = in_pairs & (problem.capacity.most > 1)
    allowed = np.zeros((problem.mentees, problem.mentors), np.bool_)
    allowed[problem.mentee, problem.mentor] = True
    for name in ("apart", "together"):
        for place, codes in enumerate(getattr(policy.limits, name)):
            who = [graph.mentees.index(code) for code in codes]
            if (allowed[who].sum(axis=0)[several] > 1).any():
                at = Place(field=f"limits.{name}[{place}]")
                yield Defect("policy.groups-set", at, {"found": ", ".join(codes)})
    place, group = next(
        (place, form.group) for place, form in enumerate(policy.forms) if form.group is not None
    )
    kinds = [cohort.mask(kind.who)[cohort.mentees] for kind in group.at_most]
    twice = int((np.sum(kinds, axis=0) > 1).sum()) if kinds else 0
    if twice:
        at = Place(field=f"forms[{place}].group.at_most")
        yield Defect("policy.groups-kinds", at, {"count": twice})


def _forms_of(pairs: Question) -> Int64:
    """Count the forms in which each mentor has pairs; shape (mentors,)."""
    cells = np.unique(pairs.form.astype(np.int64) * pairs.problem.mentors + pairs.problem.mentor)
    return np.bincount(cells % max(pairs.problem.mentors, 1), minlength=pairs.problem.mentors)


def _meets_in_groups(pairs: Question) -> Bools:
    """Tell which pairs are in a form that meets in groups; shape (pairs,)."""
    grouped = np.array([form.group is not None for form in pairs.graph.policy.forms])
    return np.asarray(grouped[pairs.form], np.bool_)


def _leads_groups(pairs: Question) -> Bools:
    """Tell who could lead a group on this cohort; shape (mentors,)."""
    found = np.zeros(pairs.problem.mentors, np.bool_)
    found[pairs.problem.mentor[_meets_in_groups(pairs)]] = True
    return found


def _least_sizes(pairs: Question) -> Int64:
    """Say how many mentees a mentor of a group has at least; shape (mentors,)."""
    problem = pairs.problem
    least = np.ones(problem.mentors, np.int64) if problem.or_none is None else problem.or_none
    return np.maximum(least, max(1, pairs.graph.policy.limits.load.least))


def _in_pairs(pairs: Question) -> Bools:
    """Tell who mentors in pairs on this cohort; shape (mentors,)."""
    found = np.zeros(pairs.problem.mentors, np.bool_)
    found[pairs.problem.mentor[~_meets_in_groups(pairs)]] = True
    return found


def _coverage(pairs: Question) -> tuple[list[Bools], int]:
    """List whom each goal of coverage counts, limits first, and how many limits demand."""
    problem = pairs.problem
    needed = problem.demand.least > 0
    needed[problem.mentee[problem.pinned]] = True
    if problem.mentee_parts is not None:
        parts = problem.mentee_parts
        needed[parts.owner[parts.bounds.least > 0]] = True
    counted = [goal.first > 0 for goal in problem.objectives if goal.first is not None]
    required = int(needed.sum())
    return ([needed, *counted] if required else counted), required


def _kept(pairs: Question, inside: "_Inside") -> Bools:
    """Tell which pairs may be made: without bans, and beside a pin nothing but the pin."""
    problem = pairs.problem
    kept = np.ones(problem.size, np.bool_)
    kept[problem.banned] = False
    kept &= problem.demand.most[problem.mentee] > 0
    # Who takes fewer than the smallest group leads none.
    few = _leads_groups(pairs) & (_least_sizes(pairs) > problem.capacity.most)
    kept &= ~few[problem.mentor]
    if inside.unknown is not None:
        kept &= ~(_meets_in_groups(pairs) & inside.unknown[problem.mentee])
    # Who is pinned twice, or obliged twice, can't be served: no pair is left.
    for pair in problem.pinned.tolist():
        mine = problem.mentee == problem.mentee[pair]
        mine[pair] = False
        kept &= ~mine
    if (parts := problem.mentee_parts) is not None:
        inside_part = parts.of >= 0
        kept[inside_part] &= parts.bounds.most[parts.of[inside_part]] > 0
        for part in np.flatnonzero(parts.bounds.least > 0).tolist():
            kept &= (problem.mentee != parts.owner[part]) | (parts.of == part)
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class _Seats:
    """Who leads: a mentor of a group once, a mentor of pairs once for every seat.

    Parameters
    ----------
    mentor
        Whom each stands for, by position, ascending; shape (leaders,).
    grouped
        Whether it leads a group; shape (leaders,).
    size
        Least and most mentees; length (leaders,).
    must
        Whether it can't stay free; shape (leaders,).
    """

    mentor: Int64
    grouped: Bools
    size: Bounds
    must: Bools

    @classmethod
    def of(cls, pairs: Question, kept: Bools) -> Self:
        """Count the seats."""
        problem = pairs.problem
        grouped, least = _leads_groups(pairs), _least_sizes(pairs)
        few = grouped & (least > problem.capacity.most)
        lead = problem.capacity.least.copy()
        if problem.mentor_parts is not None:
            parts = problem.mentor_parts
            np.maximum.at(lead, parts.owner, parts.bounds.least)
        candidates = np.bincount(problem.mentor[kept], minlength=problem.mentors)
        seats = np.maximum(np.minimum(problem.capacity.most, candidates), lead)
        seats = np.where(grouped, np.minimum(seats, 1), seats)
        mentor = np.repeat(np.arange(problem.mentors), seats)
        number = np.arange(len(mentor)) - np.repeat(np.cumsum(seats) - seats, seats)
        is_group = grouped[mentor] & ~few[mentor]
        return cls(
            mentor,
            is_group,
            Bounds(
                np.where(is_group, least[mentor], 1),
                np.where(is_group, problem.capacity.most[mentor], 1),
            ),
            number < lead[mentor],
        )

    def pairs(self, problem: Problem, kept: Bools) -> tuple[Int64, Int64]:
        """Give every kept pair to each seat that its mentor has: positions of pairs and seats.

        Seats that must be filled but that the mentor doesn't have get none.
        """
        first = np.searchsorted(self.mentor, np.arange(problem.mentors))
        seats = np.bincount(self.mentor, minlength=problem.mentors)
        edge = np.flatnonzero(kept)
        mentor = problem.mentor[edge]
        count = np.minimum(seats, problem.capacity.most)[mentor]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(edge, count), np.repeat(first[mentor], count) + within


@dataclass(frozen=True, slots=True, eq=False)
class _Inside:
    """What holds and counts inside a group, by position of mentee and mentor."""

    age: Int64 | None = None
    span: int = 0
    unknown: Bools | None = None
    kind: Int32 | None = None
    kind_most: Int64 | None = None
    slots: tuple[Bools, Bools, int] | None = None
    affinity: Int16 | None = None
    cohesion: int = 0

    @classmethod
    def of(cls, graph: CandidateGraph) -> Self:
        """Read it off the answers; all forms with groups say the same."""
        group = next(form.group for form in graph.policy.forms if form.group is not None)
        found = cls()
        if group.age_span is not None:
            column = column_as(graph.cohort, group.age_span.field, NumberColumn)
            column = column.take(graph.cohort.mentees)
            span = int(thousandths(group.age_span.most) * column.unit // PER_MILLE)
            age = np.where(column.answered, column.values, 0).astype(np.int64)
            found = replace(found, age=age, span=span, unknown=~column.answered)
        if group.at_most:
            kind = np.full(len(graph.mentees), -1, np.int32)
            for place, entry in enumerate(group.at_most):
                kind[graph.cohort.mask(entry.who)[graph.cohort.mentees]] = place
            most = np.array([entry.most for entry in group.at_most], np.int64)
            found = replace(found, kind=kind, kind_most=most)
        if group.common_slots is not None:
            mine, theirs = (
                column_as(graph.cohort, field, SetColumn)
                for field in (group.common_slots.mentee_field, group.common_slots.mentor_field)
            )
            options = all_options(mine, theirs)
            mentees = chosen(mine, options)[graph.cohort.mentees] > 0
            mentors = chosen(theirs, options)[graph.cohort.mentors] > 0
            found = replace(found, slots=(mentees, mentors, group.common_slots.least))
        affinity, cohesion = _affinity(graph, group)
        return replace(found, affinity=affinity, cohesion=cohesion)

    def slots_of(self, mentor: Int64, grouped: Bools) -> dict[str, Any]:
        """Return common time for leaders; who mentors a single mentee shares slots of no clock."""
        if self.slots is None:
            return {}
        mentees, mentors, common = self.slots
        always = np.ones((len(mentees), common), np.bool_)
        alone = np.repeat(~grouped[:, None], common, axis=1)
        return {
            "mentee_slots": np.hstack([mentees, always]),
            "mentor_slots": np.hstack([mentors[mentor], alone]),
            "common": common,
        }


def _affinity(graph: CandidateGraph, group: GroupForm) -> tuple[Int16 | None, int]:
    """Say how well any two mentees suit each other, in per mille, and what that weighs.

    Where one asks more of the other than the other of the one, the mean counts; several
    criteria make one by their weights. Both are rounded down.
    """
    weights = {name: int(thousandths(weight)) for name, weight in group.cohesion.items()}
    whole = sum(weights.values())
    if whole == 0:
        return None, 0
    who = graph.cohort.mentees.astype(np.intp)
    total = np.zeros((len(who), len(who)), np.int64)
    for criterion in graph.policy.criteria:
        if weights.get(criterion.id):
            raw = criterion.bind(graph.cohort).raw(who, who).astype(np.int64)
            total += weights[criterion.id] * ((raw + raw.T) // 2)
    affinity = (total // whole).astype(np.int16)
    np.fill_diagonal(affinity, 0)
    return affinity, whole


def _sets(graph: CandidateGraph, sets: tuple[tuple[str, ...], ...]) -> Int32:
    """List every two mentees of a set by position; shape (k, 2)."""
    rows = [
        (graph.mentees.index(first), graph.mentees.index(second))
        for codes in sets
        for first, second in combinations(codes, 2)
    ]
    return np.array(rows, np.int32).reshape(-1, 2)

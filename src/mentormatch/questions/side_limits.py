"""Limits that tie several pairs together: quotas, people kept apart or together, mutual pairs."""

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.problem import Int32, Int64, Quota


def quotas_of(graph: CandidateGraph) -> tuple[Quota, ...]:
    """Translate the policy's quotas: whom each counts, by position, and its numbers."""
    cohort = graph.cohort
    mentors = np.full(len(cohort), -1)
    mentors[cohort.mentors] = np.arange(len(graph.mentors))
    mentees = np.full(len(cohort), -1)
    mentees[cohort.mentees] = np.arange(len(graph.mentees))
    quotas = []
    for limit in graph.policy.limits.quotas:
        who = cohort.mask(limit.who)
        nobody = np.zeros(len(cohort), np.bool_)
        mine = nobody if limit.role == "mentee" else who & (mentors >= 0)
        theirs = nobody if limit.role == "mentor" else who & (mentees >= 0)
        both = mine & theirs
        least, most = limit.bounds(cohort)
        everybody = len(mentors) if limit.counts == "people" else len(graph.mentors) * len(mentees)
        quotas.append(
            Quota(
                least=least if limit.hard else 0,
                most=everybody if most is None else most,
                mentors=mentors[mine],
                mentees=mentees[theirs],
                counts=limit.counts,
                same=np.stack([mentors[both], mentees[both]], axis=1),
                wanted=0 if limit.hard else least,
            )
        )
    return tuple(quotas)


def mutual_pairs(
    graph: CandidateGraph, mentee: Int32, mentor: Int32, form: NDArray[np.int16]
) -> Int64:
    """Find pairs of pairs in which two people would mentor each other; shape (k, 2)."""
    nothing = np.empty((0, 2), np.int64)
    if graph.policy.limits.mutual:
        return nothing
    equals = np.array([form.between_equals or form.peers for form in graph.policy.forms])
    row, col = graph.cohort.mentees[mentee], graph.cohort.mentors[mentor]
    both = graph.cohort.is_mentor & graph.cohort.is_mentee
    places = np.flatnonzero(both[row] & both[col] & ~equals[form])
    size = len(graph.cohort)
    there = row[places].astype(np.int64) * size + col[places]
    back = col[places].astype(np.int64) * size + row[places]
    order = np.argsort(there)
    found = np.searchsorted(there, back, sorter=order)
    partner = order[np.minimum(found, len(order) - 1)] if len(order) else order
    mutual = np.flatnonzero(there[partner] == back) if len(order) else order
    pairs = np.stack([places[mutual], places[partner[mutual]]], axis=1)
    return pairs[pairs[:, 0] < pairs[:, 1]] if len(pairs) else nothing


@dataclass(frozen=True, slots=True, eq=False)
class PeopleSets:
    """Sets of mentees kept apart or together, as pairs that exclude or need each other.

    Parameters
    ----------
    apart
        Rows of two pairs that give the same mentor to two mentees who are kept apart.
    together
        Rows of two pairs of which both or neither is made.
    alone
        Pairs whose mentor could not take the other mentees of a set.
    """

    apart: Int64
    together: Int64
    alone: Int64

    @classmethod
    def of(cls, graph: CandidateGraph, mentee: Int32, mentor: Int32) -> Self:
        """Translate the sets of the graph's policy.

        Raises
        ------
        PolicyError
            When a set names somebody who is no mentee, with every such place.
        """
        limits = graph.policy.limits
        defects = [
            Defect("policy.no-mentee", Place(field=f"limits.{name}[{place}]"), {"found": code})
            for name, sets in (("apart", limits.apart), ("together", limits.together))
            for place, codes in enumerate(sets)
            for code in codes
            if code not in graph.mentees
        ]
        if defects:
            raise PolicyError(*defects)
        nobody = np.empty((0, 2), np.int64)
        apart, together, alone = [nobody], [nobody], [np.empty(0, np.int64)]
        for codes in limits.apart:
            for first, second in combinations(map(graph.mentees.index, codes), 2):
                apart.append(_same_mentor(mentee, mentor, first, second)[0])
        for codes in limits.together:
            for first, second in pairwise(map(graph.mentees.index, codes)):
                both, lonely = _same_mentor(mentee, mentor, first, second)
                together.append(both)
                alone.append(lonely)
        return cls(np.concatenate(apart), np.concatenate(together), np.concatenate(alone))


def _same_mentor(mentee: Int32, mentor: Int32, first: int, second: int) -> tuple[Int64, Int64]:
    """Couple the pairs of two mentees that have the same mentor, and list those that have none."""
    spans = [np.arange(*np.searchsorted(mentee, [who, who + 1])) for who in (first, second)]
    mine, theirs = (mentor[span] for span in spans)
    _, left, right = np.intersect1d(mine, theirs, return_indices=True)
    both = np.stack([spans[0][left], spans[1][right]], axis=1)
    return both, np.setdiff1d(np.concatenate(spans), both.ravel())

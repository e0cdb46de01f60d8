"""How many pairs everybody may have: over all forms, within each, and of some sort of mentee."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.condition import Condition
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.policy.limits import PerMentor
from mentormatch.problem import Bounds, Int32, Int64, Parts

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """Seats and demands of everybody.

    Parts come from forms, by position in the policy, and then from its ``per_mentor``.

    Parameters
    ----------
    capacity, demand
        Bounds on everybody's pairs; lengths (mentors,) and (mentees,).
    mentor_parts, mentee_parts
        Bounds on parts of them that have no pair in common.
    crossing
        Bounds on further parts of mentors' pairs.
    or_none
        What a mentor takes at least who takes anybody; shape (mentors,), None for 1.
    """

    capacity: Bounds
    demand: Bounds
    mentor_parts: Parts | None
    mentee_parts: Parts | None
    crossing: tuple[Parts, ...]
    or_none: Int64 | None

    @classmethod
    def of(
        cls, graph: CandidateGraph, mentee: Int32, mentor: Int32, form: NDArray[np.int16]
    ) -> Self:
        """Read the seats of the graph's policy, for pairs of these people in these forms."""
        cohort, policy = graph.cohort, graph.policy
        total, load = policy.limits.demand, policy.limits.load
        mentors, mentees = len(graph.mentors), len(graph.mentees)
        most = mentors if total.most is None else min(total.most, mentors)
        mentor_forms = _in_forms(graph, [form.mentors for form in policy.forms], cohort.mentors)
        mentee_forms = _in_forms(graph, [form.mentees for form in policy.forms], cohort.mentees)
        capacity, mentor_parts = _bounded(
            Bounds(np.full(mentors, 0 if load.or_none else load.least), graph.own_capacity),
            _forms_with_seats(graph),
            mentor_forms,
            mentor,
            form,
        )
        demand, mentee_parts = _bounded(
            Bounds(np.full(mentees, total.least), np.full(mentees, most)),
            np.repeat(graph.form_demand[:, :, None], mentees, axis=2),
            mentee_forms,
            mentee,
            form,
        )
        crossing = []
        for place, entry in enumerate(policy.limits.per_mentor, start=len(policy.forms)):
            parts = _per_mentor(graph, entry, place, mentee, mentor)
            mentor_parts, rest = _united(mentor_parts, parts, mentors)
            crossing += [] if rest is None else [rest]
        enough = np.full(mentors, load.least if load.or_none else 0)
        for place, each in enumerate(policy.forms):
            if each.group is not None:
                here = mentor[form == place]
                enough[here] = np.maximum(enough[here], each.group.size.least)
        or_none = enough if (enough > 1).any() else None
        return cls(capacity, demand, mentor_parts, mentee_parts, tuple(crossing), or_none)


def _in_forms(graph: CandidateGraph, conditions: list[Condition], people: Any) -> Bools:
    """Tell who satisfies each form's condition on one side; shape (forms, people)."""
    return np.stack([graph.cohort.mask(condition)[people] for condition in conditions])


def _forms_with_seats(graph: CandidateGraph) -> Int64:
    """Bound each mentor in each form; seats decided by hand go before. (forms, 2, mentors)."""
    bounds = np.repeat(graph.form_capacity[:, :, None], len(graph.mentors), axis=2)
    bounds[:, 1] = np.maximum(bounds[:, 1], graph.decided_seats)
    return bounds


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
    most = np.where(active, per_form[:, 1], 0)
    bounds = Bounds(total.least, np.minimum(total.most, most.sum(axis=0)))
    binding = active & (per_form[:, 1] < bounds.most) & (active.sum(axis=0) > 1)
    obliged = eligible & (per_form[:, 0] > 0)
    cells = np.flatnonzero(binding | obliged)
    if not len(cells):
        return bounds, None
    part_form, owner = np.divmod(cells, people)
    part_of = np.full(forms * people, -1, np.int32)
    part_of[cells] = np.arange(len(cells), dtype=np.int32)
    least = np.where(obliged[part_form, owner], per_form[part_form, 0, owner], 0)
    return bounds, Parts(
        of=part_of[form.astype(np.int64) * people + person],
        owner=owner.astype(np.int32),
        bounds=Bounds(least, per_form[part_form, 1, owner]),
        limit=part_form.astype(np.int32),
    )


def _per_mentor(
    graph: CandidateGraph, entry: PerMentor, place: int, mentee: Int32, mentor: Int32
) -> Parts:
    """Make a part of every mentor whom an entry of ``per_mentor`` is about."""
    cohort = graph.cohort
    owner = np.flatnonzero(cohort.mask(entry.mentors)[cohort.mentors]).astype(np.int32)
    part = np.full(len(graph.mentors), -1, np.int32)
    part[owner] = np.arange(len(owner), dtype=np.int32)
    counts = cohort.mask(entry.mentees)[cohort.mentees]
    most = len(graph.mentees) if entry.most is None else entry.most
    return Parts(
        of=np.where(counts[mentee], part[mentor], np.int32(-1)),
        owner=owner,
        bounds=Bounds(np.full(len(owner), entry.least), np.full(len(owner), most)),
        limit=np.full(len(owner), place, np.int32),
        if_any=entry.or_none,
    )


def _united(parts: Parts | None, more: Parts, people: int) -> tuple[Parts | None, Parts | None]:
    """Put as many parts as possible beside those that are there; return the others apart.

    A flow holds a person's parts that have no pair in common; the others cross.
    """
    if more.if_any:
        return parts, more
    if parts is None:
        return more, None
    taken = np.zeros(len(more.owner), np.bool_)
    taken[more.of[(more.of >= 0) & (parts.of >= 0)]] = True
    beside, across = _some(more, ~taken), _some(more, taken)
    if not len(beside.owner):
        return parts, across
    both = parts, beside
    united = Parts(
        of=np.where(beside.of >= 0, beside.of + np.int32(len(parts.owner)), parts.of),
        owner=np.concatenate([each.owner for each in both]),
        bounds=Bounds(
            np.concatenate([each.bounds.least for each in both]),
            np.concatenate([each.bounds.most for each in both]),
        ),
        limit=np.concatenate([each.limit for each in both if each.limit is not None]),
    )
    return united, across if len(across.owner) else None


def _some(parts: Parts, kept: Bools) -> Parts:
    """Keep some parts."""
    number = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    return replace(
        parts,
        of=np.where(parts.of >= 0, number[parts.of], np.int32(-1)),
        owner=parts.owner[kept],
        bounds=Bounds(parts.bounds.least[kept], parts.bounds.most[kept]),
        limit=None if parts.limit is None else parts.limit[kept],
    )

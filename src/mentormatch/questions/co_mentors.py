"""Who stands beside the mentors of groups, chosen once the groups are made."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mentormatch.analysis.proof import settle
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.grouping import Bools
from mentormatch.matching import Group, Pair
from mentormatch.policy.forms import Form
from mentormatch.problem import Bounds, Int64, Objective, Problem


def with_co_mentors(
    graph: CandidateGraph, pairs: Sequence[Pair], groups: Sequence[Group]
) -> tuple[Group, ...]:
    """Give as many groups as possible a co-mentor, and those with the most points together.

    A co-mentor satisfies the form's condition, mentors nobody in this round, and is allowed
    by the rules and bans to mentor every mentee of the group. Nobody stands beside two mentors.
    Those whom the policy lets stay beside a mentor come first.
    """
    busy = {pair.mentor for pair in pairs}
    free = np.array([code not in busy for code in graph.mentors], np.bool_) & (
        graph.own_capacity > 0
    )
    columns = {code: col for col, code in enumerate(graph.mentors)}
    stays = {
        entry.mentor: columns[entry.co_mentor]
        for entry in graph.policy.limits.co_mentors
        if entry.co_mentor in columns and entry.co_mentor not in busy
    }
    free[[stays[group.mentor] for group in groups if group.mentor in stays]] = False
    given: dict[int, str] = {}
    cells: list[tuple[int, int, int]] = []
    for form in graph.policy.forms:
        if form.group is None or form.group.co_mentor is None:
            continue
        allowed, points = _beside(graph, form)
        for place, group in enumerate(groups):
            if group.form == form.id:
                who = [graph.mentees.index(code) for code in group.mentees]
                fit: Bools = np.logical_and.reduce(allowed[who], axis=0)
                if group.mentor in stays and fit[stays[group.mentor]]:
                    given[place] = graph.mentors[stays[group.mentor]]
                    continue
                fit = fit & free
                total = points[who].sum(axis=0)
                cells += [(place, col, int(total[col])) for col in np.flatnonzero(fit).tolist()]
    if cells:
        given |= _dealt(cells, graph, len(groups))
    return tuple(replace(group, co_mentor=given.get(place)) for place, group in enumerate(groups))


def _dealt(
    cells: Sequence[tuple[int, int, int]], graph: CandidateGraph, places: int
) -> dict[int, str]:
    """Give as many groups as possible one of those who fit: (group, mentor, points) each."""
    table = np.array(cells, np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    mentors = len(graph.mentors)
    problem = Problem(
        mentee=table[:, 0].astype(np.int32),
        mentor=table[:, 1].astype(np.int32),
        capacity=Bounds(np.zeros(mentors, np.int64), np.ones(mentors, np.int64)),
        demand=Bounds(np.zeros(places, np.int64), np.ones(places, np.int64)),
        objectives=(
            Objective("cover", first=np.ones(places, np.int64)),
            Objective("points", pair=table[:, 2]),
        ),
    )
    return {
        int(problem.mentee[pair]): graph.mentors[int(problem.mentor[pair])]
        for pair in settle(problem).chosen.tolist()
    }


def _beside(graph: CandidateGraph, form: Form) -> tuple[Bools, Int64]:
    """Ask the rules of a form about those who may stand beside its mentors; (mentees, mentors)."""
    assert form.group is not None
    assert form.group.co_mentor is not None
    other = form.model_copy(update={"mentors": form.group.co_mentor.who, "group": None})
    asked = build_graph(graph.cohort, graph.policy.model_copy(update={"forms": (other,)}))
    allowed = np.zeros((len(graph.mentees), len(graph.mentors)), np.bool_)
    points = np.zeros(allowed.shape, np.int64)
    allowed[asked.mentee, asked.mentor] = True
    points[asked.mentee, asked.mentor] = asked.points()
    for ban in graph.policy.limits.bans:
        if ban.mentor in graph.mentors and ban.mentee in graph.mentees:
            allowed[graph.mentees.index(ban.mentee), graph.mentors.index(ban.mentor)] = False
    return allowed, points

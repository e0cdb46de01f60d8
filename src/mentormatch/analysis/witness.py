"""From what the solvers leave behind to prices that prove it, and back."""

import numpy as np

from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.outcome import Witness
from mentormatch.errors import SolverFault
from mentormatch.network.model import HUB, Layout
from mentormatch.network.repair import Start
from mentormatch.problem import Int64, Problem
from mentormatch.solvers.branching import Node
from mentormatch.solvers.clock import Clock
from mentormatch.solvers.cuts import blocking_set


def witness_of(node: Node, clock: Clock | None, *, certify: bool) -> Witness | None:
    """Turn a tree of solved cases into a proof."""
    if not certify:
        return None
    if node.kind is not None:
        left, right = (witness_of(child, clock, certify=True) for child in node.children)
        assert left is not None
        assert right is not None
        return Split(node.kind, node.index, left, right)
    if node.refuted_by is not None:
        place, price = node.refuted_by
        refutation = certificate_of(node.problem, np.zeros((Layout.of(node.problem).nodes, 1), int))
        refutation.quotas[place] = price
        return refutation
    if node.solution is None:
        return _refuted(node.problem, clock)
    assert node.solution.labels is not None
    return certificate_of(node.problem, node.solution.labels)


def _refuted(problem: Problem, clock: Clock | None) -> Certificate:
    refutation = refutation_of(problem, clock)
    if refutation is None:
        raise SolverFault.of("solver.refused", reason="refutation")
    return refutation


def refutation_of(problem: Problem, clock: Clock | None = None) -> Certificate | None:
    """Find prices that prove a problem infeasible; None when a flow keeps its limits."""
    inside = blocking_set(problem, clock)
    if inside is None:
        return None
    return certificate_of(problem, inside.astype(np.int64)[:, None])


def certificate_of(problem: Problem, labels: Int64) -> Certificate:
    """Read prices off the potentials of a problem's nodes; shape (nodes, goals).

    A mentor's price is the potential above the hub's and a mentee's the one below it, so
    that a pair's reduced gain is its gain less both prices. A quota costs the difference
    to the next outer one.
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, mentee_quota, mentor_quota, end = layout.starts
    label = labels - labels[HUB]
    quotas = np.zeros((len(problem.quotas), labels.shape[1]), np.int64)
    for family, start, way in (
        (layout.mentee_quotas, mentee_quota, -1),
        (layout.mentor_quotas, mentor_quota, 1),
    ):
        for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
            outer = label[HUB if parent < 0 else start + parent]
            quotas[place] = way * (label[start + number] - outer)
    assert end == len(labels)
    return Certificate(
        mentors=label[mentor:mentee_part],
        mentees=-label[mentee:mentor],
        mentor_parts=label[mentor_part:mentee_quota],
        mentee_parts=-label[mentee_part:mentor_part],
        quotas=quotas,
    )


def start_from(problem: Problem, chosen: Int64, prices: Certificate) -> Start:
    """Turn known prices back into potentials: the reverse of :func:`certificate_of`.

    Parameters
    ----------
    problem
        The question now.
    chosen
        Positions of the pairs chosen before, as far as they still exist.
    prices
        Guesses of the shape that a certificate of the problem has.
    """
    layout = Layout.of(problem)
    mentee, mentor, mentee_part, mentor_part, mentee_quota, mentor_quota, end = layout.starts
    labels = np.zeros((end, prices.mentors.shape[1]), np.int64)
    labels[mentee:mentor] = -prices.mentees
    labels[mentor:mentee_part] = prices.mentors
    labels[mentee_part:mentor_part] = -prices.mentee_parts
    labels[mentor_part:mentee_quota] = prices.mentor_parts
    for family, start, way in (
        (layout.mentee_quotas, mentee_quota, -1),
        (layout.mentor_quotas, mentor_quota, 1),
    ):
        for number, (place, parent) in enumerate(zip(family.quotas, family.parents, strict=True)):
            outer = labels[HUB if parent < 0 else start + parent]
            labels[start + number] = outer + way * prices.quotas[place]
    return Start(chosen, labels)

"""From a cohort and a policy to a proven result."""

from collections.abc import Callable

from mentormatch.analysis.proof import settle
from mentormatch.cohort import Cohort
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.policy.policy import Policy
from mentormatch.question import Question
from mentormatch.result import Result
from mentormatch.solvers.clock import check_limit, started

Progress = Callable[[int, int], None]


def match(
    cohort: Cohort,
    policy: Policy,
    *,
    time_limit: float | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Result:
    """Match mentees to mentors as well as the policy allows, with proof.

    Parameters
    ----------
    cohort
        The people and their answers.
    policy
        Rules, criteria, limits and goals.
    time_limit
        Seconds for the search, above 0; scoring the pairs isn't counted. When they are over,
        or at Ctrl-C, the best so far is the result: see :doc:`/how-to/set-a-time-limit`.
        ``math.inf`` gives all the time there is and hears Ctrl-C. None is quickest, and
        hears Ctrl-C only between two solves.
    seed
        Draw lots among equal optima. None takes one of them without lots: always the same
        for the same people and library, whatever the order of rows.
    progress
        Called with the number of mentees scored and the number of all.

    Returns
    -------
    Result
        Also when nothing is possible: ask its ``status``.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the questionnaire, or pins or bans name people who
        aren't there, with every defect.
    MentorMatchError
        When the time limit is no number above 0.
    """
    check_limit(time_limit)  # before any work
    graph = build_graph(cohort, policy, progress=progress)
    return match_graph(graph, time_limit=time_limit, seed=seed)


def match_graph(
    graph: CandidateGraph,
    policy: Policy | None = None,
    *,
    time_limit: float | None = None,
    seed: int | None = None,
) -> Result:
    """Match on a graph that was built before, perhaps with other weights or limits.

    Parameters
    ----------
    graph
        The candidates with their raw scores, which are used again.
    policy
        The policy; None for the one the graph was built with.
    time_limit, seed
        As in :func:`match`.

    Raises
    ------
    PolicyError
        When the policy admits other pairs or scores them otherwise, so that the graph
        must be built anew; when it doesn't fit the questionnaire; when pins or bans name
        people who aren't there.
    MentorMatchError
        When the time limit is no number above 0.
    """
    if policy is not None:
        policy.check(graph.cohort.questionnaire)
        graph = graph.under(policy)
    with started(time_limit) as clock:
        question = Question.of(graph, seed, clock)
        return Result.of(question, settle(question.problem, clock=clock))

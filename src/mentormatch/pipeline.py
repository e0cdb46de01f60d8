"""From a cohort and a policy to a proven result."""

from collections.abc import Callable
from dataclasses import replace

from mentormatch.analysis.group_answer import Grouping
from mentormatch.analysis.group_proof import settle_groups
from mentormatch.analysis.proof import settle
from mentormatch.cohort import Cohort
from mentormatch.errors import PolicyError
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.group_question import GroupQuestion, undecided
from mentormatch.policy.policy import Policy
from mentormatch.question import Question
from mentormatch.result import Result
from mentormatch.solvers.groups.engine import Entry

Progress = Callable[[int, int], None]
Watch = Callable[[float, str, int, int | None], None]


def match(
    cohort: Cohort,
    policy: Policy,
    *,
    seed: int | None = None,
    time_limit: float | None = None,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Result:
    """Match mentees to mentors as well as the policy allows, with proof.

    Parameters
    ----------
    cohort
        The people and their answers.
    policy
        Rules, criteria, limits and goals.
    seed
        Draw lots among equal optima. None takes one of them without lots: always the same
        for the same people and library, whatever the order of rows. Where it matters who
        is in a group with whom there are no lots; the seed steers the search.
    time_limit
        Seconds after which the search for such groups returns the best so far, with a
        bound. So does Ctrl-C.
    progress
        Called with the number of mentees scored and the number of all.
    watch
        Called whenever that search comes further: with the seconds passed, the goal
        (``lead`` for mentors who must have a group, ``cover`` or ``points``), its value
        and a bound on it, None if there is none yet. Points are whole ones; ranks of
        coverage are counted as one number.

    Returns
    -------
    Result
        Also when nothing is possible: ask its ``status``.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the questionnaire, or pins or bans name people who
        aren't there, with every defect.
    """
    graph = build_graph(cohort, policy, progress=progress)
    return match_graph(graph, seed=seed, time_limit=time_limit, watch=watch)


def match_graph(
    graph: CandidateGraph,
    policy: Policy | None = None,
    *,
    seed: int | None = None,
    time_limit: float | None = None,
    watch: Watch | None = None,
) -> Result:
    """Match on a graph that was built before, perhaps with other weights or limits.

    Parameters
    ----------
    graph
        The candidates with their raw scores, which are used again.
    policy
        The policy; None for the one the graph was built with.
    seed, time_limit, watch
        As in :func:`match`.

    Raises
    ------
    PolicyError
        When the policy admits other pairs or scores them otherwise, so that the graph
        must be built anew; when pins or bans name people who aren't there.
    """
    graph = graph if policy is None else graph.under(policy)
    if graph.policy.couples:
        return _match_groups(graph, seed, time_limit, watch)
    question = Question.of(graph, seed)
    if defects := tuple(undecided(question)):
        raise PolicyError(*defects)
    return Result.of(question, settle(question.problem))


def _match_groups(
    graph: CandidateGraph, seed: int | None, time_limit: float | None, watch: Watch | None
) -> Result:
    """Match where it matters who is in a group with whom."""
    question = GroupQuestion.of(graph)
    problem = question.problem

    def tell(entry: Entry) -> None:
        assert watch is not None
        unit = problem.scale if entry.goal == "points" else 1
        bound = None if entry.bound is None else -(-entry.bound // unit)
        watch(entry.seconds, entry.goal, entry.value // unit, bound)

    outcome = settle_groups(
        problem,
        time_limit=time_limit,
        seed=seed or 0,
        progress=None if watch is None else tell,
    )
    grouping = Grouping(problem, outcome, question.ladder, question.leaders)
    result = Result.of(question.pairs, grouping.settled(question.pairs.problem), grouping)
    return replace(result, seed=seed)

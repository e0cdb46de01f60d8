"""From a cohort and a policy to a proven result."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from mentormatch.analysis.group_answer import Grouping
from mentormatch.analysis.group_proof import settle_groups
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.proof import settle
from mentormatch.analysis.stability import BestFor
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.matching import Pair, Status
from mentormatch.network.repair import Start
from mentormatch.policy.policy import Policy
from mentormatch.questions.group_question import GroupQuestion, undecided
from mentormatch.questions.lots import seed_of
from mentormatch.questions.market import settle_market, stability_of
from mentormatch.questions.question import Question
from mentormatch.result import Result
from mentormatch.solvers.clock import Clock, check_limit, started
from mentormatch.solvers.groups.engine import Entry

Progress = Callable[[int, int], None]
Watch = Callable[[float, str, int, int | None], None]
Solver = Literal["best", "stable"]


def match(
    cohort: Cohort,
    policy: Policy,
    *,
    time_limit: float | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    watch: Watch | None = None,
    solver: Solver = "best",
    best_for: BestFor = "mentees",
    only_named: bool = False,
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
        for the same people and library, whatever the order of rows. Where it matters who
        is in a group with whom there are no lots; the seed steers the search.
    progress
        Called with the number of mentees scored and the number of all.
    watch
        Called whenever the search for such groups comes further: with the seconds passed, the goal
        (``lead`` for mentors who must have a group, ``cover`` or ``points``), its value
        and a bound on it, None if there is none yet. Points are whole ones; ranks of
        coverage are counted as one number.
    solver
        ``best`` reaches the policy's goals. ``stable`` asks instead that no mentor and mentee
        would both rather have each other (Gale and Shapley 1962): everybody prefers those
        they named, in that order, then the others by points; equal points are decided by lot.
        The question in which they name people is that of the first ``mutual-choice`` criterion.
    best_for
        With ``stable``: ``mentees`` or ``mentors``, who each get the best that any stable
        matching gives them.
    only_named
        With ``stable``: leave out every pair of which either didn't name the other.

    Returns
    -------
    Result
        Also when nothing is possible: ask its ``status``.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the questionnaire, or pins or bans name people who
        aren't there, or it has limits that a stable matching can't hold, with every defect;
        when an option isn't known or doesn't go with the solver.
    MentorMatchError
        When the time limit is no number above 0, or the seed no whole number.
    """
    check_limit(time_limit)  # before any work
    seed_of(seed)
    _check_options(solver, best_for, only_named=only_named)
    graph = build_graph(cohort, policy, progress=progress)
    return match_graph(
        graph,
        time_limit=time_limit,
        seed=seed,
        watch=watch,
        solver=solver,
        best_for=best_for,
        only_named=only_named,
    )


def match_graph(
    graph: CandidateGraph,
    policy: Policy | None = None,
    *,
    time_limit: float | None = None,
    seed: int | None = None,
    watch: Watch | None = None,
    solver: Solver = "best",
    best_for: BestFor = "mentees",
    only_named: bool = False,
) -> Result:
    """Match on a graph that was built before, perhaps with other weights or limits.

    Parameters
    ----------
    graph
        The candidates with their raw scores, which are used again.
    policy
        The policy; None for the one the graph was built with.
    time_limit, seed, watch, solver, best_for, only_named
        As in :func:`match`.

    Raises
    ------
    PolicyError
        When the policy admits other pairs or scores them otherwise, so that the graph
        must be built anew; when it doesn't fit the questionnaire; when pins or bans name
        people who aren't there, or it has limits that a stable matching can't hold.
    MentorMatchError
        When the time limit is no number above 0, or the seed no whole number.
    """
    _check_options(solver, best_for, only_named=only_named)
    check_limit(time_limit)
    seed = seed_of(seed)
    if policy is not None:
        policy.check(graph.cohort.questionnaire)
        graph = graph.under(policy)
    if graph.policy.couples and solver == "best":
        return _match_groups(graph, seed, time_limit, watch)
    with started(time_limit) as clock:
        question = Question.of(graph, seed, clock)
        if defects := tuple(undecided(question)):
            raise PolicyError(*defects)
        if solver == "best":
            return Result.of(*settled(question, clock))
    stability = stability_of(graph, question.problem, best_for=best_for, only_named=only_named)
    return Result.of(question, settle_market(question, stability))


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
        seed=(seed or 0) % 2**31,  # what its solvers take
        progress=None if watch is None else tell,
    )
    grouping = Grouping(problem, outcome, question.ladder, question.leaders)
    result = Result.of(question.pairs, grouping.settled(question.pairs.problem), grouping)
    return replace(result, seed=seed)


def _check_options(solver: str, best_for: str, *, only_named: bool) -> None:
    """Refuse what no solver knows, and what would be passed over."""
    defects = [
        Defect("stable.option", Place(field=name), {"found": found, "names": ", ".join(names)})
        for name, found, names in (
            ("solver", solver, get_args(Solver)),
            ("best_for", best_for, get_args(BestFor)),
        )
        if found not in names
    ]
    if solver == "best" and (best_for != "mentees" or only_named):
        name = "only_named" if only_named else "best_for"
        defects.append(Defect("stable.only-there", Place(field=name)))
    if defects:
        raise PolicyError(*defects)


def settled(
    question: Question, clock: Clock | None = None, start: Start | None = None
) -> tuple[Question, Outcome]:
    """Settle a question; equals have been paired before, and what is left may be impossible.

    Parameters
    ----------
    question
        What is asked, by pairs.
    clock
        A time limit, if there is one.
    start
        What is known from a similar question.
    """
    outcome = settle(question.problem, clock=clock, start=start)
    if question.peers is None:
        return question, outcome
    if outcome.status is not Status.INFEASIBLE:
        return question, question.peers.joined_to(outcome) if outcome.levels else outcome
    # Whether another pairing, or none, would leave more: impossible is only what is so with
    # everything allowed.
    whole = Question.of(question.graph, question.seed, clock, peers=False)
    best = settle(whole.problem, clock=clock)
    if best.status is Status.INFEASIBLE:
        return whole, best
    stuck = replace(outcome, status=Status.NO_SOLUTION, proof="best_found", witness=None)
    return question, replace(stuck, engine="peers")


def blocking_pairs(result: Result, *, only_named: bool = False) -> tuple[Pair, ...]:
    """List the pairs that would both rather have each other, in whatever matching.

    That two people stand here says that both would gain, not what either of them chose.

    Parameters
    ----------
    result
        Best, stable or made by hand with pins.
    only_named
        Whether people want only those whom they have named and who have named them;
        otherwise anybody they may meet is better than nobody.

    Returns
    -------
    tuple
        Pairs that keep every rule, ban and floor, in the order of codes, with the points
        they would have. Seats and the bounds of forms are kept, other limits aren't looked
        at. Whom a pin has decided about is left out. Empty: the matching is stable.

    Raises
    ------
    ParticipantError
        When the result came from a file without its cohort.
    PolicyError
        When no criterion says which question people are named in, or that question is
        restricted.
    """
    return result.blocking_pairs(only_named=only_named)

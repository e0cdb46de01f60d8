"""Matching again in mid-year: pairs that run are kept where they can be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, ParticipantError, Place, PolicyError, check_count
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.matching import Level, Pair, Status
from mentormatch.messages import Language, percent, text
from mentormatch.pipeline import settled
from mentormatch.policy.goals import Goal
from mentormatch.policy.limits import Ban, CodePair, Running, forget
from mentormatch.policy.policy import Policy, with_limits
from mentormatch.questions.question import Question
from mentormatch.result import Result
from mentormatch.scenario import code_pairs, known

if TYPE_CHECKING:
    import pandas as pd

_MOST_POINTS = 12


def rematch(
    previous: Result | Iterable[CodePair | Pair],
    cohort: Cohort,
    policy: Policy,
    *,
    max_changes: int | None = None,
    broken: Iterable[CodePair | Pair] = (),
    seed: int | None = None,
) -> Result:
    """Match again after people left, came or changed their answers.

    A change is a running pair that is given up though both people are still here and may
    still meet. Changes harm, so as few as possible are made; then comes what the policy
    puts first. With ``max_changes`` it is the other way round: the policy's goals come
    first, within so many changes, and then fewer changes.

    Parameters
    ----------
    previous
        The matching that runs: a result, or its pairs (mentor, mentee).
    cohort
        The people who are here now.
    policy
        The policy now. What it decides about people who have left is forgotten. A goal
        "keep" of its own stays where it stands.
    max_changes
        At most so many changes.
    broken
        Running pairs (mentor, mentee) that ended badly: they don't count as changes and
        aren't made again.
    seed
        As in ``match``.

    Returns
    -------
    Result
        Proven like any other; INFEASIBLE when more changes than ``max_changes`` are needed.

    Raises
    ------
    ParticipantError
        When a broken pair isn't one of the previous ones, or a previous one is written the
        other way round, with every such pair.
    PolicyError
        As ``match`` does.
    MentorMatchError
        When ``max_changes`` is no whole number from 0 on, or the seed no whole number.
    """
    return _rematched(build_graph(cohort, policy), previous, max_changes, broken, seed)


def _rematched(
    graph: CandidateGraph,
    previous: Result | Iterable[CodePair | Pair],
    max_changes: int | None,
    broken: Iterable[CodePair | Pair],
    seed: int | None,
) -> Result:
    policy = policy_of_rematch(graph, pairs_of(previous), max_changes, broken)
    question = Question.of(graph.under(policy), seed)
    start = known(previous.view, question) if isinstance(previous, Result) else None
    return Result.of(*settled(question, start=start))


def pairs_of(previous: Result | Iterable[CodePair | Pair]) -> list[CodePair]:
    """List the pairs (mentor, mentee) that run."""
    if isinstance(previous, Result):
        return [(pair.mentor, pair.mentee) for pair in previous.matching.pairs]
    return list(dict.fromkeys(code_pairs("previous", previous)))


def policy_of_rematch(
    graph: CandidateGraph,
    running: Sequence[CodePair],
    max_changes: int | None,
    broken: Iterable[CodePair | Pair],
) -> Policy:
    """Write running and broken pairs, and what is to be kept, into the graph's policy."""
    policy, cohort = graph.policy, graph.cohort
    if policy.couples:
        raise PolicyError.of("rematch.groups", Place(field="forms"))
    if max_changes is not None:
        check_count("max_changes", max_changes)
    ended = list(dict.fromkeys(code_pairs("broken", broken)))
    defects = [
        *_exchanged(graph, running),
        *(
            Defect(
                "rematch.not-running", Place(field=f"broken[{place}]"), {"mentor": m, "mentee": e}
            )
            for place, (m, e) in enumerate(ended)
            if (m, e) not in running
        ),
    ]
    if defects:
        raise ParticipantError(*defects)
    decided = policy.limits
    named = {
        *decided.seats,
        *(code for pin in decided.pins for code in (pin.mentor, pin.mentee)),
        *(code for ban in decided.bans for code in (ban.mentor, ban.mentee)),
        *(code for codes in (*decided.apart, *decided.together) for code in codes),
    }
    limits = forget(decided, {code for code in named if code not in cohort.ids})
    mentors, mentees = set(graph.mentors), set(graph.mentees)
    here = [(m, e) for m, e in running if m in mentors and e in mentees]
    banned = {(ban.mentor, ban.mentee) for ban in limits.bans}
    new = [pair for pair in ended if pair in here and pair not in banned]
    limits = limits.model_copy(
        update={
            "running": tuple(Running(mentor=m, mentee=e) for m, e in here if (m, e) not in ended),
            "bans": (*limits.bans, *(Ban(mentor=m, mentee=e) for m, e in new)),
            "max_changes": max_changes,
        }
    )
    goals = policy.goals
    if all(goal.type != "keep" for goal in goals):
        keep = Goal(type="keep")
        goals = (keep, *goals) if max_changes is None else (*goals, keep)
    return with_limits(policy.model_copy(update={"goals": goals}), limits)


def _exchanged(graph: CandidateGraph, running: Sequence[CodePair]) -> Iterator[Defect]:
    """Find pairs written as (mentee, mentor): they'd be passed over like people who have left."""
    mentors, mentees = set(graph.mentors), set(graph.mentees)
    for place, (mentor, mentee) in enumerate(running):
        if mentee in mentors and mentor in mentees and mentor not in mentors:
            values = {"found": mentor, "mentor": mentee, "mentee": mentor}
            yield Defect("graph.mentor-exchanged", Place(field=f"previous[{place}]"), values)


@dataclass(frozen=True, slots=True)
class TradeOff:
    """What more changes would bring.

    Parameters
    ----------
    points
        From the fewest changes to the most that bring anything.
    """

    points: tuple["Step", ...]

    def text(self, lang: Language = "en") -> str:
        """Say it, one line per number of changes."""
        return "\n".join(step.text(lang) for step in self.points)

    def table(self) -> "pd.DataFrame":
        """Return a row per number of changes, with a column per goal and the proof."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only for this

        return pd.DataFrame([step.row() for step in self.points])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


@dataclass(frozen=True, slots=True)
class Step:
    """The best within so many changes.

    Parameters
    ----------
    max_changes
        How many changes were allowed.
    changes
        How many were made.
    covered, mentees
        Mentees with a mentor, and all.
    levels
        What each goal of the policy reached.
    proof
        How far that is proven.
    """

    max_changes: int
    changes: int
    covered: int
    mentees: int
    levels: tuple[Level, ...]
    proof: str

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        share = percent(self.covered, max(self.mentees, 1), lang)
        points = next((level.value for level in self.levels if level.goal == "points"), 0)
        values = {"covered": self.covered, "share": share, "points": points}
        proof = text(f"trade-off.{self.proof}", lang)
        return text("trade-off.step", lang, count=self.changes, proof=proof, **values)

    def row(self) -> dict[str, object]:
        """Return it as a row of a table; goals that occur more than once are numbered."""
        goals: dict[str, object] = {}
        for level in self.levels:
            same = sum(name.partition(" ")[0] == level.goal for name in goals)
            goals[f"{level.goal} {same + 1}" if same else level.goal] = level.value
        return {
            "max_changes": self.max_changes,
            "changes": self.changes,
            "covered": self.covered,
            **goals,
            "proof": self.proof,
        }


def trade_off(
    previous: Result | Iterable[CodePair | Pair],
    cohort: Cohort,
    policy: Policy,
    *,
    broken: Iterable[CodePair | Pair] = (),
    steps: int = _MOST_POINTS,
) -> TradeOff:
    """Show what more changes would bring, from the fewest to as many as bring anything.

    Parameters
    ----------
    previous, cohort, policy, broken
        As in :func:`rematch`.
    steps
        At most so many numbers of changes, evenly spread; at least two.

    Returns
    -------
    TradeOff
        Empty when nothing is possible.
    """
    graph = build_graph(cohort, policy)
    running, ended = pairs_of(previous), list(broken)
    freely = [goal for goal in policy.goals if goal.type != "keep"]
    graph = graph.under(policy.model_copy(update={"goals": tuple(freely)}))
    fewest = _rematched(graph, running, None, ended, None)
    freest = _rematched(graph, running, len(running), ended, None)
    if fewest.status is not Status.OPTIMAL or freest.status is not Status.OPTIMAL:
        return TradeOff(())
    low, high = changes_in(fewest), changes_in(freest)
    found = []
    for most in _spread(low, high, max(steps, 2)):
        result = _rematched(graph, running, most, ended, None)
        found.append(
            Step(
                max_changes=most,
                changes=changes_in(result),
                covered=len(result.view.mentees) - len(result.matching.unmatched),
                mentees=len(result.view.mentees),
                levels=tuple(level for level in result.levels if level.goal != "keep"),
                proof=result.proof,
            )
        )
    return TradeOff(tuple(found))


def changes_in(result: Result) -> int:
    """Count the running pairs that a result gives up though they could have gone on."""
    problem = result.problem
    keep = next(goal.pair for goal in problem.objectives if goal.goal == "keep")
    assert keep is not None
    return int(keep.sum() - keep[result.view.outcome.chosen].sum())


def _spread(low: int, high: int, steps: int) -> Iterator[int]:
    count = min(steps, high - low + 1)
    last = max(count - 1, 1)
    yield from (low + (high - low) * step // last for step in range(count))

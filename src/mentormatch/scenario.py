"""What would come of it if something were decided otherwise: solved from what is known."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.changes import Comparison, comparison
from mentormatch.analysis.report import View
from mentormatch.analysis.stability import Stability
from mentormatch.analysis.witness import start_from
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, MentorMatchError, ParticipantError, Place
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.matching import Pair
from mentormatch.network.repair import Start
from mentormatch.pipeline import match_graph, settled
from mentormatch.policy.limits import Ban, CodePair, Limits, Pin, forget
from mentormatch.policy.numerals import Number
from mentormatch.policy.policy import with_limits
from mentormatch.problem import Int64, Parts
from mentormatch.questions.question import Question
from mentormatch.result import Result
from mentormatch.storage.result_file import fingerprint


def what_if(
    result: Result,
    *,
    pin: Iterable[CodePair | Pair] = (),
    ban: Iterable[CodePair | Pair] = (),
    capacity: Mapping[str, int] | None = None,
    without: Collection[str] = (),
    add: Cohort | None = None,
    weights: Mapping[str, Number] | None = None,
    time_limit: float | None = None,
) -> Result:
    """Match again with something decided otherwise, starting from what is known.

    Raw scores are used again, unless people are added. The answer is a result like any
    other, proven by itself; among equally good matchings it stays near the known one, unless
    mentees meet in groups. What was stable is stable again.

    Parameters
    ----------
    result
        What is known.
    pin, ban
        Pairs (mentor, mentee) that must, or must not, be made; they go before what the
        policy says of the same pair.
    capacity
        Seats by mentor, instead of their own answer and of what a form allows.
    without
        Codes of people who leave; the policy's pins, bans, seats and sets forget them.
    add
        People who come. They answered the same questionnaire; their codes are new.
    weights
        As in ``Policy.with_weights``.
    time_limit
        Seconds, for groups, which are sought anew; then the best so far is the answer.

    Raises
    ------
    ParticipantError
        When codes are unknown or in the other role, or a pair is pinned and banned, with
        every defect; when the result came from a file without its cohort.
    PolicyError
        When the weights or limits can't be.
    IntakeError
        When the people who come don't fit those who are there.
    """
    pins, bans = code_pairs("pin", pin), code_pairs("ban", ban)
    seats = dict(capacity or {})
    gone = {without} if isinstance(without, str) else set(without)
    graph = result.view.graph
    if graph is None:
        raise ParticipantError.of("result.no-cohort")
    joined = graph if add is None else build_graph(_joined(graph.cohort, add), graph.policy)
    defects = [*_unknown(joined.cohort, gone), *_misnamed(joined, pins, bans, seats, gone)]
    if defects:
        raise ParticipantError(*defects)
    policy = graph.policy if weights is None else graph.policy.with_weights(weights)
    limits = _decided(forget(policy.limits, gone), pins, bans, seats)
    asked = joined.without(gone) if gone else joined
    asked = asked.under(with_limits(policy, limits))
    stable = result.view.outcome.witness
    if isinstance(stable, Stability):
        return match_graph(
            asked,
            seed=result.seed,
            solver="stable",
            best_for=stable.best_for,
            only_named=stable.only_named,
        )
    if policy.couples:
        return match_graph(asked, seed=result.seed, time_limit=time_limit)
    question = Question.of(asked, result.seed)
    return Result.of(*settled(question, start=known(result.view, question)))


def code_pairs(name: str, given: Iterable[CodePair | Pair]) -> list[CodePair]:
    """Read pairs (mentor, mentee) of codes; a pair of a matching will do.

    Parameters
    ----------
    name
        The argument they stand in.
    given
        The pairs.

    Raises
    ------
    ParticipantError
        With every entry that is none.
    """
    found: list[CodePair] = []
    defects: list[Defect] = []
    for place, pair in enumerate(given):
        match (pair.mentor, pair.mentee) if isinstance(pair, Pair) else pair:
            case (str(mentor), str(mentee)):
                found.append((mentor, mentee))
            case _:
                defects.append(Defect("scenario.pair", Place(field=f"{name}[{place}]")))
    if defects:
        raise ParticipantError(*defects)
    return found


def compare(first: Result, second: Result) -> Comparison:
    """Compare what two policies make of the same people.

    Parameters
    ----------
    first, second
        Results of one cohort, each with its own policy.

    Returns
    -------
    Comparison
        Who changes, and who gains and loses in the eyes of either policy.

    Raises
    ------
    ParticipantError
        When the people or their answers aren't the same, or when a result came from a
        file without its cohort.
    """
    graphs = first.view.graph, second.view.graph
    if graphs[0] is None or graphs[1] is None:
        raise ParticipantError.of("result.no-cohort")
    mine, theirs = graphs[0].cohort, graphs[1].cohort
    if mine is not theirs and fingerprint(mine) != fingerprint(theirs):
        raise ParticipantError.of("compare.other-cohort")
    return comparison(first.view, second.view)


def known(view: View, question: Question) -> Start | None:
    """Carry pairs and prices over to a question about much the same people.

    Parameters
    ----------
    view
        What is known.
    question
        What is asked now.
    """
    prices, old, new = view.outcome.witness, view.problem, question.problem
    goals = len(new.objectives)
    if not isinstance(prices, Certificate) or prices.mentors.shape[1] != goals:
        return None
    if prices.scale != 1 or len(old.objectives) != goals:
        return None
    mentors, mentees = question.graph.mentors, question.graph.mentees
    mentor, mentee = _places(view.mentors, mentors), _places(view.mentees, mentees)
    # Parts and quotas of a changed question may be others; any price will do to start with.
    start = Certificate(
        mentors=_carried(prices.mentors, mentor),
        mentees=_carried(prices.mentees, mentee),
        mentor_parts=_of_parts(prices.mentor_parts, old.mentor_parts, new.mentor_parts),
        mentee_parts=_of_parts(prices.mentee_parts, old.mentee_parts, new.mentee_parts),
        quotas=prices.quotas
        if len(new.quotas) == len(old.quotas)
        else np.zeros((len(new.quotas), goals), np.int64),
    )
    return start_from(new, _still_there(view, question), start)


def _places(old: tuple[str, ...], new: tuple[str, ...]) -> Int64:
    """Find where everybody stood before, -1 for who is new."""
    before = {code: place for place, code in enumerate(old)}
    return np.array([before.get(code, -1) for code in new], np.int64)


def _carried(prices: Int64, places: Int64) -> Int64:
    carried = np.zeros((len(places), prices.shape[1]), np.int64)
    carried[places >= 0] = prices[places[places >= 0]]
    return carried


def _of_parts(prices: Int64, old: Parts | None, new: Parts | None) -> Int64:
    """Keep the prices of parts if these look the same."""
    count = 0 if new is None else len(new.owner)
    if old is not None and new is not None and np.array_equal(old.owner, new.owner):
        return prices
    return np.zeros((count, prices.shape[1]), np.int64)


def _still_there(view: View, question: Question) -> Int64:
    """Find the pairs that were chosen and still may be."""
    problem = question.problem
    mentors = {code: place for place, code in enumerate(question.graph.mentors)}
    mentees = {code: place for place, code in enumerate(question.graph.mentees)}
    cells = [
        mentees[pair.mentee] * len(mentors) + mentors[pair.mentor]
        for pair in view.matching.pairs
        if pair.mentor in mentors and pair.mentee in mentees
    ]
    here = problem.mentee.astype(np.int64) * len(mentors) + problem.mentor
    return np.flatnonzero(np.isin(here, np.array(cells, np.int64)))


def _decided(
    limits: Limits, pins: list[CodePair], bans: list[CodePair], seats: Mapping[str, int]
) -> Limits:
    """Put decisions into the limits, instead of what these say of the same pair or mentor."""
    decided = {*pins, *bans}
    own: dict[str, list[Pin | Ban]] = {
        name: [
            entry
            for entry in getattr(limits, name)
            if (entry.mentor, entry.mentee) not in decided
            # A pin that stays keeps what it waives.
            or (name == "pins" and (entry.mentor, entry.mentee) in pins)
        ]
        for name in ("pins", "bans")
    }
    there = {(entry.mentor, entry.mentee) for entry in own["pins"]}
    new = [pair for pair in dict.fromkeys(pins) if pair not in there]
    return limits.model_copy(
        update={
            "pins": (*own["pins"], *(Pin(mentor=m, mentee=e) for m, e in new)),
            "bans": (*own["bans"], *(Ban(mentor=m, mentee=e) for m, e in dict.fromkeys(bans))),
            "seats": limits.seats | dict(seats),
        }
    )


def _joined(cohort: Cohort, add: Cohort) -> Cohort:
    """Put two cohorts of one questionnaire together.

    Raises
    ------
    ParticipantError
        When they answered different questionnaires.
    IntakeError
        When codes are the same or could be taken for each other.
    """
    if add.questionnaire != cohort.questionnaire:
        raise ParticipantError.of("scenario.other-questionnaire", Place(field="add"))
    return Cohort.from_participants(
        cohort.questionnaire,
        [*cohort.participants(), *add.participants()],
        as_of=cohort.as_of,
        headcounts=cohort.headcounts,
    )


def _unknown(cohort: Cohort, gone: Collection[str]) -> list[Defect]:
    return [
        Defect("cohort.unknown-participant", Place(field="without"), {"found": code})
        for code in sorted(gone)
        if code not in cohort.ids
    ]


def _misnamed(
    graph: CandidateGraph,
    pins: list[CodePair],
    bans: list[CodePair],
    seats: Mapping[str, int],
    gone: Collection[str],
) -> list[Defect]:
    """Find codes that aren't there, stand in the other role or leave, and contradictions."""
    found: list[Defect] = []
    for name, pairs in (("pin", pins), ("ban", bans)):
        for place, pair in enumerate(pairs):
            at = Place(field=f"{name}[{place}]")
            try:
                graph.places(*pair)
            except MentorMatchError as error:
                found += [replace(defect, place=at) for defect in error.defects]
            found += [
                Defect("scenario.gone", at, {"found": code})
                for code in pair
                if code in gone and code in graph.cohort.ids
            ]
            if name == "pin" and pair in bans:
                values = {"mentor": pair[0], "mentee": pair[1]}
                found.append(Defect("policy.pinned-and-banned", at, values))
    for code, most in seats.items():
        at = Place(field=f"capacity.{code}")
        if code not in graph.cohort.ids:
            found.append(Defect("cohort.unknown-participant", at, {"found": code}))
        elif code not in graph.mentors:
            found.append(Defect("graph.not-mentor", at, {"found": code}))
        elif code in gone:
            found.append(Defect("scenario.gone", at, {"found": code}))
        if isinstance(most, bool) or not isinstance(most, int) or most < 0:
            found.append(Defect("scenario.seats", at, {"found": most}))
    return found

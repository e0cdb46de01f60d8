"""A question about groups and its answer as JSON; see :mod:`mentormatch.storage.archive`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.group_answer import Grouping
from mentormatch.analysis.group_certificate import GroupCertificate
from mentormatch.analysis.group_proof import GroupOutcome
from mentormatch.grouping import Group, GroupPrices, GroupProblem, Ladder
from mentormatch.matching import Level, Status
from mentormatch.policy.groups import LARGEST
from mentormatch.problem import Bounds
from mentormatch.questions.group_question import GroupQuestion
from mentormatch.storage.archive import Json, UnreadableError, packed, unpacked

_COLUMNS = {
    "mentee": np.int32,
    "mentor": np.int32,
    "points": np.int64,
    "must": np.bool_,
    "cover": np.int64,
    "age": np.int64,
    "apart": np.int32,
    "together": np.int32,
    "kind": np.int32,
    "kind_most": np.int64,
    "mentee_slots": np.bool_,
    "mentor_slots": np.bool_,
    "affinity": np.int16,
}
_NUMBERS = ("mentees", "span", "common", "cohesion")


def grouping_to_json(grouping: Grouping, *, with_problem: bool) -> Json:
    """Write groups by position, with the prices that bound them and, if wanted, the question."""
    found = grouping.outcome
    certificate = found.certificate
    return {
        "problem": _problem_to_json(grouping) if with_problem else None,
        "status": str(found.status),
        "proof": found.proof,
        "groups": [[group.mentor, list(group.members)] for group in found.groups],
        "levels": [[it.goal, it.value, it.bound, it.proof] for it in found.levels],
        "prices": None
        if certificate is None
        else [None if it is None else _prices_to_json(it) for it in certificate.prices],
        "refutation": None if found.refutation is None else _prices_to_json(found.refutation),
    }


def grouping_from_json(content: Json, question: GroupQuestion | None) -> Grouping:
    """Read what :func:`grouping_to_json` wrote; whether it proves anything is for its check.

    Raises
    ------
    UnreadableError
        When columns are missing, of unequal length or point outside.
    """
    try:
        if question is None:
            problem, ladder, leaders = _problem_from_json(content["problem"])
        else:
            problem, ladder, leaders = question.problem, question.ladder, question.leaders
        prices = content["prices"]
        certificate = None
        if prices is not None:
            certificate = GroupCertificate(
                tuple(None if it is None else _prices_from_json(it) for it in prices)
            )
        refutation = content["refutation"]
        outcome = GroupOutcome(
            Status(content["status"]),
            content["proof"],
            tuple(Group(int(lead), tuple(map(int, who))) for lead, who in content["groups"]),
            tuple(Level(*level) for level in content["levels"]),
            certificate,
            refutation=None if refutation is None else _prices_from_json(refutation),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UnreadableError("groups") from None
    if len(leaders) != problem.mentors or not _holds_together(problem):
        raise UnreadableError("groups")
    return Grouping(problem, outcome, ladder, leaders)


def _problem_to_json(grouping: Grouping) -> Json:
    problem = grouping.problem
    columns: dict[str, NDArray[Any] | None] = {name: getattr(problem, name) for name in _COLUMNS}
    return {
        **{
            name: None if column is None else packed(column.ravel())
            for name, column in columns.items()
        },
        **{name: getattr(problem, name) for name in _NUMBERS},
        "size": [packed(problem.size.least), packed(problem.size.most)],
        "steps": list(grouping.ladder.steps),
        "required": grouping.ladder.required,
        "leaders": packed(grouping.leaders),
    }


def _problem_from_json(content: Json) -> tuple[GroupProblem, Ladder, NDArray[np.int64]]:
    numbers = {name: int(content[name]) for name in _NUMBERS}
    size = Bounds(*map(unpacked, content["size"]))
    rows = {
        "apart": (-1, 2),
        "together": (-1, 2),
        "mentee_slots": (numbers["mentees"], -1),
        "mentor_slots": (len(size.most), -1),
        "affinity": (numbers["mentees"], numbers["mentees"]),
    }
    columns: dict[str, Any] = {**numbers}
    for name, kind in _COLUMNS.items():
        if content[name] is None:
            columns[name] = None
            continue
        column = unpacked(content[name])
        if (column.astype(kind) != column).any():
            raise UnreadableError(name)
        columns[name] = column.astype(kind).reshape(rows.get(name, (-1,)))
    problem = GroupProblem(size=size, **columns)
    ladder = Ladder(tuple(map(int, content["steps"])), int(content["required"]))
    return problem, ladder, unpacked(content["leaders"])


def _holds_together(problem: GroupProblem) -> bool:
    """Tell whether columns are of fitting length, point inside, and say what can be meant."""
    mentees, mentors = problem.mentees, problem.mentors
    pairs, kinds = len(problem.mentee), problem.kind_most
    cells = problem.mentee.astype(np.int64) * max(mentors, 1) + problem.mentor
    slots = problem.mentee_slots, problem.mentor_slots
    affinity = problem.affinity
    return all(
        [
            len(problem.mentor) == pairs == len(problem.points),
            len(problem.size.least) == mentors == len(problem.must),
            bool((problem.size.least >= 1).all() and (problem.size.most <= LARGEST).all()),
            _inside(problem.mentee, mentees) and _inside(problem.mentor, mentors),
            _inside(problem.apart, mentees) and _inside(problem.together, mentees),
            bool((np.diff(cells) > 0).all()),
            all(
                column is None or len(column) == mentees
                for column in (problem.cover, problem.age, problem.kind)
            ),
            problem.cover is None or bool((problem.cover >= 0).all()),
            (problem.kind is None) == (kinds is None),
            kinds is None or problem.kind is None or bool((problem.kind < len(kinds)).all()),
            (slots[0] is None) == (slots[1] is None),
            slots[0] is None or slots[1] is None or slots[0].shape[1] == slots[1].shape[1],
            affinity is None
            or bool(
                (affinity == affinity.T).all()
                and not affinity.diagonal().any()
                and _inside(affinity, 1001)
            ),
            min(problem.span, problem.common, problem.cohesion) >= 0,
        ]
    )


def _inside(places: NDArray[Any], count: int) -> bool:
    return bool(places.min(initial=0) >= 0 and (places < count).all())


def _prices_to_json(prices: GroupPrices) -> Json:
    return {"unit": prices.unit, "mentees": packed(prices.mentees), "floor": prices.floor}


def _prices_from_json(content: Json) -> GroupPrices:
    return GroupPrices(int(content["unit"]), unpacked(content["mentees"]), int(content["floor"]))

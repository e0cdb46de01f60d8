"""Results as JSON: long integer columns compressed, nothing else hidden.

``mentormatch.verify_standalone`` reads the same layout without this package.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.branches import Split
from mentormatch.analysis.certificate import Certificate
from mentormatch.analysis.outcome import Witness
from mentormatch.analysis.stability import BestFor, Stability
from mentormatch.problem import CASES, Bounds, Int64, Objective, Parts, Problem, Quota

# A column longer than this is a mistake or an attack.
LONGEST = 1 << 27

_GAINS = ("first", "further", "pair", "quota", "square")
_PRICED = ("mentors", "mentees", "mentor_parts", "mentee_parts", "quotas")

Json = dict[str, Any]


class UnreadableError(ValueError):
    """A column or key that isn't what was written."""


def packed(column: NDArray[Any]) -> Json:
    """Write a column of integers as compressed little-endian 64-bit numbers."""
    raw = np.ascontiguousarray(column, dtype="<i8").tobytes()
    return {"count": len(column), "zlib": base64.b64encode(zlib.compress(raw, 6)).decode("ascii")}


def unpacked(column: Json) -> Int64:
    """Read a column written by :func:`packed`.

    Raises
    ------
    UnreadableError
        When it holds another number of integers than it says, or none at all.
    """
    try:
        count = int(column["count"])
        if not 0 <= count <= LONGEST:
            raise UnreadableError("column")
        inflate = zlib.decompressobj()
        raw = inflate.decompress(base64.b64decode(column["zlib"], validate=True), 8 * count + 1)
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error):
        raise UnreadableError("column") from None
    if len(raw) != 8 * count:
        raise UnreadableError("column")
    return np.frombuffer(raw, dtype="<i8").astype(np.int64)


def problem_to_json(problem: Problem) -> Json:
    """Write a problem."""
    return {
        "mentee": packed(problem.mentee),
        "mentor": packed(problem.mentor),
        "capacity": _bounds_to_json(problem.capacity),
        "demand": _bounds_to_json(problem.demand),
        "objectives": [
            {"goal": goal.goal}
            | {name: packed(gain) for name in _GAINS if (gain := getattr(goal, name)) is not None}
            for goal in problem.objectives
        ],
        "pinned": packed(problem.pinned),
        "banned": packed(problem.banned),
        "mentor_parts": _parts_to_json(problem.mentor_parts),
        "mentee_parts": _parts_to_json(problem.mentee_parts),
        "quotas": [_quota_to_json(quota) for quota in problem.quotas],
        "exclusive": packed(problem.exclusive.ravel()),
        "together": packed(problem.together.ravel()),
        "or_none": None if problem.or_none is None else packed(problem.or_none),
        "crossing": [_parts_to_json(parts) for parts in problem.crossing],
    }


def problem_from_json(content: Json) -> Problem:
    """Read a problem written by :func:`problem_to_json` and check that it holds together.

    Raises
    ------
    UnreadableError
        When columns are missing, of unequal length or point outside the problem.
    """
    try:
        problem = Problem(
            mentee=unpacked(content["mentee"]).astype(np.int32),
            mentor=unpacked(content["mentor"]).astype(np.int32),
            capacity=_bounds_from_json(content["capacity"]),
            demand=_bounds_from_json(content["demand"]),
            objectives=tuple(_objective_from_json(goal) for goal in content["objectives"]),
            pinned=unpacked(content["pinned"]),
            banned=unpacked(content["banned"]),
            mentor_parts=_parts_from_json(content["mentor_parts"]),
            mentee_parts=_parts_from_json(content["mentee_parts"]),
            quotas=tuple(_quota_from_json(quota) for quota in content["quotas"]),
            exclusive=unpacked(content["exclusive"]).reshape(-1, 2),
            together=unpacked(content["together"]).reshape(-1, 2),
            or_none=None if content["or_none"] is None else unpacked(content["or_none"]),
            crossing=tuple(_some_parts(parts) for parts in content["crossing"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UnreadableError("problem") from None
    if not _holds_together(problem):
        raise UnreadableError("problem")
    return problem


def _holds_together(problem: Problem) -> bool:
    """Tell whether columns are of fitting length, point inside, and name no pair twice."""
    size, mentees, mentors = problem.size, problem.mentees, problem.mentors
    if len(problem.mentor) != size:
        return False
    cells = problem.mentee.astype(np.int64) * max(mentors, 1) + problem.mentor
    fits = [
        _inside(problem.mentee, mentees),
        _inside(problem.mentor, mentors),
        _inside(problem.pinned, size),
        _inside(problem.banned, size),
        _inside(problem.exclusive, size),
        _inside(problem.together, size),
        *(bool((rows[:, 0] != rows[:, 1]).all()) for rows in (problem.exclusive, problem.together)),
        problem.or_none is None or len(problem.or_none) == mentors,
        # Prices know of no bounds that hold for some.
        not any(parts and parts.if_any for parts in (problem.mentor_parts, problem.mentee_parts)),
        bool(problem.objectives),
    ]
    fits += [
        gain is None or len(gain) == length
        for goal in problem.objectives
        for gain, length in (
            (goal.first, mentees),
            (goal.further, mentees),
            (goal.pair, size),
            (goal.quota, len(problem.quotas)),
            (goal.square, mentors),
        )
    ]
    fits += [
        _inside(quota.mentors, mentors)
        and _inside(quota.mentees, mentees)
        # Its price is charged to everybody once.
        and all((np.diff(each) > 0).all() for each in (quota.mentors, quota.mentees, quota.pairs))
        and _inside(quota.same[:, 0], mentors)
        and _inside(quota.same[:, 1], mentees)
        and _inside(quota.pairs, size)
        for quota in problem.quotas
    ]
    fits += [len(bounds.least) == len(bounds.most) for bounds in (problem.capacity, problem.demand)]
    for parts, person, people in (
        (problem.mentor_parts, problem.mentor, mentors),
        (problem.mentee_parts, problem.mentee, mentees),
        *((parts, problem.mentor, mentors) for parts in problem.crossing),
    ):
        fits.append(parts is None or _parts_fit(parts, person, people))
    return all(fits) and bool((np.diff(cells) > 0).all())


def _parts_fit(parts: Parts, person: NDArray[np.int32], people: int) -> bool:
    count = len(parts.owner)
    if len(parts.of) != len(person) or not _inside(parts.owner, people):
        return False
    if len(parts.bounds.least) != count or len(parts.bounds.most) != count:
        return False
    if parts.limit is not None and len(parts.limit) != count:
        return False
    inside = parts.of >= 0
    return _inside(parts.of[inside], count) and bool(
        (parts.owner[parts.of[inside]] == person[inside]).all()
    )


def _inside(places: NDArray[Any], count: int) -> bool:
    return bool(places.min(initial=0) >= 0 and (places < count).all())


def witness_to_json(witness: Witness | Stability | None) -> Json | None:
    """Write prices, a column per goal, cases with the proof of each, or preferences."""
    if witness is None:
        return None
    if isinstance(witness, Stability):
        return {
            "best_for": witness.best_for,
            "only_named": witness.only_named,
            "mentee_key": packed(witness.mentee_key),
            "mentor_key": packed(witness.mentor_key),
        }
    if isinstance(witness, Split):
        return {
            "case": witness.kind,
            "index": witness.index,
            "left": witness_to_json(witness.left),
            "right": witness_to_json(witness.right),
        }
    prices = {name: [packed(each) for each in getattr(witness, name).T] for name in _PRICED}
    return prices if witness.scale == 1 else prices | {"scale": witness.scale}


def witness_from_json(content: Json | None) -> Witness | Stability | None:
    """Read a proof; whether it proves anything is for its check to say.

    Raises
    ------
    UnreadableError
        When it is none.
    """
    if content is None:
        return None
    try:
        if "case" in content:
            left, right = (witness_from_json(content[side]) for side in ("left", "right"))
            if not (isinstance(left, Witness) and isinstance(right, Witness)):
                raise UnreadableError("case")
            if content["case"] not in CASES:
                raise UnreadableError("case")
            return Split(content["case"], int(content["index"]), left, right)
        if "best_for" in content:
            mine, theirs = (unpacked(content[f"{side}_key"]) for side in ("mentee", "mentor"))
            if content["best_for"] not in get_args(BestFor):
                raise UnreadableError("best_for")
            only_named = bool(content["only_named"])
            return Stability(mine, theirs, content["best_for"], only_named)
        prices = {name: _prices_from_json(content[name]) for name in _PRICED}
        return Certificate(**prices, scale=int(content.get("scale", 1)))
    except (KeyError, TypeError, ValueError):
        raise UnreadableError("certificate") from None


def _prices_from_json(goals: Sequence[Json]) -> Int64:
    return np.stack([unpacked(prices) for prices in goals], axis=1)


def _bounds_to_json(bounds: Bounds) -> Json:
    return {"least": packed(bounds.least), "most": packed(bounds.most)}


def _bounds_from_json(content: Json) -> Bounds:
    return Bounds(unpacked(content["least"]), unpacked(content["most"]))


def _parts_to_json(parts: Parts | None) -> Json | None:
    if parts is None:
        return None
    return {
        "of": packed(parts.of),
        "owner": packed(parts.owner),
        "limit": None if parts.limit is None else packed(parts.limit),
        "if_any": parts.if_any,
    } | _bounds_to_json(parts.bounds)


def _parts_from_json(content: Json | None) -> Parts | None:
    return None if content is None else _some_parts(content)


def _some_parts(content: Json) -> Parts:
    return Parts(
        unpacked(content["of"]).astype(np.int32),
        unpacked(content["owner"]).astype(np.int32),
        _bounds_from_json(content),
        None if content["limit"] is None else unpacked(content["limit"]).astype(np.int32),
        bool(content["if_any"]),
    )


def _objective_from_json(content: Mapping[str, Any]) -> Objective:
    gains = {name: unpacked(content[name]) if name in content else None for name in _GAINS}
    return Objective(str(content["goal"]), **gains)


def _quota_to_json(quota: Quota) -> Json:
    return {
        "least": quota.least,
        "most": quota.most,
        "mentors": packed(quota.mentors),
        "mentees": packed(quota.mentees),
        "counts": quota.counts,
        "same": packed(quota.same.ravel()),
        "wanted": quota.wanted,
    } | ({"pairs": packed(quota.pairs)} if len(quota.pairs) else {})


def _quota_from_json(content: Json) -> Quota:
    if content["counts"] not in {"people", "pairs"}:
        raise UnreadableError("quota")
    return Quota(
        least=int(content["least"]),
        most=int(content["most"]),
        mentors=unpacked(content["mentors"]),
        mentees=unpacked(content["mentees"]),
        counts=content["counts"],
        same=unpacked(content["same"]).reshape(-1, 2),
        wanted=int(content["wanted"]),
        pairs=unpacked(content["pairs"]) if "pairs" in content else np.empty(0, np.int64),
    )

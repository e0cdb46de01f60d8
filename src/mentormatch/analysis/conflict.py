"""Why there is no matching: a minimal set of limits that can't hold together.

The prices that prove a problem infeasible name the limits that matter. Where one unit of
flow is lacking, what is left over from the flow shows which of them are needed; among the
others QuickXplain (Junker, AAAI 2004) finds a set from which nothing can be left out. Who
may meet whom is taken as given.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from typing import Literal, get_args

import numpy as np

from mentormatch.analysis.certificate import Certificate, clashes
from mentormatch.analysis.witness import refutation_of
from mentormatch.messages import Language, text
from mentormatch.network.model import HUB, Layout, circulation_of
from mentormatch.problem import Bounds, Int32, Int64, Objective, Parts, Problem, Quota
from mentormatch.solvers.branching import search
from mentormatch.solvers.cuts import blocking_set, shortage_of
from mentormatch.solvers.integer import solve_integer

Kind = Literal[
    "pin",
    "ban",
    "mentor_least",
    "mentor_most",
    "mentee_least",
    "mentee_most",
    "mentor_part_least",
    "mentor_part_most",
    "mentee_part_least",
    "mentee_part_most",
    "crossing_least",
    "crossing_most",
    "quota_least",
    "quota_most",
    "mentor_or_none",
    "exclusive",
    "together",
    "groups",
]


@dataclass(frozen=True, slots=True)
class Clause:
    """One limit of a conflict.

    Parameters
    ----------
    kind
        What sort of limit.
    mentee, mentor
        Whom it concerns, by position or code; None where it concerns nobody in particular.
    bound
        The number it sets.
    index
        Position of the pair, person, part or quota in the problem; parts that cross others
        are counted through.
    limit
        Name of the quota, or of what the part comes from.
    """

    kind: Kind
    mentee: int | str | None
    mentor: int | str | None
    bound: int
    index: int
    limit: int | str | None = None

    def text(self, lang: Language = "en") -> str:
        """Say the limit in words."""
        return text(
            f"conflict.{self.kind}",
            lang,
            mentee=self.mentee,
            mentor=self.mentor,
            bound=self.bound,
            limit=self.index if self.limit is None else self.limit,
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that can't hold together, though without any one of them the others can."""

    clauses: tuple[Clause, ...]

    def named(
        self,
        mentees: Sequence[int | str],
        mentors: Sequence[int | str],
        quotas: Sequence[str] = (),
        parts: Sequence[str] = (),
    ) -> "Conflict":
        """Return the same conflict with people, quotas and what parts come from by name."""

        def limit(clause: Clause) -> int | str | None:
            names = quotas if clause.kind.startswith("quota") else parts
            return names[int(clause.limit)] if names and clause.limit is not None else clause.limit

        return Conflict(
            tuple(
                replace(
                    clause,
                    mentee=None if clause.mentee is None else mentees[int(clause.mentee)],
                    mentor=None if clause.mentor is None else mentors[int(clause.mentor)],
                    limit=limit(clause),
                )
                for clause in self.clauses
            )
        )

    def text(self, lang: Language = "en") -> str:
        """Say all limits of the conflict, one per line."""
        lines = [text("conflict.title", lang, count=len(self.clauses))]
        return "\n".join([*lines, *(f"- {clause.text(lang)}" for clause in self.clauses)])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def conflict_of(problem: Problem) -> Conflict:
    """Find a minimal conflict of a problem that has no solution.

    Where a flow tells that there is none, the limits its proof rests on are looked at;
    otherwise all limits are, and a set is tested by as many flows as its cases need.

    Raises
    ------
    ValueError
        When the problem has a solution.
    """
    witness = refutation_of(problem)
    if clashes(problem):
        found = _minimal(problem, [], list(_clashing(problem)), _no_matching)
    elif witness is not None:
        # Without its most a quota may fit the network and push another out of it, so a flow
        # tells sets apart only where all quotas are in it.
        all_held = len(Layout.of(problem).held) == len(problem.quotas)
        clauses = list(_clauses_in(problem, witness))
        if all_held:
            found = _minimal_by_flow(problem, clauses)
        else:
            found = _minimal(problem, [], clauses, _no_matching)
    elif _no_matching(problem):
        found = _minimal(problem, [], list(_every_clause(problem)), _no_matching)
    else:
        raise ValueError("the problem has a solution")
    return Conflict(tuple(sorted(found, key=_rank)))


def conflict_of_groups(pairs: Problem) -> Conflict:
    """Find what can't hold together in a problem of groups that has no solution.

    Where pairs alone show it, the conflict is minimal. Otherwise it is said that what
    holds inside groups stands in the way.
    """
    with suppress(ValueError):
        return conflict_of(pairs)
    return Conflict((Clause("groups", None, None, 0, 0),))


def _no_flow(problem: Problem) -> bool:
    return blocking_set(problem) is not None


def _no_matching(problem: Problem) -> bool:
    found = search(problem, prices=False)
    if found.finished:
        return found.best is None
    return solve_integer(replace(problem, objectives=(Objective("nothing"),))).chosen is None


def _rank(clause: Clause) -> tuple[int, int]:
    return get_args(Kind).index(clause.kind), clause.index


def _minimal_by_flow(problem: Problem, clauses: list[Clause]) -> list[Clause]:
    """Return a minimal part of clauses that no flow keeps, told apart by flows."""
    needed = list(_needed(problem, clauses))
    if needed and _no_flow(only(problem, needed)):
        return needed
    known = set(needed)
    rest = [clause for clause in clauses if clause not in known]
    return needed + _minimal(problem, needed, rest, _no_flow)


def _needed(problem: Problem, clauses: list[Clause]) -> Iterator[Clause]:
    """List those of some clashing limits that a single flow shows to be needed.

    Where one unit can't go through, it can without a limit if it gets as far as that limit's
    arc, and from there to the end.
    """
    problem = only(problem, clauses)
    layout, network = Layout.of(problem), circulation_of(problem)
    found = shortage_of(network)
    if found is None or found.lacking != 1 or layout.held:
        return
    mentee, mentor, mentee_part, mentor_part, *_ = layout.starts
    for clause in clauses:
        index = clause.index
        match clause.kind.rpartition("_")[0] or clause.kind:
            case "mentee":
                tail, head = HUB, mentee + index
            case "mentor":
                tail, head = mentor + index, HUB
            case "mentee_part" if problem.mentee_parts is not None:
                tail, head = mentee + problem.mentee_parts.owner[index], mentee_part + index
            case "mentor_part" if problem.mentor_parts is not None:
                tail, head = mentor_part + index, mentor + problem.mentor_parts.owner[index]
            case "pin" | "ban":
                tail, head = network.pairs.tail[index], network.pairs.head[index]
            case _:
                continue
        if clause.kind == "pin" or clause.kind.endswith("_least"):
            tail, head = head, tail
        if found.full[tail] and found.open[head]:
            yield clause


def _minimal(
    problem: Problem,
    background: list[Clause],
    clauses: list[Clause],
    impossible: Callable[[Problem], bool],
) -> list[Clause]:
    """Return a minimal part of ``clauses`` that conflicts together with ``background``.

    The background alone must be known to have a solution.
    """
    if len(clauses) <= 1:
        return clauses
    half = len(clauses) // 2
    left, right = clauses[:half], clauses[half:]
    if impossible(only(problem, background + left)):
        return _minimal(problem, background, left, impossible)
    from_right = _minimal(problem, background + left, right, impossible)
    if impossible(only(problem, background + from_right)):
        return from_right
    return _minimal(problem, background + from_right, left, impossible) + from_right


def only(problem: Problem, clauses: Sequence[Clause]) -> Problem:
    """Loosen every limit of a problem but those of the given clauses."""
    loose = {
        "mentor": _loose(problem.mentors, problem.mentees),
        "mentee": _loose(problem.mentees, problem.mentors),
        "mentor_part": _loose(_count(problem.mentor_parts), problem.mentees),
        "mentee_part": _loose(_count(problem.mentee_parts), problem.mentors),
        "crossing": _loose(sum(map(_count, problem.crossing)), problem.mentees),
        # No count exceeds all pairs and all people, so neither does a bound that says nothing.
        "quota": _loose(len(problem.quotas), (problem.mentees + 1) * (problem.mentors + 1)),
    }
    rows: dict[str, list[int]] = {"pin": [], "ban": [], "exclusive": [], "together": []}
    or_none = None if problem.or_none is None else np.ones_like(problem.or_none)
    for clause in clauses:
        if clause.kind in rows:
            rows[clause.kind].append(clause.index)
        elif clause.kind == "mentor_or_none" and or_none is not None:
            or_none[clause.index] = clause.bound
        else:
            owner, _, end = clause.kind.rpartition("_")
            getattr(loose[owner], end)[clause.index] = clause.bound
    quotas = tuple(
        replace(quota, least=least, most=most)
        for quota, least, most in zip(
            problem.quotas,
            loose["quota"].least.tolist(),
            loose["quota"].most.tolist(),
            strict=True,
        )
    )
    return replace(
        problem,
        capacity=loose["mentor"],
        demand=loose["mentee"],
        pinned=np.array(rows["pin"], np.int64),
        banned=np.array(rows["ban"], np.int64),
        exclusive=problem.exclusive[rows["exclusive"]],
        together=problem.together[rows["together"]],
        or_none=or_none,
        mentor_parts=_rebounded(problem.mentor_parts, loose["mentor_part"]),
        mentee_parts=_rebounded(problem.mentee_parts, loose["mentee_part"]),
        crossing=tuple(
            replace(parts, bounds=bounds)
            for parts, bounds in zip(
                problem.crossing, _split(loose["crossing"], problem.crossing), strict=True
            )
        ),
        quotas=quotas,
    )


def _loose(people: int, others: int) -> Bounds:
    return Bounds(np.zeros(people, np.int64), np.full(people, others, np.int64))


def _count(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def _split(bounds: Bounds, sorts: Sequence[Parts]) -> list[Bounds]:
    """Give bounds that were counted through to the parts of each sort again."""
    ends = np.cumsum([len(parts.owner) for parts in sorts])[:-1]
    columns = np.split(bounds.least, ends), np.split(bounds.most, ends)
    return [Bounds(*both) for both in zip(*columns, strict=True)] if sorts else []


def _rebounded(parts: Parts | None, bounds: Bounds) -> Parts | None:
    return None if parts is None else replace(parts, bounds=bounds)


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """Limits of one sort, and how to name one of them as a clause."""

    least: Kind
    most: Kind
    bounds: Bounds
    mentee: Int32 | Int64 | None = None
    mentor: Int32 | Int64 | None = None
    limit: Int32 | Int64 | None = None

    def clause(self, index: int, *, least: bool) -> Clause:
        """Name the least or the most of one limit."""
        return Clause(
            kind=self.least if least else self.most,
            mentee=None if self.mentee is None else int(self.mentee[index]),
            mentor=None if self.mentor is None else int(self.mentor[index]),
            bound=int((self.bounds.least if least else self.bounds.most)[index]),
            index=index,
            limit=None if self.limit is None else int(self.limit[index]),
        )


def _limits(problem: Problem) -> dict[str, _Limits]:
    """List every sort of limit."""
    lower, upper = np.zeros(problem.size, np.int64), np.ones(problem.size, np.int64)
    lower[problem.pinned], upper[problem.banned] = 1, 0
    found = {
        "mentees": _Limits(
            "mentee_least", "mentee_most", problem.demand, mentee=np.arange(problem.mentees)
        ),
        "mentors": _Limits(
            "mentor_least", "mentor_most", problem.capacity, mentor=np.arange(problem.mentors)
        ),
        "quotas": _Limits(
            "quota_least",
            "quota_most",
            _quota_bounds(problem.quotas),
            limit=np.arange(len(problem.quotas)),
        ),
        "pairs": _Limits("pin", "ban", Bounds(lower, upper), problem.mentee, problem.mentor),
    }
    if (parts := problem.mentee_parts) is not None:
        found["mentee_parts"] = _Limits(
            "mentee_part_least",
            "mentee_part_most",
            parts.bounds,
            mentee=parts.owner,
            limit=parts.limit,
        )
    if (parts := problem.mentor_parts) is not None:
        found["mentor_parts"] = _Limits(
            "mentor_part_least",
            "mentor_part_most",
            parts.bounds,
            mentor=parts.owner,
            limit=parts.limit,
        )
    if sorts := problem.crossing:
        bounds = Bounds(
            np.concatenate([parts.bounds.least for parts in sorts]),
            np.concatenate([parts.bounds.most for parts in sorts]),
        )
        owner = np.concatenate([parts.owner for parts in sorts])
        limits = [parts.limit for parts in sorts if parts.limit is not None]
        found["crossing"] = _Limits(
            "crossing_least",
            "crossing_most",
            bounds,
            mentor=owner,
            limit=np.concatenate(limits) if len(limits) == len(sorts) else None,
        )
    return found


def _quota_bounds(quotas: Sequence[Quota]) -> Bounds:
    return Bounds(
        np.array([quota.least for quota in quotas], np.int64),
        np.array([quota.most for quota in quotas], np.int64),
    )


def _clauses_in(problem: Problem, witness: Certificate) -> Iterator[Clause]:
    """List the limits that a proof of infeasibility rests on: those whose price isn't zero."""
    for name, least_side, most_side in witness.burdens(problem):
        limits = _limits(problem)[name]
        held = least_side & (limits.bounds.least > 0)
        # That a pair counts once is no limit anybody set.
        bounded = most_side & (limits.bounds.most == 0) if name == "pairs" else most_side
        for index in np.flatnonzero(held).tolist():
            yield limits.clause(index, least=True)
        for index in np.flatnonzero(bounded).tolist():
            yield limits.clause(index, least=False)


def _every_clause(problem: Problem) -> Iterator[Clause]:
    """List every limit that says something."""
    for limits in _limits(problem).values():
        for index in np.flatnonzero(limits.bounds.least > 0).tolist():
            yield limits.clause(index, least=True)
        most = limits.bounds.most == 0 if limits.most == "ban" else limits.bounds.most >= 0
        for index in np.flatnonzero(most).tolist():
            yield limits.clause(index, least=False)
    related: tuple[tuple[Kind, Int64], ...] = (
        ("exclusive", problem.exclusive),
        ("together", problem.together),
    )
    for kind, rows in related:
        for index, (pair, _) in enumerate(rows.tolist()):
            mentee, mentor = int(problem.mentee[pair]), int(problem.mentor[pair])
            yield Clause(kind, mentee, mentor, 1, index)
    if problem.or_none is not None:
        for mentor in np.flatnonzero(problem.or_none > 1).tolist():
            yield Clause("mentor_or_none", None, mentor, int(problem.or_none[mentor]), mentor)


def _clashing(problem: Problem) -> Iterator[Clause]:
    """List both limits of the first whose least exceeds its most."""
    for limits in _limits(problem).values():
        clash = np.flatnonzero(limits.bounds.least > limits.bounds.most).tolist()
        if clash:
            yield limits.clause(clash[0], least=True)
            yield limits.clause(clash[0], least=False)
            return

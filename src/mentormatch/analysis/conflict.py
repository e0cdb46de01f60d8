"""Why there is no matching: a minimal set of limits that can't hold together.

The cut that proves a problem infeasible names the limits that matter; among
them QuickXplain (Junker, AAAI 2004) finds a set from which nothing can be left
out. Who may meet whom is taken as given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.certificate import Cut
from mentormatch.analysis.proof import cut_of
from mentormatch.matching import Bounds, Int32, Parts, Problem
from mentormatch.messages import Language, text
from mentormatch.solvers.cuts import blocking_set

Bools = NDArray[np.bool_]
People = NDArray[np.signedinteger[Any]]
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
]


@dataclass(frozen=True, slots=True)
class Clause:
    """One limit of a conflict.

    Parameters
    ----------
    kind
        What sort of limit.
    mentee, mentor
        Whom it concerns, by position or code; None where it concerns the other side only.
    bound
        The number it sets.
    index
        Position of the pair, person or part in the problem.
    """

    kind: Kind
    mentee: int | str | None
    mentor: int | str | None
    bound: int
    index: int

    def text(self, lang: Language = "en") -> str:
        """Say the limit in words."""
        return text(
            f"conflict.{self.kind}", lang, mentee=self.mentee, mentor=self.mentor, bound=self.bound
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that can't hold together, though without any one of them the others can."""

    clauses: tuple[Clause, ...]

    def named(self, mentees: Sequence[int | str], mentors: Sequence[int | str]) -> "Conflict":
        """Return the same conflict with people called otherwise."""
        return Conflict(
            tuple(
                replace(
                    clause,
                    mentee=None if clause.mentee is None else mentees[int(clause.mentee)],
                    mentor=None if clause.mentor is None else mentors[int(clause.mentor)],
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
    """Find a minimal conflict of an infeasible problem.

    Raises
    ------
    ValueError
        When the problem has a solution.
    """
    cut = cut_of(problem)
    if cut is None:
        raise ValueError("the problem has a solution")
    clauses = _clauses_in(problem, cut) or _clashing(problem)
    return Conflict(tuple(sorted(_minimal(problem, [], clauses), key=_rank)))


def _rank(clause: Clause) -> tuple[int, int]:
    return get_args(Kind).index(clause.kind), clause.index


def _minimal(problem: Problem, background: list[Clause], clauses: list[Clause]) -> list[Clause]:
    """Return a minimal part of ``clauses`` that conflicts together with ``background``.

    The background alone must be known to have a solution.
    """
    if len(clauses) <= 1:
        return clauses
    half = len(clauses) // 2
    left, right = clauses[:half], clauses[half:]
    if _conflicting(problem, background + left):
        return _minimal(problem, background, left)
    from_right = _minimal(problem, background + left, right)
    if _conflicting(problem, background + from_right):
        return from_right
    return _minimal(problem, background + from_right, left) + from_right


def _conflicting(problem: Problem, clauses: Sequence[Clause]) -> bool:
    return blocking_set(_only(problem, clauses)) is not None


def _only(problem: Problem, clauses: Sequence[Clause]) -> Problem:
    """Loosen every limit of a problem but those of the given clauses."""
    loose = {
        "mentor": _loose(problem.mentors, problem.mentees),
        "mentee": _loose(problem.mentees, problem.mentors),
        "mentor_part": _loose(_count(problem.mentor_parts), problem.mentees),
        "mentee_part": _loose(_count(problem.mentee_parts), problem.mentors),
    }
    pairs: dict[str, list[int]] = {"pin": [], "ban": []}
    for clause in clauses:
        if clause.kind in pairs:
            pairs[clause.kind].append(clause.index)
        else:
            owner, _, end = clause.kind.rpartition("_")
            getattr(loose[owner], end)[clause.index] = clause.bound
    return replace(
        problem,
        capacity=loose["mentor"],
        demand=loose["mentee"],
        pinned=np.array(pairs["pin"], np.int64),
        banned=np.array(pairs["ban"], np.int64),
        mentor_parts=_rebounded(problem.mentor_parts, loose["mentor_part"]),
        mentee_parts=_rebounded(problem.mentee_parts, loose["mentee_part"]),
    )


def _loose(people: int, others: int) -> Bounds:
    return Bounds(np.zeros(people, np.int64), np.full(people, others, np.int64))


def _count(parts: Parts | None) -> int:
    return 0 if parts is None else len(parts.owner)


def _rebounded(parts: Parts | None, bounds: Bounds) -> Parts | None:
    return None if parts is None else replace(parts, bounds=bounds)


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    """Arcs of one sort: whether each end is in the cut, the bounds, and how to name a clause."""

    tail: Bools
    head: Bools
    bounds: Bounds
    least: Kind
    most: Kind
    mentee: People | None
    mentor: People | None

    def clause(self, index: int, *, least: bool) -> Clause:
        """Name the least or the most of one arc as a limit."""
        return Clause(
            kind=self.least if least else self.most,
            mentee=None if self.mentee is None else int(self.mentee[index]),
            mentor=None if self.mentor is None else int(self.mentor[index]),
            bound=int((self.bounds.least if least else self.bounds.most)[index]),
            index=index,
        )


def _arcs(problem: Problem, cut: Cut) -> Iterator[_Arcs]:
    """List the limits of a problem with the side of the cut on which their arcs stand."""
    hub = np.array([cut.hub])
    mentees, mentors = np.arange(problem.mentees), np.arange(problem.mentors)
    yield _Arcs(
        np.repeat(hub, problem.mentees), cut.mentees, problem.demand,
        "mentee_least", "mentee_most", mentees, None,
    )  # fmt: skip
    yield _Arcs(
        cut.mentors, np.repeat(hub, problem.mentors), problem.capacity,
        "mentor_least", "mentor_most", None, mentors,
    )  # fmt: skip
    if (parts := problem.mentee_parts) is not None:
        yield _Arcs(
            cut.mentees[parts.owner], cut.mentee_parts, parts.bounds,
            "mentee_part_least", "mentee_part_most", parts.owner, None,
        )  # fmt: skip
    if (parts := problem.mentor_parts) is not None:
        yield _Arcs(
            cut.mentor_parts, cut.mentors[parts.owner], parts.bounds,
            "mentor_part_least", "mentor_part_most", None, parts.owner,
        )  # fmt: skip
    lower, upper = np.zeros(problem.size, np.int64), np.ones(problem.size, np.int64)
    lower[problem.pinned], upper[problem.banned] = 1, 0
    wishes = np.concatenate([cut.mentees, cut.mentee_parts])
    seats = np.concatenate([cut.mentors, cut.mentor_parts])
    yield _Arcs(
        wishes[_end(problem.mentee, problem.mentee_parts, problem.mentees)],
        seats[_end(problem.mentor, problem.mentor_parts, problem.mentors)],
        Bounds(lower, upper),
        "pin", "ban", problem.mentee, problem.mentor,
    )  # fmt: skip


def _end(person: Int32, parts: Parts | None, people: int) -> Int32:
    return person if parts is None else np.where(parts.of >= 0, parts.of + people, person)


def _clauses_in(problem: Problem, cut: Cut) -> list[Clause]:
    """List the limits that make a cut: what must enter it, and what may leave."""
    clauses = []
    for arcs in _arcs(problem, cut):
        entering = arcs.head & ~arcs.tail & (arcs.bounds.least > 0)
        leaving = arcs.tail & ~arcs.head
        if arcs.most == "ban":  # that a pair counts once is no limit anybody set
            leaving &= arcs.bounds.most == 0
        clauses += [arcs.clause(index, least=True) for index in np.flatnonzero(entering).tolist()]
        clauses += [arcs.clause(index, least=False) for index in np.flatnonzero(leaving).tolist()]
    return clauses


def _clashing(problem: Problem) -> list[Clause]:
    """List both limits of the first arc whose least exceeds its most."""
    nobody = Cut(
        hub=False,
        mentors=np.zeros(problem.mentors, np.bool_),
        mentees=np.zeros(problem.mentees, np.bool_),
        mentor_parts=np.zeros(_count(problem.mentor_parts), np.bool_),
        mentee_parts=np.zeros(_count(problem.mentee_parts), np.bool_),
    )
    for arcs in _arcs(problem, nobody):
        clash = np.flatnonzero(arcs.bounds.least > arcs.bounds.most).tolist()
        if clash:
            return [arcs.clause(clash[0], least=side) for side in (True, False)]
    return []

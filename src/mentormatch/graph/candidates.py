"""The candidate graph: every admissible pair once, with its form and its raw scores."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn
from mentormatch.errors import ParticipantError, Place, PolicyError, ScoreError
from mentormatch.graph.scoring import Scoring
from mentormatch.graph.verdicts import Verdict, verdict_on
from mentormatch.policy.arrays import Bools, Ints, column_as
from mentormatch.policy.criteria import Evidence
from mentormatch.policy.forms import Bounds
from mentormatch.policy.policy import Policy

Progress = Callable[[int, int], None]

# How many pairs at a time, so that what is computed about them stays in the cache.
_BLOCK: Final = 2**17


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CandidateGraph:
    """Every admissible pair of a cohort under a policy, k of them.

    Make one with :func:`build_graph`. All arrays are read-only.

    Parameters
    ----------
    cohort, policy
        What it was built from.
    mentors, mentees
        Codes of all who take the role, sorted; also those without any admissible pair.
    mentee, mentor
        int32 (k,): positions in ``mentees`` and ``mentors``; pairs are sorted by
        (mentee, mentor), none stands twice.
    form
        int16 (k,): position in ``policy.forms``.
    raw
        int16 (k, criteria): raw scores 0..1000 in the order of ``policy.criteria``; 0 where
        the pair's form doesn't list the criterion.
    """

    cohort: Cohort
    policy: Policy
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    form: NDArray[np.int16]
    raw: NDArray[np.int16]

    def __post_init__(self) -> None:
        for array in (self.mentee, self.mentor, self.form, self.raw):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.mentee)

    def __repr__(self) -> str:
        people = f"{len(self.mentors)} mentors, {len(self.mentees)} mentees"
        return f"CandidateGraph({people}, {len(self)} pairs)"

    @property
    def edges(self) -> NDArray[np.int32]:
        """The pairs as rows (mentee, mentor): int32 (k, 2)."""
        return np.stack([self.mentee, self.mentor], axis=1)

    def under(self, policy: Policy) -> "CandidateGraph":
        """Return the same pairs and raw scores under a policy with other weights or limits.

        Raises
        ------
        PolicyError
            When the policy admits other pairs, scores them differently, or weighs a
            criterion in a form that didn't list it: then the graph must be built anew.
        """
        if not policy.scores_like(self.policy) or (policy.weights[~self.policy.weighed] > 0).any():
            raise PolicyError.of("graph.other-policy")
        return replace(self, policy=policy)

    def without(self, codes: Collection[str]) -> "CandidateGraph":
        """Return the graph of everybody else, with the same raw scores."""
        cohort = self.cohort
        gone = np.array([code in codes for code in cohort.ids], np.bool_)
        mentors, mentees = ~gone[cohort.mentors], ~gone[cohort.mentees]
        edges = np.flatnonzero(mentors[self.mentor] & mentees[self.mentee])
        return replace(
            self,
            cohort=cohort.take(~gone),
            mentors=tuple(code for code in self.mentors if code not in codes),
            mentees=tuple(code for code in self.mentees if code not in codes),
            mentee=(np.cumsum(mentees, dtype=np.int32) - 1)[self.mentee[edges]].astype(np.int32),
            mentor=(np.cumsum(mentors, dtype=np.int32) - 1)[self.mentor[edges]].astype(np.int32),
            form=self.form[edges],
            raw=self.raw[edges],
        )

    def points(self, policy: Policy | None = None) -> Ints:
        """Add up weight x raw score for every pair: exact int64 (k,).

        Parameters
        ----------
        policy
            Whose weights count; by default those the graph was built with.

        Raises
        ------
        PolicyError
            As :meth:`under` does.
        """
        weights = (self if policy is None else self.under(policy)).policy.weights
        points = np.zeros(len(self), dtype=np.int64)
        for start in range(0, len(self), _BLOCK):
            part = slice(start, start + _BLOCK)
            form = self.form[part].astype(np.intp)
            for by_form, raw in zip(weights.T, self.raw.T, strict=True):
                points[part] += by_form.take(form) * raw[part]
        return points

    @property
    def above_floor(self) -> Bools:
        """Which pairs reach the policy's least percentage of their form's maximum: bool (k,)."""
        floor = self.policy.limits.min_percent
        if floor == 0:
            return np.ones(len(self), dtype=np.bool_)
        above: Bools = 100 * self.points() >= floor * self.policy.form_maximum[self.form]
        return above

    @property
    def own_capacity(self) -> Ints:
        """How many mentees each mentor takes over all forms: int64 (m,).

        What the policy decides for the mentor, else the mentor's own answer; who gave none,
        or wasn't asked, could take every mentee.
        """
        everybody = len(self.mentees)
        column = self._capacities
        if column is None:
            seats = np.full(len(self.mentors), everybody, dtype=np.int64)
        else:
            stated = np.clip(column.values // column.unit, 0, everybody)
            seats = np.where(column.answered, stated, everybody)
        decided = self.decided_seats
        return np.where(decided >= 0, np.minimum(decided, everybody), seats)

    @property
    def decided_seats(self) -> Ints:
        """How many mentees the policy lets a mentor take by name, -1 for the others: int64 (m,)."""
        seats = self.policy.limits.seats
        return np.array([seats.get(code, -1) for code in self.mentors], dtype=np.int64)

    @property
    def has_own_capacity(self) -> Bools:
        """Which mentors said how many mentees they take: bool (m,)."""
        column = self._capacities
        return np.zeros(len(self.mentors), np.bool_) if column is None else column.answered

    @property
    def _capacities(self) -> NumberColumn | None:
        if not self.policy.has_capacity_field(self.cohort.questionnaire):
            return None
        column = column_as(self.cohort, self.policy.limits.capacity_field, NumberColumn)
        return column.take(self.cohort.mentors)

    @property
    def form_capacity(self) -> Ints:
        """Least and most mentees per mentor in each form: int64 (forms, 2)."""
        return _bounds((form.seats for form in self.policy.forms), len(self.mentees))

    @property
    def form_demand(self) -> Ints:
        """Least and most mentors per mentee in each form: int64 (forms, 2)."""
        return _bounds((form.demand for form in self.policy.forms), len(self.mentors))

    def places(self, mentor: str, mentee: str) -> tuple[int, int]:
        """Find two people by code: positions in ``mentors`` and ``mentees``.

        Raises
        ------
        ParticipantError
            When a code is unknown or not in that role; it says when the two are exchanged.
        """
        col, row = self.cohort.index(mentor), self.cohort.index(mentee)
        is_mentor, is_mentee = self.cohort.is_mentor, self.cohort.is_mentee
        if not (is_mentor[col] and is_mentee[row]):
            found, role = (mentee, "mentee") if is_mentor[col] else (mentor, "mentor")
            if is_mentor[row] and is_mentee[col]:
                values = {"found": found, "mentor": mentee, "mentee": mentor}
                raise ParticipantError.of(f"graph.{role}-exchanged", **values)
            raise ParticipantError.of(f"graph.not-{role}", found=found)
        return (
            int(np.searchsorted(self.cohort.mentors, col)),
            int(np.searchsorted(self.cohort.mentees, row)),
        )

    def edge(self, mentor: str, mentee: str) -> int | None:
        """Find a pair by codes: its position, None if it isn't admissible.

        Raises
        ------
        ParticipantError
            As :meth:`places` does.
        """
        col, row = self.places(mentor, mentee)
        # Asked for by numbers of another type, numpy would copy all pairs each time.
        keys = np.array([row, row + 1], self.mentee.dtype)
        start, stop = np.searchsorted(self.mentee, keys).tolist()
        place = start + int(np.searchsorted(self.mentor[start:stop], col))
        return place if place < stop and self.mentor[place] == col else None

    def forbidden_by(self, mentor: str, mentee: str) -> Verdict:
        """Ask all rules about one pair again.

        Raises
        ------
        ParticipantError
            As :meth:`places` does.
        """
        self.places(mentor, mentee)
        pair = self._apart([mentor, mentee])
        scoring = Scoring.of(pair, self.policy)
        return verdict_on(pair, scoring, pair.index(mentee), pair.index(mentor))

    def evidence(self, mentor: str, mentee: str) -> dict[str, Evidence]:
        """Say what every raw score of a pair, admissible or not, rests on: by criterion.

        Raises
        ------
        ParticipantError
            As :meth:`places` does.
        """
        return self.evidences([(mentor, mentee)])[0]

    def evidences(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, Evidence]]:
        """Say what every raw score of several pairs (mentor, mentee) rests on.

        The criteria are tied to the people once, which makes many pairs quick.

        Raises
        ------
        ParticipantError
            As :meth:`places` does.
        """
        index = self.cohort.index
        places = [(index(mentor), index(mentee)) for mentor, mentee in pairs]
        people = np.array(places, np.intp).reshape(-1, 2)
        fits = self.cohort.is_mentor[people[:, 0]] & self.cohort.is_mentee[people[:, 1]]
        for place in np.flatnonzero(~fits).tolist():
            self.places(*pairs[place])  # says what is wrong
        kept, where = np.unique(people, return_inverse=True)
        few = self.cohort.take(kept)
        cols, rows = where.reshape(-1, 2).T
        names = [criterion.id for criterion in self.policy.criteria]
        columns = [each.bind(few).evidences(rows, cols) for each in self.policy.criteria]
        if not columns:
            return [{} for _ in pairs]
        return [dict(zip(names, each, strict=True)) for each in zip(*columns, strict=True)]

    def _apart(self, codes: Iterable[str]) -> Cohort:
        """Take a few people alone: rules and scores see nobody else anyway."""
        return self.cohort.take(np.array([self.cohort.index(code) for code in codes]))

    def to_networkx(self) -> Any:
        """Return the graph as a bipartite ``networkx.Graph``.

        Nodes are "mentor:CODE" and "mentee:CODE", because one person may be both, with the
        attributes ``bipartite`` (0 mentor, 1 mentee), ``side``, ``id`` and ``kind``; edges
        have ``form`` (its id), ``points`` and ``raw`` (by criterion, those the form lists).
        """
        import networkx as nx  # noqa: PLC0415 - heavy, and only for this

        graph = nx.Graph()
        kinds = self.cohort.column("kind")
        for place, (side, codes) in enumerate((("mentor", self.mentors), ("mentee", self.mentees))):
            for code in codes:
                kind = kinds.cell(self.cohort.index(code))
                graph.add_node(f"{side}:{code}", bipartite=place, side=side, id=code, kind=kind)
        listed = [
            [
                (place, entry.id)
                for place, entry in enumerate(self.policy.criteria)
                if entry.id in form.weights
            ]
            for form in self.policy.forms
        ]
        for mentee, mentor, form, raw, points in zip(
            self.mentee.tolist(),
            self.mentor.tolist(),
            self.form.tolist(),
            self.raw.tolist(),
            self.points().tolist(),
            strict=True,
        ):
            graph.add_edge(
                f"mentor:{self.mentors[mentor]}",
                f"mentee:{self.mentees[mentee]}",
                form=self.policy.forms[form].id,
                points=points,
                raw={name: raw[place] for place, name in listed[form]},
            )
        return graph


def _bounds(bounds: Iterable[Bounds], everybody: int) -> Ints:
    """Put bounds in rows; without an upper one, everybody there is, or least if that is more."""
    rows = [
        (entry.least, max(entry.least, everybody) if entry.most is None else entry.most)
        for entry in bounds
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


def build_graph(
    cohort: Cohort, policy: Policy, *, chunk: int | None = None, progress: Progress | None = None
) -> CandidateGraph:
    """Find every admissible pair and its raw scores.

    For each form in order: who fits its conditions and the rules on one person; then, in
    blocks of mentees, the rules on pairs; then the raw scores of the pairs that are left
    and that no earlier form has taken.

    Parameters
    ----------
    cohort
        The people.
    policy
        Forms, rules and criteria; weights and limits don't matter here.
    chunk
        How many mentees at a time. Changes speed and memory only.
    progress
        Called with the number of mentees done and the number of all.

    Raises
    ------
    PolicyError
        When the policy doesn't fit the cohort's questionnaire.
    ScoreError
        When ``chunk`` isn't positive.
    """
    if chunk is not None and chunk < 1:
        raise ScoreError.of("graph.chunk", Place(field="chunk"))
    policy.check(cohort.questionnaire)
    scoring = Scoring.of(cohort, policy)
    everybody = len(scoring.mentees)
    step = chunk or max(1, _BLOCK // max(1, len(scoring.mentors)))
    blocks = []
    for start in range(0, everybody, step):
        rows = np.arange(start, min(start + step, everybody))
        blocks.append(scoring.edges(rows))
        if progress is not None:
            progress(int(rows[-1]) + 1, everybody)
    nothing = np.empty((len(policy.criteria), 0), np.int16)
    return CandidateGraph(
        cohort,
        policy,
        tuple(cohort.ids[place] for place in scoring.mentors.tolist()),
        tuple(cohort.ids[place] for place in scoring.mentees.tolist()),
        np.concatenate([np.empty(0, np.int32), *(block.mentee for block in blocks)]),
        np.concatenate([np.empty(0, np.int32), *(block.mentor for block in blocks)]),
        np.concatenate([np.empty(0, np.int16), *(block.form for block in blocks)]),
        np.concatenate([nothing, *(block.raw for block in blocks)], axis=1).T,
    )

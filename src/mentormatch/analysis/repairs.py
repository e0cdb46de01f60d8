"""What to change where limits can't hold together, the cheapest change first.

Every repair proposed was tried: the problem with that change has a solution.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final, Literal, Self, get_args

import numpy as np

from mentormatch.analysis.conflict import Clause, Conflict, conflict_of, only
from mentormatch.analysis.gains import Gain
from mentormatch.analysis.proof import settle
from mentormatch.analysis.regret import is_flow
from mentormatch.matching import Status
from mentormatch.messages import Language, text
from mentormatch.network.residual import without_lots
from mentormatch.policy.rules import Rule
from mentormatch.problem import Bounds, Int64, Objective, Parts, Problem, Quota
from mentormatch.solvers.cuts import blocking_set

# From the cheapest sort of change to the dearest.
RepairKind = Literal[
    "mentor_most",
    "mentor_part_most",
    "crossing_most",
    "mentee_most",
    "mentee_part_most",
    "time",
    "rule",
    "quota_least",
    "quota_most",
    "mentor_least",
    "mentor_part_least",
    "crossing_least",
    "mentor_or_none",
    "pin",
    "ban",
    "floor",
    "exclusive",
    "together",
    "mentee_part_least",
    "mentee_least",
    "groups",
]
KINDS: Final[tuple[RepairKind, ...]] = get_args(RepairKind)


@dataclass(frozen=True, slots=True)
class Repair:
    """One change to a limit, a decision or a rule.

    Parameters
    ----------
    kind
        What is changed: a limit of a :class:`Clause`, or ``time`` (two people find time in
        common), ``rule`` (a rule is set aside for one pair), ``floor`` (the least
        percentage is set aside for one pair).
    mentee, mentor
        Whom it concerns; None where it concerns nobody in particular.
    amount
        By how much a number changes; 1 where there is none.
    bound
        The number after the change.
    limit
        Name of the quota, or of what a part of somebody's pairs comes from.
    rule
        The rule that is set aside; never a confidential one.
    gain
        What the best matching gains by the change; None where there was none before.
    to_be_pinned
        Whether the best matching after the change gives the seat to somebody else, so that
        the pair has to be pinned as well.
    """

    kind: RepairKind
    mentee: int | str | None
    mentor: int | str | None
    amount: int = 1
    bound: int = 0
    limit: int | str | None = None
    rule: Rule | None = field(default=None, repr=False)
    gain: Gain | None = None
    to_be_pinned: bool = False

    @classmethod
    def of(cls, clause: Clause, amount: int) -> Self:
        """Relax a limit of a conflict by an amount."""
        bound = clause.bound + (amount if clause.kind.endswith("_most") else -amount)
        return cls(clause.kind, clause.mentee, clause.mentor, amount, bound, clause.limit)

    @property
    def cost(self) -> tuple[int, int]:
        """What repairs are ordered by: sort of change, then its size."""
        return KINDS.index(self.kind), self.amount

    def change(self, lang: Language = "en") -> str:
        """Say what is changed."""
        return text(
            f"repair.{self.kind}",
            lang,
            mentee=self.mentee,
            mentor=self.mentor,
            amount=self.amount,
            bound=self.bound,
            limit=self.limit,
            rule="" if self.rule is None else self.rule.code,
            reason="" if self.rule is None else self.rule.reason_text(lang),
        )

    def text(self, lang: Language = "en") -> str:
        """Say what is changed and what it brings."""
        said = self.change(lang)
        if self.gain is not None:
            said = text("repair.brings", lang, change=said, gain=self.gain.text(lang))
        return said + (text("repair.pinned", lang) if self.to_be_pinned else "")

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Repairs:
    """Ways to make an impossible matching possible.

    Parameters
    ----------
    options
        Each is enough on its own, the cheapest first; an option of several changes needs
        all of them. Empty when nothing that may be changed helps.
    """

    options: tuple[tuple[Repair, ...], ...]

    def text(self, lang: Language = "en") -> str:
        """Say every option, one per line."""
        if not self.options:
            return text("repairs.none", lang)
        title = text("repairs.title", lang, count=len(self.options))
        together = text("repairs.and", lang)
        lines = [together.join(step.text(lang) for step in option) for option in self.options]
        return "\n".join([title, *(f"- {line}" for line in lines)])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


Step = tuple[Clause, int]
"""A limit, and by how much it is relaxed."""


def repairs_of(
    problem: Problem,
    conflict: Conflict | None = None,
    *,
    may: Callable[[Clause], bool] = lambda _: True,
) -> list[tuple[Step, ...]]:
    """Find the least changes that make an infeasible problem feasible.

    Every solution breaks a limit of every conflict, so the limits of one conflict are
    enough to find all changes of a single limit. Where none of them helps alone, the
    cheapest limit of the conflict that is left is relaxed again and again, and what turns
    out to be needless is taken back.

    Parameters
    ----------
    problem
        A problem that has no solution.
    conflict
        A minimal conflict of it, if it is known already.
    may
        Which limits may be relaxed.

    Returns
    -------
    list
        Each of them enough on its own, the cheapest first; empty when nothing helps.
    """
    conflict = conflict or conflict_of(problem)
    single = []
    for clause in filter(may, conflict.clauses):
        amount = _least_amount(problem, clause)
        if amount is not None:
            single.append((clause, amount))
    if single:
        return [(step,) for step in sorted(single, key=_cost)]
    several = _several(problem, may)
    return [several] if several else []


def relaxed(problem: Problem, steps: Sequence[Step]) -> Problem:
    """Relax some limits of a problem; rows of related pairs are given by their position."""
    dropped: dict[str, list[int]] = {"pin": [], "ban": [], "exclusive": [], "together": []}
    for clause, amount in steps:
        if clause.kind in dropped:
            dropped[clause.kind].append(clause.index)
        else:
            problem = _rebound(problem, clause, amount)
    return replace(
        problem,
        pinned=np.setdiff1d(problem.pinned, dropped["pin"]).astype(np.int64),
        banned=np.setdiff1d(problem.banned, dropped["ban"]).astype(np.int64),
        exclusive=np.delete(problem.exclusive, dropped["exclusive"], axis=0),
        together=np.delete(problem.together, dropped["together"], axis=0),
    )


def _rebound(problem: Problem, clause: Clause, amount: int) -> Problem:
    owner, _, end = clause.kind.rpartition("_")
    index, by = clause.index, amount if end == "most" else -amount
    if clause.kind == "mentor_or_none":
        assert problem.or_none is not None
        return replace(problem, or_none=_shifted(problem.or_none, index, by))
    if owner == "quota":
        quotas = list(problem.quotas)
        quotas[index] = _requoted(quotas[index], end, by)
        return replace(problem, quotas=tuple(quotas))
    if owner == "mentor":
        return replace(problem, capacity=_moved(problem.capacity, end, index, by))
    if owner == "mentee":
        return replace(problem, demand=_moved(problem.demand, end, index, by))
    if owner == "crossing":
        return replace(problem, crossing=_crossing(problem.crossing, end, index, by))
    if owner == "mentor_part":
        return replace(problem, mentor_parts=_parts(problem.mentor_parts, end, index, by))
    return replace(problem, mentee_parts=_parts(problem.mentee_parts, end, index, by))


def _parts(parts: Parts | None, end: str, index: int, by: int) -> Parts | None:
    return None if parts is None else replace(parts, bounds=_moved(parts.bounds, end, index, by))


def _crossing(sorts: tuple[Parts, ...], end: str, index: int, by: int) -> tuple[Parts, ...]:
    """Relax one of the parts, counted through all sorts."""
    changed = []
    for parts in sorts:
        here = 0 <= index < len(parts.owner)
        changed.append(
            replace(parts, bounds=_moved(parts.bounds, end, index, by)) if here else parts
        )
        index -= len(parts.owner)
    return tuple(changed)


def _requoted(quota: Quota, end: str, by: int) -> Quota:
    if end == "least":
        return replace(quota, least=quota.least + by)
    return replace(quota, most=quota.most + by)


def _moved(bounds: Bounds, end: str, index: int, by: int) -> Bounds:
    if end == "least":
        return Bounds(_shifted(bounds.least, index, by), bounds.most)
    return Bounds(bounds.least, _shifted(bounds.most, index, by))


def _shifted(values: Int64, index: int, by: int) -> Int64:
    values = values.copy()
    values[index] += by
    return values


def is_possible(problem: Problem) -> bool:
    """Tell whether all limits can be kept, by a max-flow where that is enough."""
    if blocking_set(problem) is not None:
        return False
    if is_flow(problem):
        return True
    found = settle(replace(problem, objectives=(Objective("nothing"),)), certify=False)
    return found.status in {Status.OPTIMAL, Status.FEASIBLE}


def _cost(step: Step) -> tuple[int, int, int]:
    clause, amount = step
    return (*Repair.of(clause, amount).cost, clause.index)


def _most(problem: Problem, clause: Clause) -> int:
    """Bound by how much relaxing a limit can make a difference."""
    if clause.kind.endswith("_least"):
        return clause.bound
    if clause.kind == "mentor_or_none":
        return clause.bound - 1
    if clause.kind in {"pin", "ban", "exclusive", "together"}:
        return 1
    if clause.kind == "quota_most":
        return problem.size * 2 + problem.mentees + problem.mentors
    return max(problem.mentees, problem.mentors)


def _least_amount(problem: Problem, clause: Clause, background: Sequence[Step] = ()) -> int | None:
    """Find by how much a limit must be relaxed to make a problem feasible; None if it can't."""

    def helps(amount: int) -> bool:
        return is_possible(relaxed(problem, [*background, (clause, amount)]))

    low, high = 0, _most(problem, clause)
    if high < 1 or not helps(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if helps(middle) else (middle, high)
    return high


def _several(problem: Problem, may: Callable[[Clause], bool]) -> tuple[Step, ...]:
    """Relax the cheapest limit of one conflict after another; empty when that isn't allowed."""
    steps: dict[tuple[str, int], Step] = {}
    while not is_possible(present := relaxed(problem, list(steps.values()))):
        found = conflict_of(present).clauses
        named = [_of_original(clause, steps) for clause in found]
        choices = []
        for clause, original in zip(found, named, strict=True):
            if may(original):
                amount = 1
                if clause.kind not in {"pin", "ban", "exclusive", "together"}:
                    amount = _least_amount(only(present, found), clause) or 1
                choices.append((_cost((original, amount)), original, amount))
        if not choices:
            return ()
        _, clause, amount = min(choices, key=lambda choice: choice[0])
        before = steps.get((clause.kind, clause.index))
        if before is not None:
            clause, amount = before[0], before[1] + amount
        steps[clause.kind, clause.index] = (clause, amount)
    for key in sorted(steps, key=lambda key: _cost(steps[key]), reverse=True):
        others = [step for other, step in steps.items() if other != key]
        if is_possible(relaxed(problem, others)):
            del steps[key]
        else:
            clause = steps[key][0]
            steps[key] = clause, _least_amount(problem, clause, others) or steps[key][1]
    return tuple(sorted(steps.values(), key=_cost))


def _of_original(clause: Clause, steps: dict[tuple[str, int], Step]) -> Clause:
    """Find a row of related pairs where it stood before others were dropped."""
    index = clause.index
    if clause.kind in {"exclusive", "together"}:
        for gone in sorted(place for kind, place in steps if kind == clause.kind):
            index += gone <= index
    return replace(clause, index=index)


def repairs_named(
    found: Sequence[tuple[Step, ...]],
    mentees: Sequence[int | str],
    mentors: Sequence[int | str],
    quotas: Sequence[str] = (),
    parts: Sequence[str] = (),
) -> Repairs:
    """Say repairs with the codes of people, quotas and what parts come from."""
    options = []
    for steps in found:
        named = Conflict(tuple(clause for clause, _ in steps)).named(
            mentees, mentors, quotas, parts
        )
        amounts = [amount for _, amount in steps]
        options.append(tuple(map(Repair.of, named.clauses, amounts)))
    return Repairs(tuple(options))


def values_with(problem: Problem, mentee: int | None = None) -> tuple[int, ...] | None:
    """Solve a problem, if wished with at least one mentor for a mentee.

    Returns
    -------
    tuple or None
        The value of each goal, lots apart; None unless a proven optimum was found.
    """
    problem = without_lots(problem)
    if mentee is not None:
        least = problem.demand.least.copy()
        least[mentee] = max(int(least[mentee]), 1)
        problem = replace(problem, demand=Bounds(least, problem.demand.most))
    outcome = settle(problem, certify=False)
    return problem.values(outcome.chosen) if outcome.status is Status.OPTIMAL else None

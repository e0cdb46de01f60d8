"""What came of a question about groups, in the words of a matching: pairs, levels, groups."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mentormatch.analysis.group_proof import WORDS, GroupOutcome
from mentormatch.analysis.outcome import Outcome
from mentormatch.grouping import GroupProblem, Ladder
from mentormatch.matching import Group, Level, Pair, Status
from mentormatch.policy.policy import Policy
from mentormatch.problem import Int64, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A question about groups and what came of it.

    Parameters
    ----------
    problem
        The question in integers.
    outcome
        What came of it.
    ladder
        What its coverage is made of.
    leaders
        The mentor that each mentor of the problem stands for, by position.
    """

    problem: GroupProblem
    outcome: GroupOutcome
    ladder: Ladder
    leaders: Int64

    @property
    def refuted_cover(self) -> bool:
        """Whether prices alone prove that limits on coverage can't be kept."""
        bound = self.outcome.certified[0] if self.outcome.certified else None
        return self.ladder.required > 0 and bound is not None and self._falls_short(bound)

    def _falls_short(self, cover: int) -> bool:
        return self.ladder.split(cover)[0] < self.ladder.required

    def settled(self, pairs: Problem) -> Outcome:
        """Say what came of it for the pairs that all groups are made of."""
        found, nothing = self.outcome, np.empty(0, np.int64)
        if not found.levels:
            proof = found.proof or "best_found"
            return Outcome(found.status, proof, nothing, (), None, "groups", 0)
        cover = found.levels[0]
        if self.ladder.required and self._falls_short(cover.value):
            if cover.bound is None or not self._falls_short(cover.bound):
                return Outcome(Status.NO_SOLUTION, "best_found", nothing, (), None, "groups", 0)
            proof = "infeasible_certified" if self.refuted_cover else "infeasible_claimed"
            return Outcome(Status.INFEASIBLE, proof, nothing, (), None, "groups", 0)
        levels = self._levels(pairs)
        proof = max((level.proof for level in levels), key=WORDS.index)
        status = Status.FEASIBLE if proof == WORDS[-1] else Status.OPTIMAL
        return Outcome(status, proof, self._chosen(pairs), levels, None, "groups", 0)

    def _chosen(self, pairs: Problem) -> Int64:
        """Find the pairs of all groups among the pairs of the question, ascending."""
        place = pairs.mentee.astype(np.int64) * pairs.mentors + pairs.mentor
        cells = [
            who * pairs.mentors + int(self.leaders[group.mentor])
            for group in self.outcome.groups
            for who in group.members
        ]
        return np.sort(np.searchsorted(place, np.array(cells, np.int64)))

    def _levels(self, pairs: Problem) -> tuple[Level, ...]:
        """Write every goal of the policy as a level, and leave out what stands for limits."""
        found = list(self.outcome.levels)
        levels: list[Level] = []
        if self.problem.cover is not None:
            levels = self._cover_levels(found.pop(0))
            levels = levels[1:] if self.ladder.required else levels
        goals = [goal.goal for goal in pairs.objectives]
        levels = [replace(level, goal=goal) for level, goal in zip(levels, goals, strict=False)]
        if len(goals) > len(levels):
            levels.append(replace(found[0], unit=self.problem.scale))
        return tuple(levels)

    def _cover_levels(self, cover: Level) -> list[Level]:
        """Take coverage apart into its goals."""
        bound = cover.value if cover.bound is None else cover.bound
        certified = self.outcome.certified[0]
        most = self.ladder.split_bound(cover.value, bound)
        sure = self.ladder.split_bound(cover.value, bound if certified is None else certified)
        levels = []
        for value, limit, proven in zip(self.ladder.split(cover.value), most, sure, strict=True):
            word = "best_found" if limit != value else "solver_proved"
            word = "certified" if proven == value and certified is not None else word
            levels.append(Level(cover.goal, value, limit, word))
        return levels


def named_groups(
    policy: Policy,
    pairs: Sequence[Pair],
    grouping: Grouping | None,
    mentees: tuple[str, ...],
) -> tuple[Group, ...]:
    """Name the groups that pairs make up, ordered by mentor.

    Parameters
    ----------
    policy
        Which of its forms meet in groups.
    pairs
        All pairs, ordered by mentor and mentee.
    grouping
        How well the mentees of groups suit each other; None where that doesn't count.
    mentees
        Codes of all mentees, by position.
    """
    meets = {form.id for form in policy.forms if form.group is not None}
    members: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.form in meets:
            members.setdefault(pair.mentor, []).append(pair)
    groups = []
    for mentor, several in members.items():
        cohesion = 0
        if grouping is not None:
            who = tuple(mentees.index(pair.mentee) for pair in several)
            cohesion = grouping.problem.cohesion_of(who) // grouping.problem.scale
        points = sum(pair.points for pair in several) + cohesion
        names = tuple(pair.mentee for pair in several)
        groups.append(Group(mentor, names, several[0].form, points, cohesion))
    return tuple(groups)

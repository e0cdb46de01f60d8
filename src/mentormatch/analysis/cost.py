"""What a decision on a pair would cost, and whom it would displace, by code and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mentormatch.analysis.regret import Change
from mentormatch.messages import LANGUAGES, Language, percent, text
from mentormatch.policy.policy import Policy
from mentormatch.problem import Objective, Problem
from mentormatch.questionnaire import Label


@dataclass(frozen=True, slots=True)
class Move:
    """What a decision changes for one mentee.

    Parameters
    ----------
    mentee
        Who.
    left, taken
        The mentor who is given up and the one who comes instead; None for nobody.
    others
        Whether the mentee has another mentor besides.
    """

    mentee: str
    left: str | None
    taken: str | None
    others: bool = False

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        if self.left is not None and self.taken is not None:
            key = "changes"
        elif self.taken is not None:
            key = "gets-another" if self.others else "gets"
        else:
            key = "loses" if self.others else "is-left"
        return text(f"move.{key}", lang, mentee=self.mentee, left=self.left, taken=self.taken)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Cost:
    """What every goal would lose by a decision on a pair, and who would be displaced.

    Parameters
    ----------
    goals
        Names of the goals, in order; no two are the same.
    labels
        What people read instead.
    regret
        How much each goal loses. The first that isn't zero decides and is above zero;
        later ones may be below zero, which is a gain in return.
    chain
        What changes for whom: the asked mentee first, then whoever is displaced, and so on.
    maximum
        The most points a pair can have in this pair's form.
    """

    goals: tuple[str, ...]
    labels: tuple[Label, ...]
    regret: tuple[int, ...]
    chain: tuple[Move, ...]
    maximum: int

    @classmethod
    def of(
        cls,
        change: Change,
        problem: Problem,
        people: tuple[Sequence[str], Sequence[str]],
        policy: Policy,
        maximum: int,
    ) -> Self:
        """Name the mentors and mentees of a change, and the goals.

        Parameters
        ----------
        change
            The change.
        problem
            The question it belongs to.
        people
            Codes of mentors and of mentees.
        policy
            The policy that asked.
        maximum
            The most points a pair can have in the form in question.
        """
        mentors, mentees = people
        served = problem.served(change.chosen)

        def at(pair: int) -> str | None:
            return mentors[problem.mentor[pair]] if pair >= 0 else None

        chain = tuple(
            Move(mentees[mentee], at(left), at(taken), bool(served[mentee] > (taken >= 0)))
            for mentee, left, taken in change.steps
            if left >= 0 or taken >= 0
        )
        goals = problem.objectives[: len(change.regret)]
        return cls(goal_names(goals), goal_labels(policy, goals), change.regret, chain, maximum)

    @property
    def free(self) -> bool:
        """Whether nothing is lost: another matching is just as good."""
        return not any(self.regret)

    def losses(self, lang: Language = "en") -> tuple[str, ...]:
        """Say for each goal that changes by how much."""
        return tuple(
            self._loss(goal, label.text(lang), regret, lang)
            for goal, label, regret in zip(self.goals, self.labels, self.regret, strict=True)
            if regret
        )

    def _loss(self, goal: str, name: str, regret: int, lang: Language) -> str:
        kind = goal.partition(":")[0].partition("-")[0]
        amount = abs(regret)
        if kind in {"fairness", "even"}:
            return text(f"cost.{'worse' if regret > 0 else 'better'}", lang, name=name)
        said = text(f"cost.{'fewer' if regret > 0 else 'more'}", lang, name=name, amount=amount)
        if kind == "points" and self.maximum:
            share = percent(amount, self.maximum, lang)
            return text("cost.share", lang, said=said, percent=share)
        return said

    def text(self, lang: Language = "en") -> str:
        """Say losses and moves, one per line."""
        moves = [move.text(lang) for move in self.chain]
        return "\n".join(f"- {line}" for line in [*self.losses(lang), *moves])

    def __str__(self) -> str:
        return self.text()


def goal_names(goals: Sequence[Objective]) -> tuple[str, ...]:
    """Name each goal so that no two names are the same: the second ``cover`` is ``cover-2``."""
    names: list[str] = []
    for goal in goals:
        same = sum(name.partition("-")[0] == goal.goal for name in names)
        names.append(f"{goal.goal}-{same + 1}" if same else goal.goal)
    return tuple(names)


def goal_labels(policy: Policy, goals: Sequence[Objective]) -> tuple[Label, ...]:
    """Find what people read for each goal; fairness takes several levels for one."""
    fairness = [goal for goal in policy.goals if goal.type == "fairness"]
    others = iter([goal for goal in policy.goals if goal.type != "fairness"])
    entries = [fairness[0] if goal.goal.startswith("fairness") else next(others) for goal in goals]
    return tuple(
        entry.label or Label(**{lang: text(f"goal.{entry.type}", lang) for lang in LANGUAGES})
        for entry in entries
    )

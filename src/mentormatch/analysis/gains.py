"""What a change brings, goal by goal, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mentormatch.analysis.cost import goal_labels, goal_names
from mentormatch.messages import Language, text
from mentormatch.policy.policy import Policy
from mentormatch.problem import Objective
from mentormatch.questionnaire import Label


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change brings: one number per goal, compared in order.

    Parameters
    ----------
    goals
        Names of the goals; a second goal of the same name is ``cover-2``.
    labels
        What people read for each goal.
    amounts
        How much more of each goal the best matching reaches after the change. Later
        goals may fall when an earlier one rises.
    """

    goals: tuple[str, ...]
    labels: tuple[Label, ...]
    amounts: tuple[int, ...]

    @classmethod
    def between(
        cls,
        objectives: Sequence[Objective],
        before: Sequence[int],
        after: Sequence[int],
        policy: Policy,
    ) -> Self:
        """Compare the values of two optima under a policy, goal by goal."""
        amounts = tuple(new - old for old, new in zip(before, after, strict=True))
        return cls(goal_names(objectives), goal_labels(policy, objectives), amounts)

    @property
    def is_loss(self) -> bool:
        """Whether the first goal that changes falls."""
        return self.amounts < (0,) * len(self.amounts)

    def text(self, lang: Language = "en") -> str:
        """Name every goal that changes, with the change; say if none does."""
        said = [
            self._said(*entry, lang)
            for entry in zip(self.goals, self.labels, self.amounts, strict=True)
            if entry[2]
        ]
        return ", ".join(said) or text("gain.nothing", lang)

    def _said(self, goal: str, label: Label, amount: int, lang: Language) -> str:
        kind = goal.partition(":")[0].partition("-")[0]
        name = label.text(lang)
        if kind in {"fairness", "even"}:  # no unit that means anything to a reader
            return text(f"gain.{'better' if amount > 0 else 'worse'}", lang, name=name)
        return text("gain.amount", lang, name=name, amount=signed(amount, lang))

    def __str__(self) -> str:
        return self.text()


def signed(amount: int, lang: Language = "en") -> str:
    """Write a change with its sign, digits in groups of three the way the language does."""
    digits = f"{abs(amount):,}"
    if lang == "ru":
        digits = digits.replace(",", "\N{NO-BREAK SPACE}")
    sign = "+" if amount > 0 else "\N{MINUS SIGN}" if amount < 0 else ""
    return sign + digits

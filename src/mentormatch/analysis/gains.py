"""What a change brings, goal by goal, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mentormatch.messages import Language, text
from mentormatch.policy.goals import Goal
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
        What people read for each goal; None stands for the goal's usual words.
    amounts
        How much more of each goal the best matching reaches after the change. Later
        goals may fall when an earlier one rises.
    """

    goals: tuple[str, ...]
    labels: tuple[Label | None, ...]
    amounts: tuple[int, ...]

    @classmethod
    def between(
        cls,
        objectives: Sequence[Objective],
        before: Sequence[int],
        after: Sequence[int],
        goals: Sequence[Goal] = (),
    ) -> Self:
        """Compare two optima; ``goals`` are the policy's, where there is one."""
        fair = next((goal.label for goal in goals if goal.type == "fairness"), None)
        others = iter([goal.label for goal in goals if goal.type != "fairness"])
        labels = tuple(
            fair if objective.goal.startswith("fairness") else next(others, None)
            for objective in objectives
        )
        amounts = tuple(new - old for old, new in zip(before, after, strict=True))
        return cls(goal_names(objectives), labels, amounts)

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

    def _said(self, goal: str, label: Label | None, amount: int, lang: Language) -> str:
        kind = goal.partition(":")[0].partition("-")[0]
        name = text(f"goal.{kind}", lang) if label is None else label.text(lang)
        if kind in {"fairness", "even"}:  # no unit that means anything to a reader
            return text(f"gain.{'better' if amount > 0 else 'worse'}", lang, name=name)
        return text("gain.amount", lang, name=name, amount=signed(amount, lang))

    def __str__(self) -> str:
        return self.text()


def goal_names(objectives: Sequence[Objective]) -> tuple[str, ...]:
    """Name goals so that no two are called the same: the second ``cover`` is ``cover-2``."""
    names: list[str] = []
    for objective in objectives:
        same = sum(name.partition("-")[0] == objective.goal for name in names)
        names.append(f"{objective.goal}-{same + 1}" if same else objective.goal)
    return tuple(names)


def signed(amount: int, lang: Language = "en") -> str:
    """Write a change with its sign, digits in groups of three the way the language does."""
    digits = f"{abs(amount):,}"
    if lang == "ru":
        digits = digits.replace(",", "\N{NO-BREAK SPACE}")
    sign = "+" if amount > 0 else "\N{MINUS SIGN}" if amount < 0 else ""
    return sign + digits

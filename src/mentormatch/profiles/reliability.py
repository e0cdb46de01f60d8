"""How well the items of a composed scale hang together: Cronbach's alpha.

alpha = k / (k - 1) * (1 - sum of the items' variances / variance of their sum), for k items;
Cronbach (1951), "Coefficient alpha and the internal structure of tests", Psychometrika 16. It is
computed from whole numbers and rounded once. Only people who answered every item count: with
others the variances would be of different people.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch import messages
from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn
from mentormatch.messages import Language, text
from mentormatch.questionnaire import CompositeScale

FEWEST: Final = 10
"""So many people must have answered every item, unless somebody asks for another number."""

Reason = Literal["one-item", "few-people", "no-variance"]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a composed scale.

    Parameters
    ----------
    id
        The question.
    reversed
        Whether it is mirrored before it is added.
    rest
        Correlation (Pearson) with the sum of the other items; None where it isn't defined.
    alpha_without
        Alpha of the scale without it; None where it isn't defined.
    """

    id: str
    reversed: bool
    rest: float | None
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well a composed scale measures one thing.

    Parameters
    ----------
    scale
        Id of the scale.
    alpha
        Cronbach's alpha, at most 1; None when it can't be said.
    reason
        Why it can't: a single item, too few people, or everybody has the same sum.
    used
        People who answered every item: those it is computed from.
    partly
        People who answered some items but not all.
    items
        The questions, in the scale's order.
    """

    scale: str
    alpha: float | None
    reason: Reason | None
    used: int
    partly: int
    items: tuple[Item, ...]

    def text(self, lang: Language = "en", label: str | None = None) -> str:
        """Say it in words.

        Parameters
        ----------
        lang
            In which language.
        label
            What the scale is called; its id when not said.
        """
        values = {"scale": label or self.scale, "used": self.used, "items": len(self.items)}
        if self.alpha is None:
            return text(f"profile.alpha.{self.reason}", lang, **values)
        lines = [text("profile.alpha.value", lang, alpha=decimal(self.alpha, lang), **values)]
        lines += [
            text(
                "profile.alpha.item",
                lang,
                item=item.id,
                rest=decimal(item.rest, lang),
                reversed=text("profile.alpha.reversed", lang) if item.reversed else "",
            )
            for item in self.items
        ]
        against = [item.id for item in self.items if item.rest is not None and item.rest < 0]
        if against:
            lines.append(text("profile.alpha.against", lang, items=", ".join(against)))
        return "\n".join(lines)


def decimal(value: float | None, lang: Language) -> str:
    """Write a number with two decimals the way the language does; a dash for none."""
    return "–" if value is None else messages.decimal(value, lang)


def reliability(cohort: Cohort, scale: CompositeScale, least: int = FEWEST) -> Reliability:
    """Compute how well the items of a composed scale hang together.

    Parameters
    ----------
    cohort
        The people.
    scale
        One of the questionnaire's.
    least
        People who must have answered every item; fewer than two never do.
    """
    columns = [_numbers(cohort, name) for name in scale.items]
    answered = np.stack([column.answered for column in columns])
    full = answered.all(axis=0)
    values = np.stack(
        [
            _mirrored(column) if name in scale.reversed else column.values
            for name, column in zip(scale.items, columns, strict=True)
        ]
    )[:, full]
    used = int(full.sum())
    reason: Reason | None = None
    if len(columns) < 2:
        reason = "one-item"
    elif used < max(least, 2):
        reason = "few-people"
    alpha = None if reason else _alpha(values)
    if reason is None and alpha is None:
        reason = "no-variance"
    items = []
    for place, name in enumerate(scale.items):
        others = np.delete(values, place, axis=0)
        known = reason not in {"one-item", "few-people"}
        items.append(
            Item(
                name,
                name in scale.reversed,
                _correlation(values[place], others.sum(axis=0)) if known else None,
                _alpha(others) if known and len(others) > 1 else None,
            )
        )
    partly = int((answered.any(axis=0) & ~full).sum())
    return Reliability(scale.id, alpha, reason, used, partly, tuple(items))


def _numbers(cohort: Cohort, name: str) -> NumberColumn:
    column = cohort.column(name)
    assert isinstance(column, NumberColumn)
    return column


def _mirrored(column: NumberColumn) -> NDArray[np.int64]:
    return (column.low or 0) + (column.high or 0) - column.values


def _alpha(values: NDArray[np.int64]) -> float | None:
    """Compute alpha of items (k, n); None when all sums are equal."""
    whole = _scatter(values.sum(axis=0), values.sum(axis=0))
    if whole == 0:
        return None
    parts = sum(_scatter(item, item) for item in values)
    count = len(values)
    return float(Fraction(count, count - 1) * (1 - Fraction(parts, whole)))


def _correlation(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    """Compute Pearson's correlation; None when either is the same for everybody."""
    spread = _scatter(one, one) * _scatter(other, other)
    if spread == 0:
        return None
    both = _scatter(one, other)
    # The square is exact; only the root is rounded.
    size = sqrt(Fraction(both * both, spread))
    return size if both >= 0 else -size


def _scatter(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Compute n^2 times the covariance: a whole number."""
    products, left, right = (int(part.sum()) for part in (one * other, one, other))
    return len(one) * products - left * right

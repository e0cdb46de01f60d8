"""Two matchings side by side: who moved, who gained and lost, and what it did to each goal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.analysis.report import View
from mentormatch.matching import Level
from mentormatch.messages import Language, percent, text
from mentormatch.problem import Int64
from mentormatch.questionnaire import Label

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Move:
    """A mentee whose mentors or whose fit are other ones.

    Parameters
    ----------
    mentee
        The code.
    before, after
        Codes of the mentors, empty for none.
    fit_before, fit_after
        The best of these pairs, per mille of its form's maximum; None without a mentor.
    """

    mentee: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    fit_before: int | None
    fit_after: int | None

    @property
    def gain(self) -> int | None:
        """How much better the fit is, in per mille; None for who had or has no mentor."""
        if self.fit_before is None or self.fit_after is None:
            return None
        return self.fit_after - self.fit_before

    @property
    def moved(self) -> bool:
        """Whether the mentors are other ones."""
        return set(self.before) != set(self.after)

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        nobody = text("changes.nobody", lang)
        values = {
            "mentee": self.mentee,
            "before": ", ".join(self.before) or nobody,
            "after": ", ".join(self.after) or nobody,
        }
        key = "moved" if self.moved else "stayed"
        if self.fit_before is None or self.fit_after is None:
            return text(f"changes.{key}", lang, **values)
        shares = {
            "old": percent(self.fit_before, 1000, lang),
            "new": percent(self.fit_after, 1000, lang),
        }
        return text(f"changes.{key}-fit", lang, **values, **shares)


@dataclass(frozen=True, slots=True)
class GoalChange:
    """What a goal reached before and after; None where it wasn't counted.

    Parameters
    ----------
    goal
        Name of the goal.
    before, after
        Its values, in whole points or people.
    label
        What the policy calls it, if it says so.
    """

    goal: str
    before: int | None
    after: int | None
    label: Label | None = None

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        none = text("changes.not-asked", lang)
        values = {
            "goal": self.label.text(lang) if self.label else goal_name(self.goal, lang),
            "before": none if self.before is None else self.before,
            "after": none if self.after is None else self.after,
        }
        if self.before is None or self.after is None:
            return text("changes.goal-open", lang, **values)
        return text("changes.goal", lang, difference=f"{self.after - self.before:+d}", **values)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a second matching changed.

    Parameters
    ----------
    moves
        Every mentee, here before or after, whose mentors or whose fit changed, by code.
    goals
        What each goal reached in both.
    left, came
        Codes of people who are in the first alone, or in the second alone.
    """

    moves: tuple[Move, ...]
    goals: tuple[GoalChange, ...]
    left: tuple[str, ...] = ()
    came: tuple[str, ...] = ()

    @property
    def moved(self) -> tuple[Move, ...]:
        """Who has other mentors."""
        return tuple(move for move in self.moves if move.moved)

    @property
    def gained(self) -> tuple[str, ...]:
        """Mentees who had no mentor and have one."""
        return tuple(move.mentee for move in self.moves if not move.before and move.after)

    @property
    def lost(self) -> tuple[str, ...]:
        """Mentees who had a mentor and have none."""
        return tuple(move.mentee for move in self.moves if move.before and not move.after)

    def text(self, lang: Language = "en") -> str:
        """Say it: who moved, who gained or lost a mentor, what it did to each goal."""
        if not self.moves:
            lines = [text("changes.none", lang)]
        else:
            lines = [text("changes.moves", lang, count=len(self.moved))]
            lines += [f"- {move.text(lang)}" for move in self.moves]
        for key in ("gained", "lost", "left", "came"):
            if codes := getattr(self, key):
                names = ", ".join(codes)
                lines.append(text(f"changes.{key}", lang, count=len(codes), names=names))
        return "\n".join([*lines, *(goal.text(lang) for goal in self.goals)])

    def table(self) -> "pd.DataFrame":
        """Return a row per mentee with other mentors or another fit; fits in percent."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only for this

        rows = [
            (
                move.mentee,
                ", ".join(move.before),
                ", ".join(move.after),
                *(_percent(fit) for fit in (move.fit_before, move.fit_after, move.gain)),
            )
            for move in self.moves
        ]
        names = ["mentee", "before", "after", "percent_before", "percent_after", "gain"]
        return pd.DataFrame(rows, columns=names)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two matchings of the same people, each judged as the policy of either judges it.

    Parameters
    ----------
    by_first, by_second
        What changes from the first matching to the second, in the eyes of each policy.
    common
        How many pairs both have.
    """

    by_first: Changes
    by_second: Changes
    common: int

    def counts(self) -> dict[str, tuple[int, int]]:
        """Count who fares better and worse in the second matching, in the eyes of each."""
        return {
            name: (sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains))
            for name, changes in (("first", self.by_first), ("second", self.by_second))
            for gains in [[_gain(move) for move in changes.moves]]
        }

    def text(self, lang: Language = "en") -> str:
        """Say it: what they have in common, who changes, and how each policy sees it."""
        lines = [text("changes.common", lang, count=self.common)]
        lines += [f"- {move.text(lang)}" for move in self.by_first.moved]
        if not self.by_first.moved:
            lines.append(text("changes.none", lang))
        for name, changes in (("first", self.by_first), ("second", self.by_second)):
            better, worse = self.counts()[name]
            lines.append(text(f"changes.by-{name}", lang, better=better, worse=worse))
            lines += [f"  {goal.text(lang)}" for goal in changes.goals]
        return "\n".join(lines)

    def table(self) -> "pd.DataFrame":
        """Return a row per mentee with other mentors; fits in percent, by both policies."""
        import pandas as pd  # noqa: PLC0415 - heavy, and only for this

        second = {move.mentee: move for move in self.by_second.moves}
        rows = []
        for move in self.by_first.moved:
            other = second[move.mentee]
            fits = (move.fit_before, move.fit_after, other.fit_before, other.fit_after)
            mentors = (", ".join(move.before), ", ".join(move.after))
            rows.append((move.mentee, *mentors, *map(_percent, fits)))
        names = [f"by_{who}_{when}" for who in ("first", "second") for when in ("before", "after")]
        return pd.DataFrame(rows, columns=["mentee", "before", "after", *names])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def changes(first: View, second: View) -> Changes:
    """List what a second matching changed; pairs are judged by its policy where they can be.

    Parameters
    ----------
    first, second
        The matchings; people may have left or come between them.
    """
    before, after = {*first.mentors, *first.mentees}, {*second.mentors, *second.mentees}
    eyes = [_Eyes(second), _Eyes(first)]
    return Changes(
        moves=tuple(_moves(first, second, eyes)),
        goals=tuple(_goals(first.outcome.levels, second)),
        left=tuple(sorted(before - after)),
        came=tuple(sorted(after - before)),
    )


def comparison(first: View, second: View) -> Comparison:
    """Judge two matchings of the same people by the policy of each.

    Parameters
    ----------
    first, second
        The matchings, both with their candidates.
    """
    pairs = [
        {(pair.mentor, pair.mentee) for pair in view.matching.pairs} for view in (first, second)
    ]
    judged = [
        Changes(tuple(_moves(first, second, [_Eyes(view)])), tuple(_judged(view, first, second)))
        for view in (first, second)
    ]
    return Comparison(judged[0], judged[1], len(pairs[0] & pairs[1]))


@dataclass(frozen=True, slots=True)
class _Eyes:
    """How well pairs fit as one policy sees it."""

    view: View
    own: dict[tuple[str, str], int] = field(init=False)
    points: Int64 = field(init=False)
    maximum: Int64 = field(init=False)

    def __post_init__(self) -> None:
        view = self.view
        own = {
            (pair.mentor, pair.mentee): 1000 * pair.points // max(most, 1)
            for pair, most in zip(view.matching.pairs, view.maxima, strict=True)
        }
        object.__setattr__(self, "own", own)
        graph = view.graph
        points = np.empty(0, np.int64) if graph is None else graph.points()
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "maximum", view.policy.form_maximum)

    def fit(self, mentor: str, mentee: str) -> int | None:
        """Return per mille of the form's maximum, None where the pair isn't known."""
        graph = self.view.graph
        if (mentor, mentee) in self.own or graph is None:
            return self.own.get((mentor, mentee))
        if mentor not in graph.mentors or mentee not in graph.mentees:
            return None
        edge = graph.edge(mentor, mentee)
        if edge is None:
            return None
        most = int(self.maximum[graph.form[edge]])
        return 1000 * int(self.points[edge]) // max(most, 1)


def _moves(first: View, second: View, eyes: list[_Eyes]) -> Iterator[Move]:
    """Go through everybody; the first eyes that know a pair judge it."""
    mentors = [_mentors(view) for view in (first, second)]
    for mentee in sorted({*mentors[0], *mentors[1]}):
        sides = [tuple(by.get(mentee, ())) for by in mentors]
        fits = [_best(eyes, mentee, side) for side in sides]
        move = Move(mentee, sides[0], sides[1], fits[0], fits[1])
        if move.moved or fits[0] != fits[1]:
            yield move


def _mentors(view: View) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in view.matching.pairs:
        found.setdefault(pair.mentee, []).append(pair.mentor)
    return found


def _best(eyes: list[_Eyes], mentee: str, mentors: Iterable[str]) -> int | None:
    fits = []
    for mentor in mentors:
        seen = (fit for each in eyes if (fit := each.fit(mentor, mentee)) is not None)
        fits.append(next(seen, None))
    return max((fit for fit in fits if fit is not None), default=None)


def _goals(first: Iterable[Level], second: View) -> Iterator[GoalChange]:
    """Put goals of one name beside each other, in the order of the second."""
    before: dict[str, list[int]] = {}
    for level in first:
        before.setdefault(level.goal, []).append(level.whole)
    names = [level.goal for level in second.outcome.levels]
    for level, label in zip(second.outcome.levels, _labels(names, second), strict=True):
        if level.goal != "lottery":
            earlier = before.get(level.goal)
            old = earlier.pop(0) if earlier else None
            # What runs is kept or not from the second matching on; before there was nothing.
            if old is not None or level.goal != "keep":
                yield GoalChange(level.goal, old, level.whole, label)


def _labels(names: Iterable[str], view: View) -> Iterator[Label | None]:
    """Find what the policy calls each goal; fairness takes several for one of its own."""
    goals = [goal for goal in view.policy.goals if goal.type != "fairness"]
    for name in names:
        same = goals.pop(0) if goals and goals[0].type == name else None
        yield None if same is None else same.label


def _judged(judge: View, first: View, second: View) -> Iterator[GoalChange]:
    """Evaluate one policy's goals on both matchings; None where it forbids one's pairs."""
    values = [_values(judge, view) for view in (first, second)]
    names = [goal.goal for goal in judge.problem.objectives]
    for place, (name, label) in enumerate(zip(names, _labels(names, judge), strict=True)):
        if name != "lottery":
            before, after = (None if found is None else found[place] for found in values)
            yield GoalChange(name, before, after, label)


def _values(judge: View, view: View) -> tuple[int, ...] | None:
    problem = judge.problem
    mentors = {code: place for place, code in enumerate(judge.mentors)}
    mentees = {code: place for place, code in enumerate(judge.mentees)}
    cells = np.array(
        [
            mentees[pair.mentee] * len(mentors) + mentors[pair.mentor]
            for pair in view.matching.pairs
        ],
        np.int64,
    )
    chosen = np.flatnonzero(
        np.isin(problem.mentee.astype(np.int64) * len(mentors) + problem.mentor, cells)
    )
    return problem.values(chosen) if len(chosen) == len(cells) else None


def _gain(move: Move) -> int:
    """Say how a mentee fares; having a mentor is better than having none."""
    fits = [-1 if fit is None else fit for fit in (move.fit_before, move.fit_after)]
    return fits[1] - fits[0]


def _percent(share: int | None) -> float | None:
    return None if share is None else share / 10


def goal_name(goal: str, lang: Language) -> str:
    """Name a goal as a policy without labels does; steps of fairness have one name."""
    name, _, step = goal.partition(":")
    said = text(f"goal.{name}", lang)
    return f"{said} ({step} %)" if step else said

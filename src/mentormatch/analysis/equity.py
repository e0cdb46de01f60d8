"""Who fares how: coverage and points by group, the worst-off, and envy.

A mentee's share is the points of their best pair in per mille of its form's maximum,
rounded down. A mentee without a mentor has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np

from mentormatch.analysis.report import View
from mentormatch.cohort import Cohort
from mentormatch.column import CodeColumn, NumberColumn, SetColumn
from mentormatch.errors import Defect, ParticipantError, Place
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.messages import Language, percent, text
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.problem import Int64
from mentormatch.questionnaire import Label

if TYPE_CHECKING:
    import pandas as pd

USUAL: Final = ("kind", "grade", "sex", "support_tags")
"""The questions by which mentees are compared where nobody says otherwise."""

_WORST: Final = 10
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Share:
    """A mentee's best pair: per mille of its form's maximum, rounded down."""

    mentee: str
    per_mille: int


@dataclass(frozen=True, slots=True)
class GroupShare:
    """How the mentees of one group fare.

    Parameters
    ----------
    question
        The question by which groups are told apart.
    answer
        What they answered, None for no answer.
    label
        What people read instead.
    mentees
        How many they are.
    covered
        How many of them have a mentor; None where that would point at few people.
    percent
        The mean of the shares of those who have one, in whole percent; None where that
        would be about few people.
    """

    question: str
    answer: str | None
    label: Label
    mentees: int
    covered: int | None
    percent: int | None


@dataclass(frozen=True, slots=True)
class Envy:
    """A mentee who would rather have a seat that is given to somebody with fewer points there.

    Parameters
    ----------
    mentee, mentor
        Who would rather meet whom.
    holder
        The mentee with the lowest share among those whom the mentor meets.
    own
        The mentee's share as it is, in per mille; None without a mentor.
    there, holders
        The mentee's share at that mentor, and the holder's.
    """

    mentee: str
    mentor: str
    holder: str
    own: int | None
    there: int
    holders: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One question's groups: those that can be shown, and whether others are kept back."""

    question: str
    label: Label
    groups: tuple[GroupShare, ...]
    kept_back: bool

    def notes(self, lang: Language = "en") -> Iterator[str]:
        """Say that groups are kept back, if so."""
        if self.kept_back:
            key = "some-kept-back" if self.groups else "kept-back"
            yield text(f"fairness.{key}", lang, least=SMALLEST)


@dataclass(frozen=True, slots=True)
class Fairness:
    """Who fares how in a matching.

    Parameters
    ----------
    shares
        Of every mentee with a mentor, the lowest first; equal ones by code.
    unmatched
        Mentees without a mentor.
    breakdowns
        Coverage and points by group, a question after another.
    envy
        The mentees who would rather have a seat that somebody with fewer points there
        holds, one entry for each such mentor, the greatest loss first. This is the
        justified envy of Abdulkadiroglu and Soenmez (2003), "School choice: a mechanism
        design approach", American Economic Review 93(3), with shares as both sides'
        preference. A seat counts only where the pair is admissible, above the policy's
        floor and not banned; whether the exchange would keep quotas is not asked.
    """

    shares: tuple[Share, ...]
    unmatched: tuple[str, ...]
    breakdowns: tuple[Breakdown, ...]
    envy: tuple[Envy, ...]

    @property
    def mentees(self) -> int:
        """How many mentees there are."""
        return len(self.shares) + len(self.unmatched)

    @property
    def per_mille(self) -> int:
        """The mean share of those who have a mentor, rounded down; 0 when nobody has."""
        return sum(share.per_mille for share in self.shares) // max(len(self.shares), 1)

    @property
    def groups(self) -> tuple[GroupShare, ...]:
        """All groups that can be shown."""
        return tuple(group for part in self.breakdowns for group in part.groups)

    @property
    def envious(self) -> tuple[str, ...]:
        """The mentees who envy somebody, by code."""
        return tuple(sorted({envy.mentee for envy in self.envy}))

    def worst(self, count: int = _WORST) -> tuple[Share, ...]:
        """Return the lowest shares of mentees with a mentor."""
        return self.shares[:count]

    def table(self, lang: Language | None = None) -> "pd.DataFrame":
        """Put a row per group that can be shown; what is kept back is missing.

        Parameters
        ----------
        lang
            Language of titles, questions and answers; ids when not given.
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only for this

        rows = [
            (
                part.label.text(lang) if lang else part.question,
                group.label.text(lang) if lang else group.answer,
                group.mentees,
                group.covered,
                group.percent,
            )
            for part in self.breakdowns
            for group in part.groups
        ]
        names = ["question", "answer", "mentees", "covered", "percent"]
        titles = [text(f"fairness.head.{name}", lang) if lang else name for name in names]
        frame = pd.DataFrame(rows, columns=titles)
        return frame.astype(dict.fromkeys(titles[2:], "Int64"))

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        lines = [
            text("fairness.covered", lang, covered=len(self.shares), mentees=self.mentees),
            *self.spread(lang),
        ]
        for part in self.breakdowns:
            lines.append(text("fairness.by", lang, question=part.label.text(lang)))
            lines += (f"- {line}" for line in self.of_groups(part, lang))
        if self.shares:
            worst = self.worst(_SHOWN)
            lines.append(text("fairness.worst", lang))
            lines += (f"- {each.mentee}: {percent(each.per_mille, 1000, lang)}" for each in worst)
        lines.append(self.envy_in_short(lang))
        lines += (f"- {self.said(envy, lang)}" for envy in self.envy[:_SHOWN])
        if len(self.envy) > _SHOWN:
            lines.append(text("fairness.more", lang, count=len(self.envy) - _SHOWN))
        return "\n".join(lines)

    def spread(self, lang: Language) -> Iterator[str]:
        """Say how far shares lie apart."""
        if self.shares:
            middle = self.shares[(len(self.shares) - 1) // 2].per_mille
            found = {
                "least": self.shares[0].per_mille,
                "middle": middle,
                "mean": self.per_mille,
                "most": self.shares[-1].per_mille,
            }
            said = {name: percent(value, 1000, lang) for name, value in found.items()}
            yield text("fairness.spread", lang, **said)

    def of_groups(self, part: Breakdown, lang: Language) -> Iterator[str]:
        """Say how the groups of one question fare."""
        for group in part.groups:
            words = [
                text("fairness.covered-kept-back", lang, mentees=group.mentees)
                if group.covered is None
                else text("fairness.of", lang, covered=group.covered, mentees=group.mentees)
            ]
            if group.percent is not None:
                words.append(text("fairness.mean", lang, percent=f"{group.percent} %"))
            yield f"{group.label.text(lang)}: {', '.join(words)}"
        yield from part.notes(lang)

    def envy_in_short(self, lang: Language) -> str:
        """Say how many envy somebody."""
        if not self.envy:
            return text("fairness.no-envy", lang)
        return text("fairness.envy", lang, count=len(self.envious), mentees=self.mentees)

    @staticmethod
    def said(envy: Envy, lang: Language) -> str:
        """Say who would rather have whose seat."""
        return text(
            "fairness.envies" if envy.own is not None else "fairness.envies-from-outside",
            lang,
            mentee=envy.mentee,
            mentor=envy.mentor,
            holder=envy.holder,
            own=percent(envy.own or 0, 1000, lang),
            there=percent(envy.there, 1000, lang),
            holders=percent(envy.holders, 1000, lang),
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Fairness({len(self.shares)} of {self.mentees} mentees, {len(self.envy)} envy)"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def fairness(view: View, graph: CandidateGraph, by: Sequence[str] | None) -> Fairness:
    """Say who fares how; see ``Result.fairness``.

    Raises
    ------
    ParticipantError
        When there is no question of a name in ``by``, or its answers make no groups.
    """
    shares = _shares(view, graph)
    named = list(zip(shares.tolist(), graph.mentees, strict=True))
    return Fairness(
        tuple(Share(code, share) for share, code in sorted(named) if share >= 0),
        tuple(code for share, code in named if share < 0),
        tuple(_breakdown(graph.cohort, name, shares) for name in _questions(graph.cohort, by)),
        tuple(_envy(view, graph, shares)),
    )


def _shares(view: View, graph: CandidateGraph) -> Int64:
    """Return each mentee's share in per mille, -1 without a mentor; shape (mentees,)."""
    place = {code: number for number, code in enumerate(graph.mentees)}
    shares = np.full(len(graph.mentees), -1, np.int64)
    for pair, share in zip(view.matching.pairs, _of_pairs(view), strict=True):
        mine = place[pair.mentee]
        shares[mine] = max(int(shares[mine]), share)
    return shares


def _of_pairs(view: View) -> list[int]:
    """Return the share of each chosen pair in per mille."""
    pairs = zip(view.matching.pairs, view.maxima, strict=True)
    return [1000 * pair.points // max(maximum, 1) for pair, maximum in pairs]


# --- groups -----------------------------------------------------------------------------


def _questions(cohort: Cohort, by: Sequence[str] | None) -> Sequence[str]:
    """Choose the questions, and refuse those whose answers make no groups."""
    form = cohort.questionnaire
    if by is None:
        return [name for name in USUAL if name in form.field_ids]
    by = [by] if isinstance(by, str) else by
    defects = []
    for number, name in enumerate(by):
        place = Place(field=f"by[{number}]")
        if name not in form.field_ids:
            defects.append(Defect("fairness.no-question", place, {"found": name}))
        elif not isinstance(cohort.column(name), CodeColumn | NumberColumn | SetColumn):
            defects.append(Defect("fairness.no-groups", place, {"found": name}))
    if defects:
        raise ParticipantError(*defects)
    return by


def _breakdown(cohort: Cohort, question: str, shares: Int64) -> Breakdown:
    form = cohort.questionnaire
    names = {lang: form.label(question, lang) for lang in ("en", "ru")}
    answers = _answers(cohort, question)
    members: dict[str | None, list[int]] = {}
    for mentee, answer in enumerate(answers):
        members.setdefault(answer, []).append(mentee)
    # Answers in the order of the questionnaire or of numbers, no answer last.
    known = [answer for answer in _order(cohort, question, members) if answer in members]
    people = [shares[members[answer]] for answer in known]
    counts = [len(found) for found in people]
    hidden = kept_back(counts)
    covered = [int((found >= 0).sum()) for found in people]
    secret: set[int] = set()
    if form.sensitivity(question) == "restricted":
        # Who has a mentor is known by code: few on either side would be known as well.
        left = [count - served for count, served in zip(counts, covered, strict=True)]
        secret = kept_back(covered) | kept_back(left)
    groups = tuple(
        GroupShare(
            question,
            answer,
            _label(cohort, question, answer),
            counts[place],
            None if place in secret else covered[place],
            # Leaving out the mean of few people alone would say that they are few.
            _mean(people[place]) if place not in secret and covered[place] >= SMALLEST else None,
        )
        for place, answer in enumerate(known)
        if place not in hidden
    )
    return Breakdown(question, Label(**names), groups, bool(hidden))


def kept_back(counts: Sequence[int]) -> set[int]:
    """Choose the cells that may not be shown beside their total.

    Small cells (fewer than five people, but somebody), and as many of the next
    larger ones as it takes that the total minus what is shown is neither one cell nor a
    small number, nor tells a cell otherwise: complementary suppression, as in Hundepool
    et al. (2012), "Statistical disclosure control".

    Returns
    -------
    set of int
        Positions in ``counts``.
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < SMALLEST}
    if not hidden:
        return hidden
    while _is_told([counts[place] for place in hidden]):
        rest = {count for place, count in enumerate(counts) if count and place not in hidden}
        if not rest:
            return set(range(len(counts)))
        # All of one size: which of them is taken would tell their size.
        hidden |= {place for place, count in enumerate(counts) if count == min(rest)}
    return hidden


def _is_told(hidden: list[int]) -> bool:
    """Tell whether the sum of what is hidden gives a part of it, or few people, away."""
    total = sum(hidden)
    # As many as several small cells can hold at most leaves each no choice.
    return len(hidden) < 2 or total < SMALLEST or total == len(hidden) * (SMALLEST - 1)


def _mean(shares: Int64) -> int:
    """Return the mean share of those who have one, in whole percent, rounded half up."""
    served = shares[shares >= 0]
    whole = 10 * len(served)
    return (2 * int(served.sum()) + whole) // (2 * whole)


def _answers(cohort: Cohort, question: str) -> list[str | None]:
    """Return what each mentee answered; of several options, whether they chose any."""
    column = cohort.column(question)
    rows = cohort.mentees.tolist()
    if isinstance(column, SetColumn):
        return ["any" if found else "none" for found in column.chosen[rows].any(axis=1).tolist()]
    cells = [column.cell(row) for row in rows]
    if isinstance(column, CodeColumn) and column.is_flag:
        return [None if cell is None else ("yes" if cell else "no") for cell in cells]
    return [None if cell is None else str(cell) for cell in cells]


def _order(cohort: Cohort, question: str, found: Iterable[str | None]) -> list[str | None]:
    column = cohort.column(question)
    if isinstance(column, SetColumn):
        return ["any", "none"]
    if isinstance(column, CodeColumn):
        return [*column.options, None]
    given = {answer for answer in found if answer is not None}
    values = {str(column.cell(row)): row for row in range(len(cohort))}
    assert isinstance(column, NumberColumn)
    return [*sorted(given, key=lambda answer: int(column.values[values[answer]])), None]


def _label(cohort: Cohort, question: str, answer: str | None) -> Label:
    if answer is None:
        return _said("no-answer")
    column = cohort.column(question)
    if isinstance(column, SetColumn):
        return _said(answer)
    if isinstance(column, CodeColumn):
        options = cohort.questionnaire.options(question)
        return next(option.label for option in options if option.id == answer)
    return Label(ru=answer, en=answer)


def _said(name: str) -> Label:
    return Label(ru=text(f"fairness.group.{name}", "ru"), en=text(f"fairness.group.{name}", "en"))


# --- envy -------------------------------------------------------------------------------


def _envy(view: View, graph: CandidateGraph, shares: Int64) -> list[Envy]:
    """Find every mentee and mentor of which the mentee would rather have a seat."""
    mentor_place = {code: number for number, code in enumerate(graph.mentors)}
    weakest: dict[int, tuple[int, str]] = {}
    own_mentors = set()
    for pair, share in zip(view.matching.pairs, _of_pairs(view), strict=True):
        place = mentor_place[pair.mentor]
        own_mentors.add((pair.mentor, pair.mentee))
        weakest[place] = min(weakest.get(place, (share, pair.mentee)), (share, pair.mentee))
    least = np.full(len(graph.mentors), np.iinfo(np.int64).max, np.int64)
    for place, (share, _) in weakest.items():
        least[place] = share
    maximum = np.maximum(graph.policy.form_maximum, 1)[graph.form]
    there = 1000 * graph.points() // maximum
    wanted = (there > shares[graph.mentee]) & (there > least[graph.mentor]) & graph.above_floor
    banned = {(ban.mentor, ban.mentee) for ban in graph.policy.limits.bans}
    found = []
    for edge in np.flatnonzero(wanted).tolist():
        mentor, mentee = int(graph.mentor[edge]), int(graph.mentee[edge])
        codes = graph.mentors[mentor], graph.mentees[mentee]
        if codes in banned or codes in own_mentors:
            continue
        holders, holder = weakest[mentor]
        own = None if shares[mentee] < 0 else int(shares[mentee])
        found.append(Envy(codes[1], codes[0], holder, own, int(there[edge]), holders))
    found.sort(key=lambda envy: ((envy.own or 0) - envy.there, envy.mentee, envy.mentor))
    return found

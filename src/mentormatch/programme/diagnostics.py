"""Answers to the same questions, asked again and again: who answered, what changed, how much.

Each wave of the quarterly diagnostics is a cohort of its own: answers under codes. Changes
of one person are shown by code, for those who work with the pair; what is said of a group
is kept back where fewer people stand behind it than
:data:`~mentormatch.privacy.small_cells.SMALLEST`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist, median
from typing import TYPE_CHECKING, Final, Literal

from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn
from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.messages import Language, decimal, text
from mentormatch.participant import Answer, Participant, Role
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.programme.facts import Answered
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire

if TYPE_CHECKING:
    import pandas as pd

Direction = Literal["up", "same", "down"]

_ROLES: Final[tuple[Role, ...]] = ("mentor", "mentee")
_LEVEL: Final = NormalDist().inv_cdf(0.975)  # of an interval that covers 95 in 100
_FEWEST: Final = 3  # pairs of answers from which a spread can be estimated


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of the same questions.

    Parameters
    ----------
    id
        What it is called, such as ``2023-Q4``.
    day
        When it was held.
    answers
        Who answered what.
    asked
        Codes of those who were asked; whoever is in ``answers`` when not said.
    """

    id: str
    day: date
    answers: Cohort
    asked: tuple[str, ...] | None = field(default=None, repr=False)

    @property
    def expected(self) -> tuple[str, ...]:
        """Codes of those who were asked, sorted."""
        return self.answers.ids if self.asked is None else tuple(sorted(set(self.asked)))

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of those who were asked and have not answered."""
        there = set(self.answers.ids)
        return tuple(code for code in self.expected if code not in there)


@dataclass(frozen=True, slots=True)
class Change:
    """What one person answered to one question over the waves.

    Parameters
    ----------
    person, role, indicator
        Whose answers, in which role, to which question or composite scale.
    values
        One per wave, None where there is no answer.
    """

    person: str
    role: Role
    indicator: str
    values: tuple[Decimal | None, ...]

    @property
    def answered(self) -> int:
        """In how many waves there is an answer."""
        return sum(value is not None for value in self.values)

    @property
    def since_first(self) -> Decimal | None:
        """Last answer less the first one, None with fewer than two."""
        known = [value for value in self.values if value is not None]
        return known[-1] - known[0] if len(known) > 1 else None

    @property
    def since_previous(self) -> Decimal | None:
        """Last answer less the one before it, None with fewer than two."""
        known = [value for value in self.values if value is not None]
        return known[-1] - known[-2] if len(known) > 1 else None

    @property
    def direction(self) -> Direction | None:
        """Where the answers went from the first to the last."""
        return None if self.since_first is None else direction_of(self.since_first)


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a group's answers have moved between two measurements of the same people.

    Parameters
    ----------
    count
        How many people answered both times. Everything else is None below ``SMALLEST``.
    before, after, mean, middle
        Means of the two measurements; mean and median of the differences.
    up, same, down
        How many people went where.
    effect, low, high
        Standardised mean difference and its 95 % interval; None where nothing varies. The
        difference of means over the root of the mean of both variances, with the variance
        of Bonett (2008), "Confidence intervals for standardized linear contrasts of means",
        Psychological Methods 13(2), for paired measurements.
    """

    count: int
    before: float | None = None
    after: float | None = None
    mean: float | None = None
    middle: float | None = None
    up: int | None = None
    same: int | None = None
    down: int | None = None
    effect: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What became of one indicator among the mentors or the mentees, from first to last answer."""

    role: Role
    indicator: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class Gap:
    """What was expected in the first survey, and what the final one says of it.

    Parameters
    ----------
    role
        Among whom.
    earlier, later
        Ids of the two questions.
    shift
        From the expectation to the experience.
    """

    role: Role
    earlier: str
    later: str
    shift: Shift


@dataclass(frozen=True, slots=True)
class WaveComparison:
    """What changed from wave to wave.

    Parameters
    ----------
    waves
        From the earliest to the latest.
    changes
        Per person, role and indicator, in this order of sorting.
    totals
        Per role and indicator.
    """

    waves: tuple[Wave, ...]
    changes: tuple[Change, ...] = field(repr=False)
    totals: tuple[Total, ...] = field(repr=False)

    def label(self, indicator: str, lang: Language = "en") -> str:
        """Return the wording of an indicator."""
        return _label(self.waves, indicator, lang)

    def table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return a row per person and indicator: every wave's value, and the differences."""
        import pandas as pd  # noqa: PLC0415 - heavy

        heads = ("code", "role", "indicator")
        ends = ("since-first", "since-previous", "direction", "answered")
        columns = [text(f"diagnostics.head.{head}", lang) for head in heads]
        columns += [wave.id for wave in self.waves]
        columns += [text(f"diagnostics.head.{head}", lang) for head in ends]
        rows = [
            [
                change.person,
                text(f"diagnostics.role.{change.role}", lang),
                self.label(change.indicator, lang),
                *map(_plain, change.values),
                _plain(change.since_first),
                _plain(change.since_previous),
                text(f"diagnostics.direction.{change.direction or 'unknown'}", lang),
                f"{change.answered}/{len(change.values)}",
            ]
            for change in self.changes
        ]
        return pd.DataFrame(rows, columns=columns)

    def totals_table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return a row per role and indicator; nothing of groups that are too small."""
        named = (
            (text(f"diagnostics.role.{it.role}", lang), self.label(it.indicator, lang), it.shift)
            for it in self.totals
        )
        return _shift_table(named, ("role", "indicator"), lang)

    def completeness_table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return a row per wave: how many were asked, how many answered, how many did not."""
        import pandas as pd  # noqa: PLC0415 - heavy

        heads = ("wave", "day", "asked", "answered", "missing")
        columns = [text(f"diagnostics.head.{head}", lang) for head in heads]
        rows = [
            [
                wave.id,
                wave.day.isoformat(),
                len(wave.expected),
                len(wave.expected) - len(wave.missing),
                len(wave.missing),
            ]
            for wave in self.waves
        ]
        return pd.DataFrame(rows, columns=columns)

    def text(self, lang: Language = "en") -> str:
        """Say how complete the waves are, and where each group has moved."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Language) -> Iterator[str]:
        for wave in self.waves:
            counts = {
                "answered": len(wave.expected) - len(wave.missing),
                "asked": len(wave.expected),
            }
            yield text("diagnostics.wave", lang, wave=wave.id, **counts)
            if wave.missing:
                yield text("diagnostics.missing", lang, codes=", ".join(wave.missing))
        for total in self.totals:
            named = {
                "role": text(f"diagnostics.role.{total.role}", lang),
                "indicator": self.label(total.indicator, lang),
            }
            yield _sentence(total.shift, "diagnostics.total", lang, named)


def compare_waves(waves: Sequence[Wave]) -> WaveComparison:
    """Compare the answers of several waves, person by person and group by group.

    Indicators are the scales, numbers and composite scales of the questionnaires.

    Parameters
    ----------
    waves
        In any order; they are compared by day.

    Raises
    ------
    IntakeError
        When there is no wave, two are called the same or held on the same day, a wave has
        answers of people who were not asked, or an indicator has another range in another
        wave; with every such place.
    """
    ordered = tuple(sorted(waves, key=lambda wave: wave.day))
    defects = list(_defects(ordered))
    if defects:
        raise IntakeError(*defects)
    indicators = dict.fromkeys(name for wave in ordered for name in _indicators(wave.answers))
    people = sorted({code for wave in ordered for code in wave.answers.ids})
    changes = []
    for person in people:
        for role in _ROLES:
            for indicator in indicators:
                values = tuple(_value(wave.answers, person, role, indicator) for wave in ordered)
                if any(value is not None for value in values):
                    changes.append(Change(person, role, indicator, values))
    totals = [
        Total(role, indicator, _shift(list(_pairs(changes, role, indicator))))
        for role in _ROLES
        for indicator in indicators
        if any((it.role, it.indicator) == (role, indicator) for it in changes)
    ]
    return WaveComparison(ordered, tuple(changes), tuple(totals))


def survey_gaps(first: Cohort, final: Cohort) -> tuple[Gap, ...]:
    """Hold what people expected against what they say in the end.

    The questions of the final survey say with ``earlier`` on which question of the first one
    they look back. Only people who answered both count.

    Parameters
    ----------
    first, final
        The answers to the two surveys.

    Raises
    ------
    IntakeError
        When ``earlier`` names a question that the first survey doesn't have, or of another
        range; with every such question.
    """
    pairs = [
        (question.earlier, question.id)
        for question in final.questionnaire.questions
        if question.earlier is not None
    ]
    defects = [
        Defect("diagnostics.earlier", Place(field=later), {"found": earlier})
        for earlier, later in pairs
        if _range(first, earlier) is None or _range(first, earlier) != _range(final, later)
    ]
    if defects:
        raise IntakeError(*defects)
    people = sorted(set(first.ids) & set(final.ids))
    gaps = []
    for role in _ROLES:
        for earlier, later in pairs:
            both = [
                (before, after)
                for person in people
                if (before := _value(first, person, role, earlier)) is not None
                and (after := _value(final, person, role, later)) is not None
            ]
            if both:
                gaps.append(Gap(role, earlier, later, _shift(both)))
    return tuple(gaps)


def direction_of(difference: Decimal) -> Direction:
    """Say where a difference goes."""
    return "same" if difference == 0 else "up" if difference > 0 else "down"


def wave_answers(state: State, wave: str, questionnaire: Questionnaire) -> Wave:
    """Take the answers to a wave of the programme, to compare them.

    Whoever has since taken back the consent to taking part or to the use of data, or whose
    answers have been erased, is left out altogether: neither asked nor silent.

    Parameters
    ----------
    state
        What holds.
    wave
        Code of the wave.
    questionnaire
        What was asked in it.

    Raises
    ------
    RegisterError
        When there is no such wave.
    IntakeError
        When answers don't go with the questionnaire, with every such answer.
    """
    if wave not in state.waves:
        refuse([defect("no-wave", "wave", wave=wave)])
    held = state.waves[wave]
    people = [state.people[code] for code in held.people]
    given = {code: fact.answers for code, fact in held.answers.items()}
    counted = [each for each in people if each.consenting and given.get(each.code, {}) is not None]
    answers = Cohort.from_participants(
        questionnaire,
        (
            Participant(
                id=each.code,
                kind=each.kind,
                roles=each.roles,
                answers=_answers(given[each.code] or {}, questionnaire),
            )
            for each in counted
            if each.code in given
        ),
        as_of=held.opened,
    )
    return Wave(wave, held.opened, answers, tuple(each.code for each in counted))


def answer_facts(cohort: Cohort, wave: str, on: date | None = None) -> tuple[Answered, ...]:
    """Put answers that were read from a file, or come from elsewhere, into facts.

    Parameters
    ----------
    cohort
        Who answered what.
    wave
        Code of the wave they answer.
    on
        When they answered; the cohort's day when not said.
    """
    return tuple(
        Answered(
            wave=wave,
            person=person.id,
            on=on or cohort.as_of,
            answers={name: _stored(value) for name, value in person.answers.items()},
        )
        for person in cohort.participants()
    )


def _stored(value: Answer) -> bool | int | str | tuple[str, ...]:
    """Write an answer as a fact can hold it: numbers and dates in words, levels as a=1."""
    match value:
        case Decimal() | date():
            return str(value)
        case dict():
            return tuple(f"{option}={level}" for option, level in value.items())
    return value


def _answers(
    stored: Mapping[str, bool | int | str | tuple[str, ...]], questionnaire: Questionnaire
) -> dict[str, Answer]:
    """Read answers back as the questionnaire means them; what it can't mean stays as it is."""
    questions = {question.id: question for question in questionnaire.questions}
    found: dict[str, Answer] = dict(stored)
    for name, value in stored.items():
        question = questions.get(name)
        with suppress(ArithmeticError, ValueError):
            if question is None:
                continue
            if question.kind == "number" and isinstance(value, str):
                found[name] = Decimal(value)
            elif question.kind == "date" and isinstance(value, str):
                found[name] = date.fromisoformat(value)
            elif question.levels is not None and isinstance(value, tuple):
                levels = (each.partition("=") for each in value)
                found[name] = {option: int(level) for option, _, level in levels}
    return found


def _defects(waves: Sequence[Wave]) -> Iterator[Defect]:
    if not waves:
        yield Defect("diagnostics.no-wave", Place())
    for number, wave in enumerate(waves):
        for other in waves[:number]:
            if wave.id == other.id or wave.day == other.day:
                yield Defect("diagnostics.same-wave", Place(field=wave.id), {"other": other.id})
        strangers = [code for code in wave.answers.ids if code not in set(wave.expected)]
        if strangers:
            values = {"codes": ", ".join(strangers)}
            yield Defect("diagnostics.not-asked", Place(field=wave.id), values)
    ranges: dict[str, tuple[Wave, object]] = {}
    for wave in waves:
        for name in _indicators(wave.answers):
            found = _range(wave.answers, name)
            first, known = ranges.setdefault(name, (wave, found))
            if known != found:
                place = Place(field=f"{wave.id}.{name}")
                yield Defect("diagnostics.other-range", place, {"other": first.id})


def _indicators(cohort: Cohort) -> Iterator[str]:
    """List what can be compared: numbers that are no dates."""
    for name in cohort.questionnaire.field_ids:
        column = cohort.column(name)
        if isinstance(column, NumberColumn) and not column.is_date:
            yield name


def _range(cohort: Cohort, name: str) -> tuple[int, int | None, int | None] | None:
    column = cohort.columns.get(name)
    return (column.unit, column.low, column.high) if isinstance(column, NumberColumn) else None


def _value(cohort: Cohort, person: str, role: Role, name: str) -> Decimal | None:
    """Return what somebody answered in a role, None when nothing."""
    column = cohort.columns.get(name)
    if person not in cohort or not isinstance(column, NumberColumn):
        return None
    row = cohort.index(person)
    has_role = cohort.is_mentor[row] if role == "mentor" else cohort.is_mentee[row]
    answer = column.cell(row) if has_role else None
    return None if answer is None or isinstance(answer, date) else Decimal(answer)


def _pairs(
    changes: Sequence[Change], role: Role, indicator: str
) -> Iterator[tuple[Decimal, Decimal]]:
    """Give first and last answer of everybody who has two."""
    for change in changes:
        known = [value for value in change.values if value is not None]
        if (change.role, change.indicator) == (role, indicator) and len(known) > 1:
            yield known[0], known[-1]


def _shift(pairs: Sequence[tuple[Decimal, Decimal]]) -> Shift:
    count = len(pairs)
    if count < SMALLEST:
        return Shift(count)
    before, after = zip(*pairs, strict=True)
    differences = [last - first for first, last in pairs]
    directions = [direction_of(difference) for difference in differences]
    return Shift(
        count,
        float(sum(before) / count),
        float(sum(after) / count),
        float(sum(differences) / count),
        float(median(differences)),
        directions.count("up"),
        directions.count("same"),
        directions.count("down"),
        *effect_size(pairs),
    )


def effect_size(
    pairs: Sequence[tuple[Decimal, Decimal]],
) -> tuple[float | None, float | None, float | None]:
    """Return the standardised mean difference of paired answers with its 95 % interval.

    None three times with fewer than three pairs, or where neither measurement varies. The
    method is named at :class:`Shift`.
    """
    count = len(pairs)
    if count < _FEWEST:
        return None, None, None
    exact = [(Fraction(first), Fraction(last)) for first, last in pairs]
    mean_1 = sum(first for first, _ in exact) / count
    mean_2 = sum(last for _, last in exact) / count
    free = count - 1
    var_1 = float(sum((first - mean_1) ** 2 for first, _ in exact) / free)
    var_2 = float(sum((last - mean_2) ** 2 for _, last in exact) / free)
    shared = float(sum((first - mean_1) * (last - mean_2) for first, last in exact) / free)
    pooled = (var_1 + var_2) / 2
    if pooled == 0:
        return None, None, None
    effect = float(mean_2 - mean_1) / math.sqrt(pooled)
    spread = effect**2 * (var_1**2 + var_2**2 + 2 * shared**2) / (8 * free * pooled**2)
    spread += (var_1 + var_2 - 2 * shared) / (free * pooled)
    margin = _LEVEL * math.sqrt(spread)
    return effect, effect - margin, effect + margin


def gaps_table(gaps: Sequence[Gap], final: Cohort, lang: Language = "en") -> "pd.DataFrame":
    """Return a row per gap; nothing of groups that are too small."""
    named = (
        (
            text(f"diagnostics.role.{gap.role}", lang),
            final.questionnaire.label(gap.later, lang),
            gap.shift,
        )
        for gap in gaps
    )
    return _shift_table(named, ("role", "indicator"), lang)


def _shift_table(
    named: Iterator[tuple[str, str, Shift]], heads: Sequence[str], lang: Language
) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - heavy

    ends = (
        *("count", "before", "after", "mean", "middle", "up", "same", "down"),
        *("effect", "low", "high"),
    )
    columns = [text(f"diagnostics.head.{head}", lang) for head in (*heads, *ends)]
    rows = [[role, label, *(getattr(shift, end) for end in ends)] for role, label, shift in named]
    return pd.DataFrame(rows, columns=columns)


def _sentence(shift: Shift, key: str, lang: Language, named: dict[str, str]) -> str:
    if shift.mean is None:
        return text(f"{key}-kept-back", lang, least=SMALLEST, **named)
    values = {
        "count": shift.count,
        "before": decimal(shift.before or 0, lang),
        "after": decimal(shift.after or 0, lang),
        "mean": decimal(shift.mean or 0, lang, signed=True),
        "up": shift.up,
        "same": shift.same,
        "down": shift.down,
    }
    said = text(key, lang, **named, **values)
    if shift.effect is None:
        return said
    size = {
        "effect": decimal(shift.effect, lang, signed=True),
        "low": decimal(shift.low or 0, lang, signed=True),
        "high": decimal(shift.high or 0, lang, signed=True),
    }
    return f"{said}; {text('diagnostics.effect', lang, **size)}"


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _label(waves: Sequence[Wave], indicator: str, lang: Language) -> str:
    forms = (wave.answers.questionnaire for wave in waves)
    form = next(form for form in forms if indicator in form.field_ids)
    return form.label(indicator, lang)

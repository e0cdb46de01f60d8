"""Turning arrays of draws into lists of answers, one place per person, None for a blank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from mentormatch.datasets.dice import Bools, Dice, Floats, Ints
from mentormatch.datasets.population import AS_OF, People
from mentormatch.participant import Answer
from mentormatch.questionnaire import Questionnaire

Answers = Sequence[Answer | None]

_MEAN, _DEVIATION = 7.0, 1.8  # of answers from 1 to 10
_ACQUIESCENCE: Final = 0.7  # how far people's habits of agreeing lie apart


@dataclass(frozen=True, slots=True)
class Troubles:
    """What goes wrong at a school, as shares of the people concerned."""

    no_guardian_consent: float = 0.08
    interview_pending: float = 0.10
    untrained: float = 0.20
    vetoes: float = 0.03
    support_needed: float = 0.09
    curator_only: float = 0.015
    in_person_only: float = 0.45
    missing_items: float = 0.06
    straight_liners: float = 0.12


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose answers are drawn, and to what.

    Parameters
    ----------
    form
        The questionnaire.
    people
        Those who take part.
    troubles
        What goes wrong, and how often.
    boarding
        Whether most students live in a dormitory.
    seed
        Of the school.
    load
        Mean number of mentees that a mentor would take; None: by kind of mentor.
    as_of
        The day of the round; consents and trainings lie in the month before.
    """

    form: Questionnaire
    people: People
    troubles: Troubles
    boarding: bool
    seed: int
    load: float | None = None
    as_of: date = AS_OF

    def dice(self, purpose: str) -> Dice:
        """Return the dice for one purpose, which no other purpose disturbs."""
        return Dice(self.seed, purpose)

    def options(self, question: str) -> tuple[str, ...]:
        """List the ids of a question's options."""
        return tuple(option.id for option in self.form.options(question))

    def weights(self, question: str, given: dict[str, float]) -> list[float]:
        """Order weights as a question's options are; an option not given has none."""
        return [given.get(option, 0.0) for option in self.options(question)]


def only(who: Bools, answers: Answers) -> Answers:
    """Blank the answers of everybody else."""
    return [answer if own else None for answer, own in zip(answers, who.tolist(), strict=True)]


def some_people(who: Bools, portion: float, dice: Dice) -> Bools:
    """Choose a fixed portion of some of the people: bool (n,)."""
    rows = np.flatnonzero(who)
    chosen = np.zeros(len(who), np.bool_)
    chosen[rows[dice.share(portion, len(rows))]] = True
    return chosen


def dealt(who: Bools, weights: Sequence[float], dice: Dice) -> Ints:
    """Deal categories to some of the people in fixed proportions, 0 to the others: int (n,)."""
    codes = np.zeros(len(who), np.int64)
    codes[who] = dice.shares(weights, int(who.sum()))
    return codes


def one_of(options: Sequence[str], codes: Ints) -> list[str]:
    """Name one option per person."""
    return [options[code] for code in codes.tolist()]


def some_of(options: Sequence[str], chosen: Bools) -> Answers:
    """Name the chosen options of each person; nothing chosen is a blank.

    Parameters
    ----------
    options
        k ids.
    chosen
        bool (n, k).
    """
    names = np.asarray(options, object)
    return [tuple(names[row].tolist()) or None for row in chosen]


def graded(options: Sequence[str], chosen: Bools, levels: Ints) -> Answers:
    """Name the chosen options of each person with their levels, int (n, k)."""
    return [
        {options[k]: level for k, level in enumerate(row) if level} or None
        for row in np.where(chosen, levels, 0).tolist()
    ]


def days_from(first: date, offsets: Ints) -> Answers:
    """Count days from a date."""
    return [first + timedelta(days=offset) for offset in offsets.tolist()]


def levels(dice: Dice, shape: tuple[int, int], shift: Floats | float = 0.0) -> Ints:
    """Draw answers from 1 to 10: rounded normal, clipped, moved by people's shifts."""
    drawn = np.rint(_MEAN + _DEVIATION * dice.normal(*shape) + shift)
    return np.asarray(np.clip(drawn, 1, 10).astype(np.int64))


def scale_answers(setting: Setting) -> dict[str, Answers]:
    """Draw the answers to all questions from 1 to 10.

    People agree more or less by habit, some answer everything alike, some items are left
    blank.
    """
    questions = [
        question.id
        for question in setting.form.questions
        if question.kind == "scale" and (question.low, question.high) == (1, 10)
    ]
    dice, size = setting.dice("scales"), len(setting.people)
    shift = _ACQUIESCENCE * dice.normal(size, 1)
    drawn = levels(dice, (size, len(questions)), shift)
    alike = dice.share(setting.troubles.straight_liners, size)
    drawn[alike] = drawn[alike, :1]
    answered = dice.uniform(*drawn.shape) >= setting.troubles.missing_items
    return {
        question: only(answered[:, item], drawn[:, item].tolist())
        for item, question in enumerate(questions)
    }

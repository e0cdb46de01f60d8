"""Whom people name after the general meeting: the known are named more often."""

from typing import Final

import numpy as np

from mentormatch.datasets.dice import Dice, Ints
from mentormatch.datasets.drawing import Answers, Setting
from mentormatch.datasets.population import STUDENT, TEACHER, People

_MOST: Final = 5  # names a person may give
_TRIES: Final = 20
_NAMING = 0.60  # of the people
_MUTUAL = 0.25  # of mentees' choices
_NOBODY = 0.50  # of those who name nobody say so; the others leave the question out
_COMFORTABLE = 0.30


def choices(setting: Setting, links: list[tuple[int, int]]) -> dict[str, Answers]:
    """Draw whom mentees and mentors want, feel comfortable with, and don't want.

    Of the mentees 60 % name one to three mentors, the likelier the more others have named
    them; a quarter of these choices are returned. Mentors name others besides. Nobody
    names themselves, their own child or parent, or somebody they refuse.
    """
    people, dice = setting.people, setting.dice("choices")
    size = len(people)
    apart = {(one, other) for pair in links for one, other in (pair, pair[::-1])}
    refused = _refusals(setting, setting.dice("vetoes"))
    apart |= {(row, other) for row, other in refused.items()}
    wanted: list[list[int]] = [[] for _ in range(size)]
    mentees = np.flatnonzero(people.mentee)
    mentors = np.flatnonzero(people.mentor)
    _name(people, (mentees, mentors), wanted, apart, dice)
    answers = _returned(wanted, apart, dice)
    _name(people, (mentors, mentees), answers, apart, dice)
    named = [_distinct(mine + theirs) for mine, theirs in zip(wanted, answers, strict=True)]
    codes = _codes(people, named)
    nobody = dice.share(_NOBODY, size)
    comfortable = dice.share(_COMFORTABLE, size)
    return {
        "choices": [
            () if own is None and none else own for own, none in zip(codes, nobody, strict=True)
        ],
        "comfort_choice": [
            tuple(sorted(own[:2])) if own and liked else None
            for own, liked in zip(codes, comfortable, strict=True)
        ],
        "vetoes": _codes(people, [[refused[row]] if row in refused else [] for row in range(size)]),
    }


def _returned(wanted: list[list[int]], apart: set[tuple[int, int]], dice: Dice) -> list[list[int]]:
    """Let mentors name some of those who named them; the rest stays one-sided."""
    luck = dice.uniform(len(wanted), _MOST)
    answers: list[list[int]] = [[] for _ in wanted]
    for mentee, mentors in enumerate(wanted):
        for place, mentor in enumerate(mentors):
            lucky = luck[mentee, place] < _MUTUAL and len(answers[mentor]) < _MOST
            if lucky and (mentor, mentee) not in apart:
                answers[mentor].append(mentee)
            else:
                apart.add((mentor, mentee))
    return answers


def _refusals(setting: Setting, dice: Dice) -> dict[int, int]:
    """Let a few people refuse somebody of the other side."""
    people = setting.people
    refusing = np.flatnonzero(dice.share(setting.troubles.vetoes, len(people)))
    luck = dice.uniform(len(refusing))
    found = {}
    for row, draw in zip(refusing.tolist(), luck.tolist(), strict=True):
        others = np.flatnonzero(people.mentor if people.mentee[row] else people.mentee)
        others = others[others != row]
        if len(others):
            found[row] = int(others[int(draw * len(others))])
    return found


def _name(
    people: People,
    sides: tuple[Ints, Ints],
    named: list[list[int]],
    apart: set[tuple[int, int]],
    dice: Dice,
) -> None:
    """Let one side name people of the other: fresh ones, or ones named before (Polya's urn)."""
    rows, others = sides
    size = len(rows)
    naming, counts = dice.share(_NAMING, size), dice.whole(1, 3, size)
    luck = dice.uniform(size, 3, _TRIES)
    urn = others.tolist()
    for place, row in enumerate(rows.tolist()):
        if not naming[place] or not len(others):
            continue
        for choice in range(int(counts[place])):
            for draw in luck[place, choice].tolist():
                other = urn[int(draw * len(urn))]
                if len(named[row]) < _MOST and _fits(people, row, other, named[row], apart):
                    named[row].append(other)
                    urn.append(other)
                    break


def _fits(
    people: People, row: int, other: int, named: list[int], apart: set[tuple[int, int]]
) -> bool:
    """Tell whether somebody could name another at all: students help younger ones only."""
    if row == other or other in named or (row, other) in apart:
        return False
    mentor, mentee = (other, row) if people.mentee[row] and people.mentor[other] else (row, other)
    if people.kind[mentee] == TEACHER:
        return bool(people.kind[mentor] == TEACHER)
    if people.kind[mentor] == STUDENT:
        return bool(people.grade[mentor] > people.grade[mentee])
    return True


def _distinct(rows: list[int]) -> list[int]:
    return list(dict.fromkeys(rows))[:_MOST]


def _codes(people: People, named: list[list[int]]) -> list[tuple[str, ...] | None]:
    ids = people.ids
    return [tuple(ids[row] for row in rows) or None for rows in named]

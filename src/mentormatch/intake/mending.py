"""What a cell gives: an answer and what was mended to get it, or what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from mentormatch.intake.tables import LOST, MERGED
from mentormatch.participant import Answer
from mentormatch.questionnaire import Question
from mentormatch.validity import Problem

Found = TypeVar("Found")

Repair = Problem
"""Code of a note and the values for its sentence."""

MOST_REPORTED: Final = 20
"""Problems, and repairs, that are told of one cell."""

MENDED: Final = "cell.mended"
"""The note that shows nothing, for answers that are private."""


class CellError(ValueError):
    """A cell that is no answer to its question; its arguments are the problems."""

    @classmethod
    def of(cls, code: str, **values: object) -> "CellError":
        """Make the error of a single problem."""
        return cls((code, values))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Codes of defects, with the values for their sentences."""
        return self.args


@dataclass(frozen=True, slots=True)
class Reading(Generic[Found]):
    """What was read in a cell.

    Parameters
    ----------
    answer
        What the cell says.
    repairs
        What was not written by the rules and read nevertheless: codes of the catalogue and
        values for their sentences, which show nothing that is private.
    others
        Answers to further questions that the same cell holds, by question.
    """

    answer: Found = field(repr=False)
    repairs: tuple[Repair, ...] = ()
    others: Mapping[str, Answer] = field(default_factory=dict, repr=False)


FindPerson = Callable[[str], Reading[str]]
"""Gives the code of a person named in a cell, or raises CellError."""


def seen(cell: str) -> str:
    """Return the cell; CellError when the workbook doesn't hold what it shows."""
    if cell == LOST:
        raise CellError.of("intake.lost")
    if cell == MERGED:
        raise CellError.of("intake.merged")
    return cell


def note(question: Question, code: str, **values: object) -> Repair:
    """Make the note of a repair; of a private answer it shows nothing."""
    if question.sensitivity == "restricted":
        return MENDED, {}
    return code, {name: question.shown(value) for name, value in values.items()}


def repairs_of(readings: Sequence[Reading[Found]]) -> tuple[Repair, ...]:
    """Join the repairs of several readings, each once."""
    found: list[Repair] = []
    for reading in readings:
        if len(found) < MOST_REPORTED:
            found += [repair for repair in reading.repairs if repair not in found]
    return tuple(found)


def read_all(read: Callable[[str], Found], pieces: Sequence[str]) -> list[Found]:
    """Read every piece of a cell; CellError with the problems of all of them."""
    found: list[Found] = []
    problems: list[Problem] = []
    for piece in pieces:
        if len(problems) == MOST_REPORTED:
            break
        try:
            found.append(read(piece))
        except CellError as error:
            problems += error.problems
    if problems:
        raise CellError(*problems)
    return found

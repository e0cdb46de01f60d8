"""Writing answers as the exports of a Russian form service look.

The first column is the time of the answer, headers are the full questions, grids have
columns ``Question [row]``, and several answers to one question share a cell.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from mentormatch.keys import KeyFile
from mentormatch.participant import Answer, Participant
from mentormatch.questionnaire import Question, Questionnaire
from mentormatch.spreadsheet import Cell

_TIMESTAMP: Final = "Отметка времени"
_GAP: Final = timedelta(minutes=7, seconds=22)  # between two answers
# Class letters that every tenth person types in the other alphabet.
_LOOK_ALIKES: Final = str.maketrans("АВЕКМ", "ABEKM")

Table = tuple[list[str], list[list[Cell]]]


def form_export(
    form: Questionnaire,
    participants: Sequence[Participant],
    keys: KeyFile,
    *,
    opened: datetime,
    separator: str,
) -> Table:
    """Make header and rows of an export.

    Parameters
    ----------
    form
        What was asked.
    participants
        One row each, in this order.
    keys
        Their names.
    opened
        When the first answer came.
    separator
        What stands between several answers in one cell: ``", "`` in a linked sheet,
        ``";"`` in a downloaded CSV.
    """
    asked = [
        question
        for question in form.questions
        if question.id in {"kind", "roles"} or any(question.id in p.answers for p in participants)
    ]
    header = [_TIMESTAMP, form.identity.code.ru, form.identity.name.ru]
    for question in asked:
        header += _titles(form, question)
    rows: list[list[Cell]] = []
    for number, person in enumerate(participants):
        time = opened + number * _GAP
        row: list[Cell] = [f"{time:%d.%m.%Y %H:%M:%S}", person.id, keys.name_of(person.id)]
        for question in asked:
            cells = _cells(form, question, _answer(question, person), separator)
            if question.id == "class_letter" and number % 10 == 0:
                cells = (str(cell).translate(_LOOK_ALIKES) if cell else cell for cell in cells)
            row += cells
        rows.append(row)
    return header, rows


def _answer(question: Question, person: Participant) -> Answer | None:
    if question.id == "kind":
        return person.kind
    if question.id == "roles":
        return tuple(sorted(person.roles, reverse=True))
    return person.answers.get(question.id)


def _titles(form: Questionnaire, question: Question) -> Iterator[str]:
    title = question.label.ru
    if question.kind == "slots":
        yield from (f"{title} [{day.label.ru}]" for day in question.days)
    elif question.levels is not None:
        yield from (f"{title} [{option.label.ru}]" for option in form.options(question))
    else:
        yield title


def _cells(
    form: Questionnaire, question: Question, answer: Answer | None, separator: str
) -> Iterator[Cell]:
    """Write one answer, as one cell or as those of a grid."""
    if question.kind == "slots":
        chosen = answer if isinstance(answer, tuple) else ()
        for day in question.days:
            times = [time for time in question.times if f"{day.id}-{time.id}" in chosen]
            yield separator.join(time.label.ru for time in times) or None
    elif question.levels is not None:
        levels = answer if isinstance(answer, dict) else {}
        yield from (levels.get(option.id) for option in form.options(question))
    else:
        yield _cell(form, question, answer, separator)


def _cell(form: Questionnaire, question: Question, answer: Answer | None, separator: str) -> Cell:
    labels = {option.id: option.label.ru for option in form.options(question)}
    match answer:
        case None | int() | Decimal() if not isinstance(answer, bool):
            return answer
        case bool():
            return labels["yes" if answer else "no"]
        case date():
            return f"{answer:%d.%m.%Y}"
        case str():
            return labels.get(answer, answer)
        case tuple():
            return separator.join(labels.get(part, part) for part in answer) or "-"
    raise TypeError(question.id)

"""Writing answers into the columns of a form, such that they are read as what they are."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from mentormatch.blanks.contents import NONE, Contents
from mentormatch.participant import Answer, Participant
from mentormatch.questionnaire import Option, Question
from mentormatch.spreadsheet import Cell

_BETWEEN: Final = "; "
# Before this day programs disagree about which day a number stands for.
_FIRST_DAY: Final = date(1900, 3, 1)


def answer_cells(contents: Contents, person: Participant) -> list[Cell]:
    """Write a person's answers as the cells of a row, without those that say who it is."""
    return [
        cell
        for section in contents.sections
        for question in section.questions
        for cell in _cells(contents, question, _answer(question, person))
    ]


def _answer(question: Question, person: Participant) -> Answer | None:
    if question.id == "kind":
        return person.kind
    if question.id == "roles":
        return tuple(sorted(person.roles, reverse=True))
    return person.answers.get(question.id)


def _cells(contents: Contents, question: Question, answer: Answer | None) -> Sequence[Cell]:
    """Write one answer, as one cell or as those of several columns."""
    options = contents.form.options(question)
    if question.kind == "slots":
        return _parts(answer, [_day(contents, question, day.id, answer) for day in question.days])
    if question.levels is not None:
        levels = answer if isinstance(answer, dict) else {}
        return _parts(answer, [levels.get(option.id) for option in options])
    if question.kind == "ranked":
        labels = {option.id: contents.name(option, is_alone=True) for option in options}
        chosen = [labels[name] for name in answer] if isinstance(answer, tuple) else []
        room = question.max or len(options)
        return _parts(answer, [*chosen, *[None] * (room - len(chosen))])
    return [_cell(contents, options, answer)]


def _parts(answer: Answer | None, cells: list[Cell]) -> list[Cell]:
    """Say "none" in the first of several columns, if that is the answer."""
    return [NONE, *cells[1:]] if answer is not None and not answer else cells


def _day(contents: Contents, question: Question, day: str, answer: Answer | None) -> Cell:
    chosen = answer if isinstance(answer, tuple) else ()
    times = [time for time in question.times if f"{day}-{time.id}" in chosen]
    return _BETWEEN.join(contents.name(time) for time in times) or None


def _cell(contents: Contents, options: Sequence[Option], answer: Answer | None) -> Cell:
    match answer:
        case bool():
            return options[int(answer)].label.text(contents.lang)
        case None | int() | Decimal():
            return answer
        case date():
            return answer if answer >= _FIRST_DAY else answer.isoformat()
        case str():
            labels = {option.id: option.label.text(contents.lang) for option in options}
            return labels.get(answer, answer)
        case tuple():
            names = {option.id: contents.name(option) for option in options}
            return _BETWEEN.join(names.get(part, part) for part in answer) or NONE
    raise TypeError(type(answer).__name__)

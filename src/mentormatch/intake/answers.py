"""Reading cells as answers: one reader per kind of question.

A reader takes the text of a cell that is not blank and returns a :class:`Reading`: a plain
value (see :class:`~mentormatch.participant.Participant`) and what was mended to get it. Or it
raises :class:`CellError` with everything that is wrong in the cell.
"""

import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from mentormatch.intake.classes import ClassReader
from mentormatch.intake.columns import Key
from mentormatch.intake.mending import (
    CellError,
    FindPerson,
    Reading,
    note,
    read_all,
    repairs_of,
    seen,
)
from mentormatch.intake.options import NO, SEPARATOR, YES, Names, check_numbers
from mentormatch.intake.values import read_date, read_level, read_number, read_scale
from mentormatch.participant import Answer
from mentormatch.questionnaire import Question, Questionnaire, normalised
from mentormatch.validity import answer_problem

Found = TypeVar("Found", bound=Answer)

Part = tuple[tuple[str, int], ...]
"""What one column of several says: options, each with its level or rank, 1 without."""

# An x may be Latin or Cyrillic.
_MARKS: Final = YES | {"да", "yes", "+", "x", "х", "v", "✓", "✔", "☑", "✅"}
_NO_MARKS: Final = NO | {"нет", "no"}


def cell_reader(
    form: Questionnaire, question: Question, find_person: FindPerson
) -> Callable[[str], Reading[Answer]]:
    """Make the reader of cells that hold a whole answer.

    Parameters
    ----------
    form, question
        What was asked.
    find_person
        Gives the code of a person named in a cell, or raises CellError.
    """
    parse = _parser(form, question, find_person)
    takes_none = question.kind in {"multi", "ranked", "slots", "people"}

    def read(cell: str) -> Reading[Answer]:
        if takes_none and _is_none(cell):
            return Reading(_checked(form, question, {} if question.levels else ()))
        found = parse(seen(cell))
        return Reading(_checked(form, question, found.answer), found.repairs, found.others)

    return read


def part_reader(
    form: Questionnaire, question: Question, key: Key
) -> Callable[[str], Reading[Part]]:
    """Make the reader of one column of several: ``Label [option]``, ``[rank]`` or ``[day]``."""
    is_slots = question.kind == "slots"
    names = Names(question, question.times if is_slots else form.options(question))

    def read(cell: str) -> Reading[Part]:
        seen(cell)
        if _is_none(cell):
            return Reading(())
        if is_slots:
            times = names.set_of(cell)
            return Reading(tuple((f"{key}-{time}", 1) for time in times.answer), times.repairs)
        if question.kind == "ranked":
            option = names.one(cell)
            return Reading(((option.answer, int(key or 0)),), option.repairs)
        if question.levels is not None:
            level = read_level(question, question.levels, cell)
            return Reading(((str(key), level.answer),), level.repairs)
        mark = _mark(question, names, key, cell)
        return Reading(((str(key), 1),) if mark.answer else (), mark.repairs)

    return read


def join_parts(form: Questionnaire, question: Question, parts: Sequence[Part]) -> Answer | None:
    """Make one answer of the columns that are not blank; None when nothing is chosen in them.

    Raises
    ------
    CellError
        When the columns don't go together.
    """
    entries = [entry for part in parts for entry in part]
    if not entries and not question.may_be_none:
        return None
    if question.levels is not None:
        return _checked(form, question, dict(entries))
    if question.kind == "ranked":
        entries.sort(key=lambda entry: entry[1])
        if [rank for _, rank in entries] != list(range(1, len(entries) + 1)):
            raise CellError.of("intake.rank-gap")
    else:
        order = [option.id for option in form.options(question)]
        entries.sort(key=lambda entry: order.index(entry[0]))
    return _checked(form, question, tuple(option for option, _ in entries))


def free_text(cell: str) -> str:
    """Return an answer in free words: what was written, in one form of its letters."""
    return unicodedata.normalize("NFC", cell)


def _is_none(cell: str) -> bool:
    return len(cell) == 1 and normalised(cell) == "-"


def _checked(form: Questionnaire, question: Question, answer: Answer) -> Answer:
    if question.kind == "text":
        return answer
    ids = frozenset(option.id for option in form.options(question))
    problem = answer_problem(question, ids, answer)
    if problem is not None:
        raise CellError(problem)
    return answer


def _parser(
    form: Questionnaire, question: Question, find_person: FindPerson
) -> Callable[[str], Reading[Answer]]:
    """Choose how the cells of a question are read."""
    names = Names(question, form.options(question))

    def parse(cell: str) -> Reading[Answer]:
        match question.kind:
            case "choice":
                return _widened(names.one(cell))
            case "flag":
                option = names.one(cell)
                return Reading(option.answer == "yes", option.repairs)
            case "multi" if question.levels is not None:
                return _widened(names.each_with_level(cell, question.levels))
            case "multi" | "slots":
                return _widened(names.set_of(cell))
            case "ranked":
                return _widened(names.ranking(cell))
            case "scale":
                return _widened(read_scale(question, cell))
            case "number":
                return _widened(read_number(question, cell))
            case "date":
                return _widened(read_date(question, cell))
            case "people":
                return _widened(_people(question, find_person, cell))
            case "text":
                return Reading(free_text(cell))

    owner = next((it for it in form.questions if it.rest == question.id), None)
    if question.rest is not None:
        return _with_rest(form, question, parse)
    return parse if owner is None else _with_owner(form, owner, question, parse)


def _widened(found: Reading[Found]) -> Reading[Answer]:
    """Give a reading of one type of answer as one of any."""
    answer: Answer = found.answer
    return Reading(answer, found.repairs, found.others)


def _with_rest(
    form: Questionnaire, question: Question, parse: Callable[[str], Reading[Answer]]
) -> Callable[[str], Reading[Answer]]:
    """Read the option of another question behind a number too."""
    classes = ClassReader(form, question)

    def read(cell: str) -> Reading[Answer]:
        with suppress(CellError):
            return parse(cell)
        number, rest, repairs = classes.read(cell)
        return Reading(number, repairs, {} if rest is None else {classes.rest.id: rest})

    return read


def _with_owner(
    form: Questionnaire,
    owner: Question,
    question: Question,
    parse: Callable[[str], Reading[Answer]],
) -> Callable[[str], Reading[Answer]]:
    """Read an option behind the number of the question whose rest it is."""
    classes = ClassReader(form, owner)

    def read(cell: str) -> Reading[Answer]:
        try:
            return parse(cell)
        except CellError:
            with suppress(CellError):
                number, rest, repairs = classes.read(cell)
                if rest is not None:
                    return Reading(rest, repairs, {owner.id: _checked(form, owner, number)})
            raise

    return read


def _mark(question: Question, names: Names, key: Key, cell: str) -> Reading[bool]:
    """Read whether an option is chosen in its own column, where its name may stand too."""
    plain = normalised(cell)
    if plain in _MARKS:
        return Reading(True)
    option = names.find(cell)
    if option is not None and option.answer == key:
        return Reading(True, option.repairs)
    if plain in _NO_MARKS:
        return Reading(False)
    raise CellError.of("intake.mark", found=question.shown(cell))


def _people(question: Question, find_person: FindPerson, cell: str) -> Reading[tuple[str, ...]]:
    written = [name for name in SEPARATOR.split(cell)[::2] if name.strip()]
    try:
        found = read_all(find_person, written)
    except CellError as error:
        if question.sensitivity != "restricted":
            raise
        # Not even the codes of those who may be meant.
        raise CellError(*(("cell.hidden-person", {}) for _ in error.problems)) from None
    codes = [each.answer for each in found]
    repairs = repairs_of(found)
    if repairs and question.sensitivity == "restricted":
        repairs = (note(question, "cell.person"),)
    if question.ranked:
        check_numbers(name for name, each in zip(written, found, strict=True) if each.repairs)
        return Reading(tuple(codes), repairs)
    if len(set(codes)) < len(codes):
        repairs = (*repairs, note(question, "cell.twice"))
    return Reading(tuple(sorted(set(codes))), repairs)

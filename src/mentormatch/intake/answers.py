"""Reading cells as answers: one reader per kind of question.

A reader takes the text of a cell that is not blank and returns a :class:`Reading`: a plain
value (see :class:`~mentormatch.participant.Participant`) and what was mended to get it. Or it
raises :class:`CellError` with everything that is wrong in the cell.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Final, Generic, TypeVar

from mentormatch.cohort import Problem
from mentormatch.cohort import _problem as answer_problem
from mentormatch.intake.columns import Key, language_of
from mentormatch.intake.tables import LOST, MERGED
from mentormatch.participant import Answer
from mentormatch.questionnaire import Levels, Option, Question, Questionnaire, normalised

Found = TypeVar("Found")

Part = tuple[tuple[str, int], ...]
"""What one column of several says: options, each with its level or rank, 1 without."""


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

    answer: Found
    repairs: tuple[Problem, ...] = ()
    others: Mapping[str, Answer] = field(default_factory=dict)


FindPerson = Callable[[str], Reading[str]]
"""Gives the code of a person named in a cell, or raises CellError."""

_SEPARATOR: Final = re.compile(r"([;,\n])")
_WHOLE: Final = re.compile(r"([-+]?[0-9]{1,9})(?:[.,]0)?(?:\s*-\s*[^\s\d].*)?", re.DOTALL)
_NUMBER: Final = re.compile(
    r"([-+]?)([0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3}){1,3})(?:[.,]([0-9]{1,15}))?"
)
_TIME: Final = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
_ISO_DATE: Final = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}}){_TIME}")
_RUSSIAN_DATE: Final = re.compile(rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.([0-9]{{4}}){_TIME}")

_YES: Final = frozenset({"1", "true", "истина"})
_NO: Final = frozenset({"0", "false", "ложь"})
# An x may be Latin or Cyrillic.
_MARKS: Final = _YES | {"да", "yes", "+", "x", "х", "v", "✓", "✔"}
_NO_MARKS: Final = _NO | {"нет", "no"}
_MOST_SUGGESTED: Final = 8
_MOST_REPORTED: Final = 20  # unknown options of one cell


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


def seen(cell: str) -> str:
    """Return the cell; CellError when the workbook doesn't hold what it shows."""
    if cell == LOST:
        raise CellError.of("intake.lost")
    if cell == MERGED:
        raise CellError.of("intake.merged")
    return cell


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
    names = _Names(question, form.options(question))
    takes_none = question.kind in {"multi", "ranked", "slots", "people"}

    def read(cell: str) -> Reading[Answer]:
        if takes_none and _is_none(cell):
            return Reading(_checked(form, question, {} if question.levels else ()))
        if question.kind == "people":
            found = _people(question, find_person, seen(cell))
            return Reading(_checked(form, question, found.answer), found.repairs)
        return Reading(_checked(form, question, _parse(question, names, seen(cell))))

    return read


def part_reader(
    form: Questionnaire, question: Question, key: Key
) -> Callable[[str], Reading[Part]]:
    """Make the reader of one column of several: ``Label [option]``, ``[rank]`` or ``[day]``."""
    is_slots = question.kind == "slots"
    names = _Names(question, question.times if is_slots else form.options(question))

    def read(cell: str) -> Reading[Part]:
        seen(cell)
        if _is_none(cell):
            return Reading(())
        if is_slots:
            return Reading(tuple((f"{key}-{time}", 1) for time in names.each(cell)))
        if question.kind == "ranked":
            return Reading(((names.one(cell), int(key or 0)),))
        if question.levels is not None:
            return Reading(((str(key), _level(question, question.levels, cell)),))
        return Reading(((str(key), 1),) if _is_marked(question, names, key, cell) else ())

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


def _parse(question: Question, names: "_Names", cell: str) -> Answer:
    match question.kind:
        case "choice":
            return names.one(cell)
        case "flag":
            return names.one(cell) == "yes"
        case "multi" if question.levels is not None:
            return names.each_with_level(cell, question.levels)
        case "multi" | "slots":
            return names.in_order(names.each(cell))
        case "ranked":
            return names.each(cell)
        case "scale":
            return _scale(question, cell)
        case "number":
            return _number(question, cell)
        case "date":
            return _date(question, cell)
        case _:
            return unicodedata.normalize("NFC", cell)


# --- options ----------------------------------------------------------------------------


class _Names:
    """The options of a question under everything they may be called."""

    def __init__(self, question: Question, options: Sequence[Option]) -> None:
        self.question = question
        self.options = options
        self.ids = {spelling: option.id for option in options for spelling in option.spellings}
        if question.kind == "flag":
            self.ids |= dict.fromkeys(_YES, "yes") | dict.fromkeys(_NO, "no")
        self.order = [option.id for option in options]
        # Wrong answers too are often the same.
        self.find, self.unknown = cache(self._find), cache(self._unknown)
        # How many pieces of a cell one option may take, because its own name has separators.
        self.reach = 1 + max((len(_SEPARATOR.findall(name)) for name in self.ids), default=0)

    def _find(self, written: str) -> str | None:
        return self.ids.get(normalised(written))

    def in_order(self, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(ids, key=self.order.index))

    def one(self, written: str) -> str:
        found = self.find(written)
        if found is None:
            raise CellError(self.unknown(written))
        return found

    def each(self, cell: str) -> tuple[str, ...]:
        """Read several options of one cell, in the order in which they stand there."""
        return tuple(self._split(cell, self.find))

    def each_with_level(self, cell: str, levels: Levels) -> dict[str, int]:
        """Read several options of one cell, each followed by its level: ``a=8; b=5``."""

        def find(written: str) -> tuple[str, str] | None:
            name, sign, level = written.rpartition("=")
            if sign and _SEPARATOR.search(level):
                return None  # what stands there is more than one option
            option = self.find(name if sign else written)
            return None if option is None else (option, level if sign else "")

        entries = self._split(cell, find)
        if len(dict(entries)) < len(entries):
            raise CellError.of("cohort.repeated")
        read = partial(_level, self.question, levels)
        return dict(zip(dict(entries), _all(read, [level for _, level in entries]), strict=True))

    def _split(self, cell: str, find: Callable[[str], Found | None]) -> list[Found]:
        """Cut a cell at its separators, but not within the name of an option.

        Of several ways to read on, the longest name wins.
        """
        pieces = _SEPARATOR.split(cell)
        entries: list[Found] = []
        problems: list[Problem] = []
        first = 0
        while first < len(pieces) and len(problems) < _MOST_REPORTED:
            longest = min(first + 2 * self.reach - 1, len(pieces))
            runs = ((end, find("".join(pieces[first:end]))) for end in range(longest, first, -2))
            end, entry = next((run for run in runs if run[1] is not None), (first + 1, None))
            if entry is not None:
                entries.append(entry)
            elif pieces[first].strip():
                problems.append(self.unknown(pieces[first]))
            first = end + 1
        if problems:
            raise CellError(*problems)
        return entries

    def _unknown(self, written: str) -> Problem:
        """Say that something is not an option, and which option it may be."""
        lang = language_of([written])
        labels = [option.label.text(lang) for option in self.options]
        if self.question.levels is not None:
            written = written.partition("=")[0]
        found = self.question.shown(written.strip())
        if self.question.sensitivity != "restricted":
            folded = {normalised(label): label for label in labels}
            near = difflib.get_close_matches(normalised(written), folded, n=1)
            if near:
                return "intake.option-near", {"found": found, "near": folded[near[0]]}
        if len(labels) > _MOST_SUGGESTED:
            labels[_MOST_SUGGESTED:] = ["…"]
        return "intake.option", {"found": found, "names": "; ".join(labels)}


def _is_marked(question: Question, names: _Names, key: Key, cell: str) -> bool:
    plain = normalised(cell)
    if plain in _MARKS or names.find(cell) == key:
        return True
    if plain in _NO_MARKS:
        return False
    raise CellError.of("intake.mark", found=question.shown(cell))


def _level(question: Question, levels: Levels, written: str) -> int:
    level = _whole(written)
    values = {"low": levels.low, "high": levels.high}
    if not written.strip():
        raise CellError(("intake.no-level", {**values}))
    if level is None or not levels.low <= level <= levels.high:
        raise CellError(("intake.level", {"found": question.shown(written.strip()), **values}))
    return level


# --- the rest ---------------------------------------------------------------------------


def _whole(written: str) -> int | None:
    """Read a whole number, possibly followed by its meaning: ``8 - rather yes``."""
    match = _WHOLE.fullmatch(normalised(written))
    return None if match is None else int(match[1])


def _scale(question: Question, cell: str) -> int:
    number = _whole(cell)
    if number is None:
        values = {"found": question.shown(cell), "low": question.low, "high": question.high}
        raise CellError(("intake.scale", values))
    return number


def _number(question: Question, cell: str) -> int | Decimal:
    match = _NUMBER.fullmatch(normalised(cell))
    fraction = match[3] or "" if match else ""
    # "1,000" is a thousand to some and one to others.
    if match is None or (len(fraction) == 3 and question.decimals < 3):
        raise CellError.of("intake.number", found=question.shown(cell))
    number = Decimal(f"{match[1]}{match[2].replace(' ', '')}.{fraction or 0}")
    return int(number) if number == number.to_integral_value() else number


def _date(question: Question, cell: str) -> date:
    plain = normalised(cell)
    iso, russian = _ISO_DATE.fullmatch(plain), _RUSSIAN_DATE.fullmatch(plain)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if russian:
            return date(int(russian[3]), int(russian[2]), int(russian[1]))
    except ValueError:
        pass
    raise CellError.of("intake.date", found=question.shown(cell))


def _people(question: Question, find_person: FindPerson, cell: str) -> Reading[tuple[str, ...]]:
    written = [name for name in _SEPARATOR.split(cell)[::2] if name.strip()]
    found = _all(find_person, written)
    codes = [each.answer for each in found]
    repairs = tuple(repair for each in found for repair in each.repairs)
    return Reading(tuple(codes if question.ranked else sorted(codes)), repairs)


def _all(read: Callable[[str], Found], pieces: Sequence[str]) -> list[Found]:
    """Read every piece of a cell; CellError with the problems of all of them."""
    found: list[Found] = []
    problems: list[Problem] = []
    for piece in pieces:
        try:
            found.append(read(piece))
        except CellError as error:
            problems += error.problems
    if problems:
        raise CellError(*problems)
    return found

"""Reading the answers to one question in one table, all rows at once.

Each distinct text of a column is read once, and where several answers stand in one cell,
each distinct piece of it: what a cell of many pieces says is then put together by numpy.
A cell about which anything is unusual is read as a whole.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from operator import not_
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from mentormatch.column import Bools, Column, SetColumn, column_of, stacked
from mentormatch.intake.answers import Part, cell_reader, free_text, join_parts, part_reader
from mentormatch.intake.cells import BLANK, Cells
from mentormatch.intake.columns import Layout
from mentormatch.intake.mending import CellError, FindPerson, Reading
from mentormatch.intake.tables import LOST, MERGED, Table
from mentormatch.participant import Answer
from mentormatch.questionnaire import Option, Question, Questionnaire, normalised
from mentormatch.validity import Problem

Codes = NDArray[np.int32]
Places = NDArray[np.intp]

_SEPARATORS: Final = (";", ",", "\n")
_BETWEEN: Final = "\0"  # between the pieces of two cells; no cell holds it
_WHOLE_ONLY: Final = frozenset(':"«»“”„')  # a piece with one of these may go with the next


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of n rows to one question, each distinct one held once.

    Parameters
    ----------
    column
        The distinct answers, as a column of m rows; the first one is blank.
    codes
        int32 (n,): position of each row's answer in ``column``.
    """

    column: Column
    codes: Codes

    @property
    def answered(self) -> Bools:
        """Who answered: bool (n,)."""
        return self.column.answered[self.codes]

    def take(self, rows: Places) -> Column:
        """Return the column of some rows, in their order."""
        return self.column.take(self.codes[rows])

    def without(self, rows: Sequence[int]) -> "Answers":
        """Return the answers with some rows blank."""
        codes = self.codes.copy()
        codes[list(rows)] = BLANK
        return Answers(self.column, codes)


@dataclass(slots=True, eq=False)
class FieldReading:
    """What was found in the columns of one question in one table.

    Parameters
    ----------
    answers
        A row whose answer can't be read is blank.
    problems
        Row of the table, the column's position where there are several, what is wrong.
    repairs
        The column's position, its rows with one repair, what was mended.
    others
        The column's position, its rows with one text, another question and the answer to it.
    """

    answers: Answers
    problems: list[tuple[int, int | None, tuple[Problem, ...]]] = field(default_factory=list)
    repairs: list[tuple[int, Places, Problem]] = field(default_factory=list)
    others: list[tuple[int, Places, str, Answer]] = field(default_factory=list)

    def note(self, cells: Cells, position: int, found: "_Texts") -> None:
        """Say of rows what was found of their texts."""
        said = [*found.problems, *found.repairs, *found.others]
        if not said:
            return
        order = np.argsort(cells.codes, kind="stable")
        ends = np.cumsum(np.bincount(cells.codes, minlength=len(cells.texts)))
        rows = {code: order[ends[code - 1] : ends[code]] for code in said}
        for code, problems in found.problems.items():
            self.problems += [(row, position, problems) for row in rows[code].tolist()]
        for code, repairs in found.repairs.items():
            self.repairs += [(position, rows[code], repair) for repair in repairs]
        for code, others in found.others.items():
            self.others += [(position, rows[code], *other) for other in others]


@dataclass(slots=True, eq=False)
class _Texts:
    """What was read in the distinct texts of a column; None where blank or unreadable."""

    answers: list[Any]
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    repairs: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    others: dict[int, tuple[tuple[str, Answer], ...]] = field(default_factory=dict)


def read_field(
    form: Questionnaire,
    table: Table,
    layout: Layout,
    name: str,
    *,
    find_person: FindPerson = Reading,
    people: Set[str] = frozenset(),
) -> FieldReading:
    """Read the answers to a question in all rows of a table that has columns for it.

    Parameters
    ----------
    form, table, layout, name
        What was asked, and where the answers stand.
    find_person
        Gives the code of a person named in a cell, or raises CellError.
    people
        Codes which surely mean the people who have them.
    """
    question = form.question(name)
    columns = layout.columns[name]
    if [key for _, key in columns] != [None]:
        return _read_parts(form, table, layout, question)
    ((position, _),) = columns
    cells = table.cells[position]
    read = cell_reader(form, question, find_person)
    texts = _Texts([None] * len(cells.texts))
    if question.kind in {"multi", "ranked", "slots"}:
        column = _read_sets(form, question, read, cells.texts, texts)
    else:
        if question.kind == "people":
            _read_people(question, read, cells.texts, texts, people)
        elif question.kind == "text":
            _read_texts(read, cells.texts, texts)
        else:
            _read_each(read, cells.texts, range(1, len(cells.texts)), texts)
        column = column_of(question, form.options(question), texts.answers)
    found = FieldReading(Answers(column, cells.codes))
    found.note(cells, position, texts)
    return found


def _read_each(
    read: Callable[[str], Reading[Any]], texts: Sequence[str], codes: Sequence[int], into: _Texts
) -> None:
    """Read some texts as a whole."""
    for code in codes:
        try:
            found = read(texts[code])
        except CellError as error:
            into.answers[code] = None
            into.problems[code] = error.problems
        else:
            into.answers[code] = found.answer
            if found.repairs:
                into.repairs[code] = found.repairs
            if found.others:
                into.others[code] = tuple(found.others.items())


def _read_texts(read: Callable[[str], Reading[Answer]], texts: Sequence[str], into: _Texts) -> None:
    """Read texts that are answers as they stand, unless the cell is lost."""
    # Mostly all are in that form, which is found out at once.
    joined = "\n".join(texts)
    into.answers[1:] = texts[1:] if free_text(joined) == joined else map(free_text, texts[1:])
    _read_each(read, texts, [texts.index(it) for it in (LOST, MERGED) if it in texts], into)


# --- several answers in one cell ----------------------------------------------------------


def _read_people(
    question: Question,
    read: Callable[[str], Reading[Answer]],
    texts: Sequence[str],
    into: _Texts,
    people: Set[str],
) -> None:
    """Read cells that name people; codes are only looked up."""
    names = list(map(str.strip, _cut(texts, _SEPARATORS)))
    spelled = {piece: _name(read, piece) for piece in set(names) - people - {"", _BETWEEN}}
    if spelled:
        names = [spelled.get(piece, piece) for piece in names]
    is_between = np.fromiter(map(_BETWEEN.__eq__, names), np.bool_, len(names))
    ends = np.append(np.flatnonzero(is_between), len(names))[: len(texts)]
    starts = np.append(0, ends[:-1] + 1)[: len(texts)]
    arrange: Callable[[list[str]], Iterable[str]] = list if question.ranked else sorted
    bounds = zip(starts.tolist(), ends.tolist(), strict=True)
    answers = [tuple(arrange(names[first:end])) for first, end in bounds]
    different = np.fromiter(map(len, map(set, answers)), np.int64, len(answers))
    plain = (ends - starts == different) & (different <= (question.max or len(names)))
    is_blank = np.fromiter(map(not_, names), np.bool_, len(names))
    plain[np.cumsum(is_between)[is_blank]] = False
    for code in np.flatnonzero(plain).tolist():
        into.answers[code] = answers[code]
    _read_each(read, texts, np.flatnonzero(~plain)[1:].tolist(), into)


def _name(read: Callable[[str], Reading[Answer]], piece: str) -> str:
    """Return the code of whom a piece of a cell names; empty when it can't be read alone."""
    found = _entries(read, piece)
    return found[0][0] if found is not None and len(found) == 1 else ""


def _read_sets(
    form: Questionnaire,
    question: Question,
    read: Callable[[str], Reading[Answer]],
    texts: Sequence[str],
    into: _Texts,
) -> Column:
    """Read cells of several options piece by piece."""
    options = form.options(question)
    places = {option.id: place for place, option in enumerate(options)}
    pieces = _Pieces.of(texts, _separators(options))
    entries = [_entries(read, written.strip()) for written in pieces.cells.texts]
    owner, place, level = pieces.spread(
        [None if found is None else [(places[name], at) for name, at in found] for found in entries]
    )
    counts = np.bincount(owner, minlength=len(texts))
    if question.kind == "ranked":
        level = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner] + 1
    levels = np.zeros((len(texts), len(options)), np.int16)
    levels[owner, place] = level
    different = np.count_nonzero(levels, axis=1)
    most = question.max or len(options)
    plain = (counts > 0) & (counts == different) & (counts <= most) & ~pieces.unclear
    plain[BLANK] = False
    rest = np.flatnonzero(~plain)[1:].tolist()
    _read_each(read, texts, rest, into)
    unusual = column_of(question, options, [into.answers[code] for code in rest])
    return _set_column(cast("SetColumn", unusual), levels, plain, np.array(rest, np.intp))


def _set_column(
    unusual: SetColumn, levels: NDArray[np.int16], plain: Bools, rest: Places
) -> Column:
    """Put rows that were read by array and rows that were read one by one into one column."""
    levels[~plain] = 0
    chosen = levels > 0
    answered = plain.copy()
    chosen[rest], answered[rest] = unusual.chosen, unusual.answered
    if unusual.levels is None:
        return replace(unusual, chosen=chosen, answered=answered)
    levels[rest] = unusual.levels
    return replace(unusual, chosen=chosen, levels=levels, answered=answered)


def _separators(options: Sequence[Option]) -> tuple[str, ...]:
    """List the signs that separate answers for certain, because no name has them."""
    names = [name for option in options for name in option.spellings]
    safe = [sign for sign in _SEPARATORS if not any(sign in name for name in names)]
    # A name that has one may stand in a cell with a new line inside.
    return tuple(safe) if len(safe) == len(_SEPARATORS) else tuple(set(safe) - {"\n"})


def _entries(
    read: Callable[[str], Reading[Answer]], piece: str
) -> tuple[tuple[str, int], ...] | None:
    """Read one piece of a cell; None when it must be read with the others."""
    if not piece:
        return ()
    if normalised(piece) == "-" or not _WHOLE_ONLY.isdisjoint(piece):
        return None
    try:
        found = read(piece)
    except CellError:
        return None
    if found.repairs or found.others or not found.answer:
        return None
    if isinstance(found.answer, dict):
        return tuple(found.answer.items())
    return tuple((name, 1) for name in cast("tuple[str, ...]", found.answer))


def _cut(texts: Sequence[str], separators: Sequence[str]) -> list[str]:
    """Cut texts at their separators; between the pieces of two texts stands ``_BETWEEN``."""
    sign = separators[0]
    joined = f"{sign}{_BETWEEN}{sign}".join(texts)
    for other in separators[1:]:
        joined = joined.replace(other, sign)
    return joined.split(sign)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """The pieces of many texts, each distinct one held once.

    Parameters
    ----------
    cells
        All pieces, text by text.
    owner
        intp: the text in which each piece stands.
    unclear
        bool (m,): texts that must be read as a whole; :meth:`spread` adds to them.
    """

    cells: Cells
    owner: Places
    unclear: Bools

    @classmethod
    def of(cls, texts: Sequence[str], separators: Sequence[str]) -> "_Pieces":
        """Cut texts at their separators."""
        if not separators:
            return cls(Cells.of([]), np.zeros(0, np.intp), np.ones(len(texts), np.bool_))
        cells = Cells.of(_cut(texts, separators))
        between = cells.texts.index(_BETWEEN) if _BETWEEN in cells.texts else -1
        is_between = cells.codes == between
        owner = np.cumsum(is_between)[~is_between]
        kept = Cells(cells.codes[~is_between], cells.texts)
        return cls(kept, owner, np.zeros(len(texts), np.bool_))

    def spread(
        self, entries: Sequence[Sequence[tuple[int, int]] | None]
    ) -> tuple[Places, Places, NDArray[np.int64]]:
        """List text, option and level of every entry, of those of each distinct piece."""
        unclear = np.array([found is None for found in entries], np.bool_)
        self.unclear[self.owner[unclear[self.cells.codes]]] = True
        sizes = np.array([len(found or ()) for found in entries], np.intp)
        flat = np.array([it for found in entries for it in found or ()], np.int64).reshape(-1, 2)
        counts = sizes[self.cells.codes]
        first = (np.cumsum(sizes) - sizes)[self.cells.codes]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        entry = np.repeat(first, counts) + within
        return np.repeat(self.owner, counts), flat[entry, 0].astype(np.intp), flat[entry, 1]


# --- one answer in several columns --------------------------------------------------------


def _read_parts(
    form: Questionnaire, table: Table, layout: Layout, question: Question
) -> FieldReading:
    """Read a question that is spread over several columns, such as ``Label [option]``."""
    size = len(table.numbers)
    options = form.options(question)
    blank = cast("SetColumn", column_of(question, options, [None]))
    found = FieldReading(Answers(blank, np.zeros(size, np.int32)))
    places = {option.id: place for place, option in enumerate(options)}
    graded = np.zeros((size, len(options)), np.int16)
    entries = np.zeros(size, np.int64)
    given = np.zeros(size, np.bool_)
    parts: list[tuple[Cells, list[Part | None]]] = []
    for position, key in layout.columns[question.id]:
        cells = table.cells[position]
        texts = _Texts([None] * len(cells.texts))
        read = part_reader(form, question, key)
        _read_each(read, cells.texts, range(1, len(cells.texts)), texts)
        found.note(cells, position, texts)
        parts.append((cells, texts.answers))
        given |= cells.codes != BLANK
        entries += np.array([len(part or ()) for part in texts.answers])[cells.codes]
        for option in {option for part in texts.answers for option, _ in part or ()}:
            level = np.array([dict(part or ()).get(option, 0) for part in texts.answers], np.int16)
            np.copyto(graded[:, places[option]], level[cells.codes], where=level[cells.codes] > 0)
    unread = np.zeros(size, np.bool_)
    unread[[row for row, _, _ in found.problems]] = True
    chosen = np.count_nonzero(graded, axis=1)
    plain = given & (chosen == entries) & (chosen <= (question.max or len(options)))
    if question.kind == "ranked":
        plain &= graded.max(axis=1, initial=0) == chosen
    answered = plain & ((entries > 0) | question.may_be_none)
    rows = np.flatnonzero(given & ~plain & ~unread).tolist()
    unusual: list[Answer | None] = []
    for row in rows:
        own = [part for cells, read_texts in parts if (part := read_texts[cells.codes[row]])]
        try:
            unusual.append(join_parts(form, question, own))
        except CellError as error:
            unusual.append(None)
            found.problems.append((row, None, error.problems))
    graded[unread], answered[unread] = 0, False
    one_by_one = cast("SetColumn", column_of(question, options, unusual))
    column = _set_column(one_by_one, graded, answered, np.array(rows, np.intp))
    # Row by row, below the blank.
    found.answers = Answers(stacked([blank, column]), np.arange(1, size + 1, dtype=np.int32))
    return found

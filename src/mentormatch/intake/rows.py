"""The rows of all tables of one reading, one after the other, and what is wrong in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentormatch.column import column_of, stacked
from mentormatch.errors import Defect, Place
from mentormatch.intake.cells import BLANK
from mentormatch.intake.columns import Layout
from mentormatch.intake.fields import Answers, FieldReading
from mentormatch.intake.mending import CellError, seen
from mentormatch.intake.tables import LOST, MERGED, Table
from mentormatch.participant import Answer, Role
from mentormatch.questionnaire import Questionnaire
from mentormatch.validity import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table among others.

    Parameters
    ----------
    table, layout
        What stands where.
    role
        The role of everybody in this table who doesn't say otherwise.
    first
        Position of its first row among the rows of all tables.
    """

    table: Table
    layout: Layout
    role: Role | None
    first: int

    @property
    def rows(self) -> range:
        """Positions of its rows."""
        return range(self.first, self.first + len(self.table.numbers))

    def place(self, row: int, name: str | None = None, position: int | None = None) -> Place:
        """Name the place of a field in a row, or of one of its columns."""
        if position is None and name is not None:
            position = self.layout.position(name)
        number = int(self.table.numbers[row - self.first])
        return self.table.place(number, None if position is None else self.table.header[position])


class Rows:
    """All rows, with the codes of their people.

    Attributes
    ----------
    sources
        The tables, whose rows follow each other.
    codes
        Code by row; None as long as there is no usable one.
    kinds
        int16: position of each row's kind among the options of that question, -1 if unknown.
    defects
        What is wrong, by row.
    unread
        By field: rows whose cells could not be read.
    replaced
        Rows that a later answer of the same person replaces, each with that row. Nothing in
        them counts.
    """

    def __init__(self, form: Questionnaire) -> None:
        self.form = form
        self.sources: list[Source] = []
        self.codes: list[str | None] = []
        self.kinds: NDArray[np.int16] = np.zeros(0, np.int16)
        self.defects: defaultdict[int, list[Defect]] = defaultdict(list)
        self.unread: defaultdict[str, set[int]] = defaultdict(set)
        self.replaced: dict[int, int] = {}

    def add(self, table: Table, layout: Layout, role: Role | None) -> Source:
        """Add the rows of a table."""
        source = Source(table, layout, role, len(self))
        self.sources.append(source)
        self.codes += [None] * len(table.numbers)
        return source

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def source_of(self) -> NDArray[np.intp]:
        """Position of each row's table among the sources."""
        sizes = [len(source.rows) for source in self.sources]
        return np.repeat(np.arange(len(sizes)), sizes)

    def source(self, row: int) -> Source:
        """Return the table of a row."""
        return next(source for source in self.sources if row in source.rows)

    def active(self) -> NDArray[np.bool_]:
        """Tell which rows count: bool (n,)."""
        found = np.ones(len(self), np.bool_)
        found[list(self.replaced)] = False
        return found

    def replace(self, row: int, by: int) -> None:
        """Let another row of the same person count instead of this one."""
        self.replaced[row] = by
        self.defects.pop(row, None)

    def report(
        self,
        source: Source,
        row: int,
        name: str,
        problems: Iterable[Problem],
        position: int | None = None,
    ) -> None:
        """Note that a field of a row has problems, in one of its columns if it has several."""
        if row in self.replaced:
            return
        place = source.place(row, name, position)
        self.unread[name].add(row)
        self.defects[row] += [Defect(code, place, values) for code, values in problems]

    def report_all(self, source: Source, name: str, found: FieldReading) -> None:
        """Note what is wrong with the answers to a question in one table."""
        rest = self.form.question(name).rest
        for row, position, problems in found.problems:
            self.report(source, source.first + row, name, problems, position)
            if rest is not None and rest not in source.layout.columns:
                self.unread[rest].add(source.first + row)

    def texts(self, source: Source, name: str, *, silent: bool = False) -> list[str]:
        """List the texts of a field's first column, blank where there is none to read."""
        position = source.layout.position(name)
        if position is None:
            return [""] * len(source.rows)
        cells = source.table.cells[position]
        written = list(cells.texts)
        for code in [cells.texts.index(it) for it in (LOST, MERGED) if it in cells.texts]:
            try:
                seen(cells.texts[code])
            except CellError as error:
                written[code] = ""
                for row in () if silent else np.flatnonzero(cells.codes == code).tolist():
                    self.report(source, source.first + row, name, error.problems)
        return list(map(written.__getitem__, cells.codes.tolist()))

    def gather(self, name: str, found: Iterable[tuple[Source, FieldReading]]) -> Answers:
        """Put the answers of all tables to one question under each other."""
        question = self.form.question(name)
        columns = [column_of(question, self.form.options(question), [None])]
        codes = np.full(len(self), BLANK, np.int32)
        size = 1
        for source, reading in found:
            columns.append(reading.answers.column)
            own = reading.answers.codes
            codes[source.first : source.first + len(own)] = np.where(own == BLANK, 0, own + size)
            size += len(reading.answers.column.answered)
        return Answers(stacked(columns), codes)

    def filled(self, name: str, own: Answers, given: Mapping[int, Answer]) -> Answers:
        """Return the answers to a question with some rows' answers set anew."""
        if not given:
            return own
        question = self.form.question(name)
        further = column_of(question, self.form.options(question), [*given.values()])
        codes = own.codes.copy()
        codes[[*given]] = np.arange(len(given)) + len(own.column.answered)
        return Answers(stacked([own.column, further]), codes)

    def complete(
        self, name: str, own: Answers, others: Iterable[tuple[Source, int, list[int], Answer]]
    ) -> Answers:
        """Take answers that stood in other questions' cells; report one that differs.

        Parameters
        ----------
        name
            The question.
        own
            What its own columns say.
        others
            Table, position of the column, rows and answer.
        """
        question = self.form.question(name)
        answers: list[Answer | None] = []
        size = len(own.column.answered)
        codes = own.codes.copy()
        unread = self.unread[name]
        for source, position, rows, answer in others:
            answers.append(answer)
            values: dict[str, object] = {"column": source.table.header[position]}
            for row in rows:
                code = int(codes[row])
                if row in unread or row in self.replaced:
                    continue
                if code == BLANK:
                    codes[row] = size + len(answers) - 1
                    continue
                given = own.column.cell(code) if code < size else answers[code - size]
                if given != answer:
                    self.report(source, row, name, [("intake.other-cell", values)])
        if not answers:
            return own
        further = column_of(question, self.form.options(question), answers)
        return Answers(stacked([own.column, further]), codes)

"""A second, slow implementation of reading answers: row by row, one participant at a time.

It shares the readers of cells with the library's own, and nothing of what puts cells, rows and
people together; the tests compare the two.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.answers import cell_reader, join_parts, part_reader
from mentormatch.intake.columns import (
    CODE,
    CONTACT,
    IDENTITY,
    NAME,
    ColumnMap,
    Layout,
    find_columns,
    language_of,
)
from mentormatch.intake.directory import Directory, telling_apart
from mentormatch.intake.mending import CellError, FindPerson, Reading, seen
from mentormatch.intake.tables import Table, read_table
from mentormatch.keys import KeyFile, Person
from mentormatch.participant import Answer, Participant, Role, skeleton
from mentormatch.questionnaire import Questionnaire, normalised
from mentormatch.validity import Problem

Given = TypeVar("Given")
Result = TypeVar("Result")


def slow_cohort(form, mentors, mentees=None, *, keys=None, lenient=False, as_of=None):
    """Read a cohort, or raise IntakeError; the key file is only read."""
    intake = Intake(form, None)
    intake.open(mentors, None if mentees is None else "mentor")
    if mentees is not None:
        intake.open(mentees, "mentee")
    intake.read(KeyFile() if keys is None else KeyFile.load(keys), has_keys=keys is not None)
    lines = intake.kept(lenient=lenient)
    people = [_participant(group) for group in by_person(lines)]
    return Cohort.from_participants(form, people, as_of=as_of), lines


@dataclass(slots=True, eq=False)
class Line:
    """One row of a table, and what is known of its person so far.

    Parameters
    ----------
    table, layout, number, cells
        Where the row stands, and its text.
    role
        The role of everybody in this table who doesn't say otherwise.
    kind, code
        None as long as there is no usable one.
    answers
        What could be read, without kind and roles.
    unread
        Fields whose cells could not be read.
    others
        Answers that stood in a cell of another question: the position of its column, question
        and answer.
    repairs
        What was mended in this row.
    defects
        What is wrong in this row.
    """

    table: Table = field(repr=False)
    layout: Layout = field(repr=False)
    number: int
    cells: tuple[str, ...] = field(repr=False)
    role: Role | None = None
    kind: str | None = None
    code: str | None = None
    roles: frozenset[Role] = frozenset()
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    unread: set[str] = field(default_factory=set)
    others: list[tuple[int, str, Answer]] = field(default_factory=list, repr=False)
    repairs: list[Defect] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def cell(self, name: str) -> str:
        """Return the text of a field's first column, empty when there is none to read."""
        position = self.layout.position(name)
        try:
            return "" if position is None else seen(self.cells[position])
        except CellError as error:
            self.report(name, error.problems)
            return ""

    def place(self, name: str) -> Place:
        """Name the place of a field in this row."""
        position = self.layout.position(name)
        return self.table.place(
            self.number, None if position is None else self.table.header[position]
        )

    def report(self, name: str, problems: Iterable[Problem], position: int | None = None) -> None:
        """Note that a field has problems, in one of its columns if it has several."""
        place = self.place(name)
        if position is not None:
            place = self.table.place(self.number, self.table.header[position])
        self.unread.add(name)
        self.defects += [Defect(code, place, values) for code, values in problems]

    def mend(self, position: int, found: Reading[Any]) -> None:
        """Note what was mended in a cell, and what else the cell says."""
        place = self.table.place(self.number, self.table.header[position])
        self.repairs += [Defect(code, place, values) for code, values in found.repairs]
        self.others += [(position, name, answer) for name, answer in found.others.items()]


class Field:
    """Reads the answers to one question in the rows of one table."""

    def __init__(
        self,
        form: Questionnaire,
        layout: Layout,
        name: str,
        find_person: FindPerson = Reading,
    ) -> None:
        self.form = form
        self.question = form.question(name)
        columns = layout.columns.get(name, ())
        self.has_rest = self.question.rest in layout.columns
        self.is_whole = [key for _, key in columns] == [None]
        self.readers: list[tuple[int, Callable[[str], Reading[Any]]]] = [
            (
                position,
                cell_reader(form, self.question, find_person)
                if self.is_whole
                else part_reader(form, self.question, key),
            )
            for position, key in columns
        ]

    def read(self, line: Line) -> None:
        """Add a row's answer to its answers, or what is wrong with it to its defects."""
        parts = []
        name = self.question.id
        for position, reader in self.readers:
            cell = line.cells[position]
            if cell:
                try:
                    found = reader(cell)
                except CellError as error:
                    line.report(name, error.problems, position)
                    if self.question.rest is not None and not self.has_rest:
                        line.unread.add(self.question.rest)
                else:
                    if found.repairs or found.others:
                        line.mend(position, found)
                    parts.append(found.answer)
        if not parts or name in line.unread:
            return
        answer: Answer | None = parts[0]
        if not self.is_whole:
            try:
                answer = join_parts(self.form, self.question, parts)
            except CellError as error:
                line.report(name, error.problems)
        if answer is not None and name not in line.unread:
            line.answers[name] = answer


def take_others(line: Line) -> None:
    """Take the answers that stood in other questions' cells; one that differs is reported."""
    for position, name, answer in line.others:
        if name not in line.unread and line.answers.setdefault(name, answer) != answer:
            values: dict[str, object] = {"column": line.table.header[position]}
            line.report(name, [("intake.other-cell", values)])


def take_roles(line: Line) -> None:
    """Take the roles out of the answers; without an answer, the role of the table."""
    roles = line.answers.pop("roles", None)
    if roles is not None:
        line.roles = frozenset(cast("tuple[Role, ...]", roles))
    elif line.role is not None:
        line.roles = frozenset({line.role})
    elif "roles" in line.layout.columns and "roles" not in line.unread:
        line.report("roles", [("cohort.required", {})])


def give_codes(lines: Sequence[Line], keys: KeyFile) -> KeyFile:
    """Give every row its person's code, and return the key file with everybody it now knows.

    A row has its code in a column, or the key file knows it by the name; somebody new gets
    a new code. Rows that don't tell who it is get a defect instead.
    """
    keys = _take_codes([line for line in lines if CODE in line.layout.columns], keys)
    keys = _find_codes([line for line in lines if _has_names_only(line.layout)], keys)
    _compare_codes(lines)
    return keys


def _has_names_only(layout: Layout) -> bool:
    return CODE not in layout.columns and NAME in layout.columns


def _take_codes(lines: Iterable[Line], keys: KeyFile) -> KeyFile:
    learned: dict[str, Person] = {}
    for line in lines:
        code = unicodedata.normalize("NFC", line.cell(CODE)).strip()
        name, contact = line.cell(NAME), line.cell(CONTACT)
        if not code:
            if CODE not in line.unread:
                line.report(CODE, [("intake.no-code", {})])
            continue
        line.code = code
        if name:
            known = learned.get(code) or keys.people.get(code) or Person(name)
            if normalised(known.name) == normalised(name):
                learned[code] = Person(known.name, contact or known.contact)
            else:
                line.report(NAME, [("intake.other-name", {"code": code})])
    return KeyFile({**keys.people, **learned})


def _find_codes(lines: Sequence[Line], keys: KeyFile) -> KeyFile:
    names = [line.cell(NAME) for line in lines]
    counts = Counter(map(normalised, names))
    for line, name in zip(lines, names, strict=True):
        codes = keys.code_of(name)
        if not name:
            if NAME not in line.unread:
                line.report(NAME, [("intake.no-name", {})])
        elif counts[normalised(name)] > 1 or len(codes) > 1:
            line.report(NAME, [("intake.namesakes", {})])
        elif codes:
            line.code = codes[0]
        elif line.kind is not None:
            keys, line.code = keys.with_person(line.kind, name, line.cell(CONTACT))
    return keys


def _compare_codes(lines: Iterable[Line]) -> None:
    """Report codes that stand twice in one table, and codes that look like another one."""
    firsts: dict[str, Line] = {}
    for line in lines:
        if line.code is None:
            continue
        first = firsts.setdefault(skeleton(line.code), line)
        if first.code != line.code:
            values: dict[str, object] = {"first": first.code, "second": line.code}
            line.report(CODE, [("intake.similar-codes", values)])
    for same in by_person(lines):
        rows: defaultdict[int, list[Line]] = defaultdict(list)
        for line in same:
            rows[id(line.table)].append(line)
        for own in rows.values():
            for line in own if len(own) > 1 else ():
                other = own[1] if line is own[0] else own[0]
                line.report(CODE, [("intake.same-code", {"code": line.code, "row": other.number})])


def by_person(lines: Iterable[Line]) -> list[list[Line]]:
    """Put the rows of one person together; a row without a code stands alone."""
    groups: defaultdict[object, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.code or id(line)].append(line)
    return list(groups.values())


def compare_answers(lines: Iterable[Line]) -> None:
    """Report rows of one person in two tables that contradict each other."""
    for group in by_person(lines):
        for line in group:
            for other in group:
                if line.table is not other.table:
                    _compare(line, other)


def _compare(line: Line, other: Line) -> None:
    values = {"file": other.table.file, "row": other.number}
    if None not in {line.kind, other.kind} and line.kind != other.kind:
        line.report("kind", [("intake.contradiction", values)])
    for name, answer in line.answers.items():
        if other.answers.get(name, answer) != answer:
            line.report(name, [("intake.contradiction", values)])


def _participant(lines: Sequence[Line]) -> Participant:
    """Make one participant of the rows of one person, which agree."""
    return Participant.model_validate(
        {
            "id": lines[0].code,
            "kind": lines[0].kind,
            "roles": frozenset(role for line in lines for role in line.roles),
            "answers": {name: answer for line in lines for name, answer in line.answers.items()},
        }
    )


class Intake:
    """One reading on its way: tables, rows, and the defects of whole files."""

    def __init__(self, form: Questionnaire, column_map: ColumnMap | None) -> None:
        self.form = form
        self.column_map = column_map
        self.tables: list[tuple[Table, Role | None]] = []
        self.layouts: list[tuple[Table, Layout]] = []
        self.lines: list[Line] = []
        self.defects: list[Defect] = []  # those of rows stay with the rows

    def attempt(self, read: Callable[[Given], Result], given: Given) -> Result | None:
        """Read something, or note why it can't be read."""
        try:
            return read(given)
        except IntakeError as error:
            self.defects += error.defects
            return None

    def open(self, path: str | Path, role: Role | None) -> None:
        """Read a table in which everybody has a role, unless they say otherwise."""
        table = self.attempt(read_table, path)
        if table is not None:
            self.tables.append((table, role))

    def read(self, keys: KeyFile, *, has_keys: bool) -> KeyFile:
        """Read all rows; return the key file with everybody in them."""
        for table, role in self.tables:
            self._find_lines(table, role, has_keys=has_keys)
        # Somebody who is named may stand in a table that can't be read.
        complete = not self.defects
        keys = give_codes(self.lines, keys)
        codes = [line.code for line in self.lines if line.code is not None]
        self._read_fields(Reading, people=False)
        for line in self.lines:
            take_others(line)
            take_roles(line)
        # Whom an answer names may depend on the classes that people gave.
        apart = telling_apart(self.form)
        answers: defaultdict[str, dict[str, Answer]] = defaultdict(dict)
        for line in self.lines:
            if line.code is not None:
                known = {name: line.answers[name] for name in apart & line.answers.keys()}
                answers[line.code] |= known
        directory = Directory(self.form, keys, codes, complete=complete, answers=answers)
        self._read_fields(directory.find, people=True)
        compare_answers(self.lines)
        return keys

    def kept(self, *, lenient: bool) -> list[Line]:
        """Return the rows of the cohort.

        Raises
        ------
        IntakeError
            With every defect, unless only rows have some and reading is lenient; and when
            nobody is left in a role.
        """
        lines = [line for line in self.lines if not (lenient and line.defects)]
        self._check_required(lines)
        found = [*self.defects, *self._row_defects()]
        if self.defects or (found and not lenient):
            raise IntakeError(*found)
        lines = [line for line in lines if not line.defects]
        roles = {role for line in lines for role in line.roles}
        missing = [
            Defect(f"intake.no-{role}", table.place())
            for role, (table, _) in zip(get_args(Role), self.tables * 2, strict=False)
            if role not in roles
        ]
        if missing:
            raise IntakeError(*found, *missing)
        return lines

    def _find_lines(self, table: Table, role: Role | None, *, has_keys: bool) -> None:
        layout = self.attempt(lambda it: find_columns(it, self.form, self.column_map), table)
        if layout is None:
            return
        self.layouts.append((table, layout))
        self.defects += self._missing_columns(table, layout, role, has_keys=has_keys)
        kind = Field(self.form, layout, "kind")
        for number, cells in table.rows:
            line = Line(table, layout, number, cells, role)
            kind.read(line)
            line.kind = cast("str | None", line.answers.pop("kind", None))
            if line.kind is None and "kind" in layout.columns and "kind" not in line.unread:
                line.report("kind", [("cohort.required", {})])
            self.lines.append(line)

    def _missing_columns(
        self, table: Table, layout: Layout, role: Role | None, *, has_keys: bool
    ) -> Iterator[Defect]:
        """Find the columns without which no row can be read."""
        lang = language_of(table.header)
        for name in ("kind", "roles"):
            if name not in layout.columns and (name == "kind" or role is None):
                place = table.place(column=self.form.label(name, lang))
                yield Defect("intake.no-column" if name == "kind" else "intake.no-roles", place)
        if CODE not in layout.columns:
            place = table.place(column=self.form.identity.code.text(lang))
            if NAME not in layout.columns:
                yield Defect("intake.no-code-column", place)
            elif not has_keys:
                yield Defect("intake.no-key-file", place)

    def _read_fields(self, find_person: FindPerson, *, people: bool) -> None:
        """Read the answers that name people, or all others."""
        fields = {
            id(layout): [
                Field(self.form, layout, name, find_person)
                for name in layout.columns
                if name != "kind"
                and name not in IDENTITY
                and (self.form.kind_of(name) == "people") == people
            ]
            for _, layout in self.layouts
        }
        for line in self.lines:
            for each in fields[id(line.layout)]:
                each.read(line)

    def _check_required(self, lines: Iterable[Line]) -> None:
        """Report required questions without an answer in any row of a person.

        A question that has no column in any of a person's tables is a defect of the tables.
        """
        required = [question for question in self.form.questions if question.required]
        missing: dict[tuple[int, str], Defect] = {}
        for group in by_person(lines):
            kind = next((line.kind for line in group if line.kind is not None), None)
            roles = {role for line in group for role in line.roles}
            if kind is None:
                continue
            for question in required:
                name = question.id
                if name in {"kind", "roles"} or not question.asked.includes(kind, roles):
                    continue
                if any(name in line.answers or name in line.unread for line in group):
                    continue
                asked = [line for line in group if name in line.layout.columns]
                for line in group if asked else ():
                    line.report(name, [("cohort.required", {})])
                if not asked:
                    table = group[0].table
                    label = question.label.text(language_of(table.header))
                    place = table.place(column=label)
                    missing[id(table), name] = Defect("intake.no-column", place)
        self.defects += missing.values()

    def _row_defects(self) -> Iterator[Defect]:
        for table, _ in self.tables:
            yield from self._defects_in(table)

    def _defects_in(self, table: Table) -> list[Defect]:
        """List the defects of a table's rows, from the first row to the last."""
        found = [defect for line in self.lines if line.table is table for defect in line.defects]
        return sorted([*table.rejected, *found], key=lambda defect: defect.place.row or 0)

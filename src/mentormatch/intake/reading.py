"""Reading the answers of a cohort from one or two tables."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar, cast, get_args

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.columns import (
    CODE,
    IDENTITY,
    NAME,
    ColumnMap,
    Layout,
    check_column_map,
    find_columns,
    language_of,
)
from mentormatch.intake.people import (
    Directory,
    Field,
    Line,
    by_person,
    compare_answers,
    give_codes,
    take_roles,
)
from mentormatch.intake.source import FileLimits, TableFile
from mentormatch.intake.tables import Table, read_table
from mentormatch.keys import KeyFile
from mentormatch.participant import Participant, Role
from mentormatch.questionnaire import Questionnaire, normalised
from mentormatch.report import FileReport, ImportReport

Given = TypeVar("Given")
Result = TypeVar("Result")


def read_cohort(
    questionnaire: Questionnaire,
    mentors: str | Path | TableFile,
    mentees: str | Path | TableFile | None = None,
    *,
    keys: str | Path | None = None,
    columns: ColumnMap | None = None,
    lenient: bool = False,
    as_of: date | None = None,
    headcounts: Mapping[str, int] | None = None,
    limits: FileLimits | None = None,
) -> Cohort:
    """Read the answers of mentors and mentees from CSV or XLSX files.

    Columns are found by the ids, labels and synonyms of the questions; columns that mean
    nothing are left out and listed in the report, names and contacts never reach the cohort.
    A person in both files has both roles.

    Parameters
    ----------
    questionnaire
        What was asked.
    mentors, mentees
        Two files: mentors in the first, mentees in the second, unless a column of roles says
        otherwise. One file: everybody, with a column of roles. A `TableFile` says which sheet
        or encoding it is, where that can't be found out.
    keys
        The key file. Needed where people are given by name: whoever has no code yet gets
        one there. Names that stand next to codes are kept there too.
    columns
        Headers that the files have instead of the questionnaire's.
    lenient
        Leave out rows with defects, and list them in the report, instead of raising.
    as_of
        The day of the round, today when not said.
    headcounts
        Sizes of target groups by name.
    limits
        How large each file may be.

    Returns
    -------
    Cohort
        With an ImportReport.

    Raises
    ------
    IntakeError
        With every defect of every file. Nothing is read, and the key file stays as it was.
    """
    intake = _Intake(questionnaire, columns, limits)
    intake.open(mentors, None if mentees is None else "mentor")
    if mentees is not None:
        intake.open(mentees, "mentee")
    known = intake.attempt(_load_keys, keys) or KeyFile()
    grown = intake.read(known, has_keys=keys is not None)
    lines = intake.kept(lenient=lenient)
    cohort = Cohort.from_participants(
        questionnaire,
        map(_participant, by_person(lines)),
        as_of=as_of,
        headcounts=headcounts,
        report=intake.report(lines),
    )
    if keys is not None and grown != known:
        _save_keys(grown, keys)
    return cohort


def _load_keys(path: str | Path | None) -> KeyFile:
    if path is None:
        return KeyFile()
    place = Place(file=Path(path).name)
    try:
        return KeyFile.load(path)
    except OSError:
        raise IntakeError.of("intake.closed-file", place) from None
    except csv.Error:
        raise IntakeError.of("intake.quotes", place) from None


def _save_keys(keys: KeyFile, path: str | Path) -> None:
    try:
        keys.save(path)
    except OSError:
        raise IntakeError.of("intake.unsaved-keys", Place(file=Path(path).name)) from None


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


def _headers(form: Questionnaire, column_map: ColumnMap | None) -> frozenset[str]:
    """List the folded headers by which the row of headers is recognised."""
    known = {spelling for question in form.questions for spelling in question.spellings}
    known.update(spelling for header in form.identity.headers for spelling in header.spellings)
    if column_map is not None:
        known.update(normalised(it) for own in column_map.columns.values() for it in own)
    return frozenset(known)


class _Intake:
    """One reading on its way: tables, rows, and the defects of whole files."""

    def __init__(
        self,
        form: Questionnaire,
        column_map: ColumnMap | None,
        limits: FileLimits | None = None,
    ) -> None:
        self.form = form
        self.column_map = column_map
        self.limits = limits
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

    def open(self, source: str | Path | TableFile, role: Role | None) -> None:
        """Read a table in which everybody has a role, unless they say otherwise."""
        headers = _headers(self.form, self.column_map)
        table = self.attempt(lambda it: read_table(it, self.limits, headers=headers), source)
        if table is not None:
            self.tables.append((table, role))

    def read(self, keys: KeyFile, *, has_keys: bool) -> KeyFile:
        """Read all rows; return the key file with everybody in them."""
        self._check_column_map()
        for table, role in self.tables:
            self._find_lines(table, role, has_keys=has_keys)
        # Somebody who is named may stand in a table that can't be read.
        complete = not self.defects
        keys = give_codes(self.lines, keys)
        codes = [line.code for line in self.lines if line.code is not None]
        directory = Directory(keys, codes, complete=complete)
        fields = {id(layout): self._fields(layout, directory.find) for _, layout in self.layouts}
        for line in self.lines:
            for field in fields[id(line.layout)]:
                field.read(line)
            take_roles(line)
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

    def report(self, kept: Sequence[Line]) -> ImportReport:
        """Say how every table was read."""
        return ImportReport(
            tuple(
                FileReport(
                    file=table.file,
                    header_row=table.header_row,
                    sheet=table.sheet,
                    encoding=table.encoding,
                    delimiter=table.delimiter,
                    mapped=layout.mapped,
                    unmapped=layout.unmapped,
                    rows_read=len(table.numbers) + len(table.rejected),
                    rows_kept=sum(line.table is table for line in kept),
                    rows_blank=table.blank_rows,
                    repaired=table.notices,
                    rejected=tuple(self._defects_in(table)),
                )
                for table, layout in self.layouts
            )
        )

    def _check_column_map(self) -> None:
        if self.column_map is not None:
            tables = [] if self.defects else [table for table, _ in self.tables]
            self.defects += check_column_map(self.column_map, self.form, tables)

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
        for field in ("kind", "roles"):
            if field not in layout.columns and (field == "kind" or role is None):
                place = table.place(column=self.form.label(field, lang))
                yield Defect("intake.no-column" if field == "kind" else "intake.no-roles", place)
        if CODE not in layout.columns:
            place = table.place(column=self.form.identity.code.text(lang))
            if NAME not in layout.columns:
                yield Defect("intake.no-code-column", place)
            elif not has_keys:
                yield Defect("intake.no-key-file", place)

    def _fields(self, layout: Layout, find_person: Callable[[str], str]) -> list[Field]:
        return [
            Field(self.form, layout, name, find_person)
            for name in layout.columns
            if name != "kind" and name not in IDENTITY
        ]

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

"""Reading the answers of a cohort from one or two tables."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

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
    in_own_words,
    language_of,
)
from mentormatch.intake.directory import Directory, telling_apart
from mentormatch.intake.mending import FindPerson, Reading
from mentormatch.intake.people import (
    Field,
    Line,
    by_person,
    compare_answers,
    give_codes,
    take_others,
    take_roles,
)
from mentormatch.intake.records import open_table
from mentormatch.intake.roster import Roster
from mentormatch.intake.tables import Table
from mentormatch.keys import KeyFile
from mentormatch.participant import Answer, Participant, Role
from mentormatch.questionnaire import Questionnaire
from mentormatch.report import FileReport, ImportReport

Given = TypeVar("Given")
Result = TypeVar("Result")


def read_cohort(
    questionnaire: Questionnaire,
    mentors: Any,
    mentees: Any = None,
    *,
    keys: str | Path | KeyFile | None = None,
    columns: ColumnMap | None = None,
    lenient: bool = False,
    as_of: date | None = None,
    headcounts: Mapping[str, int] | None = None,
    roster: Roster | None = None,
) -> Cohort:
    """Read the answers of mentors and mentees from CSV (UTF-8) or XLSX files, or from tables.

    Columns are found by the ids, labels and synonyms of the questions; columns that mean
    nothing are left out and listed in the report, names and contacts never reach the cohort.
    A person in both files has both roles.

    Parameters
    ----------
    questionnaire
        What was asked.
    mentors, mentees
        Two files: mentors in the first, mentees in the second, unless a column of roles says
        otherwise. One file: everybody, with a column of roles. Each may also be a dataframe,
        or a list or iterator of records, whose values are what would stand in cells.
    keys
        The key file. Needed where people are given by name: whoever has no code yet gets
        one there. Names that stand next to codes are kept there too. A KeyFile instead of
        its path is read, and nothing is written.
    columns
        Headers that the files have instead of the questionnaire's.
    lenient
        Leave out rows with defects, and list them in the report, instead of raising.
    as_of
        The day of the round, today when not said.
    headcounts
        Sizes of target groups by name.
    roster
        Who is at the school. People in it need no column of kinds; their kind, class, year of
        birth and links of kinship come from it, and so do headcounts that aren't given.

    Returns
    -------
    Cohort
        With an ImportReport.

    Raises
    ------
    IntakeError
        With every defect of every file. Nothing is read, and the key file stays as it was.
    """
    intake = _Intake(questionnaire, columns, roster)
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
        headcounts={**(roster.headcounts if roster else {}), **(headcounts or {})},
        report=intake.report(lines),
    )
    if isinstance(keys, str | Path) and grown != known:
        _save_keys(grown, keys)
    return cohort


def _load_keys(path: str | Path | KeyFile | None) -> KeyFile:
    if path is None or isinstance(path, KeyFile):
        return path or KeyFile()
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


class _Intake:
    """One reading on its way: tables, rows, and the defects of whole files."""

    def __init__(
        self, form: Questionnaire, column_map: ColumnMap | None, roster: Roster | None
    ) -> None:
        self.asked = form
        self.form = in_own_words(form, column_map)
        self.column_map = column_map
        self.roster = roster
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

    def open(self, source: Any, role: Role | None) -> None:
        """Read a table in which everybody has a role, unless they say otherwise."""
        name = "records" if role is None else f"{role}s"
        table = self.attempt(lambda it: open_table(it, name), source)
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
        if self.roster is not None:
            codes += self.roster.people
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
        if self.roster is not None:
            self.roster.complete(self.lines)
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
                    ignored=layout.ignored,
                    rows_read=len(table.numbers) + len(table.rejected),
                    rows_kept=sum(line.table is table for line in kept),
                    rows_blank=table.blank_rows,
                    repaired=(
                        *table.notices,
                        *layout.notices,
                        *self._repairs_in(table, kept),
                    ),
                    rejected=tuple(self._defects_in(table)),
                )
                for table, layout in self.layouts
            )
        )

    def _repairs_in(self, table: Table, kept: Iterable[Line]) -> Iterator[Defect]:
        return (repair for line in kept if line.table is table for repair in line.repairs)

    def _check_column_map(self) -> None:
        if self.column_map is not None:
            tables = [] if self.defects else [table for table, _ in self.tables]
            self.defects += check_column_map(self.column_map, self.asked, tables)

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
            is_blank = "kind" in layout.columns and "kind" not in line.unread
            if line.kind is None and is_blank and self.roster is None:
                line.report("kind", [("cohort.required", {})])
            self.lines.append(line)

    def _missing_columns(
        self, table: Table, layout: Layout, role: Role | None, *, has_keys: bool
    ) -> Iterator[Defect]:
        """Find the columns without which no row can be read."""
        lang = language_of(table.header)
        for field, is_needed in (("kind", self.roster is None), ("roles", role is None)):
            if field not in layout.columns and is_needed:
                place = table.place(column=self.form.label(field, lang))
                yield Defect("intake.no-column" if field == "kind" else "intake.no-roles", place)
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
            for field in fields[id(line.layout)]:
                field.read(line)

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

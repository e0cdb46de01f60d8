"""Reading the answers of a cohort from one or two tables."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.column import Bools, CodeColumn, Column, SetColumn, column_of
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
from mentormatch.intake.fields import Answers, FieldReading, Places, read_field
from mentormatch.intake.mending import FindPerson, Reading
from mentormatch.intake.people import KnownAnswers, compare_answers, give_codes, persons
from mentormatch.intake.records import open_table
from mentormatch.intake.roster import Roster
from mentormatch.intake.rows import Rows, Source
from mentormatch.intake.source import FileLimits
from mentormatch.intake.submissions import Repeated
from mentormatch.intake.tables import Table
from mentormatch.keys import KeyFile
from mentormatch.participant import Answer, Role
from mentormatch.questionnaire import Question, Questionnaire, normalised
from mentormatch.report import FileReport, ImportReport, Repair

_ROLES: Final[tuple[Role, ...]] = get_args(Role)

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
    repeated: Repeated | None = None,
    as_of: date | None = None,
    headcounts: Mapping[str, int] | None = None,
    roster: Roster | None = None,
    limits: FileLimits | None = None,
    one_role: bool = False,
    keep_codes: bool = True,
) -> Cohort:
    """Read the answers of mentors and mentees from CSV or XLSX files, or from tables.

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
        or encoding it is, where that can't be found out. Each may also be a dataframe, or a
        list or iterator of records, whose values are what would stand in cells.
    keys
        The key file. Needed where people are given by name: whoever has no code yet gets
        one there. Names that stand next to codes are kept there too. A KeyFile instead of
        its path is read, and nothing is written.
    columns
        Headers that the files have instead of the questionnaire's.
    lenient
        Leave out rows with defects, and list them in the report, instead of raising.
    repeated
        What becomes of several answers of one person in one table: ``"last"`` lets the one
        submitted last count, or the lowest row where nothing says when it was; ``"refuse"``
        makes them defects. When not said, the last one counts in tables with a column that
        says when answers were submitted.
    as_of
        The day of the round, today when not said.
    headcounts
        Sizes of target groups by name.
    roster
        Who is at the school. People in it need no column of kinds; their kind, class, year of
        birth and links of kinship come from it, and so do headcounts that aren't given.
    limits
        How large each file may be.
    one_role
        Whether everybody may be in the same role, as in a survey of one side.
    keep_codes
        Whether new codes are written to the key file. Without, whoever has none yet gets one
        for this reading alone, and nothing is written.

    Returns
    -------
    Cohort
        With an ImportReport.

    Raises
    ------
    IntakeError
        With every defect of every file. Nothing is read, and the key file stays as it was.
    """
    intake = _Intake(questionnaire, columns, repeated, roster, limits)
    intake.open(mentors, None if mentees is None else "mentor")
    if mentees is not None:
        intake.open(mentees, "mentee")
    known = intake.attempt(_load_keys, keys) or KeyFile()
    grown = intake.read(known, has_keys=keys is not None)
    rows = intake.kept(lenient=lenient, one_role=one_role)
    people, answers = intake.people(rows)
    cohort = Cohort.from_columns(
        questionnaire,
        people,
        answers,
        as_of=as_of,
        headcounts={**(roster.headcounts if roster else {}), **(headcounts or {})},
        report=intake.report(rows),
    )
    if keep_codes and isinstance(keys, str | Path) and grown != known:
        _save_keys(grown, keys)
    return cohort


def _load_keys(keys: str | Path | KeyFile | None) -> KeyFile:
    if keys is None or isinstance(keys, KeyFile):
        return keys or KeyFile()
    place = Place(file=Path(keys).name)
    try:
        return KeyFile.load(keys)
    except OSError:
        raise IntakeError.of("intake.closed-file", place) from None
    except csv.Error:
        raise IntakeError.of("intake.quotes", place) from None


def _save_keys(keys: KeyFile, path: str | Path) -> None:
    try:
        keys.save(path)
    except OSError:
        raise IntakeError.of("intake.unsaved-keys", Place(file=Path(path).name)) from None


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
        repeated: Repeated | None,
        roster: Roster | None,
        limits: FileLimits | None,
    ) -> None:
        self.asked = form
        self.form = in_own_words(form, column_map)
        self.column_map = column_map
        self.repeated = repeated
        self.roster = roster
        self.limits = limits
        self.tables: list[tuple[Table, Role | None]] = []
        self.rows = Rows(self.form)
        self.readings: list[dict[str, FieldReading]] = []  # of each source, by question
        self.answers: dict[str, Answers] = {}
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
        headers = _headers(self.form, self.column_map)
        table = self.attempt(lambda it: open_table(it, name, self.limits, headers), source)
        if table is not None:
            self.tables.append((table, role))

    def read(self, keys: KeyFile, *, has_keys: bool) -> KeyFile:
        """Read all rows; return the key file with everybody in them."""
        self._check_column_map()
        for table, role in self.tables:
            self._add(table, role, has_keys=has_keys)
        self._read_kinds()
        # Somebody who is named may stand in a table that can't be read.
        complete = not self.defects
        keys = give_codes(self.rows, keys, self.repeated)
        self._read_fields(people=False)
        self._take_others()
        self._take_roles()
        # Whom an answer names may depend on the classes that people gave.
        apart = telling_apart(self.form) & self.answers.keys()
        known = KnownAnswers(self.rows, {name: self.answers[name] for name in apart})
        codes = frozenset(filter(None, self.rows.codes))
        if self.roster is not None:
            codes |= self.roster.people.keys()
        directory = Directory(self.form, keys, codes, complete=complete, answers=known)
        self._read_fields(directory.find, codes, people=True)
        fields = [[*readings, *self.answers] for readings in self.readings]
        asked = {name: own for name, own in self.answers.items() if name != "roles"}
        compare_answers(self.rows, asked, fields)
        if self.roster is not None:
            self.roster.complete(self.rows, self.answers)
        return keys

    def kept(self, *, lenient: bool, one_role: bool = False) -> Places:
        """Return the rows of the cohort, in their order.

        Raises
        ------
        IntakeError
            With every defect, unless only rows have some and reading is lenient; and when
            nobody is left in a role.
        """
        good = self.rows.active()
        if lenient:
            good[list(self.rows.defects)] = False
        self._check_required(np.flatnonzero(good))
        found = [*self.defects, *self._row_defects()]
        if self.defects or (found and not lenient):
            raise IntakeError(*found)
        good[list(self.rows.defects)] = False
        rows = np.flatnonzero(good)
        present = [self.roles[rows, place].any() for place in range(len(_ROLES))]
        missing = [
            Defect(f"intake.no-{role}", table.place())
            for role, is_there, (table, _) in zip(_ROLES, present, self.tables * 2, strict=False)
            if not is_there
        ]
        if missing and not (one_role and any(present)):
            raise IntakeError(*found, *missing)
        return rows

    def people(self, rows: Places) -> tuple[tuple[str, ...], dict[str, Column]]:
        """Return codes and columns of the people in some rows, which agree with each other."""
        in_order = sorted(rows.tolist(), key=cast("list[str]", self.rows.codes).__getitem__)
        rows = np.array(in_order, np.intp)
        person = persons(self.rows, rows)
        is_first = np.diff(person, prepend=-1) > 0
        firsts, further = rows[is_first], ~is_first
        columns: dict[str, Column] = {}
        for question in self.form.questions:
            own = self.answers.get(question.id)
            if own is None:
                continue
            picked = firsts.copy()
            if further.any():
                answered = own.answered
                # Backwards, so that the first row with an answer wins.
                for row, place in zip(rows[further][::-1], person[further][::-1], strict=True):
                    if answered[row] and not answered[firsts[place]]:
                        picked[place] = row
            columns[question.id] = own.take(picked)
        chosen = np.zeros((len(firsts), len(_ROLES)), np.bool_)
        for place in range(len(_ROLES)):
            chosen[person[self.roles[rows, place]], place] = True
        roles = self.form.question("roles")
        options = self.form.options(roles)
        places = [_ROLES.index(cast("Role", option.id)) for option in options]
        blank = cast("SetColumn", column_of(roles, options, []))
        answered = np.ones(len(firsts), np.bool_)
        columns["roles"] = replace(blank, chosen=chosen[:, places], answered=answered)
        codes = map(self.rows.codes.__getitem__, firsts.tolist())
        return tuple(filter(None, codes)), columns

    def report(self, kept: Places) -> ImportReport:
        """Say how every table was read."""
        good = np.zeros(len(self.rows), np.bool_)
        good[kept] = True
        return ImportReport(
            tuple(
                self._file_report(source, readings, good)
                for source, readings in zip(self.rows.sources, self.readings, strict=True)
            )
        )

    def _file_report(
        self, source: Source, readings: Mapping[str, FieldReading], good: Bools
    ) -> FileReport:
        table, layout = source.table, source.layout
        numbers = table.numbers
        own = slice(source.first, source.rows.stop)
        return FileReport(
            file=table.file,
            header_row=table.header_row,
            sheet=table.sheet,
            encoding=table.encoding,
            delimiter=table.delimiter,
            mapped=layout.mapped,
            unmapped=layout.unmapped,
            ignored=layout.ignored,
            rows_read=len(numbers) + len({defect.place.row for defect in table.rejected}),
            rows_kept=int(good[own].sum()),
            rows_blank=table.blank_rows,
            notices=(*table.notices, *layout.notices),
            repaired=tuple(_repairs(source, readings.values(), good[own])),
            replaced=tuple(
                (int(numbers[row - source.first]), int(numbers[by - source.first]))
                for row, by in sorted(self.rows.replaced.items())
                if row in source.rows
            ),
            rejected=tuple(self._defects_in(source)),
        )

    def _check_column_map(self) -> None:
        if self.column_map is not None:
            tables = [] if self.defects else [table for table, _ in self.tables]
            self.defects += check_column_map(self.column_map, self.asked, tables)

    def _add(self, table: Table, role: Role | None, *, has_keys: bool) -> None:
        layout = self.attempt(lambda it: find_columns(it, self.form, self.column_map), table)
        if layout is not None:
            self.rows.add(table, layout, role)
            self.readings.append({})
            self.defects += self._missing_columns(table, layout, role, has_keys=has_keys)

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

    def _read_kinds(self) -> None:
        """Read of what kind everybody is, which codes are made of."""
        for source, readings in zip(self.rows.sources, self.readings, strict=True):
            if "kind" in source.layout.columns:
                found = read_field(self.form, source.table, source.layout, "kind")
                readings["kind"] = found
                self.rows.report_all(source, "kind", found)
                if self.roster is None:
                    self._require(source, "kind", found.answers.answered)
        self._gather("kind")
        kinds = cast("CodeColumn", self.answers["kind"].column)
        self.rows.kinds = kinds.codes[self.answers["kind"].codes]

    def _require(self, source: Source, name: str, has: Bools) -> None:
        """Report rows of one table that lack an answer without which nobody can take part."""
        for row in (np.flatnonzero(~has) + source.first).tolist():
            if row not in self.rows.unread[name]:
                self.rows.report(source, row, name, [("cohort.required", {})])

    def _read_fields(
        self,
        find_person: FindPerson = Reading,
        codes: Set[str] = frozenset(),
        *,
        people: bool,
    ) -> None:
        """Read the answers that name people, or all others."""
        names: dict[str, None] = {}
        for source, readings in zip(self.rows.sources, self.readings, strict=True):
            for name in source.layout.columns:
                if name == "kind" or name in IDENTITY:
                    continue
                if (self.form.kind_of(name) == "people") != people:
                    continue
                found = read_field(
                    self.form,
                    source.table,
                    source.layout,
                    name,
                    find_person=find_person,
                    people=codes,
                )
                readings[name], names[name] = found, None
                self.rows.report_all(source, name, found)
        for name in names:
            self._gather(name)

    def _gather(self, name: str) -> None:
        given = zip(self.rows.sources, self.readings, strict=True)
        found = [(source, readings[name]) for source, readings in given if name in readings]
        self.answers[name] = self.rows.gather(name, found)

    def _take_others(self) -> None:
        """Take the answers that stood in other questions' cells."""
        others: defaultdict[str, list[tuple[Source, int, list[int], Answer]]] = defaultdict(list)
        for source, readings in zip(self.rows.sources, self.readings, strict=True):
            for found in readings.values():
                for position, own, name, answer in found.others:
                    rows = (own + source.first).tolist()
                    others[name].append((source, position, rows, answer))
        for name, given in others.items():
            if name not in self.answers:
                self._gather(name)
            self.answers[name] = self.rows.complete(name, self.answers[name], given)

    def _take_roles(self) -> None:
        """Take roles from the answers; without one, the role of the table: bool (n, 2)."""
        self.roles = np.zeros((len(self.rows), len(_ROLES)), np.bool_)
        own = self.answers.get("roles")
        if own is not None:
            column = cast("SetColumn", own.column)
            places = [column.options.index(role) for role in _ROLES]
            self.roles = column.chosen[own.codes][:, places]
        for source in self.rows.sources:
            chosen = self.roles[source.first : source.rows.stop]
            has: Bools = np.logical_or.reduce(chosen, axis=1)
            if source.role is not None:
                chosen[~has, _ROLES.index(source.role)] = True
            elif "roles" in source.layout.columns:
                self._require(source, "roles", has)

    def _check_required(self, rows: Places) -> None:
        """Report required questions without an answer in any row of a person.

        A question that has no column in any of a person's tables is a defect of the tables.
        """
        person = persons(self.rows, rows)
        size = int(person.max(initial=-1)) + 1
        source = self.rows.source_of[rows]
        kind = np.full(size, -1, np.int16)
        kind[person[::-1]] = self.rows.kinds[rows][::-1]
        known = self.rows.kinds[rows] >= 0
        kind[person[known][::-1]] = self.rows.kinds[rows][known][::-1]
        roles = np.zeros((size, len(_ROLES)), np.bool_)
        for place in range(len(_ROLES)):
            roles[person[self.roles[rows, place]], place] = True
        table = np.zeros(size, np.intp)
        table[person[::-1]] = source[::-1]
        missing: list[tuple[int, int, Defect]] = []
        for number, question in enumerate(self.form.questions):
            if not question.required or question.id in {"kind", "roles"}:
                continue
            name = question.id
            has = np.zeros(len(self.rows), np.bool_)
            if name in self.answers:
                has = self.answers[name].answered
            has[list(self.rows.unread[name])] = True
            lacking = _asked(self.form, question, kind, roles)
            lacking[person[has[rows]]] = False
            columns = np.array([name in it.layout.columns for it in self.rows.sources], np.bool_)
            asked = np.zeros(size, np.bool_)
            asked[person[columns[source]]] = True
            for place in np.flatnonzero((lacking & asked)[person]).tolist():
                row = int(rows[place])
                at = self.rows.sources[int(source[place])]
                self.rows.report(at, row, name, [("cohort.required", {})])
            unasked = lacking & ~asked
            for first in sorted(set(table[unasked].tolist())):
                own = self.rows.sources[first].table
                column = question.label.text(language_of(own.header))
                defect = Defect("intake.no-column", own.place(column=column))
                who = int(np.flatnonzero(unasked & (table == first))[0])
                missing.append((who, number, defect))
        self.defects += [defect for *_, defect in sorted(missing, key=itemgetter(0, 1))]

    def _row_defects(self) -> Iterator[Defect]:
        read = {id(source.table): source for source in self.rows.sources}
        for table, _ in self.tables:
            source = read.get(id(table))
            yield from table.rejected if source is None else self._defects_in(source)

    def _defects_in(self, source: Source) -> list[Defect]:
        """List the defects of a table's rows, from the first row to the last."""
        defects = self.rows.defects
        found = [it for row in sorted(defects) if row in source.rows for it in defects[row]]
        return sorted([*source.table.rejected, *found], key=lambda it: it.place.row or 0)


def _asked(form: Questionnaire, question: Question, kind: NDArray[np.int16], roles: Bools) -> Bools:
    """Tell which people of a known kind are asked: bool (n,)."""
    asked = kind >= 0
    if question.asked.kinds:
        ids = [option.id for option in form.options("kind")]
        asked &= np.isin(kind, [ids.index(name) for name in question.asked.kinds])
    if question.asked.roles:
        asked &= roles[:, [_ROLES.index(role) for role in question.asked.roles]].any(axis=1)
    return asked


def _repairs(source: Source, readings: Iterable[FieldReading], good: Bools) -> Iterator[Repair]:
    """Count equal repairs of one column in the rows that were kept."""
    found: dict[tuple[int, str, str], Repair] = {}
    for reading in readings:
        for position, rows, (code, values) in reading.repairs:
            own = rows[good[rows]]
            if not len(own):
                continue
            place = source.place(int(own[0]) + source.first, position=position)
            new = Repair(Defect(code, place, values), len(own))
            key = position, code, repr(sorted(values.items()))
            old = found.get(key)
            found[key] = new if old is None else old.joined(new)
    yield from (found[key] for key in sorted(found, key=itemgetter(0)))

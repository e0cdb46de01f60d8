"""Who stands in which rows: codes, names, and the answers of one person in two tables."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.column import differing
from mentormatch.intake.columns import CODE, CONTACT, NAME
from mentormatch.intake.directory import telling_apart
from mentormatch.intake.fields import Answers, read_field
from mentormatch.intake.rows import Rows, Source
from mentormatch.intake.submissions import Repeated, keep_last, refuse
from mentormatch.keys import KeyFile, Person
from mentormatch.participant import Answer, skeletons_of, tidy_all
from mentormatch.questionnaire import normalised

_PHONE: Final = re.compile(r"[\d\s()+.-]{10,}")
_PHONE_DIGITS: Final = 10  # without the country or the trunk prefix


def give_codes(rows: Rows, keys: KeyFile, repeated: Repeated | None) -> KeyFile:
    """Give every row its person's code, and return the key file with everybody it now knows.

    A row has its code in a column, or the key file knows it by the name; somebody new gets
    a new code. Rows that don't tell who it is get a defect instead, and of several rows of one
    person in one table the last one counts, or all get one.
    """
    keys = _take_codes(rows, keys)
    keys = _find_codes(rows, keys)
    refused = keep_last(rows, repeated)
    _compare_codes(rows)
    for source, group in refused:
        refuse(rows, source, group)
    return keys


def _take_codes(rows: Rows, keys: KeyFile) -> KeyFile:
    """Take codes from their column, and learn the names beside them."""
    learned: dict[str, Person] = {}
    for source in rows.sources:
        if CODE not in source.layout.columns:
            continue
        own = tidy_all(rows.texts(source, CODE))
        rows.codes[source.first : source.rows.stop] = [code or None for code in own]
        names, contacts = rows.texts(source, NAME), rows.texts(source, CONTACT)
        for row in (row for row, code in zip(source.rows, own, strict=True) if not code):
            if row not in rows.unread[CODE]:
                rows.report(source, row, CODE, [("intake.no-code", {})])
        for row, code, name, contact in zip(source.rows, own, names, contacts, strict=True):
            if not code or not name:
                continue
            known = learned.get(code) or keys.people.get(code) or Person(name)
            if known.name == name or normalised(known.name) == normalised(name):
                learned[code] = replace(known, contact=contact or known.contact)
            else:
                rows.report(source, row, NAME, [("intake.other-name", {"code": code})])
    return KeyFile({**keys.people, **learned}) if learned else keys


def _find_codes(rows: Rows, keys: KeyFile) -> KeyFile:
    """Find codes by name in tables that have no codes; give new ones to those who are new."""
    names = _names(rows)
    if not names:
        return keys
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for row, (_, name) in names.items():
        by_name[normalised(name)].append(row)
    evidence = _Evidence(rows, dict.fromkeys(source for source, _ in names.values()))
    kinds = [option.id for option in rows.form.options("kind")]
    newcomers: list[tuple[str, Person]] = []
    waiting: list[list[int]] = []
    for folded, same in by_name.items():
        codes = keys.code_of(folded)
        if len(codes) > 1 or not evidence.is_one_person(same):
            for row in same:
                rows.report(names[row][0], row, NAME, [("intake.namesakes", {})])
        elif codes:
            for row in same:
                rows.codes[row] = codes[0]
        elif (kind := int(rows.kinds[same[0]])) >= 0:
            contact = next(filter(None, map(evidence.contact, reversed(same))), "")
            newcomers.append((kinds[kind], Person(names[same[0]][1], contact)))
            waiting.append(same)
    keys, given = keys.with_people(newcomers)
    for code, same in zip(given, waiting, strict=True):
        for row in same:
            rows.codes[row] = code
    return keys


def _names(rows: Rows) -> dict[int, tuple[Source, str]]:
    """Return table and name of every row that has a name in a table that has no codes."""
    found: dict[int, tuple[Source, str]] = {}
    for source in rows.sources:
        if CODE in source.layout.columns or NAME not in source.layout.columns:
            continue
        for row, name in zip(source.rows, rows.texts(source, NAME), strict=True):
            if name:
                found[row] = source, name
            elif row not in rows.unread[NAME]:
                rows.report(source, row, NAME, [("intake.no-name", {})])
    return found


class _Evidence:
    """Tells whether rows of one name are one person's; built from what stands beside the names."""

    def __init__(self, rows: Rows, sources: Iterable[Source]) -> None:
        self.rows = rows
        self.sources = tuple(sources)
        self.contacts: dict[int, str] = {}
        for source in self.sources:
            self.contacts |= zip(source.rows, rows.texts(source, CONTACT), strict=True)
        self.answers: dict[int, dict[str, Answer]] | None = None

    def contact(self, row: int) -> str:
        """Return a row's contact, empty where there is none."""
        return self.contacts[row]

    def is_one_person(self, same: Sequence[int]) -> bool:
        """Tell whether rows of one name are certainly one person's.

        They are of one kind, no two contacts differ, and either all have the same contact or
        all answer alike what tells namesakes apart, such as grade and letter.
        """
        if len(same) == 1:
            return True
        kinds = {int(self.rows.kinds[row]) for row in same}
        contacts = [_folded_contact(self.contacts[row]) for row in same]
        if len(kinds) > 1 or -1 in kinds or len(set(filter(None, contacts))) > 1:
            return False
        if all(contacts):
            return True
        asked = telling_apart(self.rows.form)
        first, *others = ([self._answer(row, name) for name in asked] for row in same)
        return bool(asked) and None not in first and all(other == first for other in others)

    def _answer(self, row: int, name: str) -> Answer | None:
        if self.answers is None:
            self.answers = defaultdict(dict)
            for source in self.sources:
                self._read(source, self.answers)
        return self.answers[row].get(name)

    def _read(self, source: Source, into: dict[int, dict[str, Answer]]) -> None:
        for name in telling_apart(self.rows.form) & source.layout.columns.keys():
            found = read_field(self.rows.form, source.table, source.layout, name)
            codes = found.answers.codes.tolist()
            cells = [found.answers.column.cell(code) for code in range(max(codes, default=0) + 1)]
            for row, code in zip(source.rows, codes, strict=True):
                if (answer := cells[code]) is not None:
                    into[row][name] = answer
            for _, own, other, answer in found.others:
                for row in own.tolist():
                    into[source.first + row].setdefault(other, answer)


def _folded_contact(written: str) -> str:
    """Fold a contact so that two ways to write one phone number become equal."""
    if _PHONE.fullmatch(written):
        return "".join(filter(str.isdecimal, written))[-_PHONE_DIGITS:]
    return normalised(written)


def _compare_codes(rows: Rows) -> None:
    """Report codes that look like another one."""
    codes = list(dict.fromkeys(filter(None, rows.codes)))
    skeletons = skeletons_of(codes)
    if len(set(skeletons)) == len(codes):
        return
    folded = dict(zip(codes, skeletons, strict=True))
    firsts: dict[str, str] = {}
    for source in rows.sources:
        for row in source.rows:
            code = rows.codes[row]
            if code is None or row in rows.replaced:
                continue
            first = firsts.setdefault(folded[code], code)
            if first != code:
                values: dict[str, object] = {"first": first, "second": code}
                rows.report(source, row, CODE, [("intake.similar-codes", values)])


def persons(rows: Rows, which: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the number of each row's person, in order of their first rows: intp.

    A row without a code stands alone.
    """
    codes = [rows.codes[row] or row for row in which.tolist()]
    if len(set(codes)) == len(codes):
        return np.arange(len(codes))
    numbers: dict[object, int] = {}
    found = (numbers.setdefault(code, len(numbers)) for code in codes)
    return np.fromiter(found, np.intp, len(codes))


def compare_answers(
    rows: Rows, answers: Mapping[str, Answers], fields: Sequence[Sequence[str]]
) -> None:
    """Report rows of one person in two tables that contradict each other.

    Parameters
    ----------
    rows
        All rows.
    answers
        What they say, by question.
    fields
        The questions of each table, in the order in which defects are reported.
    """
    pairs = _pairs(rows)
    if not len(pairs):
        return
    line, other = pairs[:, 0], pairs[:, 1]
    source_of = rows.source_of
    found: list[tuple[int, int, str]] = []
    for name, own in answers.items():
        differs = differing(own.column, own.codes[line], own.codes[other])
        for pair in np.flatnonzero(differs).tolist():
            place = -1 if name == "kind" else fields[source_of[line[pair]]].index(name)
            found.append((pair, place, name))
    for pair, _, name in sorted(found):
        row, second = int(line[pair]), rows.sources[source_of[other[pair]]]
        number = int(second.table.numbers[int(other[pair]) - second.first])
        values = {"file": second.table.file, "row": number}
        first = rows.sources[source_of[row]]
        rows.report(first, row, name, [("intake.contradiction", values)])


class KnownAnswers(Mapping[str, Mapping[str, Answer]]):
    """What people answered to some questions, by code; looked up when it is needed."""

    def __init__(self, rows: Rows, answers: Mapping[str, Answers]) -> None:
        self._rows = rows
        self._answers = answers
        self._places: defaultdict[str, list[int]] = defaultdict(list)

    def _found(self) -> Mapping[str, list[int]]:
        if not self._places:
            for row, code in enumerate(self._rows.codes):
                if code is not None and row not in self._rows.replaced:
                    self._places[code].append(row)
        return self._places

    def __getitem__(self, code: str) -> dict[str, Answer]:
        return {
            name: answer
            for row in self._found().get(code, ())
            for name, own in self._answers.items()
            if (answer := own.column.cell(int(own.codes[row]))) is not None
        }

    def __contains__(self, code: object) -> bool:
        return code in self._found()

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


def _pairs(rows: Rows) -> NDArray[np.intp]:
    """List every row with each row of the same person in another table: intp (k, 2)."""
    source_of = rows.source_of
    groups: defaultdict[str, list[int]] = defaultdict(list)
    if len(rows.sources) > 1:
        first = {code for code in rows.codes[: rows.sources[0].rows.stop] if code is not None}
        for row, code in enumerate(rows.codes):
            if code in first and row not in rows.replaced:
                groups[code].append(row)
    pairs = [
        (row, other)
        for group in groups.values()
        if len(group) > 1
        for row in group
        for other in group
        if source_of[row] != source_of[other]
    ]
    return np.array(pairs, np.intp).reshape(-1, 2)

"""Which column of a table holds the answers to which question."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.tables import Table, column_letters
from mentormatch.messages import Language
from mentormatch.questionnaire import Option, Question, Questionnaire, normalised
from mentormatch.record import Record

# The columns that are not questions. Ids of questions have no spaces.
CODE: Final = "code column"
NAME: Final = "name column"
CONTACT: Final = "contact column"
TIME: Final = "time column"
IDENTITY: Final = {CODE: "code", NAME: "name", CONTACT: "contact", TIME: "submitted"}
"""What a map of columns and the report call them."""

_MOST_BRACKETS: Final = 10  # that are tried in one header

Key = str | int | None
"""What a column of several holds: an option, a rank or a day; None for a whole answer."""


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class ColumnMap(Record):
    """The headers that a school's own tables have, by field.

    A field is the id of a question, or ``code``, ``name``, ``contact`` or ``submitted``. For
    questions spread over several columns, such as ``Interests [Sport]``, the part before the
    bracket is enough. Where a table has such a header, the questionnaire's own headers of the field
    are not looked for in it.

    Raises
    ------
    IntakeError
        From ``load`` and ``from_dict``.
    """

    error: ClassVar = IntakeError

    columns: dict[str, Annotated[tuple[str, ...], BeforeValidator(_as_list)]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table holds what.

    Parameters
    ----------
    columns
        By field: position of each of its columns, and what that column holds.
    mapped
        Header and field of every column that is read.
    unmapped
        Headers of the columns that are not read.
    """

    columns: Mapping[str, tuple[tuple[int, Key], ...]]
    mapped: tuple[tuple[str, str], ...]
    unmapped: tuple[str, ...]

    def position(self, field: str) -> int | None:
        """Return the position of a field's first column, None when the table has none."""
        return self.columns[field][0][0] if field in self.columns else None


def language_of(texts: Iterable[str]) -> Language:
    """Tell the language in which a table is written: Russian when it has Cyrillic letters."""
    return "ru" if any("а" <= letter <= "я" for text in texts for letter in text.lower()) else "en"


def find_columns(table: Table, form: Questionnaire, column_map: ColumnMap | None) -> Layout:
    """Find the columns of every question, by the question's id, labels and synonyms.

    Raises
    ------
    IntakeError
        When two columns hold one thing, or the part in brackets isn't understood.
    """
    names = _names(form, table, column_map)
    found: defaultdict[str, dict[Key, int]] = defaultdict(dict)
    unmapped: list[str] = []
    defects: list[Defect] = []
    for position, header in enumerate(table.header):
        place = table.place(table.header_row, header)
        field, part = _match(header, names)
        key: Key = None
        if field is not None and part is not None:
            question = None if field in IDENTITY else form.question(field)
            if question is None or question.kind not in {"multi", "ranked", "slots"}:
                field = None
            else:
                key = _key(form, question, part)
                if key is None:
                    defects.append(_unknown_part(form, question, part, place))
                    continue
        if field is None:
            if header:
                unmapped.append(header)
            continue
        columns = found[field]
        others = [other for name, other in columns.items() if None in {name, key} or name == key]
        if others:
            values = {"first": table.header[others[0]], "letters": column_letters(others[0] + 1)}
            defects.append(Defect("intake.two-columns", place, values))
        columns[key] = position
    if defects:
        raise IntakeError(*defects)
    return Layout(
        {field: tuple((place, key) for key, place in own.items()) for field, own in found.items()},
        tuple(
            (table.header[place], IDENTITY.get(field, field))
            for field, own in found.items()
            for place in own.values()
        ),
        tuple(unmapped),
    )


def check_column_map(
    column_map: ColumnMap, form: Questionnaire, tables: Sequence[Table]
) -> Iterator[Defect]:
    """Find fields that don't exist, headers that no table has, and headers of two fields."""
    known = [*(question.id for question in form.questions), *IDENTITY.values()]
    present = {
        spelling for table in tables for header in table.header for spelling in _spellings(header)
    }
    owners: dict[str, str] = {}
    for field, headers in column_map.columns.items():
        place = Place(field=f"columns.{field}")
        if field not in known:
            near = difflib.get_close_matches(field, known, n=1)
            yield Defect("intake.map-field", place, {"names": ", ".join(near or known)})
        for header in headers:
            spelling = normalised(header)
            if tables and spelling not in present:
                yield Defect("intake.map-header", place, {"header": header})
            if owners.setdefault(spelling, field) != field:
                values = {"header": header, "other": owners[spelling]}
                yield Defect("intake.map-twice", place, values)


def _names(form: Questionnaire, table: Table, column_map: ColumnMap | None) -> dict[str, str]:
    """Return the field that each folded header means in a table."""
    fields = {question.id: question.spellings for question in form.questions}
    for field, header in zip(IDENTITY, form.identity.headers, strict=True):
        fields[field] = header.spellings
    columns = {name: field for field, name in IDENTITY.items()}
    present = {spelling for header in table.header for spelling in _spellings(header)}
    for field, headers in (column_map.columns if column_map else {}).items():
        own = present.intersection(map(normalised, headers))
        known = field if field in fields else columns.get(field)
        if own and known is not None:
            fields[known] = tuple(own)
    return {spelling: field for field, spellings in fields.items() for spelling in spellings}


def _readings(header: str) -> Iterator[tuple[str, str | None]]:
    """List the ways to read a header: as a whole, or as a question with a part in brackets."""
    yield normalised(header), None
    if header.endswith("]"):
        for bracket in islice(re.finditer(r"\[", header), _MOST_BRACKETS):
            yield normalised(header[: bracket.start()]), header[bracket.end() : -1]


def _spellings(header: str) -> set[str]:
    return {name for name, _ in _readings(header)}


def _match(header: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the field of a header, and the part of it that the header has in brackets."""
    found = ((names.get(name), part) for name, part in _readings(header))
    return next((reading for reading in found if reading[0] is not None), (None, None))


def _parts(form: Questionnaire, question: Question) -> tuple[Option, ...]:
    return question.days if question.kind == "slots" else form.options(question)


def _key(form: Questionnaire, question: Question, part: str) -> Key:
    if question.kind == "ranked":
        part = part.strip()
        most = question.max or len(form.options(question))
        return int(part) if part in map(str, range(1, most + 1)) else None
    folded = normalised(part)
    return next((it.id for it in _parts(form, question) if folded in it.spellings), None)


def _unknown_part(form: Questionnaire, question: Question, part: str, place: Place) -> Defect:
    if question.kind == "ranked":
        most = question.max or len(form.options(question))
        return Defect("intake.unknown-rank", place, {"found": part, "most": most})
    lang = language_of([part])
    labels = {normalised(it.label.text(lang)): it.label.text(lang) for it in _parts(form, question)}
    near = difflib.get_close_matches(normalised(part), labels, n=1)
    names = ", ".join(labels[name] for name in near or labels)
    return Defect("intake.unknown-part", place, {"found": part, "names": names})

"""Taking answers out, no more private than somebody asks for, and never with a name."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

from mentormatch.cohort import Cohort
from mentormatch.column import PeopleColumn
from mentormatch.errors import MentorMatchError
from mentormatch.participant import Answer
from mentormatch.questionnaire import Question, Questionnaire, Sensitivity
from mentormatch.spreadsheet import Cell, Sheet, write_csv, write_xlsx

_LEVELS: Final = get_args(Sensitivity)
_CODE: Final = "code"
_SEPARATOR: Final = "; "
_NONE: Final = "-"
_DIGITS: Final = 8

ExportRecord = Mapping[str, Cell]


def export(
    cohort: Cohort,
    path: str | Path | None = None,
    *,
    level: Sensitivity = "internal",
    fresh_codes: bool = False,
    mapping: str | Path | None = None,
) -> tuple[ExportRecord, ...]:
    """Return everybody's answers as plain records, and write them if a file is named.

    A record has ``code`` and a key per question, written as tables of answers are: ids of options,
    ``a; b`` and ``a=8; b=5``, dates as ISO, ``-`` for "none", an empty cell where there is no
    answer. ``read_cohort`` reads such a file back.

    Parameters
    ----------
    cohort
        The people.
    path
        Ends in ``.xlsx`` or ``.csv``.
    level
        The most private questions in it: ``public``, ``internal`` (and public), or ``restricted``
        (all). Free text counts as restricted, whatever its question says.
    fresh_codes
        Give everybody another, random code, for this export alone, and another order.
        Nobody can say then, not even with the key file, who is who, unless answers tell.
    mapping
        Where to keep which fresh code stands for which code: a file that stays at the school.
        Without it nobody ever knows.

    Raises
    ------
    MentorMatchError
        When the level or the ending of the file isn't known, or a mapping is wanted without
        fresh codes.
    OSError
        When a file can't be written; nothing is exported then without the mapping asked for.
    """
    _check(level, path, mapping, fresh_codes=fresh_codes)
    form = cohort.questionnaire
    fields = exported_fields(form, level)
    codes = _fresh(cohort) if fresh_codes else {code: code for code in cohort.ids}
    order = sorted(range(len(cohort)), key=lambda row: codes[cohort.ids[row]])
    writers = {field: _writer(form.question(field), form, codes) for field in fields}
    records: list[ExportRecord] = []
    for row in order:
        record: dict[str, Cell] = {_CODE: codes[cohort.ids[row]]}
        for field, write in writers.items():
            answer = cohort.column(field).cell(row)
            record[field] = None if answer is None else write(answer)
        records.append(MappingProxyType(record))
    if mapping is not None:
        kept = sorted((fresh, code) for code, fresh in codes.items())
        write_csv(mapping, ("export_code", _CODE), kept)
    if path is not None:
        _write(Path(path), (_CODE, *fields), records)
    return tuple(records)


def exported_fields(form: Questionnaire, level: Sensitivity) -> tuple[str, ...]:
    """Name the questions whose answers an export of this level holds, in their order."""
    highest = _LEVELS.index(level)
    return tuple(
        question.id
        for question in form.questions
        if _LEVELS.index("restricted" if question.kind == "text" else question.sensitivity)
        <= highest
    )


def _check(
    level: str, path: str | Path | None, mapping: str | Path | None, *, fresh_codes: bool
) -> None:
    if level not in _LEVELS:
        raise MentorMatchError.of("privacy.level", found=level, names=", ".join(_LEVELS))
    if path is not None and Path(path).suffix.lower() not in {".csv", ".xlsx"}:
        raise MentorMatchError.of("privacy.ending", found=Path(path).name)
    if mapping is not None and not fresh_codes:
        raise MentorMatchError.of("privacy.mapping")


def _fresh(cohort: Cohort) -> dict[str, str]:
    """Draw another code for everybody who is in the cohort or named in it."""
    named = {
        code
        for column in cohort.columns.values()
        if isinstance(column, PeopleColumn)
        for people in column.named
        for code in people
    }
    codes: dict[str, str] = {}
    taken: set[str] = set()
    for code in {*cohort.ids, *named}:
        # No letter of the kind: an export of public answers may not hold the kind.
        fresh = ""
        while not fresh or fresh in taken:
            fresh = f"R-{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        taken.add(fresh)
        codes[code] = fresh
    return codes


def _writer(
    question: Question, form: Questionnaire, codes: Mapping[str, str]
) -> Callable[[Answer], Cell]:
    """Say how answers to a question are written."""
    words = {option.id: option.id for option in form.options(question)}
    named = codes if question.kind == "people" else words

    def write(answer: Answer) -> Cell:
        match answer:
            case bool():
                return "yes" if answer else "no"
            case dict():
                levels = (f"{name}={level}" for name, level in answer.items())
                return _SEPARATOR.join(levels) or _NONE
            case tuple():
                return _SEPARATOR.join(named.get(name, name) for name in answer) or _NONE
            case str() | int() | Decimal() | date():
                return answer

    return write


def _write(path: Path, header: tuple[str, ...], records: list[ExportRecord]) -> None:
    rows = [[_text(record[name]) for name in header] for record in records]
    if path.suffix.lower() == ".csv":
        write_csv(path, header, rows)
    else:
        write_xlsx(path, [Sheet("export", header, rows)])


def _text(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell

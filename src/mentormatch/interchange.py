"""Plain records in and out: what other programs hold instead of files of answers."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, Protocol

from pydantic import BaseModel

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.messages import Language
from mentormatch.participant import Answer, Participant
from mentormatch.questionnaire import Question, Questionnaire, normalised

ID: Final = "id"
_PERSONAL: Final = ""  # what keys of names and contacts mean: nothing that is kept
_BLANKS: Final = frozenset({"NAType", "NaTType"})  # of pandas
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?")

PlainRecord = dict[str, Any]


class Dataclass(Protocol):
    """Whatever the decorator of the standard library has made a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


GivenRecord = Mapping[str, Any] | BaseModel | Dataclass
"""What a person's record may be; :func:`content_of` reads it."""


@dataclass(frozen=True, slots=True)
class Records:
    """What stood in records.

    Parameters
    ----------
    places, codes, answers
        By record: its place, its code and its answers with kind and roles, all unchecked.
    defects
        What is wrong with the records as such.
    """

    places: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def read_records(form: Questionnaire, records: Iterable[Any]) -> Records:
    """Take plain answers out of records; see :meth:`Cohort.from_records` for what they hold.

    Whatever can't be an answer is left as it is, for the cohort to refuse.
    """
    names = _names(form)
    readers = {question.id: _Reader(form, question) for question in form.questions}
    found = Records()
    unknown: set[str] = set()
    for number, record in enumerate(records):
        place = f"records[{number}]"
        given: dict[str, Any] = {}
        content = content_of(record)
        if content is None:
            values = {"found": type(record).__name__}
            found.defects.append(Defect("interchange.no-record", Place(field=place), values))
            continue
        for key, raw in content:
            value = plain(raw)
            name = names.get(normalised(str(key)))
            where = Place(field=f"{place}.{key}")
            if name is None:
                if key not in unknown:
                    near = difflib.get_close_matches(str(key), readers, n=1)
                    values = {"names": ", ".join(near or readers)}
                    found.defects.append(Defect("cohort.unknown-question", where, values))
                unknown.add(key)
            elif value is not None and name != _PERSONAL:
                if name in given:
                    found.defects.append(Defect("interchange.two-keys", where, {"field": name}))
                given[name] = str(value) if name == ID else readers[name].read(value)
        found.places.append(place)
        found.codes.append(unicodedata.normalize("NFC", given.pop(ID, "")).strip())
        found.answers.append(given)
    return found


def record_of(
    form: Questionnaire, person: Participant, lang: Language | None = None
) -> PlainRecord:
    """Write a person as a record: ids, or the wording of a language; None where blank."""
    answers = {**person.answers, "kind": person.kind, "roles": tuple(sorted(person.roles))}
    record: PlainRecord = {
        ID if lang is None else form.identity.code.text(lang): person.id,
    }
    for question in form.questions:
        key = question.id if lang is None else question.label.text(lang)
        answer = answers.get(question.id)
        record[key] = answer if lang is None else _worded(form, question, answer, lang)
    return record


def records_of(frame: Any) -> Iterator[PlainRecord]:
    """Go through the rows of a dataframe of any library that narwhals knows.

    Raises
    ------
    IntakeError
        When it is no dataframe, or two of its columns have one name.
    """
    import narwhals as nw  # noqa: PLC0415 - only dataframes need it

    try:
        found = nw.from_native(frame)
        if isinstance(found, nw.LazyFrame):
            found = found.collect()
        yield from found.iter_rows(named=True)
    except TypeError:
        raise IntakeError.of("interchange.no-frame", found=type(frame).__name__) from None
    except nw.exceptions.DuplicateError:
        raise IntakeError.of("interchange.same-column") from None


def _names(form: Questionnaire) -> dict[str, str]:
    """Return what each folded key means."""
    code, *personal = form.identity.headers
    names = {spelling: _PERSONAL for header in personal for spelling in header.spellings}
    names |= dict.fromkeys(code.spellings, ID)
    for question in form.questions:
        names |= dict.fromkeys(question.spellings, question.id)
    return names | {ID: ID}


def content_of(record: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return keys and values of a record; None when it is none."""
    if isinstance(record, BaseModel):
        names = [*type(record).model_fields, *(record.model_extra or {})]
        record = {name: getattr(record, name) for name in names}
    elif is_dataclass(record):
        record = {entry.name: getattr(record, entry.name) for entry in fields(record)}
    if not isinstance(record, Mapping):
        return None
    content = dict(record)
    nested = content.get("answers")
    if isinstance(nested, Mapping):
        del content["answers"]
        return [*content.items(), *nested.items()]
    return content.items()


def plain(value: Any) -> Any:
    """Return a value as plain Python has it; None for every kind of blank."""
    if value is None or type(value).__name__ in _BLANKS:
        return None
    if hasattr(value, "tolist"):  # of numpy: one value, or several
        value = value.tolist()
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float | Decimal):
        if value != value:  # noqa: PLR0124 - only NaN differs from itself
            return None
        if value == value // 1:
            return int(value)
        return Decimal(repr(value)) if isinstance(value, float) else value
    return value


class _Reader:
    """Reads values as answers to one question."""

    def __init__(self, form: Questionnaire, question: Question) -> None:
        self.question = question
        self.ids = {
            spelling: option.id
            for option in form.options(question)
            for spelling in option.spellings
        }

    def read(self, value: Any) -> Any:
        """Return the answer that a value is; the value itself when it is none."""
        match self.question.kind, value:
            case "choice", str() | int() if not isinstance(value, bool):
                return self._option(value)
            case "flag", 0 | 1:
                return bool(value)
            case "flag", str():
                return {"yes": True, "no": False}.get(self._option(value), value)
            case "multi", _ if self.question.levels is not None:
                return self._levels(value)
            case (("multi" | "slots"), set() | frozenset()):
                return self._several(sorted(value, key=str))
            case (("multi" | "ranked" | "slots" | "people"), list() | tuple()):
                return self._several(value)
            case (("multi" | "ranked" | "slots"), str()) if normalised(value) in self.ids:
                return (self._option(value),)
            case "date", datetime():
                return value.date()
            case "date", str():
                return _iso(value)
            case (("scale" | "number"), str()) if _NUMBER.fullmatch(value.strip()):
                return plain(Decimal(value.strip()))
        return value

    def _option(self, written: str | int) -> str:
        return self.ids.get(normalised(str(written)), str(written))

    def _several(self, values: Iterable[Any]) -> Any:
        found = [plain(value) for value in values]
        if not all(isinstance(value, str | int) for value in found):
            return found
        if self.question.kind == "people":
            return tuple(map(str, found))
        return tuple(map(self._option, found))

    def _levels(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        # A dataframe has every option in every row, most of them blank.
        levels = {name: plain(level) for name, level in value.items()}
        levels = {name: level for name, level in levels.items() if level is not None}
        if any(type(level) is not int for level in levels.values()):
            return [*levels.items()]
        return {self._option(name): level for name, level in levels.items()}


def _iso(written: str) -> date | str:
    try:
        return datetime.fromisoformat(written.strip()).date()
    except ValueError:
        return written


def _worded(
    form: Questionnaire, question: Question, answer: Answer | None, lang: Language
) -> Answer | None:
    """Write an answer with the labels of its options instead of their ids."""
    if isinstance(answer, bool) or question.kind not in {"choice", "multi", "ranked", "slots"}:
        return answer
    labels = {option.id: option.label.text(lang) for option in form.options(question)}
    match answer:
        case str():
            return labels[answer]
        case tuple():
            return tuple(labels[name] for name in answer)
        case dict():
            return {labels[name]: level for name, level in answer.items()}
    return answer

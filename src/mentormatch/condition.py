"""Conditions: which participants a form, a rule or a goal is about.

In a file a condition is a table: ``{ kind = ["teacher"], grade = { op = ">=", value = 8 } }``.
Its entries are and-joined; ``any = [{...}, {...}]`` holds where one of its conditions does,
``not = {...}`` where its condition doesn't. For answers that are sets a value, or each of a
list of values, asks whether the set contains it. A blank answer satisfies nothing, except
``{ op = "answered", value = false }``.
"""

import difflib
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
from pydantic import ConfigDict, RootModel, model_validator

from mentormatch.column import (
    EPOCH,
    Bools,
    CodeColumn,
    Column,
    NumberColumn,
    PeopleColumn,
    SetColumn,
    TextColumn,
)
from mentormatch.errors import Defect, Place
from mentormatch.questionnaire import Finding, Kind, Questionnaire, refuse

Value = str | bool | int | float

_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_EQUAL: Final = frozenset({"==", "!=", "in", "answered"})
_OPERATORS: Final[dict[Kind, frozenset[str]]] = {
    "choice": _EQUAL,
    "flag": _EQUAL,
    "scale": _EQUAL | _ORDER,
    "number": _EQUAL | _ORDER,
    "date": _EQUAL | _ORDER,
    "multi": _EQUAL | {"has"},
    "ranked": _EQUAL | {"has"},
    "slots": _EQUAL | {"has"},
    "people": _EQUAL | {"has"},
    "text": frozenset({"answered"}),
}
_KNOWN_OPERATORS: Final = _EQUAL | _ORDER | {"has"}
_TODAY: Final = "today"
_ALIASES: Final = {"role": "roles"}


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a condition: a field, an operator and the values it is held against."""

    field: str
    op: str
    values: tuple[Value, ...]


class Condition(RootModel[dict[str, Any]]):
    """A condition on one participant; an empty one holds for everybody."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _check_grammar(cls, data: Any) -> Any:
        if isinstance(data, Condition):
            return data.root
        refuse(_findings(data))
        return _plain(data)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The and-joined entries, without those of ``any`` and ``not``."""
        return tuple(
            _term(key, entry) for key, entry in self.root.items() if key not in {"any", "not"}
        )

    @property
    def alternatives(self) -> tuple["Condition", ...]:
        """The or-joined conditions under ``any``; empty when there are none."""
        return tuple(Condition(entry) for entry in self.root.get("any", ()))

    @property
    def negated(self) -> "Condition | None":
        """The condition under ``not``."""
        return Condition(self.root["not"]) if "not" in self.root else None

    @property
    def fields(self) -> frozenset[str]:
        """Ids of all questions and composite scales that the condition reads."""
        found = {term.field for term in self.terms}
        found.update(*(alternative.fields for alternative in self.alternatives))
        return frozenset(found | (self.negated.fields if self.negated else set()))

    def mask(self, columns: Mapping[str, Column], size: int, today: date) -> Bools:
        """Tell who satisfies the condition.

        Parameters
        ----------
        columns
            The cohort's columns; every field of the condition is among them.
        size
            Number of participants.
        today
            The day that the word "today" means.
        """
        holds = np.ones(size, dtype=np.bool_)
        for term in self.terms:
            holds &= _mask(term, columns[term.field], today)
        masks = [inner.mask(columns, size, today) for inner in self.alternatives]
        if masks:
            holds &= np.logical_or.reduce(masks)
        if self.negated is not None:
            holds &= ~self.negated.mask(columns, size, today)
        return holds

    def check(self, questionnaire: Questionnaire, place: Place) -> list[Defect]:
        """List what does not fit the questionnaire: fields, operators, values.

        Parameters
        ----------
        questionnaire
            Where the fields are declared.
        place
            Where the condition stands.
        """
        found = [
            defect
            for term in self.terms
            for defect in _defects(term, questionnaire, _inside(place, term.field))
        ]
        for number, alternative in enumerate(self.alternatives):
            found += alternative.check(questionnaire, _inside(place, f"any[{number}]"))
        if self.negated is not None:
            found += self.negated.check(questionnaire, _inside(place, "not"))
        return found


def _inside(place: Place, field: str) -> Place:
    return replace(place, field=f"{place.field}.{field}" if place.field else field)


# --- grammar ----------------------------------------------------------------------------


def _findings(entry: Any, loc: tuple[str | int, ...] = ()) -> Iterator[Finding]:
    """Find what breaks the grammar of conditions."""
    if not isinstance(entry, Mapping):
        yield loc, "condition.no-table", {}
        return
    if entry.keys() >= {"role", "roles"}:
        yield (*loc, "role"), "condition.same-field", {}
    for key, inner in entry.items():
        here = (*loc, str(key))
        if key == "not":
            yield from _findings(inner, here)
        elif key == "any":
            alternatives = inner if isinstance(inner, list | tuple) else ()
            if not alternatives:
                yield here, "condition.no-alternatives", {}
            for place, alternative in enumerate(alternatives):
                yield from _findings(alternative, (*here, place))
        else:
            yield from _entry_findings(inner, here)


def _entry_findings(entry: Any, loc: tuple[str | int, ...]) -> Iterator[Finding]:
    if isinstance(entry, Mapping):
        if set(entry) != {"op", "value"}:
            yield loc, "condition.no-operator", {}
            return
        if entry["op"] not in _KNOWN_OPERATORS:
            values = {"found": str(entry["op"]), "names": ", ".join(sorted(_KNOWN_OPERATORS))}
            yield loc, "condition.unknown-operator", values
        entry = entry["value"]
    if not _listed(entry) or not all(map(_is_value, _listed(entry))):
        yield loc, "condition.value", {}


def _listed(value: Any) -> tuple[Any, ...]:
    """See a value or a list of values as several."""
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)


def _is_value(value: Any) -> bool:
    if isinstance(value, float | Decimal):
        return math.isfinite(value)
    return isinstance(value, str | bool | int | date) and not isinstance(value, datetime)


def _plain(entry: Any) -> Any:
    """Write a checked condition with plain text, numbers, lists and dicts only."""
    if isinstance(entry, Mapping):
        return {_ALIASES.get(key, key): _plain(inner) for key, inner in entry.items()}
    if isinstance(entry, set | frozenset):
        return sorted(map(_plain, entry), key=str)
    if isinstance(entry, list | tuple):
        return [_plain(inner) for inner in entry]
    if isinstance(entry, date):
        return entry.isoformat()
    return float(entry) if isinstance(entry, Decimal) else entry


def _term(field: str, entry: Any) -> Term:
    if isinstance(entry, dict):
        return Term(field, entry["op"], _listed(entry["value"]))
    return Term(field, "in" if isinstance(entry, list) else "==", _listed(entry))


# --- evaluation -------------------------------------------------------------------------


def _mask(term: Term, column: Column, today: date) -> Bools:
    answered = column.answered
    if term.op == "answered":
        return answered if term.values[0] else ~answered
    if term.op == "!=":
        return answered & ~_equal(column, term.values, today)
    if term.op in _ORDER:
        return answered & _ordered(column, term, today)
    return answered & _equal(column, term.values, today)


def _equal(column: Column, values: tuple[Value, ...], today: date) -> Bools:
    match column:
        case CodeColumn():
            wanted = {_option(value) if column.is_flag else value for value in values}
            known = np.array([option in wanted for option in column.options], dtype=np.bool_)
            return np.asarray(known[column.codes])
        case SetColumn():
            known = np.array([option in values for option in column.options], dtype=np.bool_)
            return np.asarray(column.chosen[:, known].any(axis=1))
        case NumberColumn():
            units = [_in_units(column, value, today) for value in values]
            whole = [column.values == int(unit) for unit in units if unit == int(unit)]
            return np.logical_or.reduce(whole) if whole else np.zeros_like(column.answered)
        case PeopleColumn():
            wanted = set(values)
            hits = (not wanted.isdisjoint(named) for named in column.named)
            return np.fromiter(hits, np.bool_, len(column.named))
        case TextColumn():
            return np.zeros(len(column.texts), dtype=np.bool_)


def _ordered(column: Column, term: Term, today: date) -> Bools:
    """Compare whole units with a value that may lie between two of them."""
    if not isinstance(column, NumberColumn):
        raise TypeError(f"the answers to {term.field} have no order")
    limit = _in_units(column, term.values[0], today)
    compare: Callable[[Any, int], Bools] = {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }[term.op]
    rounded = math.ceil(limit) if term.op in {"<", ">="} else math.floor(limit)
    return compare(column.values, rounded)


def _in_units(column: NumberColumn, value: Value, today: date) -> Decimal:
    if column.is_date:
        day = today if value == _TODAY else date.fromisoformat(str(value))
        return Decimal((day - EPOCH).days)
    return Decimal(str(value)) * column.unit


def _option(value: Value) -> Value:
    """Name the option of a flag that a truth value means."""
    return ("no", "yes")[value] if isinstance(value, bool) else value


# --- checking ---------------------------------------------------------------------------


def _defects(term: Term, questionnaire: Questionnaire, place: Place) -> Iterator[Defect]:
    known = questionnaire.field_ids
    if term.field not in known:
        near = difflib.get_close_matches(term.field, known, n=1)
        if near:
            values = {"found": term.field, "near": near[0]}
            yield Defect("condition.unknown-field-near", place, values)
        else:
            yield Defect("condition.unknown-field", place, {"found": term.field})
        return
    kind = questionnaire.kind_of(term.field)
    if term.op not in _OPERATORS[kind]:
        values = {"op": term.op, "kind": kind, "names": ", ".join(sorted(_OPERATORS[kind]))}
        yield Defect("condition.operator", place, values)
        return
    if term.op in _ORDER | {"answered"} and len(term.values) != 1:
        yield Defect("condition.one-value", place, {"op": term.op})
        return
    for value in term.values:
        yield from _value_defects(term, value, kind, questionnaire, place)


def _value_defects(
    term: Term, value: Value, kind: Kind, questionnaire: Questionnaire, place: Place
) -> Iterator[Defect]:
    if term.op == "answered":
        if not isinstance(value, bool):
            yield Defect("condition.answered", place)
    elif kind in {"scale", "number"}:
        if isinstance(value, bool | str):
            yield Defect("condition.no-number", place, {"found": value})
    elif kind == "date":
        if value != _TODAY and not _is_iso_date(value):
            yield Defect("condition.no-date", place, {"found": value})
    elif kind == "people":
        if not isinstance(value, str):
            yield Defect("condition.no-code", place)
    else:
        ids = [option.id for option in questionnaire.options(term.field)]
        if kind == "flag":
            value = _option(value)
        if value not in ids:
            near = difflib.get_close_matches(str(value), ids, n=1)
            names = near[0] if near else ", ".join(ids)
            yield Defect("condition.unknown-option", place, {"found": value, "names": names})


def _is_iso_date(value: Value) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return isinstance(value, str)

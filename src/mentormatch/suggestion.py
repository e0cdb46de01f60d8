"""Proposing which unknown column of a table may hold the answers to which question.

How sure a proposal is comes from two sources. Header and question may be alike, word by
word. And what stands in the column may read as answers to the question, which says the more
the fewer questions could be answered so. One question gets at most one header of a table,
so that the sum of what is sure is as large as possible.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from mentormatch.arrays.assignment import assign
from mentormatch.intake.answers import cell_reader, part_reader
from mentormatch.intake.columns import (
    CODE,
    CONTACT,
    IDENTITY,
    NAME,
    ColumnMap,
    cuts,
    find_columns,
    in_own_words,
    is_parted,
    key_of,
    loose,
)
from mentormatch.intake.mending import CellError, Reading
from mentormatch.intake.tables import Table
from mentormatch.messages import Language, text
from mentormatch.participant import Role, skeleton
from mentormatch.questionnaire import Questionnaire, normalised

SURE: Final = 50  # percent from which a proposal is part of the map
_LEAST: Final = 25  # percent from which it is made at all
_WORDS: Final = ((90, "certain"), (70, "likely"), (SURE, "rather"), (0, "doubtful"))
_LONGEST: Final = 200  # characters of a header that are compared
_MOST_TEXTS: Final = 500  # of a column that are tried

# How much it says that cells read as answers, where no other question can be answered so.
_OPTIONS_SAY: Final = 0.9
_OTHERS_SAY: Final = 0.4
_OPTION_KINDS: Final = frozenset({"choice", "multi", "ranked", "slots"})
_NOT_ASKED: Final = 0.6  # what is left of it where this role isn't asked the question
_FITS: Final = 0.9  # share of texts from which a question counts as one that fits

_SEPARATORS: Final = re.compile(r"[;,\n]")
_NAME: Final = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
_CODE: Final = re.compile(r"(?=.*\d)[^\s@+]{1,20}")
_CONTACT: Final = re.compile(r"\S+@\S+|(?=(?:.*\d){7})[-+() \d]+")
_PATTERNS: Final = {NAME: _NAME, CODE: _CODE, CONTACT: _CONTACT}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field to which a header may belong.

    Parameters
    ----------
    field, header
        As in a map of columns. Of several columns for one question the header is the part
        that they share.
    confidence
        How sure it is, in percent.
    alike
        How alike header and question are, in percent.
    read, texts
        How many of the column's different texts read as answers, and of how many; 0 of 0 for
        free text, for blank columns and where people are named.
    """

    field: str
    header: str
    confidence: int
    alike: int
    read: int
    texts: int

    def reasons(self, lang: Language = "en") -> str:
        """Say how sure it is, and why."""
        word = next(word for least, word in _WORDS if self.confidence >= least)
        parts = [text(f"suggest.{word}", lang, percent=self.confidence)]
        parts.append(text("suggest.alike", lang, percent=self.alike))
        if self.texts:
            parts.append(text("suggest.read", lang, read=self.read, texts=self.texts))
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be added to a map of columns.

    Parameters
    ----------
    made
        In the order of the questionnaire; those under 50 percent are not part of the map.
    left
        Headers for which nothing is proposed.
    known
        The map of columns that there is already.
    """

    made: tuple[Suggestion, ...]
    left: tuple[str, ...]
    known: ColumnMap

    @property
    def column_map(self) -> ColumnMap:
        """The known map with everything that is sure enough."""
        columns = {field: list(headers) for field, headers in self.known.columns.items()}
        for it in self.made:
            if it.confidence >= SURE:
                columns.setdefault(it.field, []).append(it.header)
        return ColumnMap.from_dict(self.known.to_dict() | {"columns": columns})

    def toml(self, lang: Language = "en") -> str:
        """Write the map as TOML for people, what isn't sure as comments."""
        known = self.column_map
        lines = [f"# {text(f'suggest.{key}', lang)}" for key in ("title", "unsure")]
        if known.ignore:
            lines += ["", f"ignore = {_toml(known.ignore)}"]
        if self.left:
            lines += ["", f"# {text('suggest.left', lang)}"]
            # A key may stand in a file once.
            lines.append(f"# ignore = {_toml([*known.ignore, *self.left])}")
        lines += ["", "[columns]"]
        reasons: dict[str, list[Suggestion]] = {}
        for it in self.made:
            reasons.setdefault(it.field, []).append(it)
        for field in dict.fromkeys([*self.known.columns, *reasons]):
            own = reasons.get(field, [])
            lines += [f"# {it.reasons(lang)}" for it in own if it.confidence >= SURE]
            if field in known.columns:
                lines.append(f"{_key(field)} = {_toml(known.columns[field])}")
            for it in own:
                if it.confidence < SURE:
                    headers = [*known.columns.get(field, ()), it.header]
                    lines.append(f"# {it.reasons(lang)}")
                    lines.append(f"# {_key(field)} = {_toml(headers)}")
        for field, values in known.values.items():
            lines += ["", f"[values.{_key(field)}]"]
            lines += [f"{_toml(own)} = {_toml(meant)}" for own, meant in values.items()]
        return "\n".join(lines) + "\n"


def suggest_columns(
    form: Questionnaire,
    tables: Sequence[tuple[Table, Role | None]],
    column_map: ColumnMap | None = None,
) -> Suggestions:
    """Propose which columns that mean nothing yet hold the questions that have none.

    Parameters
    ----------
    form
        What was asked.
    tables
        Tables of answers, each with the role of everybody in it, if they have the same.
    column_map
        What is known already.

    Raises
    ------
    IntakeError
        When two columns of a table hold one thing.
    """
    asked = in_own_words(form, column_map)
    layouts = [find_columns(table, asked, column_map) for table, _ in tables]
    codes = frozenset(
        code
        for (table, _), layout in zip(tables, layouts, strict=True)
        if (at := layout.position(CODE)) is not None
        for code in table.cells[at].texts[1:]
    )
    found: dict[str, Suggestion] = {}  # by folded header, which means the same in all tables
    left: dict[str, str] = {}
    for (table, role), layout in zip(tables, layouts, strict=True):
        judge = _Judge(asked, table, role, codes)
        unknown = set(layout.unmapped)
        units = _units(table, [at for at, it in enumerate(table.header) if it in unknown])
        before = [it for unit in units if (it := found.get(normalised(unit.header)))]
        taken = {*layout.columns, *(it.field for it in before)}
        fields = [field for field in _fields(form) if field not in taken]
        for unit, suggestion in judge.best(
            [unit for unit in units if normalised(unit.header) not in found], fields
        ):
            if suggestion is None:
                left.setdefault(normalised(unit.header), unit.header)
            else:
                found[normalised(unit.header)] = suggestion
    places = {field: place for place, field in enumerate(_fields(form))}
    return Suggestions(
        tuple(
            replace(it, field=IDENTITY.get(it.field, it.field))
            for it in sorted(found.values(), key=lambda it: places[it.field])
        ),
        tuple(header for name, header in left.items() if name not in found),
        column_map or ColumnMap(),
    )


def _fields(form: Questionnaire) -> list[str]:
    return [*IDENTITY, *(question.id for question in form.questions)]


@dataclass(frozen=True, slots=True)
class _Unit:
    """Columns that belong together: one, or one per option."""

    header: str
    columns: tuple[tuple[int, str | None], ...]

    @property
    def is_whole(self) -> bool:
        """Whether the cells of one column hold whole answers."""
        return self.columns[0][1] is None


def _units(table: Table, positions: Sequence[int]) -> list[_Unit]:
    """Put columns together whose headers name a question and a part."""
    ways = {
        at: [(loose(name), name, part) for name, part in cuts(table.header[at])] for at in positions
    }
    shared = Counter(stem for own in ways.values() for stem in {stem for stem, _, _ in own if stem})
    units: dict[str, _Unit] = {}
    for at, own in ways.items():
        header = table.header[at]
        stem, name, part = max(own, key=lambda way: shared[way[0]], default=("", "", ""))
        if shared[stem] > 1 or (header.endswith("]") and stem):
            before = units.get(stem, _Unit(name.strip(), ()))
            units[stem] = _Unit(before.header, (*before.columns, (at, part)))
        else:
            units[f"{at} {header}"] = _Unit(header, ((at, None),))
    return list(units.values())


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says how sure it is that columns of a table hold the answers to questions.

    Parameters
    ----------
    form, table
        What was asked, and answered.
    role
        The role of everybody in the table, if they have the same.
    codes
        Everybody's codes, in all tables.
    """

    form: Questionnaire
    table: Table
    role: Role | None
    codes: frozenset[str]

    def best(
        self, units: Sequence[_Unit], fields: Sequence[str]
    ) -> Iterator[tuple[_Unit, Suggestion | None]]:
        """Give every unit at most one field and every field at most one unit."""
        if not units or not fields:
            yield from ((unit, None) for unit in units)
            return
        rows = [self._judged(unit, fields) for unit in units]
        scores = np.array([[it.confidence for it in row] for row in rows])
        answer = assign(scores, allowed=scores >= _LEAST, cover_first=False, certify=False)
        taken = dict(answer.pairs.tolist())
        for row, unit in enumerate(units):
            yield unit, rows[row][taken[row]] if row in taken else None

    def _judged(self, unit: _Unit, fields: Sequence[str]) -> list[Suggestion]:
        """Say of every field how sure it is that a unit holds it."""
        possible = [field for field in fields if unit.is_whole or is_parted(self.form, field)]
        evidence = {field: self._evidence(unit, field) for field in possible}
        fitting = sum(
            texts > 0 and read >= _FITS * texts and self._is_asked(field)
            for field, (read, texts) in evidence.items()
        )
        found = []
        for field in fields:
            read, texts = evidence.get(field, (0, 0))
            likeness = _likeness(unit.header, _spellings(self.form, field))
            sure = likeness if field in evidence else 0
            if texts:
                says = _OPTIONS_SAY if self._has_options(field) else _OTHERS_SAY
                share = read / texts
                # One text may be chance; so may be answers that fit many questions.
                says *= share * texts / (texts + 1) / max(fitting, 1)
                sure = (1 - (1 - likeness) * (1 - says)) * share
            if not self._is_asked(field):
                sure *= _NOT_ASKED
            found.append(
                Suggestion(
                    field, unit.header, round(100 * sure), round(100 * likeness), read, texts
                )
            )
        return found

    def _is_asked(self, field: str) -> bool:
        """Tell whether people in the table's role are asked a question."""
        roles = () if field in IDENTITY else self.form.question(field).asked.roles
        return self.role is None or not roles or self.role in roles

    def _has_options(self, field: str) -> bool:
        return field not in IDENTITY and self.form.question(field).kind in _OPTION_KINDS

    def _evidence(self, unit: _Unit, field: str) -> tuple[int, int]:
        """Count the different texts of a unit that read as answers, and all of them."""
        if unit.is_whole:
            return self._whole_evidence(unit.columns[0][0], field)
        read = texts = 0
        for at, part in unit.columns:
            own = self.table.cells[at].texts[1:_MOST_TEXTS]
            reader = self._reader(field, part)
            if reader is not None:
                texts += len(own)
                read += sum(map(reader, own))
            else:  # something that the question doesn't offer
                texts += max(len(own), 1)
        return read, texts

    def _whole_evidence(self, at: int, field: str) -> tuple[int, int]:
        """Count texts, or what stands between their separators if more of that reads."""
        reader = self._reader(field, None)
        if reader is None:
            return 0, 0
        own = self.table.cells[at].texts[1:_MOST_TEXTS]
        found = sum(map(reader, own)), len(own)
        if found[0] == len(own) or field in IDENTITY or not is_parted(self.form, field):
            return found
        pieces = {piece.strip() for text in own for piece in _SEPARATORS.split(text)} - {""}
        other = sum(map(reader, pieces)), len(pieces)
        return max(found, other, key=lambda it: it[0] / max(it[1], 1))

    def _reader(self, field: str, part: str | None) -> Callable[[str], bool] | None:
        """Return what tells whether a cell is an answer; None where that says nothing."""
        if field in IDENTITY:
            pattern = _PATTERNS.get(field)
            return None if pattern is None else lambda cell: pattern.fullmatch(cell) is not None
        question = self.form.question(field)
        if part is not None:
            key = key_of(self.form, question, part.strip(" *:?."))
            return None if key is None else _accepts(part_reader(self.form, question, key))
        if question.kind == "text" or (question.kind == "people" and not self.codes):
            return None
        return _accepts(cell_reader(self.form, question, self._find_person))

    def _find_person(self, written: str) -> Reading[str]:
        if written.strip() not in self.codes:
            raise CellError.of("intake.unknown-person")
        return Reading(written.strip())


def _accepts(read: Callable[[str], Any]) -> Callable[[str], bool]:
    def accepts(cell: str) -> bool:
        try:
            read(cell)
        except CellError:
            return False
        return True

    return accepts


def _spellings(form: Questionnaire, field: str) -> tuple[str, ...]:
    if field not in IDENTITY:
        return form.question(field).spellings
    return form.identity.headers[list(IDENTITY).index(field)].spellings


def _likeness(header: str, spellings: Iterable[str]) -> float:
    """Say how alike a header is to what a field is called: 0 to 1."""
    own = loose(header[:_LONGEST])
    return max(_alike(own, skeleton(spelling)) for spelling in spellings)


def _alike(first: str, second: str) -> float:
    """Compare letters, and words whatever their endings and order."""
    # Unrelated texts share two letters in five by chance.
    letters = max(difflib.SequenceMatcher(None, first, second).ratio() - 0.4, 0) / 0.6
    mine, theirs = (
        [word for word in re.findall(r"\w+", it) if len(word) > 2] for it in (first, second)
    )
    common = sum(_weight(word) for word in mine if any(_is_akin(word, it) for it in theirs))
    common += sum(_weight(word) for word in theirs if any(_is_akin(word, it) for it in mine))
    whole = sum(map(_weight, mine)) + sum(map(_weight, theirs))
    return max(letters, common / whole if whole else 0)


def _weight(word: str) -> int:
    return len(word)


def _is_akin(first: str, second: str) -> bool:
    """Tell whether two words differ in their endings at most."""
    short, long = sorted((first, second), key=len)
    stem = max(3, len(short) - 3)
    return short[:stem] == long[:stem] and len(long) - len(short) <= 4


def _toml(value: str | Sequence[str]) -> str:
    """Write a text or a list of texts; what JSON escapes, TOML escapes alike."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"[{', '.join(map(_toml, value))}]"


def _key(field: str) -> str:
    return field if re.fullmatch(r"[A-Za-z0-9_-]+", field) else _toml(field)

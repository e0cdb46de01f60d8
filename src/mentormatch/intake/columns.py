"""Which column of a table holds the answers to which question."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.tables import Table, column_letters
from mentormatch.messages import Language
from mentormatch.participant import skeleton
from mentormatch.questionnaire import Option, Question, Questionnaire, normalised
from mentormatch.record import Record

# The columns that are not questions. Ids of questions have no spaces.
CODE: Final = "code column"
NAME: Final = "name column"
CONTACT: Final = "contact column"
TIME: Final = "time column"
IDENTITY: Final = {CODE: "code", NAME: "name", CONTACT: "contact", TIME: "submitted"}
"""What a map of columns and the report call them."""

_LONGEST: Final = 500  # characters of a header that is cut
_MOST_CUTS: Final = 10  # that are tried in one header, of each kind
_PARTED: Final = frozenset({"multi", "ranked", "slots"})  # kinds with a column for each part
_BRACKET: Final = re.compile(r"(?=\[(.*)\]$)", re.DOTALL)
# What form services put between a question and its option instead of brackets.
_CUTS: Final = (
    re.compile(r"(?=\((.*)\)$)", re.DOTALL),
    re.compile(r"(?=[/|:](.*)$)", re.DOTALL),
    re.compile(r"(?=\s[-‐‑‒–—−]\s(.*)$)", re.DOTALL),
)
_NUMBERING: Final = re.compile(
    r"^[\s*]*(?:№\s*|q|вопрос\s+|question\s+)?\d{1,3}(?:\.\d{1,3})*\s*[.):]\s*"
)
_REQUIRED: Final = re.compile(
    r"\((?:обязательно|обязательный(?: вопрос)?|required)\)(?=[\s*:?.]*$)"
)
_TRAILING: Final = " *:?.…"

Key = str | int | None
"""What a column of several holds: an option, a rank or a day; None for a whole answer."""


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class ColumnMap(Record):
    """What a school's own tables call questions and answers.

    Parameters
    ----------
    columns
        Headers by field: the id of a question, or ``code``, ``name``, ``contact`` or
        ``submitted``. For questions spread over several columns, such as
        ``Interests [Sport]``, the part before the bracket is enough. Where a table has such a
        header, the questionnaire's own headers of the field are not looked for in it.
    values
        By question: what the cells say, and the option that it means. Of slots these are
        days and times.
    ignore
        Headers of columns that are known to mean nothing.

    Raises
    ------
    IntakeError
        From ``load`` and ``from_dict``.
    """

    error: ClassVar = IntakeError

    columns: dict[str, Annotated[tuple[str, ...], BeforeValidator(_as_list)]] = Field(
        default_factory=dict
    )
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()


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
    ignored
        Headers of the columns that the map of columns says to leave out.
    notices
        Headers that were understood although they are none of the question's own.
    """

    columns: Mapping[str, tuple[tuple[int, Key], ...]]
    mapped: tuple[tuple[str, str], ...]
    unmapped: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    notices: tuple[Defect, ...] = ()

    def position(self, field: str) -> int | None:
        """Return the position of a field's first column, None when the table has none."""
        return self.columns[field][0][0] if field in self.columns else None


def language_of(texts: Iterable[str]) -> Language:
    """Tell the language in which a table is written: Russian when it has Cyrillic letters."""
    return "ru" if any("а" <= letter <= "я" for text in texts for letter in text.lower()) else "en"


def find_columns(table: Table, form: Questionnaire, column_map: ColumnMap | None) -> Layout:
    """Find the columns of every question, by the question's id, labels and synonyms.

    Headers that are so only when numbering, a closing ``*``, ``:`` or ``?``, letters of the
    other alphabet or a second line are left aside, or that name an option otherwise than in
    brackets, are taken where nothing else means the same, with a notice.

    Raises
    ------
    IntakeError
        When two columns hold one thing, or the part in brackets isn't understood.
    """
    names = _names(form, table, column_map)
    folded = _without_ambiguous((loose(name), field) for name, field in names.items())
    ignored = set(map(normalised, column_map.ignore if column_map else ()))
    found = _Found(table)
    notices: list[Defect] = []
    rest: list[int] = []
    for position, header in enumerate(table.header):
        if not header or normalised(header) in ignored:
            continue
        field, part = _match(header, names)
        if field is None or (part is not None and not is_parted(form, field)):
            rest.append(position)
            continue
        key = None if part is None else key_of(form, form.question(field), part)
        if part is not None and key is None:
            place = table.place(table.header_row, header)
            found.defects.append(_unknown_part(form, form.question(field), part, place))
            continue
        found.add(position, field, key)
    clean = {field: frozenset(own) for field, own in found.columns.items()}
    unmapped = []
    for position in rest:
        header = table.header[position]
        match = _loose_match(header, form, folded)
        if match is None or _collides(clean.get(match[0], frozenset()), match[1]):
            unmapped.append(header)
            continue
        field, key = match
        found.add(position, field, key)
        notices.append(_loose_notice(form, field, key, table.place(table.header_row, header)))
    if found.defects:
        raise IntakeError(*found.defects)
    return Layout(
        {
            field: tuple((it, key) for key, it in own.items())
            for field, own in found.columns.items()
        },
        tuple(
            (table.header[place], IDENTITY.get(field, field))
            for field, own in found.columns.items()
            for place in own.values()
        ),
        tuple(unmapped),
        tuple(header for header in table.header if header and normalised(header) in ignored),
        tuple(notices),
    )


class _Found:
    """The columns found so far, and those that say the same as another one."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns: defaultdict[str, dict[Key, int]] = defaultdict(dict)
        self.defects: list[Defect] = []

    def add(self, position: int, field: str, key: Key) -> None:
        """Take a column, unless another one holds the same."""
        columns = self.columns[field]
        other = next((at for name, at in columns.items() if _collides({name}, key)), None)
        if other is None:
            columns[key] = position
            return
        header = self.table.header
        values = {"first": header[other], "letters": column_letters(other + 1)}
        place = self.table.place(self.table.header_row, header[position])
        self.defects.append(Defect("intake.two-columns", place, values))


def _collides(keys: Set[Key], key: Key) -> bool:
    """Tell whether a column holds what others hold: the same part, or part and whole."""
    return key in keys or (None in keys or (key is None and bool(keys)))


def check_column_map(
    column_map: ColumnMap, form: Questionnaire, tables: Sequence[Table]
) -> Iterator[Defect]:
    """Find what a map names that isn't there, and what it gives two meanings."""
    questions = [question.id for question in form.questions]
    known = [*questions, *IDENTITY.values()]
    present = {
        spelling for table in tables for header in table.header for spelling in _spellings(header)
    }
    owners: dict[str, str] = {}
    for field, headers in (*column_map.columns.items(), ("ignore", column_map.ignore)):
        is_field = headers is not column_map.ignore
        place = Place(field=f"columns.{field}" if is_field else field)
        if is_field and field not in known:
            yield Defect("intake.map-field", place, {"names": _near(field, known)})
        for header in headers:
            spelling = normalised(header)
            if tables and spelling not in present:
                yield Defect("intake.map-header", place, {"header": header})
            if owners.setdefault(spelling, field) != field:
                values = {"header": header, "other": owners[spelling]}
                yield Defect("intake.map-twice", place, values)
    for field, wordings in column_map.values.items():
        place = Place(field=f"values.{field}")
        if field not in questions:
            yield Defect("intake.map-field", place, {"names": _near(field, questions)})
        else:
            yield from _wording_defects(form, form.question(field), wordings, place)


def in_own_words(form: Questionnaire, column_map: ColumnMap | None) -> Questionnaire:
    """Return a questionnaire that also understands the answers of a map of columns.

    What :func:`check_column_map` refuses is left out.
    """
    if column_map is None or not column_map.values:
        return form
    questions = [
        _with_wordings(form, question, column_map.values.get(question.id, {}))
        for question in form.questions
    ]
    # Not model_copy: it would keep what the old one has computed.
    return Questionnaire.model_construct(**{**dict(form), "questions": tuple(questions)})


def _with_wordings(
    form: Questionnaire, question: Question, wordings: Mapping[str, str]
) -> Question:
    if not wordings or not form.options(question):
        return question
    lists = ("days", "times") if question.kind == "slots" else ("options",)
    update: dict[str, object] = {} if question.kind == "slots" else {"vocabulary": None}
    for name in lists:
        options = getattr(question, name) if name != "options" else form.options(question)
        update[name] = tuple(
            option.model_copy(
                update={
                    "synonyms": (
                        *option.synonyms,
                        *(own for own, meant in wordings.items() if _means(option, meant)),
                    )
                }
            )
            for option in options
        )
    return question.model_copy(update=update)


def _means(option: Option, written: str) -> bool:
    return normalised(written) in option.spellings


def _wording_defects(
    form: Questionnaire, question: Question, wordings: Mapping[str, str], place: Place
) -> Iterator[Defect]:
    """Find answers that aren't options, and wordings that mean two of them."""
    options = (
        (*question.days, *question.times) if question.kind == "slots" else form.options(question)
    )
    if not options:
        yield Defect("intake.map-no-options", place)
        return
    owners = {spelling: option.id for option in options for spelling in option.spellings}
    for written, meant in wordings.items():
        found = next((option.id for option in options if _means(option, meant)), None)
        if found is None:
            names = _near(meant, [option.id for option in options])
            yield Defect("intake.map-option", place, {"found": meant, "names": names})
        elif (other := owners.setdefault(normalised(written), found)) != found:
            yield Defect("intake.map-value-twice", place, {"value": written, "other": other})


def _near(written: str, known: Sequence[str]) -> str:
    return ", ".join(difflib.get_close_matches(written, known, n=1) or known)


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
    yield from ((normalised(name), part) for name, part in _cut(header, _BRACKET))


def cuts(header: str) -> Iterator[tuple[str, str]]:
    """List all ways to cut a header in a question and a part, brackets first."""
    for where in (_BRACKET, *_CUTS):
        yield from _cut(header, where)


def _cut(header: str, where: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """List the ways to cut a header in a question and a part."""
    if len(header) <= _LONGEST:
        for cut in islice(where.finditer(header), _MOST_CUTS):
            yield header[: cut.start()], cut[1]


def _spellings(header: str) -> set[str]:
    """Give everything in a header that a map of columns may name."""
    return {normalised(header), *(normalised(name) for name, _ in cuts(header))}


def _match(header: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the field of a header, and the part of it that the header has in brackets."""
    found = ((names.get(name), part) for name, part in _readings(header))
    return next((reading for reading in found if reading[0] is not None), (None, None))


def loose(written: str) -> str:
    """Fold a header further: no numbering, no closing signs, letters by their look."""
    folded = _NUMBERING.sub("", normalised(written), count=1)
    folded = _REQUIRED.sub("", folded).strip(_TRAILING)
    return skeleton(folded)


def _without_ambiguous(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep what means one field only."""
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for name, field in entries:
        fields[name].add(field)
    return {name: next(iter(own)) for name, own in fields.items() if name and len(own) == 1}


def _loose_match(
    header: str, form: Questionnaire, names: Mapping[str, str]
) -> tuple[str, Key] | None:
    """Return field and part of a header that nothing means as it stands.

    A part counts only if it is one of the question's.
    """
    for written in dict.fromkeys((header, header.partition("\n")[0])):
        whole = names.get(loose(written))
        if whole is not None:
            return whole, None
        plain = _REQUIRED.sub("", written).rstrip(_TRAILING)
        for name, part in cuts(plain):
            field = names.get(loose(name))
            if field is not None and is_parted(form, field):
                key = key_of(form, form.question(field), part.strip(_TRAILING))
                if key is not None:
                    return field, key
    return None


def is_parted(form: Questionnaire, field: str) -> bool:
    """Tell whether the answers to a field may stand in several columns."""
    return field not in IDENTITY and form.question(field).kind in _PARTED


def _loose_notice(form: Questionnaire, field: str, key: Key, place: Place) -> Defect:
    """Say what an unusual header was taken for."""
    lang = language_of([place.column or ""])
    if field in IDENTITY:
        header = form.identity.headers[list(IDENTITY).index(field)].text(lang)
        return Defect("intake.loose-header", place, {"header": header})
    question = form.question(field)
    header = question.label.text(lang)
    if key is not None:
        named = (it.label.text(lang) for it in _parts(form, question) if it.id == key)
        header += f" [{next(named, key)}]"
    return Defect("intake.loose-header", place, {"header": header})


def _parts(form: Questionnaire, question: Question) -> tuple[Option, ...]:
    return question.days if question.kind == "slots" else form.options(question)


def key_of(form: Questionnaire, question: Question, part: str) -> Key:
    """Return the option, rank or day that part of a header names; None when it is none."""
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

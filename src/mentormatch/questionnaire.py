"""What people are asked: questions, their options and labels, and scales made of several items.

A questionnaire is data. A school writes its own, or takes a preset and changes it;
nothing else in the library knows the name of a question, except ``kind`` and
``roles``, which every questionnaire has.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal, Self, get_args

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from mentormatch.errors import QuestionnaireError
from mentormatch.messages import Language, text
from mentormatch.record import Part, Record

Kind = Literal[
    "choice", "multi", "ranked", "scale", "number", "date", "text", "slots", "people", "flag"
]
Sensitivity = Literal["public", "internal", "restricted"]

_FROM_OPEN_TO_PRIVATE: Final = get_args(Sensitivity)
_SHOWN_LENGTH: Final = 40
_HIDDEN: Final = "…"

# Typists and office programs write the same letter, quote or dash in several ways.
_PLAIN: Final = str.maketrans(
    dict.fromkeys("«»“”„‟", '"')
    | dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    # soft hyphens, joiners, marks of direction, variants of a sign
    | dict.fromkeys("\ufeff\u00ad\u034f\u061c\u180e\u2060\ufe0e\ufe0f")
    | dict.fromkeys(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F))))
    | dict.fromkeys(map(chr, range(0x2066, 0x206A)))
    | {"ё": "е", "Ё": "Е"}
)


def normalised(written: str) -> str:
    """Fold a header, a label or a name so that equal meaning gives equal text.

    Unicode is composed, case is folded, ё becomes е, quotes and dashes become plain,
    invisible marks vanish, and every run of spaces (no-break ones too) becomes one.
    """
    return composed(written.casefold())


def composed(written: str) -> str:
    """Fold like :func:`normalised`, but keep capital letters."""
    return " ".join(unicodedata.normalize("NFC", written).translate(_PLAIN).split())


def _spellings(*written: str) -> tuple[str, ...]:
    """Fold several ways to write one thing, dropping repetitions."""
    return tuple(dict.fromkeys(map(normalised, written)))


def _check_id(written: str) -> str:
    """Accept what can stand in a cell between the signs of its grammar."""
    if not written or any(sign.isspace() or sign in ";,=[]" for sign in written):
        raise PydanticCustomError("questionnaire.id", "questionnaire.id", {"found": written})
    return written


Finding = tuple[tuple[str | int, ...], str, dict[str, Any]]
"""What is wrong inside a record: the steps to it, a key of the catalogue, its values."""


def refuse(findings: Iterable[Finding]) -> None:
    """Raise one validation error of all findings; for validators of records."""
    errors = [
        InitErrorDetails(type=PydanticCustomError(code, code, values), loc=loc, input=None)
        for loc, code, values in findings
    ]
    if errors:
        raise ValidationError.from_exception_data("refused", errors)


Id = Annotated[str, AfterValidator(_check_id)]


class Label(Part):
    """The wording of something in every language; in a file, plain text serves for all."""

    ru: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _read_plain_text(cls, data: Any) -> Any:
        return {"ru": data, "en": data} if isinstance(data, str) else data

    def text(self, lang: Language = "en") -> str:
        """Return the wording in one language."""
        return self.ru if lang == "ru" else self.en


class Header(Label):
    """A column that is not a question, with further headers schools give it."""

    synonyms: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every folded text that means this column."""
        return _spellings(self.ru, self.en, *self.synonyms)


class Option(Part):
    """One possible answer; in a file, ``ru`` and ``en`` may stand next to ``id``.

    ``other`` marks the option "Other: ...", beside which people write what they like: that
    they did is kept, the text is not.
    """

    id: Id
    label: Label
    synonyms: tuple[str, ...] = ()
    other: bool = False

    @model_validator(mode="before")
    @classmethod
    def _read_flat_label(cls, data: Any) -> Any:
        if isinstance(data, dict) and "label" not in data and {"ru", "en"} & data.keys():
            label = {lang: data[lang] for lang in ("ru", "en") if lang in data}
            rest = {key: value for key, value in data.items() if key not in label}
            return rest | {"label": label}
        return data

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every folded text that means this option."""
        return _spellings(self.id, self.label.ru, self.label.en, *self.synonyms)


class Audience(Part):
    """Who is asked: people of these kinds in these roles; nothing named means everybody."""

    kinds: tuple[str, ...] = ()
    roles: tuple[Literal["mentor", "mentee"], ...] = ()

    def includes(self, kind: str, roles: Iterable[str]) -> bool:
        """Tell whether a person of a kind in some roles is asked."""
        return (not self.kinds or kind in self.kinds) and (
            not self.roles or not set(self.roles).isdisjoint(roles)
        )


class Levels(Part):
    """The whole numbers that grade each chosen option."""

    low: int = Field(1, ge=1)
    high: int = Field(10, le=1000)


class Question(Part):
    """One question of one kind.

    Which keys go with which kind: ``vocabulary`` or ``options`` with choice, multi and
    ranked; ``levels`` with multi; ``max`` (most answers) with multi, ranked and people;
    ``low`` and ``high`` with scale (1..10 when not said) and number; ``decimals`` (digits
    after the point) and ``rest`` (a choice question that the rest of the cell
    answers, as in "5B") with number; ``ranked`` with people; ``days`` and ``times`` with slots;
    ``may_be_none`` ("-" is the answer "none") with multi, ranked, slots and people.
    What the school answers, such as dates of consents, isn't asked on a form that is handed out.
    ``identifying`` says that others know the answer and could tell by it who somebody is.
    ``earlier``, with scale and number, names the question of an earlier questionnaire that
    asked what people expect of the same thing.
    """

    id: Id
    kind: Kind
    label: Label
    help: Label | None = None
    synonyms: tuple[str, ...] = ()
    asked: Audience = Audience()
    answered_by: Literal["participant", "school"] = "participant"
    sensitivity: Sensitivity = "internal"
    identifying: bool = False
    required: bool = False
    vocabulary: str | None = None
    options: tuple[Option, ...] = ()
    levels: Levels | None = None
    max: int | None = Field(None, ge=1)
    low: int | None = None
    high: int | None = None
    decimals: int = Field(0, ge=0, le=3)
    rest: str | None = None
    ranked: bool = False
    days: tuple[Option, ...] = ()
    times: tuple[Option, ...] = ()
    may_be_none: bool = False
    earlier: Id | None = None

    @model_validator(mode="before")
    @classmethod
    def _default_range(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("kind") == "scale":
            return {"low": 1, "high": 10} | data
        return data

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every folded header that means this question."""
        return _spellings(self.id, self.label.ru, self.label.en, *self.synonyms)

    def shown(self, found: object) -> str:
        """Return what a message may show of an answer: shortened, or nothing if it is private."""
        if self.sensitivity == "restricted" or self.kind in {"text", "people"}:
            return _HIDDEN
        written = str(found)
        if len(written) <= _SHOWN_LENGTH:
            return written
        return written[: _SHOWN_LENGTH - 1] + _HIDDEN


class CompositeScale(Part):
    """The mean of several scale items; answered when at least half of its items are.

    Items in ``reversed`` are mirrored first: low + high - answer.
    """

    id: Id
    label: Label
    items: tuple[str, ...] = Field(min_length=1)
    reversed: tuple[str, ...] = ()


class Identity(Part):
    """The columns that say who answered and when: code, name, contact, time of submission."""

    code: Header = Header(
        ru="Код участника", en="Participant code", synonyms=("Код", "code", "pid", "id")
    )
    name: Header = Header(
        ru="ФИО",
        en="Full name",
        synonyms=("Ф.И.О.", "Фамилия Имя Отчество", "Фамилия, имя, отчество", "name"),
    )
    contact: Header = Header(
        ru="Контакт",
        en="Contact",
        synonyms=("Контакты", "Телефон", "Электронная почта", "e-mail", "email", "phone"),
    )

    submitted: Header = Header(
        ru="Отметка времени",
        en="Timestamp",
        synonyms=(
            *("Время создания", "Время отправки", "Время завершения"),
            *("Completion time", "Submitted at", "submitted"),
        ),
    )

    @property
    def headers(self) -> tuple[Header, Header, Header, Header]:
        """The code, name, contact and time columns."""
        return self.code, self.name, self.contact, self.submitted


class Questionnaire(Record):
    """The questions of a programme, checked against each other.

    Raises
    ------
    QuestionnaireError
        From ``load``, ``preset`` and ``from_dict``, with every contradiction.
    """

    error: ClassVar = QuestionnaireError
    preset_folder: ClassVar = "questionnaires"

    name: str
    title: Label
    identity: Identity = Identity()
    vocabularies: dict[str, tuple[Option, ...]] = Field(default_factory=dict)
    questions: tuple[Question, ...]
    scales: tuple[CompositeScale, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse(_findings(self))
        return self

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def _scales(self) -> dict[str, CompositeScale]:
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def _options(self) -> dict[str, tuple[Option, ...]]:
        return {question.id: self._resolve(question) for question in self.questions}

    def _resolve(self, question: Question) -> tuple[Option, ...]:
        if question.vocabulary is not None:
            return self.vocabularies[question.vocabulary]
        if question.kind == "slots":
            return _grid(question.days, question.times)
        return question.options or (_FLAG if question.kind == "flag" else ())

    @property
    def field_ids(self) -> tuple[str, ...]:
        """Ids of all questions, then of all composite scales."""
        return (*self._questions, *self._scales)

    def question(self, question_id: str) -> Question:
        """Return the question of this id; KeyError if there is none."""
        return self._questions[question_id]

    def scale(self, scale_id: str) -> CompositeScale:
        """Return the composite scale of this id; KeyError if there is none."""
        return self._scales[scale_id]

    def kind_of(self, field: str) -> Kind:
        """Return the kind of a question, or "scale" for a composite scale; KeyError if neither."""
        return "scale" if field in self._scales else self._questions[field].kind

    def options(self, question: Question | str) -> tuple[Option, ...]:
        """List the possible answers of a question, empty where answers are not options.

        A vocabulary is looked up; slots are days x times, such as ``mon-morning``; a flag
        has ``no`` and ``yes``.
        """
        return self._options[question if isinstance(question, str) else question.id]

    def asked_of(self, kind: str, roles: Iterable[str]) -> tuple[Question, ...]:
        """List the questions for a person of a kind in some roles."""
        roles = frozenset(roles)
        return tuple(entry for entry in self.questions if entry.asked.includes(kind, roles))

    def label(self, field: str, lang: Language = "en") -> str:
        """Return the wording of a question or composite scale; KeyError if there is none."""
        entry = self._scales.get(field) or self._questions[field]
        return entry.label.text(lang)

    def sensitivity(self, field: str) -> Sensitivity:
        """Return how private a question is; a composite scale is as private as its strictest item.

        KeyError if there is no such field.
        """
        scale = self._scales.get(field)
        if scale is None:
            return self._questions[field].sensitivity
        return max(
            (self._questions[item].sensitivity for item in scale.items),
            key=_FROM_OPEN_TO_PRIVATE.index,
        )


def _label(key: str) -> Label:
    return Label(ru=text(key, "ru"), en=text(key, "en"))


_FLAG: Final = tuple(Option(id=word, label=_label(f"option.{word}")) for word in ("no", "yes"))


def _grid(days: Sequence[Option], times: Sequence[Option]) -> tuple[Option, ...]:
    """Combine days and times to slots, understanding every spelling of both."""
    return tuple(
        Option(
            id=f"{day.id}-{time.id}",
            label=Label(ru=f"{day.label.ru} {time.label.ru}", en=f"{day.label.en} {time.label.en}"),
            synonyms=tuple(f"{d} {t}" for d in day.spellings for t in time.spellings),
        )
        for day in days
        for time in times
    )


# Names that the grammar of conditions keeps for itself.
_RESERVED_IDS: Final = frozenset({"any", "not", "role"})

_KEYS_OF_KINDS: Final[dict[str, frozenset[Kind]]] = {
    "vocabulary": frozenset({"choice", "multi", "ranked"}),
    "options": frozenset({"choice", "multi", "ranked"}),
    "levels": frozenset({"multi"}),
    "max": frozenset({"multi", "ranked", "people"}),
    "low": frozenset({"scale", "number"}),
    "high": frozenset({"scale", "number"}),
    "decimals": frozenset({"number"}),
    "rest": frozenset({"number"}),
    "ranked": frozenset({"people"}),
    "days": frozenset({"slots"}),
    "times": frozenset({"slots"}),
    "may_be_none": frozenset({"multi", "ranked", "slots", "people"}),
    "earlier": frozenset({"scale", "number"}),
}


def _findings(form: Questionnaire) -> Iterator[Finding]:
    for name, options in form.vocabularies.items():
        yield from _option_findings(options, ("vocabularies", name))
    for place, question in enumerate(form.questions):
        yield from _question_findings(form, question, ("questions", place))
    yield from _name_findings(form)
    yield from _reserved_findings(form)
    yield from _scale_findings(form)
    yield from _rest_findings(form)


def _option_findings(options: Sequence[Option], loc: tuple[str | int, ...]) -> Iterator[Finding]:
    owners: dict[str, int] = {}
    for place, option in enumerate(options):
        for spelling in option.spellings:
            if owners.setdefault(spelling, place) != place:
                values = {"spelling": spelling, "option": options[owners[spelling]].id}
                yield (*loc, place), "questionnaire.same-option", values
                break
    others = [place for place, option in enumerate(options) if option.other]
    for place in others[1:]:
        values = {"option": options[others[0]].id}
        yield (*loc, place, "other"), "questionnaire.same-other", values


def _question_findings(
    form: Questionnaire, question: Question, loc: tuple[str | int, ...]
) -> Iterator[Finding]:
    kind = question.kind
    for key, kinds in _KEYS_OF_KINDS.items():
        if kind not in kinds and getattr(question, key) != Question.model_fields[key].default:
            yield (*loc, key), "questionnaire.superfluous", {"key": key, "kind": kind}
    for key in ("options", "days", "times"):
        yield from _option_findings(getattr(question, key), (*loc, key))
    if question.vocabulary is not None and question.vocabulary not in form.vocabularies:
        known = ", ".join(form.vocabularies) or _HIDDEN
        values = {"found": question.vocabulary, "names": known}
        yield (*loc, "vocabulary"), "questionnaire.no-vocabulary", values
    if kind in _KEYS_OF_KINDS["options"]:
        if question.vocabulary is None and not question.options:
            yield loc, "questionnaire.no-options", {}
        if question.vocabulary is not None and question.options:
            yield loc, "questionnaire.two-lists", {}
    if kind == "slots" and not (question.days and question.times):
        yield loc, "questionnaire.no-slots", {}
    ranges = [(question.low, question.high)]
    if question.levels is not None:
        ranges.append((question.levels.low, question.levels.high))
    for low, high in ranges:
        if low is not None and high is not None and low > high:
            yield loc, "questionnaire.range", {"low": low, "high": high}


def _rest_findings(form: Questionnaire) -> Iterator[Finding]:
    """Find questions whose rest is no choice, or the rest of another question already."""
    choices = {question.id for question in form.questions if question.kind == "choice"} - {"kind"}
    owners: dict[str, str] = {}
    for place, question in enumerate(form.questions):
        if question.rest is None:
            continue
        if question.rest not in choices:
            yield ("questions", place, "rest"), "questionnaire.no-rest", {"found": question.rest}
        owner = owners.setdefault(question.rest, question.id)
        if owner != question.id:
            yield ("questions", place, "rest"), "questionnaire.same-rest", {"other": owner}


def _name_findings(form: Questionnaire) -> Iterator[Finding]:
    """Find ids that occur twice and headers that mean two columns."""
    ids: set[str] = set()
    groups = {
        "questions": [question.id for question in form.questions],
        "scales": [scale.id for scale in form.scales],
    }
    for group, names in groups.items():
        for place, name in enumerate(names):
            if name in ids:
                yield (group, place, "id"), "questionnaire.same-id", {"id": name}
            if name in _RESERVED_IDS:
                yield (group, place, "id"), "questionnaire.reserved-id", {"id": name}
            ids.add(name)
    owners = {
        spelling: header.en for header in form.identity.headers for spelling in header.spellings
    }
    for place, question in enumerate(form.questions):
        for spelling in question.spellings:
            owner = owners.setdefault(spelling, question.id)
            if owner != question.id:
                values = {"header": spelling, "other": owner}
                yield ("questions", place), "questionnaire.same-header", values


def _reserved_findings(form: Questionnaire) -> Iterator[Finding]:
    """Find what is wrong with ``kind`` and ``roles``, and audiences of unknown kinds."""
    found = {question.id: question for question in form.questions}
    kind, roles = found.get("kind"), found.get("roles")
    if kind is None or kind.kind != "choice":
        yield ("questions",), "questionnaire.no-kind", {}
    else:
        known = {option.id for option in _listed(form, kind)}
        for place, question in enumerate(form.questions):
            for name in question.asked.kinds:
                if name not in known:
                    values = {"found": name, "names": ", ".join(sorted(known))}
                    loc = ("questions", place, "asked", "kinds")
                    yield loc, "questionnaire.unknown-kind", values
    options = {option.id for option in _listed(form, roles)} if roles else set()
    if roles is None or roles.kind != "multi" or roles.levels or options != {"mentor", "mentee"}:
        yield ("questions",), "questionnaire.no-roles", {}


def _listed(form: Questionnaire, question: Question) -> tuple[Option, ...]:
    return form.vocabularies.get(question.vocabulary or "", question.options)


def _scale_findings(form: Questionnaire) -> Iterator[Finding]:
    found = {question.id: question for question in form.questions}
    for place, scale in enumerate(form.scales):
        ranges = set()
        for item in scale.items:
            question = found.get(item)
            if question is None or question.kind != "scale":
                yield ("scales", place, "items"), "questionnaire.no-item", {"item": item}
            else:
                ranges.add((question.low, question.high))
        if len(ranges) > 1:
            yield ("scales", place, "items"), "questionnaire.item-ranges", {}
        if len(set(scale.items)) < len(scale.items):
            yield ("scales", place, "items"), "questionnaire.same-item", {}
        for item in set(scale.reversed) - set(scale.items):
            yield ("scales", place, "reversed"), "questionnaire.not-an-item", {"item": item}

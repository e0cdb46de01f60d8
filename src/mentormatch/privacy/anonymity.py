"""Whether an export hides each person among others: k-anonymity and l-diversity.

People who agree in everything that others could know about them form a class. In an export
that is k-anonymous every class holds k people or more (Sweeney 2002, "k-anonymity: a model for
protecting privacy"); it is l-diverse when each class holds at least l different values of what
must not become known (Machanavajjhala and others 2007).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Final, Literal, get_args

from mentormatch.errors import MentorMatchError
from mentormatch.messages import Language, text
from mentormatch.privacy.export import ExportRecord
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.questionnaire import Questionnaire
from mentormatch.spreadsheet import Cell

Change = Literal["band", "year", "merge", "drop"]
"""What can be done to a field, from mild to severe."""

_WIDTHS: Final = (2, 3, 5, 10)
_OTHER: Final = "*"
_SHOWN: Final = 3  # suggestions in words
_SHOWN_CLASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Coarsening:
    """A change that makes people of an export more alike.

    Parameters
    ----------
    field
        What is changed.
    change
        ``band``: numbers become bands of ``width``; ``year``: dates become years; ``merge``:
        values of fewer than k people become one; ``drop``: the field is left out.
    width
        Of a band.
    exposed
        People who would still be in classes of fewer than k.
    rare
        The values that ``merge`` makes one; not shown.
    """

    field: str
    change: Change
    width: int | None
    exposed: int
    rare: frozenset[Cell] = frozenset()

    def __repr__(self) -> str:
        return f"Coarsening({self.field!r}, {self.change!r}, exposed={self.exposed})"

    def applied_to(self, records: Iterable[ExportRecord]) -> tuple[ExportRecord, ...]:
        """Return the records with this change made."""
        return tuple(dict(self._changed(record)) for record in records)

    def _changed(self, record: ExportRecord) -> Iterator[tuple[str, Cell]]:
        for name, cell in record.items():
            if name != self.field:
                yield name, cell
            elif self.change != "drop":
                yield name, self._coarse(cell)

    def _coarse(self, cell: Cell) -> Cell:
        if self.change == "merge":
            return _OTHER if cell in self.rare else cell
        if isinstance(cell, date):
            return cell.year
        if self.width is None or not isinstance(cell, int | float | Decimal):
            return cell
        low = int(cell // self.width) * self.width
        return f"{low}..{low + self.width - 1}"

    def text(self, lang: Language = "en") -> str:
        """Say in words what it does and what it brings."""
        return text(
            f"privacy.coarsen.{self.change}",
            lang,
            field=self.field,
            width=self.width or 0,
            exposed=self.exposed,
        )


@dataclass(frozen=True, slots=True)
class Anonymity:
    """How far an export hides people among each other.

    Parameters
    ----------
    wanted
        How many people every class should hold.
    quasi
        What others could know: the fields that make the classes.
    k
        How many the smallest class holds; 0 when there is nobody.
    classes
        How many classes there are.
    small
        The classes of fewer than ``wanted``, by the codes of the export, the smallest first.
    diversity
        The fewest different values of the sensitive field in a class; None without one.
    uniform
        With a sensitive field: the classes in which everybody has the same value of it, by
        code. Whoever knows that somebody is in such a class knows the value.
    suggestions
        Single changes, the most helpful first; of equally helpful ones, the mildest.
    """

    wanted: int
    quasi: tuple[str, ...]
    k: int
    classes: int
    small: tuple[tuple[str, ...], ...]
    diversity: int | None
    uniform: tuple[tuple[str, ...], ...]
    suggestions: tuple[Coarsening, ...]

    @property
    def exposed(self) -> int:
        """How many people are in classes that are too small."""
        return sum(map(len, self.small))

    def __bool__(self) -> bool:
        return not self.small

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        fields = ", ".join(self.quasi) or "-"
        lines = [text("privacy.anonymity.by", lang, fields=fields, count=self.classes, k=self.k)]
        if self.small:
            lines.append(
                text("privacy.anonymity.exposed", lang, count=self.exposed, wanted=self.wanted)
            )
            lines += [f"- {', '.join(codes)}" for codes in self.small[:_SHOWN_CLASSES]]
            more = len(self.small) - _SHOWN_CLASSES
            if more > 0:
                lines.append(text("privacy.anonymity.more", lang, count=more))
            lines.append(text("privacy.anonymity.advice", lang))
            lines += [f"- {one.text(lang)}" for one in self.suggestions[:_SHOWN]]
        else:
            lines.append(text("privacy.anonymity.fine", lang, wanted=self.wanted))
        if self.diversity is not None:
            lines.append(
                text(
                    "privacy.anonymity.diversity",
                    lang,
                    least=self.diversity,
                    uniform=len(self.uniform),
                )
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def anonymity(
    records: Sequence[ExportRecord],
    quasi: Iterable[str] | Questionnaire,
    *,
    k: int = SMALLEST,
    sensitive: str | None = None,
    code: str = "code",
) -> Anonymity:
    """Check whether everybody in an export is hidden among others.

    Parameters
    ----------
    records
        As ``export`` returns them: one mapping per person, the same keys in each.
    quasi
        The fields that others could know; or a questionnaire, for its questions that are
        ``identifying``, as far as the export has them. A missing answer is a value like others.
    k
        How many people have to be alike.
    sensitive
        A field that must not become known by knowing those.
    code
        The field with the codes of the export.

    Raises
    ------
    MentorMatchError
        When the records lack a field that is named.
    """
    there = tuple(records[0]) if records else ()
    if isinstance(quasi, Questionnaire):
        fields = tuple(one.id for one in quasi.questions if one.identifying and one.id in there)
    else:
        fields = tuple(quasi)
    named = (*fields, code) if sensitive is None else (*fields, code, sensitive)
    for name in named if records else ():
        if name not in there:
            raise MentorMatchError.of("privacy.no-field", found=name, names=", ".join(there))
    classes = _classes(records, fields)
    codes = [tuple(sorted(str(one[code]) for one in people)) for people in classes]
    values = [{one[sensitive] for one in people} for people in classes] if sensitive else []
    small = sorted((one for one in codes if len(one) < k), key=lambda one: (len(one), one))
    uniform = [one for one, seen in zip(codes, values, strict=False) if len(seen) == 1]
    return Anonymity(
        wanted=k,
        quasi=fields,
        k=min(map(len, codes), default=0),
        classes=len(codes),
        small=tuple(small),
        diversity=min(map(len, values), default=0) if sensitive else None,
        uniform=tuple(sorted(uniform)),
        suggestions=_suggestions(records, fields, k) if small else (),
    )


def _classes(records: Iterable[ExportRecord], fields: Sequence[str]) -> list[list[ExportRecord]]:
    found: dict[tuple[Cell, ...], list[ExportRecord]] = defaultdict(list)
    for record in records:
        found[tuple(record.get(name) for name in fields)].append(record)
    return list(found.values())


def _suggestions(
    records: Sequence[ExportRecord], fields: Sequence[str], k: int
) -> tuple[Coarsening, ...]:
    """Try every single change."""
    found = []
    for field in fields:
        for change, width, rare in _changes([record[field] for record in records], k):
            tried = Coarsening(field, change, width, 0, rare)
            classes = _classes(tried.applied_to(records), fields)
            exposed = sum(len(people) for people in classes if len(people) < k)
            found.append(Coarsening(field, change, width, exposed, rare))
    mildness = get_args(Change)
    return tuple(
        sorted(found, key=lambda one: (one.exposed, mildness.index(one.change), one.width or 0))
    )


def _changes(cells: Sequence[Cell], k: int) -> Iterator[tuple[Change, int | None, frozenset[Cell]]]:
    """List what can be done to a field."""
    given = [cell for cell in cells if cell is not None]
    if given and all(isinstance(cell, int | float | Decimal) for cell in given):
        yield from (("band", width, frozenset()) for width in _WIDTHS)
    elif given and all(isinstance(cell, date) for cell in given):
        yield "year", None, frozenset()
    else:
        rare = frozenset(cell for cell, count in Counter(given).items() if count < k)
        if len(rare) > 1:
            yield "merge", None, rare
    yield "drop", None, frozenset()

"""A line of days on a sheet: where they stand, the school years above them, and today."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, get_args

from mentormatch.canvas import ORANGE
from mentormatch.documents.pictures.board import INK, LINE, QUIET, Board, width_of
from mentormatch.messages import Language, day, text
from mentormatch.roadmap.deadlines import school_year_of
from mentormatch.roadmap.standing import RoadmapStatus

Span = Literal["school-year", "quarter", "month"]
SPANS: Final[tuple[Span, ...]] = get_args(Span)
_NAMES: Final[dict[Span, tuple[str, ...]]] = {
    "school-year": ("school-year", "school-year-short"),
    "quarter": ("quarter", "quarter-short"),
    "month": ("month",),
}
"""Keys of the names, the longer ones first."""

_THICK: Final[dict[Span, float]] = {"school-year": 0.9, "quarter": 0.4, "month": 0.2}

_DAYS: Final[dict[Span, int]] = {"school-year": 365, "quarter": 91, "month": 30}
_LEAST: Final = 0.04  # inches between two lines

TIER: Final = 0.17
"""How high a line of the calendar is."""

_SMALL: Final = 6.0
_PAD: Final = 0.03


@dataclass(frozen=True, slots=True)
class Scale:
    """Where days stand on a sheet.

    Parameters
    ----------
    first, last
        The days at both ends.
    left, right
        Where these stand, in inches.
    """

    first: date
    last: date
    left: float
    right: float

    def at(self, on: date) -> float:
        """Return where a day begins; what lies outside stands at the nearer end."""
        days = min(max((on - self.first).days, 0), self.days)
        return self.left + (self.right - self.left) * days / self.days

    def after(self, on: date) -> float:
        """Return where a day ends."""
        return self.at(on + timedelta(days=1)) if on < date.max else self.right

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    def holds(self, on: date) -> bool:
        """Tell whether a day is among them."""
        return self.first <= on <= self.last

    def spans(self, kind: Span) -> Iterator[tuple[date, date]]:
        """Break it into school years, quarters or months: first and last day of each."""
        start = self.first
        while start <= self.last:
            following = _following(start, kind)
            end = min(self.last, following - timedelta(days=1))
            yield start, end
            start = end + timedelta(days=1)


def scale_of(status: RoadmapStatus, left: float, right: float) -> Scale:
    """Make a scale of whole months that holds the programme and all that is due or done."""
    roadmap = status.roadmap
    days = [roadmap.starts, roadmap.ends]
    for it in status.occurrences:
        days += [it.occurrence.opens, it.occurrence.due]
        days += [] if it.done is None else [it.done]
    last = max(days)
    last = last.replace(day=monthrange(last.year, last.month)[1])
    return Scale(min(days).replace(day=1), last, left, right)


def calendar(
    board: Board,
    scale: Scale,
    *,
    top: float,
    bottom: float,
    lang: Language,
    kinds: tuple[Span, ...] = SPANS,
) -> None:
    """Draw school years, quarters and months above what is drawn from ``top`` to ``bottom``.

    Each has a line, and its name where there is room.
    """
    inch = scale.days / (scale.right - scale.left)
    for tier, kind in enumerate(kinds, -len(kinds)):
        if _DAYS[kind] < _LEAST * inch:
            continue  # a roadmap of centuries, by a slip of the pen
        y = top + tier * TIER
        spans = [*scale.spans(kind)]
        names = [*_names(kind, spans, scale, lang)]
        for (first, last), name in zip(spans, names, strict=True):
            left, end = scale.at(first), scale.after(last)
            board.write((left + end) / 2, y + TIER / 2, name, end - left, size=_SMALL,
                        align="center", colour=QUIET)  # fmt: skip
            look: dict[str, Any] = {"color": LINE, "linewidth": _THICK[kind], "zorder": 0.5}
            board.line([left, left], [y, y + TIER], **look)
            if kind != "month":
                board.line([left, left], [top, bottom], **look)
    board.line([scale.left, scale.right], [top, top], color=INK, linewidth=0.6)
    high = top - len(kinds) * TIER
    board.line([scale.right, scale.right], [high, bottom], color=LINE, linewidth=0.9)


def _names(
    kind: Span, spans: list[tuple[date, date]], scale: Scale, lang: Language
) -> Iterator[str]:
    """Name spans alike, as fully as the widest has room for; a narrower one shorter or not."""
    rooms = [scale.after(last) - scale.at(first) - _PAD for first, last in spans]
    wordings = [[_named(name, first, lang) for first, _ in spans] for name in _NAMES[kind]]
    while wordings and max(width_of(each, _SMALL) for each in wordings[0]) > max(rooms):
        del wordings[0]
    for place, room in enumerate(rooms):
        found = (words[place] for words in wordings)
        yield next((each for each in found if width_of(each, _SMALL) <= room), "")


def _named(name: str, first: date, lang: Language) -> str:
    """Name a school year, a quarter or a month by its first day."""
    year = school_year_of(first).year
    values = {
        "from": year,
        "to": f"{(year + 1) % 100:02d}",
        "quarter": (first.month - 1) // 3 + 1,
        "year": first.year,
    }
    key = f"chart.month.{first.month}" if name == "month" else f"chart.{name}"
    return text(key, lang, **values)


def today(
    board: Board, scale: Scale, on: date, *, top: float, bottom: float, lang: Language
) -> None:
    """Draw a line for the day; where it lies outside, say on which side."""
    key = "today" if scale.holds(on) else "before" if on < scale.first else "after"
    words = text(f"chart.{key}", lang, on=day(on, lang))
    x = scale.at(on)
    if key == "today":
        board.line([x, x], [top, bottom + 0.06], "today", color=ORANGE, linewidth=1.1,
                   linestyle="--", zorder=4)  # fmt: skip
    half = width_of(words, bold=True) / 2
    middle = min(max(x, scale.left + half), scale.right - half)
    board.write(middle, bottom + 0.16, words, scale.right - scale.left, align="center", bold=True,
                colour=ORANGE)  # fmt: skip


def _following(on: date, kind: Span) -> date:
    """Return the first day of the next school year, quarter or month."""
    if kind == "school-year":
        return date(school_year_of(on).year + 1, 9, 1)
    months = 3 * ((on.month - 1) // 3 + 1) if kind == "quarter" else on.month
    return date(on.year + months // 12, months % 12 + 1, 1)

"""The roadmap as a Gantt chart: when each row is to be done, and what has become of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, get_args

from mentormatch.canvas import BLUE, ORANGE, PALE
from mentormatch.documents.pictures.board import BAND, LINE, QUIET, Board
from mentormatch.documents.pictures.timeline import SPANS, TIER, Scale, calendar, scale_of, today
from mentormatch.messages import Language, day, text
from mentormatch.roadmap.standing import OccurrenceStatus, Progress, RoadmapStatus, RowStatus

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROGRESS: Final[tuple[Progress, ...]] = get_args(Progress)


@dataclass(frozen=True, slots=True)
class Look:
    """How a progress looks: told apart by hatching and shape as well as by colour.

    Parameters
    ----------
    face, edge, hatch
        Of the bar.
    shape, filled
        Of the mark on the day.
    """

    face: str
    edge: str
    hatch: str
    shape: str
    filled: bool


WORST_FIRST: Final[tuple[Progress, ...]] = (
    *("overdue", "blocked", "due", "done_late", "done", "not_yet"),
)
LOOKS: Final[dict[Progress, Look]] = {
    "done": Look(BLUE, BLUE, "", "o", filled=True),
    "done_late": Look("#cfe3f1", BLUE, "/", "s", filled=True),
    "overdue": Look("#fbe0d0", ORANGE, "x", "X", filled=True),
    "blocked": Look("white", ORANGE, "\\", "^", filled=True),
    "due": Look("white", BLUE, "", "D", filled=False),
    "not_yet": Look(PALE, "#a6a6a6", "", "d", filled=False),
}

_WIDTH: Final = 11.69  # A4 across
_MARGIN: Final = 0.3
_LABELS: Final = 4.1
_COUNTS: Final = 0.45
_LINE: Final = 0.2
_BAR: Final = 0.11
_THIN: Final = 0.06
_SMALL: Final = 6.0
_PAD: Final = 0.06


def gantt(status: RoadmapStatus, lang: Language = "en") -> "Figure":
    """Draw the roadmap as a Gantt chart, with a line for the day.

    Each time that a row is due is a bar from the first day that counts to the last, with a
    mark on that day; bars and marks look different by what has become of it. A line leads from
    the day to the one on which it was done late, or to today where it still isn't done. What
    has no day of its own has a thin bar. At the end of a row stands how often it is done.

    Parameters
    ----------
    status
        How the roadmap stands on a day.
    lang
        The language of the words in it.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    sections = _sections(status, lang)
    lines = len(status.rows) + len(sections)
    top = 0.96 + len(SPANS) * TIER
    bottom = top + lines * _LINE
    board = Board.new(_WIDTH, bottom + 0.78)
    right = _WIDTH - _MARGIN
    scale = scale_of(status, _MARGIN + _LABELS, right - _COUNTS)
    _heading(board, status, lang)
    calendar(board, scale, top=top, bottom=bottom, lang=lang)
    board.write(
        right, top - TIER / 2, text("chart.done-of", lang), _COUNTS,
        size=_SMALL, align="right", colour=QUIET,
    )  # fmt: skip
    y = top
    for title, rows in sections:
        board.box(_MARGIN, y, right - _MARGIN, _LINE, facecolor=BAND, zorder=0)
        board.write(_MARGIN + _PAD, y + _LINE / 2, title, _LABELS - 2 * _PAD, bold=True)
        y += _LINE
        for row in rows:
            _row(board, scale, status.on, row, y + _LINE / 2, lang=lang)
            y += _LINE
            board.line([_MARGIN, right], [y, y], color=LINE, linewidth=0.3, zorder=0)
    today(board, scale, status.on, top=top, bottom=bottom, lang=lang)
    _legend(board, bottom + 0.42, lang)
    return board.described(_words(status, lang))


def _heading(board: Board, status: RoadmapStatus, lang: Language) -> None:
    room = _WIDTH - 2 * _MARGIN
    values = {"title": status.roadmap.title.text(lang), "on": day(status.on, lang)}
    board.write(
        _MARGIN, 0.4, text("roadmap.status.title", lang, **values), room, size=12, bold=True
    )
    board.write(_MARGIN, 0.69, status.totals(lang), room, size=8.5, colour=QUIET)


def _sections(status: RoadmapStatus, lang: Language) -> list[tuple[str, list[RowStatus]]]:
    """Put the rows under their sections, in the roadmap's order."""
    found = [
        (
            f"{code}. {label.text(lang)}",
            [row for row in status.rows if row.activity.section == code],
        )
        for code, label in status.roadmap.sections.items()
    ]
    return [(title, rows) for title, rows in found if rows]


def _row(board: Board, scale: Scale, on: date, row: RowStatus, y: float, *, lang: Language) -> None:
    activity = row.activity
    left = _MARGIN + _PAD
    room = _LABELS - 3 * _PAD
    # Codes are short; one that isn't leaves room for the title.
    taken = board.write(left, y, activity.id, room / 3, bold=True)
    taken = min(max(taken, 0.26), room / 3) + _PAD
    board.write(left + taken, y, activity.title.text(lang), room - taken)
    for it in row.occurrences:
        _bar(board, scale, on, it, y)
    done = sum(it.is_done for it in row.occurrences)
    board.write(
        _WIDTH - _MARGIN, y, f"{done}/{len(row.occurrences)}", _COUNTS - _PAD, align="right"
    )


def _bar(board: Board, scale: Scale, on: date, it: OccurrenceStatus, y: float) -> None:
    """Draw one occurrence: its window, the day, and how late it is."""
    look = LOOKS[it.progress]
    due = it.occurrence.due
    left, end = scale.at(it.occurrence.opens), scale.after(due)
    high = _BAR if it.occurrence.dated else _THIN
    name = f"{it.activity.id}.{it.occurrence.name}.{it.progress}"
    board.box(left, y - high / 2, end - left, high, name, facecolor=look.face,
              edgecolor=look.edge, hatch=look.hatch, linewidth=0.6, zorder=2)  # fmt: skip
    late = it.done if it.progress == "done_late" else on if it.progress == "overdue" else None
    if late is not None:
        until = scale.after(late)
        board.line([end, until], [y, y], f"late.{name}", color=look.edge, linewidth=1.1, zorder=3)
        board.line([until, until], [y - 0.04, y + 0.04], color=look.edge, linewidth=1.1, zorder=3)
    if it.occurrence.dated:
        mark(board, end, y, look)


def mark(board: Board, x: float, y: float, look: Look) -> None:
    """Mark the day of what stands so."""
    # A white rim sets it apart from its own bar.
    edge = "white" if look.filled else look.edge
    board.mark(x, y, look.shape, color=look.edge if look.filled else "white",
               markeredgecolor=edge, markeredgewidth=0.7)  # fmt: skip


def _legend(board: Board, y: float, lang: Language) -> None:
    """Explain the looks, one after another."""
    x = _MARGIN
    bar = 0.34
    for progress in PROGRESS:
        look = LOOKS[progress]
        words = text(f"roadmap.progress.{progress}", lang)
        board.box(x, y - _BAR / 2, bar, _BAR, facecolor=look.face, edgecolor=look.edge,
                  hatch=look.hatch, linewidth=0.6)  # fmt: skip
        mark(board, x + bar, y, look)
        x += bar + 0.1
        x += board.write(x, y, words, 1.5) + 0.22
    board.write(_MARGIN, y + 0.2, text("chart.thin", lang), _WIDTH - 2 * _MARGIN, colour=QUIET)


def _words(status: RoadmapStatus, lang: Language) -> str:
    """Say what is drawn."""
    found = Counter(it.progress for it in status.occurrences)
    counts = ", ".join(
        f"{text(f'roadmap.progress.{it}', lang)}: {found[it]}" for it in PROGRESS if found[it]
    )
    late = ", ".join(
        f"{it.activity.id} ({day(it.occurrence.due, lang)})"
        for it in status.with_progress("overdue")
    )
    key = "chart.gantt-late" if late else "chart.gantt"
    return text(
        key, lang, title=status.roadmap.title.text(lang), on=day(status.on, lang),
        rows=len(status.rows), count=len(status.occurrences), counts=counts, late=late,
    )  # fmt: skip

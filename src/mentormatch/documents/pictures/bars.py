"""Indicators as bars against what they have to reach.

Shares stand on one scale, from 0 to 100 %. Counts of different things have no common scale:
each is drawn against its own threshold, which stands at the same place in every line.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mentormatch.canvas import BLUE, ORANGE
from mentormatch.documents.pictures.board import BAND, INK, LINE, QUIET, SIZE, Board
from mentormatch.messages import Language, day, text
from mentormatch.roadmap.indicators import Indicator, IndicatorStatus
from mentormatch.roadmap.standing import RoadmapStatus

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FACES: Final[dict[IndicatorStatus, tuple[str, str, str]]] = {
    "met": (BLUE, BLUE, ""),
    "not_met": ("#fbe0d0", ORANGE, "/"),
    "threshold_missing": ("white", QUIET, ""),
}
"""Face, edge and hatching of a bar; what can't be computed has none."""

MARKS: Final[dict[IndicatorStatus, tuple[str, str]]] = {
    "met": ("o", BLUE),
    "not_met": ("X", ORANGE),
    "not_computable": ("_", QUIET),
    "threshold_missing": ("_", QUIET),
}

_WIDTH: Final = 11.69  # A4 across
_MARGIN: Final = 0.3
_LABELS: Final = 4.0
_TRACK: Final = 3.9
_LINE: Final = 0.22
_BAR: Final = 0.12
_SMALL: Final = 6.0
_PAD: Final = 0.06
_FULL: Final = 100
_SCALE: Final = (0, 25, 50, 75, 100)  # percent that are written above shares
_THRESHOLD_AT: Final = 0.6  # of the track, where counts are drawn


def indicator_bars(status: RoadmapStatus, lang: Language = "en") -> "Figure":
    """Draw each indicator as a bar against its threshold, with its figures.

    The school's shares, the school's counts and the region's indicators stand apart. What can't
    be computed has no bar, and neither has a count without a threshold, which there is nothing
    to draw against.

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
    parts = _parts(status)
    lines = sum(len(found) + 2 for _, found in parts)
    top = 0.95
    board = Board.new(_WIDTH, top + lines * _LINE + 0.7)
    room = _WIDTH - 2 * _MARGIN
    title = text("chart.bars-title", lang, title=status.roadmap.title.text(lang),
                 on=day(status.on, lang))  # fmt: skip
    board.write(_MARGIN, 0.4, title, room, size=12, bold=True)
    found = [it.status for it in status.indicators.values()]
    board.write(_MARGIN, 0.69, counted(found, lang), room, size=8.5, colour=QUIET)
    y = top
    for name, indicators in parts:
        board.box(_MARGIN, y, room, _LINE, facecolor=BAND, zorder=0)
        board.write(
            _MARGIN + _PAD, y + _LINE / 2, text(f"chart.part.{name}", lang), room / 2, bold=True
        )
        _ruler(board, indicators[0], y + _LINE / 2, lang)
        y += _LINE
        _grid(board, indicators[0], y, y + len(indicators) * _LINE)
        for it in indicators:
            _indicator(board, it, y + _LINE / 2, lang)
            y += _LINE
            board.line([_MARGIN, _WIDTH - _MARGIN], [y, y], color=LINE, linewidth=0.3, zorder=0)
        y += _LINE
    _legend(board, y + 0.1, lang)
    said = "; ".join(it.text(lang) for it in status.indicators.values())
    return board.described(f"{title}. {counted(found, lang)}. {said}.")


def counted(found: Sequence[IndicatorStatus], lang: Language) -> str:
    """Say how many indicators are met, and how many aren't."""
    return ", ".join(
        f"{text(f'chart.indicators.{status}', lang)}: {found.count(status)}"
        for status in MARKS
        if status in found
    )


def _parts(status: RoadmapStatus) -> list[tuple[str, list[Indicator]]]:
    """Put together what is drawn on one scale."""
    everything = status.indicators.values()
    parts = [
        (f"{owner}-{unit}", [it for it in everything if (it.target.region, it.is_share) == kind])
        for owner, unit, kind in (
            ("school", "share", (False, True)),
            ("school", "count", (False, False)),
            ("region", "share", (True, True)),
            ("region", "count", (True, False)),
        )
    ]
    return [(name, found) for name, found in parts if found]


def _left() -> float:
    return _MARGIN + _LABELS


def _ruler(board: Board, one: Indicator, y: float, lang: Language) -> None:
    """Write the scale of a part above it."""
    if one.is_share:
        for share in _SCALE:
            board.write(_left() + _TRACK * share / _FULL, y, f"{share} %", 0.5, size=_SMALL,
                        align="center", colour=QUIET)  # fmt: skip
    else:
        board.write(_left() + _TRACK * _THRESHOLD_AT, y, text("chart.threshold", lang), _TRACK / 2,
                    size=_SMALL, align="center", colour=QUIET)  # fmt: skip


def _grid(board: Board, one: Indicator, top: float, bottom: float) -> None:
    places = [share / _FULL for share in _SCALE] if one.is_share else [0.0]
    for place in places:
        x = _left() + _TRACK * place
        board.line([x, x], [top, bottom], color=LINE, linewidth=0.4, zorder=0.5)


def _indicator(board: Board, it: Indicator, y: float, lang: Language) -> None:
    room = _LABELS - 3 * _PAD
    taken = board.write(_MARGIN + _PAD, y, it.id, room / 3, bold=True)
    taken = min(max(taken, 0.36), room / 3) + _PAD
    board.write(_MARGIN + _PAD + taken, y, it.target.title.text(lang), room - taken)
    end, whole = _reach(it)
    if end is not None:
        face, edge, hatch = FACES[it.status]
        board.box(_left(), y - _BAR / 2, _TRACK * end, _BAR, f"bar.{it.id}.{it.status}",
                  facecolor=face, edgecolor=edge, hatch=hatch, linewidth=0.6, zorder=2)  # fmt: skip
        if not whole:
            board.mark(_left() + _TRACK, y, ">", 5, color=edge, markeredgecolor="white")
    if it.threshold is not None:
        at = it.threshold / _FULL if it.is_share else _THRESHOLD_AT
        x = _left() + _TRACK * min(at, 1.0)
        board.line([x, x], [y - 0.085, y + 0.085], f"threshold.{it.id}", color=INK, linewidth=1.8,
                   zorder=4)  # fmt: skip
    shape, colour = MARKS[it.status]
    x = _left() + _TRACK + 0.22
    board.mark(x, y, shape, color=colour, markeredgecolor=colour, markeredgewidth=0.8)
    x += 0.1
    board.write(x, y, _said(it, lang), _WIDTH - _MARGIN - x,
                colour=INK if it.status in ("met", "not_met") else QUIET)  # fmt: skip


def _reach(it: Indicator) -> tuple[float | None, bool]:
    """Say up to which part of the track a bar goes, and whether that is all of it."""
    if it.value is None or it.numerator is None or it.status == "not_computable":
        return None, True
    if it.is_share:
        end = float(it.value)
    elif it.threshold is None:
        return None, True
    else:
        # What is at least 0 is reached by anything.
        end = _THRESHOLD_AT * it.numerator / it.threshold if it.threshold else 1.0
    return min(end, 1.0), end <= 1.0


def _said(it: Indicator, lang: Language) -> str:
    """Write the figures, what they have to reach, and whether they do."""
    status = text(f"indicator.status.{it.status}", lang)
    if it.status == "not_computable" or it.value is None:
        return status
    key = "chart.figure-share" if it.is_share and it.denominator else "chart.figure-count"
    if it.threshold is None:
        key += "-alone"
    said = text(key, lang, figure=it.figure(lang), threshold=it.threshold, status=status)
    # A figure that is high enough and not met asks for a reason.
    return said if it.holds else f"{said}; {text(f'indicator.remark.{it.remark}', lang)}"


def _legend(board: Board, y: float, lang: Language) -> None:
    x = _MARGIN
    for status, (face, edge, hatch) in FACES.items():
        shape, colour = MARKS[status]
        board.box(x, y - _BAR / 2, 0.34, _BAR, facecolor=face, edgecolor=edge, hatch=hatch,
                  linewidth=0.6)  # fmt: skip
        board.mark(x + 0.45, y, shape, color=colour, markeredgecolor=colour)
        x += 0.55
        x += board.write(x, y, text(f"indicator.status.{status}", lang), 1.6) + 0.25
    board.line([x, x], [y - 0.085, y + 0.085], color=INK, linewidth=1.8)
    x += 0.08
    x += board.write(x, y, text("chart.threshold", lang), 1.2) + 0.25
    board.write(x, y, text("chart.no-bar", lang), _WIDTH - _MARGIN - x, size=SIZE, colour=QUIET)

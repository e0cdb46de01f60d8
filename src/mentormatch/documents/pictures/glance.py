"""The programme at a glance: one sheet of paper to hang up, numbers and rows only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from mentormatch.canvas import BLUE, PALE
from mentormatch.documents.pictures.bars import MARKS, counted
from mentormatch.documents.pictures.board import BAND, QUIET, Board, wrapped
from mentormatch.documents.pictures.gantt import LOOKS, WORST_FIRST, mark
from mentormatch.documents.pictures.timeline import TIER, Span, calendar, scale_of, today
from mentormatch.documents.sources import Sources
from mentormatch.messages import Language, day, long_day, percent, text
from mentormatch.privacy.small_cells import suppress
from mentormatch.programme.facts import STAGES
from mentormatch.programme.state import State
from mentormatch.programme.status import ProgrammeStatus, status
from mentormatch.roadmap.indicators import IndicatorStatus
from mentormatch.roadmap.standing import OccurrenceStatus, Progress, RoadmapStatus

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROLES: Final = ("mentor", "mentee", "both")
MOST_ROWS: Final = 8
"""So many rows are listed under a heading; the rest is counted."""

_WIDTH, _HEIGHT = 8.27, 11.69  # A4
_MARGIN: Final = 0.55
_GAP: Final = 0.35
_HALF: Final = (_WIDTH - 2 * _MARGIN - _GAP) / 2
_LINE: Final = 0.2
_SIZE: Final = 7.5
_BAR: Final = 0.12
_HEADED: Final = 0.43  # what a heading takes with the space before it
_KEPT: Final = 4  # lines that are kept for what comes next


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands on the sheet.

    Parameters
    ----------
    people
        How many take part by category and role: rows of a name and a number for mentors,
        mentees, those who are both, and all; None where a number is hidden.
    pairs
        How many pairs and groups there are, by what they have come to.
    meetings
        How many were held, are arranged, should have been held, and were cancelled.
    plans
        How many running pairs have a plan, by how far it has come.
    done
        What is said of the plans that are carried out.
    indicators
        Ids by status.
    overdue, next
        Times that rows are or were due.
    """

    people: tuple[tuple[str, tuple[int | None, ...]], ...]
    pairs: tuple[tuple[str, int], ...]
    meetings: tuple[tuple[str, int], ...]
    plans: tuple[tuple[str, int], ...]
    done: str
    indicators: tuple[tuple[IndicatorStatus, tuple[str, ...]], ...]
    overdue: tuple[OccurrenceStatus, ...]
    next: tuple[OccurrenceStatus, ...]

    @classmethod
    def of(cls, sources: Sources) -> "Glance":
        """Count."""
        lang, on, state = sources.lang, sources.on, sources.state
        found = status(state, on)
        roadmap = sources.told
        by_status: dict[IndicatorStatus, list[str]] = {}
        for it in roadmap.indicators.values():
            by_status.setdefault(it.status, []).append(it.id)
        return cls(
            people=people_of(sources),
            pairs=_pairs(found, lang),
            meetings=_meetings(state, on, lang),
            plans=_plans(state, lang),
            done=_done(found, lang),
            indicators=tuple(
                (name, tuple(by_status[name]))
                for name in ("met", "not_met", "not_computable", "threshold_missing")
                if name in by_status
            ),
            overdue=roadmap.with_progress("overdue"),
            next=next_of(roadmap),
        )


def next_of(roadmap: RoadmapStatus) -> tuple[OccurrenceStatus, ...]:
    """List what is still to be done on a day of its own, by day."""
    found = roadmap.with_progress("due", "blocked", "not_yet")
    return tuple(it for it in found if it.occurrence.dated)


def people_of(sources: Sources) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    """Count who takes part by category and role; small numbers are hidden."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    counts = Counter(
        (person.kind, "both" if len(person.roles) > 1 else next(iter(person.roles), "both"))
        for person in sources.state.people.values()
        if person.active
    )
    kinds = sorted({kind for kind, _ in counts}, key=lambda kind: (_order(kind), kind))
    if not kinds:
        return ()
    rows = [[counts[kind, role] for role in ROLES] for kind in kinds]
    total = text("chart.all", sources.lang)
    shown = suppress(pd.DataFrame(rows, range(len(kinds)), [*ROLES]), total=total)
    names = [*(sources.faces.kind(kind) for kind in kinds), total]
    return tuple(
        (name, tuple(None if pd.isna(it) else int(it) for it in row))
        for name, row in zip(names, shown.to_numpy().tolist(), strict=True)
    )


_KINDS: Final = ("student", "teacher", "parent", "alumnus", "partner", "unistudent")


def _order(kind: str) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _pairs(found: ProgrammeStatus, lang: Language) -> tuple[tuple[str, int], ...]:
    """Count pairs: proposed and accepted ones, running ones by stage, those that ended."""
    stages = [(text(f"stage.{it}", lang), len(found.stages[it])) for it in ("waiting", *STAGES)]
    others = {it: (text(f"chart.pairs.{it}", lang), found.pairs[it]) for it in found.pairs}
    before = [others[it] for it in ("proposed", "accepted") if others[it][1]]
    return (*before, *stages, others["closed"])


def _meetings(state: State, on: date, lang: Language) -> tuple[tuple[str, int], ...]:
    counts = Counter(
        "held" if it.held is not None
        else "missed" if it.waiting and it.planned is not None and it.planned < on
        else "ahead" if it.waiting and pair.open
        else "cancelled"  # or its pair ended before
        for pair in state.pairs.values()
        for it in pair.meetings.values()
    )  # fmt: skip
    names = ("held", "ahead", "missed", "cancelled")
    return tuple((text(f"chart.meetings.{it}", lang), counts[it]) for it in names)


def _plans(state: State, lang: Language) -> tuple[tuple[str, int], ...]:
    counts = Counter(
        "none" if pair.plan is None else pair.plan.status
        for pair in state.pairs.values()
        if pair.status == "running"
    )
    names = ("none", "draft", "agreed", "approved", "in_progress")
    return tuple((text(f"chart.plans.{it}", lang), counts[it]) for it in names)


def _done(found: ProgrammeStatus, lang: Language) -> str:
    read = found.readings
    if not read.plans:
        return ""
    mean = read.total / read.plans
    return text(
        "status.readings", lang, count=read.plans, reached=read.reached,
        mean=percent(mean.numerator, mean.denominator, lang),
        share=percent(read.reached, read.plans, lang),
    )  # fmt: skip


# --- drawing --------------------------------------------------------------------------------


def at_a_glance(sources: Sources) -> "Figure":
    """Draw the programme on one sheet of A4: people, pairs, meetings, plans, indicators, rows.

    There are numbers, ids of rows and indicators, and roles on it, and nobody's name or code.
    Numbers of people below five are hidden, and those by which they could be worked out.

    Parameters
    ----------
    sources
        The programme on a day.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    lang, found = sources.lang, Glance.of(sources)
    board = Board.new(_WIDTH, _HEIGHT)
    y = _strip(board, sources, _head(board, sources))
    right = _MARGIN + _HALF + _GAP
    ends = (
        _people(board, found, _MARGIN, y, lang),
        _counts(board, text("chart.head.pairs", lang), found.pairs, right, y),
    )
    y = max(ends) + 0.16
    ends = (
        _counts(board, text("chart.head.meetings", lang), found.meetings, _MARGIN, y),
        _counts(board, text("chart.head.plans", lang), found.plans, right, y),
    )
    y = max(ends)
    if found.done:
        y += _LINE / 2
        for line in wrapped(found.done, _WIDTH - 2 * _MARGIN, 2, _SIZE):
            board.write(_MARGIN, y, line, _WIDTH - 2 * _MARGIN, size=_SIZE)
            y += _LINE
    y = _indicators(board, found, y + 0.16, lang)
    # What is left of the sheet is shared by two lists, of which what is late comes first.
    lines = int((_HEIGHT - _MARGIN - y - 2 * _HEADED) / _LINE)
    late = max(lines - _KEPT, 1)
    y = _rows(board, sources, "overdue", found.overdue, y + 0.16, most=late)
    lines = int((_HEIGHT - _MARGIN - y - _HEADED) / _LINE)
    _rows(board, sources, "next", found.next, y + 0.16, most=max(lines, 1))
    _foot(board, found, lang)
    return board.described(_words(sources, found))


def _head(board: Board, sources: Sources) -> float:
    room = _WIDTH - 2 * _MARGIN
    y = 0.5
    label = sources.letterhead.institution
    institution = "" if label is None else label.text(sources.lang)
    for line in wrapped(institution, room, 2, 8):
        board.write(_MARGIN, y, line, room, size=8, colour=QUIET)
        y += 0.17
    y += 0.13
    for line in wrapped(_named(sources), room, 2, 15, bold=True):
        board.write(_MARGIN, y, line, room, size=15, bold=True)
        y += 0.28
    on = long_day(sources.on, sources.lang)
    board.write(_MARGIN, y, text("chart.as-of", sources.lang, on=on), room, size=9)
    return y + 0.3


def _named(sources: Sources) -> str:
    """Name the programme; by its roadmap where it has no title."""
    return sources.title or sources.roadmap.title.text(sources.lang)


def _strip(board: Board, sources: Sources, y: float) -> float:
    """Draw the term of the programme with the day, and every day on which a row is due."""
    roadmap, lang = sources.status, sources.lang
    scale = scale_of(roadmap, _MARGIN, _WIDTH - _MARGIN)
    top, bottom = y + 2 * TIER, y + 2 * TIER + 0.24
    board.box(scale.left, top, scale.right - scale.left, 0.24, facecolor=BAND, zorder=0)
    board.box(scale.left, top, scale.after(roadmap.on) - scale.left, 0.24, facecolor=PALE, zorder=0)
    kinds: tuple[Span, ...] = ("school-year", "quarter")
    calendar(board, scale, top=top, bottom=bottom, lang=lang, kinds=kinds)
    days: dict[date, set[Progress]] = {}
    for it in roadmap.occurrences:
        if it.occurrence.dated:
            days.setdefault(it.occurrence.due, set()).add(it.progress)
    for due, found in sorted(days.items()):
        worst = next(it for it in WORST_FIRST if it in found)
        mark(board, scale.after(due), (top + bottom) / 2, LOOKS[worst])
    today(board, scale, roadmap.on, top=top, bottom=bottom, lang=lang)
    y = bottom + 0.42
    x = _MARGIN
    for progress in WORST_FIRST:
        if any(progress in found for found in days.values()):
            mark(board, x + 0.05, y, LOOKS[progress])
            x += 0.14
            x += board.write(x, y, text(f"roadmap.progress.{progress}", lang), 1.4) + 0.18
    return y + 0.32


def _title(board: Board, words: str, x: float, y: float, room: float) -> float:
    board.write(x, y, words, room, size=9.5, bold=True)
    board.line([x, x + room], [y + 0.12, y + 0.12], color=BLUE, linewidth=1.2)
    return y + 0.27


def _people(board: Board, found: Glance, x: float, y: float, lang: Language) -> float:
    """Draw a table of people."""
    y = _title(board, text("chart.head.people", lang), x, y, _HALF)
    column = 0.62
    ends = [x + _HALF - column * (3 - place) for place in range(4)]
    if not found.people:
        board.write(x, y, text("chart.nobody", lang), _HALF, size=_SIZE, colour=QUIET)
        return y + _LINE
    for end, name in zip(ends, (*ROLES, "all"), strict=True):
        board.write(end, y, text(f"chart.role.{name}", lang), column - 0.04, size=6,
                    align="right", colour=QUIET)  # fmt: skip
    for name, counts in found.people:
        y += _LINE
        last = name == found.people[-1][0]
        board.write(x, y, name, ends[0] - column - x, size=_SIZE, bold=last)
        for end, count in zip(ends, counts, strict=True):
            board.write(end, y, _number(count, lang), column, size=_SIZE, align="right", bold=last)
    return y + _LINE


def _number(count: int | None, lang: Language) -> str:
    return text("profile.hidden", lang) if count is None else str(count)


def _counts(board: Board, title: str, rows: Sequence[tuple[str, int]], x: float, y: float) -> float:
    """Draw numbers as bars, each on the scale of the largest."""
    y = _title(board, title, x, y, _HALF)
    most = max([count for _, count in rows], default=0) or 1
    names, numbers = 1.6, 0.4
    track = _HALF - names - numbers
    for name, count in rows:
        board.write(x, y, name, names - 0.08, size=_SIZE)
        wide = track * count / most
        board.box(x + names, y - _BAR / 2, wide, _BAR, facecolor=BLUE, zorder=2)
        board.write(x + names + wide + 0.06, y, str(count), numbers, size=_SIZE)
        y += _LINE
    return y


def _indicators(board: Board, found: Glance, y: float, lang: Language) -> float:
    room = _WIDTH - 2 * _MARGIN
    y = _title(board, text("chart.head.indicators", lang), _MARGIN, y, room)
    for standing, ids in found.indicators:
        shape, colour = MARKS[standing]
        board.mark(_MARGIN + 0.05, y, shape, color=colour, markeredgecolor=colour)
        name = f"{text(f'chart.indicators.{standing}', lang)}: {len(ids)}"
        board.write(_MARGIN + 0.16, y, name, 1.7, size=_SIZE, bold=True)
        for line in wrapped(", ".join(ids), room - 1.9, 2, _SIZE):
            board.write(_MARGIN + 1.9, y, line, room - 1.9, size=_SIZE)
            y += _LINE
    return y


def _rows(
    board: Board,
    sources: Sources,
    name: str,
    found: Sequence[OccurrenceStatus],
    y: float,
    *,
    most: int,
) -> float:
    """List times that rows are due, in so many lines: the day, the row, who answers for it."""
    lang = sources.lang
    room = _WIDTH - 2 * _MARGIN
    y = _title(board, text(f"chart.head.{name}", lang), _MARGIN, y, room)
    if not found:
        board.write(_MARGIN, y, text(f"chart.none.{name}", lang), room, size=_SIZE, colour=QUIET)
        return y + _LINE
    days = 0.8
    most = min(most, MOST_ROWS + 1)
    shown = found if len(found) <= most else found[: most - 1]
    for it in shown:
        mark(board, _MARGIN + 0.05, y, LOOKS[it.progress])
        board.write(_MARGIN + 0.16, y, day(it.occurrence.due, lang), days, size=_SIZE)
        responsible = sources.status.responsible(it.activity, lang)
        taken = board.write(_WIDTH - _MARGIN, y, responsible, room / 3, size=_SIZE,
                            align="right", colour=QUIET)  # fmt: skip
        words = f"{it.activity.id} {it.activity.title.text(lang)}"
        x = _MARGIN + 0.16 + days
        board.write(x, y, words, _WIDTH - _MARGIN - taken - 0.15 - x, size=_SIZE)
        y += _LINE
    if len(shown) < len(found):
        rest = text("chart.more", lang, count=len(found) - len(shown))
        board.write(_MARGIN + 0.16, y, rest, room, size=_SIZE, colour=QUIET)
        y += _LINE
    return y


def _foot(board: Board, found: Glance, lang: Language) -> None:
    if any(None in counts for _, counts in found.people):
        board.write(_MARGIN, _HEIGHT - 0.45, text("profile.hidden-note", lang),
                    _WIDTH - 2 * _MARGIN, size=6, colour=QUIET)  # fmt: skip


def _words(sources: Sources, found: Glance) -> str:
    """Say what stands on the sheet."""
    lang = sources.lang
    people = "; ".join(
        f"{name} {_number(counts[-1], lang)}" for name, counts in found.people
    ) or text("chart.nobody", lang)
    parts = [
        (f"chart.head.{name}", ", ".join(f"{each}: {count}" for each, count in rows))
        for name, rows in (
            ("pairs", found.pairs), ("meetings", found.meetings), ("plans", found.plans)
        )
    ]  # fmt: skip
    statuses = [standing for standing, ids in found.indicators for _ in ids]
    parts.insert(0, ("chart.head.people", people))
    parts.append(("chart.head.indicators", counted(statuses, lang)))
    for name, rows in (("overdue", found.overdue), ("next", found.next[:MOST_ROWS])):
        said = ", ".join(f"{it.activity.id} ({day(it.occurrence.due, lang)})" for it in rows)
        parts.append((f"chart.head.{name}", said or text(f"chart.none.{name}", lang)))
    said = " ".join(f"{text(key, lang)}: {words}." for key, words in parts if words)
    return text("chart.glance", lang, title=_named(sources), on=day(sources.on, lang), said=said)

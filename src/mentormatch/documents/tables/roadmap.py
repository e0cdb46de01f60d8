"""The roadmap with status: rows, indicators, reminders."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.sheets import Row, lines, paper, printed
from mentormatch.errors import Defect
from mentormatch.messages import day, percent, text
from mentormatch.roadmap.activities import Activity
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.standing import OccurrenceStatus, Progress, RowStatus
from mentormatch.spreadsheet import Sheet

_ROWS: Final = {
    "row": 7,
    "title": 32,
    "responsible": 14,
    "deadlines": 36,
    "outcome": 26,
    "progress": 13,
    "in-time": 8,
    "evidence": 17,
    "indicators": 30,
    "open": 24,
    "source": 30,
}
_INDICATORS: Final = {
    "indicator": 12,
    "measured": 42,
    "part": 24,
    "figure": 10,
    "numerator": 10,
    "denominator": 10,
    "threshold": 10,
    "indicator-status": 15,
    "remark": 36,
    "excluded": 50,
}
_REMINDERS: Final = {
    "reminded": 14,
    "days": 10,
    "due": 14,
    "row": 8,
    "title": 70,
    "responsible": 30,
}

COLOURS: Final[dict[Progress, str]] = {
    "overdue": "#8E1B1B",
    "blocked": "#C9772B",
    "due": "#EFB93A",
    "done_late": "#C9E0B4",
    "done": "#E4F1DC",
    "not_yet": "#FFFFFF",
}
"""The colour of each word: the darker, the more it wants to be looked at, also without colour."""

_MOST_ITEMS: Final = 6
_MOST_CODES: Final = 100


def roadmap_table(sources: Sources) -> Iterator[Paper]:
    """Make the roadmap with status: each row, each indicator, and what people are reminded of."""
    yield paper(sources, "D-RM", [_rows(sources), _indicators(sources), _reminders(sources)])


def _rows(sources: Sources) -> Sheet:
    status, lang = sources.status, sources.lang
    warnings: dict[str, list[Defect]] = defaultdict(list)
    for defect in sources.roadmap.warnings():
        warnings[defect.place.field or ""].append(defect)
    sections: dict[int, str] = {}
    rows: list[Row] = []
    previous = None
    for place, row in enumerate(status.rows):
        activity = row.activity
        if activity.section != previous:
            label = sources.roadmap.sections.get(activity.section)
            words = (activity.section, "" if label is None else label.text(lang))
            sections[place] = ". ".join(word for word in words if word)
            previous = activity.section
        rows.append(_row(sources, row, warnings))
    return printed(
        sources,
        "roadmap",
        _ROWS,
        rows,
        title=sources.roadmap.title.text(lang),
        empty="nothing",
        notes=[status.totals(lang), text("tables.codes-inside", lang)],
        signed=True,
        sections=sections,
        fills={
            "progress": {
                text(f"roadmap.progress.{progress}", lang): colour
                for progress, colour in COLOURS.items()
            }
        },
    )


def _row(sources: Sources, row: RowStatus, warnings: dict[str, list[Defect]]) -> Row:
    status, lang, activity = sources.status, sources.lang, row.activity
    items = list(dict.fromkeys(item for it in row.occurrences for item in it.items))
    current = row.current
    open_ones = () if current is None or current.is_done else current.hindrances(lang)
    figures = [_figure(sources, status.indicators[name]) for name in activity.indicators]
    return {
        "row": activity.id,
        "title": activity.title.text(lang),
        "responsible": status.responsible(activity, lang),
        "deadlines": "\n".join(_deadline(sources, it) for it in row.occurrences) or None,
        "outcome": _outcome(sources, activity),
        "progress": text(f"roadmap.progress.{row.progress}", lang),
        "in-time": _in_time(sources, row),
        "evidence": lines(items, _MOST_ITEMS, lang) or None,
        "indicators": "\n".join(figures) or None,
        "open": "\n".join(open_ones) or None,
        "source": "\n".join(_oddities(sources, activity, warnings)) or None,
    }


def _deadline(sources: Sources, it: OccurrenceStatus) -> str:
    """Say by when something is due, and what became of it."""
    key = "day" if it.occurrence.dated else "end"
    due = text(f"roadmap.status.due.{key}", sources.lang, on=day(it.occurrence.due, sources.lang))
    return f"{due}: {it.progress_text(sources.lang)}"


def _outcome(sources: Sources, activity: Activity) -> str:
    """Say what comes of a row, and by which documents."""
    said = [activity.result.text(sources.lang)]
    if activity.documents:
        said.append(", ".join(activity.documents))
    return "\n".join(said)


def _in_time(sources: Sources, row: RowStatus) -> str | None:
    """Say whether everything that was due by the day was done in time; nothing before."""
    found = [it.progress for it in row.occurrences if it.is_done or it.occurrence.due < sources.on]
    if not found:
        return None
    is_in_time = all(progress == "done" for progress in found)
    return text(f"register.{'yes' if is_in_time else 'no'}", sources.lang)


def _figure(sources: Sources, it: Indicator) -> str:
    """Say what an indicator comes to, and what it should."""
    lang = sources.lang
    said = f"{it.id}: {it.figure(lang)}"
    if it.threshold is not None:
        said = f"{said}, {text('indicator.least', lang, least=_threshold(it))}"
    return text(
        "indicator.line", lang, said=said, status=text(f"indicator.status.{it.status}", lang)
    )


def _threshold(it: Indicator) -> str:
    return f"{it.threshold} %" if it.is_share else str(it.threshold)


def _oddities(
    sources: Sources, activity: Activity, warnings: dict[str, list[Defect]]
) -> Iterator[str]:
    """Say what is odd about a row of the source, and how the source writes it."""
    lang = sources.lang
    for name in (activity.id, *activity.indicators):
        for defect in warnings.get(name, ()):
            prefix = "" if name == activity.id else f"{name}: "
            yield f"{prefix}{defect.problem(lang)}; {defect.remedy(lang)}"
    for raw in (activity.raw_deadline, activity.raw_threshold):
        if raw is not None:
            yield text("tables.in-the-source", lang, words=raw)


def _indicators(sources: Sources) -> Sheet:
    status, lang = sources.status, sources.lang
    sections: dict[int, str] = {}
    rows: list[Row] = []
    # Those of the school first, those of the region after them.
    ordered = sorted(status.indicators.values(), key=lambda it: it.target.region)
    previous = None
    for it in ordered:
        if it.target.region != previous:
            name = "region" if it.target.region else "school"
            sections[len(rows)] = text(f"tables.indicators-of-{name}", lang)
            previous = it.target.region
        rows += [_indicator(sources, part) for part in (it, *it.parts)]
    return printed(
        sources,
        "indicators",
        _INDICATORS,
        rows,
        empty="nothing",
        notes=[text("tables.codes-inside", lang)],
        sections=sections,
    )


def _indicator(sources: Sources, it: Indicator) -> Row:
    lang = sources.lang
    figure = None
    if it.value is not None and it.numerator is not None:
        share = it.is_share and it.denominator is not None
        figure = percent(it.numerator, it.denominator or 1, lang) if share else str(it.numerator)
    remark = None
    if it.why_not is not None and it.status == "not_computable":
        remark = f"{it.why_not.problem(lang)}; {it.why_not.remedy(lang)}"
    elif it.remark is not None:
        remark = text(f"indicator.remark.{it.remark}", lang)
    return {
        "indicator": it.id,
        "measured": it.target.title.text(lang),
        "part": text(f"indicator.part.{it.part}", lang) if it.part else None,
        "figure": figure,
        "numerator": it.numerator,
        "denominator": it.denominator,
        "threshold": None if it.threshold is None else _threshold(it),
        "indicator-status": text(f"indicator.status.{it.status}", lang),
        "remark": remark,
        "excluded": "\n".join(_excluded(sources, it)) or None,
    }


def _excluded(sources: Sources, it: Indicator) -> Iterator[str]:
    """Say who was left out, reason by reason."""
    lang = sources.lang
    found: dict[str, list[str]] = defaultdict(list)
    for each in sorted(it.excluded):
        found[each.why].append(each.code)
    for why, codes in found.items():
        listed = codes[:_MOST_CODES]
        if len(codes) > _MOST_CODES:
            listed.append(text("tables.more", lang, count=len(codes) - _MOST_CODES))
        yield text(f"indicator.excluded.{why}", lang, code=", ".join(listed))


def _reminders(sources: Sources) -> Sheet:
    status, lang = sources.status, sources.lang
    rows: list[Row] = [
        {
            "reminded": it.on,
            "days": (it.occurrence.due - it.on).days,
            "due": it.occurrence.due,
            "row": it.activity.id,
            "title": it.activity.title.text(lang),
            "responsible": status.responsible(it.activity, lang),
        }
        for it in status.reminders
    ]
    return printed(sources, "reminders", _REMINDERS, rows, empty="nothing")

"""The state of the programme as one web page: for reading on a screen, and for printing.

The page shows codes, also where the programme has names: it is sent round and shown on walls,
and nothing on it needs a name. The file of keys says who is behind a code.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from mentormatch.documents.pictures.bars import counted, indicator_bars
from mentormatch.documents.pictures.gantt import gantt
from mentormatch.documents.pictures.glance import next_of
from mentormatch.documents.pictures.inline import inline
from mentormatch.documents.sources import Paper, Sources
from mentormatch.files import safe_name
from mentormatch.hypertext import document, listed, section, table
from mentormatch.markup import Markup, joined, tag
from mentormatch.messages import day, long_day, percent, text
from mentormatch.programme.facts import STAGES
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.status import ProgrammeStatus, status
from mentormatch.roadmap.deadlines import REMINDERS
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.standing import LOOK_AHEAD, MOST_NAMED, OccurrenceStatus, RowStatus

CODE: Final = "D-PAGE"
MOST_AHEAD: Final = 12
"""So many of the next deadlines are listed."""

_SIGNS: Final[dict[str, str]] = {
    "done": "✓",
    "done_late": "✓",
    "overdue": "✗",
    "blocked": "‖",
    "due": "→",
    "not_yet": "·",
    "met": "✓",
    "not_met": "✗",
    "not_computable": "?",
    "threshold_missing": "?",
}


@dataclass(frozen=True)
class StatePage:
    """What the page is made of.

    Parameters
    ----------
    sources
        The programme on a day.
    """

    sources: Sources

    @cached_property
    def programme(self) -> ProgrammeStatus:
        """What is going on."""
        return status(self.sources.state, self.sources.on)

    def says(self, key: str, **values: object) -> str:
        """Return a sentence of the page."""
        return text(f"state-page.{key}", self.sources.lang, **values)

    def day(self, on: date) -> Markup:
        """Write a day that isn't broken over lines."""
        return tag("span", day(on, self.sources.lang), class_="day")

    def heads(self, *names: str) -> list[str]:
        """Return titles of columns."""
        return [self.says(f"column.{name}") for name in names]


def state_page(sources: Sources) -> Iterator[Paper]:
    """Make the page.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    page = StatePage(sources)
    on = long_day(sources.on, sources.lang)
    header = joined(
        tag("p", page.says("as-of", on=on)),
        tag("p", text("page.codes", sources.lang), class_="note"),
    )
    parts = [part for make in SECTIONS if (part := make(page)) is not None]
    written = document(sources.title or page.says("file"), sources.lang, header, parts)
    name = safe_name(f"{page.says('file')} {sources.on.isoformat()}")
    yield Paper(CODE, f"{name}.html", written.encode())


# --- sections: each is a function of the page, None where there is nothing to say ------------


def _in_short(page: StatePage) -> Markup:
    sources = page.sources
    lang = sources.lang
    short = {"people", "pairs", "readings", "closed-early"}
    lines = [sources.status.totals(lang)]
    lines += [line for key, line in page.programme.lines(lang) if key in short]
    counts = counted([it.status for it in sources.status.indicators.values()], lang)
    if counts:
        lines.append(page.says("indicators", counts=counts))
    return _section(page, "short", *(tag("p", line) for line in lines))


def _pressing(page: StatePage) -> Markup:
    """Show what is overdue, blocked, and due soon."""
    roadmap = page.sources.status
    until = roadmap.on + timedelta(days=LOOK_AHEAD)
    soon = [it for it in next_of(roadmap) if it.progress == "due" and it.occurrence.due <= until]
    parts = [
        _times(page, name, found)
        for name, found in (
            ("overdue", roadmap.with_progress("overdue")),
            ("blocked", roadmap.with_progress("blocked")),
            ("soon", soon),
        )
        if found
    ]
    return _section(page, "pressing", *(parts or [tag("p", page.says("nothing-pressing"))]))


def _times(page: StatePage, name: str, found: Sequence[OccurrenceStatus]) -> Markup:
    lang = page.sources.lang
    rows = [
        (
            it.activity.id,
            it.activity.title.text(lang),
            page.day(it.occurrence.due),
            page.sources.status.responsible(it.activity, lang),
            listed(it.hindrances(lang)),
        )
        for it in found
    ]
    heads = page.heads("row", "title", "due", "responsible", "why")
    return table(heads, rows, caption=page.says(f"caption.{name}", count=len(rows)))


def _chart(page: StatePage) -> Markup:
    picture = inline(gantt(page.sources.status, page.sources.lang), "gantt")
    return _picture(page, "gantt", picture)


def _picture(page: StatePage, name: str, picture: Markup) -> Markup:
    """Put a wide picture into a frame that can be moved on a narrow screen."""
    frame = tag("div", picture, class_="wide", tabindex=0, role="group",
                aria_label=page.says(f"head.{name}"))  # fmt: skip
    caption = tag("figcaption", page.says(f"figure.{name}"))
    return tag("section", tag("h2", page.says(f"head.{name}")), tag("figure", frame, caption),
               id=name, class_="landscape")  # fmt: skip


def _rows(page: StatePage) -> Markup:
    lang = page.sources.lang
    sections = page.sources.status.roadmap.sections
    parts = []
    for code, label in sections.items():
        found = [row for row in page.sources.status.rows if row.activity.section == code]
        if found:
            heads = page.heads("row", "title", "responsible", "progress", "times")
            rows = [_row(page, row) for row in found]
            caption = f"{code}. {label.text(lang)}"
            parts.append(table(heads, rows, caption=caption, class_="rows"))
    return _section(page, "rows", *parts)


def _row(page: StatePage, row: RowStatus) -> tuple[str, ...]:
    lang = page.sources.lang
    activity = row.activity
    documents = ", ".join(activity.documents)
    return (
        activity.id,
        joined(
            activity.title.text(lang),
            tag("p", page.says("result", result=activity.result.text(lang)), class_="note"),
            tag("p", page.says("documents", codes=documents), class_="note") if documents else None,
        ),
        page.sources.status.responsible(activity, lang),
        _badge(row.progress, text(f"roadmap.progress.{row.progress}", lang)),
        listed(_time(page, it) for it in row.occurrences),
    )


def _time(page: StatePage, it: OccurrenceStatus) -> str:
    """Say how one time of a row stands, and what shows it."""
    said = it.standing(page.sources.lang)
    sign = _SIGNS[it.progress]
    if it.items:
        codes = ", ".join(it.items[:MOST_NAMED])
        rest = len(it.items) - MOST_NAMED
        key = "evidence-more" if rest > 0 else "evidence"
        said = f"{said}; {page.says(key, codes=codes, rest=rest)}"
    return f"{sign} {said}"


def _badge(name: str, words: str) -> Markup:
    return tag("span", f"{_SIGNS[name]} {words}", class_=f"badge {name.replace('_', '-')}")


def _indicators(page: StatePage) -> Markup | None:
    found = page.sources.status.indicators.values()
    if not found:
        return None
    heads = page.heads("indicator", "title", "figure", "threshold", "verdict", "excluded")
    parts = []
    for region, name in ((False, "school"), (True, "region")):
        rows = [
            _indicator(page, part)
            for it in found
            if it.target.region == region
            for part in (it, *it.parts)
        ]
        if rows:
            parts.append(table(heads, rows, caption=page.says(f"caption.{name}")))
    return _section(page, "indicators", *parts)


def _indicator(page: StatePage, it: Indicator) -> tuple[str, ...]:
    lang = page.sources.lang
    title = text(f"indicator.part.{it.part}", lang) if it.part else it.target.title.text(lang)
    notes = []
    if it.why_not is not None and it.status == "not_computable":
        notes = [it.why_not.problem(lang), it.why_not.remedy(lang)]
    elif it.remark is not None:
        notes = [text(f"indicator.remark.{it.remark}", lang)]
    least = "" if it.threshold is None else f"{it.threshold} %" if it.is_share else it.threshold
    return (
        it.id,
        title,
        it.figure(lang),
        str(least),
        joined(
            _badge(it.status, text(f"indicator.status.{it.status}", lang)),
            *(tag("p", note, class_="note") for note in notes),
        ),
        _excluded(page, it),
    )


def _excluded(page: StatePage, it: Indicator) -> Markup:
    """Say who is left out, by reason."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for each in it.excluded:
        by_reason[each.why].append(each.code)
    return listed(
        text(f"indicator.excluded.{why}", page.sources.lang, code=", ".join(codes))
        for why, codes in by_reason.items()
    )


def _bars(page: StatePage) -> Markup | None:
    if not page.sources.status.indicators:
        return None
    picture = inline(indicator_bars(page.sources.status, page.sources.lang), "bars")
    return _picture(page, "bars", picture)


def _pairs(page: StatePage) -> Markup:
    """Show running pairs by stage, and what each lacks."""
    found = page.programme
    lang = page.sources.lang
    parts: list[Markup] = []
    for stage in ("waiting", *STAGES):
        codes = found.stages[stage]
        if codes:
            rows = [_pair(page, page.sources.state.pairs[code]) for code in codes]
            caption = page.says(
                "caption.stage", stage=text(f"stage.{stage}", lang), count=len(rows)
            )
            heads = page.heads("pair", "people", "lacks", "plan", "late")
            parts.append(table(heads, rows, caption=caption))
    if not parts:
        parts.append(tag("p", page.says("no-pairs")))
    return _section(page, "pairs", *parts)


def _pair(page: StatePage, pair: PairLife) -> tuple[str, ...]:
    found, lang = page.programme, page.sources.lang
    code = pair.pair
    late = [page.says("tasks", codes=", ".join(found.late[code]))] if code in found.late else []
    late += [page.says("at-risk")] if code in found.at_risk else []
    late += [page.says("unapproved")] if code in found.unapproved else []
    late += [page.says("given-up")] if code in found.given_up else []
    progress = found.plans.get(code)
    share = None if progress is None else progress.share
    plan = "" if share is None else percent(share.numerator, share.denominator, lang)
    if pair.plan is None:
        plan = page.says("no-plan")
    return (
        code,
        _people(pair),
        listed(_gaps(page, pair)),
        plan,
        listed(late),
    )


def _people(pair: PairLife) -> str:
    mentors = pair.members[: -len(pair.mentees)] if pair.mentees else pair.members
    return f"{', '.join(mentors)} – {', '.join(pair.mentees)}"


def _gaps(page: StatePage, pair: PairLife) -> Iterator[str]:
    """Say what a pair lacks; what several people lack, in one line."""
    by_code: dict[str, list[str]] = {}
    for gap in page.programme.missing[pair.pair]:
        by_code.setdefault(gap.code, []).append(gap.person or "")
    for code, people in by_code.items():
        yield text(f"gap.{code}", page.sources.lang, person=", ".join(people))


def _reminders(page: StatePage) -> Markup:
    """Show the next deadlines, and the days on which to remind people of them."""
    lang, on = page.sources.lang, page.sources.on
    found = next_of(page.sources.status)[:MOST_AHEAD]
    if not found:
        return _section(page, "reminders", tag("p", text("chart.none.next", lang)))
    rows = [
        (
            it.activity.id,
            it.activity.title.text(lang),
            page.day(it.occurrence.due),
            *(page.day(each) if each >= on else "–" for each in it.occurrence.reminders()),
            page.sources.status.responsible(it.activity, lang),
        )
        for it in found
    ]
    heads = [
        *page.heads("row", "title", "due"),
        *(page.says("column.before", days=days) for days in REMINDERS),
        *page.heads("responsible"),
    ]
    return _section(page, "reminders", table(heads, rows, caption=page.says("caption.next")))


def _warnings(page: StatePage) -> Markup | None:
    """Show what is odd in the roadmap itself."""
    lang = page.sources.lang
    rows = [
        (it.place.field or "", it.problem(lang), it.remedy(lang))
        for it in page.sources.roadmap.warnings()
    ]
    if not rows:
        return None
    heads = page.heads("row", "problem", "remedy")
    return _section(page, "warnings", table(heads, rows, caption=page.says("caption.warnings")))


# In the order of the page.
SECTIONS: Final[tuple[Callable[[StatePage], Markup | None], ...]] = (
    _in_short,
    _pressing,
    _reminders,
    _chart,
    _rows,
    _bars,
    _indicators,
    _pairs,
    _warnings,
)


def _section(page: StatePage, name: str, *inside: str | None) -> Markup:
    return section(name, page.says(f"head.{name}"), *inside)

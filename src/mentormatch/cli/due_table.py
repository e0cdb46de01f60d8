"""How ``roadmap`` looks: what needs somebody first, then the figures."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from mentormatch.cli.face import Face
from mentormatch.messages import Language, day, percent, text
from mentormatch.roadmap.indicators import Indicator, IndicatorStatus
from mentormatch.roadmap.standing import (
    LOOK_AHEAD,
    MOST_NAMED,
    OccurrenceStatus,
    Progress,
    RoadmapStatus,
    tally,
)

_STYLES: Final[Mapping[Progress, str]] = {
    "overdue": "bold red",
    "blocked": "magenta",
    "due": "yellow",
    "done_late": "cyan",
    "done": "green",
    "not_yet": "dim",
}
_INDICATORS: Final[Mapping[IndicatorStatus, str]] = {
    "met": "green",
    "not_met": "red",
    "not_computable": "dim",
    "threshold_missing": "yellow",
}
_BAR: Final = 24
_NARROW: Final = 72
"""A terminal of fewer characters gets everything of a row under each other."""


def show_roadmap(face: Face, found: RoadmapStatus, *, everything: bool = False) -> None:
    """Show how a roadmap stands.

    Parameters
    ----------
    face
        Where to.
    found
        How it stands.
    everything
        Every time that each row is due, every part of an indicator, and each warning; else
        what is overdue, blocked, due soon or done late, and how many warnings there are.
    """
    lang = face.lang
    title = found.roadmap.title.text(lang)
    face.say(text("roadmap.status.title", lang, title=title, on=day(found.on, lang)), "bold")
    for line in _totals(found, lang):
        face.say(line)
    rows = list(found.occurrences if everything else _pressing(found))
    face.say()
    if rows:
        face.show(_rows(found, rows, face))
    else:
        face.say(face.text("roadmap.nothing-pressing"), "green")
    if face.out.width < _NARROW:
        face.say()
    if found.indicators:
        face.say(face.text("roadmap.indicators"), "bold")
        face.show(_figures(found.indicators.values(), face, parts=everything))
    reminders = [it for it in found.reminders if (it.on - found.on).days <= LOOK_AHEAD]
    if reminders:
        face.say(face.text("roadmap.reminders"), "bold")
        for reminder in reminders:
            face.say(f"- {reminder.text(lang)}")
    warnings = found.roadmap.warnings()
    if warnings and everything:
        face.say(face.text("roadmap.warnings"), "bold")
        for warning in warnings:
            face.say(f"- {warning.text(lang)}", "yellow")
    elif warnings:
        face.say(face.text("roadmap.warned", count=len(warnings)), "dim")


def _pressing(found: RoadmapStatus) -> Iterator[OccurrenceStatus]:
    """List what somebody has to look at, the worst first."""
    yield from found.with_progress("overdue")
    yield from found.with_progress("blocked")
    for it in found.with_progress("due"):
        if (it.occurrence.due - found.on).days <= LOOK_AHEAD:
            yield it
    yield from found.with_progress("done_late")


def _totals(found: RoadmapStatus, lang: Language) -> Iterator[Text]:
    """Say how much is done and how much of it in time: of 23 rows, and the 2 that judge them."""
    judging = sum(row.managing for row in found.rows)
    due, done, in_time = tally(found.rows, found.on)
    yield Text(
        text("cli.roadmap.counted", lang, rows=len(found.rows) - judging, judging=judging, due=due)
    )
    if not due:
        return
    for key, name, part in (("done", "K15", done), ("in-time", "K16", in_time)):
        full = part * _BAR // due
        share = percent(part, due, lang)
        line = Text.assemble(
            ("█" * full, "green" if part == due else "yellow"),
            ("░" * (_BAR - full), "dim"),
            f" {text(f'cli.roadmap.{key}', lang, name=name, share=share, part=part, whole=due)}",
        )
        yield line


def _rows(found: RoadmapStatus, rows: Iterable[OccurrenceStatus], face: Face) -> Table:
    """Put occurrences under each other: what, by when, how it stands, and why."""
    lang = face.lang
    heads = ("", "title", "due", "progress")
    table, narrow = _table(face, heads)
    for it in rows:
        what = Text(it.activity.title.text(lang))
        for why in _reasons(it, lang):
            what.append(f"\n{why}", "dim")
        due = day(it.occurrence.due, lang)
        if not it.occurrence.dated:
            due = text("cli.roadmap.at-the-end", lang, on=due)
        said = Text(_said(found, it, lang), _STYLES[it.progress])
        if narrow:
            table.add_row(it.activity.id, Text.assemble(what, f"\n{due}: ", said))
        else:
            table.add_row(it.activity.id, what, due, said)
    return table


def _table(face: Face, heads: tuple[str, ...]) -> tuple[Table, bool]:
    """Make a table whose second column takes what is left; of two columns where little is."""
    narrow = face.out.width < _NARROW
    table = Table(
        box=None if narrow else box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_header=not narrow,
    )
    for place, head in enumerate(heads[:2] if narrow else heads):
        title = text(f"roadmap.head.{head}", face.lang) if head else ""
        if place == 1:
            table.add_column(title, ratio=1, overflow="fold")
        else:
            table.add_column(title, no_wrap=place == 0, overflow="fold")
    return table, narrow


def _said(found: RoadmapStatus, it: OccurrenceStatus, lang: Language) -> str:
    """Say how an occurrence stands, with the days that are left or have passed."""
    days = (it.occurrence.due - found.on).days
    if it.done is not None:
        return text(f"roadmap.status.progress.{it.progress}", lang, on=day(it.done, lang))
    if it.progress == "overdue":
        return text("cli.roadmap.overdue", lang, count=-days)
    if it.progress == "due" and 0 <= days <= LOOK_AHEAD:
        return (
            text("cli.roadmap.today", lang)
            if not days
            else text("cli.roadmap.in", lang, count=days)
        )
    return text(f"roadmap.progress.{it.progress}", lang)


def _reasons(it: OccurrenceStatus, lang: Language) -> Iterator[str]:
    """Say what stands in the way of an occurrence that isn't done."""
    if it.is_done:
        return
    if it.blocked_by:
        yield text("roadmap.status.blocked-by", lang, rows=", ".join(it.blocked_by))
    if it.unmet:
        yield text("roadmap.status.unmet", lang, names=", ".join(it.unmet))
    if it.missing:
        codes = ", ".join(it.missing[:MOST_NAMED])
        rest = len(it.missing) - MOST_NAMED
        key = "roadmap.status.missing-more" if rest > 0 else "roadmap.status.missing"
        yield text(key, lang, codes=codes, rest=rest)


def _figures(indicators: Iterable[Indicator], face: Face, *, parts: bool) -> Table:
    """Put indicators under each other: figure, threshold, and whether it is met."""
    lang = face.lang
    table, narrow = _table(face, ("", "indicator", "figure", "threshold", "status"))
    for whole in indicators:
        for it in (whole, *whole.parts) if parts else (whole,):
            what = Text(it.target.title.text(lang) if it is whole else _part(it, lang))
            if it.why_not is not None and it.status == "not_computable":
                what.append(f"\n{it.why_not.problem(lang)}", "dim")
            elif it.remark is not None:
                what.append(f"\n{text(f'indicator.remark.{it.remark}', lang)}", "dim")
            least = "" if it.threshold is None else f"≥ {it.threshold}"
            least += " %" if least and it.is_share else ""
            name = it.id if it is whole else ""
            status = text(f"indicator.status.{it.status}", lang)
            said = Text(status, _INDICATORS[it.status])
            if narrow:
                figures = ", ".join(filter(None, (it.figure(lang), least)))
                table.add_row(name, Text.assemble(what, f"\n{figures}: ", said))
            else:
                table.add_row(name, what, it.figure(lang), least, said)
    return table


def _part(it: Indicator, lang: Language) -> str:
    return f"- {text(f'indicator.part.{it.part}', lang)}"

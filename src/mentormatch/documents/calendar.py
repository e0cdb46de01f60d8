"""D-CAL: the programme's days as files that calendar programs read (RFC 5545).

Everything is an all-day event: the programme knows days and no hours, and of what calendar
programs read, tasks of their own kind (VTODO) are shown by few. An event is called after what it
is about, so that a file that is read in again changes what is there instead of doubling it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal

from mentormatch.documents.sources import Paper, Sources
from mentormatch.errors import DocumentError
from mentormatch.files import safe_name
from mentormatch.messages import Language, text
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.waves import Wave
from mentormatch.roadmap.deadlines import REMINDERS
from mentormatch.roadmap.standing import OccurrenceStatus
from mentormatch.spreadsheet import printable

CODE: Final = "D-CAL"

_DAY_BEFORE: Final = (1,)
_AT: Final = timedelta(hours=9)  # at midnight a reminder would wake people
_OWN_NAMES: Final = frozenset({"annual_by", "annual_month", "school_year", "quarterly"})
"""Kinds of deadlines whose occurrences keep their names when a day is moved."""

Kind = Literal["deadline", "event", "meeting", "task", "wave"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A day that is marked in a calendar.

    Parameters
    ----------
    kind, code
        What it is about, which stays the same however it changes.
    on
        The day.
    title, note
        What is said of it.
    reminders
        How many days before it people are reminded.
    done, cancelled
        Whether it is over and done, or called off.
    """

    kind: Kind
    code: str
    on: date
    title: str
    note: str = ""
    reminders: tuple[int, ...] = ()
    done: bool = False
    cancelled: bool = False


def calendars(sources: Sources) -> Iterator[Paper]:
    """Make the curator's calendar, and where there are names one for each mentor.

    The curator's has codes only: deadlines of the roadmap with reminders two weeks, a week and
    a day before, meetings that were arranged, tasks of approved plans, waves, events that were
    held. A mentor's has the mentor's own meetings, tasks and waves with a reminder a day before,
    and the names of those whom they mentor now.

    Raises
    ------
    DocumentError
        When icalendar isn't installed, or a mentee has no name.
    """
    yield Paper(CODE, "calendar.ics", _ics(sources, sorted_days(_curators(sources))))
    if not sources.faces.are_named:
        return
    running = [pair for pair in sources.state.pairs.values() if pair.status == "running"]
    sources.faces.check({who for pair in running for who in pair.mentees})
    mentors = {who for pair in running for who in pair.mentors}
    taken: set[str] = set()
    for mentor in sorted(mentors):
        file = _free(safe_name(f"calendar-{mentor}"), taken)
        yield Paper(CODE, f"{file}.ics", _ics(sources, sorted_days(_mentors_own(sources, mentor))))


def sorted_days(days: Iterable[Marked]) -> list[Marked]:
    """Put marked days in the order in which they come."""
    return sorted(days, key=lambda it: (it.on, it.kind, it.code))


# --- what is marked ------------------------------------------------------------------------------


def _curators(sources: Sources) -> Iterator[Marked]:
    """Mark everything, by code."""
    yield from _deadlines(sources)
    lang = sources.lang
    for event in sources.state.events.values():
        note = text("calendar.came", lang, count=len(event.present) + event.others)
        title = text(f"calendar.event.{event.kind}", lang)
        yield Marked("event", event.event, event.on, title, note)
    for pair in sources.state.pairs.values():
        yield from _of_pair(sources, pair, text("calendar.pair", lang, pair=pair.pair))
    for wave in sources.state.waves.values():
        title = text("calendar.wave", lang, wave=wave.wave)
        yield replace(_wave(sources, wave, done=not wave.silent), title=title)


def _mentors_own(sources: Sources, mentor: str) -> Iterator[Marked]:
    """Mark what a mentor has to do; whoever isn't mentored any more is shown by code."""
    lang = sources.lang
    for pair in sources.state.pairs.values():
        if mentor in pair.mentors:
            shown = pair.pair
            if pair.status == "running":
                shown = ", ".join(sources.faces(who).name for who in pair.mentees)
            for it in _of_pair(sources, pair, text("calendar.with", lang, who=shown)):
                waiting = not (it.done or it.cancelled) and it.on >= sources.on
                yield replace(it, reminders=_DAY_BEFORE if waiting else ())
    for wave in sources.state.waves.values():
        if mentor in wave.people:
            title = text("calendar.own-wave", lang, wave=wave.wave)
            found = _wave(sources, wave, done=mentor in wave.answers)
            yield replace(found, title=title, note="")


def _deadlines(sources: Sources) -> Iterator[Marked]:
    """Mark each time that a row of the roadmap is due."""
    for row in sources.status.rows:
        for place, it in enumerate(row.occurrences):
            named = it.activity.deadline.kind in _OWN_NAMES
            name = it.occurrence.name if named else str(place)
            ahead = it.occurrence.dated and not it.is_done and it.occurrence.due >= sources.on
            yield Marked(
                "deadline",
                f"{it.activity.id} {name}",
                it.occurrence.due,
                f"{it.activity.id} {it.activity.title.text(sources.lang)}",
                "\n".join(_about(sources, it)),
                REMINDERS if ahead else (),
                it.is_done,
            )


def _about(sources: Sources, it: OccurrenceStatus) -> Iterator[str]:
    """Say what is to come of a row, who answers for it, and how it stands."""
    lang, roles = sources.lang, sources.roadmap.roles
    yield it.activity.result.text(lang)
    named = (roles[role].text(lang) if role in roles else role for role in it.activity.responsible)
    yield text("calendar.responsible", lang, roles=", ".join(named))
    said = it.standing(lang)
    yield said[:1].upper() + said[1:]


def _of_pair(sources: Sources, pair: PairLife, shown: str) -> Iterator[Marked]:
    """Mark the meetings that a pair arranged, and the tasks of its approved plan."""
    lang, over = sources.lang, pair.status == "closed"
    for meeting in pair.meetings.values():
        day = meeting.held or meeting.planned
        if meeting.planned is not None and day is not None:
            title = text(
                "calendar.meeting", lang, who=shown, stage=text(f"stage.{meeting.stage}", lang)
            )
            off = meeting.cancelled or (over and meeting.waiting)
            done = meeting.held is not None
            yield Marked("meeting", meeting.meeting, day, title, done=done, cancelled=off)
    if pair.plan is None or pair.plan.in_force.approved is None:
        return
    for task in pair.plan.in_force.tasks:
        status = pair.plan.state_of(task).status
        what = text("calendar.task", lang, who=shown)
        title = f"{what}: {task.title}" if task.title else what
        off = status == "cancelled" or (over and status == "open")
        code = f"{pair.pair} {task.task}"
        yield Marked("task", code, task.due, title, done=status == "done", cancelled=off)


def _wave(sources: Sources, wave: Wave, *, done: bool) -> Marked:
    """Mark the day by which a wave is to be answered."""
    told = len(wave.answers)
    note = text("calendar.answered", sources.lang, count=told, whole=len(wave.people))
    waiting = not done and wave.closed is None and wave.due >= sources.on
    return Marked("wave", wave.wave, wave.due, "", note, _DAY_BEFORE if waiting else (), done=done)


def _free(stem: str, taken: set[str]) -> str:
    """Find a name that no other file has, on systems too that take no notice of capitals."""
    name, count = stem, 1
    while name.casefold() in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name.casefold())
    return name


# --- the file ------------------------------------------------------------------------------------


def _ics(sources: Sources, days: Iterable[Marked]) -> bytes:
    """Write marked days as a calendar."""
    try:
        from icalendar import Calendar  # noqa: PLC0415 - optional
    except ModuleNotFoundError:
        raise DocumentError.of("calendar.no-icalendar") from None
    lang = sources.lang
    calendar = Calendar()
    calendar.add("prodid", f"-//mentormatch//calendar//{lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("calscale", "GREGORIAN")
    # Programs look for this name as it stands here, without a language.
    calendar["x-wr-calname"] = calendar["name"] = _written(sources.title)
    written = _written_at(sources)
    for it in days:
        calendar.add_component(_event(sources, it, written))
    content: bytes = calendar.to_ical()
    return content


def _event(sources: Sources, it: Marked, written: datetime) -> Any:
    """Write one day."""
    from icalendar import Event  # noqa: PLC0415 - optional

    lang = sources.lang
    event = Event()
    event.add("uid", _uid(sources, it))
    event.add("dtstamp", written)
    event.add("sequence", sources.state.seq)
    event.add("dtstart", it.on)
    if it.on < date.max:
        event.add("dtend", it.on + timedelta(1))
    event["summary"] = _written(f"✓ {it.title}" if it.done else it.title, lang)
    if it.note:
        event["description"] = _written(it.note, lang)
    event["categories"] = _written(text(f"calendar.kind.{it.kind}", lang), lang)
    event.add("status", "CANCELLED" if it.cancelled else "CONFIRMED")
    # The day stays free for other things; what is about people isn't shown with a shared calendar.
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE" if it.kind in {"meeting", "task"} else "PUBLIC")
    for days in it.reminders:
        event.add_component(_reminder(event["summary"], days))
    return event


def _reminder(said: Any, days: int) -> Any:
    """Write a reminder for the morning some days before."""
    from icalendar import Alarm  # noqa: PLC0415 - optional

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm["description"] = said
    alarm.add("trigger", _AT - timedelta(days))
    return alarm


def _written(said: str, lang: Language | None = None) -> Any:
    """Write text so that it is read back as it was, line ends apart.

    The library's own escaping takes a backslash with a capital N for the end of a line.
    """
    from icalendar import vText  # noqa: PLC0415 - optional

    class Text(vText):
        def to_ical(self) -> bytes:
            return re.sub(r"[\\;,]", r"\\\g<0>", self).replace("\n", r"\n").encode()

    plain = printable(said).replace("\r\n", "\n").replace("\r", "\n")
    return Text(plain, params={"LANGUAGE": lang} if lang else {})


def _uid(sources: Sources, it: Marked) -> str:
    """Call an event after the programme and after what it is about."""
    named = "\n".join((sources.name or sources.title, it.kind, it.code))
    return f"{hashlib.sha256(named.encode(errors='replace')).hexdigest()[:32]}@mentormatch"


def _written_at(sources: Sources) -> datetime:
    """Say when the calendar is of: the last entry of the register, or the day itself if later."""
    day = datetime.combine(sources.on, time(), UTC)
    at = sources.state.at
    return day if at is None else max(day, at.astimezone(UTC))

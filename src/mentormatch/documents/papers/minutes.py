"""Minutes of councils, meetings and the closing game (D-MIN).

The register knows when people met, how many came, and what was to be spoken of; who spoke and
what was decided is left to be filled in by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mentormatch.documents.papers.heads import Head, head_of, unbroken
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.files import safe_name
from mentormatch.messages import long_day, percent, text
from mentormatch.programme.facts import EventHeld, EventKind
from mentormatch.roadmap.activities import Activity
from mentormatch.roadmap.evidence import active, running
from mentormatch.roadmap.registers import SOURCES, potential_mentors
from mentormatch.spreadsheet import printable

KINDS: Final[tuple[EventKind, ...]] = (
    "council",
    "general_meeting",
    "parents_meeting",
    "closing_game",
)
"""Events of which minutes are taken."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda.

    Parameters
    ----------
    number, title
        Which, and what was to be spoken of.
    known
        What the register knows of it; blank where nothing.
    """

    number: str
    title: str
    known: str


@dataclass(frozen=True, slots=True)
class Minutes(Head):
    """What the minutes of an event say.

    Parameters
    ----------
    day
        When it was.
    meeting
        What sort of event it was.
    present
        How many came, of how many.
    grounds
        The row of the roadmap that it belongs to, and what that row expects; blank where it
        belongs to none.
    agenda
        What was to be spoken of.
    """

    day: str
    meeting: str
    present: str
    grounds: str
    agenda: tuple[Item, ...]


MINUTES: Final = TemplateKind(
    "minutes", Minutes, frozenset({"day", "meeting", "present", "agenda.title"})
)


def minutes(sources: Sources) -> Iterator[Paper]:
    """Write the minutes of each event that has some (D-MIN), by day.

    Raises
    ------
    DocumentError
        When a template of the school's own can't be used.
    """
    template = MINUTES.of(sources.templates, sources.lang)
    for code, content in minutes_contents(sources):
        name = text("document.file.D-MIN", sources.lang, code=code)
        yield Paper("D-MIN", f"{safe_name(name)}.docx", template.render(content))


def minutes_contents(sources: Sources) -> Iterator[tuple[str, Minutes]]:
    """Say what stands in the minutes of each event, by day: its code, and its minutes."""
    held = (it for it in sources.state.events.values() if it.kind in KINDS and it.on <= sources.on)
    for event in sorted(held, key=lambda it: (it.on, it.event)):
        yield event.event, _minutes(sources, event)


def _minutes(sources: Sources, event: EventHeld) -> Minutes:
    lang = sources.lang
    return Minutes(
        **head_of(sources),
        day=long_day(event.on, lang),
        meeting=text(f"minutes.meeting.{event.kind}", lang),
        present=_present(sources, event),
        grounds=_grounds(sources, event),
        agenda=tuple(_agenda(sources, event)),
    )


def _present(sources: Sources, event: EventHeld) -> str:
    lang, came = sources.lang, len(event.present) + event.others
    if not event.invited:
        return text("minutes.came", lang, came=came)
    share = percent(came, event.invited, lang)
    return unbroken(text("minutes.came-of", lang, came=came, invited=event.invited, share=share))


def _row(sources: Sources, event: EventHeld) -> Activity | None:
    """Find the row that an event belongs to: the one it names, else the first of its kind."""
    rows = sources.roadmap.activities
    if event.activity is not None:
        return next((it for it in rows if it.id == event.activity), None)
    return next(
        (it for it in rows if it.evidence.rule == "events" and event.kind in it.evidence.kinds),
        None,
    )


def _grounds(sources: Sources, event: EventHeld) -> str:
    lang, row = sources.lang, _row(sources, event)
    if row is None:
        return ""
    title, result = printable(row.title.text(lang)), printable(row.result.text(lang))
    return unbroken(text("minutes.grounds", lang, id=row.id, title=title, result=result))


def _agenda(sources: Sources, event: EventHeld) -> Iterator[Item]:
    for number, known in enumerate((_so_far(sources, event), _offers(sources, event)), 1):
        title = text(f"minutes.agenda.{event.kind}.{number}", sources.lang)
        yield Item(str(number), title, known)


def _so_far(sources: Sources, event: EventHeld) -> str:
    """Say how many took part on the day, and how many pairs and groups ran."""
    state = sources.state
    people = sum(active(it, event.on) for it in state.people.values())
    pairs = sum(running(it, event.on) for it in state.pairs.values())
    return text("minutes.so-far", sources.lang, people=people, pairs=pairs)


def _offers(sources: Sources, event: EventHeld) -> str:
    """Say how many of those whom such an event addresses had offered to be mentors by then."""
    if event.kind not in SOURCES:
        return ""
    offered = potential_mentors(sources.state, event.kind, event.on).rows
    return text("minutes.offers", sources.lang, count=len(offered))

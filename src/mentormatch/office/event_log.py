"""Events and evidence as a spreadsheet: a row for each, read back as facts.

What the roadmap counts besides pairs: councils, class hours, talks to parents, and what can be
shown, such as publications or local acts. The same sheet can be filled in and read again all
year: what has been noted before is passed over.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final, get_args

from mentormatch.messages import Language, text
from mentormatch.office.filled_sheets import FilledRow, FilledSheet, parts, sheet_to_fill, tried
from mentormatch.programme.facts import EventHeld, EventKind, Evidenced, EvidenceKind, Fact
from mentormatch.programme.state import State

WHATS: Final[dict[str, tuple[type[EventHeld | Evidenced], str]]] = {
    **{("event" if it == "other" else it): (EventHeld, it) for it in get_args(EventKind)},
    **{("evidence" if it == "other" else it): (Evidenced, it) for it in get_args(EvidenceKind)},
}
"""What can be noted: a kind of event or of evidence, by the word for it."""

_COLUMNS: Final = ("what", "on", "row", "present", "others", "invited", "note")
_NEEDED: Final = ("what", "on")
_BLANK_ROWS: Final = 60
OF_EVENTS: Final = ("present", "others", "invited")
"""What only an event has."""


def event_log(lang: Language = "ru") -> bytes:
    """Make an XLSX file in which to note events and evidence: blank rows with drop-down lists.

    Parameters
    ----------
    lang
        Language of the sheet; it is read back whatever it is.
    """
    words = {"what": [text(f"events.what.{it}", lang) for it in WHATS]}
    widths = {"what": 30, "on": 12, "row": 10, "present": 30, "note": 50}
    rows = [[None] * len(_COLUMNS) for _ in range(_BLANK_ROWS)]
    return sheet_to_fill("events", _COLUMNS, rows, lang, words=words, widths=widths)


def read_event_log(
    path: str | Path, state: State, at: datetime, rows: Collection[str] = ()
) -> tuple[Fact, ...]:
    """Read a log back as facts, ready to be recorded.

    Parameters
    ----------
    path
        The filled log, XLSX or CSV.
    state
        What holds now.
    at
        When the facts are going to be recorded.
    rows
        Ids of the roadmap's rows; another one is a mistake. Anything goes when not said.

    Raises
    ------
    IntakeError
        With everything that can't be, each with its row.
    """
    sheet = FilledSheet(path, "events", _COLUMNS, _NEEDED)
    seen: set[str] = set()
    read = [(row, it) for row in sheet.rows() if (it := _read(row, seen, rows)) is not None]
    found = tried(((row, partial(_new, make)) for row, make in read), state, at)
    sheet.refuse()
    return found


def noted(
    what: str,
    on: date,
    code: str,
    *,
    row: str | None = None,
    present: tuple[str, ...] = (),
    others: int = 0,
    invited: int | None = None,
    note: str = "",
) -> EventHeld | Evidenced:
    """Make the fact of an event or of a piece of evidence.

    Parameters
    ----------
    what, on, code
        What it is, one of :data:`WHATS`; when; and its code.
    row
        Id of the roadmap's row that it is for, where ``what`` leaves that open.
    present, others, invited
        Of an event: who came, how many more, and how many were to come.
    note
        What is to be remembered, or where the evidence can be found.
    """
    kind, name = WHATS[what]
    given: dict[str, object] = {"kind": name, "on": on, "activity": row}
    if kind is Evidenced:
        return Evidenced.model_validate(given | {"item": code, "where": note})
    given |= {"event": code, "note": note}
    given |= {"present": present, "others": others, "invited": invited}
    return EventHeld.model_validate(given)


def free_code(what: str, on: date, taken: Collection[str]) -> str:
    """Make the code of an event or of evidence; the second of a kind on one day has a number."""
    first = code = f"{what}-{on.isoformat()}"
    number = 1
    while code in taken:
        number += 1
        code = f"{first}-{number}"
    return code


def _new(make: Callable[[], EventHeld | Evidenced], state: State) -> Iterator[Fact]:
    """Make a fact, and pass over what has been noted before."""
    match make():
        case EventHeld(event=code) as fact if code not in state.events:
            yield fact
        case Evidenced(item=code) as fact if code not in state.evidence:
            yield fact


def _read(
    row: FilledRow, seen: set[str], rows: Collection[str]
) -> Callable[[], EventHeld | Evidenced] | None:
    """Read a row; None when nothing is noted in it, or something is wrong."""
    if not any(row.text(column) for column in _COLUMNS):
        return None
    known = len(row.sheet.defects)
    what, on = row.choice("what", WHATS), row.day("on")
    others, invited = row.whole("others"), row.whole("invited")
    activity = row.text("row").upper() or None
    if activity is not None and rows and activity not in rows:
        row.report("row", "events.no-row", names=", ".join(rows))
    for column in _NEEDED:
        if not row.text(column):
            row.report(column, "events.incomplete")
    if what is not None and WHATS[what][0] is Evidenced:
        for column in OF_EVENTS:
            if row.text(column):
                row.report(column, "events.no-event")
    if len(row.sheet.defects) > known or what is None or on is None:
        return None
    # Counted within the sheet, so that each row has the same code when it is read again.
    code = free_code(what, on, seen)
    seen.add(code)
    return partial(
        noted,
        what,
        on,
        code,
        row=activity,
        present=parts(row.text("present")),
        others=others or 0,
        invited=invited,
        note=row.text("note"),
    )

"""Meetings as a spreadsheet: a row for the next meeting of each pair, read back as facts.

The same log can be filled in and read again all year: what has been noted before is passed
over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, cast

from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.office.filled_sheets import (
    FilledRow,
    FilledSheet,
    pair_cell,
    parts,
    sheet_to_fill,
    tried,
    who_heads,
)
from mentormatch.programme.facts import (
    STAGES,
    Confirmed,
    Fact,
    MeetingHeld,
    MeetingPlanned,
    Stage,
)
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State
from mentormatch.spreadsheet import Cell

_COLUMNS: Final = (
    *("pair", "mentor", "mentees", "stage", "planned", "held", "present", "going-on"),
    "feedback",
)
_NEEDED: Final = ("pair", "stage", "held")
_BEFORE_THE_END: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class MeetingNote:
    """What is noted of a meeting.

    Parameters
    ----------
    pair, stage
        Whose meeting, and of which stage.
    held
        When it took place; None when it hasn't.
    planned
        For when it is arranged.
    present
        Who came; everybody when empty.
    going_on
        Who is for going on after it; ``all`` are those in the pair and the curator.
    feedback
        What was said.
    """

    pair: str
    stage: Stage
    held: date | None = None
    planned: date | None = None
    present: tuple[str, ...] = ()
    going_on: tuple[str, ...] = ()
    feedback: str = field(default="", repr=False)

    def facts(self, state: State, on: date) -> Iterator[Fact]:
        """Say it as facts; what has been noted before is left out.

        Parameters
        ----------
        state
            What holds.
        on
            The day of whoever notes it: that of a word for which no meeting is named.
        """
        pair = state.pairs.get(self.pair)
        if pair is None:
            refuse([defect("no-pair", "pair", pair=self.pair)])
        assert pair is not None
        of_stage = [each for each in pair.meetings.values() if each.stage == self.stage]
        waiting = next((each for each in of_stage if each.waiting), None)
        code = f"{pair.pair}-m{len(pair.meetings) + 1}" if waiting is None else waiting.meeting
        if self.held is not None and all(each.held != self.held for each in of_stage):
            yield MeetingHeld(
                meeting=code,
                pair=pair.pair,
                stage=self.stage,
                on=self.held,
                present=self.present or pair.members,
                feedback=self.feedback,
            )
        elif (
            self.held is None
            and self.planned is not None
            and all(each.planned != self.planned for each in of_stage)
        ):
            yield MeetingPlanned(meeting=code, pair=pair.pair, stage=self.stage, on=self.planned)
        for who in self._for_going_on(pair):
            if (self.stage, who) not in pair.confirmed:
                yield Confirmed(pair=pair.pair, stage=self.stage, on=self.held or on, person=who)

    def _for_going_on(self, pair: PairLife) -> tuple[str | None, ...]:
        """List who is for going on; None is the curator, whose word the trial needs."""
        if self.going_on != ("all",):
            return self.going_on
        return (*pair.members, None) if self.stage == "trial" else pair.members


def meeting_log(
    state: State, on: date, *, keys: KeyFile | None = None, lang: Language = "ru"
) -> bytes:
    """Make an XLSX file in which to note meetings: a row for the next one of each running pair.

    Parameters
    ----------
    state
        What holds.
    on
        The day; joint work goes on until a month before the end of a term.
    keys
        Names to show beside the codes.
    lang
        Language of the sheet; it is read back whatever it is.
    """
    running = [pair for pair in state.pairs.values() if pair.status == "running"]
    heads = ["pair", *who_heads(running, names=keys is not None), *_COLUMNS[3:]]
    rows = [
        [_cell(head, pair, on, keys, lang) for head in heads]
        for pair in sorted(running, key=lambda each: each.pair)
    ]
    words = {"stage": [text(f"meetings.stage.{it}", lang) for it in STAGES]}
    widths = {"planned": 14, "held": 12, "present": 24, "going-on": 16, "feedback": 40}
    return sheet_to_fill("meetings", heads, rows, lang, words=words, widths=widths)


def read_meeting_log(path: str | Path, state: State, at: datetime) -> tuple[Fact, ...]:
    """Read a log back as facts, ready to be recorded.

    Rows with neither days nor a word for going on are passed over, and so is what has been
    noted before.

    Parameters
    ----------
    path
        The filled log, XLSX or CSV.
    state
        What holds now.
    at
        When the facts are going to be recorded.

    Raises
    ------
    IntakeError
        With everything that can't be, each with its row.
    """
    sheet = FilledSheet(path, "meetings", _COLUMNS, _NEEDED)
    notes = [(row, note) for row in sheet.rows() if (note := _note(row)) is not None]
    day = at.date()
    facts = tried(((row, partial(_facts, note, day)) for row, note in notes), state, at)
    sheet.refuse()
    return facts


def _facts(note: MeetingNote, on: date, state: State) -> Iterator[Fact]:
    return note.facts(state, on)


def _cell(head: str, pair: PairLife, on: date, keys: KeyFile | None, lang: Language) -> Cell:
    match head:
        case "stage":
            return text(f"meetings.stage.{_next_stage(pair, on)}", lang)
        case "planned":
            stage = _next_stage(pair, on)
            days = (it.planned for it in pair.meetings.values() if it.waiting and it.stage == stage)
            return next(days, None)
    return pair_cell(head, pair, keys)


def _next_stage(pair: PairLife, on: date) -> Stage:
    """Say of which stage the next meeting is."""
    if pair.stage == "joint_work" and pair.ends is not None and on < pair.ends - _BEFORE_THE_END:
        return "joint_work"
    return pair.next_stage or "final"


def _note(row: FilledRow) -> MeetingNote | None:
    """Read a row; None when nothing is noted in it, or something is wrong."""
    known = len(row.sheet.defects)
    held, planned = row.day("held"), row.day("planned")
    going_on = parts(row.text("going-on"))
    if len(going_on) == 1 and row.text("going-on") in _YES:
        going_on = ("all",)
    noted = held or planned or going_on
    if not noted and len(row.sheet.defects) == known:
        for column in ("present", "feedback"):
            if row.text(column):
                row.report("held", "meetings.no-day")
        return None
    stage = row.choice("stage", STAGES)
    if stage is None and not row.text("stage"):
        row.report("stage", "meetings.no-stage")
    if len(row.sheet.defects) > known:
        return None
    return MeetingNote(
        row.text("pair"),
        cast("Stage", stage),
        held,
        planned,
        parts(row.text("present")),
        going_on,
        row.text("feedback"),
    )


_YES: Final = {"yes", "да", "Yes", "Да", "YES", "ДА", "all", "все", "Все"}

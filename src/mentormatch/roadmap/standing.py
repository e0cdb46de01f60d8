"""How a roadmap stands on a day: what is done of each row, in words and as tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

from mentormatch.messages import Language, day, percent, text
from mentormatch.roadmap.activities import Activity, Schedule
from mentormatch.roadmap.deadlines import Occurrence
from mentormatch.roadmap.indicators import Indicator

if TYPE_CHECKING:
    import pandas as pd

Progress = Literal["done", "done_late", "overdue", "blocked", "due", "not_yet"]

MOST_NAMED: Final = 10
"""A line of text names so many codes; the rest are counted, and stand in the table."""

LOOK_AHEAD: Final = 14
"""For how many days ahead the text lists what is due and of what people are reminded."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day on which people are reminded of something that isn't done yet.

    Parameters
    ----------
    on
        The day.
    activity, occurrence
        Of which row, and of which time.
    """

    on: date
    activity: Activity
    occurrence: Occurrence

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        return text(
            "roadmap.status.reminder",
            lang,
            on=day(self.on, lang),
            id=self.activity.id,
            title=self.activity.title.text(lang),
            due=day(self.occurrence.due, lang),
        )


@dataclass(frozen=True, slots=True)
class OccurrenceStatus:
    """What is done of one occurrence of a row.

    Parameters
    ----------
    activity, occurrence
        Which row, and which time.
    progress
        ``done`` in time, ``done_late``, ``overdue``, ``blocked`` (its time has come, and a row
        that has to be done before isn't), ``due`` (its time has come), or ``not_yet``.
    done
        The day on which it was done.
    items
        Codes of what shows it.
    missing
        Codes of pairs and people in the way.
    blocked_by
        Ids of rows that have to be done before and aren't; of overdue ones too.
    unmet
        Ids of indicators that keep it from being done.
    """

    activity: Activity
    occurrence: Occurrence
    progress: Progress
    done: date | None = None
    items: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=(), repr=False)
    blocked_by: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether it is done, early or late."""
        return self.progress in {"done", "done_late"}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "activity": self.activity.id,
            "occurrence": self.occurrence.name,
            "due": self.occurrence.due.isoformat(),
            "dated": self.occurrence.dated,
            "progress": self.progress,
            "done": None if self.done is None else self.done.isoformat(),
            "items": list(self.items),
            "missing": list(self.missing),
            "blocked_by": list(self.blocked_by),
            "unmet": list(self.unmet),
        }

    def text(self, lang: Language = "en") -> str:
        """Say in a line what it is, by when, and how it stands."""
        return f"{self.activity.id} {self.activity.title.text(lang)}: {self.standing(lang)}"

    def standing(self, lang: Language = "en") -> str:
        """Say by when it is due and how it stands, without the title."""
        key = "day" if self.occurrence.dated else "end"
        due = text(f"roadmap.status.due.{key}", lang, on=day(self.occurrence.due, lang))
        return "; ".join([due, self.progress_text(lang), *self.hindrances(lang)])

    def progress_text(self, lang: Language = "en") -> str:
        """Say how it stands, and since when if it is done."""
        done = "" if self.done is None else day(self.done, lang)
        return text(f"roadmap.status.progress.{self.progress}", lang, on=done)

    def hindrances(self, lang: Language = "en") -> tuple[str, ...]:
        """Say what is in the way: rows, indicators, pairs and people by code."""
        said = []
        if self.blocked_by and not self.is_done:
            said.append(text("roadmap.status.blocked-by", lang, rows=", ".join(self.blocked_by)))
        if self.unmet:
            said.append(text("roadmap.status.unmet", lang, names=", ".join(self.unmet)))
        if self.missing:
            codes = ", ".join(self.missing[:MOST_NAMED])
            rest = len(self.missing) - MOST_NAMED
            key = "roadmap.status.missing-more" if rest > 0 else "roadmap.status.missing"
            said.append(text(key, lang, codes=codes, rest=rest))
        return tuple(said)


@dataclass(frozen=True, slots=True)
class RowStatus:
    """What is done of a row.

    Parameters
    ----------
    activity
        The row.
    occurrences
        Each time that it is due, by day.
    managing
        Whether it judges the other rows, and isn't counted among them.
    """

    activity: Activity
    occurrences: tuple[OccurrenceStatus, ...]
    managing: bool = False

    @property
    def progress(self) -> Progress:
        """How the row stands: anything overdue first, then what is open, then what is done."""
        found = {it.progress for it in self.occurrences}
        order: tuple[Progress, ...] = ("overdue", "blocked", "due", "done_late", "done")
        return next((it for it in order if it in found), "not_yet")

    @property
    def current(self) -> OccurrenceStatus | None:
        """The first occurrence that isn't done; the last one where all are."""
        left = (it for it in self.occurrences if not it.is_done)
        return next(left, self.occurrences[-1] if self.occurrences else None)


@dataclass(frozen=True, repr=False)
class RoadmapStatus:
    """How a roadmap stands on a day.

    Parameters
    ----------
    roadmap
        The rows as they were asked for.
    on
        The day.
    rows
        What is done of each row, in the roadmap's order.
    indicators
        Every indicator by id.
    """

    roadmap: Schedule
    on: date
    rows: tuple[RowStatus, ...]
    indicators: dict[str, Indicator]

    @cached_property
    def _rows(self) -> dict[str, RowStatus]:
        return {row.activity.id: row for row in self.rows}

    def row(self, activity_id: str) -> RowStatus:
        """Return how a row stands; KeyError if there is no such row."""
        return self._rows[activity_id]

    @property
    def occurrences(self) -> tuple[OccurrenceStatus, ...]:
        """Every occurrence of every row, in the roadmap's order."""
        return tuple(it for row in self.rows for it in row.occurrences)

    def with_progress(self, *progress: Progress) -> tuple[OccurrenceStatus, ...]:
        """List the occurrences that stand so, by day."""
        found = (it for it in self.occurrences if it.progress in progress)
        return tuple(sorted(found, key=lambda it: (it.occurrence.due, it.activity.id)))

    @property
    def reminders(self) -> tuple[Reminder, ...]:
        """When people are to be reminded, from this day on, of what isn't done; by day."""
        found = [
            Reminder(on, it.activity, it.occurrence)
            for it in self.occurrences
            if not it.is_done
            for on in it.occurrence.reminders()
            if on >= self.on
        ]
        return tuple(sorted(found, key=lambda it: (it.on, it.occurrence.due, it.activity.id)))

    def responsible(self, activity: Activity, lang: Language = "en") -> str:
        """Name the roles that answer for a row."""
        roles = self.roadmap.roles
        return ", ".join(
            roles[role].text(lang) if role in roles else role for role in activity.responsible
        )

    def table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return a pandas frame with a row for each occurrence."""
        import pandas as pd  # noqa: PLC0415 - heavy

        heads = ("row", "title", "occurrence", "due", "progress", "done", "evidence", "missing",
                 "blocked-by", "indicators", "responsible")  # fmt: skip
        columns = [text(f"roadmap.head.{head}", lang) for head in heads]
        return pd.DataFrame([self._cells(it, lang) for it in self.occurrences], columns=columns)

    def _cells(self, it: OccurrenceStatus, lang: Language) -> list[str]:
        activity = it.activity
        return [
            activity.id,
            activity.title.text(lang),
            it.occurrence.name if it.occurrence.dated else "",
            day(it.occurrence.due, lang),
            text(f"roadmap.progress.{it.progress}", lang),
            "" if it.done is None else day(it.done, lang),
            ", ".join(it.items),
            ", ".join(it.missing),
            ", ".join(it.blocked_by),
            ", ".join(it.unmet),
            self.responsible(activity, lang),
        ]

    def indicators_table(self, lang: Language = "en") -> "pd.DataFrame":
        """Return a pandas frame with a row for each indicator and each of its parts."""
        import pandas as pd  # noqa: PLC0415 - heavy

        heads = ("indicator", "measured", "part", "figure", "threshold", "status", "excluded")
        columns = [text(f"roadmap.head.{head}", lang) for head in heads]
        rows = [
            [
                part.id,
                part.target.title.text(lang),
                text(f"indicator.part.{part.part}", lang) if part.part else "",
                part.figure(lang),
                "" if part.threshold is None else
                f"{part.threshold} %" if part.is_share else str(part.threshold),
                text(f"indicator.status.{part.status}", lang),
                "; ".join(it.text(lang) for it in part.excluded),
            ]
            for it in self.indicators.values()
            for part in (it, *it.parts)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "roadmap": self.roadmap.name,
            "on": self.on.isoformat(),
            "rows": [
                {
                    "id": row.activity.id,
                    "progress": row.progress,
                    "managing": row.managing,
                    "occurrences": [it.to_dict() for it in row.occurrences],
                }
                for row in self.rows
            ],
            "indicators": [it.to_dict() for it in self.indicators.values()],
            "reminders": [
                {
                    "on": it.on.isoformat(),
                    "activity": it.activity.id,
                    "due": it.occurrence.due.isoformat(),
                }
                for it in self.reminders
            ],
        }

    def text(self, lang: Language = "en") -> str:
        """Say it in words: figures, what is overdue, blocked and due, reminders, indicators."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Language) -> Iterator[str]:
        def say(key: str, /, **values: object) -> str:
            return text(f"roadmap.status.{key}", lang, **values)

        yield say("title", title=self.roadmap.title.text(lang), on=day(self.on, lang))
        # The rows that count, and beside them those that judge.
        yield self.totals(lang)
        for it in (it for row in self.rows if row.managing for it in row.occurrences):
            yield f"+ {it.text(lang)}"
        soon = [
            it for it in self.with_progress("due")
            if it.occurrence.dated and (it.occurrence.due - self.on).days <= LOOK_AHEAD
        ]  # fmt: skip
        for head, found in (
            ("overdue", self.with_progress("overdue")),
            ("blocked", self.with_progress("blocked")),
            ("soon", soon),
        ):
            if found:
                yield say(head)
                yield from (f"- {it.text(lang)}" for it in found)
        reminders = [it for it in self.reminders if (it.on - self.on).days <= LOOK_AHEAD]
        if reminders:
            yield say("reminders")
            yield from (f"- {it.text(lang)}" for it in reminders)
        if self.indicators:
            yield say("indicators")
            yield from (f"- {it.text(lang)}" for it in self.indicators.values())

    def totals(self, lang: Language = "en") -> str:
        """Say in a line how many rows there are, and how much of what is due is done."""
        judging = sum(row.managing for row in self.rows)
        due, done, in_time = tally(self.rows, self.on)
        return text(
            "roadmap.status.totals" if due else "roadmap.status.nothing-due",
            lang,
            rows=len(self.rows) - judging,
            judging=judging,
            due=due,
            done=done,
            share=percent(done, due, lang),
            in_time=in_time,
            share_in_time=percent(in_time, due, lang),
        )

    def __repr__(self) -> str:
        due, done, _ = tally(self.rows, self.on)
        return f"RoadmapStatus({self.roadmap.name!r}, {self.on}, {done} of {due} due are done)"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def tally(rows: Iterable[RowStatus], on: date) -> tuple[int, int, int]:
    """Count the occurrences due by a day, those of them that are done, and in time."""
    due = [
        it for row in rows if not row.managing for it in row.occurrences if it.occurrence.due <= on
    ]
    done = sum(it.is_done for it in due)
    return len(due), done, sum(it.progress == "done" for it in due)

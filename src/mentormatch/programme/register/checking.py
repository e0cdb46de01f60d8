"""Looking for damage in a register, and mending what can be mended."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy import text as sql

from mentormatch.errors import Defect, RegisterError
from mentormatch.messages import Language, text
from mentormatch.programme.facts import Entry, Purged
from mentormatch.programme.register import kept, purging, rows
from mentormatch.programme.register.address import Store
from mentormatch.programme.register.chain import ROOT, Line
from mentormatch.programme.register.folding import Folded, about
from mentormatch.programme.register.tables import results
from mentormatch.programme.register.versions import TEMPORARY

_SHOWN: Final = 20
_OLD: Final = 3600  # seconds after which an unfinished file isn't being written any more


@dataclass(frozen=True, slots=True)
class Checkup:
    """What looking for damage has found.

    Parameters
    ----------
    entries
        How many entries were read.
    defects
        What is wrong and was left as it is.
    mended
        What was wrong and has been mended.
    warnings
        What is allowed, but probably not meant.
    """

    entries: int
    defects: tuple[Defect, ...] = ()
    mended: tuple[Defect, ...] = ()
    warnings: tuple[Defect, ...] = ()

    def __bool__(self) -> bool:
        return not self.defects

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        lines = [text("store.checkup.entries", lang, count=self.entries)]
        lines.append(text(f"store.checkup.{'sound' if self else 'unsound'}", lang))
        lines += [f"- {defect.text(lang)}" for defect in self.defects]
        lines += [
            text("store.checkup.mended", lang, what=defect.problem(lang)) for defect in self.mended
        ]
        lines += [
            text("store.checkup.warning", lang, what=defect.text(lang)) for defect in self.warnings
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def check(store: Store, school: str, *, repair: bool) -> Checkup:
    """Look for damage, and mend what is derived from the journal or was left over."""
    place = store.address.place
    found: list[Defect] = []
    derived: list[Defect] = []
    leftovers = list(_leftovers(store))
    mended: list[Defect] = []
    try:
        if store.is_file:
            found += _file_defects(store)
        # A repair has to see what nobody changes in between.
        with store.writing(school) if repair else store.reading(school) as connection:
            journal = _Reading(connection, school)
            found += (Defect(code, place, values) for code, values in journal.faults())
            found += (
                Defect("store.damaged-result", place, {"found": digest})
                for digest in _damaged_results(connection, school)
            )
            if journal.folded is not None:
                derived += (Defect(code, place) for code in journal.drifted(journal.folded))
                if repair and derived:
                    journal.derive(journal.folded)
                    mended += derived
            warnings = [] if store.is_file else list(_too_mighty(connection, store))
            if store.is_file and purging.unswept(connection):
                leftovers.append(Defect("store.unswept", place))
    except RegisterError as error:
        return Checkup(0, (*error.defects, *found))
    if repair:
        mended += leftovers
        for file in _temporary(store):
            file.unlink(missing_ok=True)
        if any(defect.code == "store.unswept" for defect in leftovers):
            purging.sweep(store)
    else:
        found += [*derived, *leftovers]
    return Checkup(journal.read, tuple(found), tuple(mended), tuple(warnings))


class _Reading:
    """The whole journal of a school, read line by line and folded as long as it goes well."""

    def __init__(self, connection: Connection, school: str) -> None:
        self.connection = connection
        self.school = school
        self.read = 0
        self.folded: Folded | None = Folded()
        self._concerns: set[tuple[str, str, int]] = set()
        self._people: set[str] = set()  # whom the last line is about

    def faults(self) -> Iterator[tuple[str, dict[str, object]]]:
        """List what is wrong with lines: the code of a defect, and its values."""
        previous, seq = ROOT, 0
        faults: dict[str, list[int]] = {}
        gone: list[tuple[Entry, set[str]]] = []
        purges: list[Entry] = []
        for line in rows.lines(self.connection, self.school):
            self.read += 1
            seq += 1
            if (
                line.seq != seq
                or line.previous != previous
                or line.hash != line.own_hash(self.school)
            ):
                faults.setdefault("store.broken-line", []).append(line.seq)
            previous, seq = line.hash, line.seq
            if not line.words_agree:
                faults.setdefault("store.broken-words", []).append(line.seq)
            entry = self._fold(line, faults)
            if entry is None:
                continue
            if line.erased:
                gone.append((entry, self._people))
            if isinstance(entry.fact, Purged):
                purges.append(entry)
        if (seq, previous) != rows.head_of(self.connection, self.school):
            faults.setdefault("store.broken-end", []).append(seq)
        lost = [
            entry.seq
            for entry, people in gone
            if not any(purge.seq > entry.seq and _covers(purge, entry, people) for purge in purges)
        ]
        if lost:
            faults["store.lost-words"] = lost
        for code, lines in faults.items():
            shown = ", ".join(map(str, lines[:_SHOWN])) + (", ..." if len(lines) > _SHOWN else "")
            yield code, {"lines": shown, "count": len(lines)}

    def _fold(self, line: Line, faults: dict[str, list[int]]) -> Entry | None:
        try:
            entry = line.entry()
            if self.folded is not None:
                after = self.folded.with_line(line, entry)
                concerned = about(self.folded.state, after.state, entry)
                self._concerns |= {(kind, code, line.seq) for kind, code in concerned}
                self._people = {code for kind, code in concerned if kind == "person"}
                self.folded = after
        except RegisterError:
            faults.setdefault("store.unreadable-line", []).append(line.seq)
            self.folded = None
            return None
        return entry

    def drifted(self, folded: Folded) -> Iterator[str]:
        """Say which tables aren't what the journal comes to."""
        counts, days = folded.totals()
        there = rows.counts_of(self.connection, self.school)
        if there != dict(counts) or rows.due_of(self.connection, self.school) != dict(days):
            yield "store.stale-totals"
        if rows.concerns_of(self.connection, self.school) != self._concerns:
            yield "store.stale-index"

    def derive(self, folded: Folded) -> None:
        """Write these tables anew."""
        rows.project(self.connection, self.school, *folded.totals())
        rows.replace_concerns(self.connection, self.school, self._concerns)


def _covers(purge: Entry, entry: Entry, people: set[str]) -> bool:
    """Tell whether a purge erased what was written in an entry about these people."""
    assert isinstance(purge.fact, Purged)
    if purge.fact.before is not None:
        return entry.day < purge.fact.before
    return not people.isdisjoint(purge.fact.people)


def _damaged_results(connection: Connection, school: str) -> Iterator[str]:
    stored = connection.execute(select(results.c.digest).where(results.c.school == school))
    for digest in stored.scalars().all():
        if kept.is_damaged(connection, school, digest):
            yield digest


def _file_defects(store: Store) -> Iterator[Defect]:
    with store.plain() as connection:
        for pragma, fine in (("integrity_check", ["ok"]), ("foreign_key_check", [])):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
            if [row[0] for row in found] != fine:
                yield Defect("store.damaged", store.address.place)
                return


def _too_mighty(connection: Connection, store: Store) -> Iterator[Defect]:
    """Warn of a role that row-level security doesn't hold back."""
    mighty = connection.execute(
        sql("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).scalar()
    if mighty:
        yield Defect("store.too-mighty", store.address.place)


def _temporary(store: Store) -> list[Path]:
    """List what an interrupted beginning has left beside a file."""
    file = store.address.file
    if file is None:
        return []
    return [
        each
        for each in file.parent.glob(f".{file.name}.*{TEMPORARY}*")
        if time.time() - each.stat().st_mtime > _OLD
    ]


def _leftovers(store: Store) -> Iterator[Defect]:
    if _temporary(store):
        yield Defect("store.leftovers", store.address.place)

"""Erasing what people wrote and answered, so that no byte of it is left."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, select
from sqlalchemy import text as sql

from mentormatch.errors import RegisterError
from mentormatch.messages import Language, text
from mentormatch.programme.register.address import Store, reporting
from mentormatch.programme.register.chain import moment, stamp
from mentormatch.programme.register.tables import answers, concerns, journal, private, results

_HOLDING: Final = (private, answers)
_PAUSE: Final = 0.05  # seconds between two tries to get past a reader


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge has erased, and what is beyond its reach.

    Parameters
    ----------
    entries
        How many entries of the journal lost what people had written in them.
    answers
        How many people's answers, kept with results, were erased.
    swept
        Whether the erased bytes are gone from the register's own files.
    in_file
        Whether the register is one file.
    """

    entries: int
    answers: int
    swept: bool
    in_file: bool

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        kind = "file" if self.in_file else "database"
        said = (
            text("store.purge.entries", lang, count=self.entries),
            text("store.purge.answers", lang, count=self.answers),
            text(f"store.purge.{'swept' if self.swept else 'unswept'}-{kind}", lang),
            text(f"store.purge.beyond-{kind}", lang),
        )
        return "\n".join(said)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def erase_person(connection: Connection, school: str, person: str) -> tuple[int, int]:
    """Delete what concerns a person; return how many entries and sets of answers it was."""
    theirs = select(concerns.c.seq).where(
        concerns.c.school == school, concerns.c.about == "person", concerns.c.code == person
    )
    entries = connection.execute(
        delete(private).where(private.c.school == school, private.c.seq.in_(theirs))
    )
    kept = connection.execute(
        delete(answers).where(answers.c.school == school, answers.c.person == person)
    )
    return entries.rowcount, kept.rowcount


def erase_before(connection: Connection, school: str, day: date) -> tuple[int, int]:
    """Delete what was recorded before a day; return how many entries and answers it was.

    As everywhere, the day of an entry is that of its author's clock.
    """
    beside = and_(private.c.school == journal.c.school, private.c.seq == journal.c.seq)
    written = connection.execute(
        select(journal.c.seq, journal.c.at, journal.c.zone)
        .join(private, beside)
        .where(journal.c.school == school)
    )
    old = [{"old": seq} for seq, at, zone in written if moment(at, zone).date() < day]
    if old:
        theirs = (private.c.school == school) & (private.c.seq == bindparam("old"))
        connection.execute(delete(private).where(theirs), old)
    start = stamp(datetime(day.year, day.month, day.day).astimezone())
    stored = select(results.c.digest).where(results.c.school == school, results.c.at < start)
    kept = connection.execute(
        delete(answers).where(answers.c.school == school, answers.c.digest.in_(stored))
    )
    return len(old), kept.rowcount


def mark(connection: Connection, store: Store) -> None:
    """Note, in the transaction that deletes, that the file has to be swept."""
    if store.is_file:
        connection.exec_driver_sql("PRAGMA user_version = 1")


def unswept(connection: Connection) -> bool:
    """Tell whether a file still has to be swept, because somebody was stopped while purging."""
    return connection.exec_driver_sql("PRAGMA user_version").scalar() == 1


def sweep(store: Store) -> bool:
    """Drive deleted bytes out of the files; return whether that succeeded.

    SQLite: what is deleted is overwritten with zeros (``secure_delete``), the file is written
    anew (``VACUUM``), and the log of changes, which holds old pages, is cut to nothing.
    PostgreSQL: the tables are written anew (``VACUUM FULL``), which only their owner may do.
    """
    return _sweep_file(store) if store.is_file else _sweep_tables(store)


def _sweep_file(store: Store) -> bool:
    end = time.monotonic() + store.wait
    while True:
        try:
            with store.plain() as connection:
                if _truncated(connection):
                    connection.exec_driver_sql("VACUUM")
                    # Clearing the mark dirties one page only, and before the last truncation.
                    connection.exec_driver_sql("PRAGMA user_version = 0")
                    if _truncated(connection):
                        return True
                    connection.exec_driver_sql("PRAGMA user_version = 1")
        except RegisterError as error:
            if error.defects[0].code != "store.locked":
                raise
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)


def _truncated(connection: Connection) -> bool:
    """Move the log of changes into the file and cut it; fails while somebody reads."""
    busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy


def _sweep_tables(store: Store) -> bool:
    with reporting(store.address.place), store.engine.connect() as connection:
        names = [table.name for table in _HOLDING]
        owned = connection.execute(
            sql(
                "SELECT count(*) FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[])) "
                "AND pg_has_role(relowner, 'USAGE')"
            ),
            {"names": names},
        ).scalar()
    if owned != len(names):
        return False
    try:
        with store.plain() as connection:
            connection.execute(
                sql("SELECT set_config('lock_timeout', :wait, false)"),
                {"wait": f"{max(1, round(store.wait * 1000))}ms"},
            )
            for name in names:
                connection.exec_driver_sql(f"VACUUM (FULL) {name}")
            connection.exec_driver_sql("RESET lock_timeout")
    except RegisterError as error:
        if error.defects[0].code != "store.locked":
            raise
        return False
    return True

"""The register: what happened in a programme, kept so that nothing is lost."""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from pydantic import ValidationError
from sqlalchemy import Connection

from mentormatch.errors import Place, RegisterError
from mentormatch.programme.facts import Code, Entry, Fact, Purged
from mentormatch.programme.register import checking, kept, purging, rows, versions
from mentormatch.programme.register.address import Address, Store
from mentormatch.programme.register.chain import Line
from mentormatch.programme.register.checking import Checkup
from mentormatch.programme.register.folding import Folded, about
from mentormatch.programme.register.purging import Purge
from mentormatch.programme.register.rows import Concern
from mentormatch.programme.register.totals import Totals, region_totals, school_totals
from mentormatch.programme.state import State
from mentormatch.record import defects_of

# What matching needs takes long to load, and most who open a register don't match.
if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.result import Result
    from mentormatch.verification import Verification

SCHOOL: Final = "school"
WAIT: Final = 30.0
_SCHOOL: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class Register:
    """What happened in the programme of one school: facts in order, and what people wrote.

    One transaction records everything or nothing. Facts are never changed or taken back; what
    people wrote and answered can be erased. Make one with :meth:`open`; it may be used by
    several threads, and several programs may use the same register at once.
    """

    def __init__(self, store: Store, school: str) -> None:
        self._store = store
        self._school = school
        self._alone = threading.RLock()
        self._folded = Folded()

    @classmethod
    def open(
        cls,
        where: str | Path,
        *,
        school: str = SCHOOL,
        upgrade: bool | None = None,
        wait: float = WAIT,
    ) -> Self:
        """Open a register; one that isn't there is made.

        Parameters
        ----------
        where
            A file, for one programme; or ``postgresql://user@host/database``, for many schools.
            A password is taken from the variable ``MENTORMATCH_REGISTER_PASSWORD`` or from where
            PostgreSQL's own programs take it, never from the URL.
        school
            Whose facts are read and recorded; nothing of other schools is seen.
        upgrade
            Whether to bring a register of an older version of the library to the newest one.
            When not said, a file is brought there; a database isn't, since other schools may
            still use the older library.
        wait
            For how many seconds to wait for somebody else who is writing.

        Raises
        ------
        RegisterError
            When it is damaged, of a newer version, closed, or something else altogether; it is
            left as it was.
        """
        if not _SCHOOL.fullmatch(school):
            raise RegisterError.of("store.bad-school", Place(field="school"))
        store = Store.at(Address.of(where), wait)
        try:
            versions.prepare(store, upgrade=upgrade)
            register = cls(store, school)
            if store.is_file:
                with store.reading(school) as connection:
                    unswept = purging.unswept(connection)
                if unswept:
                    purging.sweep(store)
        except BaseException:
            store.engine.dispose()
            raise
        return register

    @property
    def school(self) -> str:
        """Whose facts are read and recorded."""
        return self._school

    def record(self, *facts: Fact, author: Code, at: datetime | None = None) -> tuple[Entry, ...]:
        """Write down what happened: all of it, or nothing when some of it can't be.

        Parameters
        ----------
        *facts
            What happened, in order.
        author
            Code of whoever writes it down.
        at
            When it is written down, with its time zone; now when not said. It can't be earlier
            than the last entry.

        Returns
        -------
        tuple
            The facts as entries. When this returns, they are on the disk.

        Raises
        ------
        RegisterError
            With what can't be; nothing is recorded then.
        """
        if not facts:
            return ()
        return self._landing(lambda connection: self._write(connection, facts, author, at))

    def copy(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Write down the entries of another journal, by whom and when they were written there.

        All of it is one transaction: much faster than recording years again fact by fact.

        Parameters
        ----------
        entries
            In order; they are numbered anew, after those that are here.

        Returns
        -------
        tuple
            The entries as they stand here. When this returns, they are on the disk.

        Raises
        ------
        RegisterError
            With what can't be, such as an entry that is older than the last one here; nothing
            is recorded then.
        """
        written = [(entry.fact, entry.author, entry.at) for entry in entries]
        if not written:
            return ()
        return self._landing(
            lambda connection: self._add(connection, self._caught_up(connection), written)
        )

    def _landing(
        self, write: Callable[[Connection], tuple[list[Line], Folded]]
    ) -> tuple[Entry, ...]:
        """Write in one transaction, and find out whether it was carried out."""
        with self._alone:
            lines: list[Line] = []
            try:
                with self._store.writing(self._school) as connection:
                    lines, folded = write(connection)
            except RegisterError as error:
                if not (lines and self._landed(error, lines[-1])):
                    raise
            else:
                self._folded = folded
        return tuple(line.entry() for line in lines)

    def entries(
        self,
        since: date | datetime | None = None,
        until: date | datetime | None = None,
        *,
        person: Code | None = None,
        pair: Code | None = None,
    ) -> tuple[Entry, ...]:
        """Read who wrote down what, in order.

        Parameters
        ----------
        since, until
            From when and until when it was written down: days, both of them included, by the
            clock of whoever wrote; or moments with a time zone.
        person, pair
            Only what is about this person, or about this pair.

        Raises
        ------
        RegisterError
            When the register can't be read.
        """
        named = (("person", person), ("pair", pair))
        abouts = [(kind, code) for kind, code in named if code is not None]
        with self._store.reading(self._school) as connection:
            found = [
                {line.seq: line for line in rows.lines(connection, self._school, about=each)}
                for each in abouts or (None,)
            ]
        common = set(found[0]).intersection(*found[1:])
        entries = (found[0][seq].entry() for seq in sorted(common))
        return tuple(
            entry
            for entry in entries
            if not _is_before(entry, since) and not _is_after(entry, until)
        )

    def state(self, on: date | datetime | None = None) -> State:
        """Say how things stand, or stood: what the entries up to then come to.

        Parameters
        ----------
        on
            A day, with everything that was written down on it; or a moment. Now when not said.

        Raises
        ------
        RegisterError
            When the register can't be read.
        """
        with self._store.reading(self._school) as connection:
            if on is None:
                self._folded = self._caught_up(connection)
                return self._folded.state
            entries = (line.entry() for line in rows.lines(connection, self._school))
            return State.of(takewhile(lambda entry: not _is_after(entry, on), entries))

    def totals(self, on: date | None = None) -> Totals:
        """Count what there is, without reading the journal.

        Parameters
        ----------
        on
            The day that says what is late; today when not said. The counts are those of now.

        Raises
        ------
        RegisterError
            When the register can't be read.
        """
        with self._store.reading(self._school) as connection:
            return school_totals(connection, self._school, on or _today())

    @staticmethod
    def region(where: str | Path, on: date | None = None, *, wait: float = WAIT) -> Totals:
        """Count what there is in all schools of a store, and see nothing else of them.

        Parameters
        ----------
        where
            As in :meth:`open`.
        on
            The day that says what is late; today when not said.
        wait
            As in :meth:`open`.

        Raises
        ------
        RegisterError
            When the register can't be read.
        """
        store = Store.at(Address.of(where), wait)
        try:
            versions.prepare(store, upgrade=False)
            with store.reading("") as connection:
                return region_totals(connection, on or _today(), in_file=store.is_file)
        finally:
            store.engine.dispose()

    def keep(self, result: "Result | str | Path", cohort: "Cohort | None" = None) -> str:
        """Store a result, and apart from it the answers it was made of.

        Parameters
        ----------
        result
            The result, or its file.
        cohort
            The people it was made of. Their answers can be erased later; the result stays.

        Returns
        -------
        str
            SHA-256 of the result's file, by which it is found again.

        Raises
        ------
        RegisterError
            When it can't be written.
        OSError
            When the file can't be opened.
        """
        content = kept.bytes_of(result)
        with self._alone, self._store.writing(self._school) as connection:
            rows.enter(connection, self._school)
            return kept.keep(connection, self._school, content, cohort, datetime.now(UTC))

    def result(self, digest: str) -> "Result":
        """Read a stored result, with the answers it was made of if they are all there.

        Raises
        ------
        RegisterError
            When there is none with this digest, or it is damaged.
        """
        with self._store.reading(self._school) as connection:
            content = self._file(connection, digest)
            cohort = kept.cohort_of(connection, self._school, digest)
        return kept.result_of(content, cohort)

    def result_file(self, digest: str) -> bytes:
        """Read the file of a stored result, byte for byte as it was stored.

        Raises
        ------
        RegisterError
            When there is none with this digest, or it is damaged.
        """
        with self._store.reading(self._school) as connection:
            return self._file(connection, digest)

    def answers(self, digest: str) -> "Cohort | None":
        """Read the answers that were kept with a result, as they were given then.

        Whatever has been erased since isn't in them. None when none were kept.

        Raises
        ------
        RegisterError
            When the register can't be read.
        """
        with self._store.reading(self._school) as connection:
            return kept.answers_of(connection, self._school, digest)

    def verify(self, digest: str) -> "Verification":
        """Check a stored result again, with the answers it was made of if they are all there.

        Its ``scores`` are ``inputs-purged`` where answers have been erased since: the proof
        is then that of the scores as stored.

        Raises
        ------
        RegisterError
            When there is none with this digest, or it is damaged.
        """
        from mentormatch.verification import verify  # noqa: PLC0415

        with self._store.reading(self._school) as connection:
            content = self._file(connection, digest)
            cohort = kept.cohort_of(connection, self._school, digest)
            erased = kept.are_erased(connection, self._school, digest)
        found = verify(kept.result_of(content, cohort), cohort)
        return replace(found, scores="inputs-purged") if erased else found

    def purge(
        self,
        *,
        person: Code | None = None,
        before: date | None = None,
        author: Code,
        at: datetime | None = None,
    ) -> Purge:
        """Erase what people wrote and answered, for good; that it was done is recorded.

        Codes, dates and hashes of the journal stay, and its chain still holds. What somebody
        wrote about a pair is erased with either of the two.

        Parameters
        ----------
        person
            Whose words and answers to erase, with everything written about them.
        before
            Erase what was recorded before this day, by the clock of whoever wrote.
        author, at
            As in :meth:`record`.

        Returns
        -------
        Purge
            What was erased, and what lies beyond the register's reach.

        Raises
        ------
        RegisterError
            When neither or both of person and day are given, or it can't be written. An
            interrupted purge of a file is finished when the register is opened again.
        """
        if (person is None) == (before is None):
            raise RegisterError.of("store.purge-what")
        people = () if person is None else (person,)
        fact = Purged(people=people, before=before, on=(at or _now()).date())
        with self._alone:
            lines: list[Line] = []
            erased = (0, 0)
            try:
                with self._store.writing(self._school) as connection:
                    erased = self._erase(connection, person, before)
                    purging.mark(connection, self._store)
                    lines, _ = self._write(connection, (fact,), author, at)
            except RegisterError as error:
                if not (lines and self._landed(error, lines[-1])):
                    raise
            self._folded = Folded()  # what it held has been erased
            swept = purging.sweep(self._store)
        return Purge(*erased, swept, self._store.is_file)

    def check(self, *, repair: bool = False) -> Checkup:
        """Look for damage: files, chain of hashes, what people wrote, projections.

        Parameters
        ----------
        repair
            Mend what can be: whatever is derived from the journal, and what was left over.

        Raises
        ------
        RegisterError
            When the register can't even be opened.
        """
        with self._alone:
            return checking.check(self._store, self._school, repair=repair)

    def close(self) -> None:
        """Let go of the register; using it again opens it again."""
        self._folded = Folded()
        self._store.engine.dispose()

    def _erase(
        self, connection: Connection, person: Code | None, before: date | None
    ) -> tuple[int, int]:
        if before is not None:
            return purging.erase_before(connection, self._school, before)
        assert person is not None
        erased = purging.erase_person(connection, self._school, person)
        if not any(erased) and person not in self._caught_up(connection).state.people:
            raise RegisterError.of("store.no-trace", person=person)
        return erased

    def _write(
        self,
        connection: Connection,
        facts: tuple[Fact, ...],
        author: Code,
        at: datetime | None,
    ) -> tuple[list[Line], Folded]:
        """Add lines for facts, and bring the projections along."""
        folded = self._caught_up(connection)
        moment = _moment(at, folded.state.at)
        return self._add(connection, folded, [(fact, author, moment) for fact in facts])

    def _add(
        self, connection: Connection, folded: Folded, written: Iterable[tuple[Fact, str, datetime]]
    ) -> tuple[list[Line], Folded]:
        """Add lines after those that were folded."""
        added: list[tuple[Line, frozenset[Concern]]] = []
        end = folded
        for fact, author, moment in written:
            seq, last = end.head
            entry = _entry(seq + 1, moment, author, fact)
            line = Line.of(self._school, entry, last)
            after = end.with_line(line, entry)
            added.append((line, about(end.state, after.state, entry)))
            end = after
        rows.append(connection, self._school, added)
        rows.project(connection, self._school, *end.totals())
        return [line for line, _ in added], end

    def _caught_up(self, connection: Connection) -> Folded:
        """Bring the state to the end of the journal as this transaction sees it."""
        folded = self._folded
        new = list(rows.lines(connection, self._school, after=folded.head[0]))
        if folded.head[0] and any(line.kind == "purged" for line in new):
            # What the state holds has been erased by somebody else.
            folded = Folded()
            new = list(rows.lines(connection, self._school))
        for line in new:
            folded = folded.with_line(line, line.entry())
        if folded.head != rows.head_of(connection, self._school):
            raise RegisterError.of("store.broken-chain", self._store.address.place)
        return folded

    def _landed(self, error: RegisterError, line: Line) -> bool:
        """Tell whether a transaction whose connection was lost has been carried out after all."""
        if error.defects[0].code != "store.lost":
            return False
        try:
            # With the lock, so that what is still on its way has arrived.
            with self._store.writing(self._school) as connection:
                found = rows.lines(connection, self._school, after=line.seq - 1)
                return next(found, None) == line
        except RegisterError:
            raise RegisterError.of("store.unsure", self._store.address.place) from None

    def _file(self, connection: Connection, digest: str) -> bytes:
        place = self._store.address.place
        if not kept.is_there(connection, self._school, digest):
            raise RegisterError.of("store.no-result", place, found=digest)
        if kept.is_damaged(connection, self._school, digest):
            raise RegisterError.of("store.damaged-result", place, found=digest)
        return kept.file_of(connection, self._school, digest)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Register({self._store.address.place.file!r}, school={self._school!r})"


def _entry(seq: int, at: datetime, author: str, fact: Fact) -> Entry:
    try:
        return Entry(seq=seq, at=at, author=author, fact=fact)
    except ValidationError as error:
        raise RegisterError(*defects_of(error, Entry, Place())) from None


def _now() -> datetime:
    return datetime.now().astimezone()


def _today() -> date:
    return _now().date()


def _moment(at: datetime | None, last: datetime | None) -> datetime:
    """Say when an entry is written down: never before the one before."""
    if at is None:
        now = _now()
        return now if last is None else max(now, last)  # clocks of two machines differ a little
    if at.tzinfo is None:
        raise RegisterError.of("store.no-zone", Place(field="at"))
    return at


def _is_before(entry: Entry, since: date | datetime | None) -> bool:
    if isinstance(since, datetime):
        return entry.at < since
    return since is not None and entry.day < since


def _is_after(entry: Entry, until: date | datetime | None) -> bool:
    if isinstance(until, datetime):
        return entry.at > until
    return until is not None and entry.day > until

"""What is read from and written to the tables, for one school each time."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Connection, and_, delete, insert, select, update

from mentormatch.programme.register.chain import ROOT, Line
from mentormatch.programme.register.tables import concerns, counts, due, journal, private, schools

Head = tuple[int, bytes]
"""Number and hash of the last line."""

Concern = tuple[str, str]
"""What an entry is about: ``person`` or ``pair``, and the code."""

BEGINNING: Final[Head] = (0, ROOT)
_LINE: Final = [
    *(journal.c.seq, journal.c.at, journal.c.zone, journal.c.author, journal.c.kind),
    *(journal.c.content, journal.c.digest, journal.c.previous, journal.c.hash),
    *(private.c.salt, private.c.content.label("private")),
]


def head_of(connection: Connection, school: str) -> Head:
    """Read where the journal ends."""
    row = connection.execute(
        select(schools.c.seq, schools.c.hash).where(schools.c.school == school)
    ).one_or_none()
    return BEGINNING if row is None else (row.seq, row.hash)


def lines(
    connection: Connection,
    school: str,
    *,
    after: int = 0,
    about: Concern | None = None,
) -> Iterator[Line]:
    """Read lines in order.

    Parameters
    ----------
    connection
        The transaction.
    school
        Whose lines.
    after
        Number of the line after which to begin.
    about
        Only those about this person or pair.
    """
    beside = and_(private.c.school == journal.c.school, private.c.seq == journal.c.seq)
    query = select(*_LINE).select_from(journal.outerjoin(private, beside))
    query = query.where(journal.c.school == school, journal.c.seq > after)
    if about is not None:
        kind, code = about
        query = query.where(
            journal.c.seq.in_(
                select(concerns.c.seq).where(
                    concerns.c.school == school, concerns.c.about == kind, concerns.c.code == code
                )
            )
        )
    for row in connection.execute(query.order_by(journal.c.seq)):
        yield Line(*row)


def enter(connection: Connection, school: str) -> None:
    """Have a school in the store, if it isn't there yet."""
    there = select(schools.c.school).where(schools.c.school == school)
    if connection.execute(there).one_or_none() is None:
        seq, last = BEGINNING
        connection.execute(insert(schools), {"school": school, "seq": seq, "hash": last})


def append(
    connection: Connection,
    school: str,
    added: Iterable[tuple[Line, Iterable[Concern]]],
) -> None:
    """Write lines at the end, and what they are about."""
    written, words, named, end = [], [], [], {}
    for line, about in added:
        key = {"school": school, "seq": line.seq}
        written.append(
            key
            | {
                column.name: getattr(line, column.name)
                for column in journal.c
                if column.name not in key
            }
        )
        if line.private is not None:
            words.append(key | {"salt": line.salt, "content": line.private})
        named += [key | {"about": kind, "code": code} for kind, code in about]
        end = {"seq": line.seq, "hash": line.hash}
    enter(connection, school)
    connection.execute(update(schools).where(schools.c.school == school), end)
    for table, rows in ((journal, written), (private, words), (concerns, named)):
        if rows:
            connection.execute(insert(table), rows)


def concerns_of(connection: Connection, school: str) -> set[tuple[str, str, int]]:
    """Read which entries are about whom."""
    columns = (concerns.c.about, concerns.c.code, concerns.c.seq)
    found = connection.execute(select(*columns).where(concerns.c.school == school))
    return {(about, code, seq) for about, code, seq in found}


def replace_concerns(
    connection: Connection, school: str, wanted: Iterable[tuple[str, str, int]]
) -> None:
    """Write anew which entries are about whom."""
    connection.execute(delete(concerns).where(concerns.c.school == school))
    names = ("about", "code", "seq")
    rows = [{"school": school, **dict(zip(names, row, strict=True))} for row in wanted]
    if rows:
        connection.execute(insert(concerns), rows)


def counts_of(connection: Connection, school: str) -> dict[str, int]:
    """Read how many there are of what."""
    found = connection.execute(select(counts.c.what, counts.c.n).where(counts.c.school == school))
    return {row.what: row.n for row in found}


def due_of(connection: Connection, school: str) -> dict[tuple[str, str], int]:
    """Read how much is due on which day."""
    columns = (due.c.what, due.c.day, due.c.n)
    found = connection.execute(select(*columns).where(due.c.school == school))
    return {(what, day): n for what, day, n in found}


def project(
    connection: Connection,
    school: str,
    now: Mapping[str, int],
    days: Mapping[tuple[str, str], int],
) -> None:
    """Bring the projections to what they should be, by writing what differs."""
    old = counts_of(connection, school)
    stale = [what for what, n in old.items() if now.get(what) != n]
    if stale:
        connection.execute(
            delete(counts).where(counts.c.school == school, counts.c.what.in_(stale))
        )
    new = [
        {"school": school, "what": what, "n": n} for what, n in now.items() if old.get(what) != n
    ]
    if new:
        connection.execute(insert(counts), new)
    before = due_of(connection, school)
    for key in [key for key, n in before.items() if days.get(key) != n]:
        connection.execute(
            delete(due).where(due.c.school == school, due.c.what == key[0], due.c.day == key[1])
        )
    dated = [
        {"school": school, "what": what, "day": day, "n": n}
        for (what, day), n in days.items()
        if before.get((what, day)) != n
    ]
    if dated:
        connection.execute(insert(due), dated)

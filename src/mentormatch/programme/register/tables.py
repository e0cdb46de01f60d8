"""The tables of the register, as the newest version of the library knows them.

``migrations/`` builds them; a test compares both. Every table begins with the school, and every
query names it, so that many schools share one store without seeing each other. PostgreSQL
enforces it as well, by row-level security.

Rows are deleted from ``private`` and ``answers`` alone, in a purge; projections are rewritten.
"""

from typing import Final

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA: Final = MetaData()


def _school() -> Column[str]:
    return Column("school", Text, primary_key=True)


schools: Final = Table(
    "schools",
    METADATA,
    _school(),
    # The last entry: without it nobody would miss entries cut off at the end of the chain.
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
journal: Final = Table(
    "journal",
    METADATA,
    _school(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),  # UTC to the microsecond, so that texts sort as times
    Column("zone", Integer, nullable=False),  # minutes that the author's clock is ahead of UTC
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),  # the fact as JSON, without what people wrote
    Column("digest", LargeBinary),  # of salt and private part, where there is one
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    ForeignKeyConstraint(["school"], ["schools.school"]),
)
concerns: Final = Table(
    "concerns",
    METADATA,
    _school(),
    Column("about", Text, primary_key=True),  # person or pair
    Column("code", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["school", "seq"], ["journal.school", "journal.seq"]),
)
private: Final = Table(
    "private",
    METADATA,
    _school(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", Text, nullable=False),
    ForeignKeyConstraint(["school", "seq"], ["journal.school", "journal.seq"]),
)
results: Final = Table(
    "results",
    METADATA,
    _school(),
    Column("digest", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # result.json, compressed
    Column("people", Integer),  # whose answers were kept with it; None when none were
    Column("form", LargeBinary),  # what the answers answer, compressed; None likewise
    ForeignKeyConstraint(["school"], ["schools.school"]),
)
answers: Final = Table(
    "answers",
    METADATA,
    _school(),
    Column("digest", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("content", Text, nullable=False),
    ForeignKeyConstraint(["school", "digest"], ["results.school", "results.digest"]),
)

# Projections: what the journal comes to, kept so that nobody has to read it for a status.
counts: Final = Table(
    "counts",
    METADATA,
    _school(),
    Column("what", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    ForeignKeyConstraint(["school"], ["schools.school"]),
)
due: Final = Table(
    "due",
    METADATA,
    _school(),
    Column("what", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # ISO, so that texts sort as days
    Column("n", Integer, nullable=False),  # how many of them are open and due on this day
    ForeignKeyConstraint(["school"], ["schools.school"]),
)

# What a region sees of its schools: numbers, and no row about anybody.
SHARED: Final = (counts, due)

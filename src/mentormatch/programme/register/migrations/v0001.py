"""Build the first version of the register."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OWN: Final = ("schools", "journal", "concerns", "private", "results", "answers")
_SHARED: Final = ("counts", "due")


def upgrade() -> None:
    """Make the tables; forbid to change the journal, and to see other schools."""
    _make_tables()
    if op.get_context().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
                "BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()"
    )
    mine = "school = current_setting('mentormatch.school', true)"
    for table in (*_OWN, *_SHARED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_school ON {table} USING ({mine}) WITH CHECK ({mine})")
    for table in _SHARED:
        op.execute(
            f"CREATE POLICY region ON {table} FOR SELECT "
            "USING (current_setting('mentormatch.region', true) = 'on')"
        )


def _school() -> "sa.Column[str]":
    return sa.Column("school", sa.Text, primary_key=True)


def _seq() -> "sa.Column[int]":
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False)


def _make_tables() -> None:
    op.create_table(
        "schools",
        _school(),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "journal",
        _school(),
        _seq(),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("zone", sa.Integer, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"]),
    )
    op.create_table(
        "concerns",
        _school(),
        sa.Column("about", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        _seq(),
        sa.ForeignKeyConstraint(["school", "seq"], ["journal.school", "journal.seq"]),
    )
    op.create_table(
        "private",
        _school(),
        _seq(),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["school", "seq"], ["journal.school", "journal.seq"]),
    )
    op.create_table(
        "results",
        _school(),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("people", sa.Integer),
        sa.Column("form", sa.LargeBinary),
        sa.ForeignKeyConstraint(["school"], ["schools.school"]),
    )
    op.create_table(
        "answers",
        _school(),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["school", "digest"], ["results.school", "results.digest"]),
    )
    op.create_table(
        "counts",
        _school(),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"]),
    )
    op.create_table(
        "due",
        _school(),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["school"], ["schools.school"]),
    )

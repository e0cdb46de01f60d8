"""Making a register, and bringing an older one to the newest version of its tables."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, inspect, text

from mentormatch.errors import RegisterError
from mentormatch.programme.register.address import APPLICATION_ID, Address, Store, reporting

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

MIGRATIONS: Final = Path(__file__).parent / "migrations"
NEWEST: Final = "0001"
"""The version that this library writes: the last of the migrations."""

VERSION_TABLE: Final = "mentormatch_version"
TEMPORARY: Final = ".tmp"
# How the header of a SQLite file begins, and where it holds the mark of whose file it is.
_MAGIC: Final = b"SQLite format 3\0"
_MARK: Final = slice(68, 72)


def version_of(connection: Connection) -> str | None:
    """Name the version of a register; None when there are no tables."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return found.scalar()


def prepare(store: Store, *, upgrade: bool | None) -> None:
    """Make a register that isn't there, and bring an older one to the newest version.

    Parameters
    ----------
    store
        The register.
    upgrade
        Whether to upgrade an older one. None: one in a file is, one in a shared database isn't,
        because other schools may still use an older library.

    Raises
    ------
    RegisterError
        When it is no register, or one of a newer version, or one of an older version that isn't
        to be upgraded. Nothing has changed then.
    """
    file = store.address.file
    if file is not None:
        if not file.exists():
            _make_file(store)
        _check_header(file, store)
    with reporting(store.address.place), store.engine.begin() as connection:
        found = version_of(connection)
    if found == NEWEST:
        return
    if found is not None:
        _check_older(found, store)
        if not (store.is_file if upgrade is None else upgrade):
            raise RegisterError.of("store.older", store.address.place, found=found, known=NEWEST)
    elif file is not None:
        raise RegisterError.of("store.other-file", store.address.place)
    with store.writing("", "upgrade") as connection:
        build(connection)


def build(connection: Connection) -> None:
    """Run the migrations that are missing, in the transaction of a connection."""
    # Alembic takes longer to load than a register to open, and most have their tables.
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    scripts = migrations()

    def steps(revision: Any, _: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", revision)  # noqa: SLF001 - what its commands do

    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "fn": steps}
    )
    with Operations.context(context):
        context.run_migrations()


def migrations() -> "ScriptDirectory":
    """Find the migrations."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])


def _check_older(found: str, store: Store) -> None:
    known = {script.revision for script in migrations().walk_revisions()}
    if found not in known:
        raise RegisterError.of("store.newer", store.address.place, found=found, known=NEWEST)


def _check_header(file: Path, store: Store) -> None:
    """Refuse a file that SQLite would take for an empty one, or that belongs to others."""
    place = store.address.place
    try:
        with file.open("rb") as opened:
            header = opened.read(100)
    except OSError:
        raise RegisterError.of("store.closed", place) from None
    if not header:
        raise RegisterError.of("store.cut-off", place)
    if not header.startswith(_MAGIC):
        raise RegisterError.of("store.damaged", place)
    if header[_MARK] != APPLICATION_ID.to_bytes(4, "big"):
        raise RegisterError.of("store.other-file", place)
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        # SQLite needs two more files beside this one, even to read it.
        raise RegisterError.of("store.closed", place)


def _make_file(store: Store) -> None:
    """Make a new register beside its place and move it there whole.

    So a file that is there is never half a register, whenever the machine stops.
    """
    file = store.address.file
    assert file is not None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=TEMPORARY)
        os.close(handle)
    except OSError:
        raise RegisterError.of("store.closed", store.address.place) from None
    made = Path(name)
    try:
        new = Store.at(Address.of(made), store.wait)
        with new.writing("") as connection:
            build(connection)
        with new.plain() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        _move(made, file)
    finally:
        for left in made.parent.glob(f"{made.name}*"):
            left.unlink(missing_ok=True)


def _move(made: Path, file: Path) -> None:
    """Give a new file its name, unless somebody else was faster."""
    with suppress(FileExistsError):
        try:
            os.link(made, file)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if not file.exists():
                made.rename(file)

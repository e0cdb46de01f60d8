"""Where a register is, and connections to it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from mentormatch.errors import Place, RegisterError
from mentormatch.programme.register.faults import as_error

PASSWORD_VARIABLE: Final = "MENTORMATCH_REGISTER_PASSWORD"  # noqa: S105 - a name
# "MMRG": tells a register from any other SQLite file.
APPLICATION_ID: Final = 0x4D4D5247
_URL: Final = re.compile(r"^[a-z][a-z0-9+]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a register is.

    Parameters
    ----------
    url
        What SQLAlchemy opens. A password is in it only if it came from the environment.
    file
        The file, of a register in one file.
    """

    url: URL
    file: Path | None

    @classmethod
    def of(cls, where: str | Path) -> Self:
        """Read a path or a URL.

        Raises
        ------
        RegisterError
            When it is a URL of something else than PostgreSQL, or one with a password.
        """
        if isinstance(where, Path) or not _URL.match(where):
            path = Path(where)
            return cls(URL.create("sqlite", database=str(path)), path)
        try:
            url = make_url(where)
        except (ArgumentError, ValueError):
            raise RegisterError.of("store.bad-url") from None
        if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
            raise RegisterError.of("store.other-database", found=url.drivername)
        if url.password is not None or "password" in url.query:
            raise RegisterError.of(
                "store.password-in-url", _server(url), variable=PASSWORD_VARIABLE
            )
        # Without the variable, libpq looks where it always does: PGPASSWORD, .pgpass.
        password = os.environ.get(PASSWORD_VARIABLE)
        return cls(url.set(drivername="postgresql+psycopg", password=password), None)

    @property
    def place(self) -> Place:
        """Where it is, in an error: no path, no user, no password."""
        return _server(self.url) if self.file is None else Place(file=self.file.name)

    def __repr__(self) -> str:
        return f"Address({self.place.file!r})"


def _server(url: URL) -> Place:
    return Place(file=f"{url.host or ''}/{url.database or ''}")


def engine_of(address: Address, wait: float) -> Engine:
    """Make the connections to a register.

    Parameters
    ----------
    address
        Where it is.
    wait
        For how many seconds to wait for somebody else who is writing.

    Raises
    ------
    RegisterError
        When psycopg is missing.
    """
    if address.file is not None:
        return _file_engine(address.url, wait)
    try:
        engine = create_engine(
            address.url,
            hide_parameters=True,
            pool_pre_ping=True,
            # READ COMMITTED: whoever gets the lock sees what was written before.
            connect_args={
                "connect_timeout": max(2, round(wait)),
                "application_name": "mentormatch",
            },
        )
    except ImportError:
        raise RegisterError.of("store.no-psycopg", address.place) from None
    return engine


def _file_engine(url: URL, wait: float) -> Engine:
    # No pool: a connection is cheap, and none is carried into a child process by mistake.
    engine = create_engine(
        url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": wait}
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:
        # Transactions begin where we say so, not where the driver guesses.
        connection.isolation_level = None
        for pragma in (
            "foreign_keys = ON",
            "secure_delete = ON",
            "synchronous = FULL",
            "temp_store = MEMORY",
            "cell_size_check = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        writes = options.get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def reporting(place: Place) -> Iterator[None]:
    """Turn complaints of the database into errors of ours."""
    try:
        yield
    except DBAPIError as fault:
        raise as_error(fault, place) from None
    except UnicodeDecodeError:  # text that nobody wrote so, or a complaint that quotes it
        raise RegisterError.of("store.damaged", place) from None


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """Transactions on a register, each for one school.

    Parameters
    ----------
    address, engine
        Where it is, and connections to it.
    wait
        For how many seconds to wait for somebody else who is writing.
    """

    address: Address
    engine: Engine
    wait: float

    @classmethod
    def at(cls, address: Address, wait: float) -> Self:
        """Make the connections to a register."""
        return cls(address, engine_of(address, wait), wait)

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return self.address.file is not None

    @contextmanager
    def reading(self, school: str) -> Iterator[Connection]:
        """See one state of a school for as long as this lasts."""
        with reporting(self.address.place), self.engine.connect() as connection:
            if not self.is_file:
                connection = connection.execution_options(  # noqa: PLW2901 - the same one
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                self._enter(connection, school)
                yield connection

    @contextmanager
    def writing(self, school: str, lock: str | None = None) -> Iterator[Connection]:
        """Change a school all at once or not at all, and alone.

        Parameters
        ----------
        school
            Whose rows are changed.
        lock
            What nobody else may do at the same time, if it is something else.
        """
        with reporting(self.address.place), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)  # noqa: PLW2901 - the same one
            with connection.begin():
                self._enter(connection, school)
                self._lock(connection, lock or f"school/{school}")
                yield connection

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """Run statements that stand outside of any transaction."""
        with reporting(self.address.place), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def _lock(self, connection: Connection, name: str) -> None:
        """Let nobody else write to a school until the transaction ends."""
        if self.is_file:
            return  # BEGIN IMMEDIATE has done it, for the whole file
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"mentormatch/{name}"},
        )

    def _enter(self, connection: Connection, school: str) -> None:
        """Tell PostgreSQL whose rows this transaction may see, and how long it may wait."""
        if not self.is_file:
            connection.execute(
                text(
                    "SELECT set_config('mentormatch.school', :school, true),"
                    " set_config('lock_timeout', :wait, true)"
                ),
                {"school": school, "wait": f"{max(1, round(self.wait * 1000))}ms"},
            )

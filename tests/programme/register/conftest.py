"""A place for a register, in one file and in PostgreSQL: each test of the register runs on both.

PostgreSQL is the server that ``MENTORMATCH_TEST_POSTGRES`` names, a URL of somebody who may make
databases there; without it those tests are skipped. ``.ci/run`` starts a server of its own.
"""

import os
import uuid

import pytest
from sqlalchemy import create_engine, make_url, text

from mentormatch.programme.register.store import Register

VARIABLE = "MENTORMATCH_TEST_POSTGRES"
ROLE = "mentormatch_test"


@pytest.fixture(scope="session")
def server():
    """Connect to the server with the rights to make databases, and have an ordinary role there."""
    if VARIABLE not in os.environ:
        pytest.skip(f"{VARIABLE} names no server")
    url = make_url(os.environ[VARIABLE]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Another process may be making the same role.
        connection.execute(text("SELECT pg_advisory_lock(1)"))
        there = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": ROLE})
        if there.scalar() is None:
            connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        connection.execute(text("SELECT pg_advisory_unlock(1)"))
    yield engine
    engine.dispose()


@pytest.fixture
def postgres(server):
    """Make an empty database, and say where it is to a role that has no special rights."""
    name = f"mentormatch_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER {ROLE}"))
    url = server.url.set(drivername="postgresql", username=ROLE, database=name, password=None)
    yield url.render_as_string()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def file(tmp_path):
    """Say where a file will be."""
    return tmp_path / "register" / "register.sqlite"


@pytest.fixture(params=["file", "postgres"])
def where(request):
    """Say where a register will be: a file first, then a database."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def register(where):
    """Open an empty register of a school."""
    with Register.open(where, school="north", wait=10) as opened:
        yield opened

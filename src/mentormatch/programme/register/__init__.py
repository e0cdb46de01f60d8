"""The register: a store of what happened that loses nothing.

It needs SQLAlchemy and Alembic, and psycopg for PostgreSQL, which come with the extra
``register``; without them, importing this room says so.
"""

from importlib.util import find_spec

from mentormatch.errors import RegisterError

if not all(map(find_spec, ("sqlalchemy", "alembic"))):
    raise RegisterError.of("store.no-sqlalchemy")

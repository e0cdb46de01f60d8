"""What a database complains of, as errors that say where and what to do.

The complaints themselves hold statements and values, so they never go on: neither in a message
nor as the cause of another error.
"""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from mentormatch.errors import Place, RegisterError

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_IOERR: "store.disk",
    sqlite3.SQLITE_READONLY: "store.closed",
    sqlite3.SQLITE_CANTOPEN: "store.closed",
    sqlite3.SQLITE_PERM: "store.closed",
    sqlite3.SQLITE_BUSY: "store.locked",
    sqlite3.SQLITE_LOCKED: "store.locked",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    sqlite3.SQLITE_NOTADB: "store.damaged",
    # Tables that should be there and aren't, columns that no longer fit.
    sqlite3.SQLITE_ERROR: "store.damaged",
    sqlite3.SQLITE_CONSTRAINT: "store.damaged",
}
# By the beginning of PostgreSQL's five-character codes, the longer one first.
_POSTGRES: Final = (
    ("53100", "store.full"),
    ("25006", "store.closed"),
    ("42501", "store.closed"),
    ("55P03", "store.locked"),
    ("57014", "store.locked"),
    ("40", "store.locked"),
    ("XX", "store.damaged"),
    ("42", "store.damaged"),
    ("23", "store.damaged"),
    ("08", "store.lost"),
    ("28", "store.lost"),
    ("3D", "store.lost"),
    ("53300", "store.lost"),
    ("57P", "store.lost"),
)


def as_error(fault: DBAPIError, place: Place) -> RegisterError:
    """Say what has happened at a register, in words that hold nothing personal."""
    return RegisterError.of(_code(fault), place)


def _code(fault: DBAPIError) -> str:
    origin = fault.orig
    if isinstance(origin, sqlite3.Error):
        # The low byte tells the kind; the rest, which of its variants.
        number = getattr(origin, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return _SQLITE.get(number, "store.damaged")
    state = getattr(origin, "sqlstate", None) or ""
    for beginning, code in _POSTGRES:
        if state.startswith(beginning):
            return code
    return "store.refused" if state else "store.lost"

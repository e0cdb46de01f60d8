"""Lines of the journal as they are stored: facts in two halves, and a chain of hashes.

The hash of a line covers all of it and the hash of the line before, so nothing can be changed,
taken out or put in without every later hash changing. Of what a person wrote it covers a digest
with a random salt. The salt lies with the words: once both are erased, the digest can't be used
to try guesses, and the chain still holds.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, Self

from mentormatch.errors import RegisterError
from mentormatch.programme.facts import Entry, Fact

ROOT: Final = bytes(32)
"""What stands before the first line."""

_SALT: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """A line as the tables hold it.

    Parameters
    ----------
    seq, at, zone, author, kind, content, digest, previous, hash
        As in the table ``journal``.
    salt, private
        As in the table ``private``; None when nothing was written, or when it was erased.
    """

    seq: int
    at: str
    zone: int
    author: str
    kind: str
    content: str
    digest: bytes | None
    previous: bytes
    hash: bytes
    salt: bytes | None = None
    private: str | None = None

    @classmethod
    def of(cls, school: str, entry: Entry, previous: bytes) -> Self:
        """Write a line that follows the one with a hash."""
        shown, words = entry.fact.split()
        salt = secrets.token_bytes(_SALT) if words else None
        private = _json(words) if words else None
        offset = entry.at.utcoffset() or timedelta()
        line = cls(
            entry.seq,
            stamp(entry.at),
            round(offset.total_seconds() / 60),
            entry.author,
            entry.fact.fact,
            _json(shown),
            None if salt is None or private is None else _digest(salt, private),
            previous,
            b"",
            salt,
            private,
        )
        return replace(line, hash=line.own_hash(school))

    def entry(self) -> Entry:
        """Read the entry back; what was erased is None in it.

        Raises
        ------
        RegisterError
            When it isn't what was once written.
        """
        try:
            words = None if self.private is None else json.loads(self.private)
            return Entry(
                seq=self.seq,
                at=moment(self.at, self.zone),
                author=self.author,
                fact=Fact.join(json.loads(self.content), words),
            )
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
            raise RegisterError.of("store.unreadable-line", lines=self.seq) from None

    def own_hash(self, school: str) -> bytes:
        """Compute the hash anew."""
        plain = [field.hex() if isinstance(field, bytes) else field for field in self._fields()]
        return hashlib.sha256(_json([school, *plain]).encode()).digest()

    @property
    def erased(self) -> bool:
        """Whether a person had written something that is no longer there."""
        return self.digest is not None and self.private is None

    @property
    def words_agree(self) -> bool:
        """Whether what a person wrote, if it is there, is what was recorded."""
        match self.salt, self.private:
            case None, None:
                return True
            case bytes(salt), str(words):
                return self.digest == _digest(salt, words)
        return False

    def _fields(self) -> tuple[Any, ...]:
        """Everything that the hash covers."""
        return (
            *(self.seq, self.at, self.zone, self.author, self.kind, self.content),
            *(self.digest, self.previous),
        )

    def __repr__(self) -> str:
        return f"Line({self.seq}, {self.kind!r})"


def stamp(at: datetime) -> str:
    """Write a time so that texts sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(at: str, zone: int) -> datetime:
    """Read a time as the author's clock showed it."""
    return datetime.fromisoformat(at).astimezone(timezone(timedelta(minutes=zone)))


def _digest(salt: bytes, private: str) -> bytes:
    return hashlib.sha256(salt + private.encode()).digest()


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

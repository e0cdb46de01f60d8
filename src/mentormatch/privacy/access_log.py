"""Who has joined codes and names, or taken answers out: a list that can only grow.

One line of JSON per access, each with the hash of the line before it (SHA-256): whoever changes,
removes or inserts a line breaks the chain. Lines at the end could be cut off unnoticed; whoever
has noted the last hash elsewhere notices that as well. No answer and no name of a participant
stands in it.
"""

import getpass
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.messages import Language, text

Act = Literal["names-read", "exported"]
"""What was done: names were joined to codes, or answers were written to a file."""

_FIRST: Final = "0" * 64
_TAIL: Final = 1 << 16  # bytes; a line is far shorter


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the log.

    Parameters
    ----------
    number
        From 1 on.
    at
        When, with the zone, as ISO 8601.
    who
        The account that did it.
    act
        What was done.
    file
        Name of what was written, if anything was.
    level
        Of an export: the most private answers in it.
    codes
        Whom it was about; nobody named means everybody in the programme.
    previous, hash
        Of the line before, and of this one.
    """

    number: int
    at: str
    who: str
    act: Act
    file: str | None
    level: str | None
    codes: tuple[str, ...]
    previous: str
    hash: str

    def text(self, lang: Language = "en") -> str:
        """Say it in one line."""
        key = f"privacy.access.{self.act}"
        about = ", ".join(self.codes) or text("privacy.access.everybody", lang)
        values = {"file": self.file or "-", "level": self.level or "-", "about": about}
        return f"{self.number}. {self.at} {self.who}: {text(key, lang, **values)}"


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What checking a log found; true when nothing is wrong.

    Parameters
    ----------
    accesses
        The lines that are in order, up to the first that isn't.
    damaged
        Number of the first line that isn't in order, None when all are.
    cut
        Whether lines that were noted are missing at the end.
    """

    accesses: tuple[Access, ...]
    damaged: int | None = None
    cut: bool = False

    @property
    def head(self) -> str:
        """The last hash: note it elsewhere, and a later check notices lines cut off."""
        return self.accesses[-1].hash if self.accesses else _FIRST

    def __bool__(self) -> bool:
        return self.damaged is None and not self.cut

    def text(self, lang: Language = "en") -> str:
        """Say whether the log can be relied on."""
        if self.damaged is not None:
            return text("privacy.log.damaged", lang, line=self.damaged)
        if self.cut:
            return text("privacy.log.cut", lang)
        return text("privacy.log.sound", lang, count=len(self.accesses), head=self.head)


@dataclass(frozen=True, slots=True)
class AccessLog:
    """The access log in a file, made with its first line.

    Parameters
    ----------
    path
        Where it is kept.
    """

    path: Path

    def record(
        self,
        act: Act,
        *,
        file: str | Path | None = None,
        level: str | None = None,
        codes: Sequence[str] = (),
        who: str | None = None,
    ) -> Access:
        """Add a line; of several programs at once, each waits for its turn.

        Parameters
        ----------
        act
            What is done.
        file
            What is written; its name is kept, not its folder.
        level
            Of an export.
        codes
            Whom it is about, when not everybody.
        who
            The account; that of the operating system when not said.

        Raises
        ------
        MentorMatchError
            When the log is damaged, so that nothing can be chained to it.
        OSError
            When it can't be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _opened_alone(self.path) as log:
            last = self._last(log)
            entry = {
                "number": 1 if last is None else last.number + 1,
                "at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "who": _account() if who is None else who,
                "act": act,
                "file": None if file is None else Path(file).name,
                "level": level,
                "codes": list(codes),
                "previous": _FIRST if last is None else last.hash,
            }
            entry["hash"] = _hash(entry)
            log.seek(0, io.SEEK_END)
            log.write(_line(entry))
            log.flush()
            os.fsync(log.fileno())
        access = _read(_line(entry))
        assert access is not None
        return access

    def check(self, head: str | None = None) -> LogCheck:
        """Read the log and follow its chain from the first line to the last.

        Parameters
        ----------
        head
            A last hash noted earlier: it has to be in the chain.

        Raises
        ------
        OSError
            When it can't be read; a log that isn't there is an empty one.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            content = b""
        found: list[Access] = []
        damaged = None
        for number, line in enumerate(content.splitlines(keepends=True), start=1):
            access = _read(line)
            previous = found[-1].hash if found else _FIRST
            if access is None or access.number != number or access.previous != previous:
                damaged = number
                break
            found.append(access)
        noted = {_FIRST, *(access.hash for access in found)}
        return LogCheck(tuple(found), damaged, cut=head is not None and head not in noted)

    def _last(self, log: io.BufferedRandom) -> Access | None:
        """Read the last line."""
        size = log.seek(0, io.SEEK_END)
        if size == 0:
            return None
        log.seek(max(0, size - _TAIL))
        lines = log.read().splitlines(keepends=True)
        if len(lines) == 1 and size > _TAIL:  # a line about very many people
            log.seek(0)
            lines = log.read().splitlines(keepends=True)
        last = _read(lines[-1])
        if last is None:
            raise MentorMatchError(Defect("privacy.log-damaged", Place(file=self.path.name)))
        return last


def _hash(entry: dict[str, Any]) -> str:
    kept = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(_line(kept)).hexdigest()


def _line(entry: dict[str, Any]) -> bytes:
    """Write a line in the one way that is accepted."""
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


_KEYS: Final = ("number", "at", "who", "act", "file", "level", "codes", "previous", "hash")


def _read(line: bytes) -> Access | None:
    """Read a line; None when anything in it isn't as it was written."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or tuple(entry) != _KEYS or entry["act"] not in get_args(Act):
        return None
    # Written again it must give the same bytes: blanks and other spellings count as changes.
    if _line(entry) != line or _hash(entry) != entry["hash"]:
        return None
    return Access(**entry | {"codes": tuple(entry["codes"])})


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return "?"


@contextmanager
def _opened_alone(path: Path) -> Iterator[io.BufferedRandom]:
    """Open a file that nobody else writes meanwhile, readable by its owner alone."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b") as file:
        _lock(file)
        try:
            yield file
        finally:
            _unlock(file)


# Windows locks bytes of a file: one that the log will never reach. Its own writing isn't
# hindered then, and that of other programs that lock it waits.
if sys.platform == "win32":
    import msvcrt

    _LOCKED: Final = 1 << 40

    def _lock(file: io.BufferedRandom) -> None:
        file.seek(_LOCKED)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds
                continue
            return

    def _unlock(file: io.BufferedRandom) -> None:
        file.seek(_LOCKED)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: io.BufferedRandom) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: io.BufferedRandom) -> None:
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)

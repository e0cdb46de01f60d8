"""Writing files so that a crash never leaves half of one."""

import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import Final

_UNSAFE: Final = re.compile(r"[^\w.,()№-]+")
_LONGEST: Final = 120  # bytes: a limit of 255 with room for endings and temporary names
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


def safe_name(stem: str) -> str:
    """Turn a text into the stem of a file name that every system takes.

    Letters and digits of any alphabet stay; everything else that could name a folder, a
    device or an option, or can't be seen, becomes a hyphen.
    """
    name = _UNSAFE.sub("-", unicodedata.normalize("NFC", stem)).strip("-. ")
    name = name.encode()[:_LONGEST].decode(errors="ignore").strip("-. ")
    return f"_{name}" if not name or _RESERVED.match(name) else name


def digest_of(content: bytes) -> str:
    """Digest the content of a file: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def write_atomically(path: str | Path, content: bytes) -> None:
    """Replace a file's content in one step, readable by its owner alone.

    The bytes go to a temporary file in the same folder, reach the disk, and
    only then take the name: a reader sees the old file or the new one.

    Raises
    ------
    OSError
        When the folder can't be written; the old file is then untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where the system can (Windows has no such call)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

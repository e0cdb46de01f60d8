"""Which file is read, how large it may be, and its bytes."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mentormatch.errors import IntakeError, Place

_SAFELY: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to must not be waited for
    | getattr(os, "O_CLOEXEC", 0)
)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of answers, and what shall not be found out by itself.

    Parameters
    ----------
    path
        Where it is.
    sheet
        The sheet of a workbook that is read; the first visible one with content when not said.
    header_row
        Row number of the headers, as a spreadsheet shows it.
    encoding, delimiter
        How a CSV is written, such as ``"cp866"`` and ``"|"``.
    """

    path: str | Path
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None

    @classmethod
    def of(cls, given: "str | Path | TableFile") -> "TableFile":
        """Take a mere path for a file of which nothing else is said."""
        return given if isinstance(given, TableFile) else cls(given)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large a file of answers may be; whatever is larger is refused unread.

    Parameters
    ----------
    cells
        Cells up to the last row and column, of all sheets together.
    rows
        Rows with content.
    unpacked
        Bytes, of a workbook as they are without compression.
    line
        Characters of one line of a CSV.
    parts
        Files inside a workbook.
    ratio
        How many times larger than itself a workbook may be without compression.
    """

    cells: int = 10_000_000
    rows: int = 100_000
    unpacked: int = 400 * 2**20
    line: int = 2**20
    parts: int = 500
    ratio: int = 200

    def exceeded(self, name: str, place: Place) -> IntakeError:
        """Make the error that says which limit a file exceeds."""
        return IntakeError.of(f"intake.limit-{name}", place, most=getattr(self, name))


def read_bytes(path: Path, place: Place, limits: FileLimits) -> bytes:
    """Read a whole file.

    Raises
    ------
    IntakeError
        When it is no ordinary file, may not be read, is too large, or changes meanwhile.
    """
    try:
        opened = os.open(path, _SAFELY)
        try:
            before = os.fstat(opened)
            if not stat.S_ISREG(before.st_mode):
                raise IntakeError.of("intake.not-a-file", place)
            if before.st_size > limits.unpacked:
                raise limits.exceeded("unpacked", place)
            with open(opened, "rb", closefd=False) as file:
                content = file.read(before.st_size + 1)
            after = os.fstat(opened)
        finally:
            os.close(opened)
        now = path.stat()
    except FileNotFoundError:
        raise IntakeError.of("intake.no-file", place) from None
    except (OSError, ValueError):  # a name with a zero byte is a ValueError
        is_folder = os.path.isdir(path)
        code = "intake.not-a-file" if is_folder else "intake.closed-file"
        raise IntakeError.of(code, place) from None
    if not _state(before) == _state(after) == _state(now) or len(content) != after.st_size:
        raise IntakeError.of("intake.changing", place)
    return content


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns

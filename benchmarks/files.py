"""Files of made-up answers, what bare readers make of them, and the memory of a process."""

import csv
import subprocess
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import load_workbook

READERS = {".csv": "csv.reader", ".xlsx": "calamine"}
"""What :func:`read_bare` reads a file with, by suffix."""

_PEAK = """
import sys
{setup}
def most():
    lines = open("/proc/self/status")
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
read(sys.argv[2])
before = most()
read(sys.argv[1])
print(most() - before)
"""


def write(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write a CSV with semicolons, or a workbook whose numbers are numbers."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        return path
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, [int(cell) if cell.isdigit() else cell for cell in row])
    return path


def read_bare(path: Path) -> int:
    """Go through all rows with the reader of the format alone; count their cells."""
    return sum(map(len, _rows(path)))


def look_up_bare(path: Path) -> int:
    """Look up each cell among those of its column, and nothing else; count the distinct ones."""
    rows = _rows(path)
    columns: list[defaultdict[Any, int]] = [defaultdict(count().__next__) for _ in next(rows)]
    look_up = partial(map, dict.__getitem__, columns)
    deque(chain.from_iterable(map(look_up, rows)), 0)
    return sum(map(len, columns))


def _rows(path: Path) -> Iterator[list[Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.reader(file, delimiter=";")
    else:
        with load_workbook(path) as book:
            yield from book.get_sheet_by_index(0).iter_rows()


def peak_of(setup: str, path: Path, small: Path) -> int:
    """Read a file in a process of its own, after a small one; return the further bytes at most.

    The kernel's own count, of Linux: the resource module's starts at that of the parent process.

    Parameters
    ----------
    setup
        Code that defines ``read``, which takes a path.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _PEAK.format(setup=setup), str(path), str(small)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) * 1024

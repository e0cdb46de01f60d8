"""Files of answers against the bare readers of their format: time, and the most memory."""

import csv
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter
from python_calamine import load_workbook

from benchmarks.registry import Case, Row, race, register
from mentormatch.intake.tables import read_table

COLUMNS = 60
CHOICES = ("Подготовка к экзаменам", "Спорт; музыка", "Да", "Нет", "Книги; театр; кино", "")


def answers(people: int) -> Iterator[list[str | int]]:
    """Make codes, choices, scales and one free text per person."""
    made = random.Random(1)  # noqa: S311 - not a secret
    yield ["Код", *(f"Вопрос {number}" for number in range(1, COLUMNS))]
    for person in range(people):
        row: list[str | int] = [f"S-{person:06}", f"Хочу научиться делать проект {person}"]
        row += (made.choice(CHOICES) if it % 3 else made.randint(1, 10) for it in range(2, COLUMNS))
        yield row


def write(folder: Path, people: int) -> tuple[Path, Path]:
    """Write the same answers as CSV and XLSX."""
    as_csv, as_xlsx = folder / "answers.csv", folder / "answers.xlsx"
    with as_csv.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(answers(people))
    with xlsxwriter.Workbook(as_xlsx) as book:
        page = book.add_worksheet()
        for number, row in enumerate(answers(people)):
            page.write_row(number, 0, row)
    return as_csv, as_xlsx


def bare_csv(path: Path) -> int:
    """Go through a CSV with the standard library's reader."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(map(len, csv.reader(file, delimiter=";")))


def bare_xlsx(path: Path) -> int:
    """Go through a workbook with calamine."""
    with load_workbook(path) as book:
        return sum(map(len, book.get_sheet_by_index(0).iter_rows()))


def memory_of(path: Path) -> int:
    """Read a file in a process of its own; return the bytes that it took at most.

    The kernel's own count, of Linux: the resource module's starts at that of the parent process.
    """
    code = (
        "import sys, python_calamine; from mentormatch.intake.tables import read_table\n"
        "def most(): return next(int(line.split()[1]) for line in open('/proc/self/status')"
        " if line.startswith('VmHWM'))\n"
        "before = most(); table = read_table(sys.argv[1]); print(most() - before)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout) * 1024


def measure(_mentors: int, people: int, _hardness: str, rounds: int) -> Iterator[Row]:
    """Compare reading a file into a table with the bare reader, and memory with its text."""
    with TemporaryDirectory() as folder:
        as_csv, as_xlsx = write(Path(folder), people)
        for path, bare, name in (
            (as_csv, bare_csv, "csv.reader"),
            (as_xlsx, bare_xlsx, "calamine"),
        ):
            ours, theirs = race(
                rounds, lambda path=path: read_table(path), lambda path=path, bare=bare: bare(path)
            )
            yield Row(f"{path.suffix} as a table", name, ours, theirs, 3)
        text = sum(len(str(cell).encode()) for row in answers(people) for cell in row)
        for path in (as_csv, as_xlsx):
            row = Row(
                f"{path.suffix}: most memory",
                "MB of cells as text",
                memory_of(path) / 1e6,
                text / 1e6,
                5,
            )
            yield row


register(Case("tables", sizes=((0, 2_000), (0, 100_000)), hardness=("usual",), measure=measure))

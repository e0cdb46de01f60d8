"""Files of answers against the bare readers of their format: time, and the most memory."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.files import READERS, peak_of, read_bare, write
from benchmarks.registry import Case, Row, race, register
from mentormatch.intake.tables import read_table

COLUMNS = 60
CHOICES = ("Подготовка к экзаменам", "Спорт; музыка", "Да", "Нет", "Книги; театр; кино", "")
_FEW = 50  # people in a file whose reading is no news any more
_SETUP = "from mentormatch.intake.tables import read_table as read"


def answers(people: int) -> Iterator[list[str]]:
    """Make codes, choices, scales and one free text per person."""
    made = random.Random(1)  # noqa: S311 - not a secret
    yield ["Код", *(f"Вопрос {number}" for number in range(1, COLUMNS))]
    for person in range(people):
        row = [f"S-{person:06}", f"Хочу научиться делать проект {person}"]
        row += (
            made.choice(CHOICES) if it % 3 else str(made.randint(1, 10)) for it in range(2, COLUMNS)
        )
        yield row


def measure(_mentors: int, people: int, _hardness: str, rounds: int) -> Iterator[Row]:
    """Compare reading a file into a table with the bare reader, and memory with its text."""
    text = sum(len(cell.encode()) for row in answers(people) for cell in row)
    with TemporaryDirectory() as folder:
        for suffix, reader in READERS.items():
            path = write(Path(folder) / f"answers{suffix}", answers(people))
            small = write(Path(folder) / f"small{suffix}", answers(_FEW))
            ours, theirs = race(
                rounds,
                lambda path=path: read_table(path),
                lambda path=path: read_bare(path),
                clock=time.process_time,
            )
            yield Row(f"{suffix} as a table", reader, ours, theirs, 3)
            peak = peak_of(_SETUP, path, small)
            yield Row(f"{suffix}: most memory", "MB of cells as text", peak / 1e6, text / 1e6, 5)


register(Case("tables", sizes=((0, 2_000), (0, 100_000)), hardness=("usual",), measure=measure))

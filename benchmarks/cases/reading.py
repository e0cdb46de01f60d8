"""Reading a cohort against reading the bare cells of the same file.

A CSV has a floor: whoever wants each distinct text of a column once looks every cell up, and
``csv.reader`` with nothing but that takes 2 to 3 times as long as ``csv.reader`` alone. To
find the cells in the bytes by numpy instead, with a hash of the longer ones or a look-up,
took 2.6 to 3 times as long, and pandas' parser with its categories 3 to 4. Arrow, the extra
``fast``, goes below the floor, because it makes a text of each distinct cell only.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np

import mentormatch as mm
from benchmarks.files import READERS, look_up_bare, peak_of, read_bare, write
from benchmarks.registry import Case, Row, race, register
from mentormatch.intake import bulk
from mentormatch.questionnaire import Question

_WIDTH = 60
_GOAL = 3.0
_FEW = 50  # people in a file whose reading is no news any more
_SETUP = """
import mentormatch as mm
form = mm.Questionnaire.preset("target-model")
def read(path):
    mm.read_cohort(form, path)
"""
_LEFT_OUT = {
    *("guardian_pids", "relative_pids", "vetoes", "manual_only", "building", "dorm"),
    *("consent_self_withdrawn_on", "consent_guardian_withdrawn_on", "exp_usefulness"),
}
_WORDS = ("хочу", "научиться", "проект", "школа", "вместе", "экзамен", "помощь", "друзья", "музыка")


def _many(
    generator: np.random.Generator, size: int, draw: Callable[[int], str], share: float = 0.8
) -> list[str]:
    """Fill a column, some of it blank."""
    answered = generator.random(size) < share
    return [draw(row) if answered[row] else "" for row in range(size)]


def _column(
    form: mm.Questionnaire, question: Question, generator: np.random.Generator, rows: int
) -> list[str]:
    """Draw the cells of a question as a form's export would hold them."""
    labels = [option.label.ru for option in form.options(question)]
    most = min(question.max or 4, 4)
    picks = generator.integers(0, max(len(labels), 1), (rows, most))
    levels = generator.integers(1, 11, (rows, most))
    counts = generator.integers(1, most + 1, rows)
    numbers = generator.integers(question.low or 1, (question.high or 10) + 1, rows)
    people = generator.integers(0, rows, (rows, most))

    def chosen(row: int) -> dict[str, int]:
        found = zip(picks[row, : counts[row]].tolist(), levels[row].tolist(), strict=False)
        return {labels[place]: level for place, level in found}

    match question.kind:
        case "choice" | "flag":
            return _many(generator, rows, lambda row: labels[picks[row, 0]])
        case "multi" if question.levels is not None:
            return _many(
                generator,
                rows,
                lambda row: "; ".join(f"{name}={level}" for name, level in chosen(row).items()),
                0.5,
            )
        case "multi" | "slots" | "ranked":
            return _many(generator, rows, lambda row: "; ".join(chosen(row)))
        case "people":
            return _many(
                generator,
                rows,
                lambda row: "; ".join(f"P-{it:06}" for it in sorted({*people[row].tolist()})),
                0.3,
            )
        case "date":
            day = generator.integers(1, 29, rows)
            month = generator.integers(1, 13, rows)
            return _many(generator, rows, lambda row: f"{day[row]:02}.{month[row]:02}.2025", 0.6)
        case "text":
            words = generator.integers(0, len(_WORDS), (rows, 8))
            return _many(
                generator, rows, lambda row: " ".join(_WORDS[word] for word in words[row].tolist())
            )
    return _many(generator, rows, lambda row: str(numbers[row]))


def answers(rows: int) -> list[list[str]]:
    """Write made-up answers to the target model's questions: a header and so many rows."""
    form = mm.Questionnaire.preset("target-model")
    generator = np.random.default_rng(5)
    own = [f"P-{row:06}" for row in generator.permutation(rows).tolist()]
    columns = [["Код участника", *own]]
    for question in form.questions:
        if question.id not in _LEFT_OUT:
            cells = _column(form, question, generator, rows)
            if question.required:
                label = form.options(question)
                cells = [cell or label[0].label.ru for cell in cells]
            columns.append([question.label.ru, *cells])
    assert len(columns) == _WIDTH
    return [list(row) for row in zip(*columns, strict=True)]


def _read_without_arrow(form: mm.Questionnaire, path: Path) -> None:
    with mock.patch.object(bulk, "LARGE", sys.maxsize):
        mm.read_cohort(form, path)


def measure(rows: int, _mentees: int, _hardness: str, rounds: int) -> Iterator[Row]:
    """Compare time with the bare reader's, and peak memory with the text of the cells."""
    form = mm.Questionnaire.preset("target-model")
    table = answers(rows)
    size = sum(len(cell.encode()) for row in table for cell in row)
    with tempfile.TemporaryDirectory() as folder:
        for suffix, reader in READERS.items():
            path = write(Path(folder) / f"answers{suffix}", table)
            small = write(Path(folder) / f"small{suffix}", answers(_FEW))
            calls = [
                lambda path=path: mm.read_cohort(form, path),
                lambda path=path: read_bare(path),
                lambda path=path: look_up_bare(path),
            ]
            if suffix == ".csv":
                calls.append(lambda path=path: _read_without_arrow(form, path))
            own, base, floor, *plain = race(rounds, *calls, clock=time.process_time)
            yield Row(f"read_cohort, {suffix}", reader, own, base, _GOAL)
            yield from (Row("read_cohort without Arrow, .csv", reader, it, base) for it in plain)
            yield Row(f"a look-up of each cell, {suffix}", reader, floor, base)
            peak = peak_of(_SETUP, path, small)
            yield Row(f"peak memory, {suffix} (MB)", "text", peak / 1e6, size / 1e6, 5.0)


register(Case("reading", sizes=((2_000, 60), (100_000, 60)), hardness=("usual",), measure=measure))

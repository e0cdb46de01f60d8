"""All documents of a school's year against writing the same rows with the bare libraries.

What a document says is read back from it, before the clock runs, with the libraries that wrote
it; the baseline writes just that again: python-docx its paragraphs and tables, XlsxWriter its
cells, icalendar its events. Pictures and the page, which have no rows, are left out on both
sides. The most memory is that of one run over a school and over the same school four times.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Any

import docx
import icalendar
import openpyxl
import xlsxwriter

import mentormatch as mm
from benchmarks.registry import Case, Row, race, register
from mentormatch.datasets import school, school_year
from mentormatch.documents.cabinet import MAKERS

_SCHOOLS = {(60, 64): "boarding_small", (131, 159): "regular_medium"}  # the latter: 623 people
_GOAL = 10.0
_DAY = date(2027, 5, 1)
_WITHOUT_ROWS = {"D-PIC", "D-PAGE", "D-MAT"}
_LETTERS = "D-LET"
_BARE = "bare libraries"

Write = Callable[[], object]


def sources(preset: str) -> mm.Sources:
    """Live through the year of a made-up school."""
    made_up = school(preset)
    cohort = made_up.cohort
    result = mm.match(cohort, mm.Policy.preset("official"))
    return mm.Sources(
        school_year(cohort, result).state(_DAY),
        _DAY,
        title=made_up.name,
        keys=made_up.keys,
        cohort=cohort,
        roadmap=mm.Roadmap.preset("target-model-2023-2025").roll(to=2026),
        result_of=lambda _: result,
    )


def _again(paper: mm.Paper) -> Write:
    """Read a document, and return what writes the same rows with the bare library."""
    content = BytesIO(paper.content)
    match paper.file.rpartition(".")[2]:
        case "docx":
            return _paragraphs(docx.Document(content))
        case "xlsx":
            book = openpyxl.load_workbook(content)
            return _cells([[*sheet.iter_rows(values_only=True)] for sheet in book.worksheets])
        case "ics":
            return _events(icalendar.Calendar.from_ical(paper.content))
    raise ValueError(paper.file)


def _paragraphs(read: Any) -> Write:
    lines = [(it.text, it.style.name) for it in read.paragraphs]
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]

    def write() -> bytes:
        document = docx.Document()
        for line, style in lines:
            document.add_paragraph(line, style if style in document.styles else None)
        for rows in tables:
            table = document.add_table(len(rows), max(map(len, rows)))
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, said in zip(row.cells, cells, strict=False):
                    cell.text = said
        content = BytesIO()
        document.save(content)
        return content.getvalue()

    return write


def _cells(sheets: list[list[tuple[Any, ...]]]) -> Write:
    def write() -> bytes:
        content = BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            look = book.add_format({"num_format": "dd.mm.yyyy"})
            for rows in sheets:
                page = book.add_worksheet()
                for number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if isinstance(cell, date):
                            page.write_datetime(number, column, cell, look)
                        elif isinstance(cell, str):
                            page.write_string(number, column, cell)
                        elif cell is not None:
                            page.write_number(number, column, cell)
        return content.getvalue()

    return write


def _events(read: Any) -> Write:
    parts = [(it.name, dict(it.property_items(recursive=False))) for it in read.subcomponents]

    def write() -> bytes:
        calendar = icalendar.Calendar()
        for name, properties in parts:
            event = icalendar.Event() if name == "VEVENT" else icalendar.Todo()
            for key, value in properties.items():
                if key not in {"BEGIN", "END"}:
                    event[key] = value
            calendar.add_component(event)
        return bytes(calendar.to_ical())

    return write


def _peak(call: Callable[[], object]) -> float:
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Compare all documents, and those of each sort."""
    del hardness
    made = sources(_SCHOOLS[mentors, mentees])
    everything: list[Write] = []
    for code in MAKERS:
        if code in _WITHOUT_ROWS:
            continue
        papers = list(mm.make_documents(made, [code]))
        bare = [_again(paper) for paper in papers]
        everything += bare
        if papers:
            yield Row(f"{code}, {len(papers)} documents", _BARE, *_race(made, [code], bare, rounds))
    codes = [code for code in MAKERS if code not in _WITHOUT_ROWS]
    times = _race(made, codes, everything, rounds)
    yield Row(f"all, {len(everything)} documents", _BARE, *times, _GOAL)
    count = sum(1 for _ in mm.make_documents(made, [_LETTERS]))

    def letters(most: int) -> int:
        found = mm.make_documents(replace(made), [_LETTERS])
        return sum(len(paper.content) for paper in islice(found, most))

    letters(1)
    less, more = (_peak(lambda most=most: letters(most)) for most in (count // 4, count))
    yield Row(f"memory of {count} letters (MB)", f"of {count // 4}", more, less, 1.5)


def _race(made: mm.Sources, codes: list[str], bare: list[Write], rounds: int) -> list[float]:
    def ours() -> int:
        return sum(len(paper.content) for paper in mm.make_documents(replace(made), codes))

    def baseline() -> None:
        for write in bare:
            write()

    return race(rounds, ours, baseline, clock=time.process_time)


register(Case("documents", tuple(_SCHOOLS), ("year",), _measure))

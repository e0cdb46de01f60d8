"""Records and dataframes as tables, so that they are read like files of answers."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.cells import Cells
from mentormatch.intake.source import FileLimits, TableFile
from mentormatch.intake.tables import Table, read_table
from mentormatch.interchange import content_of, plain, records_of


def open_table(
    source: Any,
    name: str,
    limits: FileLimits | None = None,
    headers: frozenset[str] = frozenset(),
) -> Table:
    """Read a file, or hold records or a dataframe as a table of texts.

    Parameters
    ----------
    source
        Path of a file, or a TableFile; or a list, tuple or iterator of records; or a dataframe.
    name
        What a table that is no file is called in messages. Its rows are counted from 1.
    limits, headers
        How large a file may be, and by which headers its row of headers is known.

    Raises
    ------
    IntakeError
        As :func:`read_table` does; when there are no rows; and for all that are no records.
    """
    if isinstance(source, str | Path | TableFile):
        return read_table(source, limits, headers=headers)
    is_records = isinstance(source, list | tuple | Iterator)
    return _table(source if is_records else records_of(source), name)


def _table(records: Iterable[Any], name: str) -> Table:
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    defects = []
    count = 0
    for count, record in enumerate(records, start=1):
        content = content_of(record)
        if content is None:
            values = {"found": type(record).__name__}
            defects.append(Defect("interchange.no-record", Place(name, row=count), values))
            continue
        row = {str(key): cell_of(value) for key, value in content}
        if any(row.values()):
            rows.append(row)
            numbers.append(count)
    if defects:
        raise IntakeError(*defects)
    if not rows:
        raise IntakeError.of("intake.no-rows", Place(name))
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(
        name,
        0,
        tuple(title.strip() for title in header),
        np.array(numbers, np.int32),
        tuple(Cells.of(row.get(key, "") for row in rows) for key in header),
        blank_rows=count - len(rows),
    )


def cell_of(value: Any) -> str:
    """Write a value as somebody would type it into a cell of answers."""
    match plain(value):
        case None:
            return ""
        case bool() as found:
            return "yes" if found else "no"
        case Decimal() as found:
            return f"{found:f}"
        case datetime() as found if found.time() == time():
            return found.date().isoformat()
        case datetime() as found:
            return found.isoformat(" ", "seconds")
        case date() as found:
            return found.isoformat()
        case Mapping() as found:
            levels = ((name, cell_of(level)) for name, level in found.items())
            return "; ".join(f"{name}={level}" for name, level in levels if level) or "-"
        case (list() | tuple() | set() | frozenset()) as found:
            return "; ".join(map(cell_of, found)) or "-"
        case found:
            return str(found).strip()

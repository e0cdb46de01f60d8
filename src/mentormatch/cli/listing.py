"""Lists of defects that somebody can work off: grouped by what to do, or as a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from mentormatch.cli.face import MisuseError
from mentormatch.errors import Defect, Place
from mentormatch.messages import Language, text
from mentormatch.report import FileReport
from mentormatch.spreadsheet import Cell, Sheet, write_csv, write_xlsx

Line = tuple[str, str]
"""What is said, and its style."""

_COLUMNS: Final = ("file", "sheet", "row", "column", "problem", "remedy", "done")


def listed(defects: Sequence[Defect], lang: Language) -> Iterator[Line]:
    """Say all defects: those of rows by file and by remedy, each with all its places."""
    yield from ((f"- {it.text(lang)}", "") for it in defects if it.place.row is None)
    tables: defaultdict[Place, list[Defect]] = defaultdict(list)
    for defect in defects:
        if defect.place.row is not None:
            tables[Place(defect.place.file, defect.place.sheet)].append(defect)
    for place, own in tables.items():
        yield place.text(lang), "bold"
        yield from _grouped(own, lang)


def _grouped(defects: Iterable[Defect], lang: Language) -> Iterator[Line]:
    """Say the defects of one table, each remedy once."""
    groups: defaultdict[tuple[str, str], list[Defect]] = defaultdict(list)
    for defect in defects:
        groups[defect.code, defect.remedy(lang)].append(defect)
    for (_, remedy), own in groups.items():
        problems = {defect.problem(lang) for defect in own}
        is_one = len(problems) == 1
        head = f"{next(iter(problems))}; {remedy}" if is_one else remedy
        yield f"  {text('cli.check.group', lang, count=len(own), what=head)}", "yellow"
        places: defaultdict[tuple[str | None, str], list[int]] = defaultdict(list)
        for defect in own:
            key = defect.place.column, "" if is_one else defect.problem(lang)
            places[key].append(defect.place.row or 0)
        for (column, problem), rows in places.items():
            where = [] if column is None else [text("place.column", lang, value=column)]
            said = ", ".join([*where, rows_text(rows, lang)])
            yield f"    {said}{f': {problem}' if problem else ''}", ""


def rows_text(rows: Iterable[int], lang: Language) -> str:
    """Name rows, those that follow each other as a range: ``rows 4, 9, 12-15``."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    said = ", ".join(
        str(first) if first == last else f"{first}{', ' if last == first + 1 else '-'}{last}"
        for first, last in ranges
    )
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return text("cli.check.row" if is_one else "cli.check.rows", lang, rows=said)


def head(report: FileReport, lang: Language) -> str:
    """Say in one line how a table was read."""
    parts = []
    if report.sheet is not None:
        parts.append(text("import-report.sheet", lang, sheet=report.sheet))
    if report.encoding is not None:
        parts.append(text("import-report.encoding", lang, encoding=report.encoding))
    if report.delimiter is not None:
        delimiter = "TAB" if report.delimiter == "\t" else report.delimiter
        parts.append(text("import-report.delimiter", lang, delimiter=delimiter))
    values = {"row": report.header_row, "rows": report.rows_read, "blank": report.rows_blank}
    parts.append(text("cli.check.head", lang, **values))
    return f"{report.file}: {', '.join(parts)}"


def write_list(path: Path, defects: Iterable[Defect], lang: Language) -> None:
    """Write defects as a spreadsheet, XLSX or CSV by the name of the file.

    Raises
    ------
    MisuseError
        When the name ends otherwise.
    OSError
        When it can't be written.
    """
    header = [text(f"cli.defects.{name}", lang) for name in _COLUMNS]
    rows: list[tuple[Cell, ...]] = [
        (
            it.place.file,
            it.place.sheet,
            it.place.row,
            it.place.column or it.place.field,
            it.problem(lang),
            it.remedy(lang),
            None,
        )
        for it in defects
    ]
    if path.suffix == ".xlsx":
        write_xlsx(path, [Sheet(text("cli.defects.title", lang), header, rows)])
    elif path.suffix == ".csv":
        write_csv(path, header, rows)
    else:
        raise MisuseError.of("cli.list-suffix", Place(file=path.name))

"""Which row of a table holds its headers."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mentormatch.errors import Defect, Place
from mentormatch.intake.workbook import LOST, MERGED, Merged
from mentormatch.questionnaire import normalised

_NO_TITLE: Final = {"", LOST, MERGED}
_VALUE: Final = re.compile(r"[-+−]?\d[\d\s.,:/-]*%?")  # numbers, dates and times
_TITLE_SHARE: Final = 3  # a title fills at most a third of what the widest row does


@dataclass(frozen=True, slots=True)
class Header:
    """The headers of a table.

    Parameters
    ----------
    header
        Their texts.
    last, first
        Positions of the last and first row that they stand in: two where the upper one holds
        questions and the lower one their parts.
    titles
        How many rows with content stand above.
    number
        Row number of the last one.
    """

    header: tuple[str, ...]
    last: int
    first: int
    titles: int
    number: int

    def notices(self, place: Place, *, asked: bool) -> Iterator[Defect]:
        """Say what was not plain: titles above, and headers in two rows."""
        if self.titles and not asked:
            yield Defect("intake.header-row", place, {"count": self.titles})
        if self.first < self.last:
            yield Defect("intake.two-header-rows", place, {"upper": self.number - 1})


class Known:
    """The headers that a questionnaire knows, folded."""

    def __init__(self, headers: Collection[str]) -> None:
        self._headers = headers

    def count(self, row: Iterable[str]) -> int:
        """Count the cells of a row that are known headers, with a part in brackets or without."""
        if not self._headers:
            return 0
        return sum(
            normalised(cell) in self._headers
            or (cell.endswith("]") and normalised(cell.partition("[")[0]) in self._headers)
            for cell in row
            if cell not in _NO_TITLE
        )


def find_header(
    rows: Sequence[tuple[str, ...]],
    known: Known,
    merged: Iterable[Merged],
    number: int,
    last: int | None = None,
) -> Header:
    """Find the headers among the first rows of a table.

    It is the row with the most known headers, if it has several. Otherwise it is the first
    row, unless that is a title: one that fills hardly any cells where a row below, which
    holds words alone and none of them twice, fills many.

    Parameters
    ----------
    rows
        The rows, the first with content.
    known
        Headers that are known.
    merged
        Merged cells of the sheet.
    number
        Row number of the first row.
    last
        Position of the header when that is said.
    """
    asked = last is not None
    if last is None:
        last = _by_known(rows, known)
    if last is None:
        last = _by_width(rows)
    spans = [
        (top, left, right)
        for (top, left), (bottom, right) in merged
        if top == bottom and left < right and 0 <= top + 1 - number <= last
    ]
    for upper in (last - 1, last):
        if upper < 0 or upper + 1 >= len(rows) or (asked and upper == last):
            continue
        own = [(left, right) for top, left, right in spans if top + 1 - number == upper]
        joined = _joined(rows[upper], rows[upper + 1], own)
        if joined is not None and known.count(joined) >= known.count(rows[last]):
            return Header(joined, upper + 1, upper, _filled(rows[:upper]), number + upper + 1)
    return Header(rows[last], last, last, _filled(rows[:last]), number + last)


def _filled(rows: Iterable[tuple[str, ...]]) -> int:
    return sum(any(cell not in {"", MERGED} for cell in row) for row in rows)


def _by_known(rows: Sequence[tuple[str, ...]], known: Known) -> int | None:
    counts = [known.count(row) for row in rows]
    return counts.index(max(counts)) if max(counts) > 1 else None


def _by_width(rows: Sequence[tuple[str, ...]]) -> int:
    counts = [sum(cell not in {"", MERGED} for cell in row) for row in rows]
    most = max(counts)
    for place, (row, count) in enumerate(zip(rows, counts, strict=True)):
        is_alone = count == 1 and len(row) == 1 and most > 1
        if not (count <= most // _TITLE_SHARE or is_alone):
            titles = [normalised(cell) for cell in row if cell not in _NO_TITLE]
            is_header = len({*titles}) == len(titles) and not any(map(_VALUE.fullmatch, titles))
            return place if is_header else 0
    return 0


def _joined(
    upper: Sequence[str], lower: Sequence[str], spans: Sequence[tuple[int, int]]
) -> tuple[str, ...] | None:
    """Join questions that are merged over several columns with their parts below.

    None when the two rows are no such header: each column has a title in one of them, or a
    question above and a part below.
    """
    if not spans or sum(cell not in _NO_TITLE for cell in upper) < 2:
        return None
    width = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    questions = {
        column: above[left]
        for left, right in spans
        for column in range(left, min(right + 1, width))
    }
    found = []
    for column, (top, part) in enumerate(zip(above, below, strict=True)):
        if column in questions:
            if questions[column] in _NO_TITLE or part in _NO_TITLE:
                return None
            found.append(f"{questions[column]} [{part}]")
        elif top not in _NO_TITLE and part not in _NO_TITLE:
            return None
        else:
            found.append(part if top in _NO_TITLE else top)
    return tuple(found)

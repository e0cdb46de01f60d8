"""Hiding small counts in a table, and as many others as keep them from being worked out.

Row and column sums tie the counts of a table together: whoever knows all but one of a row,
and its sum, knows the last one. A table with its sums is a network in which every count is
the flow of an arc; what could stand in a hidden cell is what can be sent round through its
arc over the other hidden ones. Further cells are hidden along the cheapest such cycles, a
heuristic of Kelly, Golden and Assad (1992), "Cell suppression: disclosure protection for
sensitive tabular data", Networks 22; that each small count is protected is then exact.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    import pandas as pd

SMALLEST: Final = 5
"""The smallest count of people that is shown, unless somebody asks for another; 0 always is."""

_SUM_PRICE: Final = 1000  # hiding a sum costs as much as hiding so many counts of its size

_Cell = tuple[int, int]
_Step = tuple[_Cell, bool]
"""A cell, and whether its count would grow."""


def suppress(
    table: "pd.DataFrame", least: int = SMALLEST, *, total: str | None = None
) -> "pd.DataFrame":
    """Hide the small counts of a table, and further ones until nobody can work them out.

    Row sums, column sums and the sum of all are taken to be known, also where they aren't
    shown; small sums are hidden like small counts. Afterwards every hidden small count could
    be 0, and could be ``least`` or more, as far as the table tells. Several tables about the
    same people may still tell together what none of them tells alone.

    Parameters
    ----------
    table
        Counts, whole numbers >= 0: each person stands in one cell.
    least
        Counts from 1 to ``least`` - 1 are small.
    total
        Name of a row and a column of sums to add; without it none are added.

    Returns
    -------
    DataFrame
        The table with missing values (``pd.NA``) where a count is hidden.

    Raises
    ------
    MentorMatchError
        When the table holds something else than counts, or has sums of that name already.
    """
    import pandas as pd  # noqa: PLC0415 - slow to load

    counts = _counts(table)
    if total is not None and (total in table.index or total in table.columns):
        raise MentorMatchError.of("privacy.total-there", name=total)
    network = _Network.of(counts, least)
    network.protect()
    shown = pd.DataFrame(network.count, dtype="Int64").mask(network.hidden)
    if total is None:
        rows, cols = counts.shape
        shown = shown.iloc[:rows, :cols]
        shown.index, shown.columns = table.index, table.columns
        return shown
    shown.index = _with_total(table.index, total)
    shown.columns = _with_total(table.columns, total)
    return shown


def suppressed(counts: "pd.Series[int]", of: int, least: int = SMALLEST) -> "pd.Series[int]":
    """Hide small counts that add up to nothing, such as how many chose each of several options.

    Parameters
    ----------
    counts
        Whole numbers from 0 to ``of``.
    of
        How many people each counts among: that nearly all of them are in it tells as much of the
        few who aren't, so such a count is hidden as well.
    least
        Counts from 1 to ``least`` - 1 are small.
    """
    few, rest = (counts > 0) & (counts < least), (counts < of) & (counts > of - least)
    return counts.astype("Int64").mask(few | rest)


def _with_total(labels: "pd.Index", total: str) -> "pd.Index":
    import pandas as pd  # noqa: PLC0415 - slow to load

    if isinstance(labels, pd.MultiIndex):
        last = (total, *[""] * (labels.nlevels - 1))
        return pd.MultiIndex.from_tuples([*labels, last], names=labels.names)
    return pd.Index([*labels, total], name=labels.name)


def _counts(table: "pd.DataFrame") -> NDArray[np.int64]:
    values = table.to_numpy()
    try:
        counts = values.astype(np.int64)
        sound = bool((counts == values).all() and (counts >= 0).all())
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise MentorMatchError.of("privacy.not-counts")
    return counts


@dataclass(frozen=True, slots=True)
class _Network:
    """A table with its sums as a circulation: rows and columns are nodes, cells are arcs.

    Parameters
    ----------
    count
        int64 (r + 1, c + 1); sums stand last.
    hidden
        bool (r + 1, c + 1).
    small
        bool (r + 1, c + 1): what has to be protected.
    least
        How much a hidden small count could be.
    """

    count: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    small: NDArray[np.bool_]
    least: int

    @classmethod
    def of(cls, counts: NDArray[np.int64], least: int) -> "_Network":
        """Add the sums; hide what is small."""
        with_rows = np.hstack([counts, counts.sum(axis=1, keepdims=True)])
        whole = np.vstack([with_rows, with_rows.sum(axis=0, keepdims=True)])
        small = (whole > 0) & (whole < least)
        return cls(whole, small.copy(), small, least)

    def protect(self) -> None:
        """Hide further cells until each small one could be 0, and could be large enough."""
        for cell in self._cells(self.small):
            for grows in (True, False):
                self._protect(cell, grows=grows)
        # A later cycle may have made an earlier one needless.
        extra = sorted(
            self._cells(self.hidden & ~self.small), key=lambda cell: (-self._price(cell), cell)
        )
        for cell in extra:
            self.hidden[cell] = False
            self.hidden[cell] = not self._is_safe()

    def _is_safe(self) -> bool:
        return all(
            self._room(cell, grows=grows, wanted=self._wanted(cell, grows=grows))
            >= self._wanted(cell, grows=grows)
            for cell in self._cells(self.small)
            for grows in (True, False)
        )

    def _protect(self, cell: _Cell, *, grows: bool) -> None:
        wanted = self._wanted(cell, grows=grows)
        # Cells that are hidden already cost nothing, so that cycles share them.
        change = np.zeros_like(self.count)
        room = 0
        while room < wanted:
            steps = self._cheapest(cell, grows, change, everything=True)
            step = self._width(steps, change, wanted - room)
            for at, up in steps:
                change[at] += step if up else -step
                self.hidden[at] = True
            room += step

    def _room(self, cell: _Cell, *, grows: bool, wanted: int) -> int:
        """Say by how much a hidden count could differ, up to what is wanted."""
        change = np.zeros_like(self.count)
        room = 0
        while room < wanted:
            steps = self._cheapest(cell, grows, change, everything=False)
            if not steps:
                break
            step = self._width(steps, change, wanted - room)
            for at, up in steps:
                change[at] += step if up else -step
            room += step
        return room

    def _wanted(self, cell: _Cell, *, grows: bool) -> int:
        return int(self.least - self.count[cell] if grows else self.count[cell])

    def _width(self, steps: list[_Step], change: NDArray[np.int64], most: int) -> int:
        """Say how much can be sent round: growing has no end, nothing falls below 0."""
        return min([most, *(int(self.count[at] + change[at]) for at, up in steps if not up)])

    def _cheapest(
        self, cell: _Cell, grows: bool, change: NDArray[np.int64], *, everything: bool
    ) -> list[_Step]:
        """Find the cheapest way round from the end of a cell's arc back to its beginning.

        Returns the cells on it without the given one; empty when there is none.
        """
        begin, end = self._ends(cell)
        start, goal = (end, begin) if grows else (begin, end)
        best: dict[int, int] = {start: 0}
        came: dict[int, tuple[int, _Step]] = {}
        queue = [(0, start)]
        while queue:
            so_far, node = heapq.heappop(queue)
            if node == goal:
                break
            if so_far > best[node]:
                continue
            for at, up, other in self._arcs(node):
                if at == cell or not (everything or self.hidden[at]):
                    continue
                if not up and self.count[at] + change[at] <= 0:
                    continue
                price = so_far + (0 if self.hidden[at] else self._price(at))
                if other not in best or price < best[other]:
                    best[other] = price
                    came[other] = (node, (at, up))
                    heapq.heappush(queue, (price, other))
        if goal not in came:
            return []
        steps = []
        node = goal
        while node != start:
            node, step = came[node]
            steps.append(step)
        return steps

    def _price(self, cell: _Cell) -> int:
        """Say what is lost by hiding a count: more with its size, much more with a sum."""
        rows, cols = self.count.shape
        sums = int(cell[0] == rows - 1) + int(cell[1] == cols - 1)
        price: int = (int(self.count[cell]) + 1) * _SUM_PRICE**sums
        return price

    def _ends(self, cell: _Cell) -> _Cell:
        """Name the nodes at either end of a cell's arc: rows first, then columns.

        Counts and the sum of all run from row to column, other sums back, so that what
        comes into a node is what goes out of it.
        """
        rows, cols = self.count.shape
        row, col = cell
        forward = (row == rows - 1) == (col == cols - 1)
        return (row, rows + col) if forward else (rows + col, row)

    def _arcs(self, node: int) -> Iterator[tuple[_Cell, bool, int]]:
        """List a node's cells: whether a step over each would make it grow, and to where."""
        rows, cols = self.count.shape
        cells = (
            ((node, col) for col in range(cols))
            if node < rows
            else ((row, node - rows) for row in range(rows))
        )
        for cell in cells:
            begin, end = self._ends(cell)
            yield cell, node == begin, end if node == begin else begin

    @staticmethod
    def _cells(mask: NDArray[np.bool_]) -> list[_Cell]:
        return [(int(row), int(col)) for row, col in np.argwhere(mask)]

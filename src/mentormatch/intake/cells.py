"""The cells of one column, each distinct text held once.

The few answers to a question fill a column of any length, so that whatever is done with
a text is done once for all the cells that hold it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLANK: Final = 0
"""The code of a blank cell."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cells:
    """A column of n cells.

    Parameters
    ----------
    codes
        int32 (n,): position of each cell's text in ``texts``.
    texts
        Distinct texts in the order in which they first stand there; the first one is the
        blank, whether or not a cell is.
    """

    codes: NDArray[np.int32]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, written: Iterable[str]) -> "Cells":
        """Make a column of the texts of its cells."""
        numbers = numbering()
        codes = np.fromiter(map(numbers.__getitem__, written), np.int32)
        return cls(codes, tuple(numbers))

    def take(self, rows: NDArray[np.bool_]) -> "Cells":
        """Return the cells of some rows, with the texts that stand there."""
        codes = self.codes[rows]
        own, firsts = np.unique(codes, return_index=True)
        own = own[np.argsort(firsts)]
        own = np.concatenate(([BLANK], own[own != BLANK]))
        numbers = np.zeros(len(self.texts), np.int32)
        numbers[own] = np.arange(len(own), dtype=np.int32)
        return Cells(numbers[codes], tuple(self.texts[code] for code in own.tolist()))

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.codes.tolist())

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Cells({len(self)} cells, {len(self.texts)} texts)"


def numbering() -> defaultdict[Any, int]:
    """Give every new key the next number, the blank the first one."""
    numbers: defaultdict[Any, int] = defaultdict(count(BLANK + 1).__next__)
    numbers[""] = BLANK
    return numbers


def columns_of(
    rows: Iterable[Sequence[Any]], width: int, tidy: Callable[[Sequence[Any]], Sequence[str]]
) -> list[Cells]:
    """Make columns of rows that are all equally wide.

    Parameters
    ----------
    rows
        Cells as they were read.
    width
        How many each row has.
    tidy
        Makes the texts of the distinct cells of a column; a blank cell's text is blank.
    """
    numbers = [numbering() for _ in range(width)]
    # No step of Python's own for a cell: there are millions.
    look_up = partial(map, dict.__getitem__, numbers)
    flat = np.fromiter(chain.from_iterable(map(look_up, rows)), np.int32)
    by_column = np.ascontiguousarray(flat.reshape(-1, width).T)
    del flat
    return [tidied(codes, [*numbers.pop(0)], tidy) for codes in by_column]


def tidied(
    codes: NDArray[np.int32], written: Sequence[Any], tidy: Callable[[Sequence[Any]], Sequence[str]]
) -> Cells:
    """Make a column of positions among distinct cells as they were read, the blank first."""
    texts = tidy(written)
    if texts == written:
        return Cells(codes, tuple(texts))
    numbers = numbering()
    new = np.fromiter(map(numbers.__getitem__, texts), np.int32, len(texts))
    return Cells(new[codes], tuple(numbers))

"""The cells of one column, each distinct text held once.

The few answers to a question fill a column of any length, so that whatever is done with
a text is done once for all the cells that hold it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
        codes = _Codes({"": BLANK})
        found = np.fromiter(map(codes.__getitem__, written), np.int32)
        return cls(found, tuple(codes))

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.codes.tolist())

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Cells({len(self)} cells, {len(self.texts)} texts)"


class _Codes(dict[str, int]):
    """Gives every new text the next number."""

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code


class Texts(dict[Any, int]):
    """The texts of a whole table, each with a code of its own.

    Looking up a cell as it was read gives the code of its text; what a reader finds once,
    it needn't tidy again.

    Parameters
    ----------
    tidy
        Makes the text of a cell as it was read.
    """

    def __init__(self, tidy: Callable[[Any], str]) -> None:
        super().__init__({"": BLANK})
        self.codes: dict[str, int] = {"": BLANK}
        self._tidy = tidy

    def __missing__(self, cell: Any) -> int:
        text = self._tidy(cell)
        self[cell] = code = self.codes.setdefault(text, len(self.codes))
        return code

    def columns(self, codes: NDArray[np.int32]) -> tuple[Cells, ...]:
        """Make a column of each column of codes (rows, columns)."""
        texts = list(self.codes)
        firsts = np.empty(len(texts), np.intp)
        numbers = np.empty(len(texts), np.int32)
        rows = np.arange(len(codes))
        found = []
        for column in codes.T:
            firsts.fill(len(rows))
            # The last number given stays, so the codes are gone through from their end.
            firsts[column[::-1]] = rows[::-1]
            firsts[BLANK] = -1
            own = np.flatnonzero(firsts < len(rows))
            own = own[np.argsort(firsts[own])]
            numbers[own] = np.arange(len(own), dtype=np.int32)
            found.append(Cells(numbers[column], tuple(texts[code] for code in own.tolist())))
        return tuple(found)

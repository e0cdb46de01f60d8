"""The cells of one column, each distinct text held once.

The few answers to a question fill a column of any length, so that whatever is done with
a text is done once for all the cells that hold it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

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

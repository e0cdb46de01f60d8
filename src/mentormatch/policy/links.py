"""Who named whom: answers with codes of people, as positions in the cohort."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.column import PeopleColumn
from mentormatch.policy.arrays import Bools, Ints, Positions, column_as


@dataclass(frozen=True, slots=True)
class Links:
    """Directed links between the people of a cohort, at most one each way between two.

    Parameters
    ----------
    starts
        (n + 1,): the links of person p stand from ``starts[p]`` up to ``starts[p + 1]``.
    targets
        (k,): positions of the people named. Codes of people outside the cohort are left out.
    ranks
        (k,): from 1 on, in the order in which a person named them.
    """

    starts: Positions
    targets: Positions
    ranks: Ints

    @classmethod
    def of(cls, cohort: Cohort, fields: Iterable[str]) -> Self:
        """Collect the links that people gave in answer to some questions."""
        position = {code: place for place, code in enumerate(cohort.ids)}
        links: dict[tuple[int, int], int] = {}
        for field in fields:
            for source, codes in enumerate(column_as(cohort, field, PeopleColumn).named):
                for rank, code in enumerate(codes, start=1):
                    if code in position:
                        links.setdefault((source, position[code]), rank)
        order = sorted(links)
        pairs = np.array(order, dtype=np.intp).reshape(-1, 2)
        ranks = np.array([links[pair] for pair in order], dtype=np.int64)
        return cls(_starts(pairs[:, 0], len(cohort)), pairs[:, 1], ranks)

    @property
    def reversed(self) -> "Links":
        """The same links seen from those who were named, with the ranks they were given."""
        size = len(self.starts) - 1
        sources = np.repeat(np.arange(size), np.diff(self.starts))
        order = np.lexsort((sources, self.targets))
        return Links(_starts(self.targets[order], size), sources[order], self.ranks[order])

    def rank(self, row: int, col: int) -> int:
        """Return the rank that one person gave another, 0 for none."""
        start, stop = self.starts[row : row + 2].tolist()
        targets = self.targets[start:stop].tolist()
        return int(self.ranks[start + targets.index(col)]) if col in targets else 0

    def block(self, rows: Positions, cols: Positions) -> Ints:
        """Return the rank that each row gave each column, 0 where it named somebody else.

        Parameters
        ----------
        rows, cols
            Positions in the cohort, (r,) and (c,).
        """
        place = np.full(len(self.starts) - 1, -1, dtype=np.intp)
        place[cols] = np.arange(len(cols))
        first = self.starts[rows]
        count = self.starts[rows + 1] - first
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        link = np.repeat(first, count) + within
        row = np.repeat(np.arange(len(rows)), count)
        col = place[self.targets[link]]
        here = col >= 0
        block = np.zeros((len(rows), len(cols)), dtype=np.int64)
        block[row[here], col[here]] = self.ranks[link[here]]
        return block

    def between(self, sources: Positions, targets: Positions) -> Ints:
        """Return the rank that each source gave the target beside it, 0 for none: (k,).

        Parameters
        ----------
        sources, targets
            Positions in the cohort, both (k,).
        """
        size = len(self.starts) - 1
        linked = np.repeat(np.arange(size), np.diff(self.starts)) * size + self.targets
        asked = sources * size + targets
        place = np.searchsorted(linked, asked)
        found = np.append(linked, -1)[place] == asked
        ranks: Ints = np.where(found, np.append(self.ranks, 0)[place], 0)
        return ranks

    def either_way(self, rows: Positions, cols: Positions) -> Bools:
        """Say which rows and columns are linked in one direction or the other: (r, c)."""
        linked: Bools = (self.block(rows, cols) > 0) | (self.block(cols, rows).T > 0)
        return linked


def _starts(sources: Positions, size: int) -> Positions:
    """Say where each person's links begin in a sorted list of sources: (size + 1,)."""
    return np.searchsorted(sources, np.arange(size + 1))

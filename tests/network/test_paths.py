"""Longest paths by elimination, by Floyd's and by Dijkstra's algorithm."""

import numpy as np
import pytest

from mentormatch.network.paths import close, longest_from, longest_paths

CLOSED = -(1 << 61)


def slowly(gains):
    """Close a table by Floyd's algorithm as it stands in every book."""
    longest = gains.astype(object)
    for node in range(len(gains)):
        longest = np.maximum(longest, longest[:, [node]] + longest[node])
    return np.where(longest > CLOSED // 2, longest, CLOSED)


def graphs(seed, count):
    """Draw tables of gains, dense and sparse, with ties and without."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        size = int(generator.integers(1, 60))
        gains = -generator.integers(0, generator.choice([2, 10, 10**12]), (size, size))
        gains[generator.random((size, size)) > generator.choice([0.05, 0.3, 1])] = CLOSED
        np.fill_diagonal(gains, 0)
        yield gains


def test_elimination_finds_what_the_book_finds():
    """Merging, thinning and taking out nodes lose no path, and impossible stays impossible."""
    for gains in graphs(1, 300):
        before = gains.copy()
        assert (longest_paths(gains, CLOSED) == slowly(gains)).all()
        assert (gains == before).all()


def test_numbers_of_any_size_are_added_exactly():
    """Python's integers go the same way."""
    for gains in graphs(2, 40):
        wide = np.where(gains > CLOSED, gains.astype(object) * 10**30, -(10**50))
        longest = longest_paths(wide, -(10**50))
        expected = slowly(gains)
        assert (longest[expected > CLOSED] == expected[expected > CLOSED] * 10**30).all()
        assert (longest[expected == CLOSED] == -(10**50)).all()


@pytest.mark.parametrize(("block", "rows"), [(1, 1), (7, 3), (64, 16), (99, 99)])
def test_blocks_do_not_show(block, rows):
    """Floyd's algorithm gives the same in blocks of any size."""
    for gains in graphs(3, 30):
        expected = slowly(gains)
        close(gains, block, rows)
        assert (np.where(gains > CLOSED // 2, gains, CLOSED) == expected).all()


def test_a_search_from_one_node_finds_its_row_with_the_fewest_steps():
    """Lengths agree with all pairs, each step adds up, and no shorter way is as long."""
    for gains in graphs(4, 100):
        expected = slowly(gains)
        for source in range(min(len(gains), 5)):
            longest, before = longest_from(gains, source, CLOSED)
            assert (longest == expected[source]).all()
            steps = fewest(gains, source)
            for end in np.flatnonzero(longest > CLOSED):
                count, node = 0, end
                while node != source:
                    assert longest[node] == longest[before[node]] + gains[before[node], node]
                    node, count = before[node], count + 1
                assert count == steps[end]


def fewest(gains, source):
    """Count the steps of the longest paths by lengths of exactly so many steps."""
    best = slowly(gains)[source]
    reached = np.full(len(gains), CLOSED, object)
    reached[source] = 0
    steps = {source: 0}
    for count in range(1, len(gains)):
        reached = (reached[:, None] + gains).max(axis=0)
        for node in np.flatnonzero((reached == best) & (best > CLOSED)):
            steps.setdefault(int(node), count)
    return steps

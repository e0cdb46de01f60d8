"""Answers as arrays that can be multiplied: shared by rules and criteria."""

from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from mentormatch.cohort import Cohort
from mentormatch.column import CodeColumn, Column, NumberColumn, SetColumn
from mentormatch.policy.numerals import PER_MILLE

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]

_C = TypeVar("_C")

# Whole numbers up to these are exact in a float, so is every partial sum below them.
_EXACT_FLOAT32: Final = 2**24
_EXACT_FLOAT64: Final = 2**53

# Products of this many multiplications run in one thread in the libraries that numpy uses.
_ONE_THREAD: Final = 2**17


def column_as(cohort: Cohort, field: str, wanted: type[_C]) -> _C:
    """Return a column that must be of one type, as the check of the policy ensures."""
    column = cohort.column(field)
    if not isinstance(column, wanted):
        raise TypeError(f"{field} is a {type(column).__name__}, not a {wanted.__name__}")
    return column


def in_thousandths(column: NumberColumn) -> Ints:
    """Return numbers in units of 1/1000, whatever the column's own unit: (n,)."""
    return column.values * (PER_MILLE // column.unit)


def all_options(*columns: SetColumn) -> tuple[str, ...]:
    """List the options of several columns once, in order."""
    return tuple(dict.fromkeys(option for column in columns for option in column.options))


def strengths(column: SetColumn, options: tuple[str, ...]) -> Ints:
    """Say how strongly each option is chosen: (n, k) in the order of ``options``.

    The level where options have levels; ``top`` for the first rank down to 1 for the
    last possible one; else 1. 0 where an option isn't chosen.
    """
    found: NDArray[Any] = column.chosen
    if column.levels is not None:
        found = column.levels
        if column.is_ranked:
            found = np.where(column.chosen, column.top + 1 - found, 0)
    spread = np.zeros((len(found), len(options)), dtype=np.int64)
    spread[:, [options.index(option) for option in column.options]] = found
    return spread


def chosen(column: SetColumn, options: tuple[str, ...]) -> Ints:
    """Say which options are chosen, as 0 and 1: (n, k) in the order of ``options``."""
    return (strengths(column, options) > 0).astype(np.int64)


def ready_to_multiply(left: Ints, right: Ints) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both (n, k) arrays as floats in which products of their rows are exact.

    Raises
    ------
    OverflowError
        When no float can hold the largest possible sum of products.
    """
    largest = int(left.max(initial=0)) * int(right.max(initial=0)) * left.shape[1]
    if largest >= _EXACT_FLOAT64:
        raise OverflowError("levels too large to multiply exactly")
    kind = np.float32 if largest < _EXACT_FLOAT32 else np.float64
    return left.astype(kind), right.astype(kind)


def products(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Multiply every row of one array (r, k) with every row of another (c, k): (r, c).

    Tile by tile, each so small that the linear algebra library doesn't call its threads
    together: on a busy machine waiting for them takes a hundred times as long as the work.
    """
    found = np.empty((len(left), len(right)), dtype=left.dtype)
    height = 16
    width = max(1, _ONE_THREAD // (height * left.shape[1]))
    for row in range(0, len(left), height):
        for col in range(0, len(right), width):
            tile = np.s_[row : row + height, col : col + width]
            np.matmul(left[tile[0]], right[tile[1]].T, out=found[tile])
    return found


def both(left: Bools, right: Bools, rows: Positions, cols: Positions) -> Bools:
    """Say where ``left`` holds for the row and ``right`` for the column: (r, c)."""
    found: Bools = np.logical_and.outer(left[rows], right[cols])
    return found


def comparable_values(first: Column, second: Column) -> tuple[Ints, Ints]:
    """Return two columns of options, or of numbers, as integers equal where the answers are.

    What stands where an answer is blank means nothing.
    """
    if isinstance(first, NumberColumn) and isinstance(second, NumberColumn):
        return in_thousandths(first), in_thousandths(second)
    if isinstance(first, CodeColumn) and isinstance(second, CodeColumn):
        options = tuple(dict.fromkeys(first.options + second.options))
        number = np.array([options.index(option) for option in second.options], dtype=np.int64)
        return first.codes.astype(np.int64), number[second.codes]
    raise TypeError("options can't be compared with numbers")


def picks(cohort: Cohort, field: str, options: tuple[str, ...]) -> Bools:
    """Say who chose at least one of the options in a choice or multi question: (n,)."""
    column = cohort.column(field)
    if isinstance(column, SetColumn):
        wanted = column.chosen[:, _places(column.options, options)]
        found: Bools = np.logical_or.reduce(wanted, axis=1)
        return found
    codes = column_as(cohort, field, CodeColumn)
    return np.isin(codes.codes, _places(codes.options, options))


def _places(known: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    return [place for place, option in enumerate(known) if option in wanted]

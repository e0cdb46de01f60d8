"""Scores as exact integers: what a caller's numbers become before anything is added up."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, Place, ScoreError
from mentormatch.problem import Int64

# Decimals up to which a float is taken to mean the decimal number it prints as.
DECIMALS = 9
# Beyond it not every whole number is a float.
_WHOLE = 2**53
# So many bad entries are listed; the rest are counted.
LISTED = 20


@dataclass(frozen=True, slots=True, eq=False)
class ExactScores:
    """Integer points and how they relate to the caller's scores.

    Parameters
    ----------
    points
        One integer per score, of the same shape.
    scale
        Points per unit of score.
    error
        The largest difference between a score and its points, in units of score.
    """

    points: Int64
    scale: float
    error: float

    @property
    def exact(self) -> bool:
        """Tell whether no score was rounded."""
        return self.error == 0


def exact_scores(
    scores: Any, *, limit: int, resolution: float | None = None, exact: bool = False
) -> ExactScores:
    """Turn scores into integers without losing anything, or say what was lost.

    Parameters
    ----------
    scores
        A matrix of integers, floats or other real numbers, mentees by mentors.
    limit
        The largest integer that can be added up exactly.
    resolution
        Round to multiples of this instead of choosing a grid.
    exact
        Raise where a score would have to be rounded.

    Raises
    ------
    ScoreError
        For anything but a matrix of finite numbers; for scores beyond the limit;
        with ``exact`` for scores that don't fit a decimal grid.
    """
    matrix = np.asarray(scores)
    if matrix.ndim != 2:
        raise ScoreError.of("score.shape", Place(field="scores"), found=str(matrix.shape))
    if matrix.dtype.kind == "O":
        matrix = _plain(matrix, limit)
    if matrix.dtype.kind not in "iuf":
        raise ScoreError.of("score.type", Place(field="scores"), found=str(matrix.dtype))
    if matrix.dtype.kind in "iu":
        _check_size(matrix, limit if resolution is None else min(limit, _WHOLE - 1))
        if resolution is None:
            return ExactScores(np.ascontiguousarray(matrix, np.int64), 1, 0.0)
    if resolution is not None or matrix.dtype.itemsize > 8:
        matrix = matrix.astype(np.float64)
    _check_finite(matrix)
    if resolution is not None:
        step = float(resolution) if isinstance(resolution, Real) else 0.0
        if not (0 < step < math.inf and 1 / step < math.inf):
            raise ScoreError.of("score.resolution", Place(field="resolution"))
        found = _on_grid(matrix, 1 / step, limit)
    else:
        found = _on_finest_grid(matrix, limit)
    if exact and not found.exact:
        raise ScoreError.of("score.inexact", Place(field="scores"), error=f"{found.error:.3g}")
    return found


def _plain(matrix: NDArray[Any], limit: int) -> NDArray[Any]:
    """Make integers or floats of Python's own numbers, as databases and nullable columns give."""
    cells = matrix.ravel().tolist()
    good = np.array([_is_number(cell) for cell in cells], np.bool_).reshape(matrix.shape)
    if not good.all():
        raise _located("score.no-number", matrix, good, lambda cell: type(cell).__name__)
    whole = [abs(int(cell)) for cell in cells if isinstance(cell, Integral)]
    # Beside other numbers an integer becomes a float, too.
    most = limit if len(whole) == len(cells) else min(limit, _WHOLE - 1)
    if max(whole, default=0) > most:
        raise _too_large(max(whole), most)
    if len(whole) == len(cells):
        return matrix.astype(np.int64)
    return np.array([_as_float(cell) for cell in cells]).reshape(matrix.shape)


def _is_number(cell: object) -> bool:
    return isinstance(cell, Real | Decimal) and not isinstance(cell, bool)


def _as_float(cell: Any) -> float:
    try:
        return float(cell)
    except OverflowError:  # a fraction beyond any float
        return math.inf
    except ValueError:  # a decimal that signals
        return math.nan


def _check_size(matrix: NDArray[Any], limit: int) -> None:
    largest = max(int(matrix.max(initial=0)), -int(matrix.min(initial=0)))
    if largest > limit:
        raise _too_large(largest, limit)


def _too_large(largest: object, limit: int) -> ScoreError:
    return ScoreError.of("score.range", Place(field="scores"), largest=largest, limit=limit)


def _check_finite(matrix: NDArray[Any]) -> None:
    finite = np.isfinite(matrix)
    if not finite.all():
        raise _located("score.not-finite", matrix, finite, str)


def _located(
    code: str, matrix: NDArray[Any], good: NDArray[np.bool_], said: Callable[[Any], str]
) -> ScoreError:
    """Name the places of the entries that aren't good."""
    bad = np.argwhere(~good)
    defects = [
        Defect(code, Place(field=f"scores[{row}, {column}]"), {"found": said(matrix[row, column])})
        for row, column in bad[:LISTED].tolist()
    ]
    if len(bad) > LISTED:
        more = Defect("score.more", Place(field="scores"), {"count": len(bad) - LISTED})
        defects.append(more)
    return ScoreError(*defects)


def _on_finest_grid(given: NDArray[Any], limit: int) -> ExactScores:
    """Use the coarsest decimal grid that holds every score, else the finest that fits."""
    matrix = given.astype(np.float64, copy=False)
    largest = float(np.abs(matrix).max(initial=0))
    # A float32 means the decimal that *it* prints as, which has fewer digits.
    digits = 2 ** (np.finfo(given.dtype).nmant + 1)
    for decimals in range(DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale > min(limit, digits):
            break
        if _holds(given, scale):
            return ExactScores(np.rint(matrix * scale).astype(np.int64), scale, 0.0)
    # Beyond that a float has no such power of ten; what is lost is far below it.
    finest = min(math.floor(math.log10(limit) - math.log10(largest)), sys.float_info.max_10_exp)
    # One step back where the logarithm was rounded up or rounding reaches the limit.
    if round(largest * 10.0**finest) > limit:
        finest -= 1
    return _on_grid(matrix, 10.0**finest, limit)


def _holds(matrix: NDArray[Any], scale: float) -> bool:
    """Tell whether every score is the float of its kind nearest to a multiple of 1/scale."""
    for part in (matrix.ravel()[:1000], matrix):
        nearest = np.rint(part.astype(np.float64, copy=False) * scale) / scale
        if not (nearest.astype(part.dtype, copy=False) == part).all():
            return False
    return True


def _on_grid(matrix: NDArray[np.float64], scale: float, limit: int) -> ExactScores:
    scaled = np.rint(matrix * scale)
    largest = float(np.abs(scaled).max(initial=0))
    if largest > limit:
        raise _too_large(f"{largest:.6g}", limit)
    if scale <= 10.0**DECIMALS and _holds(matrix, scale):
        return ExactScores(scaled.astype(np.int64), scale, 0.0)
    # The difference is itself rounded, by less than the spacing of floats of this size.
    error = float(np.abs(matrix - scaled / scale).max(initial=0))
    error += 2 * float(np.spacing(np.abs(matrix).max(initial=0)))
    return ExactScores(scaled.astype(np.int64), scale, error)

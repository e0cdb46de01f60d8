"""Scores as exact integers: what a caller's numbers become before anything is added up."""

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentormatch.errors import Defect, Place, ScoreError
from mentormatch.problem import Int64

# Decimals up to which a float is taken to mean the decimal number it prints as.
DECIMALS = 9
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
        A matrix of integers or floats, mentees by mentors.
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
    if matrix.dtype.kind in "iu" and resolution is None:
        _check_size(matrix, limit)
        return ExactScores(np.ascontiguousarray(matrix, np.int64), 1, 0.0)
    if matrix.dtype.kind not in "iuf":
        raise ScoreError.of("score.type", Place(field="scores"), found=str(matrix.dtype))
    matrix = matrix.astype(np.float64, copy=False)
    _check_finite(matrix)
    if resolution is not None:
        if not (np.isfinite(resolution) and resolution > 0):
            raise ScoreError.of("score.resolution", Place(field="resolution"))
        found = _on_grid(matrix, 1 / resolution, limit)
    else:
        found = _on_finest_grid(matrix, limit)
    if exact and not found.exact:
        raise ScoreError.of("score.inexact", Place(field="scores"), error=f"{found.error:.3g}")
    return found


def _check_size(matrix: NDArray[Any], limit: int) -> None:
    largest = max(int(matrix.max(initial=0)), -int(matrix.min(initial=0)))
    if largest > limit:
        raise ScoreError.of("score.range", largest=largest, limit=limit)


def _check_finite(matrix: NDArray[np.float64]) -> None:
    bad = np.argwhere(~np.isfinite(matrix))
    if len(bad):
        defects = [
            Defect(
                "score.not-finite",
                Place(field=f"scores[{row}, {column}]"),
                {"found": str(matrix[row, column])},
            )
            for row, column in bad[:LISTED].tolist()
        ]
        if len(bad) > LISTED:
            more = Defect("score.more", Place(field="scores"), {"count": len(bad) - LISTED})
            defects.append(more)
        raise ScoreError(*defects)


def _on_finest_grid(matrix: NDArray[np.float64], limit: int) -> ExactScores:
    """Use the coarsest decimal grid that holds every score, else the finest that fits."""
    largest = float(np.abs(matrix).max(initial=0))
    for decimals in range(DECIMALS + 1):
        scale = 10.0**decimals
        if largest * scale > min(limit, 2**53):
            break
        if _holds(matrix, scale):
            return ExactScores(np.rint(matrix * scale).astype(np.int64), scale, 0.0)
    # Beyond that a float has no such power of ten; what is lost is far below it.
    finest = min(math.floor(math.log10(limit) - math.log10(largest)), sys.float_info.max_10_exp)
    # One step back where the logarithm was rounded up or rounding reaches the limit.
    if round(largest * 10.0**finest) > limit:
        finest -= 1
    return _on_grid(matrix, 10.0**finest, limit)


def _holds(matrix: NDArray[np.float64], scale: float) -> bool:
    """Tell whether every score is the float nearest to a multiple of 1/scale."""
    sample = matrix.ravel()[:1000]
    return all(bool((np.rint(part * scale) / scale == part).all()) for part in (sample, matrix))


def _on_grid(matrix: NDArray[np.float64], scale: float, limit: int) -> ExactScores:
    scaled = np.rint(matrix * scale)
    largest = float(np.abs(scaled).max(initial=0))
    if largest > limit:
        raise ScoreError.of("score.range", largest=f"{largest:.6g}", limit=limit)
    if scale <= 10.0**DECIMALS and _holds(matrix, scale):
        return ExactScores(scaled.astype(np.int64), scale, 0.0)
    # The difference is itself rounded, by less than the spacing of floats of this size.
    error = float(np.abs(matrix - scaled / scale).max(initial=0))
    error += 2 * float(np.spacing(np.abs(matrix).max(initial=0)))
    return ExactScores(scaled.astype(np.int64), scale, error)

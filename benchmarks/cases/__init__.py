"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, exact, groups, importing, limits, match, stable

__all__ = ["assign", "exact", "groups", "importing", "limits", "match", "stable"]

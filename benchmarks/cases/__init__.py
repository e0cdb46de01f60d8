"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, groups, importing, limits, match, stable

__all__ = ["assign", "groups", "importing", "limits", "match", "stable"]

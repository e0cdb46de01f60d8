"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, explain, groups, importing, match, stable

__all__ = ["assign", "explain", "groups", "importing", "match", "stable"]

"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, equals, groups, importing, match, stable

__all__ = ["assign", "equals", "groups", "importing", "match", "stable"]

"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, groups, importing, match, shortage, stable

__all__ = ["assign", "groups", "importing", "match", "shortage", "stable"]

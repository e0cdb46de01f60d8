"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, importing, match, stable

__all__ = ["assign", "importing", "match", "stable"]

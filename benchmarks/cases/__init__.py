"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, importing, match

__all__ = ["assign", "importing", "match"]

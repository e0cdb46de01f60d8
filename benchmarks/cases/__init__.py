"""Every case registers itself when its file is imported."""

from benchmarks.cases import assign, groups, importing, match, regrets, shortage, stable

__all__ = ["assign", "groups", "importing", "match", "regrets", "shortage", "stable"]

"""Every case registers itself when its file is imported."""

from benchmarks.cases import (
    again,
    assign,
    equals,
    exact,
    explain,
    groups,
    importing,
    limits,
    match,
    register,
    regrets,
    shortage,
    stable,
)

__all__ = [
    "again",
    "assign",
    "equals",
    "exact",
    "explain",
    "groups",
    "importing",
    "limits",
    "match",
    "register",
    "regrets",
    "shortage",
    "stable",
]

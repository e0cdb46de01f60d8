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
    personal_documents,
    reading,
    register,
    regrets,
    shortage,
    stable,
    tables,
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
    "personal_documents",
    "reading",
    "register",
    "regrets",
    "shortage",
    "stable",
    "tables",
]

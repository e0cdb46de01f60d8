"""How people filled in the questionnaire: what they left blank, and answers all alike."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.audience import asked_in
from mentormatch.cohort import Cohort
from mentormatch.column import NumberColumn
from mentormatch.consent import consents_in
from mentormatch.questionnaire import Question, Questionnaire

if TYPE_CHECKING:
    import pandas as pd

SHORTEST: Final = 5
"""Fewer equal answers in a row than this say nothing."""

# Parts of a consent that are usually blank: that doesn't mean that something is missing.
_NORMALLY_BLANK: Final = ("withdrawn_on", "valid_until")


def diligence(cohort: Cohort, shortest: int = SHORTEST) -> "pd.DataFrame":
    """Say of everybody how fully and how carefully they answered; no answer stands in it.

    A block is a run of ``scale`` questions of one range, one after another in the questionnaire.
    Somebody who gave the same answer to all items they answered of a block, ``shortest`` or
    more, answered it in a straight line. Items count as they were answered, not mirrored.
    Restricted items are in no block.

    Parameters
    ----------
    cohort
        The people.
    shortest
        Items that somebody must have answered in a block.

    Returns
    -------
    DataFrame
        One row per person, by ``code``: ``asked`` and ``answered`` questions, ``complete``, the
        share answered of those asked (missing when nothing was asked); ``missing``, how many of
        those that aren't restricted are blank, ``missing_restricted``, how many of those that
        are; ``items`` answered in blocks, ``longest_run`` of equal answers one after another in a
        block, blanks skipped, ``straight_blocks``, and ``straight``, whether there are any.
    """
    import pandas as pd  # noqa: PLC0415 - slow to load

    size = len(cohort)
    asked, answered, missing, hidden = (np.zeros(size, np.int64) for _ in range(4))
    for question in counted_questions(cohort.questionnaire):
        of = asked_in(cohort, question)
        there = cohort.column(question.id).answered & of
        asked += of
        answered += there
        target = hidden if question.sensitivity == "restricted" else missing
        target += of & ~there
    items, longest, straight = (np.zeros(size, np.int64) for _ in range(3))
    for block in blocks_of(cohort.questionnaire):
        values, there = _block(cohort, block)
        run = longest_runs(values, there)
        count = there.sum(axis=1)
        items += count
        longest = np.maximum(longest, run)
        straight += (count >= shortest) & (run == count)
    return pd.DataFrame(
        {
            "asked": asked,
            "answered": answered,
            "complete": np.where(asked > 0, answered / np.maximum(asked, 1), np.nan),
            "missing": missing,
            "missing_restricted": hidden,
            "items": items,
            "longest_run": longest,
            "straight_blocks": straight,
            "straight": straight > 0,
        },
        index=pd.Index(cohort.ids, name="code", dtype="object"),
    )


def gaps(cohort: Cohort) -> "pd.DataFrame":
    """Say of every question how many of those asked left it blank.

    Returns
    -------
    DataFrame
        One row per question that was asked of anybody, by ``question``: ``asked``, ``answered``,
        ``missing``. All restricted questions together are the last row, ``restricted``.
    """
    import pandas as pd  # noqa: PLC0415 - slow to load

    counts: dict[str, list[int]] = {}
    hidden = np.zeros(2, np.int64)
    for question in counted_questions(cohort.questionnaire):
        of = asked_in(cohort, question)
        found = np.array([of.sum(), (cohort.column(question.id).answered & of).sum()], np.int64)
        if question.sensitivity == "restricted":
            hidden += found
        elif found[0]:
            counts[question.id] = found.tolist()
    if hidden[0]:
        counts["restricted"] = hidden.tolist()
    table = pd.DataFrame.from_dict(
        counts, orient="index", columns=["asked", "answered"], dtype="int64"
    )
    table["missing"] = table["asked"] - table["answered"]
    table.index.name = "question"
    return table


def counted_questions(form: Questionnaire) -> Iterator[Question]:
    """Go through the questions whose blanks mean that something is missing."""
    blank = {f"{name}_{part}" for name in consents_in(form) for part in _NORMALLY_BLANK}
    return (one for one in form.questions if one.id not in blank)


def blocks_of(form: Questionnaire) -> list[list[str]]:
    """List the runs of scale questions of one range, two or more in each."""

    def alike(question: Question) -> tuple[int | None, int | None] | None:
        if question.kind != "scale" or question.sensitivity == "restricted":
            return None
        return question.low, question.high

    runs = ((ends, [one.id for one in run]) for ends, run in groupby(form.questions, alike))
    return [run for ends, run in runs if ends is not None and len(run) > 1]


def longest_runs(values: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Say how many equal answers stand one after another at most, blanks skipped.

    Parameters
    ----------
    values
        int64 (n, k): answers of n people to k items.
    there
        bool (n, k): which of them were given.
    """
    run, longest, last = (np.zeros(len(values), np.int64) for _ in range(3))
    for value, given in zip(values.T, there.T, strict=True):
        goes_on = given & (run > 0) & (value == last)
        run = np.where(given, np.where(goes_on, run + 1, 1), run)
        last = np.where(given, value, last)
        longest = np.maximum(longest, run)
    return longest


def _block(cohort: Cohort, block: list[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Put the answers to the items of a block side by side: (n, k) each."""
    columns = [cohort.column(name) for name in block]
    values = [column.values for column in columns if isinstance(column, NumberColumn)]
    return np.stack(values, axis=1), np.stack([one.answered for one in columns], axis=1)

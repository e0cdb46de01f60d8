"""Letters by the thousand: nobody's name in anybody else's, and what a template costs."""

import io
import re
from collections.abc import Iterator
from datetime import date

import numpy as np
from docx import Document

from benchmarks.registry import Case, Row, race, register
from mentormatch.documents.papers.letters import letter_contents, letters
from mentormatch.documents.sources import Sources
from mentormatch.testing import foreign_names, planted_names, random_programme

GOAL = 10.0
SAMPLE = 100
"""So many letters are written with the bare library to compare with."""


def measure(mentors: int, mentees: int, hardness: str, rounds: int) -> Iterator[Row]:
    """Write everybody a letter, read each with all its parts, and look for foreign names."""
    del hardness
    state, parents = random_programme(np.random.default_rng(1), mentors, mentees)
    keys, words = planted_names(state.people)
    sources = Sources(state, date(2024, 9, 10), title="Программа", keys=keys)
    count, foreign = foreign_names(letters(sources), state, words, parents)
    assert foreign == []
    contents = [letter for _, _, letter in letter_contents(sources)][:SAMPLE]

    def ours() -> None:
        for _, _ in zip(contents, letters(sources), strict=False):
            pass

    def bare() -> None:
        for letter in contents:
            document = Document()
            for words in re.findall(r"'([^']+)'", repr(letter)):
                document.add_paragraph(words)
            document.save(io.BytesIO())

    made, baseline = race(rounds, ours, bare)
    yield Row(f"letters (0 foreign names in {count})", f"python-docx, {SAMPLE} of them", made,
              baseline, GOAL)  # fmt: skip


register(Case("letters", sizes=((15, 40), (2_200, 5_000)), hardness=("random",), measure=measure))

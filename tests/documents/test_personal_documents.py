"""Nobody's letter holds the name of anybody else: tried on programmes drawn at random."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.documents.papers.letters import letters
from mentormatch.testing import foreign_names, planted_names, random_programme

ON = date(2024, 9, 10)


def drawn(sources_of, seed, lang="ru", **sizes):
    """Draw a programme, and make its sources with planted names."""
    state, parents = random_programme(np.random.default_rng(seed), **sizes)
    keys, words = planted_names(state.people)
    names = {code: keys.name_of(code) for code in state.people}
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.preset("target-model"),
        [
            mm.Participant(
                id=who, kind="student", roles={"mentee"}, answers={"guardian_pids": codes}
            )
            for who, codes in parents.items()
        ],
        as_of=ON,
    )
    sources = sources_of(state, ON, names, lang, cohort=cohort)
    return sources, state, words, parents


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("seed", range(3))
def test_no_letter_holds_a_foreign_name(sources_of, seed, lang):
    """Each is read with all its parts, and held against the running pairs."""
    sources, *known = drawn(sources_of, seed, lang, mentors=15, mentees=40)
    count, foreign = foreign_names(letters(sources), *known, lang)
    assert count > 60
    assert foreign == []


def test_programmes_drawn_have_what_letters_could_trip_over(sources_of):
    """Groups, second mentors, people in two roles, people who left, pairs that don't run."""
    _, state, _, parents = drawn(sources_of, 0, mentors=15, mentees=40)
    pairs = state.pairs.values()
    assert {it.status for it in pairs} == {"running", "accepted", "closed"}
    assert any(it.co_mentor for it in pairs)
    assert any(it.departed for it in pairs)
    assert any(it.joined for it in pairs)
    assert any(len(it.mentees) > 1 for it in pairs)
    led = {who for it in pairs for who in it.mentees}
    assert any(it.mentor in led for it in pairs)
    assert parents


def test_a_letter_with_a_foreign_name_is_found(sources_of):
    """A letter put into another's envelope is noticed, and one that nobody should have."""
    sources, *known = drawn(sources_of, 1, mentors=4, mentees=9)
    papers = list(letters(sources))
    swapped = [replace(papers[0], file=papers[-1].file)]
    assert foreign_names(swapped, *known)[1]
    stray = [replace(papers[0], file="other.docx")]
    assert foreign_names(stray, *known)[1]


def test_letters_are_the_same_bytes_each_time(sources_of):
    """And no two of them are called the same."""
    sources, *_ = drawn(sources_of, 2, mentors=5, mentees=12)
    first, again = list(letters(sources)), list(letters(sources))
    assert [(it.file, it.content) for it in first] == [(it.file, it.content) for it in again]
    assert len({it.file for it in first}) == len(first)

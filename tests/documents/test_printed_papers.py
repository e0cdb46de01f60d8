"""Letters, minutes and the report on paper: everything that is to stand there does, as words."""

import io
import re
from dataclasses import asdict, replace
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from mentormatch.documents.papers.heads import OPEN
from mentormatch.documents.papers.letters import letter_contents, letters
from mentormatch.documents.papers.minutes import minutes, minutes_contents
from mentormatch.documents.papers.monitoring import monitoring_contents, monitoring_report
from mentormatch.messages import LANGUAGES
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

NASTY = (
    "=HYPERLINK(\"x\")",
    "<w:t>Примерова</w:t> & Ко",
    "{{ city }} {% if x %}",
    "Примерова-Очень-Длинная-Тестовая Аполлинария Всеволодовна",
)  # fmt: skip


def words_of(content):
    """List every paragraph of a document, those in tables too, with single spaces."""
    body = Document(io.BytesIO(content)).element.body
    found = ["".join(it.text or "" for it in each.iter(qn("w:t"))) for each in body.iter(qn("w:p"))]
    return [" ".join(it.split()) for it in found if it.strip()]


def leaves(value):
    """List every text in what a document is filled with."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return [leaf for each in value for leaf in leaves(each)]
    return [" ".join(value.split())] if value.strip() else []


def is_said(content, printed, *, but=()):
    """Tell what of a content doesn't stand on paper."""
    on_paper = "\n".join(printed)
    fields = {name: value for name, value in asdict(content).items() if name not in but}
    return [leaf for leaf in leaves(fields) if leaf not in on_paper]


# What a ready template leaves out: who else could sign, and a day that only chooses words.
LETTER = ("director", "director_post", "acquainted")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_letter_says_all_that_it_is_to_say(school_sources, lang):
    """Letters and contents come in the same order."""
    sources = school_sources(date(2026, 10, 6), lang)
    count = 0
    for paper, (_, _, content) in zip(letters(sources), letter_contents(sources), strict=True):
        assert is_said(content, words_of(paper.content), but=LETTER) == []
        count += 1
    assert count > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_minutes_and_report_say_all_that_they_are_to_say(school_sources, lang):
    """Every sentence and every figure stands on paper."""
    sources = school_sources(date(2027, 6, 1), lang)
    signs = ("director", "director_post", "curator", "programme")
    made = list(zip(minutes(sources), minutes_contents(sources), strict=True))
    assert len(made) == 4
    for paper, (_, content) in made:
        assert is_said(content, words_of(paper.content), but=signs) == []
    (paper,) = monitoring_report(sources)
    content = monitoring_contents(sources)
    assert content.gaps
    assert content.movements
    assert is_said(content, words_of(paper.content), but=("city",)) == []


def test_files_are_called_by_codes(school_sources):
    """No file's name says who somebody is."""
    sources = school_sources(date(2027, 4, 1))
    named = [it.file for it in letters(sources)]
    assert all(re.fullmatch(r"Письмо-\w+-[A-Z]-\d+\.docx", it) for it in named)
    assert next(it.file for it in minutes(sources)) == "Протокол-2026-council.docx"
    assert [it.file for it in monitoring_report(sources)] == [
        "Мониторинговый-отчёт-2027-04-01.docx"
    ]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_stays_a_name_whatever_it_looks_like(sources_of, name):
    """Formulas, markup and placeholders in a name are printed as they are."""
    on = date(2024, 9, 5)
    state = State()
    for fact in (
        f.Enrolled(
            on=on,
            people=[
                f.Enrolment(person="T", kind="teacher", roles=("mentor",)),
                f.Enrolment(person="S", kind="student", roles=("mentee",)),
            ],
        ),
        f.RoundMade(
            round="a",
            on=on,
            inputs="0" * 64,
            policy="1" * 64,
            result="2" * 64,
            proposals=[f.Proposal(pair="a-1", form="x", mentor="T", mentees=("S",))],
        ),
        f.Accepted(pairs=("a-1",)),
        f.Ordered(number="1", on=on, pairs=("a-1",), starts=on, ends=date(2025, 5, 31)),
    ):
        state = state.apply(state.entry(fact, "curator"))
    sources = sources_of(state, on, {"T": name, "S": "Тестов Иван"})
    for paper in letters(sources):
        assert any(name in it for it in words_of(paper.content))


def test_what_nobody_has_said_is_left_to_be_written_in(school_sources):
    """Without a letterhead there is room for the curator's name, and nothing else is missing."""
    sources = school_sources(date(2026, 10, 6))
    bare = replace(sources, letterhead=type(sources.letterhead)())
    paper = next(letters(bare))
    printed = words_of(paper.content)
    assert any(OPEN in it for it in printed)
    assert not any("{" in it for it in printed)


def test_a_programme_without_pairs_has_no_letters(sources_of):
    """Nobody is written to, and nothing fails; there are no minutes either."""
    sources = sources_of(State(), date(2024, 9, 5), {})
    assert list(letters(sources)) == []
    assert list(minutes(sources)) == []


def test_a_schools_own_template_is_used(school_sources, tmp_path):
    """A file of the right name in the school's folder takes the place of the ready one."""
    document = Document()
    document.add_paragraph("Наше письмо: {{ to }}")
    document.add_paragraph("{% for one in mentors %}{{ one.name }} {% endfor %}")
    document.save(tmp_path / "letter-mentee.docx")
    sources = replace(school_sources(date(2026, 10, 6)), templates=tmp_path)
    found = [it for it in letters(sources) if it.file.startswith("Письмо-наставляемому")]
    assert found
    assert all(words_of(it.content)[0].startswith("Наше письмо: ") for it in found)


def test_letters_without_names_are_made_with_codes(school_sources):
    """Codes stand where names would."""
    paper = next(letters(school_sources(date(2026, 10, 6), named=False)))
    assert any(re.search(r"\b[A-Z]-\d{3}\b", it) for it in words_of(paper.content))

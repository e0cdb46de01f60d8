"""Every document in both languages, held against what programs that open it are strict about."""

import json
from datetime import date
from html.parser import HTMLParser
from itertools import islice
from pathlib import PurePath
from xml.etree import ElementTree as ET

import pytest
from strict import check_calendar, check_excel, check_word

from mentormatch.documents.cabinet import MAKERS
from mentormatch.documents.papers.kinds import copy_templates
from mentormatch.messages import LANGUAGES

WINTER = date(2026, 12, 20)
EACH = 12
"""Of letters and plans, of which there are many alike, one out of so many is looked at."""


def check_page(content, lang):
    """Hold a web page against the little that all browsers need; elements are closed in order."""
    said = content.decode()
    assert said.lower().startswith("<!doctype html>")
    assert f'lang="{lang}"' in said[:200]
    assert "<title>" in said
    assert 'charset="utf-8"' in said[:400].lower()
    stack, ids, void = [], [], {"meta", "br", "hr", "img", "link", "input", "col"}

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            ids.extend(value for name, value in attrs if name == "id")
            if tag not in void:
                stack.append(tag)

        def handle_startendtag(self, tag, attrs):
            ids.extend(value for name, value in attrs if name == "id")

        def handle_endtag(self, tag):
            assert stack.pop() == tag

    Reader().feed(said)
    assert stack == []
    assert len(set(ids)) == len(ids)


CHECKS = {
    ".docx": check_word,
    ".xlsx": lambda content, _: check_excel(content),
    ".ics": lambda content, _: check_calendar(content),
    ".html": check_page,
    ".json": lambda content, _: json.loads(content),
    ".svg": lambda content, _: ET.fromstring(content),  # noqa: S314 - our own
    ".md": lambda content, _: content.decode(),
    ".png": lambda content, _: content.index(b"IEND"),
    ".pdf": lambda content, _: content.index(b"%%EOF"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", MAKERS)
def test_every_document_is_as_strict_programs_want_it(school_sources, code, lang):
    """Grids and widths, styles, order of properties, languages, numbers of pages, relations."""
    papers = MAKERS[code](school_sources(WINTER, lang))
    step = EACH if code in ("D-IP", "D-LET") else 1
    found = [*islice(papers, 0, None, step)]
    assert found
    for paper in found:
        CHECKS[PurePath(paper.file).suffix](paper.content, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ready_templates_are_as_strict_programs_want_them(tmp_path, lang):
    """A school opens them in Word to edit them."""
    for path in copy_templates(tmp_path / lang, lang):
        check_word(path.read_bytes(), lang, is_template=True)


def test_an_entry_of_the_calendar_is_the_same_one_in_the_next_file(school_sources):
    """Read in again it moves what is there, and doubles nothing."""
    first, later = (
        {
            uid
            for paper in MAKERS["D-CAL"](school_sources(on))
            for uid in check_calendar(paper.content)
        }
        for on in (WINTER, date(2027, 2, 10))
    )
    assert len(first & later) > len(first) / 2

"""Pictures are files: the same facts give the same bytes, under names of their own words."""

import re
import subprocess
import sys
from datetime import date

import pytest
from drawings import xml_of

from mentormatch import canvas
from mentormatch.documents.pictures import charts
from mentormatch.files import safe_name

KINDS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.fixture(scope="module")
def sources(school_sources):
    """Give the demo school in February."""
    return school_sources(date(2027, 2, 10))


@pytest.fixture(scope="module")
def papers(sources):
    """Make all pictures."""
    return [*charts.pictures(sources)]


def test_there_are_three_pictures_for_screens_and_for_paper(papers):
    """Each is what its name says, and belongs to D-PIC."""
    names = [paper.file for paper in papers]
    assert names == [
        "Диаграмма-дорожной-карты-2027-02-10.png",
        "Диаграмма-дорожной-карты-2027-02-10.svg",
        "Показатели-2027-02-10.png",
        "Показатели-2027-02-10.svg",
        "Программа-на-одном-листе-2027-02-10.png",
        "Программа-на-одном-листе-2027-02-10.svg",
        "Программа-на-одном-листе-2027-02-10.pdf",
    ]
    for paper in papers:
        stem, _, kind = paper.file.rpartition(".")
        assert paper.code == "D-PIC"
        assert safe_name(stem) == stem
        assert paper.content.startswith(KINDS[kind])


def test_the_same_facts_give_the_same_bytes(papers, sources):
    """A second time, with nothing kept from the first."""
    assert [*charts.pictures(sources)] == papers


def test_pictures_are_made_one_at_a_time(sources):
    """The first is there before the last is drawn."""
    made = charts.pictures(sources)
    assert next(made).file.endswith(".png")
    made.close()


def test_a_picture_says_in_words_what_it_shows(papers):
    """Among the metadata of each SVG, and of the PDF."""
    for paper in papers:
        if paper.file.endswith(".svg"):
            said = "".join(xml_of(paper.content).itertext())
            assert "10.02.2027" in said
            assert re.search("состояние на|Показатели на", said)


def test_the_sheet_is_exactly_a4_on_paper(papers):
    """595 by 842 points, without a margin around the sheet."""
    (pdf,) = (paper.content for paper in papers if paper.file.endswith(".pdf"))
    box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", pdf)[1].split()
    assert [round(float(each)) for each in box] == [0, 0, 595, 842]


def test_a_sheet_keeps_its_size_and_other_pictures_lose_their_margins(sources):
    """The pictures of a result are cut as before."""
    figure = charts.gantt(sources.status, "ru")
    content = canvas.content_of(figure, "png")
    width = int.from_bytes(content[16:20], "big")
    assert width == round(11.69 * 150) - 1
    other, _ = canvas.new_figure(6, 3)
    content = canvas.content_of(other, "png")
    assert int.from_bytes(content[16:20], "big") != 6 * 150


def test_words_are_outlines_in_files_and_letters_where_they_are_asked_for(sources):
    """A file looks the same everywhere; a page can be searched."""
    figure = charts.gantt(sources.status, "ru")
    for lettered in (False, True):
        root = xml_of(canvas.content_of(figure, "svg", lettered=lettered))
        letters = [
            "".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")
        ]
        assert ("Подготовить локальные акты" in letters) is lettered


def test_each_bar_has_its_name_in_the_file(papers):
    """A program that reads the SVG finds a row by it."""
    root = xml_of(papers[1].content)
    ids = {each.get("id") for each in root.iter()}
    assert {"A4.2026.done_late", "A3.2026-09-10.overdue", "today"} <= ids


def test_the_modules_load_matplotlib_when_something_is_drawn():
    """A program that never draws doesn't wait for it."""
    code = (
        "import sys, mentormatch.documents.pictures.charts, mentormatch.documents.page;"
        "print('matplotlib' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"]

"""The page "state of the programme": complete, readable without help, and inert."""

import shutil
import subprocess
from datetime import date
from html.parser import HTMLParser

import pytest
from drawings import PRESET, renamed

from lives import DIGEST, RUNNING, after
from mentormatch.documents import page as module
from mentormatch.documents.page import state_page
from mentormatch.files import safe_name
from mentormatch.programme.facts import (
    Accepted,
    Enrolled,
    Enrolment,
    Evidenced,
    Ordered,
    PlanDrafted,
    PlanGoal,
    PlanTask,
    Proposal,
    RoundMade,
)
from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap

FEBRUARY = date(2027, 2, 10)
PAYLOADS = (
    *("<script>alert(1)</script>", "</td></tr></table><h1>x", '"><img src=x onerror=alert(1)>'),
    *("' onmouseover='alert(1)", "<svg onload=alert(1)>", "<!--", "-->", "]]>", "<![CDATA[x"),
    *("&lt;b&gt;", "<style>*{display:none}</style>", "</style><script>x</script>", "<a href=//x>"),
    *("{{ 7*7 }}", "<iframe srcdoc=x>", "<base href=//x>", "</title><b>", "<meta http-equiv=x>"),
    *("javascript:alert(1)", "<form action=//x><input>", "\\u003cscript\\u003e", "<math><mi>"),
)


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in its order."""

    def __init__(self, content):
        super().__init__()
        self.open, self.shape, self.tables, self.source = [], [], [], content.decode()
        self.texts = []
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        self.values = [*getattr(self, "values", []), *(value for _, value in attrs)]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the innermost element."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Note a text, and to which cell it belongs."""
        self.texts.append(data)
        if {"td", "th"} & {*self.open}:
            self.tables[-1][-1][-1] += data

    @property
    def text(self):
        """All texts."""
        return "\n".join(self.texts)

    def table(self, *heads):
        """Return the rows below such a header, of all tables that have it."""
        return [row for rows in self.tables if rows[0] == [*heads] for row in rows[1:]]


def read(sources):
    """Make the page and read it."""
    (paper,) = state_page(sources)
    return Page(paper.content)


@pytest.fixture(scope="module")
def sources(school_sources):
    """Give the demo school in February, with names at hand."""
    return school_sources(FEBRUARY, "en")


@pytest.fixture(scope="module")
def page(sources):
    """Read its page."""
    return read(sources)


def test_every_row_stands_on_the_page_with_status_and_evidence(sources, page):
    """25 rows, in the words of the status, with what shows that they are done."""
    rows = page.table("Row", "What", "Responsible", "Status", "Deadlines, and what shows it")
    assert [row[0] for row in rows] == [row.activity.id for row in sources.status.rows]
    for row, cells in zip(sources.status.rows, rows, strict=True):
        assert row.activity.title.en in cells[1]
        for it in row.occurrences:
            assert it.standing("en") in cells[4]
            assert it.items[:10] == () or ", ".join(it.items[:10]) in cells[4]
    (pairs,) = (cells for cells in rows if cells[0] == "A4")
    assert pairs[2:4] == ["Director", "✓ done late"]
    assert "done late, on 2026-10-05; shown by 2026/1" in pairs[4]


def test_what_is_pressing_comes_first(sources, page):
    """Overdue rows and blocked ones, with who answers and what is in the way."""
    rows = page.table("Row", "What", "Due", "Responsible", "What is in the way")
    late = [it.activity.id for it in sources.status.with_progress("overdue")]
    blocked = [it.activity.id for it in sources.status.with_progress("blocked")]
    assert [row[0] for row in rows] == [*late, *blocked]
    assert rows[0][:4] == ["A3", "Draw up the school's own acts", "2026-09-10", "Director, Curator"]
    (wave,) = (row for row in rows if row[0] == "C3" and row[2] == "2026-12-31")
    assert wave[4].startswith("waits for B3missing: A-007")


def test_what_is_due_within_two_weeks_is_pressing_and_later_things_are_not(school_sources):
    """The talks of the school year are due on 31 May, which is near from 17 May on."""
    heads = ("Row", "What", "Due", "Responsible", "What is in the way")
    last = read(school_sources(date(2027, 5, 17), "en"))
    assert "Due within two weeks: 1" in last.text
    row, _, due, _, _ = last.table(*heads)[-1]
    assert (row, due) == ("D4", "2027-05-31")
    assert "Due within" not in read(school_sources(date(2027, 5, 16), "en")).text


def test_reminders_stand_fourteen_and_seven_days_and_a_day_before(page):
    """Worked by hand; a day that is over isn't named any more."""
    heads = ("Row", "What", "Due", "14 days before", "7 days before", "1 day before", "Responsible")
    rows = page.table(*heads)
    assert len(rows) == module.MOST_AHEAD
    assert rows[0][2:6] == ["2027-03-31", "2027-03-17", "2027-03-24", "2027-03-30"]


def test_a_reminder_that_is_over_is_left_out(school_sources):
    """A week before 31 March, on 24 March, the first is over and the second is today."""
    page = read(school_sources(date(2027, 3, 24), "ru"))
    heads = ("Строка", "Что", "Срок", "За 14 дней", "За 7 дней", "За 1 день", "Отвечает")
    assert page.table(*heads)[0][2:6] == ["31.03.2027", "–", "24.03.2027", "30.03.2027"]


def test_every_indicator_has_its_figure_its_verdict_and_who_is_left_out(sources, page):
    """And so has each of its parts."""
    rows = page.table("Indicator", "What", "Figure", "Threshold", "Verdict", "Left out")
    school_first = sorted(sources.status.indicators.values(), key=lambda it: it.target.region)
    everything = [part for it in school_first for part in (it, *it.parts)]
    assert len(rows) == len(everything) > 24
    for it, cells in zip(everything, rows, strict=True):
        assert cells[0] == it.id
        assert cells[2] == it.figure("en")
        assert all(each.code in cells[5] for each in it.excluded)
    by_id = {cells[0]: cells for cells in reversed(rows)}
    assert by_id["K11"][2:5] == ["82.6 % (38 of 46)", "90 %", "✗ not met"]
    assert by_id["K14"][3:5] == ["", "? nobody has set the threshold"]
    assert "enterprise" in by_id["FK4"][4]
    assert by_id["K10"][2:4] == ["2", "5"]


def test_running_pairs_stand_by_stage_with_what_is_late(sources, page):
    """Each once, with its people, the part of its plan that is done, and overdue tasks."""
    rows = page.table("Pair", "Mentor – mentees", "What it needs to go on", "Plan done",
                      "What is late")  # fmt: skip
    running = [pair for pair in sources.state.pairs.values() if pair.status == "running"]
    assert sorted(row[0] for row in rows) == sorted(pair.pair for pair in running)
    for pair in running:
        (cells,) = (row for row in rows if row[0] == pair.pair)
        assert cells[1] == f"{pair.mentor} – {', '.join(pair.mentees)}"
        late = pair.plan.progress(FEBRUARY).late
        assert (f"tasks overdue: {', '.join(late)}" in cells[4]) is bool(late)
    assert "joint work: 44" in page.text
    assert "planning: 5" in page.text


def test_what_is_odd_in_the_roadmap_stands_at_the_end(sources, page):
    """Every warning, with a remedy."""
    rows = page.table("Row", "What is wrong", "What to do")
    assert rows == [
        [it.place.field, it.problem("en"), it.remedy("en")] for it in sources.roadmap.warnings()
    ]
    assert len(rows) > 20


def test_both_pictures_are_part_of_the_page(sources, page):
    """Drawn by the page itself, with what they show in words."""
    pictures = [names for tag, names in page.shape if tag == "svg"]
    assert len(pictures) == 2
    assert all({"role", "aria-label"} <= {*names} for names in pictures)
    assert any(it.startswith("Roadmap of the target") for it in page.values if it)
    assert "today, 2027-02-10" in page.texts


def test_the_page_loads_and_runs_nothing(page):
    """No script, no link, no address; its own policy forbids all the same."""
    tags = {tag for tag, _ in page.shape}
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base"} & tags
    names = {name for _, names in page.shape for name in names}
    assert not {"src", "style", "action", "xlink:href"} & names
    assert not any(name.startswith("on") for name in names)
    assert "//" not in page.source
    assert "@import" not in page.source
    assert page.source.count("url(") == page.source.count("url(#")
    assert page.source.count('href="') == page.source.count('href="#')
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values


def test_the_page_can_be_found_ones_way_in(page):
    """One title, a heading for each section, a caption and titled columns for each table."""
    tags = [tag for tag, _ in page.shape]
    assert tags.count("h1") == 1
    assert tags.count("h2") == tags.count("section") == len(module.SECTIONS)
    assert tags.count("caption") == tags.count("table")
    for tag, names in page.shape:
        if tag == "th":
            assert "scope" in names
    assert page.source.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_the_page_shows_codes_even_where_names_are_at_hand(sources, page):
    """It is sent round; nothing on it needs a name."""
    assert sources.faces.are_named
    for code in sources.state.people:
        assert sources.faces(code).name not in page.source
    assert "T-002" in page.source


def test_the_same_facts_give_the_same_page(sources):
    """To the byte, under a name of its own words."""
    first, second = ([*state_page(sources)] for _ in range(2))
    assert first == second
    (paper,) = first
    assert (paper.code, paper.file) == ("D-PAGE", "State-of-the-programme-2027-02-10.html")
    assert safe_name(paper.file.removesuffix(".html")) == paper.file.removesuffix(".html")


def life(words):
    """Let a pair run whose codes are such words, with evidence of that name."""
    mentor, mentee = f"T {words}", f"S {words}"
    return after(
        Enrolled(
            on=date(2023, 9, 1),
            people=(
                Enrolment(person=mentor, kind="teacher", roles=("mentor",)),
                Enrolment(person=mentee, kind=f"kind {words}", roles=("mentee",)),
            ),
        ),
        Evidenced(item=f"I {words}", kind="local_act", on=date(2023, 9, 5), activity="A3"),
        RoundMade(
            round=f"R {words}", on=date(2023, 9, 5), inputs=DIGEST, policy=DIGEST, result=DIGEST,
            proposals=(Proposal(pair=f"P {words}", form="f", mentor=mentor, mentees=(mentee,)),),
        ),
        Accepted(pairs=(f"P {words}",)),
        Ordered(number=f"N {words}", on=date(2023, 9, 6), pairs=(f"P {words}",),
                starts=date(2023, 9, 6), ends=date(2024, 5, 31)),
        PlanDrafted(
            pair=f"P {words}", on=date(2023, 9, 7), starts=date(2023, 9, 7), ends=date(2024, 5, 31),
            goals=(PlanGoal(goal="g", title=words),),
            tasks=(
                PlanTask(task=f"t {words}", goal="g", due=date(2023, 10, 1), planned_result="r"),
            ),
        ),
    )  # fmt: skip


def of_words(sources_of, words):
    """Read the page of a programme in which everything is called so."""
    roadmap = renamed(f"X {words}")
    return read(sources_of(life(words), date(2023, 11, 1), lang="en", roadmap=roadmap))


@pytest.fixture(scope="module")
def plain(sources_of):
    """List the elements and attributes of a page of plain words."""
    return of_words(sources_of, "plain words").shape


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 4))
def test_whatever_people_call_things_stays_a_text(sources_of, plain, start):
    """In titles, roles and sections, in codes of people, pairs, tasks and evidence.

    The page has the elements and attributes that it has with plain words, and shows the words.
    """
    words = " ".join(PAYLOADS[start : start + 4])
    page = of_words(sources_of, words)
    assert page.shape == plain
    rows = page.table("Pair", "Mentor – mentees", "What it needs to go on", "Plan done",
                      "What is late")  # fmt: skip
    assert rows[0][:2] == [f"P {words}", f"T {words} – S {words}"]
    assert f"t {words}" in rows[0][4]
    assert f"I {words}" in page.text
    assert page.text.count(f"X {words}") > 50


def test_an_empty_programme_has_a_page(sources_of):
    """Nobody, no pair, no indicator that can be computed, not even a title."""
    page = read(sources_of(State(), date(2023, 6, 1), lang="en", title=""))
    assert page.texts.count("State of the programme") == 2
    assert "No pair or group is running." in page.text
    assert "Nothing is overdue, nothing is blocked, nothing is due soon." in page.text


def test_a_roadmap_without_rows_and_indicators_has_a_page(sources_of):
    """What there is nothing to say about is left out."""
    nothing = Roadmap.from_dict(
        Roadmap.preset(PRESET).to_dict() | {"activities": [], "indicators": []}
    )
    page = read(sources_of(after(*RUNNING), date(2025, 10, 1), lang="en", roadmap=nothing))
    assert "P1" in page.text
    assert "Indicators and thresholds" not in page.text


CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")
def test_a_browser_shows_and_prints_the_page(sources, tmp_path):
    """It says nothing of broken rules, draws both pictures, and makes a PDF of several pages."""
    (paper,) = state_page(sources)
    path = tmp_path / "page.html"
    path.write_bytes(paper.content)
    common = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    printed = tmp_path / "page.pdf"
    done = subprocess.run(
        [*common, "--no-pdf-header-footer", f"--print-to-pdf={printed}", path.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "CONSOLE" not in done.stderr
    assert printed.read_bytes().startswith(b"%PDF")
    shown = subprocess.run(
        [*common, "--dump-dom", path.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    # The browser keeps every element of ours as it is, and adds none.
    assert "CONSOLE" not in shown.stderr
    for tag in ("table", "tr", "td", "svg", "path", "text", "section"):
        assert shown.stdout.count(f"<{tag}") == paper.content.decode().count(f"<{tag}")

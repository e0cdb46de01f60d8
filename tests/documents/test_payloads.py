"""Whatever stands in a name, a title or a number stays a text in every kind of file.

Each document is made twice, with hostile texts and with harmless ones in their place: what is
not text (elements, fields, relations, components, tags) must be the same in both, and every
text must come back as it was.
"""

import io
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import icalendar
import openpyxl
import pytest
from lxml import etree
from payloads import PAYLOADS
from python_calamine import CalamineWorkbook

import mentormatch as mm
from lives import DIGEST
from mentormatch.programme import facts as f
from mentormatch.spreadsheet import printable

DAY = date(2024, 10, 1)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HARMLESS = [f"Тестов Иван {number}" for number in range(len(PAYLOADS))]
# What a code may hold: no control characters, 200 characters at most.
NUMBERS = [it for it in PAYLOADS if len(it) <= 200 and not re.search(r"[\x00-\x1f\x7f\ud800]", it)]


def kept(written):
    """Say what a document can hold of a text: no control characters, one kind of line break."""
    return printable(written).replace("\r\n", "\n").replace("\r", "\n")


def lived(numbers, items=("i",), title="Задача"):
    """Let pairs be ordered, one order each, with a plan; something can be shown."""
    state = mm.State()
    pairs = [f"P{n:03d}" for n in range(len(numbers))]
    people = [("T", "teacher", "mentor"), ("S", "student", "mentee")]
    enrolled = [
        f.Enrolment(person=f"{letter}-{n:03d}", kind=kind, roles=(role,))
        for n in range(len(numbers))
        for letter, kind, role in people
    ]
    proposals = [
        f.Proposal(pair=pair, form="teacher_student", mentor=f"T-{n:03d}", mentees=(f"S-{n:03d}",))
        for n, pair in enumerate(pairs)
    ]
    orders = {}
    for pair, number in zip(pairs, numbers, strict=True):
        orders.setdefault(number, []).append(pair)
    term = {"starts": DAY, "ends": date(2025, 5, 31)}
    for fact in (
        f.Enrolled(on=DAY, people=enrolled),
        f.RoundMade(
            round="R", on=DAY, inputs=DIGEST, policy=DIGEST, result=DIGEST, proposals=proposals
        ),
        f.Accepted(pairs=pairs),
        *(f.Ordered(number=number, on=DAY, pairs=own, **term) for number, own in orders.items()),
        *(f.Evidenced(item=item, kind="publication", on=DAY, activity="D2") for item in items),
        f.PlanDrafted(
            pair=pairs[0],
            on=DAY,
            **term,
            goals=(f.PlanGoal(goal="g"),),
            tasks=[f.PlanTask(task="t", goal="g", due=date(2024, 12, 1), title=title[:10_000])],
        ),
    ):
        state = state.apply(state.entry(fact, "curator", datetime(2024, 10, 1, 9, tzinfo=UTC)))
    return state


def made(sources, *codes):
    """Make documents of some codes."""
    return list(mm.make_documents(sources, codes))


@pytest.fixture(scope="module")
def named(sources_of):
    """Make sources in which mentors are called by texts."""

    def make(texts):
        names = {f"T-{n:03d}": it for n, it in enumerate(texts)}
        names |= {f"S-{n:03d}": f"Примеров Пётр {n}" for n in range(len(texts))}
        return sources_of(lived(["1"] * len(texts)), DAY, names=names)

    return make


def word_texts(content):
    """Read the paragraphs of a DOCX, breaks and tabs as characters."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    for paragraph in root.iter(f"{W}p"):
        said = {f"{W}t": lambda it: it.text or "", f"{W}br": lambda _: "\n"}
        said[f"{W}tab"] = lambda it: "\t" if it.getparent().tag == f"{W}r" else ""
        found.append("".join(said[it.tag](it) for it in paragraph.iter(*said)))
    return "\n".join(found)


def word_shape(content):
    """Tell what a DOCX is made of besides text: parts, relations, and elements."""
    shape = Counter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            shape[name] += 1
            if name.endswith((".xml", ".rels")):
                for element in etree.fromstring(archive.read(name)).iter():
                    shape[name, element.tag] += 1
    for tag in ("t", "br", "tab", "r", "rPr"):  # a text of several lines has several
        del shape["word/document.xml", f"{W}{tag}"]
    return shape


def test_names_stay_names_in_an_order(named):
    """A director signs an order on 200 pairs with hostile names."""
    (paper,), (twin,) = made(named(PAYLOADS), "D-PAIR"), made(named(HARMLESS), "D-PAIR")
    said = word_texts(paper.content)
    assert [it for it in PAYLOADS if kept(it) not in said] == []
    plain = {it for it in word_shape(paper.content) if not isinstance(it, str)}
    assert plain == {it for it in word_shape(twin.content) if not isinstance(it, str)}
    assert b"DDEAUTO" not in re.sub(
        rb"<w:t[ >].*?</w:t>",
        b"",
        zipfile.ZipFile(io.BytesIO(paper.content)).read("word/document.xml"),
    )


def test_names_stay_names_in_letters_and_plans(named):
    """Each mentor gets a letter, whatever they are called."""
    letters = made(named(PAYLOADS), "D-LET", "D-IP")
    twins = made(named(HARMLESS), "D-LET", "D-IP")
    assert [it.file for it in letters] == [it.file for it in twins]
    for paper, twin in zip(letters, twins, strict=True):
        assert set(word_shape(paper.content)) == set(word_shape(twin.content)), paper.file
    said = [word_texts(it.content) for it in letters]
    own = {n: [it for it, p in zip(said, letters, strict=True) if f"T-{n:03d}" in p.file]
           for n in range(len(PAYLOADS))}  # fmt: skip
    missing = [it for n, it in enumerate(PAYLOADS) if not any(kept(it) in s for s in own[n])]
    assert missing == []


@pytest.mark.parametrize("code", ["D-MENTORS", "D-MENTEES", "D-REG"])
def test_names_stay_texts_in_a_workbook(named, code):
    """No cell is a formula, and every name can be read back."""
    (paper,) = made(named(PAYLOADS), code)
    book = openpyxl.load_workbook(io.BytesIO(paper.content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert all(cell.hyperlink is None for cell in cells)
    if code == "D-MENTORS":
        # Read as a spreadsheet program does; openpyxl leaves "_x000D_" for a carriage return.
        book = CalamineWorkbook.from_filelike(io.BytesIO(paper.content))
        pages = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        said = {kept(str(cell)) for page in pages for row in page for cell in row}
        assert [it for it in PAYLOADS if kept(it) not in said] == []


def test_titles_stay_titles_in_a_calendar(sources_of):
    """A task of a plan is one entry of a calendar, whatever it is called."""
    for title in (it for it in PAYLOADS if "\ud800" not in it):  # no fact holds half a sign
        papers = made(sources_of(lived(["1"], title=title), DAY), "D-CAL")
        twins = made(sources_of(lived(["1"]), DAY), "D-CAL")
        for paper, twin in zip(papers, twins, strict=True):
            found, other = (
                [*icalendar.Calendar.from_ical(it.content).walk()] for it in (paper, twin)
            )
            assert [it.name for it in found] == [it.name for it in other]
            assert [set(it) for it in found] == [set(it) for it in other]


class _Tags(HTMLParser):
    """Counts tags with the names of their attributes, and collects text."""

    def __init__(self):
        super().__init__()
        self.tags, self.said = Counter(), []

    def handle_starttag(self, tag, attributes):
        self.tags[tag, tuple(name for name, _ in attributes)] += 1

    def handle_data(self, data):
        self.said.append(data)


def test_what_can_be_shown_stays_text_on_the_page(sources_of):
    """Codes of publications are hostile; the page has the tags of one with harmless codes."""

    def page(items):
        sources = sources_of(lived(["1"], items), DAY, title="".join(items)[:200])
        (paper,) = made(sources, "D-PAGE")
        tags = _Tags()
        tags.feed(paper.content.decode())
        return tags

    hostile, harmless = page(NUMBERS), page([f"i{n}" for n in range(len(NUMBERS))])
    assert hostile.tags == harmless.tags


def test_numbers_of_orders_make_safe_names_of_files(sources_of):
    """Each order has a file of its own, in its folder, on every system."""
    numbers = list(dict.fromkeys(NUMBERS))
    sources = sources_of(lived(numbers), DAY)
    files = [paper.file for paper in made(sources, "D-PAIR")]
    assert len(files) == len(numbers)
    assert len({it.casefold() for it in files}) == len(files)
    for file in files:
        assert re.fullmatch(r"[^\\/:*?\"<>|\x00-\x1f]{1,120}\.docx", file)
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)|[.\-~]", file)
        assert len(file.encode()) <= 200

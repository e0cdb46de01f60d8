"""Arrow reads a large CSV as Python's own reader does, or leaves it to that."""

import csv
import io
import sys
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentormatch.errors import IntakeError
from mentormatch.intake import bulk, delimited
from mentormatch.intake.bulk import columns_at_once
from mentormatch.intake.source import FileLimits
from mentormatch.intake.tables import TableFile, read_table

SIGNS = ["a", "я", ";", '"', "\n", "\r", "\r\n", " ", "'=", "\x0b", "\x85", "\u2028", "Итого"]
CELLS = st.text(st.sampled_from("aя;,\t\"\n '=\x0b\x85\u2028"), max_size=4)

# A lone line break goes unquoted where lines end with the other one.
STYLES = [
    *((csv.QUOTE_MINIMAL, "\n"), (csv.QUOTE_MINIMAL, "\r\n")),
    *((csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\r")),
]


def outcome(path, limits=None):
    """Return everything a table is, or what is wrong with it."""
    try:
        table = read_table(TableFile(path, delimiter=";"), limits)
    except IntakeError as error:
        return error.defects
    kept = (table.file, table.header_row, table.header, table.rejected, table.notices)
    texts = tuple(cells.texts for cells in table.cells)
    return kept, table.blank_rows, table.encoding, table.rows, texts


def both(path, limits=None):
    """Read a file by Arrow, even a small one, and without it; say whether Arrow read it."""
    with (
        mock.patch.object(bulk, "LARGE", 0),
        mock.patch.object(bulk, "_BLOCK", 64),
        mock.patch.object(delimited, "columns_at_once", wraps=columns_at_once) as spy,
    ):
        results = []
        spy.side_effect = lambda *given: results.append(columns_at_once(*given)) or results[-1]
        quick = outcome(path, limits)
    with mock.patch.object(bulk, "LARGE", sys.maxsize):
        slow = outcome(path, limits)
    return quick, slow, any(found is not None for found in results)


@given(
    pieces=st.lists(st.sampled_from(SIGNS), max_size=40),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_whatever_stands_in_a_file_is_read_alike(tmp_path, pieces, codec):
    """Quotation marks in odd places, blank and ragged rows, strange line breaks: no difference."""
    path = tmp_path / "answers.csv"
    content = "one;two\r\n" + "".join(pieces)
    path.write_bytes(content.encode(codec, errors="ignore"))
    quick, slow, _ = both(path)
    assert quick == slow


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=30),
    titles=st.lists(st.tuples(CELLS), max_size=2),
    style=st.sampled_from(STYLES),
    codec=st.sampled_from(["utf-8", "utf-8-sig"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_a_table_that_is_written_well_is_read_by_arrow(tmp_path, rows, titles, style, codec):
    """Whatever its cells hold, under titles or none."""
    path = tmp_path / "answers.csv"
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";", quoting=style[0], lineterminator=style[1])
    writer.writerows([*titles, ("one", "two", "three"), *rows])
    path.write_bytes(page.getvalue().encode(codec))
    quick, slow, was_read = both(path)
    assert quick == slow
    has_header = isinstance(quick[0], tuple) and quick[0][2] == ("one", "two", "three")
    long = any(len(line) > 30 for line in page.getvalue().splitlines())
    assert was_read or long or not has_header


def written(text, *, delimiter=";", width=2, most=10):
    """Read the columns below one header row."""
    with mock.patch.object(bulk, "LARGE", 0):
        return columns_at_once(text.encode(), delimiter, 1, width, most)


def test_cells_are_numbered_by_their_texts():
    """A text that stands twice has one number, in whichever block it stands."""
    with mock.patch.object(bulk, "_BLOCK", 16):
        first, second = written("one;two\n" + "a;b\n" * 5 + "c;a\n" * 5)
    assert (first.codes.tolist(), first.texts) == ([1] * 5 + [2] * 5, ["", "a", "c"])
    assert (second.codes.tolist(), second.texts) == ([1] * 5 + [2] * 5, ["", "b", "a"])


@pytest.mark.parametrize("place", range(3))
def test_a_blank_comes_first_wherever_it_stands(place):
    """As in every column of cells."""
    cells = ["a", "b"]
    cells.insert(place, "")
    first, _ = written("one;two\n" + "".join(f"{cell};x\n" for cell in cells))
    assert first.texts == ["", "a", "b"]
    assert [first.texts[code] for code in first.codes] == cells


@pytest.mark.parametrize(
    "text",
    [
        *("one;two\na;b\nc\n", "one;two\na;b\nc;d;e\n", "one;two\n"),
        *('one;two\na"b;c\n', 'one;two\n"a"b;c\n', 'one;two\n"a;c\n', 'one;two\na; "b"\n'),
        "one;two\n" + "a;b\n" * 11,
        f"one;two\na;{'b' * (csv.field_size_limit() + 1)}\n",
    ],
)
def test_a_table_with_something_odd_is_left_to_the_usual_reader(text):
    """It finds what is wrong, and where; Arrow would take some of it for an answer."""
    assert written(text) is None


def test_a_sign_of_several_bytes_is_no_delimiter_for_arrow():
    """The usual reader knows any sign."""
    assert written("one§two\na§b\n", delimiter="§") is None
    assert written("one|two\na|b\n", delimiter="|") is not None


def test_small_files_need_no_arrow():
    """Its import takes longer than what it would save."""
    assert columns_at_once(b"one;two\na;b\n", ";", 1, 2, 10) is None


def test_without_arrow_everything_is_read_all_the_same(tmp_path):
    """It is not among what must be installed."""
    path = tmp_path / "answers.csv"
    path.write_text("one;two\na;b\n")
    with mock.patch.dict(sys.modules, {"pyarrow": None, "pyarrow.csv": None}):
        quick, slow, was_read = both(path)
    assert quick == slow
    assert not was_read


def test_limits_hold_for_both(tmp_path):
    """A table with too many cells or rows is refused with the same words."""
    path = tmp_path / "answers.csv"
    path.write_text("one;two\n" + "a;b\n" * 6)
    for limits in (FileLimits(cells=10), FileLimits(rows=5), FileLimits(line=3)):
        quick, slow, _ = both(path, limits)
        assert quick == slow
        assert quick[0].code.startswith("intake.limit-") or limits.line == 3
    assert both(path, FileLimits(cells=12, rows=6, line=16))[2]

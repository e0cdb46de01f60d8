"""The Gantt chart shows every time that a row is due, where it belongs and as it stands."""

from collections import Counter
from datetime import date

import pytest
from drawings import (
    HOSTILE,
    PRESET,
    boxes_of,
    clashes,
    empty,
    lines_of,
    renamed,
    roadmap_of,
    texts_of,
)

from mentormatch.documents.pictures.charts import gantt
from mentormatch.documents.pictures.gantt import LOOKS, PROGRESS
from mentormatch.roadmap.roadmap import Roadmap

FEBRUARY = date(2027, 2, 10)


@pytest.fixture(scope="module")
def status(school_sources):
    """Say how the demo school's roadmap stands in February."""
    return school_sources(FEBRUARY).status


@pytest.fixture(scope="module")
def figure(status):
    """Draw it."""
    return gantt(status, "ru")


def bars(figure):
    """Map row and time to progress and box."""
    return {
        tuple(name.split(".")[:2]): (name.split(".")[2], box)
        for name, box in boxes_of(figure).items()
    }


def test_every_time_that_a_row_is_due_is_a_bar_of_its_progress(status, figure):
    """As many of each kind as the status lists, at the row's own name."""
    drawn = bars(figure)
    assert {name: progress for name, (progress, _) in drawn.items()} == {
        (row["id"], it["occurrence"]): it["progress"]
        for row in status.to_dict()["rows"]
        for it in row["occurrences"]
    }
    # Three of A1, A4, A6, A7, B2, B3, D3, two of B1, D4, D5, nine of C3, one of the other 14.
    assert len(drawn) == 7 * 3 + 3 * 2 + 9 + 14
    assert {progress for progress, _ in drawn.values()} == set(PROGRESS)


def test_a_bar_reaches_from_the_first_day_that_counts_to_the_end_of_the_last(figure):
    """Worked by hand: 1 September 2026 to 31 December 2028 are 122 + 365 + 366 = 853 days."""
    drawn = bars(figure)
    _, (left, _, width, _) = drawn["A2", "period"]
    day = width / 853
    # Pairs until 10 September; the second time from June on: 273 days later, 102 days long.
    _, (start, _, wide, _) = drawn["A4", "2026"]
    assert (start, wide) == (pytest.approx(left), pytest.approx(10 * day))
    _, (start, _, wide, _) = drawn["A4", "2027"]
    assert start == pytest.approx(left + 273 * day)
    assert wide == pytest.approx(102 * day)
    # The first quarter of 2027: 122 days later, 90 days long.
    _, (start, _, wide, _) = drawn["C3", "2027-Q1"]
    assert (start, wide) == (pytest.approx(left + 122 * day), pytest.approx(90 * day))


def test_rows_stand_one_under_another_in_the_order_of_their_sections(status, figure):
    """A row that was added last stands in its section."""
    tops = {}
    for (row, _), (_, (_, top, _, height)) in bars(figure).items():
        tops.setdefault(row, set()).add(round(top + height / 2, 6))
    assert all(len(found) == 1 for found in tops.values())
    in_order = sorted(tops, key=lambda row: max(tops[row]))
    assert in_order == [row.activity.id for row in status.rows]
    own = Roadmap.preset(PRESET).activity("A3").model_copy(update={"id": "A10"})
    more = empty(Roadmap.preset(PRESET).with_activity(own), date(2024, 1, 1))
    written = texts_of(gantt(more))
    assert written.index("A9") < written.index("A10") < written.index("B1")


def test_the_line_of_the_day_stands_at_the_day(figure):
    """162 days of 853 are over on the morning of 10 February."""
    _, (left, _, width, _) = bars(figure)["A2", "period"]
    (top, bottom) = lines_of(figure)["today"]
    assert top[0] == bottom[0] == pytest.approx(left + width * 162 / 853)
    assert "сегодня, 10.02.2027" in texts_of(figure)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2023, 8, 31), "← 2023-08-31, the programme hasn't begun"),
        (date(2026, 3, 1), "2026-03-01, the programme is over →"),
    ],
)
def test_a_day_outside_the_programme_has_no_line(on, said):
    """It is said on which side it lies."""
    figure = gantt(empty(Roadmap.preset(PRESET), on))
    assert "today" not in lines_of(figure)
    assert said in texts_of(figure)
    assert clashes(figure) == []


def test_a_line_shows_how_late_something_is(status, figure):
    """To the day on which it was done, or to today; nothing else has one."""
    _, (left, _, width, _) = bars(figure)["A2", "period"]
    found = {name for name in lines_of(figure) if name.startswith("late.")}
    expected = {
        f"late.{row['id']}.{it['occurrence']}.{it['progress']}"
        for row in status.to_dict()["rows"]
        for it in row["occurrences"]
        if it["progress"] in {"overdue", "done_late"}
    }
    assert found == expected
    # Pairs were ordered on 5 October: 10 days until the deadline, 35 until the order.
    (start, end) = lines_of(figure)["late.A4.2026.done_late"]
    assert start[0] == pytest.approx(left + width * 10 / 853)
    assert end[0] == pytest.approx(left + width * 35 / 853)
    (start, end) = lines_of(figure)["late.A3.2026-09-10.overdue"]
    assert end[0] == pytest.approx(left + width * 163 / 853)


def test_how_often_a_row_is_done_stands_at_its_end(status, figure):
    """Done of due, for each row in its order."""
    counts = [each for each in texts_of(figure) if each.count("/") == 1 and each[0].isdigit()]
    counts = [each for each in counts if len(each) == 3]
    assert counts == [
        f"{sum(it['done'] is not None for it in row['occurrences'])}/{len(row['occurrences'])}"
        for row in status.to_dict()["rows"]
    ]


def test_progress_is_told_apart_without_colours():
    """Each has a mark of its own shape; those of one colour have hatching of their own."""
    assert len({look.shape for look in LOOKS.values()}) == len(LOOKS) == len(PROGRESS)
    assert len({(look.edge, look.face, look.hatch) for look in LOOKS.values()}) == len(LOOKS)
    assert len({look.hatch for look in LOOKS.values()}) == 4  # none, and three kinds


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_text_lies_over_another(status, lang):
    """On a school's own roadmap, in the middle of the year."""
    assert clashes(gantt(status, lang)) == []


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_text_lies_over_another_with_nothing_recorded(lang):
    """On the first and on the last day, where the words of the day are at the border."""
    roadmap = Roadmap.preset(PRESET)
    for on in (roadmap.starts, roadmap.ends):
        assert clashes(gantt(empty(roadmap, on), lang)) == []


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("title", ["Подготовить документы школы " * 11, "Ш" * 300])
def test_forty_rows_with_long_titles_fit(lang, title):
    """Each title is cut to its room, at a word where there is one."""
    figure = gantt(empty(roadmap_of(40, title), date(2024, 5, 1)), lang)
    assert clashes(figure) == []
    cut = [each for each in texts_of(figure) if each.startswith(title[:5])]
    assert len(cut) == 40
    assert all(each.endswith("…") for each in cut)
    if " " in title:
        assert {each.removesuffix("…").split()[-1] for each in cut} <= {*title.split()}


@pytest.mark.parametrize("years", [1, 3, 6, 15])
def test_the_calendar_names_what_has_room(years):
    """Months of a short programme; of a long one quarters, and then only school years."""
    figure = gantt(empty(roadmap_of(25, years=years), date(2023, 9, 1)), "en")
    assert clashes(figure) == []
    found = Counter(texts_of(figure))
    assert ("Oct" in found, "Q4" in found or "Q4 2023" in found) == (years <= 3, years <= 6)
    assert any("2023/24" in each for each in found)


@pytest.mark.parametrize("ends", [date(2205, 12, 31), date(9999, 12, 31)])
def test_a_slip_of_the_pen_in_the_last_day_is_drawn_all_the_same(ends):
    """A programme of centuries has a calendar without months, and in the end without years."""
    period = {"kind": "period"}
    plain = Roadmap.preset(PRESET).to_dict()
    rows = [each | {"deadline": period, "needs": []} for each in plain["activities"]]
    roadmap = Roadmap.from_dict(plain | {"ends": ends, "activities": rows})
    figure = gantt(empty(roadmap, date(2023, 9, 1)))
    assert clashes(figure) == []
    assert len(figure.axes[0].lines) < 300


def test_a_title_is_a_text_and_nothing_else(recwarn):
    """No formula, no markup, no line break, no sign that turns the line around."""
    figure = gantt(empty(renamed(HOSTILE), date(2024, 5, 1)))
    assert clashes(figure) == []
    assert not list(recwarn)
    written = [each for each in texts_of(figure) if each.startswith("<script>")]
    assert len(written) == 1 + 25  # the heading, and every row
    assert "\ufffd]]>" in written[0]
    for each in figure.axes[0].texts:
        assert not each.get_parse_math()
        assert not {"\n", "\x07", "\u202e"} & set(each.get_text())


def test_it_is_said_in_words_what_is_drawn(status, figure):
    """How many of each, and what is overdue."""
    label = figure.get_label()
    counts = Counter(it.progress for it in status.occurrences)
    assert f"просрочено: {counts['overdue']}" in label
    assert f"сделано с опозданием: {counts['done_late']}" in label
    assert "A3 (10.09.2026)" in label
    nothing = gantt(empty(Roadmap.preset(PRESET), date(2023, 9, 1)), "en").get_label()
    assert "Overdue" not in nothing


def test_it_is_a_sheet_of_a4_that_a_notebook_shows(figure):
    """The ready roadmap goes on one sheet across."""
    width, height = figure.get_size_inches()
    assert (width, height <= 8.27) == (11.69, True)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_roadmap_without_rows_is_an_empty_chart():
    """Nothing to draw, and no error."""
    nothing = Roadmap.from_dict(Roadmap.preset(PRESET).to_dict() | {"activities": []})
    figure = gantt(empty(nothing, date(2024, 1, 1)))
    assert boxes_of(figure) == {}
    assert clashes(figure) == []


def test_texts_that_lie_one_over_another_are_found(status):
    """The check itself: a text over another, and one over the border of the sheet."""
    figure = gantt(status, "en")
    first = figure.axes[0].texts[0]
    figure.axes[0].text(*first.get_position(), "over it", fontsize=7)
    figure.axes[0].text(11.5, 1, "over the border", fontsize=7)
    found = clashes(figure)
    assert len(found) == 2
    assert found[0] == "over the border"
    assert "over it" in found[1]

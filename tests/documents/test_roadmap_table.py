"""The roadmap with status shows each row, each indicator and each reminder of the day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from printed import tables_of

from mentormatch.documents.tables.roadmap import COLOURS, roadmap_table
from mentormatch.messages import text
from mentormatch.programme import facts as f
from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap
from mentormatch.spreadsheet import is_dark

END = date(2027, 6, 1)


def sheets(sources):
    """Read the three sheets."""
    (paper,) = roadmap_table(sources)
    return list(tables_of(paper.content).values())


def day(cell):
    """Read a day back; openpyxl gives a moment."""
    return cell.date()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_all_rows_stand_under_the_headings_of_their_sections(school_sources, lang):
    """25 rows in five sections, in the order of the roadmap."""
    rows, _, _ = sheets(school_sources(END, lang))
    ids = [next(iter(row.values())) for row in rows.rows]
    letters = {"A": 9, "B": 3, "C": 4, "D": 6, "E": 3}
    assert ids == [f"{it}{n}" for it, most in letters.items() for n in range(1, most + 1)]
    assert [heading[:2] for heading in rows.headings] == ["A.", "B.", "C.", "D.", "E."]


def test_each_row_stands_as_the_status_says(school_sources):
    """Status word, days on which it was done, what shows it, and what an indicator comes to."""
    sources = school_sources(END)
    rows, _, _ = sheets(sources)
    for row in rows.rows:
        status = sources.status.row(row["Строка"])
        assert row["Состояние"] == text(f"roadmap.progress.{status.progress}", "ru")
        lines = row["Сроки и что сделано"].splitlines()
        assert len(lines) == len(status.occurrences)
        for line, it in zip(lines, status.occurrences, strict=True):
            assert f"{it.occurrence.due:%d.%m.%Y}" in line
            assert it.done is None or f"{it.done:%d.%m.%Y}" in line
        for name in status.activity.indicators:
            assert f"{name}: " in row["Показатели: факт и порог"]
        for code in status.activity.documents:
            assert code in row["Ожидаемый результат, документы"]


def test_in_time_is_yes_only_where_all_that_was_due_was_done_in_time(school_sources):
    """Worked by hand from the demo school's first year."""
    rows, _, _ = sheets(school_sources(END))
    found = {row["Строка"]: row["В срок"] for row in rows.rows}
    assert found["A1"] == "да"  # the base of 1 November was there on 1 October
    assert found["A3"] == "нет"  # no local act at all
    assert found["A4"] == "нет"  # pairs on 5 October, due on 10 September
    assert found["A9"] is None  # the game is due next May
    assert found["C3"] == "нет"  # two quarters aren't complete


def test_one_late_time_is_enough_not_to_be_in_time(sources_of):
    """The acts of B2 were there in the first September, and aren't in the second."""
    act = f.Evidenced(item="act", kind="local_act", on=date(2023, 9, 20), activity="B2")
    state = State()
    state = state.apply(state.entry(act, "curator"))
    for on, word in ((date(2023, 10, 10), "да"), (date(2024, 10, 10), "нет")):
        rows, _, _ = sheets(sources_of(state, on))
        assert {row["Строка"]: row["В срок"] for row in rows.rows}["B2"] == word


def test_the_colour_of_a_status_can_be_told_without_colour(school_sources):
    """Every word has its own lightness, and its letters can be read on it."""

    def light(colour):
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    greys = sorted(map(light, COLOURS.values()))
    assert all(b - a >= 0.05 for a, b in pairwise(greys))
    for colour in COLOURS.values():
        letters = 1.0 if is_dark(colour) else 0.0
        assert abs(light(colour) - letters) >= 0.45
    rows, _, _ = sheets(school_sources(END))
    column = rows.header.index("Состояние") + 1
    words = {text(f"roadmap.progress.{it}", "ru"): colour for it, colour in COLOURS.items()}
    seen = set()
    for cell in (page_row[column - 1] for page_row in rows.page.iter_rows()):
        if cell.value in words:
            assert cell.fill.fgColor.rgb == "FF" + words[cell.value][1:]
            seen.add(cell.value)
    assert len(seen) >= 4


def test_the_school_and_the_region_have_their_indicators(school_sources):
    """Figures, thresholds and outcome of each of its parts; whoever is left out, by reason."""
    sources = school_sources(END)
    _, indicators, _ = sheets(sources)
    expected = [
        part
        for region in (False, True)
        for it in sources.status.indicators.values()
        if it.target.region is region
        for part in (it, *it.parts)
    ]
    assert len(indicators.rows) == len(expected)
    for row, it in zip(indicators.rows, expected, strict=True):
        assert row["Показатель"] == it.id
        computable = it.why_not is None
        assert (row["Сколько"], row["Из скольких"]) == (it.numerator, it.denominator)
        assert row["Итог"] == text(f"indicator.status.{it.status}", "ru")
        assert (row["Значение"] is not None) is (computable and it.numerator is not None)
        if it.threshold is None:
            assert row["Порог"] is None
        for each in it.excluded:
            assert each.code in row["Не учтены"]
    assert indicators.headings == ["Показатели школы", "Показатели региона"]


def test_a_blank_threshold_is_no_zero(school_sources):
    """K14 has none in the source: the cell is blank, and the outcome says so."""
    _, indicators, _ = sheets(school_sources(END))
    (row,) = [row for row in indicators.rows if row["Показатель"] == "K14"]
    assert (row["Порог"], row["Итог"], row["Сколько"]) == (None, "порог не задан", 0)


def test_reminders_are_those_ahead_of_what_is_not_done(sources_of):
    """Two weeks, a week and a day before; A3 is done, so nobody is reminded of it."""
    due = date(2023, 9, 10)
    act = f.Evidenced(item="act", kind="local_act", on=date(2023, 9, 2), activity="A3")
    state = State()
    state = state.apply(state.entry(act, "curator"))

    def reminded(state, on):
        _, _, reminders = sheets(sources_of(state, on))
        return [
            (day(row["Когда напомнить"]), row["За сколько дней"], row["Строка"])
            for row in reminders.rows
            if day(row["Срок"]) == due
        ]

    assert reminded(State(), date(2023, 8, 27)) == [
        (due - timedelta(days=days), days, row) for days in (14, 7, 1) for row in ("A3", "A4")
    ]
    assert reminded(state, date(2023, 9, 5)) == [(date(2023, 9, 9), 1, "A4")]


def test_what_is_odd_about_the_source_stands_beside_the_row(school_sources):
    """Cut and blank places, contradictions, and the source's own words."""
    sources = school_sources(END)
    rows, _, _ = sheets(sources)
    by_id = {row["Строка"]: row["Замечания к источнику"] or "" for row in rows.rows}
    for defect in sources.roadmap.warnings():
        owner = defect.place.field
        holders = [
            it.id for it in sources.roadmap.activities if owner == it.id or owner in it.indicators
        ]
        assert holders
        assert all(defect.problem("ru") in by_id[holder] for holder in holders)
    assert "«Ежегодно до 10 сентября»" in by_id["A4"]


def test_it_says_how_much_is_done_in_all(school_sources):
    """The line of the status, 23 + 2, stands below the rows."""
    sources = school_sources(END)
    rows, _, _ = sheets(sources)
    assert rows.notes[0] == sources.status.totals("ru")
    assert rows.notes[0].startswith("строк: 23 + 2;")


def test_a_roadmap_of_nothing_is_an_empty_table(sources_of):
    """A school that has deleted all rows gets three tables that say that they are empty."""
    content = Roadmap.preset("target-model-2023-2025").to_dict()
    roadmap = Roadmap.from_dict(content | {"activities": [], "indicators": []})
    for table in sheets(sources_of(State(), END, roadmap=roadmap)):
        assert (table.rows, table.notes[0]) == ([], "Ничего.")

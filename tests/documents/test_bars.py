"""Indicators are drawn as what they are: figures, thresholds, and nothing for what is unknown."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from drawings import HOSTILE, PRESET, boxes_of, clashes, empty, lines_of, renamed, texts_of

from mentormatch.documents.pictures.charts import indicator_bars
from mentormatch.programme.facts import EventHeld
from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap

LEFT, TRACK = 4.3, 3.9  # where a bar begins, and how long all of it is


@pytest.fixture(scope="module")
def status(school_sources):
    """Say how the demo school's indicators stand at the end of the year."""
    return school_sources(date(2027, 6, 1)).status


@pytest.fixture(scope="module")
def figure(status):
    """Draw them."""
    return indicator_bars(status, "ru")


def lengths(figure):
    """Map indicator and status to the length of the bar, as a part of the track."""
    return {
        (name.split(".")[1], name.split(".")[2]): width / TRACK
        for name, (_, _, width, _) in boxes_of(figure, "bar.").items()
    }


def test_a_share_is_as_long_as_it_is_large(status, figure):
    """180 of 189 students are 95.2 per cent of the track, and so on for each share."""
    drawn = lengths(figure)
    assert drawn["K13", "met"] == pytest.approx(180 / 189)
    assert drawn["K11", "not_met"] == pytest.approx(38 / 46)
    shares = [
        it
        for it in status.to_dict()["indicators"]
        if it["unit"] == "percent" and it["status"] != "not_computable"
    ]
    assert len(shares) > 12
    for it in shares:
        part = Fraction(it["numerator"], it["denominator"])
        assert drawn[it["id"], it["status"]] == pytest.approx(float(part))


def test_a_count_is_drawn_against_its_own_threshold(figure):
    """Four of five publications reach four fifths of the way to the tick."""
    drawn = lengths(figure)
    ticks = {name: xs[0][0] for name, xs in lines_of(figure).items()}
    to_tick = (ticks["threshold.K10"] - LEFT) / TRACK
    assert drawn["K10", "not_met"] == pytest.approx(4 / 5 * to_tick)
    assert drawn["K09", "not_met"] == pytest.approx(1 / 2 * to_tick)
    assert ticks["threshold.K09"] == ticks["threshold.K12a"] == ticks["threshold.K10"]


def test_a_tick_stands_at_each_threshold(status, figure):
    """On the scale of shares where the percentage is; none where nobody has set one."""
    ticks = {name.split(".")[1]: xs[0][0] for name, xs in lines_of(figure).items()}
    set_ones = {
        it["id"]: it for it in status.to_dict()["indicators"] if it["threshold"] is not None
    }
    assert ticks.keys() == set_ones.keys()
    for name, it in set_ones.items():
        if it["unit"] == "percent":
            assert ticks[name] == pytest.approx(LEFT + TRACK * it["threshold"] / 100)


def test_what_is_not_known_has_no_bar_and_says_so(status, figure):
    """It isn't a bar of length 0, as a share of 0 of 115 is."""
    drawn = lengths(figure)
    unknown = [it.id for it in status.indicators.values() if it.status == "not_computable"]
    assert "FK4" in unknown  # nobody has said from which enterprises mentors come
    blank = [it.id for it in status.indicators.values() if it.status == "threshold_missing"]
    assert blank == ["K12b", "K14", "K17"]
    assert not {name for name, _ in drawn} & {*unknown, *blank}
    assert drawn["K02", "not_met"] == 0
    written = texts_of(figure)
    assert written.count("нельзя посчитать") == len(unknown)
    assert "24 — порог не задан" in written


def test_figures_stand_at_the_end_of_each_bar(figure):
    """Share, numbers, threshold and verdict."""
    written = texts_of(figure)
    for said in (
        "95,2 % (180 из 189), нужно 90 % — выполнен",
        "82,6 % (38 из 46), нужно 90 % — не выполнен",
        "4 из 5 — не выполнен",
        "1 из 2 — не выполнен; ещё нет плана публикаций",
    ):
        assert said in written


def test_school_and_region_and_shares_and_counts_stand_apart(status, figure):
    """Each part under its own title, with the lines that belong to it."""
    written = texts_of(figure)
    titles = [
        "Показатели школы, доли",
        "Показатели школы, количество: каждая полоса против своего порога",
        "Показатели региона, доли",
    ]
    places = [written.index(each) for each in titles]
    assert places == sorted(places)
    for it in status.indicators.values():
        part = 2 if it.target.region else 0 if it.is_share else 1
        after = [place for place in places if place < written.index(it.id)]
        assert len(after) == part + 1


def test_a_bar_that_is_longer_than_the_track_ends_in_an_arrow():
    """Sixty publications where five are asked for; a share never does."""
    state = State()
    for number in range(4):
        event = EventHeld(event=f"P{number}", kind="parents_meeting", on=date(2023, 10, 2 + number))
        state = state.apply(state.entry(event, "curator"))
    status = Roadmap.preset(PRESET).status(date(2023, 12, 1), state)
    assert status.indicators["K12a"].numerator == 4
    figure = indicator_bars(status)
    assert lengths(figure)["K12a", "met"] == 1
    arrows = [each for each in figure.axes[0].lines if each.get_marker() == ">"]
    assert len(arrows) == 1
    assert "4 of 2: met" in texts_of(figure)


def test_a_threshold_of_nothing_is_met_by_nothing():
    """No division by it."""
    roadmap = Roadmap.preset(PRESET).with_thresholds({"K14": 0})
    figure = indicator_bars(empty(roadmap, date(2023, 12, 1)))
    assert lengths(figure)["K14", "met"] == 1
    assert "0 of 0: met" in texts_of(figure)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_text_lies_over_another(status, lang):
    """With figures, with nothing recorded, and with titles of markup that goes on and on."""
    assert clashes(indicator_bars(status, lang)) == []
    on = date(2024, 5, 1)
    assert clashes(indicator_bars(empty(Roadmap.preset(PRESET), on), lang)) == []
    assert clashes(indicator_bars(empty(renamed(HOSTILE * 4), on), lang)) == []


def test_all_figures_are_said_in_words(status, figure):
    """Whoever can't see the picture has every line of it."""
    label = figure.get_label()
    counts = Counter(it["status"] for it in status.to_dict()["indicators"])
    assert f"выполнено: {counts['met']}, не выполнено: {counts['not_met']}" in label
    for it in status.indicators.values():
        assert it.text("ru") in label


def test_a_roadmap_without_indicators_is_an_empty_picture():
    """Nothing to draw, and no error."""
    nothing = Roadmap.from_dict(
        Roadmap.preset(PRESET).to_dict() | {"activities": [], "indicators": []}
    )
    figure = indicator_bars(empty(nothing, date(2024, 1, 1)))
    assert boxes_of(figure, "bar.") == {}

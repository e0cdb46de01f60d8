"""A roadmap is data that a school can change, and the ready one keeps what its source says."""

from datetime import date

import pytest

from mentormatch.errors import RoadmapError
from mentormatch.roadmap.roadmap import Roadmap

PRESET = Roadmap.preset("target-model-2023-2025")

# When each row is due, written out by hand from the roadmap's columns.
ENDS = "2025-12-31"
DUE = {
    "A1": ["2023-11-01", "2024-09-01", "2025-09-01"],
    "A2": [ENDS],
    "A3": ["2023-09-10"],
    "A4": ["2023-09-10", "2024-09-10", "2025-09-10"],
    "A5": [ENDS],
    "A6": ["2023-10-31", "2024-10-31", "2025-10-31"],
    "A7": ["2023-10-31", "2024-10-31", "2025-10-31"],
    "A8": [ENDS],
    "A9": ["2025-05-31"],
    "B1": ["2024-08-31", "2025-08-31"],
    "B2": ["2023-09-30", "2024-09-30", "2025-09-30"],
    "B3": ["2023-10-31", "2024-10-31", "2025-10-31"],
    "C1": [ENDS],
    "C2": [ENDS],
    "C3": [
        *("2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"),
        *("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"),
    ],
    "C4": [ENDS],
    "D1": [ENDS],
    "D2": [ENDS],
    "D3": ["2023-10-31", "2024-10-31", "2025-10-31"],
    "D4": ["2024-05-31", "2025-05-31"],
    "D5": ["2024-05-31", "2025-05-31"],
    "D6": [ENDS],
    "E1": [ENDS],
    "E2": [ENDS],
    "E3": [ENDS],
}


def test_the_preset_has_every_row_with_its_days():
    """25 rows; A1 has three occurrences, C3 nine."""
    assert [it.id for it in PRESET.activities] == list(DUE)
    for name, days in DUE.items():
        assert [it.due.isoformat() for it in PRESET.occurrences(name)] == days
    unset = [it.id for it in PRESET.activities if it.deadline.kind == "unset"]
    assert unset == ["C1", "C2", "C4", "D1"]


def test_the_preset_keeps_blanks_blank():
    """Four numbers that nobody wrote stand in three rows; none of them is zero."""
    blank = [it.id for it in PRESET.indicators if it.threshold.at_least is None]
    assert blank == ["K12b", "K14", "K17"]
    assert [it.id for it in PRESET.activities if "blank" in it.flags] == ["D4", "D6", "E3"]
    assert [it.id for it in PRESET.activities if it.raw_threshold and "▢" in it.raw_threshold] == [
        *("D4", "D6", "E3")
    ]


def test_the_preset_keeps_how_the_source_writes_what_it_reads_otherwise():
    """The value as it stands, and where the value here comes from, side by side."""
    row = PRESET.activity("A8")
    assert row.raw_threshold is not None
    assert "менее чем на 90%" in row.raw_threshold
    assert PRESET.indicator("K05").threshold.provenance == "inferred"
    assert PRESET.indicator("K07").threshold.provenance == "roadmap"
    assert PRESET.activity("A6").deadline.inferred == ("years",)


def test_the_calendars_contradictions_are_warnings():
    """w1 to w7 of the source, each in its row."""
    found = {(it.place.field, it.code) for it in PRESET.warnings()}
    assert {
        ("B1", "roadmap.before-start"),
        ("A4", "roadmap.needs-later"),
        ("A4", "roadmap.same-day"),
        ("B3", "roadmap.flag.for-formed-pairs"),
        *((row, "roadmap.flag.brings-mentors-later") for row in ("D3", "D4", "D5", "D6")),
        ("A9", "roadmap.flag.before-last-pairs"),
        ("C3", "roadmap.flag.holidays"),
    } <= found
    assert not {it for it in found if it[0] == "B2" or it[1] == "roadmap.before-start"} - {
        ("B1", "roadmap.before-start")
    }


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_warning_can_be_said(lang):
    """Each has a sentence with a remedy."""
    assert all(it.text(lang) for it in PRESET.warnings())


def test_a_school_sets_what_was_left_blank():
    """The value is the school's; everything else stays."""
    ours = PRESET.with_thresholds({"K14": 3})
    assert ours.indicator("K14").threshold.at_least == 3
    assert ours.indicator("K14").threshold.provenance == "school"
    assert ours.activities == PRESET.activities
    with pytest.raises(RoadmapError):
        PRESET.with_thresholds({"K99": 3})


def test_a_school_changes_a_row_and_adds_its_own():
    """A row with a known id replaces it, another one comes last."""
    later = PRESET.activity("A3").model_copy(
        update={"deadline": PRESET.activity("A9").deadline, "flags": ()}
    )
    ours = PRESET.with_activity(later)
    assert [it.due for it in ours.occurrences("A3")] == [date(2025, 5, 31)]
    added = PRESET.with_activity(later.model_copy(update={"id": "F1"}))
    assert added.activities[-1].id == "F1"
    assert len(added.activities) == 26


def test_the_next_periods_roadmap_moves_every_year():
    """2026 to 2028: days with a year of their own move by three years."""
    rolled = PRESET.roll(to=2026)
    assert (rolled.starts, rolled.ends) == (date(2026, 9, 1), date(2028, 12, 31))
    assert rolled.name == "target-model-2026-2028"
    assert rolled.title.en == "Roadmap of the target mentoring model for 2026 to 2028"
    assert [it.due for it in rolled.occurrences("A9")] == [date(2028, 5, 31)]
    assert [it.due for it in rolled.occurrences("A1")] == [
        *(date(2026, 11, 1), date(2027, 9, 1), date(2028, 9, 1)),
    ]
    assert rolled.roll(to=2023) == PRESET


def test_a_roadmap_survives_its_file(tmp_path):
    """What is saved is read back, as TOML and as JSON."""
    for name in ("roadmap.toml", "roadmap.json"):
        PRESET.save(tmp_path / name)
        assert Roadmap.load(tmp_path / name) == PRESET


def test_everything_that_contradicts_itself_is_reported_at_once():
    """Each defect has its place."""
    content = PRESET.to_dict()
    rows = content["activities"]
    rows[0]["section"] = "Z"
    rows[1]["id"] = "A1"
    rows[2]["responsible"] = ["janitor"]
    rows[3]["indicators"] = ["K99"]
    rows[4]["needs"] = ["A99"]
    rows[8]["evidence"]["kinds"] = ["picnic"]
    rows[22]["indicators"] = []
    content["ends"] = "2020-01-01"
    with pytest.raises(RoadmapError) as caught:
        Roadmap.from_dict(content)
    assert {it.place.field for it in caught.value.defects} == {
        *("activities[0].id", "activities[0].section", "activities[1].id"),
        *("activities[2].responsible", "activities[22].evidence", "activities[3].indicators"),
        *("activities[4].needs", "activities[8].evidence.kinds", "ends"),
    }
    assert len(caught.value.defects) == 9


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_preset_is_worded_in_two_languages(lang):
    """Russian titles have Cyrillic letters, English ones have none."""
    for part in (*PRESET.activities, *PRESET.indicators):
        title = part.title.text(lang)
        assert any("а" <= letter <= "я" for letter in title.lower()) is (lang == "ru")

"""Every row of the roadmap answers by itself, on any day of three school years."""

import json
from datetime import date

import pytest
from three_years import (
    FACTS,
    FIRST,
    FORGOTTEN,
    HEADCOUNTS,
    day,
    enrolled,
    entries,
    event,
    paired,
    shown,
)

from lives import LETTERS
from mentormatch.errors import RoadmapError
from mentormatch.programme.register.store import Register
from mentormatch.programme.state import State
from mentormatch.roadmap.roadmap import Roadmap

ROADMAP = Roadmap.preset("target-model-2023-2025")
JOURNAL = entries(FACTS)

DAYS = [
    *("2023-09-05", "2023-09-15", "2023-10-20", "2023-11-15", "2024-01-10", "2024-04-15"),
    *("2024-06-15", "2024-09-05", "2024-11-05", "2025-03-15", "2025-06-05", "2025-12-31"),
]

# Worked out by hand from the facts of three_years.py: how each row stands on each of the days.
EXPECTED = {
    # Enrolled on 2023-09-04, 2024-08-28 and 2025-08-30; the base of a new year opens in June.
    "A1": "D D D D D D o D D D o D",
    "A2": "D D D D D D D D D D D D",
    # Due on 2023-09-10, there on the 14th.
    "A3": "o L L L L L L L L L L L",
    # Waits for A3, ordered on the 12th; each June it waits for the base of the new year.
    "A4": "b L L L L L b o L L b L",
    # Judged at the end: all pairs whose term was over had ended.
    "A5": "b o o o o o o o o o o D",
    # 2023-10-25; of 2024 a plan came on 11-12; 2025-10-02.
    "A6": "b o o D D D b b ! L b L",
    # 2023-10-30; of 2024 on 11-20; 2025-10-15. Waits for the plans of A6.
    "A7": "b b b D D D b b ! L b L",
    # Judged at the end; in November 2024 it waits for the plans that were due in October.
    "A8": "b b b o o o o o b o o D",
    "A9": "- - - - - - - - - - D D",
    # None is due in 2023; 2024-08-20; 2025-09-02 is two days late.
    "B1": "- - - - - - o D D D o L",
    # 2023-09-28; nothing in 2024; 2025-09-25.
    "B2": "o o D D D D o o ! ! ! !",
    # 2023-11-10 is late; 2024-10-30; 2025-10-20. Waits for the pairs.
    "B3": "b o o L L L b b L L b L",
    "C1": "o D D D D D D D D D D D",
    "C2": "b D D D D D D D D D D D",
    # Waits for the forms of B3; S-2 was late in spring 2024; no wave in autumn 2024.
    "C3": "- - b o o ! L o o ! ! !",
    "C4": "D D D D D D D D D D D D",
    # Two columns in October 2023, the plan of what to publish on 12-05.
    "D1": "o o o o D D D D D D D D",
    # The fifth publication is of 2025-05-10.
    "D2": "o o o o o o o o o o D D",
    # 2023-10-17 all; 2024-10-22 half, 2025-02-04 all; 2025-10-14 all.
    "D3": "- - D D D D D D ! L L L",
    # The second talk of the first year is of 2024-06-10, of the second of 2025-04-08.
    "D4": "o o o o o o L o o o L L",
    # 9 of 10 on 2024-02-20; 8 of 10 on 2025-03-11, all on 05-13.
    "D5": "o o o o o D D o o o D D",
    "D6": "o o o o o D D D D D D D",
    # 46 of 48: never met, and not yet over on the last day.
    "E1": "o o o o o o o o o o o o",
    "E2": "o o o o o o o o o o o o",
    "E3": "o o o o o o o o o o D D",
}

# Due, done, and in time, by the same days.
COUNTED = [
    *((0, 0, 0), (2, 2, 0), (3, 3, 1), (8, 8, 5), (9, 9, 6), (10, 9, 6)),
    *((12, 12, 7), (15, 15, 10), (22, 18, 13), (23, 21, 13), (27, 25, 17), (48, 46, 37)),
]


def on(written, journal=JOURNAL):
    """Return the status on a day, as far as it was known then."""
    return ROADMAP.status(on=day(written), facts=journal, headcounts=HEADCOUNTS)


@pytest.mark.parametrize("place", range(12), ids=DAYS)
def test_all_25_rows_stand_as_worked_out_by_hand(place):
    """Row by row, on twelve days from September 2023 to December 2025."""
    found = {row.activity.id: row.progress for row in on(DAYS[place]).rows}
    assert found == {name: LETTERS[line.split()[place]] for name, line in EXPECTED.items()}


@pytest.mark.parametrize("place", range(12), ids=DAYS)
def test_done_and_done_in_time_are_counted_apart(place):
    """K15 and K16 count the occurrences due by the day, over the 23 rows other than E1 and E2."""
    due, done, in_time = COUNTED[place]
    found = on(DAYS[place]).indicators
    if not due:
        assert found["K15"].status == found["K16"].status == "not_computable"
        return
    assert (found["K15"].numerator, found["K15"].denominator) == (done, due)
    assert (found["K16"].numerator, found["K16"].denominator) == (in_time, due)


def test_each_occurrence_was_done_on_the_day_of_the_facts():
    """48 occurrences; the two that nobody did stay open."""
    found = {}
    for it in on("2025-12-31").occurrences:
        done = None if it.done is None else it.done.isoformat()
        found.setdefault(it.activity.id, []).append(done)
    assert found == {
        "A1": ["2023-09-04", "2024-08-28", "2025-08-30"],
        "A2": ["2023-09-04"],
        "A3": ["2023-09-14"],
        "A4": ["2023-09-12", "2024-09-10", "2025-09-08"],
        "A5": ["2025-05-31"],
        "A6": ["2023-10-25", "2024-11-12", "2025-10-02"],
        "A7": ["2023-10-30", "2024-11-20", "2025-10-15"],
        "A8": ["2025-12-31"],
        "A9": ["2025-05-20"],
        "B1": ["2024-08-20", "2025-09-02"],
        "B2": ["2023-09-28", None, "2025-09-25"],
        "B3": ["2023-11-10", "2024-10-30", "2025-10-20"],
        "C1": ["2023-09-06"],
        "C2": ["2023-09-12"],
        "C3": [
            *("2023-12-10", "2024-04-20", "2024-05-20", "2024-09-24", None),
            *("2025-03-10", "2025-05-19", "2025-09-22", "2025-12-08"),
        ],
        "C4": ["2023-09-04"],
        "D1": ["2023-12-05"],
        "D2": ["2025-05-10"],
        "D3": ["2023-10-17", "2025-02-04", "2025-10-14"],
        "D4": ["2024-06-10", "2025-04-08"],
        "D5": ["2024-02-20", "2025-05-13"],
        "D6": ["2024-03-05"],
        "E1": [None],
        "E2": [None],
        "E3": ["2025-04-15"],
    }


def test_the_rows_that_judge_the_others_are_judged_at_the_end():
    """All rows done makes E1 done; some were late, so E2 is missed."""
    whole = entries([*FACTS, *FORGOTTEN])
    last, after = on("2025-12-31", whole), on("2026-01-15", whole)
    assert last.indicators["K15"].status == "met"
    assert (last.indicators["K16"].numerator, last.indicators["K16"].denominator) == (39, 48)
    assert last.row("E1").progress == "done"
    assert last.row("E2").progress == "due"
    assert after.row("E1").occurrences[0].done == date(2025, 12, 31)
    assert after.row("E2").progress == "overdue"
    assert after.row("E2").occurrences[0].unmet == ("K16",)
    assert on("2026-01-15").row("E1").progress == "overdue"


def test_a_row_that_comes_after_the_end_makes_the_first_judge_late():
    """E1 is done late once the last row is; E2 can't be mended."""
    facts = [it for it in (*FACTS, *FORGOTTEN) if getattr(it, "kind", None) != "contest"]
    journal = entries([*facts, event("2026-01-10", "contest", "S-1")])
    assert on("2026-01-05", journal).row("E1").progress == "overdue"
    found = on("2026-01-15", journal)
    assert found.row("E1").progress == "done_late"
    assert found.row("E1").occurrences[0].done == date(2026, 1, 10)


def test_a_journal_is_read_as_it_was_known_on_the_day():
    """What was written down later doesn't change the past; a state of today does."""
    journal = entries([*FACTS, ("2024-02-01", shown("2023-09-05", "local_act", "A3"))])
    assert on("2023-09-15", journal).row("A3").progress == "done_late"
    assert on("2024-02-01", journal).row("A3").progress == "done"
    state = State.of(journal)
    today = ROADMAP.status(on=day("2023-09-15"), facts=state, headcounts=HEADCOUNTS)
    assert today.row("A3").occurrences[0].done == date(2023, 9, 5)


@pytest.mark.parametrize("written", DAYS)
def test_a_state_of_the_last_day_shows_the_same_rows_on_earlier_days(written):
    """Nothing is looked at that is dated later."""
    state = State.of(JOURNAL)
    found = ROADMAP.status(on=day(written), facts=state, headcounts=HEADCOUNTS)
    assert [row.progress for row in found.rows] == [row.progress for row in on(written).rows]


def test_a_register_is_asked_for_the_day():
    """Anything with a state of a day will do."""

    class Kept:
        def state(self, on=None):
            return State.of(JOURNAL, on)

    found = ROADMAP.status(on=day("2024-11-05"), facts=Kept(), headcounts=HEADCOUNTS)
    assert found.to_dict() == on("2024-11-05").to_dict()


def test_what_holds_no_facts_is_refused():
    """The sentence names what was given and what would do."""
    with pytest.raises(RoadmapError, match="int"):
        ROADMAP.status(on=day("2024-11-05"), facts=7)


def test_an_overdue_row_says_what_blocks_it():
    """A7 of 2024 waits for A6, which isn't done either."""
    (found,) = [it for it in on("2024-11-05").with_progress("overdue") if it.activity.id == "A7"]
    assert found.blocked_by == ("A6",)
    assert found.missing == ("Y2P2",)


def test_people_are_reminded_of_what_is_not_done():
    """Two weeks, one week and a day before; not of what is done, nor of days that are over."""
    found = on("2023-10-20").reminders
    # On this day A6, A7 and B3 are open, due on the 31st; A1 and D3 are done.
    autumn = [(it.on.isoformat(), it.activity.id) for it in found if it.occurrence.due.year == 2023]
    assert autumn == [
        *(("2023-10-24", name) for name in ("A6", "A7", "B3")),
        *(("2023-10-30", name) for name in ("A6", "A7", "B3")),
        *((f"2023-12-{n}", "C3") for n in (17, 24, 30)),
    ]


def test_a_blank_threshold_asks_for_nothing_and_a_set_one_does():
    """D6 is done by its first meeting while the number is blank, and by its third when it is 3."""
    assert on("2025-12-31").row("D6").progress == "done"
    assert on("2025-12-31").indicators["K14"].status == "threshold_missing"
    ours = ROADMAP.with_thresholds({"K14": 3})
    found = ours.status(on=day("2025-12-31"), facts=JOURNAL, headcounts=HEADCOUNTS)
    assert found.row("D6").progress == "due"
    assert found.row("D6").occurrences[0].unmet == ("K14",)


def test_a_row_whose_indicator_can_not_be_computed_is_not_done():
    """Without the number of teachers nobody can say that nine of ten were at the council."""
    found = ROADMAP.status(on=day("2023-11-15"), facts=JOURNAL, headcounts={"students": 10})
    assert found.row("D3").progress == "overdue"
    assert found.row("D3").occurrences[0].unmet == ("K11",)


def test_pairs_of_spring_belong_to_the_old_year():
    """A pair that is ordered in April doesn't make the pairs of next September."""
    spring = paired("2024-04-08", "2024-04-10", "2024-05-31", "X", ("T-1", "S-2"))
    journal = entries([*FACTS, *spring])
    assert on("2024-06-15", journal).row("A4").occurrences[1].progress == "blocked"
    # Nor does it make the first meetings of the autumn before late.
    assert on("2024-05-01", journal).row("A6").occurrences[0].done == date(2023, 10, 25)


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("written", DAYS)
def test_a_status_can_be_said_and_tabulated(written, lang):
    """Every row has a line in the table; the text says 23 + 2."""
    found = on(written)
    assert len(found.table(lang)) == 50
    assert "23 + 2" in found.text(lang)
    assert len(found.indicators_table(lang)) >= 24
    assert found._repr_html_().startswith("<pre>")


def test_plain_data_holds_every_occurrence():
    """For other programs: rows with their occurrences, indicators, reminders."""
    found = json.loads(json.dumps(on("2024-11-05").to_dict()))
    assert sum(len(row["occurrences"]) for row in found["rows"]) == 50
    assert [row["id"] for row in found["rows"] if row["managing"]] == ["E1", "E2"]
    assert {it["id"] for it in found["indicators"]} == {it.id for it in ROADMAP.indicators}


def test_a_register_on_disk_is_asked_like_a_journal(tmp_path):
    """What was recorded day by day is known on its days."""
    register = Register.open(tmp_path / "register.db")
    for entry in JOURNAL:
        register.record(entry.fact, author=entry.author, at=entry.at)
    for written in ("2023-09-15", "2024-11-05"):
        found = ROADMAP.status(on=day(written), facts=register, headcounts=HEADCOUNTS)
        assert found.to_dict() == on(written).to_dict()


def with_row(name, **changes):
    """Change a row of the roadmap, and its evidence."""
    row = ROADMAP.activity(name)
    evidence = row.evidence.model_copy(update=changes.pop("evidence", {}))
    return ROADMAP.with_activity(row.model_copy(update={**changes, "evidence": evidence}))


def test_a_row_of_pairs_may_ask_for_its_indicators_too():
    """Formed is not enough when everybody has to be placed: S-4 came late, and was paired later."""
    ours = with_row("A4", evidence={"indicators": True})
    late = [
        enrolled("2023-09-11", ("S-4", "mentee"), ("T-3", "mentor")),
        *paired("2023-10-02", "2023-10-05", "2024-05-31", "Z", ("T-3", "S-4")),
    ]
    # Leave out whoever would have to be enrolled again in 2025.
    facts = [it for it in FIRST if getattr(it, "on", day("2023-09-01")) < day("2023-10-20")]
    journal = entries([*facts, *late])
    first = ours.status(on=day("2023-10-04"), facts=journal).row("A4").occurrences[0]
    assert (first.progress, first.unmet) == ("overdue", ("K02",))
    then = ours.status(on=day("2023-10-06"), facts=journal).row("A4").occurrences[0]
    assert then.done == date(2023, 10, 5)
    assert on("2023-10-06", journal).row("A4").occurrences[0].done == date(2023, 9, 12)


def test_a_row_judged_by_blank_indicators_alone_stays_open():
    """Nobody has said what to reach, so nothing shows that it was."""
    ours = with_row("D6", evidence={"rule": "indicators", "kinds": (), "indicators": False})
    found = ours.status(on=day("2026-01-10"), facts=JOURNAL).row("D6").occurrences[0]
    assert (found.progress, found.unmet) == ("overdue", ("K14",))


def test_a_row_that_judges_the_others_may_ask_for_more():
    """E1 with K10 besides: six publications are wanted, and there were five."""
    whole = entries([*FACTS, *FORGOTTEN])
    ours = with_row("E1", indicators=("K15", "K10"))
    found = ours.status(on=day("2026-01-10"), facts=whole, headcounts=HEADCOUNTS)
    assert found.row("E1").progress == "done"
    more = ours.with_thresholds({"K10": 6})
    found = more.status(on=day("2026-01-10"), facts=whole, headcounts=HEADCOUNTS)
    assert set(found.row("E1").occurrences[0].unmet) == {"K15", "K10"}


def test_a_line_names_ten_codes_and_counts_the_rest():
    """The table has them all."""
    two = [(f"T-{n}", f"S-{n}") for n in range(1, 13)]
    journal = entries(
        [
            enrolled("2023-09-04", *((who, "mentor") for who, _ in two)),
            enrolled("2023-09-04", *((who, "mentee") for _, who in two)),
            *paired("2023-09-05", "2023-09-06", "2024-05-31", "Y", *two),
        ]
    )
    found = on("2023-11-05", journal)
    (late,) = [it for it in found.with_progress("overdue") if it.activity.id == "A6"]
    assert len(late.missing) == 12
    assert "and 2 more" in late.text()
    assert "и ещё 2" in late.text("ru")


def test_enough_events_and_a_met_indicator_are_two_conditions():
    """One meeting meets the number; the row asks for two meetings all the same."""
    ours = with_row("D6", evidence={"least": 2}).with_thresholds({"K14": 1})
    journal = entries([*FACTS, event("2024-04-02", "partner_meeting")])
    found = ours.status(on=day("2024-06-15"), facts=journal, headcounts=HEADCOUNTS)
    assert found.row("D6").occurrences[0].done == date(2024, 4, 2)


def test_an_indicator_is_counted_where_something_shows_it():
    """A8 stands before D2 and names its publications too; they are those of D2."""
    ours = with_row("A8", indicators=("K05", "K06", "K10"))
    found = ours.status(on=day("2025-12-31"), facts=JOURNAL, headcounts=HEADCOUNTS)
    assert found.indicators["K10"].numerator == 5
    assert found.row("A8").progress == "done"

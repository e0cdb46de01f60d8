"""What the register shows of a row, and what it doesn't."""

from datetime import date, timedelta

import pytest
from three_years import (
    approved,
    day,
    enrolled,
    event,
    everybody,
    met,
    paired,
    planned,
    shown,
    wave,
)

from lives import after, confirmed, held
from mentormatch.programme.facts import Closed, Interviewed, Left, MeetingHeld
from mentormatch.programme.state import State
from mentormatch.roadmap.activities import Activity, Evidence
from mentormatch.roadmap.deadlines import Deadline
from mentormatch.roadmap.evidence import active, windows
from mentormatch.roadmap.evidence import shown as shown_of
from mentormatch.roadmap.roadmap import Roadmap

ROADMAP = Roadmap.preset("target-model-2023-2025")
PEOPLE = (
    enrolled("2025-09-01", ("T-1", "mentor"), ("T-2", "mentor")),
    enrolled("2025-09-01", ("S-1", "mentee"), ("S-2", "mentee")),
)


def state(*facts):
    """Fold facts, in the order in which they are given; a day beside one is left out."""
    return after(*(fact[1] if isinstance(fact, tuple) else fact for fact in facts))


def look(name, known, on="2026-05-31", time=-1):
    """Look at an occurrence of a row, the last one if not said."""
    window = windows(ROADMAP, ROADMAP.activity(name), day(on))[time]
    return shown_of(known, window)


def pairs(*ordered, ends="2026-05-31"):
    """Order the pairs of T-1 and S-1, and of T-2 and S-2, on these days."""
    two = (("T-1", "S-1"), ("T-2", "S-2"))
    found = list(PEOPLE)
    for number, (on, both) in enumerate(zip(ordered, two, strict=False), 1):
        found += paired(on, on, ends, f"R{number}", both)
    return found


def test_a_base_is_there_when_somebody_is_enrolled_in_the_role():
    """The first mentee's day; a mentor alone makes no base of mentees."""
    assert look("A1", state(PEOPLE[1])).done == date(2025, 9, 1)
    assert look("A1", state(PEOPLE[0])).done is None
    assert look("A2", state(PEOPLE[0])).done == date(2025, 9, 1)


def test_a_base_is_there_when_a_round_is_made():
    """Nobody new came in autumn, but the base was drawn up for a matching."""
    known = state(
        enrolled("2023-09-01", ("T-1", "mentor"), ("S-1", "mentee")),
        paired("2025-09-05", "2025-09-05", "2026-05-31", "R", ("T-1", "S-1"))[0],
    )
    assert look("A1", known).done == date(2025, 9, 5)
    assert look("A1", known).items == ("R",)
    assert look("A1", known, time=1).done is None


def test_pairs_are_formed_when_they_are_ordered():
    """An accepted proposal is not enough."""
    assert look("A4", state(*pairs("2025-09-08"))).done == date(2025, 9, 8)
    assert look("A4", state(*pairs("2025-09-08"))).items == ("R1-od",)
    assert look("A4", state(*pairs("2025-09-08")[:-1])).done is None


def test_first_meetings_are_held_when_the_last_pair_has_met_and_has_a_plan():
    """The day of the later of the two, over all pairs that were ordered by the day."""
    both = pairs("2025-09-08", "2025-09-10")
    first = [met("2025-09-20", "R1P1", "T-1", "S-1"),
             planned("2025-10-01", "R1P1", "2026-05-31", "2026-04-01")]  # fmt: skip
    second = [planned("2025-09-25", "R2P1", "2026-05-31", "2026-04-01"),
              met("2025-10-05", "R2P1", "T-2", "S-2")]  # fmt: skip
    assert look("A6", state(*both, *first, *second)).done == date(2025, 10, 5)
    again = met("2025-10-20", "R1P1", "T-1", "S-1").model_copy(update={"meeting": "second"})
    assert look("A6", state(*both, *first, *second, again)).done == date(2025, 10, 5)
    assert look("A6", state(*both, *first, second[0])).done is None
    assert look("A6", state(*both, *first, second[0])).missing == ("R2P1",)
    assert look("A6", state(*both, *first, second[1])).missing == ("R2P1",)
    assert look("A6", state(*PEOPLE)).done is None


def test_a_pair_that_ended_before_the_day_needs_no_first_meeting():
    """One that ended later, without a meeting, is out of the way on that day, late."""
    both = pairs("2025-09-08", "2025-09-10")
    first = [met("2025-09-20", "R1P1", "T-1", "S-1"),
             planned("2025-10-01", "R1P1", "2026-05-31", "2026-04-01")]  # fmt: skip
    for closed, done in (("2025-10-31", "2025-10-01"), ("2025-11-20", "2025-11-20")):
        end = Closed(pair="R2P1", on=day(closed), reason="moved")
        assert look("A6", state(*both, *first, end)).done == day(done)


def test_a_pair_that_comes_later_does_not_make_the_first_meetings_late():
    """It is none of those that had to meet by then; where there is no other, it is looked at."""
    first = [met("2025-09-20", "R1P1", "T-1", "S-1"),
             planned("2025-10-01", "R1P1", "2026-05-31", "2026-04-01")]  # fmt: skip
    later = pairs("2025-09-08", "2025-12-01")
    assert look("A6", state(*later, *first)).done == date(2025, 10, 1)
    alone = pairs("2025-12-01")
    assert look("A6", state(*alone)).missing == ("R1P1",)
    assert look("A4", state(*alone)).done == date(2025, 12, 1)


def test_plans_are_approved_when_the_last_order_is_signed():
    """A plan that is agreed on isn't approved yet."""
    plan = planned("2025-10-01", "R1P1", "2026-05-31", "2026-04-01")
    agreed, order = approved("2025-10-05", "2025-10-20", "R1P1")
    assert look("A7", state(*pairs("2025-09-08"), plan, agreed, order)).done == date(2025, 10, 20)
    assert look("A7", state(*pairs("2025-09-08"), plan, agreed)).missing == ("R1P1",)


def test_the_stages_are_judged_at_the_end():
    """Every pair whose term is over has ended; one that goes on afterwards may go on."""
    old = pairs("2024-09-08", ends="2025-05-31")
    old[:2] = [enrolled("2024-09-01", ("T-1", "mentor"), ("S-1", "mentee"))]
    assert look("A5", state(*old)).done is None
    assert look("A5", state(*old)).missing == ("R1P1",)
    closed = Closed(pair="R1P1", on=day("2025-06-01"), reason="year_end")
    assert look("A5", state(*old, closed)).done == date(2025, 6, 1)
    assert look("A5", state(*old, closed), on="2025-12-30").done is None
    further = paired("2025-09-08", "2025-09-08", "2026-05-31", "R2", ("T-1", "S-1"))
    assert look("A5", state(*old, closed, *further)).done == date(2025, 6, 1)
    assert look("A5", state(*PEOPLE)).done is None


def test_the_last_stage_is_an_end_as_well():
    """A pair that has come to its final meeting needn't be closed."""
    facts = [
        *pairs("2025-09-08", ends="2025-12-20"),
        held("acquaintance", day("2025-09-20"), "R1P1"),
        *confirmed("acquaintance", "T-1", "S-1", pair="R1P1"),
        held("trial", day("2025-09-30"), "R1P1"),
        *confirmed("trial", "T-1", "S-1", None, pair="R1P1"),
        held("planning", day("2025-10-10"), "R1P1"),
        planned("2025-10-12", "R1P1", "2025-12-20", "2025-12-01"),
        held("joint_work", day("2025-10-20"), "R1P1"),
    ]
    final = MeetingHeld(
        meeting="F", pair="R1P1", stage="final", on=day("2025-12-20"), present=("T-1", "S-1")
    )
    assert look("A5", state(*facts)).missing == ("R1P1",)
    assert look("A5", state(*facts, final)).done == date(2025, 12, 20)


def test_an_interview_shows_that_interviews_were_held():
    """Whatever it came to."""
    talk = Interviewed(person="S-1", on=day("2025-09-03"), cleared=False)
    assert look("C1", state(*PEOPLE, talk)).done == date(2025, 9, 3)
    assert look("C1", state(*PEOPLE)).done is None


def test_a_wave_is_done_when_the_last_who_is_still_there_has_answered():
    """Whoever has left since keeps nothing open; a wave of another quarter is another one."""
    asked = wave("Q", "2025-10-06", "2025-10-31", ("S-1", "2025-10-10"), ("S-2", "2025-10-20"))
    assert look("C3", state(*PEOPLE, *asked)).done == date(2025, 10, 20)
    assert look("C3", state(*PEOPLE, *asked[:-1])).missing == ("S-2",)
    gone = Left(person="S-2", on=day("2025-11-01"))
    assert look("C3", state(*PEOPLE, *asked[:-1], gone)).done == date(2025, 10, 10)
    assert look("C3", state(*PEOPLE, *asked), time=-2).done is None
    assert look("C3", state(*PEOPLE)).done is None


def test_a_wave_after_the_last_quarter_is_none_of_it():
    """Nothing of January counts for the quarter that ended in December."""
    january = wave("Q", "2026-01-12", "2026-01-31", *everybody("2026-01-15", "S-1", "S-2"))
    assert look("C3", state(*PEOPLE, *january)).done is None


def test_a_first_survey_is_no_diagnostics():
    """Only waves of the quarters count."""
    first = wave("F", "2025-10-06", "2025-10-31", *everybody("2025-10-10", "S-1", "S-2"))
    first[0] = first[0].model_copy(update={"kind": "first"})
    assert look("C3", state(*PEOPLE, *first)).done is None


def test_a_wave_that_nobody_answered_is_not_done():
    """Even when everybody who was asked has left."""
    opened = wave("Q", "2025-10-06", "2025-10-31", ("S-1", "2025-10-10"))[0]
    gone = Left(person="S-1", on=day("2025-11-01"))
    assert look("C3", state(*PEOPLE, opened, gone)).done is None


def test_a_kind_that_two_rows_use_counts_for_the_row_that_it_names():
    """Local acts are wanted by A3 and B2; materials by B1 alone."""
    assert look("B2", state(shown("2025-09-10", "local_act", "B2"))).done == date(2025, 9, 10)
    assert look("B2", state(shown("2025-09-10", "local_act", "A3"))).done is None
    assert look("B2", state(shown("2025-09-10", "local_act"))).done is None
    assert look("B1", state(shown("2025-08-10", "material"))).done == date(2025, 8, 10)
    assert look("B1", state(shown("2025-08-10", "material", "B2"))).done is None
    assert look("B1", state(shown("2025-08-10", "form", "B1"))).done is None


def test_an_event_and_a_thing_of_the_same_name_are_two_things():
    """A row for other events doesn't take other evidence away from another row."""
    other = ROADMAP.activity("B1").model_copy(
        update={"evidence": Evidence(rule="evidenced", kinds=("other",), least=1)}
    )
    events = ROADMAP.activity("D6").model_copy(
        update={"evidence": Evidence(rule="events", kinds=("other",), least=1)}
    )
    ours = ROADMAP.with_activity(other).with_activity(events)
    window = windows(ours, ours.activity("B1"), day("2025-12-01"))[-1]
    assert shown_of(state(shown("2025-08-10", "other")), window).done == date(2025, 8, 10)


def test_it_takes_as_many_events_as_the_row_asks_for():
    """Two talks in a school year; the second one's day."""
    talks = [event("2024-10-01", "parents_meeting"), event("2025-02-01", "parents_meeting")]
    assert look("D4", state(*talks)).done == date(2025, 2, 1)
    assert look("D4", state(talks[0])).done is None
    assert look("D4", state(talks[0])).items == (talks[0].event,)
    assert look("D4", state(talks[0], event("2024-05-01", "parents_meeting"))).done is None


def test_late_things_count_until_the_next_time_opens():
    """A council in January is October's, late; in the next October it is the next one's."""
    for when, place in (("2024-10-20", 1), ("2025-01-20", 1), ("2025-09-30", 1), ("2025-10-01", 2)):
        found = [look("D3", state(event(when, "council")), time=time).done for time in range(3)]
        assert found == [day(when) if place == time else None for time in range(3)]


def test_nothing_counts_that_is_dated_after_the_day():
    """A state of today, asked about last week."""
    known = state(event("2024-10-20", "council"))
    assert look("D3", known, on="2024-10-20", time=1).done == date(2024, 10, 20)
    assert look("D3", known, on="2024-10-19", time=1).done is None


@pytest.mark.parametrize(
    "deadline",
    [
        Deadline(kind="annual_by", month=9, day=10),
        Deadline(kind="annual_by", month=3, day=1),
        Deadline(kind="annual_month", month=10),
        Deadline(kind="dates", days=(date(2023, 11, 1), date(2024, 9, 1), date(2024, 9, 20))),
        Deadline(kind="quarterly"),
        Deadline(kind="school_year"),
        Deadline(kind="period"),
    ],
)
def test_a_day_counts_for_one_occurrence_at_most(deadline: Deadline):
    """Windows don't overlap, and each holds its own day."""
    row = ROADMAP.activity("D1").model_copy(update={"deadline": deadline})
    assert isinstance(row, Activity)
    found = windows(ROADMAP, row, date(2027, 1, 1))
    assert all(window.holds(window.due) for window in found)
    for n in range((date(2026, 12, 31) - ROADMAP.starts).days):
        today = ROADMAP.starts + timedelta(days=n)
        assert sum(window.holds(today) for window in found) <= 1


def test_what_is_due_in_autumn_opens_in_june():
    """The old school year is over by then; what is due in spring opens half a year before."""
    autumn = Deadline(kind="annual_by", month=9, day=10).occurrences(ROADMAP.starts, ROADMAP.ends)
    assert [it.opens for it in autumn] == [ROADMAP.starts, date(2024, 6, 1), date(2025, 6, 1)]
    (spring, _) = Deadline(kind="annual_by", month=3, day=1).occurrences(
        ROADMAP.starts, ROADMAP.ends
    )
    assert spring.opens == ROADMAP.starts
    assert Deadline(kind="by", on=date(2025, 3, 1)).occurrences(ROADMAP.starts, ROADMAP.ends)[
        0
    ].opens == date(2024, 8, 30)


def test_somebody_takes_part_until_the_day_before_they_leave():
    """And from the day on which they came."""
    person = state(*PEOPLE, Left(person="S-1", on=day("2025-11-01"))).people["S-1"]
    assert not active(person, day("2025-08-31"))
    assert active(person, day("2025-09-01"))
    assert active(person, day("2025-10-31"))
    assert not active(person, day("2025-11-01"))


def test_an_empty_register_shows_nothing():
    """Whatever the rule."""
    for activity in ROADMAP.activities:
        for window in windows(ROADMAP, activity, day("2026-05-31")):
            assert shown_of(State(), window).done is None


def test_a_row_that_is_never_due_within_the_programme_has_no_window():
    """What is due each August isn't due in a programme from September to December."""
    short = Roadmap.from_dict(ROADMAP.to_dict() | {"ends": date(2023, 12, 31)})
    row = short.activity("B1")
    assert windows(short, row, date(2023, 10, 1)) == ()
    status = short.status(date(2023, 10, 1), State())
    assert status.row("B1").occurrences == ()
    assert (status.row("B1").progress, status.row("B1").current) == ("not_yet", None)


def test_whoever_came_back_took_part_before_they_left():
    """Away from October to January: what is asked about September answers as it did then."""
    known = state(
        enrolled("2025-09-01", ("S-1", "mentee")),
        Left(person="S-1", on=day("2025-10-01"), reason="moved"),
        enrolled("2026-01-12", ("S-1", "mentee")),
    )
    person = known.people["S-1"]
    days = ("2025-08-31", "2025-09-01", "2025-09-30", "2025-10-01", "2026-01-11", "2026-01-12")
    found = [active(person, day(each)) for each in days]
    assert found == [False, True, True, False, False, True]


def test_a_base_that_was_filled_in_time_stays_so_when_somebody_comes_back():
    """The only mentor of the first autumn leaves and returns: the row was done in that autumn."""
    first = state(enrolled("2023-10-02", ("T-1", "mentor")))
    back = state(
        enrolled("2023-10-02", ("T-1", "mentor")),
        Left(person="T-1", on=day("2024-02-01"), reason="workload"),
        enrolled("2025-09-01", ("T-1", "mentor")),
    )
    rows = [it.id for it in ROADMAP.activities if it.evidence.rule == "enrolled"]
    assert rows
    for row in rows:
        before, now = (look(row, known, "2025-11-01", 0) for known in (first, back))
        assert before.done == now.done

"""Deadlines become the days on which things are due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mentormatch.roadmap.deadlines import Deadline, Occurrence, moved, quarter_of

START, END = date(2023, 9, 1), date(2025, 12, 31)


def days(**content):
    """Return the days of a deadline within the programme of 2023 to 2025."""
    return [it.due.isoformat() for it in Deadline(**content).occurrences(START, END)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"kind": "by", "on": "2023-09-10"}, ["2023-09-10"]),
        # The first base of mentees is due after the first pairs; the order doesn't mind.
        (
            {"kind": "dates", "days": ["2024-09-01", "2023-11-01", "2025-09-01"]},
            ["2023-11-01", "2024-09-01", "2025-09-01"],
        ),
        (
            {"kind": "annual_by", "month": 9, "day": 10},
            ["2023-09-10", "2024-09-10", "2025-09-10"],
        ),
        # The end of August 2023 lies before the programme.
        ({"kind": "annual_by", "month": 8, "day": 31}, ["2024-08-31", "2025-08-31"]),
        ({"kind": "month", "year": 2025, "month": 5}, ["2025-05-31"]),
        ({"kind": "annual_month", "month": 10}, ["2023-10-31", "2024-10-31", "2025-10-31"]),
        ({"kind": "annual_month", "month": 2}, ["2024-02-29", "2025-02-28"]),
        ({"kind": "annual_by", "month": 2, "day": 29}, ["2024-02-29", "2025-02-28"]),
        ({"kind": "period"}, ["2025-12-31"]),
        ({"kind": "unset"}, ["2025-12-31"]),
        # The school year of 2025/26 ends after the programme.
        ({"kind": "school_year"}, ["2024-05-31", "2025-05-31"]),
        (
            {"kind": "quarterly"},
            [
                *("2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"),
                *("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"),
            ],
        ),
    ],
)
def test_each_kind_is_due_when_a_calendar_says(content, expected):
    """Written out by hand for the programme of September 2023 to December 2025."""
    assert days(**content) == expected


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "by"},
        {"kind": "by", "on": "2023-09-10", "month": 3},
        {"kind": "annual_by", "month": 9},
        {"kind": "annual_by", "month": 2, "day": 30},
        {"kind": "month", "month": 5},
        {"kind": "unset", "on": "2023-09-10"},
        {"kind": "monthly"},
        {"kind": "dates", "days": []},
    ],
)
def test_a_deadline_that_says_too_little_or_too_much_is_refused(content):
    """Each kind has what it needs and nothing else."""
    with pytest.raises(ValidationError):
        Deadline(**content)


def test_people_are_reminded_before_a_day_of_its_own():
    """Two weeks, one week and one day before; not of what has no day."""
    (due,) = Deadline(kind="by", on=date(2023, 9, 10)).occurrences(START, END)
    assert due.reminders() == (date(2023, 8, 27), date(2023, 9, 3), date(2023, 9, 9))
    (whole,) = Deadline(kind="period").occurrences(START, END)
    assert whole.reminders() == ()


periods = st.tuples(st.dates(date(1999, 1, 1), date(2060, 12, 31)), st.integers(0, 2000)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)
deadlines = st.one_of(
    st.builds(Deadline, kind=st.just("annual_month"), month=st.integers(1, 12)),
    st.builds(
        Deadline, kind=st.just("annual_by"), month=st.integers(1, 12), day=st.integers(1, 28)
    ),
    st.sampled_from(["period", "unset", "school_year", "quarterly"]).map(
        lambda kind: Deadline(kind=kind)
    ),
)


@given(deadlines, periods)
def test_occurrences_agree_with_a_walk_through_the_calendar(deadline, period):
    """Day by day, asking of each whether it ends a quarter, a month, a school year."""
    starts, ends = period

    def due(day):
        tomorrow = day + timedelta(days=1)
        match deadline.kind:
            case "annual_month":
                return day.month == deadline.month and tomorrow.month != day.month
            case "annual_by":
                return (day.month, day.day) == (deadline.month, deadline.day)
            case "school_year":
                return (day.month, day.day) == (5, 31)
            case "quarterly":
                first = date(day.year, day.month - 2, 1) if day.month % 3 == 0 else None
                return first is not None and tomorrow.day == 1 and first >= starts
        return day == ends

    walked = [starts + timedelta(days=n) for n in range((ends - starts).days + 1)]
    found = deadline.occurrences(starts, ends)
    assert [it.due for it in found] == [day for day in walked if due(day)]
    assert len({it.name for it in found}) == len(found)
    assert all(it.opens <= it.due for it in found)


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_every_day_has_one_quarter(day):
    """The name of a day's quarter is that of the occurrence which holds it."""
    year = Deadline(kind="quarterly").occurrences(date(day.year, 1, 1), date(day.year, 12, 31))
    assert [it.name for it in year if it.opens <= day <= it.due] == [quarter_of(day)]


def test_a_moved_deadline_keeps_its_day():
    """Three years on; the 29th of February becomes the 28th where there is none."""
    assert moved(Deadline(kind="by", on=date(2024, 2, 29)), 3).on == date(2027, 2, 28)
    assert moved(Deadline(kind="month", year=2025, month=5), 3).year == 2028
    annual = Deadline(kind="annual_by", month=9, day=10)
    assert moved(annual, 3) == annual


def test_occurrences_stand_in_the_order_of_their_days():
    """So that the next one is the first that isn't over."""
    assert Occurrence(date(2024, 1, 1), START, "b") < Occurrence(date(2024, 1, 2), START, "a")

"""Three years of the demo school: how all 25 rows stand is worked by hand from the written rules.

The rules are those of ``school_year`` and ``lived_school``. What they come to:

- 2023 begins on 10-01, so the pairs are ordered on 10-05, plans of most are drafted on 11-09, those
  of every tenth pair on 12-14. In 2024 and 2025 that is 09-03, 09-07, 10-12 and 11-16.
- Most plans are approved a week after they were drafted, those of every tenth pair on 01-25.
- In each school year there are a rubric (10-15; later 09-17), four publications (the first
  10-15; later 09-17), a parents' meeting (11-27; later 10-30), three class hours of 60 students,
  the third on 04-16: 180 of 189, which is over nine tenths.
- Quarterly waves open on 11-30 (later 11-02), 02-22 and 04-12, and whoever was silent answers 16
  days later: 12-16 (11-18), 03-09 (in 2025, without a leap day, 03-10) and 04-28.
"""

from datetime import date

import pytest

from lives import LETTERS
from mentormatch.datasets import lived_school, school, school_year
from mentormatch.documents.sources import Sources
from mentormatch.pipeline import match
from mentormatch.policy.policy import Policy
from mentormatch.programme.folder import Programme
from mentormatch.roadmap.roadmap import Roadmap

ROADMAP = Roadmap.preset("target-model-2023-2025")

DAYS = [
    *("2023-09-20", "2023-10-12", "2023-11-05", "2024-01-10", "2024-04-20", "2024-06-15"),
    *("2024-09-05", "2024-11-15", "2025-03-01", "2025-06-02", "2025-10-01", "2025-12-31"),
]

EXPECTED = {
    # People come with the round of 2023-10-01. Later nobody is new: the rounds of 2024-09-03 and
    # 2025-09-03 look through the base, two days late. A new base is open from June on.
    "A1": "o D D D D o L L L o L L",
    "A2": "o D D D D D D D D D D D",
    # 2023-09-06.
    "A3": "D D D D D D D D D D D D",
    # 2023-10-05 is late, 2024-09-07 and 2025-09-07 aren't. Each June it waits for the base.
    "A4": "! L L L L b o L L b L L",
    # Judged at the end: all pairs whose term was over had ended.
    "A5": "b o o o o o o o o o o D",
    # Every tenth pair is late: 2023-12-14, 2024-11-16, 2025-11-16. Waits for the pairs.
    "A6": "b o ! L L b b ! L b o L",
    # 2024-01-25 and 2025-01-25; those of 2025 would be approved in January 2026.
    "A7": "b b ! ! L b b ! L b b !",
    # Every fourth pair is behind, so it is never done; it waits for the plans due last.
    "A8": "b b b b o o o b o o o b",
    # The second game, on 2025-05-27, has brought everybody.
    "A9": "- - - - - - - - - D D D",
    # None is due in 2023; 2024-08-28; 2025-09-03 is three days late.
    "B1": "- - - - - o D D D o L L",
    # 2023-09-27; 2024-10-16 is late; 2025-09-24.
    "B2": "o D D D D o o L L o L L",
    # 2023-11-08 is late; 2024-10-25; 2025-10-24. Waits for the pairs.
    "B3": "b o ! L L b b L L b o L",
    # The first interviews are of 2023-10-02.
    "C1": "o D D D D D D D D D D D",
    "C2": "b D D D D D D D D D D D",
    # Only the autumn wave of 2024 is late: whoever was silent answered on 10-02. The others that
    # end after a quarter began: 2023-12-16, 2024-03-09, 04-28, 11-18, 2025-03-10, 04-28, 09-24,
    # 11-18. The last quarter of 2023 and that of 2025 wait for the forms of B3.
    "C3": "- b b o o D o o o L b L",
    "C4": "o D D D D D D D D D D D",
    # The second rubric, and the fifth publication, are of 2024-09-17.
    "D1": "o o o o o o o D D D D D",
    "D2": "o o o o o o o D D D D D",
    # 2023-10-24; in October 2024 only 40 of 46 came, on 11-19 there were 42; 2025-10-21.
    "D3": "- o D D D D D ! L L o L",
    # The second talk of the first year is of 2024-02-27, that of the second of 2025-06-03.
    "D4": "o o o o D D o o o ! L L",
    # Third class hours: 2024-04-16, 2025-04-16.
    "D5": "o o o o D D o o o D D D",
    # 2024-03-12.
    "D6": "o o o o D D D D D D D D",
    # 46 of 48: never met, and not yet over on the last day.
    "E1": "o o o o o o o o o o o o",
    "E2": "o o o o o o o o o o o o",
    # 2025-03-27.
    "E3": "o o o o o o o o o D D D",
}

# Due, done, and in time, by the same days.
COUNTED = [
    *((2, 1, 1), (3, 3, 2), (8, 5, 4), (9, 8, 5), (10, 10, 6), (12, 12, 8)),
    *((15, 15, 10), (22, 19, 12), (23, 23, 13), (27, 26, 16), (33, 33, 20), (48, 46, 32)),
]


@pytest.fixture(scope="module")
def lived():
    """Live through the years."""
    return lived_school()


@pytest.fixture(scope="module")
def statuses(lived):
    """Ask how the roadmap stood on each of the days."""
    cohort = lived.school.cohort
    return [
        ROADMAP.status(on=day, facts=lived.journal.state(day), cohort=cohort)
        for day in map(date.fromisoformat, DAYS)
    ]


def test_what_the_years_start_from(lived):
    """What the table takes from the matchings as given: enough pairs, and not too many mentors."""
    rounds = lived.journal.state().rounds
    autumns = [rounds[f"{year}-autumn"] for year in (2023, 2024, 2025)]
    assert [made.on.isoformat() for made in autumns] == ["2023-10-01", "2024-09-03", "2025-09-03"]
    # There is a twentieth pair, whose plan is late, and one of every fourth, which is behind.
    assert all(len(made.proposals) >= 20 for made in autumns)
    # The mentors and six more at the first council are fewer than nine tenths of 46 teachers.
    council = lived.journal.state().events["2023-council"]
    assert len(council.present) + council.others < 42


@pytest.mark.parametrize("place", range(12), ids=DAYS)
def test_all_25_rows_of_the_demo_school_stand_as_worked_out_by_hand(statuses, place):
    """Row by row, on twelve days from September 2023 to December 2025."""
    found = {row.activity.id: row.progress for row in statuses[place].rows}
    assert found == {name: LETTERS[line.split()[place]] for name, line in EXPECTED.items()}


@pytest.mark.parametrize("place", range(12), ids=DAYS)
def test_done_and_in_time_of_the_demo_school_are_counted_apart(statuses, place):
    """K15 and K16 over the 23 rows other than E1 and E2."""
    due, done, in_time = COUNTED[place]
    found = statuses[place].indicators
    assert (found["K15"].numerator, found["K15"].denominator) == (done, due)
    assert (found["K16"].numerator, found["K16"].denominator) == (in_time, due)


def test_each_occurrence_of_the_demo_school_was_done_on_its_day(statuses):
    """48 occurrences; two stay open."""
    found = {}
    for it in statuses[-1].occurrences:
        done = None if it.done is None else it.done.isoformat()
        found.setdefault(it.activity.id, []).append(done)
    # The last pair of autumn 2025 that ended early lost its mentor, on 12-14 less 28 days.
    assert found == {
        "A1": ["2023-10-01", "2024-09-03", "2025-09-03"],
        "A2": ["2023-10-01"],
        "A3": ["2023-09-06"],
        "A4": ["2023-10-05", "2024-09-07", "2025-09-07"],
        "A5": ["2025-11-16"],
        "A6": ["2023-12-14", "2024-11-16", "2025-11-16"],
        "A7": ["2024-01-25", "2025-01-25", None],
        "A8": [None],
        "A9": ["2025-05-27"],
        "B1": ["2024-08-28", "2025-09-03"],
        "B2": ["2023-09-27", "2024-10-16", "2025-09-24"],
        "B3": ["2023-11-08", "2024-10-25", "2025-10-24"],
        "C1": ["2023-10-02"],
        "C2": ["2023-10-05"],
        "C3": [
            *("2023-12-16", "2024-03-09", "2024-04-28", "2024-10-02", "2024-11-18"),
            *("2025-03-10", "2025-04-28", "2025-09-24", "2025-11-18"),
        ],
        "C4": ["2023-10-01"],
        "D1": ["2024-09-17"],
        "D2": ["2024-09-17"],
        "D3": ["2023-10-24", "2024-11-19", "2025-10-21"],
        "D4": ["2024-02-27", "2025-06-03"],
        "D5": ["2024-04-16", "2025-04-16"],
        "D6": ["2024-03-12"],
        "E1": [None],
        "E2": [None],
        "E3": ["2025-03-27"],
    }


def test_the_folder_of_the_years_holds_the_same_facts_and_results(lived, tmp_path):
    """Register and journal agree; every round's result is found again; a letterhead is there."""
    programme = lived.programme(tmp_path / "demo")
    opened = Programme.open(tmp_path / "demo")
    assert opened.settings.letterhead.director is not None
    with programme.register as register:
        assert register.entries() == lived.journal.entries()
        assert register.check()
        for made in register.state().rounds.values():
            assert register.result(made.result).matching.pairs
        waves = register.state().waves
    sources = Sources.of(opened, date(2025, 12, 31))
    assert {wave: sources.asked_in(wave).name for wave in waves} == {
        wave: {"first": "first-survey", "final": "final-survey"}.get(made.kind, "monitoring")
        for wave, made in waves.items()
    }
    cohort, _ = opened.read()
    assert cohort.ids == lived.school.cohort.ids
    assert cohort.as_of == date(2025, 9, 3)


def test_another_autumn_moves_days_and_nothing_else():
    """The same people of the same age: born, consenting and trained so many years earlier."""
    now, before = school("boarding_small"), school("boarding_small", year=2023)
    assert before.as_of == date(2023, 10, 1)
    assert before.headcounts == now.headcounts
    moved = {
        *("birth_year", "consent_self_given_on", "consent_guardian_given_on"),
        *("trained_on", "clearance_valid_until"),
    }
    for old, new in zip(before.participants, now.participants, strict=True):
        assert (old.id, old.roles, old.answers.keys()) == (new.id, new.roles, new.answers.keys())
        differing = {name for name in new.answers if old.answers[name] != new.answers[name]}
        assert differing <= moved
        if "birth_year" in new.answers:
            assert new.answers["birth_year"] - old.answers["birth_year"] == 3


def test_a_year_may_be_lived_through_to_a_day():
    """What comes later hasn't happened; what is before is the same."""
    cohort = school("boarding_small", year=2025).cohort
    result = match(cohort, Policy.preset("official"))
    whole = school_year(cohort, result, year=2025)
    part = school_year(cohort, result, year=2025, until=date(2025, 12, 31))
    early = [entry for entry in whole.entries() if entry.day <= date(2025, 12, 31)]
    assert list(part.entries()) == early
    assert len(early) < len(whole.entries())

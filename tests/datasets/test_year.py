"""A whole year of the demo school: every count is worked by hand from the rules of the year.

The autumn's pairs are numbered 1 to 51 in the order of the matching; what is taken from it as
given stands in the first test. Where a count needs more than a glance, its arithmetic stands
beside it. By the rules pair 2 is forbidden, so 50 pairs are ordered; 7, 12, 9 with 10 and 11
(one mentor has all three), 26 and 15 end early; winter brings five new pairs.
"""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

import mentormatch as mm
from mentormatch.datasets import Journal, school, school_year
from mentormatch.errors import RegisterError
from mentormatch.programme import facts as f
from mentormatch.programme.status import status
from mentormatch.questionnaire import Questionnaire

NEVER_DONE = [5, 14, 23, 41, 50]  # n % 9 = 5; 32 is one of every four
WINTER = [f"2026-winter-{number:03d}" for number in range(1, 6)]


def named(*numbers):
    """Name pairs of the autumn."""
    return tuple(f"2026-autumn-{number:03d}" for number in numbers)


@pytest.fixture(scope="module")
def cohort():
    """Make the demo school."""
    return school("boarding_small").cohort


@pytest.fixture(scope="module")
def result(cohort):
    """Match it in autumn."""
    return mm.match(cohort, mm.Policy.preset("official"))


@pytest.fixture(scope="module")
def journal(cohort, result):
    """Let the year pass."""
    return school_year(cohort, result)


@pytest.fixture(scope="module")
def state(journal):
    """Say what holds in the end."""
    return journal.state()


@pytest.fixture(scope="module")
def mentee(result):
    """Name the mentee of a pair of the autumn."""
    return {number: pair.mentee for number, pair in enumerate(result.matching.pairs, 1)}


@pytest.fixture(scope="module")
def mentor(result):
    """Name the mentor of a pair of the autumn."""
    return {number: pair.mentor for number, pair in enumerate(result.matching.pairs, 1)}


def day_of(journal, month, day):
    """Say what is going on on a day of the year."""
    on = date(2026 + (month < 9), month, day)
    return status(journal.state(on), on)


def test_what_the_year_starts_from(result, mentor, mentee, state):
    """The matching's shape, which all counts below rest on: who has which pairs, and the plans."""
    assert (len(mentee), len(set(mentor.values()))) == (51, 33)
    own = {number: min(n for n in mentor if mentor[n] == mentor[number]) for number in mentor}
    # Mentors of several pairs go by the first.
    shared = {5: (6, 7), 9: (10, 11), 12: (13, 14), 15: (16,), 19: (20,), 22: (23,), 27: (28,),
              36: (37,), 38: (39,), 40: (41,), 42: (43,), 44: (45,), 46: (47,), 48: (49,),
              50: (51,)}  # fmt: skip
    assert {n: first for n, first in own.items() if n != first} == {
        n: first for first, rest in shared.items() for n in rest
    }
    # Mentees who mentor, by the pair in which they are a mentee, with the pair they mentor.
    both = {n: [m for m in mentor if mentor[m] == who] for n, who in mentee.items()}
    assert {n: pairs for n, pairs in both.items() if pairs} == {6: [33], 17: [25], 47: [35]}
    tasks = {pair.pair: len(pair.plan.versions[0].tasks) for pair in state.pairs.values()
             if pair.plan and pair.pair not in WINTER}  # fmt: skip
    more = {5: 7, 12: 5, 13: 5, 20: 6, 24: 6, 25: 6, 34: 8, 36: 7, 37: 7, 38: 5, 39: 5, 41: 6,
            45: 9, 47: 7, 51: 6}  # fmt: skip
    assert tasks == {named(n)[0]: more.get(n, 4) for n in mentee if n not in (2, 7)}


def test_the_same_call_makes_the_same_year_and_another_seed_other_answers(cohort, result, journal):
    """All that is drawn is the values of answers."""
    assert school_year(cohort, result).entries() == journal.entries()
    other = school_year(cohort, result, seed=1).entries()
    differing = {
        ours.fact.fact
        for ours, theirs in zip(journal.entries(), other, strict=True)
        if ours != theirs
    }
    assert differing == {"answered"}


PAIRS = {
    # day: (active people, proposed, accepted, running, closed)
    (10, 1): (118, 51, 0, 0, 0),
    (10, 4): (118, 0, 50, 0, 1),  # 51 - the forbidden one
    (10, 20): (118, 0, 0, 50, 1),
    (12, 10): (117, 0, 0, 48, 3),  # 50 - pairs 7 and 12; the mentee of 12 has left
    (1, 12): (116, 5, 0, 45, 6),  # 48 - pairs 9, 10, 11; their mentor has left
    (1, 20): (116, 0, 0, 50, 6),  # 45 + 5 of the winter
    (3, 20): (115, 0, 0, 48, 8),  # 50 - pairs 26 and 15; the mentee of 26 has left
    (5, 25): (115, 0, 0, 48, 8),
    (5, 31): (115, 0, 0, 0, 56),  # 51 of the autumn + 5 of the winter
}


@pytest.mark.parametrize("day", PAIRS)
def test_pairs_by_status_on_any_day(journal, day):
    """Travelling in time: proposed, accepted, running, closed, and the people who are there."""
    found = day_of(journal, *day)
    counts = tuple(found.pairs[name] for name in ("proposed", "accepted", "running", "closed"))
    assert (found.active, *counts) == PAIRS[day]
    assert found.left == 118 - found.active


STAGES = {
    # day: (waiting, acquaintance, trial, planning, joint work, final)
    (10, 5): (50, 0, 0, 0, 0, 0),
    (10, 20): (5, 45, 0, 0, 0, 0),  # pairs 10, 20, 30, 40, 50 start late
    (11, 10): (5, 0, 0, 44, 0, 0),  # pair 7 has ended
    (12, 10): (0, 0, 5, 0, 43, 0),  # 48 running - the late ones
    (1, 20): (0, 5, 0, 0, 45, 0),  # the winter's pairs have met
    (3, 20): (0, 0, 0, 0, 48, 0),
    (5, 25): (0, 0, 0, 0, 0, 48),
}


@pytest.mark.parametrize("day", STAGES)
def test_running_pairs_by_stage_on_any_day(journal, day):
    """From waiting to the final meeting."""
    found = day_of(journal, *day)
    assert tuple(map(len, found.stages.values())) == STAGES[day]


def test_people_without_a_first_meeting(journal, mentee, mentor):
    """Late starters: their mentees, and the one mentor who has no other pair."""
    # The mentors of 10, 20 and 50 have met others; T-016 of 40 meets the mentee of 41.
    late = {mentee[n] for n in (10, 20, 30, 40, 50)} | {mentor[30]}
    assert set(day_of(journal, 10, 20).without_meeting) == late
    assert day_of(journal, 11, 16).without_meeting == ()
    # In winter everybody who comes new waits for two days: five mentees, two mentors.
    assert day_of(journal, 1, 19).without_meeting == ("A-011", "P-015", "S-0091", "S-0093",
        "S-0137", "S-0170", "S-0184")  # fmt: skip


def test_decisions_of_the_curator(state, result, mentor, mentee):
    """One forbidden, one changed, 49 accepted as they were; two orders."""
    assert set(state.bans) == {(mentor[2], mentee[2])}
    changed = [
        number
        for number, pair in enumerate(result.matching.pairs, 1)
        if state.pairs[named(number)[0]].mentor != pair.mentor
    ]
    assert changed == [3]
    third = state.pairs[named(3)[0]]
    assert third.mentor not in mentor.values()
    assert third.mentees == (mentee[3],)
    assert result.why_not(third.mentor, mentee[3]).why == "not-chosen"
    assert Counter(pair.order for pair in state.pairs.values()) == {
        "2026/1": 50, "2026/4": 5, None: 1,
    }  # fmt: skip


def test_plans_approved_in_time_and_late(state):
    """Of 54 plans: 50 ordered - pair 7 + 5 of the winter."""
    found = Counter(
        pair.plan.versions[0].approved for pair in state.pairs.values() if pair.plan is not None
    )
    assert found == {
        date(2026, 11, 16): 39,  # 49 - 5 late starters - 8, 16, 24, 32, 48
        date(2026, 12, 7): 5,
        date(2027, 1, 25): 4,  # late starters; 10 ended the day it was drafted
        date(2027, 2, 10): 5,  # the winter's
        None: 1,  # 10
    }
    twice = [
        pair.pair for pair in state.pairs.values() if pair.plan and pair.plan.newest.number > 1
    ]
    assert tuple(twice) == named(22, 33, 44)  # 11 has ended
    assert {state.pairs[code].plan.newest.approved for code in twice} == {date(2027, 3, 1)}


def test_a_changed_plan_counts_from_its_approval_on(journal):
    """Pair 22: four tasks of weight 1, and one of weight 2 that is approved on 1 March."""
    (code,) = named(22)
    before, after = (day_of(journal, *day) for day in ((2, 22), (3, 2)))
    assert (before.plans[code].weight, after.plans[code].weight) == (4, 6)
    assert before.unapproved == named(22, 33, 44)
    assert after.unapproved == ()


def test_plans_that_wait_for_an_order(journal):
    """Written but not approved, and not written."""
    found = day_of(journal, 11, 20)
    assert found.unapproved == named(8, 16, 24, 32, 48)
    assert found.unplanned == named(10, 20, 30, 40, 50)
    found = day_of(journal, 1, 20)
    assert found.unapproved == named(20, 30, 40, 50)
    assert [*found.unplanned] == WINTER


def test_how_far_the_plans_are_in_december(journal):
    """First tasks were due on 29 November: 34 have done one, the nine that are behind none."""
    found = day_of(journal, 12, 10)
    # 48 running - 5 late starters = 43, of which 4, 8, 16, 24, 28, 32, 36, 44, 48 are behind.
    behind = named(4, 8, 16, 24, 28, 32, 36, 44, 48)
    assert found.at_risk == behind
    assert found.late == dict.fromkeys(behind, ("t1",))
    # The other 34: 23 plans of four tasks, the rest as in the first test.
    total = Fraction(23, 4) + sum(Fraction(1, m) for m in (7, 7, 7, 5, 5, 5, 6, 6, 6, 8, 9))
    assert (found.readings.plans, found.readings.reached) == (43, 0)
    assert found.readings.total == total
    assert found.closed_early == 1  # 12


def test_plans_at_risk_in_spring(journal):
    """Where only the first task is ever done, and where a task is 20 days behind just now."""
    assert day_of(journal, 1, 20).at_risk == named(*NEVER_DONE)
    # Due after 60 % of the term, on 10 March: 4, 8, 24, 48. The late starter 20 had a task due
    # on 27 February, and did it on 19 March.
    assert day_of(journal, 3, 20).at_risk == named(4, 5, 8, 14, 23, 24, 41, 48, 50)
    # Due after 95 %, on 20 May: 36; done of what was due 5 of 6.
    assert day_of(journal, 5, 25).at_risk == named(5, 14, 23, 36, 41, 50)


def test_three_readings_of_nine_tenths(state, journal):
    """48 plans came to their end: 50 - 7, 9 to 12, 15, 26 = 43, and 5 of the winter."""
    found = day_of(journal, 5, 31)
    read = found.readings
    assert found.closed_early == 6  # the same, but 7 had no plan
    # Behind and still there at the end: 4, 8, 16, 20, 24, 28, 32, 36, 40, 44, 48. Everybody
    # else but the five that stopped after one task has done all that wasn't cancelled.
    assert (read.plans, read.reached) == (48, 48 - 11 - 5)
    behind = 7 * Fraction(3, 4)  # 4, 8, 16, 28, 32, 40, 48: three of four
    behind += Fraction(5, 6) + Fraction(5, 6)  # 20, 24
    behind += Fraction(3 + 2, 4 + 2)  # 44: the further task has weight 2
    behind += Fraction(5, 7)  # 36: the one due on 20 May isn't done either
    stopped = Fraction(1, 7) + 3 * Fraction(1, 4) + Fraction(1, 6)  # 5; 14, 23, 50; 41
    assert read.total == 32 + behind + stopped
    assert (read.every, read.on_average, read.most) == (False, False, False)
    assert read.share == Fraction(2, 3)


def test_cancelled_tasks_stand_apart(state):
    """1, 13, 19, 25, 31, 37, 43 and 49 cancel their second task, 7 never had one."""
    last = date(2027, 5, 31)
    cancelled = {
        pair.pair: pair.plan.progress(last).cancelled
        for pair in state.pairs.values()
        if pair.plan and pair.plan.progress(last).cancelled
    }
    assert cancelled == dict.fromkeys(named(1, 13, 19, 25, 31, 37, 43, 49), 1)
    first = state.pairs[named(1)[0]].plan.progress(last)
    assert (first.weight, first.done, first.reached) == (3, 3, True)


def test_meetings_that_were_held(state):
    """By stage: 50 acquaintances of the autumn, and so on; the winter's pairs have four more."""
    meetings = [each for pair in state.pairs.values() for each in pair.meetings.values()]
    held = Counter(each.stage for each in meetings if each.held)
    assert held == {
        "acquaintance": 50 + 5,
        "trial": 49 + 5,  # without 7
        "planning": 49 + 5,
        # First ones (10 has ended; winter), then February, March and April, see below.
        "joint_work": 48 + 5 + 49 + 48 + 44,
        "final": 48,
    }
    # February: 50 running on 20 January - 26. March: - 15. April: - 18, 27, 36, 45.
    cancelled = [each.meeting[-9:-6] for each in meetings if each.cancelled]
    assert sorted(cancelled) == ["018", "027", "036", "045"]
    alone = [each.meeting[-9:-6] for each in meetings if each.held and len(each.present) == 1]
    assert sorted(alone) == ["014", "021", "028", "035", "042", "049"]


WAVES = {
    # wave: (asked, answered, silent mentees by number of their pair)
    # 50 mentees + 32 mentors (33 - those of 2 and 3 + the one put into 3) - 3 who are both
    "first": (79, 72, (1, 9, 17, 25, 33, 41, 49)),
    # pair 7 less; 12 took the consent back before answering
    "q1": (78, 70, (10, 12, 18, 26, 34, 42, 50)),
    # 49 mentees + 32 mentors (- those of 9 and 26 + two new ones) - 3
    "q2": (78, 70, (3, 11, 19, 27, 35, 43, 51)),
    "q3": (77, 71, (4, 20, 28, 36, 44)),  # pair 15 less, but its mentor has 16
    "final": (77, 71, (5, 13, 21, 29, 37, 45)),
}


@pytest.mark.parametrize("wave", WAVES)
def test_who_has_not_answered(state, mentor, mentee, wave):
    """Silent people per wave; the mentor of pair 1 answers no quarter."""
    found = state.waves[f"2026-{wave}"]
    asked, answered, silent = WAVES[wave]
    expected = {mentee[number] for number in silent}
    if found.kind == "quarter":
        expected.add(mentor[1])
    assert set(found.silent) == expected
    assert (len(found.people), len(found.answers)) == (asked, answered)
    assert asked - answered == len(expected)


def test_whom_to_remind_while_a_wave_is_open(journal, mentee, mentor):
    """On 5 December even numbers haven't answered yet; who left isn't reminded."""
    open_now = day_of(journal, 12, 10).silent
    assert set(open_now["2026-q1"]) == {mentee[n] for n in (10, 18, 26, 34, 42, 50)} | {mentor[1]}
    before = day_of(journal, 12, 5).silent["2026-q1"]
    # Odd mentees have answered: 26 less 7 is not asked = 25. Mentors go by their first pair.
    assert not set(before) & {mentee[n] for n in range(1, 52, 2)}
    assert set(before) >= {mentee[n] for n in range(4, 52, 2) if n != 12}
    assert day_of(journal, 1, 20).silent == {}


def total_of(compared, role):
    """Return what became of one indicator."""
    return next(
        each.shift for each in compared.totals if (each.role, each.indicator) == (role, "progress")
    )


@pytest.mark.parametrize("seed", [0, 7])
def test_the_quarters_are_compared(cohort, result, journal, seed):
    """Up, same and down follow from the numbers, whatever values were drawn."""
    made = journal if seed == 0 else school_year(cohort, result, seed=seed)
    form = Questionnaire.preset("monitoring")
    waves = [mm.wave_answers(made.state(), f"2026-q{n}", form) for n in (1, 2, 3)]
    # Who took the consent back counts neither as asked nor as missing: 78 - 1.
    assert [(len(wave.expected), len(wave.answers)) for wave in waves] == [
        (77, 70), (78, 70), (77, 71),
    ]  # fmt: skip
    compared = mm.compare_waves(waves)
    # Mentees with two answers: 51 - 12 (took the consent back) - 26 (silent, then gone) = 49.
    # Odd ones 26, and 2 counts as odd: 27 up. Of 4, 8, ... 48 without 12: 11 same, and one
    # mentor, of pair 24, who is a mentee without a pair: 12. 6, 10, ... 50 without 26: 11 down.
    mentees = total_of(compared, "mentee")
    assert (mentees.count, mentees.up, mentees.same, mentees.down) == (50, 27, 12, 11)
    # Between the first and the third quarter lie two steps, between others one. One step up:
    # 7 and 2 come in winter, 15 goes in March. One step down: 10, 18, 34, 42, 50 miss the first.
    assert mentees.mean == pytest.approx((24 * 2 + 3 - 6 * 2 - 5) / 50)
    # Mentors by their numbers, with two mentees who mentor nobody (33 and 7, both odd):
    # up 3, 5, 15, 17, 17, 19, 21, 27, 29, 31, 33, 47 by two; two new ones and 7 by one.
    # same 4, 8, 12, 24, 32, 36, 40, 44, 48; down 6, 18, 22, 30, 34, 38, 42, 46, 50.
    # Not there: 1 never answers, 9 and 26 were asked once.
    mentors = total_of(compared, "mentor")
    assert (mentors.count, mentors.up, mentors.same, mentors.down) == (33, 15, 9, 9)
    assert mentors.mean == pytest.approx((12 * 2 + 3 - 9 * 2) / 33)


def test_what_people_expected_is_held_against_what_they_found(state):
    """35 mentees answered both surveys; they moved by one step."""
    first = mm.wave_answers(state, "2026-first", Questionnaire.preset("first-survey"))
    final = mm.wave_answers(state, "2026-final", Questionnaire.preset("final-survey"))
    gaps = {gap.later: gap.shift for gap in mm.survey_gaps(first.answers, final.answers)
            if gap.role == "mentee"}  # fmt: skip
    found = gaps["was_effect"]
    # 43 of the autumn - 1, 17, 25, 33, 41, 49 - 5, 13, 21, 29, 37, 45 = 31; 7, 10, 11 in winter;
    # the mentor of 24. Odd: 22 - 12 + 7 and 11 = 12. 11 + 1 same. 10 + 1 down.
    assert (found.count, found.up, found.same, found.down) == (35, 12, 12, 11)
    assert found.mean == pytest.approx(1 / 35)


def test_how_pairs_ended(state, mentor, mentee):
    """Reasons, and the history of who mentored whom."""
    reasons = Counter(pair.reason for pair in state.pairs.values())
    assert reasons == {
        "refused": 1,
        "no_fit": 1,
        "consent_withdrawn": 1,
        "moved": 3 + 1,
        "workload": 1,
        # Of the 32 with nine tenths, 13, 21, 29, 37 and 45 miss the final survey.
        "goal_reached": 27,
        "year_end": 11 + 5 + 5,
    }
    history = state.history()
    assert len(history) == 50 + 5  # the forbidden pair never ran
    early = {past.pair: (past.until, past.reason) for past in history if past.until.month != 5}
    moved = (date(2026, 12, 14), "moved")
    assert early == dict(
        zip(
            named(7, 9, 10, 11, 12, 15, 26),
            [
                (date(2026, 11, 2), "no_fit"), moved, moved, moved,
                (date(2026, 12, 1), "consent_withdrawn"), (date(2027, 3, 15), "workload"),
                (date(2027, 2, 8), "moved"),
            ],
            strict=True,
        )
    )  # fmt: skip
    assert set(state.broken()) == {(mentor[2], mentee[2]), (mentor[7], mentee[7])}
    assert state.running() == ()


def test_what_the_rematch_kept_and_changed(journal, state, mentor, mentee):
    """All 45 running pairs stay; the mentees who lost their mentor get another."""
    winter = state.rounds["2026-winter"]
    before = journal.state(date(2027, 1, 11))
    gone = {2, 7, 9, 10, 11, 12}
    assert winter.kept == named(*(number for number in mentee if number not in gone))
    assert winter.kept == tuple(
        sorted(code for code, pair in before.pairs.items() if pair.status == "running")
    )
    assert {each.mentees[0] for each in winter.proposals} == {mentee[n] for n in gone - {12}}
    two = {(each.mentor, each.mentees[0]) for each in winter.proposals}
    assert not two & set(before.broken())
    assert {each.mentor for each in winter.proposals}.isdisjoint({mentor[9]})
    # The 13 without a mentor stay without: nobody has a free seat for them.
    assert winter.unmatched == state.rounds["2026-autumn"].unmatched
    assert day_of(journal, 1, 20).given_up == ()


def test_what_withdrawal_asks_to_purge(journal, state, mentee):
    """One took everything back, one the consent to publication; the second goes on."""
    assert state.to_purge == {
        mentee[12]: {"participation"},
        mentee[20]: {"publication"},
    }
    assert day_of(journal, 12, 10).to_purge == (mentee[12],)
    assert day_of(journal, 11, 30).to_purge == ()
    assert not state.people[mentee[12]].active
    assert state.people[mentee[20]].active
    assert state.pairs[named(20)[0]].reason == "year_end"


def test_interviews_consents_events_and_evidence(state, mentee):
    """Counted as a report of the programme counts them."""
    seen = {person.code for person in state.people.values() if person.cleared}
    assert seen == {mentee[n] for n in range(6, 52, 6)}
    consents = Counter(scope for person in state.people.values() for scope in person.consents)
    # The 79 of autumn's accepted pairs, and in winter the mentee of 2 and two mentors.
    assert consents == {"participation": 79 + 3, "publication": 5}
    together = {who for pair in state.pairs.values() for who in pair.members if pair.starts}
    assert all("participation" in state.people[who].consents for who in together)
    events = {
        code.removeprefix("2026-"): (len(each.present), each.others, each.invited)
        for code, each in state.events.items()
    }
    # Not at the meeting of all: mentees of 10 to 50, mentors of 30, 40 and 50.
    assert events == {
        "council": (32, 6, 79 + 30),
        "general-meeting": (79 - 8, 12, 79 + 30),
        "class-hour-november": (0, 60, 78 + 30),
        "parents-meeting": (0, 24, 78 + 30),
        "class-hour-february": (0, 60, 78 + 30),
        "class-hour-april": (0, 60, 77 + 30),
        "closing-game": (77 - 8, 25, 77 + 30),
    }
    kinds = Counter(each.kind for each in state.evidence.values())
    assert kinds == {"publication": 4, "rubric": 1, "minutes": 1}


def test_the_year_can_be_written_down_elsewhere(journal):
    """Anything with ``record`` takes it, and comes to the same."""
    copy = Journal()
    journal.replay(copy)
    assert copy.entries() == journal.entries()
    assert copy.state() == journal.state() == mm.State.of(journal.entries())
    lines = [entry.model_dump_json() for entry in journal.entries()]
    assert [mm.Entry.model_validate_json(line) for line in lines] == [*journal.entries()]


def test_a_journal_takes_all_or_nothing(journal):
    """What can't be is refused, and nothing of what came with it is kept."""
    copy = Journal(journal.entries())
    item = f.Evidenced(item="x", kind="other", on=date(2027, 5, 31))
    at = journal.entries()[-1].at
    with pytest.raises(RegisterError):
        copy.record(item, f.Accepted(pairs=named(1)), author="curator", at=at)
    assert copy.entries() == journal.entries()
    assert copy.state() == journal.state()
    copy.record(item, author="curator", at=at)
    assert len(copy.entries()) == len(journal.entries()) + 1


def test_years_follow_each_other(cohort, journal):
    """The next year starts from what the register knows: who is here, and what broke."""
    copy = Journal(journal.entries())
    before = copy.state()
    here = before.here(cohort)
    assert len(here) == 118 - 3
    again = mm.match(here, before.in_policy(mm.Policy.preset("official"), here))
    assert not {(p.mentor, p.mentee) for p in again.matching.pairs} & set(before.broken())
    school_year(here, again, year=2027, journal=copy)
    after = copy.state()
    assert copy.state(date(2027, 9, 30)) == before
    assert [*after.rounds] == ["2026-autumn", "2026-winter", "2027-autumn", "2027-winter"]
    assert len(after.waves) == 10
    assert after.running() == ()
    forbidden = [two for two in after.bans if two not in before.bans]
    assert len(forbidden) == 1

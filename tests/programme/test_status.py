"""What is going on, against a programme counted by hand."""

import json
from datetime import date

from lives import PLAN, RUNNING, after, confirmed, held
from mentormatch.programme import facts as f
from mentormatch.programme.status import Deadline, status

MET = (*RUNNING, held("acquaintance", date(2025, 9, 15)))
YEAR = (
    *MET,
    *confirmed("acquaintance", "T-1", "S-1"),
    held("trial", date(2025, 9, 22)),
    PLAN,
    f.PlansAgreed(pairs=("P1",), on=date(2025, 10, 20)),
    f.TaskDone(pair="P1", task="t2", on=date(2025, 11, 3), actual_result="Done"),
    f.MeetingPlanned(meeting="m7", pair="G1", stage="acquaintance", on=date(2025, 11, 9)),
    f.WaveOpened(
        wave="2025-4",
        kind="quarter",
        on=date(2025, 11, 1),
        due=date(2025, 11, 12),
        people=("T-1", "T-2", "S-1"),
    ),
    f.Answered(wave="2025-4", person="T-1", on=date(2025, 11, 3)),
)
ON = date(2025, 11, 5)


def test_the_status_is_what_one_counts_by_hand():
    """The pair is in its trial with its first task late; the group hasn't met."""
    found = status(after(*YEAR), ON)
    assert (found.active, found.left) == (5, 0)
    assert found.pairs == {"proposed": 0, "accepted": 0, "running": 2, "closed": 0}
    assert found.stages["waiting"] == ("G1",)
    assert found.stages["trial"] == ("P1",)
    assert found.unplanned == ("G1",)
    assert found.unapproved == ("P1",)
    assert found.late == {"P1": ("t1",)}
    assert found.at_risk == ("P1",)
    assert found.without_meeting == ("S-2", "S-3", "T-2")
    assert found.silent == {"2025-4": ("T-2", "S-1")}
    assert found.deadlines == (
        Deadline(date(2025, 11, 9), "meeting", "m7", "G1"),
        Deadline(date(2025, 11, 12), "wave", "2025-4"),
    )
    assert [gap.code for gap in found.missing["P1"]] == ["confirmation", "confirmation", "curator"]
    assert (found.readings.plans, found.readings.reached) == (1, 0)


def test_what_is_due_is_looked_for_as_far_ahead_as_asked():
    """A task in December is not due in the next two weeks."""
    state = after(*YEAR)
    assert Deadline(date(2026, 4, 1), "task", "t3", "P1") not in status(state, ON).deadlines
    far = status(state, ON, days=200).deadlines
    assert Deadline(date(2026, 4, 1), "task", "t3", "P1") in far
    assert all(each.code != "t2" for each in far)


def test_nobody_waits_for_people_who_have_left():
    """Who left needn't answer, and their pair has no late tasks."""
    found = status(after(*YEAR, f.Left(person="S-1", on=ON, reason="moved")), ON)
    assert found.silent == {"2025-4": ("T-2",)}
    assert (found.late, found.at_risk) == ({}, ())
    assert found.endings == {"moved": 1}
    assert found.closed_early == 1
    assert found.readings.plans == 0


def test_a_plan_that_came_to_its_end_is_counted_after_the_pair_has_closed():
    """The figure of the year isn't lost in June."""
    end = date(2026, 5, 31)
    found = status(after(*YEAR, f.Closed(pair="P1", on=end, reason="year_end")), end)
    assert (found.readings.plans, found.closed_early) == (1, 0)


def test_what_the_newest_round_gives_up_is_named():
    """It runs until somebody closes it."""
    new = f.RoundMade(
        round="R2", on=ON, inputs="0" * 64, policy="0" * 64, result="0" * 64, kept=("P1",)
    )
    assert status(after(*RUNNING, new), ON).given_up == ("G1",)
    assert status(after(*RUNNING), ON).given_up == ()


def test_the_status_is_said_in_both_languages():
    """A line for each thing there is to say, and nothing that isn't."""
    found = status(after(*YEAR, f.ConsentWithdrawn(person="S-3", on=ON)), ON)
    english, russian = found.text("en"), found.text("ru")
    assert english.splitlines()[:5] == [
        "The programme on 2025-11-05",
        "4 people take part, 1 left",
        "pairs and groups: 2 running, 0 accepted, 0 proposed, 0 closed",
        "- not met yet: 1 (G1)",
        "- trial meeting: 1 (P1)",
    ]
    assert "- 2025-11-12: answers in wave 2025-4" in english
    assert "S-3" in english
    assert russian.startswith("Программа на 05.11.2025\nучаствуют 4 человека, выбыло — 1")
    assert len(english.splitlines()) == len(russian.splitlines())
    empty = status(after(), ON).text("en").splitlines()
    assert empty[1:] == [
        "0 people take part, 0 left",
        "pairs and groups: 0 running, 0 accepted, 0 proposed, 0 closed",
    ]


def test_the_status_is_plain_data():
    """It goes through JSON, dates and fractions too."""
    plain = json.loads(json.dumps(status(after(*YEAR), ON).to_dict()))
    assert plain["on"] == "2025-11-05"
    assert plain["stages"]["trial"] == ["P1"]
    assert plain["plans"]["P1"]["done"] == 2
    assert plain["plans"]["P1"]["at_risk"] is True
    assert plain["readings"]["total"] == [1, 3]
    assert plain["deadlines"][0] == {
        "on": "2025-11-09",
        "kind": "meeting",
        "code": "m7",
        "pair": "G1",
    }

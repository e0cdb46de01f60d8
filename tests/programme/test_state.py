"""What holds after all that has happened, and what can't have happened."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from lives import DIGEST, ENROLLED, ORDERED, PLAN, ROUND, RUNNING, after, confirmed, entries, held
from mentormatch import messages
from mentormatch.errors import RegisterError
from mentormatch.programme import facts as f
from mentormatch.programme.facts import FACTS, Entry
from mentormatch.programme.pairs import Gap, Missing
from mentormatch.programme.state import State

DAY = date(2025, 11, 1)
MET = (*RUNNING, held("acquaintance", date(2025, 9, 15)))
TRIED = (*MET, *confirmed("acquaintance", "T-1", "S-1"), held("trial", date(2025, 9, 22)))
PLANNING = (*TRIED, *confirmed("trial", "T-1", "S-1", None), held("planning", date(2025, 9, 29)))
PLANNED = (*RUNNING, PLAN)
AGREED = (*PLANNED, f.PlansAgreed(pairs=("P1",), on=DAY))
APPROVED = (*AGREED, f.PlansApproved(pairs=("P1",), number="2", on=DAY))
WAVE = f.WaveOpened(wave="Q4", kind="quarter", on=DAY, due=DAY, people=("T-1", "S-1"))
GONE = f.ConsentWithdrawn(person="S-1", on=DAY)
CLOSED = (*RUNNING, f.Closed(pair="P1", on=DAY, reason="moved"))
BANNED = (ENROLLED, f.Forbidden(mentor="T-1", mentee="S-1"))
PINNED = (ENROLLED, f.Pinned(mentor="T-1", mentee="S-1"))


def proposal(pair="N1", mentor="T-1", mentees=("S-1",), **more):
    """Propose one pair in a second round."""
    form = more.pop("form", "teacher_student")
    proposed = f.Proposal(pair=pair, form=form, mentor=mentor, mentees=mentees, **more)
    digests = {"inputs": DIGEST, "policy": DIGEST, "result": DIGEST}
    return f.RoundMade(round="R2", on=DAY, proposals=(proposed,), **digests)


def changed(**how):
    """Write the example's plan anew, with something else in it."""
    content = PLAN.model_dump(exclude={"fact"}) | how
    return f.PlanChanged(**content)


def enrol(person, kind="student", role="mentee"):
    """Enrol one person."""
    return f.Enrolled(on=DAY, people=(f.Enrolment(person=person, kind=kind, roles=(role,)),))


def meeting(**how):
    """Hold a meeting of the first pair."""
    content = {"meeting": "m", "pair": "P1", "stage": "acquaintance", "on": DAY}
    return f.MeetingHeld(**(content | {"present": ("T-1", "S-1")} | how))


PLAN_MEETING = f.MeetingPlanned(meeting="m", pair="P1", stage="trial", on=DAY)
TASK = f.TaskDone(pair="P1", task="t1", on=DAY)
CANCEL = f.TaskCancelled(pair="P1", task="t1", on=DAY, reason="Not needed")
EVENT = f.EventHeld(event="game", kind="closing_game", on=DAY, present=("T-1",))
ITEM = f.Evidenced(item="post", kind="publication", on=DAY)
TOMORROW = date(2026, 6, 2)

# What holds, what can't happen then, and each reason with its place.
REFUSED = [
    # people
    ((), f.Left(person="X", on=DAY), [("person", "no-person")]),
    ((ENROLLED,), f.Left(person="S-1", on=TOMORROW), [("on", "future")]),
    ((ENROLLED, f.Left(person="S-1", on=DAY)), f.Left(person="S-1", on=DAY), [("person", "left")]),
    ((ENROLLED,), enrol("S-1", kind="teacher"), [("people[0].person", "kind")]),
    ((ENROLLED, GONE), enrol("S-1"), [("people[0].person", "no-consent")]),
    ((ENROLLED, GONE), GONE, [("scope", "withdrawn")]),
    (
        (ENROLLED,),
        f.ConsentGiven(person="S-1", on=DAY, until=date(2025, 1, 1)),
        [("until", "term")],
    ),
    ((ENROLLED,), f.Purged(people=("S-1", "S-1"), on=DAY), [("people[1]", "twice")]),
    # rounds and decisions
    ((ENROLLED, ROUND), proposal(pair="P1"), [("proposals[0].pair", "pair-exists")]),
    (
        (ENROLLED, ROUND),
        ROUND,
        [("round", "round-exists"), ("proposals[0].pair", "pair-exists"),
         ("proposals[1].pair", "pair-exists")],
    ),
    (RUNNING, proposal(), [("proposals[0].mentees", "together")]),
    ((ENROLLED,), proposal(mentor="S-1", mentees=("S-2",)), [("proposals[0].mentor", "no-mentor")]),
    ((ENROLLED,), proposal(mentees=("T-2",)), [("proposals[0].mentees[0]", "no-mentee")]),
    ((ENROLLED,), proposal(co_mentor="T-1"), [("proposals[0].co_mentor", "same-person")]),
    (BANNED, proposal(), [("proposals[0].mentees[0]", "is-forbidden")]),
    ((ENROLLED, ROUND), f.Accepted(pairs=("P9",)), [("pairs[0]", "no-pair")]),
    (
        (ENROLLED, ROUND, f.Accepted(pairs=("P1",))),
        f.Accepted(pairs=("P1",)),
        [("pairs[0]", "is-accepted")],
    ),
    (
        (ENROLLED, ROUND, f.Changed(pair="P1", form="project", mentor="T-2", mentees=("S-2",))),
        f.Accepted(pairs=("G1",)),
        [("pairs[0]", "together")],
    ),
    (
        (ENROLLED,),
        ROUND.model_copy(
            update={"proposals": (ROUND.proposals[0], ROUND.proposals[0].model_copy(
                update={"pair": "P2"}))}),
        [("proposals[1].mentees", "together")],
    ),
    (RUNNING, f.Changed(pair="P1", mentor="T-2"), [("pair", "is-running")]),
    (
        (ENROLLED, ROUND),
        f.Changed(pair="P1", mentor="T-2", waive=("HR12",)),
        [("reason", "no-reason")],
    ),
    (BANNED, f.Pinned(mentor="T-1", mentee="S-1"), [("mentee", "is-forbidden")]),
    (PINNED, f.Forbidden(mentor="T-1", mentee="S-1"), [("mentee", "is-pinned")]),
    (RUNNING, f.Forbidden(mentor="T-1", mentee="S-1"), [("mentee", "together")]),
    ((ENROLLED,), f.Lifted(mentor="T-1", mentee="S-1"), [("mentee", "nothing-decided")]),
    # orders and endings
    ((ENROLLED, ROUND), ORDERED, [("pairs[0]", "not-accepted"), ("pairs[1]", "not-accepted")]),
    (CLOSED, ORDERED, [("pairs[0]", "is-closed"), ("pairs[1]", "is-running")]),
    (
        RUNNING[:3],
        ORDERED.model_copy(update={"ends": date(2025, 1, 1)}),
        [("ends", "term")],
    ),
    (CLOSED, f.Closed(pair="P1", on=DAY, reason="moved"), [("pair", "is-closed")]),
    (
        RUNNING,
        f.MenteeLeft(pair="P1", mentee="S-1", on=DAY, reason="moved"),
        [("mentee", "last-mentee")],
    ),
    (
        RUNNING,
        f.CoMentorChanged(pair="G1", on=DAY),
        [("co_mentor", "same-co-mentor")],
    ),
    (RUNNING, f.CoMentorChanged(pair="G1", co_mentor="S-1", on=DAY), [("co_mentor", "no-mentor")]),
    (
        (ENROLLED, ROUND),
        f.CoMentorChanged(pair="G1", co_mentor="T-1", on=DAY),
        [("pair", "is-proposed")],
    ),
    (
        RUNNING,
        ROUND.model_copy(
            update={
                "round": "R2",
                "proposals": (),
                "joining": (f.Joining(pair="G1", mentees=("S-9",), co_mentor="S-1"),),
            }
        ),
        [
            ("joining[0].pair", "not-kept"),
            ("joining[0].mentees[0]", "no-person"),
            ("joining[0].co_mentor", "no-mentor"),
        ],
    ),
    ((ENROLLED, ROUND), f.MenteeJoined(pair="G1", mentee="S-1", on=DAY), [("pair", "is-proposed")]),
    # meetings and stages
    (RUNNING[:3], meeting(), [("pair", "not-ordered")]),
    (RUNNING, meeting(on=date(2025, 9, 1)), [("on", "outside-term")]),
    (RUNNING, meeting(present=("T-1", "S-2")), [("present[1]", "not-a-member")]),
    (MET, meeting(meeting="P1-acquaintance"), [("meeting", "meeting-over")]),
    ((*MET, PLAN_MEETING), meeting(), [("stage", "meeting-stage")]),
    ((*RUNNING, PLAN_MEETING), meeting(pair="G1", present=("T-2",)),
     [("meeting", "meeting-elsewhere")]),
    (RUNNING, f.MeetingCancelled(meeting="m"), [("meeting", "no-meeting")]),
    (MET, meeting(stage="planning"), [("stage", "stage-order")]),
    (MET, meeting(stage="trial"), [("stage", "gap-confirmation")] * 2),
    (
        (*TRIED, *confirmed("trial", "T-1", "S-1")),
        meeting(stage="planning"),
        [("stage", "gap-curator")],
    ),
    (PLANNING, meeting(stage="joint_work"), [("stage", "gap-plan")]),
    (
        (*PLANNING, PLAN, held("joint_work", date(2025, 10, 15))),
        meeting(stage="final"),
        [("stage", "gap-progress")],
    ),
    (
        (*MET, *confirmed("acquaintance", "T-1", "S-1")),
        meeting(stage="trial", on=date(2025, 9, 14)),
        [("on", "stage-day")],
    ),
    (RUNNING, *confirmed("trial", "T-1"), [("stage", "stage-not-reached")]),
    # plans
    (RUNNING[:3], PLAN, [("pair", "not-ordered")]),
    (RUNNING, PLAN.model_copy(update={"pair": "P9"}), [("pair", "no-pair")]),
    (CLOSED, PLAN, [("pair", "is-closed")]),
    (PLANNED, PLAN, [("pair", "plan-exists")]),
    (RUNNING, changed(), [("pair", "no-plan")]),
    (PLANNED, changed(goals=()), [(f"tasks[{place}].goal", "no-goal") for place in range(3)]),
    (
        PLANNED,
        changed(ends=date(2026, 1, 1)),
        [("tasks[2].due", "outside-term")],
    ),
    (APPROVED, changed(tasks=PLAN.tasks[:2]), [("tasks", "task-dropped")]),
    (AGREED, AGREED[-1], [("pairs[0]", "agreed")]),
    (
        (*PLANNED, changed(tasks=())),
        f.PlansAgreed(pairs=("P1",), on=DAY),
        [("pairs[0]", "empty-plan")],
    ),
    (PLANNED, APPROVED[-1], [("pairs[0]", "not-agreed")]),
    (APPROVED, APPROVED[-1], [("pairs[0]", "approved")]),
    (PLANNED, TASK.model_copy(update={"task": "t9"}), [("task", "no-task")]),
    (PLANNED, TASK.model_copy(update={"on": date(2025, 9, 15)}), [("on", "too-early")]),
    ((*PLANNED, TASK), TASK, [("task", "task-done")]),
    ((*PLANNED, CANCEL), TASK, [("task", "task-cancelled")]),
    (PLANNED, CANCEL.model_copy(update={"reason": ""}), [("reason", "no-reason")]),
    (PLANNED, f.TaskReopened(pair="P1", task="t1", on=DAY), [("task", "task-open")]),
    # diagnostics, events, evidence
    ((ENROLLED, WAVE), WAVE, [("wave", "wave-exists")]),
    ((ENROLLED,), f.WaveClosed(wave="Q4", on=DAY), [("wave", "no-wave")]),
    (
        (ENROLLED, WAVE, f.WaveClosed(wave="Q4", on=DAY)),
        f.Answered(wave="Q4", person="S-1", on=DAY),
        [("wave", "wave-closed")],
    ),
    ((ENROLLED, WAVE), f.Answered(wave="Q4", person="S-2", on=DAY), [("person", "not-asked")]),
    (
        (ENROLLED, WAVE, GONE),
        f.Answered(wave="Q4", person="S-1", on=DAY),
        [("person", "no-consent")],
    ),
    ((EVENT,), EVENT, [("event", "event-exists")]),
    (
        (),
        EVENT.model_copy(update={"others": 3, "invited": 3}),
        [("invited", "more-than-invited")],
    ),
    ((ITEM,), ITEM, [("item", "item-exists")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "fact", "reasons"),
    REFUSED,
    ids=lambda value: value[0][1] if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused_with_every_reason_and_nothing_changes(before, fact, reasons):
    """Each reason has its place in the fact and a sentence in both languages."""
    state = after(*before)
    with pytest.raises(RegisterError) as caught:
        after(fact, state=state)
    found = [(each.place.field, each.code.removeprefix("fact.")) for each in caught.value.defects]
    assert found == reasons
    assert all(each.text(lang) for each in caught.value.defects for lang in ("en", "ru"))
    assert state == after(*before)


def test_every_reason_to_refuse_a_fact_is_tried_above():
    """No sentence of the catalogue is there for nothing."""
    tried = {f"fact.{code}" for _, _, reasons in REFUSED for _, code in reasons}
    written = {
        key.removesuffix(".problem")
        for key in messages.catalogue("en")
        if key.startswith("fact.") and key.endswith(".problem")
    }
    # These are tried with the journal, with facts alone, and with drafts of plans.
    elsewhere = {"fact.seq", "fact.at", "fact.unknown", "fact.mark", "fact.not-a-pair"}
    assert written - elsewhere == tried


@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_of_fact_has_its_method(kind):
    """Facts are told apart by name."""
    assert callable(getattr(State, f"_{kind}"))


def test_a_pair_goes_from_proposal_to_its_last_day():
    """Proposed, accepted, ordered, closed; the other one runs on."""
    statuses = []
    state = State()
    last = f.Closed(pair="P1", on=date(2026, 5, 31), reason="year_end")
    for fact in (*RUNNING, last):
        state = after(fact, state=state)
        statuses.append(state.pairs["P1"].status if "P1" in state.pairs else None)
    assert statuses == [None, "proposed", "accepted", "running", "closed"]
    assert state.pairs["P1"].closed == date(2026, 5, 31)
    assert state.pairs["G1"].status == "running"


def test_a_pair_goes_through_its_five_stages():
    """At each it says what it needs to go on, and at the end that nothing is missing."""
    day = date(2025, 11, 1)

    def gaps(*facts):
        return [(gap.code, gap.person) for gap in after(*facts).pairs["P1"].missing(day)]

    assert gaps(*RUNNING[:3]) == [("order", None)]
    assert gaps(*RUNNING) == []
    assert gaps(*MET) == [("confirmation", "T-1"), ("confirmation", "S-1")]
    words = confirmed("acquaintance", "S-1")
    assert gaps(*MET, *words) == [("confirmation", "T-1")]
    assert gaps(*TRIED) == [
        ("confirmation", "T-1"),
        ("confirmation", "S-1"),
        ("curator", None),
    ]
    assert gaps(*PLANNING) == [("plan", None)]
    work = (*PLANNING, PLAN, held("joint_work", date(2025, 10, 15)))
    assert gaps(*work) == [("progress", None)]
    done = [
        f.TaskDone(pair="P1", task=task, on=date(2026, 4, 1), actual_result="Done")
        for task in ("t1", "t2", "t3")
    ]
    last = (*work, *done, held("final", date(2026, 5, 20)))
    assert gaps(*last) == [("survey", "T-1"), ("survey", "S-1")]
    wave = f.WaveOpened(
        wave="F", kind="final", on=date(2026, 5, 1), due=date(2026, 5, 30), people=("T-1", "S-1")
    )
    answers = [f.Answered(wave="F", person=who, on=date(2026, 5, 30)) for who in ("T-1", "S-1")]
    assert not after(*last).pairs["P1"].complete
    assert after(*last, wave, *answers).pairs["P1"].complete


@pytest.mark.parametrize("code", get_args(Missing))
def test_what_is_missing_is_said_in_both_languages(code):
    """Whose it is stands in it where it is somebody's."""
    gap = Gap(code, "S-1")
    assert gap.text("en") != gap.text("ru")
    assert ("S-1" in gap.text("ru")) is (code in ("confirmation", "survey"))


def test_joint_work_ends_with_the_term_even_if_nothing_is_done():
    """The last meeting isn't held up by tasks when the time is over."""
    work = (*PLANNING, PLAN, held("joint_work", date(2025, 10, 15)))
    assert after(*work, held("final", date(2026, 5, 31))).pairs["P1"].stage == "final"


def test_a_withdrawn_consent_ends_a_pair_and_says_what_must_be_erased():
    """In a group that goes on, only the one who withdrew leaves."""
    state = after(*RUNNING, GONE, f.ConsentWithdrawn(person="S-2", scope="data", on=DAY))
    assert (state.pairs["P1"].status, state.pairs["P1"].reason) == ("closed", "consent_withdrawn")
    assert (state.pairs["G1"].status, state.pairs["G1"].mentees) == ("running", ("S-3",))
    assert state.to_purge == {"S-1": {"participation"}, "S-2": {"data"}}
    assert not state.people["S-1"].active
    assert after(f.Purged(people=("S-1", "S-2"), on=DAY), state=state).to_purge == {}


def test_without_consent_to_publication_everything_else_goes_on():
    """Only name and picture are to be taken down."""
    state = after(*RUNNING, f.ConsentWithdrawn(person="S-1", scope="publication", on=DAY))
    assert state.pairs["P1"].status == "running"
    assert state.people["S-1"].active
    assert state.to_purge == {"S-1": {"publication"}}


def test_whoever_comes_back_keeps_the_time_before():
    """In from September, out from November to January: both times are there, and both ends."""
    autumn, winter = date(2025, 11, 3), date(2026, 1, 12)
    state = after(ENROLLED, f.Left(person="S-1", on=autumn, reason="moved"))
    back = f.Enrolled(
        on=winter, people=(f.Enrolment(person="S-1", kind="student", roles=["mentee"]),)
    )
    person = after(back, state=state).people["S-1"]
    assert (person.since, person.left, person.active) == (winter, None, True)
    assert [(it.since, it.left, it.reason) for it in person.stays] == [
        (date(2025, 9, 1), autumn, "moved"),
        (winter, None, None),
    ]
    found = [person.stay(day) for day in (date(2025, 8, 31), date(2025, 10, 1), autumn, winter)]
    assert [None if it is None else it.since for it in found] == [
        None, date(2025, 9, 1), date(2025, 9, 1), winter,
    ]  # fmt: skip
    assert [each.holds(autumn) for each in person.stays] == [False, False]


def test_who_gives_consent_again_can_come_back():
    """A new consent comes first, then the enrolment."""
    back = (f.ConsentGiven(person="S-1", on=DAY), enrol("S-1"))
    state = after(*RUNNING, GONE, *back)
    assert state.people["S-1"].active
    assert state.to_purge == {}


def test_a_new_round_replaces_proposals_that_nobody_decided_on():
    """What was accepted stays, what was only proposed is closed."""
    state = after(ENROLLED, ROUND, f.Accepted(pairs=("G1",)), proposal())
    assert [(code, pair.status) for code, pair in state.pairs.items()] == [
        ("P1", "closed"),
        ("G1", "accepted"),
        ("N1", "proposed"),
    ]


def test_a_forbidden_proposal_is_closed():
    """The ban stays for the next matching."""
    state = after(ENROLLED, ROUND, f.Forbidden(mentor="T-1", mentee="S-1"))
    assert (state.pairs["P1"].status, state.pairs["P1"].reason) == ("closed", "refused")
    assert [*state.bans] == [("T-1", "S-1")]


def test_a_changed_proposal_is_accepted_as_it_now_is():
    """It keeps its code, and no longer has the points of other people."""
    pair = after(ENROLLED, ROUND, f.Changed(pair="P1", mentor="T-2")).pairs["P1"]
    assert (pair.mentor, pair.mentees, pair.status, pair.points) == (
        "T-2",
        ("S-1",),
        "accepted",
        None,
    )


def test_an_interview_and_its_last_word_are_known():
    """A later interview counts."""
    first = f.Interviewed(person="T-1", on=DAY, cleared=False, by="psychologist")
    assert after(ENROLLED).people["T-1"].cleared is None
    assert after(ENROLLED, first).people["T-1"].cleared is False
    again = f.Interviewed(person="T-1", on=DAY, cleared=True)
    assert after(ENROLLED, first, again).people["T-1"].cleared is True


def test_a_meeting_can_be_moved_and_called_off():
    """Whoever plans it again moves it."""
    later = f.MeetingPlanned(meeting="m", pair="P1", stage="trial", on=date(2025, 12, 1))
    state = after(*RUNNING, PLAN_MEETING, later)
    assert state.pairs["P1"].meetings["m"].planned == date(2025, 12, 1)
    state = after(f.MeetingCancelled(meeting="m"), state=state)
    assert not state.pairs["P1"].meetings["m"].waiting


def test_a_second_answer_replaces_the_first():
    """The last one counts."""
    answers = [f.Answered(wave="Q4", person="S-1", on=DAY, answers={"a": n}) for n in (3, 5)]
    wave = after(ENROLLED, WAVE, *answers).waves["Q4"]
    assert wave.answers["S-1"].answers == {"a": 5}
    assert wave.silent == ("T-1",)


def test_whom_a_fact_is_about_is_found_through_its_pair():
    """The one who keeps facts asks this to know whose words are in them."""
    state = after(*RUNNING, PLAN_MEETING)
    assert state.concerns(PLAN) == {"T-1", "S-1"}
    assert state.concerns(ORDERED) == {"T-1", "S-1", "T-2", "S-2", "S-3"}
    assert state.concerns(f.MeetingCancelled(meeting="m")) == {"T-1", "S-1"}
    assert state.concerns(f.Interviewed(person="S-3", on=DAY, cleared=True)) == {"S-3"}
    assert State().concerns(ROUND) == {"T-1", "S-1", "T-2", "S-2", "S-3"}
    assert State().concerns(ENROLLED) == {"T-1", "S-1", "T-2", "S-2", "S-3"}


def noon(day):
    """Return noon of a day of September."""
    return datetime(2025, 9, day, 12, tzinfo=UTC)


def test_the_state_of_a_past_day_is_that_of_the_entries_up_to_it():
    """Nothing written down later is known."""
    first = entries(RUNNING[:2], at=noon(6))
    later = entries(RUNNING[2:], after=2, at=noon(12))
    journal = [*first, *later]
    assert State.of(journal, on=date(2025, 9, 6)) == State.of(first)
    assert State.of(journal, on=date(2025, 9, 12)) == State.of(journal)
    assert State.of(journal, on=date(2025, 9, 5)) == State()


def test_a_journal_goes_forward_only():
    """Neither number nor time of an entry may be less than before."""
    (entry,) = entries([ENROLLED])
    state = State().apply(entry)
    with pytest.raises(RegisterError) as caught:
        state.apply(entry)
    assert [each.code for each in caught.value.defects] == ["fact.seq"]
    early = entry.model_copy(update={"seq": 2, "at": entry.at - timedelta(seconds=1)})
    with pytest.raises(RegisterError) as caught:
        state.apply(early)
    assert [each.code for each in caught.value.defects] == ["fact.at"]


def test_a_day_has_come_when_it_has_come_anywhere():
    """An entry is judged alike in whatever time zone it is read back."""
    at = datetime(2025, 11, 1, 23, tzinfo=UTC)
    local = Entry(seq=1, at=at, author="c", fact=ITEM.model_copy(update={"on": date(2025, 11, 2)}))
    assert State().apply(local).evidence
    late = local.model_copy(update={"fact": ITEM.model_copy(update={"on": date(2025, 11, 3)})})
    with pytest.raises(RegisterError):
        State().apply(late)

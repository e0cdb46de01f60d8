"""Meetings and plans go out as spreadsheets and come back as facts, or are refused at their row."""

from datetime import date

import openpyxl
import pytest

from lives import NOW, PLAN, RUNNING
from lives import after as state_of
from mentormatch.errors import IntakeError
from mentormatch.messages import text
from mentormatch.office.event_log import WHATS, event_log, read_event_log
from mentormatch.office.meeting_log import meeting_log, read_meeting_log
from mentormatch.office.task_sheet import read_task_sheet, task_sheet
from mentormatch.programme.facts import (
    Confirmed,
    EventHeld,
    Evidenced,
    MeetingHeld,
    MeetingPlanned,
    PlanChanged,
    TaskCancelled,
    TaskDone,
    TaskReopened,
)

DAY = date(2025, 10, 6)


@pytest.fixture
def fill(tmp_path):
    """Return how to fill in the rows of a sheet, by column title."""

    def filled(*rows, new=()):
        path = tmp_path / "sheet.xlsx"
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        columns = {cell.value: cell.column for cell in page[1]}
        for number, row in enumerate(rows, 2):
            for title, value in row.items():
                page.cell(number, columns[title]).value = value
        for row in new:
            number = page.max_row + 1
            for title, value in row.items():
                page.cell(number, columns[title]).value = value
        book.save(path)
        return path

    return filled


@pytest.fixture
def log(tmp_path, fill):
    """Write the log of a state, fill it in, and read it back."""

    def filled(state, *rows, new=(), lang="en"):
        (tmp_path / "sheet.xlsx").write_bytes(meeting_log(state, DAY, lang=lang))
        return read_meeting_log(fill(*rows, new=new), state, NOW)

    return filled


@pytest.fixture
def tasks(tmp_path, fill):
    """Write the sheet of plans of a state, fill it in, and read it back."""

    def filled(state, *rows, new=(), lang="en"):
        (tmp_path / "sheet.xlsx").write_bytes(task_sheet(state, lang=lang))
        return read_task_sheet(fill(*rows, new=new), state, NOW)

    return filled


# --- meetings --------------------------------------------------------------------------------


def test_a_log_that_nobody_filled_in_says_nothing(log):
    """A row for each running pair is offered, and a blank one is passed over."""
    assert log(state_of(*RUNNING)) == ()


@pytest.mark.parametrize(
    ("lang", "held", "going", "yes"),
    [
        ("en", "Held on", "For going on", "yes"),
        ("ru", "Прошла", "Готовы продолжать", "да"),
    ],
)
def test_a_meeting_comes_back_in_either_language(log, lang, held, going, yes):
    """Rows are sorted by pair: the group comes first. Blank under "who came" is everybody."""
    facts = log(state_of(*RUNNING), {held: DAY, going: yes}, lang=lang)
    who = ("T-2", "S-2", "S-3")
    assert facts[0] == MeetingHeld(
        meeting="G1-m1", pair="G1", stage="acquaintance", on=DAY, present=who
    )
    assert facts[1:] == tuple(
        Confirmed(pair="G1", stage="acquaintance", on=DAY, person=each) for each in who
    )


def test_yes_after_a_trial_is_the_curator_s_word_too(log):
    """Two rows of one pair follow each other."""
    pair = {"Pair": "P1", "For going on": "yes"}
    facts = log(
        state_of(*RUNNING),
        new=(
            pair | {"Stage": "acquaintance", "Held on": DAY},
            pair | {"Stage": "trial", "Held on": "13.10.2025"},
        ),
    )
    assert [fact.person for fact in facts if isinstance(fact, Confirmed)] == [
        *("T-1", "S-1"),
        *("T-1", "S-1", None),
    ]


def test_who_came_and_who_is_for_going_on_may_be_named(log):
    """One of two mentees came, the mentor alone is for going on."""
    held, word = log(
        state_of(*RUNNING),
        {"Held on": DAY, "Who came": "T-2; S-3", "For going on": "T-2", "What was said": "well"},
    )
    assert (held.present, held.feedback) == (("T-2", "S-3"), "well")
    assert word.person == "T-2"


def test_what_was_noted_before_is_passed_over(log):
    """The same log may be read again; a planned meeting becomes the one that was held."""
    planned = log(state_of(*RUNNING), {"Planned for": DAY})
    assert planned == (MeetingPlanned(meeting="G1-m1", pair="G1", stage="acquaintance", on=DAY),)
    state = state_of(*RUNNING, *planned)
    assert log(state) == ()
    held = log(state, {"Held on": DAY})
    assert held[0].meeting == "G1-m1"
    assert (
        log(
            state_of(*RUNNING, *planned, *held),
            new=({"Pair": "G1", "Stage": "acquaintance", "Held on": DAY},),
        )
        == ()
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Held on": "soon"}, "intake.date"),
        ({"Held on": DAY, "Stage": "later"}, "sheet.choice"),
        ({"Held on": DAY, "Stage": None}, "meetings.no-stage"),
        ({"What was said": "well"}, "meetings.no-day"),
        ({"Held on": DAY, "Stage": "final"}, "fact.stage-order"),
        ({"Held on": DAY, "Who came": "S-9"}, "fact.not-a-member"),
        ({"Held on": date(2027, 1, 1)}, "fact.outside-term"),
        ({"Held on": DAY, "Pair": "P9"}, "fact.no-pair"),
    ],
)
def test_a_row_that_can_not_be_is_refused_at_its_place(log, row, code):
    """The second row is the first pair's; what is right in other rows isn't read either."""
    with pytest.raises(IntakeError) as caught:
        log(state_of(*RUNNING), row, {"Held on": DAY})
    assert {(each.code, each.place.row) for each in caught.value.defects} >= {(code, 2)}


# --- plans -----------------------------------------------------------------------------------


def test_plans_that_nobody_filled_in_say_nothing(tasks):
    """What stands there as it was written changes nothing, in either language."""
    state = state_of(*RUNNING, PLAN)
    assert tasks(state) == tasks(state, lang="ru") == ()


def test_what_was_done_cancelled_and_reopened_comes_back(tasks):
    """With day, result, mark and reason; a second reading finds nothing new."""
    state = state_of(*RUNNING, PLAN)
    day = date(2025, 11, 3)
    rows = (
        {"Status": "done", "On": day, "What came of it": "a list", "Mark": 9},
        {"Status": "cancelled", "On": day, "Reason": "no need"},
    )
    first, second = (task.task for task in PLAN.tasks[:2])
    facts = tasks(state, *rows)
    assert facts == (
        TaskDone(pair="P1", task=first, on=day, actual_result="a list", mark=9),
        TaskCancelled(pair="P1", task=second, on=day, reason="no need"),
    )
    after = state_of(*RUNNING, PLAN, *facts)
    assert tasks(after) == ()
    assert tasks(after, {"Status": "open", "On": day, "Reason": ""}) == (
        TaskReopened(pair="P1", task=first, on=day, reason=""),
    )


def test_another_wording_and_a_new_task_change_the_plan(tasks):
    """Other tasks stay as they are; a goal that nothing serves any more is left out."""
    state = state_of(*RUNNING, PLAN)
    due = date(2026, 3, 2)
    new = {"Pair": "P1", "Goal": "Read more", "Task": "Read a book", "Due": due}
    (changed,) = tasks(state, {"Task": "Something else"}, new=(new,))
    assert isinstance(changed, PlanChanged)
    assert changed.tasks[0].title == "Something else"
    assert changed.tasks[1:-1] == PLAN.tasks[1:]
    added = changed.tasks[-1]
    assert (added.title, added.due) == ("Read a book", due)
    assert next(goal.title for goal in changed.goals if goal.goal == added.goal) == "Read more"
    assert state_of(*RUNNING, PLAN, changed).pairs["P1"].plan is not None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Status": "done", "Mark": 11, "On": DAY}, "fact.mark"),
        ({"Status": "done", "Mark": "good"}, "sheet.whole"),
        ({"Status": "cancelled"}, "fact.no-reason"),
        ({"Status": "finished"}, "sheet.choice"),
        ({"Status": "done", "Task code": "t99"}, "fact.no-task"),
        ({"Task code": None, "Goal": None}, "tasks.incomplete"),
        ({"Due": date(2028, 1, 1)}, "fact.outside-term"),
        ({"Pair": "P9"}, "fact.no-pair"),
        ({"Pair": "G1"}, "fact.no-plan"),
    ],
)
def test_a_task_that_can_not_be_is_refused_at_its_row(tasks, row, code):
    """Nothing of the sheet is read then."""
    with pytest.raises(IntakeError) as caught:
        tasks(state_of(*RUNNING, PLAN), row)
    assert {(each.code, each.place.row) for each in caught.value.defects} >= {(code, 2)}


# --- events and evidence ---------------------------------------------------------------------


@pytest.fixture
def events(tmp_path, fill):
    """Write the log of events, fill it in, and read it back."""

    def filled(state, *rows, lang="en", ids=("B1", "D2")):
        (tmp_path / "sheet.xlsx").write_bytes(event_log(lang))
        return read_event_log(fill(*rows), state, NOW, ids)

    return filled


RUN = state_of(*RUNNING)
COUNCIL = {
    "What it is": "council",
    "Day": date(2025, 10, 20),
    "Who came (codes)": "T-1; T-2",
    "How many more came": 40,
    "How many were expected": 46,
    "Note, link": "Who would like to mentor?",
}
NOTE = {"What it is": "publication", "Day": "21.10.2025", "Row of the roadmap": "d2"}


def test_an_event_and_a_publication_are_noted(events):
    """Each row is one fact; blank rows between them are passed over."""
    assert events(RUN, COUNCIL, {}, NOTE | {"Note, link": "vk.com/school"}) == (
        EventHeld(
            event="council-2025-10-20",
            kind="council",
            on=date(2025, 10, 20),
            present=("T-1", "T-2"),
            others=40,
            invited=46,
            note="Who would like to mentor?",
        ),
        Evidenced(
            item="publication-2025-10-21",
            kind="publication",
            on=date(2025, 10, 21),
            activity="D2",
            where="vk.com/school",
        ),
    )


def test_the_same_sheet_can_be_read_all_year(events):
    """What is recorded already isn't recorded twice; a second one of a day is."""
    once = events(RUN, NOTE, NOTE, COUNCIL)
    assert [it.item for it in once[:2]] == ["publication-2025-10-21", "publication-2025-10-21-2"]
    held = state_of(*once, state=RUN)
    again = events(held, NOTE, NOTE, COUNCIL, NOTE)
    assert [it.item for it in again] == ["publication-2025-10-21-3"]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_every_kind_can_be_chosen(events, lang):
    """Each word of the drop-down list is read back, and none means two things."""
    head = {"ru": ("Что это", "День"), "en": ("What it is", "Day")}[lang]
    words = [text(f"events.what.{it}", lang) for it in WHATS]
    found = events(RUN, *({head[0]: it, head[1]: date(2025, 10, 1)} for it in words), lang=lang)
    kinds = [(type(it), it.kind) for it in found]
    assert kinds == [*WHATS.values()]
    assert len(set(words)) == len(words)


def test_everything_that_cannot_be_is_named_with_its_row(events):
    """Rows that can't be understood are reported together, and nothing is noted."""
    rows = (
        COUNCIL,
        {"What it is": "party", "Day": date(2025, 10, 1)},
        NOTE | {"Day": None},
        NOTE | {"Row of the roadmap": "Z9"},
        NOTE | {"How many more came": 3},
        COUNCIL | {"How many were expected": 5, "Day": date(2025, 11, 1)},
        COUNCIL | {"Day": date(2099, 1, 1)},
        COUNCIL | {"How many more came": "many"},
    )
    with pytest.raises(IntakeError) as caught:
        events(RUN, *rows)
    assert [(it.place.row, it.code) for it in caught.value.defects] == [
        (3, "sheet.choice"),
        (4, "events.incomplete"),
        (5, "events.no-row"),
        (6, "events.no-event"),
        (7, "fact.more-than-invited"),
        (8, "fact.future"),
        (9, "sheet.whole"),
    ]

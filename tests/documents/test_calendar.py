"""Calendars say when something is to be done, to whom it belongs, and nothing else."""

import re
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from plain_ics import read_ics

from lives import PLAN, RUNNING, after, entries, held
from mentormatch.documents.calendar import calendars
from mentormatch.documents.sources import Sources
from mentormatch.errors import DocumentError
from mentormatch.files import safe_name
from mentormatch.programme.facts import (
    Answered,
    Closed,
    EventHeld,
    MeetingCancelled,
    MeetingPlanned,
    PlanChanged,
    PlansAgreed,
    PlansApproved,
    TaskCancelled,
    TaskDone,
    WaveOpened,
)
from mentormatch.programme.state import State
from mentormatch.questionnaire import Label
from mentormatch.roadmap.deadlines import Deadline
from mentormatch.roadmap.roadmap import Roadmap

NAMES = {
    "T-1": "Образцов Олег Олегович",
    "T-2": "Макетов Марк Маркович",
    "S-1": "Примерова-Тестовая Анна",
    "S-2": "Выдуманова Вера",
    "S-3": "Условный Пётр",
}
APPROVED = (
    *RUNNING,
    PLAN,
    PlansAgreed(pairs=("P1",), on=date(2025, 10, 3)),
    PlansApproved(number="7", on=date(2025, 10, 6), pairs=("P1",)),
)
ON = date(2025, 10, 20)


def planned(meeting, on, pair="P1", stage="acquaintance"):
    """Arrange a meeting."""
    return MeetingPlanned(meeting=meeting, pair=pair, stage=stage, on=on)


def files_of(sources):
    """Make all calendars, read by the second reader."""
    return {paper.file: read_ics(paper.content) for paper in calendars(sources)}


def events_of(calendar, category=None):
    """List the events of a calendar, of one category if one is named."""
    return [
        it
        for it in calendar.inside
        if it.name == "VEVENT" and category in (None, it.text("CATEGORIES"))
    ]


def curators(sources, category=None):
    """List the events of the curator's calendar."""
    return events_of(files_of(sources)["calendar.ics"], category)


def named(event):
    """Say of an event when it is, what it is called, and whether it is called off."""
    return event.raw("DTSTART"), event.text("SUMMARY"), event.raw("STATUS")


def mornings(event):
    """Work out when people are reminded of an event."""
    begin = datetime.strptime(event.raw("DTSTART"), "%Y%m%d")  # noqa: DTZ007 - a day
    found = []
    for alarm in event.inside:
        assert (alarm.name, alarm.raw("ACTION")) == ("VALARM", "DISPLAY")
        assert alarm.text("DESCRIPTION") == event.text("SUMMARY")
        days, hours = re.fullmatch(r"-P(?:(\d+)D)?T(\d+)H", alarm.raw("TRIGGER")).groups()
        found.append(str(begin - timedelta(days=int(days or 0), hours=int(hours))))
    return found


def test_each_time_that_a_row_is_due_is_a_day_of_the_calendar(sources_of):
    """50 occurrences; those of A4 are on the tenth of September of three years, all day long."""
    found = curators(sources_of(State(), date(2023, 9, 1)), "Дорожная карта")
    assert len(found) == 50
    pairs = [it for it in found if it.text("SUMMARY").startswith("A4 ")]
    assert [it.raw("DTSTART") for it in pairs] == ["20230910", "20240910", "20250910"]
    # The day after the last one is where an event of a whole day ends.
    assert [it.raw("DTEND") for it in pairs] == ["20230911", "20240911", "20250911"]
    for event in found:
        assert event.parameter("DTSTART", "VALUE") == event.parameter("DTEND", "VALUE") == "DATE"
        assert event.parameter("SUMMARY", "LANGUAGE") == "ru"
        assert event.raw("TRANSP") == "TRANSPARENT"
    (last,) = [it for it in pairs if it.raw("DTSTART") == "20250910"]
    assert "Ответственные: Директор" in last.text("DESCRIPTION").splitlines()


def test_people_are_reminded_in_the_morning_two_weeks_a_week_and_a_day_before(sources_of):
    """At nine; not of what has no day of its own, nor of what is overdue."""
    found = curators(sources_of(State(), date(2023, 10, 20)))
    (plans,) = [
        it
        for it in found
        if it.text("SUMMARY").startswith("A6 ") and it.raw("DTSTART") == "20231031"
    ]
    assert mornings(plans) == [
        *("2023-10-17 09:00:00", "2023-10-24 09:00:00", "2023-10-30 09:00:00"),
    ]
    rest = {it.text("SUMMARY")[:2]: it for it in found if it.raw("DTSTART") < "20231020"}
    assert rest.keys() == {"A3", "A4", "B2"}
    assert [it.inside for it in rest.values()] == [[], [], []]
    at_the_end = {it.text("SUMMARY")[:2] for it in found if not it.inside} - rest.keys()
    # The rows over the whole programme, and those without a deadline.
    assert at_the_end == {*("A2", "A5", "A8", "C1", "C2", "C4", "D1", "D2", "D6", "E1", "E2", "E3")}


def test_what_is_done_is_ticked_and_nobody_is_reminded_of_it(sources_of):
    """The mentors are there; nothing else is."""
    state = after(*RUNNING)
    found = curators(sources_of(state, ON), "Дорожная карта")
    ticked = {it.text("SUMMARY")[2:4] for it in found if it.text("SUMMARY").startswith("✓ ")}
    # Enrolled on 2025-09-01, ordered on 2025-09-10.
    assert ticked == {"A1", "A2", "A4", "C2", "C4"}
    assert all(not it.inside for it in found if it.text("SUMMARY").startswith("✓ "))


def test_meetings_that_were_arranged_follow_what_becomes_of_them(sources_of):
    """Moved, held, called off; one that nobody arranged was never in a calendar."""
    facts = [
        *RUNNING,
        planned("m1", date(2025, 9, 20)),
        planned("m1", date(2025, 9, 25)),
        planned("m2", date(2025, 11, 5), stage="trial"),
        planned("m3", date(2025, 11, 7), pair="G1", stage="trial"),
        held("acquaintance", date(2025, 9, 21), pair="G1", present=("T-2", "S-2")),
    ]
    before = curators(sources_of(after(*facts), ON), "Встречи")
    assert [named(it) for it in before] == [
        ("20250925", "Встреча пары P1: знакомство", "CONFIRMED"),
        ("20251105", "Встреча пары P1: пробная встреча", "CONFIRMED"),
        ("20251107", "Встреча пары G1: пробная встреча", "CONFIRMED"),
    ]
    facts += [
        held("acquaintance", date(2025, 9, 26)).model_copy(update={"meeting": "m1"}),
        MeetingCancelled(meeting="m2", reason="Олимпиада"),
        Closed(pair="G1", on=date(2025, 10, 10), reason="moved"),
    ]
    then = curators(sources_of(after(*facts), ON), "Встречи")
    assert [named(it) for it in then] == [
        ("20250926", "✓ Встреча пары P1: знакомство", "CONFIRMED"),
        ("20251105", "Встреча пары P1: пробная встреча", "CANCELLED"),
        ("20251107", "Встреча пары G1: пробная встреча", "CANCELLED"),
    ]
    assert [it.raw("UID") for it in then] == [it.raw("UID") for it in before]
    assert "Олимпиада" not in str(then)
    assert {it.raw("CLASS") for it in then} == {"PRIVATE"}


def test_tasks_of_approved_plans_are_days_too(sources_of):
    """A draft's aren't; done, cancelled and left undone when the pair ended."""
    assert curators(sources_of(after(*RUNNING, PLAN), ON), "Задачи") == []
    facts = [
        *APPROVED,
        TaskDone(pair="P1", task="t1", on=date(2025, 10, 18)),
        TaskCancelled(pair="P1", task="t2", on=date(2025, 10, 19), reason="Не нужно"),
    ]
    found = curators(sources_of(after(*facts), ON), "Задачи")
    assert [named(it) for it in found] == [
        ("20251101", "✓ Задача пары P1", "CONFIRMED"),
        ("20251201", "Задача пары P1", "CANCELLED"),
        ("20260401", "Задача пары P1", "CONFIRMED"),
    ]
    facts.append(Closed(pair="P1", on=ON, reason="moved"))
    then = curators(sources_of(after(*facts), ON), "Задачи")
    assert [it.raw("STATUS") for it in then] == ["CONFIRMED", "CANCELLED", "CANCELLED"]


def test_waves_and_events_stand_beside_them(sources_of):
    """How many have answered and how many came, and nobody's code."""
    facts = [
        *RUNNING,
        WaveOpened(
            wave="q1", kind="quarter", on=date(2025, 10, 6), due=date(2025, 10, 25),
            people=("T-1", "S-1", "S-2"),
        ),
        Answered(wave="q1", person="S-1", on=date(2025, 10, 8), answers={"q": 1}),
        EventHeld(
            event="E", kind="council", on=date(2025, 10, 15), present=("T-1",), others=40,
            note="Иванов был против",
        ),
    ]  # fmt: skip
    sources = sources_of(after(*facts), ON, NAMES)
    (wave,) = curators(sources, "Анкеты")
    assert named(wave) == ("20251025", "Анкеты волны q1: последний день", "CONFIRMED")
    assert wave.text("DESCRIPTION") == "Ответили: 1 из 3"
    assert mornings(wave) == ["2025-10-24 09:00:00"]
    (event,) = curators(sources, "События")
    assert named(event) == ("20251015", "Педагогический совет", "CONFIRMED")
    assert event.text("DESCRIPTION") == "Пришло: 41"
    (own,) = events_of(files_of(sources)["calendar-T-1.ics"], "Анкеты")
    assert named(own)[1] == "Ответить на анкету волны q1"
    assert own.text("DESCRIPTION") == ""
    assert events_of(files_of(sources)["calendar-T-2.ics"], "Анкеты") == []


def test_a_mentors_calendar_names_their_own_mentees_and_nobody_else(sources_of):
    """The curator's has no name; files are called after codes."""
    facts = [*APPROVED, planned("m1", date(2025, 10, 22)), planned("g", date(2025, 10, 23), "G1")]
    made = {paper.file: paper.content for paper in calendars(sources_of(after(*facts), ON, NAMES))}
    assert made.keys() == {"calendar.ics", "calendar-T-1.ics", "calendar-T-2.ics"}
    seen = {
        file: {code for code, name in NAMES.items() if name in said(content)}
        for file, content in made.items()
    }
    assert seen == {
        "calendar.ics": set(),
        "calendar-T-1.ics": {"S-1"},
        "calendar-T-2.ics": {"S-2", "S-3"},
    }
    own = read_ics(made["calendar-T-1.ics"])
    assert [named(it)[:2] for it in events_of(own)] == [
        ("20251022", "Встреча (Примерова-Тестовая Анна): знакомство"),
        ("20251101", "Задача (Примерова-Тестовая Анна)"),
        ("20251201", "Задача (Примерова-Тестовая Анна)"),
        ("20260401", "Задача (Примерова-Тестовая Анна)"),
    ]
    assert [mornings(it) for it in events_of(own)][:2] == [
        ["2025-10-21 09:00:00"],
        ["2025-10-31 09:00:00"],
    ]


def said(content):
    """Return all texts of a calendar."""
    return "\n".join(
        text for event in read_ics(content).inside for text in map(event.text, event.lines)
    )


def test_whoever_is_not_mentored_any_more_is_shown_by_code(sources_of):
    """The calendar programs call off what was arranged, and no name is written again."""
    facts = [
        *APPROVED,
        planned("m1", date(2025, 10, 22)),
        planned("g", date(2025, 10, 23), "G1"),
        Closed(pair="P1", on=date(2025, 10, 19), reason="moved"),
    ]
    made = files_of(sources_of(after(*facts), ON, NAMES))
    # Who mentors nobody gets no calendar; the curator's has it all.
    assert made.keys() == {"calendar.ics", "calendar-T-2.ics"}
    assert [it.raw("STATUS") for it in events_of(made["calendar.ics"], "Встречи")] == [
        *("CANCELLED", "CONFIRMED"),
    ]


def test_a_mentee_without_a_name_is_an_error_before_a_mentors_calendar_is_made(sources_of):
    """With every code."""
    names = {code: name for code, name in NAMES.items() if code not in ("S-1", "S-3")}
    papers = calendars(sources_of(after(*RUNNING), ON, names))
    assert next(papers).file == "calendar.ics"
    with pytest.raises(DocumentError) as caught:
        next(papers)
    assert [it.values["code"] for it in caught.value.defects] == ["S-1", "S-3"]


def test_an_event_keeps_its_id_and_two_programmes_share_none(sources_of):
    """Whatever the day, the language, the title, and when a deadline is moved."""
    facts = [*APPROVED, planned("m1", date(2025, 10, 22))]
    ready = Roadmap.preset("target-model-2023-2025")
    act = ready.activity("A3").model_copy(
        update={"deadline": Deadline(kind="by", on=date(2023, 9, 20))}
    )
    pairs = ready.activity("A4").model_copy(
        update={"deadline": Deadline(kind="annual_by", month=9, day=20)}
    )
    moved = ready.with_activity(act).with_activity(pairs)
    variants = [
        sources_of(after(*facts), ON, name="ours"),
        sources_of(after(*facts), ON, name="ours", lang="en", title="Programme"),
        sources_of(after(*facts), date(2025, 12, 1), name="ours", roadmap=moved),
    ]
    ids = [[it.raw("UID") for it in curators(each)] for each in variants]
    assert len(set(ids[0])) == len(ids[0])
    assert set(ids[0]) == set(ids[1]) == set(ids[2])
    other = curators(sources_of(after(*facts), ON, name="theirs"))
    assert set(ids[0]).isdisjoint(it.raw("UID") for it in other)


def test_the_same_facts_give_the_same_bytes_and_newer_ones_a_newer_event(sources_of):
    """The stamp is that of the last entry or of the day, never of the clock."""
    early = State.of(entries(RUNNING, at=datetime(2025, 10, 20, 15, 30, tzinfo=UTC)))
    first = [paper.content for paper in calendars(sources_of(early, ON, NAMES))]
    assert first == [paper.content for paper in calendars(sources_of(early, ON, NAMES))]
    for event in curators(sources_of(early, ON)):
        assert (event.raw("DTSTAMP"), event.raw("SEQUENCE")) == ("20251020T153000Z", "4")
    for event in curators(sources_of(early, date(2025, 10, 21))):
        assert (event.raw("DTSTAMP"), event.raw("SEQUENCE")) == ("20251021T000000Z", "4")
    for event in curators(sources_of(State(), ON)):
        assert (event.raw("DTSTAMP"), event.raw("SEQUENCE")) == ("20251020T000000Z", "0")


def test_a_calendar_says_what_it_is(sources_of):
    """Published, with the name of the programme."""
    calendar = files_of(sources_of(State(), ON, title="Наставники, школа; № 1"))["calendar.ics"]
    assert calendar.raw("VERSION") == "2.0"
    assert calendar.raw("METHOD") == "PUBLISH"
    assert calendar.raw("PRODID") == "-//mentormatch//calendar//RU"
    assert calendar.text("X-WR-CALNAME") == calendar.text("NAME") == "Наставники, школа; № 1"


PAYLOADS = [
    "a\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT",
    "a\nEND:VEVENT\nEND:VCALENDAR",
    "a\rATTACH:file:///etc/passwd",
    "one, two; three: four",
    r"C:\New folder\name \N \n \\ \; \,",
    "\\",
    'quoted "text" with =;: and ^n',
    "\u202eслева направо\u202c и \u200fвлево",
    "שלום עולם",
    "я" * 10_000,
    "👩‍🏫" * 60,
    " начинается с пробела",
    "\tс отступа",
    "=HYPERLINK(\"http://example.org\")",
    "a\u2028b\u0085c\x00d\x1be",
]  # fmt: skip


def as_written(text):
    """Say what of a text a document can hold: line ends are one, other controls are none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(it for it in lines if it in "\t\n" or not (it < " " or "\x7f" <= it <= "\x9f"))


def with_titles(sources_of, text):
    """Put a text wherever a school or a mentor can write one."""
    tasks = tuple(task.model_copy(update={"title": text}) for task in PLAN.tasks)
    plan = PLAN.model_copy(update={"tasks": tasks})
    facts = [plan if fact is PLAN else fact for fact in APPROVED]
    roadmap = Roadmap.preset("target-model-2023-2025")
    row = roadmap.activity("A3").model_copy(
        update={"title": Label(ru=text, en=text), "result": Label(ru=text, en=text)}
    )
    names = NAMES | {"S-1": text}
    return sources_of(
        after(*facts), ON, names, title=text, roadmap=roadmap.with_activity(row), lang="en"
    )


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_text_stays_text(sources_of, text):
    """Two readers find the same events and the text as it was, wherever somebody wrote it."""
    sources = with_titles(sources_of, text)
    first, own, _ = calendars(sources)
    kept = as_written(text)
    calendar = read_ics(first.content)
    assert Counter(it.name for it in calendar.inside) == {"VEVENT": 53}  # 50 rows, 3 tasks
    assert calendar.text("X-WR-CALNAME") == kept
    (act,) = [it for it in events_of(calendar) if it.text("SUMMARY").startswith("A3 ")]
    assert act.text("SUMMARY") == f"A3 {kept}"
    assert act.text("DESCRIPTION").startswith(f"{kept}\nResponsible:")
    tasks = events_of(calendar, "Tasks")
    assert {it.text("SUMMARY") for it in tasks} == {f"Task of pair P1: {kept}"}
    assert {it.text("SUMMARY") for it in events_of(read_ics(own.content), "Tasks")} == {
        f"Task with {kept}: {kept}"
    }
    for paper in (first, own):
        second = Calendar.from_ical(paper.content)
        assert [str(it["summary"]) for it in second.walk("VEVENT")] == [
            it.text("SUMMARY") for it in events_of(read_ics(paper.content))
        ]
        assert not second.errors


@given(st.text(max_size=300))
def test_any_title_is_read_back(text):
    """By the second reader, character by character."""
    sources = Sources(State(), ON, title=text, lang="en")
    (paper,) = calendars(sources)
    kept = "".join(it for it in as_written(text) if it not in "\ufffe\uffff")
    assert read_ics(paper.content).text("X-WR-CALNAME") == kept


def test_files_are_called_after_codes_that_any_system_takes(sources_of):
    """Two codes that would come to one name get two."""
    codes = {"T-1": "../T", "T-2": "..\\t", "S-1": "S-1", "S-2": "S-2", "S-3": "S-3"}
    facts = [type(fact).model_validate(renamed(fact.model_dump(), codes)) for fact in RUNNING]
    names = {codes[code]: name for code, name in NAMES.items()}
    files = [paper.file for paper in calendars(sources_of(after(*facts), ON, names))]
    assert files == ["calendar.ics", f"{safe_name('calendar-../T')}.ics", "calendar-..-t-2.ics"]


def renamed(content, codes):
    """Put other codes into plain data."""
    if isinstance(content, dict):
        return {key: renamed(value, codes) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [renamed(value, codes) for value in content]
    return codes.get(content, content) if isinstance(content, str) else content


def test_a_task_that_was_added_is_there_once_it_is_approved(sources_of):
    """Until then the plan in force counts."""
    extra = PLAN.tasks[0].model_copy(update={"task": "x1", "due": date(2026, 5, 1)})
    changed = PlanChanged(
        pair="P1", on=date(2025, 10, 10), starts=PLAN.starts, ends=PLAN.ends, goals=PLAN.goals,
        tasks=(*PLAN.tasks, extra),
    )  # fmt: skip
    facts = [*APPROVED, changed]
    assert len(curators(sources_of(after(*facts), ON), "Задачи")) == 3
    facts += [
        PlansAgreed(pairs=("P1",), on=date(2025, 10, 12)),
        PlansApproved(number="8", on=date(2025, 10, 14), pairs=("P1",)),
    ]
    assert len(curators(sources_of(after(*facts), ON), "Задачи")) == 4


def test_without_its_library_a_calendar_names_the_extra(sources_of, monkeypatch):
    """In both languages."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(DocumentError) as caught:
        next(calendars(sources_of(State(), ON)))
    assert "documents" in caught.value.text("en")
    assert "documents" in caught.value.text("ru")


def test_the_calendar_of_the_demo_school_says_what_its_year_does(school_sources):
    """April's meetings are planned on the fifth for the nineteenth; every ninth is called off."""
    before = curators(school_sources(date(2027, 4, 10), named=False), "Встречи")
    april = [it for it in before if it.raw("DTSTART") == "20270419"]
    running = len(school_sources(date(2027, 4, 10)).state.running())
    assert len(april) == running
    assert {it.raw("STATUS") for it in april} == {"CONFIRMED"}
    then = curators(school_sources(date(2027, 4, 25), named=False), "Встречи")
    off = [it.text("SUMMARY") for it in then if it.raw("STATUS") == "CANCELLED"]
    # Pairs 18, 27, 36 and 45; pair 9 has ended in December.
    assert off == [f"Встреча пары 2026-autumn-{n:03d}: совместная работа" for n in (18, 27, 36, 45)]


def test_another_program_reads_the_same_days(school_sources):
    """vobject, which many programs read calendars with, finds the same events and reminders."""
    for paper in calendars(school_sources(date(2027, 3, 20))):
        theirs = vobject.readOne(paper.content.decode())
        found = {
            it.uid.value: (
                it.summary.value,
                it.dtstart.value,
                sorted(alarm.trigger.value for alarm in getattr(it, "valarm_list", [])),
            )
            for it in getattr(theirs, "vevent_list", [])
        }
        ours = Calendar.from_ical(paper.content)
        assert found == {
            str(it["UID"]): (
                str(it["SUMMARY"]),
                it["DTSTART"].dt,
                sorted(alarm["TRIGGER"].dt for alarm in it.walk("VALARM")),
            )
            for it in ours.walk("VEVENT")
        }
        assert found


def test_no_calendar_of_the_demo_school_shows_anybody_elses_mentee(school_sources, lived):
    """Each mentor's is searched for all names of the school."""
    made_up, _, _ = lived
    codes = [person.id for person in made_up.participants]
    sources = school_sources(date(2027, 3, 20))
    own = {}
    for pair in sources.state.pairs.values():
        if pair.status == "running":
            own.setdefault(f"calendar-{pair.mentor}.ics", set()).update(pair.mentees)
    found = {}
    for paper in calendars(sources):
        text = said(paper.content)
        shown = {code for code in codes if made_up.keys.name_of(code) in text}
        found[paper.file] = shown
    curators_own = found.pop("calendar.ics")
    assert curators_own == set()
    # Namesakes share a name, and their codes come out together.
    name = made_up.keys.name_of
    assert {file: {name(it) for it in codes} for file, codes in found.items()} == {
        file: {name(it) for it in codes} for file, codes in own.items()
    }

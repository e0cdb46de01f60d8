"""The sheet at a glance counts what there is, names nobody, and stays a sheet of A4."""

from collections import Counter
from datetime import date

import pytest
from drawings import HOSTILE, clashes, renamed, roadmap_of, texts_of

from lives import RUNNING, after, held
from mentormatch.documents.pictures.charts import at_a_glance
from mentormatch.documents.pictures.glance import Glance
from mentormatch.programme.facts import (
    Closed,
    Enrolled,
    Enrolment,
    MeetingCancelled,
    MeetingPlanned,
)
from mentormatch.programme.state import State

FEBRUARY = date(2027, 2, 10)


def enrolled(**counts):
    """Let so many people of each kind and role take part: ``student_mentee=7``."""
    people = [
        Enrolment(person=f"{kind}-{role}-{number}", kind=kind, roles=role.split("_and_"))
        for name, count in counts.items()
        for kind, _, role in [name.partition("_")]
        for number in range(count)
    ]
    state = State()
    return state.apply(state.entry(Enrolled(on=date(2023, 9, 1), people=people), "curator"))


@pytest.fixture(scope="module")
def sources(school_sources):
    """Give the demo school in February, with names at hand."""
    return school_sources(FEBRUARY)


@pytest.fixture(scope="module")
def figure(sources):
    """Draw the sheet."""
    return at_a_glance(sources)


def test_people_are_counted_by_kind_and_role(sources):
    """Counted again from the entries of who takes part."""
    found = Glance.of(sources)
    active = [each for each in sources.state.people.values() if each.active]
    kinds = Counter(each.kind for each in active)
    assert dict(found.people)["Обучающийся"][-1] == kinds["student"]
    both = sum(len(each.roles) == 2 for each in active)
    mentors = sum(each.roles == {"mentor"} for each in active)
    mentees = sum(each.roles == {"mentee"} for each in active)
    assert found.people[-1] == ("всего", (mentors, mentees, both, len(active)))


def test_small_numbers_of_people_are_hidden_and_cannot_be_worked_out(sources_of):
    """Two partners, and one other number in their row and column; it is said why."""
    state = enrolled(student_mentee=20, student_mentor=8, partner_mentor=2, teacher_mentor=9)
    sources = sources_of(state, date(2023, 12, 1))
    found = dict(Glance.of(sources).people)
    assert found["Партнёр"][0] is None
    assert [counts[0] for counts in found.values()].count(None) >= 2
    written = texts_of(at_a_glance(sources))
    assert "…" in written
    assert any("меньше пяти" in each for each in written)
    assert "2" not in written


def test_large_numbers_need_no_note(figure):
    """At the demo school every kind has five people or more."""
    assert not any("меньше пяти" in each for each in texts_of(figure))


def test_pairs_meetings_and_plans_are_counted(sources):
    """Counted again from the pairs; in February all meetings that were arranged are over."""
    found = Glance.of(sources)
    pairs = sources.state.pairs.values()
    running = [each for each in pairs if each.status == "running"]
    assert dict(found.pairs) == {
        "ещё не встречались": 0,
        "знакомство": 0,
        "пробная встреча": 0,
        "планирование": sum(each.stage == "planning" for each in running),
        "совместная работа": sum(each.stage == "joint_work" for each in running),
        "итоговая встреча": 0,
        "завершены": sum(each.status == "closed" for each in pairs),
    }
    meetings = [each for pair in pairs for each in pair.meetings.values()]
    held = sum(each.held is not None for each in meetings)
    cancelled = sum(each.cancelled for each in meetings)
    assert [count for _, count in found.meetings] == [
        held, 0, len(meetings) - held - cancelled, cancelled,
    ]  # fmt: skip
    assert sum(count for _, count in found.plans) == len(running)


def test_a_meeting_is_ahead_missed_or_of_no_concern_any_more(sources_of):
    """Four are arranged: one is held, one over, one ahead, one cancelled; then the pair ends."""
    state = after(
        *RUNNING,
        held("acquaintance", date(2025, 9, 12)),
        *(
            MeetingPlanned(meeting=f"M{day}", pair="P1", stage="trial", on=date(2025, 10, day))
            for day in (1, 2, 3)
        ),
        MeetingCancelled(meeting="M3", reason="ill"),
    )
    on = date(2025, 10, 2)
    counts = [count for _, count in Glance.of(sources_of(state, on)).meetings]
    assert counts == [1, 1, 1, 1]
    ended = after(Closed(pair="P1", on=on, reason="moved"), state=state)
    counts = [count for _, count in Glance.of(sources_of(ended, on)).meetings]
    assert counts == [1, 0, 1, 2]


def test_pairs_that_wait_for_an_order_are_shown_while_there_are_some(school_sources):
    """51 were proposed on 1 October."""
    found = dict(Glance.of(school_sources(date(2026, 10, 1))).pairs)
    assert found["предложены"] == 51


def test_indicators_and_rows_are_those_of_the_status(sources, figure):
    """Ids by verdict; what is overdue with who answers for it; what comes next."""
    found = Glance.of(sources)
    status = sources.status
    by_status = {}
    for it in status.indicators.values():
        by_status.setdefault(it.status, []).append(it.id)
    assert {name: [*ids] for name, ids in found.indicators} == by_status
    assert [it.activity.id for it in found.overdue] == ["A3", "B2", "B3", "D3", "C3"]
    assert all(it.occurrence.due >= FEBRUARY for it in found.next)
    written = texts_of(figure)
    assert "A3 Подготовить локальные акты" in written
    assert "Директор, Куратор программы" in written
    assert f"и ещё {len(found.next) - 8}" in written


def test_the_sheet_names_nobody(sources, figure):
    """Neither names nor codes of people and pairs, though the sources know them."""
    assert sources.faces.are_named
    said = "\n".join([*texts_of(figure), figure.get_label()])
    codes = [*sources.state.people, *sources.state.pairs, *sources.state.evidence]
    assert [code for code in codes if code in said] == []
    names = {part for code in sources.state.people for part in sources.faces(code).name.split()}
    assert [name for name in names if len(name) > 3 and name in said] == []


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_no_text_lies_over_another(school_sources, lang):
    """In autumn, in spring and at the end."""
    for on in (date(2026, 9, 1), date(2026, 10, 1), FEBRUARY, date(2027, 6, 1)):
        assert clashes(at_a_glance(school_sources(on, lang))) == []


def test_a_sheet_with_too_much_on_it_stays_a_sheet(sources_of):
    """Forty rows with long titles, all overdue; a kind of people of every letter."""
    counts = {f"{letter * 12}_mentee": 9 for letter in "abcdefghij"}
    roadmap = roadmap_of(40, HOSTILE + "Ш" * 300)
    for on in (date(2023, 12, 1), date(2025, 12, 31)):
        figure = at_a_glance(sources_of(enrolled(**counts), on, roadmap=roadmap))
        assert clashes(figure) == []
        assert figure.get_size_inches().tolist() == [8.27, 11.69]
    figure = at_a_glance(sources_of(enrolled(student_mentee=9), on, roadmap=renamed(HOSTILE)))
    assert clashes(figure) == []


def test_an_empty_programme_has_a_sheet(sources_of):
    """Nobody, no pair, nothing overdue on the first day."""
    figure = at_a_glance(sources_of(State(), date(2023, 9, 1)))
    written = texts_of(figure)
    assert "пока никто не участвует" in written
    assert "ничего не просрочено" in written
    untitled = at_a_glance(sources_of(State(), date(2023, 9, 1), title=""))
    roadmap = "Дорожная карта целевой модели наставничества на 2023–2025 годы"
    assert roadmap in " ".join(texts_of(untitled))
    assert clashes(untitled) == []
    assert clashes(figure) == []


def test_it_is_said_in_words(sources, figure):
    """All the numbers, for whoever can't see them."""
    label = figure.get_label()
    met = sum(it.status == "met" for it in sources.status.indicators.values())
    active = sum(each.active for each in sources.state.people.values())
    counted = (f"всего {active}", f"выполнено: {met}")
    for said in ("состояние на 10.02.2027", *counted, "A3 (10.09.2026)"):
        assert said in label

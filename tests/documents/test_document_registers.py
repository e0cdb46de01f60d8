"""The registers hold who takes part and who may mentor; the checklist holds what is asked for."""

from collections import Counter
from datetime import UTC, date, datetime

from printed import only_table, tables_of

from mentormatch.documents.tables.registers import (
    acts_checklist,
    personal_register,
    potential_mentors,
)
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

END = date(2027, 6, 1)
HALFWAY = date(2026, 12, 20)


def told(*facts):
    """Write facts down, all at once."""
    state, at = State(), datetime(2026, 12, 1, 9, tzinfo=UTC)
    for fact in facts:
        state = state.apply(state.entry(fact, "curator", at))
    return state


def day(cell):
    """Read a day back; openpyxl gives a moment."""
    return None if cell is None else cell.date()


def test_students_and_teachers_stand_in_the_register_with_orders_and_plans(school_sources):
    """One row for each pair of each of them; one for whoever has none."""
    sources = school_sources(HALFWAY)
    state = sources.state
    expected = Counter()
    for who, person in state.people.items():
        if person.kind not in ("student", "teacher"):
            continue
        pairs = [it for it in state.pairs.values() if it.ordered and who in it.members]
        for pair in pairs:
            approved = [it for it in pair.plan.versions if it.approved] if pair.plan else []
            version = approved[-1] if approved else None
            expected[
                who,
                "наставник" if who == pair.mentor else "наставляемый",
                pair.pair,
                pair.order,
                pair.ordered,
                version.order if version else None,
                version.approved if version else None,
                "работает" if pair.status == "running" else "завершено",
                person.left,
            ] += 1
        if not pairs:
            roles = ", ".join(
                {"mentor": "наставник", "mentee": "наставляемый"}[it] for it in sorted(person.roles)
            )
            status = "пары пока нет" if person.left is None else "выход из программы"
            expected[who, roles, None, None, None, None, None, status, person.left] += 1
    table = only_table(personal_register(sources))
    found = Counter(
        (
            row["Код"],
            row["Роль"],
            row["Пара или группа"],
            row["Приказ о паре №"],
            day(row["Дата приказа"]),
            row["Приказ о плане №"],
            day(row["План утверждён"]),
            row["Состояние"],
            day(row["Дата выхода"]),
        )
        for row in table.rows
    )
    assert found == expected


def test_young_specialists_are_told_from_other_teachers(school_sources):
    """Up to three years of experience, by the answers."""
    sources = school_sources(END)
    cohort = sources.cohort
    young = {
        it.id
        for it in cohort.participants()
        if it.kind == "teacher" and it.answers.get("experience_years", 99) <= 3
    }
    table = only_table(personal_register(sources))
    found = {row["Код"] for row in table.rows if row["Категория"] == "молодой специалист"}
    assert found == young & set(sources.state.people)
    assert found


def test_names_stand_beside_codes_only_where_there_are_names(school_sources):
    """With codes alone there is no second column of the same."""
    named, coded = (
        only_table(personal_register(school_sources(END, named=named))) for named in (True, False)
    )
    assert named.header[1:3] == ["Код", "ФИО"]
    assert coded.header[1:3] == ["Код", "Категория"]
    faces = school_sources(END).faces
    gone = [who for who, it in school_sources(END).state.people.items() if not it.consenting]
    assert all(
        row["ФИО"] == (row["Код"] if row["Код"] in gone else faces(row["Код"]).name)
        for row in named.rows
    )


def test_each_source_of_mentors_has_a_register_of_its_own(school_sources):
    """Whoever offered to mentor and is still there, by kind; the words of the form."""
    sources = school_sources(END)
    kinds = {
        "педагоги": {"teacher"},
        "родители": {"parent"},
        "обучающиеся": {"student"},
        "выпускники-и-партнёры": {"alumnus", "partner", "unistudent"},
    }
    papers = list(potential_mentors(sources))
    assert [paper.code for paper in papers] == ["D-POT"] * 4
    people = sources.state.people
    for paper, (part, wanted) in zip(papers, kinds.items(), strict=True):
        assert paper.file.endswith(f"-{part}.xlsx")
        (table,) = tables_of(paper.content).values()
        assert table.titles[0].endswith(part.replace("-", " "))
        assert set(table.column("Код")) == {
            who
            for who, it in people.items()
            if it.kind in wanted and "mentor" in it.roles and it.left is None
        }


def test_events_interviews_and_pairs_stand_beside_possible_mentors(sources_of):
    """A parent who was at two meetings and was turned down once, then cleared."""
    on = date(2026, 9, 1)
    state = told(
        f.Enrolled(
            on=on,
            people=[
                f.Enrolment(person="P-1", kind="parent", roles=("mentor",)),
                f.Enrolment(person="P-2", kind="parent", roles=("mentor",)),
            ],
        ),
        f.EventHeld(event="m1", kind="parents_meeting", on=date(2026, 9, 20), present=("P-1",)),
        f.EventHeld(event="m2", kind="parents_meeting", on=date(2026, 10, 20), present=("P-1",)),
        f.EventHeld(event="c1", kind="council", on=date(2026, 11, 1), present=("P-2",)),
        f.Interviewed(person="P-1", on=date(2026, 10, 1), cleared=False, notes="тайна"),
        f.Interviewed(person="P-1", on=date(2026, 11, 5), cleared=True),
        f.Interviewed(person="P-2", on=date(2026, 11, 6), cleared=False),
    )
    _, parents, *_ = potential_mentors(sources_of(state, date(2026, 12, 1)))
    (table,) = tables_of(parents.content).values()
    assert [
        (
            row["Код"],
            row["Мероприятие"],
            day(row["Дата мероприятия"]),
            day(row["Дата собеседования"]),
            row["Допуск"],
        )
        for row in table.rows
    ] == [
        ("P-1", "m2", date(2026, 10, 20), date(2026, 11, 5), "да"),
        ("P-2", None, None, date(2026, 11, 6), "нет"),
    ]
    assert "тайна" not in str(table.rows)


def test_empty_registers_say_that_nobody_is_in_them(sources_of):
    """All of them are there, each with its header."""
    sources = sources_of(State(), date(2026, 9, 1))
    for make in (personal_register, potential_mentors):
        for paper in make(sources):
            (table,) = tables_of(paper.content).values()
            assert (table.rows, table.notes[0]) == ([], "Никого.")
            assert table.header[:2] == ["№", "Код"]


def test_the_checklist_shows_what_the_roadmap_asks_for_and_what_is_there(sources_of):
    """A3 is due on 10 September; an act of its own counts for it, one of B2 doesn't."""
    state = told(
        f.Evidenced(item="act-7", kind="local_act", on=date(2023, 9, 8), activity="A3"),
        f.Evidenced(item="act-9", kind="local_act", on=date(2023, 9, 20), activity="B2"),
        f.Evidenced(item="pub-1", kind="publication", on=date(2023, 9, 8)),
    )
    (paper,) = acts_checklist(sources_of(state, date(2023, 10, 1)))
    asked, usual = tables_of(paper.content).values()
    found = [
        (row["Строка"], day(row["Срок"]), row["Что есть"], day(row["Сделано"]))
        for row in asked.rows
    ]
    assert found[:2] == [
        ("A3", date(2023, 9, 10), "act-7", date(2023, 9, 8)),
        ("B2", date(2023, 9, 30), "act-9", date(2023, 9, 20)),
    ]
    assert {row["Строка"] for row in asked.rows} == {"A3", "B2"}
    assert set(asked.column("Примечание")) == {None}
    assert usual.rows
    assert {(row["Номер"], row["Дата"]) for row in usual.rows} == {(None, None)}

"""The bases hold every mentee and every mentor once for each of their pairs, with names."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from printed import only_table, tables_of

from mentormatch.cohort import Cohort
from mentormatch.documents.tables.bases import mentee_base, mentor_base
from mentormatch.errors import DocumentError
from mentormatch.keys import KeyFile, Person
from mentormatch.programme import facts as f
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire
from mentormatch.roadmap.roadmap import Roadmap

END = date(2027, 6, 1)
HALFWAY = date(2026, 12, 20)


def told(*facts):
    """Write facts down, all at once."""
    state, at = State(), datetime(2026, 9, 1, 9, tzinfo=UTC)
    for fact in facts:
        state = state.apply(state.entry(fact, "curator", at))
    return state


def day(cell):
    """Read a day back; openpyxl gives a moment."""
    return None if cell is None else cell.date()


def expected(sources, role):
    """Say by hand who is to stand in a base with whom: names, form, last day, mark."""
    state, faces = sources.state, sources.faces
    forms = {it.id: it.label.ru for it in sources.cohort.questionnaire.options("forms")}
    gone = {who for who, it in state.people.items() if it.withdrew("participation")}
    name = {who: who if who in gone else faces(who).name for who in state.people}
    found = Counter()
    for who, person in state.people.items():
        if role not in person.roles:
            continue
        own = [
            pair
            for pair in state.pairs.values()
            if pair.ordered and who in ([pair.mentor] if role == "mentor" else pair.mentees)
        ]
        for pair in own:
            others = pair.mentees if role == "mentor" else [pair.mentor]
            words = "\n".join(name[other] for other in others)
            found[name[who], words, forms[pair.form], pair.closed or pair.ends] += 1
        if not own:
            found[name[who], None, None, None] += 1
    return found


@pytest.mark.parametrize("on", [HALFWAY, END])
def test_everybody_in_the_role_stands_in_the_base_with_each_of_their_pairs(school_sources, on):
    """Names, forms and days are those of the state; nobody is left out, nobody added."""
    sources = school_sources(on)
    for make, role, other in (
        (mentee_base, "mentee", "Наставник"),
        (mentor_base, "mentor", "Наставляемые"),
    ):
        table = only_table(make(sources))
        rows = Counter(
            (
                row["ФИО"],
                row[other],
                row["Форма наставничества"],
                day(row["Дата завершения (до неё — по плану)"]),
            )
            for row in table.rows
        )
        assert rows == expected(sources, role)


def test_a_person_has_one_number_however_many_pairs(school_sources):
    """Numbers count people in the order of their names, and the note says how many."""
    table = only_table(mentor_base(school_sources(END)))
    by_number = {}
    for row in table.rows:
        by_number.setdefault(row["№"], set()).add(row["ФИО"])
    assert sorted(by_number) == list(range(1, len(by_number) + 1))
    assert all(len(names) == 1 for names in by_number.values())
    names = [name for number in sorted(by_number) for name in by_number[number]]
    assert names == sorted(names, key=lambda name: name.casefold().replace("ё", "е"))
    assert f"Всего человек: {len(names)}." in table.notes
    assert len(table.rows) > len(names)


def test_what_the_curator_fills_in_is_there_and_blank(school_sources):
    """The register can't know achievements, links and what came of it in words."""
    sources = school_sources(HALFWAY)
    mentors, mentees = only_table(mentor_base(sources)), only_table(mentee_base(sources))
    for table, title in (
        (mentors, "Достижения"),
        (mentors, "Ссылка на кейс или отзыв"),
        (mentees, "Ссылка на кейс или отзыв"),
    ):
        assert set(table.column(title)) == {None}


def test_answers_stand_in_the_words_of_the_questionnaire(school_sources):
    """Requests, competences and interests as people read them in the form; nothing else."""
    sources = school_sources(END)
    form = sources.cohort.questionnaire
    tables = [
        (only_table(mentee_base(sources)), {"requests": "Основной запрос"}),
        (
            only_table(mentor_base(sources)),
            {"competences": "Основные компетенции", "interests": "Интересы"},
        ),
    ]
    for table, columns in tables:
        for question, title in columns.items():
            words = {it.label.ru for it in form.options(question)}
            cells = [cell for cell in table.column(title) if cell]
            assert cells
            assert {word for cell in cells for word in cell.split("; ")} <= words


def test_nothing_restricted_and_no_priority_is_in_a_base(school_sources):
    """Support tags, vetoes and who comes first never show, in whatever words."""
    sources = school_sources(END)
    form = sources.cohort.questionnaire
    tags = {it.label.ru for it in form.options("support_tags")}
    requests = {it.label.ru for it in form.options("requests")}
    for make in (mentee_base, mentor_base):
        (paper,) = make(sources)
        (table,) = tables_of(paper.content).values()
        cells = {str(cell) for row in table.rows for cell in row.values() if cell}
        assert not {cell for cell in cells if any(tag in cell for tag in tags - requests)}
        assert not {title for title in table.header if "чередн" in title or "Не с" in title}


def test_whoever_took_the_consent_back_stands_there_by_code(school_sources):
    """Pair 12's mentee withdrew in December: no name, contact, answer of theirs is left."""
    sources = school_sources(END)
    (code,) = [who for who, it in sources.state.people.items() if it.withdrew("participation")]
    table = only_table(mentee_base(sources))
    (row,) = [row for row in table.rows if row["ФИО"] == code]
    assert row["Год рождения"] is None
    assert row["Основной запрос"] is None
    assert row["Место учёбы или работы"] == "Обучающийся"
    assert row["Отметка о прохождении"] == "завершено досрочно"
    mentors = only_table(mentor_base(sources))
    assert [code] == [row["Наставляемые"] for row in mentors.rows if row["Наставляемые"] == code]


def test_the_mark_says_who_went_through_the_programme(school_sources):
    """Pairs that end in May have gone through it; those that ended before have not."""
    state = school_sources(END).state
    table = only_table(mentee_base(school_sources(END)))
    reasons = [pair.reason for pair in state.pairs.values() if pair.ordered]
    through = sum(reason in ("goal_reached", "year_end") for reason in reasons)
    marks = Counter(table.column("Отметка о прохождении"))
    assert marks["программа пройдена"] == through
    assert marks["завершено досрочно"] == len(reasons) - through
    halfway = only_table(mentee_base(school_sources(HALFWAY)))
    assert "программа пройдена" not in halfway.column("Отметка о прохождении")


def small_state():
    """Let two mentors take one mentee each, and a group of three, of whom one leaves it."""
    people = [("T-1", "teacher", "mentor"), ("T-2", "teacher", "mentor")]
    people += [(f"S-{number}", "student", "mentee") for number in range(1, 5)]
    on = date(2026, 9, 1)
    enrolled = [f.Enrolment(person=who, kind=kind, roles=(role,)) for who, kind, role in people]
    made = f.RoundMade(
        round="r",
        on=on,
        inputs="0" * 64,
        policy="0" * 64,
        result="0" * 64,
        proposals=[
            f.Proposal(pair="p1", form="x", mentor="T-1", mentees=["S-1"]),
            f.Proposal(
                pair="g1", form="y", mentor="T-2", co_mentor="T-1", mentees=["S-2", "S-3", "S-4"]
            ),
        ],
    )
    return told(
        f.Enrolled(on=on, people=enrolled),
        made,
        f.Accepted(pairs=["p1", "g1"]),
        f.Ordered(number="1", on=on, pairs=["p1", "g1"], starts=on, ends=date(2027, 5, 31)),
        f.MenteeLeft(pair="g1", mentee="S-4", on=on, reason="no_fit"),
    )


NAMES = {
    "T-1": "Примерова-Тестовая Ольга Олеговна",
    "T-2": "Ёлкин Пример",
    "S-1": "Тестов Иван",
    "S-2": "Демова Анна",
    "S-3": "Ежов Образец",
    "S-4": "Макет оглы",
}


def test_a_group_with_two_mentors_stands_with_all_of_its_names(sources_of):
    """Whoever left the group stands there with the day; ё is sorted as е."""
    sources = sources_of(small_state(), date(2026, 10, 1), NAMES)
    table = only_table(mentee_base(sources))
    both = f"{NAMES['T-2']}\n{NAMES['T-1']}"
    last = "Дата завершения (до неё — по плану)"
    assert [(row["ФИО"], row["Наставник"], day(row[last])) for row in table.rows] == [
        ("Демова Анна", both, date(2027, 5, 31)),
        ("Ежов Образец", both, date(2027, 5, 31)),
        ("Макет оглы", both, date(2026, 9, 1)),
        ("Тестов Иван", NAMES["T-1"], date(2027, 5, 31)),
    ]
    mentors = only_table(mentor_base(sources))
    assert [(row["№"], row["ФИО"], row["Наставляемые"]) for row in mentors.rows] == [
        (1, "Ёлкин Пример", "Демова Анна\nЕжов Образец\nМакет оглы"),
        (2, NAMES["T-1"], "Демова Анна\nЕжов Образец\nМакет оглы"),
        (2, NAMES["T-1"], "Тестов Иван"),
    ]


def test_contacts_stand_in_the_bases(sources_of):
    """A base is where somebody looks for how to reach people."""
    state = small_state()
    sources = sources_of(state, date(2026, 10, 1), NAMES)
    keys = KeyFile({code: Person(name, f"тел. {code}") for code, name in NAMES.items()})
    table = only_table(mentee_base(replace(sources, keys=keys)))
    assert table.column("Контакт (свой или представителя)") == [
        "тел. S-2",
        "тел. S-3",
        "тел. S-4",
        "тел. S-1",
    ]


def test_a_form_that_the_questionnaire_does_not_know_stands_there_by_its_id(sources_of):
    """A school that asks nothing about forms has a base all the same."""
    content = Questionnaire.preset("monitoring").to_dict()
    asked = [it for it in content["questions"] if it["id"] != "forms"]
    form = Questionnaire.from_dict(content | {"questions": asked})
    cohort = Cohort.from_participants(form, [])
    sources = sources_of(small_state(), date(2026, 10, 1), NAMES, cohort=cohort)
    table = only_table(mentee_base(sources))
    assert set(table.column("Форма наставничества")) == {"x", "y"}


def test_a_base_without_a_name_is_not_made(sources_of):
    """Everybody who lacks one is listed at once, whether mentee or mentor."""
    names = {code: name for code, name in NAMES.items() if code not in ("S-2", "T-1")}
    with pytest.raises(DocumentError) as caught:
        list(mentee_base(sources_of(small_state(), date(2026, 10, 1), names)))
    assert [it.values["code"] for it in caught.value.defects] == ["S-2", "T-1"]


def test_codes_stand_in_the_place_of_names_where_there_are_none(sources_of):
    """A base can be made for somebody who isn't to know names."""
    table = only_table(mentee_base(sources_of(small_state(), date(2026, 10, 1), lang="en")))
    assert table.column("Full name") == ["S-1", "S-2", "S-3", "S-4"]
    assert table.titles[0] == "Base of mentees"


def test_an_empty_base_says_that_nobody_is_in_it(sources_of):
    """The table is there with its header, and a sentence."""
    sources = sources_of(
        State(), date(2026, 10, 1), roadmap=Roadmap.preset("target-model-2023-2025")
    )
    for make in (mentee_base, mentor_base):
        table = only_table(make(sources))
        assert table.rows == []
        assert table.header[:2] == ["№", "ФИО"]
        assert table.notes[0] == "Никого."

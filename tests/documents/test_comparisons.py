"""The comparative tables say what people answered in each wave, and how that has changed."""

from collections import defaultdict
from datetime import UTC, date, datetime
from statistics import mean, median

import pytest
from printed import tables_of

from mentormatch.documents.sources import Sources
from mentormatch.documents.tables.comparisons import comparative_tables
from mentormatch.office.surveys import PRESETS
from mentormatch.programme import facts as f
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire

END = date(2027, 6, 1)
FORM = Questionnaire.from_dict(
    {
        "schema_version": 1,
        "name": "small",
        "title": "Малая анкета",
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": "Категория",
                "options": [{"id": "student", "ru": "Обучающийся", "en": "Student"}],
            },
            {
                "id": "roles",
                "kind": "multi",
                "label": "Роль",
                "options": [
                    {"id": "mentor", "ru": "Наставник", "en": "Mentor"},
                    {"id": "mentee", "ru": "Наставляемый", "en": "Mentee"},
                ],
            },
            {"id": "calm", "kind": "scale", "label": "Мне спокойно", "low": 1, "high": 10},
            {
                "id": "secret",
                "kind": "scale",
                "label": "Тайное",
                "low": 1,
                "high": 10,
                "sensitivity": "restricted",
            },
        ],
    }
)


def waves(answers, *, people=7):
    """Ask students in several waves; what each answered, by wave and by number."""
    codes = [f"S-{number}" for number in range(1, people + 1)]
    state, at = State(), datetime(2027, 5, 1, tzinfo=UTC)
    enrolled = [f.Enrolment(person=code, kind="student", roles=("mentee",)) for code in codes]
    facts = [f.Enrolled(on=date(2026, 9, 1), people=enrolled)]
    for month, (wave, given) in enumerate(answers.items(), 10):
        on = date(2026, month, 1)
        facts.append(f.WaveOpened(wave=wave, kind="quarter", on=on, due=on, people=codes))
        facts += [
            f.Answered(
                wave=wave,
                person=f"S-{number}",
                on=on,
                answers={"calm": value, "secret": value},
            )
            for number, value in given.items()
        ]
    for fact in facts:
        state = state.apply(state.entry(fact, "curator", at))
    return state


def test_every_answer_of_the_year_stands_in_its_wave(school_sources):
    """A row for each code, role and indicator; values as in the journal, changes worked anew."""
    sources = school_sources(END)
    state = sources.state
    quarters = sorted(
        (it for it in state.waves.values() if it.kind == "quarter"), key=lambda it: it.opened
    )
    (paper,) = comparative_tables(sources)
    table = tables_of(paper.content)["Участники"]
    labels = {}
    form = Questionnaire.preset("monitoring")
    for question in form.questions:
        if question.kind == "scale":
            labels[question.label.ru] = question.id
    heads = [f"{it.wave} {it.opened:%d.%m.%Y}" for it in quarters]
    assert [head for head in table.header if head[:4] == "2026"] == heads
    checked = 0
    for row in table.rows:
        question = labels.get(row["Показатель"])
        if question is None:  # a composite scale
            continue
        given = [wave.answers.get(row["Код"]) for wave in quarters]
        values = [None if it is None else it.answers.get(question) for it in given]
        assert [row[head] for head in heads] == values
        known = [value for value in values if value is not None]
        since = (known[-1] - known[0], known[-1] - known[-2]) if len(known) > 1 else (None, None)
        assert (row["С первой волны"], row["С прошлой волны"]) == since
        checked += 1
    answered = {who for wave in quarters for who in wave.answers}
    assert {row["Код"] for row in table.rows} == answered - {
        who for who, it in state.people.items() if not it.consenting
    }
    assert checked > 500


def test_forms_are_those_of_the_pairs_in_that_role(school_sources):
    """Whoever mentors in one form and is a mentee in another has each in its place."""
    sources = school_sources(END)
    words = {it.id: it.label.ru for it in sources.cohort.questionnaire.options("forms")}
    expected = defaultdict(set)
    for pair in sources.state.pairs.values():
        if pair.ordered:
            expected[pair.mentor, "наставник"].add(words[pair.form])
            expected[pair.mentees[0], "наставляемый"].add(words[pair.form])
    (paper,) = comparative_tables(sources)
    for row in tables_of(paper.content)["Участники"].rows:
        # In some waves people answer in both roles; with no pair in one there is no form.
        found = set((row["Форма наставничества"] or "").split("; ")) - {""}
        assert found == expected[row["Код"], row["Роль"]]


def test_no_name_stands_in_a_comparative_table(school_sources):
    """It is a table to work with: codes only, whatever other documents show."""
    sources = school_sources(END)
    (named,) = comparative_tables(sources)
    (coded,) = comparative_tables(school_sources(END, named=False))
    assert named.content == coded.content


def test_groups_are_summed_up_where_they_are_large_enough(sources_of):
    """Seven answered twice: means, median and shares worked by hand."""
    first = {1: 4, 2: 5, 3: 6, 4: 7, 5: 8, 6: 5, 7: 3}
    last = {1: 6, 2: 5, 3: 7, 4: 6, 5: 9, 6: 8, 7: 3}
    sources = sources_of(waves({"w1": first, "w2": last}), END, asked_in=lambda _: FORM)
    (paper,) = comparative_tables(sources)
    (row,) = tables_of(paper.content)["Итоги"].rows
    differences = [2, 0, 1, -1, 1, 3, 0]
    assert (row["Роль"], row["Показатель"]) == ("Наставляемые", "Мне спокойно")
    assert row["Ответили дважды"] == 7
    assert row["Средняя разность"] == pytest.approx(mean(differences))
    assert row["Медиана разностей"] == median(differences)
    assert row["Среднее до"] == pytest.approx(38 / 7)
    assert [row[it] for it in ("Выросло", "Не изменилось", "Снизилось")] == pytest.approx(
        [4 / 7, 2 / 7, 1 / 7]
    )
    assert row["Размер эффекта (95 %: от и до)"] > 0


def test_a_small_group_is_kept_back(sources_of):
    """Four answered twice: not even how many, only that they are fewer than five."""
    given = dict.fromkeys(range(1, 5), 5)
    sources = sources_of(waves({"w1": given, "w2": given}), END, asked_in=lambda _: FORM)
    (paper,) = comparative_tables(sources)
    table = tables_of(paper.content)["Итоги"]
    (row,) = table.rows
    assert row["Ответили дважды"] == "менее 5"
    assert {cell for title, cell in row.items() if title not in (
        "Роль", "Показатель", "Ответили дважды"
    )} == {None}  # fmt: skip
    assert table.notes[0].endswith("менее 5 человек, не показаны.")


def test_a_restricted_question_is_in_no_table(sources_of):
    """What only the psychologist may see isn't compared in a table of the curator's."""
    given = {number: number for number in range(1, 8)}
    sources = sources_of(waves({"w1": given, "w2": given}), END, asked_in=lambda _: FORM)
    (paper,) = comparative_tables(sources)
    for table in tables_of(paper.content).values():
        assert "Тайное" not in str(table.rows)


def test_a_wave_whose_questionnaire_is_gone_is_named(sources_of):
    """It is left out, and every sheet says so."""
    given = dict.fromkeys(range(1, 8), 5)
    state = waves({"w1": given, "w2": given, "w3": given})
    sources = sources_of(state, END, asked_in=lambda wave: None if wave == "w2" else FORM)
    (paper,) = comparative_tables(sources)
    for table in tables_of(paper.content).values():
        assert any(note.endswith("изменилась: w2.") for note in table.notes)
    heads = tables_of(paper.content)["Участники"].header
    assert [head for head in heads if head.startswith("w")] == ["w1 01.10.2026", "w3 01.12.2026"]


def test_questionnaires_are_those_kept_in_the_folder(lived, school_sources, tmp_path):
    """What the folder keeps of each wave gives the table; one that isn't kept is named."""
    made_up, _, journal = lived
    programme = made_up.programme(tmp_path)
    journal.replay(programme.register)
    for wave in journal.state(END).waves.values():
        form = Questionnaire.preset(PRESETS[wave.kind])
        form.save(tmp_path / "waves" / f"{wave.wave}.toml")
    (paper,) = comparative_tables(Sources.of(programme, END))
    found, expected = (
        {name: table.rows for name, table in tables_of(each.content).items()}
        for each in (paper, next(comparative_tables(school_sources(END))))
    )
    assert found == expected
    (tmp_path / "waves" / "2026-q2.toml").unlink()
    (paper,) = comparative_tables(Sources.of(programme, END))
    assert all(
        any(note.endswith(": 2026-q2.") for note in table.notes)
        for table in tables_of(paper.content).values()
    )


def test_expectations_are_held_against_what_came_of_them(school_sources):
    """First and final survey: the means of those who answered both, question by question."""
    sources = school_sources(END)
    waves_by_kind = {it.kind: it for it in sources.state.waves.values()}
    first, final = waves_by_kind["first"], waves_by_kind["final"]
    asked = Questionnaire.preset("final-survey")
    pairs = {it.label.ru: (it.earlier, it.id) for it in asked.questions if it.earlier}
    (paper,) = comparative_tables(sources)
    table = tables_of(paper.content)["Ожидания"]
    assert {row["Показатель"] for row in table.rows} == set(pairs)
    people = sources.state.people
    for row in table.rows:
        role = "mentor" if row["Роль"] == "Наставники" else "mentee"
        earlier, later = pairs[row["Показатель"]]
        both = [
            (first.answers[who].answers[earlier], final.answers[who].answers[later])
            for who in set(first.answers) & set(final.answers)
            if role in people[who].roles and people[who].consenting
        ]
        assert row["Ответили дважды"] == len(both)
        assert row["Ожидали, в среднем"] == pytest.approx(mean(it for it, _ in both))
        assert row["Вышло, в среднем"] == pytest.approx(mean(it for _, it in both))


def test_without_a_wave_every_sheet_is_there_and_empty(sources_of):
    """Before the first diagnostics there is nothing to compare, and the tables say so."""
    (paper,) = comparative_tables(sources_of(State(), END))
    tables = tables_of(paper.content)
    assert list(tables) == ["Участники", "Итоги", "Ожидания", "Кто ответил"]
    assert [table.notes[0] for table in tables.values()] == ["Никого.", *["Ничего."] * 3]


def test_it_says_how_many_answered_each_wave(sources_of):
    """Seven were asked, four and then six answered."""
    four, six = dict.fromkeys(range(1, 5), 5), dict.fromkeys(range(1, 7), 5)
    sources = sources_of(waves({"w1": four, "w2": six}), END, asked_in=lambda _: FORM)
    (paper,) = comparative_tables(sources)
    table = tables_of(paper.content)["Кто ответил"]
    found = [(row["Волна"], row["Спрошено"], row["Ответили"], row["Не ответили"])
             for row in table.rows]  # fmt: skip
    assert found == [("w1", 7, 4, 3), ("w2", 7, 6, 1)]

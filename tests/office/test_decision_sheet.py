"""A curator decides in a spreadsheet, and every decision comes back or is refused at its row."""

from datetime import UTC, date, datetime

import openpyxl
import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.errors import IntakeError
from mentormatch.office.decision_sheet import decision_sheet, read_decisions
from mentormatch.programme.facts import Accepted, Changed, Entry, Forbidden, Pinned
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State

DAY = date(2026, 10, 1)


def recorded(state, *facts):
    """Return the state after some facts."""
    for fact in facts:
        entry = Entry(
            seq=state.seq + 1, at=datetime(2026, 10, 1, tzinfo=UTC), author="curator", fact=fact
        )
        state = state.apply(entry)
    return state


@pytest.fixture(scope="module")
def made():
    """Match the demo school, and put the proposals into a state."""
    demo = school("boarding_small")
    result = mm.match(demo.cohort, mm.Policy.preset("official"))
    state = recorded(State(), *round_facts(result, demo.cohort, State(), "2026"))
    return demo, result, state


@pytest.fixture
def sheet(made, tmp_path):
    """Write the sheet, and return how to fill it in: by row and column title."""
    demo, result, state = made
    path = tmp_path / "pairs.xlsx"
    path.write_bytes(decision_sheet(state, result, keys=demo.keys, lang="ru"))

    def fill(**cells):
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        columns = {cell.value: cell.column for cell in page[1]}
        for place, text in cells.items():
            title, row = place.rsplit("_", 1)
            page.cell(int(row), columns[title.replace("_", " ")], text)
        book.save(path)
        return path

    return fill


def test_a_sheet_has_a_row_per_proposal_and_offers_decisions(made, sheet):
    """Codes, names, how well it fits and why stand beside a list of decisions."""
    _, _, state = made
    page = openpyxl.load_workbook(sheet()).worksheets[0]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(state.pairs)
    heads = [cell.value for cell in page[1]]
    assert heads == [
        *("Пара", "Форма", "Наставник", "Наставляемые", "ФИО наставника", "ФИО наставляемых"),
        *("Соответствие", "Почему", "Решение", "Новый наставник", "Новые наставляемые"),
        *("Отступить от правил", "Примечание"),
    ]
    assert all(all(row[:8]) for row in rows)
    (validation,) = page.data_validations.dataValidation
    assert validation.type == "list"


def test_a_sheet_without_names_holds_codes_only(made, tmp_path):
    """No name reaches it unless the key file is handed over."""
    demo, result, state = made
    path = tmp_path / "pairs.xlsx"
    path.write_bytes(decision_sheet(state, result, lang="en"))
    texts = {cell for row in openpyxl.load_workbook(path).worksheets[0].values for cell in row}
    assert texts.isdisjoint(person.name for person in demo.keys.people.values())


def test_a_sheet_left_blank_decides_nothing(made, sheet):
    """What nobody decided stays open."""
    assert read_decisions(sheet(), made[2]) == ()


def test_decisions_come_back_as_facts(made, sheet):
    """Accept, change, pin and forbid, in either language; together they can be recorded."""
    _, _, state = made
    first, second, third, fourth, *_ = state.pairs.values()
    free = next(
        code
        for code, person in state.people.items()
        if "mentee" in person.roles and code in state.rounds["2026"].unmatched
    )
    path = sheet(
        Решение_2="принять",
        Решение_3="Изменить",
        Новые_наставляемые_3=free,
        Примечание_3="просьба родителей",
        Решение_4="pin",
        Решение_5="запретить",
    )
    facts = read_decisions(path, state)
    assert facts == (
        Accepted(pairs=(first.pair,)),
        Changed(pair=second.pair, mentees=(free,), reason="просьба родителей"),
        Pinned(mentor=third.mentor, mentee=third.mentees[0]),
        Forbidden(mentor=fourth.mentor, mentee=fourth.mentees[0]),
    )
    after = recorded(state, *facts)
    assert [after.pairs[it.pair].status for it in (first, second, third, fourth)] == [
        *("accepted", "accepted", "proposed", "closed"),
    ]


def test_new_people_may_be_named_where_the_key_file_is_there(made, sheet):
    """A name stands for its code only beside the key file."""
    demo, _, state = made
    free = state.rounds["2026"].unmatched[0]
    path = sheet(Решение_2="изменить", Новые_наставляемые_2=demo.keys.name_of(free))
    (fact,) = read_decisions(path, state, keys=demo.keys)
    assert fact.mentees == (free,)
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, state)
    assert [it.code for it in caught.value.defects] == ["decisions.unknown-person"]
    assert demo.keys.name_of(free) not in caught.value.text("ru")


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"Решение_3": "может быть"}, "sheet.choice", "Решение"),
        ({"Пара_3": "2026-999"}, "decisions.unknown-pair", "Пара"),
        ({"Наставник_3": "T-999"}, "decisions.written-over", "Наставник"),
        ({"Наставляемые_3": "S-9; S-8"}, "decisions.written-over", "Наставляемые"),
        ({"Решение_3": "изменить"}, "decisions.nobody-new", "Решение"),
        (
            {"Решение_3": "изменить", "Новый_наставник_3": "T-999"},
            "decisions.unknown-person",
            "Новый наставник",
        ),
        (
            {"Решение_3": "изменить", "Новый_наставник_3": "T-001; T-016"},
            "decisions.one-mentor",
            "Новый наставник",
        ),
        (
            {"Решение_3": "принять", "Новый_наставник_3": "T-016"},
            "decisions.not-changed",
            "Новый наставник",
        ),
        ({"Решение_3": "закрепить", "Отступить_от_правил_3": "HR12"}, "fact.no-reason", None),
    ],
)
def test_what_cannot_be_followed_is_reported_at_its_place(made, sheet, cells, code, column):
    """Row and column are named, and nothing is decided, not even what is right elsewhere."""
    path = sheet(Решение_2="принять", **cells)
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, made[2])
    found = [(it.code, it.place.row, it.place.column) for it in caught.value.defects]
    assert found == [(code, 3, column)]


def test_a_pair_decided_before_or_twice_is_reported(made, sheet):
    """An old sheet doesn't undo what was decided since; a copied row doesn't count twice."""
    _, _, state = made
    first = next(iter(state.pairs.values()))
    path = sheet(
        Пара_3=first.pair,
        Наставник_3=first.mentor,
        Наставляемые_3="; ".join(first.mentees),
        Решение_2="принять",
        Решение_3="принять",
    )
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, state)
    assert ("decisions.twice", 3) in {(it.code, it.place.row) for it in caught.value.defects}
    path = sheet(Решение_2="запретить", Решение_3=None)
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, recorded(state, Accepted(pairs=(first.pair,))))
    assert {(it.code, it.place.row) for it in caught.value.defects} == {("decisions.decided", 2)}


def test_a_sheet_may_be_filled_in_further_and_read_again(made, sheet):
    """What was recorded from it before is passed over, whatever was decided; only news counts."""
    _, _, state = made
    free = state.rounds["2026"].unmatched[0]
    path = sheet(
        Решение_2="принять",
        Решение_3="изменить",
        Новые_наставляемые_3=free,
        Решение_4="закрепить",
        Решение_5="запретить",
    )
    after = recorded(state, *read_decisions(path, state))
    assert read_decisions(path, after) == ()
    path = sheet(Решение_6="принять")
    fifth = [*state.pairs.values()][4]
    assert read_decisions(path, after) == (Accepted(pairs=(fifth.pair,)),)
    path = sheet(Новые_наставляемые_3=state.rounds["2026"].unmatched[1])
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, after)
    assert [(it.code, it.place.row) for it in caught.value.defects] == [("decisions.decided", 3)]


def test_a_sheet_without_its_columns_is_refused(made, tmp_path):
    """Every column that is missing is named."""
    path = tmp_path / "other.csv"
    path.write_text("Пара;Наставник\n2026-001;T-001\n", "utf-8")
    with pytest.raises(IntakeError) as caught:
        read_decisions(path, made[2])
    assert [it.place.column for it in caught.value.defects] == ["Наставляемые", "Решение"]

"""The list says of each mentee without a mentor why, and what would help, and nothing secret."""

from datetime import UTC, date, datetime

import pytest
from printed import only_table

from mentormatch.documents.tables import unmatched
from mentormatch.documents.tables.unmatched import unmatched_list
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

AUTUMN = date(2026, 10, 20)
END = date(2027, 6, 1)
HIDDEN = "пара недопустима"


def told(*facts):
    """Write facts down, all at once."""
    state, at = State(), datetime(2026, 12, 1, 9, tzinfo=UTC)
    for fact in facts:
        state = state.apply(state.entry(fact, "curator", at))
    return state


def test_every_mentee_without_an_open_pair_is_listed(school_sources):
    """Those the autumn's round left over, and the one whose proposal was forbidden."""
    sources = school_sources(AUTUMN)
    state = sources.state
    placed = {who for pair in state.pairs.values() if pair.open for who in pair.mentees}
    expected = sorted(
        who
        for who, it in state.people.items()
        if "mentee" in it.roles and it.left is None and who not in placed
    )
    table = only_table(unmatched_list(sources))
    assert table.column("Код") == expected
    assert set(state.rounds["2026-autumn"].unmatched) < set(expected)


def test_reasons_and_remedies_are_those_of_the_library(school_sources, lived):
    """Sentence by sentence as ``why_unmatched`` says them, without what a change would bring."""
    _, result, _ = lived
    table = only_table(unmatched_list(school_sources(AUTUMN)))
    rows = {row["Код"]: row for row in table.rows}
    for code in result.matching.unmatched:
        why = result.why_unmatched(code)
        said = why.text("ru").splitlines()
        for line in rows[code]["Почему нет наставника"].splitlines():
            assert line in said or line == f"- {HIDDEN}"
        changes = [f"- {repair.change('ru')}" for repair in why.repairs]
        found = rows[code]["Что помогло бы"].splitlines()
        if changes:
            assert len(found) == len(changes)
            assert all(line.startswith(to) for line, to in zip(found, changes, strict=True))
        else:
            assert found == ["Одним изменением, которое можно сделать, тут не помочь."]


def test_what_is_confidential_is_one_sentence_without_numbers(school_sources, lived):
    """How many mentors a secret keeps away would tell what it is; who comes first as well."""
    _, result, _ = lived
    hidden = {
        code
        for code in result.matching.unmatched
        if any(hurdle.rule is None for hurdle in result.why_unmatched(code).hurdles)
    }
    table = only_table(unmatched_list(school_sources(AUTUMN)))
    saying = {row["Код"] for row in table.rows if HIDDEN in row["Почему нет наставника"]}
    assert saying == hidden
    assert hidden
    for row in table.rows:
        lines = row["Почему нет наставника"].splitlines()
        assert all(line == f"- {HIDDEN}" for line in lines if HIDDEN in line)
        cells = str(list(row.values()))
        assert "первоочередн" not in cells
        assert "балл" not in cells
        assert "охват" not in cells


def test_no_name_and_no_answer_stands_in_the_list(school_sources):
    """It is the same whether documents have names or codes."""
    (named,) = unmatched_list(school_sources(AUTUMN))
    (coded,) = unmatched_list(school_sources(AUTUMN, named=False))
    assert named.content == coded.content


def test_whoever_went_through_the_programme_is_counted_and_not_listed(school_sources):
    """In June all pairs have ended; those seen through wait, they weren't left over."""
    sources = school_sources(END)
    state = sources.state
    table = only_table(unmatched_list(sources))
    ended_well = {
        who
        for pair in state.pairs.values()
        if pair.reason in ("goal_reached", "year_end")
        for who in pair.mentees
        if state.people[who].left is None
    }
    assert not ended_well & set(table.column("Код"))
    assert any(f" {len(ended_well)} наставляемых" in note for note in table.notes)
    (stopped,) = state.pairs["2026-autumn-015"].mentees  # too much to do, in March
    (row,) = [row for row in table.rows if row["Код"] == stopped]
    assert row["Почему нет наставника"] == "пара или группа завершилась 15.03.2027, новой пока нет"


def test_a_proposal_that_was_not_accepted_is_said_to_be_one(school_sources):
    """Pair 2 was forbidden; nobody has to say why, and the list doesn't."""
    sources = school_sources(AUTUMN)
    (mentee,) = sources.state.pairs["2026-autumn-002"].mentees
    table = only_table(unmatched_list(sources))
    (row,) = [row for row in table.rows if row["Код"] == mentee]
    assert row["Почему нет наставника"] == "предложенную пару не утвердили"


def small(*facts):
    """Let two mentees and a mentor take part."""
    people = [("S-1", "mentee"), ("S-2", "mentee"), ("T-1", "mentor")]
    enrolled = [f.Enrolment(person=who, kind="student", roles=(role,)) for who, role in people]
    return told(f.Enrolled(on=date(2026, 9, 1), people=enrolled), *facts)


def made(name="r", unmatched=(), on=date(2026, 9, 10), proposals=()):
    """Make a round."""
    digest = "0" * 64
    return f.RoundMade(round=name, on=on, inputs=digest, policy=digest, result=digest,
                       unmatched=unmatched, proposals=proposals)  # fmt: skip


def test_before_any_round_nobody_has_been_matched(sources_of):
    """There is no reason to give but that it hasn't been tried."""
    table = only_table(unmatched_list(sources_of(small(), AUTUMN)))
    assert (
        table.column("Почему нет наставника")
        == ["подбора с участием этого человека ещё не было"] * 2
    )


def test_without_the_result_the_list_says_that_much(sources_of):
    """The round is known, and what came of it isn't kept any more."""
    sources = sources_of(small(made(unmatched=("S-1", "S-2"))), AUTUMN)
    table = only_table(unmatched_list(sources))
    assert [row["Код"] for row in table.rows] == ["S-1", "S-2"]
    for row in table.rows:
        assert row["Почему нет наставника"].startswith("подбор не нашёл наставника")
        assert row["Что помогло бы"].endswith(f"участник {row['Код']}")


def test_whoever_is_proposed_or_accepted_waits_for_nothing(sources_of):
    """An open proposal is no lack of a mentor."""
    pair = f.Proposal(pair="p1", form="x", mentor="T-1", mentees=["S-1"])
    sources = sources_of(small(made(unmatched=("S-2",), proposals=[pair])), AUTUMN)
    assert only_table(unmatched_list(sources)).column("Код") == ["S-2"]


def test_whoever_left_is_not_listed(sources_of):
    """They don't take part any more."""
    gone = f.Left(person="S-1", on=date(2026, 9, 20))
    sources = sources_of(small(made(unmatched=("S-1", "S-2")), gone), AUTUMN)
    assert only_table(unmatched_list(sources)).column("Код") == ["S-2"]


def test_when_everybody_has_a_mentor_the_list_says_so(sources_of):
    """The table is there, and nobody is in it."""
    pairs = [
        f.Proposal(pair=f"p{number}", form="x", mentor="T-1", mentees=[f"S-{number}"])
        for number in (1, 2)
    ]
    table = only_table(unmatched_list(sources_of(small(made(proposals=pairs)), AUTUMN)))
    assert (table.rows, table.notes[0]) == ([], "Никого.")


def test_of_many_only_the_first_are_asked_about_one_by_one(school_sources, monkeypatch):
    """The rest have the short reason, and are told how to ask."""
    monkeypatch.setattr(unmatched, "ADVISED", 2)
    sources = school_sources(AUTUMN)
    left_over = sources.state.rounds["2026-autumn"].unmatched
    rows = {row["Код"]: row for row in only_table(unmatched_list(sources)).rows}
    for place, code in enumerate(sorted(left_over)):
        asked = f"участник {code}" in rows[code]["Что помогло бы"]
        assert asked is (place >= 2)
        if asked:
            assert rows[code]["Почему нет наставника"] == "нет допустимого наставника"


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_it_is_marked_as_internal_in_both_languages(school_sources, lang):
    """Nobody hands it out by mistake."""
    table = only_table(unmatched_list(school_sources(AUTUMN, lang)))
    assert table.notes[0].startswith(("Для куратора", "For the curator"))

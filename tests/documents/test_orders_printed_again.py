"""An order printed again reads as it was signed, whatever has changed since."""

from datetime import date

import pytest
from test_orders import NAMES, read, rows_of, words_of

import mentormatch as mm
from lives import DIGEST, ENROLLED, ORDERED, PLAN, ROUND, RUNNING, after
from mentormatch.documents.papers.orders import pair_orders, plan_orders
from mentormatch.documents.papers.plans import individual_plans
from mentormatch.programme.facts import (
    Accepted,
    Left,
    MenteeJoined,
    MenteeLeft,
    PlansAgreed,
    PlansApproved,
    Proposal,
    RoundMade,
)

SIGNED = date(2025, 9, 10)
NEXT_YEAR = date(2026, 9, 20)
FORM = mm.Questionnaire.preset("target-model")
APPROVED = (
    PLAN,
    PlansAgreed(pairs=("P1",), on=date(2025, 10, 5)),
    PlansApproved(number="200", on=date(2025, 10, 6), pairs=("P1",)),
)


def answers(grade, subject="mathematics", leave_out=()):
    """Say in which grade the pupils are, and what the teachers teach."""
    people = [
        {"id": code, "kind": "student", "roles": ["mentee"], "grade": grade, "class_letter": "Б"}
        for code in ("S-1", "S-2", "S-3")
    ]
    people += [
        {"id": code, "kind": "teacher", "roles": ["mentor"], "subject_taught": [subject]}
        for code in ("T-1", "T-2")
    ]
    there = [it for it in people if it["id"] not in leave_out]
    return mm.Cohort.from_records(FORM, there, as_of=SIGNED)


def printed(sources, make=pair_orders):
    """Print the first order."""
    return next(make(sources))


def test_classes_and_posts_are_those_of_the_day_of_the_order(sources_of):
    """A year later everybody is in the next grade, and the order is still the same."""
    then, now = answers(7), answers(8, "physics")
    state, kept = after(*RUNNING, *APPROVED), {DIGEST: then}
    for make in (pair_orders, plan_orders, individual_plans):
        at_once, later = (
            printed(sources_of(state, on, NAMES, cohort=cohort, answers_of=kept.get), make)
            for on, cohort in ((date(2025, 10, 6), then), (NEXT_YEAR, now))
        )
        assert "7 «Б» класс" in words_of(read(at_once))
        assert later.content == at_once.content


def test_the_newest_matching_by_then_says_in_which_class_somebody_is(sources_of):
    """Not the one before it, and none that came after the order; a new pair has a new order."""
    second = RoundMade(
        round="R2", on=date(2025, 12, 20), inputs=DIGEST, policy=DIGEST, result="2" * 64,
        proposals=(Proposal(pair="P2", form="teacher_student", mentor="T-2", mentees=("S-1",)),),
    )  # fmt: skip
    ordered = ORDERED.model_copy(
        update={"number": "2", "on": date(2026, 1, 10), "pairs": ("P2",),
                "starts": date(2026, 1, 10), "ends": date(2026, 5, 31)}
    )  # fmt: skip
    state = after(*RUNNING, second, Accepted(pairs=("P2",)), ordered)
    kept = {DIGEST: answers(7), "2" * 64: answers(8)}
    sources = sources_of(state, NEXT_YEAR, NAMES, answers_of=kept.get)
    first, new = (rows_of(read(paper), "Форма")[0][3] for paper in pair_orders(sources))
    assert (first, new) == tuple(f"{NAMES['S-1']}, {grade} «Б» класс" for grade in (7, 8))


def test_of_whom_the_answers_are_erased_the_category_is_left(sources_of):
    """Nothing of today is put in their place; the others are shown as before."""
    kept = {DIGEST: answers(7, leave_out=["S-1"])}
    sources = sources_of(after(*RUNNING), NEXT_YEAR, NAMES, cohort=answers(8), answers_of=kept.get)
    rows = rows_of(read(printed(sources)), "Форма")
    assert [row[3] for row in rows] == [
        f"{NAMES['S-1']}, обучающийся",
        f"{NAMES['S-2']}, 7 «Б» класс\n{NAMES['S-3']}, 7 «Б» класс",
    ]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ru", "Классы и должности указаны на 20.09.2026: "),
        ("en", "Classes and posts are those of 2026-09-20: "),
    ],
)
def test_where_no_answers_were_kept_the_order_says_of_which_day_classes_are(sources_of, lang, said):
    """And says nothing on the day of the order itself, or when answers were kept."""
    state, now = after(*RUNNING, *APPROVED), answers(8)
    for make in (pair_orders, plan_orders):
        sources = sources_of(state, NEXT_YEAR, NAMES, lang, cohort=now)
        assert said in words_of(read(printed(sources, make)))
        kept = sources_of(state, NEXT_YEAR, NAMES, lang, answers_of={DIGEST: now}.get)
        assert said[:20] not in words_of(read(printed(kept, make)))
    sources = sources_of(after(*RUNNING), SIGNED, NAMES, lang, cohort=now)
    assert said[:20] not in words_of(read(printed(sources)))


def test_whoever_was_there_stands_in_the_order_in_the_same_place(sources_of):
    """A co-mentor who has left, a mentee who has left, one who came back, one who came later."""
    pair = Proposal(
        pair="G1", form="project", mentor="T-2", mentees=("S-1", "S-2", "S-3"), co_mentor="T-1"
    )
    made = ROUND.model_copy(update={"proposals": (pair,)})
    ordered = ORDERED.model_copy(update={"pairs": ("G1",)})
    begun = (ENROLLED, made, Accepted(pairs=("G1",)), ordered)
    november, december = date(2025, 11, 1), date(2025, 12, 1)
    changes = (
        Left(person="T-1", on=november, reason="moved"),
        MenteeLeft(pair="G1", mentee="S-1", on=november, reason="moved"),
        MenteeLeft(pair="G1", mentee="S-2", on=november, reason="moved"),
        MenteeJoined(pair="G1", mentee="S-1", on=december),
    )
    at_once = printed(sources_of(after(*begun), SIGNED, NAMES))
    later = printed(sources_of(after(*begun, *changes), date(2026, 1, 1), NAMES))
    (row,) = rows_of(read(later), "Форма")
    assert [NAMES[code] in row[2] for code in ("T-2", "T-1")] == [True, True]
    assert len(rows_of(read(later), "Подпись")) == 2
    assert later.content == at_once.content

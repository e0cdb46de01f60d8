"""The library's graph is that of a second, slow implementation, on any cohort and in any chunk."""

import random
from datetime import date
from decimal import Decimal

import pytest
import slow_scoring
from hypothesis import given, settings
from hypothesis import strategies as st

from mentormatch.cohort import Cohort
from mentormatch.graph.candidates import build_graph
from mentormatch.participant import Participant
from mentormatch.policy.policy import Policy
from mentormatch.questionnaire import Questionnaire

CODES = tuple(f"P-{number}" for number in range(6))


def options(*names):
    """Write options whose labels are their ids."""
    return [{"id": name, "label": name} for name in names]


def question(name, kind, **keys):
    """Write a question whose label is its id."""
    return {"id": name, "kind": kind, "label": name} | keys


LEVELS = {"low": 1, "high": slow_scoring.TOP}
QUESTIONNAIRE = Questionnaire.from_dict(
    {
        "name": "random",
        "title": "Random",
        "questions": [
            question("kind", "choice", options=options("student", "teacher")),
            question("roles", "multi", options=options("mentor", "mentee")),
            question("forms", "multi", options=options("peer", "lesson", "walk")),
            question("ok_given_on", "date"),
            question("ok_withdrawn_on", "date"),
            question("ok_scope", "multi", options=options("pairs", "photos")),
            question("born", "number"),
            question("grade", "number"),
            question("height", "number", decimals=1),
            question("vegan", "flag"),
            question("house", "choice", options=options("red", "blue")),
            question("family", "people"),
            question("refused", "people", sensitivity="restricted"),
            question("friends", "people", ranked=True, max=3, may_be_none=True),
            question("time", "slots", days=options("mon"), times=options("am", "pm", "eve")),
            question("mode", "choice", options=options("in_person", "online", "both")),
            question("needs", "multi", options=options("calm", "print"), sensitivity="restricted"),
            question("skills", "multi", options=options("print", "calm")),
            question("asks", "multi", options=options("a", "b", "c"), levels=LEVELS),
            question("offers", "multi", options=options("c", "d", "a", "b"), levels=LEVELS),
            question("dreams", "ranked", options=options("a", "b", "c"), max=3),
            question("likes", "multi", options=options("x", "y", "z"), may_be_none=True),
            question("pace", "scale"),
            question("calm", "scale"),
            question("noise", "scale"),
            question("wish_from", "number"),
            question("wish_to", "number"),
        ],
    }
)


def some_of(*names, least=1):
    """Choose several."""
    return st.lists(st.sampled_from(names), unique=True, min_size=least).map(tuple)


GRADES = st.integers(0, slow_scoring.TOP)
SCALE = st.integers(1, slow_scoring.TOP)
DAYS = st.sampled_from([date(2025, 9, 9), date(2025, 9, 10), date(2025, 9, 11)])
LEVELLED = st.dictionaries(st.sampled_from("abc"), SCALE, min_size=1)
PEOPLE = st.lists(st.sampled_from([*CODES, "X"]), unique=True, min_size=1, max_size=3).map(tuple)
ANSWERS = {
    "forms": some_of("peer", "lesson", "walk"),
    # Nearly everybody consents: otherwise hardly a pair would be left to compare.
    "ok_given_on": st.just(date(2025, 9, 10)) | DAYS,
    "ok_scope": st.just(("photos", "pairs")) | some_of("pairs", "photos"),
    "born": st.integers(2004, 2010),
    "grade": GRADES,
    "height": st.integers(0, 30).map(lambda tenths: Decimal(tenths) / 10),
    "vegan": st.booleans(),
    "house": st.sampled_from(["red", "blue"]),
    "friends": PEOPLE | st.just(()),
    "time": some_of("mon-am", "mon-pm", "mon-eve"),
    "mode": st.sampled_from(["in_person", "online", "both"]),
    "skills": some_of("print", "calm"),
    "asks": LEVELLED,
    "offers": LEVELLED,
    "dreams": some_of("a", "b", "c"),
    "likes": some_of("x", "y", "z", least=0),
    "pace": SCALE,
    "calm": SCALE,
    "noise": SCALE,
    "wish_from": GRADES,
    "wish_to": GRADES,
}
RARE = {
    "ok_withdrawn_on": DAYS,
    "family": PEOPLE,
    "refused": PEOPLE,
    "needs": some_of("calm", "print"),
}


@st.composite
def participants(draw):
    """Draw up to six people; some take both roles, some leave much blank."""
    people = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True)):
        generator = draw(st.randoms(use_true_random=False))
        fields = [name for name in ANSWERS if generator.random() < 0.85]
        fields += [name for name in RARE if generator.random() < 0.15]
        people.append(
            Participant(
                id=code,
                kind=draw(st.sampled_from(["student", "teacher"])),
                roles=draw(some_of("mentor", "mentee")),
                answers={name: draw((ANSWERS | RARE)[name]) for name in fields},
            )
        )
    return people


CRITERIA = [
    {"id": "need", "type": "covers", "mentee": "asks", "mentor": "offers"},
    {"id": "dream", "type": "covers", "mentee": "dreams", "mentor": "likes", "neutral": 300},
    {"id": "choice", "type": "mutual-choice", "field": "friends"},
    {"id": "ranks", "type": "mutual-choice", "field": "friends", "by_rank": True},
    {"id": "jaccard", "type": "overlap", "field": "likes"},
    {"id": "overlap", "type": "overlap", "field": "likes", "how": "overlap", "neutral": 0},
    {"id": "near", "type": "closeness", "field": "pace"},
    {"id": "tall", "type": "closeness", "field": "height", "span": 0.7},
    {"id": "dates", "type": "closeness", "field": "ok_given_on", "span": 3},
    {"id": "mirror", "type": "complement", "mentor": "calm", "mentee": "pace"},
    {"id": "same", "type": "same", "field": "house"},
    {"id": "time", "type": "common-slots", "field": "time", "enough": 2},
    {"id": "wish", "type": "within-range", "mentee": "grade", "mentor": "wish", "falloff": 3},
    {"id": "profile", "type": "profile", "items": ["pace", "calm", "noise"]},
]
WEIGHTS = {criterion["id"]: place / 8 for place, criterion in enumerate(CRITERIA)}
RULES = [
    {"code": "R1", "type": "consent", "field": "ok"},
    {
        "code": "R2",
        "type": "guardian-consent",
        "field": "ok",
        "scope": "pairs",
        "birth_year": "born",
        "minor_kinds": ["student"],
    },
    {"code": "R3", "type": "condition", "mentors": {"vegan": True}, "forms": ["walk"]},
    {"code": "R4", "type": "related", "links": ["family"]},
    {"code": "R5", "type": "gap", "field": "grade", "least": 1, "most": 6, "forms": ["peer"]},
    {
        "code": "R6",
        "type": "gap",
        "field": "grade",
        "least": -5,
        "unanswered": "allow",
        "forms": ["lesson"],
    },
    {"code": "R7", "type": "forms-accepted", "field": "forms", "blank_accepts": True},
    {
        "code": "R8",
        "type": "common-slots",
        "field": "time",
        "least": 1,
        "unless_online": "mode",
    },
    {"code": "R9", "type": "vetoes", "field": "refused"},
    {"code": "R10", "type": "qualification", "mentee": "needs", "mentor": "skills"},
    {"code": "R11", "type": "equal", "field": "house", "forms": ["peer"]},
    {
        "code": "R12",
        "type": "different",
        "field": "vegan",
        "unanswered": "allow",
        "forms": ["lesson"],
    },
]
ANYBODY = {}
CONTENT = {
    "name": "random",
    "forms": [
        {
            "id": "peer",
            "label": "Peer",
            "mentors": {"kind": "student", "grade": {"op": ">=", "value": 3}},
            "mentees": {"kind": ["student"]},
            "weights": WEIGHTS,
        },
        {
            "id": "lesson",
            "label": "Lesson",
            "mentors": ANYBODY,
            "mentees": {"kind": "student"},
            "weights": {name: WEIGHTS[name] for name in ("choice", "profile", "wish")},
        },
        {
            "id": "walk",
            "label": "Walk",
            "mentors": ANYBODY,
            "mentees": ANYBODY,
            "weights": {"need": 0.125, "same": 2},
        },
    ],
    "rules": RULES,
    "criteria": CRITERIA,
}
POLICY = Policy.from_dict(CONTENT)
# The slow scorer doesn't look into the questionnaire for the number of ranks.
SLOW = CONTENT | {
    "criteria": [
        criterion | ({"ranks": 3} if criterion["id"] in {"dream", "ranks"} else {})
        for criterion in CRITERIA
    ]
}


def graph_of(people, policy=POLICY, **keys):
    """Build the library's graph."""
    cohort = Cohort.from_participants(QUESTIONNAIRE, people, as_of=slow_scoring.TODAY)
    return build_graph(cohort, policy, **keys)


def edges_of(graph):
    """List the pairs of a graph as the slow scorer does."""
    return [
        (graph.mentees[mentee], graph.mentors[mentor], graph.policy.forms[form].id, raw, points)
        for mentee, mentor, form, raw, points in zip(
            graph.mentee.tolist(),
            graph.mentor.tolist(),
            graph.form.tolist(),
            graph.raw.tolist(),
            graph.points().tolist(),
            strict=True,
        )
    ]


@given(participants())
def test_the_graph_is_the_one_worked_out_pair_by_pair(people):
    """The same pairs, forms, raw scores and points."""
    assert edges_of(graph_of(people)) == slow_scoring.graph_of(SLOW, people)


# There are many rules; together they look as hard as other tests.
FEWER = settings(max_examples=settings.default.max_examples // 4)


@pytest.mark.parametrize("rule", [None, *RULES], ids=lambda rule: rule and rule["type"])
@FEWER
@given(people=participants())
def test_each_rule_alone_removes_the_same_pairs(rule, people):
    """One rule at a time lets more pairs through, so more is compared."""
    alone = {"rules": [rule] if rule else []}
    graph = graph_of(people, Policy.from_dict(CONTENT | alone))
    assert edges_of(graph) == slow_scoring.graph_of(SLOW | alone, people)


OPEN = Policy.from_dict(CONTENT | {"rules": []})


@given(participants(), st.integers(1, 7), st.randoms(use_true_random=False))
def test_rows_and_chunks_change_nothing(people, chunk, generator):
    """Shuffled people, a few mentees at a time: the same graph, byte by byte."""
    graph = graph_of(people, OPEN)
    shuffled = generator.sample(people, len(people))
    other = graph_of(shuffled, OPEN, chunk=chunk)
    assert (graph.mentors, graph.mentees) == (other.mentors, other.mentees)
    for name in ("mentee", "mentor", "form", "raw"):
        one, two = getattr(graph, name), getattr(other, name)
        assert one.dtype == two.dtype
        assert one.shape == two.shape
        assert (one == two).all()


@given(participants(), st.randoms(use_true_random=False))
def test_a_pair_scores_the_same_whoever_else_is_there(people, generator):
    """A part of the cohort has its part of the graph."""
    some = [person for person in people if generator.random() < 0.6]
    codes = {person.id for person in some}
    kept = [edge for edge in edges_of(graph_of(people, OPEN)) if {edge[0], edge[1]} <= codes]
    assert edges_of(graph_of(some, OPEN)) == kept


@given(participants())
def test_a_verdict_and_its_evidence_agree_with_the_graph(people):
    """Every pair that isn't there has a reason, every pair that is there has its scores again."""
    graph = graph_of(people)
    by_code = {person.id: person for person in people}
    for mentee in graph.mentees:
        for mentor in graph.mentors:
            pair = by_code[mentor], by_code[mentee]
            verdict = graph.forbidden_by(mentor, mentee)
            joined = [
                form
                for form in CONTENT["forms"]
                if slow_scoring.satisfies(form["mentors"], pair[0])
                and slow_scoring.satisfies(form["mentees"], pair[1])
            ]
            assert verdict.joined == tuple(form["id"] for form in joined)
            edge = graph.edge(mentor, mentee)
            assert verdict.allowed == (edge is not None)
            against = {
                (form["id"], rule["code"])
                for form in joined
                for rule in [*RULES, {"code": "same-person", "type": "same-person"}]
                if form["id"] in rule.get("forms", [form["id"]])
                and not slow_scoring.admits(rule, *pair, form["id"])
            }
            found = {(objection.form, objection.rule.code) for objection in verdict.objections}
            assert found == (set() if verdict.allowed else against)
            evidence = graph.evidence(mentor, mentee)
            assert {name: (one.raw, one.answered) for name, one in evidence.items()} == {
                criterion["id"]: slow_scoring.score(criterion, *pair)
                for criterion in SLOW["criteria"]
            }
            if edge is not None:
                assert verdict.form == POLICY.forms[graph.form[edge]].id


def test_the_comparison_sees_many_pairs():
    """Random people aren't so forbidding that nothing is compared."""
    generator, total = random.Random(1), 0  # noqa: S311 - nothing secret
    for _ in range(20):
        people = [
            Participant(
                id=code,
                kind=generator.choice(["student", "teacher"]),
                roles={"mentor", "mentee"},
                answers={"ok_given_on": date(2025, 9, 1), "ok_scope": ("pairs",), "mode": "online"}
                | {"grade": generator.randint(0, 9), "house": "red"},
            )
            for code in CODES
        ]
        total += len(graph_of(people))
        assert edges_of(graph_of(people)) == slow_scoring.graph_of(SLOW, people)
    assert total > 200

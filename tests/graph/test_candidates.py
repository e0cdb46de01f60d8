"""The candidate graph holds each admissible pair once, and answers questions about any pair."""

import pickle
from datetime import date

import numpy as np
import pytest

from mentormatch.cohort import Cohort
from mentormatch.errors import ParticipantError, PolicyError, ScoreError
from mentormatch.graph.candidates import build_graph
from mentormatch.participant import Participant
from mentormatch.policy.criteria import Evidence, Match
from mentormatch.policy.policy import Policy
from mentormatch.questionnaire import Questionnaire

TODAY = date(2025, 9, 10)
FORM = Questionnaire.preset("target-model")
OFFICIAL = Policy.preset("official")

ADULT = {
    "consent_self_given_on": TODAY,
    "consent_self_scope": ("participation",),
    "interview_ok": True,
    "trained_on": TODAY,
    "clearance_valid_until": TODAY,
    "mode": "both",
}
PUPIL = {
    "consent_self_given_on": TODAY,
    "consent_self_scope": ("participation",),
    "consent_guardian_given_on": TODAY,
    "consent_guardian_scope": ("participation",),
    "birth_year": 2012,
    "grade": 7,
    "mode": "online",
}


def person(code, kind, roles, answers, **more):
    """Make a participant from usual answers and a few of their own; None takes one away."""
    merged = {key: value for key, value in (answers | more).items() if value is not None}
    return Participant(id=code, kind=kind, roles=roles, answers=merged)


def teacher(code="T-001", **more):
    """Make a teacher who may mentor pupils."""
    return person(code, "teacher", {"mentor"}, ADULT, **more)


def pupil(code="S-0004", **more):
    """Make a pupil who may have a mentor."""
    return person(code, "student", {"mentee"}, PUPIL, **more)


def graph_of(*people, policy=OFFICIAL, **keys):
    """Build the graph of a few people."""
    return build_graph(Cohort.from_participants(FORM, people, as_of=TODAY), policy, **keys)


def test_a_pair_of_the_official_policy_can_be_worked_out_by_hand():
    """0.6 x 553 for the request, 0.4 x 600 for the mentee's choice, in thousandths."""
    graph = graph_of(
        teacher(competences={"study_help": 9}),
        pupil(requests={"study_help": 8, "confidence": 5}, choices=("T-001",)),
    )
    assert (graph.mentors, graph.mentees) == (("T-001",), ("S-0004",))
    assert graph.edges.tolist() == [[0, 0]]
    assert OFFICIAL.forms[graph.form[0]].id == "teacher_student"
    assert graph.raw.tolist() == [[553, 600]]
    assert graph.points().tolist() == [600 * 553 + 400 * 600]
    assert graph.evidence("T-001", "S-0004") == {
        "need_cover": Evidence(
            553,
            True,
            (Match("requests", "study_help", 8, 9),),
            unmet=(Match("requests", "confidence", 5),),
        ),
        "mutual_choice": Evidence(600, True, (Match("choices", "mentee"),)),
    }


def test_arrays_have_the_promised_types_and_are_read_only():
    """Positions in 32 bits, forms and raw scores in 16, points in 64."""
    graph = graph_of(teacher(), pupil())
    kinds = {name: getattr(graph, name).dtype for name in ("mentee", "mentor", "form", "raw")}
    assert kinds == {"mentee": np.int32, "mentor": np.int32, "form": np.int16, "raw": np.int16}
    assert graph.points().dtype == np.int64
    for name in kinds:
        with pytest.raises(ValueError, match="read-only"):
            getattr(graph, name)[:] = 1


def test_people_without_any_pair_stay_in_the_graph():
    """They have to be explained, too."""
    graph = graph_of(
        teacher(interview_ok=False), teacher("T-002"), pupil(), pupil("S-0005", grade=2)
    )
    assert graph.mentors == ("T-001", "T-002")
    assert graph.mentees == ("S-0004", "S-0005")
    assert graph.edges.tolist() == [[0, 1]]


@pytest.mark.parametrize("people", [[], [teacher()], [pupil()]])
def test_a_graph_may_be_empty(people):
    """Nobody there is no error."""
    graph = graph_of(*people)
    assert len(graph) == 0
    assert graph.edges.shape == (0, 2)
    assert graph.raw.shape == (0, 2)
    assert graph.points().shape == (0,)
    assert graph.form_capacity.shape == (12, 2)


def test_a_policy_without_criteria_gives_no_points():
    """Then all pairs are equally good."""
    policy = Policy.from_dict({"name": "p", "forms": [{"id": "any", "label": "Any"}]})
    graph = graph_of(teacher(), pupil(), policy=policy)
    assert graph.raw.shape == (1, 0)
    assert graph.points().tolist() == [0]


def test_the_first_form_that_admits_a_pair_has_it():
    """A form whose rules forbid the pair leaves it to the next one."""
    forms = [
        {"id": "early", "label": "Early", "mentees": {"grade": 7}},
        {"id": "late", "label": "Late"},
    ]
    rule = {
        "code": "R",
        "type": "condition",
        "mentors": {"prior_mentoring": True},
        "forms": "early",
    }
    policy = Policy.from_dict({"name": "p", "forms": forms, "rules": [rule]})
    graph = graph_of(
        teacher("T-1", prior_mentoring=True),
        teacher("T-2"),
        pupil("S-1"),
        pupil("S-2", grade=8),
        policy=policy,
    )
    assert graph.edges.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert graph.form.tolist() == [0, 1, 1, 1]


def test_a_person_in_both_roles_is_not_matched_with_themselves():
    """Two colleagues may mentor each other, as far as rules on pairs go."""
    both = {"mentor", "mentee"}
    graph = graph_of(person("T-1", "teacher", both, ADULT), person("T-2", "teacher", both, ADULT))
    assert graph.edges.tolist() == [[0, 1], [1, 0]]
    verdict = graph.forbidden_by("T-1", "T-1")
    assert {objection.rule.type for objection in verdict.objections} == {"same-person"}


def test_progress_is_told():
    """After every block of mentees."""
    told = []
    graph_of(
        teacher(),
        *(pupil(f"S-{number}") for number in range(5)),
        chunk=2,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_block_has_at_least_one_mentee():
    """Anything else is a slip."""
    with pytest.raises(ScoreError, match="chunk"):
        graph_of(teacher(), pupil(), chunk=0)


def test_a_policy_for_other_questions_is_refused():
    """Before anything is computed, with every defect."""
    policy = Policy.from_dict(
        {
            "name": "p",
            "forms": [{"id": "any", "label": "Any", "mentees": {"klass": 5}}],
            "rules": [{"code": "R", "type": "vetoes", "field": "veto"}],
        }
    )
    with pytest.raises(PolicyError) as error:
        graph_of(teacher(), pupil(), policy=policy)
    assert len(error.value.defects) == 2


# --- why not ----------------------------------------------------------------------------------


def test_an_admissible_pair_has_no_objections():
    """The verdict names its form."""
    verdict = graph_of(teacher(), pupil()).forbidden_by("T-001", "S-0004")
    assert verdict.allowed
    assert (verdict.form, verdict.objections) == ("teacher_student", ())


@pytest.mark.parametrize(
    ("mentor", "mentee", "codes"),
    [
        ({"interview_ok": False}, {}, {"HR03"}),
        ({"trained_on": None}, {}, {"HR04"}),
        ({"clearance_valid_until": date(2025, 9, 9)}, {}, {"HR05"}),
        ({}, {"guardian_pids": ("T-001",)}, {"HR06"}),
        ({}, {"consent_guardian_given_on": None, "grade": 4}, {"HR02", "HR09-mentee"}),
        ({"mode": "in_person"}, {}, {"HR12"}),
        ({"forms": ("teacher_teacher",)}, {}, {"HR08"}),
    ],
)
def test_every_rule_that_forbids_a_pair_is_named(mentor, mentee, codes):
    """Not only the first one found."""
    verdict = graph_of(teacher(**mentor), pupil(**mentee)).forbidden_by("T-001", "S-0004")
    assert not verdict.allowed
    assert verdict.joined == ("teacher_student",)
    assert {objection.rule.code for objection in verdict.objections} == codes
    assert all("not admissible" not in objection.reason() for objection in verdict.objections)


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [
        ({"vetoes": ("S-0004",)}, {}),
        ({}, {"vetoes": ("T-001",)}),
        ({}, {"support_tags": ("trained_crisis",)}),
        ({}, {"manual_only": True}),
        ({"manual_only": True}, {}),
    ],
)
def test_confidential_rules_cannot_be_told_apart(mentor, mentee):
    """Neither by the sentence nor by what is printed in a log."""
    (objection,) = (
        graph_of(teacher(**mentor), pupil(**mentee)).forbidden_by("T-001", "S-0004").objections
    )
    assert objection.confidential
    assert not objection.rule.relaxable
    assert (objection.reason("en"), objection.reason("ru")) == (
        "not admissible",
        "пара недопустима",
    )
    assert repr(objection) == "Objection(form='teacher_student', confidential=True)"


def test_two_kinds_that_no_form_joins_are_told_apart_from_a_forbidden_pair():
    """A pupil can't mentor a teacher, whatever the rules."""
    graph = graph_of(
        person("S-1", "student", {"mentor"}, PUPIL | ADULT),
        person("T-1", "teacher", {"mentee"}, ADULT),
    )
    verdict = graph.forbidden_by("S-1", "T-1")
    assert (verdict.form, verdict.joined, verdict.objections) == (None, (), ())


@pytest.mark.parametrize("ask", ["forbidden_by", "edge", "evidence", "places"])
@pytest.mark.parametrize(
    ("pair", "told"),
    [
        # the two exchanged
        (("S-0004", "T-001"), "S-0004 is not a mentor; write (T-001, S-0004)"),
        # somebody in the wrong role
        (("S-0004", "S-0005"), "S-0004 is not a mentor; name somebody who takes this role"),
        (("T-001", "T-002"), "T-002 is not a mentee; name somebody who takes this role"),
    ],
)
def test_a_pair_is_mentor_then_mentee(ask, pair, told):
    """A slip of order is noticed, and the right order is shown."""
    graph = graph_of(teacher(), teacher("T-002"), pupil(), pupil("S-0005"))
    with pytest.raises(ParticipantError) as error:
        getattr(graph, ask)(*pair)
    assert str(error.value) == told


def test_an_unknown_code_is_no_participant():
    """The cohort says so."""
    with pytest.raises(ParticipantError, match="Z-9"):
        graph_of(teacher(), pupil()).edge("Z-9", "S-0004")


def test_an_exchanged_pair_is_noticed_for_people_in_one_right_role_too():
    """T-1 takes both roles, T-2 is only a mentor."""
    graph = graph_of(person("T-1", "teacher", {"mentor", "mentee"}, ADULT), teacher("T-2"))
    with pytest.raises(ParticipantError) as error:
        graph.edge("T-1", "T-2")
    assert str(error.value) == "T-2 is not a mentee; write (T-2, T-1)"


def test_a_pair_is_found_by_its_codes():
    """Its position, or None when it isn't admissible."""
    graph = graph_of(
        teacher("T-1"),
        teacher("T-2", interview_ok=False),
        teacher("T-3"),
        pupil("S-1"),
        pupil("S-2"),
    )
    assert graph.edges.tolist() == [[0, 0], [0, 2], [1, 0], [1, 2]]
    assert [graph.edge(mentor, "S-2") for mentor in graph.mentors] == [2, None, 3]
    assert graph.places("T-3", "S-2") == (2, 1)


# --- weights and limits -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph():
    """Build a graph whose two pairs have different raw scores."""
    return graph_of(
        teacher("T-1", competences={"study_help": 10}, capacity=2),
        teacher("T-2", competences={"study_help": 3}),
        pupil(requests={"study_help": 10}, choices=("T-2",)),
    )


def test_other_weights_give_other_points_from_the_same_scores(graph):
    """Nothing is scored again."""
    assert graph.raw.tolist() == [[1000, 0], [300, 600]]
    assert graph.points().tolist() == [600_000, 420_000]
    policy = OFFICIAL.with_weights({"need_cover": 0.1, "mutual_choice": 0.9})
    assert graph.points(policy).tolist() == [100_000, 570_000]
    assert graph.under(policy).points().tolist() == [100_000, 570_000]
    assert graph.under(policy).raw is graph.raw


@pytest.mark.parametrize(
    "changes",
    [
        {"rules": ()},
        {"criteria": OFFICIAL.criteria[::-1]},
        {"forms": OFFICIAL.forms[:-1]},
    ],
)
def test_a_policy_that_scores_otherwise_needs_a_new_graph(graph, changes):
    """Other rules, criteria or forms would make the old scores a silent wrong answer."""
    with pytest.raises(PolicyError, match="anew"):
        graph.points(OFFICIAL.model_copy(update=changes))


def test_a_criterion_that_was_not_scored_cannot_be_weighed():
    """A form that didn't list it has no scores of it."""
    forms = [{"id": "any", "label": "Any", "weights": {"choice": 1}}]
    criteria = [
        {"id": "choice", "type": "mutual-choice", "field": "choices"},
        {"id": "other", "type": "overlap", "field": "interests"},
    ]
    policy = Policy.from_dict({"name": "p", "forms": forms, "criteria": criteria})
    graph = graph_of(teacher(), pupil(), policy=policy)
    assert graph.points(policy.with_weights({"any.other": 0})).tolist() == [0]
    with pytest.raises(PolicyError, match="anew"):
        graph.points(policy.with_weights({"any.other": 1}))


def test_the_heaviest_weights_do_not_overflow():
    """A million times a thousand thousandths, for each of many criteria."""
    names = [f"c{number}" for number in range(50)]
    policy = Policy.from_dict(
        {
            "name": "p",
            "forms": [{"id": "any", "label": "Any", "weights": dict.fromkeys(names, 10**6)}],
            "criteria": [
                {"id": name, "type": "overlap", "field": "interests", "neutral": 1000}
                for name in names
            ],
        }
    )
    graph = graph_of(teacher(), pupil(), policy=policy)
    assert graph.points().tolist() == [50 * 10**6 * 1000 * 1000]


def test_seats_are_the_mentors_own_answer_or_everybody(graph):
    """A blank sets no limit of its own."""
    assert graph.own_capacity.tolist() == [1, 1]  # no more than there are mentees
    assert graph.has_own_capacity.tolist() == [True, False]
    people = [teacher("T-1", capacity=2), teacher("T-2")]
    large = graph_of(*people, *(pupil(f"S-{number}") for number in range(5)))
    assert large.own_capacity.tolist() == [2, 5]


def test_without_a_question_about_capacity_nobody_has_a_limit_of_their_own():
    """The questionnaire needn't ask."""
    content = FORM.to_dict()
    content["questions"] = [entry for entry in content["questions"] if entry["id"] != "capacity"]
    bare = Questionnaire.from_dict(content)
    people = [teacher("T-1"), pupil("S-1"), pupil("S-2")]
    graph = build_graph(Cohort.from_participants(bare, people, as_of=TODAY), OFFICIAL)
    assert graph.own_capacity.tolist() == [2]
    assert graph.has_own_capacity.tolist() == [False]


def test_bounds_of_a_form_are_numbers_even_where_there_are_none():
    """Without an upper bound it is everybody, so that no sign has a second meaning."""
    forms = [
        {"id": "a", "label": "A", "capacity": {"least": 1, "most": 3}},
        {"id": "b", "label": "B", "capacity": {"least": 9}, "demand": {"most": 2}},
        {"id": "c", "label": "C", "demand": {"least": 1}},
    ]
    policy = Policy.from_dict({"name": "p", "forms": forms})
    graph = graph_of(teacher(), pupil("S-1"), pupil("S-2"), policy=policy)
    assert graph.form_capacity.tolist() == [[1, 3], [9, 9], [0, 2]]
    assert graph.form_demand.tolist() == [[0, 1], [0, 2], [1, 1]]


def test_a_graph_shows_numbers_of_people_only(graph):
    """Neither codes nor answers."""
    assert repr(graph) == "CandidateGraph(2 mentors, 1 mentees, 2 pairs)"


def test_a_graph_can_go_to_another_process(graph):
    """It is plain data."""
    copy = pickle.loads(pickle.dumps(graph))  # noqa: S301 - our own
    assert (copy.points() == graph.points()).all()
    assert copy.forbidden_by("T-1", "S-0004").allowed

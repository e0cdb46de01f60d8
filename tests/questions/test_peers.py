"""Equals without fixed roles, from the policy to the result, against every pairing."""

import json
from itertools import combinations

import numpy as np
import pytest

import mentormatch as mm
from mentormatch import verify_standalone
from mentormatch.solvers.exhaustive import best_values


@pytest.fixture(scope="module")
def circle(club_policy):
    """Let teachers pair up as equals, before they teach students."""
    content = club_policy.to_dict()
    label = {"ru": "Равные", "en": "Equals"}
    form = {"id": "circle", "label": label, "peers": True, "weights": {"need": 0.7, "choice": 0.3}}
    form |= {"mentors": {"kind": "teacher"}, "mentees": {"kind": "teacher"}}
    content["forms"].insert(0, form)
    content["limits"] = {"demand": {"most": 1}}
    return mm.Policy.from_dict(content)


def draw(generator, club_of, teachers, students):
    """Draw teachers who ask and offer, some vetoes among them, and students."""
    people = []
    codes = [f"T-{n}" for n in range(teachers)]
    for code in codes:
        offers, asks = ({"maths": int(n)} for n in generator.integers(1, 11, 2))
        answers = {"offers": offers, "asks": asks, "capacity": int(generator.integers(0, 4))}
        refused = [other for other in codes if other != code and generator.random() < 0.25]
        if refused:
            answers["refused"] = tuple(refused)
        people.append((code, "teacher", "mentor mentee", answers))
    for number in range(students):
        asks = {"maths": int(generator.integers(1, 11))}
        people.append((f"S-{number}", "student", "mentee", {"asks": asks}))
    return club_of(*people)


def best_pairing(cohort, policy):
    """Try every pairing of those who may meet both ways: most pairs, then most points."""
    graph = mm.build_graph(cohort, policy)
    points = graph.points()
    seats = dict(zip(graph.mentors, graph.own_capacity.tolist(), strict=True))
    worth = {}
    for one, two in combinations(sorted(set(graph.mentors) & set(graph.mentees)), 2):
        edges = [graph.edge(one, two), graph.edge(two, one)]
        if None not in edges and seats[one] and seats[two]:
            worth[one, two] = int(points[edges].sum())
    best = (0, 0)
    for size in range(1, 4):
        for pairs in combinations(worth, size):
            if len({code for pair in pairs for code in pair}) == 2 * size:
                best = max(best, (size, sum(worth[pair] for pair in pairs)))
    return best


def made_in(result, form="circle"):
    """List the pairs made in a form."""
    return [(it.mentor, it.mentee) for it in result.matching.pairs if it.form == form]


@pytest.mark.parametrize(("teachers", "students"), [(3, 2), (4, 1), (6, 2)])
def test_equals_are_paired_as_well_as_can_be_and_the_rest_beside_them(
    club_of, circle, teachers, students
):
    """Most pairs, then points, over random groups; the flow then reaches all that is left."""
    generator = np.random.default_rng(3)
    sizes = set()
    for _ in range(15):
        cohort = draw(generator, club_of, teachers, students)
        result = mm.match(cohort, circle)
        pairs, points = result.levels[:2]
        assert (pairs.goal, points.goal) == ("peers", "peer points")
        assert (pairs.value, points.value) == best_pairing(cohort, circle)
        assert (pairs.bound, points.bound) == (pairs.value, points.value)
        assert {pairs.proof, points.proof} == {"solver_proved"} == {result.proof}
        if teachers < 6:
            assert best_values(result.problem) == tuple(level.value for level in result.levels)
        made = made_in(result)
        assert {pair[::-1] for pair in made} == set(made)
        assert len(made) == 2 * pairs.value == 2 * len({frozenset(pair) for pair in made})
        assert {level.proof for level in result.levels[2:]} == {"certified"}
        assert result.unique is None
        sizes.add(pairs.value)
    assert len(sizes) > 1


def four(club_of, **capacity):
    """Make four teachers who ask what the others offer, the first two best for each other."""
    people = []
    for code, asks, offers in (
        ("T-1", "maths", "chess"),
        ("T-2", "chess", "maths"),
        ("T-3", "chess", "chess"),
        ("T-4", "chess", "chess"),
    ):
        answers = {"asks": {asks: 10}, "offers": {offers: 10}}
        if code in capacity:
            answers["capacity"] = capacity[code]
        people.append((code, "teacher", "mentor mentee", answers))
    return club_of(*people, ("S-1", "student", "mentee", {"asks": {"chess": 10}}))


def test_seats_and_wishes_of_equals_are_taken_off(club_of, circle):
    """T-3 has two seats, one for T-4; T-1 has one and none left for the student."""
    result = mm.match(four(club_of, **{"T-1": 1, "T-2": 1, "T-3": 2, "T-4": 1}), circle)
    assert sorted(made_in(result)) == [
        ("T-1", "T-2"),
        ("T-2", "T-1"),
        ("T-3", "T-4"),
        ("T-4", "T-3"),
    ]
    assert made_in(result, "lesson") == [("T-3", "S-1")]


def test_pins_and_bans_decide_before_the_pairing(club_of, circle):
    """A pinned pair of equals is made both ways; a ban on one direction is one on the pair."""
    cohort = four(club_of)
    pinned = mm.match(cohort, circle.with_limits(pins=[("T-3", "T-1")]))
    assert {frozenset(pair) for pair in made_in(pinned)} == {
        frozenset(("T-1", "T-3")),
        frozenset(("T-2", "T-4")),
    }
    assert pinned.levels[0].value == pinned.levels[0].bound == 2
    banned = mm.match(cohort, circle.with_limits(bans=[("T-1", "T-2")]))
    assert ("T-2", "T-1") not in made_in(banned)
    assert len(made_in(banned)) == 4


def test_who_is_left_over_is_told_so(club_of, circle):
    """Of three equals one has nobody; the reason says so and the summary names the engine."""
    codes = ("T-1", "T-2", "T-3")
    answers = {"asks": {"chess": 10}, "offers": {"chess": 10}}
    cohort = club_of(*[(code, "teacher", "mentor mentee", answers) for code in codes])
    result = mm.match(cohort, circle)
    (left,) = result.matching.unmatched
    assert f"- {left}: no equal is left to be paired with" in result.summary()
    assert "networkx" in result.summary()
    assert "1 pair of equals, as many as possible" in result.summary()
    assert "1 пара равных" in result.summary("ru")
    others = [code for code in codes if code != left]
    assert result.why_not(*others).why == "chosen"
    assert result.why_not(others[0], left).why == "not-chosen"
    assert result.explain(*others).form == "circle"
    assert len(result.table()) == 2


def test_limits_that_the_pairing_leaves_no_room_for_end_without_a_solution(club_of, circle):
    """Every student needs a teacher, whose only seat the pairing took: not proven impossible."""
    content = circle.to_dict()
    content["forms"][1]["demand"] = {"least": 1, "most": 1}
    policy = mm.Policy.from_dict(content)
    seats = dict.fromkeys(("T-1", "T-2", "T-3", "T-4"), 1)
    result = mm.match(four(club_of, **seats), policy)
    assert (result.status, result.matching.pairs) == (mm.Status.NO_SOLUTION, ())
    assert "Another way to pair them may exist" in result.summary()
    nobody = dict.fromkeys(seats, 0)
    impossible = mm.match(four(club_of, **nobody), policy)
    assert impossible.proof == "infeasible_certified"
    assert mm.verify(impossible)


def test_the_check_says_what_is_proven_and_what_is_claimed(club_of, circle, tmp_path):
    """In memory, from a file, with the answers and by the standard library alone."""
    cohort = four(club_of)
    result = mm.match(cohort, circle)
    file = tmp_path / "result.json"
    result.save(file)
    for found in (mm.verify(result), mm.verify(file), mm.verify(file, cohort)):
        assert (found.accepted, found.reason) == (False, "pairing")
    again = mm.Result.load(file, cohort)
    assert again.summary() == result.summary()
    assert again.matching == result.matching
    content = json.loads(file.read_text("utf-8"))
    assert verify_standalone.check(content).startswith("proven but for")
    renamed = [level | {"goal": "other", "proof": "certified"} for level in content["levels"]]
    file.write_text(json.dumps(content | {"levels": renamed, "proof": "certified"}))
    assert mm.verify(file).reason == "pairing"
    content["levels"][2]["value"] += 1
    file.write_text(json.dumps(content))
    assert mm.verify(file).reason == "other-levels"


def test_an_impossible_result_is_read_with_its_cohort(club_of, circle, tmp_path):
    """The file of what can't be done, with equals allowed, is checked against the answers."""
    cohort = four(club_of, **{"T-3": 0})
    policy = circle.with_limits(pins=[("T-3", "S-1"), ("T-1", "T-2")])
    result = mm.match(cohort, policy)
    assert result.proof == "infeasible_certified"
    result.save(tmp_path / "result.json")
    assert mm.verify(tmp_path / "result.json", cohort)


@pytest.mark.parametrize("bounds", [{"least": 1}, {"most": 2}])
def test_bounds_of_a_form_of_peers_are_refused(circle, bounds):
    """A person is in one pair of it at most; anything else is another kind of form."""
    for name in ("capacity", "demand"):
        content = circle.to_dict()
        content["forms"][0][name] = bounds
        with pytest.raises(mm.PolicyError) as caught:
            mm.Policy.from_dict(content)
        assert caught.value.defects[0].code == "policy.peers-bounds"
        assert caught.value.defects[0].place.field == f"forms[0].{name}"


def test_a_stable_matching_refuses_equals(club_of, circle):
    """The form is named."""
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(four(club_of), circle, solver="stable")
    assert caught.value.defects[0].place.field == "forms[0].peers"


def test_a_full_form_is_given_as_the_reason(club_of, circle):
    """Teachers who take anybody still take two students each in lessons, not a third."""
    answers = {"asks": {"chess": 10}, "offers": {"chess": 10}}
    teachers = [(code, "teacher", "mentor mentee", answers) for code in ("T-1", "T-2")]
    asks = {"asks": {"chess": 10}}
    students = [(f"S-{number}", "student", "mentee", asks) for number in range(5)]
    result = mm.match(club_of(*teachers, *students), circle)
    (left,) = result.matching.unmatched
    assert f"- {left}: none of the 2 mentors in question has a seat left" in result.summary()

"""What would come of it if something were decided otherwise."""

from itertools import product

import pytest

import mentormatch as mm
from mentormatch.datasets import school


def values(result):
    """List what every goal reached."""
    return [level.value for level in result.levels]


@pytest.fixture(scope="module")
def cohort():
    """Make up a school in which seats are scarce."""
    return school("bench", mentors=12, mentees=40, seed=3).cohort


@pytest.fixture(scope="module")
def result(cohort):
    """Match it."""
    return mm.match(cohort, mm.Policy.preset("official"))


def test_every_pin_and_every_ban_is_answered_like_a_full_match(result):
    """A question to what is known and a match from the start reach the same values."""
    graph, policy = result.view.graph, result.policy
    for edge in range(0, len(graph), 7):
        pair = graph.mentors[graph.mentor[edge]], graph.mentees[graph.mentee[edge]]
        pinned = mm.what_if(result, pin=[pair])
        assert values(pinned) == values(mm.match_graph(graph, policy.with_limits(pins=[pair])))
        assert pair in [(made.mentor, made.mentee) for made in pinned.matching.pairs]
        assert mm.verify(pinned).accepted
    for made in result.matching.pairs:
        pair = made.mentor, made.mentee
        banned = mm.what_if(result, ban=[pair])
        assert values(banned) == values(mm.match_graph(graph, policy.with_limits(bans=[pair])))
        assert mm.verify(banned).accepted


def test_seats_replace_what_a_mentor_said_and_what_a_form_allows(result, cohort):
    """With no seat a mentor has nobody; with many, as many as a match with that policy says."""
    mentors = result.view.mentors
    for mentor, seats in product(mentors[:4], (0, 1, 11)):
        asked = mm.what_if(result, capacity={mentor: seats})
        load = sum(pair.mentor == mentor for pair in asked.matching.pairs)
        assert load <= seats
        policy = result.policy.with_limits(seats={mentor: seats})
        assert values(asked) == values(mm.match(cohort, policy))
        assert mm.verify(asked, cohort).accepted
    crowded = mm.what_if(result, capacity={result.matching.pairs[0].mentor: 40})
    assert values(crowded) >= values(result)


def test_a_form_that_allows_fewer_allows_as_many_as_are_decided(club, club_policy):
    """A lesson takes two; with three seats by hand T-1 takes everybody, if that is best."""
    known = mm.match(club, club_policy)
    alone = mm.what_if(known, capacity={"T-1": 3}, without=["T-2", "S-9"])
    assert [(pair.mentor, pair.mentee) for pair in alone.matching.pairs] == [
        ("T-1", "S-1"),
        ("T-1", "S-2"),
        ("T-1", "S-3"),
    ]


def test_without_somebody_it_is_the_match_of_the_others(result, cohort):
    """Raw scores of the others don't depend on who left."""
    for code in (*result.view.mentors[:5], *result.view.mentees[:5]):
        asked = mm.what_if(result, without=[code])
        rest = cohort.take([place for place, who in enumerate(cohort.ids) if who != code])
        assert values(asked) == values(mm.match(rest, result.policy))
        assert code not in {*asked.view.mentors, *asked.view.mentees}
        assert mm.verify(asked, rest).accepted
        assert asked.changes_from(result).left == (code,)


def test_who_comes_is_scored_and_matched(result, cohort):
    """The people taken away and added again give the first answer."""
    gone = list(result.view.mentors[:2])
    places = [cohort.index(code) for code in gone]
    fewer = mm.what_if(result, without=gone)
    again = mm.what_if(fewer, add=cohort.take(places))
    assert values(again) == values(result)
    assert again.changes_from(fewer).came == tuple(gone)


def test_other_weights_use_the_raw_scores_again(result, monkeypatch):
    """Nothing is scored; the answer is that of the policy with these weights."""
    weights = {"need_cover": 0.1, "mutual_choice": 0.9}
    expected = values(mm.match_graph(result.view.graph, result.policy.with_weights(weights)))
    monkeypatch.setattr("mentormatch.scenario.build_graph", None)
    assert values(mm.what_if(result, weights=weights)) == expected


def test_what_is_impossible_is_a_result_with_a_conflict(result):
    """Two pins for one seat can't both hold."""
    first = result.matching.pairs[0]
    others = [pair.mentee for pair in result.matching.pairs if pair.mentor != first.mentor]
    graph = result.view.graph
    other = next(code for code in others if graph.edge(first.mentor, code) is not None)
    pins = [(first.mentor, first.mentee), (first.mentor, other)]
    asked = mm.what_if(result, pin=pins, capacity={first.mentor: 1})
    assert asked.status is mm.Status.INFEASIBLE
    assert asked.proof == "infeasible_certified"
    assert first.mentor in asked.conflict.text("en")


def test_a_decision_goes_before_what_the_policy_says_of_the_pair(club, club_policy):
    """A pin lifts an old ban, a ban an old pin."""
    banned = mm.match(club, club_policy.with_limits(bans=[("T-1", "S-1")]))
    pinned = mm.what_if(banned, pin=[("T-1", "S-1")])
    assert ("T-1", "S-1") in [(pair.mentor, pair.mentee) for pair in pinned.matching.pairs]
    assert pinned.policy.limits.bans == ()
    again = mm.what_if(pinned, ban=[("T-1", "S-1")])
    assert again.policy.limits.pins == ()
    assert values(again) == values(banned)


def test_people_who_leave_take_their_decisions_with_them(club, club_policy):
    """Pins, bans and sets of the policy don't stumble over them."""
    limits = {
        "pins": [("T-1", "S-1")],
        "bans": [("T-2", "S-2")],
        "apart": [["S-1", "S-2"]],
        "seats": {"T-1": 1},
    }
    known = mm.match(club, club_policy.with_limits(**limits))
    left = mm.what_if(known, without=["S-1", "T-2", "T-1"]).policy.limits
    assert (left.pins, left.bans, left.apart, left.seats) == ((), (), (), {})


def test_every_defect_of_a_question_is_named_at_once(club, club_policy):
    """Unknown codes, exchanged ones, contradictions and seats that are none."""
    known = mm.match(club, club_policy)
    with pytest.raises(mm.ParticipantError) as caught:
        mm.what_if(
            known,
            pin=[("T-8", "S-1"), ("S-1", "T-1"), ("T-2", "S-3")],
            ban=[("T-2", "S-3"), ("T-1", "S-2")],
            capacity={"S-1": 1, "T-1": -1, "X": 2},
            without=["S-2", "Y"],
        )
    found = [(defect.place.field, defect.code) for defect in caught.value.defects]
    assert found == [
        ("without", "cohort.unknown-participant"),
        ("pin[0]", "cohort.unknown-participant"),
        ("pin[1]", "graph.mentor-exchanged"),
        ("pin[2]", "policy.pinned-and-banned"),
        ("ban[1]", "scenario.gone"),
        ("capacity.S-1", "graph.not-mentor"),
        ("capacity.T-1", "scenario.seats"),
        ("capacity.X", "cohort.unknown-participant"),
    ]


def test_a_result_without_its_people_says_so(club, club_policy, tmp_path):
    """A file holds no answers."""
    mm.match(club, club_policy).save(tmp_path / "result.json")
    with pytest.raises(mm.ParticipantError, match="not at hand"):
        mm.what_if(mm.Result.load(tmp_path / "result.json"), ban=[("T-1", "S-1")])


def test_two_policies_are_judged_by_both(cohort):
    """Each policy finds its own matching no worse than the other's, goal by goal."""
    official, choice = mm.Policy.preset("official"), mm.Policy.preset("choice-first")
    first, second = mm.match(cohort, official), mm.match(cohort, choice)
    found = mm.compare(first, second)
    assert [goal.before for goal in found.by_first.goals] == values(first)
    assert [goal.after for goal in found.by_second.goals] == values(second)
    codes = [{(p.mentor, p.mentee) for p in each.matching.pairs} for each in (first, second)]
    assert found.common == len(codes[0] & codes[1])
    moved = {mentee for _, mentee in codes[0] ^ codes[1]}
    assert {move.mentee for move in found.by_first.moved} == moved
    assert set(found.table()["mentee"]) == moved
    for lang in ("en", "ru"):
        assert str(found.common) in found.text(lang)


def test_other_people_are_not_compared(cohort, club, club_policy):
    """The difference would be that of the people."""
    results = mm.match(cohort, mm.Policy.preset("official")), mm.match(club, club_policy)
    with pytest.raises(mm.ParticipantError, match="different people"):
        mm.compare(*results)


def test_the_weights_are_not_written_out_anew_for_every_pair(result, monkeypatch):
    """However many pairs there are, a policy is asked for its weights a few times."""
    asked = []
    weights = mm.Policy.weights

    def counted(policy):
        asked.append(policy)
        return weights.fget(policy)

    monkeypatch.setattr(mm.Policy, "weights", property(counted))
    other = mm.what_if(result, ban=[(pair.mentor, pair.mentee) for pair in result.matching.pairs])
    assert len(other.matching.pairs) > 10
    for ask in (mm.compare, mm.Result.changes_from):
        asked.clear()
        ask(result, other)
        assert len(asked) < 10

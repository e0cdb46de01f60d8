"""How far a weight can move, compared with every matching there is."""

from fractions import Fraction

import numpy as np
import pytest

import mentormatch as mm
from every_choice import choices
from mentormatch.datasets import school
from mentormatch.questions.question import Question

TOP = Fraction(10**6)


def rivals_of(result, question):
    """List the matchings that reach as much at every goal before the points."""
    problem, mine = question.problem, result.view.outcome.chosen
    reached = problem.values(mine)[:-1]
    return [chosen for chosen in choices(problem) if problem.values(chosen)[:-1] == reached]


def oracle(rivals, mine, question, raw, now):
    """Intersect the half-lines on which no rival has more points."""
    rest = question.points - now * raw
    low, high = Fraction(0), TOP * 1000
    for chosen in rivals:
        base = int(rest[chosen].sum() - rest[mine].sum())
        slope = int(raw[chosen].sum() - raw[mine].sum())
        if slope > 0:
            high = min(high, Fraction(-base, slope))
        elif slope < 0:
            low = max(low, Fraction(-base, slope))
    return low / 1000, high / 1000


@pytest.mark.parametrize("seed", range(3))
def test_the_ends_are_those_that_every_matching_allows(seed):
    """Exact fractions, for each weight of each form."""
    cohort = school("bench", mentors=4, mentees=5, seed=seed).cohort
    result = mm.match(cohort, mm.Policy.preset("choice-first"))
    policy = result.policy
    ids = [entry.id for entry in policy.criteria]
    forms = [form.id for form in policy.forms]
    found = result.sensitivity()
    assert found.intervals
    question, mine = Question.of(result.view.graph), result.view.outcome.chosen
    rivals = rivals_of(result, question)
    for interval in found.intervals:
        form, dot, criterion = interval.weight.rpartition(".")
        column = ids.index(criterion)
        rows = (
            [forms.index(form)]
            if dot
            else [row for row, each in enumerate(policy.forms) if criterion in each.weights]
        )
        now = int(policy.weights[rows[0], column])
        raw = np.where(np.isin(question.form, rows), question.raw[:, column], 0).astype(int)
        assert (interval.low, interval.high) == oracle(rivals, mine, question, raw, now)
        assert interval.now == Fraction(now, 1000)


def test_the_club_is_as_worked_out_by_hand(club, club_policy):
    """Need alone orders the pairs that may change places: 600 + 180 against 525 + 240.

    By need x the two pairs have x and 0.3 x, or 0.875 x and 0.4 x: 1.3 against 1.275, so
    the matching is the best whatever need weighs. T-2 and S-3 are together for choice.
    """
    result = mm.match(club, club_policy)
    found = {interval.weight: interval for interval in result.sensitivity().intervals}
    assert (found["need"].low, found["need"].high) == (0, TOP)
    assert found["need"].whole


def test_an_interval_ends_where_a_made_pair_falls_under_the_floor(club, club_policy):
    """S-9 and S-2 have 180 of 1000: 0.3 need / (need + choice) = 0.15 at choice = need = 0.6."""
    result = mm.match(club, club_policy.with_limits(min_percent=15))
    found = {interval.weight: interval for interval in result.sensitivity().intervals}
    assert found["peer.choice"].high == Fraction(6, 10)
    assert found["peer.choice"].high_end == "floor"


def test_pairs_survive_where_the_interval_is_wide_enough(club, club_policy):
    """Where any weight may be anything, all pairs stay."""
    found = mm.match(club, club_policy).sensitivity()
    assert found.pairs == 3
    for share, pairs in found.surviving:
        expected = all(interval.survives(share) for interval in found.intervals)
        assert (len(pairs) == 3) >= expected
    assert [share for share, _ in found.surviving] == [10, 25]
    assert list(found.table().columns)[:4] == ["weight", "now", "low", "high"]
    for lang in ("en", "ru"):
        assert "10" in found.text(lang)


def test_a_pair_survives_a_move_of_a_weight_if_the_match_there_has_it():
    """Re-solving with each moved weight gives at least one optimum that keeps these pairs."""
    cohort = school("bench", mentors=6, mentees=12, seed=1).cohort
    result = mm.match(cohort, mm.Policy.preset("choice-first"))
    found = result.sensitivity()
    surviving = dict(found.surviving)[25]
    assert set(surviving) <= {(pair.mentor, pair.mentee) for pair in result.matching.pairs}
    for interval in found.intervals:
        for factor in (75, 125):
            weight = round(interval.now * factor * 10) / 1000
            policy = result.policy.with_weights({interval.weight: weight})
            free = mm.match_graph(result.view.graph, policy)
            held = mm.match_graph(result.view.graph, policy.with_limits(pins=list(surviving)))
            assert [level.value for level in free.levels] == [level.value for level in held.levels]


def test_what_can_not_be_said_is_refused_with_a_reason(club, club_policy, tmp_path):
    """Fairness before points, no points, no cohort, a limit on changes."""
    content = club_policy.to_dict()
    fair = [{"type": "cover"}, {"type": "fairness", "how": "max-min"}, {"type": "points"}]
    with pytest.raises(mm.PolicyError, match="jumps"):
        mm.match(club, mm.Policy.from_dict(content | {"goals": fair})).sensitivity()
    with pytest.raises(mm.PolicyError, match="points"):
        mm.match(club, mm.Policy.from_dict(content | {"goals": fair[:1]})).sensitivity()
    result = mm.match(club, club_policy)
    with pytest.raises(mm.ParticipantError, match="flow"):
        mm.rematch(result, club, club_policy, max_changes=0).sensitivity()
    result.save(tmp_path / "result.json")
    with pytest.raises(mm.ParticipantError, match="not at hand"):
        mm.Result.load(tmp_path / "result.json").sensitivity()

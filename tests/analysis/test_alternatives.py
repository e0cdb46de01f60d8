"""Other mentors, reserves and the waiting list in the club of five, worked by hand."""

import pytest

import mentormatch as mm
from mentormatch.analysis.cost import goal_names
from mentormatch.problem import Objective


@pytest.fixture(scope="module")
def result(club, club_policy):
    """T-1 with S-1 (600), T-2 with S-3 (880) and S-9 with S-2 (180)."""
    return mm.match(club, club_policy)


@pytest.fixture(scope="module")
def crowded(club, club_policy):
    """Leave two seats for three mentees: S-9 is away, and everybody takes one."""
    content = club_policy.to_dict()
    for form in content["forms"]:
        form["capacity"] = {"most": 1}
    bans = [{"mentor": "S-9", "mentee": code} for code in ("S-1", "S-2", "S-3")]
    return mm.match(club, mm.Policy.from_dict(content | {"limits": {"bans": bans}}))


def test_a_pair_that_was_not_made_says_what_it_costs_and_whom_it_moves(result):
    """T-1 with S-2 (525) sends S-1 to S-9 (240): 1645 instead of 1660."""
    found = result.why_not("T-1", "S-2")
    assert (found.why, found.possible, found.regret) == ("not-chosen", True, (0, 15_000))
    assert [(move.mentee, move.left, move.taken) for move in found.chain] == [
        ("S-2", "S-9", "T-1"),
        ("S-1", "T-1", "S-9"),
    ]
    assert found.text().splitlines()[1:] == [
        "- points: 15000 fewer, which is 1.5 % of the most a pair of this form can have",
        "- S-2 would go from S-9 to T-1",
        "- S-1 would go from T-1 to S-9",
    ]
    assert "S-1 перейдёт от T-1 к S-9" in found.text("ru")


def test_a_pair_that_was_made_says_what_doing_without_it_costs(result):
    """Without S-9 and S-2, T-1 takes S-2 for S-1 at 15 less, which is better than T-2 (60)."""
    found = result.why_not("S-9", "S-2")
    assert (found.why, found.regret) == ("chosen", (0, 15_000))
    assert "Without this pair:" in found.text()
    assert "Без этой пары:" in found.text("ru")


def test_a_pair_that_displaces_somebody_for_good_says_so(crowded):
    """T-1 can take S-2 only instead of S-1, who then has nobody."""
    found = crowded.why_not("T-1", "S-2")
    assert found.regret == (0, 75_000)
    assert found.text().splitlines()[-2:] == ["- S-2 would get T-1", "- S-1 would have no mentor"]
    assert found.text("ru").splitlines()[-1] == "- S-1 останется без наставника"


def test_a_pinned_pair_leaves_no_way_for_another(club, club_policy):
    """T-1's only seat is pinned."""
    limits = {"pins": [{"mentor": "T-1", "mentee": "S-1", "reason": "-"}]}
    pinned = mm.match(club, mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits}))
    found = pinned.why_not("T-1", "S-2")
    assert (found.possible, found.regret, found.chain) == (False, None, ())
    assert "no matching with this pair keeps all limits" in found.text()
    assert "No matching without it" in pinned.why_not("T-1", "S-1").text()
    table = pinned.regrets().set_index(["mentor", "mentee"])
    assert not table.loc[("T-1", "S-2"), "possible"]
    assert table.loc[("T-1", "S-2"), ["cover", "points"]].isna().all()


def test_the_table_of_regrets_has_a_row_per_candidate_pair(result):
    """Worked by hand for each pair of S-2; a vetoed pair has no row."""
    table = result.regrets()
    assert list(table.columns) == ["mentor", "mentee", "chosen", "possible", "cover", "points"]
    rows = table[table["mentee"] == "S-2"].set_index("mentor")["points"].to_dict()
    assert rows == {"T-1": 15_000, "T-2": 60_000, "S-9": 15_000}
    assert not ((table["mentor"] == "T-2") & (table["mentee"] == "S-1")).any()


def test_alternatives_are_ranked_and_never_forbidden(result):
    """S-2: T-1 costs 15, T-2 costs 60. S-1 is vetoed at T-2, so only S-9 is left."""
    found = result.alternatives("S-2")
    assert [(other.mentor, other.regret) for other in found] == [
        ("T-1", (0, 15_000)),
        ("T-2", (0, 60_000)),
    ]
    assert result.alternatives("S-2", k=1) == found[:1]
    assert [other.mentor for other in result.alternatives("S-1")] == ["S-9"]
    assert found[1].text().splitlines()[0] == "T-2:"
    assert str(found[1].chain[0]) == "S-2 would go from S-9 to T-2"
    with pytest.raises(mm.ParticipantError, match="T-1 is not a mentee"):
        result.alternatives("T-1")


def test_reserves_step_in_without_moving_anybody(result):
    """Only T-2 has a free seat, and only S-2 may use it: 120 instead of 180."""
    assert result.reserves().to_numpy().tolist() == [["S-9", "S-2", 1, "T-2", 0, 60_000]]


def test_the_waiting_list_names_who_would_be_served_next(crowded, result):
    """S-2 with T-1 instead of S-1 loses 75 of 600; with everybody served nobody waits."""
    assert crowded.waiting_list().to_numpy().tolist() == [["S-2", "T-1", 0, 75_000]]
    assert len(result.waiting_list()) == 0


def test_the_best_matchings_follow_the_optimum(result):
    """1660, then T-1 with S-2 and S-9 with S-1 (1645), then S-2 at T-2 (1600)."""
    found = result.k_best(3)
    assert [ranked.values for ranked in found] == [(3, 1_660_000), (3, 1_645_000), (3, 1_600_000)]
    assert found[0].pairs == (("S-9", "S-2"), ("T-1", "S-1"), ("T-2", "S-3"))
    assert found[1].regret == (0, 15_000)
    assert result.in_every_optimum == result.in_some_optimum == set(found[0].pairs)


def test_limits_that_are_no_flow_are_refused_and_why_not_still_answers(club, club_policy):
    """Mentees kept apart: regrets could be wrong, so there are none."""
    limits = {"apart": [["S-1", "S-2"]]}
    apart = mm.match(club, mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits}))
    for ask in (apart.regrets, apart.waiting_list, lambda: apart.k_best(2)):
        with pytest.raises(mm.MentorMatchError, match="what_if"):
            ask()
    found = apart.why_not("T-1", "S-2")
    assert (found.why, found.possible, found.regret) == ("not-chosen", None, None)


def test_goals_of_one_name_are_numbered():
    """A column has one name."""
    goals = [Objective(name) for name in ("cover", "cover", "points", "cover")]
    assert goal_names(goals) == ("cover", "cover-2", "points", "cover-3")

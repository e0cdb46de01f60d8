"""What a second matching changed, worked out by hand on the club."""

import mentormatch as mm


def test_who_moves_and_what_it_costs(club, club_policy):
    """Without (T-1, S-1): S-2 goes to T-1 (52.5 %), S-1 to S-9 (24 %), 1,645 in all."""
    first = mm.match(club, club_policy)
    changes = mm.what_if(first, ban=[("T-1", "S-1")]).changes_from(first)
    assert [(move.mentee, move.before, move.after) for move in changes.moves] == [
        ("S-1", ("T-1",), ("S-9",)),
        ("S-2", ("S-9",), ("T-1",)),
    ]
    assert [(move.fit_before, move.fit_after, move.gain) for move in changes.moves] == [
        (600, 240, -360),
        (180, 525, 345),
    ]
    assert [(goal.goal, goal.before, goal.after) for goal in changes.goals] == [
        ("cover", 3, 3),
        ("points", 1_660_000, 1_645_000),
    ]
    assert (changes.gained, changes.lost, changes.left, changes.came) == ((), (), (), ())
    assert changes.table()["gain"].tolist() == [-36.0, 34.5]
    assert "S-1: from T-1 (60.0 %) to S-9 (24.0 %)" in changes.text("en")
    assert "S-1: T-1 (60,0 %) → S-9 (24,0 %)" in changes.text("ru")


def test_who_gains_and_who_loses_a_mentor(club, club_policy):
    """With one seat less somebody has none; the other way round somebody gets one."""
    first = mm.match(club, club_policy)
    fewer = mm.what_if(first, capacity={"S-9": 0, "T-2": 1})
    lost = fewer.changes_from(first).lost
    assert lost == fewer.matching.unmatched
    assert len(lost) == 1
    assert first.changes_from(fewer).gained == lost
    assert f"No longer has a mentor: {lost[0]}" in fewer.changes_from(first).text("en")


def test_the_same_matching_changes_nothing(club, club_policy):
    """It is said, not left blank."""
    first = mm.match(club, club_policy)
    changes = first.changes_from(first)
    assert changes.moves == ()
    assert changes.text("en").splitlines()[0] == "Everybody stays where they are."


def test_with_other_weights_a_pair_that_stays_fits_otherwise(club, club_policy):
    """Both matchings are judged by the second policy, so nobody gains by weights alone."""
    first = mm.match(club, club_policy)
    second = mm.what_if(first, weights={"need": 0.7, "choice": 0.3})
    assert second.matching.unmatched == ()
    assert second.changes_from(first).moves == ()

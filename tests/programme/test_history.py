"""What happened feeds the next matching: broken pairs aren't repeated, running ones are kept."""

from datetime import date

import pytest

import mentormatch as mm
from lives import RUNNING, after
from mentormatch.datasets import school
from mentormatch.policy.limits import Ban, Pin
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

DAY = date(2026, 1, 10)


@pytest.fixture(scope="module")
def cohort():
    """Take a made-up school as it is on the day of the autumn round."""
    return school("boarding_small").cohort


@pytest.fixture(scope="module")
def policy():
    """Take the two recommended criteria."""
    return mm.Policy.preset("official")


@pytest.fixture(scope="module")
def autumn(cohort, policy):
    """Match in autumn."""
    return mm.match(cohort, policy)


@pytest.fixture(scope="module")
def state(autumn, cohort):
    """Order all of it."""
    made = mm.round_facts(autumn, cohort, State(), "R1")
    codes = tuple(each.pair for each in made[-1].proposals)
    day = cohort.as_of
    order = f.Ordered(number="1", on=day, pairs=codes, starts=day, ends=date(2027, 5, 31))
    return told(State(), *made, f.Accepted(pairs=codes), order)


def told(state, *facts):
    """Write facts down a year later, when nothing is still to come."""
    for fact in facts:
        entry = mm.Entry(
            seq=state.seq + 1, at="2027-06-01T12:00:00+03:00", author="curator", fact=fact
        )
        state = state.apply(entry)
    return state


def test_history_says_who_mentored_whom_and_how_it_ended():
    """A group has a line for each mentee, whoever left it earlier among them."""
    state = after(
        *RUNNING,
        f.MenteeLeft(pair="G1", mentee="S-2", on=date(2025, 12, 1), reason="moved"),
        f.Closed(pair="P1", on=DAY, reason="no_fit"),
    )
    start = date(2025, 9, 10)
    lines = [(p.mentor, p.mentee, p.since, p.until, p.reason) for p in state.history()]
    assert lines == [
        ("T-2", "S-2", start, date(2025, 12, 1), "moved"),
        ("T-2", "S-3", start, None, None),
        ("T-1", "S-1", start, DAY, "no_fit"),
    ]
    assert [past.broken for past in state.history()] == [False, False, True]


def test_a_proposal_is_no_history_but_a_refused_one_is_not_repeated():
    """Nobody mentored anybody yet."""
    state = after(*RUNNING[:2], f.Closed(pair="P1", on=DAY, reason="refused"))
    assert state.history() == ()
    assert state.broken() == (("T-1", "S-1"),)


def test_only_what_ended_badly_is_not_repeated():
    """Who moved away or reached the goal may meet again."""
    for reason, broken in [("moved", ()), ("goal_reached", ()), ("no_fit", (("T-1", "S-1"),))]:
        state = after(*RUNNING, f.Closed(pair="P1", on=DAY, reason=reason))
        assert state.broken() == broken


def test_who_came_together_again_all_the_same_is_not_banned():
    """A mentee who left the group and came back goes on in it."""
    left = f.MenteeLeft(pair="G1", mentee="S-2", on=DAY, reason="no_fit")
    assert after(*RUNNING, left).broken() == (("T-2", "S-2"),)
    back = f.MenteeJoined(pair="G1", mentee="S-2", on=DAY)
    assert after(*RUNNING, left, back).broken() == ()


def test_a_pair_that_broke_is_no_longer_pinned():
    """A pin from autumn must not bring it back; one made afterwards may."""
    pin = f.Pinned(mentor="T-1", mentee="S-1")
    state = after(*RUNNING, pin, f.Closed(pair="P1", on=DAY, reason="no_fit"))
    assert state.pins == {}
    assert [*after(pin, state=state).pins] == [("T-1", "S-1")]


def test_a_pair_that_waits_for_its_order_is_kept_like_a_running_one(autumn, cohort):
    """Its people aren't given away between the curator's yes and the director's order."""
    made = mm.round_facts(autumn, cohort, State(), "R1")
    first, second, *_ = made[-1].proposals
    waiting = told(State(), *made, f.Accepted(pairs=(first.pair,)))
    assert waiting.running() == ((first.mentor, first.mentees[0]),)
    assert (second.mentor, second.mentees[0]) not in waiting.running()
    assert waiting.history() == ()


def test_a_pair_made_against_a_rule_keeps_its_waiver(cohort, policy, autumn):
    """A rematch would end it by the rule that was set aside; so it is pinned with the waiver."""
    made = mm.round_facts(autumn, cohort, State(), "R1")
    first = made[-1].proposals[0]
    free = made[-1].unmatched[0]
    change = f.Changed(pair=first.pair, mentees=(free,), waive=("HR12",), reason="agreed")
    changed = told(State(), *made, change)
    (pin,) = changed.in_policy(policy, cohort).limits.pins
    assert (pin.mentor, pin.mentee, pin.waive) == (first.mentor, free, ("HR12",))
    assert (pin.author, pin.reason) == ("curator", "agreed")
    plain = told(State(), *made, change.model_copy(update={"waive": ()}))
    assert plain.in_policy(policy, cohort).limits.pins == ()
    ended = told(changed, f.Closed(pair=first.pair, on=DAY, reason="moved"))
    assert ended.in_policy(policy, cohort).limits.pins == ()


def test_a_result_becomes_the_facts_of_a_round(autumn, cohort):
    """Everybody is enrolled, every pair proposed, and the round can be recognised again."""
    enrolled, made = mm.round_facts(autumn, cohort, State(), "R1")
    assert {each.person for each in enrolled.people} == set(cohort.ids)
    proposed = {(each.mentor, each.mentees[0], each.form) for each in made.proposals}
    pairs = autumn.matching.pairs
    assert proposed == {(pair.mentor, pair.mentee, pair.form) for pair in pairs}
    assert made.proposals[0].pair == "R1-001"
    assert made.unmatched == autumn.matching.unmatched
    assert mm.round_facts(autumn, cohort, State(), "R1") == (enrolled, made)


def test_the_digest_of_a_result_is_that_of_its_file(autumn, cohort, tmp_path):
    """Whoever has the file can check it."""
    import hashlib

    autumn.save(tmp_path / "result.json")
    made = mm.round_facts(autumn, cohort, State(), "R1")[-1]
    assert made.result == hashlib.sha256((tmp_path / "result.json").read_bytes()).hexdigest()


def test_a_rematch_keeps_what_runs_and_never_repeats_what_broke(state, cohort, policy):
    """One pair breaks, one person leaves: all others go on, and the round says so."""
    first, second = list(state.pairs.values())[:2]
    now = told(
        state,
        f.Closed(pair=first.pair, on=cohort.as_of, reason="no_fit"),
        f.ConsentWithdrawn(person=second.mentor, on=cohort.as_of),
    )
    here = now.here(cohort)
    assert second.mentor not in here.ids
    assert len(here) == len(cohort) - 1
    again = mm.rematch(now.running(), here, now.in_policy(policy, here))
    pairs = {(pair.mentor, pair.mentee) for pair in again.matching.pairs}
    assert (first.mentor, first.mentees[0]) not in pairs
    kept = set(now.running()) & pairs
    made = mm.round_facts(again, here, now, "R2", on=cohort.as_of)[-1]
    assert len(made.kept) == len(kept) > 40
    assert told(now, made).rounds.keys() == {"R1", "R2"}
    # Without the history the pair that broke would be the best again.
    assert (first.mentor, first.mentees[0]) in {
        (pair.mentor, pair.mentee) for pair in mm.match(here, policy).matching.pairs
    }


def test_decisions_are_written_into_the_policy_instead_of_its_own(state, cohort, policy):
    """A ban in the register beats a pin in the file, and people who are gone are left out."""
    one, two = list(state.pairs.values())[:2]
    in_file = policy.limits.model_copy(
        update={"pins": (Pin(mentor=one.mentor, mentee=one.mentees[0]),)}
    )
    policy = policy.model_copy(update={"limits": in_file})
    now = told(state, f.Closed(pair=one.pair, on=cohort.as_of, reason="no_fit"))
    now = told(now, f.Pinned(mentor=two.mentor, mentee=two.mentees[0], reason="They asked"))
    limits = now.in_policy(policy, cohort).limits
    assert limits.bans == (Ban(mentor=one.mentor, mentee=one.mentees[0]),)
    (pin,) = limits.pins
    assert (pin.mentor, pin.mentee) == (two.mentor, two.mentees[0])
    assert (pin.author, pin.reason) == ("curator", "They asked")
    others = cohort.take([row for row, code in enumerate(cohort.ids) if code != two.mentor])
    assert now.in_policy(policy, others).limits.pins == ()


def test_running_pairs_can_be_pinned_where_groups_are_made(state, cohort, policy):
    """Then a plain matching keeps every one of them."""
    kept = mm.match(cohort, state.in_policy(policy, cohort, keep=True))
    pairs = {(pair.mentor, pair.mentee) for pair in kept.matching.pairs}
    assert set(state.running()) <= pairs


def test_a_group_that_goes_on_with_others_is_kept():
    """It is recognised by its mentor, its form and any of its mentees."""
    from mentormatch.matching import Group, Matching, Pair
    from mentormatch.programme.rounds import _open, _together

    pairs = tuple(Pair("T-2", who, "project", 5) for who in ("S-1", "S-3"))
    matching = Matching(pairs=pairs, groups=(Group("T-2", ("S-1", "S-3"), "project", 10),))
    (found,) = _together(matching)
    assert _open(found, after(*RUNNING)).pair == "G1"
    assert _open(found.model_copy(update={"form": "other"}), after(*RUNNING)) is None

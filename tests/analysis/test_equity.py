"""Who fares how: groups, the worst-off, envy, and what must not be worked out."""

from collections import defaultdict
from itertools import product

import pytest

import mentormatch as mm
from mentormatch.analysis.equity import Envy, GroupShare, Share, kept_back
from mentormatch.datasets import school
from mentormatch.participant import Participant


def pinned(policy, *pairs):
    """Decide on pairs (mentor, mentee)."""
    pins = [{"mentor": mentor, "mentee": mentee} for mentor, mentee in pairs]
    return mm.Policy.from_dict(policy.to_dict() | {"limits": {"pins": pins}})


@pytest.fixture(scope="module")
def found(club, club_policy):
    """Match the club of five with S-1 kept at S-9; the rest is T-1 with S-2, T-2 with S-3."""
    return mm.match(club, pinned(club_policy, ("S-9", "S-1"))).fairness()


def test_shares_are_those_worked_out_by_hand(found):
    """240, 525 and 880 per mille, the lowest first; 548 on average, rounded down."""
    assert found.shares == (Share("S-1", 240), Share("S-2", 525), Share("S-3", 880))
    assert found.worst(1) == (Share("S-1", 240),)
    assert (found.mentees, found.unmatched, found.per_mille) == (3, (), 548)


def test_who_would_rather_have_a_seat_of_somebody_with_less_there_envies(found):
    """S-1 has 240 and would have 600 at T-1, where S-2 has 525. Nobody else would gain."""
    assert found.envy == (Envy("S-1", "T-1", "S-2", own=240, there=600, holders=525),)
    assert found.envious == ("S-1",)


def test_who_would_gain_only_where_somebody_has_more_does_not_envy(club, club_policy):
    """Without the pin S-2 has 180 and would have 525 at T-1, but S-1 has 600 there."""
    found = mm.match(club, club_policy).fairness()
    assert found.shares[0] == Share("S-2", 180)
    assert found.envy == ()
    assert "Nobody would rather" in found.text()


def test_a_mentee_without_a_mentor_envies_as_well(club_of, club_policy):
    """S-1 is left out, and would have 600 at T-1, where S-2 has 525."""
    cohort = club_of(
        ("T-1", "teacher", "mentor", {"offers": {"maths": 10, "chess": 5}, "capacity": 1}),
        ("S-1", "student", "mentee", {"asks": {"maths": 4}}),
        ("S-2", "student", "mentee", {"asks": {"maths": 6, "chess": 2}}),
    )
    found = mm.match(cohort, pinned(club_policy, ("T-1", "S-2"))).fairness()
    assert found.unmatched == ("S-1",)
    assert found.envy == (Envy("S-1", "T-1", "S-2", own=None, there=600, holders=525),)
    assert "S-1 has no mentor and would reach 60.0 % with T-1" in found.text()


def test_a_banned_pair_is_nobodys_envy(club, club_policy):
    """Where S-1 and T-1 are kept apart by decision, there is no seat to envy."""
    content = pinned(club_policy, ("S-9", "S-1")).to_dict()
    content["limits"]["bans"] = [{"mentor": "T-1", "mentee": "S-1"}]
    assert mm.match(club, mm.Policy.from_dict(content)).fairness().envy == ()


@pytest.mark.parametrize("seed", range(5))
def test_envy_is_what_a_plain_search_finds(seed):
    """Ask every mentee about every mentor and every holder of a seat there."""
    result = mm.match(school("boarding_small", seed=seed).cohort, mm.Policy.preset("official"))
    graph, pairs = result.view.graph, result.matching.pairs

    def share(mentor, mentee):
        edge = graph.edge(mentor, mentee)
        if edge is None:
            return None
        maximum = int(result.policy.form_maximum[graph.form[edge]])
        return 1000 * int(graph.points()[edge]) // maximum

    own = {pair.mentee: share(pair.mentor, pair.mentee) for pair in pairs}
    expected = set()
    for mentee, pair in product(graph.mentees, pairs):
        there = share(pair.mentor, mentee)
        if there is not None and own.get(mentee, -1) < there > own[pair.mentee]:
            expected.add((mentee, pair.mentor))
    assert {(envy.mentee, envy.mentor) for envy in result.fairness().envy} == expected


# --- groups -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def class_of(club_form, club_policy):
    """Match so many mentees of each answer; T-1 takes those who asked for maths."""

    def make(question, counts, *, left=(), sensitivity="internal"):
        form = club_form.to_dict()
        extra = {"options": [{"id": name, "ru": name, "en": name} for name in "abcd"]}
        extra |= {"id": "need", "kind": "multi", "label": "Need", "sensitivity": sensitivity}
        flag = {"id": "known", "kind": "flag", "label": "Known", "sensitivity": sensitivity}
        form["questions"] += [extra, flag]
        offers = {"offers": {"maths": 5}}
        people = [Participant(id="T-1", kind="teacher", roles=["mentor"], answers=offers)]
        number = 0
        for place, (answer, count) in enumerate(counts):
            for mine in range(count):
                number += 1
                answers = {} if answer is None else {question: answer}
                if mine < (left[place] if left else 0):
                    answers["refused"] = ("T-1",)
                answers["asks"] = {"maths": 3}
                code = f"S-{number:03}"
                people.append(
                    Participant(id=code, kind="student", roles=["mentee"], answers=answers)
                )
        content = club_policy.to_dict()
        content["forms"][0]["capacity"] = {"most": 99}
        cohort = mm.Cohort.from_participants(mm.Questionnaire.from_dict(form), people)
        return mm.match(cohort, mm.Policy.from_dict(content)).fairness([question])

    return make


def test_groups_of_five_are_shown_and_of_four_are_not(class_of):
    """Six of grade 7 and five of grade 5, each with 30 % (5 of 10 for the request)."""
    found = class_of("grade", [(7, 6), (5, 5)], left=[1, 0])
    assert [
        (group.answer, group.mentees, group.covered, group.percent) for group in found.groups
    ] == [("5", 5, 5, 30), ("7", 6, 5, 30)]
    assert not found.breakdowns[0].kept_back
    hidden = class_of("grade", [(7, 6), (5, 4)])
    assert hidden.groups == ()
    assert hidden.breakdowns[0].kept_back
    assert "not shown" in hidden.text()


def test_a_small_group_takes_the_next_larger_with_it(class_of):
    """Three of grade 9 would be the total less the others; so grade 8 is kept back too."""
    found = class_of("grade", [(5, 9), (6, 8), (8, 7), (9, 3)])
    assert [group.answer for group in found.groups] == ["5", "6"]
    assert "the other groups are not shown" in found.text()
    assert list(found.table()["answer"]) == ["5", "6"]


def test_the_mean_of_few_is_not_shown(class_of):
    """Four of six have a mentor: how many is known anyway, what they reach isn't."""
    (group, _) = class_of("grade", [(5, 6), (6, 6)], left=[2, 0]).groups
    assert (group.covered, group.percent) == (4, None)


@pytest.mark.parametrize("sensitivity", ["internal", "restricted"])
def test_of_a_restricted_question_few_without_a_mentor_are_kept_back(class_of, sensitivity):
    """Who has none is listed by code: two of them with a need would be two with a need."""
    counts = [(("a", "b"), 8), (None, 20)]
    found = class_of("need", counts, left=[2, 1], sensitivity=sensitivity)
    shown = [(group.answer, group.mentees, group.covered) for group in found.groups]
    if sensitivity == "restricted":
        assert shown == [("any", 8, None), ("none", 20, None)]
        assert all(group.percent is None for group in found.groups)
    else:
        assert shown == [("any", 8, 6), ("none", 20, 19)]


def test_of_a_restricted_question_many_on_either_side_are_shown(class_of):
    """Five of ten with a need and five of twenty without have no mentor."""
    counts = [(("a",), 10), (None, 20)]
    found = class_of("need", counts, left=[5, 5], sensitivity="restricted")
    assert found.groups == (
        GroupShare("need", "any", found.groups[0].label, 10, 5, 30),
        GroupShare("need", "none", found.groups[1].label, 20, 15, 30),
    )


def test_flags_and_blanks_make_groups(class_of):
    """Yes, no and no answer, in the order of the questionnaire."""
    found = class_of("known", [(True, 5), (None, 6), (False, 7)])
    assert [(group.answer, group.mentees) for group in found.groups] == [
        ("no", 7),
        ("yes", 5),
        (None, 6),
    ]


def published(counts):
    """Say what a reader sees of some groups: the total, and the groups that are shown."""
    hidden = kept_back(counts)
    shown = tuple(None if place in hidden else count for place, count in enumerate(counts))
    return sum(counts), shown


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_who_knows_the_method_can_not_work_out_a_group_that_is_kept_back(groups):
    """For every outcome, each hidden group could have had another size.

    Groups that nobody is in are not listed, so all have somebody. With no group shown not
    even their number is known.
    """
    seen = defaultdict(list)
    for counts in product(range(1, 12), repeat=groups):
        seen[published(counts)].append(counts)
    for (_, shown), possible in seen.items():
        if all(count is None for count in shown):
            continue
        for place, count in enumerate(shown):
            if count is None:
                assert len({counts[place] for counts in possible}) > 1, (shown, possible)


@pytest.mark.parametrize("counts", [(5, 9), (5,), (0, 7), (0, 0), ()])
def test_where_no_group_is_small_nothing_is_kept_back(counts):
    """Nobody at all is no small group."""
    assert kept_back(counts) == set()


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((3, 9, 7), {0, 2}),  # the total less the others would be the three
        ((1, 2, 9), {0, 1, 2}),  # three in all is few as well
        ((1, 2, 9, 8), {0, 1, 3}),
        ((3, 4, 9), {0, 1}),  # seven in two groups
        ((4, 4, 9, 8), {0, 1, 3}),  # eight in two groups of at most four are 4 and 4
        ((3, 7, 7, 9), {0, 1, 2}),  # which of two equals goes along would tell their size
        ((3,), {0}),
        ((0, 3), {0, 1}),
    ],
)
def test_small_groups_are_kept_back_so_that_totals_say_nothing(counts, hidden):
    """Worked by hand: what is hidden is at least two groups and five people, or everything."""
    assert kept_back(counts) == hidden


# --- saying it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            [
                "3 of 3 mentees have a mentor",
                "24.0 % to 88.0 % of the form's maximum, half of them 52.5 % or less, 54.8 % on",
                "S-1 (24.0 %) would reach 60.0 % with T-1, who meets S-2 with 52.5 %",
            ],
        ),
        (
            "ru",
            [
                "Наставник есть у 3 из 3 наставляемых",
                "от 24,0 % до 88,0 %",
                "1 из 3 наставляемых предпочёл бы место",
            ],
        ),
    ],
)
def test_it_is_said_in_words(found, lang, sentences):
    """Coverage, spread, the lowest and envy."""
    for sentence in sentences:
        assert sentence in found.text(lang)


def test_unknown_questions_are_refused_all_at_once(club, club_policy):
    """A name that isn't there, and one whose answers make no groups."""
    with pytest.raises(mm.ParticipantError) as caught:
        mm.match(club, club_policy).fairness(["shoe-size", "friends"])
    assert [defect.code for defect in caught.value.defects] == [
        "fairness.no-question",
        "fairness.no-groups",
    ]


def test_nobody_at_all_is_fine(club_of, club_policy):
    """An empty round has a report of nothing."""
    found = mm.match(club_of(), club_policy).fairness()
    assert (found.shares, found.groups, found.per_mille) == ((), (), 0)
    assert found.text()
    assert found.table().empty

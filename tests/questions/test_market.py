"""Matching by mutual choice, from answers to a result, against trying every matching."""

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.analysis.stability import Stability, has_better
from mentormatch.problem import Bounds, Parts, Problem
from mentormatch.questions.market import stability_of
from mentormatch.solvers.stable import stable_matching
from mentormatch.storage.archive import packed, unpacked


@pytest.fixture(scope="module")
def ranked_of(club_form):
    """Make cohorts of the club's questionnaire, with friends named in order."""

    def make(*people):
        content = club_form.to_dict()
        friends = next(each for each in content["questions"] if each["id"] == "friends")
        friends |= {"ranked": True, "max": 5}
        return mm.Cohort.from_participants(
            mm.Questionnaire.from_dict(content),
            [
                mm.Participant(id=code, kind=kind, roles=[role], answers=answers)
                for code, kind, role, answers in people
            ],
        )

    return make


def draw(generator, make):
    """Draw three teachers with a seat or two and four students, who name each other at random."""
    teachers, students = [f"T-{n}" for n in range(3)], [f"S-{n}" for n in range(4)]
    people = []
    for code in teachers + students:
        others = students if code in teachers else teachers
        named = generator.permutation(others)[: generator.integers(0, 4)].tolist()
        answers = {"friends": tuple(named)} if named else {}
        if code in teachers:
            offers = {"maths": int(generator.integers(1, 11))}
            seats = int(generator.integers(1, 3))
            people.append(
                (code, "teacher", "mentor", answers | {"offers": offers} | {"capacity": seats})
            )
        else:
            asks = {"maths": int(generator.integers(1, 11)), "chess": 1}
            people.append((code, "student", "mentee", answers | {"asks": asks}))
    return make(*people), {code: answers for code, _, _, answers in people}


def stable_ones(cohort, answers, policy, *, ranked, only_named=False):
    """Try every matching, straight from answers and points, and keep those nothing blocks."""
    graph = mm.build_graph(cohort, policy)
    points = {
        (graph.mentors[col], graph.mentees[row]): value
        for row, col, value in zip(graph.mentee, graph.mentor, graph.points().tolist(), strict=True)
    }

    def place(who, whom):
        named = answers[who].get("friends", ())
        if whom not in named:
            return 9
        return named.index(whom) if ranked else 0

    def wish(who, whom, pair):
        # Of equal points the pair that comes first by mentee and mentor is wanted more.
        return place(who, whom), -points[pair], (pair[1], pair[0])

    def both_named(pair):
        return place(*pair) < 9 and place(*pair[::-1]) < 9

    allowed = [pair for pair in points if not only_named or both_named(pair)]
    seats = {code: given["capacity"] for code, given in answers.items() if "capacity" in given}
    found = []
    for choice in product(*[[None, *graph.mentors]] * len(graph.mentees)):
        has = dict(zip(graph.mentees, choice, strict=True))
        pairs = [(mentor, mentee) for mentee, mentor in has.items() if mentor]
        groups = {mentor: [pair for pair in pairs if pair[0] == mentor] for mentor in seats}
        if any(pair not in allowed for pair in pairs):
            continue
        if any(len(groups[mentor]) > seats[mentor] for mentor in seats):
            continue

        def blocks(pair, has=has, groups=groups):
            mentor, mentee = pair
            own = has[mentee]
            if own == mentor:
                return False
            if own and wish(mentee, own, (own, mentee)) < wish(mentee, mentor, pair):
                return False
            theirs = groups[mentor]
            return len(theirs) < seats[mentor] or any(
                wish(mentor, mentee, pair) < wish(mentor, other[1], other) for other in theirs
            )

        if not any(blocks(pair) for pair in allowed):
            found.append(tuple(sorted(pairs)))
    best = {
        mentee: min(
            (wish(mentee, mentor, (mentor, mentee)), mentor)
            for one in found
            for mentor, who in one
            if who == mentee
        )[1]
        for mentee in {who for one in found for _, who in one}
    }
    worst = {
        mentee: max(
            (wish(mentee, mentor, (mentor, mentee)), mentor)
            for one in found
            for mentor, who in one
            if who == mentee
        )[1]
        for mentee in best
    }
    as_pairs = (tuple(sorted((mentor, who) for who, mentor in it.items())) for it in (best, worst))
    return found, *as_pairs


def pairs_of(result):
    """List the chosen pairs as codes."""
    return tuple((pair.mentor, pair.mentee) for pair in result.matching.pairs)


@pytest.mark.parametrize("only_named", [False, True])
@pytest.mark.parametrize("ranked", [False, True])
def test_each_side_gets_the_best_of_all_stable_matchings(
    club_of, ranked_of, club_policy, ranked, only_named
):
    """Found from answers alone by trying every matching; the check agrees, and so does unique."""
    generator = np.random.default_rng(5 + ranked)
    several = 0
    for _ in range(25 if ranked else 8):
        cohort, answers = draw(generator, ranked_of if ranked else club_of)
        found, best, worst = stable_ones(
            cohort, answers, club_policy, ranked=ranked, only_named=only_named
        )
        for best_for, expected in (("mentees", best), ("mentors", worst)):
            result = mm.match(
                cohort, club_policy, solver="stable", best_for=best_for, only_named=only_named
            )
            assert pairs_of(result) == expected
            assert (result.status, result.proof) == (mm.Status.OPTIMAL, "stable")
            assert result.unique == (len(found) == 1)
            assert result.blocking_pairs(only_named=only_named) == ()
            assert mm.verify(result, cohort)
        several += len(found) > 1
    assert several or only_named or not ranked  # orders alike on both sides leave no choice


def test_the_best_matching_may_have_blocking_pairs(club_of, ranked_of, club_policy):
    """They are exactly those of the definition; and the price counts what stability costs."""
    generator = np.random.default_rng(11)
    blocked = 0
    for _ in range(20):
        cohort, answers = draw(generator, ranked_of)
        best = mm.match(cohort, club_policy)
        found, *_ = stable_ones(cohort, answers, club_policy, ranked=True)
        assert (best.blocking_pairs() == ()) == (pairs_of(best) in found)
        assert mm.blocking_pairs(best) == best.blocking_pairs()
        assert best.price_of_stability() is None
        blocked += bool(best.blocking_pairs())
        stable = mm.match(cohort, club_policy, solver="stable")
        price = stable.price_of_stability()
        assert price.best == tuple(level.value for level in best.levels)
        assert price.stable == tuple(level.value for level in stable.levels)
        assert price.goals == ("cover", "points")
        assert price.more >= (0, 0)
    assert blocked


def test_a_blocking_pair_is_named_with_its_points_alone(club_of, club_policy):
    """T-2 and S-3 named each other; a ban on others' account keeps them apart."""
    pinned = club_policy.with_limits(pins=[("T-2", "S-2")])
    people = [
        ("T-2", "teacher", "mentor", {"offers": {"chess": 8}, "friends": ("S-3",), "capacity": 1}),
        ("S-2", "student", "mentee", {"asks": {"chess": 10}}),
        ("S-3", "student", "mentee", {"asks": {"chess": 10}, "friends": ("T-2",)}),
    ]
    without = mm.match(club_of(*people), club_policy.with_limits(bans=[("T-2", "S-3")]))
    assert mm.blocking_pairs(without) == ()  # a forbidden pair blocks nothing
    decided = mm.match(club_of(*people), pinned)
    assert mm.blocking_pairs(decided) == ()  # a pin has decided about the seat
    people[1][3]["friends"] = ("T-2",)
    people[2][3]["asks"] = {"maths": 10}
    lopsided = club_policy.with_weights({"choice": 0.0})
    best = mm.match(club_of(*people), lopsided)
    assert pairs_of(best) == (("T-2", "S-2"),)
    assert mm.blocking_pairs(best) == (mm.Pair("T-2", "S-3", "lesson", 0),)


def test_a_pin_is_kept_and_its_seat_leaves_the_market(club, club_policy):
    """T-1 has one seat, decided on; whoever named T-1 has to look elsewhere."""
    policy = club_policy.with_limits(pins=[("T-1", "S-3")])
    result = mm.match(club, policy, solver="stable")
    assert ("T-1", "S-3") in pairs_of(result)
    assert [pair.mentor for pair in result.matching.pairs].count("T-1") == 1
    assert mm.verify(result)


def test_pins_that_clash_are_impossible_with_their_proof(club, club_policy):
    """Two pins for one seat: a value, certified, with the conflict."""
    policy = club_policy.with_limits(pins=[("T-1", "S-1"), ("T-1", "S-2")])
    result = mm.match(club, policy, solver="stable")
    assert result.proof == "infeasible_certified"
    assert result.conflict is not None
    assert mm.verify(result)


def test_bans_and_the_floor_leave_pairs_out(club, club_policy):
    """S-9 reaches no 40 percent with anybody, and T-2 may not meet S-3."""
    policy = club_policy.with_limits(min_percent=40, bans=[("T-2", "S-3")])
    result = mm.match(club, policy, solver="stable")
    assert pairs_of(result) == (("T-1", "S-1"),)


def test_limits_that_stability_cannot_hold_are_refused_all_at_once(club, club_policy):
    """Each is located and has a remedy."""
    content = club_policy.to_dict()
    content["forms"][0]["capacity"] = {"least": 1}
    content["limits"] = {
        "demand": {"least": 1, "most": 2},
        "load": {"least": 1},
        "quotas": [{"id": "q", "who": {"kind": "student"}, "least": 1}],
        "apart": [["S-1", "S-2"]],
        "together": [["S-1", "S-3"]],
    }
    content["forms"][0]["demand"] = {"most": 2}
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(club, mm.Policy.from_dict(content), solver="stable")
    assert [defect.place.field for defect in caught.value.defects] == [
        "forms[0].capacity.least",
        "limits.demand.least",
        "limits.demand.most",
        "limits.load.least",
        "limits.quotas[0]",
        "limits.apart",
        "limits.together",
    ]
    assert all(defect.remedy() for defect in caught.value.defects)


def test_people_who_could_mentor_each_other_are_refused_unless_they_may(club_of, club_policy):
    """Only the flow can hold that limit."""
    content = club_policy.to_dict()
    content["rules"] = []
    policy = mm.Policy.from_dict(content)
    both = ("mentor mentee", {"asks": {"maths": 1}, "offers": {"maths": 1}})
    cohort = club_of(("S-1", "student", *both), ("S-2", "student", *both))
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(cohort, policy, solver="stable")
    assert caught.value.defects[0].place.field == "limits.mutual"
    may = mm.match(cohort, policy.with_limits(mutual=True), solver="stable")
    assert len(may.matching.pairs) == 2


def test_a_policy_without_mutual_choice_says_what_to_add(club, club_policy):
    """Nobody knows which question holds the names."""
    content = club_policy.to_dict()
    content["criteria"] = content["criteria"][:1]
    for form in content["forms"]:
        form["weights"] = {"need": 1}
    policy = mm.Policy.from_dict(content)
    for call in (
        lambda: mm.match(club, policy, solver="stable"),
        lambda: mm.match(club, policy).blocking_pairs(),
    ):
        with pytest.raises(mm.PolicyError) as caught:
            call()
        assert "mutual-choice" in caught.value.defects[0].remedy()


def test_restricted_choices_are_no_preferences(club, club_policy):
    """Who would rather have whom would tell what they answered, and so would the file."""
    content = club_policy.to_dict()
    content["criteria"][1]["field"] = "refused"
    policy = mm.Policy.from_dict(content)
    best = mm.match(club, policy)
    for call in (best.blocking_pairs, lambda: mm.match(club, policy, solver="stable")):
        with pytest.raises(mm.PolicyError) as caught:
            call()
        assert caught.value.defects[0].code == "stable.restricted"


def test_a_stable_result_survives_its_file(club, club_policy, tmp_path):
    """Saved, read, checked with and without the answers; a tampered one is refused."""
    result = mm.match(club, club_policy, solver="stable", seed=3)
    file = tmp_path / "result.json"
    result.save(file)
    assert mm.verify(file)
    assert mm.verify(file, club)
    assert "rather have each other" in mm.verify(file).text()
    again = mm.Result.load(file, club)
    assert pairs_of(again) == pairs_of(result)
    assert again.summary("ru") == result.summary("ru")
    assert mm.Result.load(file).summary() == result.summary()
    content = json.loads(file.read_text("utf-8"))
    for key, value, reason in (
        ("proof", "certified", "other-proof"),
        ("pairs", [[*pair[:1], "S-1", *pair[2:]] for pair in content["pairs"]], "other-pairs"),
    ):
        file.write_text(json.dumps(content | {key: value}))
        assert mm.verify(file).reason == reason
    keys = dict(content["certificate"])
    keys["mentee_key"] = packed(unpacked(keys["mentee_key"]) + 1)
    file.write_text(json.dumps(content | {"certificate": keys}))
    assert mm.verify(file, club).reason == "other-preferences"
    assert mm.Result.load(file).certificate.best_for == "mentees"
    for damage in ({"best_for": "nobody"}, {"mentor_key": None}):
        file.write_text(json.dumps(content | {"certificate": keys | damage}))
        assert mm.verify(file).reason == "result.unreadable"


def market_with_parts(generator):
    """Draw up to three mentors with two parts each, and four mentees."""
    mentees, mentors = (int(size) for size in generator.integers(1, (5, 4)))
    cells = np.argwhere(generator.random((mentees, mentors)) < 0.8)
    size = len(cells)
    of = cells[:, 1] * 2 + generator.integers(0, 2, size)
    of = np.where(generator.random(size) < 0.2, -1, of)
    most = generator.integers(0, 3, 2 * mentors)
    problem = Problem(
        mentee=cells[:, 0].astype(np.int32),
        mentor=cells[:, 1].astype(np.int32),
        capacity=Bounds(np.zeros(mentors, np.int64), generator.integers(0, 4, mentors)),
        demand=Bounds(np.zeros(mentees, np.int64), np.ones(mentees, np.int64)),
        objectives=(),
        mentor_parts=Parts(
            of.astype(np.int32),
            np.repeat(np.arange(mentors, dtype=np.int32), 2),
            Bounds(np.zeros(2 * mentors, np.int64), most),
        ),
    )
    keys = (generator.permutation(size).astype(np.int64) for _ in range(2))
    return problem, Stability(*keys, "mentees", only_named=False)


def every_stable(problem, keys, *, parts):
    """Keep of all choices those in which nobody and no mentor's choice would change."""
    found = []
    for bits in product([False, True], repeat=problem.size):
        chosen = np.flatnonzero(bits)
        if (problem.served(chosen) > 1).any():
            continue

        def taken(mentor, offers):
            room, own = (
                int(problem.capacity.most[mentor]),
                dict(enumerate(problem.mentor_parts.bounds.most)),
            )
            kept = set()
            for pair in sorted(offers, key=lambda pair: -keys.mentor_key[pair]):
                part = problem.mentor_parts.of[pair] if parts else -1
                if room > 0 and (part < 0 or own[part] > 0):
                    kept.add(pair)
                    room -= 1
                    if part >= 0:
                        own[part] -= 1
            return kept

        mine = {
            mentor: {pair for pair in chosen.tolist() if problem.mentor[pair] == mentor}
            for mentor in range(problem.mentors)
        }
        if any(taken(mentor, pairs) != pairs for mentor, pairs in mine.items()):
            continue
        now = {int(problem.mentee[pair]): keys.mentee_key[pair] for pair in chosen}
        blocked = any(
            keys.mentee_key[pair] > now.get(int(problem.mentee[pair]), -1)
            and pair in taken(int(problem.mentor[pair]), mine[int(problem.mentor[pair])] | {pair})
            for pair in set(range(problem.size)) - set(chosen.tolist())
        )
        if not blocked:
            found.append(tuple(chosen.tolist()))
    return found


@pytest.mark.parametrize("parts", [False, True])
def test_both_ends_of_all_stable_matchings_are_found_and_told_apart(parts):
    """With and without bounds of forms below a mentor's own, against every choice of pairs."""
    generator = np.random.default_rng(21)
    several = 0
    while several < 6:
        problem, keys = market_with_parts(generator)
        if not parts:
            problem = replace(problem, mentor_parts=None)
            problem, keys = _bare(generator)
        if problem.size > 9:
            continue
        found = every_stable(problem, keys, parts=parts)
        several += len(found) > 1

        def wishes(choice, problem=problem, keys=keys):
            value = np.full(problem.mentees, -1)
            value[problem.mentee[list(choice)]] = keys.mentee_key[list(choice)]
            return value

        best = max(found, key=lambda choice: wishes(choice).sum())
        worst = min(found, key=lambda choice: wishes(choice).sum())
        for best_for, end in (("mentees", best), ("mentors", worst)):
            chosen = stable_matching(
                *(problem.mentee, problem.mentor, keys.mentee_key, keys.mentor_key),
                problem.capacity.most,
                best_for=best_for,
                parts=problem.mentor_parts if parts else None,
            )
            assert tuple(chosen.tolist()) == end
        for choice in found:
            assert (wishes(best) >= wishes(choice)).all()
            assert (wishes(worst) <= wishes(choice)).all()
            plain = problem if parts else replace(problem, mentor_parts=None)
            _, mentees, mentors = keys.market(plain)
            if not parts:
                at = np.array(choice, np.int64)
                assert has_better(mentees, mentors, at, "mentees") == (choice != best)
                assert has_better(mentees, mentors, at, "mentors") == (choice != worst)


def _bare(generator):
    """Draw a market with seats for nearly everybody and no parts that bind."""
    problem, keys = market_with_parts(generator)
    seats = np.maximum(problem.capacity.most // 2, 1)
    return replace(problem, capacity=Bounds(problem.capacity.least, seats)), keys


def test_choices_beside_the_market_are_refused(club, club_policy):
    """The check trusts nobody: a fault in a limit, in stability, or in whom it suits."""
    result = mm.match(club, club_policy, solver="stable", only_named=True)
    problem = result.problem
    stability = stability_of(mm.build_graph(club, club_policy), problem, only_named=True)
    chosen = result.view.outcome.chosen
    assert stability.check(problem, chosen).accepted
    assert stability.check(problem, chosen[:0]).reason == "blocking-pair"
    other = np.flatnonzero((stability.mentee_key < 0) & (problem.mentee != problem.mentee[chosen]))
    assert stability.check(problem, np.union1d(chosen, other[:1])).reason == "not-named"
    everybody = replace(stability, only_named=False)
    assert everybody.check(problem, chosen).reason == "preference-shape"
    tied = replace(stability, mentee_key=np.zeros(problem.size, np.int64))
    assert tied.check(problem, chosen).reason == "preference-tie"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"solver": "fast"}, "solver"),
        ({"solver": "stable", "best_for": "teachers"}, "best_for"),
        ({"best_for": "mentors"}, "best_for"),
        ({"only_named": True}, "only_named"),
    ],
)
def test_an_option_that_would_be_passed_over_is_refused(club, club_policy, asked, field):
    """A slip of the pen never gives another matching than was meant."""
    with pytest.raises(mm.PolicyError) as caught:
        mm.match(club, club_policy, **asked)
    assert [defect.place.field for defect in caught.value.defects] == [field]
    assert caught.value.defects[0].remedy("ru")

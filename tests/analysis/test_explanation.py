"""Why a pair has its points: by criterion, by person, for one pair and for all."""

import dataclasses

import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.policy.criteria import Match


@pytest.fixture(scope="module")
def result(club, club_policy):
    """Match the club of five."""
    return mm.match(club, club_policy)


@pytest.mark.parametrize("policy", ["official", "choice-first"])
def test_explaining_all_pairs_says_what_explaining_each_says(policy):
    """One binding for everybody and one for two people find the same evidence."""
    made_up = school("boarding_small", seed=3)
    found = mm.match(made_up.cohort, mm.Policy.preset(policy))
    explained = found.explain_all()
    assert len(explained) == len(found.matching.pairs) > 30
    for pair, one in zip(found.matching.pairs, explained, strict=True):
        assert one == found.explain(pair.mentor, pair.mentee)
        assert one.points == pair.points


def test_all_pairs_of_no_matching_are_explained_by_nothing(club_of, club_policy):
    """Where nobody is matched there is nothing to say."""
    assert mm.match(club_of(), club_policy).explain_all() == ()


def test_a_request_that_the_mentor_does_not_offer_is_said_to_be_open(result):
    """S-2 asked T-2 for maths and chess, and T-2 can chess only."""
    found = result.explain("T-2", "S-2")
    (need, _) = found.shares
    assert need.evidence.matched == (Match("asks", "chess", 2, 8),)
    assert need.evidence.unmet == (Match("asks", "maths", 6),)
    assert "Chess (importance 2, confidence 8); not offered: Maths (importance 6)" in found.text()


def test_each_person_sees_what_they_give_and_get(result):
    """T-2 gives S-3 chess; that they chose each other is what they share."""
    mentor, mentee = result.explain("T-2", "S-3").by_person
    chess = (Match("asks", "chess", 10, 8),)
    assert (mentor.person, mentor.role, mentee.person) == ("T-2", "mentor", "S-3")
    assert [finding.matches for finding in mentor.brings] == [chess]
    assert mentor.brings == mentee.gets
    assert mentor.gets == mentee.brings == ()
    assert [finding.matches for finding in mentee.shares] == [(Match("friends", "mutual"),)]
    assert mentee.lacks == mentor.lacks == ()


@pytest.mark.parametrize(("chooser", "other"), [("T-1", "S-1"), ("S-1", "T-1")])
def test_a_choice_of_one_side_is_a_wish_of_that_side(club_of, club_policy, chooser, other):
    """Who chose gets whom they chose, and the other brings it about."""
    answers = {code: {"friends": (other,)} if code == chooser else {} for code in ("T-1", "S-1")}
    cohort = club_of(
        ("T-1", "teacher", "mentor", answers["T-1"]), ("S-1", "student", "mentee", answers["S-1"])
    )
    sides = {
        side.person: side for side in mm.match(cohort, club_policy).explain("T-1", "S-1").by_person
    }
    assert [finding.criterion for finding in sides[chooser].gets] == ["choice"]
    assert [finding.criterion for finding in sides[other].brings] == ["choice"]
    assert sides[chooser].shares == sides[other].gets == ()


def test_what_somebody_else_chose_is_never_said(result):
    """S-3 chose T-2, which is nothing to T-1."""
    assert "T-2" not in str(dataclasses.asdict(result.explain("T-1", "S-3"))["shares"])


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "- T-2 gives: Request - Chess (importance 2, confidence 8)",
                "- Still open: Request - Maths (importance 6)",
            ],
        ),
        (
            "ru",
            [
                "- T-2 даёт: Запрос — chess-ру (важность 2, уверенность 8)",
                "- Без ответа остаётся: Запрос — maths-ру (важность 6)",
            ],
        ),
    ],
)
def test_the_view_by_person_is_said_in_words(result, lang, lines):
    """A line for each thing that is given, shared or left open."""
    assert result.explain("T-2", "S-2").text(lang, by="person").splitlines()[1:] == lines


def test_where_nothing_matched_only_what_is_left_open_is_said(result):
    """S-9 can nothing that S-3 asked for; that much is left open."""
    assert result.explain("S-9", "S-3").personal() == [
        "Still open: Request - Chess (importance 10)"
    ]


@pytest.fixture(scope="module")
def numbers_of(club_form):
    """Match two people by one criterion on numbers."""

    def make(criterion, mentor, mentee):
        form = club_form.to_dict()
        for name in ("wish_from", "wish_to"):
            form["questions"].append({"id": name, "kind": "number", "label": name})
        policy = {
            "name": "numbers",
            "forms": [
                {
                    "id": "f",
                    "label": "F",
                    "mentors": {"kind": "teacher"},
                    "mentees": {"kind": "student"},
                    "weights": {"c": 1},
                }
            ],
            "criteria": [{"id": "c"} | criterion],
        }
        people = [
            mm.Participant(id="T-1", kind="teacher", roles=["mentor"], answers=mentor),
            mm.Participant(id="S-1", kind="student", roles=["mentee"], answers=mentee),
        ]
        cohort = mm.Cohort.from_participants(mm.Questionnaire.from_dict(form), people)
        return mm.match(cohort, mm.Policy.from_dict(policy)).explain("T-1", "S-1")

    return make


@pytest.mark.parametrize(
    ("criterion", "mentor", "mentee", "word"),
    [
        # of ten steps two are near, three are not
        ({"type": "closeness", "field": "grade"}, {"grade": 3}, {"grade": 5}, "near"),
        ({"type": "closeness", "field": "grade"}, {"grade": 3}, {"grade": 6}, None),
        # 1 and 11 mirror each other; 1 and 8 miss it by three
        ({"type": "complement", "field": "grade"}, {"grade": 1}, {"grade": 11}, "opposite"),
        ({"type": "complement", "field": "grade"}, {"grade": 1}, {"grade": 8}, None),
        # of two steps in all, one is far
        ({"type": "profile", "items": ["priority"]}, {"priority": 2}, {"priority": 2}, "near"),
        ({"type": "profile", "items": ["priority"]}, {"priority": 2}, {"priority": 3}, None),
        (
            {"type": "within-range", "mentee": "grade", "mentor": "wish", "falloff": 3},
            {"wish_from": 5, "wish_to": 6},
            {"grade": 6},
            "within",
        ),
        (
            {"type": "within-range", "mentee": "grade", "mentor": "wish", "falloff": 3},
            {"wish_from": 5, "wish_to": 6},
            {"grade": 7},
            None,
        ),
    ],
)
def test_numbers_that_stand_well_to_each_other_are_named(
    numbers_of, criterion, mentor, mentee, word
):
    """Near, opposite or as wished is said of the question; the numbers themselves are not."""
    found = numbers_of(criterion, mentor, mentee)
    field = "priority" if "items" in criterion else "grade"
    expected = () if word is None else (Match(field, word),)
    assert found.shares[0].evidence.matched == expected
    for lang in ("en", "ru"):
        assert (field.capitalize() in found.text("en")) == (word is not None)
        assert found.text(lang, by="person")


def test_ranks_are_said_where_they_count(club_of, club_policy):
    """The second choice of one and the first of the other, which is why not all is scored."""
    content = club_policy.to_dict()
    content["criteria"][1]["by_rank"] = True
    form = club_of().questionnaire.to_dict()
    for question in form["questions"]:
        if question["id"] == "friends":
            question |= {"ranked": True, "max": 2}
    people = [
        ("T-1", "teacher", "mentor", ("S-1", "S-2")),
        ("T-2", "teacher", "mentor", ()),
        ("S-1", "student", "mentee", ("T-2", "T-1")),
        ("S-2", "student", "mentee", ()),
    ]
    cohort = mm.Cohort.from_participants(
        mm.Questionnaire.from_dict(form),
        [
            mm.Participant(id=code, kind=kind, roles=[role], answers={"friends": chosen})
            for code, kind, role, chosen in people
            if chosen
        ]
        + [
            mm.Participant(id=code, kind=kind, roles=[role])
            for code, kind, role, chosen in people
            if not chosen
        ],
    )
    found = mm.match(cohort, mm.Policy.from_dict(content)).explain("T-1", "S-1")
    choice = next(share for share in found.shares if share.criterion == "choice")
    assert choice.evidence.matched == (Match("friends", "mutual", 2, 1),)
    assert "choice no. 2 of the mentee, no. 1 of the mentor" in found.text()
    assert "выбор наставляемого — 2-й, наставника — 1-й" in found.text("ru")
    one_sided = mm.match(cohort, mm.Policy.from_dict(content)).explain("T-1", "S-2")
    assert "the mentor chose this mentee (choice no. 2)" in one_sided.text()

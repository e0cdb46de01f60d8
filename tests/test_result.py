"""What a result answers."""

import json

import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.storage import result_file


@pytest.fixture(scope="module")
def result(club, club_policy):
    """Match the club of five."""
    return mm.match(club, club_policy)


@pytest.fixture(scope="module")
def impossible(club, club_policy):
    """Pin two mentees to one seat."""
    limits = {"pins": [{"mentor": "T-1", "mentee": code} for code in ("S-1", "S-2")]}
    return mm.match(club, mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits}))


def test_the_table_has_a_row_per_pair_and_a_column_per_criterion(result):
    """Points, percent and the parts of each criterion stand as worked out by hand."""
    table = result.table()
    assert list(table.columns) == [
        *("mentor", "mentee", "form", "percent", "answered", "points"),
        *("need", "choice"),
    ]
    last = table.iloc[2].to_dict()
    assert last == {
        "mentor": "T-2",
        "mentee": "S-3",
        "form": "lesson",
        "percent": 88.0,
        "answered": 100.0,
        "points": 880_000,
        "need": 480_000,
        "choice": 400_000,
    }
    assert (table["points"] == table["need"] + table["choice"]).all()


def test_the_table_speaks_both_languages(result):
    """Titles, forms and criteria are labels when a language is given."""
    table = result.table("ru")
    assert list(table.columns)[:3] == ["Наставник", "Наставляемый", "Форма"]
    assert "Запрос" in table.columns
    assert set(table["Форма"]) == {"Урок", "Ровесники"}


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ["3 pairs", "3 of 3 mentees have a mentor", "average a pair reaches 55.3 %"]),
        ("ru", ["Подобрано 3 пары", "Наставник есть у 3 из 3", "набирает 55,3 %"]),
    ],
)
def test_the_summary_says_what_was_reached_and_proven(result, lang, sentences):
    """Pairs, coverage, goals, mean and the proof are said in words."""
    summary = result.summary(lang)
    for sentence in sentences:
        assert sentence in summary
    assert ("Proven" if lang == "en" else "Доказано") in summary


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        # nobody may meet the second pupil
        ([("S-2", "student", "mentee", {"refused": ("T-1",)})], "no admissible mentor"),
        # the only seat is taken
        ([("S-2", "student", "mentee", {})], "the only mentor in question has no seat left"),
    ],
)
def test_whoever_is_left_gets_a_reason(club_of, club_policy, people, reason):
    """Each mentee without a mentor is listed with why."""
    first = [
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
        ("S-1", "student", "mentee", {"asks": {"maths": 9}}),
    ]
    left = mm.match(club_of(*first, *people), club_policy)
    assert f"- S-2: {reason}" in left.summary()
    assert left.matching.unmatched == ("S-2",)


def test_a_mentee_with_fewer_mentors_than_wanted_is_underserved(club, club_policy):
    """Who may have two and has one is listed with both numbers."""
    content = club_policy.to_dict() | {"limits": {"demand": {"most": 2}}}
    for form in content["forms"]:
        form["demand"] = {"most": 2}
    short = mm.match(club, mm.Policy.from_dict(content))
    assert short.matching.unmatched == ()
    assert all(entry[1:] == (1, 2) for entry in short.matching.underserved)


def test_an_explanation_adds_up_to_the_points_and_shows_what_matched(result):
    """T-2 and S-3: chess at 8 of 10, and they chose each other."""
    found = result.explain("T-2", "S-3")
    assert (found.points, found.maximum, found.answered) == (880_000, 1_000_000, (1000, 1000))
    assert [(share.criterion, share.points) for share in found.shares] == [
        ("need", 480_000),
        ("choice", 400_000),
    ]
    assert found.text() == (
        "T-2 and S-3 (Lesson): 88.0 % of the form's maximum\n"
        "- Request: 48.0 % of 60.0 % - Chess (importance 10, confidence 8)\n"
        "- choice: 40.0 % of 40.0 % - they chose each other"
    )
    assert "88,0 %" in found.text("ru")
    assert "выбрали друг друга" in found.text("ru")
    assert found.reasons("ru") == (
        "Запрос: chess-ру (важность 10, уверенность 8); choice: выбрали друг друга"
    )


def test_a_pair_that_was_only_possible_is_explained_as_well(result):
    """S-9 and S-1 were allowed; their points are worked out all the same."""
    found = result.explain("S-9", "S-1")
    assert (found.form, found.points) == ("peer", 240_000)


@pytest.mark.parametrize(
    ("mentor", "mentee", "why", "reasons"),
    [
        ("T-2", "S-3", "chosen", ()),
        ("T-1", "S-2", "not-chosen", ()),
        ("T-2", "S-1", "forbidden", ("not admissible",)),  # a veto is never named
    ],
)
def test_why_not_names_what_stands_against_a_pair(result, mentor, mentee, why, reasons):
    """Chosen, allowed but not chosen, or forbidden with each reason once."""
    found = result.why_not(mentor, mentee)
    assert (found.why, found.reasons()) == (why, reasons)
    for lang in ("en", "ru"):
        assert mentor in found.text(lang)
        assert "R2" not in found.text(lang)


def test_why_not_tells_bans_and_floors_from_rules(club, club_policy):
    """A ban is a decision, a floor is the policy's."""
    limits = {"bans": [{"mentor": "T-1", "mentee": "S-1"}], "min_percent": 40}
    found = mm.match(club, mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits}))
    assert found.why_not("T-1", "S-1").why == "banned"
    assert found.why_not("S-9", "S-1").why == "below-floor"


def test_why_not_says_when_no_form_joins_two_people(club_of, club_policy):
    """Two teachers meet in no form of this policy."""
    people = [("T-1", "teacher", "mentor", {}), ("T-2", "teacher", "mentee", {})]
    assert mm.match(club_of(*people), club_policy).why_not("T-1", "T-2").why == "no-form"


def test_explaining_a_forbidden_pair_points_to_why_not(result):
    """There are no points to explain where rules forbid."""
    with pytest.raises(mm.ParticipantError, match="why_not"):
        result.explain("T-2", "S-1")


@pytest.mark.parametrize(
    ("mentor", "mentee", "words"),
    [
        ("S-1", "T-1", "write \\(T-1, S-1\\)"),  # the other way round
        ("X-1", "S-1", "X-1"),  # nobody
        ("T-1", "T-2", "T-2"),  # a mentor twice
    ],
)
def test_asking_about_strangers_raises_with_a_remedy(result, mentor, mentee, words):
    """Unknown codes and exchanged roles are named."""
    for ask in (result.explain, result.why_not):
        with pytest.raises(mm.ParticipantError, match=words):
            ask(mentor, mentee)


def test_an_impossible_result_is_a_value_with_a_reason(impossible):
    """Nothing raises, nothing is matched, and the summary names the conflict."""
    assert impossible.status is mm.Status.INFEASIBLE
    assert impossible.matching == mm.Matching()
    assert (impossible.points, impossible.bound, impossible.gap) == (None, None, None)
    assert len(impossible.table()) == 0
    assert "T-1" in impossible.summary()
    assert len(impossible.conflict.clauses) == 3


def test_a_result_shows_itself_without_people_or_markup(result, impossible):
    """Reprs count; HTML is escaped."""
    assert repr(result) == "Result(optimal, 3 pairs, 0 unmatched, certified)"
    assert "T-1" not in repr(impossible)
    assert "<td>T-1</td>" in result._repr_html_()
    for shown in (result.explain("T-1", "S-1"), result.why_not("T-1", "S-2"), impossible.conflict):
        assert shown._repr_html_().startswith("<pre>")


def test_a_saved_result_is_read_back_equal(result, impossible, tmp_path):
    """Status, levels, pairs, table and summary survive the file; the bytes repeat."""
    for number, each in enumerate((result, impossible)):
        path = tmp_path / f"result-{number}.json"
        each.save(path)
        back = mm.Result.load(path)
        assert repr(back) == repr(each)
        assert back.levels == each.levels
        assert back.matching == each.matching
        assert back.summary("ru") == each.summary("ru")
        assert back.table().equals(each.table())
        assert back.policy == each.policy
        again = tmp_path / "again.json"
        back.save(again)
        assert again.read_bytes() == path.read_bytes()


def test_a_result_without_its_cohort_can_not_explain_and_says_so(result, club, tmp_path):
    """With the cohort it explains again."""
    result.save(tmp_path / "result.json")
    with pytest.raises(mm.ParticipantError, match="cohort=cohort"):
        mm.Result.load(tmp_path / "result.json").explain("T-1", "S-1")
    back = mm.Result.load(tmp_path / "result.json", club)
    assert back.explain("T-1", "S-1") == result.explain("T-1", "S-1")


def test_a_result_of_other_answers_is_refused(result, club_of, tmp_path):
    """A cohort that isn't the one the result was made of is recognised."""
    result.save(tmp_path / "result.json")
    with pytest.raises(mm.IntakeError, match="other answers"):
        mm.Result.load(tmp_path / "result.json", club_of(("S-1", "student", "mentee", {})))


def test_a_result_too_large_for_its_file_needs_its_cohort(result, club, tmp_path, monkeypatch):
    """Above the limit scores are left out, and computed again from the answers."""
    monkeypatch.setattr(result_file, "MOST_PAIRS", 3)
    path = tmp_path / "result.json"
    result.save(path)
    assert json.loads(path.read_text("utf-8"))["problem"] is None
    with pytest.raises(mm.IntakeError, match="too many pairs"):
        mm.Result.load(path)
    assert mm.verify(path).reason == "result.no-scores"
    assert mm.verify(path, club).text().endswith("Scores recomputed from the answers.")
    assert mm.verify(path, club)


@pytest.mark.parametrize(
    "content",
    [
        b"",  # nothing
        b"\xff\xfe",  # no text
        b"[]",  # another shape
        b"{}",  # nothing in it
        b'{"format": "mentormatch result", "schema_version": 99}',  # from the future
        b'{"format": "mentormatch result", "schema_version": "x"}',
    ],
)
def test_what_is_no_result_is_refused(content, tmp_path):
    """Other files raise one located error, and verification just says so."""
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(mm.IntakeError, match=r"result\.json"):
        mm.Result.load(path)
    assert mm.verify(path).reason == "result.unreadable"
    assert mm.verify(tmp_path / "nothing.json").reason == "record.no-file"


def test_the_workbook_holds_pairs_with_reasons_who_is_left_and_the_summary(result, tmp_path):
    """Three sheets in the asked language; shares are numbers, not text."""
    from python_calamine import load_workbook

    path = tmp_path / "pairs.xlsx"
    result.write(path, "ru")
    book = load_workbook(path)
    assert book.sheet_names == ["Пары", "Без наставника", "Сводка"]
    rows = book.get_sheet_by_name("Пары").to_python()
    assert rows[0][:5] == ["Наставник", "Наставляемый", "Форма", "Соответствие", "Почему"]
    assert rows[3][:4] == ["T-2", "S-3", "Урок", 0.88]
    assert "выбрали друг друга" in rows[3][4]


def test_a_synthetic_school_goes_all_the_way(tmp_path):
    """A boarding school is matched, written, saved, read and verified."""
    some = school("boarding_small", seed=1)
    result = mm.match(some.cohort, mm.Policy.preset("official"))
    result.save(tmp_path / "result.json")
    result.write(tmp_path / "pairs.xlsx")
    assert mm.verify(tmp_path / "result.json")
    assert mm.verify(tmp_path / "result.json", some.cohort).scores == "recomputed"

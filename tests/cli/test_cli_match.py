"""``match``, ``explain``, ``why-unmatched`` and ``diagnose`` say what the library says."""

import json
import re

import openpyxl
import pytest

from mentormatch.analysis.diagnosis import diagnose
from mentormatch.pipeline import match
from mentormatch.programme.folder import Programme
from mentormatch.result import Result


def pin(folder, mentor, mentee):
    """Decide on a pair in the policy of a programme."""
    with (folder / "policy.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[limits.pins]]\nmentor = "{mentor}"\nmentee = "{mentee}"\nreason = "-"\n')


def pair_that(folder, why):
    """Find a pair of codes with a given fate, from the library's own answers."""
    cohort, policy = Programme.open(folder).read()
    result = match(cohort, policy)
    mentors, mentees = (
        [cohort.ids[place] for place in side] for side in (cohort.mentors, cohort.mentees)
    )
    pairs = ((mentor, mentee) for mentor in mentors for mentee in mentees)
    return next(pair for pair in pairs if result.why_not(*pair).why == why)


def test_a_match_is_what_the_library_finds(typed, demo):
    """JSON, the kept result and a call of the library agree on every pair."""
    done = typed("match", demo, "--json")
    data = json.loads(done.stdout)
    result = match(*Programme.open(demo).read())
    expected = [(pair.mentor, pair.mentee, pair.points) for pair in result.matching.pairs]
    assert done.exit_code == 0
    assert [(it["mentor"], it["mentee"], it["points"]) for it in data["pairs"]] == expected
    assert [it["mentee"] for it in data["unmatched"]] == list(result.matching.unmatched)
    assert (data["points"], data["proof"]) == (result.points, "certified")
    kept = Result.load(demo / "out" / "result.json").matching
    assert [(pair.mentor, pair.mentee, pair.points) for pair in kept.pairs] == expected


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_of_pairs_fits_the_terminal(typed, demo, width):
    """Reasons are wrapped, codes stand whole."""
    lines = typed("match", demo, "--lang", "ru", COLUMNS=str(width)).stdout.splitlines()
    table = lines[: lines.index("Найдено лучшее возможное распределение.")]
    pairs = Result.load(demo / "out" / "result.json").matching.pairs
    assert max(map(len, table)) <= width
    assert [line.split()[:2] for line in table if " % " in line] == [
        [pair.mentor, pair.mentee] for pair in pairs
    ]
    assert "…" not in "".join(table)


def test_long_codes_are_broken_and_never_cut(typed, tmp_path):
    """Every letter of a code is there, on several lines if need be."""
    typed("init", tmp_path / "school")
    folder = tmp_path / "school"
    code = "T" + "0123456789" * 6
    (folder / "policy.toml").write_text(
        'name = "any"\n[[forms]]\nid = "pairs"\nlabel = "Pairs"\nweights = {}\n'
        'mentors = { kind = "teacher" }\nmentees = { kind = "student" }\n'
    )
    (folder / "all.csv").write_text(
        f"code;kind;roles\n{code};teacher;mentor\nS-1;student;mentee\n", "utf-8"
    )
    (folder / "programme.toml").write_text('name = "x"\nanswers = { mentors = "all.csv" }\n')
    done = typed("match", folder)
    assert done.exit_code == 0
    column = "".join(line[1:25].strip() for line in done.stdout.splitlines()[3:6])
    assert column == code


def test_a_seed_draws_lots_and_the_settings_may_hold_it(typed, demo):
    """The same seed gives the same file, whether it is typed or written down."""
    typed("match", demo, "--seed", "5", "--out", demo / "typed")
    settings = (demo / "programme.toml").read_text("utf-8")
    (demo / "programme.toml").write_text(f"seed = 5\n{settings}", "utf-8")
    typed("match", demo, "--out", demo / "written")
    typed("match", demo, "--seed", "6", "--out", demo / "other")
    first, same, other = (
        (demo / name / "result.json").read_bytes() for name in ("typed", "written", "other")
    )
    assert first == same != other


@pytest.mark.parametrize("as_json", [False, True])
def test_broken_files_are_listed_and_nothing_is_matched(typed, demo, as_json):
    """Defects of two files are told at once, on standard error."""
    (demo / "policy.toml").write_text('name = "x"\nforms = []\n', "utf-8")
    table = (demo / "mentees.csv").read_text("cp1251").replace("Обучающийся", "Космонавт", 1)
    (demo / "mentees.csv").write_text(table, "utf-8")
    (demo / "out" / "result.json").unlink()
    done = typed("match", demo, *(["--json"] if as_json else []))
    assert done.exit_code == 1
    assert "policy.toml, forms" in done.stderr
    assert re.search(r"^mentees.csv\n.*\n.* row 2$", done.stderr, re.MULTILINE)
    assert str(demo) not in done.stderr
    if as_json:
        places = {defect["file"] for defect in json.loads(done.stdout)["defects"]}
        assert places == {"policy.toml", "mentees.csv"}
    else:
        assert done.stdout == ""
    assert not (demo / "out" / "result.json").exists()


def test_an_impossible_programme_ends_with_1_and_its_conflict(typed, demo):
    """A pin on a forbidden pair: no stale list of pairs is left behind."""
    mentor, mentee = pair_that(demo, "forbidden")
    pin(demo, mentor, mentee)
    done = typed("match", demo)
    assert done.exit_code == 1
    assert f"mentor {mentor} and mentee {mentee} are pinned" in done.stdout
    book = openpyxl.load_workbook(demo / "out" / "pairs.xlsx")
    assert book.worksheets[0].max_row == 1
    data = json.loads(typed("match", demo, "--json").stdout)
    assert (data["status"], data["pairs"], len(data["conflict"])) == ("infeasible", [], 2)
    assert typed("explain", demo, mentor, mentee).exit_code == 1


def test_a_pin_on_nobody_is_located_in_the_policy(typed, demo):
    """The file is named though only the people tell that it is wrong."""
    pin(demo, "T-000", "S-000")
    done = typed("match", demo)
    assert done.exit_code == 1
    assert "policy.toml, limits.pins[0]" in done.stderr


def test_a_folder_that_cannot_be_written_is_misuse(typed, demo):
    """A file stands where the results should go."""
    done = typed("match", demo, "--out", demo / "policy.toml")
    assert done.exit_code == 2
    assert "pairs.xlsx: the file can't be written" in done.stderr


@pytest.mark.parametrize(
    ("why", "said", "explained"),
    [
        ("chosen", "are a pair", True),
        ("not-chosen", "With this pair:", True),
        ("forbidden", "may not meet", False),
    ],
)
def test_a_pair_is_explained_by_its_fate(typed, demo, why, said, explained):
    """Points where there are some, rules where they forbid."""
    mentor, mentee = pair_that(demo, why)
    done = typed("explain", demo, mentor, mentee)
    assert done.exit_code == 0
    assert said in done.stdout
    assert ("Mutual choice" in done.stdout) == explained
    data = json.loads(typed("explain", demo, mentor, mentee, "--json").stdout)
    assert data["why"] == why
    assert (data["points"] is not None) == explained
    assert (data["objections"] != []) == (not explained)
    assert (data["regret"] is not None) == explained
    assert ([step["mentee"] for step in data["chain"]][:1] == [mentee]) == explained


def test_a_confidential_reason_stays_confidential(typed, demo):
    """Neither words nor data tell a veto from a need for support."""
    cohort, policy = Programme.open(demo).read()
    hidden = [
        rule.code for rule in policy.all_rules if rule.is_confidential_in(cohort.questionnaire)
    ]
    result = match(cohort, policy)
    mentor, mentee = next(
        (cohort.ids[mentor], cohort.ids[mentee])
        for mentor in cohort.mentors
        for mentee in cohort.mentees
        if result.why_not(cohort.ids[mentor], cohort.ids[mentee]).reasons("en")
        == ("not admissible",)
    )
    shown = typed("explain", demo, mentor, mentee, "--json").stdout
    assert hidden
    assert not [code for code in hidden if code in shown]
    assert json.loads(shown)["objections"] == ["not admissible"]


def test_people_who_are_not_there_are_misuse(typed, demo):
    """An unknown code, and two codes in the wrong order."""
    _, mentee = pair_that(demo, "chosen")
    unknown = typed("explain", demo, "T-000", mentee)
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "T-000" in unknown.stderr
    reversed_ = typed("explain", demo, "S-0077", "A-007")
    assert reversed_.exit_code == 2
    assert "write (A-007, S-0077)" in reversed_.stderr


def test_a_diagnosis_is_the_librarys(typed, demo):
    """In words and as data."""
    found = diagnose(*Programme.open(demo).read())
    done = typed("diagnose", demo, "--lang", "ru")
    assert (done.exit_code, done.stdout) == (0, found.text("ru") + "\n")
    data = json.loads(typed("diagnose", demo, "--json").stdout)
    assert (data["allowed"], data["stranded"]) == (found.allowed, list(found.stranded))


def test_a_time_limit_is_passed_on_and_what_it_cut_off_is_said(typed, demo):
    """With hardly any time there are pairs, a sentence on the gap, and exit code 1."""
    done = typed("match", demo, "--time-limit", "0.000001", "--lang", "en")
    assert done.exit_code == 1
    assert "A matching found; a better one may exist." in done.stdout
    assert "Stopped after 0.000001 s; by the goal" in done.stdout
    kept = Result.load(demo / "out" / "result.json")
    assert (kept.stopped.by, kept.stopped.seconds) == ("time", 0.000001)
    assert kept.summary("en") in done.stdout
    russian = kept.summary("ru")
    assert "Поиск остановлен через 0,000001 с; по цели" in russian
    generous = typed("match", demo, "--time-limit", "600", "--json")
    assert json.loads(generous.stdout)["proof"] == "certified"


@pytest.mark.parametrize("limit", ["0", "-3", "nan", "soon"])
def test_a_time_limit_that_is_no_time_is_misuse(typed, demo, limit):
    """The exit code is 2, and the option is named."""
    done = typed("match", demo, "--time-limit", limit)
    assert done.exit_code == 2
    assert "--time-limit" in done.stderr


def test_a_stable_matching_is_typed_kept_and_verified(typed, demo):
    """The options reach the library, and the file says what it is."""
    done = typed("match", demo, "--solver", "stable", "--best-for", "mentors", "--json")
    data = json.loads(done.stdout)
    asked = {"solver": "stable", "best_for": "mentors"}
    result = match(*Programme.open(demo).read(), **asked)
    assert done.exit_code == 0
    assert (data["proof"], data["verification"]["accepted"]) == ("stable", True)
    assert [(it["mentor"], it["mentee"]) for it in data["pairs"]] == [
        (pair.mentor, pair.mentee) for pair in result.matching.pairs
    ]
    assert typed("verify", demo / "out" / "result.json", "--programme", demo).exit_code == 0
    pair = data["pairs"][0]
    said = typed("explain", demo, pair["mentor"], pair["mentee"], "--solver", "stable")
    assert said.exit_code == 0
    few = json.loads(typed("match", demo, "--solver", "stable", "--only-named", "--json").stdout)
    assert len(few["pairs"]) < len(data["pairs"])


def test_a_pair_is_told_by_person_and_in_values(typed, demo):
    """What each gives the other stands in words; what matched stands there for programs."""
    mentor, mentee = pair_that(demo, "chosen")
    result = match(*Programme.open(demo).read())
    said = typed("explain", demo, mentor, mentee, "--by", "person").stdout
    assert result.explain(mentor, mentee).text(by="person") in said
    (first, *_) = json.loads(typed("explain", demo, mentor, mentee, "--json").stdout)["criteria"]
    (share, *_) = result.explain(mentor, mentee).shares
    assert [match["option"] for match in first["matched"]] == [
        match.option for match in share.evidence.matched
    ]
    assert first["serves"] == share.serves


def test_why_somebody_has_no_mentor_is_said_with_what_would_help(typed, demo):
    """The words and the data are those of the library; who isn't there is misuse."""
    cohort, policy = Programme.open(demo).read()
    result = match(cohort, policy, seed=Programme.open(demo).settings.seed)
    mentee = result.matching.unmatched[0]
    done = typed("why-unmatched", demo, mentee, "--lang", "ru")
    assert done.exit_code == 0
    why = result.why_unmatched(mentee)
    # Lines are broken for the terminal.
    assert done.stdout.split() == why.text("ru").split()
    data = json.loads(typed("why-unmatched", demo, mentee, "--json").stdout)
    assert data["why"] == why.why
    assert data["text"] == why.text()
    assert typed("why-unmatched", demo, "S-XXXX").exit_code == 2


def test_whom_to_recruit_is_said(typed, demo):
    """The words and the data are those of the library."""
    done = typed("recruit", demo, "--count", "1", "--seats", "2")
    assert done.exit_code == 0
    data = json.loads(typed("recruit", demo, "--count", "1", "--seats", "2", "--json").stdout)
    assert len(data) == 1
    assert data[0]["seats"] == 2
    assert data[0]["text"].split() == done.stdout.split("1. ")[1].split()

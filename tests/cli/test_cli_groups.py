"""``match`` and ``verify`` show groups, and say how far they are proven."""

import json

import pytest

POLICY = """
name = "circles"
[[forms]]
id = "circle"
label = "Circle"
weights = {}
mentors = { kind = "teacher" }
mentees = { kind = "student" }
[forms.group]
size = { least = 2, most = 2 }
cohesion = { interests = 1 }
[[criteria]]
id = "interests"
type = "overlap"
field = "interests"
"""
ANSWERS = """code;kind;roles;interests
T-1;teacher;mentor;
T-2;teacher;mentor;
S-1;student;mentee;robotics
S-2;student;mentee;theatre
S-3;student;mentee;robotics
S-4;student;mentee;theatre
"""


@pytest.fixture
def circles(typed, tmp_path):
    """Keep a programme whose four pupils suit each other two by two."""
    folder = tmp_path / "school"
    typed("init", folder)
    (folder / "policy.toml").write_text(POLICY, "utf-8")
    (folder / "all.csv").write_text(ANSWERS, "utf-8")
    (folder / "programme.toml").write_text('name = "x"\nanswers = { mentors = "all.csv" }\n')
    return folder


def test_groups_are_shown_with_all_their_mentees(typed, circles):
    """A line per group, whole codes, and the file verifies as far as it is proven."""
    done = typed("match", circles, "--time-limit", "60", "--lang", "ru")
    assert "S-1, S-3" in done.output
    assert "S-2, S-4" in done.output
    assert "2 группы" in done.output
    again = typed("verify", circles / "out" / "result.json", "--programme", circles)
    assert again.exit_code == done.exit_code == 0
    assert "Proven" in again.output


def test_groups_are_plain_data_for_programs(typed, circles):
    """With cohesion, and the most that such a group can have."""
    data = json.loads(typed("match", circles, "--json").stdout)
    assert [group["mentees"] for group in data["groups"]] == [["S-1", "S-3"], ["S-2", "S-4"]]
    assert {(it["points"], it["cohesion"], it["maximum"]) for it in data["groups"]} == {
        (2_000_000, 2_000_000, 2_000_000)
    }
    assert (data["gap"], data["levels"][1]["unit"]) == (0, 1)


def test_what_groups_cannot_hold_is_said_with_the_place_in_the_file(typed, circles):
    """A quota beside cohesion is refused, with what to write instead."""
    with (circles / "policy.toml").open("a", encoding="utf-8") as file:
        file.write('[[limits.quotas]]\nid = "q"\n')
    done = typed("match", circles)
    assert done.exit_code == 1
    assert "policy.toml" in done.output
    assert "limits.quotas" in done.output

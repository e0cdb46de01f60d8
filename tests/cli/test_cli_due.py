"""How the roadmap stands, and the programme's days for a calendar, from the command line."""

import json
import re
from datetime import date

import pytest
from icalendar import Calendar

from mentormatch.privacy.access_log import AccessLog
from mentormatch.programme.folder import Programme
from mentormatch.roadmap.roadmap import Roadmap

NOVEMBER = ("--on", "2024-11-15")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def years(typed, tmp_path_factory):
    """Make the demonstration that has lived through years, once."""
    folder = tmp_path_factory.mktemp("years") / "demo"
    done = typed("demo", "--history", "--out", folder)
    assert done.exit_code == 0
    assert "from 2023-09-06 to 2025-12-" in done.stdout
    calls = [line for line in done.stdout.splitlines() if line.startswith("  mentormatch ")]
    assert [call.split()[1] for call in calls] == [
        *("roadmap", "status", "calendar", "documents", "roadmap"),
    ]
    return folder


def rows_of(said):
    """List the ids at the beginning of lines, in order."""
    return re.findall(r"^ ?([A-EK]\d\d?|FK\d|K12[ab]) ", said, re.MULTILINE)


def test_what_needs_somebody_comes_first(typed, years):
    """Overdue, blocked, done late, as worked out by hand for the middle of November 2024."""
    said = typed("roadmap", years, *NOVEMBER).stdout
    rows = rows_of(said)
    # C3 is open until the end of December, which is too far to be due soon.
    assert rows[:3] == ["A6", "A7", "D3"]
    assert rows[3] == "A8"
    assert rows[4:11] == ["A4", "A6", "A7", "B3", "A1", "B2", "C3"]
    assert rows[11] == "K01"
    assert said.count("overdue by 15 days") == 3
    assert "done late, on 2023-10-05" in said
    assert "23 + 2 rows; due so far: 22" in said
    assert "K15 done: 19 of 22, 86.4 %" in said
    assert "K16 in time: 12 of 22, 54.5 %" in said


def test_indicators_stand_there_with_their_figures(typed, years):
    """Value, whole, threshold, and whether it is met or nobody has said what would be enough."""
    said = typed("roadmap", years, *NOVEMBER, COLUMNS="120").stdout
    lines = {line.split()[0]: line for line in said.splitlines() if line.startswith(("K", "FK"))}
    lines |= {line.split()[0]: line for line in said.splitlines() if line.startswith((" K", " FK"))}
    # 40 of 46 came on 2024-10-29; one class hour of 60 of 189; two rubrics; one talk.
    assert "87.0 % (40 of 46)" in lines["K11"]
    assert "≥ 90 %" in lines["K11"]
    assert "not met" in lines["K11"]
    assert "31.7 % (60 of 189)" in lines["K13"]
    assert " met" in lines["K09"]
    assert "nobody has set the threshold" in lines["K14"]


def test_what_is_due_soon_says_in_how_many_days(typed, years):
    """On 2025-10-20 the council is held on the next day; eleven days are left for four rows."""
    said = typed("roadmap", years, "--on", "2025-10-20").stdout
    # B3 has its form on the 24th. A7 is blocked by A6.
    assert said.count("in 11 days") == 3
    assert "2025-10-24: A6" in said
    last = typed("roadmap", years, "--on", "2025-10-31").stdout
    assert "due today" in last


def test_programs_get_what_the_library_says(typed, years):
    """The same as of the same facts, asked in Python."""
    found = json.loads(typed("roadmap", years, *NOVEMBER, "--json").stdout)
    programme = Programme.open(years)
    with programme.register as register:
        state = register.state(date(2024, 11, 15))
    status = Roadmap.preset("target-model-2023-2025").status(
        on=date(2024, 11, 15), facts=state, cohort=programme.cohort(lenient=True)
    )
    assert found == json.loads(json.dumps(status.to_dict()))


def test_all_shows_each_date_of_each_row_and_the_warnings(typed, years):
    """50 occurrences, three scopes of K01, and what the roadmap itself leaves open."""
    said = typed("roadmap", years, *NOVEMBER, "--all", COLUMNS="120").stdout
    before, _, after = said.partition("Indicators")
    assert len(rows_of(before)) == 50
    assert before.count("C3") >= 9
    assert "- teachers as mentors" in after
    warnings = Roadmap.preset("target-model-2023-2025").warnings()
    assert all(warning.text() in after for warning in warnings)
    short = typed("roadmap", years, *NOVEMBER).stdout
    assert f"{len(warnings)} places of the roadmap itself need checking" in short


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_a_narrow_terminal_cuts_nothing(typed, years, width):
    """Lines are as long as they may be, and every row and figure is there."""
    said = typed(
        "roadmap", years, *NOVEMBER, "--lang", "ru", COLUMNS=str(width), FORCE_COLOR="1"
    ).stdout
    assert "\x1b[" in said
    plain = _COLOUR.sub("", said)
    assert max(map(len, plain.splitlines())) <= width
    assert "…" not in plain
    joined = "".join(plain.split())
    for words in ("просрочено на 15 дней", "87,0 % (40 из 46)", "2024-autumn-040", "≥ 90 %"):
        assert "".join(words.split()) in joined
    assert len(rows_of(plain)) == 11 + 24


def test_a_pipe_gets_no_colour(typed, years):
    """Nor anything else that a program can't read."""
    said = typed("roadmap", years, *NOVEMBER).stdout
    assert "\x1b" not in said
    assert said.splitlines()[0] == (
        "Roadmap of the target mentoring model for 2023 to 2025: how it stands on 2024-11-15"
    )


def test_today_is_taken_when_no_day_is_said(typed, years):
    """A day of the future shows what will be overdue then."""
    said = typed("roadmap", years, MENTORMATCH_TODAY="2024-11-15").stdout
    assert said == typed("roadmap", years, *NOVEMBER).stdout
    assert said == typed("roadmap", years, "--on", "15.11.2024").stdout
    later = json.loads(typed("roadmap", years, "--on", "2030-01-01", "--json").stdout)
    progress = {row["id"]: row["progress"] for row in later["rows"]}
    assert [name for name, it in progress.items() if it == "overdue"] == ["A7", "A8", "E1", "E2"]


def test_without_a_register_nothing_is_done_and_none_is_begun(typed, demo):
    """It says so, and how to begin one."""
    done = typed("roadmap", demo, "--on", "2023-09-05")
    assert done.exit_code == 0
    assert "Nothing has been recorded" in done.stdout
    assert "match" in done.stdout
    assert "nothing" not in typed("roadmap", demo, "--on", "2023-09-05", "--json").stdout
    assert not (demo / "register").exists()
    before = json.loads(typed("roadmap", demo, "--on", "2023-08-01", "--json").stdout)
    assert {row["progress"] for row in before["rows"]} == {"not_yet"}
    calm = typed("roadmap", demo, "--on", "2023-08-01", "--lang", "ru").stdout
    assert "Ничего не просрочено" in calm


def settings_with(folder, line):
    """Put a line into the settings of a programme, in the place of one of its key."""
    path, key = folder / "programme.toml", line.split()[0]
    others = [it for it in path.read_text("utf-8").splitlines() if not it.startswith(f"{key} =")]
    path.write_text("\n".join([line, *others, ""]), "utf-8")


def test_a_school_has_a_roadmap_of_its_own(typed, demo):
    """The file is named in programme.toml; what is wrong in it is said with its place."""
    settings_with(demo, 'roadmap = "our-roadmap.toml"')
    missing = typed("roadmap", demo, "--on", "2026-10-01")
    assert missing.exit_code == 1
    assert "our-roadmap.toml" in missing.stderr
    ours = Roadmap.preset("target-model-2023-2025").roll(to=2026)
    ours.save(demo / "our-roadmap.toml")
    found = json.loads(typed("roadmap", demo, "--on", "2026-10-01", "--json").stdout)
    assert found["roadmap"] == "target-model-2026-2028"
    path = demo / "our-roadmap.toml"
    path.write_text(path.read_text("utf-8").replace('"A4"', '"A44"', 1), "utf-8")
    wrong = typed("roadmap", demo, "--lang", "ru")
    assert wrong.exit_code == 1
    assert "our-roadmap.toml" in wrong.stderr
    assert "activities[" in wrong.stderr


def test_a_call_that_names_no_programme_or_no_day_is_refused(typed, tmp_path, years):
    """With the exit code of a wrong call."""
    for command in ("roadmap", "calendar"):
        assert typed(command, tmp_path / "nowhere").exit_code == 2
        assert typed(command, tmp_path).exit_code == 2
        assert typed(command, years, "--on", "2024-13-01").exit_code == 2


def test_a_calendar_is_written_by_code(typed, demo):
    """One file, without a register too; no name is read."""
    done = typed("calendar", demo, "--on", "2023-09-05")
    assert done.exit_code == 0
    assert "1 calendar as of 2023-09-05" in done.stdout
    (path,) = (demo / "out" / "calendar").iterdir()
    assert path.name == "calendar.ics"
    calendar = Calendar.from_ical(path.read_bytes())
    assert len(calendar.walk("VEVENT")) == 50
    assert not (demo / "register").exists()
    assert [access.act for access in AccessLog(demo / "access-log.jsonl").check().accesses] == []


def test_calendars_with_names_are_one_for_each_mentor_and_noted(typed, years, tmp_path):
    """The access log says that names were read; calendars of earlier mentors are named."""
    out = tmp_path / "calendars"
    out.mkdir()
    (out / "calendar-X-1.ics").write_bytes(b"")
    done = typed("calendar", years, *NOVEMBER, "--names", "--out", out, "--json")
    found = json.loads(done.stdout)
    programme = Programme.open(years)
    with programme.register as register:
        pairs = register.state(date(2024, 11, 15)).pairs.values()
    mentors = {pair.mentor for pair in pairs if pair.status == "running"}
    names = {path.rpartition("/")[2] for path in found["files"]}
    assert names == {"calendar.ics"} | {f"calendar-{code}.ics" for code in mentors}
    assert [path.rpartition("/")[2] for path in found["left"]] == ["calendar-X-1.ics"]
    assert programme.log.check().accesses[-1].act == "names-read"
    said = typed("calendar", years, *NOVEMBER, "--names", "--out", out, "--lang", "ru").stdout
    assert "календар" in said
    assert "calendar-X-1.ics" in said


def test_names_without_a_key_file_are_a_wrong_call(typed, demo):
    """Nothing is written then."""
    path = demo / "programme.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if "keys.csv" not in line]
    path.write_text("\n".join(lines), "utf-8")
    done = typed("calendar", demo, "--names", "--on", "2023-09-05")
    assert done.exit_code == 2
    assert not (demo / "out" / "calendar").exists()


def test_the_demonstration_with_years_speaks_to_programs(typed, tmp_path):
    """Where it is, and from when to when."""
    done = typed("demo", "--history", "--out", tmp_path / "demo", "--json")
    found = json.loads(done.stdout)
    assert found["first"] == "2023-09-06"
    assert found["last"] <= "2025-12-31"
    with Programme.open(tmp_path / "demo").register as register:
        assert len(register.entries()) == found["entries"]
    assert typed("demo", "--history", "--out", tmp_path / "demo").exit_code == 2

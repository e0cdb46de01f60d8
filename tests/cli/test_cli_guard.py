"""``profiles``, ``export`` and ``log``: looking at a cohort, taking answers out, who did so."""

import json

import pytest


@pytest.mark.parametrize(("lang", "word"), [("en", "Who takes part"), ("ru", "Кто участвует")])
def test_a_profile_is_said_and_written(typed, demo, lang, word):
    """In words, and with a folder as a workbook and pictures."""
    done = typed("profiles", demo, "--out", demo / "p", "--lang", lang)
    assert done.exit_code == 0
    assert word in done.stdout
    names = {path.name for path in (demo / "p").iterdir()}
    assert names >= {"profiles.xlsx", "people.png", "slots.png", "completeness.png"}


def test_a_profile_to_publish_names_nobody(typed, demo):
    """For a program as well: no codes, no small counts."""
    found = json.loads(typed("profiles", demo, "--publish", "--json").stdout)
    assert found["publishable"]
    assert found["diligence"] is None
    assert not [row for row in found["people"] if 0 < (row["total"] or 0) < 5]


def test_an_export_leaves_a_line_in_the_log(typed, demo):
    """Who reads the log sees it, and a changed log fails."""
    assert "0 accesses" in typed("log", demo).stdout
    done = typed("export", demo, "--out", demo / "a.csv", "--fresh-codes", "--json")
    assert json.loads(done.stdout)["people"] == 118
    assert typed("report", demo, "--quick", "--names").exit_code == 0
    found = json.loads(typed("log", demo, "--json").stdout)
    assert [one["act"] for one in found["accesses"]] == ["exported", "names-read"]
    assert [one["file"] for one in found["accesses"]] == ["a.csv", "report.html"]
    file = demo / "access-log.jsonl"
    file.write_bytes(file.read_bytes().replace(b"a.csv", b"b.csv"))
    done = typed("log", demo)
    assert done.exit_code == 1
    assert "line 1" in done.stdout
    # Without a trace there are no names.
    file.write_bytes(b"broken")
    done = typed("report", demo, "--quick", "--names", "--out", demo / "n.html")
    assert done.exit_code == 1
    assert not (demo / "n.html").exists()


def test_a_page_with_codes_leaves_no_line(typed, demo):
    """Nobody's name was read."""
    assert typed("report", demo, "--quick").exit_code == 0
    assert not (demo / "access-log.jsonl").exists()

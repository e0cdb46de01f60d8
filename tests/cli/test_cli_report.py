"""``report`` writes one page, with names only where they are asked for."""

import json

import pytest

from mentormatch.keys import KeyFile


@pytest.mark.parametrize(("lang", "word"), [("en", "Who fares how"), ("ru", "Кому насколько")])
def test_a_page_is_written_into_the_folder_of_results(typed, demo, lang, word):
    """It speaks the language of the call and holds no name."""
    done = typed("report", demo, "--lang", lang)
    page = (demo / "out" / "report.html").read_text("utf-8")
    assert done.exit_code == 0
    assert "report.html" in done.stdout
    assert word in page
    assert not any(
        person.name in page for person in KeyFile.load(demo / "keys.csv").people.values()
    )


def test_names_come_from_the_key_file_when_asked_for(typed, demo):
    """Another file may be named, and a program is told which was written."""
    done = typed("report", demo, "--names", "--out", demo / "page.html", "--json")
    page = (demo / "page.html").read_text("utf-8")
    assert json.loads(done.stdout) == {"status": "optimal", "file": str(demo / "page.html")}
    assert sum(one.name in page for one in KeyFile.load(demo / "keys.csv").people.values()) > 60


def test_without_a_key_file_there_are_no_names_to_ask_for(typed, demo):
    """The call is refused, and nothing is written."""
    settings = demo / "programme.toml"
    lines = settings.read_text("utf-8").splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("keys")), "utf-8")
    done = typed("report", demo, "--names", "--out", demo / "page.html")
    assert done.exit_code == 2
    assert "no key file" in done.stderr
    assert not (demo / "page.html").exists()

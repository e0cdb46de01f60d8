"""The documentation builds into a site, and what its pages show is what comes out."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mentormatch.cli import app
from mentormatch.intake.columns import ColumnMap
from mentormatch.policy.criteria import AnyCriterion
from mentormatch.policy.policy import Policy
from mentormatch.policy.rules import AnyRule
from mentormatch.programme.facts import FACTS, PRIVATE
from mentormatch.programme.folder import Settings
from mentormatch.programme.templates import PlanTemplates
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import Record, _keys, _models_in
from mentormatch.roadmap.roadmap import Roadmap

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

# A Python block, and the text right under it, if there is one, which is what it prints.
_EXAMPLE = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL
)


def examples_of(page: Path) -> list[tuple[str, str | None]]:
    """List the Python blocks of a page with the output shown under each."""
    return [(found["code"], found["shown"]) for found in _EXAMPLE.finditer(page.read_text("utf-8"))]


# A call of the command line, and what it prints up to the next call or the end of the block.
_CALL = re.compile(r"^\$ mentormatch (?P<call>.*)\n(?P<shown>(?:(?!\$ |```).*\n)*)", re.MULTILINE)


def shows(shown: str, printed: str) -> bool:
    """Tell whether an output is what was printed; a line of three dots stands for any lines."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shown.split("\n")
    )
    tidy = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch("".join([*lines][:-1]), tidy) is not None


def reference(name: str) -> str:
    """Read a page of the reference."""
    return (DOCS / "reference" / f"{name}.md").read_text("utf-8")


PAGES = [
    page
    for page in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    if "_build" not in page.parts and any(shown for _, shown in examples_of(page))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_an_output_that_a_page_shows_is_what_its_example_prints(page, tmp_path, monkeypatch):
    """A reader who copies the examples sees what the page says they will see."""
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    for code, shown in examples_of(page):
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(compile(code, page.name, "exec", dont_inherit=True), namespace)  # noqa: S102
        printed = stream.getvalue()
        assert shown is None or shows(shown, printed), f"{code}\nprints\n{printed}"


def test_what_the_readme_shows_of_the_demonstration_is_what_it_prints(tmp_path, monkeypatch):
    """Whoever tries it sees what the README says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MENTORMATCH_LANG", "en")
    monkeypatch.setenv("COLUMNS", "80")
    (found,) = _CALL.finditer((ROOT / "README.md").read_text("utf-8"))
    done = subprocess.run(
        [Path(sys.executable).with_name("mentormatch"), *found["call"].split()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert shows(found["shown"], done.stdout), done.stdout


def test_dots_stand_for_any_lines_and_nothing_else_differs():
    """Left-out lines may be none or many; every other line has to be there."""
    assert shows("a\n...\nd\n", "a\nb\nc\nd  \n")
    assert shows("a\n...\n", "a\n")
    assert not shows("a\n...\n", "b\na\n")
    assert not shows("a\n", "a\nb\n")


@pytest.mark.parametrize(
    ("page", "record"),
    [
        ("answer-tables", ColumnMap),
        ("policy-file", Policy),
        ("programme-records", PlanTemplates),
        ("programme-folder", Settings),
        ("questionnaire-file", Questionnaire),
        ("roadmap", Roadmap),
    ],
)
def test_every_key_of_a_file_stands_in_its_reference(page: str, record: type[Record]):
    """What can be written in a file can be looked up."""
    words = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`[^`]+`", reference(page)))))
    # A condition is its own root, and has no key of this name in a file.
    assert sorted(_keys(record) - {"schema_version", "root"} - words) == []


@pytest.mark.parametrize("union", [AnyRule, AnyCriterion], ids=["rules", "criteria"])
def test_every_type_of_rule_and_criterion_stands_in_the_reference(union: object):
    """Each has a row of its own in its table."""
    types = [model.model_fields["type"].annotation.__args__[0] for model in _models_in(union)]
    assert types
    assert [name for name in types if f"| `{name}` |" not in reference("policy-file")] == []


@pytest.mark.parametrize("kind", FACTS)
def test_every_kind_of_fact_stands_in_the_reference(kind: str):
    """In a row of its own, with every field; what people wrote is slanted."""
    page = reference("programme-records")
    (row,) = re.findall(rf"^\| `{kind}` \|(.*?)\|", page, re.MULTILINE)
    fields = FACTS[kind].model_fields
    assert re.findall(r"`(\w+)`", row) == [name for name in fields if name != "fact"]
    private = {name for name, info in fields.items() if PRIVATE in info.metadata}
    assert set(re.findall(r"\*`(\w+)`\*", row)) == private


def test_every_command_stands_in_the_reference():
    """What can be typed is described."""
    commands = app.registered_commands
    names = [each.name or each.callback.__name__.replace("_", "-") for each in commands]
    assert names
    page = reference("command-line")
    assert [name for name in names if not re.search(rf"^\| `{name}[` ]", page, re.MULTILINE)] == []


def test_the_site_builds_without_a_warning(tmp_path):
    """No link leads nowhere, and no docstring is malformed."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    # The notebooks are run by a test of their own.
    options = ["-D", "nb_execution_mode=off", "-d", str(tmp_path / "trees")]
    done = subprocess.run(
        [*command, *options, str(DOCS), str(tmp_path / "site")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "index.html").exists()

"""The documentation builds into a site, and what its pages show is what comes out."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

# A Python block, and the text right under it, if there is one, which is what it prints.
_EXAMPLE = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL
)


def examples_of(page: Path) -> list[tuple[str, str | None]]:
    """List the Python blocks of a page with the output shown under each."""
    return [(found["code"], found["shown"]) for found in _EXAMPLE.finditer(page.read_text("utf-8"))]


def shows(shown: str, printed: str) -> bool:
    """Tell whether an output is what was printed; a line of three dots stands for any lines."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shown.split("\n")
    )
    tidy = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch("".join([*lines][:-1]), tidy) is not None


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
            exec(compile(code, page.name, "exec", dont_inherit=True), namespace)  # noqa: S102 - ours
        printed = stream.getvalue()
        assert shown is None or shows(shown, printed), f"{code}\nprints\n{printed}"


def test_dots_stand_for_any_lines_and_nothing_else_differs():
    """Left-out lines may be none or many; every other line has to be there."""
    assert shows("a\n...\nd\n", "a\nb\nc\nd  \n")
    assert shows("a\n...\n", "a\n")
    assert not shows("a\n...\n", "b\na\n")
    assert not shows("a\n", "a\nb\n")


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

"""Every example in the README and the documentation does what a reader would type.

Python blocks of a page run one after another, in one namespace and one folder, and so do the
lines of its shell blocks that begin with ``mentormatch``. Other languages are for reading.
"""

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if "_build" not in page.parts
)
COMMAND = Path(sys.executable).with_name("mentormatch")

_BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>python|console|bash)\n"
    r"(?P<code>.*?)^ *(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """An example of a page, with the line at which its code begins."""

    language: str
    line: int
    code: str


def blocks_of(text: str) -> list[Block]:
    """Find the examples of a page."""
    return [
        Block(
            found["language"],
            text.count("\n", 0, found.start("code")) + 1,
            re.sub(rf"^{found['indent']}", "", found["code"], flags=re.MULTILINE),
        )
        for found in _BLOCK.finditer(text)
    ]


def commands_of(block: Block) -> list[tuple[int, list[str]]]:
    """Find the lines of a shell block that call the library, with their numbers."""
    found = []
    for number, line in enumerate(block.code.splitlines(), start=block.line):
        call = line.strip().removeprefix("$ ")
        if call.startswith("mentormatch "):
            found.append((number, shlex.split(call, comments=True)[1:]))
    return found


def run_page(page: Path, name: str) -> None:
    """Run the examples of a page in the current folder.

    Raises
    ------
    AssertionError
        At the first example that fails, with its page and line.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page.read_text("utf-8")):
        if block.language == "python":
            # Line breaks in front make a traceback name the line of the page.
            code = compile("\n" * (block.line - 1) + block.code, name, "exec", dont_inherit=True)
            try:
                exec(code, namespace)  # noqa: S102 - our own pages
            except Exception as error:
                raise AssertionError(
                    f"{name}, line {_line(error, name, block)}: {error}"
                ) from error
            continue
        for line, arguments in commands_of(block):
            done = subprocess.run(
                [COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=120
            )
            said = f"{done.stdout}{done.stderr}"
            assert done.returncode == 0, (
                f"{name}, line {line}: ended with {done.returncode}\n{said}"
            )


def _line(error: Exception, name: str, block: Block) -> int:
    """Find the last line of the page on the way to an error."""
    line, step = block.line, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == name:
            line = step.tb_lineno
        step = step.tb_next
    return line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    """A reader who copies the examples, in order, gets no error."""
    monkeypatch.chdir(tmp_path)
    run_page(page, str(page.relative_to(ROOT)))


def test_blocks_share_a_namespace_and_a_folder(tmp_path, monkeypatch):
    """A later block may use what an earlier one made."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "```python\nx = 1\nopen('f', 'w').close()\n```\ntext\n"
        "- item\n  ```python\n  assert x == 1\n  import os\n  assert os.path.exists('f')\n  ```\n"
        "```text\nassert False\n```\n",
        "utf-8",
    )
    run_page(page, "page.md")


def test_a_failing_block_names_its_page_and_line(tmp_path, monkeypatch):
    """The third line of the page holds the mistake."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\nassert x == 2, 'no'\n```\n", "utf-8")
    with pytest.raises(AssertionError, match=r"page\.md, line 3: no"):
        run_page(page, "page.md")


def test_a_shell_block_runs_only_calls_of_the_library():
    """Set-up lines are for the reader's machine; output lines are no calls."""
    block = Block("bash", 5, "pip install x\n$ mentormatch demo --out 'a b'\nmentormatch\ndone\n")
    assert commands_of(block) == [(6, ["demo", "--out", "a b"])]

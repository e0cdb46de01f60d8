"""What is kept in the repository holds for every machine and names nobody."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Written in pieces, so that this file doesn't name what it looks for.
TRACES = {
    "the host of a package registry": "|".join(
        rf"{host}\.{domain}"
        for host, domain in [
            ("pypi", "org"),
            ("python" + "hosted", "org"),
            ("npm" + "js", "(org|com)"),
            ("anaconda", "org"),
            ("deb" + "ian", "org"),
        ]
    )
    + "|index"
    + "-url",
    "a path of one machine": r"(?<![\w./:~-])/(work|root|tmp|home|farm|Users)/|[A-Z]:\\Users",
    # Domains that are reserved for examples belong to nobody.
    "an e-mail address": r"[\w.+-]+@(?!([\w-]+\.)*example\b|[\w.-]+\.(invalid|test)\b)"
    r"[A-Za-z0-9-]+\.[A-Za-z]{2,}",
}


def kept_files() -> list[Path]:
    """List the files that are kept, or would be with the next commit."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return []
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    return [ROOT / name.decode() for name in names if name]


def traces_in(text: str) -> list[str]:
    """List the traces in a text, with their lines."""
    return [
        f"line {text.count(chr(10), 0, found.start()) + 1}: {found.group()} is {meaning}"
        for meaning, pattern in TRACES.items()
        for found in re.finditer(pattern, text)
    ]


@pytest.mark.skipif(not kept_files(), reason="not a git checkout")
def test_no_kept_file_names_a_host_a_machine_or_a_person():
    """A clone says nothing about where it was made."""
    found = []
    for file in kept_files():
        try:
            text = file.read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; a file deleted since
            continue
        found += [f"{file.relative_to(ROOT)}, {trace}" for trace in traces_in(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "see https://py" + "pi.org/project/x",
        "--index" + "-url x",
        "open('/" + "work/main/a')",
        "cd /" + "tmp/x",
        "C:" + "\\Users\\anna",
        "anna" + "@school.ru",
    ],
)
def test_a_trace_is_found(text):
    """Each kind of trace is noticed."""
    assert len(traces_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.org",  # reserved for examples
        "anna@mail.example",
        "@pytest.mark.skip",
        "a @ b.T",
        "docs/tmp/x and ../home/x",
        "http://www.apache.org/licenses/",
        "frame/work/shop",
    ],
)
def test_what_is_no_trace_is_let_through(text):
    """What only resembles a trace is no trace."""
    assert traces_in(text) == []

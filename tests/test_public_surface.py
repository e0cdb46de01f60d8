"""The shop window shows what is there, documented, and opens quickly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mentormatch

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
HEAVY = (
    "matplotlib",
    "narwhals",
    "networkx",
    "openpyxl",
    "ortools",
    "pandas",
    "python_calamine",
    "rich",
    "typer",
    "xlsxwriter",
)


@pytest.fixture(scope="module")
def reference() -> str:
    """Read all reference pages as one text."""
    return "\n".join(page.read_text("utf-8") for page in sorted(REFERENCE.rglob("*.md")))


def test_the_names_are_sorted_and_each_is_there_once():
    """A reader finds a name where the alphabet puts it."""
    assert list(mentormatch.__all__) == sorted(set(mentormatch.__all__))


@pytest.mark.parametrize("name", mentormatch.__all__)
def test_a_public_name_resolves_and_says_what_it_is(name):
    """Nothing in the window is a dummy, and each thing carries a docstring."""
    thing = getattr(mentormatch, name)
    if callable(thing):
        own = vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__
        assert own, f"{name} has no docstring"
        # A dataclass without one gets its signature for a docstring.
        assert not own.startswith(f"{name}("), f"{name} has no docstring"


@pytest.mark.parametrize("name", mentormatch.__all__)
def test_a_public_name_stands_in_the_reference(name, reference):
    """Whatever can be imported is described."""
    assert re.search(rf"\b{re.escape(name)}\b", reference), f"docs/reference says nothing of {name}"


def test_opening_the_library_loads_nothing_heavy():
    """A program that only checks a questionnaire doesn't wait for a solver."""
    code = f"import sys, mentormatch; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []

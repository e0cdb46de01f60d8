"""A made-up school's folder, and somebody who types commands."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mentormatch.cli import app

# What the machine of the tests speaks must not matter, nor how wide its terminal is.
ENVIRONMENT = {
    "MENTORMATCH_LANG": "en",
    "LC_ALL": None,
    "LC_MESSAGES": None,
    "LANG": None,
    "COLUMNS": "80",
}

Type = Callable[..., Result]


def typed(*words: object, **environment: str | None) -> Result:
    """Run a command as if it were typed."""
    runner = CliRunner(env=ENVIRONMENT | environment)
    return runner.invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(name="typed", scope="session")
def _typed() -> Type:
    """Give tests the function that runs a command."""
    return typed


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration once."""
    folder = tmp_path_factory.mktemp("cli") / "demo"
    assert typed("demo", "--out", folder).exit_code == 0
    return folder


@pytest.fixture
def demo(_demo: Path, tmp_path: Path) -> Path:
    """Give each test the folder of the demonstration as its own."""
    return Path(shutil.copytree(_demo, tmp_path / "demo"))

"""Opening the library against opening what it stands on."""

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.registry import Case, Row, register


def import_time(statement: str) -> float:
    """Add up what an import statement costs in a fresh interpreter, in seconds."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()[1:]
    return sum(int(line.split("|")[0].split(":")[1]) for line in lines) / 1e6


def measure(_mentors: int, _mentees: int, _hardness: str, rounds: int) -> Iterator[Row]:
    """Compare the package, and the package with its main names in use, with numpy and pydantic."""
    use = "import mentormatch; mentormatch.match, mentormatch.Policy, mentormatch.read_cohort"
    times = {
        statement: min(import_time(statement) for _ in range(max(rounds, 3)))
        for statement in ("import numpy, pydantic", "import mentormatch", use)
    }
    base, opened, used = times.values()
    yield Row("import mentormatch", "import numpy, pydantic", opened, base, 1.5)
    yield Row("its main names in use", "import numpy, pydantic", used, base)


register(Case("import", sizes=((0, 0),), hardness=("usual",), measure=measure))

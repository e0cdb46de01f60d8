"""The command line, ``mentormatch``: a thin face over the library."""

import typer

from mentormatch.cli.beginning import demo, init
from mentormatch.cli.checking import check, verify
from mentormatch.cli.front import Command, Front, front
from mentormatch.cli.matching import diagnose, explain, match, recruit, why_unmatched

# Typer's own tracebacks show local variables: people's answers.
app = typer.Typer(
    cls=Front, name="mentormatch", add_completion=False, pretty_exceptions_enable=False
)
app.callback()(front)
for command in (demo, init, check, match, explain, why_unmatched, recruit, diagnose, verify):
    app.command(cls=Command)(command)


def main() -> None:
    """Run the command line."""
    app()

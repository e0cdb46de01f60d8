"""The command line, ``mentormatch``: a thin face over the library."""

import typer

from mentormatch.cli.asking import compare, rematch, what_if
from mentormatch.cli.beginning import demo, init
from mentormatch.cli.checking import check, verify
from mentormatch.cli.due import calendar, roadmap
from mentormatch.cli.examining import doctor
from mentormatch.cli.forms import form
from mentormatch.cli.front import Command, Front, front
from mentormatch.cli.guarding import export, log, profiles
from mentormatch.cli.living import (
    close,
    decide,
    meetings,
    order,
    plans,
    status,
    wave,
    withdraw,
)
from mentormatch.cli.matching import diagnose, explain, match, recruit, why_unmatched
from mentormatch.cli.moving import join, leave
from mentormatch.cli.noting import consent, events, interview
from mentormatch.cli.papers import documents
from mentormatch.cli.reporting import report

# Typer's own tracebacks show local variables: people's answers.
app = typer.Typer(
    cls=Front, name="mentormatch", add_completion=False, pretty_exceptions_enable=False
)
app.callback()(front)
COMMANDS = (
    *(demo, init, form, check, diagnose, match, explain, why_unmatched),
    *(what_if, rematch, compare, recruit, report, verify),
    *(profiles, export, log),
    *(consent, interview, events),
    *(decide, order, plans, meetings, wave, join, leave, close, withdraw),
    *(status, roadmap, calendar),
    *(documents, doctor),
)
for command in COMMANDS:
    app.command(command.__name__.replace("_", "-"), cls=Command)(command)


def main() -> None:
    """Run the command line."""
    app()

"""What several commands take. Their help stands in the catalogues."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from mentormatch.cli.face import MisuseError
from mentormatch.errors import Place
from mentormatch.office.steps import Office
from mentormatch.programme.folder import SETTINGS_FILE, Programme

DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y")
TODAY: Final = "MENTORMATCH_TODAY"

Folder = Annotated[Path, typer.Argument(metavar="DIR")]
Out = Annotated[Path | None, typer.Option(metavar="DIR")]
Seed = Annotated[int | None, typer.Option(metavar="N")]
TimeLimit = Annotated[float | None, typer.Option(metavar="SECONDS")]
Lang = Annotated[Literal["ru", "en"] | None, typer.Option(show_default=False)]
Solver = Annotated[Literal["best", "stable"], typer.Option()]
BestFor = Annotated[Literal["mentees", "mentors"], typer.Option()]
OnlyNamed = Annotated[bool, typer.Option("--only-named")]
AsJson = Annotated[bool, typer.Option("--json")]
Day = Annotated[datetime | None, typer.Option(metavar="DATE", formats=[*DAYS])]
NeededDay = Annotated[datetime, typer.Option(metavar="DATE", formats=[*DAYS])]
Author = Annotated[
    str,
    typer.Option(
        metavar="CODE", envvar="MENTORMATCH_AUTHOR", show_envvar=False, show_default=False
    ),
]
Names = Annotated[bool, typer.Option("--names")]
Pairs = Annotated[list[str] | None, typer.Option("--pair", metavar="PAIR")]


def programme_in(folder: Path) -> Programme:
    """Open the programme in a folder that somebody typed."""
    if not folder.is_dir():
        raise MisuseError.of("cli.no-folder", Place(file=folder.name))
    if not (folder / SETTINGS_FILE).is_file():
        raise MisuseError.of("cli.no-programme", Place(file=folder.name), file=SETTINGS_FILE)
    return Programme.open(folder)


def checked_limit(seconds: float | None) -> None:
    """Refuse a time limit that is none."""
    if seconds is not None and not seconds > 0:
        raise MisuseError.of("solver.time-limit", Place(field="--time-limit"), found=seconds)


def existing(file: Path) -> Path:
    """Return a file that somebody typed, if it is there."""
    if not file.exists():
        raise MisuseError.of("record.no-file", Place(file=file.name))
    return file


def day_of(moment: datetime | None) -> date | None:
    """Return the day that somebody typed, if they did."""
    return None if moment is None else moment.date()


def office_in(folder: Path, author: str) -> Office:
    """Open the office of the programme in a folder that somebody typed."""
    return Office(programme_in(folder), author, made_up_day())


def made_up_day() -> date | None:
    """Return the day that ``MENTORMATCH_TODAY`` says it is, to live through a made-up year."""
    written = os.environ.get(TODAY)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise MisuseError.of("cli.bad-today", Place(field=TODAY), found=written) from None

"""What several commands take. Their help stands in the catalogues."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mentormatch.cli.face import MisuseError
from mentormatch.errors import Place
from mentormatch.programme.folder import SETTINGS_FILE, Programme

Folder = Annotated[Path, typer.Argument(metavar="DIR")]
Out = Annotated[Path | None, typer.Option(metavar="DIR")]
Seed = Annotated[int | None, typer.Option(metavar="N")]
TimeLimit = Annotated[float | None, typer.Option(metavar="SECONDS", min=0)]
Lang = Annotated[Literal["ru", "en"] | None, typer.Option(show_default=False)]
AsJson = Annotated[bool, typer.Option("--json")]


def programme_in(folder: Path) -> Programme:
    """Open the programme in a folder that somebody typed."""
    if not folder.is_dir():
        raise MisuseError.of("cli.no-folder", Place(file=folder.name))
    if not (folder / SETTINGS_FILE).is_file():
        raise MisuseError.of("cli.no-programme", Place(file=folder.name), file=SETTINGS_FILE)
    return Programme.open(folder)


def existing(file: Path) -> Path:
    """Return a file that somebody typed, if it is there."""
    if not file.exists():
        raise MisuseError.of("record.no-file", Place(file=file.name))
    return file

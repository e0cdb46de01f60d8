"""``events``, ``interview``, ``consent``: what happens beside the pairs, noted for the roadmap."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.living import do
from mentormatch.cli.options import AsJson, Author, Day, Folder, Lang, day_of, existing
from mentormatch.documents.sources import roadmap_of
from mentormatch.errors import Place
from mentormatch.office.done import Done
from mentormatch.office.office import Office
from mentormatch.programme.facts import Interviewer, Scope

People = Annotated[list[str], typer.Argument(metavar="CODE")]
Note = Annotated[str, typer.Option(metavar="TEXT", show_default=False)]


def events(
    folder: Folder,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", show_default=False)] = None,
    *,
    kind: Annotated[str | None, typer.Option(metavar="KIND")] = None,
    on: Day = None,
    present: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    others: Annotated[int, typer.Option(metavar="N", min=0, show_default=False)] = 0,
    invited: Annotated[int | None, typer.Option(metavar="N", min=0)] = None,
    row: Annotated[str | None, typer.Option(metavar="ID")] = None,
    note: Note = "",
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write a sheet to note events and evidence in, record a filled one, or record one of them."""
    face = Face.of(lang, as_json=as_json)
    if file is not None and kind is not None:
        raise MisuseError.of("cli.one-of", names="FILE, --kind")
    if kind is None and any((on, present, others, invited, row, note)):
        raise MisuseError.of("cli.missing", name="--kind", command="mentormatch events")

    def act(office: Office) -> Done:
        rows = [it.id for it in roadmap_of(office.programme).activities]
        if file is not None:
            return office.read_events(existing(file), rows)
        if kind is None:
            return office.write_events(lang=face.lang)
        if row is not None and row not in rows:
            raise MisuseError.of("events.no-row", Place(field="--row"), names=", ".join(rows))
        return office.event(
            kind,
            on=day_of(on),
            row=row,
            present=present or (),
            others=others,
            invited=invited,
            note=note,
        )

    return do(face, folder, author, act)


def interview(
    folder: Folder,
    people: People,
    *,
    not_cleared: Annotated[bool, typer.Option("--not-cleared")] = False,
    by: Annotated[Interviewer, typer.Option(show_default=False)] = "curator",
    on: Day = None,
    note: Note = "",
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that people were interviewed."""
    face = Face.of(lang, as_json=as_json)
    cleared = not not_cleared

    def act(office: Office) -> Done:
        return office.interview(people, cleared=cleared, on=day_of(on), by=by, notes=note)

    return do(face, folder, author, act)


def consent(
    folder: Folder,
    people: People,
    *,
    scope: Annotated[Scope, typer.Option(show_default=False)] = "participation",
    on: Day = None,
    until: Day = None,
    guardian: Annotated[bool, typer.Option("--guardian")] = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that people, or guardians for them, consent."""
    face = Face.of(lang, as_json=as_json)

    def act(office: Office) -> Done:
        return office.consent(people, scope, on=day_of(on), until=day_of(until), guardian=guardian)

    return do(face, folder, author, act)

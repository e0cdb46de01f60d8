"""``documents``: what a school signs, hands out and sends in."""

from typing import Annotated, Final

import typer

from mentormatch.cli.face import Face
from mentormatch.cli.options import (
    AsJson,
    Day,
    Folder,
    Lang,
    Out,
    day_of,
    office_in,
    programme_in,
)
from mentormatch.documents.cabinet import MAKERS, write_documents
from mentormatch.documents.papers.kinds import copy_templates
from mentormatch.messages import text
from mentormatch.programme.folder import Programme

_TEMPLATES: Final = "templates"


def documents(
    folder: Folder,
    *,
    only: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    on: Day = None,
    codes: Annotated[bool, typer.Option("--codes")] = False,
    out: Out = None,
    listed: Annotated[bool, typer.Option("--list")] = False,
    templates: Annotated[bool, typer.Option("--templates")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write the documents of a programme, or say which there are."""
    face = Face.of(lang, as_json=as_json)
    if listed:
        titles = {code: text(f"document.title.{code}", face.lang) for code in MAKERS}
        if face.as_json:
            face.give(titles)
        else:
            for code, title in titles.items():
                face.say(f"{code:<10} {title}")
        return 0
    if templates:
        return _copy(face, programme_in(folder))
    with office_in(folder, "curator") as office, face.at_work("documents") as work:
        found = write_documents(
            office.programme,
            day_of(on) or office.day,
            only=only or (),
            lang=face.lang,
            names=False if codes else None,
            out=out,
            progress=work.documents,
        )
    if face.as_json:
        face.give(found.to_dict())
    else:
        face.say(found.text(face.lang))
    return 0


def _copy(face: Face, programme: Programme) -> int:
    """Copy the ready templates into the programme's folder, and say what to do with them."""
    name = programme.settings.templates
    files = copy_templates(programme.folder / (name or _TEMPLATES), face.lang)
    if face.as_json:
        face.give({"files": [str(file) for file in files]})
        return 0
    for file in files:
        face.say(str(file))
    if name is None:
        face.say(face.text("documents.name-them", line=f'templates = "{_TEMPLATES}"'))
    return 0

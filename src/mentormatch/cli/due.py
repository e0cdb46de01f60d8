"""``roadmap`` and ``calendar``: how the roadmap stands, and its days for calendar programs."""

from typing import Annotated

import typer

from mentormatch.cli.due_table import show_roadmap
from mentormatch.cli.face import Face
from mentormatch.cli.options import AsJson, Day, Folder, Lang, day_of, office_in
from mentormatch.documents.sources import Sources


def roadmap(
    folder: Folder,
    *,
    on: Day = None,
    everything: Annotated[bool, typer.Option("--all")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say what of the roadmap is done on a day, what is late, blocked or due soon."""
    face = Face.of(lang, as_json=as_json)
    with office_in(folder, "curator") as office, face.at_work("reading"):
        programme = office.programme
        found = Sources.of(programme, day_of(on) or office.day, lang=face.lang).status
    if face.as_json:
        face.give(found.to_dict())
        return 0
    show_roadmap(face, found, everything=everything)
    if not programme.has_register:
        face.say()
        face.say(face.text("roadmap.no-register", path=folder), "yellow")
    return 0

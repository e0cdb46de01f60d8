"""``roadmap`` and ``calendar``: how the roadmap stands, and its days for calendar programs."""

from typing import Annotated

import typer

from mentormatch.cli.due_table import show_roadmap
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.options import AsJson, Day, Folder, Lang, Names, Out, day_of, office_in
from mentormatch.documents.calendar import calendars
from mentormatch.documents.sources import Sources
from mentormatch.files import write_atomically
from mentormatch.messages import day


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


def calendar(
    folder: Folder,
    *,
    out: Out = None,
    on: Day = None,
    names: Names = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write the days of a programme for calendar programs."""
    face = Face.of(lang, as_json=as_json)
    with office_in(folder, "curator") as office, face.at_work("reading"):
        programme, of = office.programme, day_of(on) or office.day
        where = programme.out / "calendar" if out is None else out
        if names and programme.settings.keys is None:
            raise MisuseError.of("page.no-keys")
        sources = Sources.of(programme, of, lang=face.lang, names=where if names else "")
        files = []
        for paper in calendars(sources):
            files.append(where / paper.file)
            write_atomically(files[-1], paper.content)
    left = sorted({*where.glob("calendar-*.ics")}.difference(files)) if names else []
    if face.as_json:
        face.give({"on": of.isoformat(), "files": [*map(str, files)], "left": [*map(str, left)]})
        return 0
    face.say(face.text("calendar.written", count=len(files), on=day(of, face.lang), path=where))
    if left:
        said = ", ".join(path.name for path in left)
        face.say(face.text("calendar.left", count=len(left), names=said), "yellow")
    return 0

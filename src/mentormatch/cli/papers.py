"""``documents``: what a school signs, hands out and sends in."""

from typing import Annotated

import typer

from mentormatch.cli.face import Face
from mentormatch.cli.options import AsJson, Day, Folder, Lang, Out, day_of, office_in
from mentormatch.documents.cabinet import MAKERS, write_documents
from mentormatch.messages import text


def documents(
    folder: Folder,
    *,
    only: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    on: Day = None,
    codes: Annotated[bool, typer.Option("--codes")] = False,
    out: Out = None,
    listed: Annotated[bool, typer.Option("--list")] = False,
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

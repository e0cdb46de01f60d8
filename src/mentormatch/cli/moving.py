"""``leave`` and ``join``: people leave the programme or a group, and come into one."""

from typing import Annotated

import typer

from mentormatch.cli.face import Face
from mentormatch.cli.living import do
from mentormatch.cli.options import AsJson, Author, Day, Folder, Lang, day_of
from mentormatch.programme.facts import Reason


def leave(
    folder: Folder,
    people: Annotated[list[str], typer.Argument(metavar="CODE")],
    *,
    reason: Annotated[Reason, typer.Option(show_default=False)],
    pair: Annotated[str | None, typer.Option(metavar="PAIR")] = None,
    on: Day = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that people leave the programme, or with --pair a group that goes on."""
    face = Face.of(lang, as_json=as_json)
    return do(face, folder, author, lambda it: it.leave(people, reason, pair=pair, on=day_of(on)))


def join(
    folder: Folder,
    pair: Annotated[str | None, typer.Argument(metavar="PAIR", show_default=False)] = None,
    mentees: Annotated[list[str] | None, typer.Argument(metavar="CODE", show_default=False)] = None,
    *,
    co_mentor: Annotated[str | None, typer.Option(metavar="CODE")] = None,
    on: Day = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that people come into groups that go on: all whom the newest round would have."""
    face = Face.of(lang, as_json=as_json)
    return do(
        face,
        folder,
        author,
        lambda it: it.join(pair, mentees or (), co_mentor=co_mentor, on=day_of(on)),
    )

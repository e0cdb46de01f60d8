"""``report``: a programme's result as a page to read and to print."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.matching import matched, written
from mentormatch.cli.options import AsJson, Folder, Lang, Seed, programme_in
from mentormatch.matching import Status


def report(
    folder: Folder,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    names: Annotated[bool, typer.Option("--names")] = False,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    seed: Seed = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Match a programme and write what came of it as one page."""
    face = Face.of(lang, as_json=as_json)
    programme = programme_in(folder)
    path = programme.out / "report.html" if out is None else out
    if names and programme.settings.keys is None:
        raise MisuseError.of("page.no-keys")
    _, result = matched(face, programme, seed)
    label = programme.settings.title
    title = programme.settings.name if label is None else label.text(face.lang)
    keys = programme.names_for(path) if names else None
    with face.at_work("advising"):
        written(
            path,
            lambda file: result.report(file, face.lang, names=keys, title=title, advice=not quick),
        )
    if face.as_json:
        face.give({"status": str(result.status), "file": str(path)})
    else:
        face.say(face.text("report.written", path=path))
    return 0 if result.status is Status.OPTIMAL else 1

"""``profiles``, ``export``, ``log``: what a cohort is like, taking answers out, who has done so."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from mentormatch import pictures
from mentormatch.cli.face import Face
from mentormatch.cli.matching import written
from mentormatch.cli.options import AsJson, Folder, Lang, Out, programme_in
from mentormatch.cli.shown import Json
from mentormatch.messages import Language
from mentormatch.privacy.access_log import LogCheck
from mentormatch.privacy.anonymity import anonymity
from mentormatch.profiles import pictures as drawn
from mentormatch.profiles.profile import Profile, profile
from mentormatch.spreadsheet import write_xlsx

Level = Annotated[Literal["public", "internal", "restricted"], typer.Option()]


def profiles(
    folder: Folder,
    *,
    out: Out = None,
    publish: Annotated[bool, typer.Option("--publish")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say who takes part with what, and how far answers can be relied on."""
    face = Face.of(lang, as_json=as_json)
    programme = programme_in(folder)
    with face.at_work("reading"):
        cohort = programme.cohort()
        found = profile(cohort, publishable=publish)
    files = [] if out is None else _written(found, out, face.lang)
    if face.as_json:
        face.give(found.data(face.lang) | {"files": [str(path) for path in files]})
    else:
        face.say(found.text(face.lang))
        for path in files:
            face.say(face.text("profiles.written", path=path))
    return 0


def export(
    folder: Folder,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE")],
    level: Level = "internal",
    fresh_codes: Annotated[bool, typer.Option("--fresh-codes")] = False,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write the answers to a table, by code, and say how well it hides people."""
    face = Face.of(lang, as_json=as_json)
    programme = programme_in(folder)
    form = programme.questionnaire
    with face.at_work("reading"):
        records = programme.export(out, level=level, fresh_codes=fresh_codes, mapping=mapping)
    found = anonymity(records, form)
    if face.as_json:
        face.give(
            {
                "file": str(out),
                "people": len(records),
                "level": level,
                "k": found.k,
                "exposed": found.exposed,
                "text": found.text(face.lang),
            }
        )
    else:
        face.say(face.text("export.written", count=len(records), level=level, path=out))
        face.say(found.text(face.lang))
    return 0


def log(
    folder: Folder,
    *,
    head: Annotated[str | None, typer.Option(metavar="HASH")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Show who has read names or taken answers out, and check that nothing is changed."""
    face = Face.of(lang, as_json=as_json)
    found = programme_in(folder).log.check(head)
    if face.as_json:
        face.give(_log_json(found, face.lang))
    else:
        for access in found.accesses:
            face.say(access.text(face.lang))
        face.say(found.text(face.lang), "" if found else "red")
    return 0 if found else 1


def _log_json(found: LogCheck, lang: Language) -> Json:
    return {
        "sound": bool(found),
        "damaged": found.damaged,
        "cut": found.cut,
        "head": found.head,
        "accesses": [
            {
                "number": one.number,
                "at": one.at,
                "who": one.who,
                "act": one.act,
                "file": one.file,
                "level": one.level,
                "codes": one.codes,
            }
            for one in found.accesses
        ],
        "text": found.text(lang),
    }


def _written(found: Profile, out: Path, lang: Language) -> list[Path]:
    """Write the tables and pictures of a profile."""
    tables = found.sheets(lang)
    files = [out / "profiles.xlsx"]
    written(files[0], lambda path: write_xlsx(path, tables))
    figures = {"people": drawn.people(found, lang)}
    figures |= {f"demand-{field}": drawn.demand(found, field, lang) for field in found.demands}
    if found.slots is not None:
        figures["slots"] = drawn.slots(found, lang)
    if found.diligence is not None:
        figures["completeness"] = drawn.completeness(found, lang)
    for name, figure in figures.items():
        files.append(out / f"{name}.png")
        written(files[-1], partial(pictures.save, figure))
    return files

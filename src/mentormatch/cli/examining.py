"""``doctor``: what is wrong with the register of a programme."""

from typing import Annotated

import typer

from mentormatch.cli.face import Face
from mentormatch.cli.options import AsJson, Folder, Lang, programme_in
from mentormatch.cli.shown import defects_json


def doctor(
    folder: Folder,
    *,
    repair: Annotated[bool, typer.Option("--repair")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Look for damage in a register, and mend what can be mended."""
    face = Face.of(lang, as_json=as_json)
    programme = programme_in(folder)
    with face.at_work("examining"), programme.open_register(upgrade=repair or None) as register:
        found = register.check(repair=repair)
    if as_json:
        face.give(
            {
                "entries": found.entries,
                "defects": defects_json(found.defects, face.lang),
                "mended": defects_json(found.mended, face.lang),
                "warnings": defects_json(found.warnings, face.lang),
            }
        )
    else:
        face.say(found.text(face.lang))
    return 0 if found else 1

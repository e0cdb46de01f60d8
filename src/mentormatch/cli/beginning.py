"""``demo`` and ``init``: making a folder to begin with."""

import shlex
from itertools import count
from pathlib import Path
from typing import Annotated, Literal

import typer

from mentormatch.analysis.diagnosis import diagnose
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.matching import matched, report
from mentormatch.cli.options import AsJson, Folder, Lang, Out
from mentormatch.datasets import school
from mentormatch.errors import MentorMatchError, Place
from mentormatch.programme.folder import Programme
from mentormatch.result import Result

Preset = Literal["boarding_small", "regular_medium", "regular_large"]


def demo(
    *,
    out: Out = None,
    preset: Annotated[Preset, typer.Option(show_default=False)] = "boarding_small",
    seed: Annotated[int, typer.Option(metavar="N", min=0, show_default=False)] = 0,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Make up a school, match it, and say what to try next."""
    face = Face.of(lang, as_json=as_json)
    folder = out or _free_folder()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MisuseError.of("cli.taken", Place(file=folder.name))
    made_up = school(preset, seed=seed)
    programme = made_up.programme(folder)
    if not face.as_json:
        face.say(face.text("demo.made", title=made_up.name, path=folder))
        face.say()
        face.say(diagnose(*programme.read()).text(face.lang))
    cohort, result = matched(face, programme, None)
    code = report(face, result, cohort, programme.out)
    if not face.as_json:
        _say_what_next(face, folder, result)
    return code


def init(
    folder: Folder,
    *,
    preset: Annotated[str, typer.Option(metavar="NAME", show_default=False)] = "target-model",
    policy: Annotated[str, typer.Option(metavar="NAME", show_default=False)] = "official",
    lang: Lang = None,
) -> int:
    """Write the files of a new programme."""
    face = Face.of(lang)
    try:
        Programme.create(folder, preset, policy, face.lang)
    except MentorMatchError as error:
        raise MisuseError(*error.defects) from None
    face.say(face.text("init.made", path=folder))
    for step in ("answers", "policy-next", "keys-next", "calls"):
        face.say(face.text(f"init.{step}"))
    _say_call(face, "check", folder)
    _say_call(face, "match", folder)
    return 0


def _free_folder() -> Path:
    """Name a folder of the demonstration that isn't there yet."""
    names = (f"mentormatch-demo-{number}" for number in count(2))
    path = Path("mentormatch-demo")
    while path.exists():
        path = Path(next(names))
    return path


def _say_what_next(face: Face, folder: Path, result: Result) -> None:
    """Suggest commands that work on this very folder."""
    face.say()
    face.say(face.text("next.title"))
    pairs = result.matching.pairs
    if pairs:
        first, last = pairs[0], pairs[-1]
        _say_call(face, "explain", folder, first.mentor, first.mentee)
        _say_call(face, "explain", folder, first.mentor, last.mentee)
    _say_call(face, "check", folder)
    _say_call(face, "match", folder, "--record")
    _say_call(face, "decide", folder)
    _say_call(face, "status", folder)
    _say_call(face, "verify", folder / "out" / "result.json", "--programme", folder)
    face.say(face.text("next.own"))


def _say_call(face: Face, *words: str | Path) -> None:
    face.say("  mentormatch " + shlex.join(map(str, words)), "bold")

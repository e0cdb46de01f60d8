"""``demo`` and ``init``: making a folder to begin with."""

import os
import re
import shlex
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from mentormatch.analysis.diagnosis import diagnose
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.matching import matched, report
from mentormatch.cli.options import AsJson, Folder, Lang, Out, made_up_day
from mentormatch.datasets import lived_school, school
from mentormatch.datasets.lived import LAST_DAY
from mentormatch.documents.sources import READY
from mentormatch.errors import MentorMatchError, Place
from mentormatch.files import write_atomically
from mentormatch.messages import day
from mentormatch.programme.folder import SETTINGS_FILE, Programme
from mentormatch.result import Result
from mentormatch.roadmap.roadmap import Roadmap

_PLAIN: Final = re.compile(r"[\w./:\\@%+=,-]+" if os.name == "nt" else r"[\w./:@%+=,-]+")
_ROADMAP: Final = "roadmap.toml"
_NEW_YEAR: Final = 6  # the month from which on a school prepares the next school year
_WORTH_SEEING: Final = date(2024, 11, 15)

Preset = Literal["boarding_small", "regular_medium", "regular_large"]


def demo(
    *,
    out: Out = None,
    preset: Annotated[Preset, typer.Option(show_default=False)] = "boarding_small",
    seed: Annotated[int, typer.Option(metavar="N", min=0, show_default=False)] = 0,
    history: Annotated[bool, typer.Option("--history")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Make up a school, match it, or let it live through years, and say what to try next."""
    face = Face.of(lang, as_json=as_json)
    folder = out or _free_folder()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MisuseError.of("cli.taken", Place(file=folder.name))
    if history:
        return _lived(face, folder, preset, seed)
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


def _lived(face: Face, folder: Path, preset: Preset, seed: int) -> int:
    """Write a folder with years in its register, and say how to look at them."""
    with face.at_work("living"):
        lived = lived_school(preset, seed=seed)
        lived.programme(folder)
    entries = lived.journal.entries()
    first, last = entries[0].day, entries[-1].day
    if face.as_json:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        face.give({"folder": str(folder), "entries": len(entries), **days})
        return 0
    face.say(face.text("demo.made", title=lived.school.name, path=folder))
    days = {"first": day(first, face.lang), "last": day(last, face.lang)}
    face.say(face.text("demo.lived", count=len(entries), **days))
    face.say()
    face.say(face.text("next.title"))
    for command in ("roadmap", "status", "calendar", "documents"):
        _say_call(face, command, folder, "--on", _WORTH_SEEING.isoformat())
    _say_call(face, "roadmap", folder, "--on", LAST_DAY.isoformat(), "--all")
    face.say(face.text("next.own"))
    return 0


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
    years = _roll_roadmap(folder)
    face.say(face.text("init.made", path=folder))
    if years is not None:
        face.say(face.text("init.roadmap", first=years[0], last=years[1], file=_ROADMAP))
    for step in ("answers", "policy-next", "keys-next", "calls"):
        face.say(face.text(f"init.{step}"))
    _say_call(face, "check", folder)
    _say_call(face, "match", folder)
    return 0


def _roll_roadmap(folder: Path) -> tuple[int, int] | None:
    """Give a new programme the ready roadmap in years of its own, unless it is of today.

    Returns
    -------
    tuple[int, int] | None
        The first and the last of these years; None where the ready one does, or there is one.
    """
    today, ready = made_up_day() or datetime.now().astimezone().date(), Roadmap.preset(READY)
    if ready.starts <= today <= ready.ends or (folder / _ROADMAP).exists():
        return None
    # A school year that has half passed is still the one in which the programme begins.
    own = ready.roll(to=today.year if today.month >= _NEW_YEAR else today.year - 1)
    own.save(folder / _ROADMAP)
    settings = folder / SETTINGS_FILE
    line = f'roadmap = "{_ROADMAP}"'
    content = settings.read_text("utf-8").replace(f"# {line}", line)
    write_atomically(settings, content.encode())
    return own.starts.year, own.ends.year


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
    _say_call(face, "demo", "--history")
    face.say(face.text("next.own"))


def _say_call(face: Face, *words: str | Path) -> None:
    face.say("  mentormatch " + " ".join(_quoted(str(word)) for word in words), "bold")


def _quoted(word: str) -> str:
    """Write a word as a shell takes it for one; letters of no alphabet need quotation marks."""
    if _PLAIN.fullmatch(word):
        return word
    return f'"{word}"' if os.name == "nt" else shlex.quote(word)

"""``decide`` to ``close`` and ``status``: what happens after a matching, and what is going on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.options import (
    AsJson,
    Author,
    Day,
    Folder,
    Lang,
    Names,
    NeededDay,
    Pairs,
    day_of,
    existing,
    office_in,
)
from mentormatch.cli.shown import done_json
from mentormatch.cli.standing import show_status
from mentormatch.errors import RegisterError
from mentormatch.office.done import Done
from mentormatch.office.office import Office
from mentormatch.programme.facts import Reason, Scope, Stage, WaveKind

File = Annotated[Path | None, typer.Argument(metavar="FILE", show_default=False)]
Number = Annotated[str | None, typer.Option(metavar="NUMBER")]

# A code that somebody typed and that stands for nobody and nothing.
_UNKNOWN: Final = {"fact.no-pair", "fact.no-person", "fact.no-wave", "events.no-kind"}


def decide(
    folder: Folder,
    file: File = None,
    *,
    accept_all: Annotated[bool, typer.Option("--accept-all")] = False,
    names: Names = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write a sheet in which to decide on proposals, or record the decisions of a filled one."""
    face = Face.of(lang, as_json=as_json)
    if file is not None and accept_all:
        raise MisuseError.of("cli.one-of", names="FILE, --accept-all")

    def act(office: Office) -> Done:
        if file is not None:
            return office.decide(existing(file), names=names)
        if accept_all:
            return office.decide()
        return office.write_decisions(names=names, lang=face.lang)

    return do(face, folder, author, act)


def order(
    folder: Folder,
    *,
    number: Annotated[str, typer.Option(metavar="NUMBER")],
    until: NeededDay,
    since: Day = None,
    on: Day = None,
    pairs: Pairs = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record the director's order: accepted pairs run from now on."""
    face = Face.of(lang, as_json=as_json)

    def act(office: Office) -> Done:
        return office.order(
            number, ends=until.date(), starts=day_of(since), on=day_of(on), pairs=pairs or ()
        )

    return do(face, folder, author, act)


def plans(
    folder: Folder,
    file: File = None,
    *,
    draft: Annotated[bool, typer.Option("--draft")] = False,
    agree: Annotated[bool, typer.Option("--agree")] = False,
    approve: Annotated[bool, typer.Option("--approve")] = False,
    number: Number = None,
    on: Day = None,
    pairs: Pairs = None,
    names: Names = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Draft plans, record who agrees and what is approved and done, or write them as a sheet."""
    face = Face.of(lang, as_json=as_json)
    if sum((draft, agree, approve, file is not None)) > 1:
        raise MisuseError.of("cli.one-of", names="FILE, --draft, --agree, --approve")
    if approve != (number is not None):
        name = "--number" if approve else "--approve"
        raise MisuseError.of("cli.missing", name=name, command="mentormatch plans")

    def act(office: Office) -> Done:
        if file is not None:
            return office.read_plans(existing(file))
        if draft:
            return office.draft_plans(lang=face.lang, pairs=pairs or ())
        if agree:
            return office.agree_plans(on=day_of(on), pairs=pairs or ())
        if approve:
            return office.approve_plans(number or "", on=day_of(on), pairs=pairs or ())
        return office.write_plans(names=names, lang=face.lang)

    return do(face, folder, author, act)


def meetings(
    folder: Folder,
    file: File = None,
    *,
    pair: Annotated[str | None, typer.Option(metavar="PAIR")] = None,
    stage: Annotated[Stage | None, typer.Option(show_default=False)] = None,
    on: Day = None,
    present: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    going_on: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    feedback: Annotated[str, typer.Option(metavar="TEXT", show_default=False)] = "",
    names: Names = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Write a log to note meetings in, record a filled one, or record one meeting."""
    face = Face.of(lang, as_json=as_json)
    if file is not None and pair is not None:
        raise MisuseError.of("cli.one-of", names="FILE, --pair")
    if pair is not None and stage is None:
        raise MisuseError.of("cli.missing", name="--stage", command="mentormatch meetings --pair")
    if pair is None and (stage or on or present or going_on or feedback):
        raise MisuseError.of("cli.missing", name="--pair", command="mentormatch meetings")

    def act(office: Office) -> Done:
        if file is not None:
            return office.read_meetings(existing(file))
        if pair is not None and stage is not None:
            return office.meeting(
                pair,
                stage,
                on=day_of(on),
                present=present or (),
                going_on=going_on or (),
                feedback=feedback,
            )
        return office.write_meetings(names=names, lang=face.lang)

    return do(face, folder, author, act)


def wave(
    folder: Folder,
    action: Annotated[
        Literal["open", "read", "close", "compare"], typer.Argument(metavar="ACTION")
    ],
    name: Annotated[str | None, typer.Argument(metavar="WAVE", show_default=False)] = None,
    file: File = None,
    *,
    kind: Annotated[WaveKind, typer.Option(show_default=False)] = "quarter",
    due: Day = None,
    questionnaire: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    on: Day = None,
    names: Names = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Ask everybody in running pairs the same questions again, and compare the answers."""
    face = Face.of(lang, as_json=as_json)
    if action != "compare" and name is None:
        raise MisuseError.of("cli.missing", name="WAVE", command=f"mentormatch wave {action}")
    if action == "read" and file is None:
        raise MisuseError.of("cli.missing", name="FILE", command="mentormatch wave read")
    code = name or ""

    def act(office: Office) -> Done:
        if action == "open":
            return office.open_wave(
                code,
                kind=kind,
                due=day_of(due),
                on=day_of(on),
                questionnaire=None if questionnaire is None else existing(questionnaire),
                names=names,
                lang=face.lang,
            )
        if action == "read" and file is not None:
            return office.read_answers(code, existing(file), on=day_of(on))
        if action == "close":
            return office.close_wave(code, on=day_of(on))
        return office.compare_waves((code,) if code else (), lang=face.lang)

    return do(face, folder, author, act)


def close(
    folder: Folder,
    pairs: Annotated[list[str] | None, typer.Argument(metavar="PAIR", show_default=False)] = None,
    *,
    everything: Annotated[bool, typer.Option("--all")] = False,
    reason: Annotated[Reason | None, typer.Option(show_default=False)] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", show_default=False)] = "",
    on: Day = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that pairs have ended, or with --all that the year has."""
    face = Face.of(lang, as_json=as_json)
    if bool(pairs) == everything or (everything and (reason or note)):
        raise MisuseError.of("cli.one-of", names="PAIR --reason, --all")
    if pairs and reason is None:
        raise MisuseError.of("cli.missing", name="--reason", command="mentormatch close")

    def act(office: Office) -> Done:
        if pairs and reason is not None:
            return office.end(pairs, reason, on=day_of(on), note=note)
        return office.end_year(on=day_of(on))

    return do(face, folder, author, act)


def withdraw(
    folder: Folder,
    person: Annotated[str, typer.Argument(metavar="CODE")],
    *,
    scope: Annotated[Scope, typer.Option(show_default=False)] = "participation",
    on: Day = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Record that a consent is taken back, and forget what the person wrote."""
    face = Face.of(lang, as_json=as_json)
    return do(face, folder, author, lambda it: it.withdraw(person, scope, on=day_of(on)))


def status(
    folder: Folder,
    *,
    on: Day = None,
    days: Annotated[int, typer.Option(metavar="N", min=0, show_default=False)] = 14,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say what is going on, or what was on a past day."""
    face = Face.of(lang, as_json=as_json)
    with office_in(folder, "curator") as office:
        found = office.status(day_of(on), days=days)
    if face.as_json:
        face.give(found.to_dict())
    else:
        show_status(face, found)
    return 0


def do(face: Face, folder: Path, author: str, act: Callable[[Office], Done]) -> int:
    """Do something in the office of a programme, and say what was done."""
    with office_in(folder, author) as office, _typed_codes():
        done = act(office)
    if face.as_json:
        face.give(done_json(done, face.lang))
    else:
        face.say(done.text(face.lang))
    return 0


@contextmanager
def _typed_codes() -> Iterator[None]:
    """Take codes that stand for nobody and nothing for a mistake in the call."""
    try:
        yield
    except RegisterError as error:
        if all(defect.code in _UNKNOWN for defect in error.defects):
            raise MisuseError(*error.defects) from None
        raise

"""``what-if``, ``rematch``, ``compare``: a matching beside another one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from mentormatch.analysis.changes import Changes
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.front import BETWEEN
from mentormatch.cli.matching import matched, report
from mentormatch.cli.options import (
    AsJson,
    Author,
    Folder,
    Lang,
    Out,
    Seed,
    TimeLimit,
    checked_limit,
    existing,
    office_in,
    programme_in,
)
from mentormatch.cli.shown import result_json
from mentormatch.errors import Place, PolicyError
from mentormatch.matching import Status
from mentormatch.messages import Language, text
from mentormatch.pipeline import match as find_pairs
from mentormatch.policy.policy import Policy
from mentormatch.renewal import rematch as match_again
from mentormatch.result import Result
from mentormatch.scenario import compare as beside
from mentormatch.scenario import what_if as decided_otherwise

Pairs = Annotated[list[str] | None, typer.Option(metavar="MENTOR MENTEE")]


def what_if(
    folder: Folder,
    *,
    pin: Pairs = None,
    ban: Pairs = None,
    capacity: Annotated[list[str] | None, typer.Option(metavar="MENTOR=SEATS")] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say what would come of it if something were decided otherwise."""
    face = Face.of(lang, as_json=as_json)
    checked_limit(time_limit)
    seats = dict(_seats(entry) for entry in capacity or ())
    cohort, first = matched(face, programme_in(folder), seed, time_limit=time_limit)
    with face.at_work("solving"):
        second = decided_otherwise(
            first,
            pin=_pairs(pin),
            ban=_pairs(ban),
            capacity=seats,
            without=without or (),
            time_limit=time_limit,
        )
    if out is not None:
        # What is kept holds other people if some have left: it is verified as it stands.
        people = second.view.graph.cohort if second.view.graph else cohort
        return report(face, second, people, out)
    return _tell(face, second, second.changes_from(first))


def rematch(
    folder: Folder,
    *,
    previous: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    max_changes: Annotated[int | None, typer.Option(metavar="N", min=0)] = None,
    broken: Pairs = None,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Match again in mid-year and keep running pairs where they can be."""
    face = Face.of(lang, as_json=as_json)
    checked_limit(time_limit)
    programme = programme_in(folder)
    out = out or programme.out / "rematch"
    if previous is None:
        if broken:
            raise MisuseError.of("cli.broken-recorded", Place(field="--broken"))
        if not programme.has_register:
            raise MisuseError.of("cli.missing", name="--previous", command="mentormatch rematch")
        with office_in(folder, author) as office, face.at_work("solving"):
            made = office.rematch(max_changes=max_changes, seed=seed, time_limit=time_limit)
        return report(face, made.result, made.cohort, out, made)
    first = Result.load(existing(previous))
    with face.at_work("reading") as work:
        cohort, policy = programme.read()
        work.step("solving")
        try:
            second = match_again(
                first,
                cohort,
                policy,
                max_changes=max_changes,
                broken=_pairs(broken),
                seed=programme.settings.seed if seed is None else seed,
            )
        except PolicyError as error:
            raise PolicyError(*programme.in_policy(error.defects)) from None
    code = report(face, second, cohort, out)
    if not face.as_json and second.status is not Status.INFEASIBLE:
        face.say()
        face.say(second.changes_from(first).text(face.lang))
    return code


def compare(
    folder: Folder,
    *,
    policy: Annotated[Path, typer.Option(metavar="FILE")],
    seed: Seed = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Compare what the programme's policy and another one make of the same people."""
    face = Face.of(lang, as_json=as_json)
    other = Policy.load(existing(policy))
    cohort, first = matched(face, programme_in(folder), seed)
    second = find_pairs(cohort, other, seed=first.seed)
    for result in (first, second):
        if result.status not in {Status.OPTIMAL, Status.FEASIBLE}:
            face.note(result.summary(face.lang))
            return 1
    found = beside(first, second)
    if face.as_json:
        face.give(
            {
                "common": found.common,
                "first": _changes_json(found.by_first, face.lang),
                "second": _changes_json(found.by_second, face.lang),
            }
        )
    else:
        face.say(found.text(face.lang))
    return 0


def _pairs(entries: list[str] | None) -> list[tuple[str, str]]:
    """Take apart what the front door has put together."""
    pairs = []
    for entry in entries or ():
        mentor, between, mentee = entry.partition(BETWEEN)
        if not between:
            raise MisuseError.of("cli.half-pair", Place(), found=entry)
        pairs.append((mentor, mentee))
    return pairs


def _seats(entry: str) -> tuple[str, int]:
    mentor, sign, seats = entry.rpartition("=")
    if not sign or not seats.strip().isdigit():
        raise MisuseError.of("cli.bad-seats", Place(), found=entry)
    return mentor.strip(), int(seats)


def _tell(face: Face, result: Result, changes: Changes) -> int:
    possible = result.status in {Status.OPTIMAL, Status.FEASIBLE}
    if face.as_json:
        data = result_json(result, face.lang)
        face.give(data | {"changes": _changes_json(changes, face.lang) if possible else None})
    elif possible:
        face.say(changes.text(face.lang))
        face.say(text(f"proof.{result.proof}", face.lang))
    else:
        face.say(result.summary(face.lang))
    return 0 if result.status is Status.OPTIMAL else 1


def _changes_json(changes: Changes, lang: Language) -> dict[str, Any]:
    """Return what changed as plain data."""
    return {
        "moves": [
            {
                "mentee": move.mentee,
                "before": list(move.before),
                "after": list(move.after),
                "fit_before": move.fit_before,
                "fit_after": move.fit_after,
            }
            for move in changes.moves
        ],
        "goals": [
            {"goal": goal.goal, "before": goal.before, "after": goal.after}
            for goal in changes.goals
        ],
        "left": list(changes.left),
        "came": list(changes.came),
        "text": changes.text(lang),
    }

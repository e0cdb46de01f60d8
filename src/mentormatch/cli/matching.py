"""``match``, ``explain``, ``diagnose``: asking about a programme's folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from mentormatch.analysis import diagnosis
from mentormatch.analysis.explanation import By
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.options import (
    AsJson,
    Author,
    BestFor,
    Folder,
    Lang,
    OnlyNamed,
    Out,
    Seed,
    Solver,
    TimeLimit,
    checked_limit,
    office_in,
    programme_in,
)
from mentormatch.cli.shown import (
    diagnosis_json,
    explanation_json,
    groups_table,
    pairs_table,
    recruitment_json,
    result_json,
    shortage_json,
    verification_json,
    verification_text,
)
from mentormatch.cohort import Cohort
from mentormatch.errors import Place, PolicyError
from mentormatch.matching import Status
from mentormatch.office.done import Round, Waiting
from mentormatch.pipeline import match as find_pairs
from mentormatch.programme.folder import Programme
from mentormatch.result import Result
from mentormatch.verification import verify


def match(
    folder: Folder,
    *,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    solver: Solver = "best",
    best_for: BestFor = "mentees",
    only_named: OnlyNamed = False,
    record: Annotated[bool, typer.Option("--record")] = False,
    author: Author = "curator",
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Match a programme, show the pairs, keep and verify the result."""
    checked_limit(time_limit)
    face = Face.of(lang, as_json=as_json)
    programme = programme_in(folder)
    asked = {"solver": solver, "best_for": best_for, "only_named": only_named}
    if record:
        with office_in(folder, author) as office, face.at_work("scoring") as work:
            shown = {"progress": work.count, "watch": work.search}
            made = office.match(seed=seed, time_limit=time_limit, **asked, **shown)
        return report(face, made.result, made.cohort, out or programme.out, made)
    cohort, result = matched(face, programme, seed, time_limit=time_limit, **asked)
    return report(face, result, cohort, out or programme.out)


def explain(
    folder: Folder,
    mentor: Annotated[str, typer.Argument(metavar="MENTOR")],
    mentee: Annotated[str, typer.Argument(metavar="MENTEE")],
    *,
    by: Annotated[By, typer.Option(show_default=False)] = "criterion",
    seed: Seed = None,
    solver: Solver = "best",
    best_for: BestFor = "mentees",
    only_named: OnlyNamed = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say why a pair was made, or why not."""
    face = Face.of(lang, as_json=as_json)
    asked = {"solver": solver, "best_for": best_for, "only_named": only_named}
    _, result = matched(face, programme_in(folder), seed, **asked)
    why = result.why_not(mentor, mentee)
    if result.status not in {Status.OPTIMAL, Status.FEASIBLE}:
        face.note(result.summary(face.lang))
        return 1
    is_possible = why.why not in {"forbidden", "no-form"}
    explanation = result.explain(mentor, mentee) if is_possible else None
    data = explanation_json(why, explanation, face.lang, by)
    if face.as_json:
        face.give(data)
    else:
        face.say(data["text"])
    return 0


def why_unmatched(
    folder: Folder,
    mentee: Annotated[str, typer.Argument(metavar="MENTEE")],
    *,
    seed: Seed = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say why a mentee has no mentor, and what would help."""
    face = Face.of(lang, as_json=as_json)
    _, result = matched(face, programme_in(folder), seed)
    if result.status is not Status.OPTIMAL:
        face.note(result.summary(face.lang))
        return 1
    why = result.why_unmatched(mentee)
    if face.as_json:
        face.give(shortage_json(why, face.lang))
    else:
        face.say(why.text(face.lang))
    return 0


def recruit(
    folder: Folder,
    *,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1)] = 5,
    seats: Annotated[int | None, typer.Option(metavar="N", min=1)] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say which new mentors would help most."""
    face = Face.of(lang, as_json=as_json)
    _, result = matched(face, programme_in(folder), None)
    if result.status is not Status.OPTIMAL:
        face.note(result.summary(face.lang))
        return 1
    found = result.recruitment(count, seats=seats)
    if face.as_json:
        face.give(recruitment_json(found, face.lang))
    else:
        face.say(found.text(face.lang))
    return 0


def diagnose(folder: Folder, *, as_json: AsJson = False, lang: Lang = None) -> int:
    """Say who could meet whom, and which rules stand in the way."""
    face = Face.of(lang, as_json=as_json)
    with face.at_work("reading"):
        found = diagnosis.diagnose(*programme_in(folder).read())
    if face.as_json:
        face.give(diagnosis_json(found, face.lang))
    else:
        face.say(found.text(face.lang))
    return 0


def matched(
    face: Face, programme: Programme, seed: int | None, **asked: Any
) -> tuple[Cohort, Result]:
    """Read a programme and match it, with progress; ``asked`` is handed to :func:`match`.

    Raises
    ------
    MentorMatchError
        With every defect of every file.
    """
    with face.at_work("reading") as work:
        cohort, policy = programme.read()
        work.step("scoring")
        seed = programme.settings.seed if seed is None else seed
        try:
            return cohort, find_pairs(
                cohort, policy, seed=seed, progress=work.count, watch=work.search, **asked
            )
        except PolicyError as error:
            raise PolicyError(*programme.in_policy(error.defects)) from None


def report(face: Face, result: Result, cohort: Cohort, out: Path, made: Round | None = None) -> int:
    """Keep a result in a folder, verify what was kept, show it; return the exit code.

    What was recorded of it is said at the end.
    """
    waiting = () if made is None else [it for it in made.more if isinstance(it, Waiting)]
    files = [out / "pairs.xlsx", out / "result.json"]
    written(files[0], lambda path: result.write(path, face.lang))
    written(files[1], result.save)
    with face.at_work("verifying"):
        found = verify(files[1], cohort)
    if face.as_json:
        kept = {
            "verification": verification_json(found, face.lang),
            "files": [str(path) for path in files],
        }
        if made is not None:
            kept["recorded"] = {
                "round": made.values.get("round"),
                "text": made.said(face.lang),
                "joining": [each.joining.model_dump(mode="json") for each in waiting],
            }
        face.give(result_json(result, face.lang) | kept)
    else:
        if result.matching.groups:
            face.show(groups_table(result, face.lang))
        if result.matching.pairs:
            face.show(pairs_table(result, face.lang))
        face.say(result.summary(face.lang))
        face.say()
        words = verification_text(found, face.lang)
        face.say(face.text("verified", file=files[1].name, found=words))
        for name, path in zip(("pairs", "result"), files, strict=True):
            face.say(face.text(f"written.{name}", path=path))
        if made is not None:
            face.say(made.said(face.lang))
            for each in waiting:
                face.say(each.text(face.lang))
    return 0 if found and result.status is Status.OPTIMAL else 1


def written(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file, or say that it can't be written."""
    try:
        write(path)
    except OSError as error:
        reason = error.strerror or ""
        raise MisuseError.of("cli.unwritable", Place(file=path.name), reason=reason) from None

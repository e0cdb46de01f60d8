"""Results as they were stored, and the answers they were made of, which can be erased."""

import json
import tempfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select

from mentormatch.files import digest_of
from mentormatch.participant import Answer, Participant
from mentormatch.programme.register.chain import stamp
from mentormatch.programme.register.tables import answers, results

# What matching needs takes long to load, and most who open a register don't match.
if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.result import Result


def bytes_of(result: "Result | str | Path") -> bytes:
    """Return the file of a result."""
    if isinstance(result, str | Path):
        return Path(result).read_bytes()
    from mentormatch.storage import result_file  # noqa: PLC0415 - reading a register needs none

    return result_file.to_bytes(result.view, result.seed)


def keep(
    connection: Connection, school: str, content: bytes, cohort: "Cohort | None", at: datetime
) -> str:
    """Store the file of a result, and whose answers it was made of."""
    digest = digest_of(content)
    if is_there(connection, school, digest):
        return digest
    key = {"school": school, "digest": digest}
    row: dict[str, Any] = {"at": stamp(at), "content": zlib.compress(content)}
    row |= {"people": None, "form": None}
    if cohort is not None:
        form = {
            "questionnaire": cohort.questionnaire.to_dict(),
            "as_of": cohort.as_of.isoformat(),
            "headcounts": dict(cohort.headcounts),
        }
        row |= {"people": len(cohort), "form": zlib.compress(json.dumps(form).encode())}
    connection.execute(insert(results), key | row)
    people = [] if cohort is None else cohort.participants()
    rows = [key | {"person": person.id, "content": _written(person)} for person in people]
    if rows:
        connection.execute(insert(answers), rows)
    return digest


def is_there(connection: Connection, school: str, digest: str) -> bool:
    """Tell whether a result is stored."""
    found = select(results.c.digest).where(results.c.school == school, results.c.digest == digest)
    return connection.execute(found).one_or_none() is not None


def file_of(connection: Connection, school: str, digest: str) -> bytes:
    """Read the file of a stored result."""
    found = connection.execute(
        select(results.c.content).where(results.c.school == school, results.c.digest == digest)
    )
    return zlib.decompress(found.scalar_one())


def is_damaged(connection: Connection, school: str, digest: str) -> bool:
    """Tell whether a file is no longer the one that was stored."""
    try:
        return digest_of(file_of(connection, school, digest)) != digest
    except (zlib.error, TypeError):
        return True


def result_of(content: bytes, cohort: "Cohort | None") -> "Result":
    """Read a result from the bytes of its file."""
    from mentormatch.result import Result  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        file.write_bytes(content)
        return Result.load(file, cohort)


def cohort_of(connection: Connection, school: str, digest: str) -> "Cohort | None":
    """Read the answers that a result was made of; None when some are erased or were never kept."""
    return (
        None if are_erased(connection, school, digest) else answers_of(connection, school, digest)
    )


def answers_of(connection: Connection, school: str, digest: str) -> "Cohort | None":
    """Read the answers kept with a result that aren't erased; None when none were kept."""
    row = connection.execute(
        select(results.c.form).where(results.c.school == school, results.c.digest == digest)
    ).one_or_none()
    if row is None or row.form is None:
        return None
    kept = connection.execute(
        select(answers.c.content).where(answers.c.school == school, answers.c.digest == digest)
    ).scalars()
    people = [_read(content) for content in kept]
    from mentormatch.cohort import Cohort  # noqa: PLC0415
    from mentormatch.questionnaire import Questionnaire  # noqa: PLC0415

    form = json.loads(zlib.decompress(row.form))
    return Cohort.from_participants(
        Questionnaire.from_dict(form["questionnaire"]),
        people,
        as_of=date.fromisoformat(form["as_of"]),
        headcounts=form["headcounts"],
    )


def are_erased(connection: Connection, school: str, digest: str) -> bool:
    """Tell whether answers were kept with a result and some of them are no longer there."""
    there = (
        select(func.count())
        .select_from(answers)
        .where(answers.c.school == school, answers.c.digest == digest)
        .scalar_subquery()
    )
    found = connection.execute(
        select(results.c.people, there).where(
            results.c.school == school, results.c.digest == digest
        )
    ).one()
    return found[0] is not None and found[1] < found[0]


def _written(person: Participant) -> str:
    content = {
        "id": person.id,
        "kind": person.kind,
        "roles": sorted(person.roles),
        "answers": {name: _plain(answer) for name, answer in person.answers.items()},
    }
    return json.dumps(content, ensure_ascii=False)


def _read(content: str) -> Participant:
    data = json.loads(content)
    data["answers"] = {name: _answer(answer) for name, answer in data["answers"].items()}
    return Participant.model_construct(**data | {"roles": frozenset(data["roles"])})


def _plain(answer: Answer) -> Any:
    """Write an answer as JSON; what JSON has no kind of value for stands under a word."""
    match answer:
        case Decimal():
            return {"decimal": str(answer)}
        case date():
            return {"date": answer.isoformat()}
        case Mapping():
            return {"levels": dict(answer)}
    return answer


def _answer(plain: Any) -> Any:
    match plain:
        case {"decimal": written}:
            return Decimal(written)
        case {"date": written}:
            return date.fromisoformat(written)
        case {"levels": levels}:
            return dict(levels)
        case list():
            return tuple(plain)
    return plain

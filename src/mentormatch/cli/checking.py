"""``check`` and ``verify``: what is wrong with a file, and whether a result is proven."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from mentormatch.analysis.diagnosis import Diagnosis, diagnose
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.options import AsJson, Lang, existing, programme_in
from mentormatch.cli.shown import (
    Json,
    defects_json,
    diagnosis_json,
    verification_json,
    verification_text,
)
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, MentorMatchError
from mentormatch.intake.columns import ColumnMap
from mentormatch.intake.reading import read_cohort
from mentormatch.messages import Language, text
from mentormatch.policy.policy import Policy
from mentormatch.programme.folder import SETTINGS_FILE, Settings
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import Record
from mentormatch.report import ImportReport
from mentormatch.result import Result
from mentormatch.verification import Verification
from mentormatch.verification import verify as verify_result

_RECORDS: Final[tuple[type[Record], ...]] = (Questionnaire, Policy, ColumnMap, Settings)
_RECORD_SUFFIXES: Final = {".toml", ".json"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a file or folder.

    Parameters
    ----------
    name
        What it is called.
    defects
        What is wrong.
    warnings
        What is allowed but probably not meant.
    read
        How tables were read.
    diagnosis
        What the programme of a folder allows.
    """

    name: str
    defects: tuple[Defect, ...] = ()
    warnings: tuple[Defect, ...] = ()
    read: ImportReport | None = None
    diagnosis: Diagnosis | None = None

    def lines(self, face: Face) -> Iterator[str]:
        """Say it."""
        yield face.text("check.result", name=self.name, count=len(self.defects))
        yield from (f"- {defect.text(face.lang)}" for defect in self.defects)
        yield from (face.text("check.warning", what=it.text(face.lang)) for it in self.warnings)
        if self.read is not None:
            yield from _reading(self.read, face.lang)
        if self.diagnosis is not None:
            yield self.diagnosis.text(face.lang)

    def data(self, lang: Language) -> Json:
        """Return it as plain data."""
        return {
            "name": self.name,
            "defects": defects_json(self.defects, lang),
            "warnings": defects_json(self.warnings, lang),
            "reading": [] if self.read is None else list(_reading(self.read, lang)),
            "diagnosis": None if self.diagnosis is None else diagnosis_json(self.diagnosis, lang),
        }


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    *,
    questionnaire: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say what is wrong with files, all at once."""
    face = Face.of(lang, as_json=as_json)
    form = None if questionnaire is None else Questionnaire.load(existing(questionnaire))
    with face.at_work("reading"):
        found = list(_findings([existing(file) for file in files], form))
    if as_json:
        face.give([finding.data(face.lang) for finding in found])
    else:
        for finding in found:
            for line in finding.lines(face):
                face.say(line)
    return 1 if any(finding.defects for finding in found) else 0


def verify(
    result: Annotated[Path, typer.Argument(metavar="RESULT")],
    *,
    programme: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Check the proof of a result, with the answers if the programme is given."""
    face = Face.of(lang, as_json=as_json)
    existing(result)
    kept = None if programme is None else programme_in(programme)
    with face.at_work("verifying"):
        cohort, policy = (None, None) if kept is None else kept.read()
        found = _verified(result, cohort, policy)
    if as_json:
        face.give(verification_json(found, face.lang))
    else:
        face.say(f"{result.name}: {verification_text(found, face.lang)}")
    return 0 if found else 1


def _findings(files: list[Path], form: Questionnaire | None) -> Iterator[Finding]:
    tables = []
    for file in files:
        if file.is_dir():
            yield _folder(file)
        elif file.name == SETTINGS_FILE:
            yield _folder(file.parent)
        elif file.suffix in _RECORD_SUFFIXES:
            yield _record(file, form)
        else:
            tables.append(file)
    if tables:
        yield _tables(tables, form)


def _folder(folder: Path) -> Finding:
    name = folder.resolve().name
    try:
        cohort, policy = programme_in(folder).read()
    except MisuseError:
        raise
    except MentorMatchError as error:
        return Finding(name, error.defects)
    warnings = policy.warnings(cohort.questionnaire)
    return Finding(name, (), warnings, cohort.report, diagnose(cohort, policy))


def _record(file: Path, form: Questionnaire | None) -> Finding:
    try:
        record = _kind_of(file).load(file)
        if not isinstance(record, Policy) or form is None:
            return Finding(file.name)
        record.check(form)
        return Finding(file.name, warnings=record.warnings(form))
    except MentorMatchError as error:
        return Finding(file.name, error.defects)


def _kind_of(file: Path) -> type[Record]:
    """Tell what a file is meant to be: what has most of its keys."""
    try:
        content = file.read_text("utf-8-sig")
        data = tomllib.loads(content) if file.suffix == ".toml" else json.loads(content)
    except ValueError:  # reading it as anything says what is wrong
        data = {}
    keys = set(data) if isinstance(data, dict) else set()
    return max(_RECORDS, key=lambda kind: len(keys & kind.model_fields.keys()))


def _tables(files: list[Path], form: Questionnaire | None) -> Finding:
    """Check the answers in one table, or those of mentors and mentees in two."""
    if form is None:
        raise MisuseError.of("cli.no-questionnaire")
    if len(files) > 2:
        raise MisuseError.of("cli.too-many-tables", found=len(files))
    name = ", ".join(file.name for file in files)
    try:
        return Finding(name, read=read_cohort(form, *files).report)
    except MentorMatchError as error:
        return Finding(name, error.defects)


def _reading(report: ImportReport, lang: Language) -> Iterator[str]:
    """Say how many rows were read, and what was left out or mended."""
    for file in report.files:
        yield from (f"{file.file}: {line}" for line in file.rows_text(lang))
        for header in file.unmapped:
            yield f"- {text('import-report.unmapped', lang, header=header)}"
        yield from (f"- {remark}" for remark in file.remarks(lang))


def _verified(file: Path, cohort: Cohort | None, policy: Policy | None) -> Verification:
    """Verify a file; with a programme at hand, also that it is a result of this programme."""
    try:
        result = Result.load(file, cohort)
    except IntakeError as error:
        return Verification(False, False, error.defects[0].code, "as-stored")
    found = verify_result(result, cohort)
    if found and policy is not None and policy != result.policy:
        return replace(found, accepted=False, reason="other-policy")
    return found

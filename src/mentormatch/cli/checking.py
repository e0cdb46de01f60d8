"""``check`` and ``verify``: what is wrong with a file, and whether a result is proven."""

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from mentormatch.analysis.diagnosis import Diagnosis, diagnose
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.listing import Line, head, listed, write_list
from mentormatch.cli.options import AsJson, Lang, existing, programme_in
from mentormatch.cli.shown import (
    Json,
    defects_json,
    diagnosis_json,
    suggestions_json,
    verification_json,
    verification_text,
)
from mentormatch.cohort import Cohort
from mentormatch.documents.papers.kinds import check_templates, template_kinds
from mentormatch.documents.sources import roadmap_of
from mentormatch.errors import Defect, IntakeError, MentorMatchError, Place
from mentormatch.files import write_atomically
from mentormatch.intake.columns import ColumnMap, find_columns, in_own_words
from mentormatch.intake.reading import read_cohort
from mentormatch.intake.tables import read_table
from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.participant import Role
from mentormatch.policy.policy import Policy
from mentormatch.privacy.consents import consent_remarks
from mentormatch.programme.folder import SETTINGS_FILE, Settings
from mentormatch.programme.templates import PlanTemplates
from mentormatch.questionnaire import Questionnaire
from mentormatch.record import Record
from mentormatch.report import FileReport
from mentormatch.result import Result
from mentormatch.roadmap.roadmap import Roadmap
from mentormatch.suggestion import suggest_columns
from mentormatch.verification import Verification
from mentormatch.verification import verify as verify_result

_RECORDS: Final[tuple[type[Record], ...]] = (
    *(Questionnaire, Policy, ColumnMap, Settings),
    *(PlanTemplates, Roadmap),
)
_RECORD_SUFFIXES: Final = {".toml", ".json"}
# What is no fault of a table whose other half is somewhere else.
_ONE_SIDED: Final = {"intake.no-mentor", "intake.no-mentee"}


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
    files
        How tables were read, as far as they could be.
    diagnosis
        What the programme of a folder allows.
    newcomers
        How many people have no code yet but one for this check.
    """

    name: str
    defects: tuple[Defect, ...] = ()
    warnings: tuple[Defect, ...] = ()
    files: tuple[FileReport, ...] = ()
    diagnosis: Diagnosis | None = None
    newcomers: int = 0

    def lines(self, face: Face) -> Iterator[Line]:
        """Say it."""
        style = "bold red" if self.defects else "green"
        yield face.text("check.result", name=self.name, count=len(self.defects)), style
        for file in self.files:
            yield head(file, face.lang), ""
        yield from listed(self.defects, face.lang)
        yield from (
            (face.text("check.warning", what=it.text(face.lang)), "") for it in self.warnings
        )
        yield from ((line, "dim") for line in _reading(self.files, face))
        if self.diagnosis is not None:
            yield self.diagnosis.text(face.lang), ""
        if self.newcomers:
            yield face.text("check.codes", count=self.newcomers), "dim"

    def data(self, face: Face) -> Json:
        """Return it as plain data."""
        lang = face.lang
        return {
            "name": self.name,
            "defects": defects_json(self.defects, lang),
            "warnings": defects_json(self.warnings, lang),
            "files": [file.to_dict(lang) for file in self.files],
            "diagnosis": None if self.diagnosis is None else diagnosis_json(self.diagnosis, lang),
            "newcomers": self.newcomers,
        }


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    *,
    questionnaire: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    keys: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    columns: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    suggest: Annotated[bool, typer.Option("--suggest")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """Say what is wrong with files, all at once."""
    face = Face.of(lang, as_json=as_json)
    form = None if questionnaire is None else Questionnaire.load(existing(questionnaire))
    aids = _Aids(
        form,
        KeyFile() if keys is None else KeyFile.load(existing(keys)),
        None if columns is None else ColumnMap.load(existing(columns)),
    )
    if suggest:
        _suggest([existing(file) for file in files], aids, out, face)
        return 0
    with face.at_work("reading"):
        found = list(_findings([existing(file) for file in files], aids, face.lang))
    if as_json:
        face.give([finding.data(face) for finding in found])
    else:
        for finding in found:
            for line, style in finding.lines(face):
                face.say(line, style)
    if out is not None:
        write_list(out, (it for finding in found for it in finding.defects), face.lang)
        face.note(face.text("written.defects", path=out))
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
        cohort, policy = (None, None) if kept is None else kept.read(keep_codes=False)
        found = _verified(result, cohort, policy)
    if as_json:
        face.give(verification_json(found, face.lang))
    else:
        face.say(f"{result.name}: {verification_text(found, face.lang)}")
    return 0 if found else 1


@dataclass(frozen=True, slots=True)
class _Aids:
    """What tables are read with."""

    form: Questionnaire | None
    keys: KeyFile
    columns: ColumnMap | None


def _findings(files: list[Path], aids: _Aids, lang: Language) -> Iterator[Finding]:
    tables = []
    for file in files:
        if file.is_dir():
            yield _folder(file, lang)
        elif file.name == SETTINGS_FILE:
            yield _folder(file.parent, lang)
        elif file.suffix in _RECORD_SUFFIXES:
            yield _record(file, aids.form)
        elif file.suffix == ".docx":
            yield _template(file)
        else:
            tables.append(file)
    if tables:
        yield _tables(tables, aids)


def _folder(folder: Path, lang: Language) -> Finding:
    name, programme = folder.resolve().name, programme_in(folder)
    defects = [*_defects_of(lambda: roadmap_of(programme))]
    defects += _defects_of(lambda: programme.plan_templates)
    if programme.settings.templates is not None:
        templates = folder / programme.settings.templates
        defects += _defects_of(lambda: check_templates(templates))
    try:
        cohort, policy = programme.read(keep_codes=False)
    except MentorMatchError as error:
        return Finding(name, (*error.defects, *defects))
    kept = programme.settings.keys
    keys = KeyFile() if kept is None else KeyFile.load(folder / kept)
    return Finding(
        name,
        tuple(defects),
        (*policy.warnings(cohort.questionnaire), *consent_remarks(cohort, policy, lang)),
        _files_of(cohort),
        diagnose(cohort, policy),
        _newcomers(cohort, keys),
    )


def _template(file: Path) -> Finding:
    """Check a template of documents: one of its name, whatever folder it lies in."""
    kind = template_kinds().get(file.stem)
    if kind is None:
        names = ", ".join(f"{name}.docx" for name in template_kinds())
        return Finding(file.name, (Defect("template.no-kind", Place(file.name), {"names": names}),))
    return Finding(file.name, _defects_of(lambda: kind.load(file)))


def _defects_of(read: Callable[[], object]) -> tuple[Defect, ...]:
    """Read something, for what is wrong with it."""
    try:
        read()
    except MentorMatchError as error:
        return error.defects
    return ()


def _record(file: Path, form: Questionnaire | None) -> Finding:
    try:
        record = _kind_of(file).load(file)
        if isinstance(record, Roadmap):
            return Finding(file.name, warnings=record.warnings())
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


def _tables(files: list[Path], aids: _Aids) -> Finding:
    """Check the answers in one table, or those of mentors and mentees in two.

    Codes that people lack are made for this check alone: nothing is written.
    """
    if aids.form is None:
        raise MisuseError.of("cli.no-questionnaire")
    if len(files) > 2:
        raise MisuseError.of("cli.too-many-tables", found=len(files))
    name = ", ".join(file.name for file in files)
    try:
        cohort = read_cohort(aids.form, *files, keys=aids.keys, columns=aids.columns)
    except MentorMatchError as error:
        reports = (_as_far_as_read(file, aids.form, aids.columns) for file in files)
        read = tuple(filter(None, reports))
        if len(files) == 1 and _ONE_SIDED.issuperset(it.code for it in error.defects):
            return Finding(name, warnings=error.defects, files=read)
        return Finding(name, error.defects, files=read)
    return Finding(name, files=_files_of(cohort), newcomers=_newcomers(cohort, aids.keys))


def _suggest(files: list[Path], aids: _Aids, out: Path | None, face: Face) -> None:
    """Propose a map of columns for tables; only headers and numbers are shown."""
    if out is not None and out.suffix != ".toml":
        raise MisuseError.of("record.suffix", Place(file=out.name))
    form, paths, known = aids.form, files, aids.columns
    if len(files) == 1 and (files[0].is_dir() or files[0].name == SETTINGS_FILE):
        kept = programme_in(files[0] if files[0].is_dir() else files[0].parent)
        names = kept.settings
        answers = (names.answers.mentors, names.answers.mentees)
        form, paths = kept.questionnaire, [kept.folder / it for it in answers if it is not None]
        if known is None and names.columns is not None:
            known = ColumnMap.load(kept.folder / names.columns)
    if form is None:
        raise MisuseError.of("cli.no-questionnaire")
    if len(paths) > 2:
        raise MisuseError.of("cli.too-many-tables", found=len(paths))
    roles: tuple[Role | None, ...] = get_args(Role) if len(paths) == 2 else (None,)
    with face.at_work("reading"):
        tables = [read_table(path) for path in paths]
        found = suggest_columns(form, list(zip(tables, roles, strict=True)), known)
    if out is not None:
        write_atomically(out, found.toml(face.lang).encode())
        face.note(face.text("written.map", path=out))
    if face.as_json:
        face.give(suggestions_json(found, face.lang))
    elif out is None:
        face.say(found.toml(face.lang).rstrip("\n"))


def _files_of(cohort: Cohort) -> tuple[FileReport, ...]:
    return () if cohort.report is None else cohort.report.files


def _newcomers(cohort: Cohort, keys: KeyFile) -> int:
    """Count the people whose code was made while their names were read."""
    fields = [{field for _, field in file.mapped} for file in _files_of(cohort)]
    if all("code" in own for own in fields):
        return 0
    return sum(code not in keys for code in cohort.ids)


def _as_far_as_read(
    file: Path, form: Questionnaire, column_map: ColumnMap | None
) -> FileReport | None:
    """Say how a table with defects was read, if it is a table at all."""
    try:
        table = read_table(file)
    except IntakeError:
        return None
    report = FileReport(
        table.file,
        table.header_row,
        table.sheet,
        table.encoding,
        table.delimiter,
        rows_read=len(table.numbers) + len(table.rejected),
        rows_blank=table.blank_rows,
        notices=table.notices,
    )
    try:
        layout = find_columns(table, in_own_words(form, column_map), column_map)
    except IntakeError:
        return report
    return replace(
        report,
        mapped=layout.mapped,
        unmapped=layout.unmapped,
        ignored=layout.ignored,
        notices=(*table.notices, *layout.notices),
    )


def _reading(files: tuple[FileReport, ...], face: Face) -> Iterator[str]:
    """Say what was left out or mended."""
    lang = face.lang
    for file in files:
        for header in file.unmapped:
            yield f"- {file.file}: {text('import-report.unmapped', lang, header=header)}"
        for header in file.ignored:
            yield f"- {file.file}: {text('import-report.ignored', lang, header=header)}"
        yield from (f"- {remark}" for remark in file.remarks(lang))
    if any(file.unmapped for file in files):
        yield face.text("check.hint")


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

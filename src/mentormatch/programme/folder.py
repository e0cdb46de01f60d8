"""The folder that a curator keeps: what is asked, what is decided, and who has answered."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self, TypeVar

from pydantic import Field

from mentormatch.blanks.form import form_bytes
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, MentorMatchError, Place, PolicyError
from mentormatch.files import write_atomically
from mentormatch.intake.columns import ColumnMap
from mentormatch.intake.oneroster import read_oneroster, roster_and_keys
from mentormatch.intake.reading import read_cohort
from mentormatch.intake.roster import Roster
from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.policy.policy import Policy
from mentormatch.privacy.access_log import AccessLog
from mentormatch.privacy.export import ExportRecord, export
from mentormatch.programme.templates import PlanTemplates
from mentormatch.questionnaire import Label, Questionnaire, Sensitivity
from mentormatch.record import Part, Record

if TYPE_CHECKING:
    from mentormatch.programme.register.store import Register

SETTINGS_FILE: Final = "programme.toml"
LOG_FILE: Final = "access-log.jsonl"

FileName = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f]+$")]
Read = TypeVar("Read")


class AnswerFiles(Part):
    """Where the answers are: mentors and mentees apart, or everybody in one file with roles."""

    mentors: FileName
    mentees: FileName | None = None


class Letterhead(Part):
    """What stands at the head and at the foot of documents.

    Parameters
    ----------
    institution
        The full name of the school, as its documents write it.
    city
        Where documents are signed.
    director, director_post
        Who signs, and as what; left open where not said.
    curator
        Who is in charge of the programme.
    grounds
        What an order goes by: acts and rules, one sentence part each.
    """

    institution: Label | None = None
    city: Label | None = None
    director: Label | None = None
    director_post: Label | None = None
    curator: Label | None = None
    grounds: tuple[Label, ...] = ()


class Settings(Record):
    """What stands in ``programme.toml``; files are named from its folder on.

    Parameters
    ----------
    name, title
        What the programme is called, and what people read instead.
    questionnaire, policy, answers
        The files of the programme.
    keys
        The key file. Needed where people are given by name; it may lie in another folder.
    roster
        A OneRoster bundle that says who is at the school; needs ``keys``.
    columns
        The file of a ColumnMap.
    plans
        The file of PlanTemplates; the ready ones when not said.
    roadmap
        The file of a Roadmap; the ready one when not said.
    templates
        The folder with the school's own templates of documents; a document that has none in it
        is made from the ready one.
    letterhead
        What stands at the head and at the foot of documents.
    as_of
        The day of the round; the day of reading when not said.
    headcounts
        Sizes of target groups by name.
    seed
        What lots are drawn with among equally good matchings, if they are.
    register_at
        Under the key ``register``: the file of the register, or ``postgresql://user@host/database``.
    school
        Whose the programme is in a register that many schools share; its name when not said.

    Raises
    ------
    IntakeError
        From ``load`` and ``from_dict``.
    """

    error: ClassVar = IntakeError

    name: str
    title: Label | None = None
    questionnaire: FileName = "questionnaire.toml"
    policy: FileName = "policy.toml"
    answers: AnswerFiles
    keys: FileName | None = None
    roster: FileName | None = None
    columns: FileName | None = None
    plans: FileName | None = None
    roadmap: FileName | None = None
    templates: FileName | None = None
    letterhead: Letterhead = Letterhead()
    as_of: date | None = None
    headcounts: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    seed: int | None = None
    # Pydantic's models have an attribute "register" of their own.
    register_at: FileName = Field("register/register.sqlite", alias="register")
    school: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Programme:
    """A programme in its folder. Files are read when they are asked for, anew each time.

    Parameters
    ----------
    folder
        Where it is kept.
    settings
        What stands in its ``programme.toml``.
    """

    folder: Path
    settings: Settings

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Read the ``programme.toml`` of a folder.

        Raises
        ------
        IntakeError
            When there is none, with every defect when it can't be used.
        OSError
            When it can't be opened.
        """
        folder = Path(folder)
        return cls(folder, Settings.load(folder / SETTINGS_FILE))

    @classmethod
    def create(
        cls,
        folder: str | Path,
        preset: str = "target-model",
        policy: str = "official",
        lang: Language = "en",
    ) -> Self:
        """Write the files of a new programme; those for the answers are empty forms.

        Parameters
        ----------
        folder
            Where; it is made if it isn't there.
        preset, policy
            Names of the ready questionnaire and of the ready policy.
        lang
            Language of the forms and of the notes in ``programme.toml``.

        Raises
        ------
        QuestionnaireError, PolicyError
            When there is no such preset, or the two don't fit.
        IntakeError
            When the folder has such files already, with each of them; nothing is written.
        OSError
            When the folder can't be written.
        """
        folder = Path(folder)
        form = Questionnaire.preset(preset)
        Policy.preset(policy).check(form)
        name = folder.resolve().name or "programme"
        settings = text("programme.settings", lang, name=json.dumps(name, ensure_ascii=False))
        content = {
            "questionnaire.toml": _preset_file(Questionnaire, preset),
            "policy.toml": _preset_file(Policy, policy),
            "answers/mentors.xlsx": form_bytes(form, ".xlsx", role="mentor", lang=lang),
            "answers/mentees.xlsx": form_bytes(form, ".xlsx", role="mentee", lang=lang),
            SETTINGS_FILE: settings.encode(),
        }
        there = [Place(file=Path(file).name) for file in content if (folder / file).exists()]
        if there:
            raise IntakeError(*(Defect("programme.exists", place) for place in there))
        for file, written in content.items():
            write_atomically(folder / file, written)
        return cls.open(folder)

    @property
    def questionnaire(self) -> Questionnaire:
        """What is asked; QuestionnaireError with every defect, OSError when it can't be opened."""
        return Questionnaire.load(self.folder / self.settings.questionnaire)

    @property
    def policy(self) -> Policy:
        """What is decided; PolicyError with every defect, OSError when it can't be opened."""
        return Policy.load(self.folder / self.settings.policy)

    @property
    def plan_templates(self) -> PlanTemplates:
        """What plans are drafted from; PolicyError with every defect."""
        if self.settings.plans is None:
            return PlanTemplates.preset("target-model")
        return PlanTemplates.load(self.folder / self.settings.plans)

    @property
    def out(self) -> Path:
        """Where results go."""
        return self.folder / "out"

    @property
    def log(self) -> AccessLog:
        """Who has joined names to codes, and who has taken answers out."""
        return AccessLog(self.folder / LOG_FILE)

    def names_for(self, file: str | Path) -> KeyFile:
        """Read the key file to write a document with names, and note so in the access log.

        Parameters
        ----------
        file
            What is going to be written.

        Raises
        ------
        IntakeError
            When there is no key file, with every row of it that can't be used.
        MentorMatchError
            When the access log is damaged: no names without a trace.
        OSError
            When the access log can't be written.
        """
        if self.settings.keys is None:
            raise IntakeError.of("page.no-keys")
        keys = KeyFile.existing(self.folder / self.settings.keys)
        self.log.record("names-read", file=file)
        return keys

    def export(
        self,
        path: str | Path,
        *,
        level: Sensitivity = "internal",
        fresh_codes: bool = False,
        mapping: str | Path | None = None,
    ) -> tuple[ExportRecord, ...]:
        """Write the answers to a table, as :func:`mentormatch.export` does, and note it in the log.

        Raises
        ------
        MentorMatchError
            As ``export`` and :meth:`cohort` do, and when the access log is damaged.
        OSError
            When a file can't be written; without a line in the log nothing is written.
        """
        cohort = self.cohort()
        self.log.record("exported", file=path, level=level)
        return export(cohort, path, level=level, fresh_codes=fresh_codes, mapping=mapping)

    @property
    def register(self) -> "Register":
        """What has happened, kept; made at first use. RegisterError as in :meth:`open_register`."""
        return self.open_register()

    @property
    def has_register(self) -> bool:
        """Whether something may have been recorded: a database is taken to hold something."""
        where = self.settings.register_at
        return "://" in where or (self.folder / where).exists()

    def open_register(self, *, upgrade: bool | None = None) -> "Register":
        """Open the register; one that isn't there is made.

        Parameters
        ----------
        upgrade
            Whether to bring one of an older version to the newest; when not said, a file is,
            and a store that many schools share isn't.

        Raises
        ------
        RegisterError
            When it is damaged, closed or of a newer version, or what it needs isn't installed.
        """
        from mentormatch.programme.register.store import Register  # noqa: PLC0415 - optional

        where = self.settings.register_at
        if "://" in where:
            school = self.settings.school or self.settings.name
            return Register.open(where, school=school, upgrade=upgrade)
        return Register.open(self.folder / where, upgrade=upgrade)

    def cohort(self, *, lenient: bool = False, keep_codes: bool = True) -> Cohort:
        """Read the answers; codes that people lack are given, and kept in the key file.

        Parameters
        ----------
        lenient
            Leave out rows with defects instead of raising.
        keep_codes
            Whether the key file is written; without, new codes hold for this reading alone.

        Raises
        ------
        QuestionnaireError, IntakeError
            With every defect of the questionnaire; else of the answers.
        OSError
            When the questionnaire or the map of columns can't be opened.
        """
        names = self.settings
        form = self.questionnaire
        keys: Path | KeyFile | None = None if names.keys is None else self.folder / names.keys
        roster = None
        if names.roster is not None:
            roster, keys = self._roster(form, names.roster, keep_codes=keep_codes)
        return read_cohort(
            form,
            self.folder / names.answers.mentors,
            None if names.answers.mentees is None else self.folder / names.answers.mentees,
            keys=keys,
            columns=None if names.columns is None else ColumnMap.load(self.folder / names.columns),
            lenient=lenient,
            as_of=names.as_of,
            headcounts=names.headcounts,
            roster=roster,
            keep_codes=keep_codes,
        )

    def _roster(
        self, form: Questionnaire, file: str, *, keep_codes: bool
    ) -> tuple[Roster, Path | KeyFile]:
        if self.settings.keys is None:
            raise IntakeError.of("programme.no-keys", Place(SETTINGS_FILE, field="roster"))
        keys = self.folder / self.settings.keys
        if keep_codes:
            return read_oneroster(self.folder / file, form, keys=keys), keys
        return roster_and_keys(self.folder / file, form, keys=keys)

    def read(self, *, lenient: bool = False, keep_codes: bool = True) -> tuple[Cohort, Policy]:
        """Read everything and hold the policy against the questionnaire.

        Parameters
        ----------
        lenient
            Leave out rows of answers with defects instead of raising.
        keep_codes
            As for :meth:`cohort`.

        Raises
        ------
        MentorMatchError
            With every defect of every file.
        """
        defects: list[Defect] = []
        form = _attempt(lambda: self.questionnaire, self.settings.questionnaire, defects)
        policy = _attempt(lambda: self.policy, self.settings.policy, defects)
        if form is None:
            raise MentorMatchError(*defects)
        if policy is not None:
            try:
                policy.check(form)
            except PolicyError as error:
                defects += self.in_policy(error.defects)
        names = self.settings
        cohort = _attempt(
            lambda: self.cohort(lenient=lenient, keep_codes=keep_codes),
            names.columns or "",
            defects,
        )
        if defects or cohort is None or policy is None:
            raise MentorMatchError(*defects)
        return cohort, policy

    def in_policy(self, defects: Iterable[Defect]) -> Iterator[Defect]:
        """Say of defects of the policy in which file they stand."""
        file = Path(self.settings.policy).name
        return (replace(defect, place=replace(defect.place, file=file)) for defect in defects)

    def __repr__(self) -> str:
        return f"Programme({self.settings.name!r})"


def _attempt(read: Callable[[], Read], file: str, defects: list[Defect]) -> Read | None:
    """Read something, or note why it can't be read."""
    try:
        return read()
    except MentorMatchError as error:
        defects += error.defects
    except OSError:
        defects.append(Defect("intake.closed-file", Place(file=Path(file).name)))
    return None


def _preset_file(kind: type[Record], name: str) -> bytes:
    """Return a preset as it is written, with its comments."""
    folder = files("mentormatch") / "presets" / str(kind.preset_folder)
    return (folder / f"{name}.toml").read_bytes()

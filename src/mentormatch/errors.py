"""What the library raises: one tree of errors, each a list of located defects.

An ordinary outcome (nobody matched, no solution) is a value, never an error. An
error carries *every* defect found, and each defect says where it stands, what
is wrong and what to do about it. Sentences come from the catalogues in
:mod:`mentormatch.messages`; a defect holds only its stable code and the values
that fill the sentence, so the same error can be read in every language and
survives pickling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Self

from mentormatch.messages import Language, text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a defect stands; every part is optional.

    Parameters
    ----------
    file
        Name of a file (never a whole path).
    sheet
        Name of a sheet in a workbook.
    row
        Row number as a spreadsheet shows it, starting at 1.
    column
        Header of a column.
    field
        Path inside a record or an argument, such as ``forms[0].weights``.
    """

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None

    def text(self, lang: Language = "en") -> str:
        """Say the place in words, outermost part first; empty when nothing is known."""
        parts = (
            ("file", self.file),
            ("sheet", self.sheet),
            ("row", self.row),
            ("column", self.column),
            ("field", self.field),
        )
        return ", ".join(
            text(f"place.{name}", lang, value=value) for name, value in parts if value is not None
        )


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong: where, what, and what to write instead.

    Parameters
    ----------
    code
        Stable name of the kind of defect, for example ``cell.unknown-option``.
    place
        Where it was found.
    values
        What fills the sentences. Never a person's name or a restricted answer.
    """

    code: str
    place: Place = Place()
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def problem(self, lang: Language = "en") -> str:
        """Say what is wrong."""
        return text(f"{self.code}.problem", lang, **self.values)

    def remedy(self, lang: Language = "en") -> str:
        """Say what to do about it."""
        return text(f"{self.code}.remedy", lang, **self.values)

    def text(self, lang: Language = "en") -> str:
        """Say place, problem and remedy in one line."""
        where = self.place.text(lang)
        sentence = f"{self.problem(lang)}; {self.remedy(lang)}"
        return f"{where}: {sentence}" if where else sentence

    def __str__(self) -> str:
        return self.text()


class MentorMatchError(Exception):
    """Root of every error of this library.

    Parameters
    ----------
    *defects
        Everything that is wrong, in the order in which a reader would mend it.
    """

    def __init__(self, *defects: Defect) -> None:
        super().__init__(*defects)

    @classmethod
    def of(cls, code: str, place: Place | None = None, /, **values: object) -> Self:
        """Make the error of a single defect."""
        return cls(Defect(code, place or Place(), values))

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Everything that is wrong."""
        return self.args

    def text(self, lang: Language = "en") -> str:
        """Say all defects, one per line, after a line that counts them if there are several."""
        lines = [defect.text(lang) for defect in self.defects]
        if len(lines) > 1:
            lines.insert(0, text("error.count", lang, count=len(lines)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def check_count(field: str, number: object) -> None:
    """Raise MentorMatchError for an argument that is no whole number from 0 on.

    Parameters
    ----------
    field
        Its name.
    number
        Its value.
    """
    if isinstance(number, bool) or not isinstance(number, Integral) or int(number) < 0:
        raise MentorMatchError.of("call.count", Place(field=field), found=number)


class IntakeError(MentorMatchError):
    """Answers that can't be read: files, headers, cells, people."""


class QuestionnaireError(MentorMatchError):
    """A questionnaire that contradicts itself."""


class PolicyError(MentorMatchError):
    """A policy that contradicts itself, its questionnaire or its cohort."""


class ScoreError(MentorMatchError):
    """Scores, limits or other arrays that can't be used."""


class ParticipantError(MentorMatchError):
    """A call that names somebody who isn't there, or in the wrong role."""


class RegisterError(MentorMatchError):
    """A fact that can't be, or plan templates or a register that can't be used."""


class RoadmapError(MentorMatchError):
    """A roadmap that contradicts itself."""


class DocumentError(MentorMatchError):
    """A document that can't be made, or a template that can't be used."""


class SolverFault(MentorMatchError):  # noqa: N818 - a fault of ours, not of the caller
    """A solver contradicted itself or the independent check: a defect of the software."""

"""Waves of diagnostics in a folder: the form that goes out, and the answers that come back."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mentormatch.blanks.form import filled_form
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, Place, RegisterError
from mentormatch.files import digest_of
from mentormatch.intake.reading import read_cohort
from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.participant import Participant
from mentormatch.programme.diagnostics import (
    WaveComparison,
    answer_facts,
    compare_waves,
    gaps_table,
    survey_gaps,
    wave_answers,
)
from mentormatch.programme.facts import Answered, WaveKind
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State
from mentormatch.programme.waves import Wave
from mentormatch.questionnaire import Questionnaire
from mentormatch.spreadsheet import Cell, Sheet

if TYPE_CHECKING:
    import pandas as pd

PRESETS: Final[dict[WaveKind, str]] = {
    "first": "first-survey",
    "quarter": "monitoring",
    "final": "final-survey",
}


def voluntary(form: Questionnaire) -> Questionnaire:
    """Let every question but the kind be left blank: a row that is blank is no answer yet."""
    content = form.to_dict()
    for question in content["questions"]:
        if question["id"] != "kind":
            question.pop("required", None)
    return Questionnaire.from_dict(content)


def asked_in(wave: Wave, file: Path) -> Questionnaire:
    """Read what was asked in a wave.

    Raises
    ------
    RegisterError
        When the file isn't there, or has been changed since the wave was opened.
    QuestionnaireError
        When it can't be read.
    """
    if not file.is_file():
        raise RegisterError.of("office.no-form", Place(file=file.name), wave=wave.wave)
    if wave.questionnaire is not None and digest_of(file.read_bytes()) != wave.questionnaire:
        raise RegisterError.of("office.other-form", Place(file=file.name), wave=wave.wave)
    return Questionnaire.load(file)


def write_wave_form(
    path: Path,
    form: Questionnaire,
    state: State,
    people: Iterable[str],
    day: date,
    *,
    keys: KeyFile | None = None,
    lang: Language = "ru",
) -> None:
    """Write a form with a row for each person who is asked, filled in with what is known.

    Parameters
    ----------
    path
        Where, ``.xlsx``.
    form
        What is asked.
    state, people, day
        What holds, who is asked, and when.
    keys
        Names to show beside the codes.
    lang
        Language of the form.

    Raises
    ------
    OSError
        When the folder can't be written.
    """
    known = (state.people[code] for code in people)
    asked = [Participant(id=each.code, kind=each.kind, roles=each.roles) for each in known]
    cohort = Cohort.from_participants(form, asked, as_of=day)
    filled_form(cohort, path, keys=keys, lang=lang)


def read_wave_answers(
    path: str | Path, form: Questionnaire, state: State, wave: str, on: date
) -> tuple[Answered, ...]:
    """Read the answers to a wave; rows in which nothing is answered are passed over.

    What has been read before, and is the same, is passed over too.

    Parameters
    ----------
    path
        The filled form, XLSX or CSV.
    form
        What was asked.
    state, wave
        What holds, and which wave is answered.
    on
        The day on which the answers came in.

    Raises
    ------
    IntakeError
        With everything that can't be read, or everybody who isn't asked.
    """
    cohort = read_cohort(form, path, as_of=on, one_role=True)
    answered = np.array([bool(person.answers) for person in cohort.participants()], bool)
    facts = answer_facts(cohort.take(answered), wave, on)
    if wave not in state.waves:
        refuse([defect("no-wave", "wave", wave=wave)])
    asked = state.waves[wave]
    place = Place(file=Path(path).name)
    strangers = [
        Defect("fact.not-asked", place, {"person": fact.person, "wave": wave})
        for fact in facts
        if fact.person not in asked.people
    ]
    if strangers:
        raise IntakeError(*strangers)
    before = {code: fact.answers for code, fact in asked.answers.items()}
    return tuple(fact for fact in facts if before.get(fact.person) != fact.answers)


class Surveys:
    """What the waves of a programme come to: changes from quarter to quarter, and gaps.

    Parameters
    ----------
    state
        What holds.
    waves
        Codes of waves, with what was asked in each.
    """

    def __init__(self, state: State, waves: dict[str, Questionnaire]) -> None:
        def taken(kind: WaveKind) -> list[str]:
            return [name for name in waves if state.waves[name].kind == kind]

        quarters = [wave_answers(state, name, waves[name]) for name in taken("quarter")]
        self.compared: WaveComparison | None = compare_waves(quarters) if quarters else None
        first, final = taken("first"), taken("final")
        self.final: Cohort | None = None
        self.gaps: tuple[Any, ...] = ()
        if first and final:
            begun = wave_answers(state, first[0], waves[first[0]]).answers
            self.final = wave_answers(state, final[-1], waves[final[-1]]).answers
            self.gaps = survey_gaps(begun, self.final)

    def sheets(self, lang: Language = "en") -> Sequence[Sheet]:
        """Put it in sheets: completeness, groups, gaps, and people by code."""
        frames: dict[str, pd.DataFrame] = {}
        if self.compared is not None:
            frames["completeness"] = self.compared.completeness_table(lang)
            frames["totals"] = self.compared.totals_table(lang)
        if self.final is not None:
            frames["gaps"] = gaps_table(self.gaps, self.final, lang)
        if self.compared is not None:
            frames["changes"] = self.compared.table(lang)
        return [_sheet(text(f"office.waves.{name}", lang), frame) for name, frame in frames.items()]

    def text(self, lang: Language = "en") -> str:
        """Say how complete the waves are, and where each group has moved."""
        lines = [] if self.compared is None else [self.compared.text(lang)]
        if self.final is not None:
            lines.append(text("office.waves.gaps-line", lang, count=len(self.gaps)))
        return "\n".join(lines)


def _sheet(name: str, frame: "pd.DataFrame") -> Sheet:
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    decimals = {str(title): "0.00" for title in frame.columns[frame.dtypes == "float64"]}
    return Sheet(name, [str(title) for title in frame.columns], _cells(rows), formats=decimals)


def _cells(rows: list[list[Cell]]) -> list[list[Cell]]:
    return [[None if isinstance(it, float) and it != it else it for it in row] for row in rows]  # noqa: PLR0124 - nan

"""Waves of diagnostics, and what people answered."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from mentormatch.programme.facts.base import PRIVATE, Code, Digest, Fact

WaveKind = Literal["first", "quarter", "final"]

Answers = Annotated[
    dict[str, bool | int | str | tuple[str, ...]] | None,
    Field(default_factory=dict, repr=False, json_schema_extra={"private": True}),
    PRIVATE,
]
"""What a person answered, by question; empty when nothing was, None when it has been erased."""


class WaveOpened(Fact):
    """A wave of diagnostics begins.

    Parameters
    ----------
    wave
        Its code.
    kind
        The first survey, one of the quarters, or the final one.
    on, due
        First day, and the day by which answers are expected.
    people
        Who is asked.
    questionnaire
        Digest of the form.
    """

    fact: Literal["wave_opened"] = "wave_opened"
    wave: Code
    kind: WaveKind
    on: date
    due: date
    people: tuple[Code, ...] = Field(min_length=1)
    questionnaire: Digest | None = None


class Answered(Fact):
    """Somebody answers a wave; the last answer counts.

    Parameters
    ----------
    wave, person, on
        Which wave, who, and when.
    answers
        What, by question.
    """

    fact: Literal["answered"] = "answered"
    wave: Code
    person: Code
    on: date
    answers: Answers


class WaveClosed(Fact):
    """No more answers are taken."""

    fact: Literal["wave_closed"] = "wave_closed"
    wave: Code
    on: date

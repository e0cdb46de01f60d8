"""Waves of diagnostics: who is asked, who has answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from mentormatch.programme.facts import Answered, WaveClosed, WaveKind, WaveOpened
from mentormatch.programme.refusals import defect, in_order, not_after, refuse, twice


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave.

    Parameters
    ----------
    wave, kind
        Its code, and which sort of survey it is.
    opened, due, closed
        Its first day, the day by which answers are expected, and its last day.
    people
        Who is asked.
    questionnaire
        Digest of the form.
    answers
        The last answer of each person who has answered.
    """

    wave: str
    kind: WaveKind
    opened: date
    due: date
    people: tuple[str, ...]
    questionnaire: str | None = None
    closed: date | None = None
    answers: Mapping[str, Answered] = field(default_factory=dict)

    @property
    def silent(self) -> tuple[str, ...]:
        """Who hasn't answered."""
        return tuple(who for who in self.people if who not in self.answers)

    @classmethod
    def of(cls, fact: WaveOpened) -> Self:
        """Open a wave."""
        refuse([in_order(fact.on, fact.due, "due"), *twice(fact.people, "people")])
        return cls(fact.wave, fact.kind, fact.on, fact.due, fact.people, fact.questionnaire)

    def answered(self, fact: Answered, latest: date) -> Self:
        """Take an answer; a second one of the same person replaces the first."""
        refuse(
            [
                defect("wave-closed", "wave", wave=self.wave) if self.closed is not None else None,
                None
                if fact.person in self.people
                else defect("not-asked", "person", person=fact.person, wave=self.wave),
                not_after(fact.on, latest),
                defect("too-early", "on", day=fact.on, starts=self.opened)
                if fact.on < self.opened
                else None,
            ]
        )
        return replace(self, answers={**self.answers, fact.person: fact})

    def close(self, fact: WaveClosed, latest: date) -> Self:
        """Take no more answers."""
        refuse(
            [
                defect("wave-closed", "wave", wave=self.wave) if self.closed is not None else None,
                not_after(fact.on, latest),
                defect("too-early", "on", day=fact.on, starts=self.opened)
                if fact.on < self.opened
                else None,
            ]
        )
        return replace(self, closed=fact.on)

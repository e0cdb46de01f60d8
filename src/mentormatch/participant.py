"""One person's answers, as plain values under the ids of questions."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from mentormatch.record import Part

Role = Literal["mentor", "mentee"]

Answer = bool | int | Decimal | date | str | tuple[str, ...] | dict[str, int]
"""A plain value; which type goes with which kind of question says :class:`Participant`."""


def _tidy(code: str) -> str:
    return unicodedata.normalize("NFC", code).strip()


class Participant(Part):
    """A person under a code, with their kind, roles and answers.

    Answers by kind of question: choice ``str``; multi ``tuple[str, ...]``, or ``dict[str, int]``
    where options have levels; ranked ``tuple[str, ...]`` from the first rank on; scale ``int``;
    number ``int`` or ``Decimal``; date ``datetime.date``; text ``str``; slots
    ``tuple[str, ...]``; people ``tuple[str, ...]`` of codes; flag ``bool``. An unanswered
    question is absent; an empty tuple or dict is the answer "none".
    """

    id: Annotated[str, AfterValidator(_tidy)]
    kind: str
    roles: frozenset[Role] = Field(min_length=1)
    answers: dict[str, Answer] = Field(default_factory=dict)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield "id", self.id
        yield "kind", self.kind


# Cyrillic letters that look like Latin ones, in the folded case.
_LOOK_ALIKES: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")


def skeleton(code: str) -> str:
    """Fold a code so that codes which look the same, or differ in case only, become equal."""
    return _tidy(code).casefold().translate(_LOOK_ALIKES)

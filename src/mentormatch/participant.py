"""One person's answers, as plain values under the ids of questions."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from mentormatch.record import Part

Role = Literal["mentor", "mentee"]

Answer = bool | int | Decimal | date | str | tuple[str, ...] | dict[str, int]
"""A plain value; which type goes with which kind of question says :class:`Participant`."""


def tidy(code: str) -> str:
    """Compose a code's letters and drop the spaces around it."""
    return (code if code.isascii() else unicodedata.normalize("NFC", code)).strip()


def tidy_all(codes: Sequence[str]) -> list[str]:
    """Tidy many codes, all at once where their letters are of ASCII."""
    return [*map(str.strip if "".join(codes).isascii() else tidy, codes)]


class Participant(Part):
    """A person under a code, with their kind, roles and answers.

    Answers by kind of question: choice ``str``; multi ``tuple[str, ...]``, or ``dict[str, int]``
    where options have levels; ranked ``tuple[str, ...]`` from the first rank on; scale ``int``;
    number ``int`` or ``Decimal``; date ``datetime.date``; text ``str``; slots
    ``tuple[str, ...]``; people ``tuple[str, ...]`` of codes; flag ``bool``. An unanswered
    question is absent; an empty tuple or dict is the answer "none".
    """

    id: Annotated[str, AfterValidator(tidy)]
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
    return tidy(code).casefold().translate(_LOOK_ALIKES)


def skeletons_of(codes: Sequence[str]) -> list[str]:
    """Fold many codes, all at once where none has a new line in it."""
    joined = "\n".join(map(str.strip, codes))
    found = skeleton(joined).split("\n") if codes else []
    return found if len(found) == len(codes) else [skeleton(code) for code in codes]

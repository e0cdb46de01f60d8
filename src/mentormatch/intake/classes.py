"""Cells that answer two questions at once: a number and what follows it, such as a class."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from mentormatch.intake.columns import language_of
from mentormatch.intake.mending import MENDED, CellError, Reading, Repair
from mentormatch.intake.options import Names
from mentormatch.questionnaire import Question, Questionnaire, composed

_WORDS: Final = r"(?:класса?|кл|class|grade|form|year)\.?"
_FRONT: Final = re.compile(rf"{_WORDS}\s*(?=[\divxхі])", re.IGNORECASE)
_BACK: Final = re.compile(rf"\s*{_WORDS}", re.IGNORECASE)
_MOST_SIGNS: Final = 40  # of such a cell
_DIGITS: Final = re.compile(r"([0-9]{1,4})(?:[.,]0+(?![0-9]))?")
_ENDING: Final = re.compile(
    rf"(?:-?(?:ый|ий|ой|й|го|ого|th|st|nd|rd)(?![а-яa-z]))?\s*(?:{_WORDS}(?![а-яa-z]))?\s*",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"[0-9]{1,2}[\s\"'-]*([^\W\d_])\W*")
_ROMAN: Final = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_SHAPES: Final = str.maketrans("хі", "xi")
_ROMAN_VALUES: Final = {"": 0, "ix": 9, "iv": 4}
_SIGNS: Final = " -\"'()./"
_PLAIN_SIGNS: Final = frozenset(' -"')


class ClassReader:
    """Reads ``5Б``: a number, and the option of another question that follows it.

    Parameters
    ----------
    form
        The questionnaire.
    question
        A number question that has a ``rest``.
    """

    def __init__(self, form: Questionnaire, question: Question) -> None:
        self.question = question
        self.rest = form.question(str(question.rest))
        self.names = Names(self.rest, form.options(self.rest))

    def read(self, cell: str) -> tuple[int, str | None, tuple[Repair, ...]]:
        """Read number, rest (None where there is none) and what was mended.

        Raises
        ------
        CellError
            When the cell is nothing of the kind, or can mean several things.
        """
        found = {(number, rest): repairs for number, rest, repairs in self._ways(cell)}
        letter = _LETTER.fullmatch(composed(cell[:_MOST_SIGNS]))
        if not found and letter and self.question.sensitivity != "restricted":
            raise CellError(self.names.unknown(letter[1]))
        if len(found) != 1:
            label = self.names.options[0].label.text(language_of([cell]))
            values = {"found": self._shown(cell), "example": f"{self.question.low or 1}{label}"}
            raise CellError(("cell.class", {**values}))
        ((number, rest), repairs) = found.popitem()
        if repairs and self.question.sensitivity == "restricted":
            repairs = ((MENDED, {}),)
        return number, rest, repairs

    def _shown(self, found: str) -> str:
        return self.rest.shown(self.question.shown(found))

    def _ways(self, cell: str) -> Iterator[tuple[int, str | None, tuple[Repair, ...]]]:
        if len(cell) > _MOST_SIGNS:
            return
        whole = composed(unicodedata.normalize("NFKC", cell))
        body = _FRONT.sub("", whole, count=1) if _FRONT.match(whole) else whole
        words = [match.start() for match in _BACK.finditer(body) if match.end() == len(body)]
        if words:
            body = body[: words[0]]
        for number, tail, is_plain in self._numbers(body):
            for rest, has_plain_signs in self._rests(tail):
                if rest is None and not (is_plain or body.isupper()):
                    continue  # a small x or v alone is a mark
                is_clean = is_plain and has_plain_signs and body == whole
                option = None if rest is None else rest.answer
                repairs = () if rest is None else rest.repairs
                if not is_clean:
                    repairs = (*repairs, self._note(cell, number, option))
                yield number, option, repairs

    def _numbers(self, body: str) -> Iterator[tuple[int, str, bool]]:
        """Give every number at the start, what follows it, and whether it is of digits."""
        digits = _DIGITS.match(body)
        if digits:
            yield int(digits[1]), body[digits.end() :], True
        shapes = body.lower().translate(_ROMAN_SHAPES)
        low, high = self.question.low, self.question.high
        for end in range(1, len(shapes) + 1):
            roman = _ROMAN.fullmatch(shapes[:end])
            if roman is None:
                break
            number = 10 * len(roman[1]) + _value(roman[2])
            if (low is None or low <= number) and (high is None or number <= high):
                yield number, body[end:], False

    def _rests(self, tail: str) -> Iterator[tuple[Reading[str] | None, bool]]:
        """Give every option that the rest can be, and whether it is written by the rules."""
        bare = tail.strip(_SIGNS)
        if not bare:
            yield None, not tail
            return
        option = self.names.find(bare)
        if option is not None:
            yield option, _PLAIN_SIGNS.issuperset(tail.replace(bare, "", 1))
            return
        ending = _ENDING.match(tail)
        if ending and ending[0].strip():
            bare = tail[ending.end() :].strip(_SIGNS)
            option = self.names.find(bare) if bare else None
            if option is not None or not bare:
                yield option, False

    def _note(self, cell: str, number: int, option: str | None) -> Repair:
        if "restricted" in {self.question.sensitivity, self.rest.sensitivity}:
            return MENDED, {}
        label = "" if option is None else self.names.labels[option].text(language_of([cell]))
        return "cell.read-as", {"found": self._shown(cell.strip()), "meant": f"{number}{label}"}


def _value(roman: str) -> int:
    return _ROMAN_VALUES.get(roman) or 5 * roman.count("v") + roman.count("i")

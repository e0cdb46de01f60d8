"""The options of a question under everything they may be called in a cell."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Final, TypeVar

from mentormatch.intake.columns import language_of
from mentormatch.intake.mending import MOST_REPORTED, CellError, Reading, note, read_all, repairs_of
from mentormatch.intake.values import read_level
from mentormatch.participant import skeleton
from mentormatch.questionnaire import Levels, Option, Question, composed, normalised
from mentormatch.validity import Problem

Found = TypeVar("Found")

SEPARATOR: Final = re.compile(r"([;,\n])")
"""What may stand between the answers of one cell."""

YES: Final = frozenset({"1", "true", "истина"})
NO: Final = frozenset({"0", "false", "ложь"})

_MOST_SUGGESTED: Final = 8
_MOST_PIECES: Final = 20  # of the text of "Other: ...", which may have commas
_LONGEST: Final = 500  # name that is mended

# "1. Sport", "3 - rather yes", "3 (rather yes)"; "b) Sport", but not "e-sport"; "- Sport"
_NUMBERED: Final = re.compile(r"\(?([0-9]{1,3})(?:[.)]|\s*-|\s*:|(?=\s*\())\s*(\S.*)")
_LETTERED: Final = re.compile(r"\(?([a-zа-я])[.)] (\S.*)", re.IGNORECASE)
_RANK: Final = re.compile(r"\s*\(?([0-9]{1,3})[.)]")
_BULLET: Final = re.compile(r"[-*•·●▪◦‣∙○■□➢]\s*(\S.*)")
_AROUND: Final = "\"'()[]"
_OTHER: Final = re.compile(
    r"(?:друг(?:ое|ой|ая|ие)|иное|сво[её]|свой вариант|other)(?:\s*[-:(].*)?"
)
_LEVEL: Final = re.compile(r"(.*\S)\s*[-:(–—]\s*([0-9]{1,4})\s*\)?\s*", re.DOTALL)
# Letters of one shape when they are capital, and of two when they are small.
_UNLIKE: Final = frozenset("bhвн")


class Names:
    """Finds the options that a cell names.

    Parameters
    ----------
    question
        What was asked.
    options
        Its options, or those of a part of it.
    """

    def __init__(self, question: Question, options: Sequence[Option]) -> None:
        self.question = question
        self.options = options
        self.ids = {spelling: option.id for option in options for spelling in option.spellings}
        if question.kind == "flag":
            self.ids |= dict.fromkeys(YES, "yes") | dict.fromkeys(NO, "no")
        self.order = [option.id for option in options]
        self.labels = {option.id: option.label for option in options}
        self.shapes: dict[str, list[str]] = {}
        for spelling in self.ids:
            self.shapes.setdefault(skeleton(spelling), []).append(spelling)
        self.others = [
            spelling for option in options if option.other for spelling in option.spellings
        ]
        # Wrong answers too are often the same.
        self.find, self.unknown = cache(self._find), cache(self._unknown)
        # How many pieces of a cell one option may take, because its own name has separators.
        self.reach = 1 + max((len(SEPARATOR.findall(name)) for name in self.ids), default=0)

    # --- one name -----------------------------------------------------------------------

    def _find(self, written: str) -> Reading[str] | None:
        """Read one name; None when it is no option's, or that of several."""
        plain = normalised(written)
        if plain in self.ids:
            return Reading(self.ids[plain])
        if len(plain) > _LONGEST:
            return self._other(written)
        for number, bare in _bared(plain):
            option = self.ids.get(bare)
            # "2. Yes" contradicts itself where 2 is the name of another option.
            if option is not None and self.ids.get(number, option) == option:
                return self._mended("cell.read-as", written, option)
        return self._look_alike(written) or self._other(written)

    def _look_alike(self, written: str) -> Reading[str] | None:
        """Read a name in which letters of another alphabet look the same."""
        cased = composed(written)
        for number, bare in (("", cased), *_bared(cased)):
            same = self.shapes.get(skeleton(bare), ())
            found = {self.ids[name] for name in same}
            if number in self.ids:
                found.add(self.ids[number])
            if len(found) == 1 and any(_looks(bare, name) for name in same):
                return self._mended("cell.look-alikes", written, found.pop())
        return None

    def _other(self, written: str) -> Reading[str] | None:
        """Read "Other: ...", of which the text is left out."""
        if SEPARATOR.search(written):
            return None  # what follows may be an option
        return self._other_text(written)

    def _other_text(self, written: str) -> Reading[str] | None:
        plain = normalised(written)
        for name in self.others:
            if plain.startswith(name) and plain[len(name) :].lstrip()[:1] in {":", "-", "("}:
                return self._mended("cell.other-text", "", self.ids[name])
        return None

    def _mended(self, code: str, written: str, option: str) -> Reading[str]:
        meant = self.labels[option].text(language_of([written or self.labels[option].ru]))
        values = {"meant": meant} | ({"found": written.strip()} if written else {})
        return Reading(option, (note(self.question, code, **values),))

    def one(self, written: str) -> Reading[str]:
        """Read a cell that holds one option."""
        found = self.find(written) or self._other_text(written)
        if found is None:
            raise CellError(self.unknown(written))
        return found

    # --- several ------------------------------------------------------------------------

    def ranking(self, cell: str) -> Reading[tuple[str, ...]]:
        """Read several options in the order of the cell, which numbers must not contradict."""
        found = self._split(cell, self.find)
        check_numbers(written for written, entry in found if entry.repairs)
        entries = [entry for _, entry in found]
        return Reading(tuple(each.answer for each in entries), repairs_of(entries))

    def set_of(self, cell: str) -> Reading[tuple[str, ...]]:
        """Read a set of options, in their own order; what stands there twice counts once."""
        found = [entry for _, entry in self._split(cell, self.find)]
        once = tuple(sorted({each.answer for each in found}, key=self.order.index))
        repairs = repairs_of(found)
        if len(once) < len(found):
            repairs = (*repairs, note(self.question, "cell.twice"))
        return Reading(once, repairs)

    def each_with_level(self, cell: str, levels: Levels) -> Reading[dict[str, int]]:
        """Read several options of one cell, each followed by its level: ``a=8; b=5``."""
        entries = [entry for _, entry in self._split(cell, self._find_with_level)]
        read = partial(read_level, self.question, levels)
        found = read_all(read, [each.answer[1] for each in entries])
        answer: dict[str, int] = {}
        for (option, _), level in zip((it.answer for it in entries), found, strict=True):
            if answer.setdefault(option, level.answer) != level.answer:
                raise CellError.of("cohort.repeated")
        repairs = (*repairs_of(entries), *repairs_of(found))
        if len(answer) < len(entries):
            repairs = (*repairs, note(self.question, "cell.twice"))
        return Reading(answer, repairs)

    def _find_with_level(self, written: str) -> Reading[tuple[str, str]] | None:
        """Read one option and the text of its level, empty where there is none."""
        name, sign, level = written.rpartition("=")
        if sign and SEPARATOR.search(level):
            return None  # what stands there is more than one option
        option = self.find(name if sign else written)
        if option is not None:
            return Reading((option.answer, level if sign else ""), option.repairs)
        match = None if sign or len(written) > _LONGEST else _LEVEL.fullmatch(written)
        option = self.find(match[1]) if match else None
        if match is None or option is None:
            return None
        values = {"found": written.strip(), "meant": f"{match[1].strip()}={match[2]}"}
        repair = note(self.question, "cell.read-as", **values)
        return Reading((option.answer, match[2]), (*option.repairs, repair))

    def _split(
        self, cell: str, find: Callable[[str], Reading[Found] | None]
    ) -> list[tuple[str, Reading[Found]]]:
        """Cut a cell at its separators, but not within the name of an option.

        Every name is given with what it was read as. Of several ways to read on, the longest
        name wins.
        """
        pieces = SEPARATOR.split(cell)
        entries: list[tuple[str, Reading[Found]]] = []
        problems: list[Problem] = []
        first = 0
        text_left = 0  # pieces here that may still belong to the text of "Other: ..."
        while first < len(pieces) and len(problems) < MOST_REPORTED:
            longest = min(first + 2 * self.reach - 1, len(pieces))
            runs = ((end, find("".join(pieces[first:end]))) for end in range(longest, first, -2))
            end, entry = next((run for run in runs if run[1] is not None), (first + 1, None))
            text_left = text_left - 1 if text_left and pieces[first - 1] == "," else 0
            if entry is not None:
                entries.append(("".join(pieces[first:end]), entry))
                text_left = _MOST_PIECES if entry.repairs and self._other(pieces[first]) else 0
            elif pieces[first].strip() and (not text_left or self._near(pieces[first])):
                problems.append(self.unknown(pieces[first]))
            first = end + 1
        if problems:
            raise CellError(*problems)
        return entries

    # --- none of them -------------------------------------------------------------------

    def _unknown(self, written: str) -> Problem:
        """Say that something is not an option, and which option it may be."""
        lang = language_of([written])
        labels = [option.label.text(lang) for option in self.options]
        if self.question.levels is not None:
            written = written.partition("=")[0]
        found = self.question.shown(written.strip())
        if self.question.sensitivity != "restricted":
            near = self._near(written)
            if near:
                return "intake.option-near", {"found": found, "near": near}
        code = "intake.option"
        if not self.others and _OTHER.fullmatch(normalised(written)):
            code = "cell.no-other"
        if len(labels) > _MOST_SUGGESTED:
            labels[_MOST_SUGGESTED:] = ["…"]
        return code, {"found": found, "names": "; ".join(labels)}

    def _near(self, written: str) -> str | None:
        lang = language_of([written])
        labels = [option.label.text(lang) for option in self.options]
        folded = {normalised(label): label for label in labels}
        near = difflib.get_close_matches(normalised(written), folded, n=1)
        return folded[near[0]] if near else None


def check_numbers(pieces: Iterable[str]) -> None:
    """Check the numbers in front of what is ranked; CellError when they say another order."""
    matches = map(_RANK.match, pieces)
    numbers = [int(match[1]) for match in matches if match]
    if numbers != sorted(set(numbers)):
        raise CellError.of("cell.numbering")


def _bared(plain: str) -> Iterator[tuple[str, str]]:
    """Give a folded name without bullet, number, quotation marks and full stop.

    Each with its number, empty when there is none.
    """
    number = ""
    match = _NUMBERED.fullmatch(plain) or _LETTERED.fullmatch(plain)
    bullet = _BULLET.fullmatch(plain)
    if match:
        number, plain = match[1], match[2]
    elif bullet:
        plain = bullet[1]
    if match or bullet:
        yield number, plain
    unwrapped = plain.rstrip(".!").strip(_AROUND).strip()
    if unwrapped != plain:
        yield number, unwrapped


def _looks(written: str, name: str) -> bool:
    """Tell whether two texts of one skeleton look the same, as they are capitalised."""
    return len(written) == len(name) and not any(
        letter in _UNLIKE and letter != other for letter, other in zip(written, name, strict=True)
    )

"""Finding the people who are named in answers."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from mentormatch.intake.classes import ClassReader
from mentormatch.intake.mending import CellError, Reading
from mentormatch.keys import KeyFile
from mentormatch.participant import Answer, skeleton
from mentormatch.questionnaire import Questionnaire, composed, normalised

_MOST_NEAR: Final = 3  # codes that somebody may have meant
_MOST_LISTED: Final = 8  # codes of those who may be meant by one name
_LONGEST: Final = 200  # name that is looked at
_SHORTEST: Final = 4  # code or name that may be nearly another

# What may stand before a name in a list.
_NUMBERED: Final = re.compile(r"\A\s*(?:\(?[0-9]{1,2}[.)]|[-*•·–—])\s+")

# "Тестов Иван (7Б)", "Тестов Иван, 7Б" is cut at the comma before.
_BRACKETED: Final = re.compile(r"([^()\[\]]*\S)\s*[(\[]([^()\[\]]+)[)\]]")
_WITH_CLASS: Final = re.compile(r"(\D*[^\W\d]\.?)\s+([0-9]{1,2}\b.*|[0-9]{1,2}\D{1,12})")
_PATRONYMICS: Final = tuple(map(skeleton, ("ич", "вна", "чна", "оглы", "кызы")))
_INITIALS: Final = re.compile(r"(?<=\s)([A-ZА-Я])([A-ZА-Я])(?=\s|$)")


def telling_apart(form: Questionnaire) -> frozenset[str]:
    """Name the questions whose answers tell namesakes apart: a number and its rest."""
    pairs = ((it.id, it.rest) for it in form.questions if it.rest is not None)
    return frozenset(name for pair in pairs for name in pair)


class Directory:
    """Finds the codes of people who are named in answers.

    Somebody may be named by code; by the exact name; by surname with first name or initials,
    in either order, with or without patronymic. The class may follow in brackets. Whoever fits
    is found only if nobody else does.

    Parameters
    ----------
    form
        What was asked.
    keys
        Names and codes.
    codes
        Everybody in the tables.
    complete
        Whether all tables could be read; otherwise everybody who is named is taken as known.
    answers
        By code, what is known of people from the questions of :func:`telling_apart`.
    """

    def __init__(
        self,
        form: Questionnaire,
        keys: KeyFile,
        codes: Iterable[str],
        *,
        complete: bool,
        answers: Mapping[str, Mapping[str, Answer]] | None = None,
    ) -> None:
        self._keys = keys
        self._codes = frozenset(codes) | frozenset(keys.people)
        self._complete = complete
        # Whether there are any isn't asked: that would look them all up.
        self._answers = {} if answers is None else answers
        self._classes = [
            ClassReader(form, question) for question in form.questions if question.rest is not None
        ]
        # Built when the first name is not found as it stands.
        self._codes_by_shape: dict[str, list[str]] | None = None
        self._people: dict[str, list[_Name]] | None = None
        self._near: dict[str, set[str]] | None = None
        self.find = cache(self._find)

    @property
    def _shapes(self) -> Mapping[str, list[str]]:
        if self._codes_by_shape is None:
            self._codes_by_shape = defaultdict(list)
            for code in sorted(self._codes):
                self._codes_by_shape[_shape(code)].append(code)
        return self._codes_by_shape

    def _find(self, written: str) -> Reading[str]:
        """Return the code of somebody who is named.

        Raises
        ------
        CellError
            When nobody or several people are named so. It shows codes, never a name.
        """
        code = unicodedata.normalize("NFC", written).strip()
        if code in self._codes or not self._complete:
            return Reading(code)
        exact = self._keys.code_of(written)
        if len(exact) == 1:
            return Reading(exact[0])
        bare = composed(_NUMBERED.sub("", written, count=1))
        found = exact or self._fitting(bare)
        if len(found) == 1:
            return Reading(found[0], (("cell.person", {"code": found[0]}),))
        if found:
            raise CellError.of("cell.several-people", count=len(found), codes=_listed(found))
        near = self._nearest(bare)
        if near:
            raise CellError.of("cell.near-person", codes=_listed(near))
        raise CellError.of("intake.unknown-person")

    def _fitting(self, written: str) -> Sequence[str]:
        """Return everybody who may be meant, in order."""
        if len(written) > _LONGEST:
            return ()
        found = self._shapes.get(_shape(written)) or self._named(written)
        if found:
            return found
        match = _BRACKETED.fullmatch(written) or _WITH_CLASS.fullmatch(written)
        if match is None:
            return ()
        codes = self._shapes.get(_shape(match[2]), ())
        people = self._keys.code_of(match[1]) or self._named(match[1])
        return [
            code for code in people if (code in codes if codes else self._is_in(code, match[2]))
        ]

    def _is_in(self, code: str, written: str) -> bool:
        """Tell whether somebody may be in a class; who is in none that is known may."""
        own = self._answers.get(code, {})
        for classes in self._classes:
            try:
                number, rest, _ = classes.read(written)
            except CellError:
                continue
            said = {classes.question.id: number, classes.rest.id: rest}
            return all(
                answer is None or own.get(name, answer) == answer for name, answer in said.items()
            )
        return False

    # --- names ------------------------------------------------------------------------------

    def _named(self, written: str) -> list[str]:
        if self._people is None:
            self._people = defaultdict(list)
            for code, person in self._keys.people.items():
                name = _Name.of(code, person.name)
                for word in name.surnames:
                    self._people[word].append(name)
        words = _words(written)
        return sorted(
            {
                name.code
                for word in words
                for name in self._people.get(word, ())
                if name.fits(words, word)
            }
        )

    def _nearest(self, written: str) -> list[str]:
        """Return the few whose code or name differs by one letter."""
        if len(written) > _LONGEST:
            return []
        if self._near is None:
            self._near = defaultdict(set)
            for code in self._codes:
                for key in _one_less(_shape(code)):
                    self._near[key].add(code)
            for code, person in self._keys.people.items():
                for form in _Name.of(code, person.name).forms:
                    for key in _one_less(form):
                        self._near[key].add(code)
        words = _words(written)
        forms = {_shape(written), "".join(words), "".join(reversed(words))}
        found = {
            code for form in forms for key in _one_less(form) for code in self._near.get(key, ())
        }
        return sorted(found) if len(found) <= _MOST_NEAR else []


@dataclass(frozen=True, slots=True, repr=False)
class _Name:
    """A name in the key file, folded.

    Parameters
    ----------
    code
        Whose it is.
    words
        The words of the name.
    surnames
        Those that may be the surname: in most names the order doesn't tell.
    patronymic
        Empty when there is none.
    """

    code: str
    words: tuple[str, ...]
    surnames: tuple[str, ...]
    patronymic: str

    @classmethod
    def of(cls, code: str, name: str) -> "_Name":
        words = _words(name)
        places = [place for place, word in enumerate(words) if place and _is_patronymic(word)]
        # A surname may end like a patronymic, which never stands beside a first name alone.
        if len(words) <= 2 or not places:
            return cls(code, words, tuple(dict.fromkeys(words[:1] + words[-1:])), "")
        place = places[-1]
        surname = words[0] if place == len(words) - 1 else words[-1]
        return cls(code, words, (surname,), words[place])

    def fits(self, written: Sequence[str], surname: str) -> bool:
        """Tell whether a written name is this one, shortened: a surname and something given."""
        left = list(self.words)
        left.remove(surname)
        said = list(written)
        said.remove(surname)
        if not said:
            return False
        is_given = False
        for word in said:
            place = next((at for at, own in enumerate(left) if _stands_for(word, own)), None)
            if place is None:
                # The key file may lack the patronymic.
                if self.patronymic or not is_given or not _is_patronymic(word):
                    return False
                continue
            is_given = is_given or left[place] != self.patronymic
            del left[0 if len(word) == 1 else place : place + 1]  # initials keep their order
        return is_given

    @property
    def forms(self) -> Iterator[str]:
        """Give the whole name and surname with first name, without spaces."""
        yield "".join(self.words)
        for surname in self.surnames:
            given = [word for word in self.words if word not in {surname, self.patronymic}]
            if given:
                yield surname + given[0]


def _words(name: str) -> tuple[str, ...]:
    """Cut a name into folded words; initials are words of one letter."""
    plain = _INITIALS.sub(r"\1 \2", re.sub(r"\s*-\s*", "-", composed(name)))
    return tuple(skeleton(word) for word in re.split(r"[.\s]+", plain) if word)


def _is_patronymic(word: str) -> bool:
    return word.endswith(_PATRONYMICS)


def _stands_for(written: str, word: str) -> bool:
    return written == word or (len(written) == 1 and word.startswith(written))


def _shape(written: str) -> str:
    """Fold a code so that those which are easily confused become equal."""
    plain = skeleton(normalised(written))
    # "1 2" may be two codes, "S 12" is one.
    return re.sub(r"[-\s._]", "", plain) if any(map(str.isalpha, plain)) else plain


def _one_less(key: str) -> set[str]:
    """Give a text and what is left of it without any one letter.

    Texts that differ by one letter, left out, added, changed or moved by one, share one of these.
    """
    if len(key) < _SHORTEST:
        return set()
    return {key, *(key[:place] + key[place + 1 :] for place in range(len(key)))}


def _listed(codes: Sequence[str]) -> str:
    return ", ".join([*codes[:_MOST_LISTED], *(["…"] if len(codes) > _MOST_LISTED else [])])

"""The key file: which name and contact stand behind a code.

It is the only place where codes and names meet. It stays apart from answers and
results, and is read where codes are given out and where a document is rendered.
"""

import csv
import io
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from mentormatch.errors import Defect, IntakeError, ParticipantError, Place
from mentormatch.questionnaire import normalised
from mentormatch.spreadsheet import write_csv

_HEADER: Final = ("code", "name", "contact")
_SOURCE: Final = "source"
_DELIMITER: Final = ";"
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_DIGITS: Final = 5
_LETTERS: Final = {
    "student": "S",
    "teacher": "T",
    "parent": "P",
    "alumnus": "A",
    "partner": "B",
    "unistudent": "U",
}
_OTHER_LETTER: Final = "X"


@dataclass(frozen=True, slots=True)
class Person:
    """A name and a contact; never shown by repr.

    Parameters
    ----------
    name, contact
        Who it is.
    source
        What the school's own system calls this person, if they came from there.
    """

    name: str = field(repr=False)
    contact: str = field(default="", repr=False)
    source: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """Codes and the people behind them; adding somebody makes a new key file.

    Parameters
    ----------
    people
        Person by code.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    _found: Mapping[str, tuple[str, ...]] | None = field(default=None, init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", MappingProxyType(dict(self.people)))

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Person]]]:
        return type(self), (dict(self.people),)

    @property
    def _codes(self) -> Mapping[str, tuple[str, ...]]:
        """Codes by folded name; folded when somebody is first looked for."""
        if self._found is None:
            found: dict[str, tuple[str, ...]] = {}
            for code, person in self.people.items():
                name = normalised(person.name)
                found[name] = (*found.get(name, ()), code)
            # In one step: another thread sees all of it or nothing.
            object.__setattr__(self, "_found", found)
        assert self._found is not None
        return self._found

    @classmethod
    def load(cls, path: str | Path) -> "KeyFile":
        """Read a key file; where there is none yet, it is empty.

        Raises
        ------
        IntakeError
            With every row that can't be used.
        """
        path = Path(path)
        try:
            content = path.read_text("utf-8-sig")
        except FileNotFoundError:
            return cls()
        except UnicodeDecodeError:
            raise IntakeError.of("keys.encoding", Place(file=path.name)) from None
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=_DELIMITER))
        if not rows or tuple(normalised(cell) for cell in rows[0][: len(_HEADER)]) != _HEADER:
            names = _DELIMITER.join(_HEADER)
            raise IntakeError.of("keys.header", Place(file=path.name, row=1), names=names)
        people: dict[str, Person] = {}
        defects = list(_read(rows, people, path.name))
        if defects:
            raise IntakeError(*defects)
        return cls(people)

    @classmethod
    def existing(cls, path: str | Path) -> "KeyFile":
        """Read a key file that must be there.

        Raises
        ------
        IntakeError
            When it isn't, or with every row that can't be used.
        """
        path = Path(path)
        if not path.is_file():
            raise IntakeError.of("record.no-file", Place(file=path.name))
        return cls.load(path)

    def save(self, path: str | Path) -> None:
        """Write the key file in one step, as CSV that a spreadsheet opens without running it.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        everybody = self.people.items()
        rows = [(code, one.name, one.contact, one.source) for code, one in everybody]
        # Most schools have no system of their own to refer to.
        width = 4 if any(one.source for _, one in everybody) else 3
        header = (*_HEADER, _SOURCE)[:width]
        write_csv(path, header, [row[:width] for row in rows], _DELIMITER)

    def code_of(self, name: str) -> tuple[str, ...]:
        """Return the codes of all people of this name, however it is spaced and capitalised."""
        return self._codes.get(normalised(name), ())

    def name_of(self, code: str) -> str:
        """Return the name behind a code; ParticipantError when there is no such code."""
        return self._person(code).name

    def contact_of(self, code: str) -> str:
        """Return the contact behind a code; ParticipantError when there is no such code."""
        return self._person(code).contact

    def _person(self, code: str) -> Person:
        try:
            return self.people[code]
        except KeyError:
            raise ParticipantError.of("keys.unknown", found=code) from None

    def with_person(self, kind: str, name: str, contact: str = "") -> tuple["KeyFile", str]:
        """Give somebody a new random code: a letter of their kind and digits.

        Parameters
        ----------
        kind
            Category of the participant, such as ``student``.
        name, contact
            Who it is.
        """
        extended, (code,) = self.with_people([(kind, Person(name, contact))])
        return extended, code

    def with_people(
        self, newcomers: Sequence[tuple[str, Person]]
    ) -> tuple["KeyFile", tuple[str, ...]]:
        """Give new people codes, as :meth:`with_person` does; kind and person of each."""
        people = dict(self.people)
        given = []
        for kind, person in newcomers:
            code = new_code(kind, people)
            people[code] = person
            given.append(code)
        return KeyFile(people), tuple(given)

    def __contains__(self, code: str) -> bool:
        return code in self.people

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        return f"KeyFile({len(self)} people)"


def new_code(kind: str, taken: Collection[str]) -> str:
    """Make a code that is not taken: a letter of a kind and random digits."""
    letter = _LETTERS.get(kind, _OTHER_LETTER)
    # Twice as many codes as people, so that a free one is soon found.
    digits = max(_DIGITS, len(str(2 * len(taken))))
    code = ""
    while not code or code in taken:
        code = f"{letter}-{secrets.randbelow(10**digits):0{digits}}"
    return code


def is_code_of(kind: str, code: str) -> bool:
    """Tell whether a code has the letter of a kind; kinds without a letter of theirs have none."""
    letter, dash, _ = code.partition("-")
    return bool(dash) and letter == _LETTERS.get(kind)


def _read(rows: list[list[str]], people: dict[str, Person], file: str) -> Iterator[Defect]:
    """Put the rows under the header into ``people`` and report those that can't be used."""
    numbers: dict[str, int] = {}
    has_source = [normalised(cell) for cell in rows[0][len(_HEADER) :]][:1] == [_SOURCE]
    for number, row in enumerate(rows[1:], start=2):
        cells = [_unprotected(cell).strip() for cell in [*row, "", "", "", ""]]
        code, name, contact = cells[:3]
        if not (code or name or contact):
            continue
        place = Place(file=file, row=number)
        if not code or not name:
            yield Defect("keys.blank", place)
        elif code in people:
            yield Defect("keys.same-code", place, {"code": code, "first": numbers[code]})
        else:
            people[code] = Person(name, contact, cells[3] if has_source else "")
            numbers[code] = number


def _unprotected(cell: str) -> str:
    """Drop the apostrophe that kept a spreadsheet from running the cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA_SIGNS) else cell

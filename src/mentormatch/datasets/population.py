"""Who is at a made-up school, and who of them wants to take part."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from mentormatch.datasets.dice import Bools, Dice, Ints

SCHOOL_YEAR: Final = 2026  # the autumn in which it begins, when not said
AS_OF: Final = date(SCHOOL_YEAR, 10, 1)
KINDS: Final = ("student", "teacher", "parent", "alumnus", "partner")
_PREFIXES: Final = ("S", "T", "P", "A", "B")
STUDENT, TEACHER, PARENT, ALUMNUS, PARTNER = range(5)
LETTERS: Final = ("А", "Б", "В", "Г", "Д", "Е")

YOUNG_YEARS: Final = 3  # up to so many years at work a teacher is a young specialist

_CLASS_SIZE: Final = 28
_EXPERIENCE: Final = ((0, YOUNG_YEARS), (4, 10), (11, 20), (21, 40))  # years, in four bands


@dataclass(frozen=True, slots=True)
class Size:
    """How many people a school has.

    Parameters
    ----------
    grades
        Students in grades 1 to 11.
    teachers
        Teachers and educators together.
    educators
        How many of them are educators of a boarding school.
    parents, alumni, partners
        How many answered.
    boarding
        Whether most students live in a dormitory.
    """

    grades: tuple[int, ...]
    teachers: int
    parents: int
    alumni: int
    partners: int
    educators: int = 0
    boarding: bool = False


SIZES: Final = {
    "boarding_small": Size(
        grades=(14, 15, 16, 18, 20, 22, 24, 23, 20, 9, 8),
        teachers=46,
        educators=14,
        parents=40,
        alumni=15,
        partners=8,
        boarding=True,
    ),
    "regular_medium": Size(
        grades=(62, 60, 61, 58, 57, 56, 58, 55, 54, 29, 27),
        teachers=46,
        parents=110,
        alumni=30,
        partners=12,
    ),
    "regular_large": Size(
        grades=(150,) * 9 + (70,) * 2, teachers=95, parents=260, alumni=60, partners=25
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People by column; every array has a place for each person.

    Parameters
    ----------
    number
        Which of their kind they are, from 1 on.
    kind
        Place in :data:`KINDS`.
    mentor, mentee
        The roles they want; neither, for those who don't take part.
    female
        The form of their names.
    grade, letter
        Class of a student, the letter as a place in :data:`LETTERS`; 0 for others.
    birth_year
        Year.
    experience
        Years at work; 0 for students.
    educator
        Educators of a boarding school, a kind of teachers.
    """

    number: Ints
    kind: Ints
    mentor: Bools
    mentee: Bools
    female: Bools
    grade: Ints
    letter: Ints
    birth_year: Ints
    experience: Ints
    educator: Bools

    def __len__(self) -> int:
        return len(self.number)

    @property
    def ids(self) -> tuple[str, ...]:
        """Codes such as ``S-0001`` and ``T-001``."""
        return tuple(
            f"{_PREFIXES[kind]}-{number:0{4 if kind == STUDENT else 3}}"
            for kind, number in zip(self.kind.tolist(), self.number.tolist(), strict=True)
        )

    def take(self, rows: Bools | Ints) -> Self:
        """Keep some of them."""
        return type(self)(*(getattr(self, entry.name)[rows] for entry in fields(self)))

    @classmethod
    def join(cls, groups: Sequence[Self]) -> Self:
        """Put groups one after another."""
        return cls(
            *(np.concatenate([getattr(g, entry.name) for g in groups]) for entry in fields(cls))
        )


def school_people(size: Size, seed: int, year: int = SCHOOL_YEAR) -> People:
    """Draw everybody at a school in a year, whether or not they take part."""
    return People.join(
        [
            _students(size, year, Dice(seed, "students")),
            _teachers(size, year, Dice(seed, "teachers")),
            _adults(PARENT, size.parents, 0.3, year, Dice(seed, "parents")),
            _adults(ALUMNUS, size.alumni, 0.6, year, Dice(seed, "alumni")),
            _adults(PARTNER, size.partners, 0.8, year, Dice(seed, "partners")),
        ]
    )


def bench_people(mentors: int, mentees: int, seed: int, year: int = SCHOOL_YEAR) -> People:
    """Draw students of grades 5 to 11 as mentees, and adults of every kind as mentors."""
    counts = np.bincount(Dice(seed, "kinds").shares((0, 60, 10, 20, 10), mentors), minlength=5)
    grades = np.bincount(Dice(seed, "grades").shares((0,) * 4 + (1,) * 7, mentees), minlength=11)
    size = Size(tuple(grades.tolist()), *counts[1:].tolist())
    everybody = school_people(size, seed, year)
    student = everybody.kind == STUDENT
    return replace(everybody, mentor=~student, mentee=student)


def _nobody(size: int) -> Bools:
    return np.zeros(size, np.bool_)


def _students(size: Size, year: int, dice: Dice) -> People:
    grade = np.repeat(np.arange(1, 12), size.grades)
    classes = np.maximum(1, -(-np.asarray(size.grades) // _CLASS_SIZE))
    place = np.concatenate([np.arange(count) for count in size.grades])
    count = len(grade)
    young, old = (grade >= 5) & (grade <= 7), grade >= 8
    mentor, mentee = _nobody(count), _nobody(count)
    mentee[young] = dice.share(0.55, int(young.sum()))
    # Mentee only, mentor only, both, neither.
    wish = dice.shares((25, 25, 10, 40), int(old.sum()))
    mentee[old] = (wish == 0) | (wish == 2)
    mentor[old] = (wish == 1) | (wish == 2)
    return People(
        number=np.arange(1, count + 1),
        kind=np.full(count, STUDENT),
        mentor=mentor,
        mentee=mentee,
        female=dice.share(0.5, count),
        grade=grade,
        letter=np.minimum(place % classes[grade - 1], len(LETTERS) - 1),
        birth_year=year - grade - 6 - dice.shares((75, 22, 3), count),
        experience=np.zeros(count, np.int64),
        educator=_nobody(count),
    )


def _teachers(size: Size, year: int, dice: Dice) -> People:
    count = size.teachers
    band = dice.shares((15, 20, 25, 40), count)
    low, high = np.asarray(_EXPERIENCE).T
    experience = dice.whole(low[band], high[band], count)
    beginner = band == 0
    mentor = _nobody(count)
    seasoned = np.flatnonzero(~beginner)
    wanted = min(int(count * 0.25 + 0.5), len(seasoned))
    mentor[seasoned[dice.order(len(seasoned))[:wanted]]] = True
    return People(
        number=np.arange(1, count + 1),
        kind=np.full(count, TEACHER),
        mentor=mentor,
        mentee=beginner,
        female=dice.share(0.87, count),
        grade=np.zeros(count, np.int64),
        letter=np.zeros(count, np.int64),
        birth_year=year - 23 - experience - dice.whole(0, 3, count),
        experience=experience,
        educator=np.arange(count) >= count - size.educators,
    )


_AGES: Final = {PARENT: (33, 50), ALUMNUS: (20, 32), PARTNER: (27, 60)}


def _adults(kind: int, count: int, willing: float, year: int, dice: Dice) -> People:
    age = dice.whole(*_AGES[kind], count)
    return People(
        number=np.arange(1, count + 1),
        kind=np.full(count, kind),
        mentor=dice.share(willing, count),
        mentee=_nobody(count),
        female=dice.share(0.8 if kind == PARENT else 0.5, count),
        grade=np.zeros(count, np.int64),
        letter=np.zeros(count, np.int64),
        birth_year=year - age,
        experience=np.minimum(age - 19, dice.whole(1, 25, count)),
        educator=_nobody(count),
    )


def headcounts(everybody: People, year: int = SCHOOL_YEAR) -> dict[str, int]:
    """Count the groups that shares of a programme refer to."""
    student = everybody.kind == STUDENT
    age = year - everybody.birth_year
    teacher = everybody.kind == TEACHER
    groups: dict[str, NDArray[np.bool_]] = {
        "students": student,
        "teachers": teacher,
        "students_10_19": student & (age >= 10) & (age <= 19),
        "students_15_19": student & (age >= 15) & (age <= 19),
        "young_specialists": teacher & (everybody.experience <= YOUNG_YEARS),
    }
    return {name: int(members.sum()) for name, members in groups.items()}

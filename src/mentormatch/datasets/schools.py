"""Made-up schools: a few ready ones, and populations of any size to measure speed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.datasets.background import background, families
from mentormatch.datasets.choices import choices
from mentormatch.datasets.dice import Dice
from mentormatch.datasets.drawing import Answers, Setting, Troubles, scale_answers
from mentormatch.datasets.export import form_export
from mentormatch.datasets.names import made_up_names
from mentormatch.datasets.population import (
    AS_OF,
    KINDS,
    SCHOOL_YEAR,
    SIZES,
    STUDENT,
    People,
    bench_people,
    headcounts,
    school_people,
)
from mentormatch.datasets.wishes import wishes
from mentormatch.documents.sources import READY
from mentormatch.errors import MentorMatchError
from mentormatch.keys import KeyFile, Person
from mentormatch.participant import Participant
from mentormatch.policy.policy import Policy
from mentormatch.programme.folder import (
    SETTINGS_FILE,
    AnswerFiles,
    Letterhead,
    Programme,
    Settings,
)
from mentormatch.questionnaire import Label, Questionnaire
from mentormatch.roadmap.roadmap import Roadmap
from mentormatch.spreadsheet import Sheet, write_csv, write_xlsx

_ROADMAP: Final = "roadmap.toml"
_BENCHES: Final = {"bench_S": (20, 60), "bench_M": (100, 400), "bench_L": (500, 3000)}
_NAMES: Final = {
    "boarding_small": "Школа-интернат № 0 города Вымышленска",
    "regular_medium": "Средняя школа № 00 города Вымышленска",
    "regular_large": "Образовательный центр № 000 города Вымышленска",
}
_BOARDING: Final = Troubles(support_needed=0.18)
# Nothing keeps people apart but the wishes they have.
_BENCH: Final = Troubles(
    no_guardian_consent=0,
    interview_pending=0,
    untrained=0,
    vetoes=0,
    support_needed=0,
    curator_only=0,
    in_person_only=0.1,
)


@dataclass(frozen=True, slots=True)
class School:
    """A made-up school whose people have answered.

    Parameters
    ----------
    name
        Its name; no such school exists.
    questionnaire
        What was asked: the preset ``target-model``.
    participants
        Those who take part, in the order of their codes.
    headcounts
        All people of a group, taking part or not: ``students``, ``teachers`` (educators
        included), ``students_10_19`` and ``students_15_19`` (by age), ``young_specialists``
        (teachers of up to three years).
    keys
        Made-up names behind the codes.
    as_of
        The day of the round.
    """

    name: str
    questionnaire: Questionnaire = field(repr=False)
    participants: tuple[Participant, ...] = field(repr=False)
    headcounts: Mapping[str, int]
    keys: KeyFile
    as_of: date = AS_OF

    @property
    def cohort(self) -> Cohort:
        """The participants by column, made anew at each call."""
        return Cohort.from_participants(
            self.questionnaire, self.participants, as_of=self.as_of, headcounts=self.headcounts
        )

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the files that a curator would start from.

        They are ``mentors.xlsx``, an export of a form service, and ``mentees.csv``, another one
        that Excel has saved (cp1251, with semicolons); ``read_cohort`` reads both back to the
        same cohort. Beside them are ``keys.csv``,
        ``questionnaire.toml`` and ``policy.toml`` (the preset ``official``). Somebody who is
        mentor and mentee stands among the mentors. The same school gives the same bytes.

        Returns
        -------
        The paths, in the order named.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        folder = Path(folder)
        files = ("mentors.xlsx", "mentees.csv", "keys.csv", "questionnaire.toml", "policy.toml")
        mentors_path, mentees_path, keys_path, form_path, policy_path = paths = tuple(
            folder / file for file in files
        )
        mentors = [person for person in self.participants if "mentor" in person.roles]
        mentees = [person for person in self.participants if "mentor" not in person.roles]
        opened = datetime.combine(self.as_of - timedelta(10), time(9, 3, 22))
        header, rows = form_export(
            self.questionnaire, mentors, self.keys, opened=opened, separator=", "
        )
        write_xlsx(mentors_path, [Sheet("Ответы на форму (1)", header, rows)])
        header, rows = form_export(
            self.questionnaire, mentees, self.keys, opened=opened, separator=";"
        )
        write_csv(mentees_path, header, rows, delimiter=";", encoding="cp1251")
        self.keys.save(keys_path)
        self.questionnaire.save(form_path)
        Policy.preset("official").save(policy_path)
        return paths

    def programme(self, folder: str | Path) -> Programme:
        """Write the files of :meth:`write`, and with them the folder of a programme.

        Its documents are signed by a director and a curator as made up as everybody else. Its
        roadmap is the ready one, moved to years in which the day of the round lies.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        folder = Path(folder)
        mentors, mentees, keys, questionnaire, policy = self.write(folder)
        roadmap = Roadmap.preset(READY)
        is_now = roadmap.starts <= self.as_of <= roadmap.ends
        if not is_now:
            roadmap.roll(to=self.as_of.year).save(folder / _ROADMAP)
        settings = Settings(
            name=folder.name,
            title=Label(ru="Рядом", en="Side by side"),
            questionnaire=questionnaire.name,
            policy=policy.name,
            answers=AnswerFiles(mentors=mentors.name, mentees=mentees.name),
            keys=keys.name,
            roadmap=None if is_now else _ROADMAP,
            as_of=self.as_of,
            headcounts=dict(self.headcounts),
            letterhead=Letterhead(
                institution=Label(ru=self.name, en=self.name),
                city=Label(ru="Вымышленск", en="Vymyshlensk"),
                director=Label(ru="О. О. Образцова", en="O. O. Obraztsova"),
                director_post=Label(ru="Директор", en="Director"),
                curator=Label(ru="М. М. Макетова", en="M. M. Maketova"),
            ),
        )
        settings.save(folder / SETTINGS_FILE)
        return Programme(folder, settings)


def school(
    preset: str = "boarding_small",
    *,
    seed: int = 0,
    mentors: int | None = None,
    mentees: int | None = None,
    year: int = SCHOOL_YEAR,
) -> School:
    """Make up a school; the same call gives the same school.

    Parameters
    ----------
    preset
        ``boarding_small`` (189 students), ``regular_medium`` (577), ``regular_large``
        (1,490); or, to measure speed on, ``bench_S`` (20 mentors x 60 mentees), ``bench_M``
        (100 x 400), ``bench_L`` (500 x 3,000), and ``bench`` with any size.
    seed
        A whole number >= 0: another number, another school of the same shape.
    mentors, mentees
        With ``bench``: how many.
    year
        The year of the autumn. In another one the same people of the same age answer the same:
        years of birth and the days of consents move with it.

    Returns
    -------
    School
        In a school things go wrong as they do: consents are missing, interviews pending,
        mentors untrained, and seats are scarce. In a bench everybody has consented and
        passed, nobody refuses anybody; mentors are adults, mentees students of grades 5 to 11,
        and two people can fail to meet only if their times don't overlap and one of them
        won't meet online, which concerns about one pair in twenty.

    Raises
    ------
    MentorMatchError
        When there is no such preset.
    ValueError
        When the numbers of people don't go with the preset, or the seed is negative.
    """
    if (preset == "bench") != (mentors is not None and mentees is not None):
        raise ValueError("mentors and mentees go with the preset 'bench', and both of them")
    as_of = AS_OF.replace(year=year)
    if preset in SIZES:
        return sized_school(preset, seed, as_of)
    if preset in _BENCHES:
        mentors, mentees = _BENCHES[preset]
    if mentors is None or mentees is None:
        names = ", ".join([*SIZES, *_BENCHES, "bench"])
        raise MentorMatchError.of("record.no-preset", found=preset, names=names)
    everybody = bench_people(mentors, mentees, seed, year)
    load = 1.1 * mentees / mentors if mentors else None
    return _school(f"{mentors} x {mentees}", everybody, _BENCH, seed, as_of, load=load)


def sized_school(preset: str, seed: int, as_of: date) -> School:
    """Make up a school of a known size, as it is on the day of a round."""
    size = SIZES[preset]
    everybody = school_people(size, seed, as_of.year)
    troubles = _BOARDING if size.boarding else Troubles()
    return _school(_NAMES[preset], everybody, troubles, seed, as_of, boarding=size.boarding)


def _school(
    name: str,
    everybody: People,
    troubles: Troubles,
    seed: int,
    as_of: date,
    *,
    boarding: bool = False,
    load: float | None = None,
) -> School:
    people = everybody.take(everybody.mentor | everybody.mentee)
    form = Questionnaire.preset("target-model")
    setting = Setting(form, people, troubles, boarding, seed, load, as_of)
    links = families(people, setting.dice("families"))
    answers = {
        **background(setting, links),
        **wishes(setting),
        **scale_answers(setting),
        **choices(setting, links),
    }
    return School(
        name,
        form,
        _participants(form, people, answers),
        headcounts(everybody, as_of.year),
        _keys(people, setting.dice("names")),
        as_of,
    )


def _participants(
    form: Questionnaire, people: People, answers: Mapping[str, Answers]
) -> tuple[Participant, ...]:
    """Put everybody's answers to the questions they are asked together."""
    found = []
    roles = [
        frozenset(role for role, own in (("mentor", mentor), ("mentee", mentee)) if own)
        for mentor, mentee in zip(people.mentor.tolist(), people.mentee.tolist(), strict=True)
    ]
    for row, code in enumerate(people.ids):
        kind = KINDS[people.kind[row]]
        given = {
            question.id: answers[question.id][row]
            for question in form.asked_of(kind, roles[row])
            if question.id in answers and answers[question.id][row] is not None
        }
        found.append(
            Participant.model_validate(
                {"id": code, "kind": kind, "roles": roles[row], "answers": given}
            )
        )
    return tuple(sorted(found, key=lambda person: person.id))


def _keys(people: People, dice: Dice) -> KeyFile:
    """Name everybody; two students of one class have the same name, as happens."""
    names = made_up_names(people.female, dice)
    classes = np.where(people.kind == STUDENT, 100 * people.grade + people.letter, -1)
    for row in np.flatnonzero(people.kind == STUDENT)[6:].tolist():
        twins = np.flatnonzero((classes == classes[row]) & (people.female == people.female[row]))
        if len(twins) > 1 and twins[0] == row:
            names[twins[1]] = names[row]
            break
    pairs = zip(people.ids, names, strict=True)
    return KeyFile({code: Person(name) for code, name in sorted(pairs)})

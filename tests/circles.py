"""A small school that meets in circles: two teachers, three alumni, seven pupils.

Circles are of two or three pupils, at most a year of school apart, with an alumnus beside the
teacher. A teacher takes one circle. Whom they are made of follows from the years alone: 5, 5, 6
go to one teacher and 8, 8, 9 to the other. The pupil of the 11th year has an alumnus alone.
"""

from datetime import date
from pathlib import Path

import mentormatch as mm

QUESTIONNAIRE = """
name = "circles"
title = "Circles"
[[questions]]
id = "kind"
kind = "choice"
label = "Kind"
options = [
  { id = "teacher", ru = "Педагог", en = "Teacher" },
  { id = "alumnus", ru = "Выпускник", en = "Alumnus" },
  { id = "student", ru = "Ученик", en = "Student" },
]
[[questions]]
id = "roles"
kind = "multi"
label = "Roles"
options = [{ id = "mentor", ru = "Н", en = "Mentor" }, { id = "mentee", ru = "П", en = "Mentee" }]
[[questions]]
id = "grade"
kind = "number"
label = "Year"
low = 1
high = 11
[[questions]]
id = "joy"
kind = "scale"
label = "Joy"
"""
POLICY = """
name = "circles"
[[forms]]
id = "circle"
label = { ru = "Кружок", en = "Circle" }
mentors = { kind = "teacher" }
mentees = { kind = "student", grade = [5, 6, 7, 8, 9] }
[forms.weights]
[forms.group]
size = { least = 2, most = 3 }
age_span = { field = "grade", most = 1 }
co_mentor = { who = { kind = "alumnus" } }
[[forms]]
id = "career"
label = { ru = "Профессия", en = "Career" }
mentors = { kind = "alumnus" }
mentees = { kind = "student", grade = [10, 11] }
capacity = { most = 1 }
[forms.weights]
"""
SETTINGS = """
name = "circles"
as_of = 2026-10-01
keys = "keys.csv"
answers = { mentors = "mentors.csv", mentees = "mentees.csv" }
"""
MENTORS = {"T-1": "teacher", "T-2": "teacher", "A-1": "alumnus", "A-2": "alumnus", "A-3": "alumnus"}
MENTEES = {"S-1": 5, "S-2": 5, "S-3": 6, "S-4": 8, "S-5": 8, "S-6": 9, "S-7": 11}


def write(folder: Path, mentees: dict[str, int] = MENTEES, policy: str = POLICY) -> Path:
    """Write the files of the programme."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [*MENTORS, *mentees]
    names = [f"{code};Name {code};" for code in people]
    for name, content in {
        "programme.toml": SETTINGS,
        "questionnaire.toml": QUESTIONNAIRE,
        "policy.toml": policy,
        "keys.csv": "\n".join(["code;name;contact", *names]) + "\n",
        "mentors.csv": "\n".join(["code,kind", *(f"{c},{k}" for c, k in MENTORS.items())]) + "\n",
        "mentees.csv": "\n".join(
            ["code,kind,grade", *(f"{c},student,{g}" for c, g in mentees.items())]
        )
        + "\n",
    }.items():
        (folder / name).write_text(content, "utf-8")
    return folder


def running(folder: Path, mentees: dict[str, int] = MENTEES) -> mm.Office:
    """Match, accept and order everything in October."""
    office = mm.Office.open(write(folder, mentees), today=date(2026, 10, 1))
    office.match()
    office.decide()
    office.order("1", ends=date(2027, 5, 31))
    return office

"""Reading OneRoster bundles: the CSV files in which school systems hand on who is there.

Versions 1.1 and 1.2, bulk files, zipped or in a folder. Of the many columns only those are
looked at which a mentoring programme needs, and of a birthday only the year is kept.

The format is that of 1EdTech, "OneRoster CSV tables", 1.1 and 1.2.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, IntakeError, Place
from mentormatch.intake.bundle import MOST_SHOWN, BundleFile, read_tables
from mentormatch.intake.roster import Roster, RosterPerson
from mentormatch.keys import KeyFile, Person, is_code_of, new_code
from mentormatch.participant import Answer, Participant, skeleton
from mentormatch.questionnaire import Questionnaire, normalised
from mentormatch.validity import Problem, answer_problem

KINDS: Final[Mapping[str, str | None]] = {
    "student": "student",
    "teacher": "teacher",
    "administrator": "teacher",
    "principal": "teacher",
    "siteAdministrator": "teacher",
    "counselor": "teacher",
    "aide": "teacher",
    "proctor": "teacher",
    "parent": "parent",
    "guardian": "parent",
    "relative": "parent",
    "districtAdministrator": None,
    "systemAdministrator": None,
}
"""Kind of participant by role of OneRoster; None for people who are left out.

So are those whose kind the questionnaire doesn't have."""

FIELDS: Final[Mapping[str, str]] = {
    "grade": "grade",
    "class_letter": "class_letter",
    "birth_year": "birth_year",
    "guardians": "guardian_pids",
    "children": "relative_pids",
}
"""Question by what a roster knows of people."""

_CLASS: Final = re.compile(r"(\d{1,2})[^\w]*([^\W\d_])?[^\w]*")
_BIRTHDAY: Final = re.compile(r"(\d{4})-\d{2}-\d{2}(?:T.*)?")


def read_oneroster(
    path: str | Path,
    questionnaire: Questionnaire,
    *,
    keys: str | Path,
    known: Cohort | None = None,
    school: str | None = None,
    kinds: Mapping[str, str | None] | None = None,
    fields: Mapping[str, str] | None = None,
) -> Roster:
    """Read who is at a school from a OneRoster bundle, 1.1 or 1.2.

    Everybody gets a random code. Names go to the key file, together with the sourcedId, by
    which people are found again when a newer bundle is read. Who has a code but no sourcedId
    yet is found by name, where kind and, of students, class agree; else a notice names the
    codes. Records marked for deletion and users who are not enabled are left out and counted.

    Parameters
    ----------
    path
        A zip file, or a folder, with ``manifest.csv`` and ``users.csv``; 1.2 needs
        ``roles.csv``. ``classes.csv``, ``enrollments.csv`` (letters of homeroom classes) and
        ``demographics.csv`` (years of birth) may be missing.
    questionnaire
        Where answers go: only questions that it has are answered.
    keys
        The key file, written anew.
    known
        People who have answered already. Without them nobody's class is known, and no student
        is found by name.
    school
        The sourcedId of one school, in a bundle of several; all when not said.
    kinds
        Changes to :data:`KINDS`: kind by role, None to leave a role out.
    fields
        Changes to :data:`FIELDS`: question by what the roster knows.

    Returns
    -------
    Roster
        For ``read_cohort(..., roster=...)``, and for participants without answers.

    Raises
    ------
    IntakeError
        With every defect: file, row, column. The key file then stays as it was.
    """
    roster, grown = roster_and_keys(
        path, questionnaire, keys=keys, known=known, school=school, kinds=kinds, fields=fields
    )
    if grown != KeyFile.load(keys):
        try:
            grown.save(keys)
        except OSError:
            raise IntakeError.of("intake.unsaved-keys", Place(file=Path(keys).name)) from None
    return roster


def roster_and_keys(
    path: str | Path,
    questionnaire: Questionnaire,
    *,
    keys: str | Path,
    known: Cohort | None = None,
    school: str | None = None,
    kinds: Mapping[str, str | None] | None = None,
    fields: Mapping[str, str] | None = None,
) -> tuple[Roster, KeyFile]:
    """Read a bundle as :func:`read_oneroster` does, but write nothing.

    Returns
    -------
    tuple[Roster, KeyFile]
        The roster, and the key file as it would have to be written.

    Raises
    ------
    IntakeError
        With every defect: file, row, column.
    """
    version, tables = read_tables(Path(path))
    known_kinds = {option.id for option in questionnaire.options("kind")}
    usual = {role: kind if kind in known_kinds else None for role, kind in KINDS.items()}
    kind_of = {**usual, **(kinds or {})}
    question_of = {**FIELDS, **(fields or {})}
    defects = [*_misfits(questionnaire, kind_of, question_of if fields else {})]
    reader = _Reader(questionnaire, tables, kind_of, question_of, school)
    users = reader.users(version)
    before = reader.attempt(KeyFile.load, keys)
    defects += reader.defects
    if defects or before is None:
        raise IntakeError(*defects)
    reader.answer_classes(users)
    answered = {} if known is None else {person.id: person for person in known.participants()}
    codes, grown = reader.codes(users, before, answered)
    roster = reader.roster(users, codes)
    if reader.defects:
        raise IntakeError(*reader.defects)
    return roster, grown


@dataclass(slots=True, repr=False)
class _User:
    """One user on their way to a participant."""

    source: str
    row: int
    name: str
    kind: str
    grades: str
    agents: tuple[str, ...]
    answers: dict[str, Answer] = field(default_factory=dict)


class _Reader:
    """Puts the tables of a bundle together."""

    def __init__(
        self,
        form: Questionnaire,
        tables: Mapping[str, BundleFile],
        kinds: Mapping[str, str | None],
        fields: Mapping[str, str],
        school: str | None,
    ) -> None:
        self.form, self.tables, self.kinds, self.fields = form, tables, kinds, fields
        self.school = school
        self.left_out: Counter[str] = Counter()
        self.defects: list[Defect] = []
        self.notices: list[Defect] = []

    def attempt(self, read: Callable[[str | Path], KeyFile], path: str | Path) -> KeyFile | None:
        """Read the key file, or note why it can't be read."""
        place = Place(file=Path(path).name)
        try:
            return read(path)
        except IntakeError as error:
            self.defects += error.defects
        except OSError:
            self.defects.append(Defect("intake.closed-file", place))
        except csv.Error:
            self.defects.append(Defect("intake.quotes", place))
        return None

    def users(self, version: str) -> dict[str, _User]:
        """Read everybody who isn't left out, by sourcedId."""
        table = self.tables["users.csv"]
        self.left_out["deleted"] += table.deleted
        roles = self._roles(version)
        firsts: dict[str, int] = {}
        users: dict[str, _User] = {}
        for row, cells in table.rows:
            source = cells["sourcedId"]
            if not source:
                self.defects.append(Defect("oneroster.no-id", table.place(row, "sourcedId")))
                continue
            if firsts.setdefault(source, row) != row:
                values = {"row": firsts[source]}
                place = table.place(row, "sourcedId")
                self.defects.append(Defect("oneroster.same-id", place, values))
                continue
            if cells.get("enabledUser", "").casefold() in {"false", "0"}:
                self.left_out["disabled"] += 1
                continue
            kind = self._kind(row, cells, roles.get(source, ()))
            if kind is not None:
                name = _name(cells)
                if not name:
                    self.defects.append(Defect("oneroster.no-name", table.place(row, "familyName")))
                    continue
                agents = tuple(_listed(cells.get("agentSourcedIds", "")))
                users[source] = _User(source, row, name, kind, cells.get("grades", ""), agents)
        if not users and not self.defects:
            self.defects.append(Defect("oneroster.nobody", table.bundle.place(table.name)))
        return users

    def _roles(self, version: str) -> dict[str, list[tuple[str, str, str]]]:
        """Collect everybody's roles of a bundle of 1.2: type, role and school."""
        roles: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        if version == "1.2":
            for _, cells in self.tables["roles.csv"].rows:
                entry = cells["roleType"], cells["role"], cells.get("orgSourcedId", "")
                roles[cells["userSourcedId"]].append(entry)
        return roles

    def _kind(
        self, row: int, cells: Mapping[str, str], roles: Sequence[tuple[str, str, str]]
    ) -> str | None:
        """Return somebody's kind, None when they are left out."""
        table = self.tables["users.csv"]
        if "roles.csv" not in self.tables:
            schools = _listed(cells.get("orgSourcedIds", ""))
            roles = [("primary", cells.get("role", ""), school) for school in schools or [""]]
        if self.school is not None:
            roles = [entry for entry in roles if entry[2] == self.school]
            if not roles:
                self.left_out["other-school"] += 1
                return None
        primary = [role for way, role, _ in roles if way.casefold() != "secondary"]
        written = list(dict.fromkeys(primary or [role for _, role, _ in roles]))
        if not written:
            self.defects.append(Defect("oneroster.no-role", table.place(row, "sourcedId")))
            return None
        known = {role.casefold(): kind for role, kind in self.kinds.items()}
        unknown = [role for role in written if role.casefold() not in known]
        if unknown:
            values = {"found": unknown[0][:MOST_SHOWN] or "–", "names": ", ".join(self.kinds)}
            self.defects.append(Defect("oneroster.role", table.place(row, "role"), values))
            return None
        found = [kind for role in written if (kind := known[role.casefold()]) is not None]
        if not found:
            self.left_out["other-role"] += 1
            return None
        if len(set(found)) > 1:
            values = {"kind": found[0], "others": ", ".join(dict.fromkeys(found[1:]))}
            self.notices.append(Defect("oneroster.two-kinds", table.place(row, "role"), values))
        return found[0]

    def answer_classes(self, users: Mapping[str, _User]) -> None:
        """Answer what tells people of one name apart."""
        homerooms = self._homerooms(users)
        for user in users.values():
            self._answer_class(user, homerooms.get(user.source, ()))

    def codes(
        self, users: Mapping[str, _User], keys: KeyFile, answered: Mapping[str, Participant]
    ) -> tuple[dict[str, str], KeyFile]:
        """Find everybody in the key file, and give codes to those who aren't there yet.

        Somebody is found by the sourcedId; else by a name that nobody else has here or there,
        if what is known of the two agrees.
        """
        people = dict(keys.people)
        owners = {person.source: code for code, person in people.items() if person.source}
        names = Counter(normalised(user.name) for user in users.values())
        table = self.tables["users.csv"]
        codes: dict[str, str] = {}
        for user in users.values():
            code = owners.get(user.source)
            if code is None:
                same = keys.code_of(user.name)
                waiting = [each for each in same if not keys.people[each].source]
                sure = len(same) == names[normalised(user.name)] == 1
                if sure and waiting and self._agrees(user, same[0], answered.get(same[0])):
                    code = same[0]
                else:
                    code = new_code(user.kind, people)
                    if waiting:
                        values = {"code": code, "names": ", ".join(waiting)}
                        place = table.place(user.row, "sourcedId")
                        self.notices.append(Defect("oneroster.namesake", place, values))
            contact = people[code].contact if code in people else ""
            people[code] = Person(user.name, contact, user.source)
            codes[user.source] = code
        return codes, KeyFile(people)

    def _agrees(self, user: _User, code: str, answered: Participant | None) -> bool:
        """Tell whether a code of the same name is of the same kind and, of students, class."""
        if answered is None:
            return user.kind != "student" and is_code_of(user.kind, code)
        if user.kind != answered.kind:
            return False
        if user.kind != "student":
            return True
        asked = [self.fields[name] for name in ("grade", "class_letter") if self._asks(user, name)]
        return bool(asked) and all(
            user.answers.get(field) is not None
            and user.answers[field] == answered.answers.get(field)
            for field in asked
        )

    def roster(self, users: Mapping[str, _User], codes: Mapping[str, str]) -> Roster:
        """Answer what the questionnaire asks, and give everybody their code."""
        self._answer_birth_years(users)
        self._answer_links(users, codes)
        counts = Counter(user.kind for user in users.values())
        return Roster(
            {codes[user.source]: RosterPerson(user.kind, user.answers) for user in users.values()},
            {f"{kind}s": count for kind, count in counts.items()},
            {reason: count for reason, count in self.left_out.items() if count},
            tuple(self.notices),
            frozenset({self.fields["guardians"], self.fields["children"]}),
        )

    def _homerooms(self, users: Mapping[str, _User]) -> dict[str, list[str]]:
        """Return the titles of everybody's homeroom classes."""
        titles = {
            cells["sourcedId"]: cells["title"]
            for _, cells in self.tables["classes.csv"].rows
            if cells["classType"].casefold() == "homeroom"
        }
        found: defaultdict[str, list[str]] = defaultdict(list)
        for _, cells in self.tables["enrollments.csv"].rows:
            title = titles.get(cells["classSourcedId"])
            if title is not None and cells["userSourcedId"] in users:
                found[cells["userSourcedId"]].append(title)
        return found

    def _answer_class(self, user: _User, titles: Sequence[str]) -> None:
        """Answer grade and letter of a class."""
        table = self.tables["users.csv"]
        classes = {it.groups() for title in titles if (it := _CLASS.fullmatch(normalised(title)))}
        grades = {int(grade) for grade in _listed(user.grades) if grade.isdecimal()}
        grades = grades or {int(grade) for grade, _ in classes}
        if len(grades) == 1:
            self._answer(user, "grade", next(iter(grades)), table.place(user.row, "grades"))
        elif grades:
            self._notice("oneroster.grades", user)
        letters = {letter for _, letter in classes if letter}
        if len(letters) > 1:
            self._notice("oneroster.letters", user)
        elif letters and self._asks(user, "class_letter"):
            letter = next(iter(letters))
            options = self.form.options(self.fields["class_letter"])
            # A class 5A is written with either alphabet's letter.
            shape = skeleton(letter)
            known = (it.id for it in options if shape in map(skeleton, it.spellings))
            option = next(known, letter)
            place = table.bundle.place("classes.csv", column="title")
            self._answer(user, "class_letter", option, place)

    def _notice(self, code: str, user: _User) -> None:
        place = self.tables["users.csv"].place(user.row, "sourcedId")
        self.notices.append(Defect(code, place))

    def _answer_birth_years(self, users: Mapping[str, _User]) -> None:
        table = self.tables["demographics.csv"]
        for row, cells in table.rows:
            user = users.get(cells["sourcedId"])
            if user is None or not cells["birthDate"]:
                continue
            place = table.place(row, "birthDate")
            year = _BIRTHDAY.fullmatch(cells["birthDate"])
            if year is None:
                self.defects.append(Defect("oneroster.birthday", place))
            else:
                self._answer(user, "birth_year", int(year[1]), place)

    def _answer_links(self, users: Mapping[str, _User], codes: Mapping[str, str]) -> None:
        """Answer who is whose guardian, whichever of the two the bundle says it of."""
        links: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        unknown = 0
        for user in users.values():
            for agent in user.agents:
                other = users.get(agent)
                if other is None:
                    unknown += 1
                    continue
                for one, another in ((user, other), (other, user)):
                    # A student's agents are guardians; what a guardian has are children.
                    name = "guardians" if one.kind == "student" else "children"
                    links[one.source, name].add(codes[another.source])
        table = self.tables["users.csv"]
        for (source, name), found in links.items():
            user = users[source]
            place = table.place(user.row, "agentSourcedIds")
            self._answer(user, name, tuple(sorted(found)), place)
        if unknown:
            place = replace(table.bundle.place(table.name), column="agentSourcedIds")
            self.notices.append(Defect("oneroster.agents", place, {"count": unknown}))

    def _asks(self, user: _User, name: str) -> bool:
        """Tell whether somebody is asked what the roster knows of them."""
        question = self.fields[name]
        if question not in self.form.field_ids:
            return False
        kinds = self.form.question(question).asked.kinds
        return not kinds or user.kind in kinds

    def _answer(self, user: _User, name: str, answer: Answer, place: Place) -> None:
        """Give an answer, unless the questionnaire doesn't ask for it, or doesn't allow it."""
        if not self._asks(user, name):
            return
        question = self.form.question(self.fields[name])
        ids = frozenset(option.id for option in self.form.options(question))
        problem: Problem | None = answer_problem(question, ids, answer)
        if problem is None:
            user.answers[question.id] = answer
        else:
            code, values = problem
            self.defects.append(Defect(code, place, values))


def _misfits(
    form: Questionnaire, kinds: Mapping[str, str | None], fields: Mapping[str, str]
) -> Iterator[Defect]:
    """Find kinds and questions that the questionnaire doesn't have."""
    known = [option.id for option in form.options("kind")]
    for role, kind in kinds.items():
        if kind is not None and kind not in known:
            values = {"found": kind, "names": ", ".join(known)}
            yield Defect("oneroster.kind", Place(field=f"kinds.{role}"), values)
    for name, question in fields.items():
        if name not in FIELDS:
            yield Defect("oneroster.field", Place(field=f"fields.{name}"),
                         {"found": name, "names": ", ".join(FIELDS)})  # fmt: skip
        elif question != FIELDS[name] and question not in form.field_ids:
            values = {"found": question, "names": ", ".join(form.field_ids)}
            yield Defect("oneroster.field", Place(field=f"fields.{name}"), values)


def _name(cells: Mapping[str, str]) -> str:
    """Put a name together as lists of people have it: family name first."""
    parts = (cells["familyName"], cells["givenName"], cells.get("middleName", ""))
    return " ".join(part for part in parts if part)


def _listed(cell: str) -> list[str]:
    """Read the list in a cell."""
    return [part.strip() for part in cell.split(",") if part.strip()]

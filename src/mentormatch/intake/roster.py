"""A roster: who is at a school, known before anybody has answered.

It holds codes, kinds and a few plain answers (class, year of birth, links of kinship).
Names stay in the key file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from mentormatch.errors import Defect
from mentormatch.intake.cells import BLANK
from mentormatch.intake.fields import Answers
from mentormatch.intake.rows import Rows
from mentormatch.messages import Language, has, text
from mentormatch.participant import Answer, Participant, Role


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """Somebody of a roster.

    Parameters
    ----------
    kind
        Category, such as ``student``.
    answers
        What the roster knows, by question.
    """

    kind: str
    answers: Mapping[str, Answer] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Roster:
    """The people of a school under their codes.

    Parameters
    ----------
    people
        By code.
    headcounts
        How many there are of each kind: ``students``, ``teachers``, ``parents``.
    left_out
        How many records of people were left out, by reason: ``deleted``, ``disabled``,
        ``other-role``, ``other-school``.
    notices
        What deserves a look although it was read.
    links
        Questions whose answers are joined with those of the roster, not held against them.
    """

    people: Mapping[str, RosterPerson]
    headcounts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Defect, ...] = ()
    links: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("people", "headcounts", "left_out"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def participants(self, roles: Mapping[str, Iterable[Role]]) -> tuple[Participant, ...]:
        """Let everybody of some kinds take part.

        Parameters
        ----------
        roles
            Their roles by kind, such as ``{"teacher": ["mentor"], "student": ["mentee"]}``;
            people of other kinds stay outside.
        """
        return tuple(
            Participant.model_validate(
                {
                    "id": code,
                    "kind": person.kind,
                    "roles": frozenset(roles[person.kind]),
                    "answers": dict(person.answers),
                }
            )
            for code, person in self.people.items()
            if person.kind in roles
        )

    def complete(self, rows: Rows, answers: dict[str, Answers]) -> None:
        """Give rows of answers what the roster knows of their people.

        What a row says itself stays. Where the two contradict each other, the row gets a
        defect; links to relatives are joined. A row that says no kind, of somebody who is not
        in the roster, gets a defect too.

        Parameters
        ----------
        rows
            The rows of all tables.
        answers
            What stands in them, by question; completed in place.
        """
        groups: defaultdict[str, list[int]] = defaultdict(list)
        for row in np.flatnonzero(rows.active()).tolist():
            code = rows.codes[row]
            if code is not None and code in self.people:
                groups[code].append(row)
            elif rows.kinds[row] < 0 and row not in rows.unread["kind"]:
                rows.report(rows.source(row), row, "kind", [("roster.unknown-person", {})])
        self._complete_kinds(rows, answers, groups)
        for name in dict.fromkeys(it for person in self.people.values() for it in person.answers):
            own = answers[name] if name in answers else rows.gather(name, ())
            answers[name] = self._completed(rows, name, own, groups)

    def _complete_kinds(
        self, rows: Rows, answers: dict[str, Answers], groups: Mapping[str, list[int]]
    ) -> None:
        kinds = [option.id for option in rows.form.options("kind")]
        given: dict[int, Answer] = {}
        for code, own in groups.items():
            kind = self.people[code].kind
            for row in own:
                if rows.kinds[row] < 0 and row not in rows.unread["kind"]:
                    given[row] = kind
                    rows.kinds[row] = kinds.index(kind)
                elif rows.kinds[row] not in {-1, kinds.index(kind)}:
                    rows.report(rows.source(row), row, "kind", [("roster.contradiction", {})])
        answers["kind"] = rows.filled("kind", answers["kind"], given)

    def _completed(
        self, rows: Rows, name: str, own: Answers, groups: Mapping[str, list[int]]
    ) -> Answers:
        """Add what is known of everybody to the answers to one question."""
        given: dict[int, Answer] = {}
        for code, same in groups.items():
            known = self.people[code].answers.get(name)
            if known is None or not rows.unread[name].isdisjoint(same):
                continue
            owners = [row for row in same if own.codes[row] != BLANK]
            if not owners:
                # Once is enough: rows of one person are put together.
                given[same[0]] = known
            for row in owners:
                said = own.column.cell(int(own.codes[row]))
                if name in self.links and isinstance(said, tuple) and isinstance(known, tuple):
                    given[row] = tuple(sorted({*said, *known}))
                elif said != known:
                    rows.report(rows.source(row), row, name, [("roster.contradiction", {})])
        return rows.filled(name, own, given)

    def text(self, lang: Language = "en") -> str:
        """Say what was read and what was left out, one sentence per line."""
        words = {name: f"roster.kind.{name}" for name in self.headcounts}
        counts = ", ".join(
            f"{text(words[name], lang) if has(words[name]) else name}: {count}"
            for name, count in self.headcounts.items()
        )
        lines = [text("roster.people", lang, count=len(self.people), counts=counts)]
        lines += [
            text(f"roster.left-out.{reason}", lang, count=count)
            for reason, count in self.left_out.items()
        ]
        lines += [notice.text(lang) for notice in self.notices]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Roster({len(self.people)} people)"

"""A roster: who is at a school, known before anybody has answered.

It holds codes, kinds and a few plain answers (class, year of birth, links of kinship).
Names stay in the key file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mentormatch.errors import Defect
from mentormatch.intake.people import Line, by_person
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

    def complete(self, lines: Iterable[Line]) -> None:
        """Give rows of answers what the roster knows of their people.

        What a row says itself stays. Where the two contradict each other, the row gets a
        defect; links to relatives are joined. A row that says no kind, of somebody who is not
        in the roster, gets a defect too.
        """
        for group in by_person(lines):
            person = None if group[0].code is None else self.people.get(group[0].code)
            if person is not None:
                self._add(person, group)
            for line in group:
                if line.kind is None and "kind" not in line.unread:
                    line.report("kind", [("roster.unknown-person", {})])

    def _add(self, person: RosterPerson, lines: Sequence[Line]) -> None:
        """Add what is known of one person to their rows."""
        for line in lines:
            if line.kind is None and "kind" not in line.unread:
                line.kind = person.kind
            elif line.kind not in {None, person.kind}:
                line.report("kind", [("roster.contradiction", {})])
        for name, known in person.answers.items():
            if any(name in line.unread for line in lines):
                continue
            owners = [line for line in lines if name in line.answers]
            if not owners:
                # Once is enough: rows of one person are put together.
                lines[0].answers[name] = known
            for line in owners:
                own = line.answers[name]
                if name in self.links and isinstance(own, tuple) and isinstance(known, tuple):
                    line.answers[name] = tuple(sorted({*own, *known}))
                elif own != known:
                    line.report(name, [("roster.contradiction", {})])

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

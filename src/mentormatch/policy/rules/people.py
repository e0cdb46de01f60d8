"""Rules about who two people are to each other."""

from typing import Literal

from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.policy.arrays import Bools, Positions
from mentormatch.policy.fields import PEOPLE, Use
from mentormatch.policy.links import Links
from mentormatch.policy.rules.base import Check, Rule


class SamePerson(Rule):
    """Nobody mentors themselves. Holds in every form of every policy, declared or not."""

    type: Literal["same-person"]
    relaxable: Literal[False] = False
    waivable: Literal[False] = False

    @property
    def uses(self) -> tuple[Use, ...]:
        """No question."""
        return ()

    def applies_to(self, form: str) -> bool:
        """Say yes to every form."""
        del form
        return True

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Compare positions."""
        del cohort, form

        def differ(rows: Positions, cols: Positions) -> Bools:
            found: Bools = rows[:, None] != cols[None, :]
            return found

        return Check(pairs=differ)


class _Apart(Rule):
    """Two people are kept apart when either names the other."""

    def bind(self, cohort: Cohort, form: str) -> Check:
        """Look for links in both directions."""
        del form
        links = Links.of(cohort, self.fields)
        return Check(pairs=lambda rows, cols: ~links.either_way(rows, cols))


class Related(_Apart):
    """Mentor and mentee are not relatives, by the links that either has given.

    Parameters
    ----------
    links
        The questions that name guardians and relatives.
    """

    type: Literal["related"]
    relaxable: bool = False
    links: tuple[str, ...] = Field(min_length=1)

    @property
    def uses(self) -> tuple[Use, ...]:
        """The questions that name relatives."""
        return tuple(
            Use(f"links[{place}]", field, PEOPLE) for place, field in enumerate(self.links)
        )


class Vetoes(_Apart):
    """Neither has said "not with this person"; who said so is never told.

    Parameters
    ----------
    field
        The question that names the people refused.
    """

    type: Literal["vetoes"]
    confidential: Literal[True] = True
    relaxable: Literal[False] = False
    waivable: Literal[False] = False
    field: str

    @property
    def uses(self) -> tuple[Use, ...]:
        """The refusals."""
        return (Use("field", self.field, PEOPLE),)

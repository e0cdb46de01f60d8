"""Rules and criteria of other packages: plain functions found through entry points."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from mentormatch.cohort import Cohort
from mentormatch.column import Column
from mentormatch.errors import Defect, Place, PolicyError
from mentormatch.policy.arrays import Positions
from mentormatch.policy.fields import ANY, Use, unknown
from mentormatch.record import Part

Columns = Mapping[str, Column]
Function = Callable[..., NDArray[Any]]


class Extension(Part):
    """A function of another package and what it reads.

    The function is called with the mentees' columns, the mentors' columns (mappings of the
    declared question ids, r and c people) and ``params`` as keywords; it returns an array
    (r, c). Each value may depend on that mentee and that mentor alone.
    """

    function: str
    mentor: tuple[str, ...] = ()
    mentee: tuple[str, ...] = ()
    params: dict[str, Any] = Field(default_factory=dict)

    def uses_of(self) -> tuple[Use, ...]:
        """Name what the function reads on both sides."""
        sides = (("mentor", self.mentor), ("mentee", self.mentee))
        return tuple(
            Use(f"{side}[{place}]", field, ANY)
            for side, fields in sides
            for place, field in enumerate(fields)
        )

    def check_function(self, group: str, at: str) -> list[Defect]:
        """Report a function that no installed package offers."""
        names = entry_points(group=group).names
        if self.function in names:
            return []
        return [unknown("function", self.function, names, Place(field=f"{at}.function"))]

    def bound(
        self, group: str, cohort: Cohort, kind: type[Any]
    ) -> Callable[[Positions, Positions], NDArray[Any]]:
        """Load the function and tie it to a cohort: (rows, cols) -> (r, c) array of a kind.

        Whatever the function raises is the cause of a PolicyError that names it.
        """
        try:
            function: Function = entry_points(group=group)[self.function].load()
        except Exception as error:
            raise self._broken("policy.function-lost", error) from error

        def block(rows: Positions, cols: Positions) -> NDArray[Any]:
            mentees = {field: cohort.column(field).take(rows) for field in self.mentee}
            mentors = {field: cohort.column(field).take(cols) for field in self.mentor}
            try:
                found = np.asarray(function(mentees, mentors, **self.params))
            except Exception as error:
                raise self._broken("policy.function-failed", error) from error
            if found.shape != (len(rows), len(cols)) or not np.issubdtype(found.dtype, kind):
                raise PolicyError.of("policy.bad-function", found=self.function)
            return found

        return block

    def _broken(self, code: str, error: Exception) -> PolicyError:
        # The error's own words may hold somebody's answers; it stays the cause, for who mends it.
        return PolicyError.of(code, found=self.function, error=type(error).__name__)

"""The roadmap: rows with deadlines, and what the register says of them."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from mentormatch.programme.state import State
from mentormatch.roadmap import forecast, status
from mentormatch.roadmap.activities import Schedule
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import Known, Scope
from mentormatch.roadmap.standing import RoadmapStatus
from mentormatch.roadmap.status import Facts

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.result import Result


class Roadmap(Schedule):
    """The roadmap of a programme: rows with deadlines, indicators with thresholds.

    Parameters
    ----------
    name, title
        What it is called.
    starts, ends
        First and last day of the programme.
    inferred
        Which of these two was concluded.
    sections, roles
        Wording of the sections and of the roles, by code.
    activities, indicators
        The rows, and the indicators with their thresholds.

    Raises
    ------
    RoadmapError
        From ``load``, ``preset`` and ``from_dict``, with every contradiction.
    """

    def status(
        self,
        on: date,
        facts: Facts,
        *,
        headcounts: Mapping[str, int] | None = None,
        cohort: "Cohort | None" = None,
        survey: "Cohort | None" = None,
        enterprises: Mapping[str, str] | None = None,
        scope: Scope = "any",
    ) -> RoadmapStatus:
        """Say what is done on a day, what is late or blocked, and how the indicators stand.

        Parameters
        ----------
        on
            The day.
        facts
            What has happened. A register or the entries of a journal are read up to the day;
            a state is taken as it is, without what is dated later.
        headcounts
            Sizes of target groups: ``students``, ``teachers``, ``students_10_19``,
            ``students_15_19``, ``young_specialists``, ``enterprises``. The cohort's when not
            given; an indicator that needs one which isn't there is not computable.
        cohort
            Answers with ``birth_year`` and ``experience_years``, for FK1 to FK3.
        survey
            Answers to the final survey, for FK5 and FK6; those in the register when not given.
        enterprises
            The enterprise that each mentor comes from, by the mentor's code, for FK4; what the
            cohort answered to a question ``enterprise`` when not given.
        scope
            Whom K01 counts: people in any role, mentors, or mentees.

        Raises
        ------
        RoadmapError
            When the facts are none of these.
        RegisterError
            When an entry can't follow those before it.
        """
        known = _known(headcounts, cohort, survey, enterprises, scope)
        return status.status(self, on, facts, known)

    def forecast(
        self,
        result: "Result",
        *,
        state: State | None = None,
        on: date | None = None,
        headcounts: Mapping[str, int] | None = None,
        cohort: "Cohort | None" = None,
        scope: Scope = "any",
    ) -> dict[str, Indicator]:
        """Say what a proposal would make of K01, K02 and FK1 to FK3, before anybody signs.

        Parameters
        ----------
        result
            The proposal; it is taken to be accepted and ordered as it stands.
        state
            What holds before; nothing when not given.
        on
            The day of the round; the cohort's when not given.
        headcounts, cohort, scope
            As in :meth:`status`; the result's own cohort when none is given.

        Raises
        ------
        RegisterError
            When the register can't take the proposal, such as people who have left.
        """
        known = _known(headcounts, cohort, None, None, scope)
        return forecast.forecast(self, result, state, on, known)


def _known(
    headcounts: Mapping[str, int] | None,
    cohort: "Cohort | None",
    survey: "Cohort | None",
    enterprises: Mapping[str, str] | None,
    scope: Scope,
) -> Known:
    if headcounts is None:
        headcounts = {} if cohort is None else cohort.headcounts
    return Known(headcounts, cohort, survey, enterprises, scope)

"""A made-up programme that has been going on since the first day of the roadmap."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from mentormatch.cohort import Cohort
from mentormatch.datasets.journal import Journal
from mentormatch.datasets.population import AS_OF
from mentormatch.datasets.schools import School, sized_school
from mentormatch.datasets.year import SURVEYS, Year
from mentormatch.pipeline import match
from mentormatch.policy.policy import Policy
from mentormatch.programme import facts as f
from mentormatch.programme.folder import Programme
from mentormatch.questionnaire import Questionnaire
from mentormatch.result import Result

FIRST: Final = 2023
LAST_DAY: Final = date(2025, 12, 31)
EARLIER: Final = 28
_ASKED_AGAIN: Final = timedelta(16)

# What the school can show, and the row that it names where two rows ask for the same.
_SHOWN: Final[tuple[tuple[str, f.EvidenceKind, str | None], ...]] = (
    ("2023-09-06", "local_act", "A3"),
    ("2023-09-27", "local_act", "B2"),
    ("2023-10-10", "content_plan", None),
    ("2023-11-08", "form", None),
    ("2024-08-28", "material", None),
    ("2024-10-16", "local_act", "B2"),
    ("2024-10-25", "form", None),
    ("2025-09-03", "material", None),
    ("2025-09-24", "local_act", "B2"),
    ("2025-10-24", "form", None),
)
# What it held besides the events of every year, and how many came.
_HELD: Final[tuple[tuple[str, f.EventKind, int], ...]] = (
    ("2023-10-24", "council", 43),
    ("2024-02-27", "parents_meeting", 30),
    ("2024-03-12", "partner_meeting", 9),
    ("2024-10-29", "council", 40),
    ("2024-11-19", "council", 42),
    ("2025-03-27", "contest", 3),
    ("2025-06-03", "parents_meeting", 26),
    ("2025-10-21", "council", 44),
)
_AUTUMN_WAVES: Final = ("2024-09-16", "2025-09-08")
_SECOND_GAME: Final = "2025-05-27"


@dataclass(frozen=True, slots=True)
class Lived:
    """A made-up school, and all that has happened in its programme.

    Parameters
    ----------
    school
        As it answered in the last autumn.
    journal
        What happened since the first.
    matched
        Every result, with the people it was made of.
    """

    school: School
    journal: Journal = field(repr=False)
    matched: tuple[tuple[Result, Cohort], ...] = field(repr=False)

    def programme(self, folder: str | Path) -> Programme:
        """Write the folder of the programme, with everything in its register and what was asked.

        Raises
        ------
        RegisterError
            When the extra ``register`` isn't installed, or there is a register already.
        OSError
            When the folder can't be written.
        """
        programme = self.school.programme(folder)
        with programme.register as register:
            register.copy(self.journal.entries())
            for result, cohort in self.matched:
                register.keep(result, cohort)
        for wave in self.journal.state().waves.values():
            asked = Questionnaire.preset(SURVEYS[wave.kind])
            asked.save(programme.folder / "waves" / f"{wave.wave}.toml")
        return programme


def lived_school(preset: str = "boarding_small", *, seed: int = 0) -> Lived:
    """Live through the years of the roadmap ``target-model-2023-2025`` at a made-up school.

    Three autumns and what follows, to 2025-12-31, each year by the rules of
    :func:`school_year`, so that every row of the roadmap can be followed by hand. Each autumn
    the same people answer anew, and whoever has left stays away; what was decided holds.

    - In 2023 the school begins on 10-01, too late for the roadmap. From 2024 on everything that
      the rules put between October and December comes 28 days earlier: the round on 09-03, the
      order on 09-07, plans of those who start in time on 10-12.
    - Acts of the school: 2023-09-06 (row A3); for row B2 2023-09-27, 2024-10-16, 2025-09-24.
      A plan of what to publish 2023-10-10. Forms 2023-11-08, 2024-10-25, 2025-10-24.
      Materials 2024-08-28, 2025-09-03.
    - Councils besides those of the rules: 2023-10-24 with 43 of 46 teachers, 2024-10-29 with
      40, 2024-11-19 with 42, 2025-10-21 with 44. Parents' meetings: 2024-02-27, 2025-06-03.
      A meeting with partners 2024-03-12. A contest 2025-03-27 with three people of the school.
    - A second closing game 2025-05-27 for everybody who wasn't at the first.
    - Quarterly waves besides those of the rules: 2024-09-16 and 2025-09-08, answered like the
      first quarter's. Whoever is silent in a quarter's wave is asked again and answers 16 days
      after it was opened.

    Parameters
    ----------
    preset
        A school of :func:`school`: ``boarding_small``, ``regular_medium``, ``regular_large``.
    seed
        As in :func:`school`.

    Raises
    ------
    KeyError
        When there is no such school.
    """
    journal = Journal()
    matched: list[tuple[Result, Cohort]] = []
    for year in range(FIRST, LAST_DAY.year + 1):
        earlier = EARLIER if year > FIRST else 0
        made_up = sized_school(preset, seed, AS_OF.replace(year=year) - timedelta(earlier))
        state = journal.state()
        cohort = state.here(made_up.cohort)
        policy = state.in_policy(Policy.preset("official"), cohort)
        result = match(cohort, policy)
        life = _RoadmapYear(cohort, result, year, seed, journal, until=LAST_DAY, earlier=earlier)
        life.plan()
        life.live()
        matched += life.matched
    return Lived(made_up, journal, tuple(matched))


class _RoadmapYear(Year):
    """A year with all that the roadmap asks for."""

    def plan(self) -> None:
        """Put what the school does by its roadmap on the agenda too."""
        super().plan()
        for day, kind, row in _SHOWN:
            self._in_this_year(day, self.show, kind, row)
        for day, event, others in _HELD:
            self._in_this_year(day, self.hold, event, others)
        for day in _AUTUMN_WAVES:
            self._in_this_year(day, self.wave, "autumn", 2)
        self._in_this_year(_SECOND_GAME, self.second_game)

    def _in_this_year(self, written: str, what: Callable[..., None], *values: Any) -> None:
        day = date.fromisoformat(written)
        if date(self.year, 9, 1) <= day < date(self.year + 1, 9, 1):
            self.on(day, what, *values)

    def show(self, kind: f.EvidenceKind, row: str | None) -> None:
        """Show something."""
        item = f"{kind}-{self.today}"
        self.write(f.Evidenced(item=item, kind=kind, on=self.today, activity=row))

    def hold(self, kind: f.EventKind, others: int) -> None:
        """Hold an event."""
        event = f"{kind}-{self.today}"
        self.write(f.EventHeld(event=event, kind=kind, on=self.today, others=others))

    def second_game(self) -> None:
        """Let everybody play who wasn't at the first game."""
        state = self.state
        came = state.events[f"{self.year}-closing-game"].present
        rest = sorted(
            who for who, person in state.people.items() if person.active and who not in came
        )
        game = f.EventHeld(
            event=f"{self.year}-second-game", kind="closing_game", on=self.today, present=rest
        )
        self.write(game)

    def wave(self, name: str, place: int) -> None:
        """Open a wave; of a quarter's, ask again whoever is silent."""
        super().wave(name, place)
        code = f"{self.year}-{name}"
        if code in self.state.waves and self.state.waves[code].kind == "quarter":
            self.on(self.today + _ASKED_AGAIN, self.asked_again, code, place)

    def asked_again(self, code: str, place: int) -> None:
        """Let everybody answer who hasn't."""
        form = Questionnaire.preset(SURVEYS["quarter"])
        for who in self.state.waves[code].silent:
            self.answer(code, who, form, self.value(who, place))

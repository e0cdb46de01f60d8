"""The curator's office: what is done in a programme from the matching to the last day of a year.

Each call does one thing, writes it into the register whole or not at all, and says what was
done.
"""

from datetime import date

from mentormatch.office.members import Members
from mentormatch.office.noting import Noting
from mentormatch.office.plans import Plans
from mentormatch.office.rounds import Rounds
from mentormatch.office.waves import Waves
from mentormatch.programme.status import ProgrammeStatus
from mentormatch.programme.status import status as status_of


class Office(Rounds, Plans, Noting, Waves, Members):
    """A programme's folder and its register, and a curator who works with them.

    The parameters are those of a desk: the programme, the author's code, and which day it is.
    """

    def status(self, on: date | None = None, *, days: int = 14) -> ProgrammeStatus:
        """Say what is going on, or what was on a past day.

        Parameters
        ----------
        on
            The day, with all that was written down by its end.
        days
            How many days ahead to look for what is due.
        """
        state = self.state if on is None else self.register.state(on)
        return status_of(state, on or self.day, days=days)

"""What a programme's folder and register hold for documents, read when one asks for it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from mentormatch.errors import QuestionnaireError, RegisterError
from mentormatch.office.surveys import asked_in
from mentormatch.programme.facts import Entry
from mentormatch.programme.folder import Programme
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.programme.register.store import Register
    from mentormatch.result import Result

Read = TypeVar("Read")


class Shelf:
    """The folder and the register of a programme, as of a day.

    Where there is no register nothing has happened, and reading begins none.

    Parameters
    ----------
    programme
        The folder.
    on
        The day.

    Raises
    ------
    RegisterError
        When the register can't be used.
    """

    def __init__(self, programme: Programme, on: date) -> None:
        self._waves = programme.folder / "waves"
        self._on = on
        self._register = programme.register if programme.has_register else None
        self.state = self._reading(lambda register: register.state(on)) or State()

    def result_of(self, digest: str) -> "Result | None":
        """Find a stored result."""
        return self._found(lambda register: register.result(digest))

    def answers_of(self, digest: str) -> "Cohort | None":
        """Find the answers that were kept with a result."""
        return self._found(lambda register: register.answers(digest))

    def file_of(self, digest: str) -> bytes | None:
        """Find the file of a stored result."""
        return self._found(lambda register: register.result_file(digest))

    def entries(self) -> tuple[Entry, ...]:
        """Read who wrote down what by the day."""
        return self._reading(lambda it: tuple(it.entries(until=self._on))) or ()

    def asked_in(self, wave: str) -> Questionnaire | None:
        """Find what was asked in a wave."""
        try:
            return asked_in(self.state.waves[wave], self._waves / f"{wave}.toml")
        except (RegisterError, QuestionnaireError):
            return None

    def _found(self, read: "Callable[[Register], Read]") -> Read | None:
        try:
            return self._reading(read)
        except RegisterError:
            return None

    def _reading(self, read: "Callable[[Register], Read]") -> Read | None:
        """Read from the register, and leave it closed: documents may take their time."""
        if self._register is None:
            return None
        try:
            return read(self._register)
        finally:
            self._register.close()

"""A desk in the office: folder and register at hand, today's date, and how things are kept."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mentormatch.errors import Place, RegisterError
from mentormatch.files import write_atomically
from mentormatch.programme.facts import Entry, Fact
from mentormatch.programme.folder import Programme
from mentormatch.programme.pairs import PairLife, PairStatus
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State

if TYPE_CHECKING:
    from mentormatch.programme.register.store import Register


class Desk:
    """A programme's folder and its register, and somebody who writes into it.

    Parameters
    ----------
    programme
        The programme in its folder.
    author
        Code of whoever writes into the register.
    today
        Which day it is, to live through a made-up year; that of the clock when not said.
    """

    def __init__(
        self, programme: Programme, author: str = "curator", today: date | None = None
    ) -> None:
        self.programme = programme
        self.author = author
        self.today = today
        self._register: Register | None = None

    @classmethod
    def open(
        cls, folder: str | Path, *, author: str = "curator", today: date | None = None
    ) -> Self:
        """Open the programme in a folder; the parameters are those of the class.

        Raises
        ------
        IntakeError
            When there is none, with every defect when it can't be used.
        """
        return cls(Programme.open(folder), author, today)

    @property
    def day(self) -> date:
        """Which day it is."""
        return self.today or datetime.now().astimezone().date()

    @property
    def register(self) -> "Register":
        """The register; RegisterError when nothing has been recorded yet."""
        if self._register is None:
            if not self.programme.has_register:
                raise RegisterError.of("office.no-register", Place(file=self.programme.folder.name))
            self._register = self.programme.open_register()
        return self._register

    @property
    def state(self) -> State:
        """What holds now."""
        return self.register.state()

    def _started(self) -> "Register":
        """Open the register, or begin one."""
        if self._register is None:
            self._register = self.programme.open_register()
        return self._register

    def _at(self) -> datetime:
        """Say when something is written down: now, on the day that is taken for today."""
        now = datetime.now().astimezone()
        if self.today is None:
            return now
        at = datetime.combine(self.today, now.timetz())
        last = self.state.at
        # Of two things on one day that is made up, the later comes later.
        return last if last is not None and at < last and last.date() == self.today else at

    def _record(self, *facts: Fact) -> tuple[Entry, ...]:
        return self._started().record(*facts, author=self.author, at=self._when())

    def _when(self) -> datetime | None:
        """Leave it to the register when something is written down, unless a day is made up."""
        return None if self.today is None else self._at()

    def _chosen(
        self,
        pairs: Iterable[str],
        status: PairStatus,
        *,
        planned: bool | None = None,
        plan: str | None = None,
    ) -> tuple[str, ...]:
        """Take the pairs that are named, or all that wait for what is to be done."""
        codes = tuple(pairs)
        state = self.state
        unknown = [code for code in codes if code not in state.pairs]
        if unknown:
            refuse(defect("no-pair", f"pairs[{codes.index(it)}]", pair=it) for it in unknown)
        if codes:
            return codes
        found = tuple(
            pair.pair
            for pair in with_status(state, status)
            if (planned is None or (pair.plan is not None) == planned)
            and (plan is None or (pair.plan is not None and pair.plan.status == plan))
        )
        if not found:
            waits = "unplanned" if planned is False else plan or status
            raise RegisterError.of(f"office.none-{waits}")
        return found

    def _write(self, path: Path, content: bytes) -> tuple[Path, ...]:
        """Write a sheet; one that lies there and differs is kept under another name."""
        if path.is_file() and path.read_bytes() != content:
            number = 1
            while (kept := path.with_stem(f"{path.stem}-{number}")).exists():
                number += 1
            path.rename(kept)
        write_atomically(path, content)
        return (path,)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._register is not None:
            self._register.close()
            self._register = None

    def __repr__(self) -> str:
        return f"Office({self.programme.settings.name!r})"


def with_status(state: State, status: PairStatus) -> list[PairLife]:
    """List the pairs and groups of a status."""
    return [pair for pair in state.pairs.values() if pair.status == status]

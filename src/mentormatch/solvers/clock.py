"""A time limit that holds: solving that takes long is done in a process that can be ended.

OR-Tools' graph solvers hold the interpreter's lock and hear neither a clock nor Ctrl-C until
they are done. Under a clock, large calls go to a child, started as a program of its own:
that works from a plain script, a notebook and any thread, where multiprocessing would not.
"""

import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from numbers import Real
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from mentormatch.errors import MentorMatchError, Place, SolverFault
from mentormatch.solvers.calls import CALLS, Answer, Arrays
from mentormatch.solvers.child import receive, send

# With fewer arcs a call takes less than starting a process; it is done here and waited for.
SMALL: Final = 100_000
# So many seconds a child has for its last word.
GRACE: Final = 5.0
_HOME: Final = Path(__file__).parents[2]


class CutOffError(Exception):
    """The time is over: never reaches a caller of the library."""


class Clock:
    """Counts down from the moment it is made; use it in a ``with`` statement.

    Parameters
    ----------
    seconds
        How long everything together may take; ``inf`` for as long as it takes, but so that
        Ctrl-C is heard at once.

    Raises
    ------
    MentorMatchError
        When that is no number above zero.
    """

    def __init__(self, seconds: float) -> None:
        check_limit(seconds)
        self.seconds = float(seconds)
        self.interrupted = False
        self._start = time.monotonic()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        """Seconds until the end, never below 0."""
        return 0.0 if self.interrupted else max(0.0, self.seconds - self.passed)

    def check(self) -> None:
        """Raise CutOffError when the time is over."""
        if not self.left:
            raise CutOffError

    def interrupt(self) -> None:
        """End the time at once: somebody pressed Ctrl-C."""
        self.interrupted = True

    def prepare(self) -> None:
        """Start the child in the background, where it isn't running yet."""
        if self._child is None:
            path = [os.environ.get("PYTHONPATH", "")]
            if str(_HOME) != sysconfig.get_path("purelib"):  # where it isn't installed
                path.insert(0, str(_HOME))
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "mentormatch.solvers.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))},
                # Ctrl-C is for this process, which decides what becomes of the child.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    def call(
        self, word: str, arrays: Arrays, *, small: int | None = None, stoppable: bool = False
    ) -> Answer:
        """Have one of ``CALLS`` done, in the child if it is large.

        Parameters
        ----------
        word, arrays
            Which, and of what.
        small
            It is done here as long as no array is longer; ``SMALL`` unless said.
        stoppable
            At Ctrl-C it is told to stop, and its best so far is the answer.

        Raises
        ------
        CutOffError
            When the time is over before it is done.
        SolverFault
            When the child ends by itself.
        """
        self.check()
        if max(map(len, arrays)) <= (SMALL if small is None else small):
            return CALLS[word](arrays)
        self.prepare()
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        end = threading.Timer(min(self.left, threading.TIMEOUT_MAX), self._child.kill)
        end.daemon = True
        end.start()
        try:
            try:
                send(self._child.stdin, word, arrays)
                return receive(self._child.stdout)
            except KeyboardInterrupt:
                if not stoppable:
                    raise
                return self._last_word(self._child)
        except (OSError, ValueError):
            self.check()
            raise SolverFault.of("solver.child", code=self._child.wait()) from None
        finally:
            end.cancel()

    def _last_word(self, child: subprocess.Popen[bytes]) -> Answer:
        """Stop what the child does; it has a moment to answer."""
        assert child.stdout is not None
        self.interrupt()
        end = threading.Timer(GRACE, child.kill)
        end.start()
        try:
            if os.name == "nt":  # where there is no such signal for it alone
                child.kill()
            else:
                child.send_signal(signal.SIGINT)
            return receive(child.stdout)
        finally:
            end.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def check_limit(seconds: float | None) -> None:
    """Raise MentorMatchError for a limit that is neither None nor a number above 0."""
    is_number = isinstance(seconds, Real) and not isinstance(seconds, bool)
    if seconds is not None and not (is_number and seconds > 0):
        raise MentorMatchError.of("solver.time-limit", Place(field="time_limit"), found=seconds)


def started(seconds: float | None) -> AbstractContextManager[Clock | None]:
    """Start a clock, or none where there is no limit."""
    return nullcontext() if seconds is None else Clock(seconds)


def call(word: str, arrays: Arrays, clock: Clock | None) -> Answer:
    """Have one of ``CALLS`` done under a clock, or here and now without one."""
    return CALLS[word](arrays) if clock is None else clock.call(word, arrays)

"""A process that does nothing but solve, so that its parent can end it at any moment.

``python -m mentormatch.solvers.child`` reads calls from standard input and writes answers to
standard output until the input ends: numpy's own binary format, nothing pickled, nothing
kept on disk.
"""

import os
import signal
import sys
from collections.abc import Iterator
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.solvers.calls import CALLS, Arrays

_CHUNK: Final = 1 << 24


class _Pipe:
    """A stream that numpy reads and writes piece by piece, as it should with a pipe."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = _CHUNK, /) -> bytes:
        return self._stream.read(min(size, _CHUNK))

    def write(self, data: bytes) -> int:
        return self._stream.write(data)


def send(stream: IO[bytes], word: str, arrays: Arrays) -> None:
    """Write a word and arrays."""
    pipe = _Pipe(stream)
    head = np.array([word, str(len(arrays))], "<U32")
    for array in (head, *arrays):
        np.lib.format.write_array(pipe, np.ascontiguousarray(array), allow_pickle=False)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[str, list[NDArray[Any]]]:
    """Read a word and arrays.

    Raises
    ------
    ValueError
        When the stream ends.
    """
    pipe = _Pipe(stream)
    word, count = _array(pipe).tolist()
    return word, [_array(pipe) for _ in range(int(count))]


def _array(pipe: _Pipe) -> NDArray[Any]:
    return np.asarray(np.lib.format.read_array(pipe, allow_pickle=False))


def calls(stream: IO[bytes]) -> Iterator[tuple[str, list[NDArray[Any]]]]:
    """Read calls until the stream ends."""
    while True:
        try:
            yield receive(stream)
        except ValueError:
            return


def main() -> None:
    """Answer every call.

    SCIP alone hears an interrupt, and prints a word about it, which must not go to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for word, arrays in calls(sys.stdin.buffer):
        try:
            send(answers, *CALLS[word](arrays))
        except BrokenPipeError:  # whoever asked is gone
            return


if __name__ == "__main__":
    main()

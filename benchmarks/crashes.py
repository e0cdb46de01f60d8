"""Kill a program that writes to a register, again and again, and see that nothing is lost.

``python -m benchmarks.crashes --kills 1000`` kills with SIGKILL at random moments: while the
register is made, while facts are recorded, while words are purged. What the program had said to
be recorded must be there, whole; what it hadn't must be there whole or not at all; and the
register must open and be sound each time. (A kill is not a power cut: what the disk was told to
keep, the system still writes.)
"""

import argparse
import os
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from mentormatch.programme.facts import Enrolled, Enrolment, EventHeld
from mentormatch.programme.register.store import Register

KILLS_PER_FILE = 25


def write(file: Path, life: int, said: int) -> None:
    """Record batches of one to three facts forever, and say of each when it is recorded."""
    draw = np.random.default_rng(life)
    with Register.open(file) as register:
        if not register.entries():
            person = Enrolment(person="S-1", kind="student", roles=("mentee",))
            register.record(Enrolled(on=date(2025, 9, 1), people=(person,)), author="c")
        batch = 0
        while True:
            size = int(draw.integers(1, 4))
            batch += 1
            facts = [
                EventHeld(
                    event=f"{life}-{batch}-{size}-{part}",
                    kind="training",
                    on=date(2025, 9, 1),
                    present=("S-1",) if draw.random() < 0.2 else (),
                    note="x" * int(draw.integers(6000)),
                )
                for part in range(size)
            ]
            register.record(*facts, author="c")
            os.write(said, f"{life}-{batch}-{size}\n".encode())
            if draw.random() < 0.05:
                register.purge(person="S-1", author="c")


def kill_once(file: Path, life: int, wait: float) -> set[str]:
    """Let a child write, kill it, and return the batches that it had said to be recorded."""
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        try:
            write(file, life, says)
        finally:
            os._exit(1)
    os.close(says)
    if life % 4:  # the fourth is cut off at the beginning, maybe before the register is there
        select.select([hears], [], [], 60)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer failed before it was killed"
    said = b""
    while piece := os.read(hears, 65_536):
        said += piece
    os.close(hears)
    # A line that was cut off hadn't been said.
    return set(said.decode().split("\n")[:-1])


def look(file: Path, said: set[str]) -> tuple[int, int, int]:
    """Count batches that are lost, batches that are half there, and whether it is unsound."""
    if not file.exists():
        return len(said), 0, 0
    with Register.open(file) as register:
        parts = Counter(event.rpartition("-")[0] for event in register.state().events)
        unsound = int(not register.check())
    half = sum(there != int(batch.rpartition("-")[2]) for batch, there in parts.items())
    return len(said - parts.keys()), half, unsound


def run(kills: int, folder: Path, seed: int = 0) -> dict[str, int]:
    """Kill so many times; return what was found."""
    draw = np.random.default_rng(seed)
    found = {"kills": 0, "said": 0, "lost": 0, "half": 0, "unsound": 0, "leftovers": 0}
    said: set[str] = set()
    file = folder / "0" / "register.sqlite"
    for life in range(kills):
        if life % KILLS_PER_FILE == 0:
            said, file = set(), folder / str(life) / "register.sqlite"
        said |= kill_once(file, life, draw.uniform(0, 0.15))
        lost, half, unsound = look(file, said)
        found["kills"] += 1
        found["lost"] += lost
        found["half"] += half
        found["unsound"] += unsound
        if life % KILLS_PER_FILE == KILLS_PER_FILE - 1 or life == kills - 1:
            found["said"] += len(said)
            found["leftovers"] += sum(1 for _ in file.parent.glob("*.tmp*"))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill as often as asked; return 1 when anything was lost, half written or unsound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crashes", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = run(options.kills, Path(folder), options.seed)
    print(", ".join(f"{name} {count}" for name, count in found.items()))
    return int(any(found[name] for name in ("lost", "half", "unsound")))


if __name__ == "__main__":
    sys.exit(main())

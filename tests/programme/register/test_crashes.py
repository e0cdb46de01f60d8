"""Nothing is lost when programs are killed, and when many of them write at once."""

import multiprocessing
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from mentormatch.programme.facts import EventHeld
from mentormatch.programme.register.store import Register

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(os.name != "posix", reason="fork and kill -9 are those of POSIX")
def test_a_program_that_is_killed_loses_nothing():
    """The full run is ``python -m benchmarks.crashes --kills 1000``."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crashes", "--kills", "25"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0, half 0, unsound 0" in done.stdout


def write(where, name, batches):
    """Record pairs of facts."""
    with Register.open(where, school="north", wait=120) as register:
        for batch in range(batches):
            facts = [
                EventHeld(
                    event=f"{name}-{batch}-{part}", kind="training", on=date(2025, 9, 9), note=name
                )
                for part in range(2)
            ]
            register.record(*facts, author=f"writer-{name}")


def test_eight_programs_make_a_register_and_write_at_once(where):
    """Nothing is lost, nobody waits forever, and what belongs together stands together."""
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write, args=(str(where), str(number), 8)) for number in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(240)
    assert [writer.exitcode for writer in writers] == [0] * 8
    with Register.open(where, school="north") as register:
        events = [entry.fact.event for entry in register.entries()]
        assert sorted(events) == sorted(
            f"{name}-{batch}-{part}" for name in range(8) for batch in range(8) for part in range(2)
        )
        firsts, seconds = events[::2], events[1::2]
        assert [event[:-1] + "1" for event in firsts] == seconds
        assert register.check()

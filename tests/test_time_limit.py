"""Time limits and Ctrl-C: the best so far, never more than is true, and nothing left behind."""

import math
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from mentormatch.analysis import proof
from mentormatch.analysis.certificate import fault_of
from mentormatch.analysis.proof import settle
from mentormatch.arrays.assignment import assign
from mentormatch.errors import MentorMatchError, ScoreError, SolverFault
from mentormatch.matching import Status, Stopped
from mentormatch.problem import Quota
from mentormatch.solvers import clock as clocks
from mentormatch.solvers.clock import Clock, CutOffError
from mentormatch.solvers.exhaustive import best_values, keeps_limits
from mentormatch.testing import random_problem


@pytest.fixture(scope="module")
def large():
    """Draw the scores of 5,000 mentees and 1,000 mentors."""
    return np.random.default_rng(0).integers(0, 1000, (5000, 1000))


def test_a_tiny_limit_gives_a_matching_with_an_honest_gap(large):
    """Everybody is covered, which is proven; of the points a bound is known."""
    capacity = np.random.default_rng(1).integers(3, 9, 1000)
    answer = assign(large, capacity=capacity, minimum=2, time_limit=0.05, pinned=[(0, 0)])
    assert answer.status is Status.FEASIBLE
    assert (answer.proof, answer.stopped) == ("best_found", Stopped("time", 0.05))
    assert fault_of(answer.problem, answer.outcome.chosen) is None
    cover, points = answer.levels
    assert (cover.value, cover.bound, cover.proof) == (5000, 5000, "solver_proved")
    assert points.proof == "best_found"
    assert 0.99 * points.bound < points.value < points.bound
    assert answer.verify().reason == "no-certificate"


@pytest.fixture
def always_a_child(monkeypatch):
    """Have even the smallest call done in a child."""
    monkeypatch.setattr(clocks, "SMALL", -1)
    monkeypatch.setattr("mentormatch.analysis.incumbent.SMALL", -1)


@pytest.mark.parametrize("seconds", [600, math.inf])
@pytest.mark.usefixtures("always_a_child")
def test_a_generous_limit_changes_nothing(seconds):
    """Answers, levels, proof words and prices are those found without a limit."""
    generator = np.random.default_rng(41)
    statuses = set()
    for number in range(400):
        problem = random_problem(generator, rich=number % 2 == 1)
        plain = settle(problem)
        if number % 200 > 1:  # a child for some, the same code in this process for the others
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(clocks, "SMALL", 10**9)
                with Clock(seconds) as clock:
                    limited = settle(problem, clock=clock)
        else:
            with Clock(seconds) as clock:
                limited = settle(problem, clock=clock)
        statuses.add(limited.status)
        assert limited.stopped is None
        assert limited.chosen.tolist() == plain.chosen.tolist()
        assert (limited.levels, limited.proof) == (plain.levels, plain.proof)
    assert statuses == {Status.OPTIMAL, Status.INFEASIBLE}


class Steps(Clock):
    """A clock that is over after so many looks at it."""

    def __init__(self, steps: int) -> None:
        super().__init__(math.inf)
        self.steps = steps

    @property
    def left(self) -> float:
        """Count a look."""
        self.steps -= 1
        return float(self.steps > 0)


@pytest.mark.parametrize("rich", [False, True])
def test_wherever_it_is_cut_off_nothing_untrue_is_said(rich):
    """Against brute force: limits kept, values below bounds, the best within the bounds."""
    generator = np.random.default_rng(42)
    statuses = set()
    for _ in range(1500):
        problem = random_problem(generator, rich=rich, pairs=9)
        outcome = settle(problem, clock=Steps(int(generator.integers(0, 9))))
        best = best_values(problem)
        statuses.add((outcome.status, outcome.proof))
        if outcome.status is Status.INFEASIBLE:
            assert best is None
        if outcome.status is Status.OPTIMAL:
            assert problem.values(outcome.chosen) == best
        if outcome.status in {Status.OPTIMAL, Status.FEASIBLE}:
            assert best is not None
            assert keeps_limits(problem, outcome.chosen)
            _check_bounds(outcome, best)
    assert {
        (Status.FEASIBLE, "best_found"),
        (Status.NO_SOLUTION, "best_found"),
        (Status.OPTIMAL, "solver_proved"),
        (Status.OPTIMAL, "certified"),
        (Status.INFEASIBLE, "infeasible_certified"),
    } <= statuses


def _check_bounds(outcome, best):
    """Levels say what no matching exceeds while the earlier goals are kept."""
    for place, level in enumerate(outcome.levels):
        assert level.bound is None or level.bound >= level.value
        assert (level.proof == "best_found") == (level.value != level.bound)
        if level.bound is None:
            return
        # Earlier goals were at their bounds, so the best agrees with them.
        assert best[place] <= level.bound
        if level.value < level.bound:
            return
        assert best[place] == level.value


def test_what_a_flow_could_not_settle_has_the_bound_of_the_flow(monkeypatch):
    """When nobody else has time, the answer keeps the crossing quotas and states a bound."""
    monkeypatch.setattr(proof, "solve_integer", _no_time)
    generator = np.random.default_rng(43)
    scores = generator.integers(0, 100, (8, 6))
    problem = assign(scores, capacity=2).problem
    halves = [np.arange(0, 4), np.arange(2, 6)]
    quotas = tuple(Quota(0, 3, mentors=half, counts="pairs") for half in halves)
    quotas = (*quotas, Quota(0, 1, mentors=np.arange(1, 3)))
    problem = replace(problem, quotas=quotas)
    monkeypatch.setattr(proof, "search", _one_flow)
    with Clock(math.inf) as clock:
        outcome = settle(problem, clock=clock)
    assert outcome.status is Status.FEASIBLE
    assert fault_of(problem, outcome.chosen) is None
    assert outcome.levels[0].bound >= outcome.levels[0].value > 0


def _no_time(*_args, **_kwargs):
    raise CutOffError


_search = proof.search


def _one_flow(problem, **kwargs):
    return _search(problem, most_flows=1, **kwargs)


@pytest.mark.parametrize("limit", [0, -1, math.nan, "5", True])
def test_a_limit_that_is_no_time_is_refused(limit):
    """Together with everything else that is wrong."""
    with pytest.raises(ScoreError) as error:
        assign([[1]], capacity=-1, time_limit=limit)
    codes = [defect.code for defect in error.value.defects]
    assert codes == ["assign.negative", "solver.time-limit"]
    with pytest.raises(MentorMatchError, match="time_limit"):
        Clock(limit)


def test_a_child_that_dies_by_itself_is_a_fault(monkeypatch):
    """It is not taken for the end of the time."""
    monkeypatch.setattr(clocks, "SMALL", -1)
    with Clock(60) as clock:
        clock.prepare()
        clock._child.kill()
        with pytest.raises(SolverFault, match="solving process"):
            clock.call("least-cut", [np.zeros(1, np.int64)])


def test_no_child_is_left_behind(large):
    """After the limit the child is gone."""
    started = []
    with Clock(0.2) as clock:
        problem = assign(large[:1000], capacity=2, certify=False).problem
        settle(problem, clock=clock)
        started.append(clock._child)
    assert started[0] is not None
    assert started[0].returncode is not None


@pytest.mark.usefixtures("always_a_child")
def test_it_works_from_a_thread():
    """No signal handler is needed for a time limit."""
    found = []
    thread = threading.Thread(target=lambda: found.append(assign([[3, 1]], time_limit=60)))
    thread.start()
    thread.join()
    assert found[0].proof == "certified"


SCRIPT = """
    import math, signal, sys
    import numpy as np
    import mentormatch as mm
    from mentormatch.solvers import clock
    scores = np.random.default_rng(0).integers(0, 10**6, (6000, 1500))
    send = clock.send
    def said(*arguments):  # from here on somebody may press Ctrl-C
        print("ready", flush=True)
        send(*arguments)
    clock.send = said
    answer = mm.assign(scores, capacity=4, time_limit=math.inf)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    print(answer.status, answer.stopped.by, len(answer.pairs), flush=True)
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        print("heard", flush=True)
"""


def _run(script, wait):
    """Run a plain script, without a guard, and press Ctrl-C after a while."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    return said.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="sends a signal to a process")
def test_ctrl_c_in_a_flow_gives_the_best_so_far():
    """A plain script gets its answer, and the next Ctrl-C is its own."""
    assert _run(SCRIPT, 1) == ["feasible interrupt 6000", "heard"]


INTEGER = """
    import functools, signal
    from dataclasses import replace
    import numpy as np
    import mentormatch as mm
    from mentormatch.analysis import proof
    from mentormatch.problem import Quota
    generator = np.random.default_rng(0)
    problem = mm.assign(generator.integers(0, 1000, (120, 60)), capacity=3).problem
    sets = [generator.permutation(60)[:30] for _ in range(12)]
    quotas = tuple(Quota(0, 14, mentors=np.sort(who)) for who in sets)
    problem = replace(problem, quotas=quotas)
    search = proof.search
    proof.search = lambda *a, **k: search(*a, most_flows=1, **k)
    proof.solve_integer = functools.partial(proof.solve_integer, engines=(ENGINE,))
    print("ready", flush=True)
    outcome = proof.settle(problem)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    print(outcome.engine, outcome.status, outcome.stopped.by, flush=True)
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        print("heard", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a signal to a process")
@pytest.mark.parametrize("engine", ["mip", "cp-sat"])
def test_ctrl_c_in_an_integer_program_gives_the_best_so_far_even_without_a_limit(engine):
    """Either engine stops, and leaves no handler of the signal behind."""
    script = INTEGER.replace("ENGINE", repr(engine))
    assert _run(script, 8) == [f"{engine} feasible interrupt", "heard"]


QUESTION = """
    from dataclasses import replace
    import numpy as np
    import mentormatch as mm
    from mentormatch.problem import Quota
    from mentormatch.solvers.integer import solve_integer
    generator = np.random.default_rng(0)
    problem = mm.assign(generator.integers(0, 1000, (120, 60)), capacity=3).problem
    sets = [generator.permutation(60)[:30] for _ in range(12)]
    problem = replace(problem, quotas=tuple(Quota(0, 14, mentors=np.sort(w)) for w in sets))
    print("ready", flush=True)
    try:
        solve_integer(problem)
    except KeyboardInterrupt:
        print("heard", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a signal to a process")
def test_ctrl_c_is_not_taken_for_an_answer_where_no_best_so_far_is_wanted():
    """Whoever asks whether anything is possible is not told no because somebody left."""
    assert _run(QUESTION, 6) == ["heard"]

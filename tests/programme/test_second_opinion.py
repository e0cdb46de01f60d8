"""Random facts, told to the state and to a naive model: they agree after every step."""

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

import naive_programme as naive
from lives import DIGEST, ENROLLED, PLAN, RUNNING, after, confirmed, entries, held
from mentormatch.errors import RegisterError
from mentormatch.programme import facts as f
from mentormatch.programme.facts import FACTS, Entry, Fact
from mentormatch.programme.state import State

# Small pools, so that facts often meet; T-3 is unknown at first, and "?" always.
DICE = Random(2026)  # noqa: S311 - no secret
PEOPLE = ["T-1", "T-2", "T-3", "S-1", "S-2", "S-3", "S-4", "?"]
MENTORS = ["T-1", "T-2", "T-3", "S-1"]
MENTEES = ["S-1", "S-2", "S-3", "S-4"]
PAIRS = ["P1", "P1", "G1", "G1", "P2", "P3"]
DAYS = [date(2025, 8, 1) + timedelta(30 * month) for month in range(12)]
WORDS = ["", "because"]
FORMS = ["teacher_student", "project"]
MEETINGS = ["m1", "m2", "m3", "m4"]
TASKS = ["t1", "t2", "t3", "t4"]
REASONS = ["no_fit", "refused", "moved", "year_end"]
SCOPES = ["participation", "data", "publication"]
WAVES = ["w1", "w2"]
PRESENT = [("T-1", "S-1"), ("T-1", "S-1"), ("T-2",), ("S-2", "S-2"), ("S-3",)]


def some(pool, least=1, most=2):
    """Draw a short tuple, with repetitions now and then."""
    return lambda: tuple(DICE.choice(pool) for _ in range(DICE.randint(least, most)))


def proposals():
    """Draw pairs and groups that a round may propose."""
    return tuple(
        f.Proposal(
            pair=DICE.choice(["P2", "P3", "P4"]),
            form=DICE.choice(FORMS),
            mentor=DICE.choice(MENTORS),
            mentees=some(MENTEES)(),
            co_mentor=DICE.choice([None, *MENTORS]),
        )
        for _ in range(DICE.randint(0, 2))
    )


def enrolments():
    """Draw people who may be enrolled, mostly as what they are."""
    return tuple(
        f.Enrolment(
            person=code,
            kind=DICE.choice(["teacher" if code[0] == "T" else "student"] * 5 + ["parent"]),
            roles=DICE.choice([("mentor",), ("mentee",), ("mentor", "mentee")]),
        )
        for code in some(PEOPLE[:-1])()
    )


def tasks():
    """Draw tasks of a plan: mostly the three of the example, with other weights."""
    if DICE.random() < 0.7:
        known = PLAN.tasks[: DICE.randint(1, 3)]
        return tuple(task.model_copy(update={"weight": DICE.randint(1, 3)}) for task in known)
    return tuple(
        f.PlanTask(
            task=DICE.choice(TASKS),
            goal=DICE.choice(["g1", "g2"]),
            due=DICE.choice(DAYS),
            planned_result=DICE.choice(WORDS),
        )
        for _ in range(DICE.randint(0, 2))
    )


PLANS = {
    "pair": PAIRS,
    "on": DAYS,
    "starts": [PLAN.starts] * 3 + DAYS,
    "ends": [PLAN.ends] * 3 + DAYS,
    "goals": [PLAN.goals, PLAN.goals, (), PLAN.goals * 2],
    "tasks": tasks,
}
POOLS = {
    "enrolled": {"on": DAYS, "people": enrolments},
    "left": {"person": PEOPLE, "on": DAYS, "reason": REASONS},
    "consent_given": {"person": PEOPLE, "scope": SCOPES, "on": DAYS, "until": [None, *DAYS]},
    "consent_withdrawn": {"person": PEOPLE, "scope": SCOPES, "on": DAYS},
    "purged": {"people": some(PEOPLE), "on": DAYS},
    "interviewed": {"person": PEOPLE, "on": DAYS, "cleared": [True, False], "notes": WORDS},
    "round_made": {
        "round": ["R1", "R2", "R3"],
        "on": DAYS,
        "inputs": [DIGEST],
        "policy": [DIGEST],
        "result": [DIGEST],
        "proposals": proposals,
        "kept": some(PAIRS, 0, 1),
        "unmatched": some(PEOPLE, 0, 1),
    },
    "accepted": {"pairs": some(PAIRS)},
    "changed": {
        "pair": ["P1", "G1", "P2", "P3"],
        "form": [None, *FORMS],
        "mentor": [None, *MENTORS],
        "mentees": lambda: DICE.choice([None, some(MENTEES)()]),
        "co_mentor": [None, None, "-", *MENTORS],
        "waive": [(), ("HR12",)],
        "reason": WORDS,
    },
    "pinned": {"mentor": MENTORS, "mentee": MENTEES, "waive": [(), ("HR12",)], "reason": WORDS},
    "forbidden": {"mentor": MENTORS, "mentee": MENTEES},
    "lifted": {"mentor": MENTORS, "mentee": MENTEES},
    "ordered": {"number": ["1"], "on": DAYS, "pairs": some(PAIRS), "starts": DAYS, "ends": DAYS},
    "closed": {"pair": PAIRS, "on": DAYS, "reason": REASONS},
    "mentee_joined": {"pair": PAIRS, "mentee": MENTEES, "on": DAYS},
    "co_mentor_changed": {
        "pair": PAIRS,
        "co_mentor": [None, *MENTORS],
        "on": DAYS,
        "reason": REASONS,
    },
    "mentee_left": {"pair": PAIRS, "mentee": MENTEES, "on": DAYS, "reason": REASONS},
    "meeting_planned": {"meeting": MEETINGS, "pair": PAIRS, "stage": f.STAGES, "on": DAYS},
    "meeting_held": {
        "meeting": MEETINGS,
        "pair": PAIRS,
        "stage": f.STAGES,
        "on": DAYS,
        "present": PRESENT,
    },
    "meeting_cancelled": {"meeting": MEETINGS, "reason": WORDS},
    "confirmed": {"pair": PAIRS, "stage": f.STAGES, "on": DAYS, "person": [None, *PEOPLE]},
    "plan_drafted": PLANS,
    "plan_changed": PLANS,
    "plans_agreed": {"pairs": some(PAIRS), "on": DAYS},
    "plans_approved": {"number": ["2"], "pairs": some(PAIRS), "on": DAYS},
    "task_done": {"pair": PAIRS, "task": TASKS, "on": DAYS, "actual_result": WORDS},
    "task_cancelled": {"pair": PAIRS, "task": TASKS, "on": DAYS, "reason": WORDS},
    "task_reopened": {"pair": PAIRS, "task": TASKS, "on": DAYS},
    "wave_opened": {
        "wave": WAVES,
        "kind": ["first", "quarter", "final"],
        "on": DAYS,
        "due": DAYS,
        "people": some(PEOPLE),
    },
    "answered": {"wave": WAVES, "person": PEOPLE, "on": DAYS, "answers": [{"comfort": 7}]},
    "wave_closed": {"wave": WAVES, "on": DAYS},
    "event_held": {
        "event": ["e1", "e2"],
        "kind": ["council"],
        "on": DAYS,
        "present": some(PEOPLE, 0),
        "others": [0, 1, 2, 3],
        "invited": [None, 1, 2, 3, 4],
    },
    "evidenced": {"item": ["i1", "i2"], "kind": ["publication"], "on": DAYS},
}


def draw(kind):
    """Draw a fact of a kind."""
    pools = POOLS[kind].items()
    content = {name: pool() if callable(pool) else DICE.choice(pool) for name, pool in pools}
    return FACTS[kind](**content)


POOL = {kind: [draw(kind) for _ in range(200)] for kind in POOLS}
# What ends a pair comes less often.
ENDINGS = {"left", "consent_withdrawn", "closed", "round_made"}
KINDS = [*POOL, *(kind for kind in POOL if kind not in ENDINGS for _ in range(3))]


def story_of(seed):
    """Draw forty facts of all kinds; what ends a pair comes less often than the rest."""
    dice = Random(seed)  # noqa: S311 - no secret
    return [dice.choice(POOL[dice.choice(KINDS)]) for _ in range(40)]


STORIES = st.integers(0, 2**32).map(story_of)
# A programme that has come some way, so that late stages are reached as well.
WAY: tuple[Fact, ...] = (
    ENROLLED,
    f.WaveOpened(
        wave="w1", kind="final", on=date(2025, 10, 1), due=date(2026, 4, 1), people=("T-1", "S-1")
    ),
    *RUNNING[1:],
    held("acquaintance", date(2025, 9, 15)),
    *confirmed("acquaintance", "T-1", "S-1"),
    held("trial", date(2025, 9, 22)),
    *confirmed("trial", "T-1", "S-1", None),
    held("planning", date(2025, 9, 29)),
    PLAN,
    held("joint_work", date(2025, 10, 15)),
    f.PlansAgreed(pairs=("P1",), on=date(2025, 10, 20)),
    f.PlansApproved(pairs=("P1",), on=date(2025, 10, 25), number="190/1"),
    f.TaskDone(pair="P1", task="t1", on=date(2025, 10, 25), actual_result="Done"),
    f.MeetingPlanned(meeting="m1", pair="P1", stage="joint_work", on=date(2026, 3, 1)),
    f.Pinned(mentor="T-1", mentee="S-1"),
    f.TaskCancelled(pair="P1", task="t2", on=date(2026, 3, 1), reason="because"),
    held("final", date(2026, 5, 20)),
)
STEPS = st.integers(0, len(WAY))


def agree(state: State, world: dict) -> None:
    """Compare everything that the two models both know."""
    for code, pair in state.pairs.items():
        other = world["pairs"][code]
        assert pair.status == other["status"]
        assert (pair.mentor, [*pair.mentees], pair.co_mentor) == (
            other["mentor"],
            other["mentees"],
            other["co"],
        )
        assert pair.form == other["form"]
        assert (pair.closed, pair.reason) == (other["closed"], other["reason"])
        assert pair.stage == (other["stages"][-1] if other["stages"] else None)
        assert pair.surveyed == other["surveyed"]
        assert (pair.plan is None) == (other["plan"] is None)
        if pair.plan is not None:
            for on in (date(2025, 11, 2), date(2026, 1, 1), naive.TODAY):
                found = pair.plan.progress(on)
                counts = (found.done, found.weight, found.done_due, found.due)
                assert counts == naive.progress(other["plan"], on)
    assert state.pairs.keys() == world["pairs"].keys()
    assert {who: person.roles for who, person in state.people.items()} == {
        who: person["roles"] for who, person in world["people"].items()
    }
    assert {who for who, person in state.people.items() if person.active} == {
        who for who, person in world["people"].items() if not person["left"]
    }
    assert (set(state.pins), set(state.bans)) == (world["pins"], world["bans"])
    assert {who: set(scopes) for who, scopes in state.to_purge.items()} == world["purge"]
    assert [*state.running()] == naive.running(world)
    assert [*state.broken()] == naive.broken(world)
    for code, wave in state.waves.items():
        assert set(wave.answers) == world["waves"][code]["came"]


def told(state: State, fact: Fact) -> State | None:
    """Return the state after a fact, None when it is refused; the state itself never changes."""
    before = repr_of(state)
    found: State | None = None
    sentences = ["-"]
    try:
        found = after(fact, state=state)
    except RegisterError as error:
        sentences = [error.text("en"), error.text("ru")]
    assert all(sentences)
    assert repr_of(state) == before
    return found


def repr_of(state: State) -> str:
    """Write a whole state down, to see that nothing in it was changed."""
    return repr((state.people, state.pairs, state.rounds, state.pins, state.waves, state.to_purge))


def follow(story: list[Fact], way: tuple[Fact, ...]) -> tuple[State, list[Fact]]:
    """Tell a story to both models; return the state and what was accepted."""
    state, world = State(), naive.new_world()
    accepted: list[Fact] = []
    for fact in (*way, *story):
        next_state, next_world = told(state, fact), naive.step(world, fact, naive.TODAY)
        assert (next_state is None) == (next_world is None), fact
        if next_state is not None:
            state, world = next_state, next_world
            accepted.append(fact)
            agree(state, world)
    return state, accepted


def test_the_state_and_a_naive_model_accept_and_hold_the_same():
    """Whatever happens in whatever order; and every kind of fact is accepted somewhere."""
    seen: set[str] = set()

    @given(STORIES, STEPS)
    @settings(max_examples=300)
    def tell(story, steps):
        _, accepted = follow(story, WAY[:steps])
        seen.update(fact.fact for fact in accepted[steps:])

    tell()
    assert seen | {fact.fact for fact in WAY} == FACTS.keys()
    assert len(seen) > 25


@given(STORIES, STEPS)
@settings(max_examples=30)
def test_every_prefix_of_a_journal_folds_to_the_state_of_that_day(story, steps):
    """Travelling back gives what held then, and what comes later changes nothing in it."""
    _, accepted = follow(story, WAY[:steps])
    days = [
        Entry(seq=n, at=f"2026-06-{1 + n // 4:02d}T12:00:00+03:00", author="c", fact=fact)
        for n, fact in enumerate(accepted, 1)
    ]
    states, state = {}, State()
    for entry in days:
        state = state.apply(entry)
        states[entry.day] = state
    for day, expected in states.items():
        assert State.of(days, on=day) == expected


@given(STORIES, STEPS)
@settings(max_examples=30)
def test_a_journal_folds_without_what_people_wrote(story, steps):
    """After a purge every pair, stage and progress is as it was, and no word is left."""
    state, accepted = follow(story, WAY[:steps])
    purged = [Fact.join(fact.split()[0]) for fact in accepted]
    after_purge = State.of(entries(purged))
    for code, pair in state.pairs.items():
        other = after_purge.pairs[code]
        assert (pair.status, pair.stage, pair.members) == (other.status, other.stage, other.members)
        assert pair.missing(naive.TODAY) == other.missing(naive.TODAY)
        if pair.plan is not None:
            on = date(2026, 1, 1)
            assert pair.plan.progress(on) == other.plan.progress(on)
    assert state.running() == after_purge.running()
    left = str([fact.model_dump() for fact in purged])
    assert "because" not in left
    assert "Pass the exam" not in left

"""A register agrees with a plain list in memory after every step, whatever the steps are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lives import DIGEST
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import (
    Accepted,
    Answered,
    Closed,
    ConsentWithdrawn,
    Enrolled,
    Enrolment,
    Entry,
    EventHeld,
    Fact,
    Forbidden,
    Interviewed,
    Left,
    MeetingCancelled,
    MeetingHeld,
    MeetingPlanned,
    Ordered,
    Proposal,
    Purged,
    RoundMade,
    WaveOpened,
)
from mentormatch.programme.register.store import Register
from mentormatch.programme.state import State

START = datetime(2025, 9, 1, 9, tzinfo=UTC)
FIRST, LAST = date(2025, 9, 1), date(2026, 5, 31)
MENTORS, MENTEES = ("T-1", "T-2"), ("S-1", "S-2", "S-3")
PEOPLE = (*MENTORS, *MENTEES)
PAIRS = ("P1", "P2", "P3")
SCHOOLS = ("north", "south")

mentors, mentees, people, pairs = map(st.sampled_from, (MENTORS, MENTEES, PEOPLE, PAIRS))
words = st.sampled_from(["", "calm", "тревожна", "'; DROP TABLE journal; --", "x" * 9000])


@st.composite
def facts(draw) -> Fact:
    """Draw something that may or may not be possible now."""
    person, pair, word = draw(people), draw(pairs), draw(words)
    day = FIRST
    return draw(
        st.sampled_from(
            [
                Enrolled(
                    on=day,
                    people=(
                        Enrolment(
                            person=person,
                            kind="teacher" if person in MENTORS else "student",
                            roles=("mentor",) if person in MENTORS else ("mentee",),
                        ),
                    ),
                ),
                RoundMade(
                    round=f"R{draw(st.integers(0, 9))}",
                    on=day,
                    inputs=DIGEST,
                    policy=DIGEST,
                    result=DIGEST,
                    proposals=(
                        Proposal(
                            pair=pair,
                            form="f",
                            mentor=draw(mentors),
                            mentees=tuple(sorted(draw(st.sets(mentees, min_size=1)))),
                        ),
                    ),
                ),
                Accepted(pairs=(pair,)),
                Ordered(number="1", on=day, pairs=(pair,), starts=FIRST, ends=LAST),
                MeetingPlanned(meeting=f"{pair}-m", pair=pair, stage="acquaintance", on=day),
                MeetingHeld(
                    meeting=f"{pair}-h",
                    pair=pair,
                    stage="acquaintance",
                    on=day,
                    present=(person,),
                    feedback=word,
                ),
                MeetingCancelled(meeting=f"{pair}-m", reason=word),
                Closed(pair=pair, on=day, reason="moved", note=word),
                Forbidden(mentor=draw(mentors), mentee=draw(mentees), reason=word),
                Interviewed(person=person, on=day, cleared=True, notes=word),
                Left(person=person, on=day),
                ConsentWithdrawn(person=person, on=day),
                WaveOpened(wave="W1", kind="first", on=day, due=day, people=MENTEES[:2]),
                Answered(wave="W1", person=person, on=day, answers={"q": word}),
                EventHeld(event=f"E-{pair}", kind="training", on=day, present=(person,), note=word),
            ]
        )
    )


class Plain:
    """What a school has recorded, as a list, and the state after each entry."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.about: list[set[str]] = []

    @property
    def state(self) -> State:
        """What it comes to."""
        return State.of(self.entries)

    def record(self, at: datetime, *new: Fact) -> None:
        """Add all or nothing."""
        state, entries, about = self.state, list(self.entries), list(self.about)
        for fact in new:
            entry = Entry(seq=len(entries) + 1, at=at, author="curator", fact=fact)
            after = state.apply(entry)
            about.append(set(state.concerns(fact) | after.concerns(fact)))
            entries.append(entry)
            state = after
        self.entries, self.about = entries, about

    def erase(self, gone) -> None:
        """Take the words out of some entries."""
        self.entries = [
            entry.model_copy(update={"fact": Fact.join(entry.fact.split()[0])})
            if gone(entry, about) and entry.fact.split()[1]
            else entry
            for entry, about in zip(self.entries, self.about, strict=True)
        ]


class Life(RuleBasedStateMachine):
    """Two schools in one store, and the same in two lists."""

    where: str | Path

    def __init__(self) -> None:
        super().__init__()
        self.plain = {school: Plain() for school in SCHOOLS}
        self.registers: dict[str, Register] = {}
        self.at = START

    @initialize()
    def begin(self) -> None:
        """Open the registers."""
        for school in SCHOOLS:
            self.registers[school] = Register.open(self.where, school=self.named(school))

    def named(self, school: str) -> str:
        """Give a school another name in each life: the store is shared by all of them."""
        return f"{school}-{id(self)}"

    def attempt(self, school: str, new: list[Fact]) -> None:
        """Record in both, or be refused by both for the same reasons."""
        plain, register = self.plain[school], self.registers[school]
        outcomes = []
        for record in (
            lambda: plain.record(self.at, *new),
            lambda: register.record(*new, author="curator", at=self.at),
        ):
            try:
                record()
                outcomes.append(())
            except RegisterError as error:
                outcomes.append(error.defects)
        assert outcomes[0] == outcomes[1]

    @rule(school=st.sampled_from(SCHOOLS), new=st.lists(facts(), min_size=1, max_size=3))
    def record(self, school: str, new: list[Fact]) -> None:
        """Whatever it is."""
        self.attempt(school, new)

    @rule(school=st.sampled_from(SCHOOLS), pair=pairs, mentor=mentors, mentee=mentees)
    def run_a_pair(self, school: str, pair: str, mentor: str, mentee: str) -> None:
        """Go all the way to a running pair, which chance alone seldom finds."""
        everybody = Enrolled(
            on=FIRST,
            people=tuple(
                Enrolment(
                    person=who,
                    kind="teacher" if who in MENTORS else "student",
                    roles=("mentor",) if who in MENTORS else ("mentee",),
                )
                for who in PEOPLE
            ),
        )
        proposal = Proposal(pair=pair, form="f", mentor=mentor, mentees=(mentee,))
        made = RoundMade(
            round=f"R-{pair}",
            on=FIRST,
            inputs=DIGEST,
            policy=DIGEST,
            result=DIGEST,
            proposals=(proposal,),
        )
        order = Ordered(number="1", on=FIRST, pairs=(pair,), starts=FIRST, ends=LAST)
        self.attempt(school, [everybody, made, Accepted(pairs=(pair,)), order])

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.at += timedelta(hours=hours)

    @rule(school=st.sampled_from(SCHOOLS))
    def reopen(self, school: str) -> None:
        """Forget what is in memory."""
        self.registers[school].close()
        self.registers[school] = Register.open(self.where, school=self.named(school))

    @rule(school=st.sampled_from(SCHOOLS), person=people)
    def purge_a_person(self, school: str, person: str) -> None:
        """Everything about somebody goes."""
        plain, register = self.plain[school], self.registers[school]
        if person not in plain.state.people:
            with pytest.raises(RegisterError):
                register.purge(person=person, author="curator", at=self.at)
            return
        erased = sum(
            person in about and bool(entry.fact.split()[1])
            for entry, about in zip(plain.entries, plain.about, strict=True)
        )
        assert register.purge(person=person, author="curator", at=self.at).entries == erased
        plain.erase(lambda _, about: person in about)
        plain.record(self.at, Purged(people=(person,), on=self.at.date()))

    @rule(school=st.sampled_from(SCHOOLS), days=st.integers(0, 5))
    def purge_the_past(self, school: str, days: int) -> None:
        """Everything before a day goes."""
        plain = self.plain[school]
        day = (self.at - timedelta(days=days)).date()
        self.registers[school].purge(before=day, author="curator", at=self.at)
        plain.erase(lambda entry, _: entry.day < day)
        plain.record(self.at, Purged(before=day, on=self.at.date()))

    @rule(school=st.sampled_from(SCHOOLS), hours=st.integers(0, 200))
    def travel(self, school: str, hours: int) -> None:
        """Ask for a moment, and for a day."""
        moment = self.at - timedelta(hours=hours)
        entries, register = self.plain[school].entries, self.registers[school]
        assert register.state(on=moment) == State.of(e for e in entries if e.at <= moment)
        assert register.state(on=moment.date()) == State.of(entries, on=moment.date())

    @rule(school=st.sampled_from(SCHOOLS), person=people)
    def ask_about_a_person(self, school: str, person: str) -> None:
        """Their entries, and no others."""
        plain = self.plain[school]
        about = zip(plain.entries, plain.about, strict=True)
        named = {entry.seq for entry, people in about if person in people}
        found = {entry.seq for entry in self.registers[school].entries(person=person)}
        assert found == named

    @invariant()
    def agree(self) -> None:
        """Entries, state and numbers are those of the list."""
        for school, register in self.registers.items():
            plain = self.plain[school]
            assert register.entries() == tuple(plain.entries)
            state = plain.state
            assert register.state() == state
            totals = register.totals(on=self.at.date())
            running = [pair for pair in state.pairs.values() if pair.status == "running"]
            silent = sum(len(w.silent) for w in state.waves.values() if w.closed is None)
            waiting = sum(m.waiting for pair in running for m in pair.meetings.values())
            assert totals.counts.get("pairs.running", 0) == len(running)
            assert totals.counts.get("people", 0) == sum(p.active for p in state.people.values())
            assert totals.open.get("answers", 0) == silent
            assert totals.open.get("meetings", 0) == waiting

    def teardown(self) -> None:
        """Look for damage at the end."""
        for register in self.registers.values():
            assert register.check()
            register.close()


def test_a_register_agrees_with_a_list_after_every_step(where):
    """Recording, refusing, purging, reopening, travelling in time: two schools in one store."""
    machine = type("Life", (Life,), {"where": where})
    thorough = settings().max_examples > 100
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200 if thorough else 6,
            stateful_step_count=40 if thorough else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

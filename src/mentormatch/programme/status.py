"""What is going on in a programme on a day: who is where, what is late, what comes next."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from html import escape
from typing import Any, Final, Literal, get_args

from mentormatch.messages import Language, day, percent, text
from mentormatch.programme.facts import STAGES
from mentormatch.programme.pairs import Gap, PairLife, PairStatus
from mentormatch.programme.plans import Progress, Readings
from mentormatch.programme.state import State

SEEN_THROUGH: Final = ("goal_reached", "year_end")
"""A pair that ended for one of these reasons has come to its end; others ended early."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is due.

    Parameters
    ----------
    on
        When.
    kind
        A task, a meeting, the answers of a wave, or the end of a term.
    code
        Code of the task, the meeting, the wave or the pair.
    pair
        Whose it is; None for a wave.
    """

    on: date
    kind: Literal["task", "meeting", "wave", "term"]
    code: str
    pair: str | None = None

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        return text(
            f"status.deadline.{self.kind}",
            lang,
            on=day(self.on, lang),
            code=self.code,
            pair=self.pair,
        )


@dataclass(frozen=True, slots=True)
class ProgrammeStatus:
    """What is going on; codes, dates and numbers only.

    Parameters
    ----------
    on
        On which day.
    active, left
        How many people take part, and how many have left.
    pairs
        How many pairs and groups there are by status: proposed, accepted, running, closed.
    endings
        How many ended for which reason.
    stages
        Codes of the running pairs by stage; under "waiting" those that haven't met.
    missing
        What each running pair needs to go on.
    plans
        How far each plan has come, by pair.
    unplanned, unapproved
        Running pairs without a plan, and with a plan that no order approves as it stands.
    late
        Tasks of running pairs whose day has passed, by pair.
    at_risk
        Running pairs that have done less than nine tenths of what was due.
    readings
        Three readings of "90 % of plans carried out", over plans that run or came to their end.
    closed_early
        How many plans ended early; they aren't in the readings.
    without_meeting
        Members of running pairs who haven't been at any meeting.
    silent
        Who hasn't answered, by wave; of waves that are open.
    deadlines
        What is due next, by day.
    given_up
        Running pairs that the newest round doesn't keep.
    joining
        Groups into which the newest round would have somebody come.
    to_purge
        People whose data is to be erased or taken down.
    """

    on: date
    active: int
    left: int
    pairs: Mapping[str, int]
    endings: Mapping[str, int]
    stages: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[Gap, ...]]
    plans: Mapping[str, Progress]
    unplanned: tuple[str, ...]
    unapproved: tuple[str, ...]
    late: Mapping[str, tuple[str, ...]]
    at_risk: tuple[str, ...]
    readings: Readings
    closed_early: int
    without_meeting: tuple[str, ...]
    silent: Mapping[str, tuple[str, ...]]
    deadlines: tuple[Deadline, ...]
    given_up: tuple[str, ...]
    joining: tuple[str, ...]
    to_purge: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON; fractions are pairs of whole numbers."""
        plain: dict[str, Any] = _plain(asdict(self))
        for pair, progress in self.plans.items():
            plain["plans"][pair]["at_risk"] = progress.at_risk
        plain["readings"] |= {
            "every": self.readings.every,
            "on_average": self.readings.on_average,
            "most": self.readings.most,
        }
        return plain

    def text(self, lang: Language = "en") -> str:
        """Say it in words, a line for each thing there is to say."""
        return "\n".join(line for _, line in self.lines(lang))

    def lines(self, lang: Language = "en") -> Iterator[tuple[str, str]]:
        """Say it line by line, each with a word for what it is about, such as ``late``."""

        def say(key: str, /, **values: object) -> tuple[str, str]:
            return key, text(f"status.{key}", lang, **values)

        yield say("title", on=day(self.on, lang))
        yield say("people", count=self.active, left=self.left)
        yield say("pairs", **self.pairs)
        for stage, codes in self.stages.items():
            if codes:
                name = text(f"stage.{stage}", lang)
                yield say("stage", stage=name, count=len(codes), pairs=", ".join(codes))
        yield from self._plan_lines(lang)
        if self.without_meeting:
            yield say("without-meeting", people=", ".join(self.without_meeting))
        for wave, people in self.silent.items():
            if people:
                yield say("silent", wave=wave, count=len(people), people=", ".join(people))
        if self.given_up:
            yield say("given-up", pairs=", ".join(self.given_up))
        if self.joining:
            yield say("joining", pairs=", ".join(self.joining))
        if self.to_purge:
            yield say("to-purge", people=", ".join(self.to_purge))
        if self.deadlines:
            yield say("deadlines")
            yield from (("deadline", f"- {each.text(lang)}") for each in self.deadlines)

    def _plan_lines(self, lang: Language) -> Iterator[tuple[str, str]]:
        def say(key: str, /, **values: object) -> tuple[str, str]:
            return key, text(f"status.{key}", lang, **values)

        if self.unplanned:
            yield say("unplanned", pairs=", ".join(self.unplanned))
        if self.unapproved:
            yield say("unapproved", pairs=", ".join(self.unapproved))
        read = self.readings
        if read.plans:
            mean = read.total / read.plans
            yield say(
                "readings",
                count=read.plans,
                reached=read.reached,
                mean=percent(mean.numerator, mean.denominator, lang),
                share=percent(read.reached, read.plans, lang),
            )
        if self.closed_early:
            yield say("closed-early", count=self.closed_early)
        for pair, tasks in self.late.items():
            yield say("late", pair=pair, tasks=", ".join(tasks))
        if self.at_risk:
            yield say("at-risk", pairs=", ".join(self.at_risk))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def status(state: State, on: date, *, days: int = 14) -> ProgrammeStatus:
    """Say what is going on.

    Parameters
    ----------
    state
        What holds; for a past day, the state on that day.
    on
        The day on which things are due or late.
    days
        How many days ahead to look for what is due.
    """
    pairs = sorted(state.pairs.values(), key=lambda pair: pair.pair)
    running = [pair for pair in pairs if pair.status == "running"]
    stages: dict[str, tuple[str, ...]] = {
        stage or "waiting": tuple(pair.pair for pair in running if pair.stage == stage)
        for stage in (None, *STAGES)
    }
    plans = {pair.pair: pair.plan.progress(on) for pair in pairs if pair.plan is not None}
    through = [pair for pair in pairs if pair.open or pair.reason in SEEN_THROUGH]
    read = [plans[pair.pair] for pair in through if pair.pair in plans]
    current = {pair.pair: plans[pair.pair] for pair in running if pair.pair in plans}
    newest = [*state.rounds.values()][-1] if state.rounds else None
    return ProgrammeStatus(
        on=on,
        active=sum(person.active for person in state.people.values()),
        left=sum(not person.active for person in state.people.values()),
        pairs={name: sum(pair.status == name for pair in pairs) for name in get_args(PairStatus)},
        endings=Counter(pair.reason for pair in pairs if pair.reason is not None),
        stages=stages,
        missing={pair.pair: pair.missing(on) for pair in running},
        plans=plans,
        unplanned=tuple(pair.pair for pair in running if pair.plan is None),
        unapproved=tuple(
            pair.pair
            for pair in running
            if pair.plan is not None and pair.plan.newest.approved is None
        ),
        late={code: progress.late for code, progress in current.items() if progress.late},
        at_risk=tuple(code for code, progress in current.items() if progress.at_risk),
        readings=Readings.of(read),
        closed_early=len(plans) - len(read),
        without_meeting=_without_meeting(running),
        silent={
            wave.wave: tuple(who for who in wave.silent if state.people[who].active)
            for wave in state.waves.values()
            if wave.closed is None
        },
        deadlines=tuple(
            sorted(
                (each for each in _deadlines(state, running) if 0 <= (each.on - on).days <= days),
                key=lambda each: (each.on, each.kind, each.pair or "", each.code),
            )
        ),
        given_up=_given_up(running, newest.round, newest.kept) if newest else (),
        joining=tuple(each.pair for each in state.joining()),
        to_purge=tuple(sorted(state.to_purge)),
    )


def _without_meeting(running: list[PairLife]) -> tuple[str, ...]:
    members = {who for pair in running for who in pair.members}
    met = {who for pair in running for each in pair.meetings.values() for who in each.present}
    return tuple(sorted(members - met))


def _deadlines(state: State, running: list[PairLife]) -> Iterator[Deadline]:
    for pair in running:
        if pair.ends is not None:
            yield Deadline(pair.ends, "term", pair.pair, pair.pair)
        for meeting in pair.meetings.values():
            if meeting.waiting and meeting.planned is not None:
                yield Deadline(meeting.planned, "meeting", meeting.meeting, pair.pair)
        if pair.plan is not None:
            for task in pair.plan.in_force.tasks:
                if pair.plan.state_of(task).status == "open":
                    yield Deadline(task.due, "task", task.task, pair.pair)
    for wave in state.waves.values():
        if wave.closed is None and wave.silent:
            yield Deadline(wave.due, "wave", wave.wave)


def _given_up(running: list[PairLife], newest: str, kept: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pair.pair for pair in running if pair.round != newest and pair.pair not in kept)


def _plain(value: Any) -> Any:
    match value:
        case dict() | Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case date():
            return value.isoformat()
        case Fraction():
            return [value.numerator, value.denominator]
    return value

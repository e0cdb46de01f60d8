"""A made-up school year: what happens to the pairs of a matching, from October to May."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from mentormatch.cohort import Cohort
from mentormatch.datasets.dice import Dice
from mentormatch.datasets.journal import Journal
from mentormatch.datasets.population import SCHOOL_YEAR
from mentormatch.graph.candidates import build_graph
from mentormatch.programme import facts as f
from mentormatch.programme.drafts import PlanDraft, draft_plans
from mentormatch.programme.facts import Fact, Reason, Stage
from mentormatch.programme.pairs import PairLife, PairStatus
from mentormatch.programme.plans import Plan
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire
from mentormatch.renewal import rematch
from mentormatch.result import Result

_NINE: Final = time(9, tzinfo=UTC)
_EXTRA: Final = "x1"
SURVEYS: Final = {"first": "first-survey", "quarter": "monitoring", "final": "final-survey"}


def school_year(
    cohort: Cohort,
    result: Result,
    *,
    year: int = SCHOOL_YEAR,
    seed: int = 0,
    journal: Journal | None = None,
    until: date | None = None,
) -> Journal:
    """Make up what happens in a school year after a matching in autumn.

    What happens to whom follows from the number n of the pair among the autumn's proposals,
    so that everything can be counted by hand. Days are month-day of the school year.

    - 10-01 the round ``YEAR-autumn``. 10-02 the psychologist clears the mentee of every 6th pair.
      10-03 pair 2 is forbidden; in pair 3 the mentor is changed for the first by code who may
      meet the mentee and has nobody; all others are accepted. 10-04 everybody in them consents
      to taking part, the mentee of every 10th pair also to publication. 10-05 all are ordered.
    - Meetings: acquaintance 10-12, trial 10-26, planning 11-09 with the draft of the plan,
      joint work 11-23. Every 10th pair starts late: planned for 10-12, held 11-16, then 11-30,
      12-14, 12-21. Further joint work on 02-16, 03-16 (the mentee of every 7th pair doesn't
      come), and 04-19, planned on 04-05 (called off in every 9th pair). Final 05-18.
    - Plans are agreed three days after they were drafted, those of every 8th pair on 12-03
      unless it starts late. Orders approve what is agreed on 11-16, 12-07 and 01-25. On 02-20
      those of every 11th pair get a further task of weight 2, due 04-30: agreed 02-23,
      approved 03-01.
    - Tasks, by the first that applies: every 4th pair is behind, does each 20 days after it was
      due and never the last one; where n % 9 = 5 only the first is done; where n % 6 = 1 the
      second is cancelled on the day on which it is due. What else is done is done three days
      before it is due.
    - Waves: ``first`` 10-07, ``q1`` 11-30, ``q2`` 02-22, ``q3`` 04-12, ``final`` 05-11; due 11 days
      later, closed 17 days later (``first`` 14 and 21). Everybody in a running pair is asked.
      A person goes by the pair in which they are a mentee, else by the first that they mentor:
      odd ones answer a day after the opening, even ones eight days after. In wave w of the five
      the mentee is silent where n % 8 = w; the mentor of pair 1 answers no quarter.
      All scales get one value, drawn between 4 and 7 for each person; in each quarter it is
      one more than in the one before where n is odd, one less where n % 4 = 2. The surveys
      have one more than drawn in the first, and the same step further in the final one.
    - Endings: pair 7 doesn't go on after the acquaintance (``no_fit``, 11-02); the mentee of
      pair 12 takes the consent back (12-01), the mentor of pair 9 moves away (12-14), the
      mentee of pair 26 does (02-08), pair 15 has too much to do (``workload``, 03-15). The
      mentee of pair 20 takes back the consent to publication (02-08).
    - 01-12 the round ``YEAR-winter`` keeps running pairs; its proposals are accepted on 01-13,
      consented to on 01-14, ordered on 01-18. They meet on 01-20, 01-27, 02-03 and 02-12, have
      their plans agreed on 02-06 and approved on 02-10, and do all as they should. People in no
      pair of the autumn count as odd.
    - Events: council and general meeting 10-07, class hours 11-20, 02-19, 04-16, parents' meeting
      11-27, closing game 05-21. Whoever goes by a 10th pair isn't at the general meeting and the
      game. Publications 10-15, 12-20, 03-20, 05-25; a rubric 10-15, the council's minutes 10-08.
    - 05-31 every pair ends: ``goal_reached`` where nothing is missing, else ``year_end``.

    Parameters
    ----------
    cohort, result
        The people, and the pairs that were found for them.
    year
        The year of its autumn.
    seed
        What the values of answers are drawn with.
    journal
        Where to go on, for several years in a row; a new one when not said.
    until
        The last day to live through; the end of the school year when not said.

    Returns
    -------
    Journal
        With everything in it.

    Raises
    ------
    PolicyError
        When the policy makes groups: those can't be matched again in winter pair by pair.
    RegisterError
        When the journal has reached a later day.
    """
    journal = Journal() if journal is None else journal
    life = Year(cohort, result, year, seed, journal, until=until)
    life.plan()
    life.live()
    return life.journal


class Year:
    """A year as it goes: an agenda, by day, of what is to be done.

    Parameters
    ----------
    cohort, result, year, seed, journal
        As in :func:`school_year`.
    until
        The last day to live through; None for all of them.
    earlier
        By how many days everything comes earlier that happens from October to December.
    """

    def __init__(
        self,
        cohort: Cohort,
        result: Result,
        year: int,
        seed: int,
        journal: Journal,
        *,
        until: date | None = None,
        earlier: int = 0,
    ) -> None:
        self.cohort, self.result, self.year, self.journal = cohort, result, year, journal
        self.until, self.earlier = until or date.max, timedelta(earlier)
        drawn = Dice(seed, f"answers of {year}").whole(4, 7, len(cohort.ids)).tolist()
        self.drawn = dict(zip(cohort.ids, drawn, strict=True))
        self.matched = [(result, cohort)]
        self.numbers: dict[str, int] = {}
        self.agenda: list[tuple[date, int, Callable[..., None], tuple[Any, ...]]] = []
        self.order_of_calls = count()
        self.today = date.min

    # --- the agenda ------------------------------------------------------------------------

    def day(self, written: str) -> date:
        """Read a day of the school year, ``month-day``."""
        month, day = map(int, written.split("-"))
        found = date(self.year + (month < 9), month, day)
        return found - self.earlier if month >= 10 else found

    def on(self, when: str | date, what: Callable[..., None], *values: Any) -> None:
        """Put something on the agenda; what is on the same day comes in the order of calls."""
        day = self.day(when) if isinstance(when, str) else when
        heapq.heappush(self.agenda, (day, next(self.order_of_calls), what, values))

    def live(self) -> None:
        """Let day after day pass."""
        while self.agenda and self.agenda[0][0] <= self.until:
            self.today, _, what, values = heapq.heappop(self.agenda)
            what(*values)

    def write(self, *facts: Fact, author: str = "curator") -> None:
        """Write down what happened today."""
        if facts:
            at = datetime.combine(self.today, _NINE)
            self.journal.record(*facts, author=author, at=at)

    @property
    def state(self) -> State:
        """What holds now."""
        return self.journal.state()

    # --- who is who ------------------------------------------------------------------------

    def code(self, number: int) -> str:
        """Name the autumn's pair of a number."""
        return f"{self.year}-autumn-{number:03d}"

    def number(self, pair: PairLife) -> int | None:
        """Return the number of an autumn's pair; None in winter."""
        name, _, number = pair.pair.rpartition("-")
        return int(number) if name == f"{self.year}-autumn" else None

    def every(self, nth: int, pair: PairLife) -> bool:
        """Tell whether a pair is one of every so many of the autumn."""
        number = self.number(pair)
        return number is not None and number % nth == 0

    def one_of_every(self, nth: int) -> Callable[[PairLife], bool]:
        """Return what tells whether a pair is one of every so many of the autumn."""
        return partial(self.every, nth)

    def running(self) -> Iterator[PairLife]:
        """List the pairs of this year that run, in order."""
        for code, pair in sorted(self.state.pairs.items()):
            if code.startswith(f"{self.year}-") and pair.status == "running":
                yield pair

    def runs(self, number: int) -> PairLife | None:
        """Return the autumn's pair of a number, if it runs."""
        pair = self.state.pairs.get(self.code(number))
        return pair if pair is not None and pair.status == "running" else None

    def members(self) -> tuple[str, ...]:
        """List everybody in a running pair."""
        return tuple(sorted({who for pair in self.running() for who in pair.members}))

    # --- what is to come -------------------------------------------------------------------

    def plan(self) -> None:
        """Fill the agenda with what is known beforehand."""
        self.on("10-01", self.round, self.result, self.cohort, "autumn")
        self.on("10-02", self.interviews)
        self.on("10-03", self.decisions)
        self.on("10-04", self.consents)
        self.on("10-05", self.order, "1")
        self.on("10-05", self.count)
        self.events()
        for place, (wave, opens) in enumerate(
            (("first", "10-07"), ("q1", "11-30"), ("q2", "02-22"), ("q3", "04-12"),
             ("final", "05-11")), 1,
        ):  # fmt: skip
            self.on(opens, self.wave, wave, place)
        self.on("10-12", self.stage, "acquaintance", self.early)
        self.on("10-12", self.postponed)
        self.on("10-26", self.stage, "trial", self.early)
        self.on("11-02", self.ends, 7, "no_fit")
        self.on("11-09", self.stage, "planning", self.early)
        self.on("11-16", self.stage, "acquaintance", self.late)
        self.on("11-16", self.approval, "2")
        self.on("11-23", self.stage, "joint_work", self.early)
        self.on("11-30", self.stage, "trial", self.late)
        self.on("12-01", self.withdrawal, 12, "participation")
        self.on("12-03", self.agreement, self.one_of_every(8))
        self.on("12-07", self.approval, "3")
        self.on("12-14", self.stage, "planning", self.late)
        self.on("12-14", self.leaving, 9, "mentor")
        self.on("12-21", self.stage, "joint_work", self.late)
        self.on("01-12", self.winter)
        self.on("01-13", self.acceptance)
        self.on("01-14", self.consents)
        self.on("01-18", self.order, "4")
        for day, stage in (("01-20", "acquaintance"), ("01-27", "trial"), ("02-03", "planning")):
            self.on(day, self.stage, stage, self.new)
        self.on("01-25", self.approval, "5")
        self.on("02-08", self.leaving, 26, "mentee")
        self.on("02-08", self.withdrawal, 20, "publication")
        self.on("02-10", self.approval, "6")
        self.on("02-12", self.stage, "joint_work", self.new)
        self.on("02-16", self.work, "february")
        self.on("02-20", self.change)
        self.on("02-23", self.agreement, self.one_of_every(11))
        self.on("03-01", self.approval, "7")
        self.on("03-15", self.ends, 15, "workload")
        self.on("03-16", self.work, "march", 7)
        self.on("04-05", self.april)
        self.on("05-18", self.stage, "final", lambda pair: pair.stage == "joint_work")
        self.on("05-31", self.closing)

    def early(self, pair: PairLife) -> bool:
        """Tell whether a pair of the autumn meets when it should."""
        return self.number(pair) is not None and not self.late(pair)

    def late(self, pair: PairLife) -> bool:
        """Tell whether a pair starts late."""
        return self.every(10, pair)

    def new(self, pair: PairLife) -> bool:
        """Tell whether a pair was made in winter."""
        return self.number(pair) is None

    # --- rounds, decisions, consents -------------------------------------------------------

    def round(self, result: Result, cohort: Cohort, season: str) -> None:
        """Propose pairs."""
        name = f"{self.year}-{season}"
        self.write(*round_facts(result, cohort, self.state, name, on=self.today))

    def winter(self) -> None:
        """Match again, and keep what runs."""
        here = self.state.here(self.cohort)
        policy = self.state.in_policy(self.result.policy, here)
        again = rematch(self.state.running(), here, policy)
        self.matched.append((again, here))
        self.round(again, here, "winter")

    def having(self, status: PairStatus) -> list[PairLife]:
        """List the pairs with a status."""
        return [pair for pair in self.state.pairs.values() if pair.status == status]

    def consents(self) -> None:
        """Let everybody in an accepted pair consent who hasn't."""
        given, accepted = [], self.having("accepted")
        for who in sorted({who for pair in accepted for who in pair.members}):
            person = self.state.people[who]
            if "participation" not in person.consents:
                guardian = person.kind == "student"
                given.append(f.ConsentGiven(person=who, on=self.today, guardian=guardian))
        for pair in accepted:
            if self.every(10, pair):
                who = pair.mentees[0]
                given.append(f.ConsentGiven(person=who, scope="publication", on=self.today))
        self.write(*given)

    def interviews(self) -> None:
        """Let the psychologist see some mentees."""
        seen = [pair.mentees[0] for pair in self.having("proposed") if self.every(6, pair)]
        facts = (
            f.Interviewed(
                person=who,
                on=self.today,
                cleared=True,
                by="psychologist",
                notes="Готов участвовать",
            )
            for who in seen
        )
        self.write(*facts, author="psychologist")

    def decisions(self) -> None:
        """Decide on the autumn's proposals."""
        pairs = self.state.pairs
        unwanted, other = pairs.get(self.code(2)), pairs.get(self.code(3))
        if unwanted is not None:
            two = {"mentor": unwanted.mentor, "mentee": unwanted.mentees[0]}
            self.write(f.Forbidden(**two))
        if other is not None and (found := self.free_mentor(other.mentees[0])):
            mentor, form = found
            reason = "Давно знают друг друга"
            self.write(f.Changed(pair=other.pair, form=form, mentor=mentor, reason=reason))
        self.acceptance()

    def acceptance(self) -> None:
        """Accept all proposals that are left."""
        codes = tuple(pair.pair for pair in self.having("proposed"))
        self.write(*([f.Accepted(pairs=codes)] if codes else []))

    def free_mentor(self, mentee: str) -> tuple[str, str] | None:
        """Find the first mentor without mentees who may meet somebody, and in which form."""
        graph = build_graph(self.cohort, self.result.policy)
        busy = {pair.mentor for pair in self.result.matching.pairs}
        for row in (graph.mentee == graph.mentees.index(mentee)).nonzero()[0].tolist():
            mentor = graph.mentors[graph.mentor[row]]
            if mentor not in busy:
                return mentor, self.result.policy.forms[graph.form[row]].id
        return None

    def order(self, number: str) -> None:
        """Let the director order what is accepted."""
        pairs = tuple(pair.pair for pair in self.having("accepted"))
        if pairs:
            last = self.day("05-31")
            order = f.Ordered(
                number=f"{self.year}/{number}",
                on=self.today,
                pairs=pairs,
                starts=self.today,
                ends=last,
            )
            self.write(order, author="director")

    def count(self) -> None:
        """Give everybody the number of the pair they go by."""
        pairs = [(number, pair) for pair in self.running() if (number := self.number(pair))]
        for number, pair in reversed(pairs):
            self.numbers[pair.mentor] = number
        for number, pair in pairs:
            self.numbers[pair.mentees[0]] = number

    # --- meetings --------------------------------------------------------------------------

    def stage(self, stage: Stage, whose: Callable[[PairLife], bool]) -> None:
        """Bring pairs to a stage, and let them confirm what needs it."""
        ready = [
            pair
            for pair in self.running()
            if whose(pair) and pair.next_stage == stage and not pair.missing(self.today)
        ]
        for pair in ready:
            self.meet(pair, stage, f"{pair.pair}-{stage}")
            self.confirm(pair, stage)
        if stage == "planning":
            self.drafts(ready)

    def meet(
        self, pair: PairLife, stage: Stage, code: str, present: tuple[str, ...] | None = None
    ) -> None:
        """Hold a meeting."""
        held = f.MeetingHeld(
            meeting=code,
            pair=pair.pair,
            stage=stage,
            on=self.today,
            present=present or pair.members,
            feedback="Поговорили хорошо",
        )
        self.write(held, author=pair.mentor)

    def confirm(self, pair: PairLife, stage: Stage) -> None:
        """Let everybody say that they go on; the mentee of pair 7 doesn't."""
        if stage not in ("acquaintance", "trial"):
            return
        people: list[str | None] = [*pair.members]
        if self.number(pair) == 7:
            people.remove(pair.mentees[0])
        if stage == "trial":
            people.append(None)
        self.write(
            *(f.Confirmed(pair=pair.pair, stage=stage, on=self.today, person=who) for who in people)
        )

    def postponed(self) -> None:
        """Arrange first meetings of late starters, and move them by five weeks."""
        for pair in filter(self.late, self.running()):
            for on in (self.today, self.day("11-16")):
                meeting = f"{pair.pair}-acquaintance"
                self.write(
                    f.MeetingPlanned(meeting=meeting, pair=pair.pair, stage="acquaintance", on=on)
                )

    def work(self, name: str, absent: int | None = None) -> None:
        """Hold one more meeting of joint work; some mentees don't come."""
        for pair in [pair for pair in self.running() if pair.stage == "joint_work"]:
            alone = absent is not None and self.every(absent, pair)
            present = (pair.mentor,) if alone else pair.members
            self.meet(pair, "joint_work", f"{pair.pair}-{name}", present)

    def april(self) -> None:
        """Arrange the meetings of April, of which some are called off."""
        for pair in [pair for pair in self.running() if pair.stage == "joint_work"]:
            code, on = f"{pair.pair}-april", self.day("04-19")
            self.write(f.MeetingPlanned(meeting=code, pair=pair.pair, stage="joint_work", on=on))
            self.on(on, self.in_april, pair, code)

    def in_april(self, pair: PairLife, code: str) -> None:
        """Hold a meeting of April, or call it off."""
        if self.every(9, pair):
            self.write(f.MeetingCancelled(meeting=code, reason="Олимпиада"))
        else:
            self.meet(pair, "joint_work", code)

    # --- plans -----------------------------------------------------------------------------

    def drafts(self, pairs: list[PairLife]) -> None:
        """Draft plans, and put their tasks on the agenda."""
        last = self.day("05-31")
        drafts: dict[str, PlanDraft] = {}
        for result, cohort in self.matched:
            made = draft_plans(result, cohort, starts=self.today, ends=last)
            drafts |= {each.mentees[0]: each for each in made}
        for pair in pairs:
            # Where the curator put in another mentor, the mentee's goals stay.
            draft = replace(drafts[pair.mentees[0]], form=pair.form, mentor=pair.mentor)
            self.write(draft.fact(self.state, self.today), author=pair.mentor)
            for place, task in enumerate(self.plan_of(pair).newest.tasks):
                self.habit(pair, task, place)
            if not self.every(8, pair) or self.late(pair):
                self.on(self.today + timedelta(3), self.agreement, partial(_is, pair.pair))

    def habit(self, pair: PairLife, task: f.PlanTask, place: int | None = None) -> None:
        """Put on the agenda what becomes of a task; one that was added later has no place."""
        number = self.number(pair) or 0
        tasks = self.plan_of(pair).newest.tasks
        if number and number % 4 == 0:
            if place is None or place < len(tasks) - 1:
                self.on(task.due + timedelta(20), self.do, pair.pair, task.task)
        elif number % 9 == 5:
            if place == 0:
                self.on(task.due - timedelta(3), self.do, pair.pair, task.task)
        elif number % 6 == 1 and place == 1:
            self.on(task.due, self.cancel, pair.pair, task.task)
        else:
            self.on(task.due - timedelta(3), self.do, pair.pair, task.task)

    def plan_of(self, pair: PairLife) -> Plan:
        """Return the plan that a pair has now."""
        plan = self.state.pairs[pair.pair].plan
        assert plan is not None
        return plan

    def do(self, code: str, task: str) -> None:
        """Do a task, if the pair still runs."""
        pair = self.state.pairs[code]
        if pair.status == "running":
            mark = 6 + (self.number(pair) or 0) % 5
            done = f.TaskDone(
                pair=code, task=task, on=self.today, actual_result="Сделано", mark=mark
            )
            self.write(done, author=pair.mentor)

    def cancel(self, code: str, task: str) -> None:
        """Cancel a task, if the pair still runs."""
        if self.state.pairs[code].status == "running":
            reason = "Больше не нужно"
            self.write(f.TaskCancelled(pair=code, task=task, on=self.today, reason=reason))

    def agreement(self, whose: Callable[[PairLife], bool]) -> None:
        """Let pairs agree to their plans."""
        codes = tuple(
            pair.pair
            for pair in self.running()
            if whose(pair) and pair.plan is not None and pair.plan.newest.agreed is None
        )
        self.write(*([f.PlansAgreed(pairs=codes, on=self.today)] if codes else []))

    def approval(self, number: str) -> None:
        """Let the director approve what is agreed."""
        codes = tuple(
            pair.pair
            for pair in self.running()
            if pair.plan is not None and pair.plan.status == "agreed"
        )
        if codes:
            order = f"{self.year}/{number}"
            self.write(f.PlansApproved(number=order, on=self.today, pairs=codes), author="director")

    def change(self) -> None:
        """Give some plans a further task."""
        for pair in [pair for pair in self.running() if self.every(11, pair)]:
            plan = self.plan_of(pair).newest
            extra = f.PlanTask(
                task=_EXTRA,
                goal=plan.goals[0].goal,
                due=self.day("04-30"),
                title="Рассказать классу, чему научились",
                planned_result="Выступление",
                weight=2,
            )
            changed = f.PlanChanged(
                pair=pair.pair,
                on=self.today,
                starts=plan.starts,
                ends=plan.ends,
                variant=plan.variant,
                goals=plan.goals,
                tasks=(*plan.tasks, extra),
                reason="Появилась новая задача",
            )
            self.write(changed, author=pair.mentor)
            self.habit(pair, extra)

    # --- endings ---------------------------------------------------------------------------

    def ends(self, number: int, reason: Reason) -> None:
        """End a pair."""
        if pair := self.runs(number):
            self.write(f.Closed(pair=pair.pair, on=self.today, reason=reason))

    def leaving(self, number: int, role: str) -> None:
        """Let somebody move away."""
        if pair := self.runs(number):
            who = pair.mentor if role == "mentor" else pair.mentees[0]
            self.write(f.Left(person=who, on=self.today, reason="moved"))

    def withdrawal(self, number: int, scope: f.Scope) -> None:
        """Let a mentee take a consent back."""
        if pair := self.runs(number):
            self.write(f.ConsentWithdrawn(person=pair.mentees[0], scope=scope, on=self.today))

    def closing(self) -> None:
        """End what still runs."""
        closed = [
            f.Closed(
                pair=pair.pair,
                on=self.today,
                reason="goal_reached" if pair.complete else "year_end",
            )
            for pair in self.running()
        ]
        self.write(*closed)

    # --- diagnostics -----------------------------------------------------------------------

    def wave(self, name: str, place: int) -> None:
        """Open a wave, and put its answers on the agenda."""
        kind: f.WaveKind = "first" if name == "first" else "final" if name == "final" else "quarter"
        people, form = self.members(), Questionnaire.preset(SURVEYS[kind])
        code, opened = f"{self.year}-{name}", self.today
        due, close = (14, 21) if kind == "first" else (11, 17)
        if not people:
            return
        self.write(
            f.WaveOpened(
                wave=code, kind=kind, on=opened, due=opened + timedelta(due), people=people
            )
        )
        mentees = {pair.mentees[0]: pair for pair in self.running()}
        first = self.runs(1)
        for who in people:
            number = self.numbers.get(who, 1)
            silent = who in mentees and who in self.numbers and number % 8 == place
            silent |= kind == "quarter" and first is not None and who == first.mentor
            if not silent:
                later = timedelta(1 if number % 2 else 8)
                self.on(opened + later, self.answer, code, who, form, self.value(who, place))
        self.on(opened + timedelta(close), self.closed, code)

    def value(self, who: str, place: int) -> int:
        """Say what somebody answers to every scale in the wave at a place."""
        number = self.numbers.get(who, 1)
        step = 1 if number % 2 else 0 if number % 4 == 0 else -1
        quarters = {1: 0, 2: 0, 3: 1, 4: 2, 5: 1}
        survey = place in (1, 5)
        return int(self.drawn[who]) + survey + step * quarters[place]

    def answer(self, wave: str, who: str, form: Questionnaire, value: int) -> None:
        """Answer a wave, if they still take part."""
        person = self.state.people[who]
        if person.active and person.consenting:
            asked = form.asked_of(person.kind, person.roles)
            answers = {question.id: value for question in asked if question.kind == "scale"}
            self.write(
                f.Answered(wave=wave, person=who, on=self.today, answers=answers), author=who
            )

    def closed(self, wave: str) -> None:
        """Close a wave."""
        self.write(f.WaveClosed(wave=wave, on=self.today))

    # --- events and evidence ---------------------------------------------------------------

    def events(self) -> None:
        """Put events and evidence on the agenda."""
        self.on("10-07", self.event, "council", "council", self.mentors, 6)
        self.on("10-07", self.event, "general-meeting", "general_meeting", self.those_who_come, 12)
        for month, day in (("november", "11-20"), ("february", "02-19"), ("april", "04-16")):
            self.on(day, self.event, f"class-hour-{month}", "class_hour", tuple, 60)
        self.on("11-27", self.event, "parents-meeting", "parents_meeting", tuple, 24)
        self.on("05-21", self.event, "closing-game", "closing_game", self.those_who_come, 25)
        self.on("10-08", self.evidence, "council-minutes", "minutes")
        self.on("10-15", self.evidence, "rubric", "rubric")
        for place, day in enumerate(("10-15", "12-20", "03-20", "05-25"), 1):
            self.on(day, self.evidence, f"publication-{place}", "publication")

    def mentors(self) -> Iterable[str]:
        """List the mentors of running pairs."""
        return sorted({pair.mentor for pair in self.running()})

    def those_who_come(self) -> Iterable[str]:
        """List who of the running pairs comes to meetings of all."""
        return (who for who in self.members() if self.numbers.get(who, 1) % 10)

    def event(
        self, name: str, kind: f.EventKind, who: Callable[[], Iterable[str]], others: int
    ) -> None:
        """Hold an event to which the people of all pairs and thirty more are invited."""
        self.write(
            f.EventHeld(
                event=f"{self.year}-{name}",
                kind=kind,
                on=self.today,
                present=tuple(who()),
                others=others,
                invited=len(self.members()) + 30,
            )
        )

    def evidence(self, item: str, kind: f.EvidenceKind) -> None:
        """Show something."""
        self.write(f.Evidenced(item=f"{self.year}-{item}", kind=kind, on=self.today))


def _is(code: str, pair: PairLife) -> bool:
    return pair.pair == code

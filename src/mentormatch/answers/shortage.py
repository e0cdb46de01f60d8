"""Why a mentee has no mentor: who competes for which seats, and what would help."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import chain, islice
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.conflict import Clause, Conflict, conflict_of
from mentormatch.analysis.gains import Gain
from mentormatch.analysis.repairs import Repair, is_possible, relaxed, values_with
from mentormatch.analysis.report import View
from mentormatch.column import SetColumn
from mentormatch.errors import ParticipantError
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.graph.scoring import Scoring
from mentormatch.messages import Language, text
from mentormatch.network.residual import without_lots
from mentormatch.policy.arrays import column_as
from mentormatch.policy.limits import Limits, Pin
from mentormatch.policy.rules import Rule
from mentormatch.policy.rules.answers import CommonSlots
from mentormatch.problem import Bounds, Problem
from mentormatch.questions.question import Question

Bools = NDArray[np.bool_]
Why = Literal["matched", "nobody", "no-form", "below-floor", "shortage", "traded"]

# So many repairs of one sort are shown, and so many are tried to find them.
_SHOWN: Final = 3
_TRIED: Final = 9


@dataclass(frozen=True, slots=True)
class Hurdle:
    """A rule that stands between a mentee and mentors.

    Parameters
    ----------
    rule
        The rule; None for all confidential ones together.
    mentors
        How many mentors it keeps away.
    alone
        How many of them nothing else keeps away.
    """

    rule: Rule | None = field(repr=False)
    mentors: int
    alone: int

    def text(self, lang: Language = "en") -> str:
        """Say it in words; confidential rules are all the same sentence."""
        return text(
            "unmatched.hurdle" if self.rule else "unmatched.hidden-hurdle",
            lang,
            code=self.rule.code if self.rule else "",
            reason=self.rule.reason_text(lang)
            if self.rule
            else text("policy.reason.confidential", lang),
            mentors=self.mentors,
            alone=self.alone,
        )


@dataclass(frozen=True, slots=True)
class WhyUnmatched:
    """Why a mentee has no mentor.

    Parameters
    ----------
    mentee
        The code.
    why
        ``shortage``: not everybody who has a mentor now, and this mentee, can have one;
        ``traded``: that is possible, but costs a goal that comes first; ``nobody``: rules or
        decisions keep every mentor away; ``below-floor``: all admissible pairs are under
        the least percentage; ``no-form``: no form joins this mentee with any mentor;
        ``matched``: there is a mentor after all.
    mentees, mentors, seats
        Of a shortage: a minimal set of mentees, the asked one first, who can't all have a
        mentor; the mentors they could have; how many seats these have. Without any one of
        these mentees the others can all have one.
    limits
        Further limits that hold the seats; a minimal set as well.
    hurdles
        What keeps mentors away, where there is nobody.
    cost
        What a mentor for this mentee would cost, where it was traded; None if not settled.
    repairs
        What would help, the cheapest first. Each was tried: the mentee can then have a
        mentor, and no goal is worse unless an earlier one is better.
    """

    mentee: str
    why: Why
    mentees: tuple[str, ...] = ()
    mentors: tuple[str, ...] = ()
    seats: int = 0
    limits: tuple[Clause, ...] = ()
    hurdles: tuple[Hurdle, ...] = ()
    cost: Gain | None = None
    repairs: tuple[Repair, ...] = ()

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        lines = [self._reason(lang)]
        lines += [f"- {hurdle.text(lang)}" for hurdle in self.hurdles]
        if self.limits:
            lines.append(text("unmatched.limits", lang, count=len(self.limits)))
            lines += [f"- {limit.text(lang)}" for limit in self.limits]
        if self.repairs:
            lines.append(text("unmatched.repairs", lang))
            lines += [f"- {repair.text(lang)}" for repair in self.repairs]
        elif self.why != "matched":
            lines.append(text("unmatched.no-repairs", lang))
        return "\n".join(lines)

    def _reason(self, lang: Language) -> str:
        if self.why == "traded":
            said = text("unmatched.why.traded", lang, mentee=self.mentee)
            if self.cost is None:
                return said
            return f"{said} {text('unmatched.cost', lang, cost=self.cost.text(lang))}"
        if self.why != "shortage":
            return text(f"unmatched.why.{self.why}", lang, mentee=self.mentee)
        if len(self.mentees) == 1:
            said = text("unmatched.only", lang, mentee=self.mentee)
        else:
            who = ", ".join(self.mentees)
            said = text("unmatched.group", lang, count=len(self.mentees), mentees=who)
        if not self.mentors:
            return text("unmatched.held", lang, who=said)
        mentors = text(
            "unmatched.mentors", lang, count=len(self.mentors), mentors=", ".join(self.mentors)
        )
        seats = text("unmatched.seats", lang, count=self.seats)
        return text("unmatched.shortage", lang, who=said, mentors=mentors, seats=seats)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def why_unmatched(view: View, graph: CandidateGraph, mentee: str) -> WhyUnmatched:
    """Say why a mentee has no mentor and what would help.

    The mentees of a shortage are a Hall violator (Hall 1935): together they have fewer
    seats than heads. It is minimal - without any one of them it is none - but needn't be
    the smallest there is, which would be NP-hard to find.

    Parameters
    ----------
    view
        What was asked and what came of it.
    graph
        Its candidates.
    mentee
        The code.

    Raises
    ------
    ParticipantError
        When the code is unknown or no mentee, or when the result isn't a proven optimum.
    """
    if not graph.cohort.is_mentee[graph.cohort.index(mentee)]:
        raise ParticipantError.of("graph.not-mentee", found=mentee)
    if view.unproven:
        raise ParticipantError.of("unmatched.not-optimal", status=view.unproven)
    place = graph.mentees.index(mentee)
    problem = without_lots(view.problem)
    served = problem.served(view.outcome.chosen) > 0
    if served[place]:
        return WhyUnmatched(mentee, "matched")
    search = _Search(view, graph, problem, place)
    if not (problem.mentee == place).any():
        repairs = search.repairs([place], [], [])
        return replace(_without_pairs(graph, mentee, place), repairs=repairs)
    least = np.maximum(problem.demand.least, served)
    least[place] = 1
    everybody = replace(problem, demand=Bounds(least, problem.demand.most))
    if is_possible(everybody):
        values = values_with(problem, place)
        cost = None if values is None else search.gain(values)
        repairs = search.repairs([place], list(range(len(graph.mentors))), [])
        return WhyUnmatched(mentee, "traded", cost=cost, repairs=repairs)
    clauses = conflict_of(everybody).clauses
    wanting = [c.index for c in clauses if c.kind == "mentee_least" and c.bound == 1]
    full = [c for c in clauses if c.kind == "mentor_most"]
    rest = [c for c in clauses if c not in full and not (c.kind == "mentee_least" and c.bound == 1)]
    wanting.sort(key=lambda who: (who != place, who))
    return WhyUnmatched(
        mentee,
        "shortage",
        mentees=tuple(graph.mentees[who] for who in wanting),
        mentors=tuple(graph.mentors[clause.index] for clause in full),
        seats=sum(clause.bound for clause in full),
        limits=search.named(rest),
        repairs=search.repairs(wanting, [clause.index for clause in full], rest),
    )


def _worst_last(repair: Repair) -> tuple[int, bool, list[int]]:
    """Order repairs of one sort: small changes, then those that need no pin, then by gain."""
    gain = () if repair.gain is None else repair.gain.amounts
    return repair.amount, repair.to_be_pinned, [-amount for amount in gain]


@dataclass(frozen=True, slots=True, eq=False)
class _Obstacles:
    """What stands between some mentees and every mentor.

    Parameters
    ----------
    joined
        Which pairs some form joins, rules apart; shape (mentees, mentors).
    count
        The least number of rules that object in one form; shape (mentees, mentors).
    only
        Position of the single rule that objects in such a form, or -1.
    objecting
        Whether each rule objects in some form; shape (rules, mentees, mentors).
    """

    joined: Bools
    count: NDArray[np.int64]
    only: NDArray[np.int64]
    objecting: Bools

    @classmethod
    def of(cls, graph: CandidateGraph, mentees: Sequence[int]) -> "_Obstacles":
        """Ask every rule about some mentees, by position, and all mentors."""
        scoring = Scoring.of(graph.cohort, graph.policy)
        rows, cols = scoring.mentees[list(mentees)], scoring.mentors
        rules = graph.policy.all_rules
        shape = len(rows), len(cols)
        many = len(rules) + 1
        joined = np.zeros(shape, np.bool_)
        count, only = np.full(shape, many), np.full(shape, -1)
        objecting = np.zeros((len(rules), *shape), np.bool_)
        for form in scoring.forms:
            fits = np.outer(form.mentees[rows], form.mentors[cols])
            joined |= fits
            against = np.zeros((len(rules), *shape), np.bool_)
            for rule, check in form.rules:
                against[rules.index(rule)] |= fits & ~check.holds(rows, cols)
            objecting |= against
            here = np.where(fits, against.sum(axis=0), many)
            only = np.where((here < count) & (here == 1), against.argmax(axis=0), only)
            count = np.minimum(count, here)
        return cls(joined, count, np.where(count == 1, only, -1), objecting)


def _without_pairs(graph: CandidateGraph, mentee: str, place: int) -> WhyUnmatched:
    """Say what keeps every mentor away from a mentee."""
    if (graph.mentee == place).any():
        banned = any(ban.mentee == mentee for ban in graph.policy.limits.bans)
        return WhyUnmatched(mentee, "nobody" if banned else "below-floor")
    found = _Obstacles.of(graph, [place])
    if not found.joined.any():
        return WhyUnmatched(mentee, "no-form")
    hurdles = []
    hidden = np.zeros(len(graph.mentors), np.bool_)
    secret = [
        rule.is_confidential_in(graph.cohort.questionnaire) for rule in graph.policy.all_rules
    ]
    for number, rule in enumerate(graph.policy.all_rules):
        objects = found.objecting[number, 0]
        if secret[number]:
            hidden |= objects
        elif objects.any():
            alone = int((found.only[0] == number).sum())
            hurdles.append(Hurdle(rule, int(objects.sum()), alone))
    if hidden.any():
        seen = found.objecting[[not flag for flag in secret], 0].any(axis=0)
        hurdles.append(Hurdle(None, int(hidden.sum()), int((hidden & ~seen).sum())))
    hurdles.sort(key=lambda hurdle: (-hurdle.alone, -hurdle.mentors))
    return WhyUnmatched(mentee, "nobody", hurdles=tuple(hurdles))


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The search for repairs that give one mentee a mentor."""

    view: View
    graph: CandidateGraph
    problem: Problem
    place: int

    def named(self, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
        """Say limits with codes."""
        quotas = [quota.id for quota in self.view.policy.limits.quotas]
        found = Conflict(tuple(clauses))
        return found.named(self.graph.mentees, self.graph.mentors, quotas).clauses

    def gain(self, values: tuple[int, ...]) -> Gain:
        """Hold other values against those of the result."""
        before = self.problem.values(self.view.outcome.chosen)
        return Gain.between(self.problem.objectives, before, values, self.view.policy)

    def repairs(
        self, mentees: list[int], mentors: list[int], limits: list[Clause]
    ) -> tuple[Repair, ...]:
        """Try what could help, sort by sort, and keep what does.

        Parameters
        ----------
        mentees
            Who competes, by position.
        mentors
            Whose seats they compete for.
        limits
            What else holds the seats.
        """
        found: dict[str, list[Repair]] = {}
        for tries in (
            self._seats(mentors),
            self._limits(limits),
            self._pairs(mentees),
            self._decisions(mentees),
        ):
            for repair, problem in islice(tries, 2 * _TRIED):
                some = found.setdefault(repair.kind, [])
                if len(some) < _TRIED and (tried := self._tried(repair, problem)) is not None:
                    some.append(tried)
        best = [sorted(some, key=_worst_last)[:_SHOWN] for some in found.values()]
        return tuple(sorted(chain(*best), key=lambda repair: repair.cost))

    def _tried(self, repair: Repair, problem: Problem) -> Repair | None:
        """Solve with a repair, the mentee having a mentor; None if that is no better."""
        with_mentee = values_with(problem, self.place)
        names = [goal.goal for goal in without_lots(problem).objectives]
        if with_mentee is None or names != [goal.goal for goal in self.problem.objectives]:
            return None
        gain = self.gain(with_mentee)
        if gain.is_loss:
            return None
        return replace(repair, gain=gain, to_be_pinned=values_with(problem) != with_mentee)

    def _seats(self, mentors: list[int]) -> Iterator[tuple[Repair, Problem]]:
        """Give each mentor one more seat, those first who'd have the mentee themselves."""
        own = set(self.problem.mentor[self.problem.mentee == self.place].tolist())
        load = self.problem.loads(self.view.outcome.chosen)
        for who in sorted(mentors, key=lambda who: (who not in own, who)):
            bound = int(self.problem.capacity.most[who])
            if load[who] == bound:
                clause = Clause("mentor_most", None, who, bound, who)
                yield self._step(clause)

    def _limits(self, limits: list[Clause]) -> Iterator[tuple[Repair, Problem]]:
        """Relax each other limit by one."""
        for clause in limits:
            if clause.kind not in {"pin", "ban"}:
                yield self._step(clause)

    def _step(self, clause: Clause) -> tuple[Repair, Problem]:
        (named,) = self.named([clause])
        return Repair.of(named, 1), relaxed(self.problem, [(clause, 1)])

    def _pairs(self, mentees: list[int]) -> Iterator[tuple[Repair, Problem]]:
        """Let a pair meet that one rule alone forbids, if that rule may be relaxed."""
        policy, cohort = self.graph.policy, self.graph.cohort
        found = _Obstacles.of(self.graph, mentees)
        load = self.problem.loads(self.view.outcome.chosen)
        free = load < self.graph.own_capacity
        pairs = np.argwhere((found.count == 1) & free)
        rules = policy.all_rules
        order = [
            (not isinstance(rules[found.only[row, col]], CommonSlots), row, col)
            for row, col in pairs.tolist()
        ]
        for _, row, col in sorted(order):
            rule = rules[found.only[row, col]]
            if not rule.relaxable or rule.is_confidential_in(cohort.questionnaire):
                continue
            mentor, mentee = self.graph.mentors[col], self.graph.mentees[mentees[row]]
            if any((ban.mentor, ban.mentee) == (mentor, mentee) for ban in policy.limits.bans):
                continue
            pin = Pin(mentor=mentor, mentee=mentee, waive=(rule.code,))
            problem = self._under(pins=(*policy.limits.pins, pin))
            if isinstance(rule, CommonSlots):
                yield Repair("time", mentee, mentor, self._missing(rule, mentor, mentee)), problem
            else:
                yield Repair("rule", mentee, mentor, rule=rule), problem

    def _missing(self, rule: CommonSlots, mentor: str, mentee: str) -> int:
        """Count how many common times two people lack."""
        column = column_as(self.graph.cohort, rule.field, SetColumn)
        index = self.graph.cohort.index
        shared = set(column.cell(index(mentor)) or ()) & set(column.cell(index(mentee)) or ())
        return rule.least - len(shared)

    def _decisions(self, mentees: list[int]) -> Iterator[tuple[Repair, Problem]]:
        """Drop a pin, lift a ban, set the floor aside for a pair."""
        limits = self.graph.policy.limits
        for number, pin in enumerate(limits.pins):
            others = limits.pins[:number] + limits.pins[number + 1 :]
            yield Repair("pin", pin.mentee, pin.mentor), self._under(pins=others)
        codes = {self.graph.mentees[who] for who in mentees}
        for number, ban in enumerate(limits.bans):
            if ban.mentee in codes and self.graph.edge(ban.mentor, ban.mentee) is not None:
                kept = limits.bans[:number] + limits.bans[number + 1 :]
                yield Repair("ban", ban.mentee, ban.mentor), self._under(bans=kept)
        low = ~self.graph.above_floor & np.isin(self.graph.mentee, mentees)
        points = self.graph.points()
        banned = {(ban.mentor, ban.mentee) for ban in limits.bans}
        for edge in sorted(np.flatnonzero(low).tolist(), key=lambda edge: -int(points[edge])):
            mentor = self.graph.mentors[self.graph.mentor[edge]]
            mentee = self.graph.mentees[self.graph.mentee[edge]]
            if (mentor, mentee) not in banned:
                pins = (*limits.pins, Pin(mentor=mentor, mentee=mentee))
                yield Repair("floor", mentee, mentor), self._under(pins=pins)

    def _under(self, **limits: object) -> Problem:
        """Put the question again under other limits."""
        policy = self.graph.policy
        changed: Limits = policy.limits.model_copy(update=limits)
        graph = self.graph.under(policy.model_copy(update={"limits": changed}))
        return Question.of(graph).problem

"""The result of a matching: what was chosen, what was proven, and the answers to questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mentormatch import webpage
from mentormatch.analysis import alternatives, equity, explanation, report
from mentormatch.analysis.alternatives import Alternative, Ranked
from mentormatch.analysis.changes import Changes, changes
from mentormatch.analysis.conflict import Conflict, conflict_of, conflict_of_groups
from mentormatch.analysis.equity import Fairness
from mentormatch.analysis.explanation import Explanation, WhyNot
from mentormatch.analysis.group_answer import Grouping, named_groups
from mentormatch.analysis.group_certificate import GroupCertificate
from mentormatch.analysis.outcome import Outcome, Witness
from mentormatch.analysis.prices import seat_table
from mentormatch.analysis.proof import is_only_optimum
from mentormatch.analysis.regret import residual_of
from mentormatch.analysis.repairs import Repairs, repairs_named, repairs_of
from mentormatch.analysis.report import View
from mentormatch.analysis.stability import Stability
from mentormatch.answers.recruitment import Recruit, Recruitment, recruitment, worth_of
from mentormatch.answers.shortage import WhyUnmatched, why_unmatched
from mentormatch.answers.tolerance import Sensitivity, sensitivity
from mentormatch.cohort import Cohort
from mentormatch.errors import ParticipantError
from mentormatch.files import write_atomically
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.keys import KeyFile
from mentormatch.matching import Level, Matching, Pair, Status, Stopped
from mentormatch.messages import Language
from mentormatch.policy.policy import Policy
from mentormatch.problem import Int64, Problem
from mentormatch.questions import peers
from mentormatch.questions.co_mentors import with_co_mentors
from mentormatch.questions.market import StabilityPrice, blocking_of, price_of
from mentormatch.questions.question import Question
from mentormatch.storage import result_file

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Result:
    """What came of a matching; an impossible one is a result as well.

    Parameters
    ----------
    view
        What was asked and what was chosen.
    seed
        What lots were drawn with, None if they weren't.
    """

    view: View
    seed: int | None = None

    @classmethod
    def of(cls, question: Question, outcome: Outcome, grouping: Grouping | None = None) -> Self:
        """Name the people of an outcome, and of its groups if there are any."""
        graph, problem = question.graph, question.problem
        pairs, places = _pairs(question, outcome.chosen)
        matching = Matching()
        if outcome.status in {Status.OPTIMAL, Status.FEASIBLE}:
            matching = Matching.of(problem, outcome.chosen, tuple(pairs), graph.mentees)
            groups = named_groups(graph.policy, pairs, grouping, graph.mentees)
            matching = replace(matching, groups=with_co_mentors(graph, pairs, groups))
        view = View(
            policy=graph.policy,
            problem=problem,
            outcome=outcome,
            matching=matching,
            mentors=graph.mentors,
            mentees=graph.mentees,
            raw=question.raw[places],
            graph=graph,
            grouping=grouping,
        )
        return cls(view, question.seed)

    @property
    def status(self) -> Status:
        """How the solve ended."""
        return self.view.outcome.status

    @property
    def proof(self) -> str:
        """How far the result is proven."""
        return self.view.outcome.proof

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every goal with its value and bound, in the policy's order."""
        return self.view.outcome.levels

    @property
    def stopped(self) -> Stopped | None:
        """What ended the search before it was done: a time limit or Ctrl-C; None if nothing did."""
        return self.view.outcome.stopped

    @property
    def matching(self) -> Matching:
        """The chosen pairs and who is left, by code."""
        return self.view.matching

    @property
    def policy(self) -> Policy:
        """The policy that asked."""
        return self.view.policy

    @property
    def problem(self) -> Problem:
        """The question in integers; for groups, what it says of pairs alone."""
        return self.view.problem

    @property
    def candidates(self) -> CandidateGraph:
        """The pairs that were possible, with their raw scores.

        Raises
        ------
        ParticipantError
            When the result came from a file without its cohort.
        """
        if self.view.graph is None:
            raise ParticipantError.of("result.no-cohort")
        return self.view.graph

    @property
    def points(self) -> int | None:
        """Sum of all points, whole ones; None when infeasible or not among the goals."""
        level = self._points_level()
        return None if level is None else level.whole

    @property
    def bound(self) -> int | None:
        """No matching that keeps the earlier goals has more points than this."""
        level = self._points_level()
        return None if level is None or level.gap is None else level.whole + level.gap

    @property
    def gap(self) -> int | None:
        """How many points are missing from the bound; 0 only when none are."""
        level = self._points_level()
        return None if level is None else level.gap

    def _points_level(self) -> Level | None:
        return next((level for level in self.levels if level.goal == "points"), None)

    @property
    def unique(self) -> bool | None:
        """Whether no other matching is as good, lots apart; None when that isn't settled.

        Of a stable matching: whether it is the only stable one. It is never settled for groups
        whose mentees suit each other.
        """
        if (
            self.status is not Status.OPTIMAL
            or self.view.grouping is not None
            or peers.counted_in(self.problem)
        ):
            return None
        if isinstance(self.certificate, Stability):
            return self.certificate.is_only(self.problem, self.view.outcome.chosen)
        return is_only_optimum(self.problem, self.view.outcome.chosen)

    @property
    def certificate(self) -> Witness | Stability | GroupCertificate | None:
        """What proves the result: prices, by cases if need be, or everybody's preferences."""
        if self.view.grouping is not None:
            return self.view.grouping.outcome.certificate
        return self.view.outcome.witness

    @property
    def conflict(self) -> Conflict | None:
        """A minimal set of limits and pins that can't hold together; None unless infeasible."""
        if self.status is not Status.INFEASIBLE:
            return None
        find = conflict_of if self.view.grouping is None else conflict_of_groups
        return find(self.problem).named(*self._names)

    def repairs(self) -> Repairs | None:
        """Say what to change where there is no matching, the cheapest first; None otherwise.

        Every change was tried: with it all other limits can be kept. That two people may
        not meet is nothing to change here, because rules are behind it. None as well for groups
        whose mentees suit each other.
        """
        if self.status is not Status.INFEASIBLE or self.view.grouping is not None:
            return None
        found = repairs_of(self.problem, may=lambda clause: clause.kind != "ban")
        return repairs_named(found, *self._names)

    @property
    def _names(self) -> tuple[Sequence[str], ...]:
        """Codes of mentees and mentors, names of quotas, and of what parts come from."""
        limits = self.policy.limits
        quotas = [*(quota.id for quota in limits.quotas), "max_changes"]
        parts = [form.id for form in self.policy.forms]
        parts += [entry.id for entry in limits.per_mentor]
        return self.view.mentees, self.view.mentors, quotas, parts

    def table(self, lang: Language | None = None) -> "pd.DataFrame":
        """Return one row per pair, with a column of points per criterion.

        Parameters
        ----------
        lang
            Language of the column titles and forms; ids when not given.
        """
        return report.table(self.view, lang)

    def summary(self, lang: Language = "en") -> str:
        """Say in a few lines what was reached, how far it is proven and who is left."""
        added = [
            each
            for each in (self.price_of_stability(), self.conflict, self.repairs())
            if each is not None
        ]
        return "\n".join([report.summary(self.view, lang), *(each.text(lang) for each in added)])

    def price_of_stability(self) -> StabilityPrice | None:
        """Say how much more the best matching would reach; None unless this one is stable.

        The best matching of the same question is found for it, with all pairs that are
        allowed, named or not.
        """
        if not isinstance(self.certificate, Stability):
            return None
        return price_of(self.problem, self.levels, self.policy.goals)

    def blocking_pairs(self, *, only_named: bool = False) -> tuple[Pair, ...]:
        """List the pairs that would both rather have each other; see ``mm.blocking_pairs``."""
        graph, problem, forms = self.candidates, self.problem, self.policy.forms
        found = blocking_of(graph, problem, self.view.outcome.chosen, only_named=only_named)
        codes = [
            (graph.mentors[problem.mentor[place]], graph.mentees[problem.mentee[place]])
            for place in found.tolist()
        ]
        points, pairs = graph.points(), []
        for mentor, mentee in sorted(codes):
            edge = graph.edge(mentor, mentee)
            pairs.append(Pair(mentor, mentee, forms[graph.form[edge]].id, int(points[edge])))
        return tuple(pairs)

    def explain(self, mentor: str, mentee: str) -> Explanation:
        """Say why a pair is worth its points, whether it was made or only could have been.

        Raises
        ------
        ParticipantError
            When a code is unknown or in the other role, when rules forbid the pair (ask
            :meth:`why_not`), or when the result came from a file without its cohort.
        """
        graph = self.candidates
        form = self._form_of(mentor, mentee) or graph.forbidden_by(mentor, mentee).form
        if form is None:
            raise ParticipantError.of("result.forbidden", mentor=mentor, mentee=mentee)
        place = [entry.id for entry in self.policy.forms].index(form)
        return explanation.explain(graph, mentor, mentee, place)

    def explain_all(self) -> tuple[Explanation, ...]:
        """Explain every chosen pair, in the order of ``matching.pairs``, many times faster.

        Raises
        ------
        ParticipantError
            When the result came from a file without its cohort.
        """
        return report.explanations(self.view, self.candidates)

    def why_not(self, mentor: str, mentee: str) -> WhyNot:
        """Say which rules forbid a pair, or what it would cost and whom it would displace.

        For a pair that was made, say what doing without it would cost. The cost is exact;
        where limits are no flow, or nothing was proven, there is none.

        Raises
        ------
        ParticipantError
            When a code is unknown or in the other role, or when the result came from a
            file without its cohort.
        """
        chosen = self._form_of(mentor, mentee) is not None
        found = explanation.why_not(self.candidates, mentor, mentee, chosen=chosen)
        return alternatives.priced(self.view, found)

    def regrets(self) -> "pd.DataFrame":
        """Price every candidate pair: what the matching would lose by deciding otherwise.

        The prices are exact, as if each were found by a solve of its own: the best matching
        with the pair, or without it if it was chosen, against the best of all. Lots don't
        count.

        Returns
        -------
        pandas.DataFrame
            One row per candidate pair: ``mentor``, ``mentee``, ``chosen``, ``possible`` -
            whether any matching that keeps all limits has the pair (does without it, if it
            was chosen) - and a column per goal of how much it loses, ``<NA>`` where
            impossible. Goals are compared in order: the first that isn't zero decides, and
            later ones may be below zero.

        Raises
        ------
        MentorMatchError
            When the result is no proven optimum, or has limits that no flow holds.
        """
        return alternatives.regrets_table(self.view)

    def alternatives(self, mentee: str, k: int = 3) -> tuple[Alternative, ...]:
        """List the best other mentors a mentee could have, cheapest first.

        Each comes with what the best matching with that pair loses and whom it displaces.
        Pairs that rules or limits forbid are never among them.

        Parameters
        ----------
        mentee
            The code.
        k
            At most so many.

        Raises
        ------
        ParticipantError
            When there is no such mentee.
        MentorMatchError
            As :meth:`regrets` does.
        """
        return alternatives.alternatives(self.view, mentee, k)

    def k_best(self, k: int) -> tuple[Ranked, ...]:
        """List the best whole matchings, best first; the first is this result's.

        Parameters
        ----------
        k
            At most so many; fewer when no more keep all limits.

        Raises
        ------
        MentorMatchError
            As :meth:`regrets` does.
        """
        return alternatives.best_matchings(self.view, k)

    @property
    def in_every_optimum(self) -> frozenset[tuple[str, str]]:
        """Pairs ``(mentor, mentee)`` that every best matching has, lots apart.

        Raises
        ------
        MentorMatchError
            As :meth:`regrets` does.
        """
        return alternatives.optima(self.view)[0]

    @property
    def in_some_optimum(self) -> frozenset[tuple[str, str]]:
        """Pairs ``(mentor, mentee)`` that at least one best matching has, lots apart.

        Raises
        ------
        MentorMatchError
            As :meth:`regrets` does.
        """
        return alternatives.optima(self.view)[1]

    def reserves(self, k: int = 3) -> "pd.DataFrame":
        """Rank for every pair who could step in if the mentor drops out.

        A reserve has a free seat and keeps every limit while nobody else is moved.

        Parameters
        ----------
        k
            At most so many per pair.

        Returns
        -------
        pandas.DataFrame
            ``mentor``, ``mentee``, ``rank``, ``reserve``, and a column per goal of how much
            it loses; a pair without a reserve has no row.
        """
        return alternatives.reserves(self.view, k)

    def waiting_list(self) -> "pd.DataFrame":
        """Order the mentees without a mentor: who costs the others least comes first.

        Returns
        -------
        pandas.DataFrame
            ``mentee``, the ``mentor`` who would take them at the least cost, and a column
            per goal of how much it loses if they have to be served now. Those whom no
            matching that keeps all limits can serve come last, with nothing in the others.

        Raises
        ------
        MentorMatchError
            As :meth:`regrets` does.
        """
        return alternatives.waiting_list(self.view)

    def why_unmatched(self, mentee: str) -> WhyUnmatched:
        """Say why a mentee has no mentor - who competes for which seats - and what would help.

        Raises
        ------
        ParticipantError
            When the code is unknown or no mentee, when the result isn't a proven optimum,
            or when it came from a file without its cohort.
        """
        return why_unmatched(self.view, self.candidates, mentee)

    def worth_of(self, profile: Mapping[str, Any], seats: int = 1) -> Recruit:
        """Say what a mentor who isn't there yet would bring, by solving again with them.

        Parameters
        ----------
        profile
            What the mentor would answer; ``kind`` must be among it. Rules that look at a
            mentor alone, such as consent or an interview, are taken to be met.
        seats
            How many mentees the mentor would take.

        Raises
        ------
        ParticipantError
            When the result is no proven optimum, when nothing is possible with the mentor,
            or when it came from a file without its cohort.
        IntakeError
            When answers don't fit the questionnaire.
        """
        return worth_of(self.view, self.candidates, profile, seats)

    def recruitment(self, k: int = 5, *, seats: int | None = None) -> Recruitment:
        """Name the mentors most worth recruiting, by what those need who got none or a poor one.

        Each was tried: the whole question was solved again with them, and with those named
        before them.

        Parameters
        ----------
        k
            At most so many.
        seats
            How many mentees each would take; as many as half of the mentors do by default.

        Raises
        ------
        ParticipantError
            When the result is no proven optimum, or came from a file without its cohort.
        """
        return recruitment(self.view, self.candidates, k, seats)

    def seat_prices(self) -> "pd.DataFrame":
        """Return what exactly one more seat at each mentor brings, the most useful first.

        One row per mentor: how many mentees and seats there are, and one column per goal
        with what the best matching gains by the seat. Goals are compared in order, so a
        later one may fall; zeros everywhere mean that the seat would stay empty. The seat
        is over the mentor's own limit and over that of the form.

        Raises
        ------
        MentorMatchError
            When the result is no proven optimum of limits that a flow holds.
        """
        return seat_table(residual_of(self.problem, self.view.outcome), self.view.mentors)

    def fairness(self, by: Sequence[str] | None = None) -> Fairness:
        """Say who fares how: coverage and points by group, the worst-off, and envy.

        Groups of fewer than five people are kept back, and as many others as it takes that
        nobody can work them out. Of a question with several options, those who chose any
        are held against those who chose none. Of a restricted question, how many have a
        mentor is kept back as well where few have one, or few have none.

        Parameters
        ----------
        by
            Questions that make the groups; by default those of ``kind``, ``grade``,
            ``sex`` and ``support_tags`` that the questionnaire has.

        Raises
        ------
        ParticipantError
            When there is no such question, it makes no groups, or the result came from a
            file without its cohort.
        """
        return equity.fairness(self.view, self.candidates, by)

    def changes_from(self, first: "Result") -> Changes:
        """Say who moved since another result, who gained and lost, and what it cost.

        Pairs are judged by the policy of this result, as far as it knows them.
        """
        return changes(first.view, self.view)

    def sensitivity(self) -> Sensitivity:
        """Say how far each weight can move, the others staying, before another matching is better.

        What counts are the goals up to the points; at the ends of an interval another
        matching is as good. Also which pairs stay when any weight moves by 10 or 25 percent.
        Limits that no flow holds are left aside: with them an interval may be wider than said.

        Raises
        ------
        ParticipantError
            When the result isn't proven by the prices of a flow, or came from a file
            without its cohort.
        PolicyError
            When the policy counts no points, or fairness before them.
        """
        return sensitivity(self.view, self.seed)

    def _form_of(self, mentor: str, mentee: str) -> str | None:
        """Return the form of a pair that was made."""
        for pair in self.matching.pairs:
            if (pair.mentor, pair.mentee) == (mentor, mentee):
                return pair.form
        return None

    def write(self, path: str | Path, lang: Language = "en") -> None:
        """Write the pairs with their reasons, who is left, and a summary as an XLSX workbook.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        report.write_workbook(path, self.view, lang)

    def report(
        self,
        path: str | Path,
        lang: Language = "ru",
        *,
        names: KeyFile | str | Path | None = None,
        title: str | None = None,
        advice: bool = True,
    ) -> None:
        """Write a page to read and to print: pairs with reasons, who is left, who fares how.

        One HTML file that loads nothing and runs nothing.

        Parameters
        ----------
        path
            Where to write it.
        lang
            The language.
        names
            The key file, or where it lies, to have names instead of codes. Whoever isn't in
            it stands by code.
        title
            What stands above the page.
        advice
            Say as well what would help those without a mentor, who could step in for whom,
            and whom to recruit: of a proven optimum, and all of it by solving again.

        Raises
        ------
        IntakeError
            When the key file isn't there, or can't be used.
        OSError
            When the folder can't be written.
        """
        keys = names if names is None or isinstance(names, KeyFile) else KeyFile.existing(names)
        graph = self.view.graph
        found = None if graph is None else equity.fairness(self.view, graph, None)
        page = webpage.Page(
            self.view,
            lang,
            title,
            keys,
            self.conflict,
            found,
            self._advice() if advice and graph is not None and not self.view.unproven else None,
        )
        write_atomically(path, webpage.html(page).encode())

    def _advice(self) -> webpage.Advice:
        """Answer what a page says beyond the matching itself."""
        some = self.matching.unmatched[: webpage.ADVISED]
        reserves = self.reserves()
        columns = (reserves[name].tolist() for name in ("mentor", "mentee", "reserve"))
        return webpage.Advice(
            {code: self.why_unmatched(code) for code in some},
            list(zip(*columns, strict=True)),
            self.recruitment(),
        )

    def save(self, path: str | Path) -> None:
        """Write everything needed to check the result later, as JSON, in one step.

        The same result gives the same bytes. Above two million candidate pairs the scores
        are left out, and reading the file takes the cohort.

        Raises
        ------
        OSError
            When the folder can't be written.
        """
        result_file.save(path, self.view, self.seed)

    @classmethod
    def load(cls, path: str | Path, cohort: Cohort | None = None) -> Self:
        """Read a result that was saved.

        Parameters
        ----------
        path
            The file.
        cohort
            The people it was made of, to score and explain pairs again.

        Raises
        ------
        IntakeError
            When the file isn't a result, is damaged or of another cohort, or holds no
            scores and no cohort is given.
        """
        return cls(*result_file.load(path, cohort))

    def __repr__(self) -> str:
        return (
            f"Result({self.status}, {len(self.matching.pairs)} pairs, "
            f"{len(self.matching.unmatched)} unmatched, {self.proof})"
        )

    def _repr_html_(self) -> str:
        return report.html(self.view, self.summary())


def _pairs(question: Question, chosen: Int64) -> tuple[list[Pair], list[int]]:
    """Name the chosen pairs, in the order of codes, with their places in the problem."""
    graph, problem = question.graph, question.problem
    forms = [form.id for form in graph.policy.forms]
    columns = (problem.mentor, problem.mentee, question.form, question.points)
    named = [
        (Pair(graph.mentors[mentor], graph.mentees[mentee], forms[form], points), place)
        for mentor, mentee, form, points, place in zip(
            *(column[chosen].tolist() for column in columns), chosen.tolist(), strict=True
        )
    ]
    named.sort(key=lambda entry: (entry[0].mentor, entry[0].mentee))
    return [pair for pair, _ in named], [place for _, place in named]

"""Why a pair is worth its points, and why another pair was not made."""

from dataclasses import dataclass
from html import escape
from typing import Literal

from mentormatch.analysis.cost import Cost, Move
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.graph.verdicts import Objection, Verdict
from mentormatch.messages import Language, percent, text
from mentormatch.policy.criteria import Criterion, Evidence, Match
from mentormatch.questionnaire import Label, Questionnaire


@dataclass(frozen=True, slots=True)
class Share:
    """What one criterion adds to the points of a pair.

    Parameters
    ----------
    criterion
        Id of the criterion.
    label
        What people read instead.
    weight
        Its weight in the pair's form, in thousandths.
    evidence
        The raw score and what it rests on.
    """

    criterion: str
    label: Label
    weight: int
    evidence: Evidence

    @property
    def points(self) -> int:
        """Weight times raw score."""
        return self.weight * self.evidence.raw


@dataclass(frozen=True, slots=True)
class Explanation:
    """The points of one pair, criterion by criterion, from what really matched.

    Parameters
    ----------
    mentor, mentee
        Their codes.
    form
        Id of the form they meet in.
    label
        The form's wording.
    shares
        What each criterion adds, the greatest first.
    questionnaire
        Where the wording of questions and options stands.
    """

    mentor: str
    mentee: str
    form: str
    label: Label
    shares: tuple[Share, ...]
    questionnaire: Questionnaire

    @property
    def points(self) -> int:
        """Points of the pair."""
        return sum(share.points for share in self.shares)

    @property
    def maximum(self) -> int:
        """The most points a pair can have in this form."""
        return 1000 * sum(share.weight for share in self.shares)

    @property
    def answered(self) -> tuple[int, int]:
        """How much of the weight rests on answers, and how much weight there is."""
        whole = sum(share.weight for share in self.shares)
        return sum(share.weight for share in self.shares if share.evidence.answered), whole

    def text(self, lang: Language = "en") -> str:
        """Say it in words: one line for the pair, one per criterion."""
        title = text(
            "explain.title",
            lang,
            mentor=self.mentor,
            mentee=self.mentee,
            form=self.label.text(lang),
            percent=percent(self.points, self.maximum, lang),
        )
        return "\n".join([title, *(f"- {self._line(share, lang)}" for share in self.shares)])

    def reasons(self, lang: Language = "en") -> str:
        """Name what matched in a few words, for a table."""
        return "; ".join(
            share.label.text(lang) + (f": {found}" if (found := self._found(share, lang)) else "")
            for share in self.shares
            if share.points and share.evidence.answered
        )

    def _line(self, share: Share, lang: Language) -> str:
        found = self._found(share, lang)
        if not share.evidence.answered:
            found = text("explain.unanswered", lang)
        elif share.evidence.note == "no-request":
            found = text("explain.no-request", lang)
        return text(
            "explain.share" if found else "explain.bare-share",
            lang,
            label=share.label.text(lang),
            percent=percent(share.points, self.maximum, lang),
            most=percent(1000 * share.weight, self.maximum, lang),
            found=found,
        )

    def _found(self, share: Share, lang: Language) -> str:
        return ", ".join(self._match(match, lang) for match in share.evidence.matched)

    def _match(self, match: Match, lang: Language) -> str:
        if self.questionnaire.kind_of(match.field) == "people":
            return text(f"explain.choice.{match.option}", lang)
        labels = {option.id: option.label for option in self.questionnaire.options(match.field)}
        label = labels.get(match.option)
        words = match.option if label is None else label.text(lang)
        if match.importance is None or match.confidence is None:
            return words
        return text(
            "explain.levels",
            lang,
            option=words,
            importance=match.importance,
            confidence=match.confidence,
        )

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


Why = Literal["chosen", "not-chosen", "banned", "below-floor", "forbidden", "no-form"]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a pair was not made.

    Parameters
    ----------
    mentor, mentee
        Their codes.
    why
        ``chosen`` if it was made after all; ``not-chosen`` if it was allowed; otherwise
        what stands against it.
    objections
        The rules that forbid it, in each form that could join the two.
    possible
        Whether any matching that keeps all limits has the pair - or does without it, if
        it was made; None where that is not known.
    cost
        What that matching would lose, and who would be displaced; None where it is not
        known.
    """

    mentor: str
    mentee: str
    why: Why
    objections: tuple[Objection, ...] = ()
    possible: bool | None = None
    cost: Cost | None = None

    @property
    def regret(self) -> tuple[int, ...] | None:
        """How much each goal would lose; None where it is impossible or not known."""
        return None if self.cost is None else self.cost.regret

    @property
    def chain(self) -> tuple[Move, ...]:
        """What would change for whom, the mentee of the pair first."""
        return () if self.cost is None else self.cost.chain

    def reasons(self, lang: Language = "en") -> tuple[str, ...]:
        """Say each different reason once; confidential ones are all the same sentence."""
        return tuple(dict.fromkeys(objection.reason(lang) for objection in self.objections))

    def text(self, lang: Language = "en") -> str:
        """Say it in words."""
        key = self.why if self.why == "chosen" or self.possible is None else self._fate
        lines = [text(f"why-not.{key}", lang, mentor=self.mentor, mentee=self.mentee)]
        lines += [f"- {reason}" for reason in self.reasons(lang)]
        if self.why == "chosen" and self.possible is not None:
            lines.append(text(f"why-not.without.{self._fate}", lang))
        if self.cost is not None:
            lines.append(self.cost.text(lang))
        return "\n".join(lines)

    @property
    def _fate(self) -> str:
        if self.cost is None:
            return "impossible"
        return "as-good" if self.cost.free else "worse"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def explain(graph: CandidateGraph, mentor: str, mentee: str, form: int) -> Explanation:
    """Explain the points of a pair in a form, by position in the policy.

    Raises
    ------
    ParticipantError
        When a code is unknown or not in that role.
    """
    policy = graph.policy
    evidence = graph.evidence(mentor, mentee)
    shares = [
        Share(criterion.id, label_of(criterion), weight, evidence[criterion.id])
        for criterion, weight in zip(policy.criteria, policy.weights[form].tolist(), strict=True)
        if weight
    ]
    shares.sort(key=lambda share: (-share.points, -share.weight))
    return Explanation(
        mentor,
        mentee,
        policy.forms[form].id,
        policy.forms[form].label,
        tuple(shares),
        graph.cohort.questionnaire,
    )


def label_of(criterion: Criterion) -> Label:
    """Return what people read for a criterion."""
    return criterion.label or Label(ru=criterion.id, en=criterion.id)


def why_not(graph: CandidateGraph, mentor: str, mentee: str, *, chosen: bool) -> WhyNot:
    """Say what stands against a pair.

    Parameters
    ----------
    graph
        The candidates, under the policy that asked.
    mentor, mentee
        Their codes.
    chosen
        Whether the pair was made.

    Raises
    ------
    ParticipantError
        When a code is unknown or not in that role.
    """
    verdict = graph.forbidden_by(mentor, mentee)
    why = "chosen" if chosen else _why(graph, mentor, mentee, verdict)
    return WhyNot(mentor, mentee, why, verdict.objections if why == "forbidden" else ())


def _why(graph: CandidateGraph, mentor: str, mentee: str, verdict: Verdict) -> Why:
    if not verdict.joined:
        return "no-form"
    edge = graph.edge(mentor, mentee)
    if edge is None:
        return "forbidden"
    if any((ban.mentor, ban.mentee) == (mentor, mentee) for ban in graph.policy.limits.bans):
        return "banned"
    return "not-chosen" if graph.above_floor[edge] else "below-floor"

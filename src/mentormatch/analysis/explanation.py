"""Why a pair is worth its points, and why another pair was not made."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

from mentormatch.analysis.cost import Cost, Move
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.graph.verdicts import Objection, Verdict
from mentormatch.messages import Language, percent, text
from mentormatch.participant import Role
from mentormatch.policy.criteria import Criterion, Evidence, Match, Serves
from mentormatch.questionnaire import Label, Questionnaire

By = Literal["criterion", "person"]
"""Two ways to tell the same."""


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
    serves
        Whose wish the criterion is about: "mentee", "mentor" or "both".
    """

    criterion: str
    label: Label
    weight: int
    evidence: Evidence
    serves: Serves = "both"

    @property
    def points(self) -> int:
        """Weight times raw score."""
        return self.weight * self.evidence.raw


@dataclass(frozen=True, slots=True)
class Finding:
    """What matched in one criterion: the criterion's id, its wording and the matches."""

    criterion: str
    label: Label
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Perspective:
    """A pair as one of its two people sees it.

    Parameters
    ----------
    person
        Their code.
    role
        ``mentor`` or ``mentee``.
    gets
        Which of their own wishes the other meets.
    brings
        Which of the other's wishes they meet.
    shares
        What the two have in common.
    lacks
        What they asked for and the other doesn't offer.
    """

    person: str
    role: Role
    gets: tuple[Finding, ...]
    brings: tuple[Finding, ...]
    shares: tuple[Finding, ...]
    lacks: tuple[Finding, ...]


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

    @property
    def by_person(self) -> tuple[Perspective, Perspective]:
        """The same evidence as the mentor sees it, and as the mentee does."""
        return self._seen_by("mentor"), self._seen_by("mentee")

    def _seen_by(self, role: Role) -> Perspective:
        other: Role = "mentee" if role == "mentor" else "mentor"
        return Perspective(
            self.mentor if role == "mentor" else self.mentee,
            role,
            gets=self._findings(role),
            brings=self._findings(other),
            shares=self._findings("both"),
            lacks=tuple(
                Finding(share.criterion, share.label, share.evidence.unmet)
                for share in self.shares
                if share.serves == role and share.evidence.unmet
            ),
        )

    def _findings(self, serves: Serves) -> tuple[Finding, ...]:
        """List what matched of one side's wishes, or of what both have in common."""
        found = (
            Finding(
                share.criterion,
                share.label,
                tuple(
                    match
                    for match in share.evidence.matched
                    if self._serves(share, match) == serves
                ),
            )
            for share in self.shares
        )
        return tuple(finding for finding in found if finding.matches)

    def _serves(self, share: Share, match: Match) -> Serves:
        """Say whose wish a match is about; a choice is the wish of whoever made it."""
        if self._is_choice(match) and match.option != "mutual":
            return "mentor" if match.option == "mentor" else "mentee"
        return share.serves

    def _is_choice(self, match: Match) -> bool:
        return self.questionnaire.kind_of(match.field) == "people"

    def text(self, lang: Language = "en", by: By = "criterion") -> str:
        """Say it in words.

        Parameters
        ----------
        lang
            The language.
        by
            ``criterion``: a line for each with its points and what matched; ``person``:
            what each of the two gets, what they have in common, and what is left open.
        """
        title = text(
            "explain.title",
            lang,
            mentor=self.mentor,
            mentee=self.mentee,
            form=self.label.text(lang),
            percent=percent(self.points, self.maximum, lang),
        )
        lines = (
            [self._line(share, lang) for share in self.shares]
            if by == "criterion"
            else self.personal(lang)
        )
        return "\n".join([title, *(f"- {line}" for line in lines)])

    def personal(self, lang: Language = "en") -> list[str]:
        """Say what each of the two gets, what they have in common, and what is left open."""
        mentor, mentee = self.by_person
        parts = {
            "brings": mentor.brings,
            "returns": mentor.gets,
            "shares": mentor.shares,
            "lacks": mentee.lacks,
        }
        lines = [
            text(
                f"explain.person.{name}",
                lang,
                mentor=self.mentor,
                mentee=self.mentee,
                found="; ".join(self._said(finding, lang) for finding in findings),
            )
            for name, findings in parts.items()
            if findings
        ]
        return lines or [text("explain.nothing", lang)]

    def _said(self, finding: Finding, lang: Language) -> str:
        return text(
            "explain.person.finding",
            lang,
            label=finding.label.text(lang),
            found=self._words(finding.matches, lang),
        )

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
        words = self._words(share.evidence.matched, lang)
        missed = self._words(share.evidence.unmet, lang)
        if not missed:
            return words
        missed = text("explain.unmet", lang, found=missed)
        return f"{words}; {missed}" if words else missed

    def _words(self, matches: Sequence[Match], lang: Language) -> str:
        """Say what matched; numbers that stand alike to each other in one breath."""
        said: list[str] = []
        for word, group in groupby(matches, self._relation):
            if word is None:
                said += (self._match(match, lang) for match in group)
            else:
                labels = (self.questionnaire.label(match.field, lang) for match in group)
                fields = (text("explain.numbers.field", lang, label=label) for label in labels)
                said.append(text(f"explain.numbers.{word}", lang, fields=", ".join(fields)))
        return ", ".join(said)

    def _relation(self, match: Match) -> str | None:
        """Say how two numbers stand to each other; None where it is about something else."""
        is_number = self.questionnaire.kind_of(match.field) in {"scale", "number", "date"}
        return match.option if is_number else None

    def _match(self, match: Match, lang: Language) -> str:
        if self._is_choice(match):
            return text(
                f"explain.choice{'' if self._rank(match) is None else '-by-rank'}.{match.option}",
                lang,
                rank=self._rank(match),
                mentee_rank=match.importance,
                mentor_rank=match.confidence,
            )
        labels = {option.id: option.label for option in self.questionnaire.options(match.field)}
        label = labels.get(match.option)
        words = match.option if label is None else label.text(lang)
        if match.importance is None:
            return words
        if match.confidence is None:
            return text("explain.level", lang, option=words, importance=match.importance)
        return text(
            "explain.levels",
            lang,
            option=words,
            importance=match.importance,
            confidence=match.confidence,
        )

    def _rank(self, match: Match) -> int | None:
        return match.confidence if match.option == "mentor" else match.importance

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
    return next(explain_all(graph, [(mentor, mentee)], [form]))


def explain_all(
    graph: CandidateGraph, pairs: Sequence[tuple[str, str]], forms: Iterable[int]
) -> Iterator[Explanation]:
    """Explain the points of many pairs (mentor, mentee), each in its form; see :func:`explain`.

    Raises
    ------
    ParticipantError
        When a code is unknown or not in that role.
    """
    policy = graph.policy
    weights = policy.weights.tolist()
    labels = [label_of(criterion) for criterion in policy.criteria]
    for (mentor, mentee), form, evidence in zip(pairs, forms, graph.evidences(pairs), strict=True):
        shares = [
            Share(criterion.id, label, weight, evidence[criterion.id], criterion.serves)
            for criterion, label, weight in zip(policy.criteria, labels, weights[form], strict=True)
            if weight
        ]
        shares.sort(key=lambda share: (-share.points, -share.weight))
        yield Explanation(
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

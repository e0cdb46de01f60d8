"""The monitoring report in two stages (D-MON): how good the programme is, and what has grown.

Every sentence comes from a figure: of the register, of the roadmap, of the surveys. What people
answered is kept back where fewer stand behind it than :data:`SMALLEST`; what can't be computed
is said to be so, and lines are left for what only the curator knows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from mentormatch.documents.papers.findings import RUNNING_OUT, Findings, is_restricted
from mentormatch.documents.papers.heads import Head, head_of, unbroken
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.files import safe_name
from mentormatch.messages import day, decimal, has, long_day, percent, text
from mentormatch.participant import Role
from mentormatch.privacy.small_cells import SMALLEST, suppress
from mentormatch.programme.diagnostics import Shift
from mentormatch.programme.plans import GOAL
from mentormatch.programme.status import SEEN_THROUGH
from mentormatch.roadmap.indicators import Indicator
from mentormatch.roadmap.measures import SATISFIED
from mentormatch.roadmap.standing import OccurrenceStatus
from mentormatch.spreadsheet import printable

_WISHES: Final = ("continue_yes", "become_mentor_yes")


@dataclass(frozen=True, slots=True)
class Index:
    """A figure of the first stage: what it is, what it comes to, and on how many it rests."""

    name: str
    value: str
    remark: str


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator of the roadmap: its id, what it measures, plan, fact, and whether it is met."""

    id: str
    title: str
    plan: str
    fact: str
    standing: str


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave of diagnostics: how many were asked, and how many answered."""

    wave: str
    day: str
    asked: str
    answered: str
    share: str


@dataclass(frozen=True, slots=True)
class Movement:
    """How the answers of a group have moved; dashes where the group is too small.

    Parameters
    ----------
    role, indicator
        Of whom, and to what.
    count
        How many people answered both times.
    before, after, change
        Means of both times, and the mean difference.
    up, same, down
        How many people went where.
    effect
        The standardised mean difference with its 95 % interval.
    """

    role: str
    indicator: str
    count: str
    before: str
    after: str
    change: str
    up: str
    same: str
    down: str
    effect: str


@dataclass(frozen=True, slots=True)
class Monitoring(Head):
    """What the report says.

    Parameters
    ----------
    day, period
        Of which day it is, and of what time.
    strengths, weaknesses, opportunities, threats
        The four parts of the SWOT table, a sentence each.
    indices
        Satisfaction, engagement, meetings, plans.
    gaps
        What was expected in the first survey, and what the final one says of it.
    targets
        The indicators of the roadmap.
    waves, movements
        The waves of diagnostics, and what has changed from the first answer to the last.
    caution
        What the figures don't tell.
    notes
        What couldn't be said, and why.
    advice
        What follows from what is not met.
    """

    day: str
    period: str
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    opportunities: tuple[str, ...]
    threats: tuple[str, ...]
    indices: tuple[Index, ...]
    gaps: tuple[Movement, ...]
    targets: tuple[Target, ...]
    waves: tuple[WaveRow, ...]
    movements: tuple[Movement, ...]
    caution: str
    notes: tuple[str, ...]
    advice: tuple[str, ...]


MONITORING: Final = TemplateKind(
    "monitoring-report",
    Monitoring,
    frozenset({"day", "period", "indices.value", "targets.fact", "caution"}),
)


def monitoring_report(sources: Sources) -> Iterator[Paper]:
    """Write the monitoring report of the day (D-MON).

    Raises
    ------
    DocumentError
        When a template of the school's own can't be used.
    """
    name = text("document.file.D-MON", sources.lang, day=sources.on.isoformat())
    template = MONITORING.of(sources.templates, sources.lang)
    content = template.render(monitoring_contents(sources))
    yield Paper("D-MON", f"{safe_name(name)}.docx", content)


def monitoring_contents(sources: Sources) -> Monitoring:
    """Say what stands in the report of a day."""
    return _Report(sources).report()


class _Report(Findings):
    """Words for what was found."""

    def report(self) -> Monitoring:
        sources, lang = self.sources, self.sources.lang
        roadmap = sources.roadmap
        until = min(sources.on, roadmap.ends)
        return Monitoring(
            **head_of(sources),
            day=long_day(sources.on, lang),
            period=self.say("period", starts=day(roadmap.starts, lang), ends=day(until, lang)),
            strengths=tuple(self.strengths()),
            weaknesses=tuple(self.weaknesses()),
            opportunities=tuple(self.opportunities()),
            threats=tuple(self.threats()),
            indices=tuple(self.indices()),
            gaps=tuple(
                self.movement(gap.role, self.gap_label(gap.later), gap.shift)
                for gap in self.surveys.gaps
            ),
            targets=tuple(self.target(it) for it in self.indicators),
            waves=tuple(self.waves()),
            movements=tuple(self.movements()),
            caution=self.say("caution"),
            notes=tuple(self.notes()),
            advice=tuple(self.advice()),
        )

    # --- figures of both stages -----------------------------------------------------------------

    def indices(self) -> Iterator[Index]:
        lang = self.sources.lang
        for role, (mean, count) in self.satisfaction.items():
            few = count < SMALLEST
            value = "—" if few else self.say("of-ten", mean=decimal(float(mean), lang, 1))
            remark = self.say("few", least=SMALLEST) if few else self.say("answered", count=count)
            yield Index(self.say(f"index.satisfaction.{role}"), value, remark)
        if not self.satisfaction:
            yield Index(self.say("index.satisfaction.all"), "—", self.say("no-survey"))
        for name, (part, whole) in (("engaged", self.engaged), ("meetings", self.meetings)):
            yield self.share(name, part, whole)
        readings = self.now.readings
        yield self.share("plans", readings.reached, readings.plans)
        yield Index(
            self.say("index.at-risk"),
            str(len(self.now.at_risk)),
            self.say("of-running", count=self.now.pairs["running"]),
        )

    def share(self, name: str, part: int, whole: int) -> Index:
        if not whole:
            return Index(self.say(f"index.{name}"), "—", self.say("nothing-yet"))
        value = unbroken(percent(part, whole, self.sources.lang))
        return Index(self.say(f"index.{name}"), value, self.say("of", part=part, whole=whole))

    def target(self, it: Indicator) -> Target:
        lang = self.sources.lang
        least = f"{it.threshold}\N{NO-BREAK SPACE}%" if it.is_share else str(it.threshold)
        return Target(
            id=it.id,
            title=unbroken(printable(it.target.title.text(lang))),
            plan="—" if it.threshold is None else self.say("least", least=least),
            fact=unbroken(it.figure(lang)),
            standing=self.say("early")
            if it.id in self.early
            else text(f"indicator.status.{it.status}", lang),
        )

    def waves(self) -> Iterator[WaveRow]:
        lang = self.sources.lang
        for wave in self.surveys.waves:
            asked = len(wave.expected)
            answered = asked - len(wave.missing)
            share = unbroken(percent(answered, asked, lang)) if asked else "—"
            yield WaveRow(wave.id, day(wave.day, lang), str(asked), str(answered), share)

    def movements(self) -> Iterator[Movement]:
        compared = self.surveys.compared
        if compared is not None:
            forms = [wave.answers.questionnaire for wave in compared.waves]
            for total in compared.totals:
                restricted = any(is_restricted(form, total.indicator) for form in forms)
                if restricted or not total.shift.count:
                    continue
                label = printable(compared.label(total.indicator, self.sources.lang))
                yield self.movement(total.role, label, total.shift)

    def movement(self, role: Role, label: str, shift: Shift) -> Movement:
        lang = self.sources.lang
        named = text(f"diagnostics.role.{role}", lang)
        if shift.mean is None or shift.before is None or shift.after is None:
            few = self.say("fewer", least=SMALLEST) if shift.count else "0"
            return Movement(named, label, few, *("—",) * 7)
        effect = "—"
        if shift.effect is not None and shift.low is not None and shift.high is not None:
            ends = (decimal(it, lang, 2, signed=True) for it in (shift.low, shift.high))
            spread = ";\N{NO-BREAK SPACE}".join(ends)
            effect = f"{decimal(shift.effect, lang, 2, signed=True)} [{spread}]"
        return Movement(
            named,
            label,
            str(shift.count),
            decimal(shift.before, lang, 2),
            decimal(shift.after, lang, 2),
            decimal(shift.mean, lang, 2, signed=True),
            *_shown((shift.up or 0, shift.same or 0, shift.down or 0)),
            effect,
        )

    def gap_label(self, later: str) -> str:
        final = self.surveys.surveys.final if self.surveys.surveys is not None else None
        assert final is not None
        return printable(final.questionnaire.label(later, self.sources.lang))

    # --- SWOT -----------------------------------------------------------------------------------

    def measured(self, it: Indicator) -> str:
        """Say what an indicator comes to."""
        title = printable(it.target.title.text(self.sources.lang))
        return unbroken(f"{it.id}. {title}: {it.figure(self.sources.lang)}.")

    def strengths(self) -> Iterator[str]:
        yield from (self.measured(it) for it in self.indicators if it.status == "met")
        yield from self.judged(good=True)
        if not self.sources.status.with_progress("overdue"):
            yield self.say("swot.nothing-overdue")

    def weaknesses(self) -> Iterator[str]:
        yield from (self.measured(it) for it in self.unmet)
        yield from self.judged(good=False)
        if self.now.at_risk:
            yield self.say("swot.at-risk", count=len(self.now.at_risk))
        early = sum(
            count for reason, count in self.now.endings.items() if reason not in SEEN_THROUGH
        )
        if early:
            yield self.say("swot.ended-early", count=early)
        overdue = self.sources.status.with_progress("overdue")
        if overdue:
            yield self.say("swot.overdue", count=len(overdue), rows=_rows(overdue))

    def judged(self, *, good: bool) -> Iterator[str]:
        """Say what was good of satisfaction, meetings and expectations, or what wasn't."""
        lang = self.sources.lang
        for role, (mean, count) in self.satisfaction.items():
            if count >= SMALLEST and (mean >= SATISFIED) is good:
                written = decimal(float(mean), lang, 1)
                yield self.say(f"swot.satisfaction.{role}", mean=written, cut=SATISFIED)
        held, to_be = self.meetings
        if to_be and (Fraction(held, to_be) >= GOAL) is good:
            share = percent(held, to_be, lang)
            yield self.say("swot.meetings", held=held, planned=to_be, share=share)
        means = [it.shift.mean for it in self.surveys.gaps if it.shift.mean is not None]
        found = sum((mean >= 0) is good for mean in means)
        if found:
            key = "swot.expectations-met" if good else "swot.expectations-missed"
            yield self.say(key, count=found, whole=len(means))

    def opportunities(self) -> Iterator[str]:
        if self.reserve:
            yield self.say("swot.reserve", count=len(self.reserve))
        final = self.surveys.surveys.final if self.surveys.surveys is not None else None
        for wish in _WISHES:
            column = None if final is None else final.columns.get(wish)
            if final is None or column is None or is_restricted(final.questionnaire, wish):
                continue
            told = [column.cell(row) for row in range(len(final))]
            yes, said = sum(it is True for it in told), sum(it is not None for it in told)
            if yes >= SMALLEST and (said == yes or said - yes >= SMALLEST):
                yield self.say(f"swot.{wish}", count=yes, whole=said)
        for label, asking, offering in self.requests:
            if offering >= SMALLEST and offering >= asking:
                yield self.say("swot.request-can-be-met", request=label, count=asking)

    def threats(self) -> Iterator[str]:
        if self.waiting:
            yield self.say("swot.waiting", count=len(self.waiting))
        for label, asking, offering in self.requests:
            if offering < SMALLEST:
                few = self.say("fewer", least=SMALLEST) if offering else "0"
                yield self.say("swot.request-unmet", request=label, count=asking, offering=few)
            elif offering < asking:
                yield self.say("swot.request-unmet", request=label, count=asking, offering=offering)
        blocked = self.sources.status.with_progress("blocked")
        if blocked:
            yield self.say("swot.blocked", count=len(blocked), rows=_rows(blocked))
        ended, ending = self.consents
        if ended:
            yield self.say("swot.consents-ended", count=ended)
        if ending:
            yield self.say("swot.consents-ending", count=ending, days=RUNNING_OUT)

    # --- what follows -----------------------------------------------------------------------------

    def notes(self) -> Iterator[str]:
        lang = self.sources.lang
        for it in self.indicators:
            if it.status == "not_computable" and it.why_not is not None:
                yield self.say("note.unknown", id=it.id, problem=it.why_not.problem(lang))
        yield from self.surveys.notes
        if self.surveys.compared is None or len(self.surveys.waves) < 2:
            yield self.say("note.one-wave")
        if not self.surveys.gaps:
            yield self.say("note.no-gaps")

    def advice(self) -> Iterator[str]:
        """Say what to do about each thing that isn't as it should be."""
        lang = self.sources.lang
        for it in self.unmet:
            key = f"advice.{it.id}"
            known = has(f"monitoring.{key}")
            title = printable(it.target.title.text(lang))
            said = self.say(key) if known else self.say("advice.other", title=title)
            yield f"{it.id}. {said}"
        blank = [it.id for it in self.indicators if it.status == "threshold_missing"]
        if blank:
            yield self.say("advice.thresholds", ids=", ".join(blank))
        for it in self.indicators:
            if it.status == "not_computable" and it.why_not is not None:
                yield self.say("advice.data", id=it.id, remedy=it.why_not.remedy(lang))
        for progress in ("overdue", "blocked"):
            rows = self.sources.status.with_progress(progress)
            if rows:
                yield self.say(f"advice.{progress}", rows=_rows(rows))
        if self.waiting:
            yield self.say("advice.waiting", waiting=len(self.waiting), reserve=len(self.reserve))
        if self.now.at_risk:
            yield self.say("advice.at-risk", count=len(self.now.at_risk))
        if any(self.consents):
            yield self.say("advice.consents")
        if any(it.shift.mean is not None and it.shift.mean < 0 for it in self.surveys.gaps):
            yield self.say("advice.expectations")


def _rows(occurrences: Iterable[OccurrenceStatus]) -> str:
    """Name the rows of occurrences, each once."""
    return ", ".join(dict.fromkeys(it.activity.id for it in occurrences))


def _shown(counts: tuple[int, int, int]) -> tuple[str, str, str]:
    """Hide what is too small among three counts whose sum is known, and what would give it away."""
    import pandas as pd  # noqa: PLC0415 - heavy

    shown = suppress(pd.DataFrame([counts])).iloc[0]
    first, second, third = ("—" if pd.isna(it) else str(it) for it in shown)
    return first, second, third

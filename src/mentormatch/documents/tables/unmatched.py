"""The list of mentees without a mentor: why, and what would help. For the curator only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from mentormatch.analysis.report import unmatched_reasons
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.sheets import Row, paper, printed
from mentormatch.errors import ParticipantError
from mentormatch.messages import day, text
from mentormatch.programme.facts import Reason, RoundMade
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.status import SEEN_THROUGH
from mentormatch.roadmap.evidence import active
from mentormatch.webpage import ADVISED

if TYPE_CHECKING:
    from mentormatch.answers.shortage import WhyUnmatched
    from mentormatch.result import Result

_COLUMNS: Final = {"number": 5, "code": 11, "since": 11, "why": 70, "help": 70}


def unmatched_list(sources: Sources) -> Iterator[Paper]:
    """Make the list of mentees who take part and are in no pair or group, by code.

    The reasons are those of the newest round, in the words of ``result.why_unmatched``. What
    is confidential is one sentence for all, and what a change would bring isn't said: it
    would tell who comes first. Whoever has been through the programme waits for the next
    round, and is counted only.
    """
    state, on, lang = sources.state, sources.on, sources.lang
    waiting = [
        person
        for person in sorted(state.people.values(), key=lambda each: each.code)
        if "mentee" in person.roles and active(person, on) and not _is_placed(sources, person.code)
    ]
    reasons = _Reasons(sources)
    through = [person for person in waiting if reasons.has_been_through(person.code)]
    listed = [person for person in waiting if person not in through]
    rows: list[Row] = []
    for place, person in enumerate(listed, 1):
        why, remedy = reasons.of(person.code)
        rows.append(
            {
                "number": place,
                "code": person.code,
                "since": person.since,
                "why": why,
                "help": remedy,
            }
        )
    notes = [text("tables.internal", lang)]
    if reasons.newest is not None:
        made = reasons.newest
        notes.append(text("tables.by-round", lang, round=made.round, on=day(made.on, lang)))
    if through:
        notes.append(text("tables.been-through", lang, count=len(through)))
    yield paper(sources, "D-UNM", [printed(sources, "unmatched", _COLUMNS, rows, notes=notes)])


def _is_placed(sources: Sources, code: str) -> bool:
    return any(pair.open and code in pair.mentees for pair in sources.state.pairs.values())


@dataclass(frozen=True)
class _Reasons:
    """Why mentees have no mentor, by the newest round and by what has happened since."""

    sources: Sources

    @cached_property
    def newest(self) -> RoundMade | None:
        """The newest round."""
        rounds = [it for it in self.sources.state.rounds.values() if it.on <= self.sources.on]
        return rounds[-1] if rounds else None

    @cached_property
    def result(self) -> "Result | None":
        """What came of it, if that is still there."""
        return None if self.newest is None else self.sources.result_of(self.newest.result)

    @cached_property
    def in_short(self) -> dict[str, str]:
        """The reasons in a few words, by code; none where nothing is left of the round."""
        if self.result is None:
            return {}
        return dict(unmatched_reasons(self.result.view, self.sources.lang))

    @cached_property
    def joining(self) -> dict[str, str]:
        """Into which groups the newest round would have people come, by their codes."""
        return {who: each.pair for each in self.sources.state.joining() for who in each.mentees}

    @cached_property
    def explained(self) -> frozenset[str]:
        """Whose reasons are looked for by solving again; of many mentees, the first ones."""
        return frozenset(() if self.newest is None else sorted(self.newest.unmatched)[:ADVISED])

    def has_been_through(self, code: str) -> bool:
        """Tell whether somebody's last pair has come to its end, and none was looked for since."""
        last = self._last_pair(code)
        if last is None or self._left_over(code, last):
            return False
        return _reason(last, code) in SEEN_THROUGH

    def of(self, code: str) -> tuple[str, str]:
        """Say why somebody has no mentor, and what would help."""
        lang, last = self.sources.lang, self._last_pair(code)
        again = text("tables.match-again", lang)
        if code in self.joining:
            return text("tables.joins", lang, pair=self.joining[code]), text("tables.join", lang)
        if last is None and (self.newest is None or not self._left_over(code, None)):
            return text("tables.not-yet-matched", lang), again
        if self._left_over(code, last):
            return self._by_the_round(code)
        assert last is not None
        if last.ordered is None:
            return text("tables.not-accepted", lang), again
        ended = last.departed[code].until if code in last.departed else last.closed
        return text("tables.ended-on", lang, on="" if ended is None else day(ended, lang)), again

    def _left_over(self, code: str, last: PairLife | None) -> bool:
        """Tell whether the newest round left somebody without a mentor, and nothing came after."""
        made = self.newest
        if made is None or code not in made.unmatched:
            return False
        return last is None or last.proposed <= made.on

    def _last_pair(self, code: str) -> PairLife | None:
        pairs = [
            pair
            for pair in self.sources.state.pairs.values()
            if code in (*pair.mentees, *pair.departed) and pair.proposed <= self.sources.on
        ]
        return max(pairs, key=lambda pair: (pair.proposed, pair.pair), default=None)

    def _by_the_round(self, code: str) -> tuple[str, str]:
        """Say it as the round's result does, or as far as that still can."""
        lang = self.sources.lang
        if self.result is not None and code in self.explained:
            try:
                return _worded(self.result.why_unmatched(code), self.sources)
            except ParticipantError:
                pass  # not proven, or the answers are gone
        short = self.in_short.get(code) or text("tables.no-result", lang)
        groups = self.result is not None and bool(self.result.policy.couples)
        return short, text(f"tables.{'try' if groups else 'ask-why'}", lang, code=code)


def _worded(why: "WhyUnmatched", sources: Sources) -> tuple[str, str]:
    """Put an explanation in two cells, without what anything would cost or bring.

    Of confidential rules not even how many mentors they keep away.
    """
    lang = sources.lang
    no_remedy = text("unmatched.no-repairs", lang)
    open_ones = tuple(hurdle for hurdle in why.hurdles if hurdle.rule is not None)
    said = replace(why, cost=None, repairs=(), hurdles=open_ones).text(lang)
    reasons = [line for line in said.splitlines() if line != no_remedy]
    if len(open_ones) < len(why.hurdles):
        reasons.append(f"- {text('policy.reason.confidential', lang)}")
    remedies = [f"- {replace(it, gain=None).text(lang)}" for it in why.repairs]
    return "\n".join(reasons), "\n".join(remedies) or no_remedy


def _reason(pair: PairLife, code: str) -> Reason | None:
    """Return why a pair ended for a mentee."""
    return pair.departed[code].reason if code in pair.departed else pair.reason

"""The protocol of a matching (D-MAT): the result's file as it was stored, and a page to read.

Internal, and by codes only: it holds scores, and what the curator decided and why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mentormatch.documents.sources import Paper, Sources
from mentormatch.files import safe_name
from mentormatch.messages import day, has, percent, text
from mentormatch.programme.facts import (
    Changed,
    Entry,
    Forbidden,
    Lifted,
    Pinned,
    Proposal,
    RoundMade,
)
from mentormatch.spreadsheet import printable

if TYPE_CHECKING:
    from mentormatch.policy.policy import Policy
    from mentormatch.result import Result

# Markup, entities, sums, and what is made a link of; an underscore within a word is one.
_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<>|&~$@]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the policy: its name, what was reached, the bound, the gap, how it is proven."""

    name: str
    value: str
    bound: str
    gap: str
    proof: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a criterion counts in a form."""

    form: str
    criterion: str
    weight: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pair or group that a round proposed, what it is worth, and what has become of it."""

    pair: str
    form: str
    mentor: str
    mentees: str
    points: str
    share: str
    standing: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided: when, who, what, about whom, and why."""

    day: str
    author: str
    what: str
    whom: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Protocol:
    """What stands in the protocol of a round.

    Parameters
    ----------
    round, day
        Which, and when.
    facts
        What went in and what came out, each with its name: digests, policy, versions, seed,
        status, proof.
    goals, weights
        What was aimed at and reached; what counted how much.
    proposed
        The pairs and groups.
    kept, unmatched
        Codes of pairs that go on, and of mentees without a mentor.
    before, after
        What was decided for this round, and what since, until the next one.
    """

    round: str
    day: str
    facts: tuple[tuple[str, str], ...]
    goals: tuple[Goal, ...]
    weights: tuple[Weighing, ...]
    proposed: tuple[Proposed, ...]
    kept: tuple[str, ...]
    unmatched: tuple[str, ...]
    before: tuple[Decided, ...]
    after: tuple[Decided, ...]


def match_protocols(sources: Sources) -> Iterator[Paper]:
    """Write the protocol of each round, and beside it the file of its result as it was stored."""
    for made in _rounds(sources):
        name = safe_name(f"D-MAT-{made.round}")
        file = sources.file_of(made.result)
        if file is not None:
            yield Paper("D-MAT", f"{name}.json", file)
        content = protocol_contents(sources, made)
        written = "\n".join(_lines(sources, content, has_file=file is not None)) + "\n"
        yield Paper("D-MAT", f"{name}.md", written.encode())


def _rounds(sources: Sources) -> list[RoundMade]:
    rounds = (it for it in sources.state.rounds.values() if it.on <= sources.on)
    return sorted(rounds, key=lambda it: (it.on, it.round))


def protocol_contents(sources: Sources, made: RoundMade) -> Protocol:
    """Say what stands in the protocol of a round.

    Parameters
    ----------
    sources
        What documents are made of.
    made
        The round.
    """
    result = sources.result_of(made.result)
    before, after = _decisions(sources, made)
    return Protocol(
        round=printable(made.round),
        day=day(made.on, sources.lang),
        facts=tuple(_facts(sources, made, result)),
        goals=() if result is None else tuple(_goals(sources, result)),
        weights=() if result is None else tuple(_weights(sources, result.policy)),
        proposed=tuple(_proposed(sources, it, result) for it in made.proposals),
        kept=made.kept,
        unmatched=made.unmatched,
        before=before,
        after=after,
    )


def _say(sources: Sources, key: str, /, **values: object) -> str:
    return text(f"protocol.{key}", sources.lang, **values)


def _facts(sources: Sources, made: RoundMade, result: "Result | None") -> Iterator[tuple[str, str]]:
    lang = sources.lang
    named = {"inputs": made.inputs, "policy": made.policy, "result": made.result}
    if result is not None:
        named["policy-name"] = result.policy.name
    versions = (f"{name} {version}" for name, version in sorted(made.versions.items()))
    named["versions"] = ", ".join(versions) or "—"
    named["seed"] = _say(sources, "no-seed") if made.seed is None else str(made.seed)
    named["status"] = f"{made.status}. {text(f'summary.status.{made.status}', lang)}"
    known = made.proof is not None and has(f"proof.{made.proof}")
    said = f". {text(f'proof.{made.proof}', lang)}" if known else ""
    named["proof"] = f"{made.proof or '—'}{said}"
    if result is not None:
        named["engine"] = result.view.outcome.engine
        gap = result.gap
        named["gap"] = "—" if gap is None else _number(gap)
    for name, value in named.items():
        yield _say(sources, f"fact.{name}"), printable(value)


def _goals(sources: Sources, result: "Result") -> Iterator[Goal]:
    for level in result.levels:
        gap, bound = level.gap, level.whole_bound
        kind, _, which = level.goal.partition(":")
        name = text(f"goal.{kind}", sources.lang)
        yield Goal(
            f"{name} ({which})" if which else name,
            _number(level.whole),
            "—" if bound is None else _number(bound),
            "—" if gap is None else _number(gap),
            level.proof,
        )


def _weights(sources: Sources, policy: "Policy") -> Iterator[Weighing]:
    """List what counts how much, together for forms in which everything counts alike."""
    labels = {it.id: it.label for it in policy.criteria}
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for form in policy.forms:
        weights = tuple((name, str(weight)) for name, weight in form.weights.items())
        alike.setdefault(weights, []).append(form.id)
    for weights, forms in alike.items():
        for criterion, weight in weights:
            label = labels.get(criterion)
            named = criterion if label is None else f"{criterion} ({label.text(sources.lang)})"
            yield Weighing(", ".join(forms), printable(named), weight)


def _proposed(sources: Sources, proposal: Proposal, result: "Result | None") -> Proposed:
    lang = sources.lang
    most = 0 if result is None else _most(result.policy, proposal)
    now = sources.state.pairs.get(proposal.pair)
    standing = "—" if now is None else text(f"protocol.standing.{now.status}", lang)
    if now is not None and now.points is None:
        standing = f"{standing}; {_say(sources, 'changed')}"
    mentors = filter(None, (proposal.mentor, proposal.co_mentor))
    return Proposed(
        proposal.pair,
        proposal.form,
        ", ".join(mentors),
        ", ".join(proposal.mentees),
        _number(proposal.points),
        percent(proposal.points, most, lang) if most else "—",
        standing,
    )


def _most(policy: "Policy", proposal: Proposal) -> int:
    """Return the most points that a pair or group can have in its form."""
    places = {form.id: place for place, form in enumerate(policy.forms)}
    place = places.get(proposal.form)
    if place is None:
        return 0
    grouped = policy.forms[place].group is not None
    each = policy.group_maximum[place] if grouped else policy.form_maximum[place]
    return int(each) * len(proposal.mentees)


def _number(number: int) -> str:
    """Write a whole number in groups of three digits."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def _decisions(
    sources: Sources, made: RoundMade
) -> tuple[tuple[Decided, ...], tuple[Decided, ...]]:
    """List what was decided for a round and still stood, and what since until the next one."""
    before: dict[tuple[str, str], Decided] = {}
    after: list[Decided] = []
    reached = False
    for entry in sources.entries():
        fact = entry.fact
        match fact:
            case RoundMade():
                if reached:
                    break
                reached = fact.round == made.round
            case Pinned() | Forbidden() | Lifted() | Changed() if reached:
                after.append(_decided(sources, entry, fact))
            case Pinned() | Forbidden():
                before[fact.mentor, fact.mentee] = _decided(sources, entry, fact)
            case Lifted():
                before.pop((fact.mentor, fact.mentee), None)
    return tuple(before.values()), tuple(after)


def _decided(
    sources: Sources, entry: Entry, fact: Pinned | Forbidden | Lifted | Changed
) -> Decided:
    waived = () if isinstance(fact, Forbidden | Lifted) else fact.waive
    what = _say(sources, f"decision.{fact.fact}")
    if waived:
        what = _say(sources, "waiving", what=what, rules=", ".join(waived))
    reason = _say(sources, "erased") if fact.reason is None else fact.reason or "—"
    return Decided(
        day(entry.day, sources.lang), entry.author, what, _whom(sources, fact), printable(reason)
    )


def _whom(sources: Sources, fact: Pinned | Forbidden | Lifted | Changed) -> str:
    if not isinstance(fact, Changed):
        return f"{fact.mentor} – {fact.mentee}"
    parts = {
        "form": fact.form,
        "mentor": fact.mentor,
        "mentees": None if fact.mentees is None else ", ".join(fact.mentees),
    }
    said = (
        _say(sources, f"now.{name}", found=found)
        for name, found in parts.items()
        if found is not None
    )
    return "; ".join((fact.pair, *said))


# --- as Markdown ---------------------------------------------------------------------------------


def _lines(sources: Sources, content: Protocol, *, has_file: bool) -> Iterator[str]:
    def head(name: str) -> Iterator[str]:
        yield from ("", f"## {_say(sources, f'section.{name}')}", "")

    heads: tuple[str, ...]

    yield f"# {_say(sources, 'title', round=_inert(content.round), day=content.day)}"
    yield from ("", _say(sources, "internal"), "")
    yield from _table(sources, ("name", "value"), content.facts)
    yield from ("", _say(sources, "file" if has_file else "no-file"))
    if content.goals:
        yield from head("goals")
        heads = ("goal", "reached", "bound", "gap", "proof")
        yield from _table(sources, heads, [_cells(it) for it in content.goals])
    if content.weights:
        yield from head("weights")
        heads = ("form", "criterion", "weight")
        yield from _table(sources, heads, [_cells(it) for it in content.weights])
    yield from head("proposed")
    if content.proposed:
        heads = ("pair", "form", "mentor", "mentees", "points", "share", "standing")
        yield from _table(sources, heads, [_cells(it) for it in content.proposed])
    else:
        yield _say(sources, "nothing")
    for name in ("kept", "unmatched"):
        codes: tuple[str, ...] = getattr(content, name)
        yield from head(name)
        codes_written = ", ".join(map(_inert, codes))
        yield f"{len(codes)}: {codes_written}" if codes else _say(sources, "nothing")
    for name in ("before", "after"):
        decisions: tuple[Decided, ...] = getattr(content, name)
        yield from head(name)
        if decisions:
            heads = ("day", "author", "decision", "whom", "reason")
            yield from _table(sources, heads, [_cells(it) for it in decisions])
        else:
            yield _say(sources, "nothing")


def _cells(row: Goal | Weighing | Proposed | Decided) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in type(row).__slots__)


def _table(
    sources: Sources, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> Iterator[str]:
    yield f"| {' | '.join(_say(sources, f'head.{it}') for it in heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(_inert, row))} |"


def _inert(words: str) -> str:
    """Write words so that Markdown takes them for words: no markup, no links, no line breaks."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(printable(words).split()))

"""Who mentored whom and how it ended, and what follows from that for the next matching."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mentormatch.cohort import Cohort
from mentormatch.policy.limits import Ban, Beside, CodePair, Limits, Pin, forget
from mentormatch.policy.policy import Policy, with_limits
from mentormatch.programme.decisions import Decision
from mentormatch.programme.facts import Reason
from mentormatch.programme.pairs import BROKEN, PairLife

_Spell = tuple[str, date, date | None, Reason | None]
"""Who was in a group, since when, until when, and why not longer."""


@dataclass(frozen=True, slots=True)
class Past:
    """That somebody mentored somebody, or does so still.

    Parameters
    ----------
    mentor, mentee, form, pair
        Who, in which form, and the code of their pair or group.
    since
        The first day of the term.
    until, reason
        The last day, and why it ended; None while they go on.
    """

    mentor: str
    mentee: str
    form: str
    pair: str
    since: date
    until: date | None = None
    reason: Reason | None = None

    @property
    def broken(self) -> bool:
        """Whether it ended so that it isn't to be repeated."""
        return self.reason in BROKEN


def history_of(pairs: Iterable[PairLife]) -> tuple[Past, ...]:
    """List who mentored whom, by the first day; pairs that were never ordered aren't in it."""
    found = [past for pair in pairs if pair.starts is not None for past in _past(pair, pair.starts)]
    return tuple(sorted(found, key=lambda past: (past.since, past.pair, past.mentee)))


def _past(pair: PairLife, since: date) -> Iterator[Past]:
    """List each mentor of a pair or group with each mentee, for the time they had in common."""
    first = date.min
    mentors: list[_Spell] = [
        (who, pair.joined.get(who, first), pair.closed, pair.reason) for who in pair.mentors
    ]
    mentors += ((it.person, it.since or first, it.until, it.reason) for it in pair.helped)
    mentees: list[_Spell] = [
        (who, pair.joined.get(who, since), pair.closed, pair.reason) for who in pair.mentees
    ]
    mentees += (
        (it.person, it.since or since, it.until, it.reason)
        for it in pair.stays
        if it.role == "mentee"
    )
    for mentor, came, until, why in mentors:
        for mentee, joined, gone, reason in mentees:
            is_sooner = until is not None and (gone is None or until < gone)
            end, cause = (until, why) if is_sooner else (gone, reason)
            began = max(came, joined)
            # Who left before the other came has nothing in common with them.
            if mentor == pair.mentor or end is None or began <= end:
                yield Past(mentor, mentee, pair.form, pair.pair, began, end, cause)


def running_of(pairs: Iterable[PairLife]) -> tuple[CodePair, ...]:
    """List the pairs (mentor, mentee) that run or wait for their order, groups among them."""
    return tuple(
        sorted(
            (pair.mentor, mentee)
            for pair in pairs
            if pair.status in ("accepted", "running")
            for mentee in pair.mentees
        )
    )


def broken_of(pairs: Iterable[PairLife]) -> tuple[CodePair, ...]:
    """List the pairs (mentor, mentee) that aren't to be made again, proposals among them.

    Whoever was brought together again all the same, and goes on, isn't in it.
    """
    pairs = tuple(pairs)
    found: set[CodePair] = set()
    for pair in pairs:
        if pair.reason in BROKEN:
            found.update((pair.mentor, mentee) for mentee in pair.mentees)
        gone = pair.departed.items()
        found.update((pair.mentor, mentee) for mentee, each in gone if each.reason in BROKEN)
    return tuple(sorted(found.difference(running_of(pairs))))


def decided_in(
    policy: Policy,
    cohort: Cohort,
    pins: Mapping[CodePair, Decision],
    bans: Mapping[CodePair, Decision],
    broken: Iterable[CodePair],
    *,
    beside: Mapping[str, str] | None = None,
) -> Policy:
    """Write decisions and broken pairs into a policy, instead of what it says of these pairs.

    Parameters
    ----------
    policy, cohort
        The policy, and the people who are here, in their roles: of others nothing is decided.
    pins, bans
        What was decided, by (mentor, mentee).
    broken
        Pairs that aren't made again, unless they are pinned.
    beside
        Co-mentors who stay, by the mentor whom they stand beside; they mentor nobody else, unless
        they do so already.
    """
    mentors = {cohort.ids[row] for row in cohort.mentors.tolist()}
    mentees = {cohort.ids[row] for row in cohort.mentees.tolist()}
    limits = forget(policy.limits, _named(policy.limits).difference(cohort.ids))
    forbidden: dict[CodePair, Decision | None] = dict.fromkeys(broken)
    forbidden |= bans
    settled = {
        (mentor, mentee)
        for mentor, mentee in (*pins, *forbidden)
        if mentor in mentors and mentee in mentees
    }

    staying = {
        mentor: other
        for mentor, other in (beside or {}).items()
        if mentor in mentors and other in mentors
    }
    leading = {mentor for mentor, _ in pins}

    def told(entry: Pin | Ban) -> bool:
        return (entry.mentor, entry.mentee) in settled

    return with_limits(
        policy,
        limits.model_copy(
            update={
                "co_mentors": (
                    *(entry for entry in limits.co_mentors if entry.mentor not in staying),
                    *(Beside(mentor=who, co_mentor=staying[who]) for who in sorted(staying)),
                ),
                "seats": limits.seats
                | {other: 0 for other in staying.values() if other not in leading},
                "pins": (
                    *(entry for entry in limits.pins if not told(entry)),
                    *(_pin(pair, pins[pair]) for pair in sorted(settled) if pair in pins),
                ),
                "bans": (
                    *(entry for entry in limits.bans if not told(entry)),
                    *(_ban(pair, forbidden[pair]) for pair in sorted(settled) if pair not in pins),
                ),
            }
        ),
    )


def _pin(pair: CodePair, decision: Decision) -> Pin:
    mentor, mentee = pair
    # A reason that has been erased was given once.
    reason = "-" if decision.reason is None else decision.reason or None
    return Pin(
        mentor=mentor, mentee=mentee, waive=decision.waive, author=decision.author, reason=reason
    )


def _ban(pair: CodePair, decision: Decision | None) -> Ban:
    mentor, mentee = pair
    if decision is None:
        return Ban(mentor=mentor, mentee=mentee)
    return Ban(mentor=mentor, mentee=mentee, author=decision.author, reason=decision.reason or None)


def _named(limits: Limits) -> set[str]:
    """List everybody whom limits decide about."""
    return {
        *limits.seats,
        *(code for entry in limits.pins for code in (entry.mentor, entry.mentee)),
        *(code for entry in limits.bans for code in (entry.mentor, entry.mentee)),
        *(code for entry in limits.running for code in (entry.mentor, entry.mentee)),
        *(code for entry in limits.co_mentors for code in (entry.mentor, entry.co_mentor)),
        *(code for codes in (*limits.apart, *limits.together) for code in codes),
    }

"""A result as facts: who takes part, and which pairs and groups are proposed."""

import json
from collections.abc import Iterator
from datetime import date

from mentormatch.cohort import Cohort
from mentormatch.files import digest_of
from mentormatch.matching import Matching
from mentormatch.participant import Role
from mentormatch.programme.facts import (
    Enrolled,
    Enrolment,
    Fact,
    Joining,
    Proposal,
    RoundMade,
)
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State
from mentormatch.result import Result
from mentormatch.storage import result_file


def round_facts(
    result: Result, cohort: Cohort, state: State, name: str, on: date | None = None
) -> tuple[Fact, ...]:
    """Put a matching into facts: new people, then the round with its proposals.

    Pairs that are accepted or run already are kept, not proposed again; a group is kept when
    the same mentor goes on with any of its mentees in the same form, and whoever is new in it is
    named apart. Who has left is not enrolled again.

    Parameters
    ----------
    result
        What came of the matching.
    cohort
        The people it was made of.
    state
        What holds before.
    name
        Code of the round; its proposals are called after it.
    on
        The day of the round; the cohort's when not said.
    """
    on = on or cohort.as_of
    people = tuple(_new(cohort, state))
    file = result_file.to_bytes(result.view, result.seed)
    content = json.loads(file)
    kept: list[str] = []
    joining: list[Joining] = []
    proposals: list[Proposal] = []
    for found in _together(result.matching):
        pair = _open(found, state)
        if pair is not None:
            kept.append(pair.pair)
            joining += _joining(found, pair)
        else:
            code = f"{name}-{len(proposals) + 1:03d}"
            proposals.append(found.model_copy(update={"pair": code}))
    made = RoundMade(
        round=name,
        on=on,
        inputs=result_file.fingerprint(cohort),
        policy=digest_of(
            json.dumps(content["policy"], ensure_ascii=False, sort_keys=True).encode()
        ),
        result=digest_of(file),
        seed=result.seed,
        versions=content["versions"],
        status=result.status.value,
        proof=result.proof,
        proposals=tuple(proposals),
        kept=tuple(sorted(set(kept))),
        joining=tuple(joining),
        unmatched=result.matching.unmatched,
    )
    return (Enrolled(on=on, people=people), made) if people else (made,)


def _new(cohort: Cohort, state: State) -> Iterator[Enrolment]:
    """List people who haven't taken part before, or take a further role now."""
    for person in cohort.participants():
        known = state.people.get(person.id)
        roles: tuple[Role, ...] = tuple(sorted(person.roles))
        if known is None or (known.active and not known.roles.issuperset(roles)):
            yield Enrolment(person=person.id, kind=person.kind, roles=roles)


def _together(matching: Matching) -> Iterator[Proposal]:
    """List groups, then the pairs that are in none; without codes of their own as yet."""
    grouped = {(group.mentor, mentee) for group in matching.groups for mentee in group.mentees}
    for group in matching.groups:
        yield Proposal(
            pair="-",
            form=group.form,
            mentor=group.mentor,
            mentees=group.mentees,
            co_mentor=group.co_mentor,
            points=group.points,
        )
    for pair in matching.pairs:
        if (pair.mentor, pair.mentee) not in grouped:
            yield Proposal(
                pair="-",
                form=pair.form,
                mentor=pair.mentor,
                mentees=(pair.mentee,),
                points=pair.points,
            )


def _joining(found: Proposal, pair: PairLife) -> Iterator[Joining]:
    """Say who comes into a group that goes on."""
    mentees = tuple(who for who in found.mentees if who not in pair.mentees)
    beside = found.co_mentor if pair.co_mentor is None else None
    if mentees or beside is not None:
        yield Joining(pair=pair.pair, mentees=mentees, co_mentor=beside)


def _open(found: Proposal, state: State) -> PairLife | None:
    """Find the pair or group that goes on in a proposal, if one does."""
    for pair in state.pairs.values():
        same = (pair.form, pair.mentor) == (found.form, found.mentor)
        settled = pair.status in ("accepted", "running")
        if same and settled and not set(pair.mentees).isdisjoint(found.mentees):
            return pair
    return None

"""Matchings, and what the curator decides about their proposals."""

from datetime import date
from typing import Literal

from pydantic import Field

from mentormatch.programme.facts.base import Code, Digest, Fact, Words
from mentormatch.record import Part


class Proposal(Part):
    """A pair or a group that a round proposes.

    Parameters
    ----------
    pair
        Its code from now on.
    form
        Id of the form they meet in.
    mentor, mentees, co_mentor
        Who they are; a pair has one mentee.
    points
        What it is worth under the round's policy.
    """

    pair: Code
    form: Code
    mentor: Code
    mentees: tuple[Code, ...] = Field(min_length=1)
    co_mentor: Code | None = None
    points: int = 0


class Joining(Part):
    """Who would come into a group that goes on.

    Parameters
    ----------
    pair
        The group.
    mentees
        Mentees who would join it.
    co_mentor
        Who would stand beside its mentor, where nobody does.
    """

    pair: Code
    mentees: tuple[Code, ...] = ()
    co_mentor: Code | None = None


class RoundMade(Fact):
    """A matching was made: what went in, and what came out.

    Parameters
    ----------
    round
        Its code.
    on
        The day of the round.
    inputs, policy, result
        Digests of the answers, of the policy and of the result's file.
    seed
        What lots were drawn with.
    versions
        Versions of the software by name.
    status, proof
        As in the result.
    proposals
        New pairs and groups.
    kept
        Codes of running pairs that go on.
    joining
        Who would come into groups among them.
    unmatched
        Mentees with no mentor.
    """

    fact: Literal["round_made"] = "round_made"
    round: Code
    on: date
    inputs: Digest
    policy: Digest
    result: Digest
    seed: int | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    status: Literal["optimal", "feasible", "infeasible", "no_solution"] = "optimal"
    proof: str | None = None
    proposals: tuple[Proposal, ...] = ()
    kept: tuple[Code, ...] = ()
    joining: tuple[Joining, ...] = ()
    unmatched: tuple[Code, ...] = ()


class Accepted(Fact):
    """The curator accepts proposals."""

    fact: Literal["accepted"] = "accepted"
    pairs: tuple[Code, ...] = Field(min_length=1)


class Changed(Fact):
    """The curator puts other people into a proposal, and accepts it so.

    Parameters
    ----------
    pair
        The proposal's code, which stays.
    form, mentor, mentees, co_mentor
        The form, and who is in it now; None leaves them. A co-mentor ``-`` is nobody.
    waive
        Codes of rules that are set aside; needs a reason.
    reason
        Why.
    """

    fact: Literal["changed"] = "changed"
    pair: Code
    form: Code | None = None
    mentor: Code | None = None
    mentees: tuple[Code, ...] | None = Field(None, min_length=1)
    co_mentor: Code | None = None
    waive: tuple[Code, ...] = ()
    reason: Words = ""


class Pinned(Fact):
    """The next matching must make this pair.

    Parameters
    ----------
    mentor, mentee
        The two.
    waive
        Codes of rules that are set aside; needs a reason.
    reason
        Why.
    """

    fact: Literal["pinned"] = "pinned"
    mentor: Code
    mentee: Code
    waive: tuple[Code, ...] = ()
    reason: Words = ""


class Forbidden(Fact):
    """No matching may make this pair; nobody has to say why."""

    fact: Literal["forbidden"] = "forbidden"
    mentor: Code
    mentee: Code
    reason: Words = ""


class Lifted(Fact):
    """A pin or a ban holds no longer."""

    fact: Literal["lifted"] = "lifted"
    mentor: Code
    mentee: Code
    reason: Words = ""

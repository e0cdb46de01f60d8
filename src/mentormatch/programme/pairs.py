"""Pairs and groups: from a proposal to the last day, stage by stage."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, Self

from mentormatch.messages import Language, text
from mentormatch.participant import Role
from mentormatch.programme.decisions import Decision
from mentormatch.programme.facts import (
    STAGES,
    Changed,
    CoMentorChanged,
    Confirmed,
    Forbidden,
    MeetingCancelled,
    MeetingHeld,
    MeetingPlanned,
    MenteeJoined,
    Ordered,
    Proposal,
    Reason,
    RoundMade,
    Stage,
)
from mentormatch.programme.meetings import Meeting
from mentormatch.programme.plans import Plan
from mentormatch.programme.refusals import defect, not_after, refuse, twice, within

PairStatus = Literal["proposed", "accepted", "running", "closed"]
Missing = Literal["order", "confirmation", "curator", "plan", "progress", "survey", "results"]

NOBODY: Final = "-"
"""Stands where a co-mentor is taken out."""

BROKEN: tuple[Reason, ...] = ("no_fit", "refused")
"""A pair that ended for one of these reasons isn't made again."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a pair needs before it can go on.

    Parameters
    ----------
    code
        What is missing.
    person
        Whose it is, where it is somebody's.
    """

    code: Missing
    person: str | None = None

    def text(self, lang: Language = "en") -> str:
        """Say it."""
        return text(f"gap.{self.code}", lang, person=self.person)


@dataclass(frozen=True, slots=True)
class Stay:
    """That somebody was in a pair for a time, and left it.

    Parameters
    ----------
    person, role
        Who, and as what.
    place
        Where they stood among those of their role when they left.
    since, until
        From when, None from the beginning; and their last day in it.
    reason
        Why they left.
    """

    person: str
    role: Role
    place: int
    since: date | None
    until: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class PairLife:
    """A pair or a group, and all that has happened to it.

    Parameters
    ----------
    pair
        Its code.
    form
        Id of the form.
    mentor, mentees, co_mentor
        Who is in it now.
    round
        The round that proposed it.
    proposed
        The day of that round.
    points
        What it was worth then; None after the curator changed it.
    waiver
        Which rules were set aside to make it, by whom and why; None for most.
    status
        ``proposed``, ``accepted``, ``running`` (ordered) or ``closed``.
    order, ordered
        Number and date of the order.
    starts, ends
        Its term.
    closed, reason
        Its last day, and why it ended.
    joined
        When mentees, or the co-mentor, joined the group later.
    stays
        Everybody who has left it, co-mentors too, in the order of leaving; also whoever has come
        back since.
    reached
        When it came to each stage.
    confirmed
        Who is for going on after which stage; None is the curator.
    surveyed
        Who has answered a final survey.
    meetings
        By code.
    plan
        Its individual plan.
    """

    pair: str
    form: str
    mentor: str
    mentees: tuple[str, ...]
    co_mentor: str | None
    round: str
    proposed: date
    points: int | None
    waiver: Decision | None = None
    status: PairStatus = "proposed"
    order: str | None = None
    ordered: date | None = None
    starts: date | None = None
    ends: date | None = None
    closed: date | None = None
    reason: Reason | None = None
    joined: Mapping[str, date] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()
    reached: Mapping[Stage, date] = field(default_factory=dict)
    confirmed: frozenset[tuple[Stage, str | None]] = frozenset()
    surveyed: frozenset[str] = frozenset()
    meetings: Mapping[str, Meeting] = field(default_factory=dict)
    plan: Plan | None = None

    @property
    def open(self) -> bool:
        """Whether it hasn't ended."""
        return self.status != "closed"

    @property
    def mentors(self) -> tuple[str, ...]:
        """Who mentors in it now."""
        return (self.mentor,) if self.co_mentor is None else (self.mentor, self.co_mentor)

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody in it now, mentors first."""
        return (*self.mentors, *self.mentees)

    @property
    def helped(self) -> tuple[Stay, ...]:
        """Co-mentors who stood beside the mentor once."""
        return tuple(it for it in self.stays if it.role == "mentor")

    @property
    def departed(self) -> dict[str, Stay]:
        """Mentees who have left it and aren't back."""
        return {
            it.person: it
            for it in self.stays
            if it.role == "mentee" and it.person not in self.mentees
        }

    def on(self, day: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """List who was in it on a day, mentors and mentees, in the order they stood in then."""
        mentors = [(who, self.joined.get(who, day) <= day) for who in self.mentors]
        mentees = [(who, self.joined.get(who, day) <= day) for who in self.mentees]
        for stay in reversed(self.stays):
            was_there = (stay.since or day) <= day <= stay.until
            of_role = mentors if stay.role == "mentor" else mentees
            of_role.insert(stay.place, (stay.person, was_there))
        return (
            tuple(dict.fromkeys(who for who, was_there in mentors if was_there)),
            tuple(dict.fromkeys(who for who, was_there in mentees if was_there)),
        )

    @property
    def stage(self) -> Stage | None:
        """The stage it has come to; None before its first meeting."""
        return next((stage for stage in reversed(STAGES) if stage in self.reached), None)

    @property
    def next_stage(self) -> Stage | None:
        """The stage that comes next; None in the last."""
        stage = self.stage
        if stage is None:
            return STAGES[0]
        rest = STAGES[STAGES.index(stage) + 1 :]
        return rest[0] if rest else None

    def missing(self, on: date) -> tuple[Gap, ...]:
        """List what it needs to go on to the next stage, or in the last one to be complete."""
        match self.stage:
            case None:
                return () if self.status == "running" else (Gap("order"),)
            case "acquaintance" as stage:
                return self._unconfirmed(stage)
            case "trial" as stage:
                curator = () if (stage, None) in self.confirmed else (Gap("curator"),)
                return (*self._unconfirmed(stage), *curator)
            case "planning":
                return () if self.plan is not None and self.plan.workable else (Gap("plan"),)
            case "joint_work":
                started = self.plan is not None and self.plan.progress(on).done > 0
                over = self.ends is not None and on >= self.ends
                return () if started or over else (Gap("progress"),)
            case "final":
                silent = (who for who in self.members if who not in self.surveyed)
                filled = self.plan is not None and self.plan.results_filled
                return (
                    *(Gap("survey", who) for who in silent),
                    *(() if filled else (Gap("results"),)),
                )

    def _unconfirmed(self, stage: Stage) -> tuple[Gap, ...]:
        return tuple(
            Gap("confirmation", who) for who in self.members if (stage, who) not in self.confirmed
        )

    @property
    def complete(self) -> bool:
        """Whether it has gone through all stages, with nothing missing."""
        return self.stage == "final" and not self.missing(date.max)

    def overlaps(self, other: "PairLife") -> bool:
        """Tell whether a mentee would have the same mentor twice in a form."""
        same = (self.form, self.mentor) == (other.form, other.mentor)
        return same and not set(self.mentees).isdisjoint(other.mentees)

    # --- what can happen to it -------------------------------------------------------------

    @classmethod
    def proposed_in(cls, fact: RoundMade, proposal: Proposal) -> Self:
        """Begin as what a round proposes."""
        return cls(
            pair=proposal.pair,
            form=proposal.form,
            mentor=proposal.mentor,
            mentees=proposal.mentees,
            co_mentor=proposal.co_mentor,
            round=fact.round,
            proposed=fact.on,
            points=proposal.points,
        )

    def accept(self, place: str) -> Self:
        """Take the curator's yes."""
        if self.status != "proposed":
            refuse([defect(f"is-{self.status}", place, pair=self.pair)])
        return replace(self, status="accepted")

    def change(self, fact: Changed) -> Self:
        """Put other people into it; whether they may be together is looked at elsewhere."""
        if self.status not in ("proposed", "accepted"):
            refuse([defect(f"is-{self.status}", "pair", pair=self.pair)])
        mentor = self.mentor if fact.mentor is None else fact.mentor
        mentees = self.mentees if fact.mentees is None else fact.mentees
        co_mentor = self.co_mentor if fact.co_mentor is None else fact.co_mentor
        return replace(
            self,
            form=self.form if fact.form is None else fact.form,
            mentor=mentor,
            mentees=mentees,
            co_mentor=None if co_mentor == NOBODY else co_mentor,
            points=None,
            waiver=None,
            status="accepted",
        )

    def order_by(self, fact: Ordered, place: str) -> Self:
        """Begin to run, by the director's order."""
        if self.status != "accepted":
            code = "not-accepted" if self.status == "proposed" else f"is-{self.status}"
            refuse([defect(code, place, pair=self.pair)])
        return replace(
            self,
            status="running",
            order=fact.number,
            ordered=fact.on,
            starts=fact.starts,
            ends=fact.ends,
        )

    def close(self, on: date, reason: Reason) -> Self:
        """End."""
        self.expect_open("pair")
        return replace(self, status="closed", closed=on, reason=reason)

    def gain(self, fact: MenteeJoined) -> Self:
        """Go on with one more mentee; whether they may be together is looked at elsewhere."""
        if self.status not in ("accepted", "running"):
            refuse([defect(f"is-{self.status}", "pair", pair=self.pair)])
        return replace(
            self,
            mentees=(*self.mentees, fact.mentee),
            joined={**self.joined, fact.mentee: fact.on},
        )

    def lose(self, mentee: str, on: date, reason: Reason) -> Self:
        """Go on without a mentee."""
        rest = tuple(who for who in self.mentees if who != mentee)
        place, since = self.mentees.index(mentee), self.joined.get(mentee)
        stay = Stay(mentee, "mentee", place, since, on, reason)
        return replace(self, mentees=rest, stays=(*self.stays, stay))

    def without(self, code: str, on: date, reason: Reason) -> Self:
        """Go on without a member, or end where that can't be."""
        if code == self.co_mentor:
            return self.beside(None, on, reason)
        if code == self.mentor or len(self.mentees) == 1:
            return self.close(on, reason)
        return self.lose(code, on, reason)

    def beside(self, co_mentor: str | None, on: date, reason: Reason) -> Self:
        """Go on with another co-mentor, or with none."""
        stays, joined = self.stays, dict(self.joined)
        if self.co_mentor is not None:
            since = joined.pop(self.co_mentor, None)
            stays = (*stays, Stay(self.co_mentor, "mentor", 1, since, on, reason))
        if co_mentor is not None:
            joined[co_mentor] = on
        return replace(self, co_mentor=co_mentor, stays=stays, joined=joined)

    def change_co_mentor(self, fact: CoMentorChanged) -> Self:
        """Go on so; whether they may be together is looked at elsewhere."""
        if self.status not in ("accepted", "running"):
            refuse([defect(f"is-{self.status}", "pair", pair=self.pair)])
        if fact.co_mentor == self.co_mentor:
            refuse([defect("same-co-mentor", "co_mentor", pair=self.pair)])
        return self.beside(fact.co_mentor, fact.on, fact.reason)

    def apart(self, fact: Forbidden, on: date) -> Self:
        """Be proposed without a mentee, or a co-mentor, who isn't to be together with others."""
        return self.without(
            fact.mentor if fact.mentor == self.co_mentor else fact.mentee, on, "refused"
        )

    def expect_open(self, field: str) -> None:
        """Refuse what can't happen to a pair that has ended."""
        if not self.open:
            refuse([defect("is-closed", field, pair=self.pair)])

    def expect_running(self, field: str) -> tuple[date, date]:
        """Refuse what can only happen to a running pair; return its term."""
        self.expect_open(field)
        if self.starts is None or self.ends is None:
            refuse([defect("not-ordered", field, pair=self.pair)])
        assert self.starts is not None
        assert self.ends is not None
        return self.starts, self.ends

    def plan_meeting(self, fact: MeetingPlanned) -> Self:
        """Arrange a meeting, or move one."""
        term = self.expect_running("pair")
        before = self.meetings.get(fact.meeting)
        refuse(
            [
                within(fact.on, *term),
                defect("meeting-over", "meeting", meeting=fact.meeting)
                if before is not None and not before.waiting
                else None,
            ]
        )
        meeting = Meeting(fact.meeting, fact.stage, planned=fact.on)
        return replace(self, meetings={**self.meetings, fact.meeting: meeting})

    def hold_meeting(self, fact: MeetingHeld, latest: date) -> Self:
        """Note that a meeting took place."""
        term = self.expect_running("pair")
        before = self.meetings.get(fact.meeting, Meeting(fact.meeting, fact.stage))
        refuse(
            [
                within(fact.on, *term),
                not_after(fact.on, latest),
                *twice(fact.present, "present"),
                *(
                    defect("not-a-member", f"present[{place}]", person=who, pair=self.pair)
                    for place, who in enumerate(fact.present)
                    if who not in self.members
                ),
                None if before.waiting else defect("meeting-over", "meeting", meeting=fact.meeting),
                defect("meeting-stage", "stage", meeting=fact.meeting)
                if before.stage != fact.stage
                else None,
            ]
        )
        meeting = replace(before, held=fact.on, present=fact.present, feedback=fact.feedback)
        reached = self.reached
        if fact.stage not in reached:
            self._expect_ready(fact.stage, fact.on)
            reached = {**reached, fact.stage: fact.on}
        return replace(self, meetings={**self.meetings, fact.meeting: meeting}, reached=reached)

    def _expect_ready(self, stage: Stage, on: date) -> None:
        """Refuse a stage that is out of order, or that something is missing for."""
        if stage != self.next_stage:
            values = {"pair": self.pair, "stage": stage, "next": self.next_stage}
            refuse([defect("stage-order", "stage", **values)])
        refuse(
            [
                defect(f"gap-{gap.code}", "stage", pair=self.pair, stage=stage, person=gap.person)
                for gap in self.missing(on)
            ]
        )
        before = max(self.reached.values(), default=None)
        if before is not None and on < before:
            refuse([defect("stage-day", "on", pair=self.pair, day=on, before=before)])

    def cancel_meeting(self, fact: MeetingCancelled) -> Self:
        """Note that a planned meeting is called off."""
        before = self.meetings[fact.meeting]
        if not before.waiting:
            refuse([defect("meeting-over", "meeting", meeting=fact.meeting)])
        gone = replace(before, cancelled=True)
        return replace(self, meetings={**self.meetings, fact.meeting: gone})

    def confirm(self, fact: Confirmed, latest: date) -> Self:
        """Note that somebody is for going on."""
        self.expect_running("pair")
        refuse(
            [
                not_after(fact.on, latest),
                defect("not-a-member", "person", person=fact.person, pair=self.pair)
                if fact.person is not None and fact.person not in self.members
                else None,
                defect("stage-not-reached", "stage", pair=self.pair, stage=fact.stage)
                if fact.stage not in self.reached
                else None,
            ]
        )
        return replace(self, confirmed=self.confirmed | {(fact.stage, fact.person)})

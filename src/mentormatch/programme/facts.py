"""What can happen in a programme: one small record for each kind of fact.

A fact holds codes, dates, numbers and words of closed vocabularies. What a person wrote
(reasons, goals, feedback, answers) stands in fields marked as private, so that it can be
kept apart and erased: a private field is empty when nothing was written, and ``None`` when
something was written and is no longer there.
"""

from collections.abc import Mapping
from datetime import date, timedelta, timezone
from typing import Annotated, Any, Final, Literal, Union, get_args

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError
from pydantic_core import PydanticCustomError

from mentormatch.errors import Place, RegisterError
from mentormatch.participant import Role
from mentormatch.record import Part, defects_of

Stage = Literal["acquaintance", "trial", "planning", "joint_work", "final"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)

Reason = Literal[
    "goal_reached",
    "year_end",
    "moved",
    "workload",
    "no_fit",
    "refused",
    "consent_withdrawn",
    "rematched",
    "other",
]
"""Why a pair ends; nobody is blamed, and nobody has to say more."""

Scope = Literal["participation", "data", "publication"]
"""What a consent is about; without the first two nobody can take part."""

Section = Literal["difficulties", "induction", "development"]
WaveKind = Literal["first", "quarter", "final"]
EventKind = Literal[
    "general_meeting",
    "networking",
    "council",
    "parents_meeting",
    "class_hour",
    "partner_meeting",
    "training",
    "closing_game",
    "contest",
    "other",
]
EvidenceKind = Literal[
    "publication", "rubric", "content_plan", "local_act", "material", "form", "minutes", "other"
]


class _Kept:
    """Marks a field whose content a person wrote."""

    def __repr__(self) -> str:
        return "private"


PRIVATE: Final = _Kept()

Code = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A person's code, or a short name of a round, a pair, a meeting, an order."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of something kept elsewhere."""

Words = Annotated[
    str | None,
    Field("", max_length=10_000, repr=False, json_schema_extra={"private": True}),
    PRIVATE,
]
"""What a person wrote; blank when nothing was, None when it has been erased."""


def _check_mark(mark: int) -> int:
    if not 1 <= mark <= MOST_MARK:
        raise PydanticCustomError("fact.mark", "fact.mark", {"most": MOST_MARK})
    return mark


MOST_MARK: Final = 10
Mark = Annotated[
    int,
    AfterValidator(_check_mark),
    Field(json_schema_extra={"minimum": 1, "maximum": MOST_MARK}),
]

Answers = Annotated[
    dict[str, bool | int | str | tuple[str, ...]] | None,
    Field(default_factory=dict, repr=False, json_schema_extra={"private": True}),
    PRIVATE,
]
"""What a person answered, by question; empty when nothing was, None when it has been erased."""


class Fact(Part):
    """Something that happened. Each kind has a name of its own in ``fact``.

    Raises
    ------
    RegisterError
        When a value can't be, with every defect.
    """

    fact: str

    def __init__(self, **content: Any) -> None:
        try:
            super().__init__(**content)
        except ValidationError as error:
            raise RegisterError(*defects_of(error, type(self), Place())) from None

    def split(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Write the fact as plain data, and what is private in it apart.

        Returns
        -------
        tuple
            Everything but the private content, in whose place stands None; and that content
            alone, at the same places. Both can be written as JSON. The second is empty when
            nothing private was written.
        """
        return _split(self)

    @classmethod
    def join(cls, shown: Mapping[str, Any], private: Mapping[str, Any] | None = None) -> "AnyFact":
        """Read a fact back from the two halves of :meth:`split`.

        Parameters
        ----------
        shown
            The first half.
        private
            The second, or None when it has been erased.

        Raises
        ------
        RegisterError
            When this is no fact, with every defect.
        """
        return fact_of(_joined(dict(shown), private or {}))

    @property
    def erased(self) -> bool:
        """Whether something private was written here and is gone."""
        return _erased(self)


def _is_private(part: Part, name: str) -> bool:
    return PRIVATE in type(part).model_fields[name].metadata


def _plain(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json")


def _split(part: Part) -> tuple[dict[str, Any], dict[str, Any]]:
    plain = _plain(part)
    shown: dict[str, Any] = {}
    private: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if _is_private(part, name):
            if value is None or value:
                shown[name] = None
            if value:
                private[name] = plain[name]
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            halves = [_split(each) for each in value]
            shown[name] = [half for half, _ in halves]
            kept = {str(place): half for place, (_, half) in enumerate(halves) if half}
            if kept:
                private[name] = kept
        else:
            shown[name] = plain[name]
    return shown, private


def _joined(shown: dict[str, Any], private: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(shown)
    for name, value in private.items():
        if isinstance(shown.get(name), list):
            rows = list(shown[name])
            for place, kept in value.items():
                rows[int(place)] = _joined(rows[int(place)], kept)
            whole[name] = rows
        else:
            whole[name] = value
    return whole


def _erased(part: Part) -> bool:
    for name in type(part).model_fields:
        value = getattr(part, name)
        if _is_private(part, name):
            if value is None:
                return True
        elif isinstance(value, tuple) and any(
            isinstance(each, Part) and _erased(each) for each in value
        ):
            return True
    return False


# --- people and consents ---------------------------------------------------------------------


class Enrolment(Part):
    """One person of the programme: their code, kind and roles."""

    person: Code
    kind: Code
    roles: tuple[Role, ...] = Field(min_length=1)


class Enrolled(Fact):
    """People take part from a day on; whoever is enrolled already gets the new roles.

    Parameters
    ----------
    on
        From when.
    people
        Who, with kind and roles.
    """

    fact: Literal["enrolled"] = "enrolled"
    on: date
    people: tuple[Enrolment, ...] = Field(min_length=1)


class Left(Fact):
    """Somebody leaves the programme; their pairs end for the same reason."""

    fact: Literal["left"] = "left"
    person: Code
    on: date
    reason: Reason = "moved"


class ConsentGiven(Fact):
    """Somebody, or a guardian for them, consents.

    Parameters
    ----------
    person
        Whose consent it is.
    scope
        To taking part, to the use of personal data, or to publication of name and picture.
    on, until
        From when, and the last day if one was named.
    guardian
        Whether the guardian gave it.
    """

    fact: Literal["consent_given"] = "consent_given"
    person: Code
    scope: Scope = "participation"
    on: date
    until: date | None = None
    guardian: bool = False


class ConsentWithdrawn(Fact):
    """A consent is taken back. Unless it was about publication, the person's pairs end."""

    fact: Literal["consent_withdrawn"] = "consent_withdrawn"
    person: Code
    scope: Scope = "participation"
    on: date


class Purged(Fact):
    """What people wrote and answered has been erased.

    Parameters
    ----------
    people
        Whose.
    before
        Or everybody's that was recorded before this day.
    on
        When.
    """

    fact: Literal["purged"] = "purged"
    people: tuple[Code, ...] = ()
    before: date | None = None
    on: date


class Interviewed(Fact):
    """Somebody was interviewed.

    Parameters
    ----------
    person
        Who.
    on
        When.
    cleared
        Whether they may take part.
    by
        Whose interview it was.
    notes
        What was noted; stays with whoever noted it.
    """

    fact: Literal["interviewed"] = "interviewed"
    person: Code
    on: date
    cleared: bool
    by: Literal["psychologist", "curator", "director", "specialist"] = "curator"
    notes: Words = ""


# --- rounds and decisions --------------------------------------------------------------------


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
    form, mentor, mentees
        The form, and who is in it now; None leaves them.
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


class Ordered(Fact):
    """The director orders accepted pairs: from now on they run.

    Parameters
    ----------
    number, on
        Number and date of the order.
    pairs
        Which pairs.
    starts, ends
        First and last day of their term.
    """

    fact: Literal["ordered"] = "ordered"
    number: Code
    on: date
    pairs: tuple[Code, ...] = Field(min_length=1)
    starts: date
    ends: date


class Closed(Fact):
    """A pair ends, at whatever point it has reached.

    Parameters
    ----------
    pair
        Which.
    on
        Its last day.
    reason
        A word that blames nobody.
    note
        More, if somebody wants to say more.
    """

    fact: Literal["closed"] = "closed"
    pair: Code
    on: date
    reason: Reason
    note: Words = ""


class MenteeJoined(Fact):
    """One more mentee comes into an accepted or running group."""

    fact: Literal["mentee_joined"] = "mentee_joined"
    pair: Code
    mentee: Code
    on: date


class MenteeLeft(Fact):
    """One mentee leaves a group that goes on."""

    fact: Literal["mentee_left"] = "mentee_left"
    pair: Code
    mentee: Code
    on: date
    reason: Reason


# --- meetings --------------------------------------------------------------------------------


class MeetingPlanned(Fact):
    """A meeting is arranged, or moved to another day when it is planned already.

    Parameters
    ----------
    meeting
        Its code.
    pair
        Whose it is.
    stage
        The stage it belongs to.
    on
        When.
    """

    fact: Literal["meeting_planned"] = "meeting_planned"
    meeting: Code
    pair: Code
    stage: Stage
    on: date


class MeetingHeld(Fact):
    """A meeting took place; the first of a stage brings the pair to that stage.

    Parameters
    ----------
    meeting
        Its code; of one that wasn't planned, a new one.
    pair, stage, on
        Whose, of which stage, and when.
    present
        Who of the pair came.
    feedback
        What they said.
    """

    fact: Literal["meeting_held"] = "meeting_held"
    meeting: Code
    pair: Code
    stage: Stage
    on: date
    present: tuple[Code, ...] = Field(min_length=1)
    feedback: Words = ""


class MeetingCancelled(Fact):
    """A planned meeting doesn't take place."""

    fact: Literal["meeting_cancelled"] = "meeting_cancelled"
    meeting: Code
    reason: Words = ""


class Confirmed(Fact):
    """Somebody of the pair, or the curator, is for going on after a stage.

    Parameters
    ----------
    pair
        Which pair.
    stage
        After which stage.
    person
        Who; None is the curator.
    feedback
        What they said.
    """

    fact: Literal["confirmed"] = "confirmed"
    pair: Code
    stage: Stage
    on: date
    person: Code | None = None
    feedback: Words = ""


# --- plans -----------------------------------------------------------------------------------


class PlanGoal(Part):
    """A goal of a plan.

    Parameters
    ----------
    goal
        Its code within the plan.
    title
        What is to be reached.
    criterion
        Id of the criterion it comes from, if it does.
    """

    goal: Code
    title: Words = ""
    criterion: Code | None = None


class PlanTask(Part):
    """A task of a plan.

    Parameters
    ----------
    task
        Its code within the plan.
    goal
        Code of the goal it serves.
    section
        The section of the plan it stands in.
    due
        By when.
    title, planned_result
        What is to be done, and what shall come of it.
    weight
        How much it counts.
    """

    task: Code
    goal: Code
    section: Section = "development"
    due: date
    title: Words = ""
    planned_result: Words = ""
    weight: int = Field(1, ge=1, le=1000)


class PlanDrafted(Fact):
    """An individual plan of a running pair or group is written.

    Parameters
    ----------
    pair
        Whose.
    on
        When it was written.
    starts, ends
        First and last day.
    variant
        The role variant, under a neutral name.
    goals, tasks
        What it holds.
    """

    fact: Literal["plan_drafted"] = "plan_drafted"
    pair: Code
    on: date
    starts: date
    ends: date
    variant: Code | None = None
    goals: tuple[PlanGoal, ...] = ()
    tasks: tuple[PlanTask, ...] = ()


class PlanChanged(Fact):
    """A plan is written anew: an approved one gets a new version, which needs approval.

    The parameters are those of :class:`PlanDrafted`. Tasks of an approved version stay; what
    isn't to be done any more is cancelled.
    """

    fact: Literal["plan_changed"] = "plan_changed"
    pair: Code
    on: date
    starts: date
    ends: date
    variant: Code | None = None
    goals: tuple[PlanGoal, ...] = ()
    tasks: tuple[PlanTask, ...] = ()
    reason: Words = ""


class PlansAgreed(Fact):
    """Everybody in these pairs agrees to the plans as they are."""

    fact: Literal["plans_agreed"] = "plans_agreed"
    pairs: tuple[Code, ...] = Field(min_length=1)
    on: date


class PlansApproved(Fact):
    """The director approves agreed plans by an order."""

    fact: Literal["plans_approved"] = "plans_approved"
    number: Code
    on: date
    pairs: tuple[Code, ...] = Field(min_length=1)


class TaskDone(Fact):
    """A task is done.

    Parameters
    ----------
    pair, task
        Which task of whose plan.
    on
        When it was done.
    actual_result
        What came of it.
    mark
        The mentor's mark, 1 to 10.
    """

    fact: Literal["task_done"] = "task_done"
    pair: Code
    task: Code
    on: date
    actual_result: Words = ""
    mark: Mark | None = None


class TaskCancelled(Fact):
    """A task isn't to be done any more; needs a reason."""

    fact: Literal["task_cancelled"] = "task_cancelled"
    pair: Code
    task: Code
    on: date
    reason: Words = ""


class TaskReopened(Fact):
    """A task that was done or cancelled is open again."""

    fact: Literal["task_reopened"] = "task_reopened"
    pair: Code
    task: Code
    on: date
    reason: Words = ""


# --- diagnostics, events, evidence -----------------------------------------------------------


class WaveOpened(Fact):
    """A wave of diagnostics begins.

    Parameters
    ----------
    wave
        Its code.
    kind
        The first survey, one of the quarters, or the final one.
    on, due
        First day, and the day by which answers are expected.
    people
        Who is asked.
    questionnaire
        Digest of the form.
    """

    fact: Literal["wave_opened"] = "wave_opened"
    wave: Code
    kind: WaveKind
    on: date
    due: date
    people: tuple[Code, ...] = Field(min_length=1)
    questionnaire: Digest | None = None


class Answered(Fact):
    """Somebody answers a wave; the last answer counts.

    Parameters
    ----------
    wave, person, on
        Which wave, who, and when.
    answers
        What, by question.
    """

    fact: Literal["answered"] = "answered"
    wave: Code
    person: Code
    on: date
    answers: Answers


class WaveClosed(Fact):
    """No more answers are taken."""

    fact: Literal["wave_closed"] = "wave_closed"
    wave: Code
    on: date


class EventHeld(Fact):
    """An event took place.

    Parameters
    ----------
    event
        Its code.
    kind
        What sort of event.
    on
        When.
    present
        Codes of those who came and have codes.
    others
        How many more came.
    invited
        How many were to come, if that is known.
    activity
        Id of the row of the roadmap it belongs to.
    note
        What is to be remembered.
    """

    fact: Literal["event_held"] = "event_held"
    event: Code
    kind: EventKind
    on: date
    present: tuple[Code, ...] = ()
    others: int = Field(0, ge=0)
    invited: int | None = Field(None, ge=0)
    activity: Code | None = None
    note: Words = ""


class Evidenced(Fact):
    """Something can be shown: a publication, a rubric, a local act.

    Parameters
    ----------
    item
        Its code.
    kind
        What it is.
    on
        Since when.
    activity
        Id of the row of the roadmap it belongs to.
    where
        Where it can be found.
    """

    fact: Literal["evidenced"] = "evidenced"
    item: Code
    kind: EvidenceKind
    on: date
    activity: Code | None = None
    where: Words = ""


AnyFact = Annotated[
    Union[  # noqa: UP007 - one line per kind
        Enrolled,
        Left,
        ConsentGiven,
        ConsentWithdrawn,
        Purged,
        Interviewed,
        RoundMade,
        Accepted,
        Changed,
        Pinned,
        Forbidden,
        Lifted,
        Ordered,
        Closed,
        MenteeJoined,
        MenteeLeft,
        MeetingPlanned,
        MeetingHeld,
        MeetingCancelled,
        Confirmed,
        PlanDrafted,
        PlanChanged,
        PlansAgreed,
        PlansApproved,
        TaskDone,
        TaskCancelled,
        TaskReopened,
        WaveOpened,
        Answered,
        WaveClosed,
        EventHeld,
        Evidenced,
    ],
    Field(discriminator="fact"),
]

FACTS: Final[Mapping[str, type[Fact]]] = {
    kind.model_fields["fact"].default: kind for kind in get_args(get_args(AnyFact)[0])
}
"""Every kind of fact by its name."""


def fact_of(content: Mapping[str, Any]) -> AnyFact:
    """Check plain data and make the fact of it.

    Raises
    ------
    RegisterError
        When this is no fact, with every defect.
    """
    kind = FACTS.get(str(content.get("fact")))
    if kind is None:
        raise RegisterError.of("fact.unknown", Place(field="fact"), names=", ".join(FACTS))
    found: AnyFact = kind.model_validate(content)  # type: ignore[assignment]
    return found


class Entry(Part):
    """A line of the journal.

    Parameters
    ----------
    seq
        Its number, from 1 on; numbers may be missing.
    at
        When it was written down.
    author
        Code of who wrote it.
    fact
        What happened.
    """

    seq: int = Field(ge=1)
    at: AwareDatetime
    author: Code
    fact: AnyFact

    @property
    def day(self) -> date:
        """The day on which it was written down, where it was written down."""
        return self.at.date()

    @property
    def latest_day(self) -> date:
        """The latest day that it was anywhere on earth: nothing can have happened after it."""
        return self.at.astimezone(timezone(timedelta(hours=14))).date()

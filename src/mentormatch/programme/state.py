"""What holds after all that has happened: the fold of a journal, plain values in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

import numpy as np

from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, RegisterError
from mentormatch.participant import Role
from mentormatch.policy.limits import CodePair
from mentormatch.policy.policy import Policy
from mentormatch.programme.decisions import Decision
from mentormatch.programme.facts import (
    Accepted,
    Answered,
    Changed,
    Closed,
    CoMentorChanged,
    Confirmed,
    ConsentGiven,
    ConsentWithdrawn,
    Enrolled,
    Entry,
    EventHeld,
    Evidenced,
    Fact,
    Forbidden,
    Interviewed,
    Joining,
    Left,
    Lifted,
    MeetingCancelled,
    MeetingHeld,
    MeetingPlanned,
    MenteeJoined,
    MenteeLeft,
    Ordered,
    Pinned,
    PlanChanged,
    PlanDrafted,
    PlansAgreed,
    PlansApproved,
    Purged,
    Reason,
    RoundMade,
    Scope,
    TaskCancelled,
    TaskDone,
    TaskReopened,
    WaveClosed,
    WaveOpened,
)
from mentormatch.programme.history import Past, broken_of, decided_in, history_of, running_of
from mentormatch.programme.pairs import BROKEN, NOBODY, PairLife
from mentormatch.programme.people import Person
from mentormatch.programme.plans import Plan
from mentormatch.programme.refusals import defect, in_order, not_after, refuse, twice
from mentormatch.programme.waves import Wave


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """All that a journal comes to. Nothing in it changes; :meth:`apply` makes the next state.

    Parameters
    ----------
    seq, at
        Number and time of the last entry.
    people
        Everybody who takes part or took part, by code.
    rounds
        The matchings that were made, by code.
    pairs
        Pairs and groups, by code.
    pins, bans
        What is decided for the next matching, by (mentor, mentee).
    waves, events, evidence
        By code.
    to_purge
        Whose data is to be erased, and which consents they took back.
    """

    seq: int = 0
    at: datetime | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    rounds: Mapping[str, RoundMade] = field(default_factory=dict)
    pairs: Mapping[str, PairLife] = field(default_factory=dict)
    pins: Mapping[CodePair, Decision] = field(default_factory=dict)
    bans: Mapping[CodePair, Decision] = field(default_factory=dict)
    waves: Mapping[str, Wave] = field(default_factory=dict)
    events: Mapping[str, EventHeld] = field(default_factory=dict)
    evidence: Mapping[str, Evidenced] = field(default_factory=dict)
    to_purge: Mapping[str, frozenset[Scope]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry], on: date | None = None) -> Self:
        """Fold a journal, up to the end of a day if one is named.

        Raises
        ------
        RegisterError
            When an entry can't follow those before it.
        """
        state = cls()
        for entry in entries:
            if on is not None and entry.day > on:
                break
            state = state.apply(entry)
        return state

    def apply(self, entry: Entry) -> Self:
        """Return what holds after one more entry.

        Raises
        ------
        RegisterError
            When that can't have happened, with every reason; this state stays as it is.
        """
        refuse(
            [
                defect("seq", "seq", seq=entry.seq, last=self.seq)
                if entry.seq <= self.seq
                else None,
                defect("at", "at") if self.at is not None and entry.at < self.at else None,
            ]
        )
        # Each kind of fact has a method of its name.
        done: Self = getattr(self, f"_{entry.fact.fact}")(entry.fact, entry)
        return replace(done, seq=entry.seq, at=entry.at)

    def entry(self, fact: Fact, author: str, at: datetime | None = None) -> Entry:
        """Write a fact down as the next entry; now, when no time is given."""
        at = at or datetime.now().astimezone()
        return Entry.model_validate({"seq": self.seq + 1, "at": at, "author": author, "fact": fact})

    def concerns(self, fact: Fact) -> frozenset[str]:
        """List the codes of everybody whom a fact is about, by what holds now."""
        found: set[str] = set()
        for name in ("person", "mentor", "mentee", "co_mentor"):
            code = getattr(fact, name, None)
            if code is not None and code != NOBODY:
                found.add(code)
        for name in ("people", "mentees", "present", "unmatched"):
            for each in getattr(fact, name, None) or ():
                found.add(each if isinstance(each, str) else each.person)
        pairs = [*(getattr(fact, "pairs", None) or ()), getattr(fact, "pair", None)]
        if isinstance(fact, MeetingCancelled):
            pairs.append(self._pair_of(fact.meeting))
        for code in pairs:
            if code in self.pairs:
                found.update(self.pairs[code].members)
        if isinstance(fact, RoundMade):
            for each in fact.proposals:
                found.update(who for who in (each.mentor, *each.mentees, each.co_mentor) if who)
            for other in fact.joining:
                found.update(who for who in (*other.mentees, other.co_mentor) if who)
        return frozenset(found)

    def history(self) -> tuple[Past, ...]:
        """List who mentored whom, since when, until when, and why it ended."""
        return history_of(self.pairs.values())

    def running(self) -> tuple[CodePair, ...]:
        """List the pairs (mentor, mentee) that are accepted or run, which a rematch keeps."""
        return running_of(self.pairs.values())

    def broken(self) -> tuple[CodePair, ...]:
        """List the pairs (mentor, mentee) that aren't to be made again."""
        return broken_of(self.pairs.values())

    def here(self, cohort: Cohort) -> Cohort:
        """Leave out everybody who has left the programme or taken a consent back."""
        known = (self.people.get(code) for code in cohort.ids)
        rows = [who is None or (who.active and who.consenting) for who in known]
        return cohort if all(rows) else cohort.take(np.array(rows, bool))

    def joining(self) -> tuple[Joining, ...]:
        """List whom the newest round would let come into groups, as long as nobody has decided."""
        newest = [*self.rounds.values()][-1:]
        found = (self._still(each) for made in newest for each in made.joining)
        return tuple(each for each in found if each.mentees or each.co_mentor)

    def _still(self, joining: Joining) -> Joining:
        """Leave out who has come into the group, or can't any more."""
        pair = self.pairs.get(joining.pair)
        if pair is None or pair.status not in ("accepted", "running"):
            return Joining(pair=joining.pair)
        mentees = [
            who
            for who in joining.mentees
            if who not in (*pair.mentees, *pair.departed)
            and all((mentor, who) not in self.bans for mentor in pair.mentors)
            and not [*self._unfit(who, "mentee", "mentees")]
        ]
        beside = joining.co_mentor
        is_free = pair.co_mentor is None and all(each.person != beside for each in pair.helped)
        if beside is not None and (not is_free or [*self._unfit(beside, "mentor", "co_mentor")]):
            beside = None
        return Joining(pair=pair.pair, mentees=tuple(mentees), co_mentor=beside)

    def in_policy(self, policy: Policy, cohort: Cohort, *, keep: bool = False) -> Policy:
        """Write what has been decided, and which pairs broke, into a policy.

        Parameters
        ----------
        policy
            The school's policy. What it says itself of the same pairs is replaced. Pairs that
            were made against a rule are pinned with their waiver, or the rule would end them.
        cohort
            The people who are here now; what is decided about others is left out.
        keep
            Also pin every running pair, and let co-mentors stay where they are; ``mm.rematch``
            keeps pairs without that, where a policy makes no groups.

        Raises
        ------
        PolicyError
            When the policy can't hold that.
        """
        pins = {
            (pair.mentor, mentee): pair.waiver
            for pair in self.pairs.values()
            if pair.status in ("accepted", "running") and pair.waiver is not None
            for mentee in pair.mentees
        } | dict(self.pins)
        beside: dict[str, str] = {}
        if keep:
            pins |= {two: Decision("register", None) for two in self.running() if two not in pins}
            settled = (it for it in self.pairs.values() if it.status in ("accepted", "running"))
            beside = {pair.mentor: pair.co_mentor for pair in settled if pair.co_mentor}
        return decided_in(policy, cohort, pins, self.bans, self.broken(), beside=beside)

    def __repr__(self) -> str:
        return f"State(seq={self.seq}, people={len(self.people)}, pairs={len(self.pairs)})"

    # --- people ----------------------------------------------------------------------------

    def _enrolled(self, fact: Enrolled, entry: Entry) -> Self:
        del entry
        refuse(twice([each.person for each in fact.people], "people"))
        people = dict(self.people)
        for place, each in enumerate(fact.people):
            known = people.get(each.person)
            people[each.person] = (
                Person(each.person, each.kind, frozenset(each.roles), fact.on)
                if known is None
                else known.enrolled(each, fact.on, place)
            )
        return replace(self, people=people)

    def _left(self, fact: Left, entry: Entry) -> Self:
        person = self._person(fact.person).leaves(fact, entry.latest_day)
        pairs = self._pairs_without(fact.person, fact.on, fact.reason)
        return replace(self, people={**self.people, person.code: person}, pairs=pairs)

    def _consent_given(self, fact: ConsentGiven, entry: Entry) -> Self:
        person = self._person(fact.person).consents_to(fact, entry.latest_day)
        scopes = self.to_purge.get(fact.person, frozenset()) - {fact.scope}
        rest = {who: each for who, each in self.to_purge.items() if who != fact.person}
        return replace(
            self._with_person(person),
            to_purge=rest | ({fact.person: scopes} if scopes else {}),
        )

    def _consent_withdrawn(self, fact: ConsentWithdrawn, entry: Entry) -> Self:
        person = self._person(fact.person).withdraws(fact, entry.latest_day)
        scopes = self.to_purge.get(fact.person, frozenset()) | {fact.scope}
        pairs = self.pairs
        if fact.scope != "publication":
            pairs = self._pairs_without(fact.person, fact.on, "consent_withdrawn")
        return replace(
            self,
            people={**self.people, person.code: person},
            pairs=pairs,
            to_purge={**self.to_purge, fact.person: scopes},
        )

    def _purged(self, fact: Purged, entry: Entry) -> Self:
        refuse(
            [
                *twice(fact.people, "people"),
                not_after(fact.on, entry.latest_day),
            ]
        )
        rest = {who: scopes for who, scopes in self.to_purge.items() if who not in fact.people}
        return replace(self, to_purge=rest)

    def _interviewed(self, fact: Interviewed, entry: Entry) -> Self:
        return self._with_person(self._person(fact.person).interviewed(fact, entry.latest_day))

    def _person(self, code: str, field: str = "person") -> Person:
        if code not in self.people:
            refuse([defect("no-person", field, person=code)])
        return self.people[code]

    def _unknown(self, codes: Iterable[str], field: str) -> Iterator[Defect]:
        for place, code in enumerate(codes):
            if code not in self.people:
                yield defect("no-person", f"{field}[{place}]", person=code)

    def _unfit(self, code: str, role: Role, field: str) -> Iterator[Defect]:
        """Object to somebody who isn't here, or not in a role."""
        person = self.people.get(code)
        if person is None:
            yield defect("no-person", field, person=code)
        elif not person.active:
            yield defect("left", field, person=code)
        elif role not in person.roles:
            yield defect(f"no-{role}", field, person=code)

    def _with_person(self, person: Person) -> Self:
        return replace(self, people={**self.people, person.code: person})

    def _pairs_without(self, code: str, on: date, reason: Reason) -> dict[str, PairLife]:
        """Close the pairs that can't go on without somebody; others lose them only."""
        return {
            name: pair.without(code, on, reason) if pair.open and code in pair.members else pair
            for name, pair in self.pairs.items()
        }

    # --- rounds and decisions ----------------------------------------------------------------

    def _round_made(self, fact: RoundMade, entry: Entry) -> Self:
        defects: list[Defect | None] = [not_after(fact.on, entry.latest_day)]
        if fact.round in self.rounds:
            defects.append(defect("round-exists", "round", round=fact.round))
        defects += twice([each.pair for each in fact.proposals], "proposals")
        defects += self._unknown(fact.unmatched, "unmatched")
        for place, code in enumerate(fact.kept):
            pair = self.pairs.get(code)
            if pair is None:
                defects.append(defect("no-pair", f"kept[{place}]", pair=code))
            elif pair.status not in ("accepted", "running"):
                defects.append(defect(f"is-{pair.status}", f"kept[{place}]", pair=code))
        for place, each in enumerate(fact.joining):
            where = f"joining[{place}]."
            if each.pair not in fact.kept:
                defects.append(defect("not-kept", f"{where}pair", pair=each.pair))
            defects += self._unknown(each.mentees, f"{where}mentees")
            if each.co_mentor is not None:
                defects += self._unfit(each.co_mentor, "mentor", f"{where}co_mentor")
        proposed = [PairLife.proposed_in(fact, each) for each in fact.proposals]
        for place, pair in enumerate(proposed):
            where = f"proposals[{place}]."
            if pair.pair in self.pairs:
                defects.append(defect("pair-exists", f"{where}pair", pair=pair.pair))
            defects += self._objections(pair, where)
            earlier = (other for other in proposed[:place] if other.overlaps(pair))
            defects += (defect("together", f"{where}mentees", pair=each.pair) for each in earlier)
        refuse(defects)
        # Whatever nobody decided on is proposed anew or not at all.
        pairs = {
            code: pair.close(fact.on, "rematched") if pair.status == "proposed" else pair
            for code, pair in self.pairs.items()
        }
        pairs |= {pair.pair: pair for pair in proposed}
        return replace(self, pairs=pairs, rounds={**self.rounds, fact.round: fact})

    def _objections(self, pair: PairLife, where: str = "") -> Iterator[Defect]:
        """Object to people who can't be together."""
        yield from self._unfit(pair.mentor, "mentor", f"{where}mentor")
        if pair.co_mentor is not None:
            yield from self._unfit(pair.co_mentor, "mentor", f"{where}co_mentor")
            if pair.co_mentor == pair.mentor:
                yield defect("same-person", f"{where}co_mentor", person=pair.mentor)
        yield from twice(pair.mentees, f"{where}mentees")
        for place, who in enumerate(pair.mentees):
            field = f"{where}mentees[{place}]"
            yield from self._unfit(who, "mentee", field)
            if who in (pair.mentor, pair.co_mentor):
                yield defect("same-person", field, person=who)
            for mentor in pair.mentors:
                if (mentor, who) in self.bans:
                    yield defect("is-forbidden", field, mentor=mentor, mentee=who)
        yield from self._together(pair, f"{where}mentees")

    def _together(self, pair: PairLife, field: str) -> Iterator[Defect]:
        """Object to people who are together already, in the same form."""
        for other in self.pairs.values():
            settled = other.status in ("accepted", "running")
            if settled and other.pair != pair.pair and other.overlaps(pair):
                yield defect("together", field, pair=other.pair)

    def _accepted(self, fact: Accepted, entry: Entry) -> Self:
        del entry

        def accept(pair: PairLife, place: str) -> PairLife:
            refuse(self._together(pair, place))
            return pair.accept(place)

        return self._each_pair(fact.pairs, accept)

    def _changed(self, fact: Changed, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        after = pair.change(fact)
        if fact.waive:
            waiver = Decision(entry.author, entry.at, fact.waive, fact.reason)
            after = replace(after, waiver=waiver)
        refuse([*self._objections(after), _unreasoned(fact)])
        return self._with_pair(after)

    def _pinned(self, fact: Pinned, entry: Entry) -> Self:
        key = fact.mentor, fact.mentee
        refuse(
            [
                *self._two(fact),
                defect("is-forbidden", "mentee", mentor=fact.mentor, mentee=fact.mentee)
                if key in self.bans
                else None,
                _unreasoned(fact),
            ]
        )
        decision = Decision(entry.author, entry.at, fact.waive, fact.reason)
        return replace(self, pins={**self.pins, key: decision})

    def _forbidden(self, fact: Forbidden, entry: Entry) -> Self:
        key = fact.mentor, fact.mentee
        together = [
            pair
            for pair in self.pairs.values()
            if pair.open and fact.mentor in pair.mentors and fact.mentee in pair.mentees
        ]
        settled = [pair.pair for pair in together if pair.status != "proposed"]
        refuse(
            [
                *self._two(fact),
                defect("is-pinned", "mentee", mentor=fact.mentor, mentee=fact.mentee)
                if key in self.pins
                else None,
                *(defect("together", "mentee", pair=pair) for pair in settled),
            ]
        )
        apart = {pair.pair: pair.apart(fact, entry.day) for pair in together}
        decision = Decision(entry.author, entry.at, reason=fact.reason)
        return replace(self, pairs={**self.pairs, **apart}, bans={**self.bans, key: decision})

    def _lifted(self, fact: Lifted, entry: Entry) -> Self:
        del entry
        key = fact.mentor, fact.mentee
        if key not in self.pins and key not in self.bans:
            refuse([defect("nothing-decided", "mentee", mentor=key[0], mentee=key[1])])
        pins = {pair: each for pair, each in self.pins.items() if pair != key}
        bans = {pair: each for pair, each in self.bans.items() if pair != key}
        return replace(self, pins=pins, bans=bans)

    def _two(self, fact: Pinned | Forbidden) -> Iterator[Defect]:
        yield from self._unfit(fact.mentor, "mentor", "mentor")
        yield from self._unfit(fact.mentee, "mentee", "mentee")
        if fact.mentor == fact.mentee:
            yield defect("same-person", "mentee", person=fact.mentee)

    def _ordered(self, fact: Ordered, entry: Entry) -> Self:
        refuse([in_order(fact.starts, fact.ends), not_after(fact.on, entry.latest_day)])
        return self._each_pair(fact.pairs, lambda pair, place: pair.order_by(fact, place))

    def _closed(self, fact: Closed, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        refuse([not_after(fact.on, entry.latest_day)])
        after = self._with_pair(pair.close(fact.on, fact.reason))
        return after if fact.reason not in BROKEN else replace(after, pins=self._pins_off(pair))

    def _mentee_joined(self, fact: MenteeJoined, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        refuse([not_after(fact.on, entry.latest_day)])
        after = pair.gain(fact)
        refuse(self._objections(after))
        return self._with_pair(after)

    def _co_mentor_changed(self, fact: CoMentorChanged, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        refuse([not_after(fact.on, entry.latest_day)])
        after = pair.change_co_mentor(fact)
        refuse(self._objections(after))
        return self._with_pair(after)

    def _mentee_left(self, fact: MenteeLeft, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        pair.expect_open("pair")
        refuse(
            [
                not_after(fact.on, entry.latest_day),
                None
                if fact.mentee in pair.mentees
                else defect("not-a-member", "mentee", person=fact.mentee, pair=fact.pair),
                defect("last-mentee", "mentee", pair=fact.pair)
                if pair.mentees == (fact.mentee,)
                else None,
            ]
        )
        after = self._with_pair(pair.lose(fact.mentee, fact.on, fact.reason))
        if fact.reason not in BROKEN:
            return after
        return replace(after, pins=self._pins_off(pair, fact.mentee))

    def _pins_off(self, pair: PairLife, mentee: str | None = None) -> dict[CodePair, Decision]:
        """Leave out the pins of a pair that broke, or of one mentee in it."""
        gone = {(pair.mentor, who) for who in pair.mentees if mentee in (None, who)}
        return {two: decision for two, decision in self.pins.items() if two not in gone}

    def _pair(self, code: str, field: str = "pair") -> PairLife:
        if code not in self.pairs:
            refuse([defect("no-pair", field, pair=code)])
        return self.pairs[code]

    def _with_pair(self, pair: PairLife) -> Self:
        return replace(self, pairs={**self.pairs, pair.pair: pair})

    def _each_pair(
        self, codes: tuple[str, ...], change: Callable[[PairLife, str], PairLife]
    ) -> Self:
        """Change several pairs at once, or none and say everything that is in the way."""
        defects: list[Defect] = list(twice(codes, "pairs"))
        pairs = dict(self.pairs)
        for place, code in enumerate(codes):
            field = f"pairs[{place}]"
            try:
                pairs[code] = change(self._pair(code, field), field)
            except RegisterError as error:
                defects += error.defects
        refuse(defects)
        return replace(self, pairs=pairs)

    # --- meetings and plans ------------------------------------------------------------------

    def _meeting_planned(self, fact: MeetingPlanned, entry: Entry) -> Self:
        del entry
        return self._with_pair(self._of_meeting(fact).plan_meeting(fact))

    def _meeting_held(self, fact: MeetingHeld, entry: Entry) -> Self:
        return self._with_pair(self._of_meeting(fact).hold_meeting(fact, entry.latest_day))

    def _meeting_cancelled(self, fact: MeetingCancelled, entry: Entry) -> Self:
        del entry
        owner = self._pair_of(fact.meeting)
        if owner is None:
            refuse([defect("no-meeting", "meeting", meeting=fact.meeting)])
        assert owner is not None
        return self._with_pair(self.pairs[owner].cancel_meeting(fact))

    def _of_meeting(self, fact: MeetingPlanned | MeetingHeld) -> PairLife:
        owner = self._pair_of(fact.meeting)
        if owner not in (None, fact.pair):
            refuse([defect("meeting-elsewhere", "meeting", meeting=fact.meeting, pair=owner)])
        return self._pair(fact.pair)

    def _pair_of(self, meeting: str) -> str | None:
        owners = (code for code, pair in self.pairs.items() if meeting in pair.meetings)
        return next(owners, None)

    def _confirmed(self, fact: Confirmed, entry: Entry) -> Self:
        return self._with_pair(self._pair(fact.pair).confirm(fact, entry.latest_day))

    def _plan_drafted(self, fact: PlanDrafted, entry: Entry) -> Self:
        pair = self._pair(fact.pair)
        term = pair.expect_running("pair")
        if pair.plan is not None:
            refuse([defect("plan-exists", "pair", pair=pair.pair)])
        return self._with_pair(replace(pair, plan=Plan.drafted(fact, term, entry.latest_day)))

    def _plan_changed(self, fact: PlanChanged, entry: Entry) -> Self:
        pair, plan = self._planned(fact.pair)
        term = pair.expect_running("pair")
        return self._with_pair(replace(pair, plan=plan.changed(fact, term, entry.latest_day)))

    def _plans_agreed(self, fact: PlansAgreed, entry: Entry) -> Self:
        def agree(pair: PairLife, place: str) -> PairLife:
            plan = self._planned(pair.pair, place)[1]
            return replace(pair, plan=plan.agreed(fact, pair.pair, entry.latest_day, place))

        return self._each_pair(fact.pairs, agree)

    def _plans_approved(self, fact: PlansApproved, entry: Entry) -> Self:
        def approve(pair: PairLife, place: str) -> PairLife:
            plan = self._planned(pair.pair, place)[1]
            return replace(pair, plan=plan.approved(fact, pair.pair, entry.latest_day, place))

        return self._each_pair(fact.pairs, approve)

    def _task_done(self, fact: TaskDone, entry: Entry) -> Self:
        pair, plan = self._planned(fact.pair)
        return self._with_pair(replace(pair, plan=plan.task_done(fact, entry.latest_day)))

    def _task_cancelled(self, fact: TaskCancelled, entry: Entry) -> Self:
        pair, plan = self._planned(fact.pair)
        return self._with_pair(replace(pair, plan=plan.task_cancelled(fact, entry.latest_day)))

    def _task_reopened(self, fact: TaskReopened, entry: Entry) -> Self:
        pair, plan = self._planned(fact.pair)
        return self._with_pair(replace(pair, plan=plan.task_reopened(fact, entry.latest_day)))

    def _planned(self, code: str, field: str = "pair") -> tuple[PairLife, Plan]:
        pair = self._pair(code, field)
        pair.expect_running(field)
        if pair.plan is None:
            refuse([defect("no-plan", field, pair=code)])
        assert pair.plan is not None
        return pair, pair.plan

    # --- waves, events, evidence -------------------------------------------------------------

    def _wave_opened(self, fact: WaveOpened, entry: Entry) -> Self:
        del entry
        refuse(
            [
                defect("wave-exists", "wave", wave=fact.wave) if fact.wave in self.waves else None,
                *self._unknown(fact.people, "people"),
            ]
        )
        return replace(self, waves={**self.waves, fact.wave: Wave.of(fact)})

    def _answered(self, fact: Answered, entry: Entry) -> Self:
        wave = self._wave(fact.wave)
        person = self._person(fact.person)
        if not person.consenting:
            refuse([defect("no-consent", "person", person=fact.person)])
        wave = wave.answered(fact, entry.latest_day)
        after = replace(self, waves={**self.waves, fact.wave: wave})
        if wave.kind != "final":
            return after
        pairs = {
            code: replace(pair, surveyed=pair.surveyed | {fact.person})
            if pair.status == "running" and fact.person in pair.members
            else pair
            for code, pair in self.pairs.items()
        }
        return replace(after, pairs=pairs)

    def _wave_closed(self, fact: WaveClosed, entry: Entry) -> Self:
        wave = self._wave(fact.wave).close(fact, entry.latest_day)
        return replace(self, waves={**self.waves, fact.wave: wave})

    def _wave(self, code: str) -> Wave:
        if code not in self.waves:
            refuse([defect("no-wave", "wave", wave=code)])
        return self.waves[code]

    def _event_held(self, fact: EventHeld, entry: Entry) -> Self:
        came = len(fact.present) + fact.others
        refuse(
            [
                defect("event-exists", "event", event=fact.event)
                if fact.event in self.events
                else None,
                not_after(fact.on, entry.latest_day),
                *twice(fact.present, "present"),
                defect("more-than-invited", "invited", came=came, invited=fact.invited)
                if fact.invited is not None and came > fact.invited
                else None,
            ]
        )
        return replace(self, events={**self.events, fact.event: fact})

    def _evidenced(self, fact: Evidenced, entry: Entry) -> Self:
        refuse(
            [
                defect("item-exists", "item", item=fact.item)
                if fact.item in self.evidence
                else None,
                not_after(fact.on, entry.latest_day),
            ]
        )
        return replace(self, evidence={**self.evidence, fact.item: fact})


def _unreasoned(fact: Changed | Pinned) -> Defect | None:
    """Object to a rule that is set aside without a reason."""
    return defect("no-reason", "reason") if fact.waive and fact.reason == "" else None

"""Who takes part: roles, consents, interviews, and since when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from mentormatch.participant import Role
from mentormatch.programme.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    Enrolment,
    Interviewed,
    Left,
    Reason,
    Scope,
)
from mentormatch.programme.refusals import defect, not_after, refuse


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent of one scope.

    Parameters
    ----------
    given
        From when; None when it was given before the register began.
    until
        The last day, if one was named.
    guardian
        Whether the guardian gave it.
    withdrawn
        When it was taken back, if it was.
    """

    given: date | None = None
    until: date | None = None
    guardian: bool = False
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """From when until when somebody took part, and why they left; None while they still do."""

    since: date
    left: date | None = None
    reason: Reason | None = None

    def holds(self, day: date) -> bool:
        """Tell whether a day is in it; the day on which somebody leaves is not."""
        return self.since <= day and (self.left is None or self.left > day)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part or took part.

    Parameters
    ----------
    code, kind, roles
        Who they are.
    since
        From when; who has come back, from when again.
    left, reason
        When they left and for what reason, if they did.
    earlier
        When they took part before that.
    consents
        By scope.
    interviews
        As they were noted.
    """

    code: str
    kind: str
    roles: frozenset[Role]
    since: date
    left: date | None = None
    reason: Reason | None = None
    consents: Mapping[Scope, Consent] = field(default_factory=dict)
    interviews: tuple[Interviewed, ...] = ()
    earlier: tuple[Stay, ...] = ()

    @property
    def stays(self) -> tuple[Stay, ...]:
        """All the times for which they took part, the present or last one at the end."""
        return (*self.earlier, Stay(self.since, self.left, self.reason))

    def stay(self, day: date) -> Stay | None:
        """Return the last time for which they took part that had begun by a day."""
        return next((each for each in self.stays[::-1] if each.since <= day), None)

    @property
    def active(self) -> bool:
        """Whether they take part."""
        return self.left is None

    @property
    def cleared(self) -> bool | None:
        """What the last interview came to; None without one."""
        return self.interviews[-1].cleared if self.interviews else None

    @property
    def consenting(self) -> bool:
        """Whether no consent has been taken back that taking part needs."""
        return not (self.withdrew("participation") or self.withdrew("data"))

    def withdrew(self, scope: Scope) -> bool:
        """Tell whether a consent has been taken back and not given again."""
        consent = self.consents.get(scope)
        return consent is not None and consent.withdrawn is not None

    def enrolled(self, enrolment: Enrolment, on: date, place: int) -> Self:
        """Come back, or take further roles."""
        where = f"people[{place}].person"
        refuse(
            [
                None if self.consenting else defect("no-consent", where, person=self.code),
                defect("kind", where, person=self.code, kind=self.kind)
                if enrolment.kind != self.kind
                else None,
            ]
        )
        if self.active:
            return replace(self, roles=self.roles | set(enrolment.roles))
        return replace(
            self,
            since=on,
            roles=frozenset(enrolment.roles),
            left=None,
            reason=None,
            earlier=self.stays,
        )

    def leaves(self, fact: Left, latest: date) -> Self:
        """Leave the programme."""
        refuse(
            [
                not_after(fact.on, latest),
                None if self.active else defect("left", "person", person=self.code),
            ]
        )
        return replace(self, left=fact.on, reason=fact.reason)

    def consents_to(self, fact: ConsentGiven, latest: date) -> Self:
        """Give a consent."""
        refuse(
            [
                not_after(fact.on, latest),
                defect("term", "until", starts=fact.on, ends=fact.until)
                if fact.until is not None and fact.until < fact.on
                else None,
            ]
        )
        given = Consent(fact.on, fact.until, fact.guardian)
        return replace(self, consents={**self.consents, fact.scope: given})

    def withdraws(self, fact: ConsentWithdrawn, latest: date) -> Self:
        """Take a consent back; unless it was about publication, they leave."""
        refuse(
            [
                not_after(fact.on, latest),
                defect("withdrawn", "scope", person=self.code)
                if self.withdrew(fact.scope)
                else None,
            ]
        )
        before = self.consents.get(fact.scope, Consent())
        consents = {**self.consents, fact.scope: replace(before, withdrawn=fact.on)}
        if fact.scope == "publication" or not self.active:
            return replace(self, consents=consents)
        return replace(self, consents=consents, left=fact.on, reason="consent_withdrawn")

    def interviewed(self, fact: Interviewed, latest: date) -> Self:
        """Be interviewed."""
        refuse([not_after(fact.on, latest)])
        return replace(self, interviews=(*self.interviews, fact))

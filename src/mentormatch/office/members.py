"""Who joins, who leaves, and the end of pairs."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from mentormatch.errors import MentorMatchError, RegisterError
from mentormatch.keys import KeyFile
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done
from mentormatch.office.traces import traces_of
from mentormatch.programme import facts as f
from mentormatch.programme.pairs import PairLife


class Members(Desk):
    """Joining, leaving, and the end of pairs."""

    def end(
        self,
        pairs: Iterable[str],
        reason: f.Reason,
        *,
        on: date | None = None,
        note: str = "",
    ) -> Done:
        """Note that pairs have ended.

        Parameters
        ----------
        pairs, reason
            Which, and why: a word that blames nobody.
        on
            Their last day; today when not said.
        note
            More, if somebody wants to say more.
        """
        codes = tuple(pairs)
        facts = (f.Closed(pair=code, on=on or self.day, reason=reason, note=note) for code in codes)
        return Done("ended", {"count": len(codes)}, self._record(*facts))

    def end_year(self, *, on: date | None = None) -> Done:
        """Note that all running pairs have ended: with the goal reached, or with the year.

        The goal is reached where the last stage is, and nothing is missing.

        Parameters
        ----------
        on
            Their last day; today when not said.
        """
        running = with_status(self.state, "running")
        if not running:
            raise RegisterError.of("office.nothing-runs")
        facts = [
            f.Closed(
                pair=pair.pair,
                on=on or self.day,
                reason="goal_reached" if pair.complete else "year_end",
            )
            for pair in running
        ]
        complete = sum(fact.reason == "goal_reached" for fact in facts)
        return Done("year-ended", {"count": len(facts), "reached": complete}, self._record(*facts))

    def withdraw(
        self, person: str, scope: f.Scope = "participation", *, on: date | None = None
    ) -> Done:
        """Note that somebody takes a consent back, and forget what they wrote and answered.

        Their pairs end, and what is private of them is erased from the register for good. A
        consent to publication only is noted: what was published, people have to take down.
        Files of the programme are left as they are; those in which the code stands are named.

        Parameters
        ----------
        person, scope
            Whose consent, and to what.
        on
            When; today when not said.
        """
        own = {pair.pair for pair in self._open_of(person)}
        entries = self._record(f.ConsentWithdrawn(person=person, scope=scope, on=on or self.day))
        programme = self.programme
        keys = programme.settings.keys
        further = () if keys is None else (programme.folder / keys,)
        more: tuple[Any, ...] = traces_of(
            programme.folder, person, *further, name=self._name_of(person)
        )
        if scope != "publication":
            purge = self.register.purge(person=person, author=self.author, at=self._when())
            more = (purge, *more)
        values = {"person": person, **self._after_leaving(own)}
        act = "withdrawn" if values["groups"] == "-" else "withdrawn-going"
        act = "withdrawn-publication" if scope == "publication" else act
        return Done(act, values, entries, more=more)

    def leave(
        self,
        people: Iterable[str],
        reason: f.Reason,
        *,
        pair: str | None = None,
        on: date | None = None,
    ) -> Done:
        """Note that people leave the programme, or only a group that goes on without them.

        Pairs that can't go on without somebody end for the same reason.

        Parameters
        ----------
        people, reason
            Who, and why: a word that blames nobody.
        pair
            The group that they leave, if they stay in the programme.
        on
            When; today when not said.

        Raises
        ------
        RegisterError
            When somebody isn't there, or the group can't go on without them.
        """
        codes, on, state = tuple(people), on or self.day, self.state
        own = {each.pair for code in codes for each in self._open_of(code)}
        beside = None if pair is None or pair not in state.pairs else state.pairs[pair].co_mentor
        facts: list[f.Fact] = []
        for code in codes:
            if pair is None:
                facts.append(f.Left(person=code, on=on, reason=reason))
            elif code == beside:
                facts.append(f.CoMentorChanged(pair=pair, on=on, reason=reason))
            else:
                facts.append(f.MenteeLeft(pair=pair, mentee=code, on=on, reason=reason))
        entries = self._record(*facts)
        after = self._after_leaving(own)
        values = {"count": len(codes), "people": ", ".join(codes), **after}
        return Done("left" if after["groups"] == "-" else "left-going", values, entries)

    def join(
        self,
        pair: str | None = None,
        mentees: Iterable[str] = (),
        *,
        co_mentor: str | None = None,
        on: date | None = None,
    ) -> Done:
        """Note that people come into a group that goes on.

        Parameters
        ----------
        pair
            Which group; everything that the newest round would have when not said.
        mentees, co_mentor
            Who joins it, and who stands beside its mentor from now on, instead of whoever did.
            What the newest round would have when neither is said.
        on
            When; today when not said.

        Raises
        ------
        RegisterError
            When nobody waits to join, or they can't be together.
        """
        offered, new = self.state.joining(), tuple(mentees)
        if pair is not None:
            named = f.Joining(pair=pair, mentees=new, co_mentor=co_mentor)
            offered = tuple(each for each in offered if each.pair == pair)
            offered = (named,) if new or co_mentor else offered
        if not offered:
            raise RegisterError.of("office.none-joins")
        on, facts = on or self.day, list[f.Fact]()
        for each in offered:
            facts += (f.MenteeJoined(pair=each.pair, mentee=who, on=on) for who in each.mentees)
            if each.co_mentor is not None:
                facts.append(f.CoMentorChanged(pair=each.pair, co_mentor=each.co_mentor, on=on))
        return Done("joined", {"count": len(facts)}, self._record(*facts))

    def _open_of(self, person: str) -> list[PairLife]:
        return [pair for pair in self.state.pairs.values() if pair.open and person in pair.members]

    def _name_of(self, person: str) -> str:
        """Return somebody's name, to look for it; blank where nothing tells it."""
        keys = self.programme.settings.keys
        with suppress(MentorMatchError, OSError):
            if keys is not None:
                return KeyFile.load(self.programme.folder / keys).name_of(person)
        return ""

    def _after_leaving(self, pairs: Collection[str]) -> dict[str, str]:
        """Say which of some pairs have ended, and which go on without somebody."""
        after = self.state.pairs
        ended = ", ".join(sorted(code for code in pairs if not after[code].open))
        going = ", ".join(sorted(code for code in pairs if after[code].open))
        return {"pairs": ended or "-", "groups": going or "-"}

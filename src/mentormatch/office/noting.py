"""What happened and is written down: meetings, events, interviews, consents."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from mentormatch.errors import Place, RegisterError
from mentormatch.messages import Language
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done
from mentormatch.office.event_log import WHATS, event_log, free_code, noted, read_event_log
from mentormatch.office.meeting_log import MeetingNote, meeting_log, read_meeting_log
from mentormatch.programme import facts as f


class Noting(Desk):
    """Meetings, events, interviews and consents."""

    def write_meetings(self, *, names: bool = False, lang: Language = "ru") -> Done:
        """Write ``out/meetings.xlsx``: a row for the next meeting of each running pair.

        Parameters
        ----------
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the sheet.

        Raises
        ------
        MentorMatchError
            When no pair runs, or there are no names to show.
        """
        state = self.state
        if not with_status(state, "running"):
            raise RegisterError.of("office.nothing-runs")
        path = self.programme.out / "meetings.xlsx"
        keys = self.programme.names_for(path) if names else None
        files = self._write(path, meeting_log(state, self.day, keys=keys, lang=lang))
        return Done("meetings-written", {"count": len(with_status(state, "running"))}, files=files)

    def read_meetings(self, file: str | Path) -> Done:
        """Read meetings and words for going on from a filled log.

        Raises
        ------
        MentorMatchError
            With everything that can't be; nothing is recorded then.
        """
        return self._meetings(read_meeting_log(file, self.state, self._at()))

    def meeting(
        self,
        pair: str,
        stage: f.Stage,
        *,
        on: date | None = None,
        present: Iterable[str] = (),
        going_on: Iterable[str] = (),
        feedback: str = "",
    ) -> Done:
        """Note one meeting.

        Parameters
        ----------
        pair, stage, on
            Whose, of which stage, and when; today when not said.
        present
            Who came; everybody in the pair when not said.
        going_on
            Who is for going on after it: codes, or ``["all"]`` for everybody and the curator.
        feedback
            What was said.
        """
        note = MeetingNote(
            pair,
            stage,
            on or self.day,
            present=tuple(present),
            going_on=tuple(going_on),
            feedback=feedback,
        )
        return self._meetings(tuple(note.facts(self.state, self.day)))

    def _meetings(self, facts: tuple[f.Fact, ...]) -> Done:
        kinds = [fact.fact for fact in facts]
        values = {
            "held": kinds.count("meeting_held"),
            "planned": kinds.count("meeting_planned"),
            "confirmed": kinds.count("confirmed"),
        }
        return Done("meetings-read", values, self._record(*facts))

    def write_events(self, *, lang: Language = "ru") -> Done:
        """Write ``out/events.xlsx``: blank rows in which to note events and evidence.

        Parameters
        ----------
        lang
            Language of the sheet.
        """
        files = self._write(self.programme.out / "events.xlsx", event_log(lang))
        return Done("events-written", files=files)

    def read_events(self, file: str | Path, rows: Collection[str] = ()) -> Done:
        """Read events and evidence from a filled sheet.

        Parameters
        ----------
        file
            The sheet.
        rows
            Ids of the roadmap's rows; another one is a mistake. Anything goes when not said.

        Raises
        ------
        MentorMatchError
            With everything that can't be; nothing is recorded then.
        """
        state = self._started().state()
        return self._events(read_event_log(file, state, self._at(), rows))

    def event(
        self,
        what: str,
        *,
        on: date | None = None,
        row: str | None = None,
        present: Iterable[str] = (),
        others: int = 0,
        invited: int | None = None,
        note: str = "",
    ) -> Done:
        """Note an event, or that something can be shown, such as a publication or a local act.

        Parameters
        ----------
        what
            What it is: one of :data:`~mentormatch.office.event_log.WHATS`.
        on
            When; today when not said.
        row
            Id of the roadmap's row that it is for, where ``what`` leaves that open.
        present, others, invited
            Of an event: codes of those who came, how many more, and how many were to come.
        note
            What is to be remembered, or where the evidence can be found.

        Raises
        ------
        RegisterError
            When there is no such thing, or it can't have happened.
        """
        on, state, present = on or self.day, self._started().state(), tuple(present)
        if what not in WHATS:
            raise RegisterError.of("events.no-kind", found=what, names=", ".join(WHATS))
        if WHATS[what][0] is f.Evidenced and (present or others or invited is not None):
            raise RegisterError.of("events.no-event", Place(field=what))
        code = free_code(what, on, {*state.events, *state.evidence})
        fact = noted(
            what, on, code, row=row, present=present, others=others, invited=invited, note=note
        )
        return self._events((fact,))

    def _events(self, facts: tuple[f.Fact, ...]) -> Done:
        kinds = [fact.fact for fact in facts]
        values = {"events": kinds.count("event_held"), "evidence": kinds.count("evidenced")}
        return Done("events-read", values, self._record(*facts))

    def interview(
        self,
        people: Iterable[str],
        *,
        cleared: bool = True,
        on: date | None = None,
        by: f.Interviewer = "curator",
        notes: str = "",
    ) -> Done:
        """Note that people were interviewed.

        Parameters
        ----------
        people, cleared
            Who, and whether they may take part.
        on, by
            When, today when not said; and whose interview it was.
        notes
            What was noted.
        """
        facts = [
            f.Interviewed(person=who, on=on or self.day, cleared=cleared, by=by, notes=notes)
            for who in people
        ]
        act = "interviewed" if cleared else "not-cleared"
        return Done(act, {"count": len(facts)}, self._record(*facts))

    def consent(
        self,
        people: Iterable[str],
        scope: f.Scope = "participation",
        *,
        on: date | None = None,
        until: date | None = None,
        guardian: bool = False,
    ) -> Done:
        """Note that people, or guardians for them, consent.

        Parameters
        ----------
        people, scope
            Whose consent, and to what.
        on, until
            From when, today when not said; and the last day if one was named.
        guardian
            Whether the guardian gave it.
        """
        facts = [
            f.ConsentGiven(
                person=who, scope=scope, on=on or self.day, until=until, guardian=guardian
            )
            for who in people
        ]
        return Done("consented", {"count": len(facts)}, self._record(*facts))

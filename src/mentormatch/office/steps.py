"""The curator's office: what is done in a programme from the matching to the last day of a year.

Each call does one thing, writes it into the register whole or not at all, and says what was
done.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from mentormatch.cohort import Cohort
from mentormatch.errors import MentorMatchError, Place, PolicyError, RegisterError
from mentormatch.files import digest_of
from mentormatch.keys import KeyFile
from mentormatch.matching import Status
from mentormatch.messages import Language
from mentormatch.office.decision_sheet import decision_sheet, read_decisions
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done, Round, Waiting
from mentormatch.office.event_log import WHATS, event_log, free_code, noted, read_event_log
from mentormatch.office.judge import Judge
from mentormatch.office.meeting_log import MeetingNote, meeting_log, read_meeting_log
from mentormatch.office.surveys import (
    PRESETS,
    Surveys,
    asked_in,
    read_wave_answers,
    voluntary,
    write_wave_form,
)
from mentormatch.office.task_sheet import read_task_sheet, task_sheet
from mentormatch.office.traces import traces_of
from mentormatch.pipeline import match as find_pairs
from mentormatch.policy.policy import Policy
from mentormatch.programme import facts as f
from mentormatch.programme.drafts import draft_plans
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State
from mentormatch.programme.status import ProgrammeStatus
from mentormatch.programme.status import status as status_of
from mentormatch.questionnaire import Questionnaire
from mentormatch.renewal import rematch as match_again
from mentormatch.result import Result
from mentormatch.spreadsheet import xlsx_bytes

_POSSIBLE: Final = (Status.OPTIMAL, Status.FEASIBLE)
_TO_ANSWER: Final = timedelta(days=14)


class Office(Desk):
    """A programme's folder and its register, and a curator who works with them.

    The parameters are those of a desk: the programme, the author's code, and which day it is.
    """

    def status(self, on: date | None = None, *, days: int = 14) -> ProgrammeStatus:
        """Say what is going on, or what was on a past day.

        Parameters
        ----------
        on
            The day, with all that was written down by its end.
        days
            How many days ahead to look for what is due.
        """
        state = self.state if on is None else self.register.state(on)
        return status_of(state, on or self.day, days=days)

    # --- matching and deciding -------------------------------------------------------------

    def match(self, *, seed: int | None = None, **asked: Any) -> Round:
        """Match, and record the round with its proposals.

        Pairs that are accepted or run stay as they are; what was decided and what broke is
        kept to, and whoever has left isn't matched.

        Parameters
        ----------
        seed, **asked
            As in :func:`mentormatch.match`; the programme's seed when not said.

        Returns
        -------
        Round
            Without entries when nothing is possible.

        Raises
        ------
        MentorMatchError
            As :meth:`Programme.read` and ``match`` do; nothing is recorded then.
        """

        def find(cohort: Cohort, policy: Policy, state: State) -> Result:
            if state.rounds:
                policy = state.in_policy(policy, cohort, keep=True)
            return find_pairs(cohort, policy, seed=self._seed(seed), **asked)

        return self._round(find)

    def rematch(
        self,
        *,
        max_changes: int | None = None,
        seed: int | None = None,
        time_limit: float | None = None,
    ) -> Round:
        """Match again, keep pairs where they can be, and record the round.

        Parameters
        ----------
        max_changes, seed
            As in :func:`mentormatch.rematch`. Where the policy makes groups, all of them are
            kept and there is nothing to limit.
        time_limit
            As in :func:`mentormatch.match`, where the policy makes groups.

        Returns
        -------
        Round
            Without entries when nothing is possible.

        Raises
        ------
        MentorMatchError
            As :meth:`match` does, and when no pair is accepted or runs.
        """
        if not self.state.running():
            raise RegisterError.of("office.nothing-runs")

        def find(cohort: Cohort, policy: Policy, state: State) -> Result:
            seed_ = self._seed(seed)
            if policy.couples:
                policy = state.in_policy(policy, cohort, keep=True)
                return find_pairs(cohort, policy, seed=seed_, time_limit=time_limit)
            policy = state.in_policy(policy, cohort)
            return match_again(state.running(), cohort, policy, max_changes=max_changes, seed=seed_)

        return self._round(find)

    def _round(self, find: Callable[[Cohort, Policy, State], Result]) -> Round:
        cohort, policy = self.programme.read()
        register = self._started()
        state = register.state()
        cohort = state.here(cohort)
        try:
            result = find(cohort, policy, state)
        except PolicyError as error:
            raise PolicyError(*self.programme.in_policy(error.defects)) from None
        if result.status not in _POSSIBLE:
            return Round("not-matched", more=(result,), result=result, cohort=cohort)
        name = self._free_name(state)
        register.keep(result, cohort)
        entries = self._record(*round_facts(result, cohort, state, name, self.day))
        made = entries[-1].fact
        assert isinstance(made, f.RoundMade)
        values = {
            "round": name,
            "count": len(made.proposals),
            "kept": len(made.kept),
            "given_up": ", ".join(self.status().given_up) or "-",
        }
        act = "rematched" if made.kept or state.rounds else "matched"
        more: tuple[Result | Waiting, ...] = (result, *map(Waiting, self.state.joining()))
        return Round(act, values, entries, more=more, result=result, cohort=cohort)

    def write_decisions(self, *, names: bool = False, lang: Language = "ru") -> Done:
        """Write ``out/decisions.xlsx``: a row per proposal, in which to decide.

        Parameters
        ----------
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the sheet.

        Raises
        ------
        MentorMatchError
            When nothing is proposed, or there are no names to show.
        """
        state = self.state
        count = len(with_status(state, "proposed"))
        if not count:
            raise RegisterError.of("office.no-proposals")
        newest = [*state.rounds.values()][-1]
        try:
            result: Result | None = self.register.result(newest.result)
        except RegisterError:
            result = None
        path = self.programme.out / "decisions.xlsx"
        keys = self.programme.names_for(path) if names else None
        files = self._write(path, decision_sheet(state, result, keys=keys, lang=lang))
        return Done("decisions-written", {"count": count}, files=files)

    def decide(self, file: str | Path | None = None, *, names: bool = False) -> Done:
        """Read decisions back from a filled sheet and record them; or accept all that is proposed.

        Where the form of a proposal isn't for the new people in it, they come into the first
        one of the policy that is. New people whom a rule forbids to meet, or for whom the mentor
        has no seat, are refused.

        Parameters
        ----------
        file
            The filled sheet; without it all proposals are accepted.
        names
            Whether new people are written by name in it; noted in the access log.

        Raises
        ------
        MentorMatchError
            With everything that can't be followed; nothing is recorded then.
        """
        state = self.state
        if file is None:
            pairs = tuple(pair.pair for pair in with_status(state, "proposed"))
            if not pairs:
                raise RegisterError.of("office.no-proposals")
            facts: tuple[f.Fact, ...] = (f.Accepted(pairs=pairs),)
        else:
            keys = self.programme.names_for(file) if names else None
            facts = self._in_forms(
                read_decisions(file, state, keys=keys, judge=Judge(self.programme)), state
            )
        entries = self._record(*facts)
        counts = dict.fromkeys(("accepted", "changed", "pinned", "forbidden"), 0)
        for fact in facts:
            counts[fact.fact] += len(fact.pairs) if isinstance(fact, f.Accepted) else 1
        left = len(with_status(self.state, "proposed"))
        return Done("decided", {**counts, "left": left}, entries)

    def _in_forms(self, facts: tuple[f.Fact, ...], state: State) -> tuple[f.Fact, ...]:
        """Put people whom the curator brings together into a form that is for them."""
        if not any(isinstance(fact, f.Changed) for fact in facts):
            return facts
        cohort, policy = self.programme.read()
        sides = {
            form.id: (
                {cohort.ids[row] for row in cohort.mask(form.mentors).nonzero()[0]},
                {cohort.ids[row] for row in cohort.mask(form.mentees).nonzero()[0]},
            )
            for form in policy.forms
        }

        def placed(fact: f.Changed) -> f.Changed:
            pair = state.pairs[fact.pair].change(fact)
            fitting = [
                form
                for form, (mentors, mentees) in sides.items()
                if pair.mentor in mentors and mentees.issuperset(pair.mentees)
            ]
            if pair.form in fitting or not fitting:
                return fact
            return fact.model_copy(update={"form": fitting[0]})

        return tuple(placed(fact) if isinstance(fact, f.Changed) else fact for fact in facts)

    def order(
        self,
        number: str,
        *,
        ends: date,
        starts: date | None = None,
        on: date | None = None,
        pairs: Iterable[str] = (),
    ) -> Done:
        """Note the director's order: from its first day on the pairs run.

        Parameters
        ----------
        number, on
            Number and day of the order; today when not said.
        starts, ends
            First and last day of the term; the first is the day of the order when not said.
        pairs
            Which pairs; all that are accepted when not said.
        """
        on = on or self.day
        chosen = self._chosen(pairs, "accepted")
        starts = starts or on
        fact = f.Ordered(number=number, on=on, pairs=chosen, starts=starts, ends=ends)
        values = {"number": number, "count": len(chosen), "starts": starts, "ends": ends}
        return Done("ordered", values, self._record(fact))

    # --- plans -----------------------------------------------------------------------------

    def draft_plans(self, *, lang: Language = "ru", pairs: Iterable[str] = ()) -> Done:
        """Draft plans for running pairs without one, from what matches between their people.

        Parameters
        ----------
        lang
            Language of the plans.
        pairs
            Which pairs; all that run and have no plan when not said.

        Raises
        ------
        MentorMatchError
            When there is no such pair, or somebody of them isn't in the answers.
        """
        state, cohort = self.state, self.programme.cohort()
        chosen = [state.pairs[code] for code in self._chosen(pairs, "running", planned=False)]
        drafted: list[f.Fact] = []
        by_round: dict[tuple[str, date | None, date | None], list[PairLife]] = {}
        for pair in chosen:
            by_round.setdefault((pair.round, pair.starts, pair.ends), []).append(pair)
        for (name, starts, ends), own in by_round.items():
            result = self.register.result(state.rounds[name].result)
            drafts = draft_plans(
                result,
                cohort,
                self.programme.plan_templates,
                lang,
                starts=starts,
                ends=ends,
                pairs=own,
            )
            drafted += (draft.fact(state, self.day) for draft in drafts)
        entries = self._record(*drafted)
        files = self._write_plans(lang=lang)
        return Done("plans-drafted", {"count": len(drafted)}, entries, files)

    def write_plans(self, *, names: bool = False, lang: Language = "ru") -> Done:
        """Write ``out/plans.xlsx``: a row per task, in which to note what was done and changed.

        Parameters
        ----------
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the sheet.
        """
        return Done("plans-written", files=self._write_plans(names=names, lang=lang))

    def read_plans(self, file: str | Path) -> Done:
        """Read from a filled sheet of plans what was done, cancelled and changed.

        Raises
        ------
        MentorMatchError
            With everything that can't be; nothing is recorded then.
        """
        facts = read_task_sheet(file, self.state, self._at())
        kinds = [fact.fact for fact in facts]
        values = {
            "done": kinds.count("task_done"),
            "cancelled": kinds.count("task_cancelled"),
            "reopened": kinds.count("task_reopened"),
            "changed": kinds.count("plan_changed"),
        }
        return Done("plans-read", values, self._record(*facts))

    def agree_plans(self, *, on: date | None = None, pairs: Iterable[str] = ()) -> Done:
        """Note that everybody in these pairs agrees to their plans.

        Parameters
        ----------
        on
            When; today when not said.
        pairs
            Which pairs; all with a plan that waits for it when not said.
        """
        waiting = self._chosen(pairs, "running", plan="draft")
        entries = self._record(f.PlansAgreed(pairs=waiting, on=on or self.day))
        return Done("plans-agreed", {"count": len(waiting)}, entries)

    def approve_plans(
        self, number: str, *, on: date | None = None, pairs: Iterable[str] = ()
    ) -> Done:
        """Note the director's order that approves plans.

        Parameters
        ----------
        number, on
            Number and day of the order; today when not said.
        pairs
            Which pairs; all with an agreed plan when not said.
        """
        agreed = self._chosen(pairs, "running", plan="agreed")
        fact = f.PlansApproved(number=number, pairs=agreed, on=on or self.day)
        values = {"number": number, "count": len(agreed)}
        return Done("plans-approved", values, self._record(fact))

    # --- meetings --------------------------------------------------------------------------

    def write_meetings(self, *, names: bool = False, lang: Language = "ru") -> Done:
        """Write ``out/meetings.xlsx``: a row for the next meeting of each running pair.

        Parameters
        ----------
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the sheet.
        """
        state = self.state
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

    # --- events, evidence, interviews, consents -----------------------------------------------

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

    # --- waves -----------------------------------------------------------------------------

    def open_wave(
        self,
        wave: str,
        *,
        kind: f.WaveKind = "quarter",
        due: date | None = None,
        on: date | None = None,
        questionnaire: str | Path | None = None,
        names: bool = False,
        lang: Language = "ru",
    ) -> Done:
        """Begin a wave of diagnostics: everybody in a running pair is asked.

        What is asked is kept as ``waves/WAVE.toml``, and nobody has to answer all of it. The form
        to fill in is ``out/WAVE.xlsx``, with a row for each person.

        Parameters
        ----------
        wave
            Its code, such as ``2026-Q4``.
        kind
            ``first``, ``quarter`` or ``final``.
        due
            By when answers are expected; in two weeks when not said.
        on
            Its first day; today when not said.
        questionnaire
            What is asked, a .toml file; the ready questionnaire of this kind when not said.
        names
            Show names from the key file beside the codes; noted in the access log.
        lang
            Language of the form.
        """
        on = on or self.day
        if Path(wave).name != wave:
            raise RegisterError.of("office.wave-name", Place(field="wave"))
        form = (
            Questionnaire.preset(PRESETS[kind])
            if questionnaire is None
            else Questionnaire.load(questionnaire)
        )
        form = voluntary(form)
        state = self.state
        # Waves are told apart by their days, or nothing could be compared.
        other = next((it.wave for it in state.waves.values() if it.opened == on), wave)
        if other != wave:
            raise RegisterError.of("office.wave-day", wave=other, day=on)
        running = with_status(state, "running")
        people = tuple(sorted({who for pair in running for who in pair.members}))
        if not people:
            raise RegisterError.of("office.nothing-runs")
        due = due or on + _TO_ANSWER
        fact = f.WaveOpened(wave=wave, kind=kind, on=on, due=due, people=people)
        state.apply(state.entry(fact, self.author, self._at()))  # before anything is written
        kept, path = self._form_of(wave), self.programme.out / f"{wave}.xlsx"
        keys = self.programme.names_for(path) if names else None
        form.save(kept)
        write_wave_form(path, form, state, people, on, keys=keys, lang=lang)
        fact = fact.model_copy(update={"questionnaire": digest_of(kept.read_bytes())})
        values = {"wave": wave, "count": len(people), "due": due}
        return Done("wave-opened", values, self._record(fact), (kept, path))

    def read_answers(self, wave: str, file: str | Path, *, on: date | None = None) -> Done:
        """Read the answers to a wave from a filled form.

        Parameters
        ----------
        wave, file
            Which wave, and the form.
        on
            The day on which the answers came in; today when not said.

        Raises
        ------
        MentorMatchError
            With everything that can't be read; nothing is recorded then.
        """
        state = self.state
        form = self._asked(state, wave)
        entries = self._record(*read_wave_answers(file, form, state, wave, on or self.day))
        after = self.state.waves[wave]
        values = {
            "wave": wave,
            "count": len(entries),
            "answered": len(after.answers),
            "asked": len(after.people),
            "silent": ", ".join(after.silent) or "-",
        }
        return Done("wave-read", values, entries)

    def close_wave(self, wave: str, *, on: date | None = None) -> Done:
        """Take no more answers to a wave.

        Parameters
        ----------
        wave, on
            Which, and when; today when not said.
        """
        entries = self._record(f.WaveClosed(wave=wave, on=on or self.day))
        held = self.state.waves[wave]
        values = {"wave": wave, "answered": len(held.answers), "asked": len(held.people)}
        return Done("wave-closed", values, entries)

    def compare_waves(self, waves: Iterable[str] = (), *, lang: Language = "ru") -> Done:
        """Compare the answers of waves, and write ``out/waves.xlsx``.

        Quarters are compared with each other, the final survey with the first one.

        Parameters
        ----------
        waves
            Which waves; all when not said.
        lang
            Language of the tables.

        Raises
        ------
        MentorMatchError
            When there is no such wave, or none at all, and as ``compare_waves`` does.
        """
        state = self.state
        chosen = tuple(waves) or tuple(state.waves)
        surveys = Surveys(state, {wave: self._asked(state, wave) for wave in chosen})
        sheets = surveys.sheets(lang)
        if not sheets:
            raise RegisterError.of("office.no-waves")
        files = self._write(self.programme.out / "waves.xlsx", xlsx_bytes(sheets))
        return Done("waves-compared", {"count": len(chosen)}, files=files, more=(surveys,))

    def _form_of(self, wave: str) -> Path:
        return self.programme.folder / "waves" / f"{wave}.toml"

    def _asked(self, state: State, wave: str) -> Questionnaire:
        if wave not in state.waves:
            refuse([defect("no-wave", "wave", wave=wave)])
        return asked_in(state.waves[wave], self._form_of(wave))

    # --- endings ---------------------------------------------------------------------------

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

    # --- what they share -------------------------------------------------------------------

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

    def _free_name(self, state: State) -> str:
        """Call a round after its month, such as 2026-10; the second of a month 2026-10b."""
        name = f"{self.day:%Y-%m}"
        letters = iter("bcdefghijklmnopqrstuvwxyz")
        free = name
        while free in state.rounds:
            free = f"{name}{next(letters, len(state.rounds))}"
        return free

    def _seed(self, seed: int | None) -> int | None:
        return self.programme.settings.seed if seed is None else seed

    def _write_plans(self, *, names: bool = False, lang: Language) -> tuple[Path, ...]:
        path = self.programme.out / "plans.xlsx"
        keys = self.programme.names_for(path) if names else None
        return self._write(path, task_sheet(self.state, keys=keys, lang=lang))

"""From a matching to the director's order."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from mentormatch.cohort import Cohort
from mentormatch.errors import PolicyError, RegisterError
from mentormatch.matching import Status
from mentormatch.messages import Language
from mentormatch.office.decision_sheet import decision_sheet, read_decisions
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done, Round, Waiting
from mentormatch.office.judge import Judge
from mentormatch.pipeline import match as find_pairs
from mentormatch.policy.policy import Policy
from mentormatch.programme import facts as f
from mentormatch.programme.rounds import round_facts
from mentormatch.programme.state import State
from mentormatch.programme.status import status as status_of
from mentormatch.renewal import rematch as match_again
from mentormatch.result import Result

_POSSIBLE: Final = (Status.OPTIMAL, Status.FEASIBLE)


class Rounds(Desk):
    """Matching, deciding about what is proposed, and the order."""

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
            "given_up": ", ".join(status_of(self.state, self.day).given_up) or "-",
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

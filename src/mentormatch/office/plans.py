"""The individual plans of a year, as they are drafted, worked on and approved."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from mentormatch.errors import RegisterError
from mentormatch.messages import Language
from mentormatch.office.desk import Desk, with_status
from mentormatch.office.done import Done
from mentormatch.office.task_sheet import read_task_sheet, task_sheet
from mentormatch.programme import facts as f
from mentormatch.programme.drafts import draft_plans
from mentormatch.programme.pairs import PairLife


class Plans(Desk):
    """Individual plans."""

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

        Raises
        ------
        MentorMatchError
            When no running pair has a plan, or there are no names to show.
        """
        if not any(pair.plan is not None for pair in with_status(self.state, "running")):
            raise RegisterError.of("office.no-plans")
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

    def _write_plans(self, *, names: bool = False, lang: Language) -> tuple[Path, ...]:
        path = self.programme.out / "plans.xlsx"
        keys = self.programme.names_for(path) if names else None
        return self._write(path, task_sheet(self.state, keys=keys, lang=lang))

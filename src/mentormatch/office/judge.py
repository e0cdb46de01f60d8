"""What stands against people whom a curator brings together: rules, and seats that are taken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from mentormatch.errors import ParticipantError
from mentormatch.graph.candidates import CandidateGraph, build_graph
from mentormatch.graph.verdicts import Verdict
from mentormatch.policy.policy import Policy
from mentormatch.policy.rules import Rule
from mentormatch.programme.folder import Programme
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.state import State

_SEATED = ("proposed", "accepted", "running")


class Doubt(NamedTuple):
    """Why a decision can't be followed, to be said at its row: a defect's code and values."""

    code: str
    values: dict[str, object]


@dataclass(frozen=True)
class Judge:
    """Holds decisions against the policy and the answers of a programme, read when needed.

    Parameters
    ----------
    programme
        The folder.
    """

    programme: Programme

    @cached_property
    def _graph(self) -> CandidateGraph:
        cohort, policy = self.programme.read()
        return build_graph(cohort, policy)

    @property
    def _policy(self) -> Policy:
        return self._graph.policy

    def of_waivers(self, codes: Iterable[str]) -> Iterator[Doubt]:
        """Find rules that aren't there or can't be set aside."""
        rules = {rule.code: rule for rule in self._policy.all_rules} if codes else {}
        may = ", ".join(code for code, rule in rules.items() if rule.waivable) or "-"
        for code in codes:
            if code not in rules or not rules[code].waivable:
                yield Doubt("decisions.waiver", {"found": code, "names": may})

    def of_people(self, pair: PairLife, state: State) -> Iterator[Doubt]:
        """Find what stands against the people of a pair or group.

        Parameters
        ----------
        pair
            As the curator has changed it.
        state
            What would hold with everything else that is decided at the same time.
        """
        form = pair.form
        for mentee in pair.mentees:
            values: dict[str, object] = {"mentor": pair.mentor, "mentee": mentee}
            try:
                verdict = self._graph.forbidden_by(pair.mentor, mentee)
            except ParticipantError:  # whose answers aren't there can't be judged by them
                continue
            if not verdict.joined:
                yield Doubt("decisions.no-form", values)
                continue
            form = form if form in verdict.joined else verdict.joined[0]
            if (left := _against(verdict, pair)) is None:
                yield Doubt("decisions.not-admissible", values)
            elif left:
                rules = ", ".join(rule.code for rule in left)
                yield Doubt("decisions.against-rules", values | {"rules": rules})
        yield from self._of_seats(replace(pair, form=form), state)

    def _of_seats(self, pair: PairLife, state: State) -> Iterator[Doubt]:
        """Find that a mentor would have more mentees than seats, in all or in the pair's form."""
        graph = self._graph
        if pair.mentor not in graph.mentors:
            return
        others = [
            each
            for each in state.pairs.values()
            if each.pair != pair.pair
            and each.status in _SEATED
            and pair.mentor in (each.mentor, each.co_mentor)
        ]
        own = int(graph.own_capacity[graph.mentors.index(pair.mentor)])
        forms = [form.id for form in self._policy.forms]
        most = graph.form_capacity[forms.index(pair.form), 1] if pair.form in forms else own
        for seats, beside in (
            (own, others),
            (int(most), [each for each in others if each.form == pair.form]),
        ):
            taken = len(pair.mentees) + sum(len(each.mentees) for each in beside)
            if taken > seats:
                values = {"mentor": pair.mentor, "seats": seats, "taken": taken}
                yield Doubt("decisions.no-seat", values)
                return


def _against(verdict: Verdict, pair: PairLife) -> tuple[Rule, ...] | None:
    """Return the rules that forbid a pair and could be set aside; None if others forbid it.

    Whatever form has the least against it counts.
    """
    waived = pair.waiver.waive if pair.waiver is not None else ()
    found: list[tuple[Rule, ...]] = []
    for form in verdict.joined:
        own = [it for it in verdict.objections if it.form == form and it.rule.code not in waived]
        if all(it.rule.waivable and not it.confidential for it in own):
            found.append(tuple(it.rule for it in own))
    return min(found, key=len, default=None)

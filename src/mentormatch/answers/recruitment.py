"""Whom to recruit: what a mentor who isn't there yet would bring.

Nothing is estimated in what is reported: the mentor is scored by the policy against all
mentees, takes part in the whole question, and the question is solved again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import product
from typing import Any, Final

import numpy as np

from mentormatch.analysis.gains import Gain
from mentormatch.analysis.repairs import values_with
from mentormatch.analysis.report import View
from mentormatch.cohort import Cohort
from mentormatch.column import SetColumn
from mentormatch.errors import ParticipantError, check_count
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.graph.scoring import Scoring
from mentormatch.messages import Language, text
from mentormatch.network.residual import without_lots
from mentormatch.participant import Answer, Participant
from mentormatch.policy.arrays import column_as
from mentormatch.policy.criteria.sets import Covers
from mentormatch.policy.rules.answers import CommonSlots
from mentormatch.questionnaire import Questionnaire
from mentormatch.questions.question import Question

# Below this percentage of the form's maximum a mentee counts as badly matched.
_BADLY: Final = 40
# So many needs, as requests with a time, are looked at, and so many profiles solved for.
_NEEDS: Final = 24
_SOLVED: Final = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """A mentor who isn't there yet.

    Parameters
    ----------
    answers
        What the mentor would answer, ``kind`` among it.
    seats
        How many mentees the mentor would take.
    """

    answers: Mapping[str, Answer]
    seats: int


@dataclass(frozen=True, slots=True)
class Recruit:
    """What a mentor who isn't there yet would bring.

    Parameters
    ----------
    profile
        The mentor.
    gain
        How much more of each goal the best matching reaches with this mentor.
    questionnaire
        What the answers are answers to.
    """

    profile: Profile
    gain: Gain
    questionnaire: Questionnaire

    def text(self, lang: Language = "en") -> str:
        """Say who is wanted and what it would bring."""
        answers = dict(self.profile.answers)
        said = [self._labels("kind", (str(answers.pop("kind", "")),), lang)]
        for name, answer in answers.items():
            kind = self.questionnaire.kind_of(name)
            if kind not in {"multi", "ranked", "slots", "choice"}:
                continue
            chosen = (answer,) if isinstance(answer, str) else tuple(_listed(answer))
            key = "recruit.free" if kind == "slots" else "recruit.offers"
            said.append(text(key, lang, what=self._labels(name, chosen, lang)))
        said.append(text("recruit.seats", lang, count=self.profile.seats))
        return text("recruit.line", lang, who=", ".join(said), gain=self.gain.text(lang))

    def _labels(self, field: str, chosen: Sequence[str], lang: Language) -> str:
        labels = {option.id: option.label for option in self.questionnaire.options(field)}
        return ", ".join(
            labels[name].text(lang).lower() if name in labels else name for name in chosen
        )

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Recruitment:
    """The mentors most worth recruiting, each on top of those before.

    Parameters
    ----------
    recruits
        In order; empty when no single mentor would help.
    """

    recruits: tuple[Recruit, ...]

    def text(self, lang: Language = "en") -> str:
        """Say them, one per line."""
        if not self.recruits:
            return text("recruit.none", lang)
        lines = [f"{number}. {each.text(lang)}" for number, each in enumerate(self.recruits, 1)]
        return "\n".join([text("recruit.title", lang), *lines])

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def _listed(answer: Answer) -> Iterator[str]:
    if isinstance(answer, tuple | dict):
        yield from answer


def worth_of(
    view: View, graph: CandidateGraph, answers: Mapping[str, Any], seats: int = 1
) -> Recruit:
    """Say what a mentor who isn't there yet would bring.

    Rules that look at a mentor alone - consent, an interview, a clearance - are taken to be
    met, and questions that must be answered may be left out: whoever is recruited will do
    that. Rules on pairs, limits and quotas hold.

    Parameters
    ----------
    view
        What was asked and what came of it.
    graph
        Its candidates.
    answers
        What the mentor would answer; ``kind`` must be among it.
    seats
        How many mentees the mentor would take.

    Raises
    ------
    ParticipantError
        When the result isn't a proven optimum, or nothing is possible with the mentor.
    IntakeError
        When answers don't fit the questionnaire.
    """
    base = _Base.of(view, graph)
    found = base.with_profile(Profile(dict(answers), seats))
    if found is None:
        raise ParticipantError.of("recruit.impossible")
    return Recruit(found.profile, base.gain(found), graph.cohort.questionnaire)


def recruitment(view: View, graph: CandidateGraph, k: int, seats: int | None) -> Recruitment:
    """Find the mentors most worth recruiting.

    Profiles are made of what unmatched and badly matched mentees ask for and when they are
    free, with every kind of mentor there is. The most promising are tried by solving the
    whole question again; the best is taken, and the search goes on with it in place.

    Parameters
    ----------
    view
        What was asked and what came of it.
    graph
        Its candidates.
    k
        At most so many.
    seats
        How many mentees each would take; by default as many as half of the mentors do.

    Raises
    ------
    ParticipantError
        When the result isn't a proven optimum.
    """
    check_count("k", k)
    base = _Base.of(view, graph)
    if seats is None:
        most = view.problem.capacity.most
        seats = max(1, int(np.median(most))) if len(most) else 1
    recruits: list[Recruit] = []
    profiles = _promising(base, _profiles(view, graph, seats))
    # A mentor rarely brings more after others have come, so old gains show where to look.
    bound: list[tuple[tuple[int, ...], int, Profile]] = []
    for number, profile in enumerate(profiles):
        found = base.with_profile(profile)
        if found is not None:
            bound.append((base.gain(found).amounts, -number, profile))
    while bound and len(recruits) < k:
        bound.sort(reverse=True, key=lambda entry: entry[:2])
        best: tuple[tuple[int, ...], int, _Base] | None = None
        for place, (amounts, number, profile) in enumerate(bound):
            if best is not None and amounts <= best[0]:
                break
            found = base.with_profile(profile)
            now = base.gain(found).amounts if found is not None else (0,) * len(amounts)
            bound[place] = (now, number, profile)
            if found is not None and (best is None or now > best[0]):
                best = (now, number, found)
        if best is None or best[0] <= (0,) * len(best[0]):
            break
        _, number, found = best
        bound = [entry for entry in bound if entry[1] != number]
        recruits.append(Recruit(found.profile, base.gain(found), graph.cohort.questionnaire))
        base = found
    return Recruitment(tuple(recruits))


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """A question with its optimum, to which mentors can be added.

    Parameters
    ----------
    graph
        The candidates.
    view
        What was asked first.
    values
        The value of each goal.
    profile
        The mentor who was added last.
    """

    graph: CandidateGraph
    view: View
    values: tuple[int, ...]
    profile: Profile

    @classmethod
    def of(cls, view: View, graph: CandidateGraph) -> "_Base":
        if view.unproven:
            raise ParticipantError.of("recruit.not-optimal", status=view.unproven)
        values = without_lots(view.problem).values(view.outcome.chosen)
        return cls(graph, view, values, Profile({}, 0))

    def with_profile(self, profile: Profile) -> "_Base | None":
        """Solve with one mentor more; None when there is no proven optimum to compare."""
        graph = _joined(self.graph, profile)
        problem = Question.of(graph).problem
        goals = without_lots(self.view.problem).objectives
        # Goals of fairness depend on who is there; different ones can't be compared.
        if [goal.goal for goal in problem.objectives] != [goal.goal for goal in goals]:
            return None
        values = values_with(problem)
        return None if values is None else _Base(graph, self.view, values, profile)

    def gain(self, found: "_Base") -> Gain:
        """Compare a later optimum with this one."""
        goals = without_lots(self.view.problem).objectives
        return Gain.between(goals, self.values, found.values, self.view.policy)


def _participant(graph: CandidateGraph, profile: Profile, number: int = 0) -> Participant:
    """Give a profile a code and the roles of a mentor."""
    answers = dict(profile.answers)
    kind = answers.pop("kind", None)
    if kind is None:
        raise ParticipantError.of("recruit.no-kind")
    name = graph.policy.limits.capacity_field
    if graph.policy.has_capacity_field(graph.cohort.questionnaire):
        answers[name] = profile.seats
    code = f"new-{len(graph.cohort) + number}"
    while code in graph.cohort.ids:
        code += "-1"
    return Participant.model_validate(
        {"id": code, "kind": kind, "roles": ["mentor"], "answers": answers}
    )


def _with_people(cohort: Cohort, people: Sequence[Participant]) -> Cohort:
    """Add people to a cohort, who needn't answer everything."""
    form = cohort.questionnaire
    questions = tuple(
        question.model_copy(update={"required": False}) for question in form.questions
    )
    lenient = form.model_copy(update={"questions": questions})
    joined = Cohort.from_participants(
        lenient,
        [*cohort.participants(), *people],
        as_of=cohort.as_of,
        headcounts=cohort.headcounts,
    )
    return replace(joined, questionnaire=form)


def _scored(graph: CandidateGraph, joined: Cohort, codes: set[str]) -> CandidateGraph:
    """Build the candidate graph of some mentors alone with all mentees.

    Rules that look at one side alone are taken to be met by the mentors.
    """
    new = np.array([code in codes for code in joined.ids], np.bool_)
    small = replace(joined, is_mentor=new).take(new | joined.is_mentee)
    scoring = Scoring.of(small, graph.policy)
    forms = tuple(replace(form, admitted_mentors=form.mentors) for form in scoring.forms)
    edges = replace(scoring, forms=forms).edges(np.arange(len(scoring.mentees)))
    return CandidateGraph(
        small,
        graph.policy,
        tuple(small.ids[place] for place in scoring.mentors.tolist()),
        graph.mentees,
        edges.mentee,
        edges.mentor,
        edges.form,
        edges.raw.T,
    )


def _joined(graph: CandidateGraph, profile: Profile) -> CandidateGraph:
    """Add a mentor to a candidate graph; nobody else's scores change."""
    person = _participant(graph, profile)
    cohort = _with_people(graph.cohort, [person])
    own = _scored(graph, cohort, {person.id})
    mentors = tuple(cohort.ids[place] for place in cohort.mentors.tolist())
    places = {code: place for place, code in enumerate(mentors)}
    old = np.array([places[code] for code in graph.mentors], np.int32)
    mentee = np.concatenate([graph.mentee, own.mentee])
    mentor = np.concatenate([old[graph.mentor], np.full(len(own), places[person.id], np.int32)])
    order = np.lexsort((mentor, mentee))
    return CandidateGraph(
        cohort,
        graph.policy,
        mentors,
        graph.mentees,
        mentee[order],
        mentor[order],
        np.concatenate([graph.form, own.form])[order],
        np.concatenate([graph.raw, own.raw])[order],
    )


def _needy(view: View, graph: CandidateGraph) -> list[int]:
    """List unmatched and badly matched mentees, by position."""
    fits = dict.fromkeys(view.matching.unmatched, -1)
    for pair, most in zip(view.matching.pairs, view.maxima, strict=True):
        percent = 100 * pair.points // max(most, 1)
        fits[pair.mentee] = max(fits.get(pair.mentee, 0), percent)
    return [place for place, code in enumerate(graph.mentees) if fits.get(code, 100) < _BADLY]


def _profiles(view: View, graph: CandidateGraph, seats: int) -> Iterator[Profile]:
    """Make profiles of what needy mentees ask for together, most wanted first."""
    cohort, policy, form = graph.cohort, graph.policy, graph.cohort.questionnaire
    rows = cohort.mentees[_needy(view, graph)].tolist()
    requests = [
        (entry.mentee_field, entry.mentor_field)
        for entry in policy.criteria
        if isinstance(entry, Covers) and not entry.is_private_in(form)
    ]
    times = [
        rule.field
        for rule in policy.rules
        if isinstance(rule, CommonSlots) and not rule.is_confidential_in(form)
    ]
    wanted: Counter[tuple[tuple[str, str] | None, tuple[str, str] | None]] = Counter()
    for row in rows:
        asked: list[tuple[str, str] | None] = [
            (theirs, option)
            for mine, theirs in requests
            for option in _listed(column_as(cohort, mine, SetColumn).cell(row) or ())
        ]
        free: list[tuple[str, str] | None] = [
            (field, option)
            for field in times
            for option in _listed(column_as(cohort, field, SetColumn).cell(row) or ())
        ]
        wanted.update(product(asked or [None], free or [None]))
    kinds = Counter(str(cohort.column("kind").cell(row)) for row in cohort.mentors.tolist())
    needs = sorted(wanted, key=lambda need: (-wanted[need], repr(need)))[:_NEEDS]
    for (request, time), kind in product(needs, [kind for kind, _ in kinds.most_common()]):
        answers: dict[str, Answer] = {"kind": kind}
        if request is not None:
            answers[request[0]] = _offer(form, *request)
        if time is not None:
            answers[time[0]] = (time[1],)
        yield Profile(answers, seats)


def _offer(form: Questionnaire, field: str, option: str) -> Answer:
    """Offer an option, as surely as can be where there are levels."""
    levels = form.question(field).levels
    return (option,) if levels is None else {option: levels.high}


def _promising(base: _Base, profiles: Iterator[Profile]) -> list[Profile]:
    """Keep the profiles with the best pairs for needy mentees; one kind for each need."""
    listed = list(profiles)
    if not listed:
        return []
    graph = base.graph
    people = [_participant(graph, profile, number) for number, profile in enumerate(listed)]
    own = _scored(graph, _with_people(graph.cohort, people), {person.id for person in people})
    needy = np.isin(own.mentee, _needy(base.view, graph)) & own.above_floor
    places = {code: place for place, code in enumerate(own.mentors)}
    points = own.points()
    ranked = []
    for number, (profile, person) in enumerate(zip(listed, people, strict=True)):
        mine = points[needy & (own.mentor == places[person.id])]
        best = np.sort(mine)[::-1][: profile.seats]
        ranked.append((-len(best), -int(best.sum()), number, profile))
    ranked.sort(key=lambda entry: entry[:3])
    kept: dict[str, Profile] = {}
    for count, _, _, profile in ranked:
        need = repr([entry for entry in profile.answers.items() if entry[0] != "kind"])
        if count and need not in kept and len(kept) < _SOLVED:
            kept[need] = profile
    return list(kept.values())

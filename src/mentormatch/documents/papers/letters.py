"""Letters to mentors, mentees and parents (D-LET): what each of them may read, and no more.

A letter is made from its addressee's own pairs. A mentor reads who their mentees are, and
which of their requests the matching found an answer to; a mentee reads who mentors them, and
who else is in the same group; parents read who mentors their child.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from mentormatch.analysis.explanation import Explanation, explain_all
from mentormatch.documents.papers.heads import (
    Head,
    Member,
    form_name,
    head_of,
    members,
    term,
    unbroken,
    within_line,
)
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.files import safe_name
from mentormatch.messages import Language, day, long_day, text
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.templates import is_stigmatising
from mentormatch.spreadsheet import printable

if TYPE_CHECKING:
    from mentormatch.result import Result

Reader = Literal["mentor", "mentee", "parents"]

_PLAIN: Final = ("choice", "multi", "ranked")  # kinds of questions whose answers are options
_OF_AGE: Final = 18


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody whom the addressee is with: who, in which form, from when until when.

    ``first_meeting`` says when the first meeting is or was.
    """

    name: str = field(repr=False)
    post: str = field(repr=False)
    form: str
    term: str
    first_meeting: str


@dataclass(frozen=True, slots=True)
class Mentee(Companion):
    """A mentee of the addressee; ``requests`` are what they ask for and this mentor offers."""

    requests: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter(Head):
    """What every letter says.

    Parameters
    ----------
    day
        The day of the letter.
    acquainted
        The day by which everybody has met; blank while a first meeting is still to come.
    """

    day: str
    acquainted: str


@dataclass(frozen=True, slots=True)
class MentorLetter(Letter):
    """What a letter says to a mentor; ``co_mentors`` lead a group with them."""

    to: str = field(repr=False)
    post: str = field(repr=False)
    mentees: tuple[Mentee, ...]
    co_mentors: tuple[Member, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MenteeLetter(Letter):
    """What a letter says to a mentee; ``others`` are in a group with them."""

    to: str = field(repr=False)
    post: str = field(repr=False)
    mentors: tuple[Companion, ...]
    others: tuple[Member, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ParentsLetter(Letter):
    """What a letter says to the parents of a mentee; blank ``to`` where they don't take part."""

    to: str = field(repr=False)
    child: str = field(repr=False)
    child_post: str = field(repr=False)
    mentors: tuple[Companion, ...]


LETTERS: Final[Mapping[Reader, TemplateKind]] = {
    "mentor": TemplateKind("letter-mentor", MentorLetter, frozenset({"to", "mentees.name"})),
    "mentee": TemplateKind("letter-mentee", MenteeLetter, frozenset({"to", "mentors.name"})),
    "parents": TemplateKind("letter-parents", ParentsLetter, frozenset({"child", "mentors.name"})),
}
"""The kinds of letters by who reads them."""


def letters(sources: Sources) -> Iterator[Paper]:
    """Write the letters to everybody in a running pair or group (D-LET).

    Whoever has several pairs gets one letter; whoever is a mentor here and a mentee there gets
    two. Parents are written to unless the mentee is of age.

    Raises
    ------
    DocumentError
        When a template of the school's own can't be used, or somebody has no name.
    """
    templates = {
        reader: kind.of(sources.templates, sources.lang) for reader, kind in LETTERS.items()
    }
    for reader, code, letter in letter_contents(sources):
        name = text(f"document.file.D-LET.{reader}", sources.lang, code=code)
        yield Paper("D-LET", f"{safe_name(name)}.docx", templates[reader].render(letter))


def letter_contents(sources: Sources) -> Iterator[tuple[Reader, str, Letter]]:
    """Say what stands in each letter: who reads it, whose pairs it is about, and the letter.

    Raises
    ------
    DocumentError
        When somebody has no name, where names are to be shown.
    """
    running = [pair for _, pair in sorted(sources.state.pairs.items()) if pair.status == "running"]
    sources.faces.check(who for pair in running for who in pair.members)
    mentored, led = defaultdict(list), defaultdict(list)
    for pair in running:
        for who in pair.mentees:
            mentored[who].append(pair)
        for who in pair.mentors:
            led[who].append(pair)
    writer = _Writer(sources, _requests(sources, running))
    for who in sorted(led):
        yield "mentor", who, writer.to_mentor(who, led[who])
    for who in sorted(mentored):
        yield "mentee", who, writer.to_mentee(who, mentored[who])
        if _may_be_minor(sources, who):
            yield "parents", who, writer.to_parents(who, mentored[who])


def _may_be_minor(sources: Sources, mentee: str) -> bool:
    """Tell whether a mentee may be under age: a student for all that is known, others for sure."""
    face = sources.faces(mentee)
    if face.birth_year is None:
        return face.kind == "student"
    most = sources.on.year - face.birth_year
    return most <= _OF_AGE if face.kind == "student" else most < _OF_AGE


def _requests(sources: Sources, running: Iterable[PairLife]) -> dict[tuple[str, str], str]:
    """Say what mentees ask for and their mentors offer, by (pair, mentee); read rounds once."""
    by_round: dict[str, list[PairLife]] = defaultdict(list)
    for pair in running:
        by_round[pair.round].append(pair)
    found: dict[tuple[str, str], str] = {}
    for code, pairs in by_round.items():
        made = sources.state.rounds.get(code)
        result = None if made is None else sources.result_of(made.result)
        if result is not None:
            found |= _matched(result, pairs, sources.lang)
    return found


def _matched(
    result: "Result", pairs: Iterable[PairLife], lang: Language
) -> dict[tuple[str, str], str]:
    """Say it of the pairs of a round, where its answers are still there."""
    graph = result.view.graph
    if graph is None:
        return {}
    places = {form.id: place for place, form in enumerate(result.policy.forms)}
    mentors, mentees = set(graph.mentors), set(graph.mentees)
    asked = [
        (pair, mentee)
        for pair in pairs
        if pair.form in places and pair.mentor in mentors
        for mentee in pair.mentees
        if mentee in mentees
    ]
    codes = [(pair.mentor, mentee) for pair, mentee in asked]
    found = explain_all(graph, codes, [places[pair.form] for pair, _ in asked])
    return {
        (pair.pair, mentee): _answered(explanation, lang)
        for (pair, mentee), explanation in zip(asked, found, strict=True)
    }


def _answered(explanation: Explanation, lang: Language) -> str:
    """List the mentee's requests that matched; nothing restricted, and not who chose whom."""
    form = explanation.questionnaire
    words: dict[str, None] = {}
    for finding in explanation.by_person[1].gets:
        for match in finding.matches:
            restricted = form.sensitivity(match.field) == "restricted"
            if restricted or form.kind_of(match.field) not in _PLAIN:
                continue
            labels = {option.id: option.label.text(lang) for option in form.options(match.field)}
            label = printable(labels.get(match.option, ""))
            if label and not is_stigmatising(label):
                words[within_line(label, lang)] = None
    return "; ".join(words)


@dataclass(frozen=True, slots=True)
class _Writer:
    """What is the same in all letters of a day.

    Parameters
    ----------
    sources
        What documents are made of.
    requests
        What a mentee asks for and the mentor offers, by (pair, mentee).
    """

    sources: Sources
    requests: Mapping[tuple[str, str], str] = field(repr=False)

    def to_mentor(self, who: str, pairs: list[PairLife]) -> MentorLetter:
        """Write to a mentor, or to a co-mentor, whom no requests were held against."""
        mentees = tuple(
            self._mentee(pair, mentee, is_matched=who == pair.mentor)
            for pair in pairs
            for mentee in pair.mentees
        )
        others = [other for pair in pairs for other in pair.mentors if other != who]
        (face,) = members(self.sources, [who])
        return MentorLetter(
            **self._head(pairs),
            to=face.name,
            post=face.post,
            mentees=mentees,
            co_mentors=members(self.sources, dict.fromkeys(others)),
        )

    def to_mentee(self, who: str, pairs: list[PairLife]) -> MenteeLetter:
        """Write to a mentee."""
        others = [other for pair in pairs for other in pair.mentees if other != who]
        (face,) = members(self.sources, [who])
        return MenteeLetter(
            **self._head(pairs),
            to=face.name,
            post=face.post,
            mentors=self._of_mentors(pairs),
            others=members(self.sources, dict.fromkeys(others)),
        )

    def to_parents(self, child: str, pairs: list[PairLife]) -> ParentsLetter:
        """Write to a mentee's parents: by name where they take part themselves."""
        (face,) = members(self.sources, [child])
        parents = members(self.sources, self._guardians(child))
        return ParentsLetter(
            **self._head(pairs),
            to=", ".join(it.name for it in parents),
            child=face.name,
            child_post=face.post,
            mentors=self._of_mentors(pairs),
        )

    def _guardians(self, child: str) -> list[str]:
        """List who answers for a child and takes part, by what the answers say."""
        people = self.sources.state.people
        answer = self.sources.faces.answer(child, "guardian_pids")
        codes = answer if isinstance(answer, tuple) else ()
        there = sorted(code for code in codes if code in people and people[code].active)
        return [code for code in there if self.sources.faces.has(code)]

    def _head(self, pairs: list[PairLife]) -> dict[str, str]:
        """Return what every letter says."""
        sources, met = self.sources, [_met(pair) for pair in pairs]
        days = [it for it in met if it is not None]
        acquainted = day(max(days), sources.lang) if len(days) == len(pairs) else ""
        on = long_day(sources.on, sources.lang)
        return {**head_of(sources), "day": on, "acquainted": acquainted}

    def _mentee(self, pair: PairLife, who: str, *, is_matched: bool) -> Mentee:
        requests = self.requests.get((pair.pair, who), "") if is_matched else ""
        return Mentee(**self._companion(pair, who), requests=requests)

    def _of_mentors(self, pairs: Iterable[PairLife]) -> tuple[Companion, ...]:
        return tuple(
            Companion(**self._companion(pair, who)) for pair in pairs for who in pair.mentors
        )

    def _companion(self, pair: PairLife, who: str) -> dict[str, str]:
        """Return the fields of a companion."""
        assert pair.starts is not None
        assert pair.ends is not None
        (face,) = members(self.sources, [who])
        form = form_name(self.sources, pair.form)
        if form == printable(pair.form):
            # Nobody has worded it: an id isn't for people to read.
            form = self._say("in-group" if len(pair.mentees) > 1 else "in-pair")
        return {
            "name": face.name,
            "post": face.post,
            "form": form,
            "term": term(self.sources, pair.starts, pair.ends),
            "first_meeting": unbroken(self._first_meeting(pair)),
        }

    def _first_meeting(self, pair: PairLife) -> str:
        """Say when the first meeting is; that it was, where people have met already."""
        lang, met = self.sources.lang, _met(pair)
        if met is not None:
            return self._say("met", on=day(met, lang))
        planned = [it.planned for it in pair.meetings.values() if it.waiting and it.planned]
        if planned:
            return self._say("planned", on=day(min(planned), lang))
        due = self._due(pair)
        return self._say("open") if due is None else self._say("by", on=day(due, lang))

    def _due(self, pair: PairLife) -> date | None:
        """Return by which day the roadmap wants first meetings, where that is still ahead."""
        roadmap = self.sources.roadmap
        days = (
            it.due
            for activity in roadmap.activities
            if activity.evidence.rule == "first_meetings"
            for it in roadmap.occurrences(activity.id)
            if it.dated
        )
        ends = pair.ends or date.max
        return min((it for it in days if self.sources.on <= it <= ends), default=None)

    def _say(self, key: str, /, **values: object) -> str:
        return text(f"letter.{key}", self.sources.lang, **values)


def _met(pair: PairLife) -> date | None:
    """Return the day on which a pair first met."""
    return min((it.held for it in pair.meetings.values() if it.held is not None), default=None)

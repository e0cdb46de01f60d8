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
from mentormatch.documents.sources import Sources
from mentormatch.messages import Language, day, long_day, text
from mentormatch.policy.forms import Form
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.templates import is_stigmatising
from mentormatch.spreadsheet import printable

if TYPE_CHECKING:
    from mentormatch.result import Result

Reader = Literal["mentor", "mentee", "parents"]

_PLAIN: Final = ("choice", "multi", "ranked")  # kinds of questions whose answers are options
_OF_AGE: Final = 18
_EXPECTED: Final = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody whom the letter is about.

    Parameters
    ----------
    who
        Name and post.
    form
        The form they meet in.
    term
        From when until when.
    first_meeting
        When the first meeting is or was.
    requests
        What a mentee asks for and this mentor offers; blank in other letters.
    """

    who: str = field(repr=False)
    form: str
    term: str
    first_meeting: str
    requests: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a letter.

    Parameters
    ----------
    reader, code
        Whom it is for: a mentor, a mentee, or the parents of this mentee.
    institution, place_and_day
        What stands at its head.
    addressee
        Lines that say whom it is for.
    greeting, opening
        How it begins.
    heads
        Titles of the columns of the table of companions.
    companions
        Whom the addressee is with, a row each.
    together
        Who else is in the same pair or group, a sentence each.
    meeting
        How the first meeting is.
    expected_of, expected
        What is expected, after a line that says of whom.
    questions, freedom
        Whom to ask, and that anybody may say no.
    signed_as, signed_by
        Post and name of whoever signs.
    """

    reader: Reader
    code: str
    institution: str
    place_and_day: str
    addressee: tuple[str, ...] = field(repr=False)
    greeting: str = field(repr=False)
    opening: str
    heads: tuple[str, ...]
    companions: tuple[Companion, ...]
    together: tuple[str, ...] = field(repr=False)
    meeting: str
    expected_of: str
    expected: tuple[str, ...]
    questions: str
    freedom: str
    signed_as: str
    signed_by: str


def letter_contents(sources: Sources) -> Iterator[Letter]:
    """Say what stands in the letters to everybody in a running pair or group, by code.

    Whoever has several pairs gets one letter; whoever is a mentor here and a mentee there gets
    two. Parents are written to unless the mentee is of age.

    Parameters
    ----------
    sources
        What documents are made of.

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
        for who in _mentors(pair):
            led[who].append(pair)
    writer = _Writer(sources, _known(sources, running))
    for who in sorted(led):
        yield writer.to_mentor(who, led[who])
    for who in sorted(mentored):
        yield writer.to_mentee(who, mentored[who])
        if _may_be_minor(sources, who):
            yield writer.to_parents(who, mentored[who])


def _mentors(pair: PairLife) -> tuple[str, ...]:
    return (pair.mentor,) if pair.co_mentor is None else (pair.mentor, pair.co_mentor)


def _may_be_minor(sources: Sources, mentee: str) -> bool:
    """Tell whether a mentee may be under age: a student for all that is known, others for sure."""
    face = sources.faces(mentee)
    if face.birth_year is None:
        return face.kind == "student"
    most = sources.on.year - face.birth_year
    return most <= _OF_AGE if face.kind == "student" else most < _OF_AGE


@dataclass(frozen=True, slots=True)
class _Known:
    """What is taken from matchings.

    Parameters
    ----------
    forms
        Wording of a form by (round, form); blank where it isn't to be used.
    requests
        What a mentee asks for and the mentor offers, by (pair, mentee).
    """

    forms: Mapping[tuple[str, str], str]
    requests: Mapping[tuple[str, str], str] = field(repr=False)


def _known(sources: Sources, running: Iterable[PairLife]) -> _Known:
    """Read each round's result once."""
    by_round: dict[str, list[PairLife]] = defaultdict(list)
    for pair in running:
        by_round[pair.round].append(pair)
    forms: dict[tuple[str, str], str] = {}
    requests: dict[tuple[str, str], str] = {}
    for code, pairs in by_round.items():
        made = sources.state.rounds.get(code)
        result = None if made is None else sources.result_of(made.result)
        if result is None:
            continue
        forms |= {(code, form.id): _wording(form, sources.lang) for form in result.policy.forms}
        requests |= _requests(result, pairs, sources.lang)
    return _Known(forms, requests)


def _wording(form: Form, lang: Language) -> str:
    label = printable(form.label.text(lang))
    return "" if is_stigmatising(label) else label


def _requests(
    result: "Result", pairs: Iterable[PairLife], lang: Language
) -> dict[tuple[str, str], str]:
    """Say what mentees ask for and their mentors offer, where the answers are still there."""
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
                words[label] = None
    return "; ".join(words)


def _inside_quotes(title: str) -> str:
    """Write a title so that it can stand in quotation marks of its own."""
    return printable(title).translate(str.maketrans("«»“”", "„“‘’"))


@dataclass(frozen=True, slots=True)
class _Writer:
    """What is the same in all letters of a day."""

    sources: Sources
    known: _Known

    def to_mentor(self, who: str, pairs: list[PairLife]) -> Letter:
        """Write to a mentor, or a co-mentor."""
        named = self.sources.faces
        companions = tuple(
            self._companion(pair, mentee, self.known.requests.get((pair.pair, mentee), ""))
            for pair in pairs
            for mentee in pair.mentees
        )
        together = tuple(
            self._say("together.mentors", names=named(other).named)
            for pair in pairs
            for other in _mentors(pair)
            if other != who
        )
        name = named(who)
        return self._letter(
            "mentor",
            who,
            pairs,
            companions,
            addressee=(name.named,),
            name=name.name,
            together=together,
        )

    def to_mentee(self, who: str, pairs: list[PairLife]) -> Letter:
        """Write to a mentee."""
        named = self.sources.faces
        groups = [[it for it in pair.mentees if it != who] for pair in pairs]
        together = tuple(
            self._say("together.mentees", names="; ".join(named(it).named for it in others))
            for others in groups
            if others
        )
        name = named(who)
        return self._letter(
            "mentee",
            who,
            pairs,
            self._of_mentors(pairs),
            addressee=(name.named,),
            name=name.name,
            together=together,
        )

    def to_parents(self, child: str, pairs: list[PairLife]) -> Letter:
        """Write to a mentee's parents: by name where they take part themselves."""
        named = self.sources.faces
        parents = ", ".join(named(code).name for code in self._guardians(child))
        addressee = (
            self._say("parents", names=parents) if parents else self._say("parents-unnamed"),
            self._say("child", who=named(child).named),
        )
        companions = self._of_mentors(pairs)
        return self._letter("parents", child, pairs, companions, addressee=addressee, name=parents)

    def _guardians(self, child: str) -> list[str]:
        """List who answers for a child and takes part, by what the answers say."""
        cohort, people = self.sources.cohort, self.sources.state.people
        column = None if cohort is None else cohort.columns.get("guardian_pids")
        if cohort is None or column is None or child not in cohort:
            return []
        answer = column.cell(cohort.index(child))
        codes = answer if isinstance(answer, tuple) else ()
        there = sorted(code for code in codes if code in people and people[code].active)
        return [code for code in there if self.sources.faces.has(code)]

    def _of_mentors(self, pairs: Iterable[PairLife]) -> tuple[Companion, ...]:
        return tuple(self._companion(pair, who) for pair in pairs for who in _mentors(pair))

    def _companion(self, pair: PairLife, who: str, requests: str = "") -> Companion:
        lang = self.sources.lang
        assert pair.starts is not None
        assert pair.ends is not None
        wording = self.known.forms.get((pair.round, pair.form))
        is_group = len(pair.mentees) > 1
        return Companion(
            who=self.sources.faces(who).named,
            form=wording or self._say("in-group" if is_group else "in-pair"),
            term=self._say("term", starts=day(pair.starts, lang), ends=day(pair.ends, lang)),
            first_meeting=self._first_meeting(pair),
            requests=requests,
        )

    def _first_meeting(self, pair: PairLife) -> str:
        """Say when the first meeting is; that it was, where people have met already."""
        lang = self.sources.lang
        held = [it.held for it in pair.meetings.values() if it.held is not None]
        if held:
            return self._say("met", on=day(min(held), lang))
        planned = [it.planned for it in pair.meetings.values() if it.waiting and it.planned]
        if planned:
            return self._say("planned", on=day(min(planned), lang))
        due = self._due(pair)
        if due is None:
            return self._say("open")
        return self._say("by", on=day(due, lang))

    def _due(self, pair: PairLife) -> date | None:
        """Return by which day the roadmap wants first meetings, where that is still ahead."""
        roadmap = self.sources.roadmap
        days = [
            it.due
            for activity in roadmap.activities
            if activity.evidence.rule == "first_meetings"
            for it in roadmap.occurrences(activity.id)
            if it.dated and it.due >= self.sources.on and pair.ends is not None
            if it.due <= pair.ends
        ]
        return min(days, default=None)

    def _letter(
        self,
        reader: Reader,
        code: str,
        pairs: list[PairLife],
        companions: tuple[Companion, ...],
        *,
        addressee: tuple[str, ...],
        name: str,
        together: tuple[str, ...] = (),
    ) -> Letter:
        sources = self.sources
        head, lang = sources.letterhead, sources.lang
        institution = "" if head.institution is None else printable(head.institution.text(lang))
        city = "" if head.city is None else printable(head.city.text(lang))
        curator = "" if head.curator is None else printable(head.curator.text(lang))
        on = long_day(sources.on, lang)
        columns = ["who", "form", "term", "first-meeting"]
        if any(each.requests for each in companions):
            columns.append("requests")
        many = "many" if len(companions) > 1 else "one"
        met = all(any(it.held for it in pair.meetings.values()) for pair in pairs)
        return Letter(
            reader=reader,
            code=code,
            institution=institution,
            place_and_day=self._say("place-and-day", city=city, on=on) if city else on,
            addressee=addressee,
            greeting=self._say("greeting", name=name) if name else self._say("greeting-unnamed"),
            opening=self._say(f"opening.{reader}-{many}", title=_inside_quotes(sources.title)),
            heads=tuple(
                self._say(f"head.{reader}" if each == "who" else f"head.{each}") for each in columns
            ),
            companions=companions,
            together=together,
            meeting=self._say("met-all" if met else f"meeting.{reader}"),
            expected_of=self._say(f"expected-of.{reader}"),
            expected=tuple(self._say(f"expected.{reader}.{each}") for each in _EXPECTED),
            questions=self._say("questions", curator=curator)
            if curator
            else self._say("questions-unnamed"),
            freedom=self._say(f"freedom.{reader}"),
            signed_as=self._say("curator"),
            signed_by=curator,
        )

    def _say(self, key: str, /, **values: object) -> str:
        return text(f"letter.{key}", self.sources.lang, **values)

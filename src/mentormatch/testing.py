"""Random questions with known answers, for the tests of this library and of what is built on it."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from mentormatch.documents.sources import Paper
from mentormatch.files import safe_name
from mentormatch.keys import KeyFile, Person
from mentormatch.messages import Language, text
from mentormatch.problem import Bounds, Int32, Int64, Objective, Parts, Problem, Quota
from mentormatch.programme import facts as f
from mentormatch.programme.state import State


def random_problem(
    generator: np.random.Generator, *, pairs: int = 10, rich: bool = False
) -> Problem:
    """Draw a small problem that uses every kind of limit, often in conflict, with many ties.

    Parameters
    ----------
    generator
        Where randomness comes from.
    pairs
        At most so many admissible pairs, so that every matching can be tried.

    rich
        Use limits that no flow holds as well: pairs that exclude or need each other, loads of
        none or enough, quotas that cross or count people on both sides, parts of mentors'
        pairs that cross.

    Returns
    -------
    Problem
        Up to four mentees and three mentors; about a quarter have no solution.
    """
    mentees, mentors = (int(size) for size in generator.integers(0, (5, 4)))
    density = generator.choice([0.3, 0.7, 1.0])
    cells = np.argwhere(generator.random((mentees, mentors)) < density)[:pairs]
    mentee, mentor = cells[:, 0].astype(np.int32), cells[:, 1].astype(np.int32)
    size = len(cells)
    quotas = _quotas(generator, mentees, mentors)
    several = generator.random() < 0.4
    demand = generator.integers(0, 3, mentees) if several else np.ones(mentees, np.int64)
    problem = Problem(
        mentee=mentee,
        mentor=mentor,
        capacity=Bounds(
            _sometimes(generator, 0.15, mentors) * generator.integers(1, 3, mentors),
            generator.choice([0, 1, 1, 2, 2, 3], mentors),
        ),
        demand=Bounds(_sometimes(generator, 0.07, mentees), demand),
        objectives=_objectives(generator, mentees, mentors, size, quotas),
        pinned=np.flatnonzero(_sometimes(generator, generator.choice([0, 0, 0.15]), size)),
        banned=np.flatnonzero(_sometimes(generator, generator.choice([0, 0.1]), size)),
        mentor_parts=_parts(generator, mentor, mentors),
        mentee_parts=_parts(generator, mentee, mentees),
        quotas=quotas,
    )
    return _enriched(generator, problem) if rich else problem


def _sometimes(generator: np.random.Generator, chance: float, size: int) -> Int64:
    return (generator.random(size) < chance).astype(np.int64)


def _objectives(
    generator: np.random.Generator,
    mentees: int,
    mentors: int,
    pairs: int,
    quotas: tuple[Quota, ...],
) -> tuple[Objective, ...]:
    """Draw goals in order; small scores make ties, some are negative, some huge."""
    top = int(generator.choice([2, 5, 1000, 10**12]))
    least = int(generator.choice([0, 0, -top]))
    points = Objective("points", pair=generator.integers(least, top + 1, pairs))
    cover = Objective("cover", first=generator.integers(1, 4, mentees))
    fill = Objective("fill", further=np.ones(mentees, np.int64))
    goals = [(points,), (cover, points), (cover, fill, points)][generator.integers(3)]
    if quotas:
        goals = (Objective("quotas", quota=generator.integers(0, 3, len(quotas))), *goals)
        goals = goals if generator.random() < 0.5 else (*goals[1:], goals[0])
    if generator.random() < 0.2:
        goals += (Objective("even", square=generator.integers(0, 3, mentors)),)
    if generator.random() < 0.3:
        goals += (Objective("lottery", pair=generator.integers(-1000, 1000, pairs)),)
    return goals


def _quotas(generator: np.random.Generator, mentees: int, mentors: int) -> tuple[Quota, ...]:
    """Draw quotas that nest: a part of one side, sometimes a part of that, people or pairs."""
    if generator.random() < 0.5:
        return ()
    quotas = []
    for side, people in (("mentors", mentors), ("mentees", mentees)):
        who = np.arange(people)
        for counts in ("pairs", "people"):
            who = who[generator.random(len(who)) < 0.7]
            if generator.random() < 0.4:
                continue
            most = len(who) if counts == "people" else int(generator.integers(1, 9))
            least = int(generator.random() < 0.15) * int(generator.integers(0, 3))
            wanted = int(generator.integers(0, 4))
            quotas.append(Quota(least, most, counts=counts, wanted=wanted, **{side: who}))
    return tuple(quotas)


def _parts(generator: np.random.Generator, person: Int32, people: int) -> Parts | None:
    """Split some people's pairs at random into two parts with bounds of their own."""
    if people == 0 or generator.random() < 0.6:
        return None
    owners = np.repeat(np.arange(people, dtype=np.int32), 2)
    owners = owners[generator.random(len(owners)) < 0.7]
    of = np.full(len(person), -1, np.int32)
    for pair, who in enumerate(person):
        own = np.flatnonzero(owners == who)
        if len(own):
            of[pair] = generator.choice(np.append(own, -1))
    most = generator.integers(0, 3, len(owners))
    least = np.minimum(most, _sometimes(generator, 0.05, len(owners)))
    return Parts(of, owners, Bounds(least, most))


def _enriched(generator: np.random.Generator, problem: Problem) -> Problem:
    """Add limits that no flow holds."""
    quotas = list(problem.quotas)
    if generator.random() < 0.5:
        quotas.append(_any_role(generator, problem.mentors, problem.mentees))
    if generator.random() < 0.3:
        most = int(generator.integers(0, max(problem.mentors, 1)))
        quotas.append(Quota(0, most, mentors=np.arange(problem.mentors)))
    new = len(quotas) - len(problem.quotas)
    objectives = tuple(
        replace(goal, quota=np.append(goal.quota, generator.integers(0, 2, new)))
        if goal.quota is not None
        else goal
        for goal in problem.objectives
    )
    return replace(
        problem,
        quotas=tuple(quotas),
        objectives=objectives,
        exclusive=_rows(generator, problem.size, 4),
        together=_rows(generator, problem.size, 2),
        or_none=generator.integers(1, 4, problem.mentors) if generator.random() < 0.4 else None,
        crossing=_crossing(generator, problem),
    )


def _crossing(generator: np.random.Generator, problem: Problem) -> tuple[Parts, ...]:
    """Draw further parts of mentors' pairs, whose least may only bind who has any pair."""
    drawn = (_parts(generator, problem.mentor, problem.mentors) for _ in range(2))
    return tuple(
        replace(
            parts,
            bounds=Bounds(generator.integers(0, 2, len(parts.owner)), parts.bounds.most + 1),
            if_any=bool(generator.random() < 0.5),
        )
        for parts in drawn
        if parts is not None
    )


def _any_role(generator: np.random.Generator, mentors: int, mentees: int) -> Quota:
    """Draw a quota over both sides, on which the first few people are the same."""
    mine = np.flatnonzero(generator.random(mentors) < 0.8)
    theirs = np.flatnonzero(generator.random(mentees) < 0.8)
    both = np.intersect1d(mine, theirs)[generator.integers(0, 2) :]
    least = int(generator.integers(0, 3))
    most = int(generator.integers(least, len(mine) + len(theirs) + least + 1))
    wanted = int(generator.random() < 0.1) * 2
    same = np.stack([both, both], axis=1)
    return Quota(least, most, mine, theirs, same=same, wanted=wanted)


def _rows(generator: np.random.Generator, size: int, most: int) -> Int64:
    """Draw a few rows of two different pairs."""
    if size < 2:
        return np.empty((0, 2), np.int64)
    return np.array(
        [
            generator.choice(size, size=2, replace=False)
            for _ in range(int(generator.integers(0, most)))
        ],
        np.int64,
    ).reshape(-1, 2)


# --- programmes and what may be read of them ------------------------------------------------------

_AUTUMN: Final = date(2024, 9, 5)
_PLANTED: Final = re.compile("(?:Знак|sign)[0-9]{6}".encode())


def random_programme(
    generator: np.random.Generator, mentors: int, mentees: int
) -> tuple[State, dict[str, tuple[str, ...]]]:
    """Draw a programme with pairs and groups that run, wait, have ended, lost and gained people.

    Some groups have a second mentor, some mentees two mentors, some mentees are mentors too.

    Parameters
    ----------
    generator
        Where randomness comes from.
    mentors, mentees
        How many people there are; of every sixth mentee a parent takes part.

    Returns
    -------
    tuple
        What holds after 10 September 2024, and the parents by mentee.
    """
    leading = [f"T-{n:05d}" for n in range(mentors)]
    led = [f"S-{n:05d}" for n in range(mentees)]
    both = led[: mentees // 10]
    parents: dict[str, tuple[str, ...]] = {who: (f"P-{who}",) for who in led[::6]}
    people = [f.Enrolment(person=it, kind="teacher", roles=("mentor",)) for it in leading]
    people += [
        f.Enrolment(person=it, kind="parent", roles=("mentor",))
        for each in parents.values()
        for it in each
    ]
    people += [
        f.Enrolment(
            person=it, kind="student", roles=("mentee", "mentor") if it in both else ("mentee",)
        )
        for it in led
    ]
    proposals = list(_proposals(generator, [*leading, *both], led))
    waits = generator.random(len(proposals)) < 0.1
    ordered = tuple(it.pair for it, each in zip(proposals, waits, strict=True) if not each)
    state = _after(
        State(),
        f.Enrolled(on=_AUTUMN, people=people),
        f.RoundMade(
            round="a",
            on=_AUTUMN,
            inputs="0" * 64,
            policy="1" * 64,
            result="2" * 64,
            proposals=proposals,
        ),
        f.Accepted(pairs=tuple(it.pair for it in proposals)),
        f.Ordered(number="1", on=_AUTUMN, pairs=ordered, starts=_AUTUMN, ends=date(2025, 5, 31)),
    )
    return _after(state, *_changes(generator, proposals, led)), parents


def _after(state: State, *facts: f.Fact) -> State:
    for fact in facts:
        state = state.apply(state.entry(fact, "curator"))
    return state


def _proposals(
    generator: np.random.Generator, mentors: list[str], mentees: list[str]
) -> Iterator[f.Proposal]:
    """Deal the mentees out twice, in two forms, in pairs and groups of up to four."""
    for form in ("first", "second"):
        waiting = [mentees[place] for place in generator.permutation(len(mentees)).tolist()]
        if form == "second":
            waiting = waiting[: len(waiting) // 5]
        order = generator.permutation(len(mentors)).tolist()
        for number, place in enumerate(order):
            size = int(generator.integers(1, 5))
            group = [who for who in waiting[:size] if who != mentors[place]]
            del waiting[:size]
            if not group:
                break
            other = mentors[order[number - 1]]
            helps = len(group) > 1 and other not in group and generator.random() < 0.3
            yield f.Proposal(
                pair=f"{form}-{number:05d}",
                form=form,
                mentor=mentors[place],
                mentees=group,
                co_mentor=other if helps else None,
            )


def _changes(
    generator: np.random.Generator, proposals: list[f.Proposal], mentees: list[str]
) -> Iterator[f.Fact]:
    """End some pairs, and let mentees leave groups and join others."""
    on = date(2024, 9, 10)
    for proposal in proposals:
        chance = generator.random()
        if chance < 0.1:
            yield f.Closed(pair=proposal.pair, on=on, reason="no_fit")
        elif chance < 0.2 and len(proposal.mentees) > 1:
            gone = proposal.mentees[0]
            yield f.MenteeLeft(pair=proposal.pair, mentee=gone, on=on, reason="moved")
        elif chance < 0.4:
            new = mentees[int(generator.integers(len(mentees)))]
            if new not in (*proposal.mentees, proposal.mentor, proposal.co_mentor):
                yield f.MenteeJoined(pair=proposal.pair, mentee=new, on=on)


def planted_names(codes: Collection[str]) -> tuple[KeyFile, dict[str, str]]:
    """Give everybody a name and a contact that nobody else has a word of.

    Parameters
    ----------
    codes
        Who needs one.

    Returns
    -------
    tuple
        The key file, and whose each word is: of name and contact.
    """
    people: dict[str, Person] = {}
    words: dict[str, str] = {}
    for number, code in enumerate(sorted(codes)):
        name, contact = f"Знак{number:06d}", f"sign{number:06d}"
        people[code] = Person(f"{name} Имя", f"{contact}@example.org")
        words |= {name: code, contact: code}
    return KeyFile(people), words


def foreign_names(
    papers: Iterable[Paper],
    state: State,
    words: Mapping[str, str],
    parents: Mapping[str, tuple[str, ...]],
    lang: Language = "ru",
) -> tuple[int, list[tuple[str, str]]]:
    """Look through letters for names of people who aren't their addressees' own.

    Whom a letter may name is worked out from the pairs that run: a mentor's are the people of
    their pairs and groups; a mentee's too; parents' are their child and its mentors.

    Parameters
    ----------
    papers
        Letters, DOCX; all their parts are read.
    state
        What holds.
    words
        Whose a word is, as :func:`planted_names` says.
    parents
        Parents who take part, by mentee.
    lang
        The language in which their files are named.

    Returns
    -------
    tuple
        How many letters there were, and the file and the code of each foreign name. A letter to
        somebody who should have none is wholly foreign.
    """
    circles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in state.pairs.values():
        if pair.status == "running":
            mentors = {pair.mentor, pair.co_mentor} - {None}
            for who in mentors:
                circles["mentor", str(who)].update({*map(str, mentors), *pair.mentees})
            for who in pair.mentees:
                circles["mentee", who].update({*map(str, mentors), *pair.mentees})
                circles["parents", who].update({who, *map(str, mentors), *parents.get(who, ())})
    files = {
        f"{safe_name(text(f'document.file.D-LET.{reader}', lang, code=code))}.docx": circle
        for (reader, code), circle in circles.items()
    }
    count, found = 0, list[tuple[str, str]]()
    for paper in papers:
        count += 1
        circle = files.get(paper.file, set())
        named = {words[it] for it in _planted_in(paper.content)}
        found += [(paper.file, code) for code in sorted(named - circle)]
    return count, found


def _planted_in(content: bytes) -> set[str]:
    """List the planted words in all parts of a DOCX file, tags and all."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = (archive.read(name) for name in archive.namelist())
        return {word.decode() for part in parts for word in _PLANTED.findall(part)}

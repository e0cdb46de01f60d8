"""The protocol of a matching: what went in, what came out, and what was decided."""

import re
from dataclasses import replace
from datetime import date

import pytest

from mentormatch.documents.papers.protocol import _inert, match_protocols, protocol_contents
from mentormatch.programme import facts as f
from mentormatch.programme.state import State

BEGUN = date(2024, 9, 5)


class Book:
    """A journal of facts, each by the curator unless somebody else is named."""

    def __init__(self):
        self.state, self.entries = State(), []

    def write(self, fact, author="curator"):
        """Write a fact down."""
        entry = self.state.entry(fact, author)
        self.state = self.state.apply(entry)
        self.entries.append(entry)


def made(name, on, proposals, **more):
    """Make a round of pairs; each is worth two million of four million points."""
    return f.RoundMade(
        round=name,
        on=on,
        inputs="a" * 64,
        policy="b" * 64,
        result="c" * 64,
        versions={"ortools": "9.1", "mentormatch": "1.0"},
        proof="certified",
        proposals=[
            f.Proposal(
                pair=code, form="teacher_student", mentor=who, mentees=(whom,), points=600_000
            )
            for code, who, whom in proposals
        ],
        **more,
    )


@pytest.fixture
def book():
    """Decide before a round, in it, and before the next one."""
    book = Book()
    people = [f.Enrolment(person=f"M{n}", kind="teacher", roles=("mentor",)) for n in range(1, 5)]
    people += [f.Enrolment(person=f"S{n}", kind="student", roles=("mentee",)) for n in range(1, 5)]
    for fact in (
        f.Enrolled(on=BEGUN, people=people),
        f.Pinned(mentor="M1", mentee="S1", waive=("age",), reason="Давно знакомы"),
        f.Forbidden(mentor="M2", mentee="S2", reason=""),
        f.Forbidden(mentor="M3", mentee="S3"),
        f.Lifted(mentor="M3", mentee="S3"),
        made("a", BEGUN, [("a-1", "M1", "S1"), ("a-2", "M2", "S3")], unmatched=("S2", "S4")),
    ):
        book.write(fact)
    book.write(
        f.Changed(pair="a-2", mentor="M4", mentees=("S4",), waive=("slots",), reason="| <b> | x"),
        "director",
    )
    book.write(f.Accepted(pairs=("a-1",)))
    book.write(f.Forbidden(mentor="M4", mentee="S2", reason="нет"))
    book.write(made("b", date(2024, 9, 20), [], seed=7, kept=("a-1",)))
    book.write(f.Pinned(mentor="M3", mentee="S3"))
    return book


@pytest.fixture
def sources(book, sources_of):
    """Make the sources of the book."""
    return sources_of(
        book.state, date(2024, 10, 1), {"M1": "Образцова Ольга"}, entries=lambda: book.entries
    )


def test_each_round_shows_its_decisions(sources, book):
    """What stood when it was made, and what came until the next; what was lifted is gone."""
    first = protocol_contents(sources, book.state.rounds["a"])
    second = protocol_contents(sources, book.state.rounds["b"])
    assert [(it.author, it.what, it.whom, it.reason) for it in first.before] == [
        ("curator", "закрепить, отступая от правил age", "M1 – S1", "Давно знакомы"),
        ("curator", "запретить", "M2 – S2", "—"),
    ]
    assert [(it.author, it.what, it.whom, it.reason) for it in first.after] == [
        (
            "director",
            "изменить, отступая от правил slots",
            "a-2; наставник: M4; наставляемые: S4",
            "| <b> | x",
        ),
        ("curator", "запретить", "M4 – S2", "нет"),
    ]
    assert [it.whom for it in second.before] == ["M1 – S1", "M2 – S2", "M4 – S2"]
    assert [it.whom for it in second.after] == ["M3 – S3"]


def test_pairs_stand_with_what_has_become_of_them(sources, book):
    """What was proposed stays as it was; that the curator changed it is said beside it."""
    found = protocol_contents(sources, book.state.rounds["a"]).proposed
    assert [(it.pair, it.mentor, it.mentees, it.points, it.share, it.standing) for it in found] == [
        ("a-1", "M1", "S1", "600\N{NO-BREAK SPACE}000", "—", "принята"),
        ("a-2", "M2", "S3", "600\N{NO-BREAK SPACE}000", "—", "принята; состав изменён куратором"),
    ]


def test_digests_versions_and_proof_are_told(sources, book):
    """Whoever wants to check finds out what to check."""
    told = dict(protocol_contents(sources, book.state.rounds["a"]).facts)
    assert told["Ответы участников (SHA-256)"] == "a" * 64
    assert told["Версии программ"] == "mentormatch 1.0, ortools 9.1"
    assert told["Зерно жребия"] == "жребий не бросали"
    assert told["Доказательство"].startswith("certified. Доказано")
    assert dict(protocol_contents(sources, book.state.rounds["b"]).facts)["Зерно жребия"] == "7"


def test_the_file_of_a_result_goes_out_byte_for_byte(sources):
    """Beside each page stands the file, where the register has it."""
    papers = list(match_protocols(sources))
    assert [it.file for it in papers] == ["D-MAT-a.md", "D-MAT-b.md"]
    stored = {"c" * 64: b'{"as": "it is"}'}
    papers = list(match_protocols(replace(sources, file_of=stored.get)))
    assert [it.file for it in papers] == [
        "D-MAT-a.json",
        "D-MAT-a.md",
        "D-MAT-b.json",
        "D-MAT-b.md",
    ]
    assert papers[0].content == b'{"as": "it is"}'


def test_a_page_holds_codes_only(sources):
    """There is a name to the code, and it doesn't stand there."""
    for paper in match_protocols(sources):
        assert "Образцова" not in paper.content.decode()


def test_what_people_wrote_stays_words(sources):
    """A reason with markup in it neither opens a cell nor a tag."""
    page = next(it for it in match_protocols(sources) if it.file == "D-MAT-a.md").content.decode()
    line = next(it for it in page.splitlines() if "slots" in it)
    assert r"\| \<b\> \| x" in line
    assert len(re.findall(r"(?<!\\)\|", line)) == 6


@pytest.mark.parametrize(
    ("words", "inert"),
    [
        ("a_b и S-0001, 0.6 (x)!", "a_b и S-0001, 0.6 (x)!"),
        ("_a_ *b* `c`", r"\_a\_ \*b\* \`c\`"),
        ("[x](javascript:y) <img> &lt;", r"\[x\](javascript:y) \<img\> \&lt;"),
        ("http://x www.y a@b $1$", r"http\://x www\.y a\@b \$1\$"),
        ("two\nlines\x07 \\| end", r"two lines \\\| end"),
    ],
)
def test_only_what_would_be_markup_is_escaped(words, inert):
    """Codes and figures stay readable as they are."""
    assert _inert(words) == inert


def test_a_result_tells_goals_weights_and_shares(lived, school_sources):
    """Goals as in the result, weights as in the policy, each share points over the most."""
    sources, result = school_sources(date(2026, 10, 6), "en"), lived[1]
    found = protocol_contents(sources, sources.state.rounds["2026-autumn"])
    assert [it.gap for it in found.goals] == ["0"] * len(result.levels)
    forms = ", ".join(form.id for form in result.policy.forms)
    assert [(it.form, it.criterion, it.weight) for it in found.weights] == [
        (forms, "need_cover (Request met)", "0.6"),
        (forms, "mutual_choice (Mutual choice)", "0.4"),
    ]
    assert len(found.proposed) == len(result.matching.pairs)
    # 0.6 and 0.4 of a thousand each make a million at most.
    points = {(it.mentor, it.mentee): it.points for it in result.matching.pairs}
    for it in found.proposed:
        tenths = round(points[it.mentor, it.mentees] / 1000)
        assert it.share == f"{tenths // 10}.{tenths % 10} %"
    pages = [it for it in match_protocols(sources) if it.file.endswith(".md")]
    assert len(pages) == 1
    assert "{" not in pages[0].content.decode()


def test_a_round_that_is_still_to_come_has_no_protocol(sources):
    """By the first day only one had been made."""
    assert len(list(match_protocols(replace(sources, on=BEGUN)))) == 1

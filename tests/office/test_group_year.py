"""A year of a programme that meets in circles: every list and number worked by hand."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest

import circles
import mentormatch as mm
from mentormatch.documents.cabinet import make_documents
from mentormatch.documents.sources import Sources
from mentormatch.errors import RegisterError
from mentormatch.programme import facts as f
from mentormatch.roadmap.registers import mentor_base

WINTER = date(2027, 1, 12)


@pytest.fixture
def running(tmp_path):
    """Let both circles and the pair run from October on."""
    with circles.running(tmp_path) as office:
        yield office


def circle(office, *mentees):
    """Find the circle of some mentees."""
    return next(it for it in office.state.pairs.values() if set(mentees) <= set(it.mentees))


def beside(office):
    """List who stands beside which circle."""
    pairs = office.state.pairs.values()
    return {pair.pair: pair.co_mentor for pair in pairs if pair.open and pair.form == "circle"}


def test_whoever_comes_into_a_circle_that_goes_on_is_named_and_joins_it(running):
    """A pupil leaves and another comes in winter: the round names them, and they join by a call."""
    young = circle(running, "S-1").pair
    running.today = WINTER
    assert running.leave(["S-3"], "moved").values["groups"] == young
    circles.write(running.programme.folder, {**circles.MENTEES, "S-8": 6})
    made = running.rematch()
    assert (made.values["kept"], made.values["count"]) == (3, 0)
    assert f"Would join {young}: S-8" in made.text()
    (waiting,) = running.state.joining()
    assert (waiting.pair, waiting.mentees, waiting.co_mentor) == (young, ("S-8",), None)
    assert running.status().joining == (young,)
    running.join()
    assert running.state.pairs[young].mentees == ("S-1", "S-2", "S-8")
    assert running.state.pairs[young].joined == {"S-8": WINTER}
    assert running.state.joining() == ()
    with pytest.raises(RegisterError, match="nobody waits"):
        running.join()


def test_a_co_mentor_stays_beside_the_circle_when_it_is_matched_again(running):
    """One of two leaves; the other stays where they are, and whoever is free is offered once."""
    before = beside(running)
    young, old = circle(running, "S-1").pair, circle(running, "S-4").pair
    running.today = WINTER
    done = running.leave([before[young]], "workload")
    assert (done.values["pairs"], done.values["groups"]) == ("-", young)
    running.end([circle(running, "S-7").pair], "no_fit")
    made = running.rematch()
    groups = {group.mentor: group.co_mentor for group in made.result.matching.groups}
    assert groups[running.state.pairs[old].mentor] == before[old]
    # Of three alumni one has left, one stays, and the third has had the pair that broke.
    third = ({"A-1", "A-2", "A-3"} - set(before.values())).pop()
    (waiting,) = running.state.joining()
    assert (waiting.pair, waiting.mentees, waiting.co_mentor) == (young, (), third)
    running.join(young)
    assert beside(running) == {young: third, old: before[old]}


def test_who_stood_beside_a_circle_once_stays_in_its_history(running):
    """The order of October names the first co-mentor, and the register of mentors both."""
    young = circle(running, "S-1")
    first, free = young.co_mentor, {"A-1", "A-2", "A-3"} - set(beside(running).values())
    (second,) = free
    running.today = WINTER
    running.join(young.pair, co_mentor=second)
    past = [it for it in running.state.history() if it.mentee == "S-1"]
    assert {(it.mentor, it.since, it.until) for it in past} == {
        (young.mentor, date(2026, 10, 1), None),
        (first, date(2026, 10, 1), WINTER),
        (second, WINTER, None),
    }
    own = [row for row in mentor_base(running.state, WINTER).rows if row[5] == young.pair]
    assert {row[0]: row[11] for row in own} == {young.mentor: None, first: WINTER, second: None}
    sources = replace(Sources.of(running.programme, WINTER, names="x"), lang="en")
    (order,) = make_documents(sources, ["D-PAIR"])
    names = words(order.content)
    assert f"Name {first}" in names
    letters = {paper.file: words(paper.content) for paper in make_documents(sources, ["D-LET"])}
    assert f"Name {second}" in letters["Letter-to-mentee-S-1.docx"]
    assert f"Name {first}" not in letters["Letter-to-mentee-S-1.docx"]


def words(content):
    """Read all words of a DOCX file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_whoever_is_forbidden_to_meet_somebody_does_not_stand_beside_their_circle(tmp_path):
    """A ban keeps an alumnus away from the circle of a pupil as it would from a pair."""
    banned = "\n".join(
        f'[[limits.bans]]\nmentor = "{who}"\nmentee = "S-1"' for who in ("A-1", "A-2", "A-3")
    )
    circles.write(tmp_path, policy=f"{circles.POLICY}\n{banned}\n")
    with mm.Office.open(tmp_path, today=date(2026, 10, 1)) as office:
        found = office.match().result.matching.groups
    assert [group.co_mentor is None for group in found if "S-1" in group.mentees] == [True]
    assert [group.co_mentor is None for group in found if "S-4" in group.mentees] == [False]


@pytest.mark.parametrize("name", ["decisions", "meetings", "plans"])
def test_sheets_show_who_stands_beside_a_mentor(tmp_path, name):
    """Each sheet of a programme with circles has a column for co-mentors; the pair's is blank."""
    with circles.running(tmp_path) as office:
        if name == "decisions":
            office.end(list(office.state.pairs), "other")
            office.match()
        office.draft_plans() if name == "plans" else None
        write = getattr(office, f"write_{name}")
        (sheet,) = write(lang="en", names=True).files
        rows = [*openpyxl.load_workbook(sheet).worksheets[0].values]
        shown = {row[0]: row[rows[0].index("Co-mentor")] for row in rows[1:]}
        names = {row[0]: row[rows[0].index("Mentor's name")] for row in rows[1:]}
        pairs = {code: office.state.pairs[code] for code in shown}
    assert shown == {code: pair.co_mentor for code, pair in pairs.items()}
    assert names == {
        code: "; ".join(f"Name {who}" for who in pair.mentors) for code, pair in pairs.items()
    }
    assert len(set(shown.values())) == 3


def test_a_curator_changes_and_takes_out_a_co_mentor_in_the_sheet(tmp_path):
    """One circle gets the alumnus of the other, which goes without."""
    with mm.Office.open(circles.write(tmp_path), today=date(2026, 10, 1)) as office:
        office.match()
        young, old = circle(office, "S-1"), circle(office, "S-4")
        (sheet,) = office.write_decisions(lang="en").files
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        heads = [cell.value for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            new = {young.pair: old.co_mentor, old.pair: "-"}.get(row[0].value)
            if new is not None:
                row[heads.index("Decision")].value = "change"
                row[heads.index("New co-mentor")].value = new
        book.save(sheet)
        assert office.decide(sheet).values["changed"] == 2
        assert beside(office) == {young.pair: old.co_mentor, old.pair: None}


def test_a_proposed_circle_can_be_forbidden_as_a_whole_or_for_one_mentee(tmp_path):
    """For one, the proposal goes on with the others; for all, it ends, and all are banned."""
    with mm.Office.open(circles.write(tmp_path), today=date(2026, 10, 1)) as office:
        office.match()
        young, old = circle(office, "S-1"), circle(office, "S-4")
        one = f.Forbidden(mentor=young.mentor, mentee="S-2")
        office.register.record(one, author="curator", at=datetime(2026, 10, 2, tzinfo=UTC))
        office.today = date(2026, 10, 2)
        assert office.state.pairs[young.pair].mentees == ("S-1", "S-3")
        (sheet,) = office.write_decisions(lang="en").files
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        heads = [cell.value for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            if row[0].value == old.pair:
                row[heads.index("Decision")].value = "forbid"
        book.save(sheet)
        assert office.decide(sheet).values["forbidden"] == 3
        assert not office.state.pairs[old.pair].open
        assert set(office.state.bans) == {
            (young.mentor, "S-2"),
            *((old.mentor, who) for who in old.mentees),
        }


def test_a_withdrawal_says_that_a_circle_goes_on(running):
    """Neither a co-mentor nor one of three mentees ends it; the mentor does."""
    young = circle(running, "S-1")
    running.today = WINTER
    for person in (young.co_mentor, "S-2"):
        done = running.withdraw(person)
        assert (done.values["pairs"], done.values["groups"]) == ("-", young.pair)
    done = running.withdraw(young.mentor)
    assert (done.values["pairs"], done.values["groups"]) == (young.pair, "-")


def test_a_mentor_can_not_leave_a_circle_that_goes_on(running):
    """Only the whole circle can end then, or the mentor can leave the programme."""
    young = circle(running, "S-1")
    with pytest.raises(RegisterError, match=young.mentor):
        running.leave([young.mentor], "workload", pair=young.pair)
    assert running.leave(["S-2"], "workload", pair=young.pair).values["groups"] == young.pair
    assert running.state.people["S-2"].active
    assert running.leave([young.mentor], "moved").values["pairs"] == young.pair


def test_the_list_of_the_unmatched_says_who_would_join_and_what_can_be_tried(running):
    """One pupil would join a circle; one has no room anywhere, and nobody can say why of groups."""
    running.today = WINTER
    running.leave(["S-3"], "moved")
    circles.write(running.programme.folder, {**circles.MENTEES, "S-8": 6, "S-9": 2})
    running.rematch()
    young = circle(running, "S-1").pair
    (paper,) = make_documents(Sources.of(running.programme, WINTER, lang="en"), ["D-UNM"])
    book = openpyxl.load_workbook(io.BytesIO(paper.content))
    told = {row[1]: row[3:5] for row in book.worksheets[0].values if row[1] in {"S-8", "S-9"}}
    assert told["S-8"] == (
        f"would join the group {young}; nobody has decided yet",
        "decide: mentormatch join",
    )
    assert told["S-9"][1] == "try it: mentormatch what-if with --pin MENTOR S-9"
    running.join()
    (paper,) = make_documents(Sources.of(running.programme, WINTER, lang="en"), ["D-UNM"])
    book = openpyxl.load_workbook(io.BytesIO(paper.content))
    assert [row[1] for row in book.worksheets[0].values if row[1] in {"S-8", "S-9"}] == ["S-9"]


def test_what_changes_in_groups_is_told_in_whole_points(tmp_path):
    """Points count in halves where a circle has three mentees; what is told are whole ones."""
    policy = circles.POLICY.replace(
        "[forms.weights]\n[forms.group]", "[forms.weights]\nyears = 1\n[forms.group]"
    ).replace("age_span =", "cohesion = { years = 0.5 }\nage_span =")
    criterion = '[[criteria]]\nid = "years"\ntype = "closeness"\nfield = "grade"\nneutral = 500\n'
    programme = mm.Programme.open(circles.write(tmp_path, policy=f"{policy}{criterion}"))
    first = mm.match(*programme.read())
    second = mm.what_if(first, without=["S-6"])
    assert [level.unit for level in first.levels] == [1, 2]
    (_, points) = second.changes_from(first).goals
    assert (points.before, points.after) == (first.points, second.points)


def test_a_search_for_groups_can_be_ended(running, monkeypatch):
    """The limit of a rematch reaches the search."""
    from mentormatch.office import steps

    asked = []
    find = steps.find_pairs
    monkeypatch.setattr(steps, "find_pairs", lambda *a, **k: asked.append(k) or find(*a, **k))
    running.today = WINTER
    running.rematch(time_limit=20)
    assert [it["time_limit"] for it in asked] == [20]

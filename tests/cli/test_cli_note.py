"""``events``, ``interview`` and ``consent`` note for the roadmap what happens beside the pairs."""

import json
from datetime import date

import openpyxl
import pytest

import mentormatch as mm

TODAY = {"MENTORMATCH_TODAY": "2026-10-21"}


@pytest.fixture
def school(demo, typed):
    """Let the demo school record its first matching."""
    assert typed("match", demo, "--record", MENTORMATCH_TODAY="2026-10-01").exit_code == 0
    return demo


def entries(folder):
    """Read what was recorded last."""
    with mm.Office.open(folder) as office:
        return [it.fact for it in office.register.entries()]


def test_a_sheet_of_events_is_written_and_read(typed, school):
    """A curator notes a council and a publication in a spreadsheet."""
    done = typed("events", school, "--lang", "ru", **TODAY)
    assert done.exit_code == 0, done.output
    path = school / "out" / "events.xlsx"
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    page["A2"], page["B2"], page["E2"], page["F2"] = "педсовет", date(2026, 10, 20), 40, 46
    page["A3"], page["B3"], page["G3"] = "публикация", "20.10.2026", "vk.com/school"
    book.save(path)
    done = typed("events", school, path, "--lang", "ru", **TODAY)
    assert done.exit_code == 0, done.output
    assert "мероприятий — 1, документов и публикаций — 1" in done.output
    council, publication = entries(school)[-2:]
    assert (council.kind, council.others, council.invited) == ("council", 40, 46)
    assert (publication.kind, publication.where) == ("publication", "vk.com/school")
    with mm.Office.open(school) as office:
        status = (
            mm.Roadmap.preset("target-model-2023-2025")
            .roll(to=2026)
            .status(date(2026, 10, 21), office.register)
        )
    assert (status.indicators["K11"].numerator, status.indicators["K11"].denominator) == (40, 46)


def test_one_event_is_noted_in_a_call(typed, school):
    """Kind and day are enough; the second of a day has a code of its own."""
    call = ("events", school, "--kind", "class_hour", "--on", "2026-10-20", "--others", "25")
    for _ in range(2):
        assert typed(*call, **TODAY).exit_code == 0
    shown = typed("events", school, "--kind", "local_act", "--row", "A3", "--json", **TODAY)
    assert json.loads(shown.stdout)["entries"]
    first, second, act = entries(school)[-3:]
    assert (first.event, second.event) == ("class_hour-2026-10-20", "class_hour-2026-10-20-2")
    assert (act.item, act.activity) == ("local_act-2026-10-21", "A3")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kind", "party"], "there is no such kind: party"),
        (["--kind", "council", "--row", "Z9"], "no row of this id"),
        (["--on", "2026-10-20"], "--kind"),
        (["--kind", "council", "missing.xlsx"], "--kind"),
    ],
)
def test_a_wrong_call_is_explained(typed, school, words, said):
    """Nothing is recorded, and the way out is named."""
    before = len(entries(school))
    done = typed("events", school, *words, **TODAY)
    assert done.exit_code == 2
    assert said in done.output
    assert len(entries(school)) == before


def test_nobody_comes_to_a_publication(typed, school):
    """People who came belong to an event."""
    done = typed("events", school, "--kind", "publication", "--others", "3", **TODAY)
    assert done.exit_code == 1
    assert "nobody comes to a document" in done.output


def test_interviews_and_consents_are_noted(typed, school):
    """Several people at once; a code that nobody has is a mistake in the call."""
    with mm.Office.open(school) as office:
        who = [*office.state.people][:2]
    assert typed("interview", school, *who, "--by", "psychologist", **TODAY).exit_code == 0
    assert typed("interview", school, who[0], "--not-cleared", **TODAY).exit_code == 0
    done = typed("consent", school, who[1], "--guardian", "--until", "2027-05-31", **TODAY)
    assert done.exit_code == 0, done.output
    with mm.Office.open(school) as office:
        first, second = (office.state.people[code] for code in who)
    assert (first.cleared, second.cleared) == (False, True)
    consent = second.consents["participation"]
    assert (consent.given, consent.until, consent.guardian) == (
        date(2026, 10, 21),
        date(2027, 5, 31),
        True,
    )
    assert typed("interview", school, "S-none", **TODAY).exit_code == 2

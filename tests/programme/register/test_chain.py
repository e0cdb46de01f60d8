"""Lines of the journal: two halves, a chain of hashes, and digests that give nothing away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lives import ENROLLED, PLAN
from mentormatch.errors import RegisterError
from mentormatch.programme.facts import Entry, Interviewed
from mentormatch.programme.register.chain import ROOT, Line, stamp

AT = datetime(2025, 10, 1, 23, 30, tzinfo=timezone(timedelta(hours=3)))
ENTRY = Entry(seq=1, at=AT, author="curator", fact=PLAN)
LINE = Line.of("north", ENTRY, ROOT)


def test_an_entry_is_read_back_as_it_was():
    """With its own clock, and with the words."""
    assert LINE.entry() == ENTRY
    assert LINE.entry().day == AT.date()
    assert LINE.words_agree
    assert not LINE.erased


def test_without_its_words_the_line_still_holds():
    """What was written is None, what wasn't is still blank."""
    line = replace(LINE, salt=None, private=None)
    assert line.erased
    assert line.words_agree
    assert line.own_hash("north") == LINE.hash
    fact = line.entry().fact
    assert fact.goals[0].title is None
    assert fact.tasks[0].title == ""
    assert fact.tasks[0].planned_result is None


def test_a_line_in_which_nothing_was_written_has_no_digest():
    """So nothing of it can be erased."""
    line = Line.of("north", Entry(seq=1, at=AT, author="c", fact=ENROLLED), ROOT)
    assert (line.digest, line.salt, line.private, line.erased) == (None, None, None, False)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2},
        {"at": "2025-10-01T20:30:00.000001+00:00"},
        {"zone": 0},
        {"author": "somebody"},
        {"kind": "plan_changed"},
        {"content": LINE.content.replace("P1", "P2")},
        {"digest": bytes(32)},
        {"previous": bytes(31) + b"1"},
    ],
)
def test_whatever_changes_the_hash_changes(change):
    """Every field counts, and so does the school."""
    changed = replace(LINE, **change)
    assert changed.own_hash("north") != LINE.hash
    assert LINE.own_hash("south") != LINE.hash
    assert LINE.own_hash("north") == LINE.hash


def test_the_same_words_have_another_digest_each_time():
    """Nobody can look for "yes" among the digests."""
    assert Line.of("north", ENTRY, ROOT).digest != LINE.digest


@pytest.mark.parametrize(
    "change", [{"private": "{}"}, {"salt": bytes(32)}, {"salt": None}, {"private": None}]
)
def test_words_that_were_changed_do_not_agree(change):
    """Neither do words without salt, or salt without words."""
    assert not replace(LINE, **change).words_agree


@pytest.mark.parametrize(
    "change",
    [{"content": "{"}, {"content": "[]"}, {"at": "soon"}, {"at": None}, {"zone": 10**6}, {"seq": 0},
     {"author": ""}, {"private": "{"}, {"content": '{"fact":"dreamt"}'}],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_said_to_be_so(change):
    """Without a traceback, whatever stands in it."""
    with pytest.raises(RegisterError):
        replace(LINE, **change).entry()


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_stamps_sort_as_times_do(first, second):
    """So a database can compare them as texts."""
    assert (stamp(first) < stamp(second)) == (first < second)


def test_a_line_says_nothing_private_of_itself():
    """A repr may be in a log."""
    fact = Interviewed(person="S-1", on=AT.date(), cleared=True, notes="secret")
    line = Line.of("north", Entry(seq=1, at=AT, author="c", fact=fact), ROOT)
    assert "secret" not in repr(line)
    assert "secret" not in line.content

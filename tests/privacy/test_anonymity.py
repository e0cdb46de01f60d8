"""Who stands out in an export is found, and what would hide them."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.datasets import school

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "sex": st.sampled_from(["f", "m", None]),
            "grade": st.sampled_from([5, 6, 7, 11, None]),
            "ill": st.sampled_from(["yes", "no"]),
        }
    ),
    max_size=30,
).map(lambda rows: [{"code": f"R-{number}"} | row for number, row in enumerate(rows)])


@given(RECORDS, st.integers(1, 6))
def test_classes_are_those_of_a_group_by(records, k):
    """Pandas finds the same sizes, codes and different values."""
    found = mm.anonymity(records, ["sex", "grade"], k=k, sensitive="ill")
    groups = [
        group
        for _, group in pd.DataFrame(records, columns=["code", "sex", "grade", "ill"]).groupby(
            ["sex", "grade"], dropna=False
        )
    ]
    assert found.classes == len(groups)
    assert found.k == min(map(len, groups), default=0)
    assert set(found.small) == {tuple(sorted(g["code"])) for g in groups if len(g) < k}
    assert found.exposed == sum(len(g) for g in groups if len(g) < k)
    assert found.diversity == min((g["ill"].nunique() for g in groups), default=0)
    assert set(found.uniform) == {
        tuple(sorted(g["code"])) for g in groups if g["ill"].nunique() == 1
    }
    assert bool(found) == (not found.small)


@given(RECORDS, st.integers(2, 6))
def test_a_suggestion_brings_what_it_says(records, k):
    """Checked again on the changed records; the best stands first, and dropping is always one."""
    found = mm.anonymity(records, ["sex", "grade"], k=k)
    exposed = [one.exposed for one in found.suggestions]
    assert exposed == sorted(exposed)
    for one in found.suggestions:
        changed = one.applied_to(records)
        rest = [name for name in ("sex", "grade") if name in changed[0]]
        assert mm.anonymity(changed, rest, k=k).exposed == one.exposed <= found.exposed
    dropped = {one.field for one in found.suggestions if one.change == "drop"}
    assert dropped == ({"sex", "grade"} if found.small else set())


def test_numbers_are_put_in_bands_dates_in_years_and_rare_values_together():
    """By hand, with bands that begin at multiples of their width."""
    cells = {"grade": [5, 6, 9, None], "born": [date(2010, 1, 2), date(2010, 5, 6)] * 2}
    cells["dorm"] = ["a", "a", "b", "c"]
    records = [
        {"code": f"R-{row}"} | {name: column[row] for name, column in cells.items()}
        for row in range(4)
    ]
    found = mm.anonymity(records, list(cells), k=2)
    by = {(one.field, one.change, one.width): one for one in found.suggestions}
    banded = by["grade", "band", 5].applied_to(records)
    assert [one["grade"] for one in banded] == ["5..9", "5..9", "5..9", None]
    years = by["born", "year", None].applied_to(records)
    assert [one["born"] for one in years] == [2010] * 4
    merged = by["dorm", "merge", None].applied_to(records)
    assert [one["dorm"] for one in merged] == ["a", "a", "*", "*"]
    assert "b" not in repr(by["dorm", "merge", None]).replace("dorm", "")


def test_a_questionnaire_says_itself_what_others_could_know():
    """Only those of its identifying questions that the export has."""
    made_up = school("boarding_small")
    records = mm.export(made_up.cohort, fresh_codes=True)
    found = mm.anonymity(records, made_up.questionnaire)
    assert found.quasi[:4] == ("kind", "birth_year", "sex", "grade")
    assert found.k == 1
    kept = [{name: one[name] for name in ("code", "kind")} for one in records]
    assert mm.anonymity(kept, made_up.questionnaire).quasi == ("kind",)


def test_it_is_said_in_words_by_the_codes_of_the_export():
    """No value stands in it."""
    records = [{"code": "R-1", "grade": 11, "ill": "secret"}] + [
        {"code": f"R-{number}", "grade": 5, "ill": "no"} for number in range(2, 9)
    ]
    found = mm.anonymity(records, ["grade"], sensitive="ill")
    for lang in ("en", "ru"):
        words = found.text(lang)
        assert "R-1" in words
        assert "secret" not in words
    assert "secret" not in repr(found)
    assert "<pre>" in found._repr_html_()
    assert "Everybody" in mm.anonymity(records[1:], ["grade"]).text()


def test_a_field_that_is_not_there_is_said():
    """A slip of the pen would otherwise make one class of everybody."""
    with pytest.raises(mm.MentorMatchError, match="no field 'grad'"):
        mm.anonymity([{"code": "R-1", "grade": 5}], ["grad"])


def test_nobody_is_exposed_where_nobody_is():
    """An empty export has no class."""
    found = mm.anonymity([], ["grade"])
    assert found
    assert (found.k, found.classes) == (0, 0)


def test_without_a_sensitive_field_nothing_is_said_of_its_values():
    """Whether values differ is known where a field was named; many classes are cut short."""
    records = [{"code": f"R-{number:02}", "grade": number} for number in range(12)]
    found = mm.anonymity(records, ["grade"], k=2)
    assert (found.exposed, found.diversity, found.uniform) == (12, None, ())
    assert "R-09" in found.text()
    assert "R-10" not in found.text()
    assert "- and 2 such groups more" in found.text()
    assert mm.anonymity(records, ["grade"], k=2, sensitive="grade").diversity == 1

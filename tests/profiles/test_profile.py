"""A profile counts what is there, hides what is small, and shows no answer of anybody."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch import pictures
from mentormatch.datasets import school
from mentormatch.profiles import pictures as drawn
from mentormatch.profiles.diligence import blocks_of, longest_runs


@pytest.fixture(scope="module")
def cohort():
    """Take the people of the made-up school."""
    return school("boarding_small").cohort


@pytest.fixture(scope="module")
def profile(cohort):
    """Look at them."""
    return mm.profile(cohort)


def people_of(cohort):
    """Take everybody with their answers as one record each."""
    return [one.answers | {"kind": one.kind, "roles": one.roles} for one in cohort.participants()]


def test_people_are_counted_by_kind_group_and_role(cohort, profile):
    """As counting one by one does."""
    counts = {}
    for one in people_of(cohort):
        role = "both" if len(one["roles"]) == 2 else next(iter(one["roles"]))
        group = str(one.get("grade", ""))
        counts[one["kind"], group, role] = counts.get((one["kind"], group, role), 0) + 1
    inner = profile.people.iloc[:-1].drop(columns="total").stack()
    assert {key: count for key, count in inner.items() if count} == counts
    assert profile.people.loc[("total", ""), "total"] == len(cohort)


def test_requests_and_competences_are_counted_option_by_option(cohort, profile):
    """The pairs of questions are found by their options; the restricted one is left out."""
    assert list(profile.demands) == ["requests", "subjects_need", "deficits"]
    people = people_of(cohort)
    table = profile.demand("requests")
    for option, row in table.iterrows():
        levels = [one["requests"][option] for one in people if option in one.get("requests", {})]
        seats = [one.get("capacity", 1) for one in people if option in one.get("competences", {})]
        assert row["asks"] == len(levels)
        assert row["offers"] == len(seats)
        assert row["seats"] == sum(seats)
        assert row["shortage"] == max(0, len(levels) - sum(seats))
        if levels:
            assert row["importance"] == pytest.approx(sum(levels) / len(levels))
        else:
            assert np.isnan(row["importance"])


def test_free_time_is_counted_by_day_and_time(cohort, profile):
    """For mentors and mentees apart."""
    people = people_of(cohort)
    for (day, time), row in profile.slots.iterrows():
        free = [one for one in people if f"{day}-{time}" in one.get("slots", ())]
        assert row["mentors"] == sum("mentor" in one["roles"] for one in free)
        assert row["mentees"] == sum("mentee" in one["roles"] for one in free)


def test_it_is_counted_who_left_how_much_blank(cohort, profile):
    """Restricted questions apart; an empty withdrawal isn't missing."""
    form = cohort.questionnaire
    for person in cohort.participants():
        asked = [
            one
            for one in form.asked_of(person.kind, person.roles)
            if not one.id.endswith("_withdrawn_on")
        ]
        blank = [one for one in asked if one.id not in {*person.answers, "kind", "roles"}]
        row = profile.diligence.loc[person.id]
        assert row["asked"] == len(asked)
        assert row["answered"] == len(asked) - len(blank)
        assert row["missing"] == sum(one.sensitivity != "restricted" for one in blank)
        assert row["missing_restricted"] == sum(one.sensitivity == "restricted" for one in blank)
        assert row["complete"] == (len(asked) - len(blank)) / len(asked)
    totals = profile.gaps.sum()
    assert totals["asked"] == profile.diligence["asked"].sum()
    assert totals["missing"] == profile.diligence[["missing", "missing_restricted"]].sum().sum()


def test_the_longest_run_skips_blanks():
    """By hand: 3 3 - 3 4 4 has a run of three; nobody's answers have none."""
    values = np.array([[3, 3, 0, 3, 4, 4], [1, 2, 1, 2, 1, 2], [0] * 6])
    there = np.array([[1, 1, 0, 1, 1, 1], [1] * 6, [0] * 6], bool)
    assert longest_runs(values, there).tolist() == [3, 1, 0]


def test_a_block_is_a_run_of_scales_of_one_range(cohort):
    """Twelve questions on manners and values, then five on expectations; no restricted ones."""
    first, second = blocks_of(cohort.questionnaire)
    assert (first[0], first[-1], len(first)) == ("comm_structure", "motivation", 12)
    assert len(second) == 5


def test_a_straight_line_is_flagged_and_four_answers_are_not(cohort):
    """The same answer to five items is a straight line, to four it says nothing yet."""
    form = cohort.questionnaire
    items = blocks_of(form)[1]

    def answered(count, *, varied=False):
        answers = dict.fromkeys(items[:count], 7) | ({items[0]: 1} if varied else {})
        return mm.Participant(id="S", kind="student", roles=["mentee"], answers=answers)

    def flagged(person):
        (found,) = mm.profile(mm.Cohort.from_participants(form, [person])).diligence["straight"]
        return bool(found)

    assert flagged(answered(5))
    assert not flagged(answered(4))
    assert not flagged(answered(5, varied=True))


def test_a_profile_to_publish_hides_small_counts_and_people(cohort):
    """No code, no count from 1 to 4 and none that leaves 1 to 4 out."""
    found = mm.profile(cohort, publishable=True)
    assert found.diligence is None
    assert found.gaps is None
    for lang in ("en", "ru"):
        said = json.dumps(found.data(lang), ensure_ascii=False)
        assert not [code for code in cohort.ids if code in said]
    counts = [found.people, found.slots]
    counts += [table[["asks", "offers"]] for table in found.demands.values()]
    for table in counts:
        values = table.to_numpy(dtype=object).ravel()
        assert not [value for value in values if not pd.isna(value) and 0 < value < 5]
    for table in found.demands.values():
        assert table.loc[table["offers"].isna(), ["seats", "shortage"]].isna().all(axis=None)
        assert table.loc[table["asks"].isna(), ["importance", "shortage"]].isna().all(axis=None)
    split = mm.profile(cohort, by="grade", publishable=True).people
    assert split.isna().to_numpy().any()


@pytest.mark.parametrize(
    "options",
    [
        {"by": "support_tags"},
        {"by": "vetoes"},
        {"demands": [("support_tags", "quals")]},
        {"demands": [("requests", "nothing")]},
        {"slots": "grade"},
    ],
)
def test_what_is_restricted_or_cannot_be_counted_is_refused(cohort, options):
    """A restricted question is no way to split people."""
    with pytest.raises(mm.ParticipantError, match="can be counted by"):
        mm.profile(cohort, **options)


def test_any_questionnaire_will_do(club):
    """A club without slots, scales, grades or seats is looked at as well."""
    found = mm.profile(club, demands=[("asks", "offers")], by="grade")
    assert found.demand("asks")["asks"].to_dict() == {"maths": 2, "chess": 2}
    assert found.demand("asks")["seats"].to_dict() == {"maths": 4, "chess": 2}
    assert found.slots is None
    assert found.scales == ()
    with pytest.raises(mm.ParticipantError, match="no table"):
        found.demand("offers")
    with pytest.raises(mm.ParticipantError):
        drawn.slots(found)


def test_what_people_wrote_is_text_in_html(club_form):
    """A label is not markup."""
    plain = club_form.to_dict()
    plain["questions"][0]["options"][0] = {"id": "student", "label": "<script>alert(1)</script>"}
    person = mm.Participant(id="S", kind="student", roles=["mentee"])
    cohort = mm.Cohort.from_participants(mm.Questionnaire.from_dict(plain), [person])
    page = mm.profile(cohort)._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_profile_of_nobody_says_so(cohort):
    """No row but the sums, no alpha, and pictures without a bar."""
    found = mm.profile(cohort.take(np.empty(0, int)))
    assert found.people.index.tolist() == [("total", "")]
    assert [scale.reason for scale in found.scales] == ["few-people"]
    assert drawn.people(found).axes


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("publishable", [False, True])
def test_pictures_say_in_words_what_they_show(cohort, tmp_path, lang, publishable):
    """Hidden counts aren't drawn, and the words have dots for them."""
    found = mm.profile(cohort, publishable=publishable)
    figures = [drawn.people(found, lang), drawn.slots(found, lang)]
    figures += [drawn.demand(found, field, lang) for field in found.demands]
    for number, figure in enumerate(figures):
        pictures.save(figure, tmp_path / f"{number}.svg")
        assert len(figure.get_label()) > 30
    asks = figures[2]
    assert ("…" in asks.get_label()) == publishable
    if publishable:
        with pytest.raises(mm.ParticipantError, match="single people"):
            drawn.completeness(found, lang)
    else:
        assert f"{len(cohort)}" in drawn.completeness(found, lang).get_label()


def test_bars_are_as_long_as_the_table_says(profile):
    """The bars of a row end at its total."""
    axes = drawn.people(profile).axes[0]
    ends = {}
    for bar in axes.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        ends[row] = max(ends.get(row, 0), bar.get_x() + bar.get_width())
    assert list(ends.values()) == profile.people["total"].iloc[:-1].tolist()


def test_without_pictures_nothing_needs_matplotlib(cohort):
    """Tables and words come without it."""
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import mentormatch as mm\n"
        "from mentormatch.datasets import school\n"
        "print(len(mm.profile(school('boarding_small').cohort).text()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) > 1000

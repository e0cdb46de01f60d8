"""Pictures hold what they should, in words as well, and say so when they can't be made."""

import builtins
import subprocess
import sys

import numpy as np
import pytest

import mentormatch as mm
from mentormatch import canvas, pictures
from mentormatch.datasets import school


@pytest.fixture(scope="module")
def result(club, club_policy):
    """Match the club of five: T-1 with S-1, T-2 with S-3, S-9 with S-2."""
    return mm.match(club, club_policy)


@pytest.fixture(scope="module")
def large():
    """Match five hundred people."""
    made_up = school("bench", mentors=120, mentees=380, seed=3)
    return mm.match(made_up.cohort, mm.Policy.preset("official"))


def axes_of(figure):
    """Return the axes that aren't a bar of colours."""
    return figure.axes[0]


def words_in(axes):
    """List the texts drawn in some axes."""
    return [entry.get_text() for entry in axes.texts]


def test_every_person_and_every_pair_is_drawn(result):
    """Three mentors, three mentees, three lines in front of the eight that were possible."""
    axes = axes_of(pictures.people(result))
    possible, chosen, mentors, mentees = axes.collections
    assert len(possible.get_segments()) == result.problem.size == 8
    assert len(chosen.get_segments()) == 3
    assert sorted(chosen.get_array().tolist()) == [18.0, 60.0, 88.0]
    assert len(mentors.get_offsets()) == len(mentees.get_offsets()) == 3
    assert {"T-1", "T-2", "S-9", "S-1", "S-2", "S-3", "3 mentors"} <= set(words_in(axes))


def test_a_line_joins_the_two_people_of_a_pair(result):
    """Each line runs from the mentor's place to the mentee's."""
    axes = axes_of(pictures.people(result))
    place = {
        entry.get_text(): entry.xy for entry in axes.texts if entry.get_text()[:2] in {"T-", "S-"}
    }
    drawn = {
        tuple(map(tuple, line.round(9).tolist())) for line in axes.collections[1].get_segments()
    }
    assert drawn == {
        tuple((float(x), round(float(y), 9)) for x, y in (place[pair.mentor], place[pair.mentee]))
        for pair in result.matching.pairs
    }


def test_with_five_hundred_people_codes_and_possible_pairs_are_left_out(large):
    """All people and pairs are still there."""
    axes = axes_of(pictures.people(large))
    chosen, mentors, mentees, _ = axes.collections
    assert len(chosen.get_segments()) == len(large.matching.pairs)
    assert len(mentors.get_offsets()) + len(mentees.get_offsets()) == 500
    assert len(words_in(axes)) == 2


def test_points_stand_in_rows_and_columns_with_the_chosen_marked(result):
    """The chosen pairs run along the diagonal; T-2 and S-1 may not meet."""
    axes = axes_of(pictures.points(result))
    rows = [label.get_text() for label in axes.get_yticklabels()]
    cols = [label.get_text() for label in axes.get_xticklabels()]
    matrix = axes.images[0].get_array()
    assert matrix.shape == (3, 3)
    assert matrix.mask[rows.index("S-1"), cols.index("T-2")]
    assert matrix.mask.sum() == 1
    assert matrix[rows.index("S-2"), cols.index("T-1")] == 52.5
    marks = axes.collections[0].get_offsets().tolist()
    assert sorted(map(tuple, marks)) == sorted(
        (cols.index(pair.mentor), rows.index(pair.mentee)) for pair in result.matching.pairs
    )


def test_any_numbers_of_pairs_make_a_map():
    """Such as regrets; none are needed, and none may be missing."""
    axes = axes_of(pictures.heat_map([[1, np.nan]], ["S-1"], ["T-1", "T-2"], label="regret"))
    assert axes.images[0].get_array().tolist() == [[1.0, None]]
    assert "regret" in pictures.heat_map([[1.0]], ["S"], ["T"], label="regret").get_label()
    assert pictures.heat_map(np.full((1, 1), np.nan), ["S"], ["T"]).axes
    with pytest.raises(mm.ScoreError, match=r"\(1, 2\)"):
        pictures.heat_map([[1, 2]], ["S-1"], ["T-1"])


def test_loads_are_bars_the_largest_first(club, club_policy):
    """One each; T-2 and S-9 have or had more room, of which one seat is drawn."""
    figure = pictures.loads(mm.match(club, club_policy))
    seats, taken = axes_of(figure).containers
    assert [bar.get_height() for bar in taken] == [1, 1, 1]
    assert [bar.get_height() for bar in seats] == [2, 1, 1]
    assert figure.get_label() == "Mentors by number of mentees: 3 with 1."


def test_the_distribution_counts_every_pair(result, large):
    """18, 60 and 88 per cent stand in bars of five; the mean is said."""
    for found, count in ((result, 3), (large, len(large.matching.pairs))):
        bars = axes_of(pictures.distribution(found)).patches
        assert sum(bar.get_height() for bar in bars) == count
    assert (
        "3 pairs, from 18.0 % to 88.0 %, 55.3 % on average"
        in pictures.distribution(result).get_label()
    )


def test_a_curve_goes_through_its_points():
    """What is given is drawn; as many of one as of the other."""
    figure = pictures.curve([0, 1, 2], [5, 4, 1], x_label="weight", y_label="pairs", now=1)
    line, today = axes_of(figure).lines
    assert line.get_xydata().tolist() == [[0, 5], [1, 4], [2, 1]]
    assert list(today.get_xdata()) == [1, 1]
    assert figure.get_label() == "pairs against weight: (0; 5), (1; 4), (2; 1)."
    with pytest.raises(mm.ScoreError):
        pictures.curve([0], [])


@pytest.mark.parametrize("make", [pictures.people, pictures.points, pictures.loads])
def test_pictures_speak_russian(result, make):
    """In their words and in what stands instead of them."""
    figure = make(result, "ru")
    assert "аставник" in figure.get_label()
    assert not pictures.distribution(result, "ru").get_label().isascii()


def test_nobody_at_all_makes_an_empty_picture(club_of, club_policy):
    """No division by nobody."""
    empty = mm.match(club_of(), club_policy)
    for make in (pictures.people, pictures.points, pictures.loads, pictures.distribution):
        assert make(empty).get_label()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_picture_is_written_with_its_words_and_always_the_same(result, tmp_path, kind):
    """Whoever can't see it can read it; a second time gives the same bytes."""
    figure = pictures.distribution(result)
    for name in ("a", "b"):
        pictures.save(figure, tmp_path / f"{name}.{kind}")
    content = (tmp_path / f"a.{kind}").read_bytes()
    assert content == (tmp_path / f"b.{kind}").read_bytes()
    assert b"3 pairs, from 18.0 %" in content


def test_a_name_that_is_no_picture_is_refused(result, tmp_path):
    """The ending says what to write."""
    with pytest.raises(mm.MentorMatchError, match=r"a\.txt"):
        pictures.save(pictures.distribution(result), tmp_path / "a.txt")


def test_a_notebook_shows_a_picture_by_itself(result):
    """No window, no global state."""
    assert pictures.distribution(result)._repr_png_().startswith(b"\x89PNG")


def test_without_matplotlib_it_is_said_what_to_install(result, monkeypatch):
    """Not an error of Python's."""
    plain = builtins.__import__

    def missing(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return plain(name, *rest)

    canvas._kind_of_figure.cache_clear()
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(mm.MentorMatchError, match="notebook"):
        pictures.distribution(result)


def test_the_module_loads_matplotlib_when_something_is_drawn():
    """And never pyplot, which keeps figures."""
    code = "import sys, mentormatch.pictures; print('matplotlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"

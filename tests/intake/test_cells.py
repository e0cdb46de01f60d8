"""A column holds each distinct text once."""

from hypothesis import given
from hypothesis import strategies as st

from mentormatch.intake.cells import BLANK, Cells


@given(st.lists(st.text(max_size=3)))
def test_a_column_gives_back_what_was_written(written):
    """Whatever the cells hold, each is found again, and every text is held once."""
    cells = Cells.of(written)
    assert list(cells) == written == [cells[row] for row in range(len(cells))]
    assert len(set(cells.texts)) == len(cells.texts) == len({"", *written})


def test_the_blank_has_a_code_of_its_own():
    """Blank cells can be told apart without looking at a text, even where there are none."""
    assert Cells.of(["a"]).texts[BLANK] == ""
    assert Cells.of(["a", "", "a"]).codes.tolist() == [1, BLANK, 1]


def test_a_repr_shows_no_answers():
    """Logs never see what people wrote."""
    assert repr(Cells.of(["secret"])) == "Cells(1 cells, 2 texts)"

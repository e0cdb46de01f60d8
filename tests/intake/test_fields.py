"""Answers are read by column, each distinct text once."""

import numpy as np

from mentormatch.intake.cells import Cells
from mentormatch.intake.columns import Layout
from mentormatch.intake.fields import read_field
from mentormatch.intake.tables import LOST, MERGED, Table
from mentormatch.questionnaire import Questionnaire

KINDS = [{"id": "student", "label": "Student"}]
ROLES = [{"id": it, "label": it} for it in ("mentor", "mentee")]
FORM = Questionnaire.from_dict(
    {
        "name": "wishes",
        "title": "Wishes",
        "questions": [
            {"id": "kind", "label": "Kind", "kind": "choice", "options": KINDS},
            {"id": "roles", "label": "Roles", "kind": "multi", "options": ROLES},
            {"id": "goal", "label": "Goal", "kind": "text"},
        ],
    }
)
LAYOUT = Layout({"goal": ((0, None),)}, (("Goal", "goal"),), ())


def test_free_texts_are_answers_as_they_stand_unless_the_cell_is_lost():
    """A text gets one form of its letters; a lost or covered cell has no answer and is said."""
    written = ["to read", "", LOST, "И\u0306", "-", MERGED, LOST, "to read"]
    numbers = np.arange(2, 10, dtype=np.int32)
    table = Table("answers.xlsx", 1, ("Goal",), numbers, (Cells.of(written),))
    found = read_field(FORM, table, LAYOUT, "goal")
    column = found.answers.take(np.arange(len(written)))
    answers = [column.cell(row) for row in range(len(written))]
    assert answers == ["to read", None, None, "\u0419", "-", None, None, "to read"]
    lost = [(row, problems[0][0]) for row, _, problems in sorted(found.problems)]
    assert lost == [(2, "intake.lost"), (5, "intake.merged"), (6, "intake.lost")]

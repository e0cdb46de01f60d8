"""Reading answers: files to tables, headers to fields, cells to answers."""

from mentormatch.intake.columns import ColumnMap
from mentormatch.intake.reading import read_cohort

__all__ = ["ColumnMap", "read_cohort"]

"""Made-up schools to learn, test and measure with. Nobody in them exists."""

from mentormatch.datasets.journal import Journal
from mentormatch.datasets.lived import Lived, lived_school
from mentormatch.datasets.schools import School, school
from mentormatch.datasets.year import school_year

__all__ = ["Journal", "Lived", "School", "lived_school", "school", "school_year"]

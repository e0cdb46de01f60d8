"""Made-up schools to learn, test and measure with. Nobody in them exists."""

from mentormatch.datasets.schools import School, school
from mentormatch.datasets.year import Journal, school_year

__all__ = ["Journal", "School", "school", "school_year"]

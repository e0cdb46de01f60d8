"""Made-up schools to learn, test and measure with. Nobody in them exists."""

from mentormatch.datasets.schools import School, school

__all__ = ["School", "school"]

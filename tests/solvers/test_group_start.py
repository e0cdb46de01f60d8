"""What a search for groups begins with keeps every limit that it can keep alone."""

import numpy as np

from group_examples import random_group_problem
from mentormatch.analysis.group_certificate import GroupCertificate
from mentormatch.grouping import GroupPrices
from mentormatch.solvers.groups.ground import Ground
from mentormatch.solvers.groups.start import first_groups


def test_the_first_groups_pass_the_independent_check():
    """Over all conditions, nothing is wrong with them, except that a leader may be left out."""
    generator = np.random.default_rng(3)
    several = 0
    for _ in range(300):
        problem = random_group_problem(generator)
        groups = first_groups(Ground.of(problem))
        free = GroupPrices(1, np.zeros(problem.mentees, np.int64))
        verdict = GroupCertificate((free,) * len(problem.goals)).check(problem, groups)
        assert verdict.accepted or verdict.reason == "mentor-left-out"
        several += len(groups) > 1
    assert several > 0

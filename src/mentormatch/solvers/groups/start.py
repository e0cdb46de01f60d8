"""Groups to begin with: good ones at once, so that a search cut off early has something."""

from dataclasses import replace

import numpy as np

from mentormatch.grouping import Group
from mentormatch.solvers.groups.exhaustive import keeps_conditions
from mentormatch.solvers.groups.ground import Ground


def first_groups(ground: Ground) -> tuple[Group, ...]:
    """Fill one group after the other with the best of those who are still free.

    Mentors who must lead come first, then those with the fewest candidates.
    """
    problem = ground.problem
    free = np.ones(problem.mentees, np.bool_)
    # Somebody's inseparable mates come one by one; that all are there is asked at the end.
    loose = replace(problem, together=np.empty((0, 2), np.int32))
    value = ground.points + ground.raw.sum(axis=1)[:, None]
    groups = []
    for mentor in np.lexsort((ground.allowed.sum(axis=0), ~problem.must)).tolist():
        who = np.flatnonzero(ground.allowed[:, mentor] & free)
        order = np.lexsort((-value[who, mentor], -ground.cover()[who]))
        members: list[int] = []
        for mentee in who[order].tolist():
            if len(members) == problem.size.most[mentor]:
                break
            wider = (*members, mentee)
            if ground.mates[mentee, members].all() and keeps_conditions(loose, mentor, wider):
                members.append(mentee)
        group = Group(mentor, tuple(sorted(members)))
        enough = len(members) >= problem.size.least[mentor]
        if enough and keeps_conditions(problem, mentor, group.members):
            free[members] = False
            groups.append(group)
    return tuple(groups)

"""Quotas, goals in order, priorities and fairness on arrays, against every possible matching."""

from itertools import chain, combinations

import numpy as np
import pytest

from mentormatch.arrays.arguments import GOALS
from mentormatch.arrays.array_problem import percents
from mentormatch.arrays.assignment import assign
from mentormatch.errors import ScoreError
from mentormatch.matching import Status
from mentormatch.questions import fairness
from mentormatch.solvers.exhaustive import best_values

WORDS = ("max-min", "leximin", "alpha-1", "alpha-2")


def every_matching(scores, capacity, demand):
    """List all choices of cells that keep loads, as sets of (row, column)."""
    cells = list(np.ndindex(*scores.shape))
    for chosen in chain.from_iterable(combinations(cells, size) for size in range(len(cells) + 1)):
        rows = np.bincount([row for row, _ in chosen], minlength=scores.shape[0])
        columns = np.bincount([column for _, column in chosen], minlength=scores.shape[1])
        if (rows <= demand).all() and (columns <= capacity).all():
            yield chosen, rows, columns


def keeps(quotas, rows, columns):
    """Count quotas anew, from what the arguments say in words."""
    row_quotas, column_quotas, column_active = quotas
    return (
        all(_inside((rows[mask] > 0).sum(), *bounds) for mask, *bounds in row_quotas)
        and all(_inside(columns[mask].sum(), *bounds) for mask, *bounds in column_quotas)
        and all((columns[mask] > 0).sum() >= least for mask, least in column_active)
    )


def _inside(count, least, most):
    return least <= count and (most is None or count <= most)


def drawn_quotas(generator, mentees, mentors):
    """Draw quotas that nest, cross or have nothing in common."""

    def mask(size):
        return generator.random(size) < 0.6

    def bounds(top):
        least = int(generator.integers(0, 2))
        return least, None if generator.random() < 0.5 else least + int(generator.integers(0, top))

    rows = [(mask(mentees), *bounds(3)) for _ in range(generator.integers(0, 3))]
    columns = [(mask(mentors), *bounds(4)) for _ in range(generator.integers(0, 3))]
    active = [(mask(mentors), int(generator.integers(0, 3))) for _ in range(generator.integers(2))]
    return rows, columns, active


def worth(goal, chosen, scores, loads, priority):
    """Say what a choice reaches by one goal, as numbers to be compared in order."""
    rows, columns = loads
    got = [int(scores[cell]) for cell in chosen]
    percent = sorted(max(0, 100 * score) // max(int(scores.max()), 1) for score in got)
    match goal:
        case "cover":
            ranks = sorted(set(priority.tolist()), reverse=True)
            return [int((rows[priority >= rank] > 0).sum()) for rank in ranks]
        case "fill":
            return [int(np.maximum(rows - 1, 0).sum())]
        case "points":
            return [sum(got)]
        case "even":
            return [-int((columns**2).sum())]
        case "max-min":
            lowest = percent[0] if percent else 101
            return [lowest, -sum(each == lowest for each in percent)]
        case "leximin":
            return [*percent, 101]
        case "alpha-1":
            return [sum(fairness.ALPHA_1[each] for each in percent)]
        case _:
            return [sum(fairness.ALPHA_2[each] for each in percent)]


@pytest.mark.parametrize("seed", range(4))
def test_every_limit_and_every_order_of_goals_agrees_with_brute_force(seed):
    """Over hundreds of small matrices the answer is the best of all matchings, or proven none."""
    generator = np.random.default_rng(seed)
    statuses = set()
    for _ in range(120):
        mentees, mentors = (int(size) for size in generator.integers(1, (5, 4)))
        scores = generator.integers(-2, int(generator.choice([3, 100])), (mentees, mentors))
        capacity = generator.integers(0, 3, mentors)
        demand = np.full(mentees, int(generator.choice([1, 1, 2])))
        priority = generator.integers(0, 3, mentees)
        quotas = drawn_quotas(generator, mentees, mentors)
        later = ["points", "even"] + ["fill"] * int(demand.max() > 1)
        how = None
        if generator.random() < 0.5:
            how = str(generator.choice(WORDS if demand.max() < 2 else WORDS[:1]))
            later.append("fairness")
        goals = ["cover", *generator.permutation(later).tolist()]
        answer = assign(
            scores,
            capacity=capacity,
            demand=demand,
            row_quotas=quotas[0],
            column_quotas=quotas[1],
            column_active=quotas[2],
            goals=goals,
            priority=priority,
            fairness=how,
        )
        statuses.add(answer.status)
        named = [how if goal == "fairness" else goal for goal in goals]
        found = []
        for chosen, rows, columns in every_matching(scores, capacity, demand):
            if keeps(quotas, rows, columns):
                value = [worth(g, chosen, scores, (rows, columns), priority) for g in named]
                found.append(value)
        if not found:
            assert answer.status is Status.INFEASIBLE
            # Quotas that cross may need an integer program, whose word it then is.
            assert answer.proof in {"infeasible_certified", "infeasible_claimed"}
            assert len(answer.conflict.clauses) > 0
            continue
        assert answer.status is Status.OPTIMAL
        pairs = [tuple(pair) for pair in answer.pairs.tolist()]
        loads = np.bincount(answer.pairs[:, 1], minlength=mentors)
        assert keeps(quotas, answer.served, loads)
        reached = [worth(g, pairs, scores, (answer.served, loads), priority) for g in named]
        assert reached == max(found)
    assert statuses == {Status.OPTIMAL, Status.INFEASIBLE}


def test_levels_of_priority_are_named_by_their_rank():
    """One seat: the mentee of rank 2 has it, though another has a better score."""
    answer = assign([[9], [1], [8]], priority=[0, 2, 1])
    assert answer.pairs.tolist() == [[1, 0]]
    assert [(level.goal, level.value) for level in answer.levels] == [
        *(("cover:2", 1), ("cover:1", 1), ("cover", 1), ("points", 1)),
    ]


def test_quotas_as_a_goal_are_met_as_far_as_they_can_be():
    """Three of the first four rows are wanted, with two seats: two are met, none is refused."""
    mask = np.array([True, True, True, True, False])
    scores = [[1], [1], [1], [1], [9]]
    quotas = [(mask, 3, None)]
    soft = assign(scores, capacity=2, row_quotas=quotas, goals=("cover", "quotas", "points"))
    assert soft.status is Status.OPTIMAL
    assert soft.quota_counts == {"row_quotas[0]": 2}
    hard = assign(scores, capacity=2, row_quotas=quotas)
    assert hard.status is Status.INFEASIBLE
    hard_enough = assign(scores, capacity=3, row_quotas=quotas)
    assert hard_enough.quota_counts == {"row_quotas[0]": 3}


def test_a_conflict_names_quotas_by_their_place():
    """Two active mentors are wanted of whom only one pair can be had."""
    answer = assign([[1, 1]], column_active=[([True, True], 2)])
    assert answer.status is Status.INFEASIBLE
    assert {clause.limit for clause in answer.conflict.clauses} == {None, "column_active[0]"}
    assert "the quota column_active[0] must reach at least 2" in answer.conflict.text()


def test_crossing_quotas_are_settled_by_cases_or_an_integer_program_and_it_is_said():
    """Quotas that cross are kept, and the engine is named."""
    generator = np.random.default_rng(5)
    scores = generator.integers(0, 50, (6, 6))
    halves = [np.isin(np.arange(6), part) for part in ([0, 1, 2, 3], [2, 3, 4, 5])]
    answer = assign(scores, capacity=2, row_quotas=[(half, 0, 2) for half in halves])
    assert answer.outcome.engine in {"cases", "mip"}
    assert best_values(assign(scores[:3, :3], capacity=2).problem) is not None
    assert all(count <= 2 for count in answer.quota_counts.values())
    assert answer.levels[0].value == 4


def test_quotas_keep_their_meaning_when_ids_reorder_people():
    """Masks are in the caller's order, whatever the canonical one is."""
    generator = np.random.default_rng(6)
    for _ in range(30):
        scores = generator.integers(0, 9, (4, 3))
        rows, columns = generator.random(4) < 0.5, generator.random(3) < 0.5
        row_ids, column_ids = (list(map(str, generator.permutation(size))) for size in (4, 3))
        answer = assign(
            scores,
            capacity=2,
            row_quotas=[(rows, 0, 1)],
            column_quotas=[(columns, 0, 1)],
            priority=rows.astype(int),
            mentee_ids=row_ids,
            mentor_ids=column_ids,
        )
        assert (answer.served[rows] > 0).sum() <= 1
        assert columns[answer.pairs[:, 1]].sum() <= 1
        assert answer.quota_counts["column_quotas[0]"] == columns[answer.pairs[:, 1]].sum()


def test_percentages_are_exact_beyond_64_bits():
    """A hundred times a huge score doesn't overflow; what is above the maximum is 100."""
    huge = 9 * 10**17
    points = np.array([huge, huge // 2, -5, 0], np.int64)
    assert percents(points, None).tolist() == [100, 50, 0, 0]
    assert percents(np.array([1, 2, 5]), 3).tolist() == [33, 66, 100]
    assert percents(np.array([-1, 0]), None).tolist() == [0, 0]


def test_the_maximum_is_in_the_units_of_the_scores():
    """With 2.0 as the most, 0.5 is a quarter: max-min then sees 25 percent."""
    answer = assign([[0.5]], fairness="max-min", maximum=2.0)
    assert answer.levels[1].goal == "fairness:25"


def codes(**arguments):
    """List the codes and places of everything that is wrong with a call."""
    with pytest.raises(ScoreError) as error:
        assign(**({"scores": [[1, 2], [3, 4]]} | arguments))
    return [(defect.code, defect.place.field) for defect in error.value.defects]


def test_all_defects_come_at_once_scores_included():
    """A NaN doesn't hide a wrong capacity, nor the other way round."""
    assert codes(scores=[[1.0, np.nan]], capacity=-1, fairness="nice", time_limit=0) == [
        ("score.not-finite", "scores[0, 1]"),
        ("assign.negative", "capacity"),
        ("assign.fairness", "fairness"),
        ("solver.time-limit", "time_limit"),
    ]
    assert codes(scores=[["a", "b"]], demand=-1) == [
        ("score.type", "scores"),
        ("assign.negative", "demand"),
    ]
    assert codes(scores=[[1], [2, 3]]) == [("score.shape", "scores")]


MASK = np.array([True, False])


@pytest.mark.parametrize(
    "quota",
    [
        *((MASK, 1), (MASK, 1, 2, 3), (MASK, -1, None), (MASK, 1, 0.5), (MASK, None, 1), MASK),
        *(([1, 0], 1, 2), (np.array([True]), 1, 2), (MASK, True, 2), (MASK[None], 0, 1), None),
    ],
)
@pytest.mark.parametrize("name", ["row_quotas", "column_quotas"])
def test_a_quota_of_another_shape_is_refused_with_its_place(name, quota):
    """The second entry is wrong, and said to be."""
    assert codes(**{name: [(MASK, 0, None), quota]}) == [("assign.quota", f"{name}[1]")]


@pytest.mark.parametrize("active", [(MASK,), (MASK, None), (MASK, 1, 2), (MASK[:1], 1)])
def test_active_mentors_take_a_mask_and_a_least(active):
    """Nothing more and nothing less."""
    assert codes(column_active=[active]) == [("assign.active", "column_active[0]")]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ({"goals": ()}, ("assign.goals", "goals")),
        ({"goals": ("cover", "cover")}, ("assign.goals", "goals")),
        ({"goals": ("cover", "luck")}, ("assign.goals", "goals")),
        ({"goals": "cover points"}, ("assign.goals", "goals")),
        ({"goals": ("fill", "cover")}, ("assign.cover-before", "goals")),
        (
            {"goals": ("fairness", "cover"), "fairness": "leximin"},
            ("assign.cover-before", "goals"),
        ),
        (
            {"cover_first": False, "fairness": "leximin"},
            ("assign.cover-before", "cover_first"),
        ),
        ({"goals": ("cover", "fairness")}, ("assign.fairness-goal", "fairness")),
        ({"goals": ("cover",), "fairness": "max-min"}, ("assign.fairness-goal", "fairness")),
        ({"fairness": "leximin", "demand": 2}, ("assign.fairness-of-several", "fairness")),
        ({"goals": ("quotas",)}, ("assign.no-quota", "goals")),
        ({"goals": ("points",), "priority": [1, 0]}, ("assign.priority", "priority")),
        ({"cover_first": False, "priority": [1, 0]}, ("assign.priority", "priority")),
        ({"priority": [1]}, ("assign.shape", "priority")),
        ({"priority": [-1, 0]}, ("assign.negative", "priority")),
        ({"fairness": "max-min", "maximum": 0}, ("assign.maximum", "maximum")),
        ({"fairness": "max-min", "maximum": "1"}, ("assign.maximum", "maximum")),
    ],
)
def test_goals_that_make_no_sense_are_refused(arguments, wrong):
    """Each with its place."""
    assert codes(**arguments) == [wrong]


@pytest.mark.parametrize("goal", [goal for goal in GOALS if goal not in {"fill", "fairness"}])
def test_every_goal_may_stand_alone(goal):
    """A single goal is an order as well."""
    quotas = [(MASK, 1, None)]
    answer = assign([[1, 2], [3, 4]], goals=(goal,), row_quotas=quotas)
    assert [level.goal for level in answer.levels] == [goal]
    assert answer.proof == "certified"


@pytest.mark.parametrize("how", WORDS)
def test_a_time_limit_reaches_fairness_too(how):
    """Cut off at once, a fair matching is still one that keeps the limits."""
    scores = np.random.default_rng(7).integers(0, 100, (30, 20))
    answer = assign(scores, fairness=how, minimum=1, time_limit=1e-9)
    assert answer.status is Status.FEASIBLE
    assert answer.levels[0].value == 20
    plain = assign(scores, fairness=how, minimum=1)
    again = assign(scores, fairness=how, minimum=1, time_limit=600)
    assert again.levels == plain.levels

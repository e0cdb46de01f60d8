"""Individual plans as a spreadsheet: a row per task, read back as what was done and changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.office.filled_sheets import (
    FilledRow,
    FilledSheet,
    pair_cell,
    sheet_to_fill,
    tried,
    who_heads,
)
from mentormatch.programme.facts import (
    Fact,
    PlanChanged,
    PlanGoal,
    PlanTask,
    TaskCancelled,
    TaskDone,
    TaskReopened,
)
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.plans import Plan, PlanVersion
from mentormatch.programme.refusals import defect, refuse
from mentormatch.programme.state import State
from mentormatch.spreadsheet import Cell

_STATUSES: Final = ("open", "done", "cancelled")
_COLUMNS: Final = (
    *("pair", "mentor", "mentees", "goal", "task", "title", "due", "planned", "weight"),
    *("status", "on", "actual", "mark", "reason"),
)
_NEEDED: Final = ("pair", "task", "status")


def task_sheet(state: State, *, keys: KeyFile | None = None, lang: Language = "ru") -> bytes:
    """Make the plans of all running pairs as an XLSX file, a row per task.

    Parameters
    ----------
    state
        What holds.
    keys
        Names to show beside the codes.
    lang
        Language of the sheet; it is read back whatever it is.
    """
    planned = [
        pair
        for pair in sorted(state.pairs.values(), key=lambda each: each.pair)
        if pair.status == "running" and pair.plan is not None
    ]
    heads = ["pair", *who_heads(planned, names=keys is not None), *_COLUMNS[3:]]
    rows = [
        [_cell(head, pair, task, keys, lang) for head in heads]
        for pair in planned
        for task in (() if pair.plan is None else pair.plan.newest.tasks)
    ]
    words = {"status": [text(f"tasks.status.{it}", lang) for it in _STATUSES]}
    widths = dict.fromkeys(("due", "status", "on"), 12) | {"title": 40, "reason": 24}
    widths |= dict.fromkeys(("goal", "planned", "actual"), 30)
    return sheet_to_fill("tasks", heads, rows, lang, words=words, widths=widths)


def read_task_sheet(path: str | Path, state: State, at: datetime) -> tuple[Fact, ...]:
    """Read a sheet back as facts, ready to be recorded: first what is changed, then what is done.

    What stands in it as it was written is passed over. Another wording, day or weight, and a
    row without a task's code, change the plan of the pair; a row that was deleted changes
    nothing.

    Parameters
    ----------
    path
        The filled sheet, XLSX or CSV.
    state
        What holds now.
    at
        When the facts are going to be recorded.

    Raises
    ------
    IntakeError
        With everything that can't be, each with its row.
    """
    sheet = FilledSheet(path, "tasks", _COLUMNS, _NEEDED)
    rows = [each for row in sheet.rows() if (each := _read(row)) is not None]
    by_pair: dict[str, list[_Row]] = {}
    for each in rows:
        by_pair.setdefault(each.pair, []).append(each)
    day = at.date()
    changes = ((own[0].row, partial(_changes, own, day)) for own in by_pair.values())
    done = ((each.row, partial(_done, each, day)) for each in rows)
    facts = tried([*changes, *done], state, at)
    sheet.refuse()
    return facts


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands in a row."""

    row: FilledRow
    pair: str
    task: str
    status: str | None
    due: date | None
    weight: int | None
    on: date | None
    mark: int | None
    wording: Mapping[str, str] = field(repr=False)

    def changes(self, version: PlanVersion) -> bool:
        """Tell whether the task is to be another one than in a version."""
        old = next((task for task in version.tasks if task.task == self.task), None)
        if old is None:
            return not self.task
        goals = {goal.goal: goal.title or "" for goal in version.goals}
        was = {"goal": goals[old.goal], "title": old.title, "planned": old.planned_result}
        return (
            any(_folded(text) != _folded(was[name] or "") for name, text in self.wording.items())
            or self.due not in (None, old.due)
            or self.weight not in (None, old.weight)
        )


def _folded(words: str) -> str:
    return " ".join(words.split())


def _read(row: FilledRow) -> _Row | None:
    """Read a row; None when something is wrong."""
    known = len(row.sheet.defects)
    status = row.choice("status", _STATUSES)
    found = _Row(
        row,
        row.text("pair"),
        row.text("task"),
        status,
        row.day("due"),
        row.whole("weight"),
        row.day("on"),
        row.whole("mark"),
        {name: row.text(name) for name in ("goal", "title", "planned") if row.text(name)},
    )
    if not found.task:
        for name in ("goal", "title", "due"):
            if not row.text(name):
                row.report(name, "tasks.incomplete")
    return found if len(row.sheet.defects) == known else None


def _plan(state: State, code: str) -> tuple[PairLife, Plan]:
    pair = state.pairs.get(code)
    if pair is None:
        refuse([defect("no-pair", "pair", pair=code)])
    assert pair is not None
    if pair.plan is None:
        refuse([defect("no-plan", "pair", pair=code)])
    assert pair.plan is not None
    return pair, pair.plan


def _changes(rows: Sequence[_Row], on: date, state: State) -> Iterator[Fact]:
    """Write the plan of a pair anew, if anything in it is to be another."""
    pair, plan = _plan(state, rows[0].pair)
    version = plan.newest
    changed = [row for row in rows if row.changes(version)]
    if not changed:
        return
    titles = {_folded(goal.title or ""): goal.goal for goal in version.goals}
    goals = [*version.goals]
    tasks = {task.task: task for task in version.tasks}
    for row in changed:
        title = _folded(row.wording.get("goal", ""))
        if title and title not in titles:
            titles[title] = _free("g", {goal.goal for goal in goals})
            goals.append(PlanGoal(goal=titles[title], title=row.wording["goal"]))
        new = {
            "goal": titles.get(title),
            "title": row.wording.get("title"),
            "planned_result": row.wording.get("planned"),
            "due": row.due,
            "weight": row.weight,
        }
        given = {name: value for name, value in new.items() if value is not None}
        if row.task:
            tasks[row.task] = tasks[row.task].model_copy(update=given)
        else:
            code = _free("t", set(tasks) | set(plan.tasks))
            tasks[code] = PlanTask.model_validate({"task": code} | given)
    served = {task.goal for task in tasks.values()}
    yield PlanChanged(
        pair=pair.pair,
        on=on,
        starts=version.starts,
        ends=version.ends,
        variant=version.variant,
        goals=tuple(goal for goal in goals if goal.goal in served),
        tasks=tuple(tasks.values()),
        reason="; ".join(
            dict.fromkeys(r.row.text("reason") for r in changed if not r.status)
        ).strip("; "),
    )


def _free(letter: str, taken: set[str]) -> str:
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def _done(row: _Row, on: date, state: State) -> Iterator[Fact]:
    """Say what has become of a task, if that is new."""
    pair, plan = _plan(state, row.pair)
    known = {task.task: task for version in plan.versions for task in version.tasks}
    if not row.task:
        if row.status not in (None, "open"):
            refuse([defect("no-task", "task", task="-")])
        return
    if row.task not in known:
        refuse([defect("no-task", "task", task=row.task)])
    status = plan.state_of(known[row.task]).status
    if row.status in (None, status):
        return
    day = row.on or on
    if status != "open":
        reason = row.row.text("reason")
        yield TaskReopened(pair=pair.pair, task=row.task, on=day, reason=reason)
    if row.status == "done":
        yield TaskDone(
            pair=pair.pair,
            task=row.task,
            on=day,
            actual_result=row.row.text("actual"),
            mark=row.mark,
        )
    elif row.status == "cancelled":
        yield TaskCancelled(pair=pair.pair, task=row.task, on=day, reason=row.row.text("reason"))


def _cell(head: str, pair: PairLife, task: PlanTask, keys: KeyFile | None, lang: Language) -> Cell:
    plan = pair.plan
    assert plan is not None
    state = plan.state_of(task)
    match head:
        case "goal":
            return next(it.title for it in plan.newest.goals if it.goal == task.goal) or None
        case "task" | "title" | "due" | "weight":
            found: Cell = getattr(task, head)
            return found
        case "planned":
            return task.planned_result
        case "status":
            return None if state.status == "open" else text(f"tasks.status.{state.status}", lang)
        case "on":
            return state.on
        case "actual":
            return state.actual_result or None
        case "mark":
            return state.mark
        case "reason":
            return state.reason or None
    return pair_cell(head, pair, keys)

"""Contradictions inside one policy, whatever the questionnaire."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mentormatch.policy.criteria import Criterion
from mentormatch.policy.fields import Sides
from mentormatch.policy.forms import Bounds, Form
from mentormatch.policy.goals import Goal
from mentormatch.policy.limits import Ban, Limits, Pin
from mentormatch.policy.rules import Rule

Finding = tuple[tuple[str | int, ...], str, dict[str, Any]]
"""Location, code of the defect, values for its sentences."""


def findings(
    forms: Sequence[Form],
    rules: Sequence[Rule],
    criteria: Sequence[Criterion],
    limits: Limits,
    goals: Sequence[Goal],
) -> Iterator[Finding]:
    """List every contradiction, in the order of the file."""
    form_ids = [form.id for form in forms]
    codes = [rule.code for rule in rules]
    criterion_ids = [criterion.id for criterion in criteria]
    if not forms:
        yield ("forms",), "policy.empty", {}
    yield from _repeated("forms", form_ids)
    for place, form in enumerate(forms):
        at = ("forms", place, "weights")
        yield from _unknown("criterion", form.weights, criterion_ids, at)
        for name, bounds in (("capacity", form.capacity), ("demand", form.demand)):
            if form.peers and (bounds.least or bounds.most not in (None, 1)):
                yield ("forms", place, name), "policy.peers-bounds", {}
    yield from _repeated("rules", codes)
    for place, rule in enumerate(rules):
        yield from _unknown("form", rule.forms, [*form_ids, "*"], ("rules", place, "forms"))
    yield from _repeated("criteria", criterion_ids)
    yield from _pin_findings(limits, rules)
    yield from _repeated("limits.quotas", [quota.id for quota in limits.quotas])
    yield from _repeated("limits.per_mentor", [entry.id for entry in limits.per_mentor])
    if not goals:
        yield ("goals",), "policy.empty", {}
    yield from _goal_findings(forms, limits, goals)
    yield from _cohesion_findings(forms, criteria)
    if any(form.group is not None and form.group.couples for form in forms):
        yield from _group_findings(forms, limits, goals)


def _cohesion_findings(forms: Sequence[Form], criteria: Sequence[Criterion]) -> Iterator[Finding]:
    """Find what a form with groups can't say, and criteria that don't see two mentees alike."""
    kinds = {criterion.id: criterion for criterion in criteria}
    for place, form in enumerate(forms):
        if form.group is None:
            continue
        if form.capacity != Bounds():
            yield ("forms", place, "capacity"), "policy.group-capacity", {}
        at = ("forms", place, "group", "cohesion")
        yield from _unknown("criterion", form.group.cohesion, list(kinds), at)
        for name in form.group.cohesion:
            if name in kinds and not _reads_alike(kinds[name]):
                yield at, "policy.cohesion-sides", {"found": name}


def _reads_alike(criterion: Criterion) -> bool:
    """Tell whether a criterion reads the same questions on both sides."""
    if isinstance(criterion, Sides):
        return criterion.mentor_field == criterion.mentee_field
    mentor, mentee = (getattr(criterion, side, None) for side in ("mentor", "mentee"))
    return bool(mentor == mentee)


def _group_findings(
    forms: Sequence[Form], limits: Limits, goals: Sequence[Goal]
) -> Iterator[Finding]:
    """Find what can't be asked where it matters who is in a group with whom."""
    groups = [(place, form.group) for place, form in enumerate(forms) if form.group is not None]
    for place, group in groups[1:]:
        if group.inside != groups[0][1].inside:
            values = {"first": forms[groups[0][0]].id}
            yield ("forms", place, "group"), "policy.groups-differ", values
    if limits.demand.most != 1 and (len(forms) > 1 or forms[0].demand.most != 1):
        yield ("limits", "demand"), "policy.groups-demand", {}
    for name, there in (
        ("quotas", limits.quotas),
        ("per_mentor", limits.per_mentor),
        ("max_changes", limits.max_changes is not None),
    ):
        if there:
            yield ("limits", name), "policy.groups-quotas", {"found": name}
    for place, form in enumerate(forms):
        if form.peers:
            yield ("forms", place, "peers"), "policy.groups-peers", {}
    done = False
    for place, goal in enumerate(goals):
        if goal.type not in {"cover", "points"}:
            yield ("goals", place), "policy.groups-goal", {"found": goal.type}
        elif done:
            yield ("goals", place), "policy.groups-last-goal", {}
        done |= goal.type == "points"


def _goal_findings(
    forms: Sequence[Form], limits: Limits, goals: Sequence[Goal]
) -> Iterator[Finding]:
    """Find goals that contradict the order, or count nothing, or are missing."""
    types = [goal.type for goal in goals]
    several = limits.demand.most != 1 and any(form.demand.most != 1 for form in forms)
    everybody = False
    for place, goal in enumerate(goals):
        everybody |= goal.type == "cover" and goal.who is None
        if goal.type == "fill" and not everybody:
            yield ("goals", place), "policy.fill-first", {}
        if goal.type == "fairness" and goal.how != "max-min" and several:
            yield ("goals", place, "how"), "policy.fairness-of-several", {"found": goal.how}
    soft = [quota for quota in limits.quotas if not quota.hard]
    if soft and "quotas" not in types:
        yield ("goals",), "policy.no-quota-goal", {"found": soft[0].id}
    if "quotas" in types and not soft:
        yield ("goals", types.index("quotas")), "policy.no-soft-quota", {}


def _repeated(table: str, names: Iterable[str]) -> Iterator[Finding]:
    for name, count in Counter(names).items():
        if count > 1:
            yield (table,), "policy.repeated", {"found": name, "count": count}


def _unknown(
    what: str, found: Iterable[str], known: Sequence[str], at: tuple[str | int, ...]
) -> Iterator[Finding]:
    for name in found:
        if name not in known:
            values = {"found": name, "names": ", ".join(known) or "-"}
            yield at, f"policy.unknown-{what}", values


def _pin_findings(limits: Limits, rules: Sequence[Rule]) -> Iterator[Finding]:
    waivable = {rule.code: rule.waivable for rule in rules}
    bans = {_pair(ban) for ban in limits.bans}
    counts = Counter(map(_pair, limits.pins))
    for place, pin in enumerate(limits.pins):
        at = ("limits", "pins", place)
        pair = {"mentor": pin.mentor, "mentee": pin.mentee}
        if counts[_pair(pin)] > 1:
            yield at, "policy.pinned-twice", pair
        if _pair(pin) in bans:
            yield at, "policy.pinned-and-banned", pair
        yield from _unknown("rule", pin.waive, list(waivable), (*at, "waive"))
        for code in pin.waive:
            if not waivable.get(code, True):
                yield (*at, "waive"), "policy.not-waivable", {"found": code}
        if pin.waive and not (pin.author and pin.reason):
            yield at, "policy.waived-by-nobody", {}


def _pair(entry: Pin | Ban) -> tuple[str, str]:
    return entry.mentor, entry.mentee

"""The orders of the school's head: on pairs and groups (D-PAIR), and on their plans (D-PLAN)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final, TypeVar

from mentormatch.documents.papers.heads import (
    Head,
    Member,
    form_name,
    grounds_of,
    head_of,
    members,
    term,
)
from mentormatch.documents.sources import Paper, Sources, Then
from mentormatch.documents.templates.template import TemplateKind
from mentormatch.files import safe_name
from mentormatch.messages import day, long_day, text
from mentormatch.programme.pairs import PairLife
from mentormatch.programme.plans import PlanVersion
from mentormatch.spreadsheet import printable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the rows of both orders say: which pair, of which form, and who is in it."""

    number: str
    code: str
    form: str
    mentors: tuple[Member, ...]
    mentees: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class OrderedPair(Ordered):
    """A row of the order on pairs."""

    term: str
    grounds: str


@dataclass(frozen=True, slots=True)
class OrderedPlan(Ordered):
    """A row of the order on plans."""

    version: str
    drafted: str
    term: str
    annex: str


@dataclass(frozen=True, slots=True)
class Order(Head):
    """What both orders say around their rows."""

    number: str
    day: str
    count: str
    grounds: tuple[str, ...]
    readers: tuple[Member, ...]
    as_of: str


@dataclass(frozen=True, slots=True)
class PairOrder(Order):
    """What the order on pairs says."""

    pairs: tuple[OrderedPair, ...]


@dataclass(frozen=True, slots=True)
class PlanOrder(Order):
    """What the order on plans says."""

    plans: tuple[OrderedPlan, ...]


PAIR_ORDER: Final = TemplateKind(
    "pair-order",
    PairOrder,
    frozenset({"number", "day", "pairs.mentors.name", "pairs.mentees.name", "pairs.term"}),
)
PLAN_ORDER: Final = TemplateKind(
    "plan-order",
    PlanOrder,
    frozenset({"number", "day", "plans.mentors.name", "plans.mentees.name", "plans.version"}),
)


def pair_orders(sources: Sources) -> Iterator[Paper]:
    """Make the orders on pairs and groups (D-PAIR): one for each number and day in the register.

    In an order stands whoever was in the pair on its day, with the class or post of that day.

    Raises
    ------
    DocumentError
        When the school's template can't be used, or somebody has no name.
    """
    found = [
        (pair.ordered, pair.order, pair)
        for pair in sources.state.pairs.values()
        if pair.ordered is not None and pair.order is not None
    ]
    template = PAIR_ORDER.of(sources.templates, sources.lang) if found else None
    for (on, number), pairs in _by_order(found):
        assert template is not None
        then = sources.then(on)
        said = PairOrder(
            **_order(sources, then, number, [pair.on(on)[0] for pair in pairs]),
            pairs=tuple(_ordered_pair(sources, n, pair, then) for n, pair in enumerate(pairs, 1)),
        )
        yield _paper(sources, "D-PAIR", on, number, template.render(said))


def plan_orders(sources: Sources) -> Iterator[Paper]:
    """Make the orders that approve individual plans (D-PLAN): one for each number and day.

    The plans themselves are its annexes, from the second on.

    Raises
    ------
    DocumentError
        When the school's template can't be used, or somebody has no name.
    """
    found = [
        (version.approved, version.order, (pair, version))
        for pair in sources.state.pairs.values()
        if pair.plan is not None
        for version in pair.plan.versions
        if version.approved is not None and version.order is not None
    ]
    template = PLAN_ORDER.of(sources.templates, sources.lang) if found else None
    for (on, number), plans in _by_order(found):
        assert template is not None
        then = sources.then(on)
        said = PlanOrder(
            **_order(sources, then, number, [pair.on(on)[0] for pair, _ in plans]),
            plans=tuple(
                _ordered_plan(sources, n, pair, version, then)
                for n, (pair, version) in enumerate(plans, 1)
            ),
        )
        yield _paper(sources, "D-PLAN", on, number, template.render(said))


def _order(
    sources: Sources, then: Then, number: str, mentors: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Return the fields of an Order; every mentor reads it once, in the order of the rows."""
    lang = sources.lang
    as_of = "" if then.known else text("document.order.as-of", lang, day=day(sources.on, lang))
    return {
        **head_of(sources),
        "number": printable(number),
        "day": long_day(then.on, lang),
        "count": str(len(mentors)),
        "grounds": grounds_of(sources),
        "readers": members(sources, dict.fromkeys(chain(*mentors)), then.faces),
        "as_of": as_of,
    }


def _by_order(
    found: list[tuple[date, str, T]],
) -> Iterator[tuple[tuple[date, str], list[T]]]:
    """Put together what stands in the same order."""
    orders: dict[tuple[date, str], list[T]] = {}
    for on, number, each in found:
        orders.setdefault((on, number), []).append(each)
    yield from sorted(orders.items(), key=lambda order: order[0])


def _ordered_pair(sources: Sources, number: int, pair: PairLife, then: Then) -> OrderedPair:
    assert pair.starts is not None
    assert pair.ends is not None
    key = "round" if pair.points is not None else "curator"
    lang = sources.lang
    return OrderedPair(
        **_ordered(sources, number, pair, then),
        term=term(sources, pair.starts, pair.ends),
        grounds=text(f"document.order.{key}", lang, day=day(pair.proposed, lang)),
    )


def _ordered_plan(
    sources: Sources, number: int, pair: PairLife, version: PlanVersion, then: Then
) -> OrderedPlan:
    return OrderedPlan(
        **_ordered(sources, number, pair, then),
        version=str(version.number),
        drafted=day(version.drafted, sources.lang),
        term=term(sources, version.starts, version.ends),
        annex=str(number + 1),
    )


def _ordered(sources: Sources, number: int, pair: PairLife, then: Then) -> dict[str, Any]:
    """Return the fields of an Ordered."""
    mentors, mentees = pair.on(then.on)
    return {
        "number": str(number),
        "code": printable(pair.pair),
        "form": form_name(sources, pair.form, then.faces),
        "mentors": members(sources, mentors, then.faces),
        "mentees": members(sources, mentees, then.faces),
    }


def _paper(sources: Sources, code: str, on: date, number: str, content: bytes) -> Paper:
    name = text(f"document.file.{code}", sources.lang, number=number, day=on.isoformat())
    return Paper(code, f"{safe_name(name)}.docx", content)

"""The orders of the school's head: on pairs and groups (D-PAIR), and on their plans (D-PLAN)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from mentormatch.documents.papers.heads import (
    Head,
    Member,
    form_name,
    grounds_of,
    head_of,
    members,
    mentees_on,
    term,
)
from mentormatch.documents.sources import Paper, Sources
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

    In an order stands whoever was in the pair on its day.

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
        said = PairOrder(
            **head_of(sources),
            number=printable(number),
            day=long_day(on, sources.lang),
            count=str(len(pairs)),
            grounds=grounds_of(sources),
            pairs=tuple(_ordered_pair(sources, n, pair) for n, pair in enumerate(pairs, 1)),
            readers=members(sources, _mentors(pairs, on)),
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
        said = PlanOrder(
            **head_of(sources),
            number=printable(number),
            day=long_day(on, sources.lang),
            count=str(len(plans)),
            grounds=grounds_of(sources),
            plans=tuple(
                _ordered_plan(sources, n, pair, version, on)
                for n, (pair, version) in enumerate(plans, 1)
            ),
            readers=members(sources, _mentors((pair for pair, _ in plans), on)),
        )
        yield _paper(sources, "D-PLAN", on, number, template.render(said))


def _by_order(
    found: list[tuple[date, str, T]],
) -> Iterator[tuple[tuple[date, str], list[T]]]:
    """Put together what stands in the same order."""
    orders: dict[tuple[date, str], list[T]] = {}
    for on, number, each in found:
        orders.setdefault((on, number), []).append(each)
    yield from sorted(orders.items(), key=lambda order: order[0])


def _ordered_pair(sources: Sources, number: int, pair: PairLife) -> OrderedPair:
    assert pair.ordered is not None
    assert pair.starts is not None
    assert pair.ends is not None
    key = "round" if pair.points is not None else "curator"
    lang = sources.lang
    return OrderedPair(
        number=str(number),
        code=printable(pair.pair),
        form=form_name(sources, pair.form),
        mentors=members(sources, pair.mentors_on(pair.ordered)),
        mentees=members(sources, mentees_on(pair, pair.ordered)),
        term=term(sources, pair.starts, pair.ends),
        grounds=text(f"document.order.{key}", lang, day=day(pair.proposed, lang)),
    )


def _ordered_plan(
    sources: Sources, number: int, pair: PairLife, version: PlanVersion, on: date
) -> OrderedPlan:
    return OrderedPlan(
        number=str(number),
        code=printable(pair.pair),
        form=form_name(sources, pair.form),
        mentors=members(sources, pair.mentors_on(on)),
        mentees=members(sources, mentees_on(pair, on)),
        version=str(version.number),
        drafted=day(version.drafted, sources.lang),
        term=term(sources, version.starts, version.ends),
        annex=str(number + 1),
    )


def _mentors(pairs: Iterable[PairLife], on: date) -> list[str]:
    """List every mentor on a day once, in the order of the pairs."""
    return list(dict.fromkeys(code for pair in pairs for code in pair.mentors_on(on)))


def _paper(sources: Sources, code: str, on: date, number: str, content: bytes) -> Paper:
    name = text(f"document.file.{code}", sources.lang, number=number, day=on.isoformat())
    return Paper(code, f"{safe_name(name)}.docx", content)

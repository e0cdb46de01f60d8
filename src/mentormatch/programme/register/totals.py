"""How many there are of what, from the projections: for one school, or a whole region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, func, select
from sqlalchemy import text as sql

from mentormatch.messages import Language, text
from mentormatch.programme.register.rows import counts_of
from mentormatch.programme.register.tables import counts, due

_DUE: Final = select(
    due.c.what,
    func.sum(due.c.n).label("n"),
    func.sum(case((due.c.day < bindparam("on"), due.c.n), else_=0)).label("late"),
).group_by(due.c.what)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many there are of what.

    Parameters
    ----------
    schools
        Of how many schools.
    counts
        How many of each, among them ``people``, ``pairs.proposed``, ``pairs.accepted``,
        ``pairs.running``, ``pairs.closed``; of running pairs ``stages.none``,
        ``stages.acquaintance`` and so on, ``plans.none``, ``plans.draft``, ``plans.agreed``,
        ``plans.approved``, ``plans.in_progress``; of open waves ``waves`` and
        ``answers.missing``. What there is none of isn't there.
    open, late
        How many ``tasks``, ``meetings`` and ``answers`` are still to come, and how many of them
        were due before the day.
    """

    schools: int
    counts: Mapping[str, int]
    open: Mapping[str, int]
    late: Mapping[str, int]

    def text(self, lang: Language = "en") -> str:
        """Say it, one line for each."""
        lines = [text("store.totals.schools", lang, count=self.schools)]
        lines += [
            text("store.totals.count", lang, what=text(f"store.what.{what}", lang), n=n)
            for what, n in sorted(self.counts.items())
        ]
        lines += [
            text(
                "store.totals.due",
                lang,
                what=text(f"store.due.{what}", lang),
                n=n,
                late=self.late.get(what, 0),
            )
            for what, n in sorted(self.open.items())
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


def school_totals(connection: Connection, school: str, on: date) -> Totals:
    """Count what there is in a school."""
    dated = connection.execute(_DUE.where(due.c.school == school), {"on": on.isoformat()})
    return _totals(1, counts_of(connection, school), dated)


def region_totals(connection: Connection, on: date, *, in_file: bool) -> Totals:
    """Count what there is in all schools, in one go over the small tables of numbers."""
    if not in_file:
        connection.execute(sql("SELECT set_config('mentormatch.region', 'on', true)"))
    found = connection.execute(
        select(counts.c.what, func.sum(counts.c.n).label("n")).group_by(counts.c.what)
    )
    kinds = {what: int(n) for what, n in found}
    schools = connection.execute(select(func.count(counts.c.school.distinct()))).scalar() or 0
    return _totals(schools, kinds, connection.execute(_DUE, {"on": on.isoformat()}))


def _totals(schools: int, kinds: Mapping[str, int], dated: Iterable[Any]) -> Totals:
    rows = [(what, int(n), int(late)) for what, n, late in dated]
    return Totals(
        schools,
        kinds,
        {what: n for what, n, _ in rows},
        {what: late for what, _, late in rows if late},
    )

"""Who takes part, what is asked for and offered, and how far the answers can be relied on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mentormatch.audience import asked_in
from mentormatch.cohort import Cohort
from mentormatch.column import CodeColumn, NumberColumn, SetColumn
from mentormatch.errors import ParticipantError
from mentormatch.markup import joined, tag
from mentormatch.messages import Language, text
from mentormatch.policy.limits import CAPACITY_FIELD
from mentormatch.privacy.small_cells import suppress, suppressed
from mentormatch.profiles import diligence as answers
from mentormatch.profiles.reliability import Reliability, reliability
from mentormatch.questionnaire import Question, Questionnaire
from mentormatch.spreadsheet import Sheet

if TYPE_CHECKING:
    import pandas as pd

TOTAL: Final = "total"
ROLES: Final = ("mentor", "mentee", "both")

Demand = tuple[str, str]
"""Two questions with the same options: what mentees ask for, and what mentors offer."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Profile:
    """A cohort at a glance.

    Parameters
    ----------
    questionnaire
        What was asked.
    people
        Participants: a row per kind and ``group`` (ids, ``""`` where there is none), a column per
        role - ``mentor`` and ``mentee`` only, ``both`` - and sums, ``total``.
    demands
        By the question that mentees answered: a row per option, with ``asks``, how many mentees
        ask for it; ``importance``, the mean of their levels, if it has levels; ``offers``, how many
        mentors offer it; ``seats``, how many mentees those would take together, one where they
        haven't said; and ``shortage``, how many more ask than there are seats. A mentor's seats
        count at everything they offer.
    slots
        Free time: a row per day and time, with ``mentors`` and ``mentees``. None when not asked.
    scales
        How well each composed scale measures one thing.
    diligence
        How everybody answered, by code; None in a profile to publish.
    gaps
        What was left blank, by question; None in a profile to publish.
    publishable
        Whether small counts are hidden (``pd.NA``) and codes left out.
    """

    questionnaire: Questionnaire
    people: "pd.DataFrame"
    demands: Mapping[str, "pd.DataFrame"]
    slots: "pd.DataFrame | None"
    scales: tuple[Reliability, ...]
    diligence: "pd.DataFrame | None"
    gaps: "pd.DataFrame | None"
    publishable: bool

    def text(self, lang: Language = "en") -> str:
        """Say it in words, part by part."""
        lines = [text("profile.people", lang)]
        lines += [
            f"- {name}: {text('profile.roles', lang, **_shown(row, lang))}"
            for name, row in zip(self.people_labels(lang), _rows(self.people), strict=True)
        ]
        for field, table in self.demands.items():
            lines.append(text("profile.demand", lang, label=self.questionnaire.label(field, lang)))
            lines += [f"- {line}" for line in self._demand_lines(field, table, lang)]
        if self.slots is not None:
            lines.append(text("profile.slots", lang))
            lines += [
                "- " + text("profile.slot", lang, slot=name, **_shown(row, lang))
                for name, row in zip(self.slot_labels(lang), _rows(self.slots), strict=True)
            ]
        if self.scales:
            lines.append(text("profile.scales", lang))
            for scale in self.scales:
                label = self.questionnaire.label(scale.scale, lang)
                first, *rest = scale.text(lang, label).split("\n")
                lines += [f"- {first}", *(f"  {line}" for line in rest)]
        if self.diligence is not None:
            lines.append(self._diligence_text(lang))
        if self.publishable:
            lines.append(text("profile.hidden-note", lang))
        return "\n".join(lines)

    def data(self, lang: Language = "en") -> dict[str, Any]:
        """Return it as plain data for other programs; what is hidden or unknown is None."""
        return {
            "publishable": self.publishable,
            "people": _plain(self.people),
            "demands": {field: _plain(table) for field, table in self.demands.items()},
            "slots": None if self.slots is None else _plain(self.slots),
            "scales": [
                {
                    "scale": one.scale,
                    "alpha": one.alpha,
                    "reason": one.reason,
                    "used": one.used,
                    "partly": one.partly,
                    "items": [
                        {
                            "id": item.id,
                            "reversed": item.reversed,
                            "rest": item.rest,
                            "alpha_without": item.alpha_without,
                        }
                        for item in one.items
                    ],
                }
                for one in self.scales
            ],
            "diligence": None if self.diligence is None else _plain(self.diligence),
            "gaps": None if self.gaps is None else _plain(self.gaps),
            "text": self.text(lang),
        }

    def sheets(self, lang: Language = "en") -> list[Sheet]:
        """Return every table as a sheet of a workbook, its heads and options in words.

        What is hidden or unknown is an empty cell.
        """
        sheets = [_sheet("people", "role", self.people_labels(lang), self.people, lang)]
        for field, table in self.demands.items():
            labels = self.labels(field, lang)
            names = [labels[option] for option in table.index]
            sheets.append(_sheet(field, "head", names, table, lang))
        if self.slots is not None:
            sheets.append(_sheet("slots", "head", self.slot_labels(lang), self.slots, lang))
        for name, found in (("diligence", self.diligence), ("gaps", self.gaps)):
            if found is not None:
                sheets.append(_sheet(name, name, list(found.index), found, lang))
        return sheets

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Profile({len(self.people) - 1} groups, {len(self.scales)} scales)"

    def _repr_html_(self) -> str:
        parts = [
            tag("h4", text("profile.people")),
            _html(
                ["", *(text(f"profile.role.{name}") for name in self.people.columns)],
                (
                    [name, *row.values()]
                    for name, row in zip(self.people_labels(), _rows(self.people), strict=True)
                ),
            ),
        ]
        for field, table in self.demands.items():
            parts.append(tag("h4", self.questionnaire.label(field)))
            labels = self.labels(field, "en")
            heads = ["", *(text(f"profile.head.{name}") for name in table.columns)]
            rows = zip(table.index, _rows(table), strict=True)
            parts.append(_html(heads, ([labels[name], *row.values()] for name, row in rows)))
        if self.slots is not None:
            parts.append(tag("h4", text("profile.slots")))
            heads = ["", *(text(f"profile.head.{name}") for name in self.slots.columns)]
            rows = zip(self.slot_labels("en"), _rows(self.slots), strict=True)
            parts.append(_html(heads, ([name, *row.values()] for name, row in rows)))
        parts += [
            tag("p", scale.text("en", self.questionnaire.label(scale.scale)))
            for scale in self.scales
        ]
        return joined(*parts)

    def people_labels(self, lang: Language = "en") -> list[str]:
        """Name the rows of ``people`` in words."""
        labels = self.labels("kind", lang) | {TOTAL: text("profile.role.total", lang)}
        return [
            f"{labels[kind]} {group}" if group else labels[kind]
            for kind, group in self.people.index
        ]

    def slot_labels(self, lang: Language = "en") -> list[str]:
        """Name the rows of ``slots`` in words; nothing when there are none."""
        if self.slots is None:
            return []
        labels = self.labels(self.slots.attrs["question"], lang)
        return [labels[f"{day}-{time}"] for day, time in self.slots.index]

    def labels(self, field: str, lang: Language = "en") -> dict[str, str]:
        """Return the wording of every option of a question."""
        return {one.id: one.label.text(lang) for one in self.questionnaire.options(field)}

    def demand(self, field: str) -> "pd.DataFrame":
        """Return the table of a question that mentees answered.

        Raises
        ------
        ParticipantError
            When there is none.
        """
        if field not in self.demands:
            names = ", ".join(self.demands) or "-"
            raise ParticipantError.of("profile.no-demand", found=field, names=names)
        return self.demands[field]

    def _demand_lines(self, field: str, table: "pd.DataFrame", lang: Language) -> Iterator[str]:
        labels = self.labels(field, lang)
        for option, row in zip(table.index, _rows(table), strict=True):
            if row["asks"] == row["offers"] == 0:
                continue
            key = "profile.option-level" if row["importance"] is not None else "profile.option"
            line = text(key, lang, option=labels[option], **_shown(row, lang))
            if row["shortage"]:
                line += text("profile.short", lang, count=row["shortage"])
            yield line

    def _diligence_text(self, lang: Language) -> str:
        table = self.diligence
        assert table is not None
        straight = table.index[table["straight"]].tolist()
        said = text(
            "profile.diligence.said",
            lang,
            full=int((table["asked"] == table["answered"]).sum()),
            people=len(table),
            half=int((2 * table["answered"] < table["asked"]).sum()),
        )
        if straight:
            said += "\n" + text(
                "profile.straight", lang, count=len(straight), codes=", ".join(straight)
            )
        return said


def profile(
    cohort: Cohort,
    *,
    by: str | None = None,
    demands: Iterable[Demand] | None = None,
    seats: str = CAPACITY_FIELD,
    slots: str | None = None,
    publishable: bool = False,
) -> Profile:
    """Look at a cohort: who takes part, requests against competences, free time, reliability.

    Parameters
    ----------
    cohort
        The people.
    by
        A choice or number question that splits kinds into groups, such as a grade. When not said:
        the first ``identifying`` one that is asked of one kind only; to publish, none.
    demands
        Pairs of questions with the same options: what mentees ask for, and what mentors offer. When
        not said: all pairs of ``multi`` questions with the same options of which one is asked of
        mentees only and the other of mentors only. Restricted ones are left out.
    seats
        The question that says how many mentees a mentor takes.
    slots
        The question about free time; the first there is when not said.
    publishable
        Hide counts of fewer than five people, and others by which they could be worked out; leave
        out what is said of single people.

    Raises
    ------
    ParticipantError
        When a question that is named isn't there, is of another kind, or is restricted.
    """
    form = cohort.questionnaire
    pairs = _demands_in(form) if demands is None else tuple(demands)
    for field in [name for pair in pairs for name in pair]:
        _check(form, field, {"multi"})
    if by is not None:
        _check(form, by, {"choice", "number"})
    elif not publishable:
        by = _group_question(form)
    if slots is not None:
        _check(form, slots, {"slots"})
    else:
        slots = next((it.id for it in form.questions if it.kind == "slots" and _is_open(it)), None)
    return Profile(
        questionnaire=form,
        people=_people(cohort, by, publishable=publishable),
        demands=MappingProxyType(
            {asks: _demand(cohort, asks, offers, seats, publishable) for asks, offers in pairs}
        ),
        slots=None if slots is None else _slots(cohort, slots, publishable=publishable),
        scales=tuple(reliability(cohort, scale) for scale in form.scales),
        diligence=None if publishable else answers.diligence(cohort),
        gaps=None if publishable else answers.gaps(cohort),
        publishable=publishable,
    )


def _is_open(question: Question) -> bool:
    return question.sensitivity != "restricted"


def _check(form: Questionnaire, field: str, kinds: set[str]) -> None:
    """Refuse a question that can't be counted by."""
    known = {one.id for one in form.questions if one.kind in kinds and _is_open(one)}
    if field not in known:
        raise ParticipantError.of("profile.no-question", found=field, names=", ".join(known) or "-")


def _group_question(form: Questionnaire) -> str | None:
    return next(
        (
            one.id
            for one in form.questions
            if one.identifying
            and _is_open(one)
            and one.kind in {"choice", "number"}
            and len(one.asked.kinds) == 1
        ),
        None,
    )


def _demands_in(form: Questionnaire) -> tuple[Demand, ...]:
    """Find what mentees ask for and mentors offer: the same options, asked of one side each."""

    def asked_of(role: Literal["mentor", "mentee"]) -> list[tuple[str, frozenset[str]]]:
        return [
            (one.id, frozenset(option.id for option in form.options(one)))
            for one in form.questions
            if one.kind == "multi" and one.asked.roles == (role,) and _is_open(one)
        ]

    return tuple(
        (asks, offers)
        for asks, wanted in asked_of("mentee")
        for offers, offered in asked_of("mentor")
        if wanted == offered
    )


def _people(cohort: Cohort, by: str | None, *, publishable: bool) -> "pd.DataFrame":
    """Count people by kind, group and role."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    kinds = cohort.column("kind")
    assert isinstance(kinds, CodeColumn)
    groups, names = _groups(cohort, by)
    role = np.where(cohort.is_mentor & cohort.is_mentee, 2, np.where(cohort.is_mentee, 1, 0))
    rows = []
    index = []
    for kind, kind_name in enumerate(kinds.options):
        for group, group_name in enumerate(names):
            own = (kinds.codes == kind) & (groups == group)
            if own.any():
                index.append((kind_name, group_name))
                rows.append(np.bincount(role[own], minlength=len(ROLES)).tolist())
    table = pd.DataFrame(
        rows,
        index=pd.MultiIndex.from_tuples(index or [(TOTAL, "")], names=["kind", "group"])[
            : len(index)
        ],
        columns=list(ROLES),
        dtype="int64",
    )
    # With a bound of 1 no count is small: nothing is hidden, and sums are added.
    return suppress(table, total=TOTAL) if publishable else suppress(table, 1, total=TOTAL)


def _groups(cohort: Cohort, by: str | None) -> tuple[NDArray[np.int64], list[str]]:
    """Say in which group everybody is, (n,), and what the groups are called; "" is none."""
    none = np.zeros(len(cohort), np.int64)
    if by is None:
        return none, [""]
    column = cohort.column(by)
    if isinstance(column, CodeColumn):
        return column.codes.astype(np.int64) + 1, ["", *column.options]
    assert isinstance(column, NumberColumn)
    values = sorted(set(column.values[column.answered].tolist()))
    places = np.searchsorted(values, column.values) + 1 if values else none
    names = [f"{value / column.unit:g}" for value in values]
    return np.where(column.answered, places, 0), ["", *names]


def _set(cohort: Cohort, field: str) -> SetColumn:
    column = cohort.column(field)
    assert isinstance(column, SetColumn)
    return column


def _demand(
    cohort: Cohort, asks: str, offers: str, seats: str, publishable: bool
) -> "pd.DataFrame":
    """Count what is asked for and what is offered, option by option."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    wanted, offered = _set(cohort, asks), _set(cohort, offers)
    asking = wanted.chosen & cohort.is_mentee[:, None]
    # Two questions with one list may have it in two orders.
    order = [offered.options.index(option) for option in wanted.options]
    offering = offered.chosen[:, order] & cohort.is_mentor[:, None]
    table = pd.DataFrame(index=pd.Index(wanted.options, name="option", dtype="object"))
    count = asking.sum(axis=0)
    table["asks"] = count
    table["importance"] = np.nan
    if wanted.levels is not None:
        level = np.where(asking, wanted.levels, 0).sum(axis=0)
        table["importance"] = np.where(count > 0, level / np.maximum(count, 1), np.nan)
    table["offers"] = offering.sum(axis=0)
    table["seats"] = (offering * _seats(cohort, seats)[:, None]).sum(axis=0)
    table["shortage"] = np.maximum(table["asks"] - table["seats"], 0)
    if publishable:
        people = {"asks": asks, "offers": offers}
        for name, field in people.items():
            side = cohort.is_mentee if name == "asks" else cohort.is_mentor
            of = int((asked_in(cohort, cohort.questionnaire.question(field)) & side).sum())
            table[name] = suppressed(table[name], of)
        table["importance"] = table["importance"].mask(table["asks"].isna())
        table["seats"] = table["seats"].astype("Int64").mask(table["offers"].isna())
        hidden = table["asks"].isna() | table["seats"].isna()
        table["shortage"] = table["shortage"].astype("Int64").mask(hidden)
    return table


def _seats(cohort: Cohort, field: str) -> NDArray[np.int64]:
    """Say how many mentees each mentor takes, one where they haven't said: (n,)."""
    column = cohort.columns.get(field)
    if not isinstance(column, NumberColumn):
        return np.ones(len(cohort), np.int64)
    return np.where(column.answered, column.values // column.unit, 1)


def _slots(cohort: Cohort, field: str, *, publishable: bool) -> "pd.DataFrame":
    """Count who is free when."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    question, column = cohort.questionnaire.question(field), _set(cohort, field)
    grid = [(day.id, time.id) for day in question.days for time in question.times]
    table = pd.DataFrame(index=pd.MultiIndex.from_tuples(grid, names=["day", "time"]))
    for name, side in (("mentors", cohort.is_mentor), ("mentees", cohort.is_mentee)):
        table[name] = (column.chosen & side[:, None]).sum(axis=0)
        if publishable:
            table[name] = suppressed(table[name], int((side & asked_in(cohort, question)).sum()))
    table.attrs["question"] = field
    return table


# --- showing ----------------------------------------------------------------------------------


def _sheet(
    name: str, heads: str, labels: Sequence[str], table: "pd.DataFrame", lang: Language
) -> Sheet:
    header = ["", *(text(f"profile.{heads}.{column}", lang) for column in table.columns)]
    rows = zip(labels, _rows(table), strict=True)
    return Sheet(name, header, [[label, *row.values()] for label, row in rows])


def _rows(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows as plain values; None for what is missing."""
    columns = {
        str(name): [None if missing else _number(value) for value, missing in _cells(column)]
        for name, column in table.items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _cells(column: "pd.Series[Any]") -> Iterator[tuple[Any, bool]]:
    return zip(column.tolist(), column.isna().tolist(), strict=True)


def _number(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def _plain(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows with what names them."""
    names = [str(name) for name in table.index.names]
    labels = [label if isinstance(label, tuple) else (label,) for label in table.index]
    return [
        dict(zip(names, label, strict=True)) | row
        for label, row in zip(labels, _rows(table), strict=True)
    ]


def _shown(row: Mapping[str, Any], lang: Language) -> dict[str, str]:
    return {name: _cell(value, lang) for name, value in row.items()}


def _cell(value: Any, lang: Language) -> str:
    if value is None:
        return text("profile.hidden", lang)
    written = f"{value:.1f}" if isinstance(value, float) else str(value)
    return written.replace(".", ",") if lang == "ru" else written


def _html(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Make a table in which everything that was written stays text."""
    cells = (
        [value if isinstance(value, str) else _cell(value, "en") for value in row] for row in rows
    )
    return tag(
        "table",
        tag("tr", *(tag("th", head) for head in heads)),
        *(tag("tr", *(tag("td", cell) for cell in row)) for row in cells),
    )

"""Comparative tables of the diagnostics (C3): people by code, and groups that are large enough."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from mentormatch.documents.papers.heads import form_name
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.sheets import Row, paper, printed
from mentormatch.messages import day, text
from mentormatch.office.surveys import Surveys
from mentormatch.participant import Role
from mentormatch.privacy.small_cells import SMALLEST
from mentormatch.programme.diagnostics import Shift, Wave, WaveComparison
from mentormatch.roadmap import registers as listings
from mentormatch.spreadsheet import Cell, Sheet

_PERSON: Final = {"code": 11, "indicator": 42, "role": 14, "form": 21}
_CHANGE: Final = {"since-first": 13, "since-previous": 13, "direction": 15}
_GROUP: Final = {"role": 15, "indicator": 44}
_SHIFT: Final = {
    "count": 10,
    "before": 10,
    "after": 10,
    "mean": 10,
    "middle": 10,
    "up": 10,
    "same": 13,
    "down": 10,
    "effect": 17,
    "low": 9,
    "high": 9,
}
_WAVES: Final = {"wave": 16, "day": 12, "asked": 12, "answered": 12, "missing": 14}
_SIGNED: Final = '+General;"−"General;General'
_WAVE_WIDTH: Final = 13.0
_HUNDREDTH: Final = Decimal("0.01")


def comparative_tables(sources: Sources) -> Iterator[Paper]:
    """Make the comparative tables of the diagnostics: people, groups, expectations, answers.

    People stand there by code whatever other documents show: it is a table to work with. Of
    groups of fewer than :data:`~mentormatch.privacy.small_cells.SMALLEST` people there is
    nothing but that they are small. A wave whose questionnaire isn't there any more is left
    out, and named.

    Raises
    ------
    IntakeError
        When waves can't be compared, such as those that ask one question with two ranges.
    """
    held = [wave for wave in sources.state.waves.values() if wave.opened <= sources.on]
    asked = {wave.wave: sources.asked_in(wave.wave) for wave in held}
    surveys = Surveys(
        sources.state, {wave: form for wave, form in asked.items() if form is not None}
    )
    lost = [wave for wave, form in asked.items() if form is None]
    notes = [text("tables.lost-waves", sources.lang, waves=", ".join(lost))] if lost else []
    compared = surveys.compared
    sheets = [
        _people(sources, compared, notes),
        _totals(sources, compared, notes),
        _gaps(sources, surveys, notes),
        _answered(sources, () if compared is None else compared.waves, notes),
    ]
    yield paper(sources, "D-COMP", sheets)


def _people(sources: Sources, compared: WaveComparison | None, notes: list[str]) -> Sheet:
    """Give every answer of every person, and how it has changed."""
    waves = () if compared is None else compared.waves
    lang = sources.lang
    rows: list[Row] = []
    forms = _forms(sources)
    for change in () if compared is None else compared.changes:
        if compared is None or _is_restricted(waves, change.indicator):
            continue
        cells: dict[str, Cell] = {
            "code": change.person,
            "role": listings.worded("role", change.role, lang),
            "form": "; ".join(forms.get((change.person, change.role), ())) or None,
            "indicator": compared.label(change.indicator, lang),
            "since-first": _rounded(change.since_first),
            "since-previous": _rounded(change.since_previous),
            "direction": change.direction
            and text(f"diagnostics.direction.{change.direction}", lang),
        }
        values = zip(waves, change.values, strict=True)
        rows.append(cells | {f"wave {wave.id}": _rounded(value) for wave, value in values})
    return printed(
        sources,
        "changes",
        _PERSON | {f"wave {wave.id}": _WAVE_WIDTH for wave in waves} | _CHANGE,
        rows,
        heads={f"wave {wave.id}": f"{wave.id} {day(wave.day, lang)}" for wave in waves},
        notes=notes,
        formats=dict.fromkeys(("since-first", "since-previous"), _SIGNED),
    )


def _totals(sources: Sources, compared: WaveComparison | None, notes: list[str]) -> Sheet:
    """Say of mentors and of mentees where each indicator has gone."""
    rows: list[Row] = [
        _shift(sources, total.shift, total.role, compared.label(total.indicator, sources.lang))
        for total in (() if compared is None else compared.totals)
        if compared is not None and not _is_restricted(compared.waves, total.indicator)
    ]
    return _shifts(sources, "totals", rows, notes)


def _gaps(sources: Sources, surveys: Surveys, notes: list[str]) -> Sheet:
    """Hold what people expected against what they found."""
    final = surveys.final
    rows: list[Row] = [
        _shift(sources, gap.shift, gap.role, final.questionnaire.label(gap.later, sources.lang))
        for gap in surveys.gaps
        if final is not None and final.questionnaire.sensitivity(gap.later) != "restricted"
    ]
    heads = {
        "before": text("tables.head.expected", sources.lang),
        "after": text("tables.head.found", sources.lang),
    }
    return _shifts(sources, "gaps", rows, notes, heads)


def _shifts(
    sources: Sources,
    name: str,
    rows: list[Row],
    notes: list[str],
    heads: Mapping[str, str] | None = None,
) -> Sheet:
    small = any(row["mean"] is None for row in rows)
    kept = [text("tables.kept-back", sources.lang, least=SMALLEST)] if small else []
    return printed(
        sources,
        name,
        _GROUP | _SHIFT,
        rows,
        heads=heads,
        empty="nothing",
        notes=[*kept, *notes],
        formats=dict.fromkeys(("before", "after"), "0.00")
        | dict.fromkeys(("mean", "middle", "effect", "low", "high"), "+0.00;-0.00;0.00")
        | dict.fromkeys(("up", "same", "down"), "0.0 %"),
    )


def _shift(sources: Sources, shift: Shift, role: Role, label: str) -> Row:
    """Say how far a group has moved; only that it is small, where it is."""
    cells: dict[str, Cell] = {
        "role": text(f"diagnostics.role.{role}", sources.lang),
        "indicator": label,
        "count": shift.count,
    }
    if shift.count < SMALLEST:
        return cells | {
            "count": text("tables.fewer", sources.lang, least=SMALLEST),
            "mean": None,
        }
    parts = {
        name: None if people is None else people / shift.count
        for name, people in (("up", shift.up), ("same", shift.same), ("down", shift.down))
    }
    means = ("before", "after", "mean", "middle", "effect", "low", "high")
    return cells | parts | {name: getattr(shift, name) for name in means}


def _answered(sources: Sources, waves: Sequence[Wave], notes: list[str]) -> Sheet:
    """Say how many were asked in each wave, and how many of them answered."""
    rows: list[Row] = [
        {
            "wave": wave.id,
            "day": wave.day,
            "asked": len(wave.expected),
            "answered": len(wave.expected) - len(wave.missing),
            "missing": len(wave.missing),
        }
        for wave in waves
    ]
    return printed(sources, "waves", _WAVES, rows, empty="nothing", notes=notes)


def _forms(sources: Sources) -> dict[tuple[str, Role], list[str]]:
    """List in which forms people were in pairs, by code and role."""
    found: dict[tuple[str, Role], list[str]] = {}
    for pair in sources.state.pairs.values():
        if pair.ordered is None or pair.ordered > sources.on:
            continue
        form = form_name(sources, pair.form)
        members: list[tuple[str, Role]] = [(code, "mentor") for code in pair.mentors]
        members += [(code, "mentee") for code in (*pair.mentees, *pair.departed)]
        for member in members:
            forms = found.setdefault(member, [])
            if form not in forms:
                forms.append(form)
    return found


def _is_restricted(waves: Sequence[Wave], indicator: str) -> bool:
    forms = (wave.answers.questionnaire for wave in waves)
    return any(
        indicator in form.field_ids and form.sensitivity(indicator) == "restricted"
        for form in forms
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_HUNDREDTH, ROUND_HALF_UP).normalize()

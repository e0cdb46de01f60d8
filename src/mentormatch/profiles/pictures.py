"""Pictures of a cohort: who takes part, what is short, who is free when, what was left blank.

They need matplotlib, as those of a result do; ``mentormatch.pictures.save`` writes them. What a
profile hides isn't drawn: dots stand where it would be.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.canvas import BLUE, ORANGE, PALE, blues, described, new_figure
from mentormatch.errors import ParticipantError
from mentormatch.messages import Language, text
from mentormatch.profiles.profile import ROLES, Profile

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS: Final = {"mentor": BLUE, "mentee": ORANGE, "both": "#8c8c8c"}
_BINS: Final = 20


def people(profile: Profile, lang: Language = "en") -> "Figure":
    """Draw how many take part, by kind and group, in which role.

    Parameters
    ----------
    profile
        What to draw.
    lang
        The language of the words in it.
    """
    table = profile.people.iloc[:-1]
    names = profile.people_labels(lang)[:-1]
    figure, axes = new_figure(6.5, _height(len(names)))
    places = np.arange(len(names))
    left = np.zeros(len(names))
    for role in ROLES:
        counts = _drawn(table[role])
        label = text(f"profile.role.{role}", lang)
        axes.barh(places, counts, left=left, color=_COLOURS[role], label=label)
        left += counts
    _mark(axes, zip(places, left, _is_hidden(table[[*ROLES]]), strict=True))
    _named(axes, names)
    axes.set_xlabel(text("profile.picture.count", lang))
    _legend(axes)
    totals = _words(names, table[["total"]], lang)
    return described(figure, text("profile.picture.people", lang, rows=totals))


def demand(profile: Profile, field: str, lang: Language = "en") -> "Figure":
    """Draw what mentees ask for against the seats of those who offer it; what is short stands out.

    What nobody asks for and nobody offers is left out. The most asked for stands first. Where there
    are many more seats than requests, the bar is cut and its number written.

    Parameters
    ----------
    profile
        What to draw.
    field
        The question that mentees answered.
    lang
        The language of the words in it.

    Raises
    ------
    ParticipantError
        When the profile has no such table.
    """
    table = profile.demand(field)
    table = table[
        table["asks"].isna() | table["offers"].isna() | (table[["asks", "seats"]] > 0).any(axis=1)
    ]
    asks, seats, short = (_drawn(table[name]) for name in ("asks", "seats", "shortage"))
    order = np.lexsort((np.arange(len(table)), -asks))
    labels = profile.labels(field, lang)
    names = [labels[table.index[place]] for place in order.tolist()]
    figure, axes = new_figure(7, _height(2 * len(names) // 1.5))
    places = np.arange(len(names))
    # Many seats beyond what is asked for would make the rest too small to see.
    most = float(max(asks.max(initial=1), 1)) * 1.5
    axes.barh(
        places + 0.2,
        np.minimum(seats[order], most),
        0.38,
        color=PALE,
        label=text("profile.picture.seats", lang),
    )
    axes.barh(places - 0.2, asks[order], 0.38, color=BLUE, label=text("profile.picture.asks", lang))
    axes.barh(
        places - 0.2,
        short[order],
        0.38,
        left=asks[order] - short[order],
        color=ORANGE,
        label=text("profile.picture.short", lang),
    )
    rows = table.iloc[order]
    for at, name, counts in ((0.2, "seats", seats), (-0.2, "asks", asks)):
        ends = np.minimum(counts[order], most)
        beyond = counts[order] > most
        _mark(axes, zip(places + at, ends, _is_hidden(rows[[name]]), strict=True))
        for place in np.flatnonzero(beyond).tolist():
            _write(axes, place + at, most, f"{counts[order][place]:.0f}")
    axes.set_xlim(0, 1.06 * most)
    _named(axes, names)
    axes.set_xlabel(text("profile.picture.count", lang))
    _legend(axes)
    said = _words(names, rows[["asks", "seats"]], lang)
    label = profile.questionnaire.label(field, lang)
    return described(figure, text("profile.picture.demand", lang, label=label, rows=said))


def slots(profile: Profile, lang: Language = "en") -> "Figure":
    """Draw how many mentors and how many mentees are free when.

    Parameters
    ----------
    profile
        What to draw.
    lang
        The language of the words in it.

    Raises
    ------
    ParticipantError
        When nobody was asked about free time.
    """
    table = profile.slots
    if table is None:
        raise ParticipantError.of("profile.no-question", found="slots", names="-")
    question = profile.questionnaire.question(table.attrs["question"])
    days = [day.label.text(lang) for day in question.days]
    times = [time.label.text(lang) for time in question.times]
    figure, first = new_figure(0.9 * len(days) + 1.6, 0.9 * len(times) + 1.9)
    first.remove()
    both: Any = figure.subplots(2, 1, sharex=True)
    for axes, side in zip(both, ("mentors", "mentees"), strict=True):
        counts = table[side].astype("float64").to_numpy(na_value=np.nan)
        grid = np.ma.masked_invalid(counts.reshape(len(days), len(times)).T)
        top = max(float(np.nanmax(counts, initial=1)), 1)
        axes.imshow(grid, cmap=blues(), vmin=0, vmax=top, aspect="auto")
        for (row, col), count in np.ndenumerate(grid.filled(np.nan)):
            shown = "…" if np.isnan(count) else f"{count:.0f}"
            dark = not np.isnan(count) and count > 0.6 * top
            axes.text(
                col,
                row,
                shown,
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else "black",
            )
        axes.set_xticks(range(len(days)), days)
        axes.set_yticks(range(len(times)), times)
        axes.set_title(text(f"profile.head.{side}", lang), fontsize=9, loc="left")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    said = _words(profile.slot_labels(lang), table[["mentors", "mentees"]], lang)
    return described(figure, text("profile.picture.slots", lang, rows=said))


def completeness(profile: Profile, lang: Language = "en") -> "Figure":
    """Draw how many people answered how much of what they were asked.

    Parameters
    ----------
    profile
        What to draw.
    lang
        The language of the words in it.

    Raises
    ------
    ParticipantError
        When the profile is one to publish: it says nothing of single people.
    """
    table = profile.diligence
    if table is None:
        raise ParticipantError.of("profile.no-diligence")
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - optional

    figure, axes = new_figure(6, 3.6)
    shares = 100 * table["complete"].dropna()
    axes.hist(shares, bins=np.linspace(0, 100, _BINS + 1).tolist(), color=BLUE, edgecolor="white")
    axes.set_xlim(0, 100)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(text("profile.picture.share", lang))
    axes.set_ylabel(text("profile.picture.count", lang))
    said = text(
        "profile.picture.complete",
        lang,
        people=len(table),
        full=int((table["answered"] == table["asked"]).sum()),
        half=int((2 * table["answered"] < table["asked"]).sum()),
    )
    return described(figure, said)


def _height(rows: float) -> float:
    return min(max(2.4, 0.22 * rows + 1), 11)


def _named(axes: "Axes", names: list[str]) -> None:
    """Write what each bar is, the first above."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - optional

    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _legend(axes: "Axes") -> None:
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)


def _mark(axes: "Axes", ends: Iterable[tuple[float, float, bool]]) -> None:
    """Put dots at the end of bars in which something is hidden."""
    for place, end, is_hidden in ends:
        if is_hidden:
            _write(axes, place, end, "…")


def _write(axes: "Axes", place: float, end: float, words: str) -> None:
    axes.annotate(
        words, (end, place), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
    )


def _is_hidden(table: "pd.DataFrame") -> NDArray[np.bool_]:
    return np.asarray(table.isna().any(axis=1), np.bool_)


def _drawn(column: "pd.Series[Any]") -> NDArray[np.float64]:
    return np.asarray(column.astype("float64").fillna(0), np.float64)


def _words(names: list[str], table: "pd.DataFrame", lang: Language) -> str:
    """Say the numbers of each row."""
    shown = table.astype("object").mask(table.isna(), text("profile.hidden", lang))
    rows = zip(names, shown.to_numpy().tolist(), strict=True)
    return "; ".join(f"{name} {'/'.join(map(str, row))}" for name, row in rows)

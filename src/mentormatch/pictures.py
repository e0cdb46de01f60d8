"""Pictures of a result: who meets whom, points, loads, and curves.

They need matplotlib, which comes with the extra ``notebook``. Each function returns a
matplotlib figure that no window manages: a notebook shows it, :func:`save` writes it. Its
label is what it shows in words, for whoever can't see it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike

from mentormatch.canvas import BLUE, LEGIBLE, ORANGE, PALE, blues, described, new_figure, save
from mentormatch.errors import ScoreError
from mentormatch.matching import Pair
from mentormatch.messages import Language, percent, text
from mentormatch.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curve", "distribution", "heat_map", "loads", "people", "points", "save"]

_Line = list[tuple[float, float]]
_EDGES: Final = 600  # possible pairs that don't make the picture grey
_BINS: Final = 20


def people(result: Result, lang: Language = "en") -> "Figure":
    """Draw mentors and mentees with their pairs, and faintly the pairs that were possible.

    Mentees stand where their mentors do, so that few lines cross; those without a mentor
    stand below. The darker a line, the better the pair fits. Codes are written where there
    is room, possible pairs drawn where there are not too many.

    Parameters
    ----------
    result
        What to draw.
    lang
        The language of the words in it.
    """
    view = result.view
    mentors, mentees, links = _ordered(result)
    height = max(len(mentors), len(mentees), 1)
    figure, axes = new_figure(7, min(max(3.0, 0.2 * height + 1), 11))
    left = {code: _spread(place, len(mentors)) for place, code in enumerate(mentors)}
    right = {code: _spread(place, len(mentees)) for place, code in enumerate(mentees)}
    problem = view.problem
    if problem.size <= _EDGES:
        possible: list[_Line] = [
            [(0, left[view.mentors[mentor]]), (1, right[view.mentees[mentee]])]
            for mentee, mentor in zip(problem.mentee.tolist(), problem.mentor.tolist(), strict=True)
        ]
        _lines(axes, possible, colors=PALE, linewidths=0.4, zorder=1)
    chosen: list[_Line] = [[(0, left[pair.mentor]), (1, right[pair.mentee])] for pair in links]
    share = dict(zip(view.matching.pairs, _shares(result), strict=True))
    drawn = _lines(
        axes,
        chosen,
        array=np.array([share[pair] for pair in links]),
        cmap=blues(),
        linewidths=1.6 if height <= LEGIBLE else 0.8,
        zorder=2,
    )
    drawn.set_clim(0, 100)
    if links:
        bar = figure.colorbar(drawn, ax=axes, shrink=0.6, pad=0.16 if height <= LEGIBLE else 0.04)
        bar.set_label(text("picture.fit", lang))
    size = 22 if height <= LEGIBLE else 6
    free = set(view.matching.unmatched)
    for place, side, colours in (
        (0, left, [BLUE] * len(left)),
        (1, right, [ORANGE if code in free else BLUE for code in right]),
    ):
        axes.scatter([place] * len(side), list(side.values()), s=size, c=colours, zorder=3)
        if len(side) <= LEGIBLE:
            for code, at in side.items():
                axes.annotate(
                    code,
                    (place, at),
                    xytext=(-7 if place == 0 else 7, 0),
                    textcoords="offset points",
                    ha="right" if place == 0 else "left",
                    va="center",
                    fontsize=7,
                )
    for place, name in enumerate(("mentors", "mentees")):
        count = len(left if place == 0 else right)
        axes.text(place, 1.02, text(f"picture.{name}", lang, count=count), ha="center", va="bottom")
    if free:
        label = text("picture.unmatched", lang, count=len(free))
        axes.scatter([], [], s=size, c=ORANGE, label=label)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), frameon=False)
    axes.set_xlim(-0.12, 1.12)
    axes.set_ylim(-0.02, 1.02)
    axes.set_axis_off()
    return described(
        figure,
        text(
            "picture.people",
            lang,
            mentors=len(mentors),
            mentees=len(mentees),
            pairs=len(links),
            possible=problem.size,
            unmatched=len(free),
        ),
    )


def points(result: Result, lang: Language = "en") -> "Figure":
    """Draw what every possible pair would reach, in per cent of its form's maximum.

    People are ordered so that chosen pairs, which are marked, run along the diagonal. The
    darker, the better; what is not possible stays white.

    Raises
    ------
    ParticipantError
        When the candidates aren't known.
    """
    graph = result.candidates
    mentors, mentees, _ = _ordered(result)
    maximum = np.maximum(graph.policy.form_maximum, 1)[graph.form]
    matrix = np.full((len(graph.mentees), len(graph.mentors)), np.nan)
    matrix[graph.mentee, graph.mentor] = 100 * graph.points() / maximum
    rows = [graph.mentees.index(code) for code in mentees]
    cols = [graph.mentors.index(code) for code in mentors]
    return heat_map(
        matrix[np.ix_(rows, cols)],
        mentees,
        mentors,
        chosen=result.matching.pairs,
        label=text("picture.fit", lang),
        lang=lang,
    )


def heat_map(
    values: ArrayLike,
    mentees: Sequence[str],
    mentors: Sequence[str],
    *,
    chosen: Sequence[Pair] = (),
    label: str = "",
    lang: Language = "en",
) -> "Figure":
    """Draw a number for every pair, such as points or regrets.

    Parameters
    ----------
    values
        Shape (mentees, mentors); NaN where there is none.
    mentees, mentors
        Codes of the rows and of the columns.
    chosen
        Pairs to mark.
    label
        What the numbers are.
    lang
        The language of the other words.

    Raises
    ------
    ScoreError
        When the shape isn't that of the people.
    """
    matrix = np.asarray(values, np.float64)
    if matrix.shape != (len(mentees), len(mentors)):
        wanted = (len(mentees), len(mentors))
        raise ScoreError.of("picture.shape", found=matrix.shape, wanted=wanted)
    rows, cols = matrix.shape
    figure, axes = new_figure(
        min(max(4.5, 0.2 * cols + 2.2), 10), min(max(3.5, 0.2 * rows + 1.2), 11)
    )
    known = matrix[np.isfinite(matrix)]
    if known.size:
        shown = axes.imshow(
            np.ma.masked_invalid(matrix), cmap=blues(), aspect="auto", interpolation="nearest"
        )
        figure.colorbar(shown, ax=axes, shrink=0.7, pad=0.02).set_label(label)
    row_of = {code: place for place, code in enumerate(mentees)}
    col_of = {code: place for place, code in enumerate(mentors)}
    marks = [
        (col_of[pair.mentor], row_of[pair.mentee])
        for pair in chosen
        if pair.mentor in col_of and pair.mentee in row_of
    ]
    if marks:
        small = max(rows, cols) > LEGIBLE
        axes.scatter(
            [col for col, _ in marks],
            [row for _, row in marks],
            s=7 if small else 34,
            marker="s",
            facecolors=ORANGE if small else "none",
            edgecolors="none" if small else ORANGE,
            linewidths=1.8,
            label=text("picture.chosen", lang),
        )
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=8)
    _codes(axes.yaxis, mentees)
    _codes(axes.xaxis, mentors)
    axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel(text("picture.mentors", lang, count=cols))
    axes.set_ylabel(text("picture.mentees", lang, count=rows))
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    return described(
        figure,
        text(
            "picture.heat",
            lang,
            label=label,
            mentees=rows,
            mentors=cols,
            known=known.size,
            low=f"{low:.4g}",
            high=f"{high:.4g}",
            chosen=len(marks),
        ),
    )


def loads(result: Result, lang: Language = "en") -> "Figure":
    """Draw how many mentees each mentor has, and how many they could take.

    The most loaded stand first. Seats beyond the largest load of all are not drawn.
    """
    view = result.view
    load = view.problem.loads(view.outcome.chosen)
    seats = view.problem.capacity.most
    order = np.lexsort((np.arange(len(load)), -seats, -load))
    tall = int(load.max(initial=0)) + 1
    shown = np.minimum(seats[order], tall)
    wide = len(load) > LEGIBLE
    figure, axes = new_figure(min(max(4.5, 0.22 * len(load) + 1.5), 10), 3.6)
    where = np.arange(len(load))
    width = 1.0 if wide else 0.75
    axes.bar(where, shown, width, color=PALE, label=text("picture.seats", lang))
    axes.bar(where, load[order], width, color=BLUE, label=text("picture.load", lang))
    axes.legend(frameon=False, fontsize=8, loc="upper right")
    _codes(axes.xaxis, [view.mentors[place] for place in order.tolist()])
    axes.tick_params(axis="x", rotation=90)
    axes.set_yticks(range(tall + 1))
    axes.set_xlabel(text("picture.mentors", lang, count=len(load)))
    axes.set_ylabel(text("picture.mentees-each", lang))
    counts = np.bincount(load)
    said = ", ".join(
        text("picture.load-count", lang, load=each, count=int(count))
        for each, count in enumerate(counts.tolist())
        if count
    )
    return described(figure, text("picture.loads", lang, found=said))


def distribution(result: Result, lang: Language = "en") -> "Figure":
    """Draw how many pairs reach which share of their form's maximum."""
    figure, axes = new_figure(6, 3.6)
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - optional

    shares = _shares(result) or [0.0]
    low, mean, high = (
        percent(round(10 * value), 1000, lang)
        for value in (min(shares), sum(shares) / len(shares), max(shares))
    )
    axes.hist(
        _shares(result),
        bins=np.linspace(0, 100, _BINS + 1).tolist(),
        color=BLUE,
        edgecolor="white",
    )
    if result.matching.pairs:
        axes.axvline(
            sum(shares) / len(shares),
            color=ORANGE,
            linestyle="--",
            label=text("picture.mean", lang, mean=mean),
        )
        axes.legend(frameon=False, fontsize=8)
    axes.set_xlim(0, 100)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(text("picture.fit", lang))
    axes.set_ylabel(text("picture.pairs", lang))
    said = text(
        "picture.distribution",
        lang,
        pairs=len(result.matching.pairs),
        low=low,
        high=high,
        mean=mean,
    )
    return described(figure, said)


def curve(
    x: Sequence[float],
    y: Sequence[float],
    *,
    x_label: str = "",
    y_label: str = "",
    now: float | None = None,
    lang: Language = "en",
) -> "Figure":
    """Draw what becomes of one number when another is turned: a what-if curve.

    Parameters
    ----------
    x, y
        The points, of one length.
    x_label, y_label
        What they are.
    now
        The x of today, to be marked.
    lang
        The language of the other words.

    Raises
    ------
    ScoreError
        When there are more of one than of the other.
    """
    if len(x) != len(y):
        raise ScoreError.of("picture.curve", x=len(x), y=len(y))
    figure, axes = new_figure(6, 3.6)
    few = len(x) <= LEGIBLE
    axes.plot(x, y, color=BLUE, marker="o" if few else None, markersize=5)
    if now is not None:
        axes.axvline(now, color=ORANGE, linestyle="--", label=text("picture.now", lang))
        axes.legend(frameon=False, fontsize=8)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(color=PALE, linewidth=0.6)
    axes.margins(0.05, 0.1)
    values = ", ".join(f"({one:g}; {other:g})" for one, other in zip(x, y, strict=True))
    return described(figure, text("picture.curve-of", lang, x=x_label, y=y_label, values=values))


# --- parts --------------------------------------------------------------------------------


def _lines(axes: "Axes", lines: list[_Line], **look: Any) -> Any:
    from matplotlib.collections import LineCollection  # noqa: PLC0415 - optional

    return axes.add_collection(LineCollection(lines, **look))


def _codes(axis: Any, codes: Sequence[str]) -> None:
    """Write codes along an axis, where they can be read."""
    if len(codes) <= LEGIBLE:
        axis.set_ticks(range(len(codes)), codes, fontsize=7)
    else:
        axis.set_ticks([])


def _spread(place: int, count: int) -> float:
    """Spread so many people over the height, the first above."""
    return 1 - (place + 0.5) / count


def _shares(result: Result) -> list[float]:
    """Return what each chosen pair reaches, in per cent."""
    pairs = zip(result.matching.pairs, result.view.maxima, strict=True)
    return [100 * pair.points / max(maximum, 1) for pair, maximum in pairs]


def _ordered(result: Result) -> tuple[list[str], list[str], list[Pair]]:
    """Order people so that pairs stand side by side; the unmatched come last."""
    pairs = sorted(result.matching.pairs, key=lambda pair: (pair.mentor, -pair.points))
    mentors = list(dict.fromkeys(pair.mentor for pair in pairs))
    mentees = list(dict.fromkeys(pair.mentee for pair in pairs))
    mentors += sorted(set(result.view.mentors) - set(mentors))
    mentees += sorted(set(result.view.mentees) - set(mentees))
    return mentors, mentees, pairs

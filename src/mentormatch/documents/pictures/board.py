"""A sheet of paper on which every line of text is given its room, so that nothing overlaps.

Places are in inches from the upper left corner. A text is a text: no formulas, no line breaks.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from mentormatch.canvas import described, new_sheet
from mentormatch.spreadsheet import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#1b1b1b"
QUIET: Final = "#595959"
LINE: Final = "#c8c8c8"
BAND: Final = "#f0f0f0"
SIZE: Final = 7.0
"""Size of most texts, in points."""

_INCH: Final = 72.0
_CARE: Final = 1.06  # letters on a screen are a little wider than those in print
_CUT: Final = "…"
_HATCH: Final = 0.055  # between the lines of hatching


@dataclass(frozen=True, slots=True)
class Board:
    """A sheet to draw on.

    Parameters
    ----------
    figure, axes
        What is drawn on.
    width, height
        The size of the sheet.
    """

    figure: "Figure"
    axes: "Axes"
    width: float
    height: float

    @classmethod
    def new(cls, width: float, height: float) -> Self:
        """Make an empty one.

        Raises
        ------
        MentorMatchError
            When matplotlib isn't installed.
        """
        return cls(*new_sheet(width, height), width, height)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        room: float,
        *,
        size: float = SIZE,
        align: Literal["left", "center", "right"] = "left",
        bold: bool = False,
        colour: str = INK,
    ) -> float:
        """Write a line whose middle is at ``y``, cut to its room; return the width it takes."""
        words = shortened(words, room, size, bold=bold)
        if words:
            self.axes.text(
                x, y, words, fontsize=size, ha=align, va="center_baseline", color=colour,
                fontweight="bold" if bold else "normal", parse_math=False, zorder=6,
            )  # fmt: skip
        return width_of(words, size, bold=bold)

    def described(self, words: str) -> "Figure":
        """Say in words what it shows; return the picture."""
        return described(self.figure, printable(words))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        name: str = "",
        *,
        hatch: str = "",
        **look: Any,
    ) -> None:
        r"""Draw a rectangle by its upper left corner; its name stands in an SVG.

        Hatching is ``/``, ``\`` or ``x``.
        """
        from matplotlib.patches import PathPatch, Rectangle  # noqa: PLC0415 - optional
        from matplotlib.path import Path  # noqa: PLC0415 - optional

        patch = Rectangle((x, y), width, height, **look)
        if name:
            patch.set_gid(name)
        self.axes.add_patch(patch)
        points = [each for line in _hatching(x, y, width, height, hatch) for each in line]
        if points:
            # Lines of its own: printers make a large file of a pattern.
            path = Path(points, [Path.MOVETO, Path.LINETO] * (len(points) // 2))
            lines = {"edgecolor": look["edgecolor"], "zorder": look.get("zorder", 1)}
            self.axes.add_patch(PathPatch(path, fill=False, linewidth=0.7, **lines))

    def line(self, xs: Sequence[float], ys: Sequence[float], name: str = "", **look: Any) -> None:
        """Draw a line through points."""
        from matplotlib.lines import Line2D  # noqa: PLC0415 - optional

        drawn = Line2D(xs, ys, **look)
        if name:
            drawn.set_gid(name)
        self.axes.add_line(drawn)

    def mark(self, x: float, y: float, shape: str, size: float = 5.5, **look: Any) -> None:
        """Put a mark."""
        self.line([x], [y], marker=shape, markersize=size, linestyle="none", zorder=5, **look)


def _hatching(
    x: float, y: float, width: float, height: float, hatch: str
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """List the slanting lines that fill a rectangle; ``x`` are those of both directions."""
    for down in {"/": (False,), "\\": (True,), "x": (False, True)}.get(hatch, ()):
        for place in range(int((width + height) / _HATCH) + 1):
            begin = x - height + place * _HATCH
            left, right = max(begin, x), min(begin + height, x + width)
            if left < right:
                first, last = left - begin, right - begin
                if not down:
                    first, last = height - first, height - last
                yield (left, y + first), (right, y + last)


def width_of(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return how many inches a line takes at most."""
    from matplotlib.textpath import text_to_path  # noqa: PLC0415 - optional

    if not words:
        return 0.0
    width, _, _ = text_to_path.get_text_width_height_descent(words, _font(size, bold=bold), False)
    return float(width) / _INCH * _CARE


def shortened(words: str, room: float, size: float = SIZE, *, bold: bool = False) -> str:
    """Make a line of a text that fits into so many inches: whole words as far as they go."""
    line = _letters(words, bold=bold)
    if width_of(line, size, bold=bold) <= room:
        return line
    fits, too_long = 0, len(line)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        found = width_of(line[:middle].rstrip() + _CUT, size, bold=bold) <= room
        fits, too_long = (middle, too_long) if found else (fits, middle)
    if not fits:
        return _CUT if width_of(_CUT, size, bold=bold) <= room else ""
    at = line.rfind(" ", 0, fits + 1)
    # A single long word is cut where it has to be.
    kept = line[:at] if at > 2 * fits // 3 else line[:fits]
    return kept.rstrip(" ,.:;-–—(«") + _CUT


def wrapped(
    words: str, room: float, lines: int, size: float = SIZE, *, bold: bool = False
) -> list[str]:
    """Break a text into at most so many lines; the last one is cut to its room."""
    found: list[str] = []
    rest = _letters(words, bold=bold).split(" ")
    while rest and len(found) < lines - 1:
        taken = len(rest)
        while taken > 1 and width_of(" ".join(rest[:taken]), size, bold=bold) > room:
            taken -= 1
        found.append(" ".join(rest[:taken]))
        rest = rest[taken:]
    return [*found, " ".join(rest)] if rest else found


def _letters(words: str, *, bold: bool = False) -> str:
    """Put a text into one line of letters that can be drawn."""
    line = " ".join(printable(words).split())
    known = _known(bold=bold)
    # Signs that can't be seen could turn the line around.
    seen = (each for each in line if unicodedata.category(each) != "Cf")
    return "".join(each if ord(each) in known else "\ufffd" for each in seen)


@cache
def _font(size: float, *, bold: bool) -> Any:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - optional

    return FontProperties(size=size, weight="bold" if bold else "normal")


@cache
def _known(*, bold: bool) -> frozenset[int]:
    """List the characters that the font has."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415 - optional

    return frozenset(get_font(findfont(_font(SIZE, bold=bold))).get_charmap())

"""What all pictures share: figures without a window, colours, and how they are written.

Colours are two of those by Okabe and Ito, and blues that grow darker, which colour-blind people
tell apart and printers as well.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mentormatch.errors import MentorMatchError
from mentormatch.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

BLUE: Final = "#0072b2"
ORANGE: Final = "#d55e00"
PALE: Final = "#d9d9d9"
LEGIBLE: Final = 45  # names that can be read one under another
_KINDS: Final = frozenset({"png", "svg", "pdf"})


def save(figure: "Figure", path: str | Path) -> None:
    """Write a picture, with what it shows in words among its metadata.

    Parameters
    ----------
    figure
        A picture.
    path
        Ends in ``.png``, ``.svg`` or ``.pdf``. The same picture gives the same bytes.

    Raises
    ------
    MentorMatchError
        When the name ends otherwise.
    OSError
        When the folder can't be written.
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _KINDS:
        raise MentorMatchError.of("picture.kind", found=path.name)
    write_atomically(path, content_of(figure, kind))


def content_of(figure: "Figure", kind: str, *, lettered: bool = False) -> bytes:
    """Return the bytes of a picture's file; the same picture gives the same.

    What is laid out by hand keeps its size; of other pictures the empty margins are cut off.

    Parameters
    ----------
    figure
        A picture.
    kind
        ``png``, ``svg`` or ``pdf``.
    lettered
        Whether an SVG holds its words as text, which can be found and read out, and looks
        like what the reader's fonts make of it; otherwise as outlines.
    """
    label = str(figure.get_label())
    described: dict[str, dict[str, Any]] = {
        "png": {"Description": label, "Software": None},
        "svg": {"Description": label, "Date": None},
        "pdf": {"Subject": label, "CreationDate": None},
    }
    import matplotlib as mpl  # noqa: PLC0415 - optional

    content = BytesIO()
    fonts = "none" if lettered else "path"
    with mpl.rc_context({"svg.hashsalt": "mentormatch", "svg.fonttype": fonts}):
        figure.savefig(
            content, format=kind, metadata=described[kind], dpi=150, bbox_inches=_box(figure)
        )
    return content.getvalue()


def _box(figure: "Figure") -> str | None:
    return None if figure.get_layout_engine() is None else "tight"


@cache
def _kind_of_figure() -> "type[Figure]":
    """Make a figure that a notebook shows without a window or pyplot.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional
    except ImportError:
        raise MentorMatchError.of("picture.no-matplotlib") from None

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            content = BytesIO()
            self.savefig(content, format="png", dpi=110, bbox_inches=_box(self))
            return content.getvalue()

    return Picture


def new_figure(width: float, height: float) -> "tuple[Figure, Axes]":
    """Make an empty picture of a size in inches.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    figure = _kind_of_figure()(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def new_sheet(width: float, height: float) -> "tuple[Figure, Axes]":
    """Make an empty sheet on which everything has its place in inches, from the upper left.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    figure = _kind_of_figure()(figsize=(width, height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


@cache
def blues() -> "Colormap":
    """Make a map in which even the least is told apart from white paper."""
    import matplotlib as mpl  # noqa: PLC0415 - optional
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - optional

    shades = mpl.colormaps["Blues"](np.linspace(0.18, 1, 256))
    return LinearSegmentedColormap.from_list("fit", list(shades))


def described(figure: "Figure", words: str) -> "Figure":
    """Say in words what a picture shows."""
    figure.set_label(words)
    return figure

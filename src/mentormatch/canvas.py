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
    label = str(figure.get_label())
    described: dict[str, dict[str, Any]] = {
        "png": {"Description": label, "Software": None},
        "svg": {"Description": label, "Date": None},
        "pdf": {"Subject": label, "CreationDate": None},
    }
    if kind not in described:
        raise MentorMatchError.of("picture.kind", found=path.name)
    import matplotlib as mpl  # noqa: PLC0415 - optional

    content = BytesIO()
    with mpl.rc_context({"svg.hashsalt": "mentormatch"}):
        figure.savefig(content, format=kind, metadata=described[kind], dpi=150, bbox_inches="tight")
    write_atomically(path, content.getvalue())


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
            self.savefig(content, format="png", dpi=110, bbox_inches="tight")
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

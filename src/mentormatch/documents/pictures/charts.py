"""Pictures of a programme: the roadmap and its indicators, and a sheet at a glance.

They need matplotlib, as all pictures do. Each function returns a matplotlib figure that no
window manages: a notebook shows it, :func:`save` writes it. Its label is what it shows in words,
for whoever can't see it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mentormatch.canvas import content_of, save
from mentormatch.documents.pictures.bars import indicator_bars
from mentormatch.documents.pictures.gantt import gantt
from mentormatch.documents.pictures.glance import at_a_glance
from mentormatch.documents.sources import Paper, Sources
from mentormatch.files import safe_name
from mentormatch.messages import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["at_a_glance", "gantt", "indicator_bars", "pictures", "save"]

CODE: Final = "D-PIC"


def pictures(sources: Sources) -> Iterator[Paper]:
    """Make the pictures of a day: each as PNG and SVG, the sheet as PDF besides.

    Raises
    ------
    MentorMatchError
        When matplotlib isn't installed.
    """
    for name, figure, kinds in _drawn(sources):
        words = text(f"chart.file.{name}", sources.lang)
        stem = safe_name(f"{words} {sources.on.isoformat()}")
        for kind in kinds:
            yield Paper(CODE, f"{stem}.{kind}", content_of(figure, kind))


def _drawn(sources: Sources) -> "Iterator[tuple[str, Figure, tuple[str, ...]]]":
    """Draw one after another: its name, the picture, and as what it is written."""
    yield "gantt", gantt(sources.status, sources.lang), ("png", "svg")
    yield "bars", indicator_bars(sources.told, sources.lang), ("png", "svg")
    yield "glance", at_a_glance(sources), ("png", "svg", "pdf")

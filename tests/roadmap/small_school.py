"""The school of the page "Indicators worked by hand": its journal is read from the page itself."""

import re
from pathlib import Path
from types import SimpleNamespace

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "indicators-worked-by-hand.md"


def small_school() -> SimpleNamespace:
    """Run the page's first blocks, up to the first that asks for a status.

    Returns
    -------
    SimpleNamespace
        ``entries``, ``cohort``, ``headcounts``, ``enterprises``, ``roadmap`` and what else the
        page names.
    """
    found: dict[str, object] = {"__name__": "small_school"}
    for code in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S):
        if "roadmap.status(" in code:
            break
        exec(compile(code, PAGE.name, "exec"), found)  # noqa: S102 - our own page
    return SimpleNamespace(**found)

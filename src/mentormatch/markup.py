"""HTML in which a text is always a text: what isn't markup already is escaped.

Markup is made by :func:`tag` alone; there is no way to put a string in unescaped.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

_VOID: Final = frozenset({"br", "meta"})
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class Markup(str):
    """A piece of HTML that has been escaped where it had to be."""

    __slots__ = ()


def tag(name: str, /, *inside: str | None, **attributes: object) -> Markup:
    """Make an element.

    Parameters
    ----------
    name
        Its name.
    *inside
        Markup is taken as it is, any other text is escaped, None is left out.
    **attributes
        Values are escaped, those that are None are left out; an underscore stands for a
        hyphen, and one at the end is dropped, so that ``class_`` is ``class``.
    """
    opening = f"<{name}{_written(attributes)}>"
    if name in _VOID:
        return Markup(opening)
    return Markup(f"{opening}{joined(*inside)}</{name}>")


def joined(*parts: str | None) -> Markup:
    """Put pieces one after another, as :func:`tag` does."""
    return Markup("".join(_safe(part) for part in parts if part is not None))


def verbatim_style(css: str) -> Markup:
    """Put a style sheet of the library into an element; its text isn't escaped in HTML.

    Raises
    ------
    ValueError
        When it would end the element.
    """
    if "<" in css:
        raise ValueError("a style sheet can't hold '<'")
    return Markup(f"<style>{css}</style>")


def _safe(part: str) -> str:
    return part if isinstance(part, Markup) else escape(_UNPRINTABLE.sub("\ufffd", part))


def _written(attributes: Mapping[str, object]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_safe(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )

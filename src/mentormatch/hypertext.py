"""What web pages share: the head, the style sheet, sections, lists and tables.

A page loads nothing and runs nothing. Everything in it is escaped by ``markup``.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Final

from mentormatch.markup import Markup, tag, verbatim_style
from mentormatch.messages import Language

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def document(title: str, lang: Language, header: Markup, sections: Iterable[Markup]) -> str:
    """Write a page as one HTML document.

    Parameters
    ----------
    title
        What stands above it.
    lang
        The language of the page.
    header
        What stands below the title.
    sections
        What stands on it.
    """
    style = files("mentormatch").joinpath("webpage.css").read_text("utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="robots", content="noindex"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", title),
        verbatim_style(style),
    )
    body = tag("body", tag("header", tag("h1", title), header), tag("main", *sections))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=lang)}\n"


def section(name: str, heading: str, *inside: str | None) -> Markup:
    """Make a section with a heading."""
    return tag("section", tag("h2", heading), *inside, id=name)


def listed(lines: Iterable[str]) -> Markup:
    """Make a list; nothing where there are no lines."""
    items = [tag("li", line) for line in lines]
    return tag("ul", *items) if items else Markup("")


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    class_: str | None = None,
    *,
    caption: str | None = None,
) -> Markup:
    """Make a table whose cells carry their title, for screens too narrow for columns.

    Parameters
    ----------
    heads
        Titles of the columns.
    rows
        Cells.
    class_
        How it looks.
    caption
        What it is about; the first cell of a row is then the row's title.
    """
    body = [
        tag(
            "tr",
            *(
                tag("td", cell, data_label=head)
                if place or caption is None
                else tag("th", cell, scope="row", data_label=head)
                for place, (head, cell) in enumerate(zip(heads, row, strict=True))
            ),
        )
        for row in rows
    ]
    head = tag("thead", tag("tr", *(tag("th", each, scope="col") for each in heads)))
    said = None if caption is None else tag("caption", caption)
    return tag("table", said, head, tag("tbody", *body), class_=class_)

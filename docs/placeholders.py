"""Publish what templates of documents can fill in: ``python docs/placeholders.py``.

Writes ``placeholders.md`` in ``docs/reference``, or in another folder that is named.
"""

import sys
from pathlib import Path

import mentormatch as mm

HEAD = """\
# Placeholders

What the template of each document can fill in, and what will stand there. How templates are written: [](../how-to/edit-a-template.md). Something of each item of a list, such as `pairs.term`, is
written with the name that the repetition gives the item: `{%tr for pair in pairs %}`, then `{{ pair.term }}`. What is marked with * every template of the document must have.
"""


def publish(folder):
    """Write the page."""
    page = [HEAD]
    for kind in mm.template_kinds().values():
        page.append(
            f"\n## `{kind.name}.docx`\n\n| placeholder | what it is | что это |\n|---|---|---|\n"
        )
        for english, russian in zip(kind.placeholders("en"), kind.placeholders("ru"), strict=True):
            name = f"`{english.name}`{' *' * english.required}{' (list)' * english.is_list}"
            page.append(f"| {name} | {english.meaning} | {russian.meaning} |\n")
    (folder / "placeholders.md").write_text("".join(page), "utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "reference")

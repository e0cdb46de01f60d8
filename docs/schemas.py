"""Publish the JSON Schemas of a programme's records: ``python docs/schemas.py``.

Writes ``schemas.md`` and ``schemas/`` in ``docs/reference``, or in another folder that is named.
"""

import json
import sys
from pathlib import Path

from mentormatch.programme.schemas import schemas

HEAD = """\
# JSON Schemas

What each record of a programme looks like to a program in any language, in JSON Schema 2020-12. A store of your own needs `entry` only: it holds any fact. Fields with `"private": true` hold
what a person wrote; `null` there means that it is kept elsewhere or has been erased. What the records mean: [](programme-records.md); how to work with them:
[](../how-to/keep-the-programme-in-your-own-database.md).

| record | what it is |
|---|---|
"""
FIRST = ("entry", "plan_templates")


def publish(folder: Path) -> None:
    """Write the files, and the page that lists them."""
    found = schemas()
    files = folder / "schemas"
    files.mkdir(parents=True, exist_ok=True)
    for name, schema in found.items():
        content = json.dumps(schema, ensure_ascii=False, indent=2)
        (files / f"{name}.json").write_text(f"{content}\n", "utf-8", newline="\n")
    names = [*FIRST, *sorted(found.keys() - set(FIRST))]
    rows = (
        f"| {{download}}`{name} <schemas/{name}.json>` | {found[name]['description']} |\n"
        for name in names
    )
    (folder / "schemas.md").write_text(HEAD + "".join(rows), "utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "reference")

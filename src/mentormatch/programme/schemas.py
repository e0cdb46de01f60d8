"""What every record of a programme looks like, for programs in any language."""

import re
from typing import Any, Final

from mentormatch.programme.facts import FACTS, Entry
from mentormatch.programme.templates import PlanTemplates
from mentormatch.record import Part

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# As numpydoc writes: a line over dashes, and names over what is said of them.
_SECTION: Final = re.compile(r"\n\n\w+\n-+\n")
_FIELD: Final = re.compile(r"^(\S.*)\n((?: +\S.*\n?)+)", re.MULTILINE)
_MARKUP: Final = re.compile(r"(?::\w+:)?`+([^`]*)`+")
_RECORDS: Final[dict[str, type[Part]]] = {
    "entry": Entry,
    "plan_templates": PlanTemplates,
    **FACTS,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema (2020-12) for each kind of fact, the entry, and the templates.

    A field with ``"private": true`` holds what a person wrote: null there means that it is
    kept elsewhere or has been erased. ``docs/reference/schemas`` has them as files.
    """
    return {name: {"$schema": _DIALECT, **_schema(record)} for name, record in _RECORDS.items()}


def _schema(record: type[Part]) -> dict[str, Any]:
    schema = record.model_json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        # The name of the kind has a default in Python, but a record can't be read without it.
        if "const" in each.get("properties", {}).get("fact", {}):
            each["required"] = ["fact", *each.get("required", ())]
        if "description" in each:
            _describe(each)
    return schema


def _describe(schema: dict[str, Any]) -> None:
    """Put what a docstring says of each field beside the field."""
    whole, *sections = _SECTION.split(schema["description"])
    schema["description"] = _plain(whole)
    for names, said in (field for section in sections for field in _FIELD.findall(section)):
        together = names.split(", ")
        line = _plain(said) if len(together) == 1 else f"{names}: {_plain(said)}"
        for name in schema.get("properties", {}).keys() & set(together):
            schema["properties"][name]["description"] = line


def _plain(said: str) -> str:
    """Write a docstring in one line, without its markup."""
    return " ".join(_MARKUP.sub(r"\1", said).split())

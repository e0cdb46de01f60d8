"""What every record of a programme looks like, for programs in any language."""

from typing import Any, Final

from mentormatch.programme.facts import FACTS, Entry
from mentormatch.programme.templates import PlanTemplates
from mentormatch.record import Part

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_RECORDS: Final[dict[str, type[Part]]] = {
    "entry": Entry,
    "plan_templates": PlanTemplates,
    **FACTS,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema (2020-12) for each kind of fact, the entry, and the templates.

    A field with ``"private": true`` holds what a person wrote: null there means that it is
    kept elsewhere or has been erased.
    """
    return {name: {"$schema": _DIALECT, **_schema(record)} for name, record in _RECORDS.items()}


def _schema(record: type[Part]) -> dict[str, Any]:
    schema = record.model_json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        # The name of the kind has a default in Python, but a record can't be read without it.
        if "const" in each.get("properties", {}).get("fact", {}):
            each["required"] = ["fact", *each.get("required", ())]
    return schema

"""Another program can keep and check the records by their schemas."""

import json

import jsonschema
import pytest

from lives import PLAN, RUNNING, entries
from mentormatch.programme.facts import FACTS, Entry, TaskDone
from mentormatch.programme.schemas import schemas
from mentormatch.programme.templates import PlanTemplates


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_a_schema(name):
    """It is valid itself, and plain JSON."""
    schema = json.loads(json.dumps(schemas()[name]))
    jsonschema.Draft202012Validator.check_schema(schema)


def test_there_is_a_schema_of_every_record():
    """Each kind of fact, the entry, and the templates of plans."""
    assert schemas().keys() == {"entry", "plan_templates", *FACTS}


def accepts(name, content):
    """Tell whether a schema accepts plain data."""
    return jsonschema.Draft202012Validator(schemas()[name]).is_valid(content)


@pytest.mark.parametrize("fact", [*RUNNING, PLAN], ids=lambda fact: fact.fact)
def test_a_record_fits_its_schema(fact):
    """Whole, and without what people wrote."""
    assert accepts(fact.fact, fact.model_dump(mode="json"))
    assert accepts(fact.fact, fact.split()[0])


def test_an_entry_fits_its_schema():
    """With any fact in it."""
    for entry in entries(RUNNING):
        plain = json.loads(entry.model_dump_json())
        assert accepts("entry", plain)
        assert Entry.model_validate(plain) == entry


def test_the_ready_templates_fit_their_schema():
    """As they are saved."""
    assert accepts("plan_templates", PlanTemplates.preset("target-model").to_dict())


@pytest.mark.parametrize(
    "change",
    [
        {"mark": 11},
        {"mark": 0},
        {"on": None},
        {"task": ""},
        {"fact": "task_undone"},
        {"name": "somebody"},
    ],
)
def test_what_a_fact_refuses_its_schema_refuses(change):
    """Neither takes a mark of 11, a blank code or a key of its own."""
    plain = TaskDone(pair="P1", task="t1", on="2025-10-01", mark=10).model_dump(mode="json")
    assert accepts("task_done", plain)
    assert not accepts("task_done", plain | change)


def test_a_record_without_its_kind_is_refused():
    """Nobody could tell what it is."""
    plain = TaskDone(pair="P1", task="t1", on="2025-10-01").model_dump(mode="json")
    del plain["fact"]
    assert not accepts("task_done", plain)


def test_what_people_wrote_is_marked_in_the_schema():
    """Whoever keeps the records knows what to keep apart."""
    private = {
        name
        for name, schema in schemas().items()
        for field, each in schema.get("properties", {}).items()
        if each.get("private")
    }
    assert "answered" in private
    assert "ordered" not in private
    assert schemas()["task_done"]["properties"]["actual_result"]["private"] is True

"""Another program can keep and check the records by their schemas."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

import mentormatch as mm
from lives import PLAN, RUNNING, entries
from mentormatch.datasets import school
from mentormatch.programme.facts import FACTS, Accepted, Entry, Ordered, TaskDone
from mentormatch.programme.schemas import schemas
from mentormatch.programme.templates import PlanTemplates

DOCS = Path(__file__).parents[2] / "docs"
PUBLISHED = DOCS / "reference" / "schemas"


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_a_schema(name):
    """It is valid itself, and plain JSON."""
    schema = json.loads(json.dumps(schemas()[name]))
    jsonschema.Draft202012Validator.check_schema(schema)


def test_there_is_a_schema_of_every_record():
    """Each kind of fact, the entry, and the templates of plans."""
    assert schemas().keys() == {"entry", "plan_templates", *FACTS}


def test_what_is_published_is_what_holds(tmp_path):
    """The files and the page in the documentation are those that ``docs/schemas.py`` writes."""
    subprocess.run([sys.executable, DOCS / "schemas.py", tmp_path], check=True, timeout=120)
    written = {file.name: file.read_text("utf-8") for file in (tmp_path / "schemas").iterdir()}
    assert written == {file.name: file.read_text("utf-8") for file in PUBLISHED.iterdir()}
    page = (PUBLISHED.parent / "schemas.md").read_text("utf-8")
    assert (tmp_path / "schemas.md").read_text("utf-8") == page
    assert {name: json.loads(text) for name, text in written.items()} == {
        f"{name}.json": schema for name, schema in schemas().items()
    }


def test_a_field_says_what_it_means():
    """In plain words, without the markup of docstrings; fields that share them are named."""
    pair = schemas()["ordered"]
    assert pair["description"] == "The director orders accepted pairs: from now on they run."
    assert pair["properties"]["pairs"]["description"] == "Which pairs."
    assert pair["properties"]["on"]["description"] == "number, on: Number and date of the order."
    assert not [name for name, each in schemas().items() if "----" in str(each) or "`" in str(each)]


def test_the_facts_of_a_school_fit_the_published_schema():
    """A matching of made-up people, its order and its plans, every entry of them."""
    cohort = school("boarding_small").cohort
    result = mm.match(cohort, mm.Policy.preset("official"))
    journal, state = [], mm.State()

    def record(*facts):
        nonlocal state
        for fact in facts:
            entry = state.entry(fact, "curator", datetime(2026, 10, 5, 12, tzinfo=UTC))
            state = state.apply(entry)
            journal.append(entry)

    record(*mm.round_facts(result, cohort, state, "R"))
    pairs, day = tuple(state.pairs), date(2026, 10, 5)
    record(
        Accepted(pairs=pairs),
        Ordered(number="1", on=day, pairs=pairs, starts=day, ends=date(2027, 5, 31)),
    )
    record(*(plan.fact(state, day) for plan in mm.draft_plans(result, cohort)))
    assert len(journal) == 4 + len(pairs)
    schema = json.loads((PUBLISHED / "entry.json").read_text("utf-8"))
    check = jsonschema.Draft202012Validator(schema)
    lines = [json.loads(entry.model_dump_json()) for entry in journal]
    assert [error.message for line in lines for error in check.iter_errors(line)] == []
    lines[-1]["fact"]["tasks"][0]["weight"] = 0
    assert not check.is_valid(lines[-1])


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

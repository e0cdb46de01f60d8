"""The house stands: a module imports only from the layers below it."""

import ast
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "mentormatch"

# From the ground up. A room is a module, or a package with its modules in the order in which
# they may import each other; rooms of one layer don't know each other.
LAYERS: list[tuple[str, ...]] = [
    ("messages", "verify_standalone"),
    ("errors",),
    ("files",),
    ("canvas", "markup", "record", "spreadsheet", "wordfile"),
    ("hypertext", "participant", "questionnaire"),
    ("column", "interchange"),
    ("condition", "validity"),
    ("keys",),
    ("report",),
    ("cohort",),
    ("audience", "consent"),
    ("blanks", "intake", "policy"),
    ("privacy",),
    ("profiles",),
    ("graph", "problem"),
    ("grouping", "matching", "network", "scores"),
    ("solvers",),
    ("analysis",),
    ("questions",),
    ("answers", "arrays", "storage"),
    ("webpage",),
    ("result",),
    ("pictures", "pipeline", "suggestion", "verification"),
    ("scenario",),
    ("renewal",),
    ("programme",),
    ("office", "roadmap"),
    ("documents",),
    ("",),  # mentormatch/__init__.py, the shop window
]
PACKAGES: dict[str, tuple[str, ...]] = {
    "documents": (
        *("faces", "shelf", "sources", "templates", "papers", "tables", "pictures", "page"),
        *("calendar", "cabinet"),
    ),
    "documents.templates": ("package", "placeholders", "template"),
    "documents.papers": (
        *("heads", "orders", "plans", "letters", "minutes", "findings", "monitoring", "protocol"),
        "kinds",
    ),
    "documents.tables": (*("sheets", "bases", "registers", "comparisons", "unmatched", "roadmap"),),
    "documents.pictures": ("board", "timeline", "gantt", "bars", "glance", "charts", "inline"),
    "roadmap": (
        *("deadlines", "activities", "evidence", "indicators", "measures", "forecast"),
        *("standing", "status", "registers", "roadmap"),
    ),
    "office": (
        *("filled_sheets", "judge", "decision_sheet", "event_log", "meeting_log", "task_sheet"),
        *("surveys", "traces", "done", "desk", "steps"),
    ),
    "blanks": ("contents", "filling", "workbook", "paper", "form"),
    "programme": (
        *("facts", "refusals", "people", "meetings", "plans", "decisions", "pairs", "waves"),
        *("history", "state", "rounds", "status", "templates", "drafts", "schemas"),
        *("diagnostics", "register", "folder"),
    ),
    "programme.facts": (
        *("base", "pairs", "people", "rounds", "meetings", "plans", "diagnostics", "events"),
        "entry",
    ),
    "programme.register": (
        *("tables", "faults", "address", "chain", "rows", "folding", "totals", "kept"),
        *("purging", "migrations", "versions", "checking", "store"),
    ),
    "programme.register.migrations": ("v0001",),
    "privacy": ("small_cells", "access_log", "consents", "export", "anonymity"),
    "profiles": ("reliability", "diligence", "profile", "pictures"),
    "intake": (
        *("source", "canonical", "meter", "guard", "workbook", "bulk", "delimited"),
        *("headers", "cells", "tables", "records", "columns"),
        *("mending", "values", "options", "classes", "answers", "directory"),
        *("fields", "rows", "submissions", "people", "roster", "oneroster", "reading"),
    ),
    "policy": (
        *("numerals", "arrays", "fields", "links", "extensions"),
        *("groups", "forms", "weights", "quotas", "limits", "goals"),
        *("criteria", "rules", "findings", "policy"),
    ),
    "policy.criteria": ("base", "numbers", "people", "sets", "custom"),
    "policy.rules": ("base", "admission", "answers", "people", "custom"),
    "graph": ("scoring", "verdicts", "candidates", "export"),
    "network": (
        *("lottery", "families", "model", "packing", "paths", "potentials", "residual"),
        *("repair", "cycles"),
    ),
    "questions": (
        *("fairness", "lots", "seats", "side_limits", "peers", "co_mentors"),
        *("question", "group_question", "market"),
    ),
    "arrays": ("arguments", "array_problem", "assignment"),
    "answers": ("shortage", "recruitment", "tolerance"),
    "storage": ("archive", "group_archive", "result_file"),
    "solvers.groups": ("ground", "pricing", "master", "columns", "exhaustive", "start", "engine"),
    "solvers": (
        *("exhaustive", "calls", "child", "clock", "flow", "cuts", "opening"),
        *("lexicographic", "branching", "budget", "program", "integer"),
        *("groups", "stable", "equals"),
    ),
    "analysis": (
        *("certificate", "branches", "group_certificate", "group_proof", "stability"),
        *("outcome", "witness", "incumbent", "narrowing", "budget_proof"),
        *("proof", "group_answer", "regret", "cost", "gains", "prices", "conflict", "repairs"),
        *("explanation", "diagnosis", "report", "alternatives", "changes"),
        "equity",
    ),
}
# May import anything of the house, and nothing of the house imports them; cli imports them all,
# and __main__ is the door to it.
SIDE_ROOMS = ("__main__", "cli", "notebook", "tuning", "distributed", "datasets", "testing")

# Where the trust argument rests: whoever reads these files needs to read nothing else.
ALLOWED_ONLY = {
    "analysis.certificate": {"numpy", "mentormatch.errors", "mentormatch.problem"},
    "analysis.group_certificate": {
        *("numpy", "mentormatch.errors", "mentormatch.problem", "mentormatch.grouping"),
    },
    "verify_standalone": set(),
}
FORBIDDEN = {
    *("pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"),  # run code when read
    *("yaml", "ruamel"),
    *("socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "ftplib", "smtplib"),
}
FORBIDDEN_CALLS = {"eval", "exec", "__import__"}


def name_of(path: Path) -> str:
    """Name a module as the table does: ``intake.tables``; the shop window has no name."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """List what a module imports, wherever in it: line and full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            # Each name may be a module of its own: "from mentormatch import files".
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            target = node.args[0]
            if called == "import_module" and isinstance(target, ast.Constant):
                yield node.lineno, str(target.value)


def inside(full_name: str) -> str:
    """Find the module of the house that an import of ``mentormatch...`` reaches."""
    name = full_name.removeprefix("mentormatch").removeprefix(".")
    while name:
        path = SOURCE.joinpath(*name.split("."))
        if path.is_dir() or path.with_suffix(".py").is_file() or placed(name):
            return name
        name = name.rpartition(".")[0]
    return name


def placed(module: str) -> bool:
    """Tell whether the table has a place for a module."""
    room, *steps = module.split(".")
    if room in SIDE_ROOMS:
        return True
    if not any(room in layer for layer in LAYERS):
        return False
    for step in steps:
        if step not in PACKAGES.get(room, ()):
            return False
        room = f"{room}.{step}"
    return True


def height(module: str) -> tuple[float, ...]:
    """Say how high a module stands: its layer, then its place within each of its packages."""
    room, *steps = module.split(".")
    places: list[float] = [next(place for place, rooms in enumerate(LAYERS) if room in rooms)]
    for step in steps:
        places.append(PACKAGES[room].index(step))
        room = f"{room}.{step}"
    # A package's own file comes after everything in the package.
    return (*places, math.inf)


def may_import(module: str, target: str) -> bool:
    """Tell whether one module of the house may import another."""
    room, target_room = module.partition(".")[0], target.partition(".")[0]
    if target_room in SIDE_ROOMS:
        return room in (target_room, "cli", "__main__")
    if room in SIDE_ROOMS:
        return True
    if room == target_room:
        return height(target) < height(module)
    return height(target)[0] < height(module)[0]


def faults_of(module: str, source: str) -> list[str]:
    """List what a module does against the order of the house."""
    tree = ast.parse(source)
    faults = []
    if not placed(module):
        faults.append(f"{module} has no place in the table of layers")
        return faults
    for line, name in imports_of(tree):
        top = name.partition(".")[0]
        fault = ""
        if name.startswith("."):
            fault = "imports relatively"
        elif top == "mentormatch":
            target = inside(name)
            if not placed(target):
                fault = f"imports {target}, which has no place in the table of layers"
            elif not may_import(module, target):
                fault = f"imports {target or 'mentormatch'}, which is not below it"
        elif top in FORBIDDEN:
            fault = f"imports {top}"
        elif top == "ortools" and not module.startswith("solvers"):
            fault = "imports ortools outside solvers/"
        if not fault and module in ALLOWED_ONLY and not allowed(module, name):
            fault = f"imports {name}, which its readers would have to trust"
        if fault:
            faults.append(f"{module}, line {line}: {fault}")
    faults += [f"{module}, line {line}: calls {name}" for line, name in calls_of(module, tree)]
    return faults


def allowed(module: str, name: str) -> bool:
    """Tell whether a module with an allow-list of its own may import a name."""
    top = name.partition(".")[0]
    known = ALLOWED_ONLY[module]
    return (
        top in sys.stdlib_module_names
        or top in known
        or any(name.startswith(f"{entry}.") for entry in known)
    )


def calls_of(module: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """List calls that no module, or no module but the command line, may make."""
    refused = FORBIDDEN_CALLS if module.startswith("cli") else FORBIDDEN_CALLS | {"print"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in refused:
            yield node.lineno, node.func.id


MODULES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path) or "mentormatch")
def test_a_module_keeps_the_order_of_the_house(path):
    """It imports from below only, and nothing that the house forbids."""
    assert faults_of(name_of(path), path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        # upwards, sideways, and back into itself
        ("record", "from mentormatch.cohort import Cohort"),
        ("cohort", "from mentormatch.intake.tables import read_table"),
        ("intake.reading", "from mentormatch.policy.rules import Rule"),
        ("spreadsheet", "import mentormatch.record"),
        ("column", "from mentormatch import cohort"),
        ("result", "import mentormatch"),
        # against the order within a package
        ("intake.tables", "from mentormatch.intake.reading import read_cohort"),
        ("policy.rules", "from mentormatch.policy import Policy"),
        # hidden: inside a function, under TYPE_CHECKING, by name, relative
        ("record", "def f():\n    from mentormatch.result import Result"),
        ("record", "if TYPE_CHECKING:\n    from mentormatch.result import Result"),
        ("record", "importlib.import_module('mentormatch.result')"),
        ("policy.rules", "from .policy import Policy"),
        # side rooms
        ("pipeline", "from mentormatch.datasets import school"),
        ("", "from mentormatch.notebook import studio"),
        ("datasets.school", "from mentormatch.testing import cohorts"),
        # OR-Tools away from home
        ("analysis.prices", "from ortools.graph.python import min_cost_flow"),
        ("cli", "import ortools"),
        # what the checker of proofs must not lean on
        ("analysis.certificate", "from mentormatch.network.model import Circulation"),
        ("analysis.certificate", "import networkx"),
        ("verify_standalone", "import numpy as np"),
        ("verify_standalone", "from mentormatch.messages import text"),
        # what nobody may do
        ("record", "import pickle"),
        ("record", "from urllib.request import urlopen"),
        ("intake.tables", "import yaml"),
        ("record", "eval('1')"),
        ("record", "print('hello')"),
        ("attic", "import json"),
    ],
)
def test_a_planted_fault_is_found(module, source):
    """Each way to break the order is noticed."""
    assert len(faults_of(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("record", "from mentormatch import messages\nfrom mentormatch.files import write"),
        ("cohort", "from mentormatch.column import Column\nimport numpy as np"),
        ("intake.reading", "from mentormatch.intake.tables import read_table"),
        ("intake", "from mentormatch.intake.reading import read_cohort"),
        ("analysis.certificate", "import numpy as np\nfrom mentormatch.problem import Problem"),
        ("verify_standalone", "import json"),
        ("solvers.flow", "def f():\n    from ortools.graph.python import min_cost_flow"),
        ("datasets.school", "from mentormatch.datasets.names import people"),
        ("cli", "import mentormatch as mm\nfrom mentormatch.datasets import school\nprint(1)"),
        ("", "from mentormatch.pipeline import match"),
        ("record", "frame.eval('a')"),
    ],
)
def test_what_is_in_order_is_let_through(module, source):
    """The same kinds of import, downwards, are fine."""
    assert faults_of(module, source) == []

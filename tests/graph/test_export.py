"""Other programs see the same graph."""

from datetime import date

import networkx as nx
import pytest

from mentormatch.cohort import Cohort
from mentormatch.graph.candidates import build_graph
from mentormatch.graph.export import write_graphml
from mentormatch.participant import Participant
from mentormatch.policy.policy import Policy
from mentormatch.questionnaire import Questionnaire


@pytest.fixture(scope="module")
def graph():
    """Build a graph with two forms and a person in both roles."""
    form = Questionnaire.preset("target-model")
    policy = Policy.from_dict(
        {
            "name": "p",
            "forms": [
                {
                    "id": "lesson",
                    "label": "Lesson",
                    "mentees": {"kind": "student"},
                    "weights": {"choice": 1, "interests": 0.5},
                },
                {"id": "talk", "label": "Talk", "weights": {"choice": 1}},
            ],
            "criteria": [
                {"id": "choice", "type": "mutual-choice", "field": "choices"},
                {"id": "interests", "type": "overlap", "field": "interests"},
            ],
        }
    )
    people = [
        Participant(
            id="T<1>",
            kind="teacher",
            roles={"mentor", "mentee"},
            answers={"interests": ("sport",), "choices": ("S-1",)},
        ),
        Participant(id="T-2", kind="teacher", roles={"mentor"}, answers={}),
        Participant(
            id="S-1",
            kind="student",
            roles={"mentee"},
            answers={"interests": ("sport",), "choices": ("T<1>",)},
        ),
    ]
    return build_graph(Cohort.from_participants(form, people, as_of=date(2025, 9, 10)), policy)


def test_networkx_sees_both_sides_and_every_pair(graph):
    """A person in both roles is two nodes; raw scores are those the form lists."""
    view = graph.to_networkx()
    assert nx.is_bipartite(view)
    assert dict(view.nodes(data=True)) == {
        "mentor:T-2": {"bipartite": 0, "side": "mentor", "id": "T-2", "kind": "teacher"},
        "mentor:T<1>": {"bipartite": 0, "side": "mentor", "id": "T<1>", "kind": "teacher"},
        "mentee:S-1": {"bipartite": 1, "side": "mentee", "id": "S-1", "kind": "student"},
        "mentee:T<1>": {"bipartite": 1, "side": "mentee", "id": "T<1>", "kind": "teacher"},
    }
    assert {(one, two): data for one, two, data in view.edges(data=True)} == {
        ("mentor:T-2", "mentee:S-1"): {
            "form": "lesson",
            "points": 250_000,
            "raw": {"choice": 0, "interests": 500},
        },
        ("mentor:T<1>", "mentee:S-1"): {
            "form": "lesson",
            "points": 1_500_000,
            "raw": {"choice": 1000, "interests": 1000},
        },
        ("mentor:T-2", "mentee:T<1>"): {"form": "talk", "points": 0, "raw": {"choice": 0}},
    }


def test_graphml_holds_the_same(graph, tmp_path):
    """Codes with signs of XML come back as they were."""
    write_graphml(graph, tmp_path / "graph.graphml")
    read = nx.read_graphml(tmp_path / "graph.graphml")
    view = graph.to_networkx()
    assert dict(read.nodes(data=True)) == dict(view.nodes(data=True))
    for one, two, data in view.edges(data=True):
        raw = {f"raw_{name}": value for name, value in data.pop("raw").items()}
        assert read.edges[one, two] == data | raw


def test_the_same_graph_gives_the_same_file(graph, tmp_path):
    """Byte by byte."""
    write_graphml(graph, tmp_path / "one.graphml")
    write_graphml(graph, tmp_path / "two.graphml")
    assert (tmp_path / "one.graphml").read_bytes() == (tmp_path / "two.graphml").read_bytes()

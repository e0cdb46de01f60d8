"""The candidate graph for other programs."""

from pathlib import Path

from mentormatch.files import write_atomically
from mentormatch.graph.candidates import CandidateGraph


def write_graphml(graph: CandidateGraph, path: str | Path) -> None:
    """Write the graph as GraphML, with nodes and edges as ``to_networkx`` describes them.

    GraphML knows no tables, so the raw scores of an edge are attributes ``raw_CRITERION``.

    Raises
    ------
    OSError
        When the folder can't be written; an old file is then untouched.
    """
    import networkx as nx  # noqa: PLC0415 - heavy, and only for this

    view = graph.to_networkx()
    for _, _, edge in view.edges(data=True):
        edge.update({f"raw_{name}": raw for name, raw in edge.pop("raw").items()})
    lines = nx.generate_graphml(view)
    write_atomically(path, ('<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines)).encode())

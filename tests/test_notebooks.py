"""The notebooks run from the first cell to the last, and are kept without results."""

from pathlib import Path

import nbclient
import nbformat
import pytest

DOCS = Path(__file__).parent.parent / "docs"
NOTEBOOKS = sorted(
    path
    for path in DOCS.rglob("*.ipynb")
    if not {"_build", ".ipynb_checkpoints"}.intersection(path.parts)
)
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """List the cells that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@by_name
def test_a_notebook_runs_and_shows_no_traceback(path, tmp_path):
    """Whoever runs all cells gets results; even a mistake made on purpose reads well."""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert [output.ename for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@by_name
def test_a_notebook_is_kept_without_results(path):
    """Nobody's answers get into the repository with a notebook somebody has run."""
    notebook = nbformat.read(path, as_version=4)
    kept = [cell for cell in code_cells(notebook) if cell.outputs or cell.execution_count]
    assert kept == []


@by_name
def test_a_notebook_asks_for_any_python(path):
    """It opens wherever the library is installed, whatever the version of Python."""
    metadata = nbformat.read(path, as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "version" not in metadata.language_info

"""How the documentation site is made: ``python -m sphinx docs docs/_build``."""

import importlib.metadata

from docutils import nodes
from docutils.parsers.rst import Directive

from mentormatch.messages import catalogue

project = "mentormatch"
author = "the mentormatch authors"
copyright = author
release = importlib.metadata.version("mentormatch-toolkit")

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]

html_theme = "furo"
html_title = f"mentormatch {release}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Notebooks are kept without results; the site shows them with results.
nb_execution_mode = "auto"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {
    "exclude-members": "error, model_config, model_post_init, newest_version, preset_folder"
}
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_attr_annotations = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88


class ErrorCodes(Directive):
    """A table of every defect the library can report, from its own catalogue."""

    def run(self):
        """Put one row per code, with what it says is wrong and what to do."""
        sentences = catalogue("en")
        codes = sorted(
            {
                key.removesuffix(".plural").removesuffix(".other").removesuffix(".problem")
                for key in sentences
                if key.endswith((".problem", ".problem.other"))
            }
        )
        table = nodes.table(classes=["error-codes"])
        group = nodes.tgroup(cols=3)
        table += group
        for width in (24, 38, 38):
            group += nodes.colspec(colwidth=width)
        head, body = nodes.thead(), nodes.tbody()
        group += [head, body]
        head += _row(*(nodes.Text(title) for title in ("Code", "What is wrong", "What to do")))
        for code in codes:
            said = [
                sentences.get(f"{code}.{part}") or sentences[f"{code}.{part}.other"]
                for part in ("problem", "remedy")
            ]
            body += _row(nodes.literal(text=code), *(nodes.Text(each) for each in said))
        return [table]


def _row(*cells):
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", "", cell))
    return row


def setup(app):
    """Offer the directive ``error-codes``."""
    app.add_directive("error-codes", ErrorCodes)
    return {"parallel_read_safe": True}

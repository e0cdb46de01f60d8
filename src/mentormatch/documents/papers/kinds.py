"""Which documents are made from templates, and the ready templates as files to edit."""

from pathlib import Path
from typing import Final

from mentormatch.documents.papers.letters import LETTERS
from mentormatch.documents.papers.minutes import MINUTES
from mentormatch.documents.papers.monitoring import MONITORING
from mentormatch.documents.papers.orders import PAIR_ORDER, PLAN_ORDER
from mentormatch.documents.papers.plans import INDIVIDUAL_PLAN
from mentormatch.documents.templates.template import TemplateKind, ready_file
from mentormatch.errors import Defect, DocumentError, Place
from mentormatch.files import write_atomically
from mentormatch.messages import Language

_KINDS: Final = (
    *(PAIR_ORDER, PLAN_ORDER, INDIVIDUAL_PLAN),
    *(*LETTERS.values(), MINUTES, MONITORING),
)


def template_kinds() -> dict[str, TemplateKind]:
    """Return the kinds of documents that are made from templates, by name."""
    return {kind.name: kind for kind in _KINDS}


def check_templates(folder: Path) -> None:
    """Make sure that all templates in a folder can be used.

    Raises
    ------
    DocumentError
        With every defect of every one, and every file that is no document's template.
    """
    if not folder.is_dir():
        raise DocumentError.of("template.no-folder", Place(file=folder.name))
    kinds, defects = template_kinds(), []
    for path in sorted(folder.glob("*.docx")):
        if path.name.startswith("~$"):  # Word has another one open
            continue
        if path.stem not in kinds:
            names = ", ".join(f"{name}.docx" for name in kinds)
            defects.append(Defect("template.no-kind", Place(file=path.name), {"names": names}))
            continue
        try:
            kinds[path.stem].load(path)
        except DocumentError as error:
            defects += error.defects
    if defects:
        raise DocumentError(*defects)


def copy_templates(folder: str | Path, lang: Language = "ru") -> tuple[Path, ...]:
    """Copy the ready templates into a folder, to be edited there.

    Parameters
    ----------
    folder
        Where to; it is made if it isn't there.
    lang
        In which language.

    Returns
    -------
    The files that were written.

    Raises
    ------
    DocumentError
        When the folder has such files already, with each of them; nothing is written.
    OSError
        When the folder can't be written.
    """
    paths = [Path(folder) / f"{name}.docx" for name in template_kinds()]
    there = [Place(file=path.name) for path in paths if path.exists()]
    if there:
        raise DocumentError(*(Defect("template.exists", place) for place in there))
    for path in paths:
        write_atomically(path, ready_file(path.name, lang))
    return tuple(paths)

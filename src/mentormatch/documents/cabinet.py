"""Writing documents: which there are, and where they go."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

from mentormatch.documents.calendar import calendars
from mentormatch.documents.page import state_page
from mentormatch.documents.papers.kinds import check_templates
from mentormatch.documents.papers.letters import letters
from mentormatch.documents.papers.minutes import minutes
from mentormatch.documents.papers.monitoring import monitoring_report
from mentormatch.documents.papers.orders import pair_orders, plan_orders
from mentormatch.documents.papers.plans import individual_plans
from mentormatch.documents.papers.protocol import match_protocols
from mentormatch.documents.pictures.charts import pictures
from mentormatch.documents.sources import Paper, Sources
from mentormatch.documents.tables.bases import mentee_base, mentor_base
from mentormatch.documents.tables.comparisons import comparative_tables
from mentormatch.documents.tables.registers import (
    acts_checklist,
    personal_register,
    potential_mentors,
)
from mentormatch.documents.tables.roadmap import roadmap_table
from mentormatch.documents.tables.unmatched import unmatched_list
from mentormatch.errors import Defect, DocumentError, IntakeError
from mentormatch.files import write_atomically
from mentormatch.messages import Language, day, text
from mentormatch.programme.folder import Programme

Maker = Callable[[Sources], Iterator[Paper]]

MAKERS: Final[Mapping[str, Maker]] = {
    "D-PAIR": pair_orders,
    "D-PLAN": plan_orders,
    "D-IP": individual_plans,
    "D-LET": letters,
    "D-MIN": minutes,
    "D-MON": monitoring_report,
    "D-MAT": match_protocols,
    "D-MENTEES": mentee_base,
    "D-MENTORS": mentor_base,
    "D-REG": personal_register,
    "D-POT": potential_mentors,
    "D-ACTS": acts_checklist,
    "D-COMP": comparative_tables,
    "D-UNM": unmatched_list,
    "D-RM": roadmap_table,
    "D-CAL": calendars,
    "D-PIC": pictures,
    "D-PAGE": state_page,
}
"""What makes the documents of a code, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    folder
        Where it is; a folder for each code in it.
    on
        The day the documents are of.
    files
        The documents, in the order in which they were written, by code.
    left
        Documents of an earlier time in these folders that nothing gives rise to any more.
    """

    folder: Path
    on: date
    files: Mapping[str, tuple[Path, ...]]
    left: tuple[Path, ...] = ()

    def text(self, lang: Language = "en") -> str:
        """Say how many documents of each code there are, and what else lies there."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Language) -> Iterator[str]:
        count = sum(map(len, self.files.values()))
        yield text("document.written", lang, count=count, on=day(self.on, lang), path=self.folder)
        for code, files in self.files.items():
            title = text(f"document.title.{code}", lang)
            yield f"- {code} {title}: {len(files) or text('document.none', lang)}"
        if self.left:
            yield text("document.left", lang, count=len(self.left))
            for path in self.left:
                yield f"- {path.relative_to(self.folder).as_posix()}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "folder": str(self.folder),
            "on": self.on.isoformat(),
            "files": {code: [str(path) for path in files] for code, files in self.files.items()},
            "left": [str(path) for path in self.left],
        }

    def __str__(self) -> str:
        return self.text()


def make_documents(sources: Sources, only: Collection[str] = ()) -> Iterator[Paper]:
    """Make documents one by one, to be kept, sent or shown elsewhere.

    Parameters
    ----------
    sources
        What they are made of.
    only
        Codes of documents, such as ``D-PAIR``; all when not said.

    Raises
    ------
    DocumentError
        When there is no such code; with every template that can't be used, and with everybody
        who takes part and has no name.
    MentorMatchError
        When an extra isn't installed.
    """
    chosen = _chosen(only)
    _check(sources)
    return chain.from_iterable(_made(code, sources) for code in chosen)


def write_documents(
    programme: Programme,
    on: date,
    *,
    only: Collection[str] = (),
    lang: Language = "ru",
    names: bool | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Written:
    """Write the documents of a programme as of a day.

    Parameters
    ----------
    programme
        The folder, with its register.
    on
        The day; what was written down later isn't in them.
    only
        Codes of documents, such as ``D-PAIR``; all when not said.
    lang
        Their language.
    names
        Whether they show names from the key file, which the access log notes. When not said,
        they do if the programme has a key file; codes stand in the place of names otherwise.
    out
        The folder; ``out/documents/DAY`` of the programme when not said. A file of the same
        name is replaced, others stay and are listed.
    progress
        Called with the code of a document and how many of it there are so far.

    Raises
    ------
    DocumentError
        When there is no such code; with every template that can't be used, and with everybody
        who takes part and has no name. Nothing is written then.
    IntakeError
        When some documents can't be made of the answers there are, such as comparisons of waves
        that can't be compared. All others are written then.
    MentorMatchError
        When a file or the register can't be used, or an extra isn't installed.
    OSError
        When a folder can't be written.
    """
    chosen = _chosen(only)
    folder = programme.out / "documents" / on.isoformat() if out is None else Path(out)
    named = programme.settings.keys is not None if names is None else names
    sources = Sources.of(programme, on, lang=lang, names=folder if named else "")
    _check(sources)
    files: dict[str, tuple[Path, ...]] = {}
    defects: list[Defect] = []
    for code in chosen:
        papers = _made(code, sources)
        try:
            files[code] = tuple(_write(folder / code, papers, progress or _nothing))
        except IntakeError as error:
            defects += error.defects
    if defects:
        raise IntakeError(*defects)
    there = {path for code in chosen for path in (folder / code).glob("*") if path.is_file()}
    left = there.difference(*files.values())
    return Written(folder, on, files, tuple(sorted(left)))


def _chosen(only: Collection[str]) -> tuple[str, ...]:
    """Put the codes that were named in the order of the documents."""
    unknown = [code for code in only if code.upper() not in MAKERS]
    if unknown:
        names = ", ".join(MAKERS)
        raise DocumentError(
            *(Defect("document.no-code", values={"found": it, "names": names}) for it in unknown)
        )
    wanted = {code.upper() for code in only} or set(MAKERS)
    return tuple(code for code in MAKERS if code in wanted)


def _check(sources: Sources) -> None:
    """Find what would stop documents half-way, before the first of them is made."""
    defects: list[Defect] = []
    try:
        if sources.templates is not None:
            check_templates(sources.templates)
    except DocumentError as error:
        defects += error.defects
    try:
        sources.faces.check(sources.state.people)
    except DocumentError as error:
        defects += error.defects
    if defects:
        raise DocumentError(*defects)


def _made(code: str, sources: Sources) -> Iterator[Paper]:
    """Make the documents of a code, each with a name of its own.

    Names of files hold less than numbers of orders do: of 1/1 and 1-1 one would replace the
    other.
    """
    taken: set[str] = set()
    for paper in MAKERS[code](sources):
        path, number = Path(paper.file), 1
        name = path.name
        while name.casefold() in taken:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        taken.add(name.casefold())
        yield replace(paper, file=name)


def _write(
    folder: Path, papers: Iterator[Paper], progress: Callable[[str, int], None]
) -> Iterator[Path]:
    """Write documents one by one, so that no more than one is held at a time."""
    for count, paper in enumerate(papers, start=1):
        path = folder / paper.file
        write_atomically(path, paper.content)
        progress(paper.code, count)
        yield path


def _nothing(code: str, count: int) -> None:
    """Tell nobody."""

"""Writing forms: blank ones for people to fill in, and the form of a cohort."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from mentormatch.blanks.contents import Contents
from mentormatch.blanks.filling import answer_cells
from mentormatch.blanks.workbook import workbook
from mentormatch.cohort import Cohort
from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.files import write_atomically
from mentormatch.keys import KeyFile
from mentormatch.messages import Language
from mentormatch.participant import Role
from mentormatch.questionnaire import Questionnaire
from mentormatch.spreadsheet import MOST_ROWS

SUFFIXES: Final = (".xlsx", ".docx")


def blank_form(
    questionnaire: Questionnaire,
    path: str | Path,
    *,
    role: Role | None = None,
    kinds: Sequence[str] = (),
    codes: Sequence[str] = (),
    lang: Language = "en",
    school: bool | None = None,
) -> None:
    """Write a questionnaire as a form: ``.xlsx`` to fill in, ``.docx`` to print and hand out.

    Both are read back by what stands in them: headers and options are the questionnaire's
    labels. The same call gives the same bytes.

    Parameters
    ----------
    questionnaire
        What is asked.
    path
        File to write.
    role
        Who gets the form; without it everybody does, and says in which role.
    kinds
        Kinds of people who get it, such as ``["student"]``; all when empty.
    codes
        Codes of people: a row of the workbook for each, or a sheet of paper. Without codes
        people write their names, and get codes when the form is read.
    lang
        Language of the form.
    school
        Whether it has the questions that the school answers. When not said, a workbook has
        them and a printed form has not.

    Raises
    ------
    MentorMatchError
        When there is no such role, kind or language, a code is empty or given twice, the path
        ends otherwise, or python-docx is not installed.
    OSError
        When the folder can't be written.
    """
    write_atomically(
        path,
        form_bytes(
            questionnaire,
            Path(path).suffix.lower(),
            role=role,
            kinds=kinds,
            codes=codes,
            lang=lang,
            school=school,
            file=Path(path).name,
        ),
    )


def form_bytes(
    questionnaire: Questionnaire,
    suffix: str,
    *,
    role: Role | None = None,
    kinds: Sequence[str] = (),
    codes: Sequence[str] = (),
    lang: Language = "en",
    school: bool | None = None,
    file: str | None = None,
) -> bytes:
    """Make a form; see :func:`blank_form`."""
    if suffix not in SUFFIXES:
        raise MentorMatchError.of("blank.suffix", Place(file=file))
    _check_codes(codes)
    identity = questionnaire.identity
    contents = Contents.of(
        questionnaire,
        role=role,
        kinds=kinds,
        lang=lang,
        identity=(identity.code,) if codes else (identity.name, identity.contact),
        school=suffix == ".xlsx" if school is None else school,
    )
    if suffix == ".docx":
        from mentormatch.blanks.paper import paper  # noqa: PLC0415 - needs an extra

        return paper(contents, codes)
    return workbook(contents, [[code] for code in codes])


def filled_form(
    cohort: Cohort,
    path: str | Path,
    *,
    role: Role | None = None,
    keys: KeyFile | None = None,
    lang: Language = "en",
) -> None:
    """Write a cohort's answers into the workbook of its questionnaire.

    It reads back to the same answers, also after somebody has gone over it. People's other
    roles are lost in a form of one role: write one for mentors and one for mentees.

    Parameters
    ----------
    cohort
        People and their answers.
    path
        File to write, ``.xlsx``.
    role
        Write those in this role only, and the questions to them.
    keys
        Names to write next to the codes.
    lang
        Language of the form.

    Raises
    ------
    MentorMatchError
        When the path ends otherwise, a text is too long for a cell, or there is no such role
        or language.
    OSError
        When the folder can't be written.
    """
    if Path(path).suffix.lower() != ".xlsx":
        raise MentorMatchError.of("blank.not-xlsx", Place(file=Path(path).name))
    form = cohort.questionnaire
    identity = (form.identity.code, *((form.identity.name,) if keys is not None else ()))
    contents = Contents.of(form, role=role, kinds=(), lang=lang, identity=identity, school=True)
    rows = []
    for person in cohort.participants():
        if role is None or role in person.roles:
            name = [] if keys is None else [keys.name_of(person.id) if person.id in keys else None]
            rows.append([person.id, *name, *answer_cells(contents, person)])
    if len(rows) >= MOST_ROWS:
        values = {"found": len(rows), "most": MOST_ROWS - 1}
        raise MentorMatchError.of("spreadsheet.too-many-rows", Place(), **values)
    write_atomically(path, workbook(contents, rows))


def _check_codes(codes: Iterable[str]) -> None:
    counts = Counter(code.strip() for code in codes)
    defects = [
        Defect("cohort.same-code", Place(field="codes"), {"code": code, "count": count})
        for code, count in counts.items()
        if code and count > 1
    ]
    if "" in counts:
        defects.append(Defect("cohort.no-code", Place(field="codes"), {"count": counts[""]}))
    if defects:
        raise MentorMatchError(*defects)

"""``form``: a questionnaire to fill in, or to print and hand out."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mentormatch.blanks.form import blank_form
from mentormatch.cli.face import Face, MisuseError
from mentormatch.cli.matching import written
from mentormatch.cli.options import Lang, existing, programme_in
from mentormatch.errors import MentorMatchError
from mentormatch.questionnaire import Questionnaire


def form(
    source: Annotated[Path, typer.Argument(metavar="DIR|FILE")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE")],
    role: Annotated[Literal["mentor", "mentee"] | None, typer.Option(show_default=False)] = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND")] = None,
    code: Annotated[list[str] | None, typer.Option(metavar="CODE")] = None,
    school: Annotated[bool | None, typer.Option("--school/--no-school")] = None,
    lang: Lang = None,
) -> int:
    """Write a questionnaire as a form."""
    face = Face.of(lang)
    existing(source)
    if source.is_dir():
        questionnaire = programme_in(source).questionnaire
    else:
        questionnaire = Questionnaire.load(source)

    def write(path: Path) -> None:
        try:
            blank_form(
                questionnaire,
                path,
                role=role,
                kinds=kind or (),
                codes=code or (),
                lang=face.lang,
                school=school,
            )
        except MentorMatchError as error:
            raise MisuseError(*error.defects) from None

    written(out, write)
    face.say(face.text("form.written", path=out))
    return 0

"""How ``status`` looks: stages in a table, what is late or missing in colour below it."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from mentormatch.cli.face import Face
from mentormatch.messages import Language, day, text
from mentormatch.programme.status import ProgrammeStatus

_STYLES: Final[Mapping[str, str]] = {
    "title": "bold",
    "late": "red",
    "at-risk": "red",
    "to-purge": "red",
    "given-up": "red",
    "unplanned": "yellow",
    "unapproved": "yellow",
    "without-meeting": "yellow",
    "silent": "yellow",
    "deadlines": "bold",
}
_IN_TABLE: Final = {"stage", "deadline", "late"}


def show_status(face: Face, found: ProgrammeStatus) -> None:
    """Show what is going on in a programme."""
    shown = False
    for key, line in found.lines(face.lang):
        if key == "stage" and not shown:
            face.show(_stages(found, face.lang))
            shown = True
        if key not in _IN_TABLE:
            face.say(line, _STYLES.get(key, ""))
    for line in _deadlines(found, face.lang):
        face.say(line)


def _stages(found: ProgrammeStatus, lang: Language) -> Table:
    """Put running pairs by stage: how many, which are late or at risk, and all of them."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(text("cli.status.stage", lang), no_wrap=True)
    table.add_column(text("cli.status.pairs", lang), justify="right", no_wrap=True)
    table.add_column(text("cli.status.late", lang), justify="right", no_wrap=True)
    table.add_column(text("cli.status.at-risk", lang), justify="right", no_wrap=True)
    table.add_column(text("cli.status.which", lang), ratio=1, overflow="fold")
    for stage, codes in found.stages.items():
        if not codes:
            continue
        late = sum(code in found.late for code in codes)
        risk = sum(code in found.at_risk for code in codes)
        table.add_row(
            text(f"stage.{stage}", lang),
            str(len(codes)),
            Text(str(late), "red" if late else "dim"),
            Text(str(risk), "red" if risk else "dim"),
            Text(", ").join(
                Text(code, "red" if code in found.late or code in found.at_risk else "")
                for code in codes
            ),
        )
    return table


def _deadlines(found: ProgrammeStatus, lang: Language) -> list[str]:
    """Say what is due next; many tasks of one day in one line."""
    counts = Counter((each.on, each.kind) for each in found.deadlines)
    lines, seen = [], set()
    for each in found.deadlines:
        key = each.on, each.kind
        if counts[key] == 1:
            lines.append(f"- {each.text(lang)}")
        elif key not in seen:
            seen.add(key)
            values = {"on": day(each.on, lang), "count": counts[key]}
            lines.append(f"- {text(f'cli.status.due-{each.kind}', lang, **values)}")
    return lines

"""Where a code still stands in the files of a programme, after the register has forgotten it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mentormatch.messages import Language, text
from mentormatch.questionnaire import normalised

_TEXTS: Final = {".csv", ".json", ".jsonl", ".toml", ".txt", ".tsv", ".html", ".md", ".ics"}
_MOST_NAMED: Final = 10  # rows that are named


@dataclass(frozen=True, slots=True)
class Trace:
    """A file in which a code stands, or which can't be searched.

    Parameters
    ----------
    file
        Its name from the folder on.
    rows
        Numbers of its rows or lines; None when it can't be searched.
    by_name
        Whether only the name stands there.
    """

    file: str
    rows: tuple[int, ...] | None
    by_name: bool = False

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        if self.rows is None:
            return text("office.trace.unread", lang, file=self.file)
        shown = ", ".join(map(str, self.rows[:_MOST_NAMED]))
        more = ", …" if len(self.rows) > _MOST_NAMED else ""
        key = "office.trace.name-rows" if self.by_name else "office.trace.rows"
        return text(key, lang, file=self.file, rows=shown + more)


def traces_of(folder: Path, code: str, *files: Path, name: str = "") -> tuple[Trace, ...]:
    """Find the files in which a code stands, or a name.

    Parameters
    ----------
    folder
        The folder of a programme. Databases in it are not searched: they see to it themselves.
    code
        Whose.
    *files
        Further files, such as a key file elsewhere.
    name
        The name of the same person. In tables that people fill in it stands instead of the code.
    """
    by_code = re.compile(rf"(?<![\w-]){re.escape(code)}(?![\w-])").search
    folded = normalised(name)
    by_name = re.compile(rf"(?<![\w-]){re.escape(folded)}(?![\w-])").search
    own = {path.resolve(): path for path in (*folder.rglob("*"), *files) if path.is_file()}
    found = []
    for path in sorted(own.values()):
        if re.search(r"\.sqlite(-\w+)?$", path.name):
            continue
        inside = path.is_relative_to(folder)
        file = path.relative_to(folder).as_posix() if inside else path.name
        try:
            lines = [*_lines(path)]
        except Exception:
            found.append(Trace(file, None))
            continue
        coded = {number for number, line in lines if by_code(line)}
        named = {number for number, line in lines if folded and by_name(normalised(line))}
        if coded or named:
            found.append(Trace(file, tuple(sorted(coded | named)), by_name=not coded))
    return tuple(found)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Give the rows of a file with their numbers; a row of a workbook as one line."""
    if path.suffix.lower() in _TEXTS:
        yield from enumerate(_decoded(path.read_bytes()).splitlines(), 1)
        return
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - heavy

    with CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, row in enumerate(rows, 1):
                yield number, "\n".join(cell for cell in row if isinstance(cell, str))


def _decoded(content: bytes) -> str:
    """Read text as files of answers are read; the letters of codes are the same in most."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")

"""Where a code still stands in the files of a programme, after the register has forgotten it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mentormatch.messages import Language, text

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
    """

    file: str
    rows: tuple[int, ...] | None

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        if self.rows is None:
            return text("office.trace.unread", lang, file=self.file)
        shown = ", ".join(map(str, self.rows[:_MOST_NAMED]))
        more = ", …" if len(self.rows) > _MOST_NAMED else ""
        return text("office.trace.rows", lang, file=self.file, rows=shown + more)


def traces_of(folder: Path, code: str, *files: Path) -> tuple[Trace, ...]:
    """Find the files in which a code stands.

    Parameters
    ----------
    folder
        The folder of a programme. Databases in it are not searched: they see to it themselves.
    code
        Whose.
    *files
        Further files, such as a key file elsewhere.
    """
    own = {path.resolve(): path for path in (*folder.rglob("*"), *files) if path.is_file()}
    found = []
    for path in sorted(own.values()):
        if re.search(r"\.sqlite(-\w+)?$", path.name):
            continue
        inside = path.is_relative_to(folder)
        name = path.relative_to(folder).as_posix() if inside else path.name
        try:
            rows = tuple(_rows(path, re.compile(rf"(?<![\w-]){re.escape(code)}(?![\w-])")))
        except Exception:
            found.append(Trace(name, None))
            continue
        if rows:
            found.append(Trace(name, rows))
    return tuple(found)


def _rows(path: Path, wanted: re.Pattern[str]) -> Iterator[int]:
    """Find the numbers of the rows in which something stands."""
    if path.suffix.lower() in _TEXTS:
        lines = _decoded(path.read_bytes()).splitlines()
        yield from (number for number, line in enumerate(lines, 1) if wanted.search(line))
        return
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - heavy

    with CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, row in enumerate(rows, 1):
                if any(isinstance(cell, str) and wanted.search(cell) for cell in row):
                    yield number


def _decoded(content: bytes) -> str:
    """Read text as files of answers are read; the letters of codes are the same in most."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")

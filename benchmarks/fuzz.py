"""Readers of answers against files that nobody would write.

Whatever bytes a file holds, reading it gives a cohort or an ``IntakeError``; anything else is
a finding. ``python -m benchmarks.fuzz --seconds 60`` mutates the seeds blindly; where the
package ``atheris`` is installed, ``--guided`` lets it follow what the readers' code does with
each input. Findings are kept in a folder, to be read again by ``--replay FILE``.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from mentormatch.errors import IntakeError
from mentormatch.intake import read_cohort
from mentormatch.questionnaire import Questionnaire

_STUDENT: Final = {"id": "student", "ru": "Ученик", "en": "Student"}
_OPTIONS: Final = [
    {"id": "sport", "ru": "Спорт", "en": "Sport"},
    {"id": "books", "ru": "Книги, журналы; газеты", "en": "Books, journals; newspapers"},
]
_DAYS: Final = [{"id": "mon", "ru": "Пн", "en": "Mon"}, {"id": "tue", "ru": "Вт", "en": "Tue"}]
_TIMES: Final = [{"id": "day", "ru": "день", "en": "day"}, {"id": "eve", "ru": "веч", "en": "eve"}]


def _question(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "label": name, **more}


FORM: Final = Questionnaire.from_dict(
    {
        "name": "all kinds",
        "title": "All kinds of questions",
        "questions": [
            _question("kind", "choice", options=[_STUDENT]),
            _question(
                "roles",
                "multi",
                options=[
                    {"id": "mentor", "ru": "Наставник", "en": "Mentor"},
                    {"id": "mentee", "ru": "Наставляемый", "en": "Mentee"},
                ],
            ),
            _question("hobby", "multi", options=_OPTIONS, max=1, may_be_none=True),
            _question("wish", "multi", options=_OPTIONS, levels={"low": 1, "high": 10}),
            _question("rank", "ranked", options=_OPTIONS),
            _question("scale", "scale"),
            _question("number", "number", low=0, high=1000, decimals=1),
            _question("day", "date"),
            _question("free", "slots", days=_DAYS, times=_TIMES),
            _question("friends", "people", max=3),
            _question("yes", "flag"),
            _question("text", "text"),
        ],
    }
)

_HEADER: Final = (
    *("code", "ФИО", "kind", "roles", "hobby", "wish [Спорт]", "wish [books]", "rank [1]"),
    *("rank [2]", "scale", "number", "day", "free [Пн]", "free [Вт]", "friends", "yes", "text"),
)
_ROWS: Final = (
    *(("S-1", "Тестов Иван", "student", "mentor", "Спорт", "8", "", "Спорт", "books", "7 - да"),),
    *(("S-2", "Примерова Анна", "Ученик", "mentee; mentor", "-", "", "3", "", "", "10"),),
)
_ENDS: Final = (
    ("5,5", "05.09.2023", "день; веч", "", "S-2", "да", "Просто текст"),
    ("1 000", "2023-09-05", "", "day", "Тестов Иван", "no", "=1+1"),
)
_SHEET: Final = "xl/worksheets/sheet1.xml"
_TEXTS: Final = "xl/sharedStrings.xml"
_BOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STYLES: Final = "xl/styles.xml"

# The first byte of an input says what the rest is: a CSV, a whole workbook, or a part of one.
_PARTS: Final = (None, "", _SHEET, _TEXTS, _BOOK, _RELATIONS, _STYLES)


def _rows() -> list[tuple[str, ...]]:
    return [_HEADER, *(row + end for row, end in zip(_ROWS, _ENDS, strict=True))]


def _workbook() -> dict[str, bytes]:
    import xlsxwriter  # noqa: PLC0415 - only seeds need it

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        look = book.add_format({"num_format": "dd.mm.yyyy"})
        for place, row in enumerate(_rows()):
            page.write_row(place, 0, row)
        page.write_number(1, 9, 7)
        page.write_number(2, 11, 45_000, look)
        page.write_formula(2, 10, "=1+1", None, 2)
        page.merge_range(4, 0, 4, 2, "Итого")
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


_BASE: Final = _workbook()


def seeds() -> Iterator[bytes]:
    """Make inputs in which nothing is wrong, one of each kind and encoding."""
    for encoding, sign in (("utf-8", ","), ("utf-8-sig", ";"), ("cp1251", ";"), ("utf-16", "\t")):
        lines = (sign.join(f'"{it}"' if sign in it else it for it in row) for row in _rows())
        yield b"\x00" + "\r\n".join(lines).encode(encoding)
    for mode, name in enumerate(_PARTS[1:], start=1):
        yield bytes([mode]) + (_BASE[name] if name else _packed(_BASE))


def read(data: bytes, folder: Path) -> None:
    """Read an input as a file; let nothing through but what a reader may say."""
    mode, rest = (data[0] % len(_PARTS), data[1:]) if data else (0, b"")
    name = _PARTS[mode]
    content = _packed(_BASE | {name: rest}) if name else rest
    path = folder / ("answers.csv" if name is None else "answers.xlsx")
    path.write_bytes(content)
    for lenient in (False, True):
        with suppress(IntakeError):
            read_cohort(FORM, path, keys=folder / "keys.csv", lenient=lenient)
            (folder / "keys.csv").unlink(missing_ok=True)


def _mutated(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Change an input in one or a few of the usual ways."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        place = dice.randrange(1, len(changed) + 1)
        end = min(len(changed), place + dice.randrange(1, 20))
        match dice.randrange(6):
            case 0:
                changed[place:end] = b""
            case 1:
                changed[place:place] = dice.randbytes(dice.randrange(1, 5))
            case 2 if place < len(changed):
                changed[place] = dice.randrange(256)
            case 3:
                changed[place:place] = changed[place:end] * dice.randrange(1, 5)
            case 4:
                other = dice.choice(others)
                start = dice.randrange(len(other))
                changed[place:end] = other[start : start + dice.randrange(1, 40)]
            case _:
                changed[place:place] = dice.choice(_TOKENS)
    return bytes(changed)


_TOKENS: Final = (
    *(b'"', b'""', b";", b",", b"\t", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"'="),
    *(b"<c ", b"</c>", b"<v>", b"</v>", b"<f>", b' t="s"', b' t="e"', b' r="XFD1048576"', b"]]>"),
    *(b"<!DOCTYPE a>", b"&#0;", b"&lt;", b"<row ", b"<mergeCell ", b"-", b"1e999", b"nan"),
    *("Итого".encode(), "№".encode(), "\u00a0".encode(), "ё".encode(), "😀".encode()),
)


class Fuzzing:
    """One run: what was read, and what was found.

    Parameters
    ----------
    found
        Where inputs that a reader doesn't bear are kept.
    """

    def __init__(self, found: Path) -> None:
        self.found = found
        self.count = 0
        self.failures: dict[str, Path] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz"))

    def try_one(self, data: bytes) -> None:
        """Read an input; keep it when the reader fails in a way not seen before."""
        self.count += 1
        try:
            read(data, self.folder)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
            if where not in self.failures:
                self.found.mkdir(parents=True, exist_ok=True)
                path = self.found / sha256(data).hexdigest()[:16]
                path.write_bytes(data)
                self.failures[where] = path

    def report(self) -> int:
        """Say what was found; return how many kinds of failures."""
        print(f"{self.count} inputs, {len(self.failures)} kinds of failures")
        for where, path in self.failures.items():
            print(f"- {where}: {path.name}")
        return len(self.failures)


def run_blindly(fuzzing: Fuzzing, seconds: float, seed: int) -> None:
    """Read the seeds and mutations of them for some time."""
    dice = random.Random(seed)  # noqa: S311 - inputs, not secrets
    known = list(seeds())
    for data in known:
        fuzzing.try_one(data)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fuzzing.try_one(_mutated(dice.choice(known), known, dice))


def run_guided(fuzzing: Fuzzing, seconds: float, corpus: Path) -> None:
    """Let atheris look for inputs that reach new code of the readers; ends the process."""
    import atheris  # noqa: PLC0415 - an optional tool

    for name, module in list(sys.modules.items()):
        if name.startswith("mentormatch.intake"):
            _instrument(module, atheris.instrument_func)
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds():
        (corpus / sha256(data).hexdigest()[:16]).write_bytes(data)
    began = time.process_time()

    def one(data: bytes) -> None:
        fuzzing.try_one(data)
        if fuzzing.count % 1000 == 0:
            print(f"{time.process_time() - began:.0f} s of CPU", flush=True)
            fuzzing.report()

    options = [f"-max_total_time={seconds:.0f}", "-max_len=20000", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def _instrument(module: object, wrap: Callable[[Any], Any]) -> None:
    """Instrument the functions and methods of a module."""
    owners = [module, *(it for it in vars(module).values() if isinstance(it, type))]
    for owner in owners:
        for name, value in list(vars(owner).items()):
            if callable(value) and getattr(value, "__module__", "") == vars(module)["__name__"]:
                code = getattr(value, "__code__", None)
                if code is not None:
                    with suppress(AttributeError, TypeError):
                        setattr(owner, name, wrap(value))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--guided", action="store_true", help="follow coverage; needs atheris")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"))
    parser.add_argument("--replay", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    if given.replay:
        for path in given.replay:
            read(path.read_bytes(), Path(tempfile.mkdtemp(prefix="fuzz")))
        return 0
    fuzzing = Fuzzing(given.found)
    if given.guided:
        run_guided(fuzzing, given.seconds, given.corpus)
    else:
        run_blindly(fuzzing, given.seconds, given.seed)
    return 1 if fuzzing.report() else 0


if __name__ == "__main__":
    sys.exit(main())

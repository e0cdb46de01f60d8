"""Speaking with whoever types: their language, standard output and standard error."""

import codecs
import json
import locale
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import pairwise
from typing import Any, Final, Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from mentormatch.errors import MentorMatchError
from mentormatch.messages import LANGUAGES, Language, percent, text

_VARIABLES: Final = ("MENTORMATCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


class MisuseError(MentorMatchError):
    """A command that names something which isn't there, or is written wrongly."""


def language(wished: str | None = None) -> Language:
    """Choose the language: the one wished for, else that of the environment."""
    if wished in LANGUAGES:
        return wished
    named = next((value for name in _VARIABLES if (value := os.environ.get(name))), None)
    if named is None:
        with suppress(ValueError):  # a locale that Python doesn't know
            named = locale.getlocale()[0]
    return "ru" if (named or "").lower().startswith("ru") else "en"


def language_in(arguments: Sequence[str]) -> Language:
    """Find the language in the arguments of a call that may be wrong otherwise."""
    words = " ".join(arguments).replace("--lang=", "--lang ").split()
    return language(next((after for word, after in pairwise(words) if word == "--lang"), None))


def make_printable() -> None:
    """Let a console without Cyrillic letters show something else instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if is_ascii else None, errors="replace")


@dataclass(frozen=True, slots=True)
class Face:
    """What a command says, and where.

    Parameters
    ----------
    lang
        In which language.
    as_json
        Whether standard output is for a program.
    out, err
        Standard output and standard error.
    """

    lang: Language
    as_json: bool = False
    out: Console = field(default_factory=lambda: _console(stderr=False))
    err: Console = field(default_factory=lambda: _console(stderr=True))

    @classmethod
    def of(cls, lang: str | None, *, as_json: bool = False) -> Self:
        """Speak the language wished for, or that of the environment."""
        return cls(language(lang), as_json)

    def text(self, key: str, **values: object) -> str:
        """Return a sentence of the command line."""
        return text(f"cli.{key}", self.lang, **values)

    def say(self, line: str | Text = "", style: str = "") -> None:
        """Print a line on standard output."""
        _print(self.out, line, style)

    def note(self, line: str = "", style: str = "") -> None:
        """Print a line on standard error."""
        _print(self.err, line, style)

    def show(self, what: RenderableType) -> None:
        """Print something with a shape, such as a table, on standard output."""
        self.out.print(what)

    def give(self, data: Any) -> None:
        """Write data for a program on standard output."""
        plain = codecs.lookup(sys.stdout.encoding).name != "utf-8"
        sys.stdout.write(json.dumps(data, ensure_ascii=plain, indent=1) + "\n")

    @contextmanager
    def at_work(self, step: str) -> Iterator["Work"]:
        """Show what is done and how far it is, if somebody watches."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        ) as progress:
            yield Work(self, progress, progress.add_task(self.text(f"step.{step}"), total=None))


@dataclass(frozen=True, slots=True)
class Work:
    """Long work on its way."""

    face: Face
    progress: Progress
    task: TaskID

    def step(self, name: str) -> None:
        """Say what is done now, without knowing how long it takes."""
        self.progress.reset(self.task, total=None, description=self.face.text(f"step.{name}"))

    def count(self, done: int, whole: int) -> None:
        """Say how many of the mentees have been compared; the search follows."""
        self.progress.update(self.task, completed=done, total=whole)
        if done == whole:
            self.step("solving")

    def documents(self, code: str, count: int) -> None:
        """Say which document is being made, and how many of it there are."""
        title = text(f"document.title.{code}", self.face.lang)
        said = self.face.text("step.document", title=title, count=count)
        self.progress.update(self.task, description=said)

    def search(self, seconds: float, goal: str, value: int, bound: int | None) -> None:
        """Say how near the groups found so far come to what is possible."""
        del seconds
        if goal != "lead" and bound:
            share = percent(max(value, 0), bound, self.face.lang)
            said = self.face.text(f"step.groups-{goal}", share=share)
            self.progress.update(self.task, description=said)


def _console(*, stderr: bool) -> Console:
    # What people wrote must not be taken for markup.
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def _print(console: Console, line: str | Text, style: str) -> None:
    # Whoever reads a file or a pipe wants whole lines.
    shown = line if isinstance(line, Text) else Text(line, style)
    console.print(shown, soft_wrap=not console.is_terminal)

"""The front door: help and errors in the language of whoever types, and exit codes."""

import difflib
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from mentormatch.cli.face import Face, MisuseError, language_in, make_printable
from mentormatch.cli.listing import listed
from mentormatch.cli.options import DAYS, Lang
from mentormatch.cli.shown import defects_json
from mentormatch.errors import MentorMatchError, ParticipantError, Place
from mentormatch.messages import Language, has, text

FAILED: Final = 1
MISUSED: Final = 2

# The root of everything that is wrong with a call; only its subclass is public.
_UsageError: Final = typer.BadParameter.__mro__[1]


# Options that take a pair and may be repeated, which Typer offers for one word only.
_PAIRS: Final = frozenset({"--pin", "--ban", "--broken"})
BETWEEN: Final = "\n"
# How the library that reads calls says that there are too many words, and which.
_EXAMPLE: Final = date(2026, 12, 31)
_EXTRA: Final = re.compile(r"unexpected extra argument\S* \((.+)\)$")


class Command(TyperCommand):
    """A command whose help is written in the language of the call."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a call; the two codes after an option for pairs become one word."""
        words: list[str] = []
        rest = iter(args)
        for word in rest:
            words.append(word)
            if word in _PAIRS:
                pair = [code for _, code in zip(range(2), rest, strict=False)]
                words += [BETWEEN.join(pair)] if pair else []
        return super().parse_args(ctx, words)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate(self, ctx)
        super().format_help(ctx, formatter)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mentormatch {version('mentormatch-toolkit')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", is_eager=True, callback=_tell_version)]


def front(*, lang: Lang = None, version: Version = False) -> None:
    """Take the language before the command, or only say the version."""


class Front(TyperGroup):
    """All commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate(self, ctx)
        for command in self.commands.values():
            if isinstance(command, Command):
                command.help = text(f"cli.{command.name}.help", ctx.obj)
                command.rich_help_panel = text("cli.panel.commands", ctx.obj)
        super().format_help(ctx, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was typed."""
        if args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            if near:
                raise MisuseError.of("cli.near-command", found=args[0], near=near[0])
            raise MisuseError.of("cli.no-command", found=args[0], names=", ".join(self.commands))
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and leave with its exit code; nothing ends in a traceback."""
        given = sys.argv[1:] if args is None else list(args)
        lang = language_in(given)
        make_printable()
        try:
            code = super().main(
                args if given else ["--help"],
                "mentormatch",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                obj=lang,
                # So that --lang may stand before the command as well.
                default_map={name: {"lang": lang} for name in self.commands},
            )
        except Exception as error:
            problem = _as_problem(error)
            if problem is None:
                raise
            face = Face.of(lang, as_json="--json" in given)
            _say(face, problem)
            if face.as_json:
                face.give({"defects": defects_json(problem.defects, lang)})
            code = MISUSED if isinstance(problem, MisuseError | ParticipantError) else FAILED
        sys.exit(code)


def _say(face: Face, problem: MentorMatchError) -> None:
    """Say everything that is wrong; what is wrong with many rows of a table once."""
    # The field of a fact is no word that anybody typed.
    defects = [
        replace(it, place=replace(it.place, field=None)) if it.code.startswith("fact.") else it
        for it in problem.defects
    ]
    if not any(it.place.row is not None for it in defects) or len(defects) == 1:
        face.note(MentorMatchError(*defects).text(face.lang), "red")
        return
    face.note(text("error.count", face.lang, count=len(defects)), "red")
    for line, style in listed(defects, face.lang):
        face.note(line, style)


def _translate(command: Any, ctx: Any) -> None:
    """Put the sentences of the catalogue into a command's help."""
    lang: Language = ctx.obj
    command.help = text("cli.help" if ctx.parent is None else f"cli.{command.name}.help", lang)
    for parameter in command.get_params(ctx):
        own = f"cli.{command.name}.{parameter.name}"
        shared = f"cli.parameter.{parameter.name}"
        parameter.help = text(shared if has(shared) else own, lang)
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""  # nothing is written after it
        panel = "arguments" if parameter.param_type_name == "argument" else "options"
        parameter.rich_help_panel = text(f"cli.panel.{panel}", lang)


def _as_problem(error: Exception) -> MentorMatchError | None:
    """Say what is wrong, if it is something that a user can bring about."""
    if isinstance(error, MentorMatchError):
        return error
    if isinstance(error, _UsageError):
        return _as_misuse(error)
    if isinstance(error, RecursionError):
        return MentorMatchError.of("cli.too-deep")
    if isinstance(error, OSError):
        path = error.filename2 or error.filename
        place = Place(file=Path(path).name) if isinstance(path, str) else Place()
        return MisuseError.of("cli.closed", place, reason=error.strerror or "")
    return None


def _as_misuse(error: Any) -> MisuseError:
    """Say what is wrong with a call."""
    kind = type(error).__name__
    command = error.ctx.command_path if error.ctx else "mentormatch"
    if kind == "NoSuchOption":
        return MisuseError.of("cli.no-option", found=error.option_name, command=command)
    if kind in {"MissingParameter", "BadParameter"}:
        name = error.param.opts[0] if error.param.opts[0].startswith("-") else error.param.metavar
        if kind == "MissingParameter":
            return MisuseError.of("cli.missing", name=name, command=command)
        code, allowed = _allowed(error.param)
        return MisuseError.of(code, name=name, command=command, allowed=allowed)
    if kind == "BadOptionUsage":
        return MisuseError.of("cli.no-value", name=error.option_name, command=command)
    if found := _EXTRA.search(error.message):
        return MisuseError.of("cli.extra", found=found[1], command=command)
    return MisuseError.of("cli.usage", reason=error.format_message(), command=command)


def _allowed(parameter: Any) -> tuple[str, str]:
    """Say what a parameter takes: the code of a defect, and what to put into its sentence."""
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if get_origin(kind) is Literal:
        return "cli.bad-choice", ", ".join(get_args(kind))
    if kind is datetime:
        return "cli.bad-day", ", ".join(map(_EXAMPLE.strftime, DAYS))
    if kind in {int, float}:
        least = getattr(parameter, "min", None)
        return ("cli.bad-number", "") if least is None else ("cli.bad-least", f"{least:g}")
    return "cli.bad-value", ""

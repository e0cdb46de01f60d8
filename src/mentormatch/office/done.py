"""What a call of the office has done, and how it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from mentormatch.cohort import Cohort
from mentormatch.messages import Language, text
from mentormatch.office.surveys import Surveys
from mentormatch.office.traces import Trace
from mentormatch.programme.facts import Entry, Joining
from mentormatch.result import Result

if TYPE_CHECKING:
    from mentormatch.programme.register.purging import Purge


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who would come into a group that goes on.

    Parameters
    ----------
    joining
        Who, and into which.
    """

    joining: Joining

    def text(self, lang: Language = "en") -> str:
        """Say it in a line."""
        beside = self.joining.co_mentor
        people = [*self.joining.mentees]
        if beside is not None:
            people.append(text("office.waiting-co-mentor", lang, person=beside))
        return text("office.waiting", lang, people=", ".join(people), pair=self.joining.pair)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done.

    Parameters
    ----------
    act
        Which call it was.
    values
        What fills its sentence.
    entries
        What was written into the register.
    files
        What was written into the folder.
    more
        What else is to be said, each with a ``text(lang)``.
    """

    act: str
    values: Mapping[str, object] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    files: tuple[Path, ...] = ()
    more: tuple["Purge | Trace | Surveys | Result | Waiting", ...] = ()

    def said(self, lang: Language = "en") -> str:
        """Say in a sentence what was done."""
        return text(f"office.{self.act}", lang, **self.values)

    def text(self, lang: Language = "en") -> str:
        """Say it in words: what was done, what else is to be known, and which files there are."""
        lines = [self.said(lang)]
        lines += (
            each.summary(lang) if isinstance(each, Result) else each.text(lang)
            for each in self.more
        )
        lines += (text("office.file", lang, path=path) for path in self.files)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text())}</pre>"


@dataclass(frozen=True, slots=True)
class Round(Done):
    """A matching that was made, and written down if there is one.

    Parameters
    ----------
    result, cohort
        What came of it, and of whom it was made.
    """

    result: Result = field(kw_only=True)
    cohort: Cohort = field(kw_only=True)

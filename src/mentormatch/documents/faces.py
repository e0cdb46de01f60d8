"""How a document shows people: the one place where names and codes are joined."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mentormatch.cohort import Cohort
from mentormatch.column import SetColumn
from mentormatch.errors import Defect, DocumentError
from mentormatch.keys import KeyFile
from mentormatch.messages import Language, text
from mentormatch.programme.state import State
from mentormatch.spreadsheet import printable


@dataclass(frozen=True, slots=True)
class Face:
    """How somebody is shown.

    Parameters
    ----------
    code
        Who it is.
    name
        As the key file writes it; the code where there are to be no names.
    contact
        As the key file writes it; blank where there are to be no names.
    kind
        Id of the category, such as ``student``.
    post
        What they are at the school: class, or category and subject. Blank when not known.
    birth_year
        If it is known.
    """

    code: str
    name: str = field(repr=False)
    contact: str = field(default="", repr=False)
    kind: str = ""
    post: str = field(default="", repr=False)
    birth_year: int | None = field(default=None, repr=False)

    @property
    def named(self) -> str:
        """Name and post, as a line of a document has them."""
        return f"{self.name}, {self.post}" if self.post else self.name


class Faces:
    """Faces by code.

    Parameters
    ----------
    state
        Who takes part.
    keys
        The names; codes stand in their place without it.
    cohort
        Answers that say in which class somebody is, or what they teach.
    lang
        Language of the posts.
    before
        Who shows people that aren't in these answers: by earlier ones.
    """

    def __init__(
        self,
        state: State,
        keys: KeyFile | None = None,
        cohort: Cohort | None = None,
        lang: Language = "ru",
        before: "Faces | None" = None,
    ) -> None:
        self._state, self._keys, self._cohort, self._lang = state, keys, cohort, lang
        self._before = before

    @property
    def are_named(self) -> bool:
        """Whether documents show names."""
        return self._keys is not None

    def check(self, codes: Iterable[str]) -> None:
        """Make sure that everybody has a name, where names are to be shown.

        Whoever has left may have been forgotten: their code stands in its place for good.

        Raises
        ------
        DocumentError
            With every code that has none.
        """
        missing = sorted({code for code in codes if not self._is_known(code)})
        if missing:
            raise DocumentError(
                *(Defect("document.no-name", values={"code": code}) for code in missing)
            )

    def _is_known(self, code: str) -> bool:
        person = self._state.people.get(code)
        is_gone = person is not None and not person.active
        return self._keys is None or code in self._keys or is_gone

    def has(self, code: str) -> bool:
        """Tell whether somebody can be shown: with a name, where names are to be shown."""
        return self._keys is None or code in self._keys

    def __call__(self, code: str) -> Face:
        """Return how somebody is shown; DocumentError when they have no name."""
        self.check([code])
        name, contact = code, ""
        if self._keys is not None and code in self._keys:
            name = printable(self._keys.name_of(code))
            contact = printable(self._keys.contact_of(code))
        person = self._state.people.get(code)
        kind = person.kind if person is not None else str(self.answer(code, "kind") or "")
        year = self.answer(code, "birth_year")
        return Face(
            code, name, contact, kind, self._post(code, kind), year if type(year) is int else None
        )

    def _post(self, code: str, kind: str) -> str:
        grade, letter = self.answer(code, "grade"), self._label(code, "class_letter")
        if kind == "student" and grade is not None:
            key = "document.class" if letter else "document.grade"
            return text(key, self._lang, grade=grade, letter=letter)
        subject = self._label(code, "subject_taught")
        named = self.option("kind", kind)
        return text("document.post", self._lang, kind=named, subject=subject) if subject else named

    def answer(self, code: str, question: str) -> object:
        """Return what somebody answered; None when nothing is known, or it is restricted."""
        cohort = self._cohort
        if self._before is not None and (cohort is None or code not in cohort):
            return self._before.answer(code, question)
        column = None if cohort is None else cohort.columns.get(question)
        if cohort is None or column is None or code not in cohort:
            return None
        if cohort.questionnaire.sensitivity(question) == "restricted":
            return None
        return column.cell(cohort.index(code))

    def _label(self, code: str, question: str) -> str:
        answer = self.answer(code, question)
        answers = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
        return ", ".join(self.option(question, str(each)) for each in answers)

    def option(self, question: str, answer: str) -> str:
        """Word an answer as the questionnaire does; as it is where that doesn't know it."""
        if self._cohort is None:
            known = question == "kind" and answer in _KINDS
            return text(f"document.kind.{answer}", self._lang) if known else printable(answer)
        form = self._cohort.questionnaire
        options = form.options(question) if question in form.field_ids else ()
        labels = {it.id: it.label.text(self._lang) for it in options}
        return printable(labels.get(answer, answer))

    def kind(self, kind: str) -> str:
        """Name a category by its id."""
        return self.option("kind", kind)

    def chosen(self, code: str, question: str) -> tuple[str, ...]:
        """List what somebody chose, in the words of the questionnaire, what matters most first.

        Nothing of a restricted question.
        """
        columns = {} if self._cohort is None else self._cohort.columns
        answer = self.answer(code, question)
        if not isinstance(columns.get(question), SetColumn):
            return ()
        if isinstance(answer, dict):
            levels: dict[str, int] = answer
            answer = tuple(sorted(levels, key=lambda it: -levels[it]))
        chosen = answer if isinstance(answer, tuple) else ()
        return tuple(self.option(question, it) for it in chosen)

    def __repr__(self) -> str:
        return f"Faces({'names' if self.are_named else 'codes'})"


_KINDS = frozenset({"student", "teacher", "parent", "alumnus", "partner", "unistudent"})

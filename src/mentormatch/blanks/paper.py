"""A form as sheets of paper: questions with boxes to tick, scales to circle, lines to write on.

It needs python-docx, which comes with the extra ``documents``.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from mentormatch import wordfile
from mentormatch.blanks.contents import Contents
from mentormatch.errors import MentorMatchError
from mentormatch.messages import text
from mentormatch.questionnaire import Question
from mentormatch.spreadsheet import printable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

_SIZES: Final = {"Normal": 10.5, "Title": 16, "Heading 1": 12.5, "Footer": 8.5}
_MARGINS: Final = (2, 1.6, 1.6, 1.6)
_BOX_FONT: Final = "Segoe UI Symbol"
_BOX: Final = "☐"
_WIDTH: Final = 17.4  # centimetres between the margins of A4
_MOST_CIRCLED: Final = 11  # numbers in a row
_TEXT_LINES, _PEOPLE_LINES, _MOST_PEOPLE_LINES = 3, 3, 10
_SHORT, _MIDDLE = 20, 60  # characters of labels that stand three and two in a row


def paper(contents: Contents, codes: Sequence[str] = ()) -> bytes:
    """Make the printed form; the same form gives the same bytes.

    Parameters
    ----------
    contents
        What is asked.
    codes
        Codes of people: a form for each, beginning on a page of its own. Without codes one
        form, with lines for a name and a code.

    Raises
    ------
    MentorMatchError
        When python-docx is not installed.
    """
    title = printable(contents.form.title.text(contents.lang))
    try:
        document = wordfile.begin(title, contents.lang, _SIZES, _MARGINS)
    except ModuleNotFoundError:
        raise MentorMatchError.of("blank.no-docx") from None
    for place, code in enumerate(codes or [""]):
        if place:
            _begin_next(document)
        _write_footer(document, contents, code, is_only=len(codes) <= 1)
        _Sheet(document, contents).write(code)
    return wordfile.finish(document)


def _write_footer(document: "Document", contents: Contents, code: str, *, is_only: bool) -> None:
    """Write the foot of the last form's pages: whose they are, should they fall apart."""
    from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415 - loaded already
    from docx.shared import Cm  # noqa: PLC0415 - loaded already

    footer = document.sections[-1].footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = "Footer"
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    title = printable(contents.form.title.text(contents.lang))
    paragraph.add_run(" · ".join(part for part in (title, printable(code)) if part) + "\t")
    # Not every program counts the pages of one form among several.
    key = "blank.paper.page-of" if is_only else "blank.paper.page"
    values = {"page": "\0PAGE\0", "pages": "\0NUMPAGES\0"}
    wordfile.write_numbers(paragraph, text(key, contents.lang, **values))


def _begin_next(document: "Document") -> None:
    """Begin another form on a new page, with pages counted from 1."""
    from docx.enum.section import WD_SECTION  # noqa: PLC0415 - loaded already
    from docx.oxml import OxmlElement  # noqa: PLC0415 - loaded already
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded already

    section = document.add_section(WD_SECTION.NEW_PAGE)
    if not section._sectPr.xpath("w:pgNumType"):  # noqa: SLF001 - python-docx has none
        start = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        section._sectPr.xpath("w:pgMar")[0].addnext(start)  # noqa: SLF001


class _Sheet:
    """Writes one form to the end of a document."""

    def __init__(self, document: "Document", contents: Contents) -> None:
        self.document, self.contents, self.lang = document, contents, contents.lang
        self.number = 0

    def write(self, code: str) -> None:
        self.document.add_paragraph(printable(self.contents.form.title.text(self.lang)), "Title")
        self._write_recipients()
        said = [text("blank.paper.instruction", self.lang)]
        printed = (it for part in self.contents.sections for it in part.questions)
        if any(it.required and not self._is_said(it) for it in printed):
            said.append(text("blank.paper.required", self.lang))
        self._write_small(" ".join(said), space_after=4)
        self._write_identity(code)
        several = len(self.contents.sections) > 1
        for section in self.contents.sections:
            if several:
                heading = text(f"blank.section.{section.name}", self.lang)
                self.document.add_heading(heading, 1).paragraph_format.keep_with_next = True
            asked = [question for question in section.questions if not self._is_said(question)]
            for grid, run in groupby(asked, key=_grid_of):
                questions = list(run)
                if grid is not None and len(questions) > 1:
                    self._write_scales(questions)
                else:
                    for question in questions:
                        self._write_question(question)

    def _write_recipients(self) -> None:
        """Say whom the form is for, if not for everybody."""
        contents = self.contents
        options = contents.form.options("kind")
        who = list(contents.labels([it for it in options if it.id in contents.kinds]))
        if contents.role is not None:
            who.append(text(f"blank.sheet.{contents.role}", self.lang))
        if who:
            said = text("blank.paper.for", self.lang, who=", ".join(who))
            self._write_small(said, space_after=4)

    def _is_said(self, question: Question) -> bool:
        """Tell whether a question is answered by who gets the form."""
        return question.id == "kind" and len(self.contents.kinds) == 1

    def _write_identity(self, code: str) -> None:
        """Write the lines that say who answers, or the code that does."""
        identity = self.contents.form.identity
        if code:
            paragraph = self._paragraph(space_before=2, space_after=4)
            paragraph.add_run(f"{identity.code.text(self.lang)}: ")
            paragraph.add_run(printable(code)).bold = True
            return
        headers = [header.text(self.lang) for header in self.contents.identity]
        names = [text("blank.paper.identity", self.lang, header=name) for name in headers]
        names.append(text("blank.paper.code-by-school", self.lang))
        table = self._table(len(names), (5.2, _WIDTH - 5.2))
        for row, name in zip(table.rows, names, strict=True):
            self._fill(row.cells[0], printable(name), space_before=7)
            wordfile.underline(row.cells[1])

    # --- one question -------------------------------------------------------------------

    def _write_question(self, question: Question) -> None:
        self._write_title(question)
        match question.kind:
            case "multi" if question.levels is not None:
                self._write_options(question, "____")
            case "ranked":
                self._write_options(question, "____")
            case "choice" | "multi" | "flag":
                self._write_options(question, _BOX)
            case "slots":
                self._write_slots(question)
            case "scale" if _grid_of(question) is not None:
                self._write_circles([("", question)])
            case "scale" | "number" | "date":
                self._write_short_line(question)
            case "text":
                self._write_lines([""] * _TEXT_LINES)
            case "people":
                count = min(question.max or _PEOPLE_LINES, _MOST_PEOPLE_LINES)
                ranks = [f"{rank}." if question.ranked else "" for rank in range(1, count + 1)]
                self._write_lines(ranks)
        if question.may_be_none and question.kind in {"slots", "people"}:
            self._write_box(text("blank.paper.how.none", self.lang))

    def _write_title(self, question: Question) -> None:
        self.number += 1
        paragraph = self._paragraph(space_before=9, space_after=2)
        paragraph.paragraph_format.keep_with_next = True
        label = printable(question.label.text(self.lang))
        paragraph.add_run(f"{self.number}. {label}{' *' * question.required}").bold = True
        notes = self._notes(question)
        if notes:
            paragraph.add_run(f"\n{notes}").italic = True
            _shrink(paragraph.runs[-1])

    def _notes(self, question: Question) -> str:
        """Say who answers a question and how."""
        kind, values = question.kind, {}
        if question.levels is not None:
            values = {"low": question.levels.low, "high": question.levels.high}
        name: str = "levels" if values else kind
        if kind == "people" and question.ranked:
            name = "people-ranked"
        notes = [self.contents.audience_note(question)]
        if question.help is not None:
            said = question.help.text(self.lang)
            notes.append(f"{said}." if said[-1:].isalnum() else said)
        is_plain = kind in {"text", "number"} or (kind == "scale" and _grid_of(question) is None)
        if not is_plain and (kind != "people" or question.help is None):
            notes.append(text(f"blank.paper.how.{name}", self.lang, **values))
        if question.max is not None and question.help is None and kind != "people":
            notes.append(text("blank.paper.how.most", self.lang, count=question.max))
        return printable(" ".join(note for note in notes if note))

    def _write_options(self, question: Question, mark: str) -> None:
        """Write a table of options, as many in a row as fit, read from top to bottom."""
        labels = [printable(it) for it in self.contents.labels(self.contents.options(question))]
        if question.may_be_none:
            labels.append(text("blank.paper.how.none", self.lang))
        longest = max(map(len, labels))
        across = 3 if longest <= _SHORT else 2 if longest <= _MIDDLE else 1
        across = min(across, len(labels))
        down = -(-len(labels) // across)
        table = self._table(down, [_WIDTH / across] * across)
        none = len(labels) - 1 if question.may_be_none else -1
        for place, label in enumerate(labels):
            cell = table.cell(place % down, place // down)
            self._fill(cell, label, mark=_BOX if place == none else mark)

    def _write_box(self, label: str) -> None:
        table = self._table(1, [_WIDTH])
        self._fill(table.cell(0, 0), label, mark=_BOX, space_before=3)

    def _write_slots(self, question: Question) -> None:
        days, times = (self.contents.labels(part) for part in (question.days, question.times))
        width = min((_WIDTH - 3) / len(days), 2.4)
        table = self._table(len(times) + 1, [3, *[width] * len(days)], lines=True)
        for column, day in enumerate(days, start=1):
            self._fill(table.cell(0, column), printable(day), centred=True)
        for row, time in enumerate(times, start=1):
            self._fill(table.cell(row, 0), printable(time))
            for column in range(1, len(days) + 1):
                self._fill(table.cell(row, column), "", mark=_BOX, centred=True)

    def _write_short_line(self, question: Question) -> None:
        paragraph = self._paragraph(space_before=3)
        if question.kind == "date":
            paragraph.add_run("____ . ____ . ________")
            return
        ends = {"low": question.low, "high": question.high}
        values = {name: end for name, end in ends.items() if end is not None}
        paragraph.add_run("____________")
        if values:
            said = text(f"blank.paper.how.{'-'.join(values)}", self.lang, **values)
            _shrink(paragraph.add_run(f"  ({said})"))

    def _write_lines(self, starts: Sequence[str]) -> None:
        table = self._table(len(starts), (0.9, _WIDTH - 0.9))
        for row, start in zip(table.rows, starts, strict=True):
            self._fill(row.cells[0], start, space_before=7)
            wordfile.underline(row.cells[1])
            if not start:
                wordfile.underline(row.cells[0])

    def _write_scales(self, questions: Sequence[Question]) -> None:
        """Write scales of one range as one table: a question in each row."""
        paragraph = self._paragraph(space_before=9, space_after=2)
        paragraph.paragraph_format.keep_with_next = True
        _shrink(paragraph.add_run(text("blank.paper.how.scales", self.lang)))
        paragraph.runs[-1].italic = True
        rows = []
        for question in questions:
            self.number += 1
            notes = " ".join(
                note
                for note in (
                    self.contents.audience_note(question),
                    question.help.text(self.lang) if question.help else "",
                )
                if note
            )
            title = f"{self.number}. {question.label.text(self.lang)}{' *' * question.required}"
            rows.append((f"{title} ({notes})" if notes else title, question))
        self._write_circles(rows)

    def _write_circles(self, rows: Sequence[tuple[str, Question]]) -> None:
        low, high = _grid_of(rows[0][1]) or (1, 1)
        numbers = range(low, high + 1)
        has_titles = any(title for title, _ in rows)
        width = 0.82 if has_titles else 1.1
        first = [_WIDTH - width * len(numbers)] if has_titles else []
        table = self._table(len(rows), [*first, *[width] * len(numbers)], lines=True)
        for row, (title, _) in zip(table.rows, rows, strict=True):
            if has_titles:
                self._fill(row.cells[0], printable(title))
            for cell, number in zip(row.cells[len(first) :], numbers, strict=True):
                self._fill(cell, str(number), centred=True)

    # --- paragraphs and tables ----------------------------------------------------------

    def _paragraph(self, *, space_before: float = 0, space_after: float = 0) -> "Paragraph":
        paragraph = self.document.add_paragraph()
        wordfile.space(paragraph, space_before, space_after)
        return paragraph

    def _write_small(self, said: str, *, space_before: float = 0, space_after: float = 0) -> None:
        paragraph = self._paragraph(space_before=space_before, space_after=space_after)
        _shrink(paragraph.add_run(printable(said)))

    def _table(self, rows: int, widths: Sequence[float], *, lines: bool = False) -> "Table":
        """Add a table that stays together if it can."""
        return wordfile.add_table(self.document, rows, widths, lines=lines, together=True)

    def _fill(
        self,
        cell: "_Cell",
        said: str,
        *,
        mark: str = "",
        centred: bool = False,
        space_before: float | None = None,
    ) -> None:
        """Write into a cell: a mark to fill in, then a text."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - loaded already
        from docx.shared import Cm  # noqa: PLC0415 - loaded already

        paragraph = cell.paragraphs[0]
        if mark:
            run = paragraph.add_run(mark)
            if mark == _BOX:
                wordfile.set_font(run, _BOX_FONT)
        if mark and said:
            # Further lines of a long label stand under its first one.
            indent = Cm(0.6 if mark == _BOX else 1.1)
            paragraph.paragraph_format.left_indent = indent
            paragraph.paragraph_format.first_line_indent = -indent
            paragraph.add_run("\u00a0")
        paragraph.add_run(said)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if space_before is not None:
            wordfile.space(paragraph, space_before, 1)


def _grid_of(question: Question) -> tuple[int, int] | None:
    """Return the ends of a scale whose numbers fit in a row; None for all other questions."""
    if question.kind != "scale" or question.low is None or question.high is None:
        return None
    return (question.low, question.high) if question.high - question.low < _MOST_CIRCLED else None


def _shrink(run: Any) -> None:
    from docx.shared import Pt  # noqa: PLC0415 - loaded already

    run.font.size = Pt(9)

"""A form as a workbook: a row per person, with lists, checks and explanations."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from mentormatch.blanks.contents import Column, Contents, SectionName, has_separator
from mentormatch.errors import Defect, MentorMatchError, Place
from mentormatch.messages import text
from mentormatch.questionnaire import Question
from mentormatch.spreadsheet import (
    MOST_CHARACTERS,
    Cell,
    printable,
    sheet_name,
    utf_16_length,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

PREPARED_ROWS: Final = 500

_MOST_PROMPT, _MOST_PROMPT_TITLE = 255, 32  # characters, of a workbook's format
_MOST_EXAMPLES: Final = 120
_LINE_HEIGHT: Final = 15  # points
_MOST_LINES: Final = 8
_COLOURS: Final[Mapping[SectionName, str]] = {
    "everybody": "#E8EDF3",
    "mentor": "#E3F1E3",
    "mentee": "#FBEFD9",
    "school": "#E9E4F0",
}
_REQUIRED: Final = "#9C1C1C"
_NUMBER_KINDS: Final = {"scale", "number"}


def workbook(contents: Contents, rows: Sequence[Sequence[Cell]] = ()) -> bytes:
    """Make the workbook of a form; the same form gives the same bytes.

    Parameters
    ----------
    contents
        What is asked.
    rows
        What is filled in already: cells from the first column on.

    Raises
    ------
    MentorMatchError
        When a text is longer than a cell can hold, with every such place.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only writers of workbooks need it

    sheet = text(f"blank.sheet.{contents.role or 'everybody'}", contents.lang)
    columns = contents.columns
    defects = [
        Defect(
            "spreadsheet.too-long",
            Place(sheet=sheet, row=number, column=column.title),
            {"found": utf_16_length(cell), "most": MOST_CHARACTERS},
        )
        for number, row in enumerate(rows, start=2)
        for column, cell in zip(columns, row, strict=False)
        if isinstance(cell, str) and utf_16_length(cell) > MOST_CHARACTERS
    ]
    if defects:
        raise MentorMatchError(*defects)
    content = io.BytesIO()
    # In memory: a temporary file would leave people's answers on the disk.
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - no zone in XLSX
        page = book.add_worksheet(sheet_name(sheet))
        guide = _Guide(contents, book)
        table = _Table(contents, book, page, guide, max(PREPARED_ROWS, len(rows)))
        for place, column in enumerate(columns):
            table.write_column(place, column, [row[place] for row in rows if place < len(row)])
        table.finish(columns)
    return content.getvalue()


class _Guide:
    """The second sheet: how to fill in, and every list of answers."""

    def __init__(self, contents: Contents, book: "Workbook") -> None:
        self.contents = contents
        self.name = sheet_name(text("blank.guide.sheet", contents.lang))
        self.lists: dict[str, str] = {}
        """By question: the range of its list, as a formula."""
        page = self.page = book.add_worksheet(self.name)
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        bold = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
        colours = {
            name: book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bg_color": colour}
            )
            for name, colour in _COLOURS.items()
        }
        for column, width in enumerate((44, 44, 60)):
            page.set_column(column, column, width)
        row = self._write_notes(bold, colours)
        heads = ("question", "answers", "how")
        for column, head in enumerate(heads):
            page.write_string(row, column, text(f"blank.guide.{head}", contents.lang), bold)
        row += 1
        for section in contents.sections:
            for question in section.questions:
                row = self._write_question(row, question, plain, colours[section.name])
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def _write_notes(self, bold: Any, colours: Mapping[SectionName, Any]) -> int:
        """Write what holds for the whole form; return the row after it."""
        contents = self.contents
        self.page.write_string(0, 0, printable(contents.form.title.text(contents.lang)), bold)
        notes = text("blank.guide.notes", contents.lang).strip().splitlines()
        for row, note in enumerate(notes, start=1):
            # Not wrapped, a note runs on over the empty cells beside it.
            self.page.write_string(row, 0, note)
        row = len(notes) + 2
        if len(contents.sections) > 1:
            for section in contents.sections:
                name = text(f"blank.section.{section.name}", contents.lang)
                self.page.write_string(row, 0, name, colours[section.name])
                row += 1
            row += 1
        return row

    def _write_question(self, row: int, question: Question, plain: Any, title: Any) -> int:
        """Write a question with its list of answers; return the row after it."""
        from xlsxwriter.utility import xl_range_formula  # noqa: PLC0415 - loaded already

        contents = self.contents
        labels = contents.listed(question)
        name, said = question.label.text(contents.lang), how_to_answer(contents, question)
        self.page.write_string(row, 0, printable(name), title)
        self.page.write_string(row, 2, printable(said), plain)
        for offset, label in enumerate(labels, start=1):
            # Not wrapped either: there is room on the right.
            self.page.write_string(row + offset, 1, printable(label))
        self.page.set_row(row, max(_lines(name, 40), _lines(said, 56)) * _LINE_HEIGHT)
        last = row + len(labels)
        if labels:
            self.lists[question.id] = f"={xl_range_formula(self.name, row + 1, 1, last, 1)}"
        return last + 1


def how_to_answer(contents: Contents, question: Question, *, rank: object = None) -> str:
    """Say how to write the answer to a question in a cell."""
    lang = contents.lang
    values: dict[str, object] = {"rank": rank}
    parts = [question.help.text(lang) if question.help else ""]
    parts[0] += "." if parts[0] and parts[0][-1].isalnum() else ""
    kind: str = question.kind
    if question.levels is not None:
        kind, values = "levels", {"low": question.levels.low, "high": question.levels.high}
    elif kind in _NUMBER_KINDS:
        ends = {"low": question.low, "high": question.high}
        values = {name: end for name, end in ends.items() if end is not None}
        kind = "-".join(["number", *values])
    elif kind == "multi":
        values = {"example": "; ".join(map(contents.name, contents.options(question)[:2]))}
    elif kind == "slots":
        values = {"example": "; ".join(map(contents.name, question.times[:2]))}
    elif kind == "ranked" and rank is None:
        kind = "ranks"
    elif kind == "people" and question.ranked:
        kind = "people-ranked"
    parts.append(text(f"blank.how.{kind}", lang, **values))
    if question.kind == "number" and question.decimals:
        parts.append(text("blank.how.decimals", lang, count=question.decimals))
    # A note for those who answer has said it already.
    if question.max is not None and question.help is None and question.kind != "ranked":
        parts.append(text("blank.how.most", lang, count=question.max))
    if question.may_be_none:
        parts.append(text("blank.how.none", lang))
    parts.append(contents.audience_note(question))
    if question.required:
        parts.append(text("blank.how.required", lang))
    return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Check:
    """What a spreadsheet lets somebody type into a cell.

    Parameters
    ----------
    rule
        Of XlsxWriter.
    error
        Name of the sentence that says what is wrong otherwise, and what fills it.
    is_strict
        Whether nothing else can be typed.
    """

    rule: Mapping[str, object]
    error: str
    values: Mapping[str, object]
    is_strict: bool = True


class _Table:
    """The first sheet: the header, and rows to fill in."""

    def __init__(
        self, contents: Contents, book: "Workbook", page: "Worksheet", guide: _Guide, rows: int
    ) -> None:
        self.contents, self.book, self.page, self.guide = contents, book, page, guide
        self.rows = rows
        self.lines = 1
        self.headers: dict[tuple[SectionName, bool], Any] = {}
        self.grids = self._grids()

    def _grids(self) -> dict[str, tuple[int, int]]:
        """Find the first and last column of every question that has several."""
        grids: dict[str, tuple[int, int]] = {}
        for place, column in enumerate(self.contents.columns):
            if column.question is not None and column.key is not None:
                first, _ = grids.get(column.question.id, (place, place))
                grids[column.question.id] = first, place
        return grids

    @cached_property
    def _formats(self) -> dict[str, Any]:
        top = {"valign": "top", "text_wrap": True, "locked": False}
        return {
            "text": self.book.add_format(top | {"num_format": "@"}),
            "number": self.book.add_format(top | {"align": "left"}),
            "date": self.book.add_format(top | {"align": "left", "num_format": "dd.mm.yyyy"}),
        }

    def write_column(self, place: int, column: Column, cells: Sequence[Cell]) -> None:
        question = column.question
        is_required = question is not None and question.required
        header = self._header(column.section, is_required)
        self.page.write_string(0, place, printable(column.title), header)
        width = _width(column, self.contents)
        self.lines = max(self.lines, _lines(column.title, width))
        look = self._look(question)
        self.page.set_column(place, place, width, look)
        for row, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                self.page.write_string(row, place, printable(cell), look)
            elif isinstance(cell, date):
                self.page.write_datetime(row, place, cell, look)
            elif cell is not None:
                self.page.write_number(row, place, cell, look)
        self._validate(place, column)

    def finish(self, columns: Sequence[Column]) -> None:
        page = self.page
        page.set_row(0, min(self.lines, _MOST_LINES) * _LINE_HEIGHT + 4)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, self.rows, len(columns) - 1)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.repeat_rows(0)
        # Without a password: whoever wants a column of their own lifts it with one click.
        allowed = ("sort", "autofilter", "format_cells", "format_columns", "format_rows")
        page.protect("", dict.fromkeys((*allowed, "insert_rows", "delete_rows"), True))
        page.activate()

    def _header(self, section: SectionName, is_required: bool) -> Any:
        known = self.headers.get((section, is_required))
        if known is None:
            look = {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bg_color": _COLOURS[section],
                "border": 1,
                "border_color": "#B8C0CC",
            }
            known = self.book.add_format(look | ({"font_color": _REQUIRED} if is_required else {}))
            self.headers[section, is_required] = known
        return known

    def _look(self, question: Question | None) -> Any:
        """Choose how cells look: what isn't a number stays the text that was typed."""
        if question is None:
            return self._formats["text"]
        if question.kind in _NUMBER_KINDS or question.levels is not None:
            return self._formats["number"]
        return self._formats["date" if question.kind == "date" else "text"]

    def _validate(self, place: int, column: Column) -> None:
        if column.question is None:
            return
        contents, question = self.contents, column.question
        check = self._check(place, question)
        said = how_to_answer(contents, question, rank=column.key)
        rule: dict[str, object] = {
            "validate": "any",
            "input_title": _cut(printable(column.title), _MOST_PROMPT_TITLE),
            "input_message": _cut(printable(said), _MOST_PROMPT),
        }
        if check is not None:
            rule |= {
                **check.rule,
                "error_title": text("blank.wrong.title", contents.lang),
                "error_message": text(f"blank.wrong.{check.error}", contents.lang, **check.values),
                "error_type": "stop" if check.is_strict else "warning",
            }
        self.page.data_validation(1, place, self.rows, place, rule)

    def _check(self, place: int, question: Question) -> _Check | None:
        """Choose what may be typed; None for anything."""
        has_combinations = self.contents.has_combinations(question)
        if question.kind in {"choice", "flag", "ranked"} or has_combinations:
            source = {"validate": "list", "source": self.guide.lists[question.id]}
            values: dict[str, object] = {"sheet": self.guide.name}
            # Several answers may be written in another way than they are listed.
            return _Check(source, "list", values, not has_combinations)
        if question.levels is not None:
            return self._level_check(place, question)
        if question.kind in _NUMBER_KINDS:
            return _number_check(question)
        if question.kind == "date":
            ends = {"minimum": date(1900, 3, 1), "maximum": date(2199, 12, 31)}
            return _Check({"validate": "date", "criteria": "between", **ends}, "date", {})
        if question.max is not None and self._can_be_counted(question):
            cell = _cell_name(1, place)
            separators = f'LEN({cell})-LEN(SUBSTITUTE({cell},";",""))'
            formula = f"={separators}<{question.max}"
            rule: dict[str, object] = {"validate": "custom", "value": formula}
            return _Check(rule, "most", {"count": question.max})
        return None

    def _can_be_counted(self, question: Question) -> bool:
        labels = self.contents.labels(self.contents.options(question))
        return not any(map(has_separator, labels))

    def _level_check(self, place: int, question: Question) -> _Check:
        levels = question.levels
        assert levels is not None
        ends = {"low": levels.low, "high": levels.high}
        if question.max is None and not question.may_be_none:
            return _Check(_whole(levels.low, levels.high), "between", {**ends})
        cell = _cell_name(1, place)
        conditions = [f"{cell}>={levels.low}", f"{cell}<={levels.high}", f"{cell}=INT({cell})"]
        error, values = "between", {**ends}
        if question.max is not None:
            first, last = (_cell_name(1, end, "$") for end in self.grids[question.id])
            conditions.append(f"COUNT({first}:{last})<={question.max}")
            error, values = "levels", {**ends, "count": question.max}
        otherwise = f'{cell}="-"' if question.may_be_none else "FALSE"
        formula = f"=IF(ISNUMBER({cell}),AND({','.join(conditions)}),{otherwise})"
        return _Check({"validate": "custom", "value": formula}, error, {**values})


def _whole(low: int, high: int) -> dict[str, object]:
    return {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}


def _number_check(question: Question) -> _Check | None:
    low, high = question.low, question.high
    validate = "decimal" if question.decimals else "integer"
    number = "number" if question.decimals else "whole"
    if low is not None and high is not None:
        values: dict[str, object] = {"low": low, "high": high}
        rule = {"validate": validate, "criteria": "between", "minimum": low, "maximum": high}
        return _Check(rule, "between" if number == "whole" else "number-between", values)
    if low is not None:
        rule = {"validate": validate, "criteria": ">=", "value": low}
        return _Check(rule, f"{number}-from", {"low": low})
    if high is not None:
        rule = {"validate": validate, "criteria": "<=", "value": high}
        return _Check(rule, f"{number}-to", {"high": high})
    ends = {"minimum": -(10**15), "maximum": 10**15}
    return _Check({"validate": validate, "criteria": "between", **ends}, number, {})


def _cell_name(row: int, column: int, fixed: str = "") -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - loaded already

    return f"{fixed}{xl_col_to_name(column)}{row + 1}"


def _cut(said: str, most: int) -> str:
    """Shorten a text to the characters that a prompt can show."""
    return said if len(said) <= most else textwrap.shorten(said, most, placeholder=" …")[:most]


def _width(column: Column, contents: Contents) -> int:
    """Choose a width in characters at which header and answers can be read."""
    question = column.question
    if question is None:
        return 30
    if question.kind in {"choice", "flag", "ranked"}:
        longest = max(map(len, contents.listed(question)), default=0)
        return min(max(longest + 4, 16), 36)
    if question.levels is not None or question.kind in {*_NUMBER_KINDS, "date"}:
        return 17
    return {"text": 44, "slots": 18}.get(question.kind, 34)


def _lines(said: str, width: float) -> int:
    # Bold letters are about a fifth wider than the digits in which widths are given.
    return max(len(textwrap.wrap(said, max(int(width / 1.2), 1))), 1)

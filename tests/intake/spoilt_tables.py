"""Files that a curator may be sent, each with what is wrong in it written beside it.

A clean table of the demo school is written in several ways (:data:`SHAPES`), and spoilt in
many (:data:`SPOILS`); every spoil says in which row and column what has to be reported, from
what it did and not from what the reader says.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

import xlsxwriter

from mentormatch.datasets import school
from mentormatch.datasets.export import form_export
from mentormatch.keys import KeyFile
from mentormatch.questionnaire import Questionnaire

HEADER = "header"
WHOLE = "whole file"

FORM = Questionnaire.preset("target-model")

Place = tuple[int | str, str | None]
"""Number of a person from 0 on (or HEADER, or WHOLE), and the title of a column."""


@dataclass
class Table:
    """Header and rows on their way into a file, and what was planted in them.

    Parameters
    ----------
    header, rows
        Texts.
    planted
        Place and code of everything that has to be reported.
    merged
        Cells (person, column, cells to the right) that a workbook merges.
    formulas
        Cells (person, column) that hold a formula without a value, or an error.
    raw
        Rows of a CSV that are written as they stand.
    """

    header: list[str]
    rows: list[list[str]]
    planted: set[tuple[Place, str]] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    raw: dict[int, str] = field(default_factory=dict)

    def column(self, title: str) -> int:
        """Return the position of a title."""
        return self.header.index(title)

    def write(self, person: int, title: str, text: str) -> None:
        """Write into a cell."""
        self.rows[person][self.column(title)] = text

    def plant(self, code: str, person: int | str, title: str | None) -> None:
        """Note what has to be reported."""
        self.planted.add(((person, title), code))


@dataclass(frozen=True)
class Shape:
    """One way to write a table into a file.

    Parameters
    ----------
    name, suffix
        What it is called, and how its file ends.
    render
        Makes the bytes.
    first
        Row number of the first person.
    """

    name: str
    suffix: str
    render: Callable[[Table], bytes]
    first: int = 2

    @property
    def is_csv(self) -> bool:
        """Whether rows are lines of text."""
        return self.suffix == ".csv"


@dataclass(frozen=True)
class Spoil:
    """One thing that goes wrong in a table.

    Parameters
    ----------
    name
        What it is called.
    apply
        Does it to a table, and notes what has to be reported.
    csv, xlsx
        Whether it can happen in such a file.
    """

    name: str
    apply: Callable[[Table], None]
    csv: bool = True
    xlsx: bool = True

    def fits(self, shape: Shape) -> bool:
        """Tell whether it can happen in a file of this shape."""
        return self.csv if shape.is_csv else self.xlsx


_OPENED = datetime(2026, 9, 21, 9)  # noqa: DTZ001 - as people read a clock

PEOPLE = 12
"""Rows of the clean table."""


@cache
def _demo() -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return header and rows of a few mentees of the demo school as a form exports them."""
    demo = school("boarding_small")
    pupils = [
        person
        for person in demo.participants
        if person.roles == {"mentee"} and person.kind == "student"
    ][:PEOPLE]
    header, rows = form_export(
        demo.questionnaire, pupils, demo.keys, opened=_OPENED, separator="; "
    )
    # Without the time of the answer: of two rows of one person, neither is the last.
    texts = [["" if cell is None else str(cell) for cell in row[1:]] for row in rows]
    return tuple(header[1:]), tuple(map(tuple, texts))


def clean_table() -> Table:
    """Return a table without a fault."""
    header, rows = _demo()
    table = Table(list(header), [list(row) for row in rows])
    for person in range(len(rows)):  # so that every spoil has what it spoils
        table.write(person, "Буква класса", "А")
        table.write(person, "Формат встреч", "Очно")
    return table


# --- shapes -----------------------------------------------------------------------------


def _csv(encoding: str, delimiter: str, before: Sequence[str] = (), after: Sequence[str] = ()):
    def render(table: Table) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter)
        for line in before:
            writer.writerow([line] + [""] * (len(table.header) - 1))
        writer.writerow(table.header)
        for number, row in enumerate(table.rows):
            if number in table.raw:
                out.write(table.raw[number].replace("\x01", delimiter))
            else:
                writer.writerow(row)
        for line in after:
            writer.writerow([line] + [""] * (len(table.header) - 1))
        return out.getvalue().encode(encoding)

    return render


def _xlsx(before: Sequence[str] = (), *, numbers: bool = False):
    def render(table: Table) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
            page = book.add_worksheet("Ответы")
            for number, line in enumerate(before):
                page.write_string(number, 0, line)
            top = len(before)
            for column, title in enumerate(table.header):
                page.write_string(top, column, title)
            for number, row in enumerate(table.rows):
                for column, text in enumerate(row):
                    if numbers and text.isascii() and text.isdecimal():
                        page.write_number(top + 1 + number, column, int(text))
                    elif text:
                        page.write_string(top + 1 + number, column, text)
            for person, column, width in table.merged:
                row = top + 1 + person
                text = table.rows[person][column]
                page.merge_range(row, column, row, column + width, text)
            for person, column, formula in table.formulas:
                page.write_formula(top + 1 + person, column, formula, None, "")
        return out.getvalue()

    return render


SHAPES = (
    Shape("utf-8, commas", ".csv", _csv("utf-8", ",")),
    Shape("utf-8 with a mark, semicolons", ".csv", _csv("utf-8-sig", ";")),
    Shape("cp1251, semicolons", ".csv", _csv("cp1251", ";")),
    Shape("utf-16, tabs", ".csv", _csv("utf-16", "\t")),
    Shape(
        "cp1251, titles above and a total below",
        ".csv",
        _csv("cp1251", ";", ["Список наставляемых", "Школа № 0"], ["Итого: 12"]),
        4,
    ),
    Shape("workbook", ".xlsx", _xlsx()),
    Shape("workbook with numbers", ".xlsx", _xlsx(numbers=True)),
    Shape("workbook with titles above", ".xlsx", _xlsx(["Список наставляемых", ""]), 4),
)

WORKBOOK = SHAPES[5]


# --- spoils -----------------------------------------------------------------------------


def _cell(title: str, text: str, code: str, person: int = 3) -> Callable[[Table], None]:
    """Write something wrong into one cell, which is then to be reported."""

    def apply(table: Table) -> None:
        table.write(person, title, text)
        table.plant(code, person, title)

    return apply


def _same_code(table: Table) -> None:
    table.write(5, "Код участника", table.rows[2][table.column("Код участника")])
    table.write(5, "ФИО", table.rows[2][table.column("ФИО")])
    for person in (2, 5):
        table.plant("intake.same-code", person, "Код участника")


def _similar_code(table: Table) -> None:
    code = table.rows[2][table.column("Код участника")]
    table.write(5, "Код участника", code.replace("S", "Ѕ"))  # Cyrillic
    table.write(5, "ФИО", "Новенький Пётр")
    table.plant("intake.similar-codes", 5, "Код участника")


def _too_many(title: str, count: int, code: str) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        columns = [it for it in table.header if it.startswith(f"{title} [")]
        for column in columns[:count]:
            table.write(4, column, "5")
        for column in columns[count:]:
            table.write(4, column, "")
        table.plant(code, 4, columns[0])

    return apply


def _too_many_options(table: Table) -> None:
    labels = [option.label.ru for option in FORM.options("interests")][:6]
    table.write(6, "Интересы", "; ".join(labels))
    table.plant("cohort.too-many", 6, "Интересы")


def _twice_the_header(table: Table) -> None:
    table.header[table.column("Смена")] = "Учебный  корпус"
    table.plant("intake.same-header", HEADER, "Учебный  корпус")


def _no_header(table: Table) -> None:
    place = table.column("Формат встреч")
    table.header[place] = ""
    table.plant("intake.no-header", HEADER, _letters(place + 1))


def _unknown_part(table: Table) -> None:
    place = table.column("Свободное время [Вт]")
    table.header[place] = "Свободное время [Каникулы]"
    table.plant("intake.unknown-part", HEADER, table.header[place])


def _two_columns(table: Table) -> None:
    place = table.column("Смена")
    table.header[place] = "gender"
    table.header[place] = "building"
    table.plant("intake.two-columns", HEADER, "building")


def _no_kind(table: Table) -> None:
    place = table.column("Категория участника")
    table.header[place] = "Что-то другое"
    table.plant("intake.no-column", WHOLE, "Категория участника")


def _nobody(table: Table) -> None:
    for title in ("Код участника", "ФИО"):
        table.header[table.column(title)] = f"Колонка {title[0]}"
    table.plant("intake.no-code-column", WHOLE, "Код участника")


def _more_cells(table: Table) -> None:
    table.rows[7] += ["лишнее", "ещё"]
    table.plant("intake.ragged", 7, None)


def _fewer_cells(table: Table) -> None:
    table.rows[7] = table.rows[7][:20]
    table.plant("intake.ragged", 7, None)


def _open_quote(table: Table) -> None:
    table.raw[7] = '"S-9\x01Тестов Иван\r\n'
    table.plant("intake.quotes", 7, None)


def _quote_inside(table: Table) -> None:
    table.raw[7] = 'S-9\x01"Тестов" Иван\x01\r\n'
    table.plant("intake.quotes", 7, None)


def _merged(table: Table) -> None:
    place = table.column("Формат встреч")
    table.merged.append((4, place, 1))
    table.plant("intake.merged", 4, table.header[place + 1])


def _formula(table: Table) -> None:
    place = table.column("Формат встреч")
    table.formulas.append((4, place, "=A1&A2"))
    table.plant("intake.lost", 4, table.header[place])


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _missing(title: str, code: str) -> Callable[[Table], None]:
    return _cell(title, "", code)


SPOILS = (
    Spoil("an unknown choice", _cell("Формат встреч", "По телефону", "intake.option")),
    Spoil("a choice with a typo", _cell("Формат встреч", "Олнайн", "intake.option-near")),
    Spoil("two choices in one", _cell("Пара или группа", "В паре; В группе", "intake.option*")),
    Spoil("a scale above its end", _cell("Насколько хочу участвовать", "11", "cohort.range")),
    Spoil("a scale below its end", _cell("Насколько хочу участвовать", "0", "cohort.range")),
    Spoil("a scale in words", _cell("Насколько хочу участвовать", "очень", "intake.scale")),
    Spoil("half a point", _cell("Насколько хочу участвовать", "7,5", "intake.scale")),
    Spoil("a range of points", _cell("Насколько хочу участвовать", "7-8", "intake.scale")),
    Spoil("a grade too high", _cell("Класс", "12", "cohort.range")),
    Spoil("a grade in words", _cell("Класс", "пятый", "cell.class")),
    Spoil("two grades", _cell("Класс", "5/6", "cell.class")),
    Spoil("a broken number", _cell("Класс", "5,5", "cohort.not-whole")),
    Spoil("an impossible year", _cell("Год рождения", "20012", "cohort.range*")),
    Spoil("a year in words", _cell("Год рождения", "две тысячи", "intake.number")),
    Spoil("an impossible day", _cell("Согласие участника: дата", "31.02.2026", "intake.date")),
    Spoil("a date in words", _cell("Согласие участника: дата", "осенью", "intake.date")),
    Spoil("a month too many", _cell("Согласие родителя: дата", "2026-13-01", "intake.date")),
    Spoil("an undecided yes", _cell("Опыт наставничества", "может быть", "intake.option")),
    Spoil("a letter that no class has", _cell("Буква класса", "Ъ", "intake.option*")),
    Spoil(
        "an unknown option among others",
        _cell("Интересы", "Спорт; Ничегонеделание", "intake.option"),
    ),
    Spoil("two typos in a cell", _cell("Интересы", "Спортт; Музыкаа", "intake.option-near")),
    Spoil("too many options", _too_many_options),
    Spoil("a level above its end", _cell("С чем нужна помощь [Творчество]", "11", "intake.level")),
    Spoil("a level in words", _cell("С чем нужна помощь [Творчество]", "важно", "intake.level")),
    Spoil("too many requests", _too_many("С чем нужна помощь", 4, "cohort.too-many")),
    Spoil("an unknown time of day", _cell("Свободное время [Чт]", "ночью", "intake.option")),
    Spoil("somebody unknown", _cell("С кем хочу работать", "Никтошин Пётр", "intake.unknown*")),
    Spoil("an unknown code", _cell("С кем хочу работать", "T-999", "intake.unknown*")),
    Spoil("too many people", _cell("С кем хочу работать", "", "cohort.too-many")),
    Spoil("no code", _missing("Код участника", "intake.no-code")),
    Spoil("no kind", _missing("Категория участника", "cohort.required")),
    Spoil("an unknown kind", _cell("Категория участника", "Космонавт", "intake.option")),
    Spoil("an unknown role", _cell("В какой роли хотите участвовать", "Гость", "intake.option")),
    Spoil("another name for a code", _cell("ФИО", "Другой Человек", "intake.other-name")),
    Spoil("a code twice", _same_code),
    Spoil("two codes that look alike", _similar_code),
    Spoil("a header twice", _twice_the_header),
    Spoil("a column without a header", _no_header),
    Spoil("a part that is no option", _unknown_part),
    Spoil("two columns for one question", _two_columns),
    Spoil("no column of kinds", _no_kind),
    Spoil("nobody says who it is", _nobody),
    Spoil("cells beyond the header", _more_cells, xlsx=False),
    Spoil("a row that ends early", _fewer_cells, xlsx=False),
    Spoil("a quotation mark left open", _open_quote, xlsx=False),
    Spoil("a quotation mark inside", _quote_inside, xlsx=False),
    Spoil("merged answers", _merged, csv=False),
    Spoil("a formula without a value", _formula, csv=False),
)
"""A star ends a code where several would do."""


def _crowd(spoil: Spoil) -> Spoil:
    """Name more people than may be named, who are all known."""
    if spoil.name != "too many people":
        return spoil

    def apply(table: Table) -> None:
        codes = [row[table.column("Код участника")] for row in table.rows[:6]]
        table.write(8, "С кем хочу работать", "; ".join(codes))
        table.plant("cohort.too-many", 8, "С кем хочу работать")

    return replace(spoil, apply=apply)


SPOILS = tuple(map(_crowd, SPOILS))

# What goes wrong together, each in a row of its own.
_TOGETHER = (
    ("an unknown choice", "a grade too high", "a code twice"),
    ("a scale in words", "an impossible day", "somebody unknown", "too many requests"),
    ("no code", "no kind", "an unknown option among others"),
    ("a level in words", "an unknown time of day", "another name for a code"),
    ("too many options", "too many people", "two codes that look alike"),
)


@dataclass(frozen=True)
class Case:
    """A file, and what has to be reported of it.

    Parameters
    ----------
    name
        How it came about.
    suffix, content
        The file.
    planted
        Row number (None: the whole file), column and code of every defect; a star ends a
        code where several would do.
    """

    name: str
    suffix: str
    content: bytes = field(repr=False)
    planted: frozenset[tuple[int | None, str | None, str]] = frozenset()


def clean_cases() -> Iterator[Case]:
    """Make the clean table in every shape."""
    for shape in SHAPES:
        yield Case(shape.name, shape.suffix, shape.render(clean_table()))


def spoilt_cases() -> Iterator[Case]:
    """Make every spoil in every shape in which it can happen, and some together."""
    by_name = {spoil.name: spoil for spoil in SPOILS}
    groups = [(spoil,) for spoil in SPOILS]
    groups += [tuple(by_name[name] for name in names) for names in _TOGETHER]
    for shape in SHAPES:
        for spoils in groups:
            if all(spoil.fits(shape) for spoil in spoils):
                yield _spoilt(shape, spoils)


def _spoilt(shape: Shape, spoils: Sequence[Spoil]) -> Case:
    table = clean_table()
    for spoil in spoils:
        spoil.apply(table)
    name = f"{shape.name}: {', '.join(spoil.name for spoil in spoils)}"
    planted = frozenset(
        (_row(shape, person), title, code) for (person, title), code in table.planted
    )
    return Case(name, shape.suffix, shape.render(table), planted)


def _row(shape: Shape, person: int | str) -> int | None:
    if person == WHOLE:
        return None
    return shape.first - 1 if person == HEADER else shape.first + int(person)


def mentors_file() -> bytes:
    """Return a workbook of a few mentors, in which nothing is wrong."""
    demo = school("boarding_small")
    adults = [person for person in demo.participants if person.roles == {"mentor"}][:6]
    header, rows = form_export(
        demo.questionnaire, adults, demo.keys, opened=_OPENED, separator="; "
    )
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return WORKBOOK.render(Table(list(header), texts))


def keys() -> KeyFile:
    """Return the key file of the demo school."""
    return school("boarding_small").keys

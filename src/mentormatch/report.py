"""What happened while files were read: which columns were used, what was mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from mentormatch.errors import Defect
from mentormatch.messages import Language, text


@dataclass(frozen=True, slots=True)
class Repair:
    """What was read in a column although it was not written by the rules.

    Parameters
    ----------
    what
        What was mended and why, at the first of its rows.
    count
        In how many rows.
    """

    what: Defect
    count: int = 1

    def joined(self, other: "Repair") -> "Repair":
        """Return the same repair with the rows of both."""
        first = min(self.what, other.what, key=lambda it: it.place.row or 0)
        return Repair(first, self.count + other.count)

    def text(self, lang: Language = "en") -> str:
        """Say what was mended, where first, and how often."""
        what = self.what.text(lang)
        if self.count == 1:
            return what
        return text("import-report.times", lang, what=what, count=self.count)

    def to_dict(self, lang: Language = "en") -> dict[str, Any]:
        """Return plain data, with a sentence in a language."""
        return {**_plain(self.what, lang), "count": self.count}


@dataclass(frozen=True, slots=True)
class FileReport:
    """How one table was read.

    Every row under the header with content is kept, replaced or rejected:
    ``rows_read == rows_kept + len(replaced) + rows_rejected``.

    Parameters
    ----------
    file, sheet
        Where the table stood; no sheet for CSV.
    encoding, delimiter
        How a CSV was read; nothing for a workbook.
    header_row
        Row number of the headers, starting at 1.
    mapped
        Column header and the field it was read as.
    unmapped
        Headers of columns that were not read.
    rows_read, rows_kept, rows_blank
        Rows under the header: with content, kept as a participant, empty.
    repaired
        What was read although it was not written by the rules, in the rows that were kept.
    rejected
        What a lenient reading left out.
    ignored
        Headers of columns that the map of columns says to leave out.
    notices
        What deserves a look although nothing was changed.
    replaced
        Row numbers: a row, and the row of the same person that counts instead.
    """

    file: str
    header_row: int
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    mapped: tuple[tuple[str, str], ...] = ()
    unmapped: tuple[str, ...] = ()
    rows_read: int = 0
    rows_kept: int = 0
    rows_blank: int = 0
    repaired: tuple[Repair, ...] = ()
    rejected: tuple[Defect, ...] = ()
    ignored: tuple[str, ...] = ()
    notices: tuple[Defect, ...] = ()
    replaced: tuple[tuple[int, int], ...] = ()

    @property
    def rows_rejected(self) -> int:
        """How many rows a lenient reading left out."""
        return len({defect.place.row for defect in self.rejected})

    def lines(self, lang: Language = "en") -> tuple[str, ...]:
        """Say how the table was read, one sentence per line."""
        found = [text("import-report.file", lang, file=self.file, header_row=self.header_row)]
        if self.sheet is not None:
            found.append(text("import-report.sheet", lang, sheet=self.sheet))
        if self.encoding is not None:
            found.append(text("import-report.encoding", lang, encoding=self.encoding))
        if self.delimiter is not None:
            delimiter = "TAB" if self.delimiter == "\t" else self.delimiter
            found.append(text("import-report.delimiter", lang, delimiter=delimiter))
        found += self.rows_text(lang)
        found += [
            text("import-report.mapped", lang, header=header, field=field)
            for header, field in self.mapped
        ]
        found += [text("import-report.unmapped", lang, header=header) for header in self.unmapped]
        found += [text("import-report.ignored", lang, header=header) for header in self.ignored]
        found += [*self.remarks(lang)]
        found += [text("import-report.rejected", lang, what=it.text(lang)) for it in self.rejected]
        return tuple(found)

    def rows_text(self, lang: Language = "en") -> tuple[str, ...]:
        """Say how many rows were read, and what became of them."""
        counts = {"read": self.rows_read, "kept": self.rows_kept, "blank": self.rows_blank}
        found = text("import-report.rows", lang, **counts)
        dropped = {"replaced": len(self.replaced), "rejected": self.rows_rejected}
        return (found, text("import-report.dropped", lang, **dropped))[: 1 + any(dropped.values())]

    def remarks(self, lang: Language = "en") -> tuple[str, ...]:
        """Say what was noticed, mended and replaced, one sentence each."""
        return (
            *(text("import-report.notice", lang, what=it.text(lang)) for it in self.notices),
            *(text("import-report.repaired", lang, what=it.text(lang)) for it in self.repaired),
            *(text("import-report.replaced", lang, row=row, by=by) for row, by in self.replaced),
        )

    def to_dict(self, lang: Language = "en") -> dict[str, Any]:
        """Return plain data, as JSON holds it, with sentences in a language."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_row": self.header_row,
            "mapped": [{"header": header, "field": field} for header, field in self.mapped],
            "unmapped": list(self.unmapped),
            "ignored": list(self.ignored),
            "rows": {
                "read": self.rows_read,
                "kept": self.rows_kept,
                "replaced": len(self.replaced),
                "rejected": self.rows_rejected,
                "blank": self.rows_blank,
            },
            "notices": [_plain(it, lang) for it in self.notices],
            "repaired": [it.to_dict(lang) for it in self.repaired],
            "replaced": [{"row": row, "by": by} for row, by in self.replaced],
            "rejected": [_plain(it, lang) for it in self.rejected],
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How the answers were read, file by file."""

    files: tuple[FileReport, ...] = ()

    def text(self, lang: Language = "en") -> str:
        """Say everything, one sentence per line."""
        return "\n".join(line for file in self.files for line in file.lines(lang))

    def to_dict(self, lang: Language = "en") -> dict[str, Any]:
        """Return plain data, as JSON holds it: the same facts for programs."""
        return {"files": [file.to_dict(lang) for file in self.files]}

    def _repr_html_(self) -> str:
        lists = (
            "".join(f"<li>{escape(line)}</li>" for line in file.lines()) for file in self.files
        )
        return "".join(f"<ul>{items}</ul>" for items in lists)


def _plain(defect: Defect, lang: Language) -> dict[str, Any]:
    """Return a defect as plain data, without its file and sheet."""
    place = {"row": defect.place.row, "column": defect.place.column}
    values: Mapping[str, object] = defect.values
    kept = {name: it if isinstance(it, int) else str(it) for name, it in values.items()}
    return {"code": defect.code, **place, "values": kept, "text": defect.text(lang)}

"""What happened while files were read: which columns were used, what was mended."""

from dataclasses import dataclass
from html import escape

from mentormatch.errors import Defect
from mentormatch.messages import Language, text


@dataclass(frozen=True, slots=True)
class FileReport:
    """How one table was read.

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
        What was read although it was not written by the rules.
    rejected
        What a lenient reading left out.
    ignored
        Headers of columns that the map of columns says to leave out.
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
    repaired: tuple[Defect, ...] = ()
    rejected: tuple[Defect, ...] = ()
    ignored: tuple[str, ...] = ()

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
        counts = {"read": self.rows_read, "kept": self.rows_kept, "blank": self.rows_blank}
        found.append(text("import-report.rows", lang, **counts))
        found += [
            text("import-report.mapped", lang, header=header, field=field)
            for header, field in self.mapped
        ]
        found += [text("import-report.unmapped", lang, header=header) for header in self.unmapped]
        found += [text("import-report.ignored", lang, header=header) for header in self.ignored]
        found += [text("import-report.repaired", lang, what=it.text(lang)) for it in self.repaired]
        found += [text("import-report.rejected", lang, what=it.text(lang)) for it in self.rejected]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How the answers were read, file by file."""

    files: tuple[FileReport, ...] = ()

    def text(self, lang: Language = "en") -> str:
        """Say everything, one sentence per line."""
        return "\n".join(line for file in self.files for line in file.lines(lang))

    def _repr_html_(self) -> str:
        lists = (
            "".join(f"<li>{escape(line)}</li>" for line in file.lines()) for file in self.files
        )
        return "".join(f"<ul>{items}</ul>" for items in lists)

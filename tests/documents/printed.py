"""Reading a table back as it was printed: what stands above, in and below it."""

import io
import re
from dataclasses import dataclass

import openpyxl


@dataclass
class Table:
    """A sheet as a reader finds it."""

    page: object
    titles: list
    header: list
    rows: list
    notes: list
    headings: list

    def column(self, title):
        """Return the cells of a column."""
        return [row[title] for row in self.rows]


def tables_of(content):
    """Read every sheet of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: _table(page) for page in book.worksheets}


def only_table(papers):
    """Read the one sheet of the one workbook."""
    (paper,) = papers
    (table,) = tables_of(paper.content).values()
    return table


def _table(page):
    values = [list(row) for row in page.iter_rows(values_only=True)]
    top = int(re.fullmatch(r"\$(\d+):\$\1", page.print_title_rows)[1]) - 1
    header = values[top]
    last = int(re.search(r":[A-Z]+(\d+)$", page.auto_filter.ref)[1])
    body = values[top + 1 : last]
    # A heading stands alone in its row, in bold.
    bold = [page.cell(top + 2 + place, 1).font.b for place in range(len(body))]
    return Table(
        page,
        [row[0] for row in values[: max(top - 1, 0)]],
        header,
        [
            dict(zip(header, row, strict=True))
            for row, big in zip(body, bold, strict=True)
            if not big
        ],
        [cell for row in values[last:] for cell in row if cell is not None],
        [row[0] for row, big in zip(body, bold, strict=True) if big],
    )

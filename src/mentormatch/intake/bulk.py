"""Large CSV files column by column, by Arrow where it is installed.

Python's own reader makes a text of every cell; Arrow makes one of each distinct cell of a
column. It takes for an answer what Python's refuses, though, so a file is left to it only
when both must read the same cells.
"""

import csv
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LARGE: Final = 2**22
"""From how many bytes on Arrow is worth its import."""

_BLOCK: Final = 2**22  # bytes that are parsed at once
_QUOTE: Final = ord('"')


class Written(NamedTuple):
    """The cells of a column as they are written: int32 (n,) positions among distinct texts.

    The blank is the first of them.
    """

    codes: NDArray[np.int32]
    texts: list[str]


def columns_at_once(
    content: bytes, delimiter: str, after: int, width: int, most: int
) -> list[Written] | None:
    """Read the columns of a table without a step for each cell.

    Parameters
    ----------
    content
        A CSV in UTF-8 without its mark.
    delimiter
        What stands between its cells.
    after
        How many records to skip: those up to the header.
    width, most
        How many cells each record has, and the most records there may be.

    Returns
    -------
    list
        The columns, or None when the file needs the closer look of Python's reader: there is
        no Arrow, or it is small, or something about it is not as it should be.
    """
    if len(content) < LARGE or not delimiter.isascii():
        return None
    try:
        import pyarrow as pa  # noqa: PLC0415 - not needed by most
        import pyarrow.csv  # noqa: PLC0415
    except ImportError:
        return None
    if not _is_quoted_strictly(content, delimiter):
        return None
    names = [str(place) for place in range(width)]
    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(content),
            pa.csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                column_names=names,
                skip_rows_after_names=after,
            ),
            pa.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), strings_can_be_null=False, check_utf8=False
            ),
        ).unify_dictionaries()
    except pa.ArrowInvalid:  # such as a row of another width
        return None
    if not 0 < table.num_rows <= most:
        return None
    columns = [_written(column.chunks) for column in table.columns]
    longest = max(max(map(len, column.texts)) for column in columns)
    return columns if longest <= csv.field_size_limit() else None


def _written(chunks: list[Any]) -> Written:
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    texts = chunks[0].dictionary.to_pylist()
    blank = texts.index("") if "" in texts else len(texts)
    place = np.arange(1, len(texts) + 1, dtype=np.int32)
    place[blank:] -= 1
    place[blank : blank + 1] = 0
    return Written(place[codes], ["", *texts[:blank], *texts[blank + 1 :]])


def _is_quoted_strictly(content: bytes, delimiter: str) -> bool:
    """Tell whether quotation marks enclose whole cells, or are doubled inside of one."""
    marks = []
    for start in range(0, len(content), _BLOCK):
        piece = np.frombuffer(content, np.uint8, min(_BLOCK, len(content) - start), start)
        marks.append(np.flatnonzero(piece == _QUOTE) + start)
    found = np.concatenate(marks)
    if len(found) % 2:
        return False
    signs = np.frombuffer(content, np.uint8)
    beside = np.isin(np.arange(256), [*b'"\r\n', ord(delimiter)])
    before, behind = found[::2] - 1, found[1::2] + 1
    starts, ends = signs[before[before >= 0]], signs[behind[behind < len(signs)]]
    return bool(beside[starts].all() and beside[ends].all())

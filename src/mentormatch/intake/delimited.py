"""CSV files: their encoding, their delimiter and their records."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Final

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.bulk import Written, columns_at_once
from mentormatch.intake.source import FileLimits

_DELIMITERS: Final = (";", "\t", ",")
_VOTERS: Final = 50  # records that vote on the delimiter
_STEP: Final = 2**14  # bytes that are decoded at once; more take longer to put somewhere
_SAMPLE: Final = 2**18  # bytes that show which encoding it is

_ENCODINGS: Final = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16LE",
    "utf-16-be": "UTF-16BE",
    **{name: name for name in ("cp1251", "cp866", "koi8-r", "koi8-u")},
    "mac-cyrillic": "mac-cyrillic",
    "iso8859-5": "iso8859-5",
    "cp1252": "cp1252",
}
"""What can be read, by Python's name: the name that a report gives it."""

_CYRILLIC: Final = ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5")

# Russian letters by how often they are written.
_OFTEN: Final = "оеаинтсрвл"
_SELDOM: Final = "эщюфцшхжё"
_WORD: Final = re.compile(r"[^\W\d_]+")
_RUSSIAN: Final = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_STRANGE: Final = re.compile(r"[^\x00-\x7fА-Яа-яЁё№«»„“”‚‘’…–—•°§\xa0±×−€]")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A CSV whose encoding and delimiter are known.

    Parameters
    ----------
    content, place, limits
        The bytes of the file, its name, and how long a line may be.
    codec, delimiter
        How it is written.
    """

    content: bytes
    place: Place
    limits: FileLimits
    codec: str
    delimiter: str

    @property
    def encoding(self) -> str:
        """The name of the encoding that a report gives."""
        return _ENCODINGS[self.codec]

    def records(self) -> Iterator[list[str]]:
        """Read one record after the other.

        Raises
        ------
        IntakeError
            At a record that can't be read, with its row.
        """
        number = 0
        try:
            for record in _parsed(self._lines(), self.delimiter):
                number += 1
                yield record
        except csv.Error as error:
            code = "intake.long-cell" if "field limit" in str(error) else "intake.quotes"
            raise IntakeError.of(code, _in_row(self.place, number + 1)) from None
        except _LongLineError:
            raise self.limits.exceeded("line", _in_row(self.place, number + 1)) from None

    def columns(self, after: int, width: int, most: int) -> list[Written] | None:
        """Read the columns below a record at once; None when that takes :meth:`records`.

        Parameters
        ----------
        after
            Row number of the header.
        width, most
            How many cells each record has, and the most records there may be.
        """
        if not self._has_short_lines():
            return None
        content = self.content
        if self.codec != "utf-8-sig":
            content = content.decode(self.codec).encode()
        content = content.removeprefix(codecs.BOM_UTF8)
        return columns_at_once(content, self.delimiter, after, width, most)

    def _lines(self) -> Iterator[str]:
        file = _opened(self.content, self.codec)
        return file if self._has_short_lines() else self._measured(file)

    def _has_short_lines(self) -> bool:
        """Tell whether no line is over the limit for sure, without a step for each of them."""
        half = self.limits.line // 2
        if half == 0 or self.codec.startswith("utf-16"):  # whose other letters hold its byte too
            return False
        starts = range(0, len(self.content) - half, half)
        return all(self.content.find(b"\n", start, start + half) >= 0 for start in starts)

    def _measured(self, file: TextIOWrapper) -> Iterator[str]:
        most = self.limits.line
        for line in iter(partial(file.readline, most + 1), ""):
            if len(line) > most:
                raise _LongLineError
            yield line


class _LongLineError(Exception):
    """A line longer than the limit."""


def open_delimited(
    content: bytes,
    place: Place,
    limits: FileLimits,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Delimited:
    """Find out how a CSV is written, unless it is said.

    UTF-16 is taken for granted with its mark only. Otherwise it is UTF-8, or else the
    Windows encoding cp1251, but only where what it gives looks like Russian.

    Raises
    ------
    IntakeError
        When the encoding can't be told for sure, or the text holds what no text does.
    """
    codec = _codec(content, place) if encoding is None else _known(encoding, place)
    if encoding is not None or codec == "utf-16":
        broken = _first_defect(content, codec)
        if broken is not None:
            _raise_broken(content, codec, broken, place)
    _refuse_zeros(content, codec, place)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise IntakeError.of("intake.delimiter", place)
    written = Delimited(content, place, limits, codec, delimiter or "")
    if delimiter is None:
        first = "".join(islice(_short_lines(written), 10 * _VOTERS))
        delimiter = max(_DELIMITERS, key=lambda sign: _votes(first, sign))
    return Delimited(content, place, limits, codec, delimiter)


def _short_lines(written: Delimited) -> Iterator[str]:
    with suppress(_LongLineError):
        yield from written._lines()  # noqa: SLF001 - of this module


def _opened(content: bytes, codec: str) -> TextIOWrapper:
    return TextIOWrapper(BytesIO(content), codec, newline="")


def _parsed(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    return iter(csv.reader(lines, delimiter=delimiter, strict=True))


def _in_row(place: Place, row: int) -> Place:
    return Place(place.file, row=row)


def _votes(text: str, delimiter: str) -> tuple[int, int]:
    """Say how well a delimiter fits: how many records are of the usual width, and the width."""
    widths: list[int] = []
    with suppress(csv.Error):
        lines = iter(text.splitlines(keepends=True))
        widths.extend(map(len, islice(filter(any, _parsed(lines, delimiter)), _VOTERS)))
    counts = Counter(width for width in widths if width > 1)
    return max(((count, width) for width, count in counts.items()), default=(0, 0))


# --- encodings --------------------------------------------------------------------------


def _known(encoding: str, place: Place) -> str:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    name = {"utf-8": "utf-8-sig"}.get(name, name)
    if name not in _ENCODINGS:
        names = ", ".join(_ENCODINGS.values())
        raise IntakeError.of("intake.unknown-encoding", place, names=names)
    return name


def _codec(content: bytes, place: Place) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    broken = _first_defect(content, "utf-8-sig")
    if broken is None:
        return "utf-8-sig"
    if b"\0" in content[:_SAMPLE]:
        raise IntakeError.of("intake.zero-bytes", place)
    sample = _sample(content)
    likely = max(_CYRILLIC, key=lambda codec: _russian(sample, codec))
    if likely == "cp1251" and _russian(sample, likely) > 0 and _is_plausible(sample):
        if _first_defect(content, "cp1251") is None:
            return "cp1251"
        likely = ""
    if content.startswith(codecs.BOM_UTF8) or _is_mostly_utf8(sample):
        _raise_broken(content, "utf-8-sig", broken, place)
    if likely not in {"", "cp1251"} and _russian(sample, likely) > 0:
        raise IntakeError.of("intake.likely-encoding", place, likely=likely)
    raise IntakeError.of("intake.encoding", place)


def _sample(content: bytes) -> bytes:
    """Take the lines with other than English letters, as far as they are needed."""
    found = re.search(rb"[\x80-\xff]", content)
    start = content.rfind(b"\n", 0, found.start()) + 1 if found else 0
    return content[start : start + _SAMPLE]


def _words(sample: bytes, codec: str) -> tuple[list[str], int]:
    """Return the words with letters that are not English, and how many signs are strange."""
    text = sample.decode(codec, errors="replace")
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return words, len(_STRANGE.findall(text))


def _russian(sample: bytes, codec: str) -> float:
    """Say how much a text looks like Russian in an encoding: above 0 when it does at all."""
    words, strange = _words(sample, codec)
    letters = "".join(words).lower()
    if not letters:
        return -1.0
    often = sum(map(letters.count, _OFTEN)) / len(letters)
    seldom = sum(map(letters.count, _SELDOM)) / len(letters)
    wrong = sum(len(word) for word in words if not _RUSSIAN.fullmatch(word)) / len(letters)
    return often - seldom - 2 * wrong - 2 * strange / len(letters)


def _is_plausible(sample: bytes) -> bool:
    """Tell whether nearly all words are Russian ones when read as cp1251."""
    words, strange = _words(sample, "cp1251")
    good = sum(_RUSSIAN.fullmatch(word) is not None for word in words)
    return good >= 0.9 * len(words) and strange <= 0.1 * len(words)


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    foreign = sum(not letter.isascii() for letter in text)
    return text.count("\ufffd") * 4 < foreign


def _first_defect(content: bytes, codec: str) -> int | None:
    """Return the number of bytes before the first that can't be decoded, None when all can."""
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(content) + 1, _STEP):
        piece = content[start : start + _STEP]
        try:
            decoder.decode(piece, final=start + _STEP > len(content))
        except UnicodeDecodeError as error:
            # What was left of the piece before stands at the front of what was decoded.
            return start + len(piece) - len(error.object) + error.start
    return None


def _refuse_zeros(content: bytes, codec: str, place: Place) -> None:
    if codec.startswith("utf-16"):
        at = 2 * content.decode(codec).find("\0")
    else:
        at = content.find(b"\0")
    if at >= 0:
        raise IntakeError.of("intake.zero-bytes", _in_row(place, _row_at(content, codec, at)))


def _raise_broken(content: bytes, codec: str, at: int, place: Place) -> None:
    row = _in_row(place, _row_at(content, codec, at))
    raise IntakeError.of("intake.broken-text", row, encoding=_ENCODINGS[codec])


def _row_at(content: bytes, codec: str, at: int) -> int:
    """Say in which row a byte stands: line breaks within quotation marks don't count."""
    text = content[:at].decode(codec, errors="replace")
    return 1 + sum(piece.count("\n") or piece.count("\r") for piece in text.split('"')[::2])

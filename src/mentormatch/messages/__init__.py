"""Every sentence a person reads, in one catalogue per language.

A catalogue is a folder of TOML files, one per room of the library. A sentence is
found by its dotted key and filled with named values. A sentence that depends on
a count is a table with ``plural`` (the name of the counting value) and one form
per grammatical number: ``one`` and ``other`` in English, ``one``, ``few`` and
``many`` in Russian.
"""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

Language = Literal["en", "ru"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


@cache
def catalogue(lang: Language) -> dict[str, str]:
    """Return every sentence of a language by its dotted key.

    Raises
    ------
    ValueError
        When there is no such language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}; it can be {' or '.join(map(repr, LANGUAGES))}")
    sentences: dict[str, str] = {}
    folder = files(__name__) / lang
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            sentences |= _flatten(tomllib.loads(file.read_text("utf-8")))
    return sentences


def _russian(count: int) -> str:
    tens, units = count % 100, count % 10
    if units == 1 and tens != 11:
        return "one"
    return "few" if 2 <= units <= 4 and not 12 <= tens <= 14 else "many"


def plural_form(count: int, lang: Language) -> str:
    """Name the grammatical number that a count takes in a language."""
    if lang == "ru":
        return _russian(abs(count))
    return "one" if count == 1 else "other"


def has(key: str) -> bool:
    """Tell whether the catalogues hold a sentence under this key."""
    return key in catalogue("en") or f"{key}.plural" in catalogue("en")


def text(key: str, lang: Language = "en", /, **values: object) -> str:
    """Fill the sentence under ``key`` with named values; days are written as the language does.

    Raises
    ------
    KeyError
        When the language has no such sentence; a test keeps the catalogues complete.
    """
    sentences = catalogue(lang)
    counter = sentences.get(f"{key}.plural")
    if counter is not None:
        count = values[counter]
        if not isinstance(count, int):
            raise TypeError(f"{key}: {counter} must be a whole number")
        key = f"{key}.{plural_form(count, lang)}"
    said = {name: day(it, lang) if type(it) is date else it for name, it in values.items()}
    return sentences[key].format_map(said)


def percent(part: int, whole: int, lang: Language = "en") -> str:
    """Write a share with one decimal, rounded half up, the way the language does: 74.3 %."""
    tenths = (2000 * part + whole) // (2 * whole) if whole else 0
    point = "," if lang == "ru" else "."
    return f"{tenths // 10}{point}{tenths % 10} %"


def decimal(number: float, lang: Language = "en", places: int = 2, *, signed: bool = False) -> str:
    """Write a number with some decimals the way the language does: −0.25, or −0,25 in Russian."""
    written = f"{number:{'+' if signed else ''}.{places}f}"
    written = written.replace("-", "\N{MINUS SIGN}")  # after a hyphen a line may break
    return written.replace(".", ",") if lang == "ru" else written


def day(on: date, lang: Language = "en") -> str:
    """Write a day the way the language does: 2026-10-01, or 01.10.2026 in Russian."""
    return f"{on:%d.%m.%Y}" if lang == "ru" else on.isoformat()


_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня",
           "июля", "августа", "сентября", "октября", "ноября", "декабря"),
}  # fmt: skip


def long_day(on: date, lang: Language = "en") -> str:
    """Write a day as a letter does: 1 October 2026, or 1 октября 2026 г. in Russian."""
    written = f"{on.day} {_MONTHS[lang][on.month - 1]} {on.year}"
    return f"{written} г." if lang == "ru" else written

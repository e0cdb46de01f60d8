"""Finding the people who are named in answers."""

import unicodedata
from collections.abc import Iterable

from mentormatch.intake.answers import CellError, Reading
from mentormatch.keys import KeyFile


class Directory:
    """Finds the codes of people who are named in answers.

    Parameters
    ----------
    keys
        Names and codes.
    codes
        Everybody in the tables.
    complete
        Whether all tables could be read; otherwise everybody who is named is taken as known.
    """

    def __init__(self, keys: KeyFile, codes: Iterable[str], *, complete: bool) -> None:
        self._keys = keys
        self._codes = frozenset(codes)
        self._complete = complete

    def find(self, written: str) -> Reading[str]:
        """Return the code of somebody named by code or by exact name.

        Raises
        ------
        CellError
            When nobody or several people are named so.
        """
        code = unicodedata.normalize("NFC", written).strip()
        if code in self._codes or code in self._keys or not self._complete:
            return Reading(code)
        codes = self._keys.code_of(written)
        if len(codes) != 1:
            raise CellError.of("intake.several-people" if codes else "intake.unknown-person")
        return Reading(codes[0])

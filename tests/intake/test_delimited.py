"""However the lines of a CSV are gone through, the same records come out."""

from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from mentormatch.errors import IntakeError, Place
from mentormatch.intake.delimited import Delimited
from mentormatch.intake.source import FileLimits

WRITTEN = st.lists(st.sampled_from(["a", ";", '"', "\n", "\r", "\r\n", "я", "\x0b", "Ċ"]))
CODECS = ("utf-8-sig", "utf-16", "utf-16-le", "cp1251")


def records(written):
    """Return all records, or those before a defect and the defect."""
    found: list[list[str]] = []
    try:
        found.extend(written.records())
    except IntakeError as error:
        return found, error.defects
    return found, None


@given(WRITTEN, st.sampled_from(CODECS), st.integers(1, 12))
@settings(max_examples=400)
def test_lines_that_are_short_for_sure_need_no_measuring(pieces, codec, most):
    """A file whose line breaks stand close together reads as one whose lines are measured."""
    content = "".join(pieces).encode(codec, errors="ignore")
    written = Delimited(content, Place("answers.csv"), FileLimits(line=most), codec, ";")
    found = records(written)
    with mock.patch.object(Delimited, "_has_short_lines", return_value=False):
        assert found == records(written)


def test_a_line_as_long_as_the_limit_is_read_and_a_longer_one_is_not():
    """The limit holds to the letter, wherever the line stands among short ones."""
    for place in range(8):
        for size, is_read in ((8, True), (9, False)):
            lines = ["a;b\n"] * place + ["x" * (size - 1) + "\n"] + ["a;b\n"] * 8
            content = "".join(lines).encode()
            written = Delimited(content, Place("a.csv"), FileLimits(line=8), "utf-8-sig", ";")
            found, defects = records(written)
            assert (defects is None) == is_read
            assert len(found) == (len(lines) if is_read else place)

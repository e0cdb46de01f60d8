"""A file is written whole or not at all."""

import os
import stat
import sys

import pytest

from mentormatch import files
from mentormatch.files import safe_name, write_atomically


def test_a_file_gets_its_content(tmp_path):
    """What was written can be read, in a new folder too."""
    path = tmp_path / "new" / "keys.csv"
    write_atomically(path, b"first")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"


@pytest.mark.parametrize("step", ["fsync", "fdopen"])
def test_the_old_file_stays_when_writing_fails(tmp_path, monkeypatch, step):
    """A full disk costs the new content, never the old, and leaves nothing behind."""
    path = tmp_path / "keys.csv"
    write_atomically(path, b"old")

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.csv"]


def test_the_old_file_stays_when_the_name_cannot_be_taken(tmp_path, monkeypatch):
    """The last step either happens or it doesn't."""
    path = tmp_path / "keys.csv"
    write_atomically(path, b"old")

    def fail(*_):
        raise PermissionError("in use")

    monkeypatch.setattr(files.Path, "replace", fail)
    with pytest.raises(PermissionError):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_file_is_readable_by_its_owner_alone(tmp_path):
    """Names and answers are nobody else's."""
    path = tmp_path / "keys.csv"
    write_atomically(path, b"x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("приказ-№12-од", "приказ-№12-од"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("=cmd|' /C calc'!A0", "cmd-C-calc-A0"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("", "_"),
        ("\u202egpj.exe", "gpj.exe"),
        ("…", "_"),
        (" .hidden", "hidden"),
    ],
)
def test_a_safe_name_names_nothing_but_a_file(stem, name):
    """Folders, devices and unseen signs disappear from a name; letters stay."""
    assert safe_name(stem) == name


def test_a_safe_name_fits_in_a_folder():
    """A name of many long letters is cut between letters."""
    assert len(safe_name("Щ" * 500).encode()) <= 120
    assert set(safe_name("Щ" * 500)) == {"Щ"}

"""Whatever is wrong in a file somebody sends is reported where it stands, and nothing else is."""

import re

import pytest
from broken_files import broken_files
from spoilt_tables import FORM, PEOPLE, clean_cases, keys, mentors_file, spoilt_cases
from typer.testing import CliRunner

from mentormatch.cli import app
from mentormatch.errors import IntakeError
from mentormatch.intake.reading import read_cohort

CLEAN = list(clean_cases())
SPOILT = list(spoilt_cases())


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """Write what stands beside the file in question: the mentors' answers and the key file."""
    folder = tmp_path_factory.mktemp("school")
    (folder / "mentors.xlsx").write_bytes(mentors_file())
    keys().save(folder / "keys.csv")
    return folder


def read(content, suffix, folder, beside):
    """Read a file of mentees."""
    path = folder / f"mentees{suffix}"
    path.write_bytes(content)
    return read_cohort(FORM, beside / "mentors.xlsx", path, keys=beside / "keys.csv")


def test_the_corpus_is_large_enough():
    """It is a corpus, not a handful."""
    assert len(SPOILT) >= 300
    assert len({case.name for case in SPOILT}) == len(SPOILT)


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.name)
def test_a_clean_file_has_no_defect(case, tmp_path, beside):
    """No way of writing a table is a fault."""
    assert len(read(case.content, case.suffix, tmp_path, beside)) == PEOPLE + 6


@pytest.mark.parametrize("case", SPOILT, ids=lambda case: case.name)
def test_every_planted_defect_is_reported_at_its_place(case, tmp_path, beside):
    """Each is there, with row and column, and nothing else is reported."""
    with pytest.raises(IntakeError) as caught:
        read(case.content, case.suffix, tmp_path, beside)
    found = {(it.place.row, it.place.column) for it in caught.value.defects}
    assert found == {(row, column) for row, column, _ in case.planted}
    for row, column, code in case.planted:
        codes = {
            it.code
            for it in caught.value.defects
            if (it.place.row, it.place.column) == (row, column)
        }
        start = code.rstrip("*")
        assert all(it.startswith(start) if code.endswith("*") else it == code for it in codes)


@pytest.mark.parametrize(
    ("name", "suffix", "content"),
    [pytest.param(*entry, id=entry[0]) for entry in broken_files()],
)
def test_a_file_that_is_no_table_is_refused(name, suffix, content, tmp_path, beside):
    """It is named in a sentence, in bounded time, and nothing is written."""
    with pytest.raises(IntakeError) as caught:
        read(content, suffix, tmp_path, beside)
    assert {it.place.file for it in caught.value.defects} == {f"mentees{suffix}"}
    assert [it.name for it in tmp_path.iterdir()] == [f"mentees{suffix}"]


def checked(case, folder, beside):
    """Check a file of mentees as a curator does, by a command in Russian."""
    path = folder / f"mentees{case.suffix}"
    path.write_bytes(case.content)
    FORM.save(beside / "form.toml")
    words = ["check", path, "--questionnaire", beside / "form.toml", "--lang", "ru"]
    runner = CliRunner(env={"COLUMNS": "120"})
    return runner.invoke(app, [*map(str, words), "--keys", str(beside / "keys.csv")])


def rows_named(said):
    """Find the rows that a list names: "строки 4, 9, 12-15"."""
    found = set()
    for run in re.findall(r"строк[аи]? ([\d, -]+)", said):
        for part in filter(None, (it.strip(" -") for it in run.split(","))):
            first, _, last = part.partition("-")
            found.update(range(int(first), int(last or first) + 1))
    return found


@pytest.mark.parametrize("case", SPOILT[::15], ids=lambda case: case.name)
def test_a_curator_gets_a_list_of_rows_to_work_off(case, tmp_path, beside):
    """The command ends with 1 and names every row in which something is planted."""
    done = checked(case, tmp_path, beside)
    assert done.exit_code == 1, done.output
    assert {row for row, _, _ in case.planted if row} <= rows_named(done.output)


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.name)
def test_a_clean_file_of_one_side_is_sound_by_itself(case, tmp_path, beside):
    """That the mentors are in another file is worth a remark, and no fault."""
    done = checked(case, tmp_path, beside)
    assert done.exit_code == 0, done.output
    assert ": 0 замечаний" in done.output
    assert "нет ни одного наставника" in done.output

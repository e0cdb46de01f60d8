"""Documents are written one by one into folders of their codes."""

from dataclasses import replace
from datetime import date
from itertools import islice
from unittest import mock

import pytest

import mentormatch as mm
from mentormatch.documents import cabinet
from mentormatch.documents.cabinet import make_documents, write_documents
from mentormatch.documents.sources import Paper
from mentormatch.errors import DocumentError, IntakeError
from mentormatch.keys import KeyFile

DAY = date(2026, 10, 20)


@pytest.fixture(scope="module")
def programme(tmp_path_factory, lived):
    """Keep the demo school's year in the folder of a programme."""
    made_up, _, journal = lived
    programme = made_up.programme(tmp_path_factory.mktemp("school"))
    journal.replay(programme.register)
    return programme


@pytest.fixture
def makers(monkeypatch):
    """Make two sorts of documents: one per running pair, and none at all."""

    def letters(sources):
        for pair in islice(sources.state.pairs.values(), 3):
            who = sources.faces(pair.mentor)
            yield Paper("D-LET", f"{pair.pair}.txt", who.name.encode())

    makers = {"D-LET": letters, "D-MIN": lambda _: iter(())}
    monkeypatch.setattr(cabinet, "MAKERS", makers)
    return makers


def test_documents_go_into_folders_of_their_codes(programme, makers, lived):
    """Each code has a folder of its day, and whoever asks is told what is in it."""
    seen = []
    found = write_documents(programme, DAY, progress=lambda *it: seen.append(it))
    pairs = [*programme.register.state(DAY).pairs.values()][:3]
    folder = programme.out / "documents" / "2026-10-20" / "D-LET"
    assert found.files == {
        "D-LET": tuple(folder / f"{pair.pair}.txt" for pair in pairs),
        "D-MIN": (),
    }
    keys = lived[0].keys
    names = [path.read_text("utf-8") for path in found.files["D-LET"]]
    assert names == [keys.name_of(pair.mentor) for pair in pairs]
    assert seen == [("D-LET", 1), ("D-LET", 2), ("D-LET", 3)]
    assert "D-LET Письмо наставнику, наставляемому, родителям: 3" in found.text("ru")
    assert "D-MIN Protocol" not in found.text("en")
    assert "D-MIN Minutes: none" in found.text("en")


def test_names_leave_a_trace_and_codes_do_not(programme, makers):
    """The access log says that names were joined; documents with codes need no line."""
    before = len(programme.log.check().accesses)
    found = write_documents(programme, DAY, names=False)
    assert len(programme.log.check().accesses) == before
    pair = next(iter(programme.register.state(DAY).pairs.values()))
    assert found.files["D-LET"][0].read_text("utf-8") == pair.mentor
    write_documents(programme, DAY)
    last = programme.log.check().accesses[-1]
    assert (last.act, last.file) == ("names-read", "2026-10-20")


def test_files_of_an_earlier_time_are_named(programme, makers, tmp_path):
    """A letter that nothing gives rise to any more isn't left unnoticed."""
    (tmp_path / "D-LET").mkdir()
    (tmp_path / "D-LET" / "old.txt").write_text("an earlier letter")
    found = write_documents(programme, DAY, only=["d-let"], out=tmp_path)
    assert found.left == (tmp_path / "D-LET" / "old.txt",)
    assert list(found.files) == ["D-LET"]
    assert "- D-LET/old.txt" in found.text("en")


def test_answers_of_no_use_to_one_document_do_not_stop_the_others(programme, makers, tmp_path):
    """What is wrong with them is said when all that can be written is."""

    def comparisons(sources):
        raise IntakeError.of("diagnostics.other-range")
        yield

    makers = {"D-COMP": comparisons, **makers}
    with mock.patch.object(cabinet, "MAKERS", makers), pytest.raises(IntakeError) as caught:
        write_documents(programme, DAY, out=tmp_path)
    assert [defect.code for defect in caught.value.defects] == ["diagnostics.other-range"]
    assert len([*tmp_path.glob("D-LET/*")]) == 3


def test_no_document_replaces_another(programme, makers, monkeypatch, tmp_path):
    """Two names that differ in nothing but capitals are one file for some systems."""
    papers = [Paper("D-LET", name, name.encode()) for name in ("a.txt", "A.txt", "a.txt", "b.txt")]
    monkeypatch.setitem(makers, "D-LET", lambda _: iter(papers))
    found = write_documents(programme, DAY, only=["D-LET"], out=tmp_path)
    names = [path.name for path in found.files["D-LET"]]
    assert names == ["a.txt", "A-2.txt", "a-3.txt", "b.txt"]
    assert [path.read_text() for path in found.files["D-LET"]] == [paper.file for paper in papers]


def test_an_unknown_code_is_refused_with_those_that_there_are(programme, makers):
    """All codes that aren't there are named at once, and nothing is written."""
    with pytest.raises(DocumentError, match="D-LET, D-MIN") as caught:
        write_documents(programme, date(2026, 12, 1), only=["D-X", "D-LET", "D-Y"])
    assert [it.values["found"] for it in caught.value.defects] == ["D-X", "D-Y"]
    assert not (programme.out / "documents" / "2026-12-01").exists()


def test_documents_can_be_made_without_a_folder(makers, school_sources):
    """A school system that has no folder takes them one by one."""
    sources = school_sources(DAY, named=False)
    papers = list(make_documents(sources, ["D-MIN", "D-LET"]))
    assert [paper.content.decode() for paper in papers] == [
        pair.mentor for pair in islice(sources.state.pairs.values(), 3)
    ]


def test_everybody_without_a_name_is_listed_before_anything_is_made(makers, school_sources):
    """Half a set of documents helps nobody; whoever has left may be without a name."""
    sources = school_sources(DAY)
    first, second, *_ = sources.state.people
    people = {code: it for code, it in sources.keys.people.items() if code not in (first, second)}
    with pytest.raises(DocumentError) as caught:
        make_documents(replace(sources, keys=KeyFile(people)))
    assert {it.values["code"] for it in caught.value.defects} == {first, second}


def test_a_paper_shows_no_content_in_its_repr():
    """What is printed by mistake tells nothing."""
    assert "secret" not in repr(Paper("D-LET", "a.txt", b"secret"))
    assert mm.DocumentError is DocumentError

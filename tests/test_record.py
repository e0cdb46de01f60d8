"""A record is read strictly, saved faithfully, and gives nothing away."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mentormatch.errors import PolicyError
from mentormatch.record import Part, Record


class Leaf(Part):
    """A part of the record below."""

    size: int = Field(1, le=9)


class Sample(Record):
    """A record with a value, a list of parts and a rule of its own."""

    error: ClassVar = PolicyError
    newest_version: ClassVar = 2

    name: str
    ratio: float = 0.5
    leaves: tuple[Leaf, ...] = ()
    extra: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self):
        if self.name == "refused":
            raise PydanticCustomError("record.no-preset", "x", {"found": "f", "names": "n"})
        return self


RECORDS = st.builds(
    Sample,
    name=st.text().filter(lambda name: name != "refused"),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    leaves=st.lists(st.builds(Leaf, size=st.integers(-9, 9)), max_size=3).map(tuple),
    extra=st.dictionaries(st.text(), st.text(), max_size=3),
    schema_version=st.just(1),
)


def defects_of(content):
    """List code, place and sentence of every defect that content is refused for."""
    with pytest.raises(PolicyError) as caught:
        Sample.from_dict(content)
    return [(it.code, it.place.field, it.text("en")) for it in caught.value.defects]


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@given(record=RECORDS)
def test_a_record_survives_its_file(tmp_path_factory, suffix, record):
    """What was saved is read back equal."""
    path = tmp_path_factory.mktemp("record") / f"sample{suffix}"
    record.save(path)
    assert Sample.load(path) == record


@given(RECORDS)
def test_a_record_survives_plain_data(record):
    """Its plain data makes an equal record."""
    assert Sample.from_dict(record.to_dict()) == record


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    """An editor's mark at the start does no harm."""
    path = tmp_path / "sample.toml"
    path.write_text('name = "x"\n', "utf-8-sig")
    assert Sample.load(path) == Sample(name="x")


def test_an_unknown_key_gets_the_nearest_known_one():
    """A slip of spelling is answered by the right spelling, inside parts too."""
    assert defects_of({"name": "x", "leafs": [], "leaves": [{"sise": 2}]}) == [
        (
            "record.unknown-key-near",
            "leaves[0].sise",
            "leaves[0].sise: there is no key of this name; did you mean 'size'?",
        ),
        (
            "record.unknown-key-near",
            "leafs",
            "leafs: there is no key of this name; did you mean 'leaves'?",
        ),
    ]


def test_an_unknown_key_unlike_any_other_is_refused():
    """Where nothing is near, nothing is proposed."""
    ((code, place, _),) = defects_of({"name": "x", "qqq": 1})
    assert (code, place) == ("record.unknown-key", "qqq")


def test_all_defects_of_a_file_are_reported_with_their_place(tmp_path):
    """One reading names every key to mend, and the file it stands in."""
    path = tmp_path / "sample.toml"
    path.write_text("ratio = nan\n[[leaves]]\nsize = 10\n")
    with pytest.raises(PolicyError) as caught:
        Sample.load(path)
    places = [(it.code, it.place.file, it.place.field) for it in caught.value.defects]
    assert places == [
        ("record.missing", "sample.toml", "name"),
        ("record.value", "sample.toml", "ratio"),
        ("record.value", "sample.toml", "leaves[0].size"),
    ]


def test_a_validator_may_speak_through_the_catalogue():
    """A code of the catalogue is kept with its values."""
    ((code, place, sentence),) = defects_of({"name": "refused"})
    assert (code, place) == ("record.no-preset", None)
    assert sentence == "there is no preset 'f'; choose one of: n"


@pytest.mark.parametrize(
    "content",
    [
        {"name": ["Анна Тестова"]},
        {"name": "x", "leaves": [{"size": "Анна Тестова"}]},
        {"name": "x", "ratio": "Анна Тестова"},
        {"name": "x", "qqq": "Анна Тестова"},
    ],
)
def test_no_value_leaks_into_an_error(content):
    """An error tells where, never what a person wrote."""
    with pytest.raises(PolicyError) as caught:
        Sample.from_dict(content)
    said = caught.value.text("ru") + caught.value.text("en") + repr(caught.value)
    assert "Анна" not in said
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("sample.toml", b"name = ", "record.syntax"),
        ("sample.json", b"{", "record.syntax"),
        ("sample.json", b"[]", "record.syntax"),  # no table
        ("sample.toml", "name = 'Анна'".encode("cp1251"), "record.syntax"),
        ("sample.yaml", b"name: x", "record.suffix"),
        ("sample.toml", b"schema_version = 3\nname = 'x'", "record.version"),
        ("sample.toml", b"schema_version = 3\nnews = 'x'", "record.version"),  # its keys are newer
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, content, code):
    """Syntax, encoding, format and version are named before the content is judged."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PolicyError) as caught:
        Sample.load(path)
    (defect,) = caught.value.defects
    assert (defect.code, defect.place.file) == (code, name)


def test_a_missing_file_is_named(tmp_path):
    """The file is named without its folder."""
    with pytest.raises(PolicyError) as caught:
        Sample.load(tmp_path / "sample.toml")
    assert caught.value.text("en").startswith("sample.toml: there is no such file")
    assert str(tmp_path) not in caught.value.text("en")


def test_saving_under_another_ending_is_refused(tmp_path):
    """The ending says the format; nothing is written under any other."""
    with pytest.raises(PolicyError, match="toml"):
        Sample(name="x").save(tmp_path / "sample.txt")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_preset_is_answered_by_the_known_ones():
    """A record without presets says so by naming none."""
    assert Sample.presets() == ()
    with pytest.raises(PolicyError, match="there is no preset 'x'"):
        Sample.preset("x")


def test_a_record_is_frozen():
    """What was checked stays as it was checked."""
    with pytest.raises(ValueError, match="frozen"):
        Sample(name="x").name = "y"

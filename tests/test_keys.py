"""The key file gives out codes and keeps names to itself."""

import pickle
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mentormatch.errors import IntakeError, ParticipantError
from mentormatch.keys import KeyFile, Person

ANNA = "Тестова Анна Игоревна"


def test_a_missing_file_is_an_empty_key_file(tmp_path):
    """Before the first code was given out there is nothing to read."""
    assert len(KeyFile.load(tmp_path / "keys.csv")) == 0


@pytest.mark.parametrize(
    ("kind", "letter"),
    [
        ("student", "S"),
        ("teacher", "T"),
        ("parent", "P"),
        ("alumnus", "A"),
        ("partner", "B"),
        ("unistudent", "U"),
        ("guest", "X"),  # a category of a school's own
    ],
)
def test_a_new_code_is_a_letter_and_five_digits(kind, letter):
    """The letter tells the category, the digits tell nothing."""
    keys, code = KeyFile().with_person(kind, ANNA, "+7 000 000-00-00")
    assert re.fullmatch(rf"{letter}-\d{{5}}", code)
    assert (keys.name_of(code), keys.contact_of(code)) == (ANNA, "+7 000 000-00-00")


def test_a_code_is_never_given_out_twice(monkeypatch):
    """When chance repeats itself it is asked again."""
    numbers = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(numbers))
    keys, first = KeyFile().with_person("student", ANNA)
    keys, second = keys.with_person("student", "Примеров Пётр")
    assert (first, second, len(keys)) == ("S-00007", "S-00008", 2)


def test_codes_do_not_follow_from_names():
    """The same person gets another code another time."""
    codes = {KeyFile().with_person("student", ANNA)[1] for _ in range(20)}
    assert len(codes) > 1


def test_adding_somebody_leaves_the_old_key_file_alone():
    """A key file doesn't change; adding makes a new one."""
    old = KeyFile({"S-1": Person(ANNA)})
    new, code = old.with_person("student", ANNA)
    assert (len(old), len(new)) == (1, 2)
    assert (old.code_of(ANNA), new.code_of(ANNA)) == (("S-1",), ("S-1", code))
    assert new == KeyFile(new.people)


@pytest.mark.parametrize(
    "written",
    ["Примеров Пётр", "ПРИМЕРОВ ПЕТР", " примеров\u00a0 пе\u0308тр "],
)
def test_a_name_is_found_however_it_is_written(written):
    """Case, spaces and the two dots make no difference."""
    keys = KeyFile({"S-1": Person("Примеров Пётр"), "S-2": Person("Примерова Пётр")})
    assert keys.code_of(written) == ("S-1",)


def test_namesakes_are_all_named():
    """Two people of one name are both found; nobody guesses which was meant."""
    keys = KeyFile({"S-1": Person(ANNA), "S-2": Person(ANNA)})
    assert keys.code_of(ANNA) == ("S-1", "S-2")


def test_nobody_is_found_under_an_unknown_name_or_code():
    """An unknown name has no code; an unknown code is an error."""
    keys = KeyFile({"S-1": Person(ANNA)})
    assert keys.code_of("Никто") == ()
    assert "S-1" in keys
    assert "S-2" not in keys
    with pytest.raises(ParticipantError, match="S-2"):
        keys.name_of("S-2")


def test_a_key_file_shows_no_names():
    """Neither the key file nor a person of it says who they are."""
    keys = KeyFile({"S-1": Person(ANNA, "мама")})
    assert repr(keys) == "KeyFile(1 people)"
    assert str(keys.people["S-1"]) == "Person()"
    with pytest.raises(TypeError):
        iter(keys)


NAMES = st.text(st.sampled_from("АяЁё ;\",'=+-@Zz0")).map(str.strip)
PEOPLE = st.dictionaries(
    st.from_regex(r"\A[A-Z]-[0-9]{1,5}\Z"),
    st.builds(Person, NAMES.filter(bool), NAMES),
    max_size=5,
)


def is_protected(written):
    """Tell whether a text is what the file writes for another text."""
    return re.match(r"'[=+@-]", written) is not None


@given(PEOPLE)
def test_a_key_file_survives_its_file(tmp_path_factory, people):
    """What was saved is read back, signs of formulas and separators included."""
    texts = [text for person in people.values() for text in (person.name, person.contact)]
    assume(not any(map(is_protected, texts)))
    path = tmp_path_factory.mktemp("keys") / "keys.csv"
    keys = KeyFile(people)
    keys.save(path)
    assert KeyFile.load(path) == keys


def test_no_cell_of_the_file_is_a_formula(tmp_path):
    """A name that a spreadsheet would run is written as text."""
    path = tmp_path / "keys.csv"
    KeyFile({"S-1": Person("=1+1", "+7")}).save(path)
    assert path.read_text("utf-8-sig").splitlines() == ["code;name;contact", "S-1;'=1+1;'+7"]


def test_empty_rows_and_a_missing_contact_are_read(tmp_path):
    """What a person left out by hand does no harm."""
    path = tmp_path / "keys.csv"
    path.write_text(f"Code;Name;Contact\nS-1;{ANNA}\n;;\n", "utf-8-sig")
    assert KeyFile.load(path) == KeyFile({"S-1": Person(ANNA)})


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", [("keys.header", 1)]),
        (b"name;code\n", [("keys.header", 1)]),
        (f"code;name;contact\n;{ANNA};\nS-1;;\n".encode(), [("keys.blank", 2), ("keys.blank", 3)]),
        (f"code;name;contact\nS-1;{ANNA};\n\nS-1;Я;\n".encode(), [("keys.same-code", 4)]),
        ("code;name;contact\nS-1;Анна;\n".encode("cp1251"), [("keys.encoding", None)]),
    ],
)
def test_a_spoilt_key_file_is_refused_without_naming_anybody(tmp_path, content, codes):
    """Every row that can't be used is reported by its number, never by the name in it."""
    path = tmp_path / "keys.csv"
    path.write_bytes(content)
    with pytest.raises(IntakeError) as caught:
        KeyFile.load(path)
    assert [(defect.code, defect.place.row) for defect in caught.value.defects] == codes
    assert ANNA not in caught.value.text("ru") + caught.value.text("en")


def test_a_key_file_goes_to_another_process_and_back():
    """Documents may be made by workers; what they get is the same, and still hides its names."""
    keys = KeyFile({"S-1": Person(ANNA, "+7")})
    copied = pickle.loads(pickle.dumps(keys))  # noqa: S301 - our own
    assert copied == keys
    assert copied.code_of(ANNA) == ("S-1",)
    assert ANNA not in repr(copied)


def test_threads_that_look_for_people_at_once_all_find_them():
    """Whoever comes second sees the names folded already, or folds them for itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    people = {f"S-{number}": Person(f"Тестова {number}") for number in range(3000)}
    last = [(f"S-{number}",) for number in range(2900, 3000)]
    names = [f"тестова {number}" for number in range(2900, 3000)]
    try:
        for _ in range(5):
            with ThreadPoolExecutor(8) as pool:
                assert list(pool.map(KeyFile(people).code_of, names)) == last
    finally:
        sys.setswitchinterval(before)

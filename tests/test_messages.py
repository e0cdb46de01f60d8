"""Every sentence is there in every language, with the same blanks to fill."""

import re
import string
from pathlib import Path

import pytest

from mentormatch import messages
from mentormatch.messages import catalogue, plural_form, text

ROOT = Path(messages.__file__).parent
FORMS = {"en": {"one", "other"}, "ru": {"one", "few", "many"}}
FORM_NAMES = {"one", "few", "many", "other"}


def blanks(sentence):
    """List the named values that a sentence takes."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def sentences(lang):
    """Map every key to its wordings; a plural has several."""
    found = {}
    for key, wording in catalogue(lang).items():
        base, _, last = key.rpartition(".")
        if f"{base}.plural" in catalogue(lang) and last in FORM_NAMES | {"plural"}:
            if last != "plural":
                found.setdefault(base, {})[last] = wording
        else:
            found[key] = {"": wording}
    return found


EN, RU = sentences("en"), sentences("ru")


def test_both_languages_have_the_same_files():
    """A room of the library speaks both languages or none."""
    files = [{path.name for path in (ROOT / lang).iterdir()} for lang in ("en", "ru")]
    assert files[0] == files[1]


def test_both_languages_have_the_same_keys():
    """No sentence is missing in one of them."""
    assert EN.keys() == RU.keys()


def test_no_key_is_used_by_two_files():
    """No room overwrites the sentence of another."""
    for lang in ("en", "ru"):
        counts = [len(one_file(path)) for path in (ROOT / lang).iterdir()]
        assert sum(counts) == len(catalogue(lang))


def one_file(path):
    """Return the sentences of one file."""
    import tomllib

    return messages._flatten(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("key", sorted(EN.keys() & RU.keys()))
def test_a_sentence_has_the_same_blanks_in_both_languages(key):
    """Whatever fills the English sentence fills the Russian one, in each grammatical number."""
    used = [blanks(wording) for lang in (EN, RU) for wording in lang[key].values()]
    counters = {catalogue(lang).get(f"{key}.plural") for lang in ("en", "ru")}
    assert len(counters) == 1
    # A form for one thing may leave the number out.
    everything = set().union(*used)
    assert all(everything - names <= counters for names in used)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_plural_has_every_form_of_its_language(lang):
    """English has two grammatical numbers, Russian has three."""
    for key, wordings in sentences(lang).items():
        if f"{key}.plural" in catalogue(lang):
            assert wordings.keys() == FORMS[lang], key


def test_every_problem_comes_with_a_remedy():
    """Nobody is told what is wrong without being told what to do."""
    problems = {key.removesuffix(".problem") for key in EN if key.endswith(".problem")}
    remedies = {key.removesuffix(".remedy") for key in EN if key.endswith(".remedy")}
    assert problems == remedies


def test_russian_is_russian():
    """Apart from names of keys and files, a Russian sentence is written in Cyrillic."""
    latin_only = [
        key
        for key, wordings in RU.items()
        if any(
            re.search(r"[A-Za-z]{3}", re.sub(r"\{.*?\}", "", wording))
            and not re.search("[а-яё]", wording.lower())
            for wording in wordings.values()
        )
    ]
    assert latin_only == []


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"),
     (14, "many"), (21, "one"), (22, "few"), (111, "many"), (112, "many"), (-1, "one")],
)  # fmt: skip
def test_russian_counts_take_the_right_form(count, form):
    """One, few and many follow the last two digits."""
    assert plural_form(count, "ru") == form


@pytest.mark.parametrize(("count", "form"), [(0, "other"), (1, "one"), (2, "other"), (21, "other")])
def test_english_counts_take_the_right_form(count, form):
    """Only one is one."""
    assert plural_form(count, "en") == form


def test_a_counted_sentence_is_chosen_by_its_number():
    """The form fits the number that fills it."""
    assert [text("error.count", "ru", count=count) for count in (1, 3, 5)] == [
        "1 замечание:",
        "3 замечания:",
        "5 замечаний:",
    ]


def test_a_counted_sentence_needs_a_whole_number():
    """No grammatical number fits anything else."""
    with pytest.raises(TypeError, match="whole number"):
        text("error.count", "ru", count="3")


def test_an_unknown_key_is_a_key_error():
    """A slip of the programmer is not hidden."""
    with pytest.raises(KeyError):
        text("nothing.there")
    assert not messages.has("nothing.there")

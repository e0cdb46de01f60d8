"""An error carries every defect, in every language, to every process."""

import pickle

import pytest

from mentormatch import errors
from mentormatch.errors import Defect, IntakeError, MentorMatchError, Place


def all_errors(root=MentorMatchError):
    """List an error and everything derived from it."""
    return [root, *(leaf for child in root.__subclasses__() for leaf in all_errors(child))]


DEFECTS = (
    Defect(
        "record.no-preset",
        Place(file="policy.toml", field="forms[0]"),
        {"found": "offical", "names": "official"},
    ),
    Defect("record.missing", Place(sheet="Ответы", row=14, column="Класс")),
)


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_survives_a_process_boundary(error):
    """Nothing of a defect is lost when an error travels."""
    copy = pickle.loads(pickle.dumps(error(*DEFECTS)))  # noqa: S301 - our own bytes
    assert type(copy) is error
    assert copy.defects == DEFECTS
    assert copy.text("ru") == error(*DEFECTS).text("ru")


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_is_of_one_tree(error):
    """One ``except`` catches whatever the library raises."""
    assert issubclass(error, MentorMatchError)
    assert getattr(errors, error.__name__, error) is error


def test_an_error_says_all_defects():
    """Each stands in a line of its own, after their number."""
    assert IntakeError(*DEFECTS).text("en").splitlines() == [
        "2 defects:",
        "policy.toml, forms[0]: there is no preset 'offical'; choose one of: official",
        'sheet "Ответы", row 14, column "Класс": this key is missing; add it',
    ]
    assert IntakeError(*DEFECTS).text("ru").splitlines() == [
        "2 замечания:",
        "policy.toml, forms[0]: готового набора «offical» нет; выберите один из: official",
        "лист «Ответы», строка 14, столбец «Класс»: нет обязательного ключа; добавьте его",
    ]


def test_an_error_of_one_defect_is_one_line():
    """Where there is nothing to count, nothing is counted."""
    error = IntakeError.of("record.suffix", Place(file="answers.doc"))
    assert str(error) == "answers.doc: the file's name must end in .toml or .json; rename the file"


def test_a_defect_without_a_place_says_only_what_is_wrong():
    """No comma, no colon stands for a place that isn't known."""
    assert str(Defect("record.missing")) == "this key is missing; add it"


def test_defects_are_compared_by_all_they_say():
    """The same code with another value is another defect; equal ones can be gathered in a set."""
    assert Defect("record.value", values={"reason": "a"}) != Defect("record.value")
    assert len({Defect("record.missing"), Defect("record.missing")}) == 1

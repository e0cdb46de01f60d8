"""Names that nobody has: obviously made up, inflected for gender as Russian names are."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from mentormatch.datasets.dice import Bools, Dice

# Masculine and feminine.
_SURNAMES: Final = (
    ("Тестов", "Тестова"),
    ("Примеров", "Примерова"),
    ("Образцов", "Образцова"),
    ("Выдуманов", "Выдуманова"),
    ("Демов", "Демова"),
    ("Макетов", "Макетова"),
    ("Черновиков", "Черновикова"),
    ("Синтетиков", "Синтетикова"),
    ("Условный", "Условная"),
    ("Понарошкин", "Понарошкина"),
)
_FIRST: Final = (
    ("Александр", "Артём", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Захар", "Иван", "Кирилл"),
    ("Алёна", "Вера", "Галина", "Дарья", "Елена", "Жанна", "Ирина", "Ксения", "Мария", "Софья"),
)
_PATRONYMICS: Final = (
    ("Андреевич", "Андреевна"),
    ("Борисович", "Борисовна"),
    ("Викторович", "Викторовна"),
    ("Дмитриевич", "Дмитриевна"),
    ("Иванович", "Ивановна"),
    ("Петрович", "Петровна"),
    ("Семёнович", "Семёновна"),
    ("Фёдорович", "Фёдоровна"),
)
_DOUBLE: Final = ("Примеров-Тестовый", "Примерова-Тестовая")
_OTHER_PATRONYMIC: Final = ("Макет оглы", "Макет кызы")


def made_up_names(female: Bools, dice: Dice) -> list[str]:
    """Make full names, every surname with a number of its own.

    Among the first five are the hard cases of real lists: no patronymic, a double
    surname, a patronymic of two words, and the letter ё.

    Parameters
    ----------
    female
        bool (n,): which form of the name each person bears.
    dice
        Where the draws come from.
    """
    size = len(female)
    surnames = dice.whole(0, len(_SURNAMES) - 1, size)
    firsts = dice.whole(0, len(_FIRST[0]) - 1, size)
    patronymics = dice.whole(0, len(_PATRONYMICS) - 1, size)
    bearers: Counter[int] = Counter()
    names = []
    for person, form in enumerate(female.astype(int)):
        surname = int(surnames[person])
        bearers[surname] += 1
        parts = [
            f"{_SURNAMES[surname][form]}-{bearers[surname]}",
            _FIRST[form][firsts[person]],
            _PATRONYMICS[patronymics[person]][form],
        ]
        names.append(" ".join(_hard_case(person, parts, form)))
    return names


def _hard_case(person: int, parts: list[str], form: int) -> Sequence[str]:
    if person == 1:
        return parts[:2]
    if person == 2:
        return (_DOUBLE[form], *parts[1:])
    if person == 3:
        return (*parts[:2], _OTHER_PATRONYMIC[form])
    if person == 4:
        return (parts[0], ("Пётр", "Алёна")[form], ("Семёнович", "Фёдоровна")[form])
    return parts

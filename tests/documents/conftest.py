"""What tests of documents share: a made-up school year, and small programmes by hand."""

from collections.abc import Callable
from datetime import date

import pytest

import mentormatch as mm
from mentormatch.datasets import school, school_year
from mentormatch.documents.sources import Sources
from mentormatch.keys import KeyFile, Person
from mentormatch.office.surveys import PRESETS
from mentormatch.programme.folder import Letterhead
from mentormatch.programme.state import State
from mentormatch.questionnaire import Questionnaire
from mentormatch.roadmap.roadmap import Roadmap

LETTERHEAD = Letterhead.model_validate(
    {
        "institution": {
            "ru": "Государственное бюджетное общеобразовательное учреждение "
            "«Школа-интернат № 0 города Вымышленска»",
            "en": "Boarding School No. 0 of the Town of Vymyshlensk",
        },
        "city": {"ru": "Вымышленск", "en": "Vymyshlensk"},
        "director": {"ru": "О. О. Образцова", "en": "O. O. Obraztsova"},
        "curator": {"ru": "Макетова Мария Марковна", "en": "Maria Maketova"},
    }
)


@pytest.fixture(scope="session")
def lived():
    """Live through the demo school's year: the school, its matching in autumn, the journal."""
    made_up = school("boarding_small")
    cohort = made_up.cohort
    result = mm.match(cohort, mm.Policy.preset("official"))
    return made_up, result, school_year(cohort, result)


@pytest.fixture(scope="session")
def school_sources(lived) -> Callable[..., Sources]:
    """Make the sources of a day of the demo school's year: ``school_sources(on, lang, named)``."""
    made_up, result, journal = lived
    roadmap = Roadmap.preset("target-model-2023-2025").roll(to=2026)

    def make(on: date = date(2027, 6, 1), lang: str = "ru", *, named: bool = True) -> Sources:
        state = journal.state(on)
        return Sources(
            state,
            on,
            title=made_up.name,
            lang=lang,
            keys=made_up.keys if named else None,
            roadmap=roadmap,
            cohort=made_up.cohort,
            letterhead=LETTERHEAD,
            result_of=lambda _: result,
            asked_in=lambda wave: Questionnaire.preset(PRESETS[state.waves[wave].kind]),
            entries=lambda: [it for it in journal.entries() if it.day <= on],
        )

    return make


@pytest.fixture(scope="session")
def sources_of() -> Callable[..., Sources]:
    """Make sources by hand: ``sources_of(state, on, names={code: name}, lang="ru", ...)``."""

    def make(
        state: State, on: date, names: dict[str, str] | None = None, lang: str = "ru", **more
    ) -> Sources:
        keys = None
        if names is not None:
            keys = KeyFile({code: Person(name) for code, name in names.items()})
        more = {"title": "Программа", "letterhead": LETTERHEAD} | more
        return Sources(state, on, lang=lang, keys=keys, **more)

    return make

"""Cells become plain answers, or defects with a remedy."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import Defect
from mentormatch.intake.answers import cell_reader, join_parts, part_reader
from mentormatch.intake.mending import CellError, Reading, seen
from mentormatch.intake.tables import LOST, MERGED
from mentormatch.questionnaire import Questionnaire

OPTIONS = [
    {"id": "sport", "ru": "Спорт", "en": "Sport"},
    {"id": "art", "ru": "Музыка, театр", "en": "Music, theatre", "synonyms": ["искусство"]},
    {"id": "music", "ru": "Музыка", "en": "Music"},
    {"id": "code", "ru": "Код; данные", "en": "Code"},
]


def question(kind, **more):
    """Make a questionnaire with one more question than it must have, called q."""
    roles = [{"id": "mentor", "label": "mentor"}, {"id": "mentee", "label": "mentee"}]
    form = Questionnaire.from_dict(
        {
            "name": "small",
            "title": "Small",
            "questions": [
                {"id": "kind", "kind": "choice", "label": "kind", "options": [*roles]},
                {"id": "roles", "kind": "multi", "label": "roles", "options": roles},
                {"id": "q", "kind": kind, "label": "Question", **more},
            ],
        }
    )
    return form, form.question("q")


def find_person(written):
    """Know two people, one of them by name."""
    people = {"T-1": "T-1", "T-2": "T-2", "Анна Белова": "T-2"}
    if written.strip() not in people:
        raise CellError.of("intake.unknown-person")
    return Reading(people[written.strip()])


def read(cell, kind, **more):
    """Read one cell that holds a whole answer."""
    return cell_reader(*question(kind, **more), find_person)(cell).answer


def problems(cell, kind, **more):
    """Return the problems of a cell, and check that both languages can say them."""
    with pytest.raises(CellError) as caught:
        read(cell, kind, **more)
    for code, values in caught.value.problems:
        defect = Defect(code, values=values)
        assert defect.text("ru")
        assert defect.text("en")
    return [(code, dict(values)) for code, values in caught.value.problems]


CHOICE = {"options": OPTIONS}
LEVELS = {"options": OPTIONS, "levels": {"low": 1, "high": 10}}
NONE = {"options": OPTIONS, "may_be_none": True}
SLOTS = {
    "days": [{"id": "mon", "ru": "Пн", "en": "Mon"}, {"id": "tue", "ru": "Вт", "en": "Tue"}],
    "times": [{"id": "am", "ru": "утро", "en": "morning"}, {"id": "pm", "ru": "день", "en": "day"}],
}


@pytest.mark.parametrize(
    ("cell", "kind", "more", "answer"),
    [
        ("sport", "choice", CHOICE, "sport"),  # id
        (" СПОРТ", "choice", CHOICE, "sport"),  # label
        ("Искусство", "choice", CHOICE, "art"),  # synonym
        ("sport; Код; данные", "multi", CHOICE, ("sport", "code")),
        ("Музыка, театр, Спорт", "multi", CHOICE, ("sport", "art")),  # commas in a name
        ("Музыка, Спорт", "multi", CHOICE, ("sport", "music")),
        ("Музыка,Музыка, театр", "multi", CHOICE, ("art", "music")),
        ("Музыка\nСпорт;", "multi", CHOICE, ("sport", "music")),
        ("code; sport", "multi", CHOICE, ("sport", "code")),  # a set has no order
        ("—", "multi", NONE, ()),
        ("Спорт=8; Музыка, театр = 5", "multi", LEVELS, {"sport": 8, "art": 5}),
        ("sport=10, music=1", "multi", LEVELS, {"sport": 10, "music": 1}),
        ("-", "multi", LEVELS | {"may_be_none": True}, {}),
        ("code; sport", "ranked", CHOICE, ("code", "sport")),  # the order is the answer
        ("-", "ranked", NONE, ()),
        ("8", "scale", {}, 8),
        ("8 - скорее да", "scale", {}, 8),
        ("8 – скорее да", "scale", {}, 8),
        ("8.0", "scale", {}, 8),
        ("-2", "scale", {"low": -3, "high": 3}, -2),
        ("12", "number", {}, 12),
        ("12,0", "number", {}, 12),
        ("1 000", "number", {}, 1000),
        ("1\u00a0000", "number", {}, 1000),
        ("3,5", "number", {"decimals": 1}, Decimal("3.5")),
        ("-0.25", "number", {"decimals": 2}, Decimal("-0.25")),
        ("1.125", "number", {"decimals": 3}, Decimal("1.125")),
        ("2025-09-01", "date", {}, dt.date(2025, 9, 1)),
        ("1.9.2025", "date", {}, dt.date(2025, 9, 1)),
        ("01.09.2025 14:03:22", "date", {}, dt.date(2025, 9, 1)),
        ("2025-09-01 14:03:00", "date", {}, dt.date(2025, 9, 1)),
        ("Й и\u0306", "text", {}, "Й й"),  # composed
        ("-", "text", {}, "-"),
        ("mon-am; Вт день", "slots", SLOTS, ("mon-am", "tue-pm")),
        ("tue morning, Mon morning", "slots", SLOTS, ("mon-am", "tue-am")),
        ("T-2; T-1", "people", {}, ("T-1", "T-2")),
        ("Анна Белова, T-1", "people", {"ranked": True}, ("T-2", "T-1")),
        ("-", "people", {"may_be_none": True}, ()),
        ("да", "flag", {}, True),
        ("Yes", "flag", {}, True),
        ("1", "flag", {}, True),
        ("ИСТИНА", "flag", {}, True),
        ("нет", "flag", {}, False),
        ("No", "flag", {}, False),
        ("0", "flag", {}, False),
    ],
)
def test_a_cell_is_read_by_its_kind(cell, kind, more, answer):
    """Every way to write an answer that the grammar allows."""
    found = read(cell, kind, **more)
    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(
    ("cell", "kind", "more", "expected"),
    [
        (
            "Спрот",  # nearly right: a suggestion in the same language
            "choice",
            CHOICE,
            [("intake.option-near", {"found": "Спрот", "near": "Спорт"})],
        ),
        (
            "chess",  # nothing is near: the list
            "choice",
            CHOICE,
            [
                (
                    "intake.option",
                    {"found": "chess", "names": "Sport; Music, theatre; Music; Code"},
                )
            ],
        ),
        (
            "Спрот",  # a restricted answer is not shown, and no suggestion gives it away
            "choice",
            CHOICE | {"sensitivity": "restricted"},
            [
                (
                    "intake.option",
                    {"found": "…", "names": "Спорт; Музыка, театр; Музыка; Код; данные"},
                )
            ],
        ),
        (
            "Спрот; Музыка; Мзыка",  # all defects of a cell
            "multi",
            CHOICE,
            [
                ("intake.option-near", {"found": "Спрот", "near": "Спорт"}),
                ("intake.option-near", {"found": "Мзыка", "near": "Музыка"}),
            ],
        ),
        (
            "sport; code; music",
            "multi",
            CHOICE | {"max": 2},
            [("cohort.too-many", {"count": 3, "most": 2})],
        ),
        ("-", "multi", CHOICE, [("cohort.empty", {})]),
        (
            "Спорт; Музыка=0; code=2",
            "multi",
            LEVELS,
            [
                ("intake.no-level", {"low": 1, "high": 10}),
                ("intake.level", {"found": "0", "low": 1, "high": 10}),
            ],
        ),
        (
            "Спорт=11",
            "multi",
            LEVELS,
            [("intake.level", {"found": "11", "low": 1, "high": 10})],
        ),
        ("Спорт=8; sport=7", "multi", LEVELS, [("cohort.repeated", {})]),
        (
            "Спрот=8",
            "multi",
            LEVELS,
            [("intake.option-near", {"found": "Спрот", "near": "Спорт"})],
        ),
        ("sport; sport", "ranked", CHOICE, [("cohort.repeated", {})]),
        ("11", "scale", {}, [("cohort.range", {"found": "11", "low": 1, "high": 10})]),
        ("8-9", "scale", {}, [("intake.scale", {"found": "8-9", "low": 1, "high": 10})]),
        ("8,5", "scale", {}, [("intake.scale", {"found": "8,5", "low": 1, "high": 10})]),
        ("много", "scale", {}, [("intake.scale", {"found": "много", "low": 1, "high": 10})]),
        (
            "9" * 5000,
            "scale",
            {},
            [("intake.scale", {"found": "9" * 39 + "…", "low": 1, "high": 10})],
        ),
        ("1,000", "number", {}, [("intake.number", {"found": "1,000"})]),  # one, or a thousand?
        ("1e5", "number", {}, [("intake.number", {"found": "1e5"})]),
        ("nan", "number", {"decimals": 2}, [("intake.number", {"found": "nan"})]),
        ("3.5", "number", {}, [("cohort.not-whole", {"found": "3.5", "count": 0})]),
        ("3.55", "number", {"decimals": 1}, [("cohort.decimals", {"found": "3.55", "count": 1})]),
        ("-1", "number", {"low": 0}, [("cohort.range", {"found": "-1", "low": 0, "high": "…"})]),
        ("31.02.2025", "date", {}, [("intake.date", {"found": "31.02.2025"})]),
        ("01.09.25", "date", {}, [("cell.short-year", {"found": "01.09.25"})]),
        ("01/09/2025", "date", {}, [("cell.two-dates", {"found": "01/09/2025"})]),
        ("99999", "date", {}, [("intake.date", {"found": "99999"})]),
        (
            "Пн ночь",
            "slots",
            SLOTS,
            [("intake.option-near", {"found": "Пн ночь", "near": "Пн день"})],
        ),
        ("Кто-то; T-1; Ещё кто-то", "people", {}, [("intake.unknown-person", {})] * 2),
        ("T-2; Анна Белова", "people", {"ranked": True}, [("cohort.repeated", {})]),
        (
            "может быть",
            "flag",
            {},
            [("intake.option", {"found": "может быть", "names": "нет; да"})],
        ),
        (LOST, "text", {}, [("intake.lost", {})]),
        (MERGED, "text", {}, [("intake.merged", {})]),
    ],
)
def test_a_cell_that_is_no_answer_is_reported(cell, kind, more, expected):
    """Each with what was found, where it may be shown, and what to write."""
    assert problems(cell, kind, **more) == expected


def test_a_long_list_of_options_is_cut():
    """A remedy stays readable."""
    options = [{"id": f"o{number}", "label": f"Option {number}"} for number in range(20)]
    ((_, values),) = problems("chess", "choice", options=options)
    assert values["names"].count(";") == 8
    assert values["names"].endswith("; …")


def joined(cells, kind, **more):
    """Read several columns, given by what stands in brackets, and join them."""
    form, entry = question(kind, **more)
    parts = [part_reader(form, entry, key)(cell).answer for key, cell in cells.items()]
    return join_parts(form, entry, parts)


@pytest.mark.parametrize(
    ("cells", "kind", "more", "answer"),
    [
        (
            {"code": "+", "sport": "да", "art": "-", "music": "0"},
            "multi",
            CHOICE,
            ("sport", "code"),
        ),
        ({"sport": "Спорт", "art": "х"}, "multi", CHOICE, ("sport", "art")),  # its own name
        ({"sport": "Cпорт", "music": "• Музыка"}, "multi", CHOICE, ("sport", "music")),
        ({"no": "нет"}, "multi", {"options": [{"id": "no", "label": "Нет"}]}, ("no",)),
        ({"sport": "нет", "art": "no"}, "multi", CHOICE, None),  # no answer
        ({"sport": "нет", "art": "no"}, "multi", NONE, ()),  # the answer "none"
        ({"sport": "8", "art": "10 - очень"}, "multi", LEVELS, {"sport": 8, "art": 10}),
        ({"sport": "-"}, "multi", LEVELS, None),
        ({2: "Спорт", 1: "Код; данные"}, "ranked", CHOICE, ("code", "sport")),
        ({"tue": "утро; день", "mon": "день"}, "slots", SLOTS, ("mon-pm", "tue-am", "tue-pm")),
        ({"mon": "-"}, "slots", SLOTS | {"may_be_none": True}, ()),
    ],
)
def test_several_columns_make_one_answer(cells, kind, more, answer):
    """Columns hold a mark, a level, the option of a rank, or the times of a day."""
    assert joined(cells, kind, **more) == answer


@pytest.mark.parametrize(
    ("cells", "kind", "more", "expected"),
    [
        ({"sport": "maybe"}, "multi", CHOICE, ("intake.mark", {"found": "maybe"})),
        ({"sport": "Музыка"}, "multi", CHOICE, ("intake.mark", {"found": "Музыка"})),
        ({"sport": "11"}, "multi", LEVELS, ("intake.level", {"found": "11", "low": 1, "high": 10})),
        (
            {"sport": "+", "art": "+"},
            "multi",
            CHOICE | {"max": 1},
            ("cohort.too-many", {"count": 2, "most": 1}),
        ),
        ({2: "Спорт"}, "ranked", CHOICE, ("intake.rank-gap", {})),
        ({1: "Спорт", 2: "sport"}, "ranked", CHOICE, ("cohort.repeated", {})),
        (
            {"mon": "ночь"},
            "slots",
            SLOTS,
            ("intake.option", {"found": "ночь", "names": "утро; день"}),
        ),
    ],
)
def test_columns_that_make_no_answer_are_reported(cells, kind, more, expected):
    """Alone or together."""
    with pytest.raises(CellError) as caught:
        joined(cells, kind, **more)
    ((code, values),) = caught.value.problems
    assert (code, dict(values)) == expected


def test_what_is_mended_in_one_of_several_columns_is_said():
    """As in a cell that holds the whole answer."""
    for kind, more, key, cell, code in [
        ("multi", CHOICE, "sport", "Cпорт", "cell.look-alikes"),
        ("multi", LEVELS, "sport", "8 из 10", "cell.read-as"),
        ("ranked", CHOICE, 1, "«Спорт»", "cell.read-as"),
        ("slots", SLOTS, "mon", "утро; Утро", "cell.twice"),
    ]:
        found = part_reader(*question(kind, **more), key)(cell)
        assert [repair for repair, _ in found.repairs] == [code]
        assert part_reader(*question(kind, **more), key)("-").repairs == ()


def test_an_ordinary_cell_is_seen():
    """Only what a workbook lost is not."""
    assert seen("x") == "x"


KINDS = [
    ("choice", CHOICE),
    ("multi", CHOICE),
    ("multi", LEVELS),
    ("ranked", NONE),
    ("scale", {}),
    ("number", {"decimals": 2}),
    ("date", {}),
    ("text", {}),
    ("slots", SLOTS),
    ("people", {}),
    ("flag", {}),
]
PIECES = st.sampled_from(
    ["Спорт", "Музыка, театр", "=", "8", "; ", ", ", "-", "T-1", "2025-02-30", "01.", "\n", " "]
)


@given(kind=st.sampled_from(KINDS), cell=st.text() | st.lists(PIECES).map("".join))
def test_any_text_is_an_answer_or_reported(kind, cell):
    """Nothing but a CellError comes out of a cell."""
    name, more = kind
    with suppress(CellError):
        read(cell, name, **more)


@given(st.lists(st.sampled_from(OPTIONS), unique_by=lambda it: it["id"], min_size=1), st.data())
def test_whatever_is_chosen_is_read_back(chosen, data):
    """Names may hold the separators, and any name of an option will do."""
    names = [data.draw(st.sampled_from([it["id"], it["ru"], it["en"]])) for it in chosen]
    ids = [option["id"] for option in chosen]
    assert read("; ".join(names), "ranked", **CHOICE) == tuple(ids)
    levels = {name: data.draw(st.integers(1, 10)) for name in ids}
    cell = ", ".join(f"{name}={level}" for name, level in zip(names, levels.values(), strict=True))
    assert read(cell, "multi", **LEVELS) == levels

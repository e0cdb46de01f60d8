"""A form goes out, comes back filled in, and says what people answered."""

import io
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mentormatch.blanks.form import blank_form, filled_form, form_bytes
from mentormatch.cohort import Cohort
from mentormatch.datasets import school
from mentormatch.errors import MentorMatchError
from mentormatch.intake.reading import read_cohort
from mentormatch.participant import Participant
from mentormatch.questionnaire import Question, Questionnaire

DAY = date(2026, 10, 1)
LANGUAGES = ("ru", "en")
# One question of each kind, with the labels that trouble makers would choose.
ODD = Questionnaire.from_dict(
    {
        "name": "odd",
        "title": "=1+1",
        "vocabularies": {
            "things": [
                {"id": "plain", "ru": "Простое", "en": "Plain"},
                {"id": "comma", "ru": "Чай, кофе; сок", "en": "Tea, coffee; juice"},
                {"id": "equals", "ru": "2=два", "en": "2=two"},
                {"id": "dash", "ru": "-", "en": "–"},
                {"id": "formula", "ru": "=CMD()", "en": "@SUM(A1)"},
                {"id": "bracket", "ru": "в [скобках]", "en": "in [brackets]"},
            ]
        },
        "questions": [
            {
                "id": "kind",
                "kind": "choice",
                "label": "Kind",
                "required": True,
                "options": [{"id": "a", "label": "=A"}, {"id": "b", "label": "B, b"}],
            },
            {
                "id": "roles",
                "kind": "multi",
                "label": "Roles",
                "options": [
                    {"id": "mentor", "ru": "Н", "en": "Mentor"},
                    {"id": "mentee", "ru": "П", "en": "Mentee"},
                ],
            },
            {"id": "several", "kind": "multi", "label": "Several", "vocabulary": "things",
             "max": 3, "may_be_none": True},
            {"id": "graded", "kind": "multi", "label": "+graded", "vocabulary": "things",
             "levels": {"low": 2, "high": 7}, "max": 2, "may_be_none": True},
            {"id": "bare", "kind": "multi", "label": "Bare", "vocabulary": "things",
             "levels": {"low": 1, "high": 3}},
            {"id": "ordered", "kind": "ranked", "label": "Ordered", "vocabulary": "things",
             "max": 2, "may_be_none": True},
            {"id": "first", "kind": "ranked", "label": "First", "vocabulary": "things"},
            {"id": "wide", "kind": "scale", "label": "Wide", "low": -5, "high": 100},
            {"id": "price", "kind": "number", "label": "Price", "decimals": 2, "low": 0},
            {"id": "debt", "kind": "number", "label": "Debt", "high": 0},
            {"id": "any_number", "kind": "number", "label": "Any number"},
            {"id": "born", "kind": "date", "label": "@Born"},
            {"id": "said", "kind": "text", "label": "Said", "asked": {"roles": ["mentor"]}},
            {
                "id": "free",
                "kind": "slots",
                "label": "Free",
                "days": [{"id": d, "label": d.upper()} for d in ("mo", "tu")],
                "times": [{"id": f"t{n}", "label": f"{n}, {n + 1}"} for n in range(4)],
                "may_be_none": True,
            },
            {"id": "friends", "kind": "people", "label": "Friends", "max": 2, "ranked": True,
             "may_be_none": True, "asked": {"roles": ["mentee"], "kinds": ["b"]}},
            {"id": "yes", "kind": "flag", "label": "Yes?", "answered_by": "school"},
        ],
    }
)  # fmt: skip
FORMS = {name: Questionnaire.preset(name) for name in Questionnaire.presets()} | {"odd": ODD}


# --- answers to any questionnaire ---------------------------------------------------------

words = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"], exclude_characters="\u2028\u2029"),
    min_size=1,
    max_size=30,
)


def read_as(text: str) -> str:
    """Say what any reader makes of a text: composed, without blanks at its ends."""
    import unicodedata

    return unicodedata.normalize("NFC", text.strip())


def answers_to(form: Questionnaire, question: Question, codes: list[str]) -> st.SearchStrategy:
    """Draw a valid answer to a question."""
    ids = [option.id for option in form.options(question)]
    least = 0 if question.may_be_none else 1
    most = question.max
    match question.kind:
        case "choice":
            return st.sampled_from(ids)
        case "flag":
            return st.booleans()
        case "multi" if question.levels is not None:
            levels = st.integers(question.levels.low, question.levels.high)
            return st.dictionaries(st.sampled_from(ids), levels, min_size=least, max_size=most)
        case "multi" | "slots":
            some = st.lists(st.sampled_from(ids), unique=True, min_size=least, max_size=most)
            return some.map(lambda chosen: tuple(sorted(chosen, key=ids.index)))
        case "ranked":
            return st.lists(st.sampled_from(ids), unique=True, min_size=least, max_size=most).map(
                tuple
            )
        case "people":
            named = st.lists(st.sampled_from(codes), unique=True, min_size=least, max_size=most)
            return named.map(lambda chosen: tuple(chosen if question.ranked else sorted(chosen)))
        case "date":
            return st.dates(date(1000, 1, 1))
        case "text":
            return words.map(read_as).filter(bool)
        case _:
            # Cells are read up to twelve digits.
            low = 1 - 10**12 if question.low is None else question.low
            high = 10**12 - 1 if question.high is None else question.high
            units = 10**question.decimals
            numbers = st.integers(low * units, high * units)
            return numbers.map(lambda unit: plain(Decimal(unit) / units))


def plain(number: Decimal) -> int | Decimal:
    """Return a whole number as one."""
    return int(number) if number == int(number) else number


@st.composite
def cohorts(draw: st.DrawFn, form: Questionnaire) -> Cohort:
    """Draw a few people who answer some of what they are asked."""
    codes = [f"P-{number}" for number in range(draw(st.integers(2, 5)))]
    kinds = [option.id for option in form.options("kind")]
    people = []
    for place, code in enumerate(codes):
        kind = draw(st.sampled_from(kinds))
        both = [{"mentor"}, {"mentee"}][place] if place < 2 else {"mentor", "mentee"}
        roles = draw(st.sampled_from([both, {"mentor"}])) if place > 1 else both
        given = {
            question.id: draw(answers_to(form, question, codes))
            for question in form.asked_of(kind, roles)
            if question.id not in {"kind", "roles"} and draw(st.booleans())
        }
        people.append(
            Participant.model_validate({"id": code, "kind": kind, "roles": roles, "answers": given})
        )
    return Cohort.from_participants(form, people, as_of=DAY)


def same(first: Cohort, second: Cohort) -> bool:
    """Tell whether two cohorts hold the same people with the same answers."""
    return list(first.participants()) == list(second.participants())


slow = settings(
    max_examples=max(settings.default.max_examples // 10, 5),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # each example writes and reads files
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@slow
@given(data=st.data())
def test_a_filled_form_reads_back_to_the_same_answers(tmp_path, name, data):
    """Every field of everybody, whatever they answered, in one file of all."""
    cohort = data.draw(cohorts(FORMS[name]))
    path = tmp_path / "all.xlsx"
    filled_form(cohort, path, lang=data.draw(st.sampled_from(LANGUAGES)))
    assert same(read_cohort(FORMS[name], path, as_of=DAY), cohort)


@pytest.mark.parametrize("name", FORMS)
@slow
@given(data=st.data())
def test_two_filled_forms_read_back_to_the_same_answers(tmp_path, name, data):
    """Mentors and mentees apart; whoever is both stands in both."""
    cohort = data.draw(cohorts(FORMS[name]))
    for role in ("mentor", "mentee"):
        filled_form(
            cohort,
            tmp_path / f"{role}.xlsx",
            role=role,
            lang=data.draw(st.sampled_from(LANGUAGES)),
        )
    files = tmp_path / "mentor.xlsx", tmp_path / "mentee.xlsx"
    assert same(read_cohort(FORMS[name], *files, as_of=DAY), cohort)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
@slow
@given(data=st.data())
def test_a_blank_form_that_a_person_fills_in_is_understood(tmp_path, name, lang, data):
    """Answers typed by the columns that the form declares, in the way its prompts say."""
    form = FORMS[name]
    cohort = data.draw(cohorts(form))
    path = tmp_path / "form.xlsx"
    blank_form(form, path, codes=cohort.ids, lang=lang)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    places = {cell.value: cell.column for cell in page[1]}
    for row, person in enumerate(cohort.participants(), start=2):
        assert page.cell(row, 1).value == person.id
        for title, value in typed(form, person, lang).items():
            page.cell(row, places[title], value)
            if isinstance(value, str):
                page.cell(row, places[title]).data_type = "s"
    book.save(path)
    assert same(read_cohort(form, path, as_of=DAY), cohort)


def typed(  # noqa: PLR0912 - one way for each kind
    form: Questionnaire, person: Participant, lang: str
) -> dict[str, object]:
    """Write a person's answers as they would type them, by ids wherever a label could mislead."""
    cells: dict[str, object] = {}
    given = {**person.answers, "kind": person.kind, "roles": tuple(person.roles)}
    for name, answer in given.items():
        question = form.question(name)
        title = question.label.text(lang)
        labels = {option.id: option.label.text(lang) for option in form.options(question)}
        if answer in ((), {}) and question.kind == "slots":
            cells[f"{title} [{question.days[-1].label.text(lang)}]"] = "-"
        elif answer == {}:
            cells[f"{title} [{[*labels.values()][-1]}]"] = "-"
        elif answer == () and question.kind == "ranked":
            cells[f"{title} [1]"] = "-"
        elif answer == ():
            cells[title] = "-"
        elif isinstance(answer, dict):
            cells |= {f"{title} [{labels[option]}]": level for option, level in answer.items()}
        elif question.kind == "ranked":
            cells |= {f"{title} [{rank}]": option for rank, option in enumerate(answer, start=1)}
        elif question.kind == "slots":
            for day in question.days:
                times = [slot.partition("-")[2] for slot in answer if slot.startswith(f"{day.id}-")]
                if times:
                    cells[f"{title} [{day.label.text(lang)}]"] = "\n".join(reversed(times))
        elif isinstance(answer, bool):
            cells[title] = labels["yes" if answer else "no"]
        elif isinstance(answer, tuple):
            cells[title] = ", ".join(answer)
        elif isinstance(answer, date):
            cells[title] = answer if answer.year > 1900 else answer.isoformat()
        else:
            cells[title] = labels.get(answer, answer) if isinstance(answer, str) else answer
    return cells


def test_the_form_of_a_made_up_school_reads_back(tmp_path):
    """A hundred people with all that a school asks."""
    cohort = school().cohort
    filled_form(cohort, tmp_path / "all.xlsx", lang="ru")
    back = read_cohort(cohort.questionnaire, tmp_path / "all.xlsx", as_of=cohort.as_of)
    assert same(back, cohort)
    (report,) = back.report.files
    assert (report.unmapped, report.repaired) == ((), ())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_form_survives_another_office_program(tmp_path):
    """Opened and saved by LibreOffice: the same answers, lists and checks."""
    cohort = school().cohort
    (tmp_path / "saved").mkdir()
    filled_form(cohort, tmp_path / "all.xlsx", lang="ru")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "xlsx", "--outdir", tmp_path / "saved", tmp_path / "all.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = tmp_path / "saved" / "all.xlsx"
    assert same(read_cohort(cohort.questionnaire, saved, as_of=cohort.as_of), cohort)
    kinds = {}
    for path in (tmp_path / "all.xlsx", saved):
        page = openpyxl.load_workbook(path).worksheets[0]
        kinds[path] = {rule.type for rule in page.data_validations.dataValidation}
        assert page.protection.sheet
    assert kinds[saved] == kinds[tmp_path / "all.xlsx"]


# --- what stands in a workbook ------------------------------------------------------------


def book_of(form: Questionnaire, **options: object) -> openpyxl.Workbook:
    """Open a form."""
    return openpyxl.load_workbook(io.BytesIO(form_bytes(form, ".xlsx", **options)))


def rule_of(book: openpyxl.Workbook, title: str) -> object:
    """Find what may be typed under a header."""
    page = book.worksheets[0]
    column = next(cell.column_letter for cell in page[1] if cell.value == title)
    (rule,) = (it for it in page.data_validations.dataValidation if f"{column}2" in it.sqref)
    return rule


@pytest.mark.parametrize("name", FORMS)
def test_a_list_offers_the_labels_that_stand_on_the_second_sheet(name):
    """However many and long they are; and nothing else can be typed."""
    form = FORMS[name]
    book = book_of(form, lang="ru")
    asked = [question for question in form.questions if question.kind in {"choice", "flag"}]
    for question in asked:
        rule = rule_of(book, question.label.ru)
        sheet, _, area = rule.formula1.removeprefix("=").rpartition("!")
        cells = book[sheet.strip("'")][area.replace("$", "")]
        offered = [row[0].value for row in cells]
        assert sorted(offered) == sorted(option.label.ru for option in form.options(question))
        assert (rule.type, rule.errorStyle or "stop") == ("list", "stop")
        assert rule.sqref.ranges.copy().pop().max_row == 501


@pytest.mark.parametrize(
    ("title", "kind", "low", "high"),
    [
        ("Год рождения", "whole", "1920", "2030"),
        ("Темп: 1 – спокойный, 10 – энергичный", "whole", "1", "10"),
    ],
)
def test_a_number_is_checked_while_it_is_typed(title, kind, low, high):
    """Ends and the sentence about them are the questionnaire's, in its language."""
    rule = rule_of(book_of(FORMS["target-model"], lang="ru"), title)
    assert (rule.type, rule.formula1, rule.formula2) == (kind, low, high)
    assert rule.error == f"Впишите целое число от {low} до {high}."


def test_numbers_with_one_end_and_with_decimals_are_checked():
    """A price is not negative and may have cents; a debt is not positive and whole."""
    book = book_of(ODD)
    price, debt, any_number = (rule_of(book, name) for name in ("Price", "Debt", "Any number"))
    assert (price.type, price.operator, price.formula1) == ("decimal", "greaterThanOrEqual", "0")
    assert (debt.type, debt.operator, debt.formula1) == ("whole", "lessThanOrEqual", "0")
    assert any_number.type == "whole"


def test_the_most_answers_are_counted_while_they_are_typed():
    """Levels by their cells, names by what stands between them; a dash is "none"."""
    book = book_of(ODD)
    levels = rule_of(book, "+graded [Plain]")
    column = str(levels.sqref)[0]
    first, last = "F", "K"
    assert column == first
    assert levels.formula1 == (
        f"IF(ISNUMBER({first}2),AND({first}2>=2,{first}2<=7,{first}2=INT({first}2),"
        f'COUNT(${first}2:${last}2)<=2),{first}2="-")'
    )
    assert "SUBSTITUTE(" in rule_of(book, "Friends").formula1
    # An option's own name has a separator: nothing can be counted.
    assert rule_of(book, "Several").type in {None, "none"}


def test_the_ways_to_answer_with_several_are_listed_where_they_are_few():
    """Of two roles three ways, of a day's three times seven; other spellings are let through."""
    book = book_of(FORMS["target-model"], lang="ru")
    for title, count, last in (
        ("В какой роли хотите участвовать", 3, "Наставник; Наставляемый"),
        ("Свободное время [Пн]", 7, "утро; день; вечер"),
    ):
        rule = rule_of(book, title)
        sheet, _, area = rule.formula1.removeprefix("=").rpartition("!")
        offered = [row[0].value for row in book[sheet.strip("'")][area.replace("$", "")]]
        assert (len(offered), offered[-1], rule.errorStyle) == (count, last, "warning")


def test_a_prompt_says_how_to_answer():
    """Help, the grammar with an example, and who is asked."""
    said = rule_of(book_of(FORMS["target-model"], lang="ru"), "Преподаваемые предметы").prompt
    assert "Математика; Русский язык" in said
    assert "Кто отвечает: Педагог." in said
    assert "поставьте -" in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_in_a_form_is_a_formula_of_somebody_elses(lang):
    """Labels that look like formulas are texts in every sheet."""
    book = book_of(ODD, lang=lang)
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {"=1+1", "+graded [Plain]"} <= {cell.value for cell in cells} or lang == "ru"


def test_headers_are_locked_and_answers_are_not():
    """A slip of the hand changes no header; headers and codes stay in sight."""
    book = book_of(FORMS["target-model"], codes=["T-1"])
    page = book.worksheets[0]
    assert page.protection.sheet
    assert not page.protection.password
    assert page["A1"].protection.locked
    assert not page["A2"].protection.locked
    assert page.freeze_panes == "B2"


def test_a_form_for_some_asks_only_them():
    """Pupils as mentees are asked neither for capacity nor for experience, nor who they are."""
    form = FORMS["target-model"]
    page = book_of(form, role="mentee", kinds=["student"]).worksheets[0]
    titles = {str(cell.value).partition(" [")[0] for cell in page[1]}
    asked = {form.label(name) for name in ("kind", "grade", "requests", "support_tags")}
    others = {form.label(name) for name in ("roles", "capacity", "experience_years")}
    assert asked <= titles
    assert not others & titles


def test_a_form_that_is_handed_out_can_leave_out_what_the_school_answers():
    """Nobody needs to read that they wait for an interview."""
    form = FORMS["target-model"]
    hidden = {it.label.en for it in form.questions if it.answered_by == "school"}
    for school_too in (True, False):
        page = book_of(form, school=school_too).worksheets[0]
        titles = {cell.value for cell in page[1]}
        assert bool(hidden & titles) is school_too


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_the_same_form_gives_the_same_bytes(suffix):
    """Neither the clock nor the place leaves a trace."""
    first, second = (form_bytes(ODD, suffix, codes=["A-1", "A-2"]) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"role": "mentors"}, ["blank.unknown"]),
        ({"kinds": ["pupil", "student", "ghost"]}, ["blank.unknown", "blank.unknown"]),
        ({"lang": "de"}, ["blank.unknown"]),
        ({"codes": ["A", "B", "A "]}, ["cohort.same-code"]),
        ({"codes": ["A", ""]}, ["cohort.no-code"]),
    ],
)
def test_a_form_that_cannot_be_meant_is_refused(tmp_path, options, codes):
    """Every slip is told, and nothing is written."""
    with pytest.raises(MentorMatchError) as error:
        blank_form(FORMS["target-model"], tmp_path / "form.xlsx", **options)
    assert [defect.code for defect in error.value.defects] == codes
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda path: blank_form(ODD, path / "form.pdf"), "blank.suffix"),
        (lambda path: filled_form(school().cohort, path / "form.docx"), "blank.not-xlsx"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, write, code):
    """The name says what is written."""
    with pytest.raises(MentorMatchError) as error:
        write(tmp_path)
    assert [defect.code for defect in error.value.defects] == [code]


def test_a_text_that_no_cell_holds_is_told(tmp_path):
    """Row and column of the answer; the answer itself stays where it is."""
    person = {"id": "A", "kind": "a", "roles": ["mentor"], "answers": {"said": "x" * 32_768}}
    cohort = Cohort.from_participants(ODD, [Participant.model_validate(person)], as_of=DAY)
    with pytest.raises(MentorMatchError) as error:
        filled_form(cohort, tmp_path / "form.xlsx")
    (defect,) = error.value.defects
    assert (defect.code, defect.place.row, defect.place.column) == (
        "spreadsheet.too-long", 2, "Said"
    )  # fmt: skip


# --- paper ----------------------------------------------------------------------------------


def words_of(content: bytes) -> str:
    """Read all that is printed in a document, its tables and feet included."""
    from docx import Document

    document = Document(io.BytesIO(content))
    texts = [node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")]
    for section in document.sections:
        texts += [paragraph.text for paragraph in section.footer.paragraphs]
    return "\n".join(texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_printed_form_has_every_question_and_option(lang):
    """And none of what the school answers."""
    form = FORMS["target-model"]
    printed = words_of(form_bytes(form, ".docx", lang=lang))
    for question in form.questions:
        is_there = question.label.text(lang) in printed
        assert is_there is (question.answered_by == "participant"), question.id
        for option in form.options(question) if is_there and question.kind != "slots" else ():
            assert option.label.text(lang) in printed, option.id


def test_odd_questions_can_be_printed():
    """Scales too wide to circle, ranks, times with commas."""
    printed = words_of(form_bytes(ODD, ".docx", school=True))
    assert "from -5 to 100" in printed
    assert all(question.label.en in printed for question in ODD.questions)


def test_each_code_gets_a_form_of_its_own():
    """The code stands at the top and at the foot of its pages; nobody writes a name."""
    form = FORMS["target-model"]
    printed = words_of(form_bytes(form, ".docx", codes=["T-1", "T-2"], lang="ru"))
    assert printed.count("T-1") == printed.count("T-2") == 2
    assert form.identity.name.ru not in printed


def test_a_form_for_one_kind_does_not_ask_for_the_kind():
    """It says at the top whom it is for."""
    form = FORMS["target-model"]
    printed = words_of(form_bytes(form, ".docx", kinds=["student"], role="mentee", lang="ru"))
    assert "Для кого: Обучающийся, Наставляемые" in printed
    assert form.label("kind", "ru") not in printed
    # Nothing else has to be answered.
    assert "*" not in printed
    assert "*" in words_of(form_bytes(form, ".docx", lang="ru"))


def test_a_document_holds_no_time_and_no_author():
    """What python-docx puts in by itself is gone."""
    archive = zipfile.ZipFile(io.BytesIO(form_bytes(ODD, ".docx")))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"python-docx" not in archive.read("docProps/core.xml")


def test_without_python_docx_the_extra_is_named(tmp_path, monkeypatch):
    """A workbook needs none of it."""
    import sys

    monkeypatch.setitem(sys.modules, "docx", None)
    blank_form(ODD, tmp_path / "form.xlsx")
    with pytest.raises(MentorMatchError, match="documents"):
        blank_form(ODD, tmp_path / "form.docx")
    assert [path.name for path in Path(tmp_path).iterdir()] == ["form.xlsx"]

"""Orders on pairs and on plans: read back, and held against what was written down."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import pytest
from docx import Document

from conftest import LETTERHEAD
from lives import PLAN, RUNNING, after
from mentormatch.documents.papers.heads import within_line
from mentormatch.documents.papers.kinds import copy_templates
from mentormatch.documents.papers.orders import pair_orders, plan_orders
from mentormatch.documents.papers.plans import individual_plans
from mentormatch.errors import DocumentError
from mentormatch.programme.facts import (
    Enrolled,
    Enrolment,
    MenteeJoined,
    MenteeLeft,
    Ordered,
    PlanChanged,
    PlansAgreed,
    PlansApproved,
)
from mentormatch.programme.folder import Letterhead
from mentormatch.questionnaire import Label

YEAR_END = date(2027, 6, 1)
NAMES = {
    "T-1": "Образцова Ольга Олеговна",
    "T-2": "Константинопольская-Преображенская Александра-Виктория Вениаминовна",
    "S-1": "Тестов Тимофей",
    "S-2": "Примерова Полина Павловна",
    "S-3": "Макетов Марк Маркович",
}


def read(paper):
    """Open a document with the bare library."""
    return Document(io.BytesIO(paper.content))


def words_of(document) -> str:
    """Return all words of a document's paragraphs and tables."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(it.text for it in document.paragraphs), *cells])


def rows_of(document, heading) -> list[list[str]]:
    """Return the rows of the table with this heading, without its headings."""
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if heading in rows[0]:
            return rows[1:]
    raise AssertionError(heading)


def shown(names, members) -> list[str]:
    """List names that stand at the beginning of lines, without posts."""
    return [next(name for name in names if line.startswith(name)) for line in members.splitlines()]


def facts_of(journal, kind):
    """List the facts of a kind."""
    return [entry.fact for entry in journal.entries() if isinstance(entry.fact, kind)]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_each_order_of_a_year_lists_the_pairs_of_its_day(school_sources, lived, lang):
    """Numbers, days, names and terms are those that were written down when it was signed."""
    made_up, _, journal = lived
    name_of = made_up.keys.name_of
    papers = list(pair_orders(school_sources(YEAR_END, lang)))
    orders = facts_of(journal, Ordered)
    assert [paper.code for paper in papers] == ["D-PAIR"] * len(orders)
    for paper, order in zip(papers, orders, strict=True):
        then = journal.state(order.on).pairs
        document = read(paper)
        assert order.number in words_of(document)
        rows = rows_of(document, "Форма" if lang == "ru" else "Form")
        assert [row[0] for row in rows] == [str(n) for n in range(1, len(order.pairs) + 1)]
        days = [order.starts, order.ends]
        written = [f"{on:%d.%m.%Y}" if lang == "ru" else on.isoformat() for on in days]
        for row, code in zip(rows, sorted(order.pairs), strict=True):
            pair = then[code]
            assert shown([name_of(pair.mentor)], row[2]) == [name_of(pair.mentor)]
            mentees = [name_of(mentee) for mentee in pair.mentees]
            assert sorted(shown(mentees, row[3])) == sorted(mentees)
            assert row[4].replace("\u00a0", " ").split(" – ") == written
        mentors = [then[code].mentor for code in order.pairs]
        signing = rows_of(document, "Подпись" if lang == "ru" else "Signature")
        assert len(signing) == len(set(mentors))


def test_each_order_on_plans_lists_the_versions_that_it_approved(school_sources, lived):
    """A plan that was changed stands in a second order, as its second version."""
    made_up, _, journal = lived
    papers = list(plan_orders(school_sources(YEAR_END)))
    approvals = facts_of(journal, PlansApproved)
    orders = {(it.on, it.number): set() for it in approvals}
    for it in approvals:
        orders[it.on, it.number] |= set(it.pairs)
    assert len(papers) == len(orders)
    versions = set()
    for paper, ((on, number), pairs) in zip(papers, sorted(orders.items()), strict=True):
        then = journal.state(on).pairs
        rows = rows_of(read(paper), "План")
        assert number in words_of(read(paper))
        assert len(rows) == len(pairs)
        for row, code in zip(rows, sorted(pairs), strict=True):
            version = then[code].plan.newest
            versions.add(version.number)
            assert row[1].startswith(made_up.keys.name_of(then[code].mentor))
            plan, described = row[3].splitlines()
            assert plan == code
            assert described == f"версия {version.number} от {version.drafted:%d.%m.%Y}"
        assert [row[5] for row in rows] == [str(n) for n in range(2, len(rows) + 2)]
    assert versions == {1, 2}


def test_an_order_says_who_orders_what(sources_of):
    """Every line of a small order, as it is signed."""
    sources = sources_of(after(*RUNNING), date(2025, 9, 10), NAMES)
    (paper,) = pair_orders(sources)
    document = read(paper)
    said = [it.text for it in document.paragraphs]
    assert said[:2] == [
        LETTERHEAD.institution.ru,
        "ПРИКАЗ",
    ]
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [
        "10 сентября 2025 г.",
        "Вымышленск",
        "№ 179/1",
    ]
    assert "ПРИКАЗЫВАЮ:" in said
    assert "Р‑145" in words_of(document)
    assert "(Макетова Мария Марковна)" in words_of(document)
    assert [cell.text for cell in document.tables[1].rows[0].cells] == [
        "Директор",
        "",
        "О. О. Образцова",
    ]
    assert rows_of(document, "Форма") == [
        ["1", "teacher_student", f"{NAMES['T-1']}, педагог", f"{NAMES['S-1']}, обучающийся",
         "10.09.2025\u00a0– 31.05.2026", "подбор от 05.09.2025"],
        ["2", "project", f"{NAMES['T-2']}, педагог",
         f"{NAMES['S-2']}, обучающийся\n{NAMES['S-3']}, обучающийся",
         "10.09.2025\u00a0– 31.05.2026", "подбор от 05.09.2025"],
    ]  # fmt: skip
    assert rows_of(document, "Подпись") == [
        ["1", f"{NAMES['T-1']}, педагог", "", ""],
        ["2", f"{NAMES['T-2']}, педагог", "", ""],
    ]
    assert paper.file == "Приказ-о-парах-№-179-1-от-2025-09-10.docx"


def test_whoever_came_later_is_not_in_the_order_and_whoever_left_later_is(sources_of):
    """An order that is printed again is the order that was signed."""
    changes = (
        Enrolled(
            on=date(2025, 10, 1),
            people=[Enrolment(person="S-4", kind="student", roles=("mentee",))],
        ),
        MenteeJoined(pair="G1", mentee="S-4", on=date(2025, 10, 2)),
        MenteeLeft(pair="G1", mentee="S-2", on=date(2025, 11, 1), reason="moved"),
    )
    names = {**NAMES, "S-4": "Поздний Пётр"}
    before = pair_orders(sources_of(after(*RUNNING), date(2025, 9, 10), names))
    later = pair_orders(sources_of(after(*RUNNING, *changes), date(2026, 1, 1), names))
    rows = [rows_of(read(next(papers)), "Форма")[1] for papers in (before, later)]
    assert [sorted(row[3].splitlines()) for row in rows] == [
        sorted([f"{names['S-2']}, обучающийся", f"{names['S-3']}, обучающийся"])
    ] * 2


def test_what_the_letterhead_leaves_open_is_written_by_hand(sources_of):
    """A school that has set nothing gets an order to complete, without gaps that look strange."""
    sources = sources_of(after(*RUNNING), date(2025, 9, 10), NAMES, letterhead=Letterhead())
    document = read(next(pair_orders(sources)))
    assert document.paragraphs[0].text == "ПРИКАЗ"
    assert document.tables[1].rows[0].cells[2].text == "_" * 20
    own = Letterhead(grounds=(Label(ru="устав школы", en="the school's statute"),))
    sources = sources_of(after(*RUNNING), date(2025, 9, 10), NAMES, letterhead=own, lang="en")
    words = words_of(read(next(pair_orders(sources))))
    assert "– the school's statute" in words
    assert "145" not in words


def test_codes_stand_where_there_are_no_names_and_a_missing_name_is_refused(sources_of):
    """Names are all there, or none is."""
    state = after(*RUNNING)
    document = read(next(pair_orders(sources_of(state, date(2025, 9, 10)))))
    assert rows_of(document, "Форма")[0][2] == "T-1, педагог"
    some = {code: name for code, name in NAMES.items() if code != "S-3"}
    with pytest.raises(DocumentError) as caught:
        list(pair_orders(sources_of(state, date(2025, 9, 10), some)))
    assert [it.values for it in caught.value.defects] == [{"code": "S-3"}]


@pytest.mark.parametrize(
    ("lang", "post", "within"),
    [
        ("ru", "Педагог (Математика, Русский язык)", "педагог (математика, русский язык)"),
        ("ru", "Педагог (ИЗО)", "педагог (ИЗО)"),
        ("ru", "7 «Б» класс", "7 «Б» класс"),
        ("en", "Teacher (English)", "teacher (English)"),
        ("en", "IT partner", "IT partner"),
        ("en", "", ""),
    ],
)
def test_posts_have_no_capitalswithin_line_a_line(lang, post, within):
    """Abbreviations and names keep theirs."""
    assert within_line(post, lang) == within


def test_nothing_is_made_where_nothing_is_ordered(sources_of, tmp_path):
    """Not even a broken template of the school's is looked at."""
    (tmp_path / "pair-order.docx").write_bytes(b"nothing")
    for facts in ((), RUNNING[:-1]):
        sources = sources_of(after(*facts), date(2025, 9, 10), NAMES, templates=tmp_path)
        assert [*pair_orders(sources), *plan_orders(sources), *individual_plans(sources)] == []
    sources = sources_of(after(*RUNNING), date(2025, 9, 10), NAMES, templates=tmp_path)
    with pytest.raises(DocumentError, match=r"pair-order\.docx"):
        list(pair_orders(sources))


def test_the_same_register_gives_the_same_bytes(school_sources):
    """And no file is called by somebody's name."""
    first, second = (list(pair_orders(school_sources(YEAR_END))) for _ in range(2))
    assert first == second
    assert len({paper.file for paper in first}) == len(first)


def test_hostile_names_and_numbers_stay_words(sources_of):
    """Nothing that somebody is called becomes a field, markup or a folder."""
    names = {**NAMES, "T-1": "{{ city }}</w:t> DDEAUTO & <b>"}
    state = after(
        *RUNNING[:-1],
        Ordered(
            number="../{{ city }}\\x",
            on=date(2025, 9, 10),
            pairs=("P1",),
            starts=date(2025, 9, 10),
            ends=date(2026, 5, 31),
        ),
    )
    (paper,) = pair_orders(sources_of(state, date(2025, 9, 10), names))
    assert "/" not in paper.file
    assert "\\" not in paper.file
    row = rows_of(read(paper), "Форма")[0]
    assert row[2] == f"{names['T-1']}, педагог"
    assert "№ ../{{ city }}\\x" in words_of(read(paper))


def test_a_changed_plan_is_approved_by_its_own_order(sources_of):
    """Each order names the version that it approved, also after the next one came."""
    on = date(2025, 10, 5)
    changed = PlanChanged(
        **{**PLAN.model_dump(exclude={"fact", "on"}), "on": on + timedelta(days=30)}
    )
    state = after(
        *RUNNING,
        PLAN,
        PlansAgreed(pairs=("P1",), on=on),
        PlansApproved(number="200", on=on, pairs=("P1",)),
        changed,
        PlansAgreed(pairs=("P1",), on=on + timedelta(days=31)),
        PlansApproved(number="201", on=on + timedelta(days=40), pairs=("P1",)),
    )
    papers = list(plan_orders(sources_of(state, date(2026, 1, 1), NAMES, "en")))
    assert [paper.file for paper in papers] == [
        "Order-on-plans-No.-200-of-2025-10-05.docx",
        "Order-on-plans-No.-201-of-2025-11-14.docx",
    ]
    cells = [rows_of(read(paper), "Plan")[0][3] for paper in papers]
    assert cells == ["P1\nversion 1 of 2025-10-01", "P1\nversion 2 of 2025-11-04"]


def converted(paths, kind, folder):
    """Let LibreOffice write files anew as another kind."""
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", kind, "--outdir", folder / "made", *paths),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / "made"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_libreoffice_opens_every_kind_of_document(school_sources, tmp_path):
    """Each is converted, and has pages."""
    papers = []
    for lang in ("ru", "en"):
        sources = school_sources(YEAR_END, lang)
        papers += [next(make(sources)) for make in (pair_orders, plan_orders, individual_plans)]
    for paper in papers:
        (tmp_path / paper.file).write_bytes(paper.content)
    made = converted([tmp_path / paper.file for paper in papers], "pdf", tmp_path)
    stems = sorted(path.stem for path in made.iterdir())
    assert stems == sorted(paper.file.removesuffix(".docx") for paper in papers)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_a_template_that_libreoffice_has_saved_says_the_same(school_sources, tmp_path):
    """A school that has no Word edits its templates as well."""
    made = converted(copy_templates(tmp_path, "ru"), "docx", tmp_path)
    sources = school_sources(YEAR_END)
    for make in (pair_orders, plan_orders, individual_plans):
        ready, own = (next(make(each)) for each in (sources, replace(sources, templates=made)))
        assert own.content != ready.content
        assert words_of(read(own)) == words_of(read(ready))

"""The page to read and to print: what stands on it, and that nothing else can."""

from html.parser import HTMLParser

import pytest

import mentormatch as mm
from mentormatch.datasets import school
from mentormatch.keys import Person

HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;\u202e"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in its order."""

    def __init__(self, path):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.source = path.read_text("utf-8")
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the innermost element."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self):
        """All texts."""
        return "\n".join(self.texts)


@pytest.fixture(scope="module")
def result(club, club_policy):
    """Match the club of five."""
    return mm.match(club, club_policy)


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            ["3 pairs", "88.0 %", "Mentor gives: Request - Chess (importance 10, confidence 8)"],
        ),
        ("ru", ["Подобрано 3 пары", "88,0 %", "Доказано", "Кому насколько подошло"]),
    ],
)
def test_pairs_reasons_fairness_and_proof_stand_on_the_page(result, tmp_path, lang, sentences):
    """In the language asked for, with codes where no names are given."""
    result.report(tmp_path / "r.html", lang)
    page = Page(tmp_path / "r.html")
    for sentence in [*sentences, "T-2", "S-3"]:
        assert sentence in page.text
    assert ("lang", lang) in page.attributes


def test_the_page_loads_and_runs_nothing(result, tmp_path):
    """No script, no link, no address; its own policy forbids all the same."""
    result.report(tmp_path / "r.html")
    page = Page(tmp_path / "r.html")
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & set(page.tags)
    assert not {"src", "href", "style"} & {name for name, _ in page.attributes}
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert "http:" not in page.source
    assert "https:" not in page.source
    assert "url(" not in page.source
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("content", policy) in page.attributes


def test_hostile_labels_and_names_stay_texts(club_of, club_form, club_policy, tmp_path):
    """A script as the label of a criterion, a form, an option, as a name and as a title."""
    form = club_form.to_dict()
    for question in form["questions"]:
        question["label"] = {
            "ru": f"{question['id']} {HOSTILE}",
            "en": f"{question['id']} {HOSTILE}",
        }
        for option in question.get("options", ()):
            option["label"] = {"ru": f"{option['id']} {HOSTILE}", "en": option["id"] + HOSTILE}
    policy = club_policy.to_dict()
    policy["criteria"][0]["label"] = policy["forms"][0]["label"] = {"ru": HOSTILE, "en": HOSTILE}
    people = [
        mm.Participant(id=person.id, kind=person.kind, roles=person.roles, answers=person.answers)
        for person in club_of(
            ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
            ("S-1", "student", "mentee", {"asks": {"maths": 9}}),
            ("S-2", "student", "mentee", {"asks": {"maths": 8, "chess": 3}}),
        ).participants()
    ]
    cohort = mm.Cohort.from_participants(mm.Questionnaire.from_dict(form), people)
    found = mm.match(cohort, mm.Policy.from_dict(policy))
    keys = mm.KeyFile({code: Person(HOSTILE + code) for code in cohort.ids})
    found.report(tmp_path / "r.html", names=keys, title=HOSTILE)
    page = Page(tmp_path / "r.html")
    assert not {"script", "img"} & set(page.tags)
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert page.text.count("<script>alert('x')</script>") > 5
    assert HOSTILE + "T-1" in page.text


def test_names_stand_where_they_are_asked_for_and_nowhere_else(result, tmp_path):
    """Whoever isn't in the key file stands by code."""
    keys = tmp_path / "keys.csv"
    keys.write_text("code;name;contact\nT-2;Имя Отчество;+7 000\n", "utf-8")
    result.report(tmp_path / "codes.html")
    assert "Имя" not in Page(tmp_path / "codes.html").text
    result.report(tmp_path / "names.html", names=keys)
    page = Page(tmp_path / "names.html")
    assert "Имя Отчество" in page.text
    assert "T-2" not in page.text
    assert "S-3" in page.text
    assert "+7 000" not in page.source


def test_a_key_file_that_is_not_there_is_missed(result, tmp_path):
    """Codes where names were asked for would be a quiet mistake."""
    with pytest.raises(mm.IntakeError, match=r"keys\.csv"):
        result.report(tmp_path / "r.html", names=tmp_path / "keys.csv")


def test_whoever_is_left_stands_with_a_reason(club_of, club_policy, tmp_path):
    """The only seat went to the other."""
    cohort = club_of(
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
        ("S-1", "student", "mentee", {"asks": {"maths": 9}}),
        ("S-2", "student", "mentee", {"asks": {"maths": 8}}),
    )
    content = club_policy.to_dict() | {"limits": {"demand": {"most": 2}}}
    for form in content["forms"]:
        form["demand"] = {"most": 2}
    result = mm.match(cohort, mm.Policy.from_dict(content))
    result.report(tmp_path / "r.html", "en", advice=False)
    text = Page(tmp_path / "r.html").text
    assert "Without a mentor" in text
    assert "no seat left" in text
    assert "Whom to recruit" not in text


def test_what_would_help_stands_with_names(club_of, club_policy, tmp_path):
    """One more seat at T-1 is the cheapest; T-2, who is free, is in reserve for T-1's mentee."""
    cohort = club_of(
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}, "capacity": 1}),
        ("S-1", "student", "mentee", {"asks": {"maths": 9}}),
        ("S-2", "student", "mentee", {"asks": {"maths": 8}}),
    )
    keys = mm.KeyFile({"T-1": Person("Имя <b>Отчество</b>"), "S-2": Person("Кто-то Второй")})
    result = mm.match(cohort, club_policy)
    result.report(tmp_path / "r.html", "ru", names=keys)
    page = Page(tmp_path / "r.html")
    (left,) = result.matching.unmatched
    why = result.why_unmatched(left)
    assert why.repairs[0].kind == "mentor_most"
    assert "T-1" not in page.text
    assert "1 место" in page.text
    assert "Имя <b>Отчество</b>" in page.text
    assert "Кого пригласить" in page.text


def test_who_could_step_in_is_listed(club_of, club_policy, tmp_path):
    """T-2 has a free seat and may take the mentee of T-1."""
    cohort = club_of(
        ("T-1", "teacher", "mentor", {"offers": {"maths": 9}}),
        ("T-2", "teacher", "mentor", {"offers": {"maths": 1}}),
        ("S-1", "student", "mentee", {"asks": {"maths": 9}}),
    )
    mm.match(cohort, club_policy).report(tmp_path / "r.html", "en")
    page = Page(tmp_path / "r.html")
    assert "Who could step in" in page.text
    assert page.text.index("Who could step in") < page.text.rindex("T-2")


def test_an_impossible_result_says_why(club, club_policy, tmp_path):
    """Two mentees decided on for one seat."""
    limits = {"pins": [{"mentor": "T-1", "mentee": code} for code in ("S-1", "S-2")]}
    found = mm.match(club, mm.Policy.from_dict(club_policy.to_dict() | {"limits": limits}))
    found.report(tmp_path / "r.html", "en")
    text = Page(tmp_path / "r.html").text
    assert "Why nothing is possible" in text
    assert "T-1" in text


def test_a_result_without_its_cohort_has_a_page_without_reasons(result, tmp_path):
    """What is known from the file stands there."""
    result.save(tmp_path / "result.json")
    mm.Result.load(tmp_path / "result.json").report(tmp_path / "r.html", "en")
    text = Page(tmp_path / "r.html").text
    assert "88.0 %" in text
    assert "Who fares how" not in text


def test_a_whole_school_has_a_well_formed_page_and_always_the_same(tmp_path):
    """Every element is closed; nothing depends on the hour."""
    found = mm.match(school("boarding_small").cohort, mm.Policy.preset("choice-first"))
    for name in ("a", "b"):
        found.report(tmp_path / name)
    assert Page(tmp_path / "a").source == Page(tmp_path / "b").source

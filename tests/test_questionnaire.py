"""What a questionnaire accepts, refuses and answers about itself."""

import pickle
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.errors import QuestionnaireError
from mentormatch.questionnaire import Header, Label, Option, Question, Questionnaire, normalised

CONTENT = {
    "name": "small",
    "title": "Small",
    "vocabularies": {"needs": [{"id": "maths", "ru": "Математика", "en": "Mathematics"}]},
    "questions": [
        {
            "id": "kind",
            "kind": "choice",
            "label": "Category",
            "options": [{"id": "student", "label": "Student"}, {"id": "teacher", "label": "Tutor"}],
        },
        {
            "id": "roles",
            "kind": "multi",
            "label": "Roles",
            "options": [{"id": "mentor", "label": "Mentor"}, {"id": "mentee", "label": "Mentee"}],
        },
        {"id": "requests", "kind": "multi", "label": "Requests", "vocabulary": "needs"},
        {"id": "calm", "kind": "scale", "label": "Calm"},
        {"id": "lively", "kind": "scale", "label": "Lively", "sensitivity": "restricted"},
    ],
    "scales": [{"id": "style", "label": "Style", "items": ["calm", "lively"]}],
}


def content(**changes):
    """Return the content of a small questionnaire, with some keys replaced."""
    return deepcopy(CONTENT) | changes


def with_question(**question):
    """Return the content of the small questionnaire with one more question."""
    return content(questions=[*CONTENT["questions"], {"label": "Extra"} | question])


def defects_of(data):
    """List the code and the place of every defect that a questionnaire is refused for."""
    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_dict(data)
    return [(defect.code, defect.place.field) for defect in caught.value.defects]


FORM = Questionnaire.from_dict(CONTENT)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Фамилия\u00a0 Имя\tОтчество ", "фамилия имя отчество"),  # no-break space and tab
        ("Ёлка", "елка"),
        ("е\u0308лка", "елка"),  # ё of two characters
        ("Чаи\u0306", "чай"),  # й of two characters
        ("5 «Б»", '5 "б"'),
        ("Ученик – ученик", "ученик - ученик"),
        ("\ufeffКод", "код"),  # mark at the start of a file
        ("Ко\u00ad\u200d\u2060д\ufe0f \u2066№\u2069", "код №"),  # marks that nobody sees
        ("1\u2009000\u202f000", "1 000 000"),  # thin spaces
        ("", ""),
    ],
)
def test_text_is_folded_to_what_it_means(written, folded):
    """Case, ё, spaces, quotes and dashes make no difference."""
    assert normalised(written) == folded


@given(st.text(st.sampled_from("абвёйАЁЙ «»“”–—-\u00a0\t aBzZ1\ufeff")))
def test_folding_twice_changes_nothing(written):
    """A folded text is its own folding."""
    assert normalised(normalised(written)) == normalised(written)


def test_a_plain_label_serves_for_both_languages():
    """A label written as text is the same in Russian and in English."""
    assert Label.model_validate("Код") == Label(ru="Код", en="Код")


def test_a_label_is_chosen_by_language():
    """Each language gets its own wording."""
    label = Label(ru="Код", en="Code")
    assert (label.text("ru"), label.text("en")) == ("Код", "Code")


def test_flat_and_nested_options_are_read_alike():
    """The label of an option may be written flat or as a table."""
    flat = Option.model_validate({"id": "a", "ru": "А", "en": "A"})
    assert flat == Option.model_validate({"id": "a", "label": {"ru": "А", "en": "A"}})


def test_an_option_knows_all_its_spellings():
    """Id, both labels and synonyms mean the option, folded and without repetition."""
    option = Option.model_validate({"id": "math", "ru": "Счёт", "en": "Math", "synonyms": ["M"]})
    assert option.spellings == ("math", "счет", "m")


def test_a_header_may_have_synonyms():
    """A header is a label with further spellings."""
    header = Header.model_validate({"ru": "Код", "en": "Code", "synonyms": ["Шифр"]})
    assert header.spellings == ("код", "code", "шифр")


def test_a_scale_runs_from_one_to_ten_unless_said_otherwise():
    """The usual range is the default one."""
    question = FORM.question("calm")
    assert (question.low, question.high) == (1, 10)


def test_options_come_from_the_vocabulary():
    """A question that names a vocabulary has the options of it."""
    assert FORM.options("requests") == FORM.vocabularies["needs"]
    assert FORM.options(FORM.question("requests")) == FORM.vocabularies["needs"]


def test_a_flag_has_the_options_no_and_yes():
    """A flag is answered by no or yes, in both languages."""
    form = Questionnaire.from_dict(with_question(id="new", kind="flag"))
    labels = [(option.id, option.label.ru, option.label.en) for option in form.options("new")]
    assert labels == [("no", "нет", "no"), ("yes", "да", "yes")]


def test_a_number_has_no_options():
    """Where answers are not options there are none."""
    form = Questionnaire.from_dict(with_question(id="new", kind="number"))
    assert form.options("new") == ()


def test_slots_are_days_times_times():
    """Each slot joins a day and a time and understands every spelling of both."""
    days = [
        {"id": "mon", "ru": "Пн", "en": "Mon", "synonyms": ["Понедельник"]},
        {"id": "tue", "ru": "Вт", "en": "Tue"},
    ]
    times = [
        {"id": "day", "ru": "день", "en": "day"},
        {"id": "evening", "ru": "вечер", "en": "evening", "synonyms": ["вечером"]},
    ]
    form = Questionnaire.from_dict(with_question(id="new", kind="slots", days=days, times=times))
    slots = form.options("new")
    assert [slot.id for slot in slots] == ["mon-day", "mon-evening", "tue-day", "tue-evening"]
    assert slots[1].label == Label(ru="Пн вечер", en="Mon evening")
    assert "понедельник вечером" in slots[1].spellings


@pytest.mark.parametrize(
    ("audience", "kind", "roles", "asked"),
    [
        ({}, "student", {"mentee"}, True),
        ({"kinds": ["student"]}, "student", {"mentee"}, True),
        ({"kinds": ["student"]}, "teacher", {"mentee"}, False),
        ({"roles": ["mentor"]}, "student", {"mentor", "mentee"}, True),
        ({"roles": ["mentor"]}, "student", {"mentee"}, False),
        ({"kinds": ["teacher"], "roles": ["mentor"]}, "student", {"mentor"}, False),  # both hold
    ],
)
def test_a_question_is_asked_of_its_audience_alone(audience, kind, roles, asked):
    """Kinds and roles that are named narrow the audience; nothing named asks everybody."""
    form = Questionnaire.from_dict(with_question(id="new", kind="text", asked=audience))
    assert (form.question("new") in form.asked_of(kind, roles)) is asked


def test_fields_are_questions_and_scales():
    """Both kinds of field are found by id, with their label, kind and sensitivity."""
    assert FORM.field_ids == ("kind", "roles", "requests", "calm", "lively", "style")
    assert (FORM.label("calm"), FORM.label("style", "ru")) == ("Calm", "Style")
    assert (FORM.kind_of("requests"), FORM.kind_of("style")) == ("multi", "scale")
    assert FORM.scale("style").items == ("calm", "lively")


@pytest.mark.parametrize(
    ("item", "other", "scale"),
    [
        ("public", "public", "public"),
        ("public", "internal", "internal"),
        ("internal", "restricted", "restricted"),
        ("restricted", "public", "restricted"),
    ],
)
def test_a_scale_is_as_private_as_its_strictest_item(item, other, scale):
    """One private item makes the whole scale as private."""
    data = content()
    data["questions"][3]["sensitivity"] = item
    data["questions"][4]["sensitivity"] = other
    form = Questionnaire.from_dict(data)
    assert (form.sensitivity("calm"), form.sensitivity("style")) == (item, scale)


@pytest.mark.parametrize("ask", [FORM.question, FORM.scale, FORM.options, FORM.label])
def test_an_unknown_id_is_a_key_error(ask):
    """Asking for what isn't there is a slip of the caller."""
    with pytest.raises(KeyError):
        ask("nothing")


@pytest.mark.parametrize(
    ("kind", "sensitivity", "shown"),
    [
        ("choice", "internal", "5Б класс"),
        ("choice", "restricted", "…"),
        ("text", "public", "…"),
        ("people", "internal", "…"),
    ],
)
def test_messages_show_only_answers_that_are_not_private(kind, sensitivity, shown):
    """Free text, people and restricted answers never appear in a message."""
    question = Question(id="q", kind=kind, label=Label(ru="q", en="q"), sensitivity=sensitivity)
    assert question.shown("5Б класс") == shown


def test_messages_show_long_answers_shortened():
    """Forty characters are enough to recognise an answer."""
    question = Question(id="q", kind="choice", label=Label(ru="q", en="q"))
    assert question.shown("x" * 40) == "x" * 40
    assert question.shown("x" * 41) == "x" * 39 + "…"


@pytest.mark.parametrize(
    ("question", "code", "place"),
    [
        ({"kind": "choice"}, "no-options", ""),
        ({"kind": "ranked"}, "no-options", ""),
        ({"kind": "choice", "vocabulary": "nothing"}, "no-vocabulary", ".vocabulary"),
        (
            {"kind": "choice", "vocabulary": "needs", "options": [{"id": "a", "label": "A"}]},
            "two-lists",
            "",
        ),
        ({"kind": "number", "vocabulary": "needs"}, "superfluous", ".vocabulary"),
        ({"kind": "text", "options": [{"id": "a", "label": "A"}]}, "superfluous", ".options"),
        ({"kind": "choice", "vocabulary": "needs", "levels": {}}, "superfluous", ".levels"),
        ({"kind": "flag", "max": 3}, "superfluous", ".max"),
        ({"kind": "text", "low": 1}, "superfluous", ".low"),
        ({"kind": "scale", "decimals": 1}, "superfluous", ".decimals"),
        ({"kind": "multi", "vocabulary": "needs", "ranked": True}, "superfluous", ".ranked"),
        ({"kind": "date", "may_be_none": True}, "superfluous", ".may_be_none"),
        ({"kind": "scale", "rest": "kind"}, "superfluous", ".rest"),
        ({"kind": "number", "rest": "nothing"}, "no-rest", ".rest"),
        ({"kind": "number", "rest": "calm"}, "no-rest", ".rest"),  # no choice
        ({"kind": "number", "rest": "kind"}, "no-rest", ".rest"),  # everybody has to have one
        (
            {
                "kind": "choice",
                "options": [
                    {"id": "a", "label": "A", "other": True},
                    {"id": "b", "label": "B", "other": True},
                ],
            },
            "same-other",
            ".options[1].other",
        ),
        ({"kind": "scale", "low": 5, "high": 4}, "range", ""),
        (
            {"kind": "multi", "vocabulary": "needs", "levels": {"low": 5, "high": 4}},
            "range",
            "",
        ),
        ({"kind": "slots", "days": [{"id": "mon", "label": "Mon"}]}, "no-slots", ""),
        ({"kind": "text", "asked": {"kinds": ["parent"]}}, "unknown-kind", ".asked.kinds"),
        ({"kind": "text", "synonyms": ["CALM"]}, "same-header", ""),  # label of another question
        ({"kind": "text", "synonyms": ["ФИО"]}, "same-header", ""),  # the name column
        ({"kind": "text", "id": "calm"}, "same-id", ".id"),
        ({"kind": "text", "id": "style"}, "same-id", ".id"),  # a scale's id
        ({"kind": "text", "id": "any"}, "reserved-id", ".id"),
        ({"kind": "text", "id": "two words"}, "id", ".id"),
        (
            {"kind": "choice", "options": [{"id": "a", "label": "Ёж"}, {"id": "b", "label": "еж"}]},
            "same-option",
            ".options[1]",
        ),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(question, code, place):
    """Each contradiction is a defect at its place."""
    found = defects_of(with_question(**({"id": "new"} | question)))
    expected = f"questionnaire.{code}", f"questions[5]{place}"
    if question.get("id") == "style":  # the second of two equal ids is the scale's
        expected = "questionnaire.same-id", "scales[0].id"
    assert expected in found


def test_the_rest_of_one_question_answers_another():
    """Each choice question is the rest of one question at most."""
    letters = {
        "id": "letter",
        "kind": "choice",
        "label": "L",
        "options": [{"id": "a", "label": "A"}],
    }
    numbers = [
        {"id": name, "kind": "number", "label": name, "rest": "letter"} for name in ("one", "two")
    ]
    data = content(questions=[*CONTENT["questions"], letters, numbers[0]])
    assert Questionnaire.from_dict(data).question("one").rest == "letter"
    data["questions"].append(numbers[1])
    assert defects_of(data) == [("questionnaire.same-rest", "questions[7].rest")]


@pytest.mark.parametrize(
    ("scale", "code"),
    [
        ({"items": ["requests", "calm"]}, "no-item"),
        ({"items": ["nothing", "calm"]}, "no-item"),
        ({"items": ["calm", "calm"]}, "same-item"),
        ({"items": ["calm", "short"]}, "item-ranges"),
        ({"items": ["calm"], "reversed": ["lively"]}, "not-an-item"),
    ],
)
def test_a_scale_that_cannot_be_computed_is_refused(scale, code):
    """Items must be different scale questions of one range, and reversed ones among them."""
    data = with_question(id="short", kind="scale", low=1, high=5)
    data["scales"] = [{"id": "new", "label": "New"} | scale]
    assert [found for found, _ in defects_of(data)] == [f"questionnaire.{code}"]


@pytest.mark.parametrize("missing", ["kind", "roles"])
def test_kind_and_roles_are_required(missing):
    """Every questionnaire asks for the category and for the roles."""
    rest = [question for question in CONTENT["questions"] if question["id"] != missing]
    assert (f"questionnaire.no-{missing}", "questions") in defects_of(content(questions=rest))


@pytest.mark.parametrize(
    "change",
    [
        {"options": [{"id": "mentor", "label": "M"}, {"id": "guest", "label": "G"}]},
        {"levels": {}},  # nobody is a mentor of level 8
        {"kind": "choice"},  # somebody may be both
    ],
)
def test_roles_are_mentor_and_mentee(change):
    """No other role is known, and both may be chosen."""
    data = content()
    data["questions"][1] |= change
    assert defects_of(data) == [("questionnaire.no-roles", "questions")]


def test_options_of_a_vocabulary_may_not_collide():
    """Two options of a vocabulary never share a spelling."""
    options = [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "synonyms": ["а", "a"]}]
    data = content(vocabularies={**CONTENT["vocabularies"], "new": options})
    assert defects_of(data) == [("questionnaire.same-option", "vocabularies.new[1]")]


def test_all_contradictions_are_reported_at_once():
    """One reading names everything there is to mend."""
    data = with_question(id="new", kind="choice", max=2)
    data["scales"][0]["items"] = ["nothing"]
    codes = [code for code, _ in defects_of(data)]
    assert codes == ["questionnaire." + end for end in ("superfluous", "no-options", "no-item")]


def test_every_contradiction_is_said_in_both_languages():
    """Each sentence about a questionnaire can be filled in Russian and in English."""
    data = with_question(id="calm", kind="choice", vocabulary="nothing", low=1)
    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_dict(data)
    for defect in caught.value.defects:
        assert defect.text("ru") != defect.text("en")


# --- the preset -----------------------------------------------------------------------------

PRESET = Questionnaire.preset("target-model")

PROFILE = """
kind roles forms birth_year grade class_letter consent_self_given_on consent_self_withdrawn_on
consent_self_scope consent_guardian_given_on consent_guardian_withdrawn_on consent_guardian_scope
guardian_pids relative_pids interview_ok trained_on clearance_valid_until requests competences
subjects_need subjects_strong interests dislikes career_fields goals_text slots hours_per_month
capacity mode work_style wanted_mentee_age_from wanted_mentee_age_to wanted_same_sex comm_structure
comm_pace comm_initiative experience_years category subject_taught method_group deficits
strengths_prof building dorm shift support_tags quals motivation prior_mentoring exp_effect
exp_comfort exp_support exp_safety exp_usefulness choices comfort_choice vetoes priority manual_only
"""


def test_the_preset_asks_for_the_whole_profile():
    """Every field of the target model is there."""
    assert set(PROFILE.split()) <= {question.id for question in PRESET.questions}


def test_the_preset_is_worded_in_two_languages():
    """Every Russian wording has Cyrillic letters, no English one of a question has."""

    def cyrillic(written):
        return any("а" <= sign <= "я" or sign == "ё" for sign in written.lower())

    for question in PRESET.questions:
        assert cyrillic(question.label.ru)
        assert not cyrillic(question.label.en)
        assert all(cyrillic(option.label.ru) for option in PRESET.options(question))


def test_requests_and_competences_speak_one_language():
    """What mentees ask for and what mentors offer are options of one vocabulary."""
    assert PRESET.question("requests").vocabulary == PRESET.question("competences").vocabulary
    assert PRESET.question("support_tags").vocabulary == PRESET.question("quals").vocabulary


def test_the_preset_keeps_private_questions_restricted():
    """Vetoes, support needs and the curator's list are never shown."""
    restricted = {entry.id for entry in PRESET.questions if entry.sensitivity == "restricted"}
    assert restricted == {"vetoes", "support_tags", "manual_only"}


def test_the_preset_has_the_agreed_vocabularies():
    """Sixteen interests, five types of work, eighteen slots, requests of pupils and teachers."""
    sizes = {name: len(PRESET.options(name)) for name in ("interests", "career_fields", "slots")}
    assert sizes == {"interests": 16, "career_fields": 5, "slots": 18}
    requests = {option.id for option in PRESET.options("requests")}
    assert {"exam_prep", "career_choice", "lesson_design", "certification"} <= requests


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_questionnaire_survives_its_file(tmp_path, suffix):
    """What was saved is read back the same."""
    path = tmp_path / f"questionnaire.{suffix}"
    PRESET.save(path)
    assert Questionnaire.load(path) == PRESET


def test_a_questionnaire_survives_pickling():
    """Another process gets the same questionnaire."""
    assert PRESET.options("slots")  # computed once, kept
    assert pickle.loads(pickle.dumps(PRESET)) == PRESET  # noqa: S301 - our own bytes

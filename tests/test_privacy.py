"""Nothing personal leaks: marks planted in every private place turn up nowhere."""

import copy
import json
import logging
import pickle
import socket
import tempfile
from dataclasses import replace

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch import pictures
from mentormatch.analysis.diagnosis import CONFIDENTIAL
from mentormatch.cli import app
from mentormatch.datasets import school
from mentormatch.keys import KeyFile, Person
from mentormatch.messages import text
from mentormatch.policy.rules import AnyRule
from mentormatch.profiles import pictures as drawn

NAME, CONTACT, WROTE, SECRET = "Жбанокль", "zhban-kontakt", "Кхмыротекст", "тайнаметка"
MARKS = (NAME, CONTACT, WROTE, SECRET)
CONFIDENTIAL_SENTENCES = {text("policy.reason.confidential", lang) for lang in ("en", "ru")}


@pytest.fixture(scope="module")
def made_up():
    """Plant marks in all names, contacts and free texts; restrict a choice and a text."""
    plain = school("boarding_small")
    form = plain.questionnaire.to_dict()
    private = {"sensitivity": "restricted"}
    form["questions"] += [
        private
        | {
            "id": "watch",
            "kind": "choice",
            "label": "Наблюдение",
            "options": [{"id": f"watch-{n}", "label": f"Пометка {n}"} for n in range(3)],
        },
        private | {"id": "remarks", "kind": "text", "label": "Заметки"},
    ]
    form = mm.Questionnaire.from_dict(form)
    people = []
    for number, person in enumerate(plain.participants):
        marked = {"watch": f"watch-{number % 3}", "remarks": f"{SECRET} {number}"}
        if "mentee" in person.roles:
            marked["goals_text"] = f"{WROTE} {number}"
        people.append(person.model_copy(update={"answers": person.answers | marked}))
    keys = KeyFile(
        {
            code: Person(f"{NAME} {code[0]}{number}", f"{CONTACT}-{number}")
            for number, code in enumerate(plain.keys.people)
        }
    )
    return replace(plain, questionnaire=form, participants=tuple(people), keys=keys)


def leaks_in(content, place):
    """List the marks in a text or bytes, however letters are written in it."""
    if isinstance(content, bytes):
        forms = {mark: (mark.encode(), mark.encode("utf-16-le"), mark.encode("cp1251"))
                 for mark in MARKS}  # fmt: skip
    else:
        forms = {mark: (mark, json.dumps(mark)[1:-1]) for mark in MARKS}
    return [(place, mark) for mark, spelt in forms.items() if any(one in content for one in spelt)]


def unpacked(path):
    """Return a file's bytes, and those of its parts if it is a workbook."""
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        import zipfile

        with zipfile.ZipFile(path) as book:
            content += b"".join(book.read(name) for name in book.namelist())
    return content


def seen_of(thing):
    """Return what a notebook, a log or a program shows of an object."""
    shown = [repr(thing), str(thing)]
    shown += [
        str(show()) for name in ("_repr_html_", "text") if (show := getattr(thing, name, None))
        and callable(show)
    ]  # fmt: skip
    return "\n".join(shown)


def test_no_mark_turns_up_in_anything_that_is_shown_or_written(
    made_up, tmp_path, monkeypatch, caplog, capfd
):
    """Objects, errors, logs, pages, tables, pictures, results: each is searched."""
    caplog.set_level(logging.DEBUG)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    inside, out = tmp_path / "in", tmp_path / "out"
    mentors, mentees, keys, questionnaire, _ = made_up.write(inside)
    assert all(leaks_in(unpacked(path), "") for path in (mentors, mentees, keys))
    form = mm.Questionnaire.load(questionnaire)
    cohort = mm.read_cohort(form, mentors, mentees, keys=keys, as_of=made_up.as_of)
    policy = mm.Policy.preset("official")
    result = mm.match(cohort, policy)
    graph = mm.build_graph(cohort, policy)
    pair, other = result.matching.pairs[0], result.matching.pairs[-1]
    found = mm.profile(cohort)
    things = [
        *(cohort, cohort.report, result, result.matching, result.candidates, graph, policy),
        *(mm.diagnose(cohort, policy), result.fairness(), result.recruitment(1)),
        result.explain(pair.mentor, pair.mentee),
        result.why_not(pair.mentor, other.mentee),
        result.why_unmatched(result.matching.unmatched[0]),
        *(result.table(), result.regrets(), result.seat_prices(), result.summary("ru")),
        *(mm.verify(result), found, mm.profile(cohort, publishable=True)),
        *mm.consent_gaps(cohort, policy),
        mm.KeyFile.load(keys),
        *(cohort.columns[name] for name in ("goals_text", "remarks")),
        *list(cohort.participants())[:3],
    ]  # fmt: skip
    leaks = [leak for thing in things for leak in leaks_in(seen_of(thing), type(thing).__name__)]

    result.save(out / "result.json")
    for lang in ("en", "ru"):
        result.report(out / f"report-{lang}.html", lang)
        result.write(out / f"pairs-{lang}.xlsx", lang)
    for name, figure in {
        "people": pictures.people(result),
        "points": pictures.points(result),
        "loads": pictures.loads(result),
        "taking-part": drawn.people(found, "ru"),
        "demand": drawn.demand(found, "requests", "ru"),
        "slots": drawn.slots(found, "ru"),
    }.items():
        pictures.save(figure, out / f"{name}.svg")
    for level in ("public", "internal"):
        mm.export(cohort, out / f"{level}.csv", level=level)
        mm.export(cohort, out / f"{level}.xlsx", level=level, fresh_codes=True)
    written = [path for folder in (out, temporary) for path in folder.rglob("*") if path.is_file()]
    assert len(written) >= 15
    leaks += [leak for path in written for leak in leaks_in(unpacked(path), path.name)]
    leaks += leaks_in(caplog.text, "log")
    leaks += [leak for stream in capfd.readouterr() for leak in leaks_in(stream, "stream")]
    assert leaks == []


def test_a_column_says_how_long_it_is_and_not_what_it_holds(made_up):
    """At the end of a notebook cell no restricted answer is shown, of whatever kind."""
    cohort = made_up.cohort
    for name, column in cohort.columns.items():
        assert repr(column) == f"{type(column).__name__}({len(cohort)} rows)", name


def spoilt(made_up, tmp_path):
    """Write the answers with a defect in every kind of cell, marks beside and in them."""
    mentors, mentees, keys, questionnaire, _ = made_up.write(tmp_path)
    lines = mentees.read_text("cp1251").splitlines()
    # Marks where they are no answer: in restricted cells, texts and names.
    broken = [
        line.replace("Пометка ", f"{SECRET} чужое ", 1).replace("Обучающийся", "Никто", 1)
        if number % 2
        else line.replace("2026", "20x6", 1)
        for number, line in enumerate(lines[1:])
    ]
    mentees.write_text("\n".join([lines[0], *broken]) + "\n", "utf-8")
    return mm.Questionnaire.load(questionnaire), mentors, mentees, keys


def test_no_mark_turns_up_in_an_error(made_up, tmp_path):
    """Read as text, representation, JSON and pickle, strictly and leniently."""
    form, mentors, mentees, keys = spoilt(made_up, tmp_path)
    with pytest.raises(mm.IntakeError) as caught:
        mm.read_cohort(form, mentors, mentees, keys=keys, as_of=made_up.as_of)
    error = caught.value
    assert len(error.defects) > 20
    assert any(one.place.column and "Наблюдение" in one.place.column for one in error.defects)
    shown = [str(error), repr(error), error.text("ru")]
    shown += [json.dumps([dict(one.values) for one in error.defects], default=str)]
    shown += [str(copy.copy(error)), str(pickle.loads(pickle.dumps(error)))]  # noqa: S301 - ours
    assert [leak for one in shown for leak in leaks_in(one, "error")] == []
    assert leaks_in(pickle.dumps(error), "pickle") == []
    lenient = mm.read_cohort(form, mentors, mentees, keys=keys, lenient=True, as_of=made_up.as_of)
    assert leaks_in(lenient.report.text("ru") + repr(lenient.report), "report") == []


def test_no_mark_turns_up_in_what_commands_say(made_up, tmp_path):
    """Names stand in the page for which they were asked for, and in the key file, only."""
    made_up.write(tmp_path)
    settings = (
        'name = "m"\nkeys = "keys.csv"\nas_of = 2026-10-01\n'
        '[answers]\nmentors = "mentors.xlsx"\nmentees = "mentees.csv"\n'
    )
    (tmp_path / "programme.toml").write_text(settings, "utf-8")
    given = {path.name for path in tmp_path.iterdir()}
    said = {}
    for words in (
        ["check", tmp_path],
        ["match", tmp_path],
        ["diagnose", tmp_path],
        ["report", tmp_path, "--quick"],
        ["report", tmp_path, "--quick", "--names", "--out", tmp_path / "named.html"],
        ["profiles", tmp_path, "--out", tmp_path / "out"],
        ["export", tmp_path, "--out", tmp_path / "out" / "a.csv"],
        ["log", tmp_path],
        ["match", tmp_path, "--json"],
    ):
        done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        said[words[0]] = done.stdout + done.stderr
    assert [leak for name, one in said.items() for leak in leaks_in(one, name)] == []
    assert "named.html" in said["log"]
    assert "a.csv" in said["log"]
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in given]
    holding = {path.name for path in made if leaks_in(unpacked(path), path.name)}
    assert holding == {"named.html"}
    marks = {mark for _, mark in leaks_in((tmp_path / "named.html").read_bytes(), "")}
    assert marks == {NAME}


def rules_reading_people():
    """List the rules of all presets, each with one of the questions it reads."""
    return [
        pytest.param(preset, rule, field, id=f"{preset}-{rule.code}-{field}")
        for preset in mm.Policy.presets()
        for rule in mm.Policy.preset(preset).rules
        for field in rule.fields
    ]


@pytest.mark.parametrize(("preset", "rule", "field"), rules_reading_people())
def test_every_rule_on_a_restricted_answer_gives_the_same_sentence(preset, rule, field):
    """Whatever it checks, and whatever reason the policy gives it."""
    form = mm.Questionnaire.preset("target-model").to_dict()
    for question in form["questions"]:
        if question["id"] == field:
            question["sensitivity"] = "restricted"
    form = mm.Questionnaire.from_dict(form)
    assert rule.is_confidential_in(form)
    told = rule.model_copy(update={"reason": form.title})
    for one in (rule, told):
        for lang in ("en", "ru"):
            assert one.reason_text(lang, confidential=True) in CONFIDENTIAL_SENTENCES


@pytest.mark.parametrize(
    "keys",
    [
        {"type": "vetoes", "field": "vetoes"},
        {"type": "qualification", "mentor": "quals", "mentee": "support_tags"},
        {"type": "condition", "mentees": {"watch": ["watch-1"]}},
        {"type": "equal", "field": "watch"},
        {"type": "different", "field": "watch"},
        {"type": "equal", "field": "sex", "confidential": True},
    ],
    ids=lambda keys: keys["type"],
)
def test_what_such_a_rule_forbids_cannot_be_told_apart(made_up, keys):
    """The answer to "why not" and the count of a diagnosis are worded alike for all of them."""
    rule = TypeAdapter(AnyRule).validate_python({"code": "R-hidden"} | keys)
    policy = mm.Policy.preset("official").model_copy(update={"rules": (rule,)})
    cohort = made_up.cohort
    result = mm.match(cohort, policy)
    if keys["type"] == "vetoes":
        pairs = {
            (one.id, other)
            for one in cohort.participants()
            for other in one.answers.get("vetoes", ())
        }
    everything = {
        (mentor, mentee) for mentor in result.view.mentors for mentee in result.view.mentees
    }
    allowed = {
        (result.view.mentors[mentor], result.view.mentees[mentee])
        for mentor, mentee in zip(result.problem.mentor, result.problem.mentee, strict=True)
    }
    reasons = set()
    forbidden = sorted(everything - allowed)
    if keys["type"] == "vetoes":  # few pairs, among many that no form joins
        forbidden = [pair for pair in forbidden if pair in pairs or pair[::-1] in pairs]
    for mentor, mentee in forbidden[:: max(1, len(forbidden) // 40)]:
        why = result.why_not(mentor, mentee)
        if why.why == "forbidden":
            reasons |= set(why.reasons("en"))
            assert "R-hidden" not in why.text("en")
    assert reasons == {text("policy.reason.confidential")}
    effects = {effect.code for effect in mm.diagnose(cohort, policy).rules if effect.pairs}
    assert CONFIDENTIAL in effects
    assert "R-hidden" not in effects


def test_a_whole_round_opens_no_connection(made_up, tmp_path, monkeypatch):
    """With every socket blocked, reading, matching, reporting and exporting work."""

    def refuse(*args, **keys):
        raise AssertionError("somebody opens a connection")

    for name in ("socket", "create_connection", "getaddrinfo", "socketpair"):
        monkeypatch.setattr(socket, name, refuse)
    mentors, mentees, keys, questionnaire, _ = made_up.write(tmp_path)
    form = mm.Questionnaire.load(questionnaire)
    cohort = mm.read_cohort(form, mentors, mentees, keys=keys, as_of=made_up.as_of)
    result = mm.match(cohort, mm.Policy.preset("official"))
    result.report(tmp_path / "report.html", names=keys)
    mm.export(cohort, tmp_path / "a.csv")
    assert mm.verify(result)

"""OneRoster bundles say who is at a school, and answers are held against them."""

import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError
from mentormatch.intake.oneroster import read_oneroster
from mentormatch.intake.reading import read_cohort
from mentormatch.intake.roster import Roster
from mentormatch.keys import KeyFile, Person
from mentormatch.questionnaire import Questionnaire

FORM = Questionnaire.preset("target-model")
SECRETS = ("hunter2", "anna@mail.example", "+70000000000", "sms-7", "login-7")

# As a school system writes them: 1.1 with every column, lists in quoted cells.
USERS_11 = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,,,true,org1,student,login-7,"{Fed:1},{Loc:2}",Anna,Example,Ivanovna,7,anna@mail.example,sms-7,+70000000000,"u5,u6",07,hunter2
u2,,,true,"org1,org2",student,login-7,,Boris,Example,,8,,,,u5,"09",hunter2
u3,,,true,org1,teacher,login-7,,Vera,Sample,,9,,,,,,hunter2
u4,,,true,org1,administrator,login-7,,Gleb,Sample,,9,,,,,,hunter2
u5,,,true,org1,guardian,login-7,,Daria,Example,,9,,,,u1,,hunter2
u6,,,true,org1,parent,login-7,,Egor,Example,,9,,,,,,hunter2
u7,tobedeleted,2026-01-01T00:00:00.000Z,true,org1,student,login-7,,Zoya,Gone,,9,,,,,07,hunter2
u8,,,false,org1,student,login-7,,Ilya,Gone,,9,,,,,07,hunter2
u9,,,true,org1,systemAdministrator,login-7,,Kira,Machine,,9,,,,,,hunter2
"""
USERS_12 = """\
sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
u1,,,true,login-7,,Anna,Example,Ivanovna,7,anna@mail.example,sms-7,+70000000000,"u5,u6",07,hunter2,,,,,,org1,
u2,,,true,login-7,,Boris,Example,,8,,,,u5,09,hunter2,,,,,,org1,
u3,,,true,login-7,,Vera,Sample,,9,,,,,,hunter2,,,,,,org1,
u4,,,true,login-7,,Gleb,Sample,,9,,,,,,hunter2,,,,,,org1,
u5,,,true,login-7,,Daria,Example,,9,,,,u1,,hunter2,,,,,,org1,
u6,,,true,login-7,,Egor,Example,,9,,,,,,hunter2,,,,,,org1,
u7,tobedeleted,,true,login-7,,Zoya,Gone,,9,,,,,07,hunter2,,,,,,org1,
u8,,,false,login-7,,Ilya,Gone,,9,,,,,07,hunter2,,,,,,org1,
u9,,,true,login-7,,Kira,Machine,,9,,,,,,hunter2,,,,,,org1,
"""
ROLES_12 = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,u1,primary,student,,,org1,
r2,,,u2,primary,student,,,org1,
r3,,,u3,primary,teacher,,,org1,
r4,,,u4,primary,principal,,,org1,
r5,,,u5,primary,guardian,,,org1,
r5b,,,u5,secondary,teacher,,,org1,
r6,,,u6,primary,parent,,,org1,
r7,,,u7,primary,student,,,org1,
r8,,,u8,primary,student,,,org1,
r9,,,u9,primary,systemAdministrator,,,org1,
r10,tobedeleted,,u3,primary,student,,,org1,
"""
CLASSES = """\
sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
c1,,,7 «Б»,07,k1,,homeroom,,org1,t1,,,
c2,,,9-A,09,k1,,homeroom,,org1,t1,,,
c3,,,"Algebra, 7",07,k1,,scheduled,,org1,t1,,,
"""
ENROLLMENTS = """\
sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,c1,org1,u1,student,false,,
e2,,,c2,org1,u2,student,false,,
e3,,,c3,org1,u1,student,false,,
e4,tobedeleted,,c2,org1,u1,student,false,,
"""
DEMOGRAPHICS = """\
sourcedId,status,dateLastModified,birthDate,sex
u1,,,2013-04-05,female
u3,,,1980-06-07,female
"""


def manifest(version: str, **ways: str) -> str:
    """Write a manifest in which everything is there as a whole, unless told otherwise."""
    parts = {"users": "bulk", "classes": "bulk", "demographics": "bulk"} | ways
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    return "\n".join([*lines, *(f"file.{part},{way}" for part, way in parts.items()), ""])


OPTIONAL = {
    "classes.csv": CLASSES,
    "enrollments.csv": ENROLLMENTS,
    "demographics.csv": DEMOGRAPHICS,
}
BUNDLES = {
    "1.1": {"manifest.csv": manifest("1.1"), "users.csv": USERS_11, **OPTIONAL},
    "1.2": {
        "manifest.csv": manifest("1.2"),
        "users.csv": USERS_12,
        "roles.csv": ROLES_12,
        **OPTIONAL,
    },
}


def zipped(path, files):
    """Write a bundle."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def rostered(tmp_path, files, **options) -> Roster:
    """Read a bundle of some files."""
    bundle = zipped(tmp_path / "bundle.zip", files)
    return read_oneroster(bundle, FORM, keys=tmp_path / "keys.csv", **options)


def by_name(tmp_path, roster):
    """Return everybody of a roster by their given name."""
    keys = KeyFile.load(tmp_path / "keys.csv")
    return {keys.name_of(code).split()[1]: (code, person) for code, person in roster.people.items()}


def codes_of(error):
    """List code, file, row and column of every defect."""
    return [
        (defect.code, defect.place.file, defect.place.row, defect.place.column)
        for defect in error.value.defects
    ]


@pytest.mark.parametrize("version", BUNDLES)
def test_people_are_read_with_kind_class_year_and_family(tmp_path, version):
    """Worked out by hand from the files above; both versions say the same."""
    roster = rostered(tmp_path, BUNDLES[version])
    people = by_name(tmp_path, roster)
    anna, boris, daria, egor = (people[name][0] for name in ("Anna", "Boris", "Daria", "Egor"))
    assert {name: (one.kind, dict(one.answers)) for name, (_, one) in people.items()} == {
        "Anna": (
            "student",
            {
                "grade": 7,
                "class_letter": "Б",
                "birth_year": 2013,
                "guardian_pids": tuple(sorted([daria, egor])),
            },
        ),
        "Boris": ("student", {"grade": 9, "class_letter": "А", "guardian_pids": (daria,)}),
        "Vera": ("teacher", {"birth_year": 1980}),
        "Gleb": ("teacher", {}),
        "Daria": ("parent", {"relative_pids": tuple(sorted([anna, boris]))}),
        "Egor": ("parent", {"relative_pids": (anna,)}),
    }
    assert roster.headcounts == {"students": 2, "teachers": 2, "parents": 2}
    assert roster.left_out == {"deleted": 1, "disabled": 1, "other-role": 1}
    assert roster.notices == ()


def test_a_folder_is_as_good_as_an_archive(tmp_path):
    """Also an archive in which the files stand in one folder, beside a system's own files."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, text in BUNDLES["1.1"].items():
        (folder / name).write_text(text, "utf-8-sig")
    keys = tmp_path / "keys.csv"
    first = read_oneroster(folder, FORM, keys=keys)
    inner = {f"export/{name}": text for name, text in BUNDLES["1.1"].items()}
    second = rostered(tmp_path, {**inner, "__MACOSX/export/users.csv": "x", "export/a.txt": "x"})
    assert first == second


def test_the_same_people_keep_their_codes(tmp_path):
    """A newer bundle finds them by sourcedId, whatever their names are now."""
    first = rostered(tmp_path, BUNDLES["1.1"])
    files = BUNDLES["1.1"] | {"users.csv": USERS_11.replace("Vera,Sample", "Vera,Married")}
    second = rostered(tmp_path, files)
    assert first.people.keys() == second.people.keys()
    keys = KeyFile.load(tmp_path / "keys.csv")
    (vera,) = keys.code_of("Married Vera")
    assert vera in first.people
    assert keys.people[vera].source == "u3"


@pytest.mark.parametrize(
    ("code", "kind", "answers", "found"),
    [
        # Vera Sample is a teacher of the bundle, Anna Example a student of class 7B.
        ("T-1", None, {}, True),
        ("S-1", None, {}, False),
        ("Vera", None, {}, False),
        ("X-1", "teacher", {}, True),
        ("T-1", "alumnus", {}, False),
        ("S-2", "student", {"grade": 7, "class_letter": "Б"}, True),
        ("S-2", "student", {"grade": 6, "class_letter": "Б"}, False),
        ("S-2", "student", {"grade": 7, "class_letter": "А"}, False),
        ("S-2", "student", {"grade": 7}, False),
        ("S-2", "alumnus", {}, False),
        ("S-2", None, {}, False),
    ],
)
def test_somebody_who_has_a_code_is_found_by_name_where_kind_and_class_agree(
    tmp_path, code, kind, answers, found
):
    """Else it may be a namesake from outside: a code of their own, and a notice for the curator."""
    name = "Example Anna Ivanovna" if code == "S-2" else "Sample Vera"
    KeyFile({code: Person(name, "room 5")}).save(tmp_path / "keys.csv")
    known = None
    if kind is not None:
        person = {"id": code, "kind": kind, "roles": ["mentee"], "answers": answers}
        known = Cohort.from_records(FORM, [person])
    roster = rostered(tmp_path, BUNDLES["1.1"], known=known)
    keys = KeyFile.load(tmp_path / "keys.csv")
    assert (code in roster.people) == found
    assert keys.people[code].contact == "room 5"
    assert bool(keys.people[code].source) == found
    if found:
        assert roster.notices == ()
        assert keys.code_of(name) == (code,)
    else:
        (notice,) = roster.notices
        (fresh,) = set(keys.code_of(name)) - {code}
        assert fresh in roster.people
        assert (notice.code, notice.place.row) == ("oneroster.namesake", 4 if code != "S-2" else 2)
        assert notice.values == {"code": fresh, "names": code}
        assert "Vera" not in notice.text().replace(f"({code})", "")


def test_namesakes_are_never_guessed(tmp_path):
    """Two of one name in the bundle, or in the key file: each has a code of their own."""
    users = USERS_11.replace("Gleb,Sample", "Vera,Sample")
    KeyFile({"T-1": Person("Sample Vera")}).save(tmp_path / "keys.csv")
    roster = rostered(tmp_path, BUNDLES["1.1"] | {"users.csv": users})
    assert "T-1" not in roster.people
    assert [notice.values["names"] for notice in roster.notices] == ["T-1", "T-1"]
    KeyFile({"T-1": Person("Sample Vera"), "T-2": Person("Sample Vera")}).save(
        tmp_path / "keys.csv"
    )
    roster = rostered(tmp_path, BUNDLES["1.1"])
    assert not {"T-1", "T-2"} & roster.people.keys()
    assert [notice.values["names"] for notice in roster.notices] == ["T-1, T-2"]


def test_somebody_whom_the_system_calls_otherwise_is_somebody_else(tmp_path):
    """Whoever has a sourcedId is known by it, so that a namesake is no question."""
    KeyFile({"T-1": Person("Sample Vera", source="u99")}).save(tmp_path / "keys.csv")
    roster = rostered(tmp_path, BUNDLES["1.1"])
    assert "T-1" not in roster.people
    assert roster.notices == ()


def test_what_the_curator_confirms_holds(tmp_path):
    """The source moves to the row of the old code, the new row goes, and nothing is asked again."""
    KeyFile({"S-1": Person("Example Anna Ivanovna")}).save(tmp_path / "keys.csv")
    (notice,) = rostered(tmp_path, BUNDLES["1.1"]).notices
    people = dict(KeyFile.load(tmp_path / "keys.csv").people)
    people["S-1"] = people.pop(notice.values["code"])
    KeyFile(people).save(tmp_path / "keys.csv")
    again = rostered(tmp_path, BUNDLES["1.1"])
    assert (again.people["S-1"].answers["grade"], again.notices) == (7, ())


def test_nothing_but_names_is_kept_and_names_in_the_key_file_only(tmp_path):
    """No password, address, telephone, user name or day of birth is anywhere."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    kept = (tmp_path / "keys.csv").read_text("utf-8-sig")
    shown = f"{roster!r} {roster.text('ru')} {roster.people} {roster.notices}"
    assert not [secret for secret in (*SECRETS, "04-05", "2013-04") if secret in kept + shown]
    assert not [name for name in ("Anna", "Example", "Vera", "u1") if name in shown]
    assert "Anna" in kept


@pytest.mark.parametrize(
    ("missing", "known"),
    [
        ("demographics.csv", {"grade", "class_letter", "guardian_pids"}),
        ("classes.csv", {"grade", "birth_year", "guardian_pids"}),
        ("enrollments.csv", {"grade", "birth_year", "guardian_pids"}),
    ],
)
def test_optional_files_may_be_missing(tmp_path, missing, known):
    """What they would have said stays open."""
    files = {name: text for name, text in BUNDLES["1.2"].items() if name != missing}
    people = by_name(tmp_path, rostered(tmp_path, files))
    assert set(people["Anna"][1].answers) == known


def test_a_grade_may_come_from_the_homeroom(tmp_path):
    """Without a grade of the pupil, the class says it."""
    users = USERS_11.replace('"u5,u6",07', '"u5,u6",')
    people = by_name(tmp_path, rostered(tmp_path, BUNDLES["1.1"] | {"users.csv": users}))
    assert people["Anna"][1].answers["grade"] == 7


def test_one_school_of_several_can_be_read(tmp_path):
    """A pupil of two schools is in each."""
    roster = rostered(tmp_path, BUNDLES["1.1"], school="org2")
    assert roster.headcounts == {"students": 1}
    assert roster.left_out == {"deleted": 1, "disabled": 1, "other-school": 6}
    # u8 is not enabled in any school; Boris' guardian is of the other one.
    assert [notice.code for notice in roster.notices] == ["oneroster.agents"]


def test_kinds_and_fields_are_the_callers_to_choose(tmp_path):
    """An administrator may stay outside, and a questionnaire may have other names."""
    roster = rostered(
        tmp_path,
        BUNDLES["1.1"],
        kinds={"administrator": None},
        fields={"guardians": "relative_pids"},
    )
    assert roster.headcounts["teachers"] == 1
    anna = by_name(tmp_path, roster)["Anna"][1]
    assert "relative_pids" in anna.answers
    assert "guardian_pids" not in anna.answers


def test_a_teacher_whose_child_is_at_the_school_is_linked_too(tmp_path):
    """The rule about own children must see every parent, whatever their kind."""
    users = USERS_11.replace('8,,,,u5,"09"', '8,,,,u3,"09"')
    people = by_name(tmp_path, rostered(tmp_path, BUNDLES["1.1"] | {"users.csv": users}))
    assert people["Boris"][1].answers["guardian_pids"] == (people["Vera"][0],)
    assert people["Vera"][1].answers["relative_pids"] == (people["Boris"][0],)


def test_somebody_of_two_kinds_is_told(tmp_path):
    """A teacher whose other primary role is that of a parent."""
    roles = ROLES_12 + "r11,,,u3,primary,parent,,,org1,\n"
    roster = rostered(tmp_path, BUNDLES["1.2"] | {"roles.csv": roles})
    assert by_name(tmp_path, roster)["Vera"][1].kind == "teacher"
    (notice,) = roster.notices
    assert (notice.code, notice.place.row) == ("oneroster.two-kinds", 4)


def test_two_homerooms_give_no_letter(tmp_path):
    """Nobody guesses; the grade of the pupil stands."""
    more = ENROLLMENTS + "e5,,,c2,org1,u1,student,false,,\n"
    roster = rostered(tmp_path, BUNDLES["1.1"] | {"enrollments.csv": more})
    answers = by_name(tmp_path, roster)["Anna"][1].answers
    assert ("class_letter" in answers, answers["grade"]) == (False, 7)
    assert [notice.code for notice in roster.notices] == ["oneroster.letters"]


# --- what is wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"manifest.csv": None}, [("oneroster.no-manifest", "manifest.csv", None, None)]),
        ({"manifest.csv": manifest("1.3")}, [("oneroster.version", "manifest.csv", 3, "value")]),
        (
            {"manifest.csv": manifest("1.1", users="delta", classes="Delta")},
            [
                ("oneroster.delta", "manifest.csv", 5, "value"),
                ("oneroster.delta", "manifest.csv", 4, "value"),
            ],
        ),
        ({"users.csv": None}, [("oneroster.no-file", "users.csv", None, None)]),
        ({"users.csv": ""}, [("intake.empty", "users.csv", None, None)]),
        (
            {"users.csv": "sourcedId,givenName\n", "classes.csv": "title,title\n"},
            [
                ("oneroster.no-column", "users.csv", 1, "familyName"),
                ("oneroster.no-column", "classes.csv", 1, "sourcedId"),
                ("oneroster.same-column", "classes.csv", 1, "title"),
                ("oneroster.no-column", "classes.csv", 1, "classType"),
            ],
        ),
        (
            {"users.csv": USERS_11 + "u10,,\n" + "u11\n"},
            [("intake.ragged", "users.csv", 11, None), ("intake.ragged", "users.csv", 12, None)],
        ),
        ({"users.csv": USERS_11 + '"u10\n'}, [("intake.quotes", "users.csv", 11, None)]),
        ({"users.csv": "Имя".encode("cp1251")}, [("oneroster.not-utf-8", "users.csv", None, None)]),
        (
            {
                "users.csv": USERS_11.replace("u2,,", "u1,,")
                .replace("u3,,", ",,")
                .replace("org1,guardian", "org1,grandma")
                .replace("Egor,Example", ","),
            },
            [
                ("oneroster.same-id", "users.csv", 3, "sourcedId"),
                ("oneroster.no-id", "users.csv", 4, "sourcedId"),
                ("oneroster.role", "users.csv", 6, "role"),
                ("oneroster.no-name", "users.csv", 7, "familyName"),
            ],
        ),
        (
            {
                "users.csv": USERS_11.replace('"u5,u6",07', '"u5,u6",12'),
                "demographics.csv": DEMOGRAPHICS.replace("1980-06-07", "7 June"),
                "classes.csv": CLASSES.replace("9-A", "9-Q"),
            },
            [
                ("cohort.range", "users.csv", 2, "grades"),
                ("cohort.unknown-option", "classes.csv", None, "title"),
                ("oneroster.birthday", "demographics.csv", 3, "birthDate"),
            ],
        ),
        (
            {"users.csv": USERS_11.splitlines()[0] + "\n"},
            [("oneroster.nobody", "users.csv", None, None)],
        ),
    ],
)
def test_every_defect_of_a_bundle_is_located(tmp_path, changes, found):
    """File inside the archive, row and column; no key file is written."""
    files = {k: v for k, v in (BUNDLES["1.1"] | changes).items() if v is not None}
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, files)
    assert codes_of(error) == [(code, f"bundle.zip/{name}", *rest) for code, name, *rest in found]
    assert not (tmp_path / "keys.csv").exists()
    assert "Example" not in error.value.text("ru")


def test_a_user_without_a_role_is_told_in_1_2(tmp_path):
    """Roles stand in a file of their own there, and it has to be there."""
    files = BUNDLES["1.2"] | {"roles.csv": ROLES_12.replace("u2,primary", "u99,primary")}
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, files)
    assert codes_of(error) == [("oneroster.no-role", "bundle.zip/users.csv", 3, "sourcedId")]
    del files["roles.csv"]
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, files)
    assert codes_of(error) == [("oneroster.no-file", "bundle.zip/roles.csv", None, None)]


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({"kinds": {"aide": "helper"}}, "oneroster.kind", "kinds.aide"),
        ({"fields": {"guardians": "mothers"}}, "oneroster.field", "fields.guardians"),
        ({"fields": {"birthday": "birth_year"}}, "oneroster.field", "fields.birthday"),
    ],
)
def test_maps_that_do_not_fit_are_told(tmp_path, options, code, field):
    """A kind or question that doesn't exist, or nothing that a roster knows."""
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, BUNDLES["1.1"], **options)
    assert [(it.code, it.place.field) for it in error.value.defects] == [(code, field)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../users.csv", "oneroster.entry"),
        ("/users.csv", "oneroster.entry"),
        ("C:\\users.csv", "oneroster.entry"),
        ("a/b/users.csv", "oneroster.entry"),
        ("USERS.csv", "oneroster.entry"),  # twice, to some systems
    ],
)
def test_an_archive_with_odd_entries_is_refused(tmp_path, name, code):
    """Whoever climbs out of a folder, or has a file twice, means no good."""
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, BUNDLES["1.1"] | {name: "x"})
    assert [defect.code for defect in error.value.defects] == [code]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle.zip"]


def test_a_bomb_is_refused(tmp_path):
    """300 MB of blanks in a few hundred kilobytes."""
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, BUNDLES["1.1"] | {"users.csv": " " * (300 * 2**20)})
    assert [defect.code for defect in error.value.defects] == ["oneroster.too-large"]


def test_too_many_entries_are_refused(tmp_path):
    """A bundle has about twenty files."""
    with pytest.raises(IntakeError) as error:
        rostered(tmp_path, BUNDLES["1.1"] | {f"{number}.csv": "" for number in range(600)})
    assert [defect.code for defect in error.value.defects] == ["oneroster.too-large"]


def test_an_encrypted_entry_is_refused(tmp_path):
    """Its flag is set where the archive lists it."""
    bundle = zipped(tmp_path / "bundle.zip", BUNDLES["1.1"])
    content = bytearray(bundle.read_bytes())
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        content[place + 8] |= 1
    bundle.write_bytes(content)
    with pytest.raises(IntakeError) as error:
        read_oneroster(bundle, FORM, keys=tmp_path / "keys.csv")
    assert [defect.code for defect in error.value.defects] == ["oneroster.encrypted"]


@pytest.mark.parametrize(
    ("content", "code"), [(b"no archive", "oneroster.damaged"), (None, "intake.no-file")]
)
def test_what_is_no_archive_is_told(tmp_path, content, code):
    """A file of another kind, and none at all."""
    path = tmp_path / "bundle.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IntakeError) as error:
        read_oneroster(path, FORM, keys=tmp_path / "keys.csv")
    assert [defect.code for defect in error.value.defects] == [code]


@settings(max_examples=60)
@given(place=st.integers(0, 4000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_archive_ends_in_an_error_of_ours(tmp_path_factory, place, byte, cut):
    """A byte that fell over, or an end that is missing."""
    folder = tmp_path_factory.mktemp("damaged")
    bundle = zipped(folder / "bundle.zip", BUNDLES["1.1"])
    content = bytearray(bundle.read_bytes())
    place %= len(content)
    content[place] = byte
    bundle.write_bytes(content[:place] if cut else content)
    try:
        read_oneroster(bundle, FORM, keys=folder / "keys.csv")
    except IntakeError:
        assert not (folder / "keys.csv").exists()


# --- answers and roster ---------------------------------------------------------------------


def table(path, header, *rows):
    """Write a table of answers."""
    content = io.StringIO(newline="")
    csv.writer(content).writerows([header, *rows])
    path.write_text(content.getvalue(), "utf-8")
    return path


def test_answers_get_kind_class_and_family_from_the_roster(tmp_path):
    """By code or by name, without a column of kinds; shares are of the whole school."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    people = by_name(tmp_path, roster)
    anna, vera, daria = (people[name][0] for name in ("Anna", "Vera", "Daria"))
    mentors = table(tmp_path / "mentors.csv", ["code", "mode"], [vera, "Online"], [daria, "Both"])
    mentees = table(
        tmp_path / "mentees.csv", ["name", "interests"], ["Example Anna Ivanovna", "Sport"]
    )
    cohort = read_cohort(
        FORM, mentors, mentees, keys=tmp_path / "keys.csv", roster=roster, as_of=date(2026, 9, 1),
        headcounts={"teachers": 40},
    )  # fmt: skip
    found = {person.id: person for person in cohort.participants()}
    assert {code: person.kind for code, person in found.items()} == {
        anna: "student", vera: "teacher", daria: "parent"
    }  # fmt: skip
    assert found[anna].answers == {**people["Anna"][1].answers, "interests": ("sport",)}
    assert found[vera].answers == {"mode": "online", "birth_year": 1980}
    assert cohort.headcounts == {"students": 2, "teachers": 40, "parents": 2}


def test_what_contradicts_the_roster_is_located(tmp_path):
    """Kind and grade in their rows; what agrees is fine, and links are joined."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    people = by_name(tmp_path, roster)
    anna, boris, vera, daria, egor = (
        people[name][0] for name in ("Anna", "Boris", "Vera", "Daria", "Egor")
    )
    header = ["code", "kind", "roles", "grade", "guardian_pids"]
    rows = [
        [anna, "student", "mentee", "8", ""],
        [boris, "", "mentee", "9", egor],
        [vera, "parent", "mentor", "", ""],
    ]
    with pytest.raises(IntakeError) as error:
        read_cohort(FORM, table(tmp_path / "all.csv", header, *rows), roster=roster)
    assert codes_of(error) == [
        ("roster.contradiction", "all.csv", 2, "grade"),
        ("roster.contradiction", "all.csv", 4, "kind"),
    ]
    rows[0][3], rows[2][1] = "", ""
    cohort = read_cohort(FORM, table(tmp_path / "all.csv", header, *rows), roster=roster)
    joined = cohort.participant(boris).answers["guardian_pids"]
    assert joined == tuple(sorted([daria, egor]))


def test_rows_of_one_person_in_two_files_are_completed_once(tmp_path):
    """Whoever answers as mentor and as mentee isn't held against themselves."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    people = by_name(tmp_path, roster)
    anna, vera = people["Anna"][0], people["Vera"][0]
    mentors = table(tmp_path / "a.csv", ["code", "mode"], [vera, "Both"], [anna, "Both"])
    mentees = table(tmp_path / "b.csv", ["code", "grade"], [anna, "7"])
    cohort = read_cohort(FORM, mentors, mentees, roster=roster)
    assert cohort.participant(anna).roles == {"mentor", "mentee"}
    assert cohort.participant(anna).answers["grade"] == 7


def test_somebody_outside_the_roster_has_to_say_who_they_are(tmp_path):
    """An alumnus is in no bundle."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    header = ["code", "kind", "roles"]
    anna = by_name(tmp_path, roster)["Anna"][0]
    rows = [["A-1", "", "mentor"], [anna, "", "mentee"]]
    with pytest.raises(IntakeError) as error:
        read_cohort(FORM, table(tmp_path / "all.csv", header, *rows), roster=roster)
    assert codes_of(error) == [("roster.unknown-person", "all.csv", 2, "kind")]
    rows[0][1] = "alumnus"
    cohort = read_cohort(FORM, table(tmp_path / "all.csv", header, *rows), roster=roster)
    assert cohort.participant("A-1").kind == "alumnus"


def test_everybody_of_a_kind_can_take_part_without_answers(tmp_path):
    """Roles are the caller's to give."""
    roster = rostered(tmp_path, BUNDLES["1.1"])
    people = roster.participants({"teacher": ["mentor"], "student": ["mentor", "mentee"]})
    assert sorted((person.kind, sorted(person.roles)) for person in people) == [
        ("student", ["mentee", "mentor"]),
        ("student", ["mentee", "mentor"]),
        ("teacher", ["mentor"]),
        ("teacher", ["mentor"]),
    ]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_roster_says_what_was_left_out(tmp_path, lang):
    """Each reason with its count."""
    said = rostered(tmp_path, BUNDLES["1.1"]).text(lang)
    assert len(said.splitlines()) == 4
    assert "6" in said.splitlines()[0]

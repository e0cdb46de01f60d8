# ruff: noqa: D103, PLR0912 - each function is the fact of its name, with all its ifs
"""The life of a programme once more, by plain ifs on plain dicts: the tests' second opinion.

Nothing here is fast or tidy. ``step`` says whether a fact can be, and changes the world only
if it can.
"""

import copy
from datetime import date

STAGES = ["acquaintance", "trial", "planning", "joint_work", "final"]


def new_world():
    return {
        "people": {},
        "pairs": {},
        "rounds": set(),
        "pins": set(),
        "bans": set(),
        "waves": {},
        "events": set(),
        "items": set(),
        "purge": {},
    }


def step(world, fact, today):
    """Let a fact happen if it can; return the world after it, or None."""
    after = copy.deepcopy(world)
    return after if globals()[fact.fact](after, fact, today) else None


def here(world, who, role=None):
    person = world["people"].get(who)
    if person is None or person["left"]:
        return False
    return role is None or role in person["roles"]


def repeats(codes):
    return len(set(codes)) < len(list(codes))


def members(pair):
    return [pair["mentor"], *([pair["co"]] if pair["co"] else []), *pair["mentees"]]


def is_running(world, code):
    return code in world["pairs"] and world["pairs"][code]["status"] == "running"


def consenting(person):
    return not ({"participation", "data"} & person["withdrawn"])


def enrolled(world, fact, today):
    codes = [each.person for each in fact.people]
    if repeats(codes):
        return False
    for each in fact.people:
        person = world["people"].get(each.person)
        if person is None:
            world["people"][each.person] = {
                "kind": each.kind, "roles": set(each.roles), "left": None, "withdrawn": set(),
            }  # fmt: skip
            continue
        if not consenting(person) or person["kind"] != each.kind:
            return False
        if person["left"]:
            person["roles"] = set()
        person["left"] = None
        person["roles"] |= set(each.roles)
    return True


def drop(world, who, on, reason):
    for pair in world["pairs"].values():
        if pair["status"] == "closed":
            continue
        if pair["co"] == who:
            pair["co"] = None
        elif pair["mentor"] == who or pair["mentees"] == [who]:
            pair.update(status="closed", closed=on, reason=reason)
        elif who in pair["mentees"]:
            pair["mentees"].remove(who)
            pair["gone"].append((who, reason))


def left(world, fact, today):
    if not here(world, fact.person) or fact.on > today:
        return False
    world["people"][fact.person]["left"] = fact.on
    drop(world, fact.person, fact.on, fact.reason)
    return True


def consent_given(world, fact, today):
    if fact.person not in world["people"] or fact.on > today:
        return False
    if fact.until and fact.until < fact.on:
        return False
    world["people"][fact.person]["withdrawn"].discard(fact.scope)
    scopes = world["purge"].get(fact.person, set())
    scopes.discard(fact.scope)
    if not scopes:
        world["purge"].pop(fact.person, None)
    return True


def consent_withdrawn(world, fact, today):
    person = world["people"].get(fact.person)
    if person is None or fact.on > today or fact.scope in person["withdrawn"]:
        return False
    person["withdrawn"].add(fact.scope)
    world["purge"].setdefault(fact.person, set()).add(fact.scope)
    if fact.scope != "publication":
        person["left"] = person["left"] or fact.on
        drop(world, fact.person, fact.on, "consent_withdrawn")
    return True


def purged(world, fact, today):
    if repeats(fact.people) or fact.on > today:
        return False
    for who in fact.people:
        world["purge"].pop(who, None)
    return True


def interviewed(world, fact, today):
    return fact.person in world["people"] and fact.on <= today


def together_ok(world, code, new):
    form, mentor, mentees, co = new["form"], new["mentor"], new["mentees"], new["co"]
    if not here(world, mentor, "mentor") or (co and not here(world, co, "mentor")) or co == mentor:
        return False
    if repeats(mentees):
        return False
    for who in mentees:
        if not here(world, who, "mentee") or who in (mentor, co):
            return False
        if (mentor, who) in world["bans"] or (co, who) in world["bans"]:
            return False
    for other, pair in world["pairs"].items():
        if other == code or pair["status"] not in ("accepted", "running"):
            continue
        if (
            pair["form"] == form
            and pair["mentor"] == mentor
            and set(pair["mentees"]) & set(mentees)
        ):
            return False
    return True


def round_made(world, fact, today):
    if fact.round in world["rounds"] or fact.on > today:
        return False
    if repeats([each.pair for each in fact.proposals]):
        return False
    if any(who not in world["people"] for who in fact.unmatched):
        return False
    for code in fact.kept:
        if code not in world["pairs"]:
            return False
        if world["pairs"][code]["status"] not in ("accepted", "running"):
            return False
    for each in fact.proposals:
        if each.pair in world["pairs"]:
            return False
        who = {
            "form": each.form,
            "mentor": each.mentor,
            "mentees": list(each.mentees),
            "co": each.co_mentor,
        }
        if not together_ok(world, each.pair, who):
            return False
    couples = [(each.form, each.mentor, who) for each in fact.proposals for who in each.mentees]
    if repeats(couples):
        return False
    for pair in world["pairs"].values():
        if pair["status"] == "proposed":
            pair.update(status="closed", closed=fact.on, reason="rematched")
    for each in fact.proposals:
        world["pairs"][each.pair] = {
            "form": each.form, "mentor": each.mentor, "mentees": list(each.mentees),
            "co": each.co_mentor, "status": "proposed", "closed": None, "reason": None,
            "term": None, "stages": [], "days": [], "words": set(), "surveyed": set(),
            "meetings": {}, "plan": None, "gone": [],
        }  # fmt: skip
    world["rounds"].add(fact.round)
    return True


def accepted(world, fact, today):
    if repeats(fact.pairs):
        return False
    for code in fact.pairs:
        if code not in world["pairs"] or world["pairs"][code]["status"] != "proposed":
            return False
        if not together_ok(world, code, world["pairs"][code]):
            return False
        world["pairs"][code]["status"] = "accepted"
    return True


def changed(world, fact, today):
    pair = world["pairs"].get(fact.pair)
    if pair is None or pair["status"] not in ("proposed", "accepted"):
        return False
    if fact.waive and fact.reason == "":
        return False
    pair["form"] = fact.form or pair["form"]
    pair["mentor"] = fact.mentor or pair["mentor"]
    pair["mentees"] = list(fact.mentees or pair["mentees"])
    if fact.co_mentor is not None:
        pair["co"] = None if fact.co_mentor == "-" else fact.co_mentor
    pair["status"] = "accepted"
    return together_ok(world, fact.pair, pair)


def two_ok(world, fact):
    return (
        here(world, fact.mentor, "mentor")
        and here(world, fact.mentee, "mentee")
        and fact.mentor != fact.mentee
    )


def pinned(world, fact, today):
    key = (fact.mentor, fact.mentee)
    if not two_ok(world, fact) or key in world["bans"] or (fact.waive and fact.reason == ""):
        return False
    world["pins"].add(key)
    return True


def forbidden(world, fact, today):
    key = (fact.mentor, fact.mentee)
    if not two_ok(world, fact) or key in world["pins"]:
        return False
    for pair in world["pairs"].values():
        if pair["status"] == "closed" or fact.mentor not in (pair["mentor"], pair["co"]):
            continue
        if fact.mentee not in pair["mentees"]:
            continue
        if pair["status"] != "proposed":
            return False
        if pair["co"] == fact.mentor:
            pair["co"] = None
        elif len(pair["mentees"]) > 1:
            pair["mentees"].remove(fact.mentee)
            pair["gone"].append((fact.mentee, "refused"))
        else:
            pair.update(status="closed", closed=today, reason="refused")
    world["bans"].add(key)
    return True


def lifted(world, fact, today):
    key = (fact.mentor, fact.mentee)
    if key not in world["pins"] | world["bans"]:
        return False
    world["pins"].discard(key)
    world["bans"].discard(key)
    return True


def ordered(world, fact, today):
    if fact.ends < fact.starts or fact.on > today or repeats(fact.pairs):
        return False
    for code in fact.pairs:
        if code not in world["pairs"] or world["pairs"][code]["status"] != "accepted":
            return False
        world["pairs"][code].update(status="running", term=(fact.starts, fact.ends))
    return True


def closed(world, fact, today):
    pair = world["pairs"].get(fact.pair)
    if pair is None or pair["status"] == "closed" or fact.on > today:
        return False
    pair.update(status="closed", closed=fact.on, reason=fact.reason)
    if fact.reason in ("no_fit", "refused"):
        for who in pair["mentees"]:
            world["pins"].discard((pair["mentor"], who))
    return True


def mentee_joined(world, fact, today):
    pair = world["pairs"].get(fact.pair)
    if pair is None or pair["status"] not in ("accepted", "running") or fact.on > today:
        return False
    pair["mentees"].append(fact.mentee)
    return together_ok(world, fact.pair, pair)


def co_mentor_changed(world, fact, today):
    pair = world["pairs"].get(fact.pair)
    if pair is None or pair["status"] not in ("accepted", "running") or fact.on > today:
        return False
    if pair["co"] == fact.co_mentor:
        return False
    pair["co"] = fact.co_mentor
    return together_ok(world, fact.pair, pair)


def mentee_left(world, fact, today):
    pair = world["pairs"].get(fact.pair)
    if pair is None or pair["status"] == "closed" or fact.on > today:
        return False
    if fact.mentee not in pair["mentees"] or len(pair["mentees"]) == 1:
        return False
    pair["mentees"].remove(fact.mentee)
    pair["gone"].append((fact.mentee, fact.reason))
    if fact.reason in ("no_fit", "refused"):
        world["pins"].discard((pair["mentor"], fact.mentee))
    return True


def owner(world, meeting):
    found = [code for code, pair in world["pairs"].items() if meeting in pair["meetings"]]
    return found[0] if found else None


def meeting_planned(world, fact, today):
    if owner(world, fact.meeting) not in (None, fact.pair) or not is_running(world, fact.pair):
        return False
    pair = world["pairs"][fact.pair]
    if not pair["term"][0] <= fact.on <= pair["term"][1]:
        return False
    if fact.meeting in pair["meetings"] and pair["meetings"][fact.meeting][1] != "waiting":
        return False
    pair["meetings"][fact.meeting] = (fact.stage, "waiting")
    return True


def missing(world, pair, stage, on):
    """Say whether something is missing for a stage."""
    everybody = members(pair)
    plan = pair["plan"]
    if stage == "trial":
        return any(("acquaintance", who) not in pair["words"] for who in everybody)
    if stage == "planning":
        return any(("trial", who) not in pair["words"] for who in [*everybody, None])
    if stage == "joint_work":
        return plan is None or not workable(plan)
    if stage == "final":
        some = plan is not None and progress(plan, on)[0] > 0
        return not some and on < pair["term"][1]
    return False


def workable(plan):
    version = plan["versions"][-1]
    return bool(version["goals"]) and any(task.planned_result != "" for task in version["tasks"])


def meeting_held(world, fact, today):
    if owner(world, fact.meeting) not in (None, fact.pair) or not is_running(world, fact.pair):
        return False
    pair = world["pairs"][fact.pair]
    if not pair["term"][0] <= fact.on <= pair["term"][1] or fact.on > today:
        return False
    if repeats(fact.present) or not set(fact.present) <= set(members(pair)):
        return False
    before = pair["meetings"].get(fact.meeting, (fact.stage, "waiting"))
    if before != (fact.stage, "waiting"):
        return False
    if fact.stage not in pair["stages"]:
        if STAGES.index(fact.stage) != len(pair["stages"]):
            return False
        if missing(world, pair, fact.stage, fact.on):
            return False
        if pair["days"] and fact.on < pair["days"][-1]:
            return False
        pair["stages"].append(fact.stage)
        pair["days"].append(fact.on)
    pair["meetings"][fact.meeting] = (fact.stage, "held")
    return True


def meeting_cancelled(world, fact, today):
    code = owner(world, fact.meeting)
    if code is None or world["pairs"][code]["meetings"][fact.meeting][1] != "waiting":
        return False
    stage = world["pairs"][code]["meetings"][fact.meeting][0]
    world["pairs"][code]["meetings"][fact.meeting] = (stage, "cancelled")
    return True


def confirmed(world, fact, today):
    if not is_running(world, fact.pair) or fact.on > today:
        return False
    pair = world["pairs"][fact.pair]
    if fact.person is not None and fact.person not in members(pair):
        return False
    if fact.stage not in pair["stages"]:
        return False
    pair["words"].add((fact.stage, fact.person))
    return True


def content_ok(pair, fact, today):
    first, last = pair["term"]
    goals = [goal.goal for goal in fact.goals]
    tasks = [task.task for task in fact.tasks]
    return (
        fact.on <= today
        and first <= fact.starts <= fact.ends <= last
        and not repeats(goals)
        and not repeats(tasks)
        and all(task.goal in goals for task in fact.tasks)
        and all(fact.starts <= task.due <= fact.ends for task in fact.tasks)
    )


def version_of(fact):
    return {
        "starts": fact.starts, "goals": fact.goals, "tasks": fact.tasks,
        "agreed": False, "approved": False,
    }  # fmt: skip


def plan_drafted(world, fact, today):
    if not is_running(world, fact.pair):
        return False
    pair = world["pairs"][fact.pair]
    if pair["plan"] or not content_ok(pair, fact, today):
        return False
    pair["plan"] = {"versions": [version_of(fact)], "done": {}, "cancelled": set()}
    return True


def planned(world, code):
    return world["pairs"][code]["plan"] if is_running(world, code) else None


def plan_changed(world, fact, today):
    plan = planned(world, fact.pair)
    if plan is None or not content_ok(world["pairs"][fact.pair], fact, today):
        return False
    stay = set(plan["done"]) | plan["cancelled"]
    for version in plan["versions"]:
        if version["approved"]:
            stay |= {task.task for task in version["tasks"]}
    if not stay <= {task.task for task in fact.tasks}:
        return False
    if plan["versions"][-1]["approved"]:
        plan["versions"].append(version_of(fact))
    else:
        plan["versions"][-1] = version_of(fact)
    return True


def plans_agreed(world, fact, today):
    if repeats(fact.pairs) or fact.on > today:
        return False
    for code in fact.pairs:
        plan = planned(world, code)
        if plan is None or plan["versions"][-1]["agreed"] or not workable(plan):
            return False
        plan["versions"][-1]["agreed"] = True
    return True


def plans_approved(world, fact, today):
    if repeats(fact.pairs) or fact.on > today:
        return False
    for code in fact.pairs:
        plan = planned(world, code)
        if plan is None or plan["versions"][-1]["approved"] or not plan["versions"][-1]["agreed"]:
            return False
        plan["versions"][-1]["approved"] = True
    return True


def task_of(world, fact):
    plan = planned(world, fact.pair)
    if plan is None:
        return None
    known = {task.task for version in plan["versions"] for task in version["tasks"]}
    return plan if fact.task in known else None


def task_done(world, fact, today):
    plan = task_of(world, fact)
    if plan is None or fact.task in plan["done"] or fact.task in plan["cancelled"]:
        return False
    if fact.on > today or fact.on < plan["versions"][-1]["starts"]:
        return False
    plan["done"][fact.task] = fact.actual_result
    return True


def task_cancelled(world, fact, today):
    plan = task_of(world, fact)
    if plan is None or fact.task in plan["done"] or fact.task in plan["cancelled"]:
        return False
    if fact.on > today or fact.reason == "":
        return False
    plan["cancelled"].add(fact.task)
    return True


def task_reopened(world, fact, today):
    plan = task_of(world, fact)
    if plan is None or fact.on > today:
        return False
    if fact.task in plan["done"]:
        del plan["done"][fact.task]
        return True
    if fact.task in plan["cancelled"]:
        plan["cancelled"].remove(fact.task)
        return True
    return False


def progress(plan, on):
    """Return weight done, weight to do, weight done of what was due, weight that was due."""
    approved = [version for version in plan["versions"] if version["approved"]]
    version = approved[-1] if approved else plan["versions"][-1]
    done = whole = done_due = due = 0
    for task in version["tasks"]:
        if task.task in plan["cancelled"]:
            continue
        whole += task.weight
        if task.task in plan["done"]:
            done += task.weight
        if task.due < on:
            due += task.weight
            if task.task in plan["done"]:
                done_due += task.weight
    return done, whole, done_due, due


def wave_opened(world, fact, today):
    if fact.wave in world["waves"] or fact.due < fact.on or repeats(fact.people):
        return False
    if any(who not in world["people"] for who in fact.people):
        return False
    world["waves"][fact.wave] = {
        "kind": fact.kind, "on": fact.on, "people": fact.people, "closed": False, "came": set(),
    }  # fmt: skip
    return True


def answered(world, fact, today):
    wave, person = world["waves"].get(fact.wave), world["people"].get(fact.person)
    if wave is None or person is None or not consenting(person):
        return False
    if wave["closed"] or fact.person not in wave["people"]:
        return False
    if not wave["on"] <= fact.on <= today:
        return False
    wave["came"].add(fact.person)
    if wave["kind"] == "final":
        for pair in world["pairs"].values():
            if pair["status"] == "running" and fact.person in members(pair):
                pair["surveyed"].add(fact.person)
    return True


def wave_closed(world, fact, today):
    wave = world["waves"].get(fact.wave)
    if wave is None or wave["closed"] or not wave["on"] <= fact.on <= today:
        return False
    wave["closed"] = True
    return True


def event_held(world, fact, today):
    came = len(fact.present) + fact.others
    if fact.event in world["events"] or fact.on > today or repeats(fact.present):
        return False
    if fact.invited is not None and came > fact.invited:
        return False
    world["events"].add(fact.event)
    return True


def evidenced(world, fact, today):
    if fact.item in world["items"] or fact.on > today:
        return False
    world["items"].add(fact.item)
    return True


def running(world):
    """List the pairs (mentor, mentee) that run."""
    return sorted(
        (pair["mentor"], who)
        for pair in world["pairs"].values()
        if pair["status"] in ("accepted", "running")
        for who in pair["mentees"]
    )


def broken(world):
    """List the pairs (mentor, mentee) that ended so that they aren't to be repeated."""
    found = set()
    for pair in world["pairs"].values():
        if pair["reason"] in ("no_fit", "refused"):
            found |= {(pair["mentor"], who) for who in pair["mentees"]}
        found |= {
            (pair["mentor"], who) for who, why in pair["gone"] if why in ("no_fit", "refused")
        }
    return sorted(found - set(running(world)))


TODAY = date(2026, 5, 31)

"""A second, slow implementation of rules and criteria: one pair at a time, plain answers only.

It shares no code with the library's own; the tests compare the two.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

TODAY = date(2025, 9, 10)
TOP = 10  # the highest level, rank weight and scale end used in the tests' questionnaire


def satisfies(condition, person):
    """Evaluate a condition of the simple kinds that the tests use."""
    for field, wanted in condition.items():
        found = person.kind if field == "kind" else person.answers.get(field)
        if isinstance(wanted, dict):
            assert wanted["op"] == ">="
            if found is None or found < wanted["value"]:
                return False
        elif isinstance(wanted, list):
            if found not in wanted:
                return False
        elif found != wanted:
            return False
    return True


def consent_holds(rule, person):
    """Given by today, never withdrawn, with the right scope."""
    prefix = rule["field"]
    given_on = person.answers.get(f"{prefix}_given_on")
    if given_on is None or given_on > TODAY or f"{prefix}_withdrawn_on" in person.answers:
        return False
    return "scope" not in rule or rule["scope"] in person.answers.get(f"{prefix}_scope", ())


def is_minor(rule, person):
    """Nobody is an adult for sure in the year they turn eighteen."""
    born = person.answers.get("born")
    return person.kind in rule["minor_kinds"] if born is None else TODAY.year - born <= 18


def names(person, field, other):
    """Tell whether one person named the other."""
    return other.id in person.answers.get(field, ())


def admits(rule, mentor, mentee, form):  # noqa: PLR0912 - one branch per type
    """Decide one rule about one pair."""
    both = (mentor, mentee)
    match rule["type"]:
        case "consent":
            return all(consent_holds(rule, person) for person in both)
        case "guardian-consent":
            return all(consent_holds(rule, p) for p in both if is_minor(rule, p))
        case "condition":
            return satisfies(rule.get("mentors", {}), mentor) and satisfies(
                rule.get("mentees", {}), mentee
            )
        case "same-person":
            return mentor.id != mentee.id
        case "related":
            return not any(
                names(mentor, link, mentee) or names(mentee, link, mentor) for link in rule["links"]
            )
        case "vetoes":
            field = rule["field"]
            return not names(mentor, field, mentee) and not names(mentee, field, mentor)
        case "gap":
            high, low = (person.answers.get(rule["field"]) for person in both)
            if high is None or low is None:
                return rule.get("unanswered") == "allow"
            return rule["least"] <= high - low <= rule.get("most", 10**6)
        case "forms-accepted":
            default = (form,) if rule.get("blank_accepts") else ()
            return all(form in person.answers.get(rule["field"], default) for person in both)
        case "common-slots":
            shared = set.intersection(*(set(p.answers.get(rule["field"], ())) for p in both))
            online = all(p.answers.get(rule["unless_online"]) in ("online", "both") for p in both)
            return len(shared) >= rule["least"] or online
        case "qualification":
            needs = set(mentee.answers.get(rule["mentee"], ()))
            return needs <= set(mentor.answers.get(rule["mentor"], ()))
        case "equal" | "different":
            one, two = (person.answers.get(rule["field"]) for person in both)
            if one is None or two is None:
                return rule.get("unanswered") == "allow"
            return (one == two) == (rule["type"] == "equal")
    raise AssertionError(rule["type"])


def score(criterion, mentor, mentee):  # noqa: PLR0912, PLR0915 - one branch per type
    """Compute one raw score: (raw, whether it rests on answers)."""
    ours = criterion.get("mentee", criterion.get("field"))
    theirs = criterion.get("mentor", criterion.get("field"))
    wish, offer = mentee.answers.get(ours), mentor.answers.get(theirs)
    exact = Fraction(0)
    match criterion["type"]:
        case "covers":
            if not wish:
                return 0, True
            if offer is None:
                return neutral(criterion)
            weights = (
                wish
                if isinstance(wish, dict)
                else {option: criterion["ranks"] - place for place, option in enumerate(wish)}
            )
            top = TOP if isinstance(offer, dict) else 1
            levels = offer if isinstance(offer, dict) else dict.fromkeys(offer, 1)
            met = sum(weight * levels.get(option, 0) for option, weight in weights.items())
            exact = Fraction(met, sum(weights.values()) * top)
        case "mutual-choice":
            chosen, chosen_by = names(mentee, ours, mentor), names(mentor, theirs, mentee)
            if criterion.get("by_rank"):
                most = criterion["ranks"]
                if chosen:
                    exact += Fraction(6, 10) * Fraction(most - wish.index(mentor.id), most)
                if chosen_by:
                    exact += Fraction(4, 10) * Fraction(most - offer.index(mentee.id), most)
            else:
                exact = Fraction(6 * chosen + 4 * chosen_by, 10)
        case "overlap":
            if wish is None or offer is None:
                return neutral(criterion)
            shared = set(wish) & set(offer)
            whole = set(wish) | set(offer)
            if criterion.get("how") == "overlap":
                whole = min(set(wish), set(offer), key=len)
            exact = Fraction(len(shared), max(1, len(whole)))
        case "closeness" | "complement":
            if wish is None or offer is None:
                return neutral(criterion)
            if criterion["type"] == "complement":
                offer = 1 + TOP - offer
            span = Fraction(str(criterion.get("span", TOP - 1)))
            exact = max(Fraction(0), 1 - abs(number(wish) - number(offer)) / span)
        case "same":
            if wish is None or offer is None:
                return neutral(criterion)
            exact = Fraction(wish == offer)
        case "common-slots":
            if wish is None or offer is None:
                return neutral(criterion)
            exact = Fraction(
                min(len(set(wish) & set(offer)), criterion["enough"]), criterion["enough"]
            )
        case "within-range":
            least = mentor.answers.get(f"{theirs}_from")
            most = mentor.answers.get(f"{theirs}_to")
            if wish is None or (least is None and most is None):
                return neutral(criterion)
            below = 0 if least is None else least - wish
            above = 0 if most is None else wish - most
            exact = max(Fraction(0), 1 - Fraction(max(below, above, 0), criterion["falloff"]))
        case "profile":
            steps = [
                abs(mentor.answers[item] - mentee.answers[item])
                for item in criterion["items"]
                if item in mentor.answers and item in mentee.answers
            ]
            if 2 * len(steps) < len(criterion["items"]):
                return neutral(criterion)
            exact = 1 - Fraction(sum(steps), len(steps) * (TOP - 1))
    return floor(1000 * exact), True


def number(answer):
    """Return a number or a date as an exact fraction."""
    if isinstance(answer, date):
        return Fraction(answer.toordinal())
    return Fraction(answer) if isinstance(answer, int | Decimal) else Fraction(str(answer))


def neutral(criterion):
    """Return the score that stands for a blank."""
    return criterion.get("neutral", 500), False


def graph_of(policy, people):
    """List the admissible pairs: (mentee, mentor, form, raw scores, points), sorted."""
    edges = []
    for mentee in people:
        for mentor in people:
            if "mentee" in mentee.roles and "mentor" in mentor.roles:
                form = form_of(policy, mentor, mentee)
                if form is not None:
                    weights = form["weights"]
                    raw = [
                        score(criterion, mentor, mentee)[0] if criterion["id"] in weights else 0
                        for criterion in policy["criteria"]
                    ]
                    points = sum(
                        Fraction(str(weights.get(criterion["id"], 0))) * 1000 * one
                        for criterion, one in zip(policy["criteria"], raw, strict=True)
                    )
                    edges.append((mentee.id, mentor.id, form["id"], raw, points))
    return sorted(edges)


def form_of(policy, mentor, mentee):
    """Find the first form that admits a pair."""
    if mentor.id == mentee.id:
        return None
    for form in policy["forms"]:
        rules = [r for r in policy["rules"] if form["id"] in r.get("forms", [form["id"]])]
        if (
            satisfies(form["mentors"], mentor)
            and satisfies(form["mentees"], mentee)
            and all(admits(rule, mentor, mentee, form["id"]) for rule in rules)
        ):
            return form
    return None

"""Cohorts of any questionnaire, drawn by hypothesis."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from mentormatch.cohort import Cohort
from mentormatch.participant import Participant

_TEXT = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())
_CODES = st.from_regex(r"[A-Z]-[0-9]{1,3}", fullmatch=True)


def answers_to(form, question):
    """Draw valid answers to a question."""
    names = [option.id for option in form.options(question)]
    most = question.max or len(names)
    least = 0 if question.may_be_none else 1
    chosen = st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=most)
    match question.kind:
        case "choice":
            return st.sampled_from(names)
        case "flag":
            return st.booleans()
        case "scale":
            return st.integers(question.low, question.high)
        case "number":
            low = -(10**6) if question.low is None else question.low
            high = 10**6 if question.high is None else question.high
            unit = 10**question.decimals
            whole = st.integers(low * unit, high * unit)
            return whole.map(lambda number: Decimal(number) / unit) if unit > 1 else whole
        case "date":
            return st.dates(date(1900, 1, 1), date(2100, 1, 1))
        case "text":
            return _TEXT
        case "people":
            most = question.max or 4
            return st.lists(_CODES, unique=True, min_size=least, max_size=most).map(tuple)
        case "multi" if question.levels is not None:
            levels = st.integers(question.levels.low, question.levels.high)
            return st.dictionaries(st.sampled_from(names), levels, min_size=least, max_size=most)
        case "ranked":
            return chosen.map(tuple)
    return chosen.map(lambda own: tuple(name for name in names if name in own))


@st.composite
def cohorts(draw, form):
    """Draw a few people with valid answers to some of the questions, and to all required ones."""
    count = draw(st.integers(1, 4))
    people = []
    for number in range(count):
        kind = draw(answers_to(form, form.question("kind")))
        roles = draw(answers_to(form, form.question("roles")))
        answers = {}
        for question in form.questions:
            needed = question.required and question.asked.includes(kind, roles)
            if question.id not in {"kind", "roles"} and (needed or draw(st.booleans())):
                answers[question.id] = draw(answers_to(form, question))
        people.append(Participant(id=f"P-{number}", kind=kind, roles=roles, answers=answers))
    return Cohort.from_participants(form, people, as_of=date(2026, 9, 1))

"""What commands show: tables and sentences for people, plain data for programs."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from rich import box
from rich.table import Table

from mentormatch.analysis.diagnosis import Diagnosis
from mentormatch.analysis.explanation import By, Explanation, WhyNot
from mentormatch.analysis.report import reasons_of, unmatched_reasons
from mentormatch.answers.recruitment import Recruitment
from mentormatch.answers.shortage import WhyUnmatched
from mentormatch.errors import Defect
from mentormatch.messages import Language, has, percent, text
from mentormatch.office.done import Done
from mentormatch.result import Result
from mentormatch.suggestion import Suggestions
from mentormatch.verification import Verification

_LONGEST_CODE = 24  # columns; a longer one is broken, never cut

Json = dict[str, Any]


def pairs_table(result: Result, lang: Language) -> Table:
    """Put pairs with their reasons in a table that fits narrow terminals."""
    view = result.view
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    codes = [len(code) for pair in result.matching.pairs for code in (pair.mentor, pair.mentee)]
    widest = min(max(codes, default=0), _LONGEST_CODE)
    for name in ("mentor", "mentee"):
        table.add_column(text(f"table.{name}", lang), min_width=widest, overflow="fold")
    table.add_column(text("cli.table.fit", lang), justify="right", no_wrap=True)
    table.add_column(text("table.reason", lang), ratio=1, overflow="fold")
    rows = zip(view.matching.pairs, view.forms, view.maxima, reasons_of(view, lang), strict=True)
    for pair, place, most, found in rows:
        form = view.policy.forms[place].label.text(lang)
        reasons = found or text("cli.table.nothing", lang)
        share = percent(pair.points, most, lang)
        table.add_row(pair.mentor, pair.mentee, share, f"{form}\n{reasons}")
    return table


def groups_table(result: Result, lang: Language) -> Table:
    """Put groups in a table: who leads, who is in it, how well it fits."""
    view = result.view
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    widest = min(max(len(group.mentor) for group in result.matching.groups), _LONGEST_CODE)
    table.add_column(text("table.mentor", lang), min_width=widest, overflow="fold")
    beside = any(group.co_mentor for group in result.matching.groups)
    if beside:
        table.add_column(text("table.co-mentor", lang), min_width=widest, overflow="fold")
    table.add_column(text("cli.table.fit", lang), justify="right", no_wrap=True)
    table.add_column(text("table.mentees", lang), ratio=1, overflow="fold")
    for group in result.matching.groups:
        share = percent(group.points, view.maximum_of_group(group), lang)
        other = [group.co_mentor or "-"] if beside else []
        table.add_row(group.mentor, *other, share, ", ".join(group.mentees))
    return table


def verification_text(found: Verification, lang: Language) -> str:
    """Say what checking a result found; a refusal with its reason in words."""
    if found.accepted:
        return found.text(lang)
    for key in (f"cli.refused.{found.reason}", f"{found.reason}.problem"):
        if has(key):
            return found.text(lang, reason=text(key, lang))
    return found.text(lang)


def result_json(result: Result, lang: Language) -> Json:
    """Return a result as plain data."""
    view = result.view
    return {
        "status": str(result.status),
        "proof": result.proof,
        "points": result.points,
        "bound": result.bound,
        "gap": result.gap,
        "levels": [
            {
                "goal": level.goal,
                "value": level.value,
                "bound": level.bound,
                "proof": level.proof,
                "unit": level.unit,
            }
            for level in result.levels
        ],
        "pairs": [
            {
                "mentor": pair.mentor,
                "mentee": pair.mentee,
                "form": pair.form,
                "points": pair.points,
                "maximum": most,
                "reasons": reasons,
            }
            for pair, most, reasons in zip(
                view.matching.pairs, view.maxima, reasons_of(view, lang), strict=True
            )
        ],
        "groups": [
            {
                "mentor": group.mentor,
                "mentees": group.mentees,
                "form": group.form,
                "points": group.points,
                "maximum": view.maximum_of_group(group),
                "cohesion": group.cohesion,
                "co_mentor": group.co_mentor,
            }
            for group in result.matching.groups
        ],
        "unmatched": [
            {"mentee": code, "reason": reason} for code, reason in unmatched_reasons(view, lang)
        ],
        "underserved": [
            {"mentee": code, "has": got, "wants": wants}
            for code, got, wants in result.matching.underserved
        ],
        "conflict": None
        if (conflict := result.conflict) is None
        else [clause.text(lang) for clause in conflict.clauses],
        "repairs": None
        if (repairs := result.repairs()) is None
        else [[step.text(lang) for step in option] for option in repairs.options],
    }


def verification_json(found: Verification, lang: Language) -> Json:
    """Return what checking a result found as plain data."""
    return {
        "accepted": found.accepted,
        "impossible": found.impossible,
        "reason": found.reason,
        "scores": found.scores,
        "text": verification_text(found, lang),
    }


def done_json(done: Done, lang: Language) -> Json:
    """Return what was done as plain data."""
    return {
        "act": done.act,
        "entries": [{"seq": entry.seq, "fact": entry.fact.fact} for entry in done.entries],
        "files": [str(path) for path in done.files],
        "values": {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in done.values.items()
        },
        "text": done.text(lang),
    }


def explanation_json(
    why: WhyNot, explanation: Explanation | None, lang: Language, by: By = "criterion"
) -> Json:
    """Return why a pair was made or not as plain data, without what must stay confidential."""
    return {
        "mentor": why.mentor,
        "mentee": why.mentee,
        "why": why.why,
        "objections": why.reasons(lang),
        "possible": why.possible,
        "regret": None
        if why.cost is None
        else dict(zip(why.cost.goals, why.cost.regret, strict=True)),
        "chain": [
            {"mentee": move.mentee, "from": move.left, "to": move.taken} for move in why.chain
        ],
        "form": None if explanation is None else explanation.form,
        "points": None if explanation is None else explanation.points,
        "maximum": None if explanation is None else explanation.maximum,
        "criteria": [
            {
                "criterion": share.criterion,
                "points": share.points,
                "maximum": 1000 * share.weight,
                "answered": share.evidence.answered,
                "serves": share.serves,
                "matched": [asdict(match) for match in share.evidence.matched],
                "unmet": [asdict(match) for match in share.evidence.unmet],
            }
            for share in (explanation.shares if explanation else ())
        ],
        "text": "\n".join(
            [why.text(lang), *(() if explanation is None else (explanation.text(lang, by),))]
        ),
    }


def shortage_json(why: WhyUnmatched, lang: Language) -> Json:
    """Return why a mentee has no mentor as plain data, without what must stay confidential."""
    return {
        "mentee": why.mentee,
        "why": why.why,
        "mentees": why.mentees,
        "mentors": why.mentors,
        "seats": why.seats,
        "limits": [limit.text(lang) for limit in why.limits],
        "hurdles": [hurdle.text(lang) for hurdle in why.hurdles],
        "repairs": [
            {
                "kind": repair.kind,
                "mentor": repair.mentor,
                "mentee": repair.mentee,
                "amount": repair.amount,
                "gain": {}
                if repair.gain is None
                else dict(zip(repair.gain.goals, repair.gain.amounts, strict=True)),
                "text": repair.text(lang),
            }
            for repair in why.repairs
        ],
        "text": why.text(lang),
    }


def recruitment_json(found: Recruitment, lang: Language) -> list[Json]:
    """Return whom to recruit as plain data."""
    return [
        {
            "answers": dict(each.profile.answers),
            "seats": each.profile.seats,
            "gain": dict(zip(each.gain.goals, each.gain.amounts, strict=True)),
            "text": each.text(lang),
        }
        for each in found.recruits
    ]


def diagnosis_json(found: Diagnosis, lang: Language) -> Json:
    """Return what a cohort and a policy allow as plain data."""
    return {
        "mentors": len(found.mentors),
        "mentees": len(found.mentees),
        "seats": found.seats,
        "joined": found.joined,
        "allowed": found.allowed,
        "stranded": found.stranded,
        "idle": found.idle,
        "rules": [
            {
                "rule": effect.code,
                "pairs": effect.pairs,
                "alone": effect.alone,
                "text": effect.text(lang),
            }
            for effect in found.rules
            if effect.pairs
        ],
    }


def suggestions_json(found: Suggestions, lang: Language) -> Json:
    """Return what is proposed for a map of columns as plain data."""
    return {
        "suggestions": [asdict(it) | {"text": it.reasons(lang)} for it in found.made],
        "left": found.left,
        "map": found.column_map.to_dict(),
    }


def defects_json(defects: Iterable[Defect], lang: Language) -> list[Json]:
    """Return defects as plain data."""
    return [
        {
            "code": defect.code,
            "file": defect.place.file,
            "sheet": defect.place.sheet,
            "row": defect.place.row,
            "column": defect.place.column,
            "field": defect.place.field,
            "problem": defect.problem(lang),
            "remedy": defect.remedy(lang),
        }
        for defect in defects
    ]

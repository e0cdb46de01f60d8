"""A finished matching as people read it: a table, a summary, a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mentormatch.analysis.explanation import Explanation, explain_all, label_of
from mentormatch.analysis.group_answer import Grouping
from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.stability import Stability
from mentormatch.graph.candidates import CandidateGraph
from mentormatch.graph.scoring import Scoring
from mentormatch.matching import Group, Matching, Pair, Status
from mentormatch.messages import Language, percent, text
from mentormatch.policy.policy import Policy
from mentormatch.problem import Int64, Problem
from mentormatch.spreadsheet import Cell, Sheet, write_xlsx

# Scorers answer for blocks of people; of a block of pairs only the diagonal is wanted.
_BLOCK: Final = 64

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Everything a report reads.

    Parameters
    ----------
    policy, problem, outcome, matching
        What was asked, and what came of it.
    mentors, mentees
        Codes of everybody in the problem, in its order.
    raw
        Raw scores of the pairs; shape (pairs, criteria).
    graph
        The candidates, where they are known: without them no reasons can be given.
    stored
        Per mille of each pair's weight that rests on answers, where the candidates
        aren't known; shape (pairs,).
    inputs
        Digests of what it was made of, as they stood in the file.
    grouping
        The question about groups, where it matters who is in a group with whom. Problem
        and outcome are then about pairs, and leave out what holds and counts inside groups.
    """

    policy: Policy
    problem: Problem
    outcome: Outcome
    matching: Matching
    mentors: tuple[str, ...]
    mentees: tuple[str, ...]
    raw: NDArray[np.int16]
    graph: CandidateGraph | None = None
    stored: Int64 | None = None
    inputs: Mapping[str, str] | None = None
    grouping: Grouping | None = None

    @property
    def unproven(self) -> str | None:
        """What this is instead of a proven optimum over pairs; None if it is one."""
        if self.outcome.engine in {"groups", "stable", "peers"}:
            return self.outcome.engine
        if any(form.peers for form in self.policy.forms):
            return "peers"
        status = self.outcome.status
        return None if status is Status.OPTIMAL else str(status)

    @property
    def answered(self) -> Int64:
        """Per mille of each pair's weight that rests on answers; shape (pairs,)."""
        if self.graph is not None:
            return _answered(self.graph, self.matching.pairs)
        return np.empty(0, np.int64) if self.stored is None else self.stored

    @property
    def forms(self) -> list[int]:
        """The form of each pair, by position in the policy."""
        places = {form.id: place for place, form in enumerate(self.policy.forms)}
        return [places[pair.form] for pair in self.matching.pairs]

    @property
    def maxima(self) -> list[int]:
        """The most points that each pair can have in its form."""
        maximum = self.policy.form_maximum.tolist()
        return [maximum[form] for form in self.forms]

    def maximum_of_group(self, group: Group) -> int:
        """Return the most points a group of this size can have, cohesion included."""
        form = [form.id for form in self.policy.forms].index(group.form)
        each: int = self.policy.group_maximum[form].item()
        return len(group.mentees) * each


def table(view: View, lang: Language | None) -> "pd.DataFrame":
    """Put one row per pair, with a column of points per criterion; see ``Result.table``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only for this

    pairs, policy = view.matching.pairs, view.policy
    forms = {form.id: form.label.text(lang) if lang else form.id for form in policy.forms}
    weights = policy.weights[view.forms]
    maximum = np.array(view.maxima, np.int64)
    points = np.array([pair.points for pair in pairs], np.int64)
    columns: dict[str, object] = {
        "mentor": [pair.mentor for pair in pairs],
        "mentee": [pair.mentee for pair in pairs],
        "form": [forms[pair.form] for pair in pairs],
        "percent": np.round(100 * points / np.maximum(maximum, 1), 1),
        "answered": view.answered / 10,
        "points": points,
    }
    if lang:
        columns = {text(f"table.{name}", lang): values for name, values in columns.items()}
    for place, criterion in enumerate(policy.criteria):
        name = label_of(criterion).text(lang) if lang else criterion.id
        columns[name] = weights[:, place] * view.raw[:, place].astype(np.int64)
    return pd.DataFrame(columns)


def summary(view: View, lang: Language) -> str:
    """Say in a few lines what was reached; see ``Result.summary``."""
    lines = in_short(view, lang)
    if view.matching.unmatched:
        lines.append(text("summary.unmatched", lang, count=len(view.matching.unmatched)))
        lines += [f"- {code}: {reason}" for code, reason in unmatched_reasons(view, lang)]
    return "\n".join(lines)


def in_short(view: View, lang: Language) -> list[str]:
    """Say what was reached and how far it is proven, a sentence after another."""
    outcome = view.outcome
    lines = [text(f"summary.status.{outcome.status}", lang), text(f"proof.{outcome.proof}", lang)]
    if isinstance(outcome.witness, Stability):
        lines[0] = text(f"stable.status.{outcome.witness.best_for}", lang)
        lines += [text("stable.only-named", lang)] if outcome.witness.only_named else []
    if outcome.engine == "peers":
        return [text("peers.stuck", lang)]
    if outcome.status in {Status.INFEASIBLE, Status.NO_SOLUTION}:
        if outcome.stopped:
            lines.append(_cut_off(view, lang))
        return lines
    if outcome.stopped:
        lines.append(_cut_off(view, lang))
    pairs = view.matching.pairs
    served = len(view.mentees) - len(view.matching.unmatched)
    lines.append(text("summary.pairs", lang, count=len(pairs)))
    lines.append(text("summary.served", lang, served=served, mentees=len(view.mentees)))
    lines += _goals(view, lang)
    if pairs:
        shares = [
            1000 * pair.points // max(maximum, 1)
            for pair, maximum in zip(pairs, view.maxima, strict=True)
        ]
        mean, least = (
            percent(sum(shares), 1000 * len(shares), lang),
            percent(min(shares), 1000, lang),
        )
        lines.append(text("summary.percent", lang, mean=mean, least=least))
    lines += _groups(view, lang)
    if not outcome.stopped:
        lines.append(text(f"summary.engine.{outcome.engine}", lang, count=outcome.solves))
    return lines


def _cut_off(view: View, lang: Language) -> str:
    """Say what ended the search, and how much better a matching could be by the first open goal."""
    outcome = view.outcome
    assert outcome.stopped is not None
    seconds = f"{outcome.stopped.seconds:.6f}".rstrip("0").rstrip(".")
    seconds = seconds.replace(".", "," if lang == "ru" else ".")
    start = text(f"summary.stopped.{outcome.stopped.by}", lang, seconds=seconds)
    if outcome.status is Status.NO_SOLUTION:
        return f"{start}."
    level = next((each for each in outcome.levels if each.value != each.bound), None)
    if level is None or level.bound is None:
        return text("summary.stopped.unproven", lang, start=start)
    name = text(f"goal.{level.goal.partition(':')[0]}", lang)
    if level.value <= 0:
        return text("summary.stopped.bound", lang, start=start, name=name, bound=level.bound)
    # Rounded up: what is said to be the most must be.
    more = -(-1000 * (level.bound - level.value) // level.value)
    return text("summary.stopped.gap", lang, start=start, name=name, gap=percent(more, 1000, lang))


def _goals(view: View, lang: Language) -> list[str]:
    """Say what each goal of the policy reached; fairness takes several levels for one goal."""
    lines = []
    is_best = view.outcome.status is Status.OPTIMAL
    levels = [level for level in view.outcome.levels if not level.goal.startswith("fairness")]
    if any(form.peers for form in view.policy.forms) and view.outcome.levels:
        pairs, points = levels[:2]
        levels = levels[2:]
        key = "peers.points" if points.value == points.bound else "peers.points-open"
        lines += [
            text("peers.pairs", lang, count=pairs.value),
            text(key, lang, value=points.value),
            text("peers.engine", lang),
        ]
    for goal in view.policy.goals:
        name = goal.label.text(lang) if goal.label else text(f"goal.{goal.type}", lang)
        if goal.type == "fairness":
            how = goal.how if is_best else "open"
            lines.append(text(f"summary.fairness.{how}", lang, name=name))
        else:
            level = levels.pop(0)
            key = "summary.goal-open" if level.bound is None else "summary.goal-bounded"
            key = "summary.goal" if level.value == level.bound else key
            key = "stable.goal" if level.proof == "stable" else key
            bound = level.whole_bound
            lines.append(text(key, lang, name=name, value=level.whole, bound=bound))
    return lines


def _groups(view: View, lang: Language) -> list[str]:
    """Say how many groups there are, how good, and how far the points may be from the best."""
    groups = view.matching.groups
    if not groups:
        return []
    sizes = sorted({len(group.mentees) for group in groups})
    shown = "-".join(map(str, sizes if len(sizes) < 2 else (sizes[0], sizes[-1])))
    lines = [text("summary.groups", lang, count=len(groups), sizes=shown)]
    whole = sum(view.maximum_of_group(group) for group in groups)
    reached = sum(group.points for group in groups)
    lines.append(text("summary.group-percent", lang, mean=percent(reached, whole, lang)))
    alone = [group for group in groups if group.co_mentor is None and _wants_two(view, group)]
    if alone:
        names = ", ".join(group.mentor for group in alone)
        lines.append(text("summary.no-co-mentor", lang, count=len(alone), names=names))
    points = next((level for level in view.outcome.levels if level.goal == "points"), None)
    if points is not None and points.gap and points.bound:
        # Rounded up: what is not settled is never shown as nothing.
        tenths = -((points.value - points.bound) * 1000 // abs(points.bound))
        lines.append(text("summary.gap", lang, share=percent(tenths, 1000, lang)))
    return lines


def _wants_two(view: View, group: Group) -> bool:
    """Tell whether a form wants somebody beside the mentors of its groups."""
    form = next(form for form in view.policy.forms if form.id == group.form)
    return form.group is not None and form.group.co_mentor is not None


def unmatched_reasons(view: View, lang: Language) -> list[tuple[str, str]]:
    """Say for every mentee without a mentor, in the order of codes, why there is none."""
    problem, chosen, witness = view.problem, view.outcome.chosen, view.outcome.witness
    if isinstance(witness, Stability):
        on_market = np.bincount(witness.market(problem)[1].who, minlength=problem.mentees)
        counts = [int(on_market[view.mentees.index(who)]) for who in view.matching.unmatched]
        nobody = "stable.nobody" if witness.only_named else "unmatched.nobody"
        words = ["stable.taken" if count else nobody for count in counts]
        return [
            (who, text(word, lang, count=count))
            for who, word, count in zip(view.matching.unmatched, words, counts, strict=True)
        ]
    load = np.bincount(problem.mentor[chosen], minlength=problem.mentors)
    full = (load >= problem.capacity.most)[problem.mentor]
    if (parts := problem.mentor_parts) is not None:
        held = np.bincount(parts.of[chosen] + 1, minlength=len(parts.owner) + 1)[1:]
        full |= (parts.of >= 0) & np.append(held >= parts.bounds.most, False)[parts.of]
    free_pairs = np.ones(problem.size, np.bool_)
    free_pairs[problem.banned] = False
    allowed = np.bincount(problem.mentee[free_pairs], minlength=problem.mentees)
    has_peers = any(form.peers for form in view.policy.forms)
    candidates = np.bincount(problem.mentee, minlength=problem.mentees)
    free = np.bincount(problem.mentee[~full], minlength=problem.mentees)
    reasons = []
    for code in view.matching.unmatched:
        place = view.mentees.index(code)
        count = int(candidates[place])
        if count == 0:
            reason = text("unmatched.nobody", lang)
        elif has_peers and allowed[place] == 0:
            reason = text("peers.left", lang)
        elif free[place] == 0:
            reason = text("unmatched.taken", lang, count=count)
        elif view.matching.groups:
            reason = text("unmatched.no-group", lang)
        else:
            reason = text("unmatched.traded", lang)
        reasons.append((code, reason))
    return reasons


def write_workbook(path: str | Path, view: View, lang: Language) -> None:
    """Write pairs with reasons, people without a pair and the summary; see ``Result.write``."""
    groups = [_groups_sheet(view, lang)] if view.matching.groups else []
    sheets = [
        *groups,
        _pairs_sheet(view, lang),
        Sheet(
            text("workbook.unmatched", lang),
            [text("table.mentee", lang), text("table.reason", lang)],
            unmatched_reasons(view, lang),
        ),
        Sheet(
            text("workbook.summary", lang),
            [text("workbook.summary", lang)],
            [[line] for line in summary(view, lang).splitlines()],
        ),
    ]
    write_xlsx(path, sheets)


def _pairs_sheet(view: View, lang: Language) -> Sheet:
    titles = [text(f"table.{name}", lang) for name in ("mentor", "mentee", "form", "fit")]
    share, reason = titles[3], text("table.reason", lang)
    criteria = [label_of(criterion).text(lang) for criterion in view.policy.criteria]
    rows = []
    pairs = zip(
        view.matching.pairs, view.forms, view.maxima, view.raw, reasons_of(view, lang), strict=True
    )
    weights = view.policy.weights
    for pair, form, most, raw, found in pairs:
        maximum = max(most, 1)
        parts = (weights[form] * raw / maximum).tolist()
        label = view.policy.forms[form].label.text(lang)
        words = found or text("explain.nothing", lang)
        rows.append([pair.mentor, pair.mentee, label, pair.points / maximum, words, *parts])
    return Sheet(
        text("workbook.pairs", lang),
        [*titles, reason, *criteria],
        rows,
        formats=dict.fromkeys([share, *criteria], "0.0 %"),
    )


def _groups_sheet(view: View, lang: Language) -> Sheet:
    """Put a group in a row."""
    names = ("mentor", "co-mentor", "mentees", "size", "form", "fit", "cohesion")
    titles = [text(f"table.{name}", lang) for name in names]
    rows: list[list[Cell]] = []
    for group in view.matching.groups:
        maximum = max(view.maximum_of_group(group), 1)
        form = next(form for form in view.policy.forms if form.id == group.form)
        rows.append(
            [
                group.mentor,
                group.co_mentor or "",
                ", ".join(group.mentees),
                len(group.mentees),
                form.label.text(lang),
                group.points / maximum,
                group.cohesion / maximum,
            ]
        )
    formats = dict.fromkeys(titles[-2:], "0.0 %")
    return Sheet(text("workbook.groups", lang), titles, rows, formats=formats)


def explanations(view: View, graph: CandidateGraph) -> tuple[Explanation, ...]:
    """Explain every chosen pair, in their order."""
    pairs = view.matching.pairs
    codes = [(pair.mentor, pair.mentee) for pair in pairs]
    return tuple(explain_all(graph, codes, view.forms))


def reasons_of(view: View, lang: Language) -> list[str]:
    """Name in a few words what matched in each pair; empty where the candidates aren't known."""
    if view.graph is None:
        return [""] * len(view.matching.pairs)
    return [found.reasons(lang) for found in explanations(view, view.graph)]


def html(view: View, lines: str) -> str:
    """Show lines above the table; everything is escaped."""
    frame = table(view, None)
    return f"<pre>{escape(lines)}</pre>{frame.to_html(index=False, escape=True, max_rows=60)}"


def _answered(graph: CandidateGraph, pairs: Sequence[Pair]) -> Int64:
    """Weigh for each pair how much rests on answers, in per mille; shape (pairs,)."""
    forms = {form.id: place for place, form in enumerate(graph.policy.forms)}
    weights = graph.policy.weights[[forms[pair.form] for pair in pairs]]
    rows = np.array([graph.cohort.index(pair.mentee) for pair in pairs], np.intp)
    cols = np.array([graph.cohort.index(pair.mentor) for pair in pairs], np.intp)
    answered = np.zeros(weights.shape, np.bool_)
    for place, scorer in enumerate(Scoring.of(graph.cohort, graph.policy).scorers):
        for start in range(0, len(pairs), _BLOCK):
            some = slice(start, start + _BLOCK)
            answered[some, place] = scorer.answered(rows[some], cols[some]).diagonal()
    whole = weights.sum(axis=1)
    shares: Int64 = 1000 * (weights * answered).sum(axis=1) // np.maximum(whole, 1)
    return shares

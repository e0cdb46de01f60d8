"""The file of a result: everything that is needed to check it later, and nothing about people."""

import hashlib
import json
import platform
from dataclasses import asdict, astuple, fields, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from mentormatch.analysis.outcome import Outcome
from mentormatch.analysis.report import View
from mentormatch.cohort import Cohort
from mentormatch.errors import IntakeError, MentorMatchError, Place
from mentormatch.files import write_atomically
from mentormatch.graph.candidates import build_graph
from mentormatch.matching import Group, Level, Matching, Pair, Status, Stopped
from mentormatch.policy.policy import Policy
from mentormatch.problem import Problem
from mentormatch.questions.group_question import GroupQuestion
from mentormatch.questions.question import Question
from mentormatch.storage.archive import (
    Json,
    UnreadableError,
    packed,
    problem_from_json,
    problem_to_json,
    unpacked,
    witness_from_json,
    witness_to_json,
)
from mentormatch.storage.group_archive import grouping_from_json, grouping_to_json

FORMAT: Final = "mentormatch result"
VERSION: Final = 1
# Above so many pairs the scores are left out of the file and computed again to check it.
MOST_PAIRS: Final = 2_000_000


def save(path: str | Path, view: View, seed: int | None) -> None:
    """Write a result in one step; the same result gives the same bytes."""
    write_atomically(path, to_bytes(view, seed))


def to_bytes(view: View, seed: int | None) -> bytes:
    """Return what :func:`save` writes."""
    content = json.dumps(to_json(view, seed), ensure_ascii=False, separators=(",", ":"))
    return content.encode()


def load(path: str | Path, cohort: Cohort | None) -> tuple[View, int | None]:
    """Read a result; with its cohort, the candidates are found again.

    Raises
    ------
    IntakeError
        When the file isn't a result, is damaged, is of another cohort, or holds no
        scores and no cohort is given.
    """
    place = Place(file=Path(path).name)
    try:
        content = json.loads(Path(path).read_text("utf-8"))
        if content["format"] != FORMAT or content["schema_version"] > VERSION:
            raise UnreadableError("format")
        return _from_json(content, cohort, place)
    except IntakeError:
        raise
    except FileNotFoundError:
        raise IntakeError.of("record.no-file", place) from None
    except OSError as error:
        raise IntakeError.of("record.no-access", place, reason=error.strerror) from None
    except (
        *(ValueError, KeyError, TypeError, AttributeError, IndexError),
        *(OverflowError, RecursionError, MentorMatchError),
    ):
        raise IntakeError.of("result.unreadable", place) from None


def to_json(view: View, seed: int | None) -> Json:
    """Put a result into plain data."""
    outcome = view.outcome
    return {
        "format": FORMAT,
        "schema_version": VERSION,
        "status": str(outcome.status),
        "proof": outcome.proof,
        "seed": seed,
        "engine": outcome.engine,
        "solves": outcome.solves,
        "stopped": None if outcome.stopped is None else asdict(outcome.stopped),
        "levels": [
            {"goal": level.goal, "value": level.value, "bound": level.bound, "proof": level.proof}
            | ({} if level.unit == 1 else {"unit": level.unit})
            for level in outcome.levels
        ],
        "pairs": [[p.mentor, p.mentee, p.form, p.points] for p in view.matching.pairs],
        "raw": view.raw.tolist(),
        "answered": view.answered.tolist(),
        "mentors": view.mentors,
        "mentees": view.mentees,
        "chosen": packed(outcome.chosen),
        "problem": problem_to_json(view.problem) if view.problem.size <= MOST_PAIRS else None,
        "certificate": witness_to_json(outcome.witness),
        **_groups(view),
        "policy": view.policy.to_dict(),
        "inputs": view.inputs or _inputs(view),
        "versions": {
            "mentormatch": version("mentormatch-toolkit"),
            "ortools": version("ortools"),
            "numpy": version("numpy"),
            "python": platform.python_version(),
        },
    }


def _groups(view: View) -> Json:
    """Put groups into plain data, where a policy makes any."""
    if not any(form.group for form in view.policy.forms):
        return {}
    grouping = None
    if view.grouping is not None:
        with_problem = view.problem.size <= MOST_PAIRS
        grouping = grouping_to_json(view.grouping, with_problem=with_problem)
    return {"groups": [list(astuple(it)) for it in view.matching.groups], "grouping": grouping}


def _inputs(view: View) -> Json:
    """Say what a result was made of: a digest of the answers, and the day of the round."""
    if view.graph is None:
        return {}
    cohort = view.graph.cohort
    return {"cohort": fingerprint(cohort), "as_of": cohort.as_of.isoformat()}


def _from_json(content: Json, cohort: Cohort | None, place: Place) -> tuple[View, int | None]:
    policy = Policy.from_dict(content["policy"])
    seed = content["seed"]
    question, group_question = None, None
    if cohort is not None:
        # The day of the round belongs to the result: the same answers are read as of then.
        cohort = replace(cohort, as_of=date.fromisoformat(content["inputs"]["as_of"]))
        if content["inputs"]["cohort"] != fingerprint(cohort):
            raise IntakeError.of("result.other-cohort", place)
        graph = build_graph(cohort, policy)
        if policy.couples:
            group_question = GroupQuestion.of(graph)
            question = group_question.pairs
        else:
            impossible = content["status"] == Status.INFEASIBLE
            peers = False if impossible else unpacked(content["chosen"])
            question = Question.of(graph, seed, peers=peers)
    elif content["problem"] is None:
        raise IntakeError.of("result.no-scores", place)
    problem = problem_from_json(content["problem"]) if question is None else question.problem
    mentors, mentees = tuple(content["mentors"]), tuple(content["mentees"])
    if (len(mentors), len(mentees)) != (problem.mentors, problem.mentees):
        raise UnreadableError("people")
    if any(len(set(codes)) < len(codes) for codes in (mentors, mentees)):
        raise UnreadableError("people")
    outcome = _outcome(content, problem)
    pairs = tuple(Pair(*pair) for pair in content["pairs"])
    groups = tuple(
        Group(mentor, tuple(who), *rest) for mentor, who, *rest in content.get("groups", ())
    )
    if policy.couples != (content.get("grouping") is not None):
        raise UnreadableError("groups")
    matching = Matching()
    if outcome.status in {Status.OPTIMAL, Status.FEASIBLE}:
        matching = Matching.of(problem, outcome.chosen, pairs, mentees)
        matching = replace(matching, groups=groups)
    view = View(
        policy=policy,
        problem=problem,
        outcome=outcome,
        matching=matching,
        mentors=mentors,
        mentees=mentees,
        raw=np.array(content["raw"], np.int16).reshape(len(pairs), len(policy.criteria)),
        graph=None if question is None else question.graph,
        stored=np.array(content["answered"], np.int64),
        inputs=content["inputs"],
        grouping=grouping_from_json(content["grouping"], group_question)
        if policy.couples
        else None,
    )
    return view, seed


def _outcome(content: Json, problem: Problem) -> Outcome:
    chosen = unpacked(content["chosen"])
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < problem.size):
        raise UnreadableError("chosen")
    return Outcome(
        status=Status(content["status"]),
        proof=str(content["proof"]),
        chosen=chosen,
        levels=tuple(Level(**level) for level in content["levels"]),
        witness=witness_from_json(content["certificate"]),
        engine=content["engine"],
        solves=int(content["solves"]),
        stopped=Stopped(**content["stopped"]) if content.get("stopped") else None,
    )


def fingerprint(cohort: Cohort) -> str:
    """Digest a cohort's codes, answers and date, so that the same answers can be recognised."""
    digest = hashlib.sha256(cohort.as_of.isoformat().encode())
    for name, column in [("", cohort.ids), *sorted(cohort.columns.items())]:
        digest.update(f"\0{name}\0".encode())
        parts: list[Any] = [column]
        if not isinstance(column, tuple):
            parts = [getattr(column, part.name) for part in fields(column)]
        for part in parts:
            plain = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
            digest.update(plain)
    return digest.hexdigest()

"""Mentor matching for schools: answers in, provably optimal and explained pairs out.

The names below are all that most programs need; ``docs/reference`` describes each.
Importing the package loads nothing: each name brings its room along at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mentormatch.analysis.alternatives import Alternative, Ranked
    from mentormatch.analysis.certificate import Certificate
    from mentormatch.analysis.changes import Changes, Comparison
    from mentormatch.analysis.conflict import Conflict
    from mentormatch.analysis.cost import Cost, Move
    from mentormatch.analysis.diagnosis import Diagnosis, diagnose
    from mentormatch.analysis.equity import Fairness
    from mentormatch.analysis.explanation import Explanation, WhyNot
    from mentormatch.analysis.gains import Gain
    from mentormatch.analysis.repairs import Repair, Repairs
    from mentormatch.answers.recruitment import Recruit, Recruitment
    from mentormatch.answers.shortage import WhyUnmatched
    from mentormatch.answers.tolerance import Sensitivity
    from mentormatch.arrays.assignment import Assignment, assign
    from mentormatch.cohort import Cohort
    from mentormatch.errors import (
        Defect,
        IntakeError,
        MentorMatchError,
        ParticipantError,
        Place,
        PolicyError,
        QuestionnaireError,
        RegisterError,
        RoadmapError,
        ScoreError,
        SolverFault,
    )
    from mentormatch.graph.candidates import CandidateGraph, build_graph
    from mentormatch.intake.columns import ColumnMap
    from mentormatch.intake.reading import read_cohort
    from mentormatch.keys import KeyFile
    from mentormatch.matching import Group, Level, Matching, Pair, Status, Stopped
    from mentormatch.participant import Participant
    from mentormatch.pipeline import blocking_pairs, match, match_graph
    from mentormatch.policy.policy import Policy
    from mentormatch.programme.diagnostics import (
        Gap,
        Wave,
        WaveComparison,
        compare_waves,
        survey_gaps,
    )
    from mentormatch.programme.drafts import PlanDraft, draft_plans
    from mentormatch.programme.facts import Entry, Fact
    from mentormatch.programme.folder import Programme
    from mentormatch.programme.rounds import round_facts
    from mentormatch.programme.state import State
    from mentormatch.programme.templates import PlanTemplates
    from mentormatch.questionnaire import Questionnaire
    from mentormatch.questions.market import StabilityPrice
    from mentormatch.renewal import TradeOff, rematch, trade_off
    from mentormatch.report import ImportReport
    from mentormatch.result import Result
    from mentormatch.roadmap.activities import Activity
    from mentormatch.roadmap.deadlines import Deadline
    from mentormatch.roadmap.indicators import Indicator
    from mentormatch.roadmap.roadmap import Roadmap
    from mentormatch.roadmap.standing import RoadmapStatus
    from mentormatch.scenario import compare, what_if
    from mentormatch.verification import Verification, verify

__all__ = [
    "Activity",
    "Alternative",
    "Assignment",
    "CandidateGraph",
    "Certificate",
    "Changes",
    "Cohort",
    "ColumnMap",
    "Comparison",
    "Conflict",
    "Cost",
    "Deadline",
    "Defect",
    "Diagnosis",
    "Entry",
    "Explanation",
    "Fact",
    "Fairness",
    "Gain",
    "Gap",
    "Group",
    "ImportReport",
    "Indicator",
    "IntakeError",
    "KeyFile",
    "Level",
    "Matching",
    "MentorMatchError",
    "Move",
    "Pair",
    "Participant",
    "ParticipantError",
    "Place",
    "PlanDraft",
    "PlanTemplates",
    "Policy",
    "PolicyError",
    "Programme",
    "Questionnaire",
    "QuestionnaireError",
    "Ranked",
    "Recruit",
    "Recruitment",
    "RegisterError",
    "Repair",
    "Repairs",
    "Result",
    "Roadmap",
    "RoadmapError",
    "RoadmapStatus",
    "ScoreError",
    "Sensitivity",
    "SolverFault",
    "StabilityPrice",
    "State",
    "Status",
    "Stopped",
    "TradeOff",
    "Verification",
    "Wave",
    "WaveComparison",
    "WhyNot",
    "WhyUnmatched",
    "assign",
    "blocking_pairs",
    "build_graph",
    "compare",
    "compare_waves",
    "diagnose",
    "draft_plans",
    "match",
    "match_graph",
    "read_cohort",
    "rematch",
    "round_facts",
    "survey_gaps",
    "trade_off",
    "verify",
    "what_if",
]

_HOMES = {
    "Activity": "roadmap.activities",
    "Alternative": "analysis.alternatives",
    "Assignment": "arrays.assignment",
    "CandidateGraph": "graph.candidates",
    "Certificate": "analysis.certificate",
    "Changes": "analysis.changes",
    "Cohort": "cohort",
    "ColumnMap": "intake.columns",
    "Comparison": "analysis.changes",
    "Conflict": "analysis.conflict",
    "Cost": "analysis.cost",
    "Deadline": "roadmap.deadlines",
    "Defect": "errors",
    "Diagnosis": "analysis.diagnosis",
    "Entry": "programme.facts",
    "Explanation": "analysis.explanation",
    "Fact": "programme.facts",
    "Fairness": "analysis.equity",
    "Gain": "analysis.gains",
    "Gap": "programme.diagnostics",
    "Group": "matching",
    "ImportReport": "report",
    "Indicator": "roadmap.indicators",
    "IntakeError": "errors",
    "KeyFile": "keys",
    "Level": "matching",
    "Matching": "matching",
    "MentorMatchError": "errors",
    "Move": "analysis.cost",
    "Pair": "matching",
    "Participant": "participant",
    "ParticipantError": "errors",
    "Place": "errors",
    "PlanDraft": "programme.drafts",
    "PlanTemplates": "programme.templates",
    "Policy": "policy.policy",
    "PolicyError": "errors",
    "Programme": "programme.folder",
    "Questionnaire": "questionnaire",
    "QuestionnaireError": "errors",
    "Ranked": "analysis.alternatives",
    "Recruit": "answers.recruitment",
    "Recruitment": "answers.recruitment",
    "RegisterError": "errors",
    "Repair": "analysis.repairs",
    "Repairs": "analysis.repairs",
    "Result": "result",
    "Roadmap": "roadmap.roadmap",
    "RoadmapError": "errors",
    "RoadmapStatus": "roadmap.standing",
    "ScoreError": "errors",
    "Sensitivity": "answers.tolerance",
    "SolverFault": "errors",
    "StabilityPrice": "questions.market",
    "State": "programme.state",
    "Status": "matching",
    "Stopped": "matching",
    "TradeOff": "renewal",
    "Verification": "verification",
    "Wave": "programme.diagnostics",
    "WaveComparison": "programme.diagnostics",
    "WhyNot": "analysis.explanation",
    "WhyUnmatched": "answers.shortage",
    "assign": "arrays.assignment",
    "blocking_pairs": "pipeline",
    "build_graph": "graph.candidates",
    "compare": "scenario",
    "compare_waves": "programme.diagnostics",
    "diagnose": "analysis.diagnosis",
    "draft_plans": "programme.drafts",
    "match": "pipeline",
    "match_graph": "pipeline",
    "read_cohort": "intake.reading",
    "rematch": "renewal",
    "round_facts": "programme.rounds",
    "survey_gaps": "programme.diagnostics",
    "trade_off": "renewal",
    "verify": "verification",
    "what_if": "scenario",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room at first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

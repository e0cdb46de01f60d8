"""Mentor matching for schools: answers in, provably optimal and explained pairs out.

The names below are all that most programs need; ``docs/reference`` describes each.
Importing the package loads nothing: each name brings its room along at first use.
"""

from importlib import import_module
from importlib.metadata import version
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
    from mentormatch.blanks.form import blank_form, filled_form
    from mentormatch.cohort import Cohort
    from mentormatch.documents.cabinet import Written, make_documents, write_documents
    from mentormatch.documents.papers.kinds import copy_templates, template_kinds
    from mentormatch.documents.sources import Paper, Sources
    from mentormatch.documents.templates.template import TemplateKind
    from mentormatch.errors import (
        Defect,
        DocumentError,
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
    from mentormatch.intake.oneroster import read_oneroster
    from mentormatch.intake.reading import read_cohort
    from mentormatch.intake.roster import Roster, RosterPerson
    from mentormatch.intake.source import FileLimits, TableFile
    from mentormatch.keys import KeyFile
    from mentormatch.matching import Group, Level, Matching, Pair, Status, Stopped
    from mentormatch.office.done import Done
    from mentormatch.office.steps import Office
    from mentormatch.participant import Participant
    from mentormatch.pipeline import blocking_pairs, match, match_graph
    from mentormatch.policy.policy import Policy
    from mentormatch.privacy.access_log import AccessLog
    from mentormatch.privacy.anonymity import Anonymity, anonymity
    from mentormatch.privacy.consents import ConsentGap, consent_gaps
    from mentormatch.privacy.export import export
    from mentormatch.privacy.small_cells import suppress
    from mentormatch.profiles.profile import Profile, profile
    from mentormatch.profiles.reliability import Reliability
    from mentormatch.programme.diagnostics import (
        Gap,
        Wave,
        WaveComparison,
        answer_facts,
        compare_waves,
        survey_gaps,
        wave_answers,
    )
    from mentormatch.programme.drafts import PlanDraft, draft_plans
    from mentormatch.programme.facts import Entry, Fact
    from mentormatch.programme.folder import Programme
    from mentormatch.programme.register.store import Register
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

    __version__: str

__all__ = [
    "AccessLog",
    "Activity",
    "Alternative",
    "Anonymity",
    "Assignment",
    "CandidateGraph",
    "Certificate",
    "Changes",
    "Cohort",
    "ColumnMap",
    "Comparison",
    "Conflict",
    "ConsentGap",
    "Cost",
    "Deadline",
    "Defect",
    "Diagnosis",
    "DocumentError",
    "Done",
    "Entry",
    "Explanation",
    "Fact",
    "Fairness",
    "FileLimits",
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
    "Office",
    "Pair",
    "Paper",
    "Participant",
    "ParticipantError",
    "Place",
    "PlanDraft",
    "PlanTemplates",
    "Policy",
    "PolicyError",
    "Profile",
    "Programme",
    "Questionnaire",
    "QuestionnaireError",
    "Ranked",
    "Recruit",
    "Recruitment",
    "Register",
    "RegisterError",
    "Reliability",
    "Repair",
    "Repairs",
    "Result",
    "Roadmap",
    "RoadmapError",
    "RoadmapStatus",
    "Roster",
    "RosterPerson",
    "ScoreError",
    "Sensitivity",
    "SolverFault",
    "Sources",
    "StabilityPrice",
    "State",
    "Status",
    "Stopped",
    "TableFile",
    "TemplateKind",
    "TradeOff",
    "Verification",
    "Wave",
    "WaveComparison",
    "WhyNot",
    "WhyUnmatched",
    "Written",
    "anonymity",
    "answer_facts",
    "assign",
    "blank_form",
    "blocking_pairs",
    "build_graph",
    "compare",
    "compare_waves",
    "consent_gaps",
    "copy_templates",
    "diagnose",
    "draft_plans",
    "export",
    "filled_form",
    "make_documents",
    "match",
    "match_graph",
    "profile",
    "read_cohort",
    "read_oneroster",
    "rematch",
    "round_facts",
    "suppress",
    "survey_gaps",
    "template_kinds",
    "trade_off",
    "verify",
    "wave_answers",
    "what_if",
    "write_documents",
]

_HOMES = {
    "AccessLog": "privacy.access_log",
    "Activity": "roadmap.activities",
    "Alternative": "analysis.alternatives",
    "Anonymity": "privacy.anonymity",
    "Assignment": "arrays.assignment",
    "CandidateGraph": "graph.candidates",
    "Certificate": "analysis.certificate",
    "Changes": "analysis.changes",
    "Cohort": "cohort",
    "ColumnMap": "intake.columns",
    "Comparison": "analysis.changes",
    "Conflict": "analysis.conflict",
    "ConsentGap": "privacy.consents",
    "Cost": "analysis.cost",
    "Deadline": "roadmap.deadlines",
    "Defect": "errors",
    "Diagnosis": "analysis.diagnosis",
    "DocumentError": "errors",
    "Done": "office.done",
    "Entry": "programme.facts",
    "Explanation": "analysis.explanation",
    "Fact": "programme.facts",
    "Fairness": "analysis.equity",
    "FileLimits": "intake.source",
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
    "Office": "office.steps",
    "Pair": "matching",
    "Paper": "documents.sources",
    "Participant": "participant",
    "ParticipantError": "errors",
    "Place": "errors",
    "PlanDraft": "programme.drafts",
    "PlanTemplates": "programme.templates",
    "Policy": "policy.policy",
    "PolicyError": "errors",
    "Profile": "profiles.profile",
    "Programme": "programme.folder",
    "Questionnaire": "questionnaire",
    "QuestionnaireError": "errors",
    "Ranked": "analysis.alternatives",
    "Recruit": "answers.recruitment",
    "Recruitment": "answers.recruitment",
    "Register": "programme.register.store",
    "RegisterError": "errors",
    "Reliability": "profiles.reliability",
    "Repair": "analysis.repairs",
    "Repairs": "analysis.repairs",
    "Result": "result",
    "Roadmap": "roadmap.roadmap",
    "RoadmapError": "errors",
    "RoadmapStatus": "roadmap.standing",
    "Roster": "intake.roster",
    "RosterPerson": "intake.roster",
    "ScoreError": "errors",
    "Sensitivity": "answers.tolerance",
    "SolverFault": "errors",
    "Sources": "documents.sources",
    "StabilityPrice": "questions.market",
    "State": "programme.state",
    "Status": "matching",
    "Stopped": "matching",
    "TableFile": "intake.source",
    "TemplateKind": "documents.templates.template",
    "TradeOff": "renewal",
    "Verification": "verification",
    "Wave": "programme.diagnostics",
    "WaveComparison": "programme.diagnostics",
    "WhyNot": "analysis.explanation",
    "WhyUnmatched": "answers.shortage",
    "Written": "documents.cabinet",
    "anonymity": "privacy.anonymity",
    "answer_facts": "programme.diagnostics",
    "assign": "arrays.assignment",
    "blank_form": "blanks.form",
    "blocking_pairs": "pipeline",
    "build_graph": "graph.candidates",
    "compare": "scenario",
    "compare_waves": "programme.diagnostics",
    "consent_gaps": "privacy.consents",
    "copy_templates": "documents.papers.kinds",
    "diagnose": "analysis.diagnosis",
    "draft_plans": "programme.drafts",
    "export": "privacy.export",
    "filled_form": "blanks.form",
    "make_documents": "documents.cabinet",
    "match": "pipeline",
    "match_graph": "pipeline",
    "profile": "profiles.profile",
    "read_cohort": "intake.reading",
    "read_oneroster": "intake.oneroster",
    "rematch": "renewal",
    "round_facts": "programme.rounds",
    "suppress": "privacy.small_cells",
    "survey_gaps": "programme.diagnostics",
    "template_kinds": "documents.papers.kinds",
    "trade_off": "renewal",
    "verify": "verification",
    "wave_answers": "programme.diagnostics",
    "what_if": "scenario",
    "write_documents": "documents.cabinet",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room at first use (PEP 562)."""
    value: Any
    if name == "__version__":
        value = version("mentormatch-toolkit")
    elif name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

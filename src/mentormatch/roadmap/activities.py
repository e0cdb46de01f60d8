"""What stands in a roadmap: rows with deadlines, indicators with thresholds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from mentormatch.errors import Defect, Place, RoadmapError
from mentormatch.messages import Language, day, text
from mentormatch.participant import Role
from mentormatch.programme.facts import EventKind, EvidenceKind
from mentormatch.questionnaire import Finding, Id, Label, refuse
from mentormatch.record import Part, Record
from mentormatch.roadmap.deadlines import Deadline, Occurrence, later, moved

Provenance = Literal["roadmap", "inferred", "school"]
Unit = Literal["percent", "count"]
Rule = Literal[
    "enrolled",
    "ordered",
    "stages",
    "first_meetings",
    "plans_approved",
    "interviewed",
    "wave",
    "evidenced",
    "events",
    "indicators",
]
_KINDS: dict[str, tuple[str, ...]] = {
    "evidenced": get_args(EvidenceKind),
    "events": get_args(EventKind),
}


class Evidence(Part):
    """How the register shows that a row is done.

    Parameters
    ----------
    rule
        ``enrolled``: people take part, in a role if one is named. ``ordered``: pairs or
        groups are ordered. ``stages``: every pair has gone through the stages or ended.
        ``first_meetings``: each pair has met and has a plan. ``plans_approved``: each plan is.
        ``interviewed``: somebody was. ``wave``: everybody answered the quarter's wave.
        ``evidenced``: something of these kinds can be shown. ``events``: so many were held.
        ``indicators``: the row's own indicators are met, and nothing else.
    role
        With ``enrolled``.
    kinds
        Kinds of evidence or of events, with those two rules.
    least
        How many it takes, with those two rules.
    indicators
        Whether the row's indicators must be met besides.
    """

    rule: Rule
    role: Role | None = None
    kinds: tuple[str, ...] = ()
    least: int = Field(0, ge=0)
    indicators: bool = False


class Threshold(Part):
    """What an indicator has to reach; without a value, nobody has said.

    Parameters
    ----------
    at_least
        The value, None where it is blank.
    unit
        Percent of somebody, or a count.
    provenance
        Where the value comes from.
    """

    at_least: int | None = Field(None, ge=0)
    unit: Unit
    provenance: Provenance = "school"


class Target(Part):
    """An indicator as a roadmap sets it.

    Parameters
    ----------
    id
        What it measures, such as ``K01``.
    title
        Its wording.
    threshold
        What it has to reach.
    region
        Whether it is the region's rather than the school's.
    """

    id: Id
    title: Label
    threshold: Threshold
    region: bool = False


class Activity(Part):
    """A row of the roadmap.

    Parameters
    ----------
    id, section
        What it is called, and where it stands.
    title, result
        What is to be done, and what comes of it.
    deadline
        When.
    responsible
        Who, by role.
    documents, indicators
        Codes of the documents it yields and of the indicators that judge it.
    evidence
        How the register shows that it is done.
    needs
        Ids of the rows that have to be done before.
    raw_deadline, raw_threshold
        How the source writes them, where that isn't what stands here.
    flags
        What is wrong with the source: ``cut``, ``blank``, ``contradictory`` and so on.
    provenance
        Where the row comes from.
    """

    id: Id
    section: str
    title: Label
    deadline: Deadline
    result: Label
    responsible: tuple[str, ...] = Field(min_length=1)
    documents: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    evidence: Evidence
    needs: tuple[str, ...] = ()
    raw_deadline: str | None = None
    raw_threshold: str | None = None
    flags: tuple[str, ...] = ()
    provenance: Provenance = "roadmap"


class Schedule(Record):
    """The rows of a programme and its indicators, checked against each other.

    What the register shows of them is added by :class:`~mentormatch.roadmap.roadmap.Roadmap`,
    which says as well what the fields mean.
    """

    error: ClassVar = RoadmapError
    preset_folder: ClassVar = "roadmaps"

    name: str
    title: Label
    starts: date
    ends: date
    inferred: tuple[Literal["starts", "ends"], ...] = ()
    sections: dict[str, Label] = Field(default_factory=dict)
    roles: dict[str, Label] = Field(default_factory=dict)
    activities: tuple[Activity, ...]
    indicators: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse(_findings(self))
        return self

    @cached_property
    def _activities(self) -> Mapping[str, Activity]:
        return {activity.id: activity for activity in self.activities}

    @cached_property
    def _indicators(self) -> Mapping[str, Target]:
        return {target.id: target for target in self.indicators}

    def activity(self, activity_id: str) -> Activity:
        """Return the row of this id; KeyError if there is none."""
        return self._activities[activity_id]

    def indicator(self, indicator_id: str) -> Target:
        """Return the indicator of this id; KeyError if there is none."""
        return self._indicators[indicator_id]

    def occurrences(self, activity_id: str) -> tuple[Occurrence, ...]:
        """List when a row is due; KeyError if there is no such row."""
        return self.activity(activity_id).deadline.occurrences(self.starts, self.ends)

    def with_thresholds(self, values: Mapping[str, int]) -> Self:
        """Set thresholds, those left blank above all.

        Parameters
        ----------
        values
            What an indicator has to reach, by its id.

        Raises
        ------
        RoadmapError
            When there is no such indicator, or a value can't be.
        """
        unknown = [name for name in values if name not in self._indicators]
        if unknown:
            names = ", ".join(self._indicators)
            raise RoadmapError(
                *(
                    Defect("roadmap.no-indicator", Place(field=it), {"names": names})
                    for it in unknown
                )
            )
        targets = []
        for target in self.indicators:
            content = target.model_dump()
            if target.id in values:
                content["threshold"] |= {"at_least": values[target.id], "provenance": "school"}
            targets.append(content)
        return self.from_dict(self.to_dict() | {"indicators": targets})

    def with_activity(self, activity: Activity) -> Self:
        """Put in a row, in place of the one with its id if there is one."""
        rows = [activity if it.id == activity.id else it for it in self.activities]
        if activity.id not in self._activities:
            rows.append(activity)
        return self.from_dict(self.to_dict() | {"activities": [_plain(row) for row in rows]})

    def roll(self, to: int) -> Self:
        """Make the roadmap of a programme that begins in another year.

        Everything with a year of its own moves by as many years; the flags of the source
        stay. The name gets the new years.
        """
        years = to - self.starts.year
        rows = [
            it.model_copy(update={"deadline": moved(it.deadline, years)}) for it in self.activities
        ]
        first, last = later(self.starts, years), later(self.ends, years)
        old = f"{self.starts.year}-{self.ends.year}"
        new = f"{first.year}-{last.year}"
        content = self.to_dict() | {
            "starts": first,
            "ends": last,
            "name": self.name.replace(old, new),
            "title": {
                lang: self.title.text(lang)
                .replace(str(self.ends.year), str(last.year))
                .replace(str(self.starts.year), str(first.year))
                for lang in ("ru", "en")
            },
            "activities": [_plain(row) for row in rows],
        }
        return self.from_dict(content)

    def warnings(self) -> tuple[Defect, ...]:
        """List what is allowed, and odd: days in the wrong order, cut and blank places."""
        return tuple(_oddities(self))

    def text(self, activity_id: str, lang: Language = "en") -> str:
        """Say what a row asks for and by when; KeyError if there is no such row."""
        activity = self.activity(activity_id)
        days = ", ".join(
            day(it.due, lang) for it in self.occurrences(activity_id) if it.dated
        ) or text("roadmap.no-day", lang)
        return f"{activity.id} {activity.title.text(lang)}: {days}"


def _plain(part: Part) -> dict[str, object]:
    return part.model_dump(mode="json", exclude_defaults=True)


def _findings(roadmap: Schedule) -> Iterator[Finding]:
    if roadmap.ends < roadmap.starts:
        yield ("ends",), "roadmap.term", {}
    yield from _repeated("activities", [it.id for it in roadmap.activities])
    yield from _repeated("indicators", [it.id for it in roadmap.indicators])
    for place, activity in enumerate(roadmap.activities):
        loc = ("activities", place)
        yield from _unknown(roadmap, activity, loc)
        if activity.evidence.rule == "indicators" and not activity.indicators:
            yield (*loc, "evidence"), "roadmap.judged-by-nothing", {}


def _repeated(name: str, ids: Sequence[str]) -> Iterator[Finding]:
    for place, known in enumerate(ids):
        if ids.count(known) > 1:
            yield (name, place, "id"), "roadmap.same-id", {"id": known}


def _unknown(
    roadmap: Schedule, activity: Activity, loc: tuple[str | int, ...]
) -> Iterator[Finding]:
    """Find what a row names and nobody knows."""
    others = [it.id for it in roadmap.activities if it.id != activity.id]
    evidence = activity.evidence
    for steps, named, known in (
        (("section",), (activity.section,), [*roadmap.sections]),
        (("responsible",), activity.responsible, [*roadmap.roles]),
        (("indicators",), activity.indicators, [it.id for it in roadmap.indicators]),
        (("needs",), activity.needs, others),
        (("evidence", "kinds"), evidence.kinds, [*_KINDS.get(evidence.rule, ())]),
    ):
        for found in named:
            if found not in known:
                values = {"found": found, "names": ", ".join(known)}
                yield (*loc, *steps), "roadmap.unknown", values


def _oddities(roadmap: Schedule) -> Iterator[Defect]:
    for activity in roadmap.activities:
        place = Place(field=activity.id)
        for flag in activity.flags:
            yield Defect(f"roadmap.flag.{flag}", place)
        if activity.deadline.kind == "unset":
            yield Defect("roadmap.unset", place)
        elif _misses_the_first(roadmap, activity):
            yield Defect("roadmap.before-start", place, {"starts": roadmap.starts})
        yield from _disorder(roadmap, activity)
    for target in roadmap.indicators:
        if target.threshold.at_least is None:
            yield Defect("roadmap.threshold-missing", Place(field=target.id))


def _misses_the_first(roadmap: Schedule, activity: Activity) -> bool:
    """Tell whether a yearly row has no occurrence in the programme's first school year."""
    due = [it.due for it in roadmap.occurrences(activity.id)]
    in_a_year = later(roadmap.starts, 1)
    return (
        activity.deadline.kind == "annual_by"
        and bool(due)
        and (min(due) >= in_a_year - timedelta(days=1))
    )


def _disorder(roadmap: Schedule, activity: Activity) -> Iterator[Defect]:
    """Find rows that are due before, or together with, what has to be done before them."""
    first = _first(roadmap, activity.id)
    for name in activity.needs:
        other = _first(roadmap, name)
        if first is not None and other is not None and first <= other:
            code = "roadmap.same-day" if first == other else "roadmap.needs-later"
            values = {"other": name, "on": first, "due": other}
            yield Defect(code, Place(field=activity.id), values)


def _first(roadmap: Schedule, activity_id: str) -> date | None:
    """Return the first day of its own on which a row is due."""
    return next((it.due for it in roadmap.occurrences(activity_id) if it.dated), None)

"""A result as one web page: for reading on a screen or a telephone, and for printing.

The page loads nothing and runs nothing. Everything in it is escaped by ``markup``.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mentormatch.analysis.conflict import Conflict
from mentormatch.analysis.equity import Breakdown, Envy, Fairness
from mentormatch.analysis.report import View, explanations, in_short, unmatched_reasons
from mentormatch.answers.recruitment import Recruitment
from mentormatch.answers.shortage import WhyUnmatched
from mentormatch.hypertext import document, listed, section, table
from mentormatch.keys import KeyFile
from mentormatch.markup import Markup, joined, tag
from mentormatch.messages import Language, percent, text

_SHOWN: Final = 10  # of the worst-off, and of those who envy
_BARS: Final = 10
_CODE: Final = re.compile(r"[\w-]+")
ADVISED: Final = 30
"""Of so many mentees without a mentor it is said what would help."""
_FILL, _RAIL = "#0072b2", "#e4e4e4"


@dataclass(frozen=True, slots=True)
class Advice:
    """What could be done next.

    Parameters
    ----------
    unmatched
        Why mentees have no mentor and what would help, by code.
    reserves
        Rows (mentor, mentee, who could step in), the best first within a pair.
    recruitment
        Whom to look for.
    """

    unmatched: Mapping[str, WhyUnmatched]
    reserves: Sequence[tuple[str, str, str]]
    recruitment: Recruitment


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of.

    Parameters
    ----------
    view
        The result.
    lang
        The language of the page.
    title
        What stands above it; None for the usual words.
    names
        Names instead of codes; None for codes.
    conflict
        Why nothing is possible, if so.
    fairness
        Who fares how, if there are pairs and their candidates are known.
    advice
        What could be done next, if that was asked for.
    """

    view: View
    lang: Language
    title: str | None = None
    names: KeyFile | None = field(default=None, repr=False)
    conflict: Conflict | None = None
    fairness: Fairness | None = None
    advice: Advice | None = None

    def says(self, key: str, **values: object) -> str:
        """Return a sentence of the page."""
        return text(f"page.{key}", self.lang, **values)

    def name(self, code: str) -> str:
        """Return what a person is called here; a code that the key file lacks stays one."""
        return self.names.name_of(code) if self.names and code in self.names else code

    def person(self, code: str) -> Markup:
        """Show a person; a name in another script doesn't turn the line around it."""
        return tag("bdi", self.name(code))

    def line(self, words: str) -> str:
        """Put names for codes in a sentence."""
        return _CODE.sub(lambda found: self.name(found[0]), words) if self.names else words

    def percent(self, per_mille: int) -> str:
        """Write a share."""
        return percent(per_mille, 1000, self.lang)


def html(page: Page) -> str:
    """Write the page as one HTML document."""
    sections = [part for make in SECTIONS if (part := make(page)) is not None]
    cohort = None if page.view.graph is None else page.view.graph.cohort
    day = "" if cohort is None else page.says("as-of", day=_day(page, cohort.as_of.isoformat()))
    header = joined(
        tag("p", day) if day else None,
        tag("p", page.says("names" if page.names else "codes"), class_="note"),
    )
    return document(page.title or page.says("title"), page.lang, header, sections)


def _day(page: Page, iso: str) -> str:
    return ".".join(reversed(iso.split("-"))) if page.lang == "ru" else iso


# --- sections: each is a function of the page, None where there is nothing to say ------------


def _in_short(page: Page) -> Markup | None:
    lines = in_short(page.view, page.lang)
    return _section(page, "short", *(tag("p", line) for line in lines))


def _impossible(page: Page) -> Markup | None:
    if page.conflict is None:
        return None
    lines = page.conflict.text(page.lang).splitlines()
    return _section(page, "conflict", *(tag("p", page.line(line)) for line in lines))


def _pairs(page: Page) -> Markup | None:
    view = page.view
    pairs = view.matching.pairs
    if not pairs:
        return None
    reasons: Sequence[Iterable[str]] = [()] * len(pairs)
    if view.graph is not None:
        # The row says who is meant.
        mentor, mentee = (text(f"table.{role}", page.lang) for role in ("mentor", "mentee"))
        reasons = [
            replace(found, mentor=mentor, mentee=mentee).personal(page.lang)
            for found in explanations(view, view.graph)
        ]
    rows = [
        (
            page.person(pair.mentor),
            page.person(pair.mentee),
            view.policy.forms[form].label.text(page.lang),
            _fit(page, 1000 * pair.points // max(maximum, 1), pair.points, maximum),
            listed(lines),
        )
        for pair, form, maximum, lines in zip(pairs, view.forms, view.maxima, reasons, strict=True)
    ]
    heads = [text(f"table.{name}", page.lang) for name in ("mentor", "mentee", "form")]
    heads.append(page.says("fit"))
    return _section(
        page, "pairs", table([*heads, text("table.reason", page.lang)], rows, class_="pairs")
    )


def _unmatched(page: Page) -> Markup | None:
    view = page.view
    if page.conflict is not None:
        return None
    parts: list[Markup] = []
    if view.matching.unmatched:
        advice = {} if page.advice is None else page.advice.unmatched
        rows = [
            (page.person(code), _said(page, advice[code]) if code in advice else reason)
            for code, reason in unmatched_reasons(view, page.lang)
        ]
        heads = [text(f"table.{name}", page.lang) for name in ("mentee", "reason")]
        parts.append(table(heads, rows))
    if view.matching.underserved:
        parts.append(tag("h3", page.says("underserved")))
        some = [
            (page.person(code), page.says("has", has=has, wants=wants))
            for code, has, wants in view.matching.underserved
        ]
        heads = [text("table.mentee", page.lang), page.says("mentors")]
        parts.append(table(heads, some))
    return _section(page, "unmatched", *parts) if parts else None


def _said(page: Page, why: WhyUnmatched) -> Markup:
    """Show sentences, and what stands under each of them as a list."""
    parts: list[Markup] = []
    items: list[str] = []
    for line in why.text(page.lang).splitlines():
        if line.startswith("- "):
            items.append(page.line(line.removeprefix("- ")))
            continue
        parts += [listed(items)] if items else []
        parts.append(tag("p", page.line(line)))
        items = []
    return joined(*parts, listed(items) if items else None)


def _reserves(page: Page) -> Markup | None:
    if page.advice is None or not page.advice.reserves:
        return None
    others: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for mentor, mentee, reserve in page.advice.reserves:
        others[mentor, mentee].append(page.name(reserve))
    rows = [
        (page.person(mentor), page.person(mentee), ", ".join(names))
        for (mentor, mentee), names in others.items()
    ]
    heads = [text(f"table.{name}", page.lang) for name in ("mentor", "mentee")]
    return _section(
        page,
        "reserves",
        tag("p", page.says("reserves"), class_="note"),
        table([*heads, page.says("reserve")], rows),
    )


def _recruitment(page: Page) -> Markup | None:
    if page.advice is None or not page.advice.recruitment.recruits:
        return None
    lines = [recruit.text(page.lang) for recruit in page.advice.recruitment.recruits]
    note = text("recruit.title", page.lang)
    return _section(page, "recruitment", tag("p", note, class_="note"), listed(lines))


def _fairness(page: Page) -> Markup | None:
    found = page.fairness
    if found is None or not found.shares:
        return None
    lang = page.lang
    parts: list[Markup] = [tag("p", line) for line in found.spread(lang)]
    parts.append(_histogram(page, [share.per_mille for share in found.shares]))
    parts += (_breakdown(page, part) for part in found.breakdowns)
    worst = [
        (page.person(share.mentee), page.percent(share.per_mille)) for share in found.worst(_SHOWN)
    ]
    heads = [text(f"table.{name}", lang) for name in ("mentee", "fit")]
    parts += [tag("h3", text("fairness.worst", lang).rstrip(":")), table(heads, worst)]
    parts.append(tag("p", found.envy_in_short(lang)))
    said = [Fairness.said(_named(page, envy), lang) for envy in found.envy[:_SHOWN]]
    if len(found.envy) > _SHOWN:
        said.append(text("fairness.more", lang, count=len(found.envy) - _SHOWN))
    parts.append(listed(said))
    return _section(page, "fairness", *parts)


def _named(page: Page, envy: Envy) -> Envy:
    return replace(
        envy,
        mentee=page.name(envy.mentee),
        mentor=page.name(envy.mentor),
        holder=page.name(envy.holder),
    )


def _breakdown(page: Page, part: Breakdown) -> Markup:
    rows = [
        (
            group.label.text(page.lang),
            str(group.mentees),
            page.says("not-shown") if group.covered is None else str(group.covered),
            page.says("not-shown") if group.percent is None else f"{group.percent} %",
        )
        for group in part.groups
    ]
    heads = [
        text(f"fairness.head.{name}", page.lang)
        for name in ("answer", "mentees", "covered", "percent")
    ]
    return joined(
        tag("h3", part.label.text(page.lang)),
        table(heads, rows, class_="numbers") if rows else None,
        *(tag("p", note, class_="note") for note in part.notes(page.lang)),
    )


def _proof(page: Page) -> Markup | None:
    return _section(
        page,
        "proof",
        tag("p", text(f"proof.{page.view.outcome.proof}", page.lang)),
        tag("p", page.says("check"), class_="note"),
    )


# In the order of the page; what is answered later gets a function of its own here.
SECTIONS: Final[tuple[Callable[[Page], Markup | None], ...]] = (
    _in_short,
    _impossible,
    _pairs,
    _unmatched,
    _reserves,
    _recruitment,
    _fairness,
    _proof,
)


# --- parts --------------------------------------------------------------------------------


def _section(page: Page, name: str, *inside: str | None) -> Markup:
    return section(name, page.says(f"head.{name}"), *inside)


def _fit(page: Page, per_mille: int, points: int, maximum: int) -> Markup:
    """Show a share as a number and a bar."""
    wide = 60
    bar = tag(
        "svg",
        tag("rect", width=wide, height=6, fill=_RAIL),
        tag("rect", width=wide * per_mille // 1000, height=6, fill=_FILL),
        viewBox=f"0 0 {wide} 6",
        width=wide,
        height=6,
        aria_hidden="true",
    )
    return joined(tag("span", percent(points, maximum, page.lang)), bar)


def _histogram(page: Page, shares: Sequence[int]) -> Markup:
    """Draw how many pairs reach which tenth of the maximum."""
    counts = [0] * _BARS
    for share in shares:
        counts[min(share * _BARS // 1000, _BARS - 1)] += 1
    most, high = max(counts), 90
    parts = []
    for place, count in enumerate(counts):
        tall = -(-high * count // most)
        left = 40 * place + 4
        parts += [
            tag("rect", x=left, y=14 + high - tall, width=32, height=tall, fill=_FILL),
            tag("text", str(count) if count else "", x=left + 16, y=10 + high - tall),
            tag("text", f"{10 * place}–{10 * place + 10}", x=left + 16, y=high + 30),
        ]
    ranges = (
        f"{10 * place}–{10 * place + 10} %: {count}" for place, count in enumerate(counts) if count
    )
    described = page.says("histogram", found="; ".join(ranges))
    picture = tag(
        "svg",
        tag("g", *parts, font_size=9, text_anchor="middle"),
        role="img",
        aria_label=described,
        viewBox="0 0 408 128",
        class_="histogram",
    )
    return tag("figure", picture, tag("figcaption", page.says("histogram-caption")))

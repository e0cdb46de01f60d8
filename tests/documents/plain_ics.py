"""A second reader of calendars, written from RFC 5545 alone: slow, strict and short.

It shares nothing with the library that writes them, so that a fault of that library shows.
"""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Z0-9-]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Tabs apart, a line of a calendar holds no control character.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Component:
    """A calendar, an event or a reminder: its lines by name, and what lies in it."""

    name: str
    lines: dict[str, list[tuple[dict[str, str], str]]] = field(default_factory=dict)
    inside: list["Component"] = field(default_factory=list)

    def raw(self, name: str) -> str | None:
        """Return what stands on the only line of a name, as it is written."""
        found = self.lines.get(name, [])
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0][1] if found else None

    def text(self, name: str) -> str:
        """Return the text on the only line of a name; empty without one."""
        raw = self.raw(name)
        # Each escape is read once, from left to right.
        return "" if raw is None else _ESCAPED.sub(_unescaped, raw)

    def parameter(self, name: str, which: str) -> str | None:
        """Return a parameter of the only line of a name."""
        return self.lines[name][0][0].get(which)


def _unescaped(match: re.Match[str]) -> str:
    letter = match[1]
    assert letter in "\\;,nN", f"an escape that isn't one: {match[0]!r}"
    return "\n" if letter in "nN" else letter


def read_ics(content: bytes) -> Component:
    """Read a calendar; AssertionError when it isn't one."""
    root = Component("")
    open_ones = [root]
    for line in unfolded(content):
        name, parameters, value = _parts(line)
        if name == "BEGIN":
            component = Component(value)
            open_ones[-1].inside.append(component)
            open_ones.append(component)
        elif name == "END":
            assert open_ones.pop().name == value
        else:
            open_ones[-1].lines.setdefault(name, []).append((parameters, value))
    assert open_ones == [root]
    (calendar,) = root.inside
    assert calendar.name == "VCALENDAR"
    return calendar


def unfolded(content: bytes) -> list[str]:
    """Join folded lines: each ends with CR LF, has 75 octets at most, and cuts no character."""
    assert content.endswith(b"\r\n")
    lines: list[str] = []
    for octets in content[:-2].split(b"\r\n"):
        assert len(octets) <= 75
        written = octets.decode("utf-8")
        assert not _CONTROL.search(written)
        if written.startswith((" ", "\t")):
            lines[-1] += written[1:]
        else:
            lines.append(written)
    return lines


def _parts(line: str) -> tuple[str, dict[str, str], str]:
    head, value = line.split(":", 1)
    name, *rest = head.split(";")
    assert _NAME.fullmatch(name), name
    return name, dict(each.split("=", 1) for each in rest), value

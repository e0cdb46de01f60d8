"""What a template may say: placeholders, lists that repeat, and conditions; nothing else.

The language is a small part of Jinja's. Each tag is parsed by Jinja and held against what the
document really has, so that a template which passes can neither fail when it is filled nor do
anything but fill in words.
"""

import dataclasses
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from mentormatch.errors import Defect, Place

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.nodes import Node

FILTERS: Final = ("lower", "upper")
_BARE: Final = re.compile(r"\{%[-+]?\s*\w+\s*[-+]?%\}")
_STATEMENT: Final = re.compile(r"\{%[-+]?\s*(\w*)")


@dataclass(frozen=True, slots=True)
class Tag:
    """A placeholder or a statement of a template.

    Parameters
    ----------
    said
        As it stands there, such as ``{{ city }}``.
    place
        Where.
    level
        What it stands in: what opens and what closes a block must agree in this.
    """

    said: str
    place: Place
    level: object


@dataclass(frozen=True, slots=True)
class _Loop:
    """What is known of a repetition."""

    index: str
    length: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class _Value:
    """What an expression stands for: a type, and its path from the document on."""

    kind: Any
    path: str

    @property
    def fields(self) -> dict[str, Any]:
        return get_type_hints(self.kind) if dataclasses.is_dataclass(self.kind) else {}

    @property
    def item(self) -> Any:
        """The type of the items of a list; None for anything else."""
        return get_args(self.kind)[0] if get_args(self.kind) else None


@dataclass(slots=True)
class _Block:
    tag: Tag
    word: str
    names: dict[str, _Value]
    innermost: str = ""
    """The name of the item that is being repeated."""
    is_at_else: bool = False

    def may_go_on_with(self, word: str) -> bool:
        """Tell whether a statement may divide or end it."""
        if self.is_at_else and word in ("else", "elif"):
            return False
        return word in {"if": ("elif", "else", "endif"), "for": ("else", "endfor")}.get(
            self.word, ()
        )

    def go_on_otherwise(self, outer: "_Block") -> None:
        """Go on with what stands there otherwise: where a list is empty, it has no item."""
        self.is_at_else = True
        self.names, self.innermost = outer.names, outer.innermost


@dataclass(slots=True)
class Checker:
    """Holds the tags of a template against what its document has.

    Parameters
    ----------
    root
        A dataclass of texts, and of tuples of texts or of such dataclasses.
    environment
        What parses tags.
    printed
        The paths of what is printed, found so far: ``"pairs.mentor"``.
    """

    root: type
    environment: "Environment"
    printed: set[str] = field(default_factory=set)
    _defects: list[Defect] = field(default_factory=list)

    def check(self, tags: Sequence[Tag]) -> list[Defect]:
        """Check the tags of one part, in the order in which they stand there."""
        self._defects = []
        names = {name: _Value(kind, name) for name, kind in get_type_hints(self.root).items()}
        blocks = [_Block(Tag("", Place(), None), "", names)]
        for tag in tags:
            if tag.said.startswith("{{"):
                self._check_print(tag, blocks[-1])
            elif tag.said.startswith("{%"):
                self._check_statement(tag, blocks)
        for block in blocks[1:]:
            self._object("unclosed", block.tag, end=f"{{% end{block.word} %}}")
        return self._defects

    def _object(self, code: str, tag: Tag, **values: object) -> None:
        self._defects.append(Defect(f"template.{code}", tag.place, {"found": tag.said, **values}))

    def _parsed(self, tag: Tag, source: str) -> Any:
        """Parse a tag; None, with a defect, when it can't be parsed or is more than one thing."""
        from jinja2 import TemplateError  # noqa: PLC0415 - optional

        try:
            body = self.environment.parse(source).body
        except (TemplateError, RecursionError):
            body = []
        if len(body) != 1:
            self._object("syntax", tag)
            return None
        return body[0]

    def _check_print(self, tag: Tag, block: _Block) -> None:
        node = self._parsed(tag, tag.said)
        if node is not None:
            value = self._value_of(node.nodes[0], tag, block)
            if value is not None and value.kind is not str:
                self._object("not-text", tag)
            elif value is not None:
                self.printed.add(value.path)

    def _check_statement(self, tag: Tag, blocks: list[_Block]) -> None:
        found = _STATEMENT.match(tag.said)
        word, block = found[1] if found else "", blocks[-1]
        match word:
            case "for":
                blocks.append(self._loop(tag, block))
            case "if":
                self._check_condition(tag, tag.said, block)
                blocks.append(_Block(tag, "if", block.names, block.innermost))
            case "elif" | "else" | "endif" | "endfor":
                if not block.may_go_on_with(word):
                    self._object("unopened", tag)
                    return
                if block.tag.level is not tag.level:
                    self._object("across", tag, opening=block.tag.said)
                if word == "elif":
                    self._check_condition(tag, tag.said.replace("elif", "if", 1), block)
                elif not _BARE.fullmatch(tag.said):
                    self._object("syntax", tag)
                if word == "else":
                    block.go_on_otherwise(blocks[-2])
                elif word != "elif":
                    blocks.pop()
            case _:
                self._object("forbidden", tag)

    def _check_condition(self, tag: Tag, said: str, block: _Block) -> None:
        node = self._parsed(tag, f"{said}{{% endif %}}")
        if node is not None:
            self._value_of(node.test, tag, block)

    def _loop(self, tag: Tag, block: _Block) -> _Block:
        from jinja2 import nodes  # noqa: PLC0415 - optional

        inside = _Block(tag, "for", dict(block.names), block.innermost)
        node = self._parsed(tag, f"{tag.said}{{% endfor %}}")
        if node is None:
            return inside
        is_plain = isinstance(node.target, nodes.Name) and node.target.name != "loop"
        if node.test is not None or node.recursive or not is_plain:
            self._object("forbidden", tag)
            return inside
        # As long as it isn't known what the items are, nothing is said of what is done with them.
        inside.names[node.target.name] = _Value(None, "")
        values = self._value_of(node.iter, tag, block)
        if values is not None and values.item is None:
            self._object("not-a-list", tag)
        elif block.innermost and not self._is_of(node.iter, block.innermost):
            # Lists within lists could grow without a bound.
            self._object("nested", tag, item=block.innermost)
        elif values is not None:
            inside.names |= {
                node.target.name: _Value(values.item, values.path),
                "loop": _Value(_Loop, "loop"),
            }
        inside.innermost = node.target.name
        return inside

    def _is_of(self, node: "Node", name: str) -> bool:
        from jinja2 import nodes  # noqa: PLC0415 - optional

        return (
            isinstance(node, nodes.Getattr)
            and isinstance(node.node, nodes.Name)
            and node.node.name == name
        )

    def _value_of(self, node: "Node", tag: Tag, block: _Block) -> _Value | None:
        """Say what an expression stands for; None, with a defect, when it may not stand there."""
        from jinja2 import nodes  # noqa: PLC0415 - optional

        match node:
            case nodes.Name(name=name):
                return self._found(name, block.names, tag)
            case nodes.Getattr(node=inner, attr=name):
                whole = self._value_of(inner, tag, block)
                if whole is None or whole.kind is None:
                    return None
                parts = {
                    each: _Value(kind, f"{whole.path}.{each}")
                    for each, kind in whole.fields.items()
                }
                return self._found(name, parts, tag)
            case nodes.Filter(node=inner, name=name, args=[], kwargs=[]) if name in FILTERS:
                text = None if inner is None else self._value_of(inner, tag, block)
                if text is not None and text.kind is not str:
                    self._object("not-text", tag)
                    return None
                return text
            case nodes.Not(node=inner):
                self._value_of(inner, tag, block)
                return _Value(bool, "")
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                self._value_of(left, tag, block)
                self._value_of(right, tag, block)
                return _Value(bool, "")
        self._object("forbidden", tag)
        return None

    def _found(self, name: str, names: Mapping[str, _Value], tag: Tag) -> _Value | None:
        if name in names:
            value = names[name]
            return None if value.kind is None else value
        near = difflib.get_close_matches(name, names, n=1)
        if near:
            self._object("unknown-near", tag, name=name, near=near[0])
        else:
            self._object("unknown", tag, name=name)
        return None

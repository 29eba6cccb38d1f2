"""XML as a small tree that knows its lines.

A DOCTYPE is refused, and with it every entity of one's own: neither files nor networks are read and
nothing grows (C7).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from assessments.exchange.reading import Unreadable

MAX_DEPTH: Final = 40
MAX_ELEMENTS: Final = 100_000


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, own text, children, and the line where it starts."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Node"]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def one(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next(self.all(name), None)

    def said(self, *names: str) -> str:
        """The text at the end of a path of children; empty where there is none."""
        node: Node | None = self
        for name in names:
            node = node.one(name) if node else None
        return node.text.strip() if node else ""


def parse_xml(data: bytes) -> Node:
    """The root of a document; raises Unreadable with the line for whatever is not well formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = Node("", {}, 0)
    path, elements = [root], count(1)

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) > MAX_DEPTH or next(elements) > MAX_ELEMENTS:
            raise Unreadable(_("It is nested too deeply, or too much."), parser.CurrentLineNumber)
        node = Node(name, attributes, parser.CurrentLineNumber)
        path[-1].children.append(node)
        path.append(node)

    def end(_name: str) -> None:
        path.pop()

    def words(text: str) -> None:
        path[-1].text += text

    def doctype(*_given: object) -> None:
        raise Unreadable(_("A DOCTYPE is not allowed."), parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = words, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        reason = _("The XML is broken: %(why)s.") % {"why": expat.ErrorString(problem.code)}
        raise Unreadable(reason, problem.lineno) from problem
    except (LookupError, ValueError) as problem:
        raise Unreadable(_("Its encoding is not known. Save the file as UTF-8."), 1) from problem
    return root.children[0]

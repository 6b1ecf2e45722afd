"""XML as elements with places (firewalld's files). DTDs and entities are refused, so no file can blow up.

Problem kinds: ``xml-broken``, ``xml-doctype``, ``xml-too-deep``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

MAX_DEPTH = 32
"""Elements within elements; firewalld's own files have four."""

MAX_ELEMENTS = 500_000
"""Elements read of one file."""


@dataclass(eq=False)
class Element:
    """One element.

    Attributes:
        name: of the tag.
        attributes: by name.
        span: the start tag.
        text: character data directly inside, joined.
        children: elements directly inside.
    """

    name: str
    attributes: dict[str, str]
    span: Span
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, attribute: str) -> str:
        """An attribute's value, trimmed; empty when it is missing."""
        return self.attributes.get(attribute, "").strip()

    def all(self, name: str) -> list[Element]:
        """The children of one name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)


class _RefusedError(Exception):
    def __init__(self, kind: str, message: str, line: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.line = line


class _Builder:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        line = self.parser.CurrentLineNumber
        if len(self.open) >= MAX_DEPTH or self.count > MAX_ELEMENTS:
            what = "elements are nested too deep" if self.count <= MAX_ELEMENTS else "the file has too many elements"
            raise _RefusedError("xml-too-deep", what, line)
        column = self.parser.CurrentColumnNumber
        shown = self.source.line(line)
        end = shown.find(">", column)
        element = Element(name, attributes, self.source.span(line, column, end + 1 if end >= 0 else len(shown)))
        if self.open:
            self.open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def doctype(self, *_details: object) -> None:
        message = "a document type or entity declaration, which is not read (it can make a small file huge)"
        raise _RefusedError("xml-doctype", message, self.parser.CurrentLineNumber)


def read_xml(source: SourceFile) -> tuple[Element | None, list[SyntaxProblem]]:
    """Read a file.

    Returns:
        The root element (of a broken file: None) and the problem that made it unreadable, if any.
    """
    builder = _Builder(source)
    try:
        builder.parser.Parse(source.text.encode("utf-8", "replace"), True)  # noqa: FBT003 -- expat takes no keyword
    except expat.ExpatError as error:
        message = f"the XML is broken: {expat.ErrorString(error.code)}"
        return None, [
            SyntaxProblem(source.line_span(error.lineno), "xml-broken", message, lost="firewalld skips the file")
        ]
    except _RefusedError as refused:
        problem = SyntaxProblem(source.line_span(refused.line), refused.kind, refused.message, lost="the whole file")
        return None, [problem]
    return builder.root, []

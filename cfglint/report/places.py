"""Places as other programs want them: paths relative to the repository, and a line for everything."""

from __future__ import annotations

import os
from pathlib import PurePath
from urllib.parse import quote

from cfglint.engine.result import Result
from cfglint.report.cells import printable
from cfglint.report.options import RenderOptions
from cfglint.source import Span


def repository_path(path: str, options: RenderOptions) -> str:
    """A path as seen from the repository's root; one outside of it stays as it is."""
    if not options.root:
        return path
    absolute = os.path.normpath(os.path.join(options.base or options.root, path))  # noqa: PTH118 - no file is looked up
    try:
        return PurePath(absolute).relative_to(options.root).as_posix()
    except ValueError:
        return path


def shown_path(path: str, options: RenderOptions) -> str:
    """A path relative to the repository, with bytes that are not UTF-8 as escapes."""
    return printable(repository_path(path, options))


def uri(path: str, options: RenderOptions) -> str:
    """A path as a relative URI (RFC 3986); bytes that are not UTF-8 are percent-encoded as they are."""
    return quote(repository_path(path, options).encode("utf-8", "surrogateescape"), safe="/~")


def anchor(span: Span, result: Result) -> Span:
    """A place that a viewer of files can show.

    A node's directory becomes the node's first file, and a whole file its first line; a region that spans lines is cut
    to its first line, since annotations of several lines are shown only where every line of them has changed.
    """
    path = span.path
    if path not in result.sources:
        files = [file.source.path for node in result.fleet.nodes if node.path == path for file in node.files]
        path = files[0] if files else path
    if span.is_whole_file or path != span.path:
        return Span(path, 1, 1, 1, 1)
    if span.end_line > span.line:
        source = result.sources.get(path)
        end = len(source.line(span.line)) + 1 if source is not None else span.column + 1
        return Span(path, span.line, span.column, span.line, max(end, span.column + 1))
    return span


def byte_column(span: Span, column: int, result: Result) -> int:
    """A column counted in UTF-8 bytes from 1, from one counted in characters."""
    source = result.sources.get(span.path)
    if source is None:
        return column
    return len(source.line(span.line)[: column - 1].encode("utf-8", "surrogateescape")) + 1

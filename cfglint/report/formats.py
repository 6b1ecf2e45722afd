"""The output formats by name; a format's module is imported only when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from cfglint.engine.result import Result
from cfglint.report.options import RenderOptions

Render = Callable[[Result, RenderOptions], str]

FORMATS = {
    "text": "cfglint.report.text",
    "concise": "cfglint.report.concise",
    "json": "cfglint.report.json_v1",
    "sarif": "cfglint.report.sarif",
    "github": "cfglint.report.github",
    "gitlab": "cfglint.report.gitlab",
    "junit": "cfglint.report.junit",
    "rdjson": "cfglint.report.rdjson",
}
"""What ``--format`` takes, and the module whose ``render`` writes it."""


def render(name: str, result: Result, options: RenderOptions | None = None) -> str:
    """A result in one format.

    Args:
        name: one of `FORMATS`.
        result: what to render.
        options: how reports for people are to look.
    """
    function: Render = importlib.import_module(FORMATS[name]).render
    return function(result, options or RenderOptions())

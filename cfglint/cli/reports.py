"""Writing a result's reports to standard output and to files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from cfglint.cli.options import Output
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.finding import Severity, at_least
from cfglint.engine.result import Result
from cfglint.report.formats import render
from cfglint.report.options import RenderOptions


def write_reports(result: Result, outputs: Sequence[Output], colour: ColourChoice, min_severity: Severity) -> None:
    """Write every report that was asked for.

    Args:
        result: the run.
        outputs: formats and where they go.
        colour: the choice of ``--color``, for standard output; files get no colours.
        min_severity: the mildest severity that is shown.

    Raises:
        click.ClickException: a file cannot be written.
    """
    shown = replace(result, findings=[found for found in result.findings if at_least(found.level, min_severity)])
    for output in outputs:
        if output.file is None:
            write_out(render(output.format, shown, render_options(colour)))
            continue
        text = render(output.format, shown, RenderOptions(colour=colour == "always"))
        try:
            output.file.write_bytes(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise WriteError(f"{output.file}: the report cannot be written: {why}") from error


class WriteError(click.ClickException):
    """A report's file cannot be written."""

    exit_code = 2

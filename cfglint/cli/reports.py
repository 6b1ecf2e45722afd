"""Writing a result's reports to standard output and to files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from cfglint.cli.options import Output
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.finding import Severity, at_least
from cfglint.engine.result import Result
from cfglint.report.formats import render
from cfglint.report.options import RenderOptions

FOR_PEOPLE = frozenset({"text", "concise"})
"""Formats that further text may follow."""


class WriteError(click.ClickException):
    """A report's file cannot be written."""

    exit_code = 2


def write_reports(
    result: Result,
    outputs: Sequence[Output],
    colour: ColourChoice,
    min_severity: Severity,
    *,
    statistics: bool = False,
) -> None:
    """Write every report that was asked for.

    Args:
        result: the run.
        outputs: formats and where they go.
        colour: the choice of ``--color``, for standard output; files get no colours.
        min_severity: the mildest severity that is shown.
        statistics: whether a table of rules follows, on standard error where a program reads standard output.

    Raises:
        WriteError: a file cannot be written.
    """
    shown = replace(result, findings=[found for found in result.findings if at_least(found.level, min_severity)])
    base, root = str(Path.cwd()), _repository_root()
    for output in outputs:
        if output.file is None:
            options = replace(render_options(colour), base=base, root=root)
            write_out(render(output.format, shown, options))
        else:
            options = RenderOptions(colour=colour == "always", base=base, root=root)
            write_file(output.file, render(output.format, shown, options))
        if output.format == "github":
            _write_step_summary(shown, options)
    if statistics:
        from cfglint.report.statistics import render as render_statistics  # noqa: PLC0415 - rarely asked for

        stream = sys.stdout if all(o.format in FOR_PEOPLE for o in outputs if o.file is None) else sys.stderr
        write_out("\n" + render_statistics(shown, render_options(colour, stream)), stream)


def write_file(file: Path, text: str, mode: str = "wb") -> None:
    """Write text to a file as UTF-8.

    Raises:
        WriteError: it cannot be written.
    """
    try:
        with file.open(mode) as stream:
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WriteError(f"{file}: the report cannot be written: {why}") from error


def _write_step_summary(result: Result, options: RenderOptions) -> None:
    """Add a page to the job's summary, where GitHub Actions asks for one."""
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        from cfglint.report.github import step_summary  # noqa: PLC0415 - only inside GitHub Actions

        write_file(Path(place), step_summary(result, options), "ab")


def _repository_root() -> str:
    """What paths in formats for code hosts are relative to: the CI's checkout, or the folder that holds ``.git``."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        if os.environ.get(name):
            return os.path.normpath(os.environ[name])
    here = Path.cwd()
    return str(next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here))

"""``cfglint check``: look for what makes a pair fail."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cfglint.cli.options import Output, OutputType, TargetType, to_file
from cfglint.cli.reports import write_reports
from cfglint.cli.terminal import ColourChoice
from cfglint.engine.check import check_paths
from cfglint.engine.finding import Severity
from cfglint.engine.registry import UnknownRuleError
from cfglint.model.version import Target

SEVERITY_CHOICE = click.Choice(["error", "warning", "info"])


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--target", type=TargetType(), default=Target(), help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7."
)
@click.option("--select", multiple=True, metavar="RULE", help="Run only these rules or themes.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave out these rules or themes.")
@click.option(
    "--format",
    "outputs",
    type=OutputType(),
    multiple=True,
    default=(Output("text"),),
    help="How to report; FORMAT=FILE writes to a file. May be given several times.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
@click.option("--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule at the end.")
@click.option("--min-severity", type=SEVERITY_CHOICE, default="info", help="The mildest severity that is shown.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="The mildest severity that makes the exit status 1.",
)
def check(
    *,
    paths: tuple[str, ...],
    target: Target,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    outputs: tuple[Output, ...],
    color: ColourChoice,
    min_severity: Severity,
    fail_on: Severity | str,
    output_file: Path | None,
    statistics: bool,
) -> None:
    """Check node directories (or files), pairing the nodes that share a VIP.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 something could not be checked.
    """
    try:
        result = check_paths(paths, target, select, ignore)
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from error
    write_reports(result, to_file(outputs, output_file), color, min_severity, statistics=statistics)
    thresholds: dict[str, Severity | None] = {"error": "error", "warning": "warning", "info": "info", "never": None}
    sys.exit(result.exit_status(thresholds[fail_on]))

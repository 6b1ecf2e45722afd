"""``cfglint check``: look for what makes a pair fail."""

from __future__ import annotations

import sys

import click

from cfglint.cli.options import TargetType
from cfglint.engine.check import check_paths
from cfglint.engine.finding import Severity
from cfglint.engine.registry import UnknownRuleError
from cfglint.model.version import Target


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--target", type=TargetType(), default=Target(), help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7."
)
@click.option("--select", multiple=True, metavar="RULE", help="Run only these rules or themes.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave out these rules or themes.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="The mildest severity that makes the exit status 1.",
)
def check(
    paths: tuple[str, ...], target: Target, select: tuple[str, ...], ignore: tuple[str, ...], fail_on: Severity | str
) -> None:
    """Check node directories (or files), pairing the nodes that share a VIP."""
    try:
        result = check_paths(paths, target, select, ignore)
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from error
    for finding in result.findings:
        click.echo(f"{finding.at}: {finding.level}[{finding.rule}] {finding.message}")
    for gap in result.unchecked:
        click.echo(f"not checked: {gap.node}: {gap.what}: {gap.why}")
    for fault in result.faults:
        click.echo(f"cfglint: {fault.where}: {fault.why}", err=True)
    thresholds: dict[str, Severity | None] = {"error": "error", "warning": "warning", "info": "info", "never": None}
    sys.exit(result.exit_status(thresholds[fail_on]))

"""``cfglint check``: look for what makes a pair fail."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cfglint.cli.fixing import fix_and_check, show_diff
from cfglint.cli.options import Output, OutputType, RuleNameType, TargetType, to_file
from cfglint.cli.reports import write_reports
from cfglint.cli.settings import config_options, default_paths, load_settings
from cfglint.cli.terminal import ColourChoice
from cfglint.engine.baseline import BaselineError, read_baseline
from cfglint.engine.check import Request
from cfglint.engine.check import check as run_check
from cfglint.engine.finding import Severity
from cfglint.engine.registry import UnknownRuleError
from cfglint.model.version import Target

SEVERITY_CHOICE = click.Choice(["error", "warning", "info"])
THRESHOLDS: dict[str, Severity | None] = {"error": "error", "warning": "warning", "info": "info", "never": None}


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7.")
@click.option("--select", type=RuleNameType(), multiple=True, metavar="RULE", help="Run only these rules or themes.")
@click.option("--ignore", type=RuleNameType(), multiple=True, metavar="RULE", help="Leave out these rules or themes.")
@config_options
@click.option(
    "--baseline", type=click.Path(path_type=Path, dir_okay=False), help="A file of known findings, not reported again."
)
@click.option("--no-baseline", is_flag=True, help="Report what the settings' baseline holds, too.")
@click.option("--fix", is_flag=True, help="Repair what is safe to repair, and report what remains.")
@click.option("--unsafe-fixes", is_flag=True, help="Repair, or show with --diff, also what changes how a node runs.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--no-suppressions", is_flag=True, help="Report what comments suppress, too.")
@click.option(
    "--format",
    "outputs",
    type=OutputType(),
    multiple=True,
    help="How to report; FORMAT=FILE writes to a file. May be given several times.",
)
@click.option("--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule at the end.")
@click.option("--min-severity", type=SEVERITY_CHOICE, default=None, help="The mildest severity that is shown [info].")
@click.option(
    "--fail-on",
    type=click.Choice(list(THRESHOLDS)),
    default=None,
    help="The mildest severity that makes the exit status 1 [warning].",
)
def check(
    *,
    paths: tuple[str, ...],
    target: Target | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    configs: tuple[str, ...],
    isolated: bool,
    baseline: Path | None,
    no_baseline: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    no_suppressions: bool,
    outputs: tuple[Output, ...],
    output_file: Path | None,
    color: ColourChoice,
    statistics: bool,
    min_severity: Severity | None,
    fail_on: str | None,
) -> None:
    """Check node directories (or files), pairing the nodes that share a VIP.

    Without a PATH, the nodes that the settings declare are checked, or those below the working directory.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 something could not be checked.
    """
    settings = load_settings(paths, configs, isolated=isolated)
    outputs = outputs or (OutputType()(settings.format),)
    file = None if no_baseline else baseline or settings.baseline
    try:
        request = Request(
            default_paths(paths, settings),
            target,
            select,
            ignore,
            settings,
            suppressions=not no_suppressions,
            baseline=read_baseline(file) if file is not None else None,
            baseline_root=file.parent.resolve() if file is not None else Path.cwd(),
        )
        if diff:
            sys.exit(show_diff(request, color, unsafe=unsafe_fixes))
        repairing = fix or unsafe_fixes
        result = fix_and_check(request, unsafe=unsafe_fixes) if repairing else run_check(request)
    except (UnknownRuleError, BaselineError) as error:
        raise click.UsageError(str(error)) from error
    write_reports(
        result, to_file(outputs, output_file), color, min_severity or settings.min_severity, statistics=statistics
    )
    sys.exit(result.exit_status(THRESHOLDS[fail_on or settings.fail_on]))

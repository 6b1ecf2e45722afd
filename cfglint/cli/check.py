"""``cfglint check``: look for what makes a pair fail."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from cfglint.cli.fixing import fix_and_check, show_diff
from cfglint.cli.options import Output, OutputType, RuleNameType, TargetType, names_of, to_file
from cfglint.cli.reports import write_reports
from cfglint.cli.settings import config_options, default_paths, load_settings
from cfglint.cli.standard_input import STDIN, Given, standard_input
from cfglint.cli.terminal import ColourChoice, progress
from cfglint.cli.watch import watch
from cfglint.engine.baseline import BaselineError, read_baseline
from cfglint.engine.check import Request
from cfglint.engine.check import check as run_check
from cfglint.engine.finding import Severity
from cfglint.engine.registry import UnknownRuleError
from cfglint.engine.rule import RuleDefinitionError
from cfglint.engine.settings import Settings
from cfglint.model.version import Target

SEVERITY_CHOICE = click.Choice(["error", "warning", "info"])
THRESHOLDS: dict[str, Severity | None] = {"error": "error", "warning": "warning", "info": "info", "never": None}


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7.")
@click.option("--select", type=RuleNameType(), multiple=True, metavar="RULE", help="Run only these rules or themes.")
@click.option("--ignore", type=RuleNameType(), multiple=True, metavar="RULE", help="Leave out these rules or themes.")
@click.option(
    "--rules-dir",
    "rules_dirs",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="A folder of further rules (theme/rule_name.py). Their code is run.",
)
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
@click.option("--stdin-filename", metavar="FILE", help="The file that standard input (a PATH of -) stands for.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file changes.")
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
    rules_dirs: tuple[Path, ...],
    configs: tuple[str, ...],
    isolated: bool,
    baseline: Path | None,
    no_baseline: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    no_suppressions: bool,
    outputs: tuple[Output, ...],
    stdin_filename: str | None,
    watching: bool,
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
    options = Options(
        target=target,
        select=names_of(select),
        ignore=names_of(ignore),
        rules_dirs=rules_dirs,
        configs=configs,
        isolated=isolated,
        baseline=baseline,
        no_baseline=no_baseline,
        suppressions=not no_suppressions,
        fix=fix or unsafe_fixes,
        unsafe=unsafe_fixes,
        diff=diff,
        outputs=outputs,
        output_file=output_file,
        colour=color,
        statistics=statistics,
        min_severity=min_severity,
        fail_on=fail_on,
    )
    if watching:
        if STDIN in paths:
            raise click.UsageError("--watch cannot watch standard input")
        watch(paths or (".",), lambda: run_once(Given(paths), options))
        return
    with standard_input(paths, stdin_filename) as given:
        if STDIN in paths and options.fix and not diff:
            raise click.UsageError(
                "text from standard input cannot be repaired in place; --diff shows what would change"
            )
        status = run_once(given, options)
    sys.exit(status)


@dataclass(frozen=True)
class Options:
    """What the command line of ``check`` asks for; None leaves a thing to the settings."""

    target: Target | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    rules_dirs: tuple[Path, ...]
    configs: tuple[str, ...]
    isolated: bool
    baseline: Path | None
    no_baseline: bool
    suppressions: bool
    fix: bool
    unsafe: bool
    diff: bool
    outputs: tuple[Output, ...]
    output_file: Path | None
    colour: ColourChoice
    statistics: bool
    min_severity: Severity | None
    fail_on: str | None


def run_once(given: Given, options: Options) -> int:
    """Check, repair if asked to, and write the reports.

    Args:
        given: what to check.
        options: how.

    Returns:
        the exit status.

    Raises:
        click.UsageError: wrong settings, an unknown rule, or a baseline that cannot be read.
    """
    settings = load_settings(given.paths, options.configs, isolated=options.isolated)
    outputs = to_file(options.outputs or (OutputType()(settings.format),), options.output_file)
    try:
        request = make_request(given, options, settings)
        if options.diff:
            return show_diff(request, options.colour, unsafe=options.unsafe)
        with progress():
            result = fix_and_check(request, unsafe=options.unsafe) if options.fix else run_check(request)
    except (UnknownRuleError, RuleDefinitionError, BaselineError) as error:
        raise click.UsageError(str(error)) from error
    severity = options.min_severity or settings.min_severity
    write_reports(result, outputs, options.colour, severity, statistics=options.statistics)
    return result.exit_status(THRESHOLDS[options.fail_on or settings.fail_on])


def make_request(given: Given, options: Options, settings: Settings) -> Request:
    """What the engine is asked, from the options and the settings.

    Raises:
        BaselineError: the baseline cannot be read.
    """
    file = None if options.no_baseline else options.baseline or settings.baseline
    return Request(
        default_paths(given.paths, settings),
        options.target,
        options.select,
        options.ignore,
        settings,
        suppressions=options.suppressions,
        baseline=read_baseline(file) if file is not None else None,
        baseline_root=file.parent.resolve() if file is not None else Path.cwd(),
        overlay=given.overlay,
        shown=given.shown,
        rules_dirs=options.rules_dirs,
    )

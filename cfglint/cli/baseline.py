"""``cfglint baseline``: write down what is found now, so that later runs report only what is new."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cfglint.cli.options import RuleNameType, TargetType, names_of
from cfglint.cli.reports import write_file
from cfglint.cli.settings import config_options, default_paths, load_settings
from cfglint.engine.baseline import BaselineError, baseline_text, entry_of, read_baseline
from cfglint.engine.check import Request, check
from cfglint.engine.registry import UnknownRuleError
from cfglint.engine.settings import Settings
from cfglint.model.version import Target
from cfglint.report.coverage import counted

DEFAULT = "cfglint-baseline.json"


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7.")
@click.option("--select", type=RuleNameType(), multiple=True, metavar="RULE", help="Run only these rules or themes.")
@click.option("--ignore", type=RuleNameType(), multiple=True, metavar="RULE", help="Leave out these rules or themes.")
@config_options
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=f"The file to write; by default the settings' baseline, else {DEFAULT}.",
)
def baseline(
    *,
    paths: tuple[str, ...],
    target: Target | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    configs: tuple[str, ...],
    isolated: bool,
    output: Path | None,
) -> None:
    """Write every present finding to a baseline, and say what is new and what is gone.

    Give the file to `cfglint check --baseline FILE`, or name it in the settings.
    """
    settings = load_settings(paths, configs, isolated=isolated)
    file = output or settings.baseline or default_file(settings)
    root = file.parent.resolve()
    try:
        result = check(Request(default_paths(paths, settings), target, names_of(select), names_of(ignore), settings))
        before = set(read_baseline(file)) if file.exists() else set()
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from error
    except BaselineError as error:
        raise click.UsageError(f"{error}; delete it to start anew") from error
    now = {entry_of(finding, root) for finding in result.findings}
    write_file(file, baseline_text(result.findings, root))
    click.echo(f"{file}: {counted(len(result.findings), 'finding')}, {len(now - before)} new, {len(before - now)} gone")
    for entry in sorted(before - now):
        click.echo(f"gone: {entry}")
    for fault in result.faults:
        click.echo(f"cfglint: {fault.where}: {fault.why}", err=True)
    sys.exit(2 if result.faults else 0)


def default_file(settings: Settings) -> Path:
    """Where a baseline is written when nothing says otherwise: beside the settings file, else here."""
    return settings.root / DEFAULT if settings.file is not None else Path(DEFAULT)

"""``cfglint show``: print what was understood."""

from __future__ import annotations

import sys

import click

from cfglint.cli.options import TargetType
from cfglint.cli.settings import config_options, default_paths, load_settings
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.check import read_fleet, with_discovery
from cfglint.engine.runner import run_rules
from cfglint.model.version import Target
from cfglint.report.tree import render, render_json


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7.")
@config_options
@click.option("--format", "form", type=click.Choice(["tree", "json"]), default="tree", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def show(
    *,
    paths: tuple[str, ...],
    target: Target | None,
    configs: tuple[str, ...],
    isolated: bool,
    form: str,
    color: ColourChoice,
) -> None:
    """Print the nodes with their effective values, and what was paired with what.

    Exit status: 0 everything was read, 2 something could not be.
    """
    settings = load_settings(paths, configs, isolated=isolated)
    fleet, found = read_fleet(default_paths(paths, settings), target or settings.target, settings.declared)
    result = with_discovery(run_rules(fleet, []), found)
    write_out((render_json if form == "json" else render)(result, render_options(color)))
    sys.exit(result.exit_status(None))

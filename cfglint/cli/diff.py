"""``cfglint diff``: how two nodes differ in what their files mean."""

from __future__ import annotations

import sys

import click

from cfglint.cli.options import TargetType
from cfglint.cli.settings import config_options, load_settings
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.check import read_fleet
from cfglint.model.version import Target
from cfglint.report.node_diff import differences, render, render_json


@click.command()
@click.argument("left", metavar="NODE")
@click.argument("right", metavar="NODE")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. haproxy=2.8,keepalived=2.2.7.")
@config_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def diff(
    *,
    left: str,
    right: str,
    target: Target | None,
    configs: tuple[str, ...],
    isolated: bool,
    form: str,
    color: ColourChoice,
) -> None:
    """Show how two nodes differ in their effective settings, apart from what differs by design.

    Exit status: 0 no unexpected difference, 1 there is one, 2 something could not be read.
    """
    settings = load_settings((left, right), configs, isolated=isolated)
    fleet, found = read_fleet((left, right), target or settings.target, settings.declared)
    problems = [*found.problems, *(problem for node in fleet.nodes for problem in node.tree.problems)]
    for problem in problems:
        click.echo(f"cfglint: {problem.path}: {problem.why}", err=True)
    if len(fleet.nodes) != 2:
        raise click.UsageError(f"two nodes are needed, {len(fleet.nodes)} were found")
    one, two = fleet.nodes
    write_out(render_json(one, two) if form == "json" else render(one, two, render_options(color)))
    sys.exit(2 if problems else int(any(not entry.expected for entry in differences(one, two))))

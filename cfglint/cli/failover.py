"""``cfglint failover``: who holds each VIP, now and after every single fault."""

from __future__ import annotations

import sys

import click

from cfglint.analysis.election_outcome import VERDICTS
from cfglint.analysis.failover import Failover, Scenario, simulate
from cfglint.cli.options import TargetType
from cfglint.cli.settings import config_options, default_paths, load_settings
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.check import read_fleet
from cfglint.model.version import Target
from cfglint.report import failover_json, failover_markdown, failover_text
from cfglint.report.options import RenderOptions


class VerdictsType(click.ParamType[frozenset[str]]):
    """``split-brain,unheld``: verdicts, separated by commas."""

    name = "verdict,..."

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        """Read the option's text."""
        if isinstance(value, frozenset):
            return value
        words = frozenset(word.strip() for word in str(value).split(",") if word.strip())
        for word in sorted(words - set(VERDICTS)):
            self.fail(f"{word!r} is none of {', '.join(VERDICTS)}", param, ctx)
        return words


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--target", type=TargetType(), default=None, help="Daemon versions, e.g. keepalived=2.2.7.")
@config_options
@click.option("--faults", type=click.IntRange(1, 2), default=1, show_default=True, help="Faults at the same time.")
@click.option("--explain", is_flag=True, help="Give the reasons and the arithmetic of every row.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option(
    "--fail-on-verdict",
    "bad",
    type=VerdictsType(),
    default=frozenset(),
    help="Exit with status 1 when a scenario ends so, e.g. split-brain,unheld.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def failover(
    *,
    paths: tuple[str, ...],
    target: Target | None,
    configs: tuple[str, ...],
    isolated: bool,
    faults: int,
    explain: bool,
    form: str,
    bad: frozenset[str],
    color: ColourChoice,
) -> None:
    """Tell who holds each VIP, now and after every single fault.

    Exit status: 0 simulated, 1 a scenario ends in a verdict of --fail-on-verdict, 2 something could not be read.
    """
    settings = load_settings(paths, configs, isolated=isolated)
    fleet, found = read_fleet(default_paths(paths, settings), target or settings.target, settings.declared)
    result = simulate(fleet, faults)
    write_out(_render(result, form, render_options(color), explain=explain))
    for problem in (*found.problems, *found.skipped):
        click.echo(f"cfglint: {problem.path}: {problem.why}", err=True)
    if found.problems or not result.scenarios:
        sys.exit(2)
    sys.exit(int(any(bad & _verdicts(scenario) for scenario in result.scenarios)))


def _verdicts(scenario: Scenario) -> set[str]:
    return {scenario.verdict, *(vip.after.verdict for vip in scenario.vips)}


def _render(result: Failover, form: str, options: RenderOptions, *, explain: bool) -> str:
    if form == "json":
        return failover_json.render(result, options)
    if form == "markdown":
        return failover_markdown.render(result, options, explain=explain)
    return failover_text.render(result, options, explain=explain)

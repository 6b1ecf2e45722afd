"""``cfglint explain``: a rule's page in the terminal."""

from __future__ import annotations

import click

from cfglint.cli.options import RuleType
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.example import example_of
from cfglint.engine.rule import Rule
from cfglint.report.rule_page import markdown, render


@click.command()
@click.argument("rule", type=RuleType(), metavar="RULE")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def explain(*, rule: Rule, form: str, color: ColourChoice) -> None:
    """Explain one rule: why it hurts, when it stays silent, what to do, and what it reports about an example."""
    example = example_of(rule.name)
    write_out(markdown(rule, example) if form == "markdown" else render(rule, example, render_options(color)))

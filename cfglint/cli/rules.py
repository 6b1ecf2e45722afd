"""``cfglint rules``: the table of rules."""

from __future__ import annotations

import json

import click

from cfglint.cli.options import RuleNameType
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.engine.registry import UnknownRuleError, select_rules
from cfglint.engine.result import RULE_PAGES
from cfglint.engine.rule import Rule
from cfglint.report.cells import width, wrap
from cfglint.report.coverage import counted
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines


@click.command()
@click.argument("names", nargs=-1, type=RuleNameType(), metavar="[RULE|THEME]...")
@click.option("--severity", type=click.Choice(["error", "warning", "info"]), help="Only rules of this severity.")
@click.option("--scope", metavar="TYPE", help="Only rules that look at this type of object, e.g. VrrpGroup.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def rules(*, names: tuple[str, ...], severity: str | None, scope: str | None, form: str, color: ColourChoice) -> None:
    """List the rules, all or those of some themes."""
    try:
        found = select_rules(names, ())
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from error
    known = sorted({rule.scope.__name__ for rule in found})
    if scope is not None and scope.lower() not in {name.lower() for name in known}:
        raise click.UsageError(f"no rule looks at {scope!r}; there are {', '.join(known)}")
    found = [
        rule
        for rule in found
        if severity in {None, rule.metadata.severity}
        and (scope is None or rule.scope.__name__.lower() == scope.lower())
    ]
    write_out(_json(found) if form == "json" else _table(found, render_options(color)))


def _json(found: list[Rule]) -> str:
    entries = [
        {
            "name": rule.name,
            "theme": rule.theme,
            "severity": rule.metadata.severity,
            "scope": rule.scope.__name__,
            "summary": rule.summary,
            "sources": list(rule.metadata.sources),
            "yields_to": list(rule.metadata.yields_to),
            "url": f"{RULE_PAGES}{rule.name}/",
        }
        for rule in found
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _table(found: list[Rule], options: RenderOptions) -> str:
    lines: list[Line] = []
    column = max((width(rule.name) for rule in found), default=0)
    for rule in found:
        head: Line = [(f"{rule.name:<{column}}", "path"), (f"  {rule.metadata.severity:<7}  ", rule.metadata.severity)]
        room = options.width - column - 11
        if room >= 30:
            first, *rest = wrap(rule.summary, room)
            lines += [[*head, (first, "")], *([(" " * (column + 11) + line, "")] for line in rest)]
        else:
            lines += [head, *([("    " + line, "")] for line in wrap(rule.summary, options.width - 4))]
    lines.append([(counted(len(found), "rule"), "quiet")])
    return render_lines(lines, colour=options.colour)

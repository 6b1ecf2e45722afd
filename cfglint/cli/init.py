"""``cfglint init``: write a settings file from what is found, and say what was decided."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from cfglint.cli.reports import write_file
from cfglint.engine.check import read_fleet
from cfglint.engine.settings_file import NAMES
from cfglint.engine.settings_schema import ADDRESS
from cfglint.model.cluster import Fleet
from cfglint.model.node import Node
from cfglint.model.version import HAPROXY_LTS, KEEPALIVED_VERSIONS, Target
from cfglint.report.coverage import counted, pairing


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--force", is_flag=True, help="Replace a settings file that is there.")
def init(*, paths: tuple[str, ...], force: bool) -> None:
    """Write cfglint.toml here, with the nodes and clusters that are found below PATH (default: here).

    Exit status: 0 written, 2 nothing was found, or a settings file is there already.
    """
    file = Path("cfglint.toml")
    existing = next((name for name in NAMES[:2] if Path(name).exists()), None)
    if existing is not None and not force:
        raise click.UsageError(f"{existing} is there already; --force replaces it")
    fleet, found = read_fleet(paths or (".",), Target())
    if not fleet.nodes:
        for problem in found.problems:
            click.echo(f"cfglint: {problem.path}: {problem.why}", err=True)
        sys.exit(2)
    outside = [node.path for node in fleet.nodes if _relative(node).startswith("..")]
    if outside:
        raise click.UsageError(f"{outside[0]} is not below this directory; run `cfglint init` above all nodes")
    write_file(file, settings_text(fleet))
    click.echo(f"Wrote {file}: {counted(len(fleet.nodes), 'node')}, {counted(len(fleet.clusters), 'cluster')}.")
    for name, sentence in pairing(fleet):
        click.echo(f"  {name}: {sentence}")
    click.echo("Now run: cfglint check")


def settings_text(fleet: Fleet) -> str:
    """A settings file for some nodes, with what may be wanted next as comments."""
    lines = [
        f"#:schema {ADDRESS}",
        "# Every key is described in the documentation's page on settings.",
        "",
        "# The versions that the nodes run. Without them, findings say from which version on they hold.",
        f'# target = {{ haproxy = "{HAPROXY_LTS}", keepalived = "{KEEPALIVED_VERSIONS[-1]}" }}',
        "",
        "# What makes the exit status 1: error, warning, info or never.",
        'fail-on = "warning"',
        "",
    ]
    for node in fleet.nodes:
        lines += ["[[nodes]]", f"path = {_text(_relative(node))}", f"name = {_text(node.name)}"]
        if node.tree.only is not None:
            lines.append(f"files = [{', '.join(_text(name) for name in sorted(node.tree.only))}]")
        lines.append("")
    for cluster in fleet.clusters:
        lines.append(f"[clusters.{_text(cluster.name)}]")
        lines.append(f"nodes = [{', '.join(_text(node.name) for node in cluster.nodes)}]")
        if cluster.real_servers:
            lines.append(f"real-servers = [{', '.join(_text(node.name) for node in cluster.real_servers)}]")
        lines.append("")
    return "\n".join(lines)


def _relative(node: Node) -> str:
    return os.path.relpath(node.tree.root).replace(os.sep, "/")


def _text(text: str) -> str:
    """A TOML string; its escapes are those of JSON."""
    return json.dumps(text.encode("utf-8", "backslashreplace").decode())

"""The ``cfglint`` command: its subcommands and what they share."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from cfglint import __version__
from cfglint.cli.terminal import drop_output
from cfglint.model.version import HAPROXY_VERSIONS, KEEPALIVED_VERSIONS

COMMANDS = {
    "baseline": "cfglint.cli.baseline:baseline",
    "check": "cfglint.cli.check:check",
    "completions": "cfglint.cli.completions:completions",
    "diff": "cfglint.cli.diff:diff",
    "explain": "cfglint.cli.explain:explain",
    "failover": "cfglint.cli.failover:failover",
    "init": "cfglint.cli.init:init",
    "packet": "cfglint.cli.packet:packet",
    "rules": "cfglint.cli.rules:rules",
    "show": "cfglint.cli.show:show",
}
"""Each command and where it is; a command's module is imported only when it is used."""


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, so that start-up stays short."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup)
@click.version_option(
    __version__,
    prog_name="cfglint",
    message=(
        f"%(prog)s %(version)s\nHAProxy {', '.join(HAPROXY_VERSIONS)}; Keepalived {', '.join(KEEPALIVED_VERSIONS)}"
    ),
)
def main() -> None:
    """Check a high-availability load balancer as a whole."""


def run() -> None:
    """Entry point of the console script: whatever goes wrong, a user reads a sentence and no traceback.

    Exit status: that of the command; 2 for wrong usage and internal faults; 130 when interrupted from the keyboard.
    """
    # A run is short and what it builds stays in use to its end, so collecting cycles only costs time; --watch turns
    # the collector on again.
    gc.disable()
    try:
        status = main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        drop_output(sys.stdout)
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        from cfglint.engine.faults import describe_fault  # noqa: PLC0415 - only needed here

        click.echo(f"cfglint: {describe_fault(error)}", err=True)
        sys.exit(2)

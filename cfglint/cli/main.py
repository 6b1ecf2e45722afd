"""The ``cfglint`` command: its subcommands and what they share."""

from __future__ import annotations

import click

from cfglint import __version__


@click.group()
@click.version_option(__version__, prog_name="cfglint")
def main() -> None:
    """Check a high-availability load balancer as a whole."""


def run() -> None:
    """Entry point of the console script."""
    main()

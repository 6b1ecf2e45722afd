"""``cfglint check --watch``: check again whenever a file changes."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click


def watch(paths: Sequence[str], run: Callable[[], object]) -> None:
    """Run a check now and after every change below some paths, until interrupted.

    Args:
        paths: what to watch; a file stands for its folder.
        run: the check; it reports by itself.

    Raises:
        click.UsageError: the extra that watches files is not installed.
    """
    try:
        watchfiles = importlib.import_module("watchfiles")  # an extra
    except ModuleNotFoundError as error:
        raise click.UsageError("--watch needs an extra: pip install 'cfglint[watch]'") from error
    folders = {path if path.is_dir() else path.parent for path in map(Path, paths) if path.exists()}
    run()
    gc.enable()
    for _ in watchfiles.watch(*folders or {Path()}, raise_interrupt=False):
        if sys.stdout.isatty():
            click.clear()
        run()

"""The options about settings that commands share, and turning them into settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from cfglint.engine.settings import Settings, SettingsError
from cfglint.engine.settings_file import find_settings, is_override, read_settings

F = TypeVar("F", bound=Callable[..., Any])


def config_options(function: F) -> F:
    """Add ``--config`` and ``--isolated`` to a command."""
    isolated = click.option("--isolated", is_flag=True, help="Read no settings file.")
    config = click.option(
        "--config",
        "configs",
        multiple=True,
        metavar="FILE|KEY=VALUE",
        help="A settings file instead of the closest one, or one setting. May be given several times.",
    )
    decorated: F = config(isolated(function))
    return decorated


def load_settings(paths: Sequence[str], configs: Sequence[str], *, isolated: bool) -> Settings:
    """The settings for some paths.

    Args:
        paths: what is to be checked.
        configs: the texts of ``--config``: at most one file, any number of ``key=value``.
        isolated: no settings file is looked for.

    Raises:
        click.UsageError: a file or a setting is wrong, or two files are named.
    """
    files = [text for text in configs if not is_override(text)]
    if len(files) > 1:
        raise click.UsageError(f"--config names two files: {files[0]} and {files[1]}")
    try:
        file = Path(files[0]) if files else None if isolated else find_settings(paths)
        return read_settings(file, [text for text in configs if is_override(text)])
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def default_paths(paths: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """The given paths; without any, the directories that the settings declare, or else the working directory."""
    if paths:
        return tuple(paths)
    here = Path.cwd().resolve()
    declared = dict.fromkeys(node.root for node in settings.declared.nodes)
    return tuple((root.relative_to(here) if root.is_relative_to(here) else root).as_posix() for root in declared) or (
        ".",
    )

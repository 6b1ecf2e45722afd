"""Finding, reading and checking settings files.

``.cfglint.toml`` or ``cfglint.toml``, or ``[tool.cfglint]`` of a ``pyproject.toml``: the one closest to the given paths
counts, and only that one. It is data: no key makes cfglint load code, and ``extend`` stays below the file's directory,
so a checked tree that brings its own settings gains nothing by it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cfglint.engine.settings import Settings, SettingsError
from cfglint.engine.shapes import SETTINGS
from cfglint.model.declared import Declared, DeclaredCluster, DeclaredNode
from cfglint.model.version import HAPROXY_VERSIONS, KEEPALIVED_VERSIONS, Target, Version, newest_release

NAMES = (".cfglint.toml", "cfglint.toml", "pyproject.toml")
"""Settings files of one directory, the one that wins first."""

MAX_BYTES = 1024 * 1024
MAX_EXTENDS = 10

Values = dict[str, Any]


def find_settings(paths: Sequence[str]) -> Path | None:
    """The settings file closest to what the given paths have in common, upwards; None when there is none.

    The search ends at a repository's root (a folder with ``.git``) or the file system's.
    """
    try:
        common = Path(os.path.commonpath([Path(path).resolve() for path in paths])) if paths else Path.cwd()
    except (OSError, ValueError):
        return None
    start = common if common.is_dir() else common.parent
    for folder in (start, *start.parents):
        for name in NAMES:
            place = folder / name
            if place.is_file() and (name != "pyproject.toml" or _has_table(place)):
                return place
        if (folder / ".git").exists():
            return None
    return None


def read_settings(file: Path | None, overrides: Sequence[str] = ()) -> Settings:
    """Read a settings file with what it extends, and apply overrides.

    Args:
        file: the file; None for the defaults.
        overrides: ``key=value`` texts of the command line, the value in TOML or a bare word.

    Raises:
        SettingsError: the file cannot be read, is no TOML, or has wrong keys or values.
    """
    values = _read(file) if file is not None else {}
    for text in overrides:
        _merge(values, _override(text))
    root = file.parent.resolve() if file is not None else Path.cwd()
    return _settings(values, root, file)


def is_override(text: str) -> bool:
    """True when a ``--config`` text is ``key=value`` and not a file."""
    key, separator, _ = text.partition("=")
    return bool(separator) and key.strip().split(".")[0] in SETTINGS.keys and not Path(text).exists()


def _has_table(place: Path) -> bool:
    try:
        return "cfglint" in _load(place).get("tool", {})
    except SettingsError:
        return False  # a broken pyproject.toml is other tools' business unless it is ours


def _load(file: Path) -> Values:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise SettingsError(f"{file}: is larger than 1 MiB")
        return tomllib.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{file}: is no TOML: {error}") from error


def _read(file: Path) -> Values:
    """A file's values on top of those it extends."""
    chain: list[Values] = []
    root = file.parent.resolve()
    place: Path | None = file
    seen: set[Path] = set()
    while place is not None:
        if place.resolve() in seen or len(chain) >= MAX_EXTENDS:
            raise SettingsError(f"{file}: `extend` goes round in a circle, or over more than {MAX_EXTENDS} files")
        seen.add(place.resolve())
        values = _own_values(place)
        chain.append(values)
        extended = values.pop("extend", None)
        place = _extended(place, extended, root) if extended is not None else None
    merged: Values = {}
    for values in reversed(chain):
        _merge(merged, values)
    return merged


def _own_values(file: Path) -> Values:
    values = _load(file)
    if file.name == "pyproject.toml":
        values = values.get("tool", {}).get("cfglint", {})
    problems = SETTINGS.problems(values, "")
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems[:10])
        raise SettingsError(f"{file}: wrong settings:\n{listed}")
    return values


def _extended(file: Path, text: str, root: Path) -> Path:
    place = (file.parent / text).resolve()
    if not place.is_relative_to(root):
        raise SettingsError(f"{file}: extend: {text!r} leads out of {root}")
    if not place.is_file():
        raise SettingsError(f"{file}: extend: {text!r} does not exist")
    return place


def _merge(into: Values, new: Mapping[str, Any]) -> None:
    """Tables are merged key by key; everything else is replaced."""
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _override(text: str) -> Values:
    """The values of ``key=value``: the value in TOML, or a string without quotes where that fits the key."""
    key, _, value = text.partition("=")
    quoted = value.strip().replace("\\", "\\\\").replace('"', '\\"')
    why = ""
    for written in (value, f'"{quoted}"'):
        try:
            values: Values = tomllib.loads(f"{key} = {written}")
        except tomllib.TOMLDecodeError as error:
            why = why or f"is neither a file nor key=value: {error}"
            continue
        problems = SETTINGS.problems(values, "")
        if not problems:
            return values
        why = str(problems[0])
    raise SettingsError(f"--config {text!r}: {why}")


def _below(root: Path, text: str, key: str) -> Path:
    """A path of a settings file, which must stay below the file's directory.

    Raises:
        SettingsError: it leads elsewhere: a checked tree that brings settings must not reach other files by them.
    """
    place = (root / text).resolve()
    if not place.is_relative_to(root):
        raise SettingsError(f"{key}: {text!r} leads out of {root}")
    return place


def _settings(values: Values, root: Path, file: Path | None) -> Settings:
    defaults = Settings(file, root)
    return Settings(
        file=file,
        root=root,
        select=tuple(values.get("select", ())),
        ignore=tuple(values.get("ignore", ())),
        severities=values.get("severities", {}),
        per_path_ignores={pattern: tuple(names) for pattern, names in values.get("per-path-ignores", {}).items()},
        min_severity=values.get("min-severity", defaults.min_severity),
        fail_on=values.get("fail-on", defaults.fail_on),
        format=values.get("format", defaults.format),
        target=target_of(values.get("target", {})),
        baseline=_below(root, values["baseline"], "baseline") if "baseline" in values else None,
        path_map=values.get("path-map", {}),
        declared=Declared(
            tuple(_node(entry, root) for entry in values.get("nodes", ())),
            tuple(
                DeclaredCluster(name, tuple(entry["nodes"]), tuple(entry.get("real-servers", ())))
                for name, entry in values.get("clusters", {}).items()
            ),
            values.get("variables", {}),
        ),
    )


def _node(values: Values, root: Path) -> DeclaredNode:
    return DeclaredNode(
        root=_below(root, values["path"], "nodes.path"),
        files=frozenset(values["files"]) if "files" in values else None,
        name=values.get("name"),
        role=values.get("role"),
        config_id=values.get("config-id"),
        target=target_of(values["target"]) if "target" in values else None,
        variables=values.get("variables", {}),
    )


def target_of(values: Mapping[str, str]) -> Target:
    """The versions that a table names; a branch means its newest known release."""
    found = {
        daemon: newest_release(known, Version.parse(values[daemon]))
        for daemon, known in (("haproxy", HAPROXY_VERSIONS), ("keepalived", KEEPALIVED_VERSIONS))
        if daemon in values
    }
    return Target(found.get("haproxy"), found.get("keepalived"))

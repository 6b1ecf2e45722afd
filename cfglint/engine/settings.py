"""Settings of a run: what a settings file and the command line ask for, merged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from cfglint.engine.finding import Severity
from cfglint.model.declared import Declared
from cfglint.model.version import Target


class SettingsError(Exception):
    """A settings file cannot be used; the message names the file, the key and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked for besides its paths.

    Attributes:
        file: the settings file they come from; None without one.
        root: the directory that relative patterns and paths of the file start from.
        select: rules or themes to run; empty means all.
        ignore: rules or themes to leave out.
        severities: by rule or theme: the severity of its findings, or ``off``.
        per_path_ignores: by pattern of paths (relative to ``root``): rules or themes to leave out there.
        min_severity: the mildest severity that is shown.
        fail_on: the mildest severity that makes the exit status 1; ``never`` for none.
        format: the format on standard output.
        target: daemon versions for every node that declares none.
        baseline: the file of known findings, or None.
        path_map: from rendered files or folders (resolved) to templates.
        declared: nodes and clusters.
    """

    file: Path | None = None
    root: Path = field(default_factory=Path.cwd)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict)
    per_path_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    min_severity: Severity = "info"
    fail_on: str = "warning"
    format: str = "text"
    target: Target = field(default_factory=Target)
    baseline: Path | None = None
    path_map: Mapping[str, str] = field(default_factory=dict)
    declared: Declared = field(default_factory=Declared)

    def names(self) -> set[str]:
        """Every rule or theme that the settings name."""
        by_path = {name for names in self.per_path_ignores.values() for name in names}
        return {*self.select, *self.ignore, *self.severities, *by_path}

    def severity_of(self, rule: str, severity: Severity) -> Severity | Literal["off"]:
        """The severity that a finding is to have, or ``off``; a rule's own entry wins over its theme's."""
        theme, _, name = rule.partition("/")
        return self.severities.get(rule) or self.severities.get(name) or self.severities.get(theme) or severity

    def ignores_at(self, rule: str, path: str) -> bool:
        """True when the settings leave a rule out for a file.

        Args:
            rule: its name.
            path: the file, relative to the working directory or absolute.
        """
        if not self.per_path_ignores:
            return False
        relative = self.relative(path)
        names = {rule, *rule.split("/")}
        return any(
            names & set(ignored) and path_fits(relative, pattern) for pattern, ignored in self.per_path_ignores.items()
        )

    def template_of(self, path: str) -> str | None:
        """The template that a rendered file is made from, relative to the working directory; None when none is named.

        A folder's entry stands for the files in it; when its template is a folder too, for the file of the same path,
        with ``.j2`` where that is there.
        """
        relative = self.relative(path) if self.path_map else ""
        for rendered, template in self.path_map.items():
            folder = rendered.rstrip("/") + "/"
            if relative == rendered:
                found = template
            elif rendered.endswith("/") and relative.startswith(folder):
                found = template + relative.removeprefix(folder) if template.endswith("/") else template
            else:
                continue
            place = self.root / found
            with_suffix = place.with_name(f"{place.name}.j2")
            return os.path.relpath(with_suffix if with_suffix.is_file() else place)
        return None

    def relative(self, path: str) -> str:
        """A path as seen from the settings file's directory."""
        absolute = Path(path) if Path(path).is_absolute() else Path.cwd() / path
        try:
            return absolute.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return absolute.as_posix()


def path_fits(path: str, pattern: str) -> bool:
    """True when a path fits a pattern: ``*`` also matches slashes, and a folder stands for all that is in it."""
    pattern = pattern.removeprefix("./").removesuffix("/**").rstrip("/")
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*") or fnmatchcase(path, f"*/{pattern}")

"""Option types that several commands share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cfglint.engine.registry import UnknownRuleError, all_rules, select_rules
from cfglint.engine.rule import Rule
from cfglint.model.version import HAPROXY_VERSIONS, KEEPALIVED_VERSIONS, Target, Version, newest_release
from cfglint.report.formats import FORMATS

VERSION = re.compile(r"\d+\.\d+(\.\d+)?(-dev\d+)?")


class TargetType(click.ParamType[Target]):
    """``haproxy=2.8,keepalived=2.2.7``: the daemon versions to check for."""

    name = "daemon=version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Target:
        """Read the option's text."""
        if isinstance(value, Target):
            return value
        versions: dict[str, Version] = {}
        for part in str(value).split(","):
            daemon, separator, text = part.strip().partition("=")
            if not separator or daemon not in {"haproxy", "keepalived"}:
                self.fail(f"{part!r} is not haproxy=VERSION or keepalived=VERSION", param, ctx)
            if not VERSION.fullmatch(text):
                self.fail(f"{text!r} is no version of {daemon}, such as 2.8 or 2.2.7", param, ctx)
            known = HAPROXY_VERSIONS if daemon == "haproxy" else KEEPALIVED_VERSIONS
            versions[daemon] = newest_release(known, Version.parse(text))
        return Target(versions.get("haproxy"), versions.get("keepalived"))


@dataclass(frozen=True, slots=True)
class Output:
    """One report that was asked for.

    Attributes:
        format: one of the formats' names.
        file: where it goes; None means standard output.
    """

    format: str
    file: Path | None = None


class OutputType(click.ParamType[Output]):
    """``sarif``, or ``sarif=cfglint.sarif`` to write that format to a file."""

    name = "format[=file]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """Read the option's text."""
        if isinstance(value, Output):
            return value
        name, separator, file = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"{name!r} is none of {', '.join(FORMATS)}", param, ctx)
        if separator and not file:
            self.fail(f"a file name is missing after {name}=", param, ctx)
        return Output(name, Path(file) if file else None)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The formats' names."""
        del ctx, param
        return [click.shell_completion.CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


def to_file(outputs: Sequence[Output], file: Path | None) -> tuple[Output, ...]:
    """The outputs, with ``--output-file`` applied to the one that has no file of its own.

    Raises:
        click.UsageError: several formats would go to one file.
    """
    if file is None:
        return tuple(outputs)
    if sum(output.file is None for output in outputs) != 1:
        raise click.UsageError("--output-file takes one format; write --format FORMAT=FILE for each of several")
    return tuple(Output(output.format, file) if output.file is None else output for output in outputs)


class RuleNameType(click.ParamType[str]):
    """The name of a rule or a theme; unknown ones are refused where they are used, with the nearest names."""

    name = "rule"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Themes, and rules with their summaries."""
        del ctx, param
        rules = all_rules()
        themes = sorted({rule.theme for rule in rules.values()})
        items = [click.shell_completion.CompletionItem(theme) for theme in themes]
        items += [click.shell_completion.CompletionItem(name, help=rule.summary) for name, rule in rules.items()]
        return [item for item in items if item.value.startswith(incomplete)]


def names_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The names of an option that was given several times, or once with commas."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


class RuleType(RuleNameType):
    """One rule, by ``theme/name`` or by its name alone."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Find the rule."""
        if isinstance(value, Rule):
            return value
        try:
            found = select_rules((str(value),), ())
        except UnknownRuleError as error:
            self.fail(str(error), param, ctx)
        if len(found) > 1:
            self.fail(f"{value!r} stands for {len(found)} rules: `cfglint rules {value}` lists them", param, ctx)
        return found[0]

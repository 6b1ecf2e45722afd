"""Option types that several commands share."""

from __future__ import annotations

import re

import click

from cfglint.model.version import HAPROXY_VERSIONS, KEEPALIVED_VERSIONS, Target, Version, newest_release

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

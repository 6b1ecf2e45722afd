"""From a node's HAProxy files to their model."""

from __future__ import annotations

from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.version import Version
from cfglint.source import SourceFile
from cfglint.syntax.haproxy import parse_haproxy


def build_haproxy(sources: list[SourceFile], target: Version | None) -> HaproxyConfig:
    """Read HAProxy's files as the daemon does.

    Args:
        sources: the files in the daemon's order; at least one.
        target: the HAProxy version; None means every supported one.
    """
    del target
    return HaproxyConfig(sources, [parse_haproxy(source) for source in sources], sources[0].whole)

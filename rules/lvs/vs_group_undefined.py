"""The rule ``lvs/vs-group-undefined``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.keepalived import KeepalivedConfig


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3 says nothing about `virtual_server group` without the group"],
)
def vs_group_undefined(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """A `virtual_server group` names a group that does not exist.

    Why it hurts: the service has no address, port or mark, so keepalived sets nothing up, and says nothing.

    When it stays silent: for groups defined anywhere in the file; where an include is missing, it is unchecked.

    What to do: define the virtual_server_group, or correct the name.
    """
    known = sorted(group.name for group in config.server_groups)
    for server in config.virtual_servers:
        if server.kind != "group" or server.group is None or server.group in known or "{" in server.group:
            continue
        if config.incomplete is not None:
            yield Unchecked(config.node.name, f"virtual_server_group {server.group}", config.incomplete.why)
            continue
        near = difflib.get_close_matches(server.group, known, n=1)
        yield Finding(
            at=server.span,
            subject=(config.node.name, server.label, "virtual_server_group"),
            message=(
                f"the virtual server on {config.node.name} names the group {server.group}, which no "
                f"virtual_server_group "
                "defines: no service is set up"
            ),
            label="not defined",
            help=f"did you mean {near[0]}?" if near else f"write virtual_server_group {server.group} {{ … }}",
            nodes=(config.node.name,),
        )

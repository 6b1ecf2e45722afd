"""What one node's keepalived.conf means, effective values included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import VrrpInstance, VrrpScript, VrrpSyncGroup
from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from cfglint.model.node import Node
    from cfglint.syntax.keepalived import KeepalivedTree


@dataclass(eq=False)
class KeepalivedConfig:
    """One node's Keepalived configuration, as the daemon of the target version understands it.

    Attributes:
        source: the main file.
        tree: its blocks and statements, after conditions, definitions and includes.
        span: the main file as a whole.
        instances: every vrrp_instance that the daemon keeps, in file order.
        dropped_instances: those that it drops (a second one of the same name).
        sync_groups: every vrrp_sync_group.
        scripts: every vrrp_script, in file order.
        virtual_servers: every virtual_server, in file order.
        router_id: of global_defs; None when not set.
        strict: vrrp_strict of global_defs.
        problems: what could not be read or is refused, for the syntax rules.
        incomplete: why parts of the configuration are missing (an include outside the node, say), or None.
        node: the host it belongs to; set when the node is put together.
    """

    source: SourceFile
    tree: KeepalivedTree
    span: Span
    instances: list[VrrpInstance] = field(default_factory=list)
    dropped_instances: list[VrrpInstance] = field(default_factory=list)
    sync_groups: list[VrrpSyncGroup] = field(default_factory=list)
    scripts: list[VrrpScript] = field(default_factory=list)
    virtual_servers: list[VirtualServer] = field(default_factory=list)
    router_id: Setting[str | None] | None = None
    strict: bool = False
    problems: list[SyntaxProblem] = field(default_factory=list)
    incomplete: Unknown | None = None
    node: Node = field(init=False, repr=False)

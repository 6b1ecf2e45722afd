"""What one node's keepalived.conf means, effective values included."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cfglint.model.lvs import VirtualServer, VirtualServerGroup
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import BfdInstance, TrackFile, TrackProcess, Vip, VrrpInstance, VrrpScript, VrrpSyncGroup
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
        config_id: the id that ``@id`` lines were held against.
        dropped_scripts: vrrp_script blocks that the daemon never uses: a second one of a name, one without a script.
        dropped_sync_groups: second vrrp_sync_group blocks of a name.
        track_files: the track_file blocks of the top level.
        track_processes: the vrrp_track_process blocks.
        bfd_instances: the bfd_instance blocks.
        server_groups: the virtual_server_group blocks.
        static_addresses: the lines of static_ipaddress.
        static_routes: the lines of static_routes, as written.
        script_user: the words of script_user, or None.
        script_security: enable_script_security is set.
        secret_spans: everything in the files that no output may show: passwords, the definitions that hold them, and
            what a comment character cut off them.
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
    config_id: str = ""
    dropped_scripts: list[VrrpScript] = field(default_factory=list)
    dropped_sync_groups: list[VrrpSyncGroup] = field(default_factory=list)
    track_files: list[TrackFile] = field(default_factory=list)
    track_processes: list[TrackProcess] = field(default_factory=list)
    bfd_instances: list[BfdInstance] = field(default_factory=list)
    server_groups: list[VirtualServerGroup] = field(default_factory=list)
    static_addresses: list[Vip] = field(default_factory=list)
    static_routes: list[tuple[str, Span]] = field(default_factory=list)
    script_user: str | None = None
    script_security: bool = False
    secret_spans: list[Span] = field(default_factory=list)
    node: Node = field(init=False, repr=False)

    @cached_property
    def sync_group_of(self) -> dict[str, VrrpSyncGroup]:
        """For the name of each instance the sync group it moves with: the first that names it."""
        found: dict[str, VrrpSyncGroup] = {}
        for group in self.sync_groups:
            for name, _ in group.members:
                found.setdefault(name, group)
        return found

    @cached_property
    def script_named(self) -> dict[str, VrrpScript]:
        """The vrrp_script blocks by name."""
        return {script.name: script for script in reversed(self.scripts)}

"""From a node's keepalived.conf to its model."""

from __future__ import annotations

from dataclasses import replace

from cfglint.model.build_keepalived_addresses import read_vip
from cfglint.model.build_keepalived_globals import Globals, read_globals
from cfglint.model.build_keepalived_lvs import build_server_group, build_virtual_server
from cfglint.model.build_keepalived_secrets import secret_spans
from cfglint.model.build_keepalived_tracks import (
    Tracked,
    build_bfd,
    build_script,
    build_sync_group,
    build_track_file,
    build_track_process,
    define,
    defined_later,
)
from cfglint.model.build_keepalived_vrrp import OWNER, build_instance
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.version import KEEPALIVED_VERSIONS, Version, newest_release
from cfglint.model.vrrp import IgnoredTrack, Track, VrrpInstance
from cfglint.source import SourceFile
from cfglint.syntax.collector import collector_off
from cfglint.syntax.keepalived import NEWEST, Block, KeepalivedTree, read_keepalived_tree
from cfglint.tree import NodeTree


def build_keepalived(
    source: SourceFile, tree: NodeTree, config_id: str, target: Version | None, *, id_is_certain: bool = False
) -> KeepalivedConfig:
    """Read keepalived.conf as the daemon of one node does.

    Args:
        source: the main file.
        tree: the node's directory, for includes.
        config_id: the node's id, for ``@id`` lines: its host name up to the first dot.
        target: the keepalived version; None means every supported one.
        id_is_certain: the id is known, so that ``@id`` lines for other nodes only are no riddle.
    """
    with collector_off():
        release = newest_release(KEEPALIVED_VERSIONS, target).parts if target is not None else None
        blocks = read_keepalived_tree(source, tree, config_id, release, id_is_certain=id_is_certain)
        return _build(source, blocks, config_id, release or NEWEST)


def _build(source: SourceFile, blocks: KeepalivedTree, config_id: str, release: tuple[int, ...]) -> KeepalivedConfig:
    config = KeepalivedConfig(source, blocks, source.whole, problems=list(blocks.problems), config_id=config_id)
    defaults = read_globals(config, release)
    config.strict = defaults.strict
    collector = _Collector(config, defaults)
    for child in blocks.children:
        if isinstance(child, Block):
            collector.add(child)
    _drop_weights_without_effect(config)
    config.incomplete = _incomplete(config)
    config.secret_spans = secret_spans(blocks)
    return config


class _Collector:
    """Takes the blocks of the top level into the model, from top to bottom."""

    def __init__(self, config: KeepalivedConfig, defaults: Globals) -> None:
        self._config = config
        self._defaults = defaults
        self._tracked = Tracked(later=defined_later(config.tree))
        self._taken: set[tuple[str, str]] = set()

    def add(self, block: Block) -> None:
        """Take one block; what the daemon skips is left out or kept among the dropped ones."""
        words = len(block.words)
        match block.keyword:
            case "vrrp_instance" | "vrrp_sync_group" if words == 2:
                self._add_vrrp(block)
            case "vrrp_script" if words > 1:
                self._add_script(block)
            case "track_file" | "vrrp_track_file" | "vrrp_track_process" | "bfd_instance" if words > 1:
                self._add_tracked(block)
            case "virtual_server" | "virtual_server_group" if words > 1:
                self._add_lvs(block)
            case "static_ipaddress":
                vips = [read_vip(line) for line in block.children]
                self._config.static_addresses += [vip for vip in vips if vip is not None]
            case "static_routes":
                self._config.static_routes += [(line.text, line.span) for line in block.children]

    def _first(self, kind: str, name: str) -> bool:
        """True for the first block of a name: the daemon skips or never uses the others."""
        known = (kind, name) in self._taken
        self._taken.add((kind, name))
        return not known

    def _add_vrrp(self, block: Block) -> None:
        config = self._config
        first = not block.skipped
        if block.keyword == "vrrp_instance":
            instance = build_instance(block, config, self._defaults, self._tracked)
            (config.instances if first else config.dropped_instances).append(instance)
        else:
            group = build_sync_group(block, config, self._tracked)
            (config.sync_groups if first else config.dropped_sync_groups).append(group)

    def _add_script(self, block: Block) -> None:
        config = self._config
        script = build_script(block, config)
        if script.command.value is None:
            config.dropped_scripts.append(script)
        elif self._first("vrrp_script", script.name):
            config.scripts.append(script)
            define(self._tracked, "script", script.name, script.weight, reverse=script.reverse)
        else:
            config.dropped_scripts.append(script)

    def _add_tracked(self, block: Block) -> None:
        config = self._config
        if block.keyword == "vrrp_track_process":
            process = build_track_process(block, config)
            config.track_processes.append(process)
            define(self._tracked, "process", process.name, process.weight, reverse=process.reverse)
        elif block.keyword == "bfd_instance":
            bfd = build_bfd(block, config)
            config.bfd_instances.append(bfd)
            define(self._tracked, "bfd", bfd.name, bfd.weight, reverse=bfd.reverse)
        else:
            file = build_track_file(block, config)
            config.track_files.append(file)
            define(self._tracked, "file", file.name, file.weight, reverse=file.reverse)

    def _add_lvs(self, block: Block) -> None:
        if block.keyword == "virtual_server_group":
            self._config.server_groups.append(build_server_group(block, self._config))
        elif (server := build_virtual_server(block, self._config)) is not None:
            self._config.virtual_servers.append(server)


def _drop_weights_without_effect(config: KeepalivedConfig) -> None:
    """Weights do not count in a sync group, unless it says so, and never for the address owner."""
    by_name = {instance.name: instance for instance in config.instances}
    for group in config.sync_groups:
        for name, _ in () if group.global_tracking else group.members:
            if name in by_name:
                _drop_weights(by_name[name], "weight in a sync group")
    for instance in config.instances:
        if instance.priority.value == OWNER:
            _drop_weights(instance, "weight of the address owner")


def _drop_weights(instance: VrrpInstance, why: str) -> None:
    """As the daemon does: an interface, and a file with the default weight, are tracked without their weight."""
    kept: list[Track] = []
    for track in instance.tracks:
        weightless = (track.kind == "interface" and "group" in why) or (track.kind == "file" and track.weight == 1)
        if track.weight == 0 or isinstance(track.weight, Unknown) or track.kind == "process":
            kept.append(track)
        elif weightless:
            kept.append(replace(track, weight=0))
        else:
            instance.ignored_tracks.append(IgnoredTrack(track.kind, track.name, why, track.span))
    instance.tracks[:] = kept


def _incomplete(config: KeepalivedConfig) -> Unknown | None:
    """Why parts of the configuration may be missing."""
    tree = config.tree
    if tree.id_unknown:
        names = ", ".join(dict.fromkeys(condition.config_id for condition in tree.conditions))
        span = tree.conditions[0].span
        return Unknown(f"its @id lines are for {names}, and the node's id is not known to be one of them", span)
    if tree.incomplete:
        why, span = tree.incomplete[0]
        return Unknown(why, span)
    if tree.placeholders:
        return Unknown("it is a template that nobody has rendered", tree.placeholders[0])
    return None

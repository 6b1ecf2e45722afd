"""global_defs of keepalived.conf, as far as instances take defaults from it."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.model.build_keepalived_values import Body, read_integer, read_peer_address, read_word
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Setting
from cfglint.model.vrrp import Address
from cfglint.syntax.keepalived import Block


@dataclass(frozen=True, slots=True)
class Globals:
    """What global_defs sets for every instance.

    Attributes:
        strict: vrrp_strict.
        version: vrrp_version (default 2).
        group4: vrrp_mcast_group4.
        group6: vrrp_mcast_group6.
        interface: default_interface, for instances without one.
        check_unicast_source: vrrp_check_unicast_src.
    """

    strict: bool = False
    version: Setting[int] | None = None
    group4: Setting[Address] | None = None
    group6: Setting[Address] | None = None
    interface: str | None = None
    check_unicast_source: bool = False


STRICT_VALUE_SINCE = (2, 3, 0)
"""From this release on vrrp_strict reads a value."""


def read_globals(config: KeepalivedConfig, release: tuple[int, ...]) -> Globals:
    """All global_defs blocks together: they are merged, wherever they stand.

    Args:
        config: with its tree of blocks.
        release: the daemon's, e.g. ``(2, 2, 7)``.
    """
    blocks = [child for child in config.tree.children if child.keyword == "global_defs" and isinstance(child, Block)]
    if not blocks:
        return Globals()
    merged = Block(blocks[0].words, blocks[0].piece)
    merged.children = [line for block in blocks for line in block.children]
    body = Body(merged, config.tree)
    router_id: Setting[str | None] = body.setting("router_id", read_word, None)
    config.router_id = router_id if router_id.written else None
    config.script_security = body.is_set("enable_script_security")
    user = body.last("script_user")
    config.script_user = " ".join(word.text for word in user.words[1:]) if user is not None else None
    version = body.setting("vrrp_version", read_integer(2, 3), 2)
    interface = body.setting("default_interface", read_word, "")
    return Globals(
        # Up to 2.2 the word alone switches strict mode on; what stands behind it is not read.
        strict=body.is_set("vrrp_strict") if release < STRICT_VALUE_SINCE else bool(body.flag("vrrp_strict")),
        version=version if version.written else None,
        group4=_group(body, "vrrp_mcast_group4", 4),
        group6=_group(body, "vrrp_mcast_group6", 6),
        interface=interface.value if isinstance(interface.value, str) and interface.value else None,
        check_unicast_source=body.is_set("vrrp_check_unicast_src"),
    )


def _group(body: Body, keyword: str, version: int) -> Setting[Address] | None:
    def read(text: str) -> Address | None:
        address = read_peer_address(text)
        return address if address is not None and address.version == version else None

    group: Setting[Address | None] = body.setting(keyword, read, None)
    if group.value is None:
        return None
    return Setting(group.value, group.span, group.written)

"""The rule ``firewall/fw-vrrp-dst-vs-unicast``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import accepting, allow, blocked_finding, decided
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["keepalived 2.2.7 with unicast peers behind a rule for 224.0.0.18, in network namespaces"],
)
def fw_vrrp_dst_vs_unicast(fleet: Fleet) -> Iterator[Finding]:
    """The filter lets VRRP in to the one kind of address, but the instance uses the other: multicast or unicast.

    Why it hurts: a rule for 224.0.0.18 does nothing for adverts that come from a unicast peer to the node's own
    address, and a rule for that address does nothing for multicast: the node hears nothing and becomes MASTER.

    When it stays silent: where the rule names no destination, or both kinds.

    What to do: leave the destination out of the rule, or name the one that the instance uses.
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.hook == "input" and blocked.cause == "destination":
            kinds = ("multicast", "unicast") if blocked.instances[0].is_unicast else ("unicast", "multicast")
            lets = f"{accepting(blocked)} lets {kinds[0]} adverts in"
            why = f"{lets}, but these are {kinds[1]}, and {decided(blocked.verdict)}"
            yield blocked_finding(blocked, why, allow(blocked))

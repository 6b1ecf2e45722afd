"""The rule ``firewall/fw-vrrp-in-blocked``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, Unchecked, rule
from cfglint.engine.firewall_wording import allow, blocked_finding, decided, vain
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["keepalived 2.2.7 behind iptables, nftables and firewalld filters in network namespaces"],
)
def fw_vrrp_in_blocked(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A node's packet filter drops the VRRP adverts that it must hear.

    Why it hurts: a node that hears no adverts becomes MASTER although another one is: both hold the VIPs at once.
    What decides is the input of the node with the lower priority; on the other one the block shows only after a
    failover, and is a warning. With unicast peers, a filter that accepts established connections lets adverts in once
    the node has sent its own: it flaps once at every start.

    When it stays silent: where the adverts get through; where something the files do not tell (a limit, an ipset, the
    backend) decides, which is listed as unchecked; where another rule names the exact cause.

    What to do: accept protocol 112 (51 with auth_type AH) on the instance's interface, in front of whatever drops it.
    On firewalld's nftables backend a direct rule cannot do that; the zone needs `<protocol value="vrrp"/>`.
    """
    filtering = filtered_adverts(fleet)
    for node, what, why in filtering.undecided:
        yield Unchecked(node.name, what, why)
    for blocked in filtering.blocked:
        if blocked.hook == "input" and blocked.cause == "other":
            yield blocked_finding(blocked, f"{vain(blocked)}{decided(blocked.verdict)}", allow(blocked))

"""The rule ``firewall/fw-vrrp-out-blocked``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import allow, blocked_finding, decided, vain
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["keepalived 2.2.7 behind an OUTPUT policy of DROP in network namespaces"],
)
def fw_vrrp_out_blocked(fleet: Fleet) -> Iterator[Finding]:
    """A node's packet filter stops the VRRP adverts that it sends.

    Why it hurts: peers never hear the node; when it is MASTER, its peer becomes MASTER as well and both hold the VIPs.
    Keepalived logs "Operation not permitted" at most.

    When it stays silent: where the OUTPUT policy is ACCEPT and nothing denies: no output rule is needed then.

    What to do: accept protocol 112 (51 with auth_type AH) out by the instance's interface.
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.hook == "output" and blocked.cause == "other":
            why = f"{vain(blocked)}{decided(blocked.verdict)}"
            yield blocked_finding(blocked, why, allow(blocked))

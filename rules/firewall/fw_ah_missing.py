"""The rule ``firewall/fw-ah-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import accepting, allow, blocked_finding
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 with auth_type AH behind filters in network namespaces: AH replaces protocol 112 on the wire"
    ],
)
def fw_ah_missing(fleet: Fleet) -> Iterator[Finding]:
    """The instance authenticates with AH, but the filter lets only VRRP's own protocol in.

    Why it hurts: with auth_type AH every advert travels as protocol 51, not 112; a rule for VRRP does not see it, the
    node hears nothing, and both become MASTER.

    When it stays silent: where protocol 51 is let in, and for VRRPv3, which has no AH.

    What to do: accept protocol 51 as well, or use no authentication (AH protects little and breaks behind NAT).
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.hook == "input" and blocked.cause == "ah":
            why = f"auth_type AH sends protocol 51 instead of 112, and {accepting(blocked)} lets only 112 in"
            yield blocked_finding(blocked, why, allow(blocked))

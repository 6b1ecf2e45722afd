"""The rule ``firewall/fw-vrrp-ipv6-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import accepting, allow, blocked_finding, decided
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["IPv6 adverts behind IPv4 rules, observed in network namespaces"],
)
def fw_vrrp_ipv6_missing(fleet: Fleet) -> Iterator[Finding]:
    """An instance has IPv6 addresses, but VRRP is let in for IPv4 only.

    Why it hurts: adverts of IPv6 virtual routers go to ff02::12 and meet the IPv6 rules; where those drop them, both
    nodes become MASTER for every IPv6 VIP, while IPv4 works.

    When it stays silent: where no IPv6 filter is loaded: IPv4 rules do not touch IPv6.

    What to do: add the same rule for IPv6 (ip6tables, an `inet` table, a zone's protocol element).
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.hook == "input" and blocked.cause == "ipv6":
            why = f"{accepting(blocked)} lets adverts in over IPv4, but over IPv6 {decided(blocked.verdict)}"
            yield blocked_finding(blocked, why, allow(blocked))

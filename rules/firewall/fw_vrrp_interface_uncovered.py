"""The rule ``firewall/fw-vrrp-interface-uncovered``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.engine import Finding, rule
from cfglint.engine.firewall_wording import allow, at_line, blocked_finding, decided
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    sources=["rule sets observed in network namespaces: an accept bound to one interface does nothing for another"],
)
def fw_vrrp_interface_uncovered(fleet: Fleet) -> Iterator[Finding]:
    """VRRP is let in on one interface, but another instance of the node runs on a second one.

    Why it hurts: the instance on the uncovered interface hears nothing and becomes MASTER beside its peer, while the
    other one works: half of the service is on two nodes.

    When it stays silent: where no instance's adverts get in (then another rule reports), and where the difference lies
    in the sources, not in the interfaces.

    What to do: repeat the accepting rule for every interface that runs an instance, or leave the interface out of it.
    """
    for blocked in filtered_adverts(fleet).blocked:
        if blocked.hook != "input" or blocked.cause != "interface":
            continue
        covered = ""
        if blocked.accepting is not None:
            covered = f"`{blocked.accepting_text}` ({at_line(blocked.accepting)}) covers another interface only, and "
        yield blocked_finding(blocked, f"{covered}{decided(blocked.verdict)}", allow(blocked))

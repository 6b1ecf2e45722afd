"""The rule ``firewall/fw-drift``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.advert_filtering import filtered_adverts
from cfglint.analysis.firewall_drift import PortDrift, port_drifts
from cfglint.analysis.packet_judge import judge
from cfglint.analysis.service_packets import service_packets
from cfglint.engine import Finding, Related, rule
from cfglint.engine.firewall_wording import at_line, decided, open_port
from cfglint.engine.wording import listing
from cfglint.model.cluster import Fleet
from cfglint.model.node import Node
from cfglint.syntax.network_names import protocol_name


@rule(
    severity="warning",
    yields_to=(
        "firewall/fw-service-port-closed",
        "firewall/fw-vrrp-in-blocked",
        "firewall/fw-vrrp-out-blocked",
        "firewall/fw-vrrp-interface-uncovered",
        "firewall/fw-vrrp-dst-vs-unicast",
        "firewall/fw-vrrp-ipv6-missing",
        "firewall/fw-ah-missing",
        "firewall/fw-rule-after-reject",
        "firewall/nat-forward-missing",
        "firewall/nat-masquerade-missing",
    ),
    sources=["rule sets observed in network namespaces: each node filters by its own rules alone"],
)
def fw_drift(fleet: Fleet) -> Iterator[Finding]:
    """A port that the rules of one balancer open by name is closed on another one.

    Why it hurts: what uses the port works while one node answers and stops after a failover, or works on one node
    only. Nobody notices before, since each node filters by its own rules.

    When it stays silent: for another order, layout or firewall that gives the same verdicts; for rules that ask for
    addresses, such as the peer's, and whatever else the files leave open; for ssh and DHCP clients; while a
    node's filter stops adverts or its own services, which is reported alone; for nodes with scripts that
    change it; beyond the first hundred ports.

    What to do: open the port on every node alike, or close it where it is not needed.
    """
    troubled = {id(blocked.node) for blocked in filtered_adverts(fleet).blocked}
    for cluster in fleet.clusters:
        if any(id(node) in troubled or _closes_a_service(node) for node in cluster.nodes):
            continue
        found: dict[str, list[PortDrift]] = {}
        for drift in port_drifts(cluster):
            found.setdefault(drift.closed_node.name, []).append(drift)
        for drifts in found.values():
            yield _finding(drifts)


def _closes_a_service(node: Node) -> bool:
    """Whether the node's rules stop its own service: the likelier slip, on whichever side the port is closed."""
    return node.firewall.known and any(judge(node.firewall, one.packet).denied for one in service_packets(node))


def _finding(drifts: list[PortDrift]) -> Finding:
    first = drifts[0]
    here, there = first.closed_node.name, first.open_node.name
    ports = list(dict.fromkeys(f"{protocol_name(drift.packet.proto)} {drift.packet.dport}" for drift in drifts))
    verb = "drops" if first.denied.verdict == "drop" else "rejects"
    place = first.denied.decided_by if first.denied.decided_by is not None else first.naming
    shown = listing(ports) + (" over IPv6" if first.packet.version == 6 else "")
    why = decided(first.denied).replace(" them", " it") if len(ports) == 1 else decided(first.denied)
    return Finding(
        at=place,
        message=(
            f"{there} lets {shown} in by {first.packet.iif} ({at_line(first.naming)}) and {here} {verb} "
            f"{'it' if len(ports) == 1 else 'them'}: {why}; what uses "
            f"{'the port' if len(ports) == 1 else 'these ports'} on {there} does not get through to {here}"
        ),
        subject=(here, "firewall"),
        label=f"stops {ports[0]}",
        related=[Related(f"{there} accepts {ports[0]}", first.naming)],
        help=f"open it on {here} too: {open_port(first.packet, first.denied)}; or close it on {there}",
        nodes=[here, there],
    )

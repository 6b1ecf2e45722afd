"""The rule ``firewall/fw-service-port-closed``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.packet_judge import judge
from cfglint.analysis.service_packets import service_packets
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.firewall_wording import decided, open_port
from cfglint.model.node import Node

SOURCE = "the packet's source address is not known"
"""The reason that a filter gives which lets only some clients in: a decision, not a defect."""


@rule(
    severity="error",
    sources=["rule sets observed in network namespaces; IPVS takes its packets from the input hook, after the filter"],
)
def fw_service_port_closed(node: Node) -> Iterator[Finding | Unchecked]:
    """A service on the VIP is not let in by the node's own packet filter.

    Why it hurts: clients of the VIP get no answer, or "connection refused", from this node only. On a standby nobody
    notices until it takes over; then the service is down although every daemon runs.

    When it stays silent: for ports that are open to some clients only; for addresses that are no VIP of the node;
    for wildcard binds, which need not be meant for clients; where the files leave the answer open (unchecked).

    What to do: open the port in the zone or chain of the VIP's interface, on every node alike.
    """
    if not node.firewall.known:
        return
    for service in service_packets(node):
        verdict = judge(node.firewall, service.packet)
        way = f"in by {service.packet.iif}" if service.packet.iif is not None else "whatever the interface"
        if verdict.verdict == "unknown":
            others = [reason for reason in verdict.reasons if reason.why != SOURCE]
            if others and len(others) == len(verdict.reasons):
                yield Unchecked(node.name, f"{service.service}, {way}", str(others[0]))
        if not verdict.denied:
            continue
        verb = "drops" if verdict.verdict == "drop" else "rejects"
        place = verdict.decided_by if verdict.decided_by is not None else service.span
        why = decided(verdict).replace(" them", " it")
        yield Finding(
            at=service.span,
            message=(
                f"{node.name} {verb} what clients send to {service.service} ({way}): {why}; while {node.name} holds "
                "the VIP, the service is down"
            ),
            subject=(node.name, "firewall", "service", service.subject),
            label="closed",
            related=[Related("stops it", place)],
            help=f"open the port: {open_port(service.packet, verdict)}",
            nodes=[node.name],
        )

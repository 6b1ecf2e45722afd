"""The rule ``firewall/nat-forward-missing``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cfglint.analysis.packet_judge import judge
from cfglint.analysis.service_packets import nat_replies
from cfglint.engine import Finding, Related, rule
from cfglint.engine.firewall_wording import at_line, decided
from cfglint.model.node import Node


@rule(
    severity="error",
    sources=["ip_vs kernel documentation: IPVS translates replies in the forward hook, after the filter; vs.conntrack"],
)
def nat_forward_missing(node: Node) -> Iterator[Finding]:
    """A director translates addresses (lb_kind NAT), but its filter stops the real servers' replies in FORWARD.

    Why it hurts: IPVS sees a reply only after the filter's forward chain. What that chain drops never gets back to
    the client: connections hang, although health checks, which the director sends itself, are fine. To conntrack the
    reply is no established connection unless `net.ipv4.vs.conntrack` is 1.

    When it stays silent: where replies pass as new packets; where an undecided match leaves it open; where the node
    has no firewall file.

    What to do: let packets from the inner to the outer interface through, before what rejects them. On firewalld's
    nftables backend a direct rule cannot do that: use a policy from the inner to the outer zone with target ACCEPT.
    """
    if not node.firewall.known:
        return
    for reply in nat_replies(node):
        verdict = judge(node.firewall, reply.packet)
        if not verdict.denied:
            continue
        tracked = judge(node.firewall, replace(reply.packet, state="established")).accepted
        keys = node.kernel.value("net.ipv4.vs.conntrack")
        if tracked and keys is not None and keys.value.strip() == "1":
            continue
        inner, outer = reply.packet.iif or "the inner interface", reply.packet.oif or "the outer one"
        vain = next((entry for entry in reversed(verdict.trace) if entry.ends == "accept"), None)
        in_vain = ""
        related = [Related("behind NAT", reply.real.span)]
        if vain is not None and vain.where.startswith("iptables") and "firewalld" in verdict.trace[-1].where:
            in_vain = (
                f"the direct rule of {at_line(vain.span)} accepts them, but with FirewallBackend=nftables that "
                "does not count, and "
            )
            related.append(Related("accepts them in vain", vain.span))
        only = "; only with net.ipv4.vs.conntrack=1 would they pass as established" if tracked else ""
        why = decided(verdict)
        place = verdict.decided_by if verdict.decided_by is not None else reply.real.span
        yield Finding(
            at=place,
            message=(
                f"{node.name} stops the replies of its NAT real servers from {inner} to {outer}: {in_vain}{why}{only}; "
                f"clients of {reply.real.server.label} get no answer while health checks are fine"
            ),
            subject=(node.name, "firewall", "forward", inner, outer),
            severity="warning" if tracked else "error",
            related=related,
            help=_help(verdict.trace[-1].where if verdict.trace else "", inner, outer),
            nodes=[node.name],
        )


def _help(where: str, inner: str, outer: str) -> str:
    if where.startswith("firewalld nftables"):
        return (
            "allow it by a policy from the inner to the outer zone: `firewall-cmd --permanent --new-policy=replies`, "
            "`--policy=replies --add-ingress-zone=INNER --add-egress-zone=OUTER --set-target=ACCEPT`, then --reload"
        )
    if where.startswith("nftables"):
        return f'put `iifname "{inner}" oifname "{outer}" accept` in front of what drops them'
    return f"put `-A FORWARD -i {inner} -o {outer} -j ACCEPT` in front of what drops them"

"""The rule ``firewall/nat-masquerade-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.firewall_marks import rewrites_sources
from cfglint.analysis.service_packets import nat_services
from cfglint.engine import Finding, Related, rule
from cfglint.model.node import Node
from cfglint.source import Span


@rule(
    severity="warning",
    sources=["ipvsadm(8), -m: only connections of the service are translated; masquerading observed in namespaces"],
)
def nat_masquerade_missing(node: Node) -> Iterator[Finding]:
    """A director with NAT services masquerades nothing, so the real servers behind it reach nobody on their own.

    Why it hurts: IPVS translates only the replies of its own services. Everything that a real server starts itself
    (updates, DNS, mail, databases outside) leaves with its private address, and no answer comes back.

    When it stays silent: where any rule masquerades or translates sources; where the node has no firewall file; for
    services without NAT. It does not matter for clients of the service, hence a warning.

    What to do: masquerade on the outer interface: the zone's `<masquerade/>`, or
    `-A POSTROUTING -o OUTER -j MASQUERADE` in the nat table; never on the inner one.
    """
    services = nat_services(node)
    if not services or not node.firewall.known or rewrites_sources(node.firewall):
        return
    if any(table.unclear for world in node.firewall.worlds for table in world.tables):
        return
    place = next((Span(file.source.path) for file in node.firewall.sources if file.kind != "ipset"), node.span)
    yield Finding(
        at=place,
        message=(
            f"{node.name} is the way out for the real servers of {services[0].label} (lb_kind NAT), but no rule "
            "masquerades: connections that they start themselves leave with a private address and get no answer"
        ),
        subject=(node.name, "firewall", "masquerade"),
        related=[Related("NAT service", services[0].span)],
        help="masquerade on the outer interface, e.g. `firewall-cmd --permanent --zone=public --add-masquerade`",
        nodes=[node.name],
    )

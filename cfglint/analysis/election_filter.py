"""Do packet filters let one router's adverts reach another? Out of the sender, into the receiver."""

from __future__ import annotations

from collections.abc import Sequence

from cfglint.analysis.election_accept import YES, Reach
from cfglint.analysis.election_field import Filter
from cfglint.analysis.election_router import Router
from cfglint.model.node import Node


def packet_filter(nodes: Sequence[Node]) -> Filter:
    """A judge of adverts between some nodes, by the rule sets of both sides."""
    by_name = {node.name: node for node in nodes}

    def passes(sender: Router, receiver: Router) -> Reach:
        for name in (sender.node, receiver.node):
            if not by_name[name].firewall.known:
                return Reach("unknown", f"{name}: no firewall file; adverts are taken to pass", "firewall")
        return YES

    return passes

"""Do packet filters let one router's adverts reach another? Out of the sender, into the receiver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cfglint.analysis.election_accept import YES, Reach
from cfglint.analysis.election_field import Filter
from cfglint.analysis.election_hops import hops_after
from cfglint.analysis.election_router import Address, Router
from cfglint.analysis.packet import Packet, PacketVerdict
from cfglint.analysis.packet_judge import judge
from cfglint.model.node import Node
from cfglint.model.value import Unknown

VRRP, AH = 112, 51
"""IP protocol numbers (IANA); with auth_type AH the advert stands inside AH, so filters see only that."""


def packet_filter(nodes: Sequence[Node]) -> Filter:
    """A judge of adverts between some nodes, by the rule sets of both sides."""
    judged = _Judged({node.name: node for node in nodes}, {})

    def passes(sender: Router, receiver: Router) -> Reach:
        out, into = judged.leaves(sender, receiver), judged.enters(receiver, sender)
        for wanted in ("no", "unknown"):
            for reach in (out, into):
                if reach.verdict == wanted:
                    return reach
        return into

    return passes


@dataclass(frozen=True, slots=True)
class _Judged:
    """Verdicts on adverts, each worked out once."""

    nodes: dict[str, Node]
    known: dict[tuple[str, Packet], PacketVerdict]

    def leaves(self, sender: Router, receiver: Router) -> Reach:
        """Whether the sender's own filter lets its adverts out."""
        missing = self._missing(sender.node)
        if missing is not None:
            return missing
        verdict = self._ask(sender.node, _advert(sender, receiver, "output"))
        if verdict.denied:
            where = _place(verdict)
            return Reach("no", f"the firewall of {sender.node} keeps its own adverts in{where}", "firewall")
        if verdict.verdict == "unknown":
            return self._unknown(sender.node, verdict)
        return self._full_hops(sender, receiver, sender.node, "output")

    def enters(self, receiver: Router, sender: Router) -> Reach:
        """Whether the receiver's filter lets the sender's adverts in, if need be as answers to its own (conntrack)."""
        missing = self._missing(receiver.node)
        if missing is not None:
            return missing
        packet = _advert(sender, receiver, "input")
        verdict = self._ask(receiver.node, packet)
        if verdict.denied and self._opens(receiver, sender, packet):
            return Reach(
                "yes",
                f"the firewall of {receiver.node} lets {sender.node}'s adverts in only after {receiver.node} has sent "
                "its own: for a moment both are master",
            )
        if verdict.denied:
            return Reach(
                "no", f"the firewall of {receiver.node} drops {sender.node}'s adverts{_place(verdict)}", "firewall"
            )
        if verdict.verdict == "unknown":
            return self._unknown(receiver.node, verdict)
        return self._full_hops(sender, receiver, receiver.node, "input")

    def _full_hops(self, sender: Router, receiver: Router, name: str, hook: str) -> Reach:
        """Multicast adverts with fewer hops left than 255 are discarded; unicast ones are not looked at."""
        changed = None if sender.unicast else hops_after(self.nodes[name].firewall, _advert(sender, receiver, hook))
        if changed is None:
            return YES
        value, rule = changed
        return Reach(
            "no",
            f"the firewall of {name} sets {sender.node}'s adverts to TTL {value} ({rule.span}); only 255 is taken",
            "firewall",
        )

    def _opens(self, receiver: Router, sender: Router, packet: Packet) -> bool:
        """True when the receiver's own unicast adverts make the sender's ones belong to a known connection."""
        if not (receiver.unicast and sender.unicast and (packet.src is None or packet.src in receiver.peers)):
            return False
        if not self._ask(receiver.node, replace(packet, state="established")).accepted:
            return False
        return self._ask(receiver.node, _advert(receiver, sender, "output")).accepted

    def _ask(self, name: str, packet: Packet) -> PacketVerdict:
        found = self.known.get((name, packet))
        if found is None:
            found = self.known[name, packet] = judge(self.nodes[name].firewall, packet)
        return found

    def _missing(self, name: str) -> Reach | None:
        if self.nodes[name].firewall.known:
            return None
        return Reach("unknown", f"{name}: no firewall file; adverts are taken to pass", "firewall")

    def _unknown(self, name: str, verdict: PacketVerdict) -> Reach:
        why = f" ({verdict.reasons[0]})" if verdict.reasons else ""
        return Reach(
            "unknown",
            f"{name}: its firewall files do not tell whether adverts pass{why}; they are taken to",
            "firewall",
        )


def _advert(sender: Router, receiver: Router, hook: str) -> Packet:
    """One advert as the sender's output or the receiver's input sees it."""
    outgoing = hook == "output"
    here = sender if outgoing else receiver
    interface = here.interface if isinstance(here.interface, str) else None
    return Packet(
        hook="output" if outgoing else "input",
        version=6 if sender.family == 6 else 4,
        proto=AH if sender.auth == "AH" else VRRP,
        iif=None if outgoing else interface,
        oif=interface if outgoing else None,
        src=sender.source,
        dst=_destination(sender, receiver),
        spi=int(sender.source) if sender.source is not None and sender.source.version == 4 else None,
    )


def _destination(sender: Router, receiver: Router) -> Address | None:
    if not sender.unicast:
        group = sender.multicast_group()
        return None if isinstance(group, Unknown) else group
    known = [peer for peer in sender.peers if not isinstance(peer, Unknown)]
    meant = [peer for peer in known if not receiver.addresses or peer in receiver.addresses]
    return meant[0] if len(meant) == 1 else None


def _place(verdict: PacketVerdict) -> str:
    return f" ({verdict.decided_by})" if verdict.decided_by is not None else ""

"""Which VRRP adverts a fleet's own packet filters stop, what decides it, and what that means for the election.

What splits a pair is the low-priority node's input and the high-priority node's output; the other direction hurts only
once roles change. Observed with keepalived 2.2.7 behind real filters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from cfglint.analysis.advert_packets import AH, GROUPS, VRRP, Advert, adverts, source_of
from cfglint.analysis.packet import Packet, PacketHook, PacketVerdict, TraceEntry
from cfglint.analysis.packet_judge import judge
from cfglint.model.cluster import Fleet
from cfglint.model.firewall_worlds import Firewall, World
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import Span

Cause = Literal["order", "ah", "ipv6", "destination", "interface", "other"]
"""What makes the difference: the same packet earlier in the chain, as VRRP, over IPv4, to the other kind of address,
on another instance's interface gets through; or nothing of that kind."""


@dataclass(eq=False)
class Blocked:
    """Adverts that one node's filter stops, all for one reason.

    Attributes:
        node: whose filter it is.
        hook: ``input`` or ``output``.
        instances: whose adverts.
        adverts: the packets.
        verdict: of the first of them.
        cause: see `Cause`.
        decisive: the pair splits because of it; else it hurts only once roles change.
        certain: the election's roles are known well enough to say so.
        flaps: unicast adverts that get through once the node has sent its own.
        accepting: the rule that would let the packet through, if only it were not for the cause.
        accepting_text: that rule as written.
    """

    node: Node
    hook: PacketHook
    instances: list[VrrpInstance]
    adverts: list[Advert]
    verdict: PacketVerdict
    cause: Cause
    decisive: bool
    certain: bool
    flaps: bool
    accepting: Span | None = None
    accepting_text: str = ""

    @property
    def packet(self) -> Packet:
        """The first packet."""
        return self.adverts[0].packet

    @property
    def interface(self) -> str:
        """The instances' interface."""
        name = self.instances[0].interface.value
        return name if isinstance(name, str) else "?"

    @property
    def peers(self) -> list[VrrpInstance]:
        """The members on the other side, each once."""
        found: dict[int, VrrpInstance] = {}
        for advert in self.adverts:
            if advert.peer is not None:
                found.setdefault(id(advert.peer), advert.peer)
        return list(found.values())

    @property
    def vain_accept(self) -> TraceEntry | None:
        """A rule that accepted the packet before another one stopped it: an accept that does not count."""
        return next((entry for entry in reversed(self.verdict.trace) if entry.ends == "accept"), None)


@dataclass(eq=False)
class Filtering:
    """What was found about adverts in a fleet.

    Attributes:
        blocked: what is stopped.
        undecided: node, what, why: what could not be judged.
    """

    blocked: list[Blocked] = field(default_factory=list)
    undecided: list[tuple[Node, str, str]] = field(default_factory=list)


@lru_cache(maxsize=4)
def filtered_adverts(fleet: Fleet) -> Filtering:
    """Judge every advert of every instance, in both directions, on the nodes that have firewall files."""
    peers = _peers(fleet)
    result = Filtering()
    for node in fleet.nodes:
        instances = node.keepalived.instances if node.keepalived is not None else []
        if not instances:
            continue
        if not node.firewall.known:
            result.undecided.append((node, "firewall", "no firewall file is among the node's files"))
            continue
        for why, span in node.firewall.not_followed:
            result.undecided.append((node, "a firewall command", f"{why} ({span.path}:{span.line})"))
        open_input: list[Advert] = []
        found: list[Blocked] = []
        hooks: tuple[PacketHook, ...] = ("input", "output")
        for hook in hooks:
            for instance in instances:
                one = _instance(instance, peers.get(id(instance), []), hook, open_input, result)
                found += [one] if one is not None else []
        for blocked in found:
            if blocked.hook == "input":
                _find_cause(blocked, open_input)
            elif _order(blocked):
                blocked.cause = "order"
        result.blocked += _joined(found)
    return result


def _peers(fleet: Fleet) -> dict[int, list[VrrpInstance]]:
    table: dict[int, list[VrrpInstance]] = {}
    for cluster in fleet.clusters:
        for group in cluster.groups:
            for member in group.members:
                table[id(member)] = [other for other in group.members if other is not member]
    return table


def _instance(
    instance: VrrpInstance,
    peers: list[VrrpInstance],
    hook: PacketHook,
    open_input: list[Advert],
    result: Filtering,
) -> Blocked | None:
    node = instance.node
    packets = adverts(instance, peers, hook)
    if isinstance(packets, Unknown):
        if hook == "input":
            result.undecided.append((node, f"VRRP adverts of {instance.name}", packets.why))
        return None
    stopped: list[tuple[Advert, PacketVerdict]] = []
    for advert in packets:
        verdict = judge(node.firewall, advert.packet)
        if verdict.denied:
            stopped.append((advert, verdict))
        elif verdict.verdict == "unknown":
            way = "in by" if hook == "input" else "out by"
            what = f"VRRP adverts of {instance.name} {way} {instance.interface.value}"
            why = "; ".join(str(reason) if at == 0 else reason.why for at, reason in enumerate(verdict.reasons[:3]))
            result.undecided.append((node, what, why or "the rule set leaves it open"))
        elif hook == "input":
            open_input.append(advert)
    if not stopped:
        return None
    decisive, certain = _roles(instance, [advert.peer for advert, _ in stopped], hook)
    first = stopped[0][1]
    packet = stopped[0][0].packet
    replies = replace(packet, state="established")
    flaps = instance.is_unicast and hook == "input" and judge(node.firewall, replies).accepted
    return Blocked(node, hook, [instance], [advert for advert, _ in stopped], first, "other", decisive, certain, flaps)


def _roles(instance: VrrpInstance, peers: list[VrrpInstance | None], hook: PacketHook) -> tuple[bool, bool]:
    """Whether a blocked direction splits the pair, and whether that is certain."""
    own = instance.priority.value
    known = [peer for peer in peers if peer is not None]
    if not known or isinstance(own, Unknown):
        master = instance.state.value == "MASTER"
        return (master if hook == "output" else not master), not known
    for peer in known:
        other = peer.priority.value
        if isinstance(other, Unknown) or other == own:
            return True, False
        if (other > own) == (hook == "input"):
            return True, True
    return False, True


def _find_cause(blocked: Blocked, open_input: list[Advert]) -> None:
    """Change one thing at a time, and see what gets the packet through."""
    if _order(blocked):
        blocked.cause = "order"
        return
    packet, firewall = blocked.packet, blocked.node.firewall
    if packet.proto == AH:
        plain = judge(firewall, replace(packet, proto=VRRP, spi=None))
        if plain.accepted:
            _note(blocked, "ah", plain)
            return
    if packet.version == 6:
        older = replace(packet, version=4, src=None, dst=GROUPS[4])
        if (answer := judge(firewall, older)).accepted:
            _note(blocked, "ipv6", answer)
            return
    other = _other_destination(blocked)
    if other is not None and (answer := judge(firewall, other)).accepted:
        _note(blocked, "destination", answer)
        return
    for advert in open_input:
        if advert.packet.iif in {None, packet.iif} or advert.packet.version != packet.version:
            continue
        if judge(firewall, replace(advert.packet, iif=packet.iif)).denied:
            _note(blocked, "interface", judge(firewall, advert.packet))
            return


def _note(blocked: Blocked, cause: Cause, answer: PacketVerdict) -> None:
    blocked.cause = cause
    blocked.accepting, blocked.accepting_text = answer.decided_by, answer.rule_text


def _other_destination(blocked: Blocked) -> Packet | None:
    """A unicast advert as multicast, and the reverse."""
    packet = blocked.packet
    if blocked.instances[0].is_unicast:
        return replace(packet, dst=GROUPS[packet.version])
    own = source_of(blocked.instances[0], packet.version)
    return None if own is None else replace(packet, dst=own)


def _order(blocked: Blocked) -> bool:
    """True when a later rule of the same chain accepts the packet, and the deciding one stands in its way."""
    decided = blocked.verdict.decided_by
    if decided is None or decided.is_whole_file or blocked.verdict.rule_text.startswith("policy"):
        return False
    without = judge(_without(blocked.node.firewall, decided), blocked.packet)
    accepting = without.decided_by
    if not without.accepted or accepting is None or without.rule_text.startswith(("policy", "firewalld:")):
        return False
    if accepting.path != decided.path or accepting.line <= decided.line:
        return False
    blocked.accepting, blocked.accepting_text = accepting, without.rule_text
    return True


def _without(firewall: Firewall, span: Span) -> Firewall:
    """The same firewall without the rules that a place wrote."""
    worlds = []
    for world in firewall.worlds:
        tables = []
        for table in world.tables:
            chains = {
                name: replace(chain, rules=[rule for rule in chain.rules if rule.span != span])
                for name, chain in table.chains.items()
            }
            tables.append(replace(table, chains=chains))
        worlds.append(World(world.label, tables))
    return replace(firewall, worlds=worlds)


def _joined(found: list[Blocked]) -> list[Blocked]:
    """One entry for each root cause: the same rule stops the adverts of all instances on one interface."""
    joined: dict[tuple[object, ...], Blocked] = {}
    for blocked in found:
        packet = blocked.packet
        key = (
            blocked.hook,
            blocked.interface,
            packet.version,
            packet.proto,
            blocked.cause,
            blocked.flaps,
            blocked.instances[0].is_unicast,
            blocked.verdict.decided_by,
        )
        known = joined.get(key)
        if known is None:
            joined[key] = blocked
            continue
        known.instances += blocked.instances
        known.adverts += blocked.adverts
        known.certain = known.certain if known.decisive and not blocked.decisive else blocked.certain
        known.decisive = known.decisive or blocked.decisive
    return list(joined.values())

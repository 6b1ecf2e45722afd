"""Sentences about packets that a filter stops, shared by the rules on firewalls."""

from __future__ import annotations

from pathlib import PurePosixPath

from cfglint.analysis.advert_filtering import Blocked
from cfglint.analysis.packet import Packet, PacketVerdict, TraceEntry
from cfglint.engine.finding import Finding, Related
from cfglint.model.vrrp import Address
from cfglint.source import Span
from cfglint.syntax.network_names import protocol_name


def _joined(names: list[str]) -> str:
    shown = names if len(names) < 5 else [*names[:3], f"{len(names) - 3} more"]
    return " and ".join(shown)


def at_line(span: Span) -> str:
    """A place in words: ``rules.v4:12``."""
    name = PurePosixPath(span.path).name
    return name if span.is_whole_file else f"{name}:{span.line}"


def decided(verdict: PacketVerdict) -> str:
    """What decides a denial, in words."""
    place = at_line(verdict.decided_by) if verdict.decided_by is not None else "the rule set"
    last = verdict.trace[-1] if verdict.trace else None
    if last is not None and last.ends.startswith("policy"):
        policy = verdict.rule_text.removeprefix("policy ")
        return f"no rule of {last.where} accepts them and its policy is {policy} ({place})"
    if verdict.rule_text.startswith("firewalld:"):
        return f"firewalld's own rule stops them ({verdict.rule_text.removeprefix('firewalld: ')})"
    return f"`{verdict.rule_text}` stops them ({place})"


def accepting(blocked: Blocked) -> str:
    """The rule that lets similar packets through, in words."""
    text = f"`{blocked.accepting_text}`" if blocked.accepting_text else "the rule set"
    return text if blocked.accepting is None else f"{text} ({at_line(blocked.accepting)})"


def vain(blocked: Blocked) -> str:
    """What to say of a rule that accepted the packet in vain; empty when there is none."""
    entry = blocked.vain_accept
    if entry is None:
        return ""
    if entry.where.startswith(("iptables", "ip6tables")) and "firewalld" in blocked.verdict.trace[-1].where:
        return (
            f"the direct rule of {at_line(entry.span)} accepts them, but with FirewallBackend=nftables an accept there "
            "does not count: they go on to firewalld's own table, where "
        )
    return f"`{entry.text}` ({at_line(entry.span)}) accepts them, but only for its own chain: later "


def zone_of(entry: TraceEntry | None) -> str:
    """The firewalld zone in which a packet ended; empty when it ended elsewhere."""
    if entry is None or not entry.where.startswith("firewalld "):
        return ""
    chain = entry.where.rsplit(" ", 1)[-1]
    for prefix in ("IN_", "FWD_"):
        if chain.startswith(prefix) and not chain.startswith(f"{prefix}policy_"):
            return chain.removeprefix(prefix)
    return ""


def opening(packet: Packet, verdict: PacketVerdict, sources: list[Address]) -> str:
    """How to let a packet in, in the syntax of the file that decides."""
    last = verdict.trace[-1] if verdict.trace else None
    manager = last.where.split(" ")[0] if last is not None else ""
    interface = packet.iif or packet.oif or ""
    name = protocol_name(packet.proto)
    place = at_line(verdict.decided_by) if verdict.decided_by is not None else "it"
    if manager == "firewalld":
        zone = zone_of(last)
        where = f" --zone={zone}" if zone else ""
        element = f'<protocol value="{name}"/>'
        command = f"firewall-cmd --permanent{where} --add-protocol={name}"
        return f"`{command}` (in the zone's file: {element}), then `firewall-cmd --reload`"
    if manager == "ufw":
        target = packet.dst if packet.dst is not None else "any"
        lines = [f"`ufw allow in on {interface} proto {name} from {source} to {target}`" for source in sources]
        return " and ".join(lines) or f"`ufw allow in on {interface} proto {name} to {target}`"
    way = ("iifname", "-i", "INPUT") if packet.hook == "input" else ("oifname", "-o", "OUTPUT")
    if manager == "nftables":
        match = f'{way[0]} "{interface}" ' if interface else ""
        return f"`{match}meta l4proto {packet.proto} accept` in front of {place}"
    match = f"{way[1]} {interface} " if interface else ""
    line = f"`-A {way[2]} {match}-p {name} -j ACCEPT`"
    if last is not None and last.ends.startswith("policy"):
        return f"{line} in that table, before any rule that drops"
    return f"{line} on a line before {place}"


def packets(blocked: Blocked) -> str:
    """The packets in words."""
    packet = blocked.packet
    name = {51: "AH, protocol 51,", 112: "VRRP, protocol 112,"}[packet.proto]
    target = "" if packet.dst is None else f" to {packet.dst}"
    if blocked.hook == "output":
        return f"its own adverts ({name}{target} out by {blocked.interface})"
    senders = [peer.node.name for peer in blocked.peers]
    whose = f"the adverts of {_joined(senders)}" if senders else "its peer's adverts"
    source = "" if packet.src is None or len(blocked.adverts) > 1 else f" from {packet.src}"
    return f"{whose} ({name}{source}{target} in by {blocked.interface})"


def follows(blocked: Blocked) -> str:
    """What will happen."""
    vips = sorted({str(address) for instance in blocked.instances for address in instance.addresses})
    held = ", ".join(vips) if vips else "the VIPs"
    node = blocked.node.name
    if blocked.flaps:
        return (
            f"they get through only as replies to its own: {node} becomes MASTER for a moment at every start, until it "
            "has sent an advert itself"
        )
    others = [peer.node.name for peer in blocked.peers]
    if blocked.hook == "output":
        who = _joined(others) if others else "its peer"
        if blocked.decisive:
            return f"{who} cannot hear {node}, so both are MASTER and hold {held}"
        return f"nothing shows while {node} is BACKUP; once it is MASTER, {who} does not hear it and holds {held} too"
    if blocked.decisive:
        return f"{node} never hears the MASTER, becomes MASTER itself, and both hold {held}"
    later = f"once a peer has taken over, {node} does not hear it and both hold {held}"
    return f"nothing shows while {node} is MASTER; {later}"


def blocked_finding(blocked: Blocked, why: str, help_text: str) -> Finding:
    """The finding for adverts that a filter stops.

    Args:
        blocked: what is stopped.
        why: what decides, in words.
        help_text: what to do.
    """
    related = [Related(f"{instance.name} runs on {blocked.interface}", instance.span) for instance in blocked.instances]
    entry = blocked.vain_accept
    if entry is not None:
        related.append(Related("accepts them in vain", entry.span))
    if blocked.accepting is not None:
        related.append(Related("lets such packets through", blocked.accepting))
    place = blocked.verdict.decided_by
    if place is None:
        place = blocked.instances[0].interface.span
    verb = "drops" if blocked.verdict.verdict == "drop" else "rejects"
    serious = blocked.decisive and blocked.certain and not blocked.flaps
    kind = "ah" if blocked.packet.proto == 51 else "vrrp"
    return Finding(
        at=place,
        message=f"{blocked.node.name} {verb} {packets(blocked)}: {why}; {follows(blocked)}",
        subject=(blocked.node.name, "firewall", blocked.hook, f"ipv{blocked.packet.version}", blocked.interface, kind),
        severity="error" if serious else "warning",
        related=related,
        help=help_text,
        nodes=[blocked.node.name, *(peer.node.name for peer in blocked.peers)],
    )


def allow(blocked: Blocked) -> str:
    """The help that lets the packets through where they are stopped."""
    sources = [advert.packet.src for advert in blocked.adverts if advert.packet.src is not None]
    way = "in" if blocked.hook == "input" else "out"
    return f"let them {way}: {opening(blocked.packet, blocked.verdict, sources)}"


def move_up(blocked: Blocked) -> str:
    """The help that puts an accepting rule in front of the one that stops the packets."""
    later = at_line(blocked.accepting) if blocked.accepting is not None else "the accepting rule"
    earlier = at_line(blocked.verdict.decided_by) if blocked.verdict.decided_by is not None else "the other one"
    return f"move the rule of {later} in front of {earlier}"


def open_port(packet: Packet, verdict: PacketVerdict) -> str:
    """How to let clients in to a port, in the syntax of the file that decides."""
    last = verdict.trace[-1] if verdict.trace else None
    manager = last.where.split(" ")[0] if last is not None else ""
    port = f"{packet.dport}/{protocol_name(packet.proto)}"
    if manager == "firewalld":
        zone = zone_of(last)
        where = f" --zone={zone}" if zone else ""
        return f"`firewall-cmd --permanent{where} --add-port={port}`, then `firewall-cmd --reload`"
    if manager == "ufw":
        return f"`ufw allow {port}`"
    place = at_line(verdict.decided_by) if verdict.decided_by is not None else "what drops it"
    if manager == "nftables":
        return f"`{protocol_name(packet.proto)} dport {packet.dport} accept` in front of {place}"
    return f"`-A INPUT -p {protocol_name(packet.proto)} --dport {packet.dport} -j ACCEPT` before what {place} does"

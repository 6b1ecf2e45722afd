"""Does this host accept this packet? The answer, the rule that decides, and the way there.

Every match is true, false or undecided; where one is undecided both ways are followed, and only when both accept and
deny are reached in the end is the answer ``unknown``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar, Literal

from cfglint.source import Span

PacketHook = Literal["input", "output", "forward"]
PacketState = Literal["new", "established", "related", "invalid", "untracked"]
Address = IPv4Address | IPv6Address

EPHEMERAL = (32768, 60999)
"""Source ports that Linux gives connections (net.ipv4.ip_local_port_range)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet. What is None is not known, and rules that ask for it are undecided.

    Attributes:
        hook: where it is asked about.
        version: 4 or 6.
        proto: protocol number.
        iif: interface it comes in by; None for a packet sent by the host.
        oif: interface it leaves by; None for a packet to the host.
        src: source address.
        dst: destination address.
        sport: source port; None means one that Linux picks for a connection.
        dport: destination port.
        tcp_flags: e.g. ``{"SYN"}``; None means SYN for a new connection, else not known.
        icmp_type: None means an echo request.
        spi: of AH and ESP; None means 1.
        state: what conntrack says of it.
        ttl: None means 255 for VRRP, else not known.
        mark: its mark when it arrives.
    """

    hook: PacketHook
    version: Literal[4, 6]
    proto: int
    iif: str | None = None
    oif: str | None = None
    src: Address | None = None
    dst: Address | None = None
    sport: int | None = None
    dport: int | None = None
    tcp_flags: frozenset[str] | None = None
    icmp_type: int | None = None
    spi: int | None = None
    state: PacketState = "new"
    ttl: int | None = None
    mark: int = 0


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One step of a packet's way.

    Attributes:
        where: manager, table and chain.
        span: the rule or policy.
        text: the rule as written.
        outcome: what happened, e.g. ``matched, accept``.
        hook: the kernel's hook at which it happened.
        ends: how it ended the chain, e.g. ``accept``; ``policy accept`` at a chain's end; empty when it did not.
    """

    where: str
    span: Span
    text: str
    outcome: str
    hook: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What address translation changed; a field that it did not change is None.

    Attributes:
        src: the new source; ``"unknown"`` where the files do not tell it.
        dst: the new destination, likewise.
        sport: the new source port.
        dport: the new destination port.
    """

    src: str | None = None
    dst: str | None = None
    sport: int | None = None
    dport: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something could not be decided."""

    why: str
    span: Span

    def __str__(self) -> str:
        place = self.span.path if self.span.is_whole_file else f"{self.span.path}:{self.span.line}"
        return f"{self.why} ({place})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketVerdict:
    """What a host does with a packet.

    Attributes:
        verdict: ``drop`` also for a reject of a multicast packet, which the kernel does not answer.
        decided_by: the rule or policy; None when no rule was met or the verdict is unknown.
        rule_text: that rule as written.
        trace: the way of the packet (of one of them, when the verdict is unknown).
        rewritten: what address translation changed, or None.
        mark: the packet's mark in the end; None when it cannot be told.
        reasons: what could not be decided; empty unless the verdict is unknown.
    """

    verdict: Literal["accept", "drop", "reject", "unknown"]
    decided_by: Span | None = None
    rule_text: str = ""
    trace: tuple[TraceEntry, ...] = ()
    rewritten: Rewritten | None = None
    mark: int | None = 0
    reasons: tuple[Reason, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when the packet gets through."""
        return self.verdict == "accept"

    @property
    def denied(self) -> bool:
        """True when it does not."""
        return self.verdict in {"drop", "reject"}


@dataclass(eq=False)
class Trail:
    """A packet's way so far, as a chain of entries that branches share.

    Attributes:
        entry: the newest entry.
        parent: the way before it.
        doubts: undecided matches that were passed, newest last.
        length: entries so far.
    """

    entry: TraceEntry | None = None
    parent: Trail | None = field(default=None, repr=False)
    doubts: tuple[Reason, ...] = ()
    length: int = 0

    LIMIT: ClassVar[int] = 400
    MOST_DOUBTS: ClassVar[int] = 20

    def add(self, entry: TraceEntry, doubts: Iterable[Reason] = ()) -> Trail:
        """The way one step further; beyond the limit the newest entry takes the last one's place."""
        parent = self if self.length < self.LIMIT else self.parent
        step = Trail(entry, parent, self.doubts, min(self.length + 1, self.LIMIT))
        return step.add_doubts(doubts)

    def add_doubts(self, doubts: Iterable[Reason]) -> Trail:
        """The same way with further doubts."""
        merged = self.doubts
        for doubt in doubts:
            if doubt not in merged and len(merged) < self.MOST_DOUBTS:
                merged = (*merged, doubt)
        return Trail(self.entry, self.parent, merged, self.length)

    def entries(self) -> tuple[TraceEntry, ...]:
        """All entries, oldest first."""
        found: list[TraceEntry] = []
        here: Trail | None = self
        while here is not None:
            if here.entry is not None:
                found.append(here.entry)
            here = here.parent
        return tuple(reversed(found))

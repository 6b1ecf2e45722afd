"""Packet filters in one form, whichever manager wrote them: base chains at hooks, rules of conditions and actions.

iptables tables, nftables text, firewalld's XML and ufw's files are all turned into this; it is what the kernel has:
netfilter hooks with chains in order of priority.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from cfglint.model.value_sets import Names, Numbers, ValueSet
from cfglint.source import Span

Hook = Literal["prerouting", "input", "forward", "output", "postrouting"]
Family = Literal["ip", "ip6", "inet"]
VerdictKind = Literal["accept", "drop", "reject"]

RAW, CONNTRACK, MANGLE, DSTNAT, FILTER, SECURITY, SRCNAT = -300, -200, -150, -100, 0, 50, 100
"""Priorities of the kernel's own tables (linux/netfilter_ipv4.h); conntrack decides the state at -200."""


@dataclass(frozen=True, slots=True)
class Match:
    """One field of the packet lies in a set.

    Attributes:
        field: its name, as listed in the packet's reader, e.g. ``ip.src``, ``proto``, ``tcp.dport``, ``iif``.
        values: the set.
        negated: the field must lie outside; a packet without the field matches in neither case.
        mask: bits of the field that are looked at, or None for all.
    """

    field: str
    values: ValueSet
    negated: bool = False
    mask: int | None = None


@dataclass(frozen=True, slots=True)
class TupleMatch:
    """Several fields together are one of the listed combinations."""

    fields: tuple[str, ...]
    elements: tuple[tuple[ValueSet, ...], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions holds (with ``negated``: none does)."""

    options: tuple[Condition, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Undecided:
    """A condition that files cannot decide: a rate limit, a hardware address, an extension not known here."""

    why: str


Condition = Match | TupleMatch | AnyOf | Undecided


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a base chain: accept goes on to the next base chain, drop and reject are final."""

    kind: VerdictKind


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on in another chain; with ``goto`` the way back leads to the caller of this one."""

    chain: str
    goto: bool = False


@dataclass(frozen=True, slots=True)
class Return:
    """Back to the caller; in a base chain: its policy."""


@dataclass(frozen=True, slots=True)
class SetMark:
    """Change the packet's mark (or its connection's): ``(mark & ~clear) ^ flip``.

    Attributes:
        clear: bits that are cleared.
        flip: bits that are flipped afterwards.
        source: where the mark comes from before that: itself, or the connection (restore) or packet (save).
        target: which mark is written.
    """

    clear: int
    flip: int
    source: Literal["packet", "connection"] = "packet"
    target: Literal["packet", "connection"] = "packet"


@dataclass(frozen=True, slots=True)
class SpoilMark:
    """The mark becomes something that files cannot tell."""

    target: Literal["packet", "connection"] = "packet"


@dataclass(frozen=True, slots=True)
class NoTrack:
    """The packet's state becomes untracked."""


@dataclass(frozen=True, slots=True)
class Nat:
    """Address translation; the packet's way through this chain ends, as with accept.

    Attributes:
        kind: what is rewritten: the destination (dnat, redirect) or the source (snat, masquerade).
        address: the new address; None keeps it (redirect and masquerade: the host's own).
        port: the new port, or None to keep it; a range where the kernel chooses.
        unclear: why the new address cannot be told; empty when it can.
    """

    kind: Literal["dnat", "redirect", "snat", "masquerade"]
    address: IPv4Address | IPv6Address | None = None
    port: tuple[int, int] | None = None
    unclear: str = ""


@dataclass(frozen=True, slots=True)
class UnclearVerdict:
    """An action whose outcome files cannot tell: a queue to a program, an extension not known here."""

    why: str


@dataclass(frozen=True, slots=True)
class VerdictMap:
    """Fields looked up in a map of verdicts; without a hit the rule ends and the next one follows.

    Attributes:
        fields: what is looked up.
        elements: combinations with their verdicts; a verdict of None means continue.
        unclear: why the map's content cannot be told; empty when it can.
    """

    fields: tuple[str, ...]
    elements: tuple[tuple[tuple[ValueSet, ...], Action | None], ...]
    unclear: str = ""


Action = Verdict | Jump | Return | SetMark | SpoilMark | NoTrack | Nat | UnclearVerdict | VerdictMap
Step = Condition | Action


@dataclass(frozen=True, slots=True, eq=False)
class FilterRule:
    """One rule: conditions and actions, from left to right.

    Attributes:
        steps: in order; the first condition that fails ends the rule.
        span: the rule in its file.
        text: the rule as written, shortened, for traces and messages.
    """

    steps: tuple[Step, ...]
    span: Span
    text: str


@dataclass(eq=False)
class Chain:
    """A chain of rules.

    Attributes:
        name: as its manager calls it.
        rules: in order.
        span: where it is declared.
        hook: where the kernel calls it; None for a chain that is only jumped to.
        priority: order among the chains of one hook, lowest first.
        policy: what happens at its end, for a base chain.
        policy_span: where the policy stands.
        is_nat: it translates addresses: only the first packet of a connection sees it.
    """

    name: str
    span: Span
    rules: list[FilterRule] = field(default_factory=list)
    hook: Hook | None = None
    priority: int = 0
    policy: VerdictKind = "accept"
    policy_span: Span | None = None
    is_nat: bool = False


@dataclass(eq=False)
class Table:
    """A table: chains that can jump to each other.

    Attributes:
        manager: who wrote it: ``iptables``, ``ip6tables``, ``nftables``, ``firewalld``, ``ufw``.
        name: e.g. ``filter``.
        family: the packets it sees.
        chains: by name.
        unclear: why the whole table cannot be judged (the kernel would refuse it); empty when it can.
        unclear_span: the text that leaves it open.
    """

    manager: str
    name: str
    family: Family
    chains: dict[str, Chain] = field(default_factory=dict)
    unclear: str = ""
    unclear_span: Span | None = None

    def sees(self, version: int) -> bool:
        """True for packets of this IP version (4 or 6)."""
        return self.family in {"inet", "ip" if version == 4 else "ip6"}


def protocol_is(number: int, *, negated: bool = False) -> Match:
    """The packet's protocol is this one."""
    return Match("proto", Numbers.of(number), negated)


def interface_in(direction: Literal["iif", "oif"], *names: str, wildcard: str = "") -> Match:
    """The packet's interface is one of these.

    Args:
        direction: incoming or outgoing.
        names: as written.
        wildcard: the character that ends a prefix in this language; empty for none.
    """
    exact = frozenset(name for name in names if not wildcard or not name.endswith(wildcard))
    prefixes = tuple(name[: -len(wildcard)] for name in names if wildcard and name.endswith(wildcard))
    return Match(direction, Names(exact, prefixes))

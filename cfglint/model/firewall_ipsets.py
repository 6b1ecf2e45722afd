"""Members of ipsets as sets of numbers, for rules that ask whether an address is in one."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_addresses import dash_range
from cfglint.model.firewall_rules import Condition, Match, TupleMatch, Undecided
from cfglint.model.value_sets import Names, Numbers, Range, ValueSet
from cfglint.syntax.ipset_save import IpsetBlock
from cfglint.syntax.network_names import port_range, protocol_number

_SINGLE = {"hash:ip", "hash:net", "bitmap:ip", "hash:ip,port", "hash:net,port", "hash:net,iface", "bitmap:port"}


@dataclass(eq=False)
class IpSet:
    """One set's members.

    Attributes:
        name: as rules call it.
        kind: its type, e.g. ``hash:net``.
        version: 4 or 6.
        elements: members as written.
        unclear: why its members at run time cannot be told; empty when they can.
    """

    name: str
    kind: str
    version: int
    elements: list[str] = field(default_factory=list)
    unclear: str = ""
    _numbers: Numbers | None = field(default=None, repr=False)

    @property
    def numbers(self) -> Numbers | None:
        """The members of a set of addresses; None when one does not read."""
        if self._numbers is None:
            ranges = [dash_range(element, self.version) for element in self.elements]
            known: list[Range] = [entry for entry in ranges if entry is not None]
            if len(known) != len(ranges):
                return None
            self._numbers = Numbers.ranges(known)
        return self._numbers


@dataclass(eq=False)
class SetMatchReader:
    """Turns ``--match-set NAME src,dst`` into a condition."""

    sets: dict[str, IpSet] = field(default_factory=dict)

    def condition(self, name: str, directions: str, version: int, *, negated: bool = False) -> Condition:
        """The condition that the packet is in a set.

        Args:
            name: the set's.
            directions: ``src`` or ``dst`` for each dimension, joined by commas.
            version: of the packets that the rule sees.
            negated: the packet must not be in it.
        """
        found = self.sets.get(name)
        if found is None:
            return Undecided(f"the members of ipset {name} are not among the given files")
        if found.unclear:
            return Undecided(f"ipset {name}: {found.unclear}")
        if found.kind not in _SINGLE:
            return Undecided(f"ipset {name} is of type {found.kind}, which is not judged")
        sides = directions.split(",")
        family = "ip" if version == 4 else "ip6"
        if found.version != version and found.kind != "bitmap:port":
            return Match("proto", Numbers((), ()), negated)
        if found.kind in {"hash:ip", "hash:net", "bitmap:ip"}:
            numbers = found.numbers
            if numbers is None:
                return Undecided(f"ipset {name} has a member that is not an address")
            return Match(f"{family}.{sides[0]}", numbers, negated)
        return self._tuples(found, family, sides, negated=negated)

    def _tuples(self, found: IpSet, family: str, sides: list[str], *, negated: bool) -> Condition:
        wanted = 1 if found.kind == "bitmap:port" else 2
        if len(sides) < wanted:
            return Undecided(f"ipset {found.name} needs {wanted} directions")
        if found.kind == "hash:net,iface":
            fields: tuple[str, ...] = (f"{family}.{sides[0]}", "iif" if sides[1] == "src" else "oif")
        elif found.kind == "bitmap:port":
            fields = (f"th.{sides[0][0]}port",)
        else:
            fields = (f"{family}.{sides[0]}", "proto", f"th.{sides[1][0]}port")
        elements: list[tuple[ValueSet, ...]] = []
        for text in found.elements:
            element = _element(found, text)
            if element is None:
                return Undecided(f"ipset {found.name} has a member that is not understood: {text}")
            elements.append(element)
        return TupleMatch(fields, tuple(elements), negated)


def _element(found: IpSet, text: str) -> tuple[ValueSet, ...] | None:
    if found.kind == "bitmap:port":
        ports = port_range(text, "-")
        return None if ports is None else (Numbers.ranges([ports]),)
    address_text, comma, rest = text.partition(",")
    addresses = dash_range(address_text, found.version)
    if addresses is None or not comma:
        return None
    if found.kind == "hash:net,iface":
        return (Numbers.ranges([addresses]), Names.of(rest))
    protocol, colon, port_text = rest.rpartition(":")
    number = protocol_number(protocol) if colon else 6
    ports = port_range(port_text, "-")
    if number is None or ports is None:
        return None
    return (Numbers.ranges([addresses]), Numbers.of(number), Numbers.ranges([ports]))


def ipset_of(block: IpsetBlock) -> IpSet:
    """A set of an ``ipset save`` file."""
    options = block.options
    version = 6 if "inet6" in options else 4
    unclear = ""
    if "timeout" in options:
        unclear = "its members expire, so files do not tell them"
    elif block.overflow:
        unclear = "it has too many members to be read"
    elif any("nomatch" in words for _, words in block.entries):
        unclear = "it has exceptions (nomatch), which are not judged"
    return IpSet(block.name, block.kind, version, [entry for entry, _ in block.entries], unclear)

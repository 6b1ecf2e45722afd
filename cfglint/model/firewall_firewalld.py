"""firewalld's configuration as the tables that it loads, for either backend."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_rules import (
    DSTNAT,
    FILTER,
    MANGLE,
    SRCNAT,
    Chain,
    Condition,
    FilterRule,
    Hook,
    Jump,
    Match,
    Step,
    Table,
    Undecided,
    Verdict,
)
from cfglint.model.firewalld_config import COCKPIT_ZONES, SHIPPED_ZONES, FirewalldConfig
from cfglint.model.firewalld_direct import direct_tables, merge_direct
from cfglint.model.firewalld_elements import ElementReader
from cfglint.model.firewalld_rules import (
    Contents,
    bound,
    built_in,
    describe,
    established,
    icmp_rule,
    read_contents,
    target_rule,
)
from cfglint.model.value_sets import Names, Numbers
from cfglint.syntax.xml_elements import Element

SHIPPED_POLICY_TYPES = (134, 135, 136, 137)
"""ICMPv6 that the shipped policy allow-host-ipv6 lets in before any zone: neighbours, routers, redirects."""


@dataclass(frozen=True, slots=True, eq=False)
class _Policy:
    name: str
    root: Element
    contents: Contents
    priority: int
    ingress: frozenset[str]
    egress: frozenset[str]


@dataclass(eq=False)
class FirewalldTables:
    """Makes the tables of one configuration.

    Attributes:
        config: the node's files.
        backend: ``nftables`` or ``iptables``.
    """

    config: FirewalldConfig
    backend: str
    _zones: dict[str, tuple[Element, Contents]] = field(default_factory=dict)

    def build(self) -> list[Table]:
        """Every table that firewalld loads, direct rules included."""
        reader = ElementReader(self.config)
        chosen = {zone for zone, _ in self.config.connection_zones.values()}
        names = {*self.config.zones, self.config.default_zone, *chosen}
        for name in sorted(names):
            root = self.config.zone(name)
            if root is not None:
                self._zones[name] = (root, read_contents(root, reader))
        self._policies = self._read_policies(reader)
        offset = 10 if self.backend == "nftables" else 0
        own = Table("firewalld", self.backend, "inet")
        self._filter(own, offset)
        self._translation(own, offset)
        if self.config.default_zone not in self._zones:
            own.unclear = f"zone {self.config.default_zone}, the default, is defined nowhere in the given files"
            own.unclear_span = self.config.default_zone_span
        direct = [*direct_tables(self.config, 4), *direct_tables(self.config, 6)]
        if self.backend == "nftables":
            return [*direct, own]
        return merge_direct(own, direct, self.config.place)

    def _read_policies(self, reader: ElementReader) -> list[_Policy]:
        found: list[_Policy] = []
        for name, root in sorted(self.config.policies.items()):
            priority = int(root.get("priority")) if root.get("priority").lstrip("-").isdecimal() else -1
            ingress = frozenset(child.get("name") for child in root.all("ingress-zone"))
            egress = frozenset(child.get("name") for child in root.all("egress-zone"))
            found.append(_Policy(name, root, read_contents(root, reader), priority, ingress, egress))
        return sorted(found, key=lambda policy: policy.priority)

    def _filter(self, table: Table, offset: int) -> None:
        place = self.config.place
        for hook, prefix in (("input", "IN"), ("forward", "FWD")):
            chain = self._chain(table, hook.upper(), "input" if hook == "input" else "forward", FILTER + offset)
            chain.rules += established(place, translated=True)
            chain.rules.append(built_in("lo", place, Match("iif", Names.of("lo")), Verdict("accept")))
            chain.rules.append(built_in("invalid", place, Match("state", Names.of("invalid")), Verdict("drop")))
            if self.backend == "iptables":
                chain.rules.append(built_in("direct rules", place, Jump(f"{hook.upper()}_direct")))
            chain.rules.append(built_in("zones", place, Jump(f"{hook.upper()}_ZONES")))
            chain.rules.append(built_in("end of the chain", place, Verdict("reject")))
            self._dispatch(table, f"{hook.upper()}_ZONES", prefix, "iif")
            for name, (root, contents) in self._zones.items():
                self._zone_chain(table, name, root, contents, prefix)
        output = self._chain(table, "OUTPUT", "output", FILTER + offset)
        output.rules += established(place, translated=False)
        output.rules.append(built_in("lo", place, Match("oif", Names.of("lo")), Verdict("accept")))
        if self.backend == "iptables":
            output.rules.append(built_in("direct rules", place, Jump("OUTPUT_direct")))
        output.rules += self._policy_jumps(table, "OUT", early=None)

    def _chain(
        self, table: Table, name: str, hook: Hook | None = None, priority: int = 0, *, nat: bool = False
    ) -> Chain:
        chain = Chain(name, self.config.place, hook=hook, priority=priority, is_nat=nat)
        table.chains[name] = chain
        return chain

    def _dispatch(self, table: Table, name: str, prefix: str, direction: str) -> None:
        """Sources win over interfaces, interfaces over the default zone."""
        chain = self._chain(table, name)
        reader = ElementReader(self.config)
        side = "src" if direction == "iif" else "dst"
        zones = sorted(self._zones.items())
        for zone, (root, _) in zones:
            for source in root.all("source"):
                condition = reader.source(source, side)
                chain.rules.append(self._go(source, f"{prefix}_{zone}", condition))
        chain.rules += self._connections(prefix, direction)
        for zone, (root, _) in zones:
            for interface in root.all("interface"):
                condition = bound(direction, interface.get("name"))
                chain.rules.append(self._go(interface, f"{prefix}_{zone}", condition))
        if self.config.default_zone in self._zones:
            text = f"default zone {self.config.default_zone}"
            jump = Jump(f"{prefix}_{self.config.default_zone}", goto=True)
            chain.rules.append(FilterRule((jump,), self.config.default_zone_span, text))

    def _connections(self, prefix: str, direction: str) -> list[FilterRule]:
        """Interfaces whose connection names a zone: NetworkManager and initscripts put them there."""
        rules: list[FilterRule] = []
        for name, (wanted, span) in sorted(self.config.connection_zones.items()):
            if wanted not in self._zones:
                continue
            elsewhere = [root for zone, (root, _) in self._zones.items() if zone != wanted]
            steps: list[Step] = [bound(direction, name)]
            if any(name == interface.get("name") for root in elsewhere for interface in root.all("interface")):
                steps.append(Undecided(f"the connection of {name} names zone {wanted}, a zone's file another one"))
            text = f"zone {wanted} of the connection of {name}"
            rules.append(FilterRule((*steps, Jump(f"{prefix}_{wanted}", goto=True)), span, text))
        return rules

    def _go(self, element: Element, target: str, condition: Condition) -> FilterRule:
        return FilterRule((condition, Jump(target, goto=True)), element.span, describe(element))

    def _zone_chain(self, table: Table, name: str, root: Element, contents: Contents, prefix: str) -> None:
        chain = self._chain(table, f"{prefix}_{name}")
        chain.rules += self._policy_jumps(table, prefix, early=True)
        if prefix == "IN":
            chain.rules += contents.filtering
            if root.attributes.get("shipped") in COCKPIT_ZONES:
                doubt = Undecided(f"zone {name} is as shipped, and only some distributions let cockpit (9090/tcp) in")
                port = Match("tcp.dport", Numbers.of(9090))
                chain.rules.append(FilterRule((port, doubt, Verdict("accept")), root.span, "cockpit"))
        elif root.first("forward") is not None:
            reader = ElementReader(self.config)
            for child in root.children:
                if child.name == "interface":
                    steps = (bound("oif", child.get("name")), Verdict("accept"))
                    chain.rules.append(FilterRule(steps, child.span, "<forward/>: to an interface of the same zone"))
                elif child.name == "source":
                    steps_to = (reader.source(child, "dst"), Verdict("accept"))
                    chain.rules.append(FilterRule(steps_to, child.span, "<forward/>: to a source of the same zone"))
        chain.rules += self._policy_jumps(table, prefix, early=False)
        if prefix == "IN":
            chain.rules += icmp_rule(root, root.get("target"))
        chain.rules += target_rule(root, "zone", name)

    def _policy_jumps(self, table: Table, prefix: str, *, early: bool | None) -> list[FilterRule]:
        """Jumps to the policies of one direction; with ``early`` those before the zone's own rules, else after."""
        jumps: list[FilterRule] = []
        if prefix == "IN" and early and "allow-host-ipv6" not in self.config.policies:
            types = Match("icmp6.type", Numbers.of(*SHIPPED_POLICY_TYPES))
            jumps.append(built_in("policy allow-host-ipv6", self.config.place, types, Verdict("accept")))
        for policy in self._policies:
            if early is not None and (policy.priority < 0) is not early:
                continue
            if not self._concerns(policy, prefix):
                continue
            name = f"{prefix}_policy_{policy.name}"
            if name not in table.chains:
                chain = self._chain(table, name)
                chain.rules += policy.contents.filtering
                chain.rules += target_rule(policy.root, "policy", policy.name)
            text = f"policy {policy.name}"
            edges = self._edges(policy, prefix)
            jumps += [FilterRule((*conditions, Jump(name)), policy.root.span, text) for conditions in edges]
        return jumps

    def _concerns(self, policy: _Policy, prefix: str) -> bool:
        if prefix == "IN":
            return "HOST" in policy.egress
        if prefix == "OUT":
            return "HOST" in policy.ingress
        return "HOST" not in policy.egress | policy.ingress

    def _edges(self, policy: _Policy, prefix: str) -> list[tuple[Condition, ...]]:
        """The combinations of incoming and outgoing zones; a zone without interfaces and sources has none."""
        incoming = [()] if prefix == "OUT" else self._members(policy.ingress, "iif")
        outgoing = [()] if prefix == "IN" else self._members(policy.egress, "oif")
        return [(*first, *second) for first in incoming for second in outgoing]

    def _members(self, zones: frozenset[str], direction: str) -> list[tuple[Condition, ...]]:
        if "ANY" in zones:
            return [()]
        reader = ElementReader(self.config)
        members: list[tuple[Condition, ...]] = []
        for name in sorted(zones):
            if name not in self._zones:
                if name not in SHIPPED_ZONES:
                    members.append((Undecided(f"zone {name} is defined nowhere in the given files"),))
                continue
            root, _ = self._zones[name]
            members += [(bound(direction, child.get("name")),) for child in root.all("interface")]
            side = "src" if direction == "iif" else "dst"
            members += [(reader.source(child, side),) for child in root.all("source")]
        return members

    def _translation(self, table: Table, offset: int) -> None:
        """Forward-ports, masquerading and marks, where there are any."""
        parts = [*(found for _, found in self._zones.values()), *(policy.contents for policy in self._policies)]
        if not any(part.destination_nat or part.source_nat or part.marks for part in parts):
            return
        arriving = self._chain(table, "PREROUTING", "prerouting", DSTNAT + offset, nat=True)
        arriving.rules.append(built_in("zones", self.config.place, Jump("PREROUTING_ZONES")))
        self._dispatch(table, "PREROUTING_ZONES", "PRE", "iif")
        leaving = self._chain(table, "POSTROUTING", "postrouting", SRCNAT + offset, nat=True)
        leaving.rules.append(built_in("zones", self.config.place, Jump("POSTROUTING_ZONES")))
        self._dispatch(table, "POSTROUTING_ZONES", "POST", "oif")
        marking = self._chain(table, "MANGLE", "prerouting", MANGLE + offset)
        marking.rules.append(built_in("zones", self.config.place, Jump("MANGLE_ZONES")))
        self._dispatch(table, "MANGLE_ZONES", "MARK", "iif")
        for name, (_, contents) in self._zones.items():
            self._chain(table, f"PRE_{name}").rules += contents.destination_nat
            self._chain(table, f"POST_{name}").rules += contents.source_nat
            self._chain(table, f"MARK_{name}").rules += contents.marks
        for policy in self._policies:
            if "HOST" in policy.ingress:
                continue
            for conditions in self._members(policy.ingress, "iif"):
                arriving.rules += _prefixed(conditions, policy.contents.destination_nat)
                marking.rules += _prefixed(conditions, policy.contents.marks)
            if "HOST" not in policy.egress:
                for conditions in self._members(policy.egress, "oif"):
                    leaving.rules += _prefixed(conditions, policy.contents.source_nat)


def _prefixed(conditions: tuple[Condition, ...], rules: list[FilterRule]) -> list[FilterRule]:
    return [FilterRule((*conditions, *rule.steps), rule.span, rule.text) for rule in rules]

"""firewalld's direct rules: tables beside its own, or chains inside them (firewalld.direct(5))."""

from __future__ import annotations

import shlex

from cfglint.model.firewall_ipsets import SetMatchReader
from cfglint.model.firewall_iptables import IptablesRules
from cfglint.model.firewall_rules import Chain, Table
from cfglint.model.firewalld_config import FirewalldConfig
from cfglint.model.firewalld_rules import describe
from cfglint.source import Span
from cfglint.syntax.xml_elements import Element


def direct_tables(config: FirewalldConfig, version: int) -> list[Table]:
    """The rules of direct.xml in iptables' own tables, by priority, then in the order of the file."""
    rules = IptablesRules(version, "iptables", SetMatchReader(dict(config.ipsets)))
    root = config.direct
    wanted = "ipv4" if version == 4 else "ipv6"
    if root is None or not any(child.get("ipv") == wanted for child in root.children):
        return []
    for child in root.all("chain"):
        if child.get("ipv") == wanted:
            rules.execute(["-N", child.get("chain")], child.span, describe(child), child.get("table"))
    ordered = [child for child in root.all("rule") if child.get("ipv") == wanted]
    ordered.sort(key=_rule_priority)
    for child in ordered:
        words = _words(child)
        text = f"{child.get('table')} {child.get('chain')} {child.text.strip()}"
        rules.execute(["-A", child.get("chain"), *words], child.span, text, child.get("table"))
    for child in root.all("passthrough"):
        if child.get("ipv") == wanted:
            rules.execute(_words(child), child.span, child.text.strip())
    return rules.tables()


def merge_direct(own: Table, direct: list[Table], place: Span) -> list[Table]:
    """The iptables backend keeps direct filter rules inside its own chains: there an accept is final."""
    tables: list[Table] = []
    for version in (4, 6):
        family: str = "ip" if version == 4 else "ip6"
        table = Table("firewalld", own.name, "ip" if version == 4 else "ip6", dict(own.chains))
        table.unclear, table.unclear_span = own.unclear, own.unclear_span
        for name in ("INPUT_direct", "FORWARD_direct", "OUTPUT_direct"):
            table.chains[name] = Chain(name, place)
        for other in direct:
            if other.family != family or other.name != "filter":
                continue
            if other.unclear and not table.unclear:
                table.unclear, table.unclear_span = other.unclear, other.unclear_span
            for name, chain in other.chains.items():
                if chain.hook is None:
                    table.chains[name] = chain
                else:
                    table.chains[f"{name}_direct"].rules += chain.rules
        tables.append(table)
    return [*(other for other in direct if other.name != "filter"), *tables]


def _rule_priority(element: Element) -> int:
    try:
        return int(element.get("priority") or 0)
    except ValueError:
        return 0


def _words(element: Element) -> list[str]:
    try:
        return shlex.split(element.text)
    except ValueError:
        return element.text.split()

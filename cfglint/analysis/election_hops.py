"""Rules that change the hop limit of adverts: multicast adverts are taken only with the full 255 (RFC 9568 §7.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cfglint.analysis.packet import Packet
from cfglint.analysis.packet_judge import judge
from cfglint.model.firewall import Firewall
from cfglint.model.firewall_rules import Chain, FilterRule, Table, Verdict

FULL = 255
SETS = re.compile(r"\b(?:ttl|hoplimit) set (\d+)|--(?:ttl|hl)-set (\d+)")
LOWERS = re.compile(r"--(?:ttl|hl)-dec (\d+)")


def hops_after(firewall: Firewall, packet: Packet) -> tuple[int, FilterRule] | None:
    """The hop limit with which a host passes an advert on, and the rule that changes it; None when it stays 255."""
    for rule in _changing(firewall):
        value = _value(rule.text)
        if value != FULL and judge(_stopping_at(firewall, rule), packet).denied:
            return value, rule
    return None


def _changing(firewall: Firewall) -> Iterator[FilterRule]:
    for world in firewall.worlds[:1]:
        for table in world.tables:
            for chain in table.chains.values():
                yield from (rule for rule in chain.rules if SETS.search(rule.text) or LOWERS.search(rule.text))


def _value(text: str) -> int:
    found = SETS.search(text)
    if found is not None:
        return int(found[1] or found[2])
    lowered = LOWERS.search(text)
    return FULL - int(lowered[1]) if lowered is not None else FULL


def _stopping_at(firewall: Firewall, wanted: FilterRule) -> Firewall:
    """The same rule sets, but what one rule matches is dropped by it, so that a verdict tells whether it matches."""
    worlds = [replace(world, tables=[_table(table, wanted) for table in world.tables]) for world in firewall.worlds[:1]]
    return replace(firewall, worlds=worlds)


def _table(table: Table, wanted: FilterRule) -> Table:
    return replace(table, chains={name: _chain(chain, wanted) for name, chain in table.chains.items()})


def _chain(chain: Chain, wanted: FilterRule) -> Chain:
    rules = [replace(rule, steps=(*rule.steps, Verdict("drop"))) if rule is wanted else rule for rule in chain.rules]
    return replace(chain, rules=rules)

"""ARP filters of a host: arptables rules and nftables tables of the arp family, as far as they drop whole addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from cfglint.model.host_files import first_file
from cfglint.model.host_scripts import script_sources
from cfglint.model.layout import find
from cfglint.source import SourceFile, Span
from cfglint.tree import NodeTree

ARPTABLES = ("etc/sysconfig/arptables", "etc/arptables.conf", "etc/arptables.rules", "etc/arptables/rules")
ARPTABLES_RULE = re.compile(r"\s*(?:(?:sudo\s+)?(?:/\S+/)?arptables\s+)?-[AI]\s+(?:INPUT|IN)\b(.*)")
ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?:/32)?(?![\d./])")
NFT_TABLE = re.compile(r"\s*table\s+arp\s")


@dataclass(frozen=True, slots=True)
class ArpFilter:
    """One rule that acts on ARP requests.

    Attributes:
        targets: addresses whose requests it drops.
        clear: False when the rule is not understood, so that it may drop requests for any address.
        span: the rule.
    """

    targets: frozenset[IPv4Address]
    clear: bool
    span: Span


def read_arp_filters(tree: NodeTree) -> list[ArpFilter]:
    """The ARP filters of a node, from arptables and nftables files."""
    found: list[ArpFilter] = []
    path = first_file(tree, ARPTABLES[0], "arptables", "arptables.conf", "arptables.rules", "arptables-save.txt")
    for name in (path, *(first_file(tree, place) for place in ARPTABLES[1:])):
        source = tree.read(name) if name is not None else None
        if source is not None:
            found += _arptables(source)
    for script in script_sources(tree):
        if "arptables" in script.text:
            found += _arptables(script)
    for name in find(tree, "nftables"):
        source = tree.read(name)
        if source is not None and "arp" in source.text:
            found += _nftables(source)
    return found


def _arptables(source: SourceFile) -> Iterator[ArpFilter]:
    for number in range(1, len(source.lines) + 1):
        rule = ARPTABLES_RULE.match(source.line(number))
        if rule is None:
            continue
        words = rule[1]
        wanted = re.search(r"(?:-d|--dst-ip|--destination-ip)\s+(\S+)", words)
        target = re.search(r"(?:-j|--jump)\s+(\S+)", words)
        if target is not None and target[1] == "ACCEPT":
            continue
        drops = target is not None and target[1] == "DROP" and wanted is not None and "!" not in words
        yield ArpFilter(_addresses(wanted[1] if drops and wanted else ""), drops, source.line_span(number))


def _nftables(source: SourceFile) -> Iterator[ArpFilter]:
    inside = False
    for number in range(1, len(source.lines) + 1):
        text = source.line(number)
        if re.match(r"\s*table\s", text):
            inside = NFT_TABLE.match(text) is not None
        if not inside or "arp" not in text or not re.search(r"\b(drop|reject)\b", text):
            continue
        wanted = re.search(r"arp\s+daddr\s+ip\s+(\{[^}]*\}|\S+)\s+(?:counter\s+)?drop", text)
        clear = wanted is not None and "@" not in wanted[1] and "-" not in wanted[1] and "$" not in wanted[1]
        yield ArpFilter(_addresses(wanted[1] if wanted else ""), clear, source.line_span(number))


def _addresses(text: str) -> frozenset[IPv4Address]:
    found = set()
    for match in ADDRESS.finditer(text):
        try:
            found.add(IPv4Address(match[1]))
        except ValueError:
            continue
    return frozenset(found)

"""The rule ``vrrp/vip-syntax``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import (
    VALUE,
    block_named_at,
    fails_check,
    holds,
    is_open,
    name_of,
    owner,
    statements,
    within,
)
from cfglint.engine import Finding, Related, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_addresses import address_faults, address_of

BLOCKS = (
    ("vrrp_instance", "virtual_ipaddress"),
    ("vrrp_instance", "virtual_ipaddress_excluded"),
    ("static_ipaddress",),
)
DEFINITION = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")
DUPLICATES_REFUSED = "2.3.0"
ADDRESSES_IN_ADVERT = 255


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `VRRP parsed invalid IP`, `Invalid address prefix len`, `No VIP specified`",
        "keepalived.conf(5): the grammar of an address line",
    ],
)
def vip_syntax(config: KeepalivedConfig) -> Iterator[Finding]:
    """A line of addresses is not one that keepalived can use, or an instance has no VIP at all.

    Why it hurts: the daemon skips the address, uses another prefix length, or ignores words of the line, and runs on: a
    VIP that everybody believes in is on no node. An instance of VRRPv3 or in strict mode without any VIP makes it end.

    When it stays silent: for every line of the form `ADDRESS[/PREFIX] [dev IF] [label L] …`; for addresses that a
    variable or template leaves open; for instances that lost lines to a misspelt block; for excluded VIPs of the other
    family.

    What to do: write one address a line, IPv4 with a prefix length from 0 to 32, not a netmask.
    """
    for path in BLOCKS:
        # A repetition makes many lines of one place: one finding is enough for it.
        places: set[Span] = set()
        for line in statements(config, *path, VALUE):
            # A name that nothing defines has a rule of its own.
            if is_open(line) or DEFINITION.fullmatch(line.words[0].text):
                continue
            for found in _line(config, line):
                if found.at not in places:
                    yield found
                places.add(found.at)
    for instance in config.instances:
        yield from _instance(config, instance)


def _line(config: KeepalivedConfig, line: Statement) -> Iterator[Finding]:
    block = owner(line)
    where = f"{block.keyword} {name_of(block)}".rstrip() if block is not None else ""
    static = block is not None and block.keyword == "static_ipaddress"
    for fault in address_faults([word.text for word in line.words], static=static):
        word = line.words[fault.word]
        follows = f": keepalived leaves {line.keyword} out" if fault.skipped else ""
        severity: Severity = "error" if fault.skipped else "warning"
        yield Finding(
            at=word.span,
            subject=(config.node.name, where, "virtual_ipaddress", line.keyword, str(fault.word)),
            severity=severity,
            message=f"{word.text} in {where} on {config.node.name} {fault.what}{follows}",
            label=fault.what,
            help="write one address a line: ADDRESS/PREFIX, then options such as `dev eth0` or `label eth0:1`",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )


def _instance(config: KeepalivedConfig, instance: VrrpInstance) -> Iterator[Finding]:
    block = block_named_at(config, instance.span)
    if block is None or block.damaged or block.unknown:
        return
    lines = list(within(block, "virtual_ipaddress", VALUE))
    if any(is_open(line) for line in lines):
        return
    usable = [
        line for line in lines if not any(fault.skipped for fault in address_faults([w.text for w in line.words]))
    ]
    if not lines:
        yield from _none(instance, block)
    yield from _families(instance, usable)
    excluded = [line for line in within(block, "virtual_ipaddress_excluded", VALUE) if address_of(line.keyword)]
    yield from _duplicates(instance, sorted([*usable, *excluded], key=lambda line: line.words[0].span.line))
    if len(usable) > ADDRESSES_IN_ADVERT:
        yield _too_many(instance, len(usable))


def _none(instance: VrrpInstance, block: Block) -> Iterator[Finding]:
    node = instance.node
    if any(child.keyword == "no_virtual_ipaddress" for child in block.children) and not instance.strict:
        return
    fatal = instance.version.value == 3 or instance.strict
    follows = "keepalived ends at once" if fatal else "it takes part in elections and holds nothing"
    yield Finding(
        at=instance.vips_span,
        subject=(node.name, instance.name, "virtual_ipaddress"),
        severity="error" if fatal else "warning",
        message=f"{instance.name} on {node.name} has no usable address in virtual_ipaddress: {follows}",
        label="no VIP",
        help="write the VIP in virtual_ipaddress; with 2.2.8 and later, no_virtual_ipaddress says that none is meant",
        nodes=(node.name,),
        fails_check=fails_check(node),
    )


def _families(instance: VrrpInstance, lines: list[Statement]) -> Iterator[Finding]:
    family = instance.family
    if isinstance(family, Unknown):
        return
    for line in lines:
        address = address_of(line.keyword)
        if address is None or address.version == family:
            continue
        yield Finding(
            at=line.words[0].span,
            subject=(instance.node.name, instance.name, "virtual_ipaddress", line.keyword, "family"),
            message=(
                f"{line.keyword} of {instance.name} on {instance.node.name} is IPv{address.version}, and the instance "
                f"IPv{family}: keepalived leaves it out"
            ),
            label=f"not IPv{family}",
            related=[Related("the first address decides", lines[0].words[0].span)],
            help="move it to virtual_ipaddress_excluded, or give it an instance of its own",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node),
        )


def _duplicates(instance: VrrpInstance, lines: list[Statement]) -> Iterator[Finding]:
    seen: dict[str, Statement] = {}
    refused = holds(instance.node, since=DUPLICATES_REFUSED)
    for line in lines:
        address = str(address_of(line.keyword))
        first = seen.setdefault(address, line)
        if first is line:
            continue
        yield Finding(
            at=line.words[0].span,
            subject=(instance.node.name, instance.name, "virtual_ipaddress", address, "again"),
            severity="warning",
            message=(
                f"{address} is listed twice in {instance.name} on {instance.node.name}: from 2.3 on the second is "
                "ignored, before it is counted in the adverts, and a peer that lists it once drops them"
            ),
            label="listed before",
            related=[Related("first here", first.words[0].span)],
            help="take one of the two lines out",
            nodes=(instance.node.name,),
            fails_check="keepalived" if refused else None,
        )


def _too_many(instance: VrrpInstance, count: int) -> Finding:
    return Finding(
        at=instance.vips_span,
        subject=(instance.node.name, instance.name, "virtual_ipaddress", "count"),
        severity="warning",
        message=(
            f"{instance.name} on {instance.node.name} has {count} VIPs, and an advert carries {ADDRESSES_IN_ADVERT}: "
            "keepalived treats the rest as excluded ones"
        ),
        label=f"{count} addresses",
        help="move the rest to virtual_ipaddress_excluded, on every node alike",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

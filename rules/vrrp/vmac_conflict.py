"""The rule ``vrrp/vmac-conflict``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, rule
from cfglint.engine.places import reported_at_end
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import INTERFACE_LIMIT, parse_address

MAC = re.compile(r"(?:[0-9A-Fa-f]{1,2}:){4}[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2})?:?")
"""Six octets, or five with the VRID as the sixth."""
VMAC = ("use_vmac", "use_ipvlan")


def _line(instance: VrrpInstance, *keywords: str) -> Statement | None:
    children = instance.block.children if instance.block is not None else []
    return next((child for child in children if child.keyword in keywords), None)


def _bad_word(line: Statement, *, named: bool) -> tuple[str, str] | None:
    """The first word of use_vmac that keepalived does not take, and why.

    Args:
        line: the use_vmac line.
        named: a line above has named the interface.
    """
    addressed, skip = False, False
    for word in line.words[1:]:
        text = word.text
        if skip or text in {"name", "group", "netlink_notify_msg"}:
            skip = text == "group"
        elif ":" in text:
            why = "a second MAC address" if addressed else _mac_fault(text)
            if why:
                return text, why
            addressed = True
        elif named:
            return text, "a second name for the interface"
        elif len(text) > INTERFACE_LIMIT or "/" in text:
            return text, f"no interface name of at most {INTERFACE_LIMIT} characters"
        else:
            named = True
    return None


def _mac_fault(text: str) -> str:
    if MAC.fullmatch(text) is None:
        return "no MAC address"
    octets = [int(octet, 16) for octet in text.rstrip(":").split(":")]
    if octets[0] & 1:
        return "a multicast address"
    if octets[:4] == [0, 0, 0x5E, 0] and octets[4] in {1, 2}:
        return "an address that VRRP keeps for itself"
    return ""


def _conflict(instance: VrrpInstance) -> tuple[Statement, str, str] | None:
    """The line, what the daemon does, and what to do."""
    vmac, base = _line(instance, *VMAC), _line(instance, "vmac_xmit_base")
    named = False
    for line in instance.block.children if instance.block is not None else ():
        if line.keyword == "use_vmac" and not is_open(line):
            bad = _bad_word(line, named=named)
            if bad is not None:
                return line, f"names {bad[0]}, {bad[1]}, and keepalived ignores it", "correct it"
            named = named or any(":" not in word.text for word in line.words[1:])
    addressed = vmac is not None and any(parse_address(word.text) for word in vmac.words[1:])
    if vmac is not None and vmac.keyword == "use_ipvlan" and instance.family == 4 and not addressed:
        return vmac, "names no address, and the instance goes to FAULT", "write an IPv4 address after it"
    if vmac is not None and base is None and instance.unicast_configured:
        return vmac, "needs vmac_xmit_base with unicast, which keepalived sets by itself", "add vmac_xmit_base"
    if vmac is None and base is not None:
        return base, "has no effect without use_vmac, and keepalived clears it", "add use_vmac, or take the line out"
    promote = _line(instance, "promote_secondaries")
    if vmac is not None and promote is not None:
        return promote, "is set for virtual MACs anyway, and keepalived ignores it", "take the line out"
    return None


@rule(
    severity="info",
    sources=["keepalived -t 2.0.20 to 2.4.3: `unicast with use_vmac requires vmac_xmit_base - setting`"],
)
def vmac_conflict(instance: VrrpInstance) -> Iterator[Finding]:
    """Settings of a virtual MAC do not fit together.

    Why it hurts: keepalived corrects them by itself and runs, but its own check fails, and the file says something that
    is not so.

    When it stays silent: for `use_vmac` with multicast, and with unicast and `vmac_xmit_base`.

    What to do: write what the daemon sets, or take out what it ignores.
    """
    found = _conflict(instance)
    if found is None:
        return
    line, what, advice = found
    yield Finding(
        at=line.words[0].span,
        subject=(instance.node.name, instance.name, line.keyword),
        message=f"{line.keyword} of {instance.name} on {instance.node.name} {what}",
        label="does not fit",
        related=reported_at_end(instance.block),
        help=advice,
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

"""The rule ``vrrp/unicast-peer-empty``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, holds, is_open, name_of, statements, within
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_arguments import parse_address

UNICAST = ("unicast_peer", "unicast_src_ip", "check_unicast_src", "old_unicast_checksum")
"""Keywords that say unicast; without a peer the daemon asks about them (2.2.5 and later)."""

WARNED_SINCE = "2.2.5"
DUPLICATES_REFUSED = "2.3.0"


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.2.7 to 2.4.3: `A unicast keyword has been specified without any unicast peers`",
        "keepalived -t 2.0.20 to 2.4.3: `malformed unicast peer address`, `MUST be of the same family`",
    ],
)
def unicast_peer_empty(config: KeepalivedConfig) -> Iterator[Finding]:
    """An instance says unicast and has no usable peer, or a line of `unicast_peer` is no address.

    Why it hurts: keepalived skips a line that it cannot read. Without any peer left it falls back to multicast, which a
    cloud network does not carry and a unicast peer does not hear: both nodes become MASTER.

    When it stays silent: for instances with a peer of their own address family; for `unicast_fault_no_peer`; for peers
    that a variable or template leaves open.

    What to do: write one address a line in unicast_peer, without a prefix, port or comma.
    """
    instances = {instance.name: instance for instance in config.instances}
    for block in statements(config, "vrrp_instance"):
        instance = instances.get(name_of(block))
        if not isinstance(block, Block) or instance is None:
            continue
        lines = list(within(block, "unicast_peer", VALUE))
        bad = [line for line in lines if not is_open(line) and _problem(instance, line)]
        for line in bad:
            yield _bad_peer(instance, line, _problem(instance, line))
        yield from _repeated(instance, [line for line in lines if line not in bad])
        words = [child for child in block.children if child.keyword in UNICAST]
        if words and len(bad) == len(lines) and not block.damaged and not block.unknown:
            faulty = any(child.keyword == "unicast_fault_no_peer" for child in block.children)
            if not faulty and (not bad or not lines):
                yield _no_peer(instance, words[0])


def _problem(instance: VrrpInstance, line: Statement) -> str:
    """Why the daemon skips a peer; empty when it takes it."""
    address = parse_address(line.keyword)
    if address is None:
        return "is no IP address"
    family = instance.family
    known = not isinstance(family, Unknown)
    return f"is IPv{address.version}, and the instance IPv{family}" if known and address.version != family else ""


def _bad_peer(instance: VrrpInstance, line: Statement, why: str) -> Finding:
    node = instance.node
    return Finding(
        at=line.words[0].span,
        subject=(node.name, instance.name, "unicast_peer", line.keyword),
        message=(
            f"the unicast peer {line.keyword} of {instance.name} on {node.name} {why}: keepalived skips it and sends "
            f"it no "
            "adverts"
        ),
        label="skipped",
        help="write one address a line, of the same family as the VIPs, without prefix, port or comma",
        nodes=(node.name,),
        fails_check=fails_check(node),
    )


def _repeated(instance: VrrpInstance, lines: list[Statement]) -> Iterator[Finding]:
    """Peers that are listed twice: their adverts are doubled; from 2.3 on the second is refused."""
    first: dict[str, Statement] = {}
    refused = holds(instance.node, since=DUPLICATES_REFUSED)
    for line in lines:
        earlier = first.setdefault(line.keyword, line)
        if earlier is line or is_open(line):
            continue
        yield Finding(
            at=line.words[0].span,
            subject=(instance.node.name, instance.name, "unicast_peer", line.keyword, "again"),
            severity="warning",
            message=(
                f"unicast peer {line.keyword} of {instance.name} is listed twice on {instance.node.name}: it gets "
                f"every "
                "advert twice, and from 2.3 on keepalived refuses the second line"
            ),
            label="listed before",
            related=[Related("first here", earlier.words[0].span)],
            help="take one of the two lines out",
            nodes=(instance.node.name,),
            fails_check="keepalived" if refused else None,
        )


def _no_peer(instance: VrrpInstance, word: Statement) -> Finding:
    node = instance.node
    warned = holds(node, since=WARNED_SINCE)
    return Finding(
        at=word.words[0].span,
        subject=(node.name, instance.name, "unicast_peer"),
        message=(
            f"{instance.name} on {node.name} says {word.keyword} and has no unicast peer: keepalived sends its adverts "
            f"by "
            "multicast, where peers that use unicast do not look for them"
        ),
        label="no peer listed",
        related=[Related("the instance", instance.span)],
        help="list every peer's address in unicast_peer, or take the unicast lines out",
        nodes=(node.name,),
        fails_check="keepalived" if warned is not False else None,
    )

"""The rule ``vrrp/config-copied-verbatim``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import listing, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address, VrrpInstance


def _source(member: VrrpInstance) -> tuple[str, Setting[Address | None]]:
    return ("unicast_src_ip", member.unicast_source) if member.is_unicast else ("mcast_src_ip", member.multicast_source)


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.2.7 (FAULT: source address not configured) and 2.3.4, 2.4.3"],
)
def config_copied_verbatim(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Two members of one virtual router claim the same source address: a file was copied with its node's own values.

    Why it hurts: only one host can have the address. On the other, keepalived 2.2 goes to FAULT and the VIP never
    moves there; other releases send adverts with a foreign source, and the hosts do not hear each other.

    When it stays silent: where each node names its own address, or none; for values that are not known.

    What to do: write each node's own address in unicast_src_ip (mcast_src_ip), and the other's in unicast_peer.
    """
    by_address: dict[Address, list[VrrpInstance]] = defaultdict(list)
    for member in group.members:
        value = _source(member)[1].value
        if value is not None and not isinstance(value, Unknown):
            by_address[value].append(member)
    for address, members in by_address.items():
        if len(members) < 2:
            continue
        last = members[-1]
        keyword, setting = _source(last)
        yield Finding(
            at=setting.span,
            subject=(*group.key, keyword),
            message=(
                f"{listing(names(members))} both claim {keyword} {address} for {group.name}, which only one host "
                "can have: on the other the instance goes to FAULT or sends adverts that the peer does not answer"
            ),
            label=f"also on {members[0].node.name}",
            related=[Related(f"on {member.node.name}", _source(member)[1].span) for member in members[:-1]],
            help=f"write each node's own address in {keyword}, and the other nodes' in unicast_peer",
            nodes=names(members),
        )

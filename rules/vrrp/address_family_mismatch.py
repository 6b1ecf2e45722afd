"""The rule ``vrrp/address-family-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, Related, rule
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived_arguments import parse_address

FOLLOWS = {
    "mcast_src_ip": "ignores it and sends from the interface's own address",
    "unicast_src_ip": "ignores it and sends from the interface's own address, which a peer may refuse",
    "mcast_dst_ip": "ignores it and sends to the usual group",
}
"""Lines with one address of an instance, and what the daemon does with one of the other family."""


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `src address … MUST be of the same family`, `MUST match VRRP instance`"],
)
def address_family_mismatch(instance: VrrpInstance) -> Iterator[Finding]:
    """A source or destination address is of another family than the instance.

    Why it hurts: an instance is IPv4 or IPv6 altogether, as its first address says. keepalived ignores an address of
    the other family: adverts leave from or to another address than the one that firewalls and peers expect.

    When it stays silent: for addresses of the instance's own family, for text that is no address, which is reported
    itself, and where a template leaves the family open.

    What to do: write an address of the same family as the VIPs.
    """
    family = instance.family
    if isinstance(family, Unknown) or instance.block is None:
        return
    for line in instance.block.children:
        if line.keyword not in FOLLOWS or len(line.words) < 2 or is_open(line):
            continue
        address = parse_address(line.words[1].text)
        if address is None or address.version == family:
            continue
        yield Finding(
            at=line.words[1].span,
            subject=(instance.node.name, instance.name, line.keyword, "family"),
            message=(
                f"{line.keyword} of {instance.name} on {instance.node.name} is IPv{address.version}, and the instance "
                f"is IPv{family}: keepalived {FOLLOWS[line.keyword]}"
            ),
            label=f"not IPv{family}",
            related=[Related(f"IPv{family} by its first address", instance.vips_span)],
            help=f"write an IPv{family} address",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node),
        )

"""The rule ``vrrp/template-default-credentials``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import Fleet
from cfglint.model.value import Secret
from cfglint.model.vrrp import VrrpInstance

SAMPLE_VRID = 51
SAMPLE_PASSWORDS = frozenset({"1111", "1066", "1234", "12345", "123456", "12345678", "password", "secret"})
"""What stands in the sample file of Keepalived and in the recipes that are copied from it."""


@rule(
    severity="info",
    sources=[
        "the sample keepalived.conf that the package installs",
        "elections observed with keepalived 2.3.4 and 2.4.3: two pairs of one VRID and password hold one election",
    ],
)
def template_default_credentials(fleet: Fleet) -> Iterator[Finding]:
    """An instance has the VRID and the password of the samples that everybody copies.

    Why it hurts: a second pair on the segment that was copied from the same sample passes for a member of this virtual
    router. From Keepalived 2.3.3 on the two hold one election, and the VIPs of the weaker pair are on nobody.

    When it stays silent: for another VRID or password; for unicast; in VRRPv3, which has no password.

    What to do: choose a VRID that is unique on the segment, and a password of your own.
    """
    placed: set[int] = set()
    for group in (group for cluster in fleet.clusters for group in cluster.groups):
        placed.update(id(member) for member in group.members)
        found = [member for member in group.members if _from_sample(member)]
        if found:
            yield _finding(group.key, found)
    for node in fleet.nodes:
        for instance in node.keepalived.instances if node.keepalived is not None else ():
            if id(instance) not in placed and _from_sample(instance):
                yield _finding((node.name, instance.name), [instance])


def _from_sample(instance: VrrpInstance) -> bool:
    used = instance.authentication
    if instance.vrid.value != SAMPLE_VRID or used.kind != "PASS" or instance.is_unicast:
        return False
    return isinstance(used.password, Secret) and used.password.value in SAMPLE_PASSWORDS


def _finding(key: tuple[str, ...], instances: list[VrrpInstance]) -> Finding:
    first = instances[0]
    nodes = tuple(instance.node.name for instance in instances)
    return Finding(
        at=first.vrid.span,
        subject=(*key, "virtual_router_id", "sample"),
        message=(
            f"{first.name} on {listing(nodes)} has VRID {SAMPLE_VRID} and a password of the samples that everybody "
            "copies: another pair on the segment with the same sample passes for this virtual router"
        ),
        label="as in the samples",
        related=[
            Related(f"the password on {instance.node.name}", instance.authentication.password_span)
            for instance in instances
            if instance.authentication.password_span is not None
        ],
        help="use a VRID that is unique on the segment, and a password of your own, on every node",
        nodes=nodes,
    )

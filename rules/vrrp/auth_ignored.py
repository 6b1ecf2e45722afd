"""The rule ``vrrp/auth-ignored``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

REASONS = {"VRRPv3": "VRRP version 3 has no authentication", "vrrp_strict": "strict mode forbids authentication"}


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `VRRP version 3 does not support authentication`",
        "RFC 5798 §9: authentication was removed",
    ],
)
def auth_ignored(instance: VrrpInstance) -> Iterator[Finding]:
    """An `authentication` block has no effect: VRRP version 3 or strict mode switches it off.

    Why it hurts: everybody on the segment can take the VIPs over, while the file looks as if a password guarded them;
    the daemon's own check fails.

    When it stays silent: for VRRPv2 without strict mode; for `auth_hmac` of 2.4, which is made for version 3.

    What to do: take the block out, on every node; nothing changes on the wire. To keep a password, use version 2
    without vrrp_strict, or auth_hmac from 2.4 on.
    """
    reason = REASONS.get(instance.authentication.ignored)
    if reason is None:
        return
    yield Finding(
        at=instance.authentication.span,
        subject=(instance.node.name, instance.name, "authentication"),
        message=(
            f"the authentication of {instance.name} on {instance.node.name} is ignored, since {reason}: its adverts "
            f"carry "
            "no password"
        ),
        label="has no effect",
        related=[Related(f"version {instance.version.value} comes from here", instance.version.span)]
        if instance.authentication.ignored == "VRRPv3" and instance.version.written
        else [],
        help="take the authentication block out on every node",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

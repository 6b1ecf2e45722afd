"""The rule ``vrrp/version-conflict``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

VERSIONS = frozenset({"2", "3"})


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `vrrp_version … conflicts with configured … version`"],
)
def version_conflict(instance: VrrpInstance) -> Iterator[Finding]:
    """An instance names two VRRP versions.

    Why it hurts: keepalived keeps the first and ignores the second. A peer that reads another version drops its
    adverts, and both hold the VIPs.

    When it stays silent: for one version line, and for two that say the same.

    What to do: keep one line, the same on every node.
    """
    children = instance.block.children if instance.block is not None else []
    lines = [
        child
        for child in children
        if child.keyword == "version"
        and len(child.words) > 1
        and child.words[1].text in VERSIONS
        and not is_open(child)
    ]
    for line in lines[1:]:
        first, again = lines[0].words[1].text, line.words[1].text
        if first == again:
            continue
        yield Finding(
            at=line.span,
            subject=(instance.node.name, instance.name, "version"),
            message=f"{instance.name} on {instance.node.name} has version {first} and then {again}: {first} is used",
            label="ignored",
            related=[Related(f"version {first} here", lines[0].span)],
            help="keep one of the two lines",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node),
        )

"""The rule ``vrrp/setting-without-effect``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement

ADDRESS_OWNER = 255
NOPREEMPT_ONLY = frozenset({"timer_expired_backup", "thread_timer_expired"})
OFF = frozenset({"false", "off", "no"})


def _fault(instance: VrrpInstance, line: Statement, before: set[str]) -> str:
    """Why a line has no effect; empty when it has."""
    switched_off = len(line.words) > 1 and line.words[1].text in OFF
    if line.keyword in NOPREEMPT_ONLY and instance.nopreempt_span is None:
        return "works only beside nopreempt"
    if line.keyword == "owner_ignore_adverts" and instance.priority.value != ADDRESS_OWNER and not switched_off:
        return "is for priority 255 only"
    if line.keyword == "vrf" and "interface" in before:
        return "does not go together with an interface"
    if line.keyword == "native_ipv6" and instance.family == 4:
        return "is for IPv6 only, and this instance has IPv4 addresses"
    return ""


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `requires nopreempt - resetting`, `since priority is not 255`"],
)
def setting_without_effect(instance: VrrpInstance) -> Iterator[Finding]:
    """A line of an instance has no effect beside its other settings.

    Why it hurts: keepalived ignores it and runs: what the file says does not happen, and the daemon's check fails.

    When it stays silent: for lines whose condition holds; for strict mode's own overrides, which have a rule of their
    own.

    What to do: take the line out, or set what it needs.
    """
    before: set[str] = set()
    for line in instance.block.children if instance.block is not None else ():
        why = "" if is_open(line) else _fault(instance, line, before)
        before.add(line.keyword)
        if why:
            yield Finding(
                at=line.span,
                subject=(instance.node.name, instance.name, line.keyword),
                message=f"{line.keyword} of {instance.name} on {instance.node.name} {why}: keepalived ignores it",
                label="has no effect",
                help="take the line out, or set what it needs",
                nodes=(instance.node.name,),
                fails_check=fails_check(instance.node),
            )

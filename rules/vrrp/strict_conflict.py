"""The rule ``vrrp/strict-conflict``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement

ADDRESS_OWNER = 255
DEFAULT_DOWN_TIMER = "3"
STATES = frozenset({"MASTER", "BACKUP"})
ON = frozenset({"true", "on", "yes", ""})


def _value(line: Statement) -> str:
    return line.words[1].text if len(line.words) > 1 else ""


def _lines(instance: VrrpInstance) -> dict[str, Statement]:
    """The last line of each keyword."""
    children = instance.block.children if instance.block is not None else []
    return {child.keyword: child for child in children if not is_open(child)}


def _conflicts(instance: VrrpInstance, lines: dict[str, Statement]) -> Iterator[tuple[Statement, str]]:
    """Lines that strict mode overrides, and what they become."""
    owner = instance.priority.value == ADDRESS_OWNER
    state = lines.get("state")
    if state is not None and _value(state) in STATES and (_value(state) == "MASTER") != owner:
        yield state, "becomes MASTER" if owner else "becomes BACKUP, since only priority 255 may start as MASTER"
    for keyword in ("garp_lower_prio_repeat", "garp_lower_prio_delay"):
        line = lines.get(keyword)
        if line is not None and _value(line).strip("0"):
            yield line, "becomes 0"
    no_advert, higher = lines.get("lower_prio_no_advert"), lines.get("higher_prio_send_advert")
    if no_advert is not None and _value(no_advert) not in ON:
        yield no_advert, "becomes true"
    if higher is not None and _value(higher) in ON:
        yield higher, "becomes false"
    timer = lines.get("down_timer_adverts")
    if timer is not None and _value(timer) != DEFAULT_DOWN_TIMER:
        yield timer, f"becomes {DEFAULT_DOWN_TIMER}"
    none = lines.get("no_virtual_ipaddress")
    if none is not None:
        yield none, "is cleared, so the instance needs a VIP"
    base = lines.get("vmac_xmit_base")
    if base is not None and "use_vmac" in lines:
        yield base, "is cleared"


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Strict mode requires …`, `State MASTER must match being address owner`"],
)
def strict_conflict(instance: VrrpInstance) -> Iterator[Finding]:
    """A line of an instance is overridden by strict mode.

    Why it hurts: `vrrp_strict` holds the instance to the letter of the RFC: keepalived changes the setting by itself
    and runs. What the file says is not what happens, and the daemon's check fails.

    When it stays silent: without `vrrp_strict` and `strict_mode`; for settings that strict mode allows; for
    authentication, preempt_delay and accept, which have findings of their own.

    What to do: take the line out, or vrrp_strict, on every node alike.
    """
    if not instance.strict:
        return
    for line, follows in _conflicts(instance, _lines(instance)):
        yield Finding(
            at=line.span,
            subject=(instance.node.name, instance.name, line.keyword, "strict"),
            message=f"{line.keyword} of {instance.name} on {instance.node.name} {follows} in strict mode",
            label="overridden by strict mode",
            help="take the line out, or vrrp_strict on every node",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node),
        )

"""The rule ``vrrp/preempt-delay-conflict``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import block_named_at, fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement


def _line(instance: VrrpInstance, keyword: str) -> Statement | None:
    block = block_named_at(instance.config, instance.span)
    lines = [child for child in block.children if child.keyword == keyword] if block is not None else []
    return lines[-1] if lines else None


def _is_set(line: Statement) -> bool:
    """True for a delay above zero that the daemon reads."""
    return (
        len(line.words) > 1 and bool(line.words[1].text.strip("0.")) and line.words[1].text.replace(".", "").isdecimal()
    )


def _conflict(instance: VrrpInstance) -> tuple[str, Span] | None:
    """What switches the delay off, in words, and where."""
    if instance.state.value == "MASTER":
        return "state MASTER", instance.state.span
    if instance.strict:
        return "strict mode", instance.span
    if instance.nopreempt_span is not None and instance.priority.value != ADDRESS_OWNER:
        return "nopreempt", instance.nopreempt_span
    return None


ADDRESS_OWNER = 255


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `preempt delay will not work`, `preempt_delay is incompatible with`"],
)
def preempt_delay_conflict(instance: VrrpInstance) -> Iterator[Finding]:
    """A `preempt_delay` stands beside `state MASTER`, `nopreempt` or strict mode, which switch it off.

    Why it hurts: the pause that was meant to keep the VIPs away from a node that has just started does not happen: it
    takes them before its services are ready.

    When it stays silent: for `preempt_delay 0`; for `state BACKUP` without nopreempt and strict mode, where it works.

    What to do: write `state BACKUP` to keep the delay; with nopreempt take it out.
    """
    line = _line(instance, "preempt_delay")
    conflict = _conflict(instance)
    if line is None or conflict is None or not _is_set(line):
        return
    what, at = conflict
    yield Finding(
        at=line.span,
        subject=(instance.node.name, instance.name, "preempt_delay"),
        message=(
            f"preempt_delay of {instance.name} on {instance.node.name} has no effect beside {what}: keepalived clears "
            f"it "
            "and waits for nothing"
        ),
        label="has no effect",
        related=[Related(f"{what} here", at)],
        help="write state BACKUP and no nopreempt to keep the delay, or take the line out",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

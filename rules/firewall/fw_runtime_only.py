"""The rule ``firewall/fw-runtime-only``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.model.firewall_scripts import firewalld_commands
from cfglint.model.firewalld_commands import FirewalldCommand, element_of, same
from cfglint.model.firewalld_config import FirewalldConfig, read_firewalld
from cfglint.model.node import Node

LOADS = ("reload", "complete-reload", "runtime-to-permanent")


@rule(
    severity="warning",
    sources=["firewalld 1.3.3: --permanent without --reload is not active, and a reload drops runtime changes"],
)
def fw_runtime_only(node: Node) -> Iterator[Finding]:
    """A script changes firewalld only until the next reload, or only from the next reload on.

    Why it hurts: a change without `--permanent` is gone after a reload or reboot, when nobody is looking; one with
    `--permanent` and no reload is not there now. Either way a test of the moment says nothing about the next failover.

    When it stays silent: where the same change is made both ways, where `--runtime-to-permanent` or a reload follows,
    where the zone's file holds the change, for commands under a condition, and for scripts that Keepalived calls.

    What to do: use `--permanent` and then `firewall-cmd --reload`, or add `firewall-cmd --runtime-to-permanent`.
    """
    commands = firewalld_commands(node.tree)
    config = read_firewalld(node.tree) if commands else None
    for at, command in enumerate(commands):
        later = commands[at + 1 :]
        if not command.changes:
            continue
        if command.permanent:
            if any(any(other.has(name) for name in LOADS[:2]) for other in later) or _twin(command, commands):
                continue
            what = "only in the permanent configuration: it is not active until the next reload"
            advice = "run `firewall-cmd --reload` after it"
        else:
            if any(other.has("runtime-to-permanent") for other in later) or _twin(command, commands):
                continue
            if config is not None and _stored(command, config):
                continue
            what = "only the running firewall: the change is gone after a reload or reboot"
            advice = "add `--permanent` and reload, or run `firewall-cmd --runtime-to-permanent`"
        yield Finding(
            at=command.span,
            message=f"`{command.text}` on {node.name} changes {what}",
            subject=(node.name, "firewall-cmd", *(f"{name}={value}" for name, value in command.changes)),
            help=advice,
            nodes=[node.name],
        )


def _twin(command: FirewalldCommand, commands: list[FirewalldCommand]) -> bool:
    """True when another command makes the same change on the other side."""
    return any(
        other.permanent is not command.permanent
        and set(command.changes) <= set(other.changes)
        and sorted(other.scopes) == sorted(command.scopes)
        for other in commands
    )


def _stored(command: FirewalldCommand, config: FirewalldConfig) -> bool:
    """True when the zone's own file holds what the command adds."""
    root = config.zones.get(command.scope("zone") or config.default_zone)
    if root is None:
        return False
    for name, value in command.changes:
        element = element_of(name.partition("-")[2], value, command.span)
        if not name.startswith(("add-", "change-")) or element is None:
            return False
        if not any(same(child, element) for child in root.children):
            return False
    return True

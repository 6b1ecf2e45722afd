"""The rule ``scripts/script-user-unresolvable``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import ScriptUse, script_uses
from cfglint.analysis.keepalived_statements import block_named_at, statements, within
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import listing
from cfglint.model.host_users import HostUsers, read_host_users
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span

DEFAULT_USER = "keepalived_script"

NAMES = re.compile(r"[A-Za-z0-9_][\w.-]*\$?(?: [A-Za-z0-9_][\w.-]*\$?)?")

Named = tuple[str, Span]
"""A user and optionally a group as written, with the place."""


def _named(config: KeepalivedConfig) -> Iterator[tuple[Named, ScriptUse]]:
    """Every program with the user that it is to run as; without those that run as the daemon's own user."""
    own = {script.name: script for script in config.scripts}
    lines = [*statements(config, "global_defs", "script_user")]
    security = [*statements(config, "global_defs", "enable_script_security")]
    for use in script_uses(config):
        script = own.get(use.name) if use.kind == "check" else None
        if script is not None and script.user is not None:
            block = block_named_at(config, script.span)
            user = [*within(block, "user")] if block is not None else []
            yield (script.user, user[-1].span if user else script.span), use
        elif use.notify is not None and use.notify.user is not None:
            yield (f"{use.notify.user} {use.notify.group or ''}".strip(), use.span), use
        elif use.kind == "checker":
            continue  # a MISC_CHECK may name a user of its own in its block
        elif config.script_user is not None:
            yield (config.script_user, lines[-1].span if lines else config.span), use
        elif config.script_security:
            yield (DEFAULT_USER, security[-1].span if security else config.span), use


def _missing(written: str, host: HostUsers) -> str | None:
    """What a host does not have of a user and group; empty when it has both; None when its files do not tell."""
    user, _, group = written.partition(" ")
    if not NAMES.fullmatch(written):
        return ""
    if user and not user.isdigit() and user != "root":
        if host.users is None:
            return None
        if user not in host.users:
            return f"user {user}"
    if group and not group.isdigit() and group != "root":
        if host.groups is None:
            return None
        if group not in host.groups:
            return f"group {group}"
    return ""


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 and 2.3.4 in network namespaces: `Unable to set default user for vrrp script … - removing`",
        "keepalived 2.2.7: with a check that fails, and whose user is unknown, the node stays MASTER",
    ],
)
def script_user_unresolvable(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """The user that scripts run as does not exist on the node.

    Why it hurts: Keepalived removes every script whose user or group it does not find, and runs without it: a check
    that is gone never fails, and the VIPs stay on a node whose service is dead. With `enable_script_security` and no
    `script_user`, that user is `keepalived_script`, which few hosts have.

    When it stays silent: where etc/passwd (or etc/group) of the node has the name, or is not among the files
    (unchecked); where users come from a directory service; for numbers and unset variables. For notify scripts alone
    it is a warning.

    What to do: name an existing user in `script_user`, or create it on every node.
    """
    affected: dict[Named, list[ScriptUse]] = defaultdict(list)
    for named, use in _named(config):
        affected[named].append(use)
    if not affected:
        return
    node = config.node
    host = read_host_users(node.tree)
    for (written, span), uses in affected.items():
        missing = _missing(written, host)
        if missing is None and written == DEFAULT_USER:
            yield Unchecked(node.name, f"whether the user {written} exists", "no user database of the node")
        elif missing:
            yield _finding(config, missing, span, uses)


def _finding(config: KeepalivedConfig, missing: str, span: Span, uses: list[ScriptUse]) -> Finding:
    node, checks = config.node, [use for use in uses if use.kind == "check"]
    by_default = config.script_user is None and missing == f"user {DEFAULT_USER}"
    why = f"scripts of {node.name} are to run as {missing}, which it does not have"
    if by_default:
        why = f"enable_script_security without script_user needs {missing}, which {node.name} does not have"
    follows = (
        f"keepalived removes {listing(use.owner for use in checks)}, the check never fails, and the VIPs stay on a "
        "node whose service is dead"
        if checks
        else "no notify script runs"
    )
    return Finding(
        at=span,
        subject=(node.name, (checks or uses)[0].name, "script"),
        severity="error" if checks else "warning",
        message=f"{why}: {follows}",
        label=f"no {missing}",
        related=[Related(f"{use.owner} runs as it", use.span) for use in uses[:3] if use.span != span],
        help="name an existing user in script_user, or create this one on every node",
        nodes=(node.name,),
    )

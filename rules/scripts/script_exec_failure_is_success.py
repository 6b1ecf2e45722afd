"""The rule ``scripts/script-exec-failure-is-success``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import script_head, script_place, script_uses
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span


def _fault(head: bytes) -> str:
    """Why the kernel cannot start a script; empty when it can."""
    first = head.split(b"\n", 1)[0]
    if head.startswith(b"\xef\xbb\xbf#!"):
        return "begins with a byte order mark"
    if not first.startswith(b"#!"):
        return ""
    if first.endswith(b"\r"):
        return "has Windows line ends, so its first line names an interpreter that ends in a carriage return"
    interpreter = first[2:].strip().split(b" ")[0]
    return "" if interpreter.startswith(b"/") else "names no absolute path of an interpreter in its first line"


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7, run: `exit 1` behind a first line with a carriage return: `VRRP_Script(chk) succeeded`"
    ],
)
def script_exec_failure_is_success(config: KeepalivedConfig) -> Iterator[Finding]:
    """A script cannot be started, and keepalived takes that for success.

    Why it hurts: where the kernel cannot start a script, keepalived counts the run as a success. The check is green for
    ever, and the VIPs stay on a node whose service is dead; a notify script does nothing.

    When it stays silent: for a first line `#!/absolute/path` that ends in a plain line end; for scripts without such a
    line; for files that are not in the node's directory.

    What to do: strip the carriage returns, and write the interpreter's absolute path. A check that could never fail
    begins to work, which can move a VIP.
    """
    for use in script_uses(config):
        found = script_place(config, use.program)
        fault = _fault(script_head(found[1])) if found is not None else ""
        if found is None or not fault:
            continue
        follows = "counts as success: the check never fails" if use.kind == "check" else "is not reported: nothing runs"
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.program} of {use.owner} on {config.node.name} {fault}: it cannot be started, and for keepalived "
                f"that {follows}"
            ),
            label="cannot be started",
            related=[Related("its first line", Span(config.node.tree.shown_path(found[0]), 1, 1, 1, 3))],
            help="write #! and the interpreter's absolute path in the first line, with plain line ends",
            nodes=(config.node.name,),
        )

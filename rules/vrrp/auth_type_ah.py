"""The rule ``vrrp/auth-type-ah``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Block, Statement

ADDRESS_OWNER = 255


def _line(block: Block | None, keyword: str) -> Statement | None:
    """The last line of a keyword that has a value."""
    lines = [child for child in block.children if child.keyword == keyword and len(child.words) > 1] if block else []
    return lines[-1] if lines else None


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Initial state master is incompatible with AH authentication - clearing`",
        "keepalived.conf(5): AH is not recommended; packets observed: its adverts are IP protocol 51, not 112",
    ],
)
def auth_type_ah(instance: VrrpInstance) -> Iterator[Finding]:
    """An instance uses `auth_type AH`.

    Why it hurts: its adverts travel as IP protocol 51, which a firewall that lets VRRP (112) through drops: both nodes
    become MASTER. They do not survive address translation, and the manual advises against it. `state MASTER` is cleared
    beside it, which also makes the daemon's check fail.

    When it stays silent: for `auth_type PASS` and for no authentication; where version 3 or strict mode ignores it.

    What to do: write `auth_type PASS`, or no authentication, on every node at once.
    """
    block = instance.block
    authentication = next(
        (child for child in (block.children if block else []) if child.keyword == "authentication"), None
    )
    kind = _line(authentication, "auth_type") if isinstance(authentication, Block) else None
    if kind is None or kind.words[1].text != "AH" or instance.authentication.kind != "AH":
        return
    state = _line(block, "state")
    cleared = state is not None and state.words[1].text == "MASTER" and instance.priority.value != ADDRESS_OWNER
    follows = ", and state MASTER has no effect beside it" if cleared else ""
    yield Finding(
        at=kind.words[1].span,
        subject=(instance.node.name, instance.name, "authentication", "auth_type"),
        message=(
            f"{instance.name} on {instance.node.name} uses auth_type AH: its adverts are IP protocol 51, which rules "
            f"for "
            f"VRRP (112) do not let through{follows}"
        ),
        label="IP protocol 51",
        related=[Related("state MASTER is cleared", state.span)] if cleared and state is not None else [],
        help="write auth_type PASS, or take the authentication out, on every node at once",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node) if cleared else None,
    )

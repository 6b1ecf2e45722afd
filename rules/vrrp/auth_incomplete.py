"""The rule ``vrrp/auth-incomplete``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, statements
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Statement

TYPES = ("PASS", "AH")
OFF = "sends and expects no password, so it and a peer with one drop each other's adverts and both hold the VIPs"


def _lines(block: Block, keyword: str) -> list[Statement]:
    return [child for child in block.children if child.keyword == keyword]


def _finding(config: KeepalivedConfig, name: str, at: Span, what: str, label: str, *, fails: bool) -> Finding:
    return Finding(
        at=at,
        subject=(config.node.name, name, "authentication", "auth_type"),
        message=f"{what}: {config.node.name} {OFF}",
        label=label,
        help="write both auth_type PASS and auth_pass, the same on every node, or take the whole block out everywhere",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node) if fails else None,
    )


@rule(
    severity="warning",
    sources=[
        (
            "keepalived -t 2.0.20 to 2.4.3: `unknown authentication type`, `Authentication specified but no password "
            "given`"
        ),
        "keepalived's dump 2.2.7: auth_pass without auth_type is no authentication, without a message",
    ],
)
def auth_incomplete(config: KeepalivedConfig) -> Iterator[Finding]:
    """An `authentication` block lacks its password or its type, or names an unknown type.

    Why it hurts: the instance runs without authentication. A peer that has one refuses its adverts, and the other way
    round: both become MASTER and hold the VIPs.

    When it stays silent: for `auth_type PASS` or `AH` with a password; for a block that lines were lost of, which is
    reported itself; for blocks without any line.

    What to do: write both lines, or none on any node.
    """
    for block in statements(config, "vrrp_instance", "authentication"):
        parent = block.parent
        if (
            not isinstance(block, Block)
            or parent is None
            or block.damaged
            or block.unknown
            or block.meant
            or is_open(block)
        ):
            continue
        siblings = [
            child for child in parent.children if isinstance(child, Block) and child.keyword == "authentication"
        ]
        if len(siblings) > 1 or any(is_open(child) for child in block.children):
            continue
        name, kinds, passwords = name_of(parent), _lines(block, "auth_type"), _lines(block, "auth_pass")
        kind = kinds[-1] if kinds else None
        if kind is not None and len(kind.words) > 1 and kind.words[1].text not in TYPES:
            text = kind.words[1].text
            what = f"auth_type {text} of {name} is none that keepalived knows (PASS or AH)"
            yield _finding(config, name, kind.words[1].span, what, "not known", fails=True)
        elif kind is not None and passwords and len(passwords[-1].words) > 1 and not passwords[-1].words[1].text:
            what = f"the auth_pass of {name} is empty"
            yield _finding(config, name, passwords[-1].words[1].span, what, "empty", fails=True)
        elif kind is not None and not passwords:
            what = f"the authentication of {name} has an auth_type and no auth_pass"
            yield _finding(config, name, kind.span, what, "no auth_pass beside it", fails=True)
        elif kind is None and passwords:
            what = f"the authentication of {name} has an auth_pass and no auth_type"
            yield _finding(
                config, name, passwords[-1].words[0].span, what, "has no effect without auth_type", fails=False
            )

"""The rule ``vrrp/advert-int-invalid``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cfglint.analysis.keepalived_statements import fails_check, is_open, keyword_of, name_of, statements
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import argument_fault

PATH = ("vrrp_instance", "advert_int")
V3_LIMIT = Decimal("40.96")
V3_STEP = Decimal("0.01")


def _rounded(instance: VrrpInstance | None, written: Decimal) -> str:
    """What the version of the instance makes of a number in range; empty when it takes it as it is."""
    if instance is None or isinstance(instance.version.value, Unknown):
        return ""
    used = instance.advert_int.value
    if instance.version.value == 2 and written % 1:
        return f"VRRPv2 counts whole seconds, so it becomes {used} s"
    if instance.version.value == 3 and written >= V3_LIMIT:
        return f"VRRPv3 allows less than {V3_LIMIT} s, so it becomes {used} s"
    if instance.version.value == 3 and written % V3_STEP:
        return f"VRRPv3 counts hundredths of a second, so it becomes {used} s"
    return ""


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Advert interval (…) not valid!`, `must be an integer. rounding`",
        "RFC 3768 §5.3.7 (whole seconds), RFC 9568 §5.2.7 (hundredths, 12 bits)",
    ],
)
def advert_int_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """An `advert_int` is out of range, or finer than its VRRP version can send.

    Why it hurts: keepalived ignores or rounds it. In VRRPv2 a node whose interval differs from its peer's is not heard,
    and both hold the VIPs; in VRRPv3 a takeover lasts longer than planned.

    When it stays silent: for 0.01 to 255 s in whole seconds with VRRPv2, and in hundredths below 40.96 s with VRRPv3.

    What to do: write whole seconds, or switch every node to `version 3` for shorter ones.
    """
    instances = {instance.name: instance for instance in config.instances}
    for statement in statements(config, *PATH):
        keyword = keyword_of(PATH, config.node)
        if keyword is None or len(statement.words) < 2 or is_open(statement):
            continue
        name = name_of(statement.parent) if statement.parent is not None else ""
        fault = argument_fault(keyword.argument, [word.text for word in statement.words])
        if fault is not None:
            yield _finding(config, name, statement, f"it takes {fault.expected}, so the line is ignored (default 1 s)")
            continue
        follows = _rounded(instances.get(name), Decimal(statement.words[1].text))
        if follows and statement is _last(statement):
            yield _finding(config, name, statement, follows)


def _last(statement: Statement) -> Statement:
    """The line of the same keyword that counts: the last one of its block."""
    same = (
        [child for child in statement.parent.children if child.keyword == statement.keyword] if statement.parent else []
    )
    return same[-1] if same else statement


def _finding(config: KeepalivedConfig, instance: str, statement: Statement, follows: str) -> Finding:
    word = statement.words[1]
    return Finding(
        at=word.span,
        subject=(config.node.name, instance, "advert_int"),
        message=f"advert_int {word.text} of {instance} on {config.node.name} is not used as written: {follows}",
        label="not used as written",
        help="write whole seconds from 1 to 255, the same on every node; VRRPv3 takes hundredths below 40.96",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

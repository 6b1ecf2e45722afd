"""The rule ``vrrp/priority-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, keyword_of, name_of, statements
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived_arguments import argument_fault

PATH = ("vrrp_instance", "priority")
DEFAULT_PRIORITY = 100


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Priority not valid! must be between 1 & 255. Using default 100`"],
)
def priority_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `priority` is no number from 1 to 255.

    Why it hurts: keepalived silently runs with 100 in its place. The node that should lead may lose every election, and
    the one that should stand by may win; tracking weights are added to the wrong number.

    When it stays silent: for every whole number from 1 to 255; for an instance without a priority line; for one that a
    template leaves open; for an undefined `$NAME`, which is reported itself.

    What to do: write a whole number from 1 to 254; 255 means that the node owns the address.
    """
    for statement in statements(config, *PATH):
        keyword = keyword_of(PATH, config.node)
        if keyword is None or len(statement.words) < 2 or is_open(statement):
            continue
        fault = argument_fault(keyword.argument, [word.text for word in statement.words])
        if fault is None or statement.words[1].text.startswith("$"):
            continue
        instance = name_of(statement.parent) if statement.parent is not None else ""
        word = statement.words[1]
        yield Finding(
            at=word.span,
            subject=(config.node.name, instance, "priority"),
            message=(
                f"priority {word.text} of {instance} on {config.node.name} is not a whole number from 1 to 255: "
                f"keepalived runs with {DEFAULT_PRIORITY} instead, and elections end by that number"
            ),
            label=f"becomes {DEFAULT_PRIORITY}",
            help="write a whole number from 1 to 254, higher on the node that should hold the VIPs",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

"""The rule ``vrrp/garp-interval-zero``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, keyword_of, statements
from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import argument_fault

KEYWORDS = ("vrrp_garp_interval", "vrrp_gna_interval")


def _fix(statement: Statement) -> Fix | None:
    """Take the statement out; only where a number 0 was written plainly."""
    if statement.via or statement.words[1].text.strip("0.") or len(statement.words) > 2:
        return None
    return Fix("Take the line out: 0 is the default", (Edit(statement.span, ""),), safe=True)


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.2.7 to 2.4.3: `vrrp_garp_interval '0' is invalid`; the packaged sample of older releases"
    ],
)
def garp_interval_zero(config: KeepalivedConfig) -> Iterator[Finding]:
    """`vrrp_garp_interval` or `vrrp_gna_interval` is 0 or no number, as the packaged sample of old releases has it.

    Why it hurts: nothing changes at run time, 0 is the default. But the daemon's check fails from 2.2 on, so an upgrade
    or a deployment that runs it stops.

    When it stays silent: for numbers of at least 0.000001 s; where the line is missing.

    What to do: take the line out.
    """
    for name in KEYWORDS:
        for statement in statements(config, "global_defs", name):
            keyword = keyword_of(("global_defs", name), config.node)
            if keyword is None or len(statement.words) < 2 or is_open(statement):
                continue
            fault = argument_fault(keyword.argument, [word.text for word in statement.words])
            if fault is None:
                continue
            yield Finding(
                at=statement.words[1].span,
                subject=(config.node.name, "global_defs", name),
                message=(
                    f"{name} {statement.words[1].text} on {config.node.name} is refused from 2.2 on: nothing changes "
                    f"at "
                    "run time, but keepalived -t fails"
                ),
                label="refused",
                help="take the line out: without it no interval is kept, as with 0",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
                fix=_fix(statement),
            )

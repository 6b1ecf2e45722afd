"""The rule ``syntax/keepalived-argument-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import (
    all_statements,
    fails_check,
    is_open,
    keyword_of,
    place_of,
    subject_of,
)
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import ArgumentFault, argument_fault
from cfglint.syntax.keepalived_keywords import Keyword

OWN_RULES = frozenset(
    {
        ("vrrp_instance", "priority"),
        ("vrrp_instance", "virtual_router_id"),
        ("vrrp_instance", "state"),
        ("vrrp_instance", "advert_int"),
        ("vrrp_instance", "authentication", "auth_type"),
        ("global_defs", "vrrp_garp_interval"),
        ("global_defs", "vrrp_gna_interval"),
        ("virtual_server", "lb_algo"),
        ("virtual_server", "lvs_sched"),
        ("virtual_server", "lb_kind"),
        ("virtual_server", "lvs_method"),
        ("virtual_server", "protocol"),
        ("virtual_server", "persistence_timeout"),
    }
)
"""Statements whose bad values have a rule of their own, since they mean more than a default."""


def _follows(keyword: Keyword) -> str:
    return f"the daemon uses {keyword.default} instead" if keyword.default else "the daemon ignores it"


def _may_be_secret(statement: Statement) -> bool:
    return "pass" in statement.keyword or "key" in statement.keyword


def _finding(config: KeepalivedConfig, statement: Statement, keyword: Keyword, fault: ArgumentFault) -> Finding:
    word = statement.words[fault.word]
    shown = "the value" if _may_be_secret(statement) else word.text
    return Finding(
        at=word.span,
        subject=(*subject_of(config.node, statement), "value"),
        message=(
            f"{statement.keyword} in {place_of(statement)} on {config.node.name} cannot be {shown}, it takes "
            f"{fault.expected}: {_follows(keyword)}"
        ),
        label=f"not {fault.expected}",
        help=f"write {fault.expected}",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )


@rule(
    severity="warning",
    yields_to=("vrrp/interface-missing",),
    sources=["keepalived -t 2.2.7, 2.3.3 and 2.3.4, each keyword run with good and bad values (the keyword table)"],
)
def keepalived_argument_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A value in keepalived.conf is not what its keyword takes.

    Why it hurts: the daemon ignores the value and runs with its default, while the file says something else; its own
    check fails.

    When it stays silent: for values that the target release takes; without a target, the newest one; for a value that a
    variable, a template or a condition leaves open; where another rule says more about the keyword.

    What to do: write a value of the kind and range that the message names. Numbers take no unit and no punctuation.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or keyword.opens_block or path in OWN_RULES or is_open(statement):
            continue
        fault = argument_fault(keyword.argument, [word.text for word in statement.words])
        if fault is not None and fault.kind != "missing" and not statement.words[fault.word].text.startswith("$"):
            yield _finding(config, statement, keyword, fault)

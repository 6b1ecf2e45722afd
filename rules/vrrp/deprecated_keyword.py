"""The rule ``vrrp/deprecated-keyword``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import all_statements, fails_check, keyword_of, place_of, subject_of
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig

REPORTED = frozenset(
    {
        "vrrp_vmac_garp_intvl",
        "vmac_garp_intvl",
        "global_tracking",
        "linkbeat_use_polling",
        "lvs_sync_daemon_interface",
        "nb_get_retry",
        "thread_timer_expired",
    }
)
"""Those that the daemon itself reports; the others it still takes without a word."""


@rule(
    severity="info",
    sources=["keepalived -t 2.2.7 and 2.3.4, every keyword run alone: `is deprecated - please use`"],
)
def deprecated_keyword(config: KeepalivedConfig) -> Iterator[Finding]:
    """A keyword of keepalived.conf is deprecated.

    Why it hurts: it still works, but most make the daemon's check fail, and a later release may drop it.

    When it stays silent: for every other keyword; for one that the target release does not know at all, which is
    reported as unknown.

    What to do: write the keyword that replaces it.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or not keyword.instead:
            continue
        yield Finding(
            at=statement.words[0].span,
            subject=(*subject_of(config.node, statement), "deprecated"),
            message=(
                f"{statement.keyword} in {place_of(statement)} on {config.node.name} is deprecated, {keyword.instead} "
                "replaces it"
            ),
            label="deprecated",
            help=f"write {keyword.instead}",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node) if statement.keyword in REPORTED else None,
        )

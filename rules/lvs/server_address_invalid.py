"""The rule ``lvs/server-address-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, place_of, statements, subject_of
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import WHOLE, parse_address

KINDS = (("virtual_server",), ("virtual_server", "real_server"), ("virtual_server", "sorry_server"))
SKIPPED = {
    "virtual_server": "it skips the whole virtual server, and the service does not exist",
    "real_server": "it skips the server, which gets no connections",
    "sorry_server": "there is no sorry server",
}
MAX_PORT = 65535
MAX_MARK = 2**32 - 1


def _where(statement: Statement) -> str:
    return f" in {place_of(statement)}" if statement.parent is not None else ""


def _number(text: str, high: int) -> bool:
    return WHOLE.fullmatch(text) is not None and "-" not in text and int(text) <= high


def _fault(statement: Statement) -> tuple[int, str] | None:
    """The word that does not read and what it should be."""
    words = [word.text for word in statement.words]
    if statement.keyword == "virtual_server" and words[1] == "group":
        return None if len(words) > 2 else (1, "the name of a virtual_server_group after it")
    if statement.keyword == "virtual_server" and words[1] == "fwmark":
        return None if len(words) > 2 and _number(words[2], MAX_MARK) else (len(words[:3]) - 1, "a firewall mark")
    if parse_address(words[1]) is None:
        return 1, "an IP address, a blank and a port" if ":" in words[1] and "." in words[1] else "an IP address"
    if len(words) > 2 and not _number(words[2], MAX_PORT):
        return 2, f"a port from 1 to {MAX_PORT}"
    return None


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Invalid virtual server IP address`, `Invalid real server ip address/port`"
    ],
)
def server_address_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """The address or port of a virtual server, real server or sorry server does not read.

    Why it hurts: keepalived skips the whole block: the service does not exist, or the server gets no connections.

    When it stays silent: for `ADDRESS PORT` with a blank between them, for `fwmark MARK` and `group NAME`; for values
    that a variable or template leaves open.

    What to do: write the address, a blank and the port; host names are not looked up.
    """
    for kind in KINDS:
        for statement in statements(config, *kind):
            if len(statement.words) < 2 or is_open(statement):
                continue
            fault = _fault(statement)
            if fault is None:
                continue
            word, expected = statement.words[fault[0]], fault[1]
            yield Finding(
                at=word.span,
                subject=(*subject_of(config.node, statement), word.text),
                message=(
                    f"keepalived cannot read {word.text} of {statement.keyword}{_where(statement)} on "
                    f"{config.node.name} as {expected}: {SKIPPED[statement.keyword]}"
                ),
                label=f"not {expected}",
                help="write ADDRESS PORT with a blank between them; host names are not looked up",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )

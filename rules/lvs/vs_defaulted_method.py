"""The rule ``lvs/vs-defaulted-method``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, rule
from cfglint.model.lvs import VirtualServer
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_keywords import find_keyword


@dataclass(frozen=True)
class Choice:
    """One setting that the daemon fills in with a message.

    Attributes:
        keywords: the words that set it, the usual one first.
        default: what it becomes.
        means: what that does.
    """

    keywords: tuple[str, ...]
    default: str
    means: str


PROTOCOL = Choice(("protocol",), "UDP", "a TCP service gets no connection at all")
SCHEDULER = Choice(("lb_algo", "lvs_sched"), "wlc", "new connections go to the server with the fewest")
METHOD = Choice(("lb_kind", "lvs_method"), "NAT", "replies must come back through this node")


def _written(block: Block, choice: Choice) -> Statement | None:
    """The last line of the setting that names a word the daemon knows, else the last one at all."""
    lines = [child for child in block.children if child.keyword in choice.keywords and len(child.words) > 1]
    good = [line for line in lines if is_open(line) or _is_known(line)]
    found = good or lines
    return found[-1] if found else None


def _is_known(line: Statement) -> bool:
    entry = find_keyword(("virtual_server",), line.keyword)
    word = line.words[1].text
    choices = entry.argument.choices if entry is not None else ()
    return word in choices or (line.keyword == "protocol" and word.upper() in choices)


def _method_needed(server: VirtualServer, block: Block) -> bool:
    """True when a real server or the sorry server takes the virtual server's method."""
    own = [real.block is not None and any(c.keyword == "lvs_method" for c in real.block.children)
           for real in server.real_servers]  # fmt: skip
    sorry = server.sorry_server is not None and all(c.keyword != "sorry_server_lvs_method" for c in block.children)
    return not all(own) or sorry


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `no protocol set - defaulting to UDP`, `no scheduler set`"],
)
def vs_defaulted_method(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server does not say its protocol, scheduler or forwarding method, or misspells it.

    Why it hurts: the daemon fills in defaults that few expect: UDP for the protocol, so that a web service gets no
    connection; wlc; NAT, where the packets of real servers that are set up for direct routing get lost.

    When it stays silent: for all three written; for the protocol of a firewall mark, which has none; for a group's
    protocol, since the group may hold only marks; for a method that every real server names itself;
    for a setting that is not there because its line is misspelt, which is reported itself.

    What to do: write protocol, lb_algo and lb_kind.
    """
    block = server.block
    if block is None or not server.real_servers or block.damaged:
        return
    choices = [SCHEDULER]
    if server.kind == "address":
        choices.append(PROTOCOL)
    if _method_needed(server, block):
        choices.append(METHOD)
    for choice in choices:
        line = _written(block, choice)
        if line is not None and (is_open(line) or _is_known(line)):
            continue
        if line is None and set(choice.keywords).intersection(block.meant):
            continue
        keyword = choice.keywords[0] if line is None else line.keyword
        what = "has no " + keyword if line is None else f"has a {keyword} that keepalived does not know"
        yield Finding(
            at=server.span if line is None else line.words[1].span,
            subject=(server.node.name, server.label, choice.keywords[0]),
            message=(
                f"virtual server {server.label} on {server.node.name} {what}: it becomes {choice.default}, so "
                f"{choice.means}"
            ),
            label=f"becomes {choice.default}",
            help=f"write {choice.keywords[0]} with one of {_words(choice)}",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )


def _words(choice: Choice) -> str:
    entry = find_keyword(("virtual_server",), choice.keywords[0])
    return ", ".join(entry.argument.choices[:6]) if entry is not None else choice.default

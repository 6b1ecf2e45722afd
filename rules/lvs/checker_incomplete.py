"""The rule ``lvs/checker-incomplete``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, within
from cfglint.engine import Finding, Related, rule
from cfglint.engine.places import block_end, reported_at_end
from cfglint.model.lvs import Checker, RealServer
from cfglint.source import Span
from cfglint.syntax.keepalived import Block

TARGETS = {"FILE_CHECK": ("track_file", "track_file"), "BFD_CHECK": ("name", "bfd_instance")}
NEEDS = {"MISC_CHECK": "misc_path", "FILE_CHECK": "track_file", "BFD_CHECK": "name", "DNS_CHECK": ""}


def _defined(checker: Checker, server: RealServer) -> tuple[str, Span] | None:
    """The track_file or bfd_instance that a checker names and nothing defines."""
    config = server.server.config
    if checker.kind not in TARGETS or checker.block is None or config.incomplete is not None:
        return None
    keyword, block = TARGETS[checker.kind]
    known = {found.name for found in config.track_files} | {found.name for found in config.bfd_instances}
    for line in within(checker.block, keyword):
        if len(line.words) > 1 and not is_open(line) and line.words[1].text not in known:
            return f"{block} {line.words[1].text} to look at", line.words[1].span
    return None


def _lacks(checker: Checker, server: RealServer) -> tuple[str, Span] | None:
    """What a checker lacks and where it should stand."""
    block = checker.block
    if block is None or block.damaged or block.unknown:
        return None
    if checker.kind in {"HTTP_GET", "SSL_GET"}:
        urls = [url for url in within(block, "url") if isinstance(url, Block)]
        if not urls:
            return "url", block_end(block)[0]
        bare = [url for url in urls if not url.unknown and all(line.keyword != "path" for line in url.children)]
        return ("path in its url", block_end(bare[0])[0]) if bare else None
    defined = _defined(checker, server)
    if defined is not None:
        return defined
    need = NEEDS.get(checker.kind, "")
    return (need, block_end(block)[0]) if need and not any(True for _ in within(block, need)) else None


@rule(
    severity="error",
    sources=["keepalived -t 2.3.4 and 2.4.3: `has no urls specified`, `No script path`; 2.2.7 crashes without a url"],
)
def checker_incomplete(server: RealServer) -> Iterator[Finding]:
    """A health checker lacks what it needs: a url, a path, a script, a name.

    Why it hurts: keepalived drops the checker, so nothing watches the server and it keeps its share when it dies. A
    HTTP_GET without a url crashes releases up to 2.2.7 while they read the file.

    When it stays silent: for checkers that need nothing (TCP_CHECK, PING_CHECK, UDP_CHECK, SMTP_CHECK, DNS_CHECK).

    What to do: add the block or line that the message names.
    """
    for checker in server.checkers:
        lack = _lacks(checker, server)
        if lack is None:
            continue
        need, at = lack
        yield Finding(
            at=at,
            subject=(server.node.name, server.server.label, str(server.address), str(server.port), checker.kind),
            message=(
                f"the {checker.kind} of real server {server.address} in {server.server.label} on {server.node.name} "
                f"has no "
                f"{need}: keepalived drops it, and nothing checks the server"
            ),
            label=f"no {need}",
            related=_related(checker, at),
            help=f"add {need}",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )


def _related(checker: Checker, at: Span) -> list[Related]:
    """The checker's name and its end, whichever the finding is not at."""
    named = [Related("of this checker", checker.span)] if at.line != checker.span.line else []
    return [*named, *(place for place in reported_at_end(checker.block) if place.span.line != at.line)]

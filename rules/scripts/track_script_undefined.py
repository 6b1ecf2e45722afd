"""The rule ``scripts/track-script-undefined``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from cfglint.analysis.keepalived_statements import VALUE, fails_check, name_of, statements, within
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement

TRACKING = ("vrrp_instance", "vrrp_sync_group")


def _tracked(block: Statement) -> Iterator[Statement]:
    if isinstance(block, Block):
        yield from within(block, "track_script", VALUE)


def _help(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"write a vrrp_script {name} {{ … }} above, or take the line out"


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `track script … not found, ignoring...`; definitions below are not seen"],
)
def track_script_undefined(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """A `track_script` names a `vrrp_script` that is not defined above it.

    Why it hurts: keepalived ignores the line and watches nothing. The service may die, and the VIPs stay where they
    are. A definition further down does not help: it is read too late.

    When it stays silent: for every name that a `vrrp_script` above the instance or sync group defines, in the same file
    or an include; where an include is not in the node's directory, the line is unchecked.

    What to do: define the script before the first instance or sync group that tracks it, or correct the name.
    """
    place = {id(statement): index for index, statement in enumerate(config.tree.children)}
    defined: dict[str, Statement] = {}
    for script in statements(config, "vrrp_script"):
        defined.setdefault(name_of(script), script)
    for kind in TRACKING:
        for block in statements(config, kind):
            for line in _tracked(block):
                name = line.keyword
                definition = defined.get(name)
                if definition is not None and place.get(id(definition), 0) < place.get(id(block), 0):
                    continue
                if definition is None and config.incomplete is not None:
                    yield Unchecked(config.node.name, f"track_script {name} of {name_of(block)}", config.incomplete.why)
                    continue
                yield _finding(config, name_of(block), line, definition, list(defined))


def _finding(
    config: KeepalivedConfig, tracker: str, line: Statement, definition: Statement | None, known: Sequence[str]
) -> Finding:
    node, name = config.node, line.keyword
    if definition is None:
        what = f"{tracker} on {node.name} tracks the script {name}, which no vrrp_script defines"
        label, related, advice = "not defined", [], _help(name, known)
    else:
        what = f"{tracker} on {node.name} tracks the script {name}, which is defined only further down"
        label, related = "not defined yet", [Related("defined here, too late", definition.span)]
        advice = f"move vrrp_script {name} above {tracker}; this switches a check on that has never run"
    return Finding(
        at=line.words[0].span,
        subject=(node.name, tracker, "track_script", name),
        message=f"{what}: keepalived ignores the line, and the check never moves a VIP",
        label=label,
        related=related,
        help=advice,
        nodes=(node.name,),
        fails_check=fails_check(node),
    )

"""The rule ``scripts/script-no-shebang``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import script_head, script_place, script_uses
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span

BINARIES = (b"\x7fELF", b"#!", b"\xef\xbb\xbf#!")


@rule(
    severity="warning",
    yields_to=("scripts/script-not-executable",),
    sources=[
        "keepalived 2.2.7: a script without `#!` is run through the shell, and its status 126 or 127 is a success"
    ],
)
def script_no_shebang(config: KeepalivedConfig) -> Iterator[Finding]:
    """A script in the node's directory does not begin with `#!`.

    Why it hurts: the kernel cannot start it, so keepalived hands it to the shell. A command in it that is not found
    then counts as success: the check is green although it checks nothing.

    When it stays silent: for a first line that names an interpreter; for programs; for files that are not in the node's
    directory.

    What to do: write `#!/bin/sh`, or the interpreter that it needs, into the first line.
    """
    for use in script_uses(config):
        found = script_place(config, use.program)
        head = script_head(found[1]) if found is not None else b""
        if found is None or not head or head.startswith(BINARIES) or b"\0" in head:
            continue
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.program} of {use.owner} on {config.node.name} has no `#!` line: it runs through the shell, and "
                f"a "
                "command that is not found counts as success"
            ),
            label="no interpreter named",
            related=[Related("its first line", Span(config.node.tree.shown_path(found[0]), 1, 1, 1, 2))],
            help="write #!/bin/sh, or the interpreter it needs, into the first line",
            nodes=(config.node.name,),
        )

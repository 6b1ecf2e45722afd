"""The rule ``scripts/script-path-unusable``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import script_uses
from cfglint.analysis.keepalived_statements import fails_check, holds
from cfglint.engine import Finding, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig

LINKED = ("/bin/", "/sbin/")
REFUSED_SINCE = "2.3.0"
TYPOGRAPHIC = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


def _fault(program: str) -> str:
    """Why a program is not found wherever the daemon runs; empty when it may be."""
    if program[0] in TYPOGRAPHIC:
        return "begins with a typographic quote, which belongs to the path"
    if "/" in program and not program.startswith(("/", "<")):
        return "is a relative path, which the daemon does not look up"
    return ""


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Disabling track script … since not found/accessible`",
        "keepalived -t 2.3.3, 2.3.4 and 2.4.3 where /bin is a link: `Disabling track script … due to insecure`",
    ],
)
def script_path_unusable(config: KeepalivedConfig) -> Iterator[Finding]:
    """A check's program has a path that the daemon refuses.

    Why it hurts: keepalived disables the check and goes on as if it never failed: the service dies and the VIPs stay.
    From 2.3 on it does so for programs below `/bin` and `/sbin` that run as root, where these are links to `/usr/bin`
    and `/usr/sbin`, as on every current distribution.

    When it stays silent: for absolute paths without such a link; for bare names, which are looked up in PATH; before
    2.3, for `/bin` and `/sbin`; for checks of another user than root; without a target or a named user, these are only
    an info.

    What to do: write the absolute path, `/usr/bin/…` in place of `/bin/…`, in plain double quotes.
    """
    for use in script_uses(config):
        if use.kind != "check":
            continue
        what, severity, fails = _fault(use.program), None, fails_check(config.node)
        advice = 'write the absolute path in plain double quotes: "/usr/…"'
        if not what and use.program.startswith(LINKED):
            refused, user = holds(config.node, since=REFUSED_SINCE), _user(config, use.name)
            if refused is False or user not in {"root", ""}:
                continue
            what = "goes through a link on hosts where /bin is one, which keepalived refuses for root from 2.3 on"
            severity = _linked_severity(known=refused is True and bool(user))
            fails = fails_check(config.node, since=REFUSED_SINCE) if user else None
            advice = f"write /usr{use.program}"
        if what:
            yield Finding(
                at=use.span,
                subject=(config.node.name, use.name, use.keyword),
                severity=severity,
                message=(
                    f"the program {use.program} of {use.owner} on {config.node.name} {what}: keepalived disables the "
                    "check, and it never fails"
                ),
                label="not run",
                help=advice,
                nodes=(config.node.name,),
                fails_check=fails,
            )


def _user(config: KeepalivedConfig, name: str) -> str:
    """Whom a check runs as; empty when nothing says it."""
    own = next((script.user for script in config.scripts if script.name == name and script.user), None)
    return (own or config.script_user or "").split(" ")[0]


def _linked_severity(*, known: bool) -> Severity:
    return "warning" if known else "info"

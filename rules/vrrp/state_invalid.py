"""The rule ``vrrp/state-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, owner, statements
from cfglint.engine import Edit, Finding, Fix, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement

STATES = ("MASTER", "BACKUP")


def _wrong(config: KeepalivedConfig, statement: Statement) -> Finding:
    word, block = statement.words[1], owner(statement)
    instance = name_of(block) if block is not None else ""
    meant = word.text.upper() if word.text.upper() in STATES else ""
    fix = Fix(f"Write {meant}", (Edit(word.span, meant),), safe=False) if meant else None
    return Finding(
        at=word.span,
        subject=(config.node.name, instance, "state"),
        message=(
            f"state {word.text} of {instance} on {config.node.name} is neither MASTER nor BACKUP: keepalived takes it "
            f"as "
            "BACKUP"
        ),
        label="becomes BACKUP",
        help=f"write {meant or 'MASTER or BACKUP'} in capitals",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
        fix=fix,
    )


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `unknown state '…', defaulting to BACKUP`"],
)
def state_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `state` is not exactly `MASTER` or `BACKUP`.

    Why it hurts: keepalived starts the instance as BACKUP. The priority still decides who leads, but `state MASTER`
    that was meant has lost its other effects, and the daemon's check fails.

    When it stays silent: for MASTER and BACKUP in capitals; for a state that a variable or condition leaves open.

    What to do: write the word in capitals; SLAVE, PRIMARY and the like are not known.
    """
    first: dict[int, Statement] = {}
    for statement in statements(config, "vrrp_instance", "state"):
        if len(statement.words) < 2 or is_open(statement):
            continue
        state, master = statement.words[1].text, first.get(id(statement.parent))
        if state not in STATES:
            yield _wrong(config, statement)
        elif state == "MASTER":
            first.setdefault(id(statement.parent), statement)
        elif master is not None:
            instance = name_of(statement.parent) if statement.parent is not None else ""
            yield Finding(
                at=statement.words[1].span,
                subject=(config.node.name, instance, "state", "again"),
                message=f"{instance} on {config.node.name} has state MASTER and then BACKUP: keepalived keeps MASTER",
                label="ignored",
                related=[Related("MASTER here", master.span)],
                help="keep one of the two lines",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )

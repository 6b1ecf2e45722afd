"""Check commands that can never succeed: keepalived runs them without a shell, so shell syntax is mere arguments."""

from __future__ import annotations

import re

from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpScript

SHELL_WORDS = frozenset({"|", "||", "&&", ";", "&", ">", ">>", "<", "2>&1", "2>/dev/null", ">/dev/null", "&>/dev/null"})
"""What a shell would act on and a program without one takes as an argument."""

SHELL_SYNTAX = re.compile(r"`|\$\(")

NEEDS_EVERY_ARGUMENT = frozenset({"killall", "test", "["})
"""Programs that fail when an argument is none they know: killall wants every named process, test has a fixed syntax."""


def always_fails(script: VrrpScript) -> bool:
    """True when a script's command fails on every host (observed: ``false || true``, ``kill -0 `pidof x```)."""
    if not script.arguments or isinstance(script.command.value, Unknown):
        return False
    name, arguments = script.arguments[0].rsplit("/", 1)[-1], script.arguments[1:]
    if name == "false":
        return True
    if name == "kill":
        return any(SHELL_SYNTAX.search(word) for word in arguments)
    return name in NEEDS_EVERY_ARGUMENT and any(word in SHELL_WORDS or SHELL_SYNTAX.search(word) for word in arguments)

"""One iptables rule's arguments as conditions and an action (iptables(8))."""

from __future__ import annotations

from cfglint.model.firewall_ipsets import SetMatchReader
from cfglint.model.firewall_iptables_arguments import Arguments
from cfglint.model.firewall_iptables_matches import KNOWN_MODULES, MATCH_OPTIONS
from cfglint.model.firewall_iptables_target import TARGET_OPTIONS, build_target
from cfglint.model.firewall_rules import Action, Step, Undecided

_SHORT = {"-p", "-s", "-d", "-i", "-o", "-j", "-g", "-m"}

GENERIC = frozenset(
    {
        "-p",
        "--protocol",
        "--proto",
        "-s",
        "--source",
        "--src",
        "-d",
        "--destination",
        "--dst",
        "-i",
        "-o",
        "-m",
        "-j",
        "-g",
        "--jump",
        "--goto",
    }
)
"""Options that keep their meaning whatever extension came before them."""


def read_rule(words: list[str], version: int, sets: SetMatchReader) -> tuple[tuple[Step, ...], str]:
    """Read a rule's arguments (everything after ``-A CHAIN``).

    Args:
        words: arguments with quotes resolved.
        version: 4 or 6.
        sets: the ipsets there are.

    Returns:
        The steps, and why the rule would be refused, or empty.
    """
    arguments = Arguments(version, sets)
    problem = _read(arguments, words)
    steps: list[Step] = [*arguments.conditions, *(Undecided(why) for why in arguments.undecided.values())]
    action: list[Action] = []
    if arguments.target is not None:
        action = build_target(arguments.target, arguments.options, version, goto=arguments.goto)
    return (*steps, *action), problem


def _read(arguments: Arguments, words: list[str]) -> str:
    position = 0
    negated = False
    while position < len(words):
        word = words[position]
        position += 1
        if word == "!":
            negated = not negated
            continue
        name, values = _option(word)
        name = _expand(arguments, name)
        taken: list[str] = list(values)
        count = _arity(arguments, name)
        while len(taken) < count and position < len(words):
            if words[position] == "!" and not taken:
                negated = not negated  # the older place of the sign: -s ! ADDRESS
            else:
                taken.append(words[position])
            position += 1
        if name in MATCH_OPTIONS and len(taken) < count:
            return f"{name} lacks its argument"
        if count < 0:
            while position < len(words) and not words[position].startswith("-") and words[position] != "!":
                taken.append(words[position])
                position += 1
        _apply(arguments, name, taken, negated)
        negated = False
    return ""


def _option(word: str) -> tuple[str, list[str]]:
    if word.startswith("--") and "=" in word:
        name, _, value = word.partition("=")
        return name, [value]
    if word[:2] in _SHORT and len(word) > 2:
        return word[:2], [word[2:]]
    return word, []


def _expand(arguments: Arguments, name: str) -> str:
    """Getopt takes any unambiguous beginning of a long option."""
    if not name.startswith("--") or name in MATCH_OPTIONS or name in TARGET_OPTIONS.get(arguments.target or "", {}):
        return name
    readers = {MATCH_OPTIONS[option][1] for option in MATCH_OPTIONS if option.startswith(name)}
    if len(readers) != 1:
        return name
    return next(option for option in MATCH_OPTIONS if option.startswith(name))


def _arity(arguments: Arguments, name: str) -> int:
    if arguments.target is not None and name in TARGET_OPTIONS.get(arguments.target, {}):
        return TARGET_OPTIONS[arguments.target][name]
    entry = MATCH_OPTIONS.get(name)
    return -1 if entry is None or _foreign(arguments, name) else entry[0]


def _foreign(arguments: Arguments, name: str) -> bool:
    """True for an option that, after an unknown extension, need not mean what it usually does."""
    return bool(arguments.modules) and arguments.modules[-1] not in KNOWN_MODULES and name not in GENERIC


def _apply(arguments: Arguments, name: str, values: list[str], negated: bool) -> None:
    if arguments.target is not None and name in TARGET_OPTIONS.get(arguments.target, {}):
        arguments.options[name] = values
        return
    entry = MATCH_OPTIONS.get(name)
    if entry is not None and not _foreign(arguments, name):
        entry[1](arguments, values, negated)
        return
    if arguments.target is not None and arguments.target not in {"ACCEPT", "DROP", "RETURN"} and not arguments.modules:
        arguments.options[name] = values
        return
    if arguments.modules and arguments.modules[-1] not in KNOWN_MODULES:
        return  # belongs to an extension that is undecided as a whole
    if arguments.target is not None and name not in MATCH_OPTIONS:
        arguments.options[name] = values
        return
    arguments.doubt(name, f"{name} is not understood")

"""Lines of virtual_routes and virtual_rules: what the daemon says about one of them.

Names of tables, scopes and the like are the machine's (``/etc/iproute2``): only numbers and the usual names are judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cfglint.syntax.keepalived_addresses import address_of
from cfglint.syntax.keepalived_arguments import WHOLE

UINT_MAX = 2**32 - 1
BYTE_MAX = 255
OWN_PROTOCOL = ("18", "keepalived")
"""What the daemon sets by itself for routes and rules that it tracks."""

ANY = ("default", "any", "all")
TYPES = frozenset(
    {"unicast", "local", "broadcast", "anycast", "multicast", "nat", "unreachable", "prohibit", "blackhole", "throw"}
)
ACTIONS = frozenset({"blackhole", "unreachable", "prohibit"})
DEPRECATED = {"gw": "via", "or": "nexthop"}
LOCKABLE = frozenset({"mtu", "advmss", "reordering", "rtt", "rttvar", "rto_min", "congctl"})
COUNTS = frozenset(
    {"metric", "priority", "preference", "window", "cwnd", "ssthresh", "initcwnd", "initrwnd", "mtu", "advmss",
     "reordering", "expires"}
)  # fmt: skip
FOREIGN = frozenset({"inet", "inet6", "encap", "nexthop", "vrf"})
ALONE = frozenset({"onlink", "no_track", "add", "prepend", "append"})
PLAIN = frozenset({"suppress_ifgroup", "sup_group", "dev", "iif", "oif", "ipproto"})
OF_A_TABLE = frozenset({"realms", "suppress_prefixlength", "sup_pl", "suppress_ifgroup", "sup_group"})
SWITCHES = frozenset({"quickack", "fastopen_no_cookie"})
TIME = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:s|ms|sec|secs|msec|msecs)?")
MARK = re.compile(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)(?:/(?:0[xX][0-9a-fA-F]+|[0-9]+))?")
RANGE = re.compile(r"[0-9]+-[0-9]+")
REALMS = re.compile(r"(?:[0-9]+/)?[0-9]+|[A-Za-z][\w-]*/[A-Za-z0-9][\w-]*")


@dataclass(frozen=True, slots=True)
class RouteFault:
    """One thing that the daemon remarks about a line.

    Attributes:
        word: index of the word; 0 also for the line as a whole.
        what: what is wrong, as a sentence part that names the word itself.
        follows: what the daemon does.
        severity: ``error`` when the line is lost, ``warning`` or ``info`` when it is kept.
        before: the first release that says nothing any more; empty when all do.
        stops: the daemon reads no further in the whole file.
    """

    word: int
    what: str
    follows: str = "the line is skipped"
    severity: str = "error"
    before: str = ""
    stops: bool = False


class _StopError(Exception):
    """The daemon, or this reader, looks at no more words of the line."""


class _Line:
    """Goes through the words of one line."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.index = 0
        self.family = 0
        self.faults: list[RouteFault] = []
        self.seen: dict[str, int] = {}

    @property
    def word(self) -> str:
        """The current word."""
        return self.words[self.index]

    def value(self) -> str:
        """Step to the next word, which a keyword needs."""
        self.index += 1
        if self.index >= len(self.words):
            what = f"{self.words[-1]} has no value after it"
            self.faults.append(RouteFault(len(self.words) - 1, what, "keepalived stops reading here", stops=True))
            raise _StopError
        return self.words[self.index]

    def skip(self, what: str) -> None:
        """The line is lost at the current word."""
        self.faults.append(RouteFault(self.index, what))
        raise _StopError

    def remark(self, what: str, follows: str, severity: str = "warning") -> None:
        """The daemon complains and goes on."""
        self.faults.append(RouteFault(self.index, what, follows, severity))

    def number(self, most: int = UINT_MAX, *, unlike: Callable[[str], bool] | None = None) -> None:
        """The next word is a whole number; `unlike` says which other words may be names."""
        text = self.value()
        fits = WHOLE.fullmatch(text) is not None and "-" not in text and int(text) <= most
        if not fits and not (unlike is not None and unlike(text)):
            self.skip(f"{text} is no whole number from 0 to {most}")

    def address(self, *, prefix: bool) -> None:
        """The current word is an address of the line's family; without a prefix it sets the family, too."""
        text = self.word
        if prefix and text in ANY:
            return
        bare, slash, length = text.partition("/")
        address = address_of(text if prefix else bare)
        if address is None or (slash and not prefix):
            self.skip(f"{text} is no {'destination' if prefix else 'address'}")
            return
        longest = 32 if address.version == 4 else 128
        if slash and length and not (WHOLE.fullmatch(length) and "-" not in length and int(length) <= longest):
            self.remark(f"{text} has no prefix length from 0 to {longest}", f"/{longest} is used")
        self.take_family(address.version)

    def take_family(self, family: int) -> None:
        """Note an address family; two of them lose the line."""
        if self.family not in {0, family}:
            self.skip(f"{self.word} is IPv{family}, and the line began with IPv{self.family}")
        self.family = family


def _is_name(text: str) -> bool:
    return text[:1].isalpha()


def _is_base_number(text: str) -> bool:
    """A number as C reads it: decimal, octal, or hexadecimal with 0x."""
    return re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", text) is not None


def route_faults(words: Sequence[str], *, static: bool = False) -> list[RouteFault]:
    """What the daemon says about one route, in its order.

    Args:
        words: the line's words.
        static: it stands in static_routes, which knows track_group and tracks nothing by itself.
    """
    line = _Line(words)
    seen: set[str] = set()
    try:
        while line.index < len(words):
            _route_word(line, seen, static=static)
            line.index += 1
    except _StopError:
        return line.faults
    line.index = 0
    if "destination" not in seen:
        line.faults.append(RouteFault(0, "the route has no destination"))
        return line.faults
    if "protocol" in seen and "no_track" not in seen:
        place = words.index("protocol") + 1
        what = "a route that keepalived tracks has the protocol keepalived"
        line.faults.append(RouteFault(place, what, "the daemon resets it", "info"))
    if not static and not seen & {"dev", "no_track"}:
        what = "the route names no interface"
        line.faults.append(RouteFault(0, what, "keepalived does not track it up to 2.2", "info", before="2.3.0"))
    return line.faults


def _route_word(line: _Line, seen: set[str], *, static: bool) -> None:
    word = line.word
    if word in FOREIGN:
        # Releases differ, or a language of its own begins: what follows is not judged.
        if word in {"inet", "inet6"}:
            line.faults.clear()
        seen |= {"destination", "dev"}
        line.index = len(line.words)
    elif word in ALONE:
        seen.add(word)
    elif word in LOCKABLE | COUNTS | SWITCHES:
        _metric(line, word)
    elif word in {"dev", "oif"}:
        line.value()
        seen.add("dev")
    elif word == "protocol":
        line.number(BYTE_MAX, unlike=_is_name)
        seen |= set() if line.word in OWN_PROTOCOL else {"protocol"}
    elif word == "table" or (static and word == "track_group"):
        line.value()
    elif word in ROUTE_WORDS:
        ROUTE_WORDS[word](line)
    else:
        _destination(line, seen)


def _gateway(line: _Line) -> None:
    if line.word in DEPRECATED:
        line.remark(f"{line.word} is deprecated, {DEPRECATED[line.word]} replaces it", "it still works", "info")
    if line.value() in {"inet", "inet6"}:
        line.value()
    line.address(prefix=False)


def _source(line: _Line) -> None:
    if line.value() not in ANY and ":" not in line.word:
        line.skip(f"{line.word} stands after from, which only IPv6 routes have")
    line.address(prefix=True)


def _as(line: _Line) -> None:
    if line.value() == "to":
        line.value()
    line.remark("`as to` is for MPLS only", "it is ignored")


def _realms(line: _Line) -> None:
    if REALMS.fullmatch(line.value()) is None:
        line.skip(f"{line.word} is no pair of realms")
    line.take_family(4)


def _pref(line: _Line) -> None:
    if line.family == 4:
        line.skip("pref is only for IPv6")
    line.number(BYTE_MAX, unlike=lambda text: text in {"low", "medium", "high"})
    line.take_family(6)


def _features(line: _Line) -> None:
    if line.value() != "ecn":
        line.remark(f"{line.word} is no feature", "it is ignored")


def _ttl_propagate(line: _Line) -> None:
    if line.value() not in {"enabled", "disabled"}:
        line.remark(f"{line.word} is neither enabled nor disabled", "it is ignored")


def _scope(line: _Line) -> None:
    line.number(BYTE_MAX, unlike=_is_name)


def _hoplimit(line: _Line) -> None:
    line.number(BYTE_MAX)


def _destination(line: _Line, seen: set[str]) -> None:
    if line.word == "to" or line.word in TYPES:
        line.value()
    line.address(prefix=True)
    seen.add("destination")


def _dsfield(line: _Line) -> None:
    text = line.value()
    if text[:1].isdigit() and not (_is_base_number(text) and int(text, 16) <= BYTE_MAX):
        line.skip(f"{text} is no type of service from 0 to {BYTE_MAX}")


def _metric(line: _Line, word: str) -> None:
    if word in LOCKABLE and line.index + 1 < len(line.words) and line.words[line.index + 1] == "lock":
        line.index += 1
    if word == "expires":
        if line.family == 4:
            line.skip("expires is only for IPv6")
        line.take_family(6)
    if word in COUNTS:
        line.number()
    elif word in SWITCHES:
        line.number(1)
    elif line.value() and word != "congctl" and TIME.fullmatch(line.word) is None:
        line.skip(f"{line.word} is no time")


def rule_faults(words: Sequence[str], *, static: bool = False) -> list[RouteFault]:
    """What the daemon says about one rule, in its order.

    Args:
        words: the line's words.
        static: it stands in static_rules, which knows track_group.
    """
    line = _Line(words)
    try:
        while line.index < len(words):
            _rule_word(line, static=static)
            line.index += 1
        line.index = 0
        _rule_end(line, line.seen)
    except _StopError:
        pass
    return line.faults


def _rule_end(line: _Line, seen: dict[str, int]) -> None:
    if "unknown" in seen:
        return
    preference = seen.get("preference")
    if "goto" in seen and preference is None:
        line.skip("a rule with goto needs a preference")
    if "goto" in seen and preference is not None and preference >= seen["goto"]:
        line.skip(f"the preference {preference} is not below the goto target {seen['goto']}")
    if "action" not in seen:
        line.skip("the rule has no table and no other action")
    if OF_A_TABLE.intersection(seen) and "table" not in seen:
        line.skip("realms and suppressors are only for rules with a table")
    if "protocol" in seen and "no_track" not in seen:
        line.index = seen["protocol"]
        line.remark("a rule that keepalived tracks has the protocol keepalived", "the daemon resets it", "info")
        line.index = 0
    if preference is None:
        line.remark("the rule has no preference", "keepalived chooses one")


def _action(line: _Line, name: str) -> None:
    if "action" in line.seen:
        line.skip(f"{name} is a second action of the rule")
    line.seen["action"] = 1
    line.seen[name] = 1


def _rule_word(line: _Line, *, static: bool) -> None:
    word = line.word
    if word in {"inet", "inet6"}:
        # Releases differ in what they make of it: what follows is not judged.
        line.seen["unknown"] = 1
        line.index = len(line.words)
    elif word in PLAIN or (static and word == "track_group"):
        line.value()
    elif word in RULE_WORDS:
        RULE_WORDS[word](line)
    elif word not in {"not", "no_track"}:
        _rule_action(line)
    if word != "protocol":
        line.seen.setdefault(word, 1)


def _table(line: _Line) -> None:
    text = line.value()
    if WHOLE.fullmatch(text) and int(text) % (UINT_MAX + 1) == 0:
        line.skip(f"table {text} is none")
    _action(line, "table")


def _own_protocol(line: _Line) -> None:
    line.number(BYTE_MAX)
    if line.word != OWN_PROTOCOL[0]:
        line.seen["protocol"] = line.index


def _l3mdev(line: _Line) -> None:
    _action(line, line.word)


def _preference(line: _Line) -> None:
    text = line.value()
    if not _is_base_number(text) or _base_number(text) > UINT_MAX:
        line.skip(f"{text} is no preference from 0 to {UINT_MAX}")
    line.seen["preference"] = _base_number(text)


def _base_number(text: str) -> int:
    return int(text, 16 if text[:2].lower() == "0x" else 10)


def _selector(line: _Line) -> None:
    line.value()
    line.address(prefix=True)


def _mark(line: _Line) -> None:
    if MARK.fullmatch(line.value()) is None:
        line.skip(f"{line.word} is no firewall mark")


def _user_ids(line: _Line) -> None:
    if RANGE.match(line.value()) is None:
        line.skip(f"{line.word} is no range of user ids")


def _ports(line: _Line) -> None:
    if RANGE.match(line.value()) is None:
        line.remark(f"{line.word} is no range of ports", "it is ignored")


def _prefix_limit(line: _Line) -> None:
    line.number(2**31 - 1)


def _tunnel(line: _Line) -> None:
    line.number(2**64 - 1)


def _rule_action(line: _Line) -> None:
    word = line.value() if line.word == "type" else line.word
    if word == "goto":
        line.number()
        _action(line, "goto")
        line.seen["goto"] = int(line.word)
    elif word == "nop" or word in ACTIONS:
        _action(line, word)
    else:
        line.skip(f"{word} is no option of a rule")


Handler = Callable[[_Line], None]

ROUTE_WORDS: dict[str, Handler] = {
    "src": _gateway,
    "via": _gateway,
    "gw": _gateway,
    "or": _gateway,
    "from": _source,
    "as": _as,
    "tos": _dsfield,
    "dsfield": _dsfield,
    "scope": _scope,
    "hoplimit": _hoplimit,
    "realms": _realms,
    "pref": _pref,
    "features": _features,
    "ttl-propagate": _ttl_propagate,
}
"""Options of a route with a value of their own kind."""

RULE_WORDS: dict[str, Handler] = {
    "table": _table,
    "lookup": _table,
    "preference": _preference,
    "priority": _preference,
    "order": _preference,
    "protocol": _own_protocol,
    "l3mdev": _l3mdev,
    "from": _selector,
    "to": _selector,
    "tos": _dsfield,
    "dsfield": _dsfield,
    "fwmark": _mark,
    "realms": _realms,
    "suppress_prefixlength": _prefix_limit,
    "sup_pl": _prefix_limit,
    "tunnel-id": _tunnel,
    "uidrange": _user_ids,
    "sport": _ports,
    "dport": _ports,
}
"""Options of a rule with a value of their own kind."""

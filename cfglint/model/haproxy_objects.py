"""What else stands in an HAProxy configuration: defaults, ACLs, tables, peers, resolvers, users."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_options import Options
from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Secret, Setting, Unknown
from cfglint.source import Span
from cfglint.syntax.haproxy_conditions import AclExpression, parse_acl
from cfglint.syntax.haproxy_rules import RULE_SETS, RuleLine, parse_rule
from cfglint.syntax.haproxy_stick_tables import Stored, parse_stick_table


@dataclass(eq=False, slots=True)
class Defaults:
    """A ``defaults`` section.

    Attributes:
        name: empty for an anonymous one.
        section: its lines.
        base: the defaults it inherits from (``from NAME``), or None: then it starts from HAProxy's own values.
        mode: what its ``mode`` line or that of its base sets, or None.
        server_options: what its default-server lines and those of its base set.
        incomplete: why lines of it or of its base may be missing, or None.
        used_by: names of the proxies and defaults that name it with ``from``.
    """

    name: str
    section: ConfigSection
    base: Defaults | None = None
    mode: Setting[str] | None = None
    server_options: Options = field(default_factory=Options)
    incomplete: Unknown | None = None
    used_by: list[str] = field(default_factory=list)

    @property
    def chain(self) -> list[ConfigSection]:
        """Its section and those it inherits from, the farthest first."""
        sections = [self.section]
        base = self.base
        while base is not None:
            sections.append(base.section)
            base = base.base
        sections.reverse()
        return sections


@dataclass(eq=False, slots=True)
class Acl:
    """One ``acl`` line.

    Attributes:
        name: as written; several lines of one name are or-ed.
        criterion: the sample expression, e.g. ``hdr(host)``.
        patterns: flags and patterns behind it, as written.
        line: the line.
    """

    name: str
    criterion: str
    patterns: list[str]
    line: ConfigLine

    @property
    def expression(self) -> AclExpression:
        """What it tests, read."""
        return parse_acl((self.criterion, *self.patterns))


@dataclass(eq=False, slots=True)
class BackendChoice:
    """One ``use_backend`` or ``default_backend`` line.

    Attributes:
        target: the backend's name; Unknown when it is computed per request or holds an unknown variable.
        condition: the words behind ``if`` or ``unless``, that word included; empty without one.
        line: the line.
        span: the name as written.
    """

    target: Value
    condition: list[str]
    line: ConfigLine

    @property
    def span(self) -> Span:
        """The backend's name as written."""
        return self.line.span_of(1)


@dataclass(eq=False, slots=True)
class StickTable:
    """A ``stick-table`` line, or a ``table`` line of a peers section.

    Attributes:
        type: ``ip``, ``ipv6``, ``integer``, ``string`` or ``binary``; empty when unknown.
        parameters: ``size``, ``expire``, ``peers`` … to the word behind each; flags to an empty text.
        stores: what it stores, in order.
        line: the line.
    """

    type: str
    parameters: dict[str, str]
    stores: tuple[Stored, ...]
    line: ConfigLine

    @property
    def peers(self) -> str | None:
        """The peers section it replicates to, or None."""
        return self.parameters.get("peers")


@dataclass(eq=False, slots=True)
class Peer:
    """One ``peer`` or ``server`` line of a peers section.

    Attributes:
        name: the peer's name: its host name, or what ``localpeer`` or ``-L`` says.
        address: as written; empty for a local peer that takes its address from ``bind``.
        line: the line.
    """

    name: Value
    address: Value
    line: ConfigLine


@dataclass(eq=False, slots=True)
class Peers:
    """A ``peers`` section."""

    name: Value
    section: ConfigSection
    peers: list[Peer]
    tables: list[StickTable]


@dataclass(eq=False, slots=True)
class Resolvers:
    """A ``resolvers`` section.

    Attributes:
        nameservers: name to address, as written.
    """

    name: Value
    section: ConfigSection
    nameservers: dict[str, str]


@dataclass(eq=False, slots=True)
class User:
    """One ``user`` line of a userlist.

    Attributes:
        name: who.
        password: hashed or not; None without one.
        insecure: the password stands there in clear text.
        groups: the groups it names.
        line: the line.
    """

    name: str
    password: Secret | None
    insecure: bool
    groups: list[str]
    line: ConfigLine


@dataclass(eq=False, slots=True)
class Userlist:
    """A ``userlist`` section."""

    name: Value
    section: ConfigSection
    users: list[User]
    groups: list[str]

    def members(self, group: str) -> list[User]:
        """The users of a group: those that name it, and those that its own line names."""
        named: set[str] = set()
        for line in self.section.all("group"):
            if line.text(1) == group and line.text(2) == "users":
                named.update(line.text(3).split(","))
        return [user for user in self.users if group in user.groups or user.name in named]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A place that names something else.

    Attributes:
        kind: ``backend``, ``defaults``, ``acl``, ``table``, ``peers``, ``resolvers``, ``userlist``, ``server``,
            ``cache``, ``mailers``, ``ring``, ``http-errors``, ``fcgi-app``, ``spoe-engine``, ``log-profile``, ``acme``,
            ``certificate``, ``map`` or ``file``.
        name: what is named; Unknown when it is computed or holds an unknown variable.
        line: the line.
        index: which of its words (from 0) holds the name.
    """

    kind: str
    name: str | Unknown
    line: ConfigLine
    index: int

    @property
    def span(self) -> Span:
        """The word that names it."""
        return self.line.span_of(self.index)


def build_peers(section: ConfigSection) -> Peers:
    """Read a peers section."""
    peers = [
        Peer(_value(line, 1), _value(line, 2), line)
        for line in section.lines
        if line.keyword in {"peer", "server"} and len(line.values) > 1
    ]
    tables = [stick_table(line, 2) for line in section.all("table")]
    return Peers(section.name, section, peers, tables)


def build_resolvers(section: ConfigSection) -> Resolvers:
    """Read a resolvers section."""
    nameservers = {line.text(1): line.text(2) for line in section.all("nameserver") if line.text(1)}
    return Resolvers(section.name, section, nameservers)


def build_userlist(section: ConfigSection) -> Userlist:
    """Read a userlist section."""
    users = [_user(line) for line in section.all("user")]
    return Userlist(section.name, section, users, [line.text(1) for line in section.all("group")])


def build_acl(line: ConfigLine) -> Acl:
    """Read an ``acl`` line."""
    texts = [line.text(index) for index in range(1, len(line.values))]
    return Acl(texts[0] if texts else "", texts[1] if len(texts) > 1 else "", texts[2:], line)


def acls_of(section: ConfigSection) -> list[Acl]:
    """The ACLs of one section; read once, since many proxies may inherit them."""
    if section.acls is None:
        section.acls = [build_acl(line) for line in section.all("acl")]
    return section.acls


def rules_of(section: ConfigSection) -> list[tuple[RuleLine, ConfigLine]]:
    """The rules of one section that read; read once."""
    if section.rules is None:
        section.rules = []
        for line in section.lines:
            if line.keyword in RULE_SETS and all(isinstance(value, str) for value in line.values):
                section.rules.append((parse_rule(tuple(str(value) for value in line.values)), line))
    return section.rules


def build_choice(line: ConfigLine) -> BackendChoice:
    """Read a ``use_backend`` or ``default_backend`` line."""
    target = _value(line, 1)
    if isinstance(target, str) and "%[" in target:
        target = Unknown("the backend is computed for each request", line.span_of(1))
    return BackendChoice(target, [line.text(index) for index in range(2, len(line.values))], line)


def stick_table(line: ConfigLine, start: int = 1) -> StickTable:
    """Read a ``stick-table`` line, or from another word on a ``table`` line of a peers section."""
    found = parse_stick_table(tuple(line.text(index) for index in range(start, len(line.values))))
    values = found.values
    return StickTable(values.get("type", ""), values, found.stores, line)


def _user(line: ConfigLine) -> User:
    words = [line.text(index) for index in range(2, len(line.values))]
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    insecure = "insecure-password" in pairs
    secret = pairs.get("insecure-password", pairs.get("password"))
    groups = [group for group in pairs.get("groups", "").split(",") if group]
    return User(line.text(1), None if secret is None else Secret(secret), insecure, groups, line)


def _value(line: ConfigLine, index: int) -> Value:
    return line.values[index] if index < len(line.values) else ""

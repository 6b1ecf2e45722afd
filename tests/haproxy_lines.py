"""Single lines with the verdicts of four daemons, and the configurations that they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support import FIXTURES

BRANCHES = ("2.6", "2.8", "3.0", "3.2")
_DEFAULTS = "defaults\n    timeout client 1m\n    timeout server 1m\n    timeout connect 1m\n"
_BASE = f"{_DEFAULTS}    mode http\n"
_SERVER = "backend b\n    server s 1.1.1.1:80\n"
_ACL = "    acl ok src 1.2.3.4\n"
_AROUND = {
    "global": ("global\n", ""),
    "defaults": (_BASE, ""),
    "named-defaults": ("defaults d\n    mode http\n", ""),
    "frontend": (f"{_BASE}frontend f\n    bind :1\n{_ACL}    default_backend b\n", _SERVER),
    "tcp": (f"{_DEFAULTS}frontend f\n    bind :1\n    default_backend b\n", _SERVER),
    "backend": (f"{_BASE}frontend f\n    bind :1\n    default_backend b\nbackend b\n{_ACL}", ""),
    "listen": (f"{_BASE}listen l\n    bind :1\n    server s 1.1.1.1:80\n{_ACL}", ""),
    "userlist": (f"{_BASE}userlist u\n", ""),
    "resolvers": (f"{_BASE}resolvers r\n    nameserver n 127.0.0.1:53\n", ""),
    "peers": (f"{_BASE}peers p\n", ""),
    "mailers": (f"{_BASE}mailers m\n", ""),
    "ring": (f"{_BASE}ring r\n", ""),
    "cache": (f"{_BASE}cache c\n    total-max-size 4\n", ""),
    "fcgi-app": (f"{_BASE}fcgi-app a\n    docroot /\n", ""),
    "log-profile": (f"{_BASE}log-profile p\n", ""),
    "traces": (f"{_BASE}traces\n", ""),
    "crt-store": (f"{_BASE}crt-store c\n", ""),
    "acme": ("global\n    expose-experimental-directives\nacme a\n    directory https://ca.example/\n", ""),
    "healthcheck": (f"{_BASE}healthcheck h\n", ""),
    "log-forward": (f"{_BASE}log-forward g\n", ""),
}


@dataclass(frozen=True)
class Sample:
    """One line, where it stands, and for each of `BRANCHES` F (refused) or . (read)."""

    context: str
    verdicts: str
    line: str

    @property
    def text(self) -> str:
        """The whole configuration."""
        before, behind = _AROUND[self.context]
        return f"{before}    {self.line}\n{behind}"


def samples() -> list[Sample]:
    """Every line of the collection."""
    text = (FIXTURES / "haproxy-lines.tsv").read_text(encoding="utf-8")
    return [Sample(*line.split("\t")) for line in text.splitlines() if not line.startswith("#")]

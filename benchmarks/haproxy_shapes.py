"""Configurations of any length in several shapes, for `haproxy_scale.py`: every line of them differs from the others.

A shape is what most lines are: servers, ACLs with the choices they lead to, rules with conditions and formats of their
own, quotes and comments, secrets, one section without an end, mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

HEAD = """global
    daemon
    maxconn 20000
    log 127.0.0.1 local0
defaults
    mode http
    log global
    option httplog
    timeout connect 5s
    timeout client 30s
    timeout server 30s
"""
TAIL = """frontend entry
    bind 127.0.0.1:80
    default_backend last
backend last
    server b1 127.0.0.1:8080
"""


def pools() -> Iterator[str]:
    """Backends of ten servers, with checks, rules, comments and quotes."""
    for number in count():
        yield f"backend pool{number}\n    balance roundrobin\n    option httpchk GET /health\n"
        yield f"    # the pool of customer {number}\n\n"
        for server in range(1, 11):
            named = f"app{number}-{server} 10.{number // 250 % 250}.{number % 250}.{server}:8080"
            yield f"    server {named} check inter 2s rise 2 fall 3 weight {server} maxconn 100\n"
        yield f'    http-request set-header X-Pool "pool {number}" if {{ path_beg /p{number} }}\n'
        yield f"    http-request deny if {{ src 10.0.0.{number % 250} }}\n"


def acls() -> Iterator[str]:
    """Frontends that choose among backends by named ACLs."""
    for number in count():
        network = f"{number // 250 % 250}.{number % 250 + 1}"
        yield f"frontend site{number}\n    bind 127.0.{network}:{8000 + number % 500}\n"
        for part in range(8):
            yield f"    acl host{part} hdr(host) -i www{part}.c{number}.example.com c{number}-{part}.example.net\n"
            yield f"    acl path{part} path_beg /app{part}/{number} /static{part}\n"
        for part in range(8):
            yield f"    use_backend app{number} if host{part} path{part}\n"
        yield f"    default_backend app{number}\n\nbackend app{number}\n    balance leastconn\n"
        yield f"    server one 10.1.{network}:80 check\n    server two 10.2.{network}:80 check backup\n\n"


def rules() -> Iterator[str]:
    """Frontends of rules with anonymous ACLs, sample expressions and format strings."""
    for number in count():
        yield f"frontend rules{number}\n    bind 127.0.{number // 250 % 250}.{number % 250 + 1}:8443\n"
        yield f'    log-format "%ci:%cp [%tr] %ft %b/%s {number} %TR/%Tw/%Tc/%Tr/%Ta %ST %B %{{+Q}}r"\n'
        for part in range(10):
            yield (
                f"    http-request set-header X-Request-{number}-{part} %[req.hdr(x-id-{number}-{part}),lower]"
                f" if {{ path_beg /v{part}/{number} }} !{{ src 10.{part}.0.0/16 }}\n"
                f"    http-request deny deny_status 403 if {{ hdr(user-agent) -m sub bot{number}x{part} }}"
                f" or {{ path -m end .php{number} }}\n"
                f"    http-request set-var(txn.part{part}) hdr(host),concat(:{number},txn.x) if METH_GET\n"
                f'    http-response set-header Server-{part} "s {number} %[rand({number + 1})]"'
                f" unless {{ status {200 + part} }}\n"
                f"    http-request redirect code 301 location https://www{number}.example.com%[path]"
                f" if {{ path_reg ^/old{part}/[0-9]+ }}\n"
            )
        yield "    default_backend last\n"


def quotes() -> Iterator[str]:
    """Backends with quotes, escapes, comments behind words, tabs and letters beyond ASCII."""
    for number in count():
        yield f"# ===== customer {number}: it's the one with \"quotes\" =====\nbackend 'q{number}'\n"
        yield f"    balance   roundrobin   # comment {number}\n    # gr\u00f6\u00dfe {number}\n"
        yield f'\tserver\t"s{number}"\t10.3.{number // 250 % 250}.{number % 250}:80\tcheck\n\n'
        yield f"    http-request add-header X-Text 'text {number}' if {{ path -m reg \"^/[a-z]{number}\\\\.html\" }}\n"
        yield f"    option httpchk GET /health{number}\n    http-check send hdr Host w{number}.example.com\n"
        yield f"    http-request deny if {{ path_reg ^/img{number}/.*\\.(gif|png)$ }}\n    cookie SRV{number} insert\n"


def secrets() -> Iterator[str]:
    """User lists, and rules that hold passwords and keys."""
    for number in count():
        yield f"userlist users{number}\n"
        for user in range(10):
            yield f"    user user{user} insecure-password Pass{number}-{user}word\n"
        yield f"backend s{number}\n    http-request set-header X-Api-Key key-{number}-abc\n"
        yield f"    http-request auth realm x unless {{ http_auth(users{number}) }}\n"
        yield f"    stats auth admin:Adm1n{number}\n    server s1 10.0.0.1:80 check\n"


def one_section() -> Iterator[str]:
    """One frontend without an end, in which all ACLs have one name."""
    yield "frontend web\n    bind 127.0.0.1:8080\n"
    for number in count():
        yield f"    acl same path_beg /x{number}\n    use_backend last if {{ hdr(host) -i h{number}.example.com }}\n"


def mistakes() -> Iterator[str]:
    """Backends in which nearly every line is refused, each for a reason of its own."""
    for number in count():
        yield f"backend bad{number}\n    balence{number} roundrobin\n    server s1 10.0.0.1:80 chekc{number}\n"
        yield f"    server s2 10.0.0.2:9999{number}\n    timeout conect{number} 5s\n    acl a{number} hdrr(host) -i x\n"
        yield f"    http-request denny{number} if {{ src 1.2.3.4 }}\n    http-request deny if nothing{number}\n"
        yield f"    option httpcheck{number}\nfrontend f{number}\n    use_backend missing{number}\n"


SHAPES: dict[str, Callable[[], Iterator[str]]] = {
    "pools": pools,
    "acls": acls,
    "rules": rules,
    "quotes": quotes,
    "secrets": secrets,
    "one": one_section,
    "mistakes": mistakes,
}
"""Every shape by name; the daemon takes all but the last."""


def configuration(shape: str, lines: int) -> str:
    """A configuration of one shape with about so many lines, complete enough for the daemon."""
    parts = [HEAD]
    written = HEAD.count("\n") + TAIL.count("\n")
    for part in SHAPES[shape]():
        if written >= lines:
            break
        parts.append(part)
        written += part.count("\n")
    return "".join([*parts, TAIL])

"""``cfglint packet``: what a node's firewall does with one packet, and which rule decides."""

from __future__ import annotations

import re
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Literal

import click

from cfglint.analysis.packet import Packet, PacketHook, PacketState
from cfglint.analysis.packet_judge import judge
from cfglint.cli.terminal import ColourChoice, render_options, write_out
from cfglint.model.addresses import read_host_addresses
from cfglint.model.firewall import read_firewall
from cfglint.report import packet_json, packet_text
from cfglint.syntax.network_names import ICMP6_TYPES, ICMP_TYPES, protocol_number
from cfglint.tree import NodeTree

VERDICTS = ("accept", "drop", "reject", "unknown")
FLAGS = {"F": "FIN", "S": "SYN", "R": "RST", "P": "PSH", "A": "ACK", "U": "URG", "E": "ECE", "C": "CWR"}


class AddressType(click.ParamType[IPv4Address | IPv6Address]):
    """An IPv4 or IPv6 address."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> IPv4Address | IPv6Address:
        """Read the option's text."""
        try:
            return ip_address(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an address", param, ctx)


class ProtocolType(click.ParamType[int]):
    """A protocol's name or number."""

    name = "protocol"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option's text."""
        number = value if isinstance(value, int) else protocol_number(str(value))
        if number is None:
            self.fail(f"{value!r} is no protocol, e.g. vrrp, ah, tcp, udp, icmp or a number up to 255", param, ctx)
        return number


class NumberType(click.ParamType[int]):
    """A number of 32 bits, decimal or hexadecimal."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option's text."""
        try:
            number = value if isinstance(value, int) else int(str(value), 0)
        except ValueError:
            number = -1
        if not 0 <= number < 2**32:
            self.fail(f"{value!r} is not a number from 0 to 4294967295", param, ctx)
        return number


class FlagsType(click.ParamType[frozenset[str]]):
    """TCP flags: ``SYN,ACK`` or ``SA``; ``none`` for none."""

    name = "flag,..."

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        """Read the option's text."""
        if isinstance(value, frozenset):
            return value
        text = str(value).upper()
        if text == "NONE":
            return frozenset()
        words = [word for word in re.split(r"[,|\s]+", text) if word]
        if len(words) == 1 and words[0] not in FLAGS.values():
            words = list(words[0])
        found = frozenset(FLAGS.get(word, word) for word in words)
        if not found <= set(FLAGS.values()):
            self.fail(f"{value!r} holds something else than {', '.join(FLAGS.values())}", param, ctx)
        return found


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="NODE-PATH...")
@click.option(
    "--hook",
    type=click.Choice(["input", "output", "forward"], case_sensitive=False),
    default="input",
    show_default=True,
    help="Where the packet is asked about.",
)
@click.option("--in", "iif", metavar="INTERFACE", help="Interface it comes in by.")
@click.option("--out", "oif", metavar="INTERFACE", help="Interface it leaves by.")
@click.option("--from", "source", type=AddressType(), help="Source address; without it, any.")
@click.option("--to", "target", type=AddressType(), help="Destination address; without it, any.")
@click.option("--proto", type=ProtocolType(), required=True, help="Protocol, a name or number.")
@click.option("--sport", type=click.IntRange(0, 65535), help="Source port; by default one that Linux picks.")
@click.option("--dport", type=click.IntRange(0, 65535), help="Destination port.")
@click.option("--tcp-flags", "flags", type=FlagsType(), help="e.g. SYN,ACK; by default SYN for a new connection.")
@click.option("--icmp-type", metavar="TYPE", help="A number or name; by default an echo request.")
@click.option("--spi", type=NumberType(), help="Of AH and ESP.  [default: 1]")
@click.option(
    "--state",
    type=click.Choice(["new", "established", "related", "invalid", "untracked"], case_sensitive=False),
    default="new",
    show_default=True,
    help="What conntrack says of it.",
)
@click.option("--ttl", type=click.IntRange(0, 255), help="TTL or hop limit; by default 255 for VRRP.")
@click.option("--mark", type=NumberType(), default=0, show_default=True, help="Its mark when it arrives.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--fail-on-verdict",
    "bad",
    type=click.Choice(VERDICTS),
    multiple=True,
    help="Exit with status 1 at this verdict; may be given several times.",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="When to show colours.")
def packet(
    *,
    paths: tuple[str, ...],
    hook: PacketHook,
    iif: str | None,
    oif: str | None,
    source: IPv4Address | IPv6Address | None,
    target: IPv4Address | IPv6Address | None,
    proto: int,
    sport: int | None,
    dport: int | None,
    flags: frozenset[str] | None,
    icmp_type: str | None,
    spi: int | None,
    state: PacketState,
    ttl: int | None,
    mark: int,
    form: str,
    bad: tuple[str, ...],
    color: ColourChoice,
) -> None:
    """Tell what a node's firewall does with one packet, and which rule decides.

    NODE-PATH is one node's directory, or files of one node. The permanent rules are judged: what is loaded after a
    reload. Exit status: 0 answered, 1 the verdict is one of --fail-on-verdict, 2 something could not be read.
    """
    version = _version(source, target)
    tree = _node(paths)
    question = Packet(
        hook=hook,
        version=version,
        proto=58 if proto == 1 and version == 6 else proto,
        iif=iif,
        oif=oif,
        src=source,
        dst=target,
        sport=sport,
        dport=dport,
        tcp_flags=flags,
        icmp_type=_icmp_type(icmp_type, version),
        spi=spi,
        state=state,
        ttl=ttl,
        mark=mark,
    )
    firewall = read_firewall(tree)
    own = {entry.address.ip for entry in read_host_addresses(tree).addresses}
    verdict = judge(firewall, question, own)
    options = render_options(color)
    render = packet_json.render if form == "json" else packet_text.render
    write_out(render(tree.shown, question, verdict, options))
    for problem in tree.problems:
        click.echo(f"cfglint: {problem.path}: {problem.why}", err=True)
    for trouble in firewall.problems:
        place = f"{trouble.span.path}:{trouble.span.line}"
        click.echo(f"cfglint: {place}: {trouble.message}{f' ({trouble.lost})' if trouble.lost else ''}", err=True)
    if tree.problems:
        sys.exit(2)
    sys.exit(int(verdict.verdict in bad))


def _version(source: IPv4Address | IPv6Address | None, target: IPv4Address | IPv6Address | None) -> Literal[4, 6]:
    versions = {address.version for address in (source, target) if address is not None}
    if len(versions) > 1:
        raise click.UsageError("--from and --to are addresses of different IP versions")
    return 6 if versions == {6} else 4


def _icmp_type(text: str | None, version: int) -> int | None:
    if text is None:
        return None
    if text.isdecimal() and int(text) <= 255:
        return int(text)
    names = ICMP_TYPES if version == 4 else ICMP6_TYPES
    if text.lower() in names:
        return names[text.lower()][0]
    raise click.UsageError(f"--icmp-type: {text!r} is neither a number nor a known type")


def _node(paths: tuple[str, ...]) -> NodeTree:
    places = [Path(path) for path in paths]
    for given, place in zip(paths, places, strict=True):
        try:
            missing = not place.exists()
        except OSError as error:
            raise click.UsageError(f"{given}: cannot be read: {(error.strerror or str(error)).lower()}") from error
        if missing:
            raise click.UsageError(f"{given}: no such file or directory")
    if len(places) == 1 and places[0].is_dir():
        return NodeTree(places[0], paths[0])
    folders = {place.parent for place in places}
    if len(folders) > 1 or any(place.is_dir() for place in places):
        raise click.UsageError("give one node's directory, or files of one directory")
    folder = folders.pop()
    shown = "" if folder.as_posix() == "." else folder.as_posix()
    return NodeTree(folder, shown, frozenset(place.name for place in places))

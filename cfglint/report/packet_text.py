"""A packet's verdict for people: the answer first, then the rule that decides, then the packet's way."""

from __future__ import annotations

from cfglint.analysis.packet import Packet, PacketVerdict
from cfglint.report.cells import printable, wrap
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines
from cfglint.source import Span
from cfglint.syntax.network_names import protocol_name

STYLES = {"accept": "good", "drop": "error", "reject": "error", "unknown": "warning"}
SHOWN_STEPS = 40
"""Steps of a packet's way that are shown; of a longer one the first and the last."""


def render(node: str, packet: Packet, verdict: PacketVerdict, options: RenderOptions | None = None) -> str:
    """The answer, what decides, and the way there."""
    options = options or RenderOptions()
    room = options.width
    lines: list[Line] = [[(verdict.verdict, STYLES[verdict.verdict]), (f"  {_question(packet)}", "message")]]
    if verdict.decided_by is not None:
        lines.append([("  decided by ", ""), (_place(verdict.decided_by, node), "path")])
        if verdict.rule_text:
            lines.append([(f"    {printable(verdict.rule_text)}", "")])
    elif verdict.verdict == "accept":
        lines.append([(f"  no rule on its way in {printable(node or '.')} looks at it", "")])
    for reason in verdict.reasons:
        lines += [[(f"  {line}", "warning")] for line in wrap(f"cannot tell: {printable(str(reason))}", room - 2, "  ")]
    lines += _effects(verdict)
    if verdict.trace:
        lines += [[], [("its way:", "message")]]
        lines += _way(verdict, node)
    return render_lines(lines, colour=options.colour)


def _question(packet: Packet) -> str:
    source = str(packet.src) if packet.src is not None else "any address"
    target = str(packet.dst) if packet.dst is not None else "any address"
    ports = f" port {packet.dport}" if packet.dport is not None else ""
    way = [f"in by {packet.iif}" if packet.iif else "", f"out by {packet.oif}" if packet.oif else ""]
    detail = ", ".join(part for part in (packet.hook, *way, packet.state) if part)
    return f"{protocol_name(packet.proto)} from {source} to {target}{ports} ({printable(detail)})"


def _effects(verdict: PacketVerdict) -> list[Line]:
    lines: list[Line] = []
    changes = verdict.rewritten
    if changes is not None:
        named = (
            ("source", changes.src),
            ("destination", changes.dst),
            ("source port", changes.sport),
            ("destination port", changes.dport),
        )
        parts = [f"{name} {value if value != 'unknown' else 'cannot be told'}" for name, value in named if value]
        lines.append([(f"  rewritten: {', '.join(parts)}", "")])
    if verdict.mark:
        lines.append([(f"  mark: {verdict.mark} ({verdict.mark:#x})", "")])
    return lines


def _way(verdict: PacketVerdict, node: str) -> list[Line]:
    entries = list(enumerate(verdict.trace, 1))
    left_out = len(entries) - SHOWN_STEPS
    if left_out > 0:
        entries = [*entries[: SHOWN_STEPS // 2], *entries[-SHOWN_STEPS // 2 :]]
    lines: list[Line] = []
    before = 0
    for number, entry in entries:
        if number != before + 1:
            lines.append([(f"     ({left_out} steps left out)", "quiet")])
        before = number
        head = f"{number:3}. {printable(entry.where)}: "
        lines.append([(head, ""), (printable(entry.outcome), "message"), (f"  {_place(entry.span, node)}", "path")])
        if entry.text:
            lines.append([(f"       {printable(entry.text)}", "quiet")])
    return lines


def _place(span: Span, node: str) -> str:
    """A place below the node."""
    path = span.path.removeprefix(f"{node.rstrip('/')}/") if node else span.path
    return printable(path if span.is_whole_file else f"{path}:{span.line}")

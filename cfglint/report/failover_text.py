"""Failover for people: a table a cluster, faults down, addresses across."""

from __future__ import annotations

from cfglint.analysis.election_outcome import VERDICTS, Verdict
from cfglint.analysis.failover import Failover
from cfglint.analysis.failover_explain import arithmetic, why
from cfglint.report.cells import printable, width, wrap
from cfglint.report.failover_table import Row, Table, tables
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines

STYLES: dict[Verdict, str] = {
    "ok": "",
    "split-brain": "error",
    "unheld": "error",
    "undetermined": "warning",
    "unknown": "warning",
}


def render(result: Failover, options: RenderOptions | None = None, *, explain: bool = False) -> str:
    """Every cluster's table, then what was taken for granted; with ``explain``, the reasons below each row."""
    options = options or RenderOptions()
    lines: list[Line] = []
    for table in tables(result):
        lines += _table(table, options.width, explain=explain)
    for title, texts in (("Taken for granted", result.assumptions), ("Left out", result.left_out)):
        if texts:
            lines.append([(title, "message")])
            lines += [[("  " + line, "")] for text in texts for line in wrap(printable(text), options.width - 2, "  ")]
            lines.append([])
    lines += _summary(result)
    return render_lines(lines, colour=options.colour)


def _table(table: Table, room: int, *, explain: bool) -> list[Line]:
    heads = (table.cluster, *table.addresses, "after the repair")
    widths = [
        max(width(text) for text in (head, *(_texts(row)[column] for row in table.rows)))
        for column, head in enumerate(heads)
    ]
    if sum(widths) + 2 * len(widths) > room:
        return _list(table, room, explain=explain)
    lines: list[Line] = [[(_padded(head, cells), "message") for head, cells in zip(heads, widths, strict=True)]]
    for row in table.rows:
        styles = ["", *(STYLES[cell.verdict] for cell in row.cells), "quiet"]
        lines.append(
            [(_padded(text, cells), style) for text, cells, style in zip(_texts(row), widths, styles, strict=True)]
        )
        if explain:
            lines += _reasons(row, room)
    return [*lines, []]


def _list(table: Table, room: int, *, explain: bool) -> list[Line]:
    """The same without columns, for narrow terminals and many addresses."""
    lines: list[Line] = [[(table.cluster, "message")]]
    for row in table.rows:
        lines.append([("  " + row.name, "path")])
        for address, cell in zip(table.addresses, row.cells, strict=True):
            lines += [
                [("    " + line, STYLES[cell.verdict])] for line in wrap(f"{address}: {cell.text}", room - 4, "  ")
            ]
        if row.repaired:
            lines += [[("    " + line, "quiet")] for line in wrap(f"after the repair: {row.repaired}", room - 4, "  ")]
        if explain:
            lines += _reasons(row, room)
    return [*lines, []]


def _texts(row: Row) -> tuple[str, ...]:
    return (row.name, *(cell.text for cell in row.cells), row.repaired)


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text) + 2)


def _reasons(row: Row, room: int) -> list[Line]:
    texts = (*why(row.scenario), *arithmetic(row.scenario))
    return [[("      " + line, "quiet")] for text in texts for line in wrap(printable(text), room - 6, "  ")]


def _summary(result: Failover) -> list[Line]:
    """How many scenarios end how, the worst first."""
    if not result.scenarios:
        return [[("No cluster to simulate: no two nodes share a VIP", "warning")]]
    line: Line = [(f"{len(result.scenarios)} scenarios", "message")]
    for verdict in VERDICTS:
        count = sum(scenario.verdict == verdict for scenario in result.scenarios)
        if count:
            line += [(", ", ""), (f"{count} {verdict}", STYLES[verdict] or "good")]
    return [line]

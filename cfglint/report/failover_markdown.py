"""Failover as Markdown, for a merge request."""

from __future__ import annotations

from cfglint.analysis.failover import Failover
from cfglint.analysis.failover_explain import arithmetic, why
from cfglint.report.cells import printable
from cfglint.report.failover_table import Cell, Table, tables
from cfglint.report.options import RenderOptions

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|"})


def render(result: Failover, options: RenderOptions | None = None, *, explain: bool = False) -> str:
    """A table a cluster; what is not fine is bold; with ``explain``, the reasons of such rows below it."""
    del options
    parts = [part for table in tables(result) for part in _table(table, explain=explain)]
    granted = (*result.assumptions, *result.left_out)
    if granted:
        parts += ["Taken for granted:", "", *(f"- {_escaped(printable(text))}" for text in granted), ""]
    if not result.scenarios:
        parts.append("No cluster to simulate: no two nodes share a VIP.")
    return "\n".join(parts).rstrip() + "\n"


def _table(table: Table, *, explain: bool) -> list[str]:
    heads = ["fault", *table.addresses, "after the repair"]
    lines = [f"### {_escaped(table.cluster)}", "", _line(heads), _line(["---"] * len(heads))]
    lines += [
        _line([_escaped(row.name), *(_cell(cell) for cell in row.cells), _escaped(row.repaired)]) for row in table.rows
    ]
    lines.append("")
    if explain:
        for row in table.rows:
            reasons = (*why(row.scenario), *arithmetic(row.scenario))
            lines.append(f"- {_escaped(row.name)}: {_escaped(printable('; '.join(reasons)))}")
        lines.append("")
    return lines


def _cell(cell: Cell) -> str:
    text = _escaped(cell.text)
    return text if cell.verdict == "ok" else f"**{text}**"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)

"""Write the parts of the documentation that come from the code.

Usage: generate_docs.py [--check]

Committed, and checked with --check: the settings' JSON schema and reference, the commands' reference, the manual page.
Not committed, since they follow every rule's file: the rules' pages in docs/rules/, for the documentation's site.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cfglint import __version__
from cfglint.cli.main import main as cli
from cfglint.engine.example import example_of
from cfglint.engine.registry import all_rules
from cfglint.engine.settings_schema import schema_text
from cfglint.engine.shapes import SETTINGS, ByName, Several, Shape, Table, Text
from cfglint.report.rule_page import markdown

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
NOTE = "<!-- written by tools/generate_docs.py from the code -->\n"


def committed() -> dict[Path, str]:
    """Every generated file that is committed, with the text it must have."""
    return {
        DOCS / "cfglint.schema.json": schema_text(),
        DOCS / "reference" / "settings.md": settings_page(),
        DOCS / "reference" / "commands.md": commands_page(),
        DOCS / "man" / "cfglint.1": manual_page(),
    }


def settings_page() -> str:
    """The reference of the settings file."""
    rows = [f"| `{key}` | {kind} | {text} |" for key, kind, text in _keys(SETTINGS, "")]
    return "\n".join(
        [
            NOTE,
            "# Settings",
            "",
            "`cfglint.toml`, `.cfglint.toml` or the table `[tool.cfglint]` of a `pyproject.toml`. The file closest to",
            "the given paths counts, and only that one; `extend` names another one that it adds to. Of several files",
            "in one directory the one with the dot wins, then `cfglint.toml`. Without any file everything works.",
            "",
            "A settings file never makes cfglint run code, and its paths stay below its own directory. Editors that",
            "know TOML check it against [the schema](../cfglint.schema.json).",
            "",
            "| key | kind | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
            "On the command line, `--config FILE` names another file, `--config key=value` sets one key (several",
            "times), and `--isolated` reads no file. Options such as `--select` replace what the file says.",
            "",
        ]
    )


def _keys(table: Table, prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, shape in table.keys.items():
        key = f"{prefix}{name}"
        yield key, _kind(shape), shape.help.replace("|", "\\|")
        inner: Shape = shape
        while isinstance(inner, Several | ByName):
            key += "[]" if isinstance(inner, Several) else ".NAME"
            inner = inner.item if isinstance(inner, Several) else inner.value
        if isinstance(inner, Table):
            yield from _keys(inner, f"{key}.")


def _kind(shape: Shape) -> str:
    if isinstance(shape, Text):
        return " · ".join(f"`{choice}`" for choice in shape.choices) or "string"
    if isinstance(shape, Several):
        return f"list of {_kind(shape.item)}s" if isinstance(shape.item, Text) else "list of tables"
    return "table"


def _commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    root = click.Context(cli, info_name="cfglint")
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        if command is not None:
            yield name, command, click.Context(command, info_name=name, parent=root)


def commands_page() -> str:
    """The reference of the commands: what their --help prints."""
    parts = [NOTE, "# Commands", ""]
    for name, command, context in _commands():
        with context.scope():
            help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts += [f"## cfglint {name}", "", "```text", help_text, "```", ""]
    return "\n".join(parts)


def manual_page() -> str:
    """The manual page in man(7) format."""
    lines = [
        f'.TH CFGLINT 1 "" "cfglint {__version__}" "User Commands"',
        ".SH NAME",
        "cfglint \\- check a high\\-availability load balancer (HAProxy and Keepalived) as a whole",
        ".SH SYNOPSIS",
        ".B cfglint",
        "COMMAND [OPTION]... [PATH]...",
        ".SH DESCRIPTION",
        "Reads the configuration of several hosts together and reports what makes the service fail although each",
        "daemon accepts its own file. A PATH is a node's directory (shaped like the host's root, like its /etc, or",
        "flat), a folder of such directories, or a file.",
        ".SH COMMANDS",
    ]
    for name, command, context in _commands():
        with context.scope():
            lines += [f".SS {_roff(name)}", _roff((command.help or "").split("\n\n")[0].replace("\n", " "))]
            for parameter in command.get_params(context):
                record = parameter.get_help_record(context)
                if record is not None and record[0] != "--help":
                    lines += [".TP", f".B {_roff(record[0])}", _roff(" ".join(record[1].split())) or "\\&"]
    lines += [
        ".SH EXIT STATUS",
        ".TP",
        ".B 0",
        "Nothing at or above \\-\\-fail\\-on (default: warning).",
        ".TP",
        ".B 1",
        "Findings at or above it.",
        ".TP",
        ".B 2",
        "Something could not be checked: wrong usage, no node found, unreadable input, an internal fault.",
        "The report is printed all the same.",
        ".SH FILES",
        ".TP",
        ".B cfglint.toml, .cfglint.toml, pyproject.toml",
        "Settings; the file closest to the given paths counts.",
        ".SH ENVIRONMENT",
        ".TP",
        ".B NO_COLOR, FORCE_COLOR",
        "Colours off or on where \\-\\-color does not say.",
        ".TP",
        ".B GITHUB_STEP_SUMMARY",
        "Where \\-\\-format github adds its summary page.",
        ".SH SEE ALSO",
        "haproxy(1), keepalived(8), keepalived.conf(5)",
    ]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def write_rule_pages() -> int:
    """Write a page for every rule and one that lists them; returns how many."""
    folder = DOCS / "rules"
    shutil.rmtree(folder, ignore_errors=True)
    rules = all_rules()
    index = ["# Rules", ""]
    theme = ""
    for name, rule in rules.items():
        page = folder / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(markdown(rule, example_of(name)))
        if rule.theme != theme:
            theme = rule.theme
            index += ["", f"## {theme}", "", "| rule | severity | what is wrong |", "| --- | --- | --- |"]
        summary = rule.summary.replace("|", "\\|")
        index.append(f"| [{name}]({name}.md) | {rule.metadata.severity} | {summary} |")
    (folder / "index.md").write_text("\n".join(index) + "\n")
    return len(rules)


def main() -> None:
    """Write everything, or check what is committed."""
    files = committed()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in files.items() if not path.is_file() or path.read_text() != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code says; run `make docs`")
        sys.exit(bool(stale))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    print(f"Wrote {len(files)} files and the pages of {write_rule_pages()} rules.")


if __name__ == "__main__":
    main()
